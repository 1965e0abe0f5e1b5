"""The engine against the shared vectors, pyxform's own reading, a second XPath engine, and random forms and answers."""

import datetime as dt
import json
import math
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pyxform.xls2xform import convert

from romsai.questionnaires import expressions
from romsai.questionnaires.compile import FormErrors, compile_form, dictionary, walk
from romsai.questionnaires.evaluate import Run

from .sheets import xlsform

DAY = dt.date(2026, 11, 21)
VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())
FORMS = {v["name"]: xlsform(v["survey"], v.get("choices", ()), v.get("settings", ())) for v in VECTORS}
COMPILED = {name: compile_form(content)[0] for name, content in FORMS.items()}
CASES = [(v["name"], at, case) for v in VECTORS for at, case in enumerate(v["cases"])]


@pytest.mark.parametrize(("name", "at", "case"), CASES, ids=[f"{name} {at}" for name, at, _ in CASES])
def test_vectors(name, at, case):
    run = Run(COMPILED[name], case["answers"], today=DAY, language=case.get("language", ""))
    assert run.values == case["values"]
    assert run.errors == case.get("errors", {})
    assert list(run.missing) == case.get("missing", [])


@pytest.mark.parametrize(("name", "at", "case"), CASES, ids=[f"{name} {at}" for name, at, _ in CASES])
def test_a_draft_read_back_gives_the_same(name, at, case):
    first = Run(COMPILED[name], case["answers"], today=DAY)
    kept = json.loads(json.dumps(first.kept))
    again = Run(COMPILED[name], kept, today=DAY)
    assert (again.values, again.errors, again.missing) == (first.values, first.errors, first.missing)


def test_a_compiled_form_survives_json():
    for compiled in COMPILED.values():
        assert json.loads(json.dumps(compiled)) == compiled


# --- pyxform's own reading ---

XF = {
    "xf": "http://www.w3.org/2002/xforms",
    "h": "http://www.w3.org/1999/xhtml",
    "jr": "http://openrosa.org/javarosa",
}
XF_TYPE = {
    "text": "string", "integer": "int", "decimal": "decimal", "date": "date", "time": "time", "moment": "dateTime",
    "one": "string", "many": "string", "acknowledge": "string", "calculation": "string", "range": "int", "note": "string",
}  # fmt: skip


def reduced(tree):
    """A parsed XForm expression with its paths as names, so that it can be compared with a compiled one."""
    if not isinstance(tree, list):
        return tree
    if tree[0] == "path":
        return ["$", tree[1].rpartition("/")[2]]
    return [tree[0], *map(reduced, tree[1:])]


def spelled(tree):
    """A compiled expression as plain functions, as the XForm writes them."""
    if not isinstance(tree, list):
        return tree
    if tree[0] == "position":
        return ["f", "position", ["$", ".."]]
    if tree[0] == "once":
        return ["f", "once", spelled(tree[1])]
    if tree[0] == "label":
        return ["f", "jr:choice-name", spelled(tree[2]), ["s", "…"]]
    if tree[0] == "indexed":
        return [
            "f",
            "indexed-repeat",
            ["$", tree[1]],
            *[["$", p] if isinstance(p, str) else spelled(p) for p in tree[2:]],
        ]
    return [tree[0], *map(spelled, tree[1:])]


def without_quoted_paths(tree):
    if not isinstance(tree, list):
        return tree
    if tree[:2] == ["f", "jr:choice-name"]:
        return [*tree[:3], ["s", "…"]]
    return [tree[0], *map(without_quoted_paths, tree[1:])]


@pytest.mark.parametrize("name", COMPILED)
def test_pyxform_reads_the_same_form(name):
    """Same questions, types and expressions as the XForm that ODK would run."""
    xform = etree.fromstring(convert(FORMS[name], file_type=".xlsx").xform.encode())
    binds = {bind.get("nodeset"): bind for bind in xform.iterfind(".//xf:bind", XF) if "/meta/" not in bind.get("nodeset")}
    ours = {"/data/" + "/".join(node["path"]): node for node in walk(COMPILED[name]["nodes"])}
    asked = {path for path, node in ours.items() if node["kind"] not in ("group", "repeat")}
    assert asked == {path for path in binds if ours[path]["kind"] not in ("group", "repeat")}
    compared = 0
    for path, bind in binds.items():
        node = ours[path]
        if node["kind"] in XF_TYPE and node["name"] != "place":
            assert bind.get("type") == XF_TYPE[node["kind"]], path
        for ours_key, theirs in (
            ("relevant", "relevant"),
            ("constraint", "constraint"),
            ("calculation", "calculate"),
        ):
            text = bind.get(theirs)
            assert (text is None) == (ours_key not in node), (path, theirs)
            if text is not None:
                reading = without_quoted_paths(reduced(expressions.parse(text)))
                assert reading == spelled(node[ours_key]), (path, theirs)
                compared += 1
        assert (bind.get("required") == "true()") == (node.get("required") is True)
    assert compared or "other" in name


# --- a second engine: libxml2 computes the XForm's own expressions over an instance filled with the answers ---


def _second_engine():
    """XPath 1.0 of libxml2 with the XForms functions that it lacks, written apart from ours."""

    def string(value):
        if isinstance(value, list):
            return string(value[0]) if value else ""
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, float):
            return str(int(value)) if value.is_integer() else repr(value)
        return value.text or "" if hasattr(value, "text") else value

    functions = etree.FunctionNamespace(None)
    functions["if"] = lambda _c, test, a, b: a if (test if not isinstance(test, list) else bool(test)) else b
    functions["coalesce"] = lambda _c, a, b: string(a) or string(b)
    functions["selected"] = lambda _c, a, b: string(b) in string(a).split()
    functions["count-selected"] = lambda _c, a: float(len(string(a).split()))
    functions["selected-at"] = lambda _c, a, b: dict(enumerate(string(a).split())).get(int(b), "")
    functions["int"] = lambda _c, a: float(math.trunc(float(string(a) or "nan"))) if string(a) not in ("", "NaN", "nan") else math.nan
    functions["pow"] = lambda _c, a, b: float(a) ** float(b)
    functions["regex"] = lambda _c, a, b: re.fullmatch(string(b), string(a)) is not None
    functions["today"] = lambda _c: DAY.isoformat()
    functions["decimal-date-time"] = lambda _c, a: float((dt.date.fromisoformat(string(a)) - dt.date(1970, 1, 1)).days)
    functions["substr"] = lambda _c, a, b, c: string(a)[int(b) : int(c)]
    return string


def fill(element, answers):
    for name, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for round_ in value:
                fill(etree.SubElement(element, name), round_)
        else:
            etree.SubElement(element, name).text = " ".join(value) if isinstance(value, list) else str(value)


SECOND = [
    (
        "intake: relevance, calculations, cascading choices, repeats",
        0,
        ["signs", "level", "n_sib", "sib_years", "age_calc"],
    ),
    (
        "text and number functions",
        0,
        [
            "c01",
            "c02",
            "c03",
            "c05",
            "c06",
            "c08",
            "c09",
            "c10",
            "c13",
            "c14",
            "c15",
            "c17",
            "c18",
            "c21",
            "c22",
            "c23",
            "c24",
            "c25",
            "c26",
            "c27",
            "c28",
        ],
    ),
]


@pytest.mark.parametrize(("name", "at", "names"), SECOND)
def test_a_second_engine_computes_the_same(name, at, names):
    string = _second_engine()
    xform = etree.fromstring(convert(FORMS[name], file_type=".xlsx").xform.encode())
    case = next(v for v in VECTORS if v["name"] == name)["cases"][at]
    data = etree.Element("data")
    groups = {node["name"]: node["path"] for node in walk(COMPILED[name]["nodes"]) if not node["within"]}
    for key, value in case["values"].items():
        parent = data
        for group in groups[key][:-1]:
            found = parent.find(group)
            parent = etree.SubElement(parent, group) if found is None else found
        fill(parent, {key: value})
    tree = etree.ElementTree(data)
    for name_ in names:
        bind = next(b for b in xform.iterfind(".//xf:bind", XF) if b.get("nodeset").endswith("/" + name_))
        theirs = tree.xpath(bind.get("calculate"))
        ours = case["values"].get(name_)
        assert string(theirs) == expressions.text(float(ours) if type(ours) is int else ours), name_


# --- random ---

LEAVES = st.sampled_from(["1", "2.5", "0", "'a'", "''", "${a}", "${b}", "${c}", "today()", "'2026-01-31'", "true()"])
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(
            inner,
            st.sampled_from(["+", "-", "*", "div", "mod", "=", "!=", "<", "<=", ">", ">=", "and", "or"]),
            inner,
        ).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(
            st.sampled_from(
                [
                    "not",
                    "int",
                    "round",
                    "string",
                    "number",
                    "date",
                    "string-length",
                    "normalize-space",
                    "abs",
                    "sqrt",
                ]
            ),
            inner,
        ).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(
            st.sampled_from(["concat", "coalesce", "contains", "selected", "min", "max", "sum", "pow", "selected-at"]),
            inner,
            inner,
        ).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
        st.tuples(inner, inner, inner).map(lambda t: f"if({t[0]}, {t[1]}, {t[2]})"),
    ),
    max_leaves=12,
)


class Three:
    """A context with three answers and nothing else."""

    this, before, choice, today, now = "", "", {}, "2026-11-21", "2026-11-21T10:00:00"

    def __init__(self, answers):
        self.answers = answers

    def ref(self, name):
        return self.answers[name]


@settings(max_examples=150, deadline=None)
@given(
    EXPRESSIONS,
    st.fixed_dictionaries({"a": st.text(max_size=8), "b": st.floats(-1e9, 1e9), "c": st.sampled_from(["", "x y", "2026-02-28"])}),
)
def test_any_expression_has_a_value_and_the_same_twice(source, answers):
    tree = expressions.parse(source)
    value = expressions.compute(tree, Three(answers))
    assert isinstance(value, str | float | bool)
    assert expressions.text(value) == expressions.text(expressions.compute(json.loads(json.dumps(tree)), Three(answers)))


@settings(max_examples=300, deadline=None)
@given(st.text("()+-*/=<>!'\"${}abc.,:0123 \n", max_size=60))
def test_any_text_is_an_expression_or_a_plain_error(source):
    try:
        expressions.parse(source)
    except expressions.ExpressionError as error:
        assert str(error)


ANYTHING = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=12),
        st.sampled_from(["y", "TH-34", "๑๒", "2026-01-01", "physical neglect"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["sname", "sage", "age", "person", "x"]), inner, max_size=3),
    ),
    max_leaves=8,
)
NAMES = sorted({node["name"] for compiled in COMPILED.values() for node in walk(compiled["nodes"])})


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(COMPILED)), st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=12))
def test_any_answers_at_all_are_read_and_come_out_storable(name, answers):
    run = Run(COMPILED[name], answers, today=DAY)
    stored = json.dumps([run.values, run.kept], allow_nan=False)
    assert "\\u0000" not in stored
    known = {line["name"] for line in dictionary(COMPILED[name])} | {n["name"] for n in walk(COMPILED[name]["nodes"])}
    assert set(run.values) <= known


def test_answers_cannot_make_work_without_end():
    compiled = COMPILED["repeats in repeats, counted repeats, positions, what is not asked"]
    run = Run(compiled, {"n": 10**9, "home": [{"person": [{"age": 1}] * 500}] * 500}, today=DAY)
    assert run.made <= 2_000
    assert "home/0/person" in run.errors


def test_a_doubling_text_is_stopped():
    rows = [
        ["type", "name", "label", "calculation"],
        ["text", "t", "Text"],
        ["calculate", "c0", "", "concat(${t}, ${t})"],
    ]
    rows += [["calculate", f"c{i}", "", f"concat(${{c{i - 1}}}, ${{c{i - 1}}})"] for i in range(1, 40)]
    run = Run(compile_form(xlsform(rows))[0], {"t": "x" * 100}, today=DAY)
    assert run.errors["c6"] == "This calculation gives too long a text."


def test_a_pattern_that_backtracks_elsewhere_is_quick_here():
    rows = [["type", "name", "label", "constraint"], ["text", "t", "Text", "regex(., '(a+)+b')"]]
    run = Run(compile_form(xlsform(rows))[0], {"t": "a" * 5_000}, today=DAY)
    assert "t" in run.errors
    with pytest.raises(FormErrors, match="pattern"):
        compile_form(xlsform([["type", "name", "label", "constraint"], ["text", "t", "T", r"regex(., '(a)\1')"]]))


def test_labels_speak_the_answers_they_name():
    compiled = COMPILED["other, ranges, conditions on being required"]
    run = Run(compiled, {"care": "kin", "safe": 5}, today=DAY)
    assert run.say(run.nodes["thanks"]["label"], run.root) == ("Thank you. Care: Kin", "en")
