"""Pages of a form: what stands on each, what comes of sending one, and that nothing typed is lost."""

import datetime as dt
import json
from pathlib import Path

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import translation

from romsai.questionnaires.compile import compile_form
from romsai.questionnaires.pages import Filling, add_round, put, remove_round

from .sheets import xlsform

DAY = dt.date(2026, 11, 21)
INTAKE = next(v for v in json.loads((Path(__file__).parent / "vectors.json").read_text()) if v["name"].startswith("intake"))
COMPILED = compile_form(xlsform(INTAKE["survey"], INTAKE["choices"], INTAKE["settings"]))[0]


def filling(answers, language="en"):
    return Filling(COMPILED, answers, today=DAY, language=language)


def post(fields, asked):
    data = QueryDict(mutable=True)
    data["asked"] = asked
    for name, value in fields.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def test_a_top_level_group_is_a_page_and_so_is_a_repeat():
    assert [page.name for page in filling({}).pages] == ["child", "risk", "sib"]


def test_a_page_asks_what_applies_now():
    asked = filling({}).form(filling({}).page("child")).asked
    assert asked == "name dob age_est prov dist"
    known = filling({"dob": "2017-03-14"})
    assert known.form(known.page("child")).asked == "name dob prov dist"


def test_a_good_page_is_merged_and_typed():
    before = filling({})
    sent = {
        "q/name": "Kanya",
        "q/dob_day": "๑๔",
        "q/dob_month": "3",
        "q/dob_year": "2017",
        "q/prov": "TH-34",
        "q/dist": "3415",
        "q/age_est": "",
    }
    posted = before.posted(before.page("child"), post(sent, "name dob age_est prov dist"))
    assert posted.is_good
    assert posted.answers == {
        "name": "Kanya",
        "dob": "2017-03-14",
        "age_est": "",
        "prov": "TH-34",
        "dist": "3415",
    }


def test_a_thai_reader_types_buddhist_years():
    with translation.override("th"):
        before = filling({}, "th")
        sent = {"q/dob_day": "14", "q/dob_month": "3", "q/dob_year": "2560"}
        posted = before.posted(before.page("child"), post(sent, "dob"))
    assert posted.answers["dob"] == "2017-03-14"


def test_errors_stand_at_their_questions_and_in_the_form():
    before = filling({}, "th")
    posted = before.posted(
        before.page("child"),
        post(
            {"q/age_est": "40", "q/dob_day": "31", "q/dob_month": "2", "q/dob_year": "2017"},
            "name dob age_est prov dist",
        ),
    )
    assert not posted.is_good
    errors = {name: list(found) for name, found in posted.form.errors.items()}
    assert errors == {
        "q/name": ["Answer this question."],
        "q/dob": ["There is no such day. Check day, month and year."],
        "q/age_est": ["0 ถึง 17"],
        "q/prov": ["Answer this question."],
    }


def test_an_unfinished_date_is_kept_as_typed():
    before = filling({})
    posted = before.posted(before.page("child"), post({"q/dob_day": "31", "q/dob_month": "2", "q/dob_year": ""}, "dob"))
    assert posted.answers == {"dob": "31/2/"}
    again = filling(json.loads(json.dumps(posted.filling.run.kept)))
    form = again.form(again.page("child"))
    assert 'value="31"' in str(form["q/dob"])


def test_a_box_that_was_not_on_the_page_is_left_alone():
    before = filling({"name": "Kanya", "age_est": 9})
    posted = before.posted(before.page("child"), post({"q/prov": "TH-10"}, "prov"))
    assert posted.answers == {"name": "Kanya", "age_est": 9, "prov": "TH-10"}


def test_a_box_that_was_emptied_is_emptied():
    before = filling({"name": "Kanya", "concern": ["neglect"]})
    posted = before.posted(before.page("risk"), post({}, "concern"))
    assert posted.answers["concern"] == []


def test_answers_that_bring_new_questions_say_which():
    before = filling({"age_est": 15})
    posted = before.posted(before.page("risk"), post({"q/concern": ["physical"], "q/drugs": "n"}, "concern drugs"))
    assert posted.fresh == ["injury"]
    assert posted.is_good  # the new question is not an error: it was not on the page


def test_a_post_cannot_reach_what_is_not_a_question():
    before = filling({})
    sent = {
        "q/signs": "99",
        "q/sib/9999/sname": "x",
        "q/sib/x/sname": "x",
        "q/child": "x",
        "q/__proto__": "x",
        "q/sib": "x",
        "q/sname": "x",
    }
    posted = before.posted(before.page("child"), post(sent, "signs sib/9999/sname sib/x/sname child __proto__ sib sname"))
    assert posted.answers == {}
    assert posted.filling.run.values["signs"] == 0


def test_rounds_come_and_go():
    answers = {"sib": [{"sname": "Ton"}]}
    node = filling({}).run.nodes["sib"]
    add_round(answers, node, "sib")
    put(answers, filling({}).run.nodes["sname"], "sib/1/sname", "Dao")
    assert answers == {"sib": [{"sname": "Ton"}, {"sname": "Dao"}]}
    remove_round(answers, node, "sib", 0)
    assert answers == {"sib": [{"sname": "Dao"}]}
    remove_round(answers, node, "sib", 7)
    assert answers == {"sib": [{"sname": "Dao"}]}


def test_sections_read_back_in_words_with_what_is_missing():
    run = filling(
        {
            "name": "Kanya",
            "dob": "2017-03-14",
            "prov": "TH-34",
            "concern": ["neglect"],
            "sib": [{"sname": "Ton", "sage": "old"}],
        }
    )
    rows = {row["path"]: (str(row["value"]), row["error"]) for section in run.sections for row in section["rows"] if "path" in row}
    assert rows["dob"] == ("14 March 2017", "")
    assert rows["prov"] == ("Ubon Ratchathani", "")
    assert rows["concern"] == ("Neglect", "")
    assert rows["drugs"] == ("", "Answer this question.")
    assert rows["sib/0/sage"] == ("old", "Enter a whole number, like 12.")


def test_words_of_the_form_are_never_html():
    rows = [
        ["type", "name", "label", "hint"],
        ["text", "a", "<b>A</b>", "<script>alert(1)</script>"],
        ["note", "n", "Hello ${a}"],
    ]
    compiled = compile_form(xlsform(rows))[0]
    page = Filling(compiled, {"a": "<img src=x>"}, today=DAY)
    form = page.form(page.page(""))
    html = render_to_string("questionnaires/items.html", {"items": list(form.page_items)})
    assert "<b>" not in html
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;b&gt;A&lt;/b&gt;" in html


def test_the_page_says_its_language_and_renders_each_kind():
    with translation.override("en"):
        page = filling({"sib": [{"sname": "Ton"}]}, "th")
        html = "".join(render_to_string("questionnaires/items.html", {"items": list(page.form(one).page_items)}) for one in page.pages)
    assert '<span lang="th">ชื่อ</span>' in html
    assert 'type="radio"' in html
    assert 'type="checkbox"' in html
    assert 'name="q/sib/0/sname"' in html
    assert 'name="remove" value="sib/0"' in html
    assert 'name="add" value="sib"' in html
    assert 'hx-select="#answers"' in html


def test_danger_is_never_asked_in_a_draft_translation():
    rows = [
        ["type", "name", "label::English (en)", "label::ไทย (th)", "cp::reviewed"],
        ["text", "danger", "Danger?", "อันตราย?", "yes"],
        ["text", "school", "School?", "โรงเรียน?", ""],
    ]
    settings = [["form_title", "form_id", "default_language", "cp::drafts"], ["F", "F", "English (en)", "th"]]
    compiled = compile_form(xlsform(rows, (), settings))[0]
    page = Filling(compiled, {}, today=DAY, language="th")
    form = page.form(page.page(""))
    with translation.override("th"):
        assert str(form.fields["q/school"].label) == '<span lang="th">โรงเรียน?</span>' or "โรงเรียน?" in str(form.fields["q/school"].label)
    assert "Danger?" in str(form.fields["q/danger"].label)
    assert page.used_reviewed


@pytest.mark.parametrize("appearance", ["", "minimal"])
def test_a_filtered_list_offers_what_fits(appearance):
    page = filling({"prov": "TH-34"})
    form = page.form(page.page("child"))
    assert [code for code, _label in form.fields["q/dist"].choices] == ["3415"]
