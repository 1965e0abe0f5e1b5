"""XLSForm in: what is refused, in which row and words; limits before anything is unpacked; HTCDS as it is."""

import io
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from romsai.questionnaires.compile import FormErrors, compile_form, compile_upload, dictionary, walk

from .sheets import xlsform

HTCDS = Path(__file__).parents[1] / "forms" / "htcds" / "htcds_xlsform.xlsx"
HTCDS_SHARED = Path(__file__).parents[4] / "shared" / "data" / "case-forms" / "htcds" / "htcds_xlsform.xlsx"
HEAD = [
    "type",
    "name",
    "label",
    "relevant",
    "calculation",
    "constraint",
    "choice_filter",
    "appearance",
    "cp::sensitivity",
]


def problems(*rows, choices=(), head=HEAD):
    """(sheet, row, sentence) of everything wrong with a form of these rows."""
    with pytest.raises(FormErrors) as caught:
        compile_form(xlsform([head, *rows], choices))
    return [(problem.sheet, problem.row, str(problem)) for problem in caught.value.problems]


REFUSED = {
    "unknown question": (
        [["text", "a", "A", "${ghost} = 1"]],
        2,
        "the column “relevant” uses “ghost”, but no question has that name.",
    ),
    "unknown function": (
        [["text", "a", "A"], ["calculate", "b", "", "", "twice(${a})"]],
        3,
        "the function twice() is not known.",
    ),
    "wrong number of values": (
        [["text", "a", "A"], ["calculate", "b", "", "", "if(${a}, 1)"]],
        3,
        "is given 2 values",
    ),
    "a changing function": (
        [["text", "a", "A"], ["calculate", "b", "", "", "uuid()"]],
        3,
        "another answer each time",
    ),
    "unfinished": ([["text", "a", "A"], ["calculate", "b", "", "", "(1 + "]], 3, "ends too early"),
    "a circle": (
        [["text", "t", "T"], ["calculate", "a", "", "", "${b} + 1"], ["calculate", "b", "", "", "${a} + 1"]],
        4,
        "“b” depends on itself: a → b → a.",
    ),
    "shown by itself": ([["text", "a", "A", "${a} != ''"]], 2, "“a” depends on itself: a → a."),
    "asked later": (
        [["text", "a", "A", "${b} = 1"], ["integer", "b", "B"]],
        2,
        "“a” depends on “b”, which is only asked later, in row 3.",
    ),
    "asked later, through a calculation": (
        [["text", "a", "A", "${c} = 1"], ["calculate", "c", "", "", "${b}"], ["integer", "b", "B"]],
        2,
        "“a” depends on “b”, which is only asked later, in row 4.",
    ),
    "twice the same name": (
        [["text", "a", "A"], ["integer", "a", "A again"]],
        3,
        "the name “a” is used before, in row 2.",
    ),
    "no name": ([["text", "a", "A"], ["text", "", "B"]], 3, "this row has no name"),
    "a bad name": ([["text", "1a", "A"]], 2, "“1a” cannot be a name"),
    "no type": ([["", "a", "A"]], 2, "the question “a” has no type"),
    "unknown type": ([["txt", "a", "A"]], 2, "“txt” is not a type of question."),
    "an exact place": ([["geopoint", "a", "A"]], 2, "an exact place can lead someone to a child"),
    "a picture": ([["image", "a", "A"]], 2, "is not asked in a form"),
    "an unknown list": (
        [["select_one ghosts", "a", "A"]],
        2,
        "the list “ghosts” is not on the choices sheet.",
    ),
    "an open group": (
        [["begin group", "g", "G"], ["text", "a", "A"]],
        2,
        "the group “g” is begun here and never ended.",
    ),
    "a stray end": ([["text", "a", "A"], ["end repeat"]], 3, "this ends a repeat that was not begun."),
    "a word for a question": (
        [["text", "a", "A"], ["text", "b", "B", "a = 1"]],
        3,
        "Write ${a} for a question.",
    ),
    "a pattern from an answer": (
        [["text", "a", "A", "", "", "regex(., ${a})"]],
        2,
        "must be written as text",
    ),
    "a level that is none": (
        [["text", "a", "A", "", "", "", "", "", "secret"]],
        2,
        "“secret” is not a level of sensitivity",
    ),
    "a label that names nothing": ([["text", "a", "A ${ghost}"]], 2, "“ghost”"),
    "last saved": ([["text", "a", "A"], ["calculate", "b", "", "", "${last-saved#a}"]], 3, "last-saved"),
    "position outside": (
        [["text", "a", "A"], ["calculate", "b", "", "", "position(..)"]],
        3,
        "must lead from a question to the repeat",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_mistake_is_named_by_row_in_plain_words(case):
    rows, row, words = REFUSED[case]
    found = problems(*rows)
    assert [(sheet, at) for sheet, at, _ in found] == [("survey", row)]
    assert words in found[0][2]


def test_every_mistake_is_named_at_once():
    found = problems(["text", "a", "A", "${x}"], ["text", "", "B"], ["select_one ghosts", "c", "C ${y}"])
    assert [row for _, row, _ in found] == [3, 2, 4, 4]
    found = problems(["integer", "b", "B", "", "", "foo(.)"], ["geopoint", "c", "C"], ["text", "d", "D", "1 +"])
    assert [row for _, row, _ in found] == [2, 3, 4]


def test_a_choice_column_that_is_missing():
    found = problems(
        ["select_one p", "p", "P"],
        ["select_one d", "d", "D", "", "", "", "region = ${p}"],
        choices=[["list_name", "name", "label", "province"], ["p", "1", "One"], ["d", "11", "One one", "1"]],
    )
    assert found == [
        (
            "survey",
            3,
            "in the column “choice_filter” of “d”, the choices sheet has no column “region” for this list.",
        )
    ]


def test_calculations_may_stand_before_what_they_read():
    rows = [
        HEAD,
        ["calculate", "total", "", "", "${double} + 1"],
        ["calculate", "double", "", "", "2 * ${n}"],
        ["integer", "n", "N"],
    ]
    compiled, _ = compile_form(xlsform(rows))
    assert compiled["order"] == ["n", "double", "total"]


def test_sensitivity_and_export_by_type_and_by_column():
    head = ["type", "name", "label", "calculation", "cp::sensitivity", "cp::export"]
    rows = [
        ["text", "story", "Story"], ["integer", "age", "Age"], ["date", "born", "Born"], ["integer", "wound", "Wound", "", "medical"],
        ["text", "area", "Area", "", "core", "no"], ["calculate", "c1", "", "${age} + 1"], ["calculate", "c2", "", "concat(${age}, ${story})"],
    ]  # fmt: skip
    compiled, _ = compile_form(xlsform([head, *rows]))
    assert {line["name"]: (line["sensitivity"], line["export"]) for line in dictionary(compiled)} == {
        "story": ("narrative", False), "age": ("core", True), "born": ("identity", False), "wound": ("medical", False),
        "area": ("core", False), "c1": ("core", True), "c2": ("narrative", False),
    }  # fmt: skip


def test_languages_titles_and_drafts():
    compiled, _ = compile_form(
        xlsform(
            [["type", "name", "label::English (en)", "label::ไทย (th)"], ["text", "a", "A", "ก"]],
            (),
            [
                ["form_title", "form_id", "default_language", "cp::title::ไทย (th)", "cp::drafts"],
                ["Safety", "SAFETY", "English (en)", "ความปลอดภัย", "th"],
            ],
        )
    )
    assert compiled["title"] == {"en": "Safety", "th": "ความปลอดภัย"}
    assert (compiled["languages"], compiled["drafts"], compiled["code"]) == (["en", "th"], ["th"], "SAFETY")
    assert compiled["nodes"][0]["label"] == {"en": "A", "th": "ก"}


# --- limits ---


def test_long_deep_and_many():
    assert "at most 4000 are allowed" in problems(["text", "a", "A", "1 = " + "1" * 4_100])[0][2]
    assert "nested more than 32 deep" in problems(["text", "a", "A", "(" * 200 + "1" + ")" * 200])[0][2]
    assert "nested more than 32 deep" in problems(["text", "a", "A", "not(" * 40 + "1" + ")" * 40])[0][2]
    assert "nested more than 32 deep" in problems(["text", "a", "A", "-" * 2_000 + "1"])[0][2]
    long_chain = " or ".join(["${b} = 1"] * 300)
    compile_form(xlsform([HEAD, ["integer", "b", "B"], ["text", "a", "A", long_chain]]))
    nest = [["begin group", f"g{i}", "G"] for i in range(9)] + [["text", "a", "A"]] + [["end group"]] * 9
    assert problems(*nest)[0] == ("survey", 10, "groups are nested more than 8 deep.")
    many = [["text", f"q{i}", "Q"] for i in range(5_001)]
    assert problems(*many) == [("survey", 5002, "The sheet has more than 5000 rows.")]


def packed(parts, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def refused(content):
    began = time.monotonic()
    with pytest.raises(FormErrors) as caught:
        compile_form(content)
    assert time.monotonic() - began < 2
    return str(caught.value.problems[0])


def test_archives_that_are_not_workbooks():
    book = {"xl/workbook.xml": b"<x/>"}
    assert "not an Excel workbook" in refused(b"name,label\n")
    assert "not an Excel workbook" in refused(packed({"a.txt": b"x"}))
    assert "too many parts" in refused(packed(book | {f"xl/{i}.xml": b"" for i in range(2_001)}))
    assert "far more than a form needs" in refused(packed(book | {"xl/worksheets/sheet1.xml": b"0" * (30 << 20)}))
    assert "another file" in refused(packed(book | {"xl/worksheets/sheet1.xml": packed(book)}))
    assert "XML that Excel does not write" in refused(packed(book | {"xl/worksheets/sheet1.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'}))
    assert "larger than 20 MB" in refused(b"PK" + b"0" * (21 << 20))


def test_a_size_that_lies_is_not_believed():
    """The directory says 100 bytes, the part would unpack to 30 MB: only what was declared is ever read."""
    honest = packed({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b"0" * (30 << 20)})
    lying = honest.replace((30 << 20).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lying != honest
    assert "damaged" in refused(lying)


def test_a_damaged_workbook_never_raises_anything_else():
    whole = xlsform([HEAD, ["text", "a", "A"]])

    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, len(whole) - 1), st.integers(0, 255), st.integers(0, len(whole)))
    def damage(at, byte, cut):
        for content in (whole[:at] + bytes([byte]) + whole[at + 1 :], whole[:cut]):
            try:
                compile_form(content)
            except FormErrors as errors:
                assert errors.problems

    damage()


def test_compiling_in_a_process_of_its_own_gives_the_same():
    good = xlsform([HEAD, ["text", "a", "A"]])
    assert compile_upload(good) == compile_form(good)
    with pytest.raises(FormErrors) as caught:
        compile_upload(xlsform([HEAD, ["text", "a", "A", "${ghost} = 1"]]))
    assert [(p.sheet, p.row) for p in caught.value.problems] == [("survey", 2)]
    assert "no question has that name" in str(caught.value.problems[0])


# --- the real form ---


@pytest.mark.parametrize("path", [HTCDS, HTCDS_SHARED], ids=["shipped", "shared"])
def test_htcds_imports_unchanged(path):
    if not path.exists():
        pytest.skip(f"IOM's form is not at {path.name}: the shared data is not on this machine")
    compiled, warnings = compile_form(path.read_bytes())
    kinds = [node["kind"] for node in walk(compiled["nodes"])]
    assert len(kinds) == 34  # rows 2 to 35 of the survey sheet
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "meta": 2,
        "one": 6,
        "many": 5,
        "date": 2,
        "text": 18,
        "calculation": 1,
    }
    assert sum(len(choices) for choices in compiled["lists"].values()) >= 300
    assert not warnings
