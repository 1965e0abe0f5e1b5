"""From a proved relationship to a child who is still at home after twelve months, and what stands in the way."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from romsai.care import actions as care
from romsai.cases import actions as cases
from romsai.core import access
from romsai.core.actions import Refused
from romsai.tracing import actions
from romsai.tracing.models import READY, Request
from romsai.tracing.tests.arrange import assess, both_agree, both_tell, decided, found_girl, grandmother, home, proved, today, told, weighed


@pytest.fixture
def proven(world):
    """(the girl's case, the family's request) with the relationship proved."""
    case = found_girl(world)
    told(world, case)
    request = grandmother(world)
    own, theirs = both_agree(world, case, request)
    both_tell(world, own, theirs)
    proved(world, own)
    with access.system():
        case.refresh_from_db()
    return case, request


def test_nobody_decides_before_both_sides_were_visited_and_a_panel_sat(world, proven):
    case, request = proven
    with access.system():
        way = case.reunifications.get()
        case.risk = "HIGH"
        case.save()
    with access.acting(world.kham), pytest.raises(Refused) as missing:
        actions.determine(way, by=world.kham, **weighed(world, panel=["Phet"], agencies=[world.welfare]))
    said = " ".join(missing.value.args)
    assert "family was not assessed" in said and "community was not assessed" in said and "panel of three to five" in said
    # The family's worker visits, on their own case: nobody there reads the child's file.
    assess(world, request.case, world.stranger, "FAMILY", how="phone", suspect_at_home="no")
    assess(world, request.case, world.stranger, "COMMUNITY")
    with access.acting(world.kham), pytest.raises(Refused, match="a telephone call is not enough"):
        actions.determine(way, by=world.kham, **weighed(world))
    assess(world, request.case, world.stranger, "FAMILY", how="visit", suspect_at_home="yes")
    with access.acting(world.kham), pytest.raises(Refused, match="suspected of the harm lives there"):
        actions.determine(way, by=world.kham, **weighed(world))
    assess(world, request.case, world.stranger, "FAMILY", how="visit", suspect_at_home="no")
    with access.system():
        assert not case.deadlines.running().filter(kind__in=["TRACING_FAMILY", "TRACING_COMMUNITY"]).exists()
    with access.acting(world.kham):
        made = actions.determine(way, by=world.kham, **weighed(world))
        assert made.triggers == ["DURABLE"]
        with pytest.raises(Refused, match="Nobody has approved"):
            actions.prepare(way, by=world.kham, ready=list(READY))
    with access.acting(world.stranger), pytest.raises(access.Forbidden):
        actions.prepare(way, by=world.stranger, ready=list(READY))


def test_a_girl_comes_home_and_is_still_there_after_twelve_months(world, proven):
    case, request = proven
    assess(world, request.case, world.stranger, "FAMILY", how="visit", suspect_at_home="no")
    assess(world, request.case, world.stranger, "COMMUNITY")
    way = decided(world, case)
    with access.acting(world.kham):
        actions.prepare(way, by=world.kham, ready=["papers"])
        with pytest.raises(Refused, match="preparation is not complete"):
            actions.reunite(way, by=world.kham, on=today(), place="x", escort="x", received_by="x", care_kind="KIN", is_signed=True)
    home(world, case, way)
    with access.system():
        case.refresh_from_db(), way.refresh_from_db()
        assert (way.state, case.care) == ("FOLLOWING", "KIN")
        assert sorted(case.follow_ups.values_list("schedule", flat=True)) == ["D14", "D3", "M1", "M12", "M3", "M6"]
        assert not Request.objects.open().exists()
        request.case.refresh_from_db()
        assert request.case.state == "CLOSURE_REQUESTED"
        assert not request.case.deadlines.running().filter(kind__startswith="SEARCH").exists()
    with access.acting(world.kham), pytest.raises(Refused, match="twelve months was not made"):
        actions.judge(way, by=world.kham, is_sustained=True, why="She is well.")
    for due in (3, 14, 30, 91, 182, 365):
        with time_machine.travel(timezone.now() + timedelta(days=due, hours=1), tick=True), access.acting(world.kham):
            follow_up = case.follow_ups.filter(visit__isnull=True).order_by("due_on").first()
            care.record_follow_up(
                follow_up, by=world.kham, at=timezone.now(), kind="POST_RETURN", outcome="BETTER", child_seen=True, seen_alone=True, is_safe=True
            )
    with access.acting(world.kham):
        assert actions.judge(way, by=world.kham, is_sustained=True, why="She goes to school and laughs.").state == "SUSTAINED"


def test_harmed_again_is_not_sustained_and_breaking_down_asks_for_a_new_plan(world, proven):
    case, request = proven
    assess(world, request.case, world.stranger, "FAMILY", how="visit", suspect_at_home="no")
    assess(world, request.case, world.stranger, "COMMUNITY")
    way = decided(world, case)
    home(world, case, way)
    with access.acting(world.kham):
        cases.record_visit(case, by=world.kham, at=timezone.now(), kind="VISIT_HOME", child_seen=True, seen_alone=True, is_safe=False, outcome="HARM_AGAIN")
        with pytest.raises(Refused, match="harmed again"):
            actions.judge(way, by=world.kham, is_sustained=True, why="x")
        way = actions.judge(way, by=world.kham, is_sustained=False, why="Her uncle beat her.")
        assert (way.state, way.ended_at is None) == ("BROKEN", False)


def test_not_in_her_best_interests_leads_to_another_solution(world, proven):
    case, _request = proven
    with access.acting(world.kham):
        way = case.reunifications.get()
        with pytest.raises(Refused, match="Adoption is thought of only after"):
            actions.determine(way, by=world.kham, **weighed(world, solution="ADOPTION"))
    way = decided(world, case, solution="FAMILY_CARE")
    with access.system():
        way.refresh_from_db(), case.refresh_from_db()
        assert (way.state, way.solution, case.state) == ("NOT_IN_BI", "FAMILY_CARE", "REGISTERED")
