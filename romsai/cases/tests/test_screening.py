"""T03: which reports a supervisor looks at before they end without a case."""

import pytest

from romsai.cases import actions as cases
from romsai.cases import screening
from romsai.cases.models import ReportState
from romsai.core import access
from romsai.core.actions import Refused
from tests import world as invented


@pytest.fixture(autouse=True)
def never_by_chance(monkeypatch):
    """Without the one in ten, so that each rule is seen to fire by itself."""
    monkeypatch.setattr(screening.secrets, "randbelow", lambda most: most - 1)


def ended(world, *, under_five="no", **told):
    """Whether the report ended at once; otherwise it waits for a second look."""
    made = invented.report(world, **told)
    with access.acting(world.operator):
        done = cases.screen_out(made, by=world.operator, disposition="INFO_ONLY", advice="Call again.", under_five=under_five)
    return done.state == ReportState.SCREENED_OUT


def test_a_first_report_on_an_older_child_ends_without_a_second_look(world):
    invented.report(world, child_names="Somchai", where="Behind the market", reporter_phone="081 234 5678")
    assert ended(world, child_names="Noy", child_about="girl, 9", where="Old pier", reporter_phone="081 999 0000")


def test_a_child_who_speaks_for_themselves_is_looked_at(world):
    assert not ended(world, reporter_type="CHILD_SELF")


@pytest.mark.parametrize(
    ("said", "about"), [("yes", ""), ("unknown", "boy, 3"), ("unknown", "ทารก"), ("unknown", "๔ ขวบ"), ("unknown", "18 months old")]
)
def test_a_child_under_five_is_looked_at(world, said, about):
    assert not ended(world, under_five=said, child_about=about)


def test_an_age_that_nobody_told_is_not_taken_for_a_young_one(world):
    assert ended(world, under_five="unknown", child_about="girl with a red bag, 12")


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({"child_names": "Noy"}, {"child_names": "noy"}),
        ({"child_names": "Keo Invented"}, {"child_names": "Invented, Keo"}),
        ({"reporter_phone": "081 234 5678"}, {"reporter_phone": "๐๘๑-๒๓๔๕๖๗๘"}),
        ({"where": "House 4, behind the market"}, {"where": "behind the market house 4"}),
    ],
)
def test_a_second_report_on_the_child_or_household_is_looked_at(world, before, now):
    assert ended(world, **before)
    assert not ended(world, **now)


def test_a_common_name_counts_within_one_area_only(world):
    assert ended(world, child_names="Noy")
    assert not ended(world, child_names="Noy", area=world.north)
    with access.system():
        made = invented.report(world, child_names="Noy", area=world.south)
    assert not screening.is_second_report(made, by=world.operator)


def test_a_child_of_a_case_is_a_second_report(world):
    invented.case(world)
    assert not ended(world, child_names="Keo Invented")


def test_the_telephone_of_somebody_in_a_case_is_a_second_report(world):
    child = {
        "sex": "F", "age_basis": "STATED", "names": [{"full": "Keo Invented"}], "contacts": [{"kind": "PHONE", "value": "081 234 5678"}],
    }  # fmt: skip
    invented.case(world, child=child)
    assert not ended(world, reporter_phone="0812345678")


def test_one_in_ten_of_the_others_is_looked_at(world, monkeypatch):
    monkeypatch.setattr(screening.secrets, "randbelow", lambda most: 9)
    assert not ended(world)
    monkeypatch.setattr(screening.secrets, "randbelow", lambda most: 10)
    assert ended(world)


def test_a_call_back_is_noted_with_its_result_and_never_made_where_it_is_not_safe(world):
    made = invented.report(world, reporter_phone="081 234 5678", is_safe_to_call=True)
    unsafe = invented.report(world, reporter_phone="081 234 5679", is_safe_to_call=False)
    with access.acting(world.operator):
        cases.log_call(made, by=world.operator, result="NOBODY")
        with pytest.raises(Refused, match="Write what was said"):
            cases.log_call(made, by=world.operator, result="REACHED")
        with pytest.raises(Refused, match="not safe to call"):
            cases.log_call(unsafe, by=world.operator, result="NOBODY")
    with access.acting(world.carer), pytest.raises(access.Forbidden):
        cases.log_call(made, by=world.carer, result="NOBODY")
    with access.system():
        assert [(call.result, call.by_id) for call in made.calls.all()] == [("NOBODY", world.operator.pk)]
