"""What makes two families one: names in two scripts, spans of age, and that what nobody knows counts against nobody."""

from types import SimpleNamespace

import pytest

from benchmarks.matching import tracing as crisis
from romsai.people.models import Birth
from romsai.tracing import matching
from romsai.tracing.matching import Called, Known, alike

NOTHING = {
    "year": None, "month": None, "day": None, "area_id": None, "birth_area_id": None, "home": None, "siblings": None, "position": None, "languages": [],
    "marks": None,
}  # fmt: skip


def side(case, child, *, sex="F", birth=None, kin=(), **story):
    named = {code: [[Called(name)] for name in names] for code, names in dict(kin).items()}
    return Known(case, [Called(child)], sex, birth, named, story=SimpleNamespace(**NOTHING | story))


@pytest.mark.parametrize(("one", "other"), [("น้อย", "ນ້ອຍ ວົງສາ"), ("คำหล้า", "ຄຳຫລ້າ ວົງສາ"), ("Boun Mi", "ບຸນ ມີ"), ("Noy", "ນ້ອຍ")])
def test_a_name_is_known_in_the_other_script_also_by_half(one, other):
    assert alike(Called(one), Called(other)) > 0.4
    assert alike(Called(other), Called(one)) > 0.4
    assert alike(Called(one), Called("ສົມພອນ")) == 0


def test_what_one_side_does_not_know_takes_nothing_away():
    found, sought = side(1, "น้อย"), side(2, "ນ້ອຍ", kin={"MOTHER": ["ຄຳຫລ້າ"]}, siblings=3, year=2025)
    bare = matching.fit(found, side(2, "ນ້ອຍ")).score
    assert matching.fit(found, sought).score == bare
    told = side(1, "น้อย", kin={"MOTHER": ["คำหล้า"]}, siblings=3, year=2025)
    assert matching.fit(told, sought).score > bare + 3
    assert matching.fit(told, sought).is_enough
    assert not matching.fit(found, sought).is_enough  # one fact is too few to trouble a family with


def test_an_estimated_age_is_a_span():
    young = side(1, "น้อย", birth=Birth(2016, margin=2))
    scores = [matching.fit(young, side(2, "ນ້ອຍ", birth=Birth(year))).score for year in (2014, 2018, 2010, 2005)]
    assert scores[0] == scores[1] > scores[2] > scores[3]


def test_the_measure_of_a_crisis_runs_and_finds_most():
    found = crisis.figures(children=25, families=80)
    assert found["children"] == 25
    assert found["recall_at_10"] >= 0.8
    assert crisis.figures(children=25, families=80) | {"p95_ms": 0} == found | {"p95_ms": 0}
