"""The drawn family says what is so, for families of any shape."""

import re

from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from romsai.people.family_graph import KINDS, Family, Person, Tie, _Drawing
from romsai.web.views_styleguide import ALONE, KANYA, LARGE

SVG = "{http://www.w3.org/2000/svg}"
NAMES = ["Noi", "កុសល", "สมหญิง ใจดีมากเหลือเกินจริง ๆ", "မောင်မောင်", "ສົມຈັນ", "Nguyễn Thị Ánh", "<b>&", ""]


@st.composite
def families(draw):
    count = draw(st.integers(1, 12))
    people = [
        Person(
            f"p{i}",
            draw(st.sampled_from(NAMES)),
            draw(st.sampled_from(["", "9", "about 40"])),
            draw(st.sampled_from("FMXU")),
            draw(st.integers(0, 3)),
            is_child=i == 0,
            in_household=draw(st.booleans()),
            deceased=draw(st.booleans()),
            note=draw(st.sampled_from(["", "in Bangkok", "no contact"])),
        )
        for i in range(count)
    ]
    pairs = st.tuples(st.integers(0, count), st.integers(0, count - 1), st.sampled_from(KINDS))
    ties = [Tie(f"p{a}", f"p{b}", kind) for a, b, kind in draw(st.lists(pairs, max_size=16)) if a != b]
    # A parent belongs to an earlier generation than the child.
    level = {person.id: person.generation for person in people}
    ties = [tie for tie in ties if tie.kind != "parent" or level.get(tie.first, 9) < level[tie.second]]
    return Family("A family", people, ties)


def corners(path):
    """The corners of the household's outline: where each rounded bend aims at."""
    return [(float(x), float(y)) for x, y in re.findall(r"Q(-?[\d.]+) (-?[\d.]+) ", path)]


def holds(polygon, x, y):
    inside = False
    for (x1, y1), (x2, y2) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


@settings(max_examples=120, deadline=None)
@given(families())
def test_nobody_stands_on_another_and_the_outline_holds_just_the_household(family):
    drawing = _Drawing(family)
    svg = etree.fromstring(family.svg)

    for one in family.people:
        for other in family.people:
            if one.id < other.id and one.generation == other.generation:
                left, right = sorted((one.id, other.id), key=lambda who: drawing.spot[who][0])
                gap = drawing.spot[right][0] - drawing.spot[left][0]
                assert gap >= drawing._reach(left)[1] + drawing._reach(right)[0] - 0.01
    outlines = [path.get("d") for path in svg.iter(f"{SVG}path") if path.get("fill") == "#f1f7f2"]
    assert len(outlines) == family.has_household
    for outline in outlines:
        polygon = corners(outline)
        for person in family.people:
            x, y = drawing.spot[person.id]
            left, right = drawing._reach(person.id)
            assert [holds(polygon, at, y) for at in (x - left, x, x + right)] == [person.in_household] * 3, person
    for x, y in drawing.spot.values():
        assert 20 < x < drawing.width
        assert 20 < y < drawing.height


@settings(max_examples=60, deadline=None)
@given(families())
def test_the_drawing_is_well_formed_and_needs_no_style_sheet(family):
    svg = etree.fromstring(family.svg)

    assert not {name for element in svg.iter() for name in element.attrib} & {"class", "style", "id"}
    shapes = {"circle": 0, "rect": 0}
    for element in svg.iter():
        shapes[etree.QName(element).localname] = shapes.get(etree.QName(element).localname, 0) + 1
    assert shapes["circle"] == sum(person.sex == "F" for person in family.people)
    assert shapes["rect"] == sum(person.sex == "M" for person in family.people)


def test_a_child_whose_parents_nobody_knows_stands_alone():
    alone = Family("Nobody known", [Person("child", "Child of unknown name", "about 1", is_child=True)])

    svg = etree.fromstring(alone.svg)

    assert [text.text for text in svg.iter(f"{SVG}text")] == ["Child of unknown…", "about 1"]
    assert [words for _person, words in alone.sentences] == ["about 1; the child of this record"]


def test_no_people_make_an_empty_drawing():
    assert etree.fromstring(Family("Nobody").svg).get("role") == "img"


def test_the_list_says_all_that_the_drawing_shows():
    said = {person.id: words for person, words in KANYA.sentences}

    assert said == {
        "boonmee": "62; same household; grandmother; parent of Malee; cares for Kanya",
        "malee": "31; in Bangkok; separated from Anan; parent of Ton; parent of Kanya",
        "anan": "34; no contact; separated from Malee; parent of Ton; parent of Kanya; said to have harmed Kanya",
        "ton": "5; same household",
        "kanya": "9; the child of this record",
    }
    assert KANYA.kinds == {"parent", "separated", "cares_for", "alleged_harm"}


def test_names_in_every_script_are_in_the_drawing_with_their_language():
    for family, name, lang in [(ALONE, "สมหญิง ใจดี", "th"), (LARGE, "ဒေါ်ခင်", "my"), (LARGE, "មករា", "km")]:
        found = [text for text in etree.fromstring(family.svg).iter(f"{SVG}text") if text.text == name]
        assert [text.get("lang") for text in found] == [lang]


def test_the_harm_line_is_red_and_jagged_and_the_care_line_green():
    svg = etree.fromstring(KANYA.svg)
    lines = {path.get("stroke"): path.get("d") for path in svg.iter(f"{SVG}path")}

    assert lines["#b3261e"].count("L") >= 4
    assert "C" in lines["#17704f"]


def test_a_tie_of_an_unknown_kind_is_refused():
    try:
        Tie("a", "b", "enemy")
    except ValueError as refusal:
        assert "enemy" in str(refusal)
    else:
        raise AssertionError("a tie of an unknown kind was accepted")


def test_the_drawing_does_not_depend_on_the_language():
    with translation.override("en"):
        english = re.sub("<desc>.*</desc>", "", KANYA.svg)
    with translation.override("th"):
        assert re.sub("<desc>.*</desc>", "", KANYA.svg) == english
