"""Forms of Primero become draft questionnaires; every field comes in or is named, nothing comes in twice, and all of it can be taken back."""

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from romsai.core import access
from romsai.exchange import actions, queries, tasks
from romsai.exchange.imports.forms import Forms
from romsai.exchange.imports.wrong import sentence
from romsai.exchange.models import Import
from romsai.exchange.primero import opening
from romsai.exchange.primero.forms import Translation, written
from romsai.exchange.tests import arrange, primero
from romsai.questionnaires import actions as questionnaires
from romsai.questionnaires.compile import compile_form, walk
from romsai.questionnaires.models import Form, FormVersion
from romsai.questionnaires.pages import Filling

SHARED = Path(__file__).parents[4] / "shared" / "data" / "case-forms" / "primero-cp"
REAL = pytest.mark.skipif(not SHARED.exists(), reason="Primero's own configuration is AGPL: it lies beside the project, not in it")


def asked(content, name="house"):
    configuration = opening.opened(content)
    made = Translation(configuration.form(name), configuration)
    compiled, _warnings = compile_form(written(made.facts()))
    return made, {node["name"]: node for node in walk(compiled["nodes"])}, compiled


def test_each_type_of_field_becomes_its_own_kind_of_question():
    made, nodes, compiled = asked(primero.as_json())
    assert {name: node["kind"] for name, node in nodes.items()} == {
        "seen_on": "date", "water": "one", "well_depth": "integer", "district": "text", "about_school": "group", "at_school": "acknowledge",
        "why_not": "text", "children": "repeat", "called": "text", "age": "integer", "works": "one", "hours": "integer",
        "counted_cow": "integer", "counted_pig": "integer", "counted_total": "calculation",
    }  # fmt: skip
    assert compiled["languages"] == ["en", "fr", "km"]
    assert compiled["title"] == {"en": "The house", "fr": "La maison"}
    assert [(choice["name"], choice["label"]) for choice in compiled["lists"]["water"]] == [
        ("well", {"en": "Well", "fr": "Puits", "km": "អណ្តូង"}),
        ("river", {"en": "River", "fr": "Rivière"}),
    ]
    assert nodes["seen_on"]["required"] is True
    assert {node["export"] for node in nodes.values() if "export" in node} == {False}, "nothing leaves before somebody has said so"
    assert [(kept["code"], kept["column"]) for kept in made.told] == [
        ("field_system", "System number (system_number)"),
        ("choice_off", "Where does the water come from? (water)"),
        ("as_words", "District (district)"),
        ("field_tally", "Animals (counted)"),
        ("field_upload", "Photo (photo)"),
    ]


def test_conditions_and_bounds_hold_when_it_is_filled_in():
    _made, _nodes, compiled = asked(primero.as_json())

    def run(**answers):
        return Filling(compiled, answers, today=date(2026, 11, 22)).run

    def shown(run):
        return {name for name, is_shown in run.root.relevant.items() if is_shown}

    assert "well_depth" not in shown(run(water="river"))
    assert "well_depth" in shown(run(water="well"))
    assert "why_not" in shown(run()) and "why_not" not in shown(run(at_school="OK"))
    assert set(run(seen_on="2026-11-23").errors) == {"seen_on"}
    assert run(seen_on="2026-11-22").errors == {}
    rounds = run(children=[{"works": "true", "hours": "9", "age": "131"}, {"works": "false", "hours": "9"}])
    assert set(rounds.errors) == {"children/0/age"}
    assert [one.relevant["hours"] for one in rounds.root.rounds["children"]] == [True, False]
    assert run(counted_cow="2", counted_pig="3").root.typed["counted_total"] in (5, "5")


YAML = """
- unique_id: well
  parent_form: case
  name_en: Well
  fields:
    - name: clean
      type: radio_button
      display_name_en: Is it clean?
      option_strings_source: lookup lookup-yes
"""


def test_several_files_and_their_translations_are_one_configuration():
    files = {
        "forms__yml": YAML,
        "lookups__json": json.dumps([{"unique_id": "lookup-yes", "name_en": "Yes", "lookup_values_en": [{"id": "no", "display_text": "No"}]}]),
        "lo__yml": "lo:\n  well:\n    name: ນ້ຳສ້າງ\n    fields:\n      clean:\n        display_name: ສະອາດບໍ?\n",
        "lookups_lo__yml": "lo:\n  lookup-yes:\n    lookup_values:\n      no: ບໍ່\n",
        "README__md": "words",
    }  # fmt: skip
    _made, nodes, compiled = asked(primero.as_zip(**files), "well")
    assert compiled["title"] == {"en": "Well", "lo": "ນ້ຳສ້າງ"}
    assert nodes["clean"]["label"] == {"en": "Is it clean?", "lo": "ສະອາດບໍ?"}
    assert compiled["lists"]["yes"][0]["label"] == {"en": "No", "lo": "ບໍ່"}
    (_form, (_number, [rest])) = Forms(primero.as_zip(**files)).rows()
    assert [sentence(kept) for kept in rest] == ["“README.md” (1) is neither a form nor a list of choices."]


def test_a_condition_that_cannot_be_said_is_told_and_the_question_is_asked():
    fields = [
        primero.field("a", display_conditions_record={"eq": {"elsewhere": 1}}),
        primero.field("b", display_conditions_record={"eq": {"c": "x"}}),
        primero.field("c", display_conditions_record={"looks_like": {"a": "x"}}),
        primero.field("d", display_conditions_record={"disabled": True, "eq": {"a": "x"}}),
        primero.field("e", display_conditions_record={"or": [{"eq": {"a": "it's"}}, {"in": {"c": ["x", "${a}"]}}]}),
    ]
    made, nodes, _compiled = asked(primero.as_json([primero.form("one", *fields)]), "one")
    assert [(kept["code"], kept["column"][0]) for kept in made.told] == [
        ("condition_other", "A"),
        ("condition_later", "B"),
        ("condition_unknown", "C"),
        ("condition_unknown", "E"),
    ]
    assert {name for name, node in nodes.items() if "relevant" in node} == set()


def test_names_that_clash_or_cannot_be_names_are_changed_and_told():
    fields = [primero.field("meta"), primero.field("1 st"), primero.field("same"), primero.field("same"), primero.field("${x}", label="${same} \x00\ud800")]
    made, nodes, _compiled = asked(primero.as_json([primero.form("one", *fields)]), "one")
    assert list(nodes) == ["meta_2", "q_1_st", "same", "same_2", "x"]
    assert [kept["code"] for kept in made.told] == ["name_changed"] * 4
    assert nodes["x"]["label"] == {"en": "$ {same}"}


def test_an_import_makes_drafts_goes_on_after_a_kill_and_is_taken_back(world):
    upload = arrange.checked("forms", primero.as_json(), world.admin)
    assert arrange.counts(upload) == {"READY": 2, "BAD": 2}
    with access.acting(world.admin):
        counted = {str(label): number for label, number in queries.preview(world.admin, upload, most=9)["touched"]}
        actions.start_import(upload, by=world.admin)
    assert (counted["Forms in the file"], counted["Questionnaires that would be made"], counted["Fields in the file"]) == (4, 2, 17)
    assert tasks.work(upload.pk, until=0) is False  # the job is killed after its first form
    assert arrange.counts(upload) == {"DONE": 1, "READY": 1, "BAD": 2}
    assert tasks.work(upload.pk) is True
    upload = arrange.now(upload)
    assert (upload.state, arrange.counts(upload)) == (Import.State.DONE, {"DONE": 2, "BAD": 2})
    with access.system():
        versions = list(FormVersion.objects.filter(form__code__startswith="primero_").select_related("form").order_by("form__code"))
    assert [(version.form.code, version.form.kind, version.state, version.number) for version in versions] == [
        ("primero_house", "primero_house", "draft", 1),
        ("primero_road", "primero_road", "draft", 1),
    ]
    house, _road = versions
    with access.acting(world.admin), pytest.raises(questionnaires.Refused, match="second person"):
        questionnaires.publish(house, by=world.admin)
    second = world.admin2
    with access.acting(second):
        questionnaires.publish(house, by=second)
    upload = arrange.undone(upload, world.admin)
    assert arrange.counts(upload) == {"KEPT": 1, "UNDONE": 1, "BAD": 2}
    with access.system():
        assert list(Form.objects.filter(code__startswith="primero_").values_list("code", flat=True)) == ["primero_house"]
    again = arrange.done("forms", primero.as_json(), world.admin)
    assert arrange.counts(again) == {"KNOWN": 1, "DONE": 1, "BAD": 2}


def folder():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(SHARED.iterdir()):
            archive.write(path, path.name)
    return packed.getvalue()


@REAL
def test_of_the_real_64_forms_every_field_is_asked_or_named():
    table = Forms(folder())
    configuration = table.configuration
    assert table.reading | {"languages": 0} == {"format": "primero", "forms": 64, "inner": 14, "fields": 476, "lookups": 60, "languages": 0}
    carried, left, questionnaires_made, empty = {}, {}, 0, 0
    for _number, (made,) in table.rows():
        if isinstance(made, list):
            assert {kept["code"] for kept in made} == {"lookup_unused", "others_left"}
            continue
        carried |= made.carried
        left |= made.left
        named = [kept for kept in made.told if kept["code"] in set(made.left.values())]
        assert len(named) >= len(made.left), f"{made.form.id}: a field is left out and not named"
        if not made.questions:
            empty += 1
            continue
        questionnaires_made += 1
        compiled, _warnings = compile_form(written(made.facts()))
        names = {node["name"] for node in walk(compiled["nodes"])}
        assert set(made.carried.values()) <= names, f"{made.form.id}: a question is said to be carried over and is not there"
        assert compiled["code"] == made.code and len(made.code) <= 30
    fields = {(form.id, place) for form in configuration.forms for place in range(len(form.fields))}
    assert set(carried) | set(left) == fields
    assert set(carried) & set(left) == set()
    assert (questionnaires_made, table.reading["inner"], empty) == (32, 14, 18), "64 forms in all"
    assert (len(carried), len(left)) == (318, 158)


@REAL
@pytest.mark.nightly
def test_the_real_64_forms_come_in_by_the_ordinary_job(world):
    upload = arrange.done("forms", folder(), world.admin)
    assert arrange.counts(upload) == {"DONE": 32, "BAD": 19}
    with access.system():
        assert FormVersion.objects.filter(form__code__startswith="primero_", state="draft").count() == 32
    assert arrange.counts(arrange.undone(upload, world.admin)) == {"UNDONE": 32, "BAD": 19}
    with access.system():
        assert not Form.objects.filter(code__startswith="primero_").exists()
