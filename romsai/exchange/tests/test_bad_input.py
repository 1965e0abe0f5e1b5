"""Every line of bad_input.yaml is sent, and the person is told what stands there; the good rows beside it still come in."""

import io
import re
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import yaml

from romsai.core import access
from romsai.core.actions import Refused
from romsai.exchange.imports import tables
from romsai.exchange.imports.wrong import WORDS, sentence
from romsai.exchange.tests import arrange, primero
from romsai.places.models import Area

LINES = yaml.safe_load(Path(__file__).with_name("bad_input.yaml").read_text(encoding="utf-8"))
WHO = {"persons": "manager", "cases": "manager", "facilities": "admin", "areas": "admin", "forms": "admin"}


def workbook(*lines, change=None):
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    if change:
        change(book.active)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def zipped(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def made(name, world):
    """The file of that name, and what must be there before it is sent."""
    if name in ("two_towns", "ended_area"):
        with access.system():
            for number, (called, until) in enumerate(
                {"two_towns": [("Twin", None), ("Twin", None)], "ended_area": [("Gone", date(2020, 1, 1))]}[name]
            ):
                Area.objects.create(pcode=f"XX019{number}", name=called, level=2, parent=world.north, country="XXX", valid_until=until)
        return arrange.text("name,district", f"Keo,{called}", "Mai,Town")
    return {
        "old_excel": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "locked_excel": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + bytes(600),
        "bomb": lambda: zipped(**{"xl/workbook.xml": "<a/>", "xl/worksheets/sheet1.xml": " " * 3_000_000}),
        "archive": lambda: zipped(**{"names.txt": "Keo"}),
        "merged": lambda: workbook(["name", "sex"], ["Keo", "F"], [None, "M"], change=lambda sheet: sheet.merge_cells("A2:A3")),
        "wide": lambda: (",".join(f"c{n}" for n in range(201)) + "\n" + ",".join("x" * 201)).encode(),
        "large": lambda: b"name\n" + b"x" * (tables.MOST_BYTES + 1),
        "same_again": lambda: arrange.text("name", "Keo"),
        "formula": lambda: workbook(["name", "sex"], ["=A1", "F"], ["Mai", "F"]),
        "excel_error": lambda: workbook(["name", "sex"], ["#REF!", "F"], ["Mai", "F"]),
        "long": lambda: arrange.text("name,address", "Keo," + "x" * 6000, "Mai,Town"),
        **CONFIGURATIONS,
    }[name]()


def one_form(*fields, lookups=(), **more):
    return primero.as_json([primero.form("road", primero.field("kept"), *fields, **more)], list(lookups))


def called(name, content):
    return zipped(**{name: content})


def locked(content):
    """The same archive with the mark of a password on its first file."""
    content = bytearray(content)
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


LINES_OF_ITSELF = "a: &a [x, x]\n" + "\n".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]" for n in range(20))
UNUSED = {"unique_id": "lookup-unused", "name": {"en": "Unused"}, "values": [{"id": "x", "display_text": "X"}]}
ON_AND_OFF = [{"id": "x", "display_text": "X"}, {"id": "y", "display_text": "Y", "disabled": True}]
INNER = {"is_nested": True, "visible": True}
CONFIGURATIONS = {
    "ruby": lambda: called("basic_identity.rb", "fields = [Field.new({name: 'x'})]\nFormSection.create_or_update!(fields: fields)"),
    "config_pdf": lambda: b"%PDF-1.7 ...",
    "config_workbook": lambda: workbook(["type", "name"]),
    "config_letters": lambda: called("forms.json", '{"fields": "é"}'.encode("latin-1")),
    "config_broken": lambda: called("forms.json", '[{"unique_id": "road",\n"fields": ['),
    "config_deep": lambda: called("forms.json", "[" * 300 + "]" * 300),
    "config_deeper": lambda: called("forms.json", "[" * 100_000),
    "yaml_bomb": lambda: called("forms.yml", LINES_OF_ITSELF),
    "yaml_tag": lambda: called("forms.yml", "- !ruby/object:Gem::Installer\n  i: x\n"),
    "config_key_twice": lambda: called("forms.json", '[{"unique_id": "road", "fields": [], "fields": []}]'),
    "config_zip": lambda: called("forms.json", one_form())[:-30],
    "config_locked": lambda: locked(called("forms.json", one_form())),
    "config_bomb": lambda: called("forms.json", " " * (31 << 20)),
    "config_many": lambda: zipped(**{f"{n}.json": "[]" for n in range(2001)}),
    "form_twice": lambda: primero.as_json([primero.ROAD, primero.ROAD]),
    "too_many_forms": lambda: primero.as_json([primero.form(f"f{n}") for n in range(501)]),
    "too_many_fields": lambda: primero.as_json([primero.form(f"f{n}", *[{"name": "a"}] * 5001) for n in range(4)]),
    "empty_form": lambda: primero.as_json([primero.form("road", primero.field("one", disabled=True))]),
    "list_missing": lambda: one_form(primero.field("one", "select_box", option_strings_source="lookup lookup-gone")),
    "list_empty": lambda: one_form(primero.field("one", "select_box")),
    "choice_twice": lambda: one_form(primero.field("one", "radio_button", option_strings_text={"en": [{"id": "x", "display_text": "X"}] * 2})),
    "subform_missing": lambda: one_form(primero.field("one", "subform", subform_section_unique_id="gone")),
    "subform_deep": lambda: one_form(primero.field("one", "subform", subform_section_unique_id="road")),
    "subform_empty": lambda: primero.as_json(
        [primero.form("road", primero.field("one", "subform", subform="in"), primero.field("two")), primero.form("in", **INNER)]
    ),
    "subform_unused": lambda: one_form(is_nested=True),
    "field_type": lambda: one_form(primero.field("one", "hologram")),
    "field_heading": lambda: one_form(primero.field("one", "separator")),
    "field_system": lambda: one_form(primero.field("one", disabled=True)),
    "field_hidden": lambda: one_form(primero.field("one", visible=False), visible=False),
    "field_upload": lambda: one_form(primero.field("one", "photo_upload_box")),
    "calculation_lost": lambda: one_form(primero.field("one", "numeric_field", calculation={"expression": {"sum": ["kept"]}})),
    "condition_other": lambda: one_form(primero.field("one", display_conditions_record={"eq": {"elsewhere": 1}})),
    "condition_later": lambda: one_form(primero.field("one", display_conditions_record={"eq": {"later": "x"}}), primero.field("later")),
    "condition_unknown": lambda: one_form(primero.field("one", display_conditions_record={"gt": {"kept": "x"}})),
    "condition_form": lambda: one_form(display_conditions={"eq": {"kept": "x"}}),
    "condition_choices": lambda: one_form(primero.field("one", option_strings_condition={"x": {"eq": {"kept": 1}}})),
    "default_lost": lambda: one_form(
        primero.field("one", "select_box", selected_value="gone", option_strings_text={"en": [{"id": "x", "display_text": "X"}]})
    ),
    "name_twice": lambda: one_form(primero.field("one"), primero.field("one")),
    "label_missing": lambda: one_form({"name": "one", "type": "text_field"}),
    "lookup_unused": lambda: one_form(lookups=[UNUSED]),
    "lookup_twice": lambda: one_form(lookups=[UNUSED, UNUSED]),
    "as_words": lambda: one_form(primero.field("one", "select_box", option_strings_source="Agency")),
    "choice_off": lambda: one_form(primero.field("one", "select_box", option_strings_text={"en": ON_AND_OFF})),
    "field_range": lambda: one_form(primero.field("one", "date_range")),
    "field_tally": lambda: one_form(primero.field("one", "tally_field", option_strings_text={"en": ["a", "b"]})),
    "settings_lost": lambda: one_form(primero.field("one", matchable=True)),
    "subform_left": lambda: primero.as_json(
        [
            primero.form("road", primero.field("kept"), primero.field("one", "subform", subform="in", disabled=True)),
            primero.form("in", primero.field("inside"), **INNER),
        ]
    ),
    "others_left": lambda: primero.as_json([primero.ROAD], [], Role=[{"name": "a"}, {"name": "b"}]),
}


@pytest.mark.parametrize("line", LINES, ids=[line["wrong"].replace(" ", "_") for line in LINES])
def test_what_is_wrong_is_told_and_the_rest_comes_in(world, line):
    by = getattr(world, WHO[line["kind"]])
    content = made(line["made"], world) if "made" in line else line["file"].encode()
    if line.get("made") == "same_again":
        arrange.uploaded(line["kind"], content, by)
    if "row" not in line:
        with pytest.raises(Refused) as told:
            arrange.uploaded(line["kind"], content, by)
        assert line["told"] in str(told.value)
        return
    if line["kind"] == "forms":
        upload = arrange.checked("forms", content, by)
        with access.system():
            told = [sentence(kept) for kept in upload.rows.get(number=line["row"]).wrong]
        assert any(line["told"] in one for one in told), told
        return
    upload = arrange.done(line["kind"], content, by)
    with access.system():
        (row,) = upload.rows.filter(state="BAD")
        assert row.number == line["row"]
        assert [kept["column"] for kept in row.wrong] == [line.get("column", "")]
        assert line["told"] in sentence(row.wrong[0])
        assert row.given is not None
    assert arrange.counts(upload)["DONE"] >= 1


NOT_SENT = {
    "too_many_rows",
    "no_sheet",
    "unreadable_text",
    "number",
    "yes_no",
    "area_code_taken",
    "area_parent",
    "area_before",
    "form_refused",
    "too_many_questions",
    "unsaved",
    "refused",
}


def test_every_mistake_that_has_words_is_sent_or_named_here():
    told = "\n".join(line["told"] for line in LINES)
    untold = set()
    for code, (what, instead) in WORDS.items():
        sentences = [re.sub(r"%\\\(\w+\\\)s", ".*", re.escape(text)) for text in (what, instead) if text]
        if not any(re.search(sentence, told) for sentence in sentences if sentence != ".*"):
            untold.add(code)
    assert untold <= NOT_SENT, untold - NOT_SENT


ENCODED = [
    ("utf-8-sig", "ชื่อ,เพศ\nสมหมาย ใจดี,หญิง", "สมหมาย ใจดี"),
    ("utf-16", "ชื่อ,เพศ\nสมหมาย ใจดี,หญิง", "สมหมาย ใจดี"),
    ("utf-16-le", "name,sex,note\nSokha Chan,F,សុខា ចាន់", "Sokha Chan"),
    ("cp874", "ชื่อ,เพศ,หมายเหตุ\nสมหมาย ใจดี,หญิง,อยู่กับยายที่บ้าน\nวิชัย ดีงาม,ชาย,ไม่ได้เรียนหนังสือ", "สมหมาย ใจดี"),
    ("gb18030", "姓名,性别,备注\n王小明,女,住在外婆家里\n李雷,男,没有上学", "王小明"),
    ("cp1252", "name,sex\nJosé Niño,M", "José Niño"),
]


@pytest.mark.parametrize(("encoding", "content", "name"), ENCODED, ids=[encoding for encoding, _content, _name in ENCODED])
def test_a_file_is_read_in_the_letters_it_was_written_in(world, encoding, content, name):
    from romsai.people.models import Name

    upload = arrange.done("persons", content.encode(encoding), world.manager)
    assert arrange.wrong(upload) == {}
    with access.system():
        assert name in {str(row.full) for row in Name.objects.all()}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_whatever_stands_between_cells_is_found(world, delimiter):
    lines = [["name", "sex", "village"], ["Keo", "F", "Ban Na, by the river" if delimiter != "," else "Ban Na"], ["Mai", "F", "Ban Nua"]]
    upload = arrange.done("persons", "\n".join(delimiter.join(line) for line in lines).encode(), world.manager)
    assert arrange.counts(upload) == {"DONE": 2}


def test_a_workbook_comes_in_like_a_csv_with_its_dates(world):
    from romsai.people.models import Person

    content = workbook(
        ["Name", "Date of birth", "Phone"],
        ["Keo Invented", date(2012, 3, 27), 85620555123],
        [None, None, None],
        ["Mai Invented", "27/3/2555", None],
    )
    upload = arrange.done("persons", content, world.manager)
    assert arrange.counts(upload) == {"DONE": 2}
    with access.system():
        assert {(p.birth_year, p.birth_month, p.birth_day) for p in Person.objects.all()} == {(2012, 3, 27)}
