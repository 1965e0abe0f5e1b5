"""When each clock starts, rests and starts again (domain notes 2.1 and 4.3)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from romsai.cases import actions as cases
from romsai.cases import deadlines, tasks
from romsai.cases.models import Approval, Case, CaseState, Deadline, Event, Report
from romsai.core import access
from romsai.core.models import AuditLine
from romsai.places.profile import profile
from tests import world as invented


def running(case):
    with access.system():
        return dict(Deadline.objects.filter(case=case).running().values_list("kind", "due_at"))


def entered(case, state):
    """The case put into a state, as the system, with the clocks of that state."""
    with access.system():
        case = Case.objects.get(pk=case.pk)
        cases.move(case, state, by=None)
        cases.clocks_on_entry(case)
    return case


def due(case, step):
    return profile().due(step, case.risk, case.heard_at)


def suspended(world, case):
    with access.acting(world.supervisor):
        return cases.suspend(case, by=world.supervisor, why="The police search along the river.")


def test_assessment_and_plan_are_due_from_when_the_authority_heard_however_late_they_begin(world):
    case = invented.case(world)
    with access.system():
        Case.objects.update(heard_at=world.now - timedelta(days=9))
    case = entered(case, CaseState.FULL_ASSESSMENT)
    assert running(case)["FULL_ASSESSMENT"] == due(case, "full_assessment")
    case = entered(case, CaseState.PLANNING)
    assert running(case)["PLAN"] == due(case, "plan")


def test_a_plan_made_anew_after_a_review_has_a_time_of_its_own(world):
    case = invented.case(world)
    with access.system():
        Case.objects.update(heard_at=world.now - timedelta(days=90))
    entered(case, CaseState.REVIEW)
    case = entered(case, CaseState.PLANNING)
    assert running(case)["PLAN"] > timezone.now() + timedelta(days=20)


def test_found_again_the_child_must_be_seen_and_what_rested_is_due_again(world):
    case = invented.case(world, concerns=["SEP-UNA"], risk="HIGH")
    assert {"FIRST_CONTACT", "GUARDIAN", "INITIAL_ASSESSMENT", "SUPERVISOR_SEES", "TRACING_START"} == set(running(case))
    with access.system():
        deadlines.start(case, "TRANSITION", at=world.now, due_at=world.now + timedelta(days=70))
    suspended(world, case)
    assert set(running(case)) == {"SEARCH", "SEARCH_SUPERVISOR", "SEARCH_MANAGER"}
    with access.acting(world.kham):
        cases.resume(case, by=world.kham)
    now = running(case)
    assert set(now) == {"AFTER_REVIEW", "FOLLOW_UP", "FIRST_CONTACT", "GUARDIAN", "SUPERVISOR_SEES", "TRACING_START", "TRANSITION"}
    assert now["TRANSITION"] == world.now + timedelta(days=70)
    assert timedelta(hours=23) < now["FIRST_CONTACT"] - timezone.now() < timedelta(hours=25)


def test_a_search_is_looked_at_each_week_by_the_supervisor_after_30_days_and_by_the_manager_after_90(world):
    case = invented.case(world)
    case = suspended(world, case)
    after = {kind: moment - case.suspended_at for kind, moment in running(case).items()}
    assert after == {"SEARCH": timedelta(days=7), "SEARCH_SUPERVISOR": timedelta(days=30), "SEARCH_MANAGER": timedelta(days=90)}
    with access.system():
        Deadline.objects.filter(kind="SEARCH").update(due_at=world.now)
    with access.acting(world.kham):
        cases.record_visit(case, by=world.kham, at=world.now, kind="CALL", child_seen=False)
    assert running(case)["SEARCH"] == world.now + timedelta(days=7)
    with access.acting(world.supervisor):
        cases.look_through(case, by=world.supervisor)
    assert set(running(case)) == {"SEARCH", "SEARCH_MANAGER"}


def test_reopened_all_first_clocks_start_again(world):
    case = invented.case(world, concerns=["SEP-UNA"], risk="HIGH")
    with access.system():
        cases.end(case, CaseState.CLOSED, by=None, reason="GOALS_MET", concerns="PERSISTS", at=world.now)
        case.concerns.update(state="SUSPECTED")
    assert running(case) == {}
    with access.acting(world.supervisor):
        cases.reopen(case, by=world.supervisor)
    assert set(running(case)) == {"FIRST_CONTACT", "GUARDIAN", "INITIAL_ASSESSMENT", "SUPERVISOR_SEES"}


def test_with_no_concern_found_the_closing_is_due_in_five_days_and_no_longer_once_one_is(world):
    case = invented.case(world)
    entered(case, CaseState.INITIAL_ASSESSMENT)
    with access.acting(world.kham):
        concern = case.concerns.get()
        cases.decide_concern(concern, by=world.kham, state="UNSUBSTANTIATED")
        assert timedelta(days=4) < running(case)["NO_CONCERN"] - timezone.now() <= timedelta(days=5)
        cases.decide_concern(concern, by=world.kham, state="SUBSTANTIATED")
    assert "NO_CONCERN" not in running(case)


@pytest.mark.parametrize(("danger", "hours"), [("unknown", 2), ("no", 24)])
def test_once_screening_has_begun_the_limit_of_registering_holds(world, danger, hours):
    made = invented.report(world, danger=danger, heard_at=world.now, received_at=world.now)
    with access.system():
        Report.objects.update(decide_by=world.now + timedelta(minutes=1), late_noticed_at=world.now)
    with access.acting(world.operator):
        made = cases.start_screening(made, by=world.operator)
    assert (made.decide_by - made.heard_at, made.late_noticed_at) == (timedelta(hours=hours), None)


@pytest.mark.parametrize("state", [CaseState.IMPLEMENTATION, CaseState.FOLLOW_UP])
def test_a_new_concern_brings_the_case_to_review_with_its_clock(world, state):
    case = entered(invented.case(world), state)
    with access.acting(world.kham):
        cases.add_concern(case, by=world.kham, code="IDE-BIR")
    with access.system():
        assert Case.objects.get().state == CaseState.REVIEW
    assert "AFTER_REVIEW" in running(case)


@pytest.mark.parametrize("kind", ["PLAN", "RISK_DOWN"])
def test_an_unanswered_question_is_told_once_however_long_it_waits(world, kind):
    case = invented.case(world)
    with access.acting(world.kham):
        cases.ask_approval(case, by=world.kham, kind=kind)
    later = world.now + timedelta(days=20)
    for hours in range(3):
        tasks.expire_approvals(later + timedelta(days=30 * hours))
    with access.system():
        told = Event.objects.filter(kind="ESCALATED").count()
        asked = Approval.objects.count()
    with access.acting(world.auditor):
        lines = AuditLine.objects.filter(action="cases.expire").count()
    # A question that the manager may answer is asked anew once, and told once more when they do not answer either.
    assert (told, asked, lines) == ((1, 1, 1) if kind == "PLAN" else (2, 2, 2))
