"""What time brings about: late things are said once, also after an outage."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from romsai.cases import actions, tasks, timeline
from romsai.cases.models import Approval, Case, Event, Report
from romsai.core import access
from tests import world as invented


def kinds(case):
    with access.system():
        return list(Event.objects.filter(case=case).order_by("pk").values_list("kind", flat=True))


def test_a_late_deadline_is_said_once_and_goes_to_the_manager_when_long_late(world):
    case = invented.case(world)
    later = world.now + timedelta(days=30)
    assert tasks.notice_late(world.now + timedelta(days=4)) == 1
    assert tasks.escalate(later) == 3
    assert (tasks.notice_late(later), tasks.escalate(later)) == (0, 0)
    assert kinds(case).count("LATE") == 1 and kinds(case).count("ESCALATED") == 3


def test_nothing_is_late_before_its_moment(world):
    invented.case(world)
    assert (tasks.notice_late(world.now), tasks.escalate(world.now), tasks.notice_late_reports(world.now)) == (0, 0, 0)


def test_a_question_nobody_answered_goes_to_the_manager_once(world):
    case = invented.case(world, risk="HIGH")
    with access.acting(world.kham):
        actions.set_risk(case, by=world.kham, risk="MEDIUM", reasons=["The grandmother is ready."])
    later = world.now + timedelta(days=10)
    assert tasks.expire_approvals(later) == 1
    assert tasks.expire_approvals(later) == 0
    with access.system():
        found = [(a.status, a.needs_manager, a.why, a.asked_by_id) for a in Approval.objects.order_by("pk")]
    assert found == [
        ("EXPIRED", False, "The grandmother is ready.", world.kham.pk),
        ("REQUESTED", True, "The grandmother is ready.", world.kham.pk),
    ]


def test_a_late_report_is_noticed_once(world):
    invented.report(world)
    later = world.now + timedelta(days=2)
    assert (tasks.notice_late_reports(later), tasks.notice_late_reports(later)) == (1, 0)
    with access.system():
        assert Report.objects.get().late_noticed_at == later


@pytest.mark.parametrize(("days", "months"), [(400, []), (360, [12]), (180, [6]), (80, [3])])
def test_before_eighteen_each_span_is_told_once(world, days, months):
    born = (world.now + timedelta(days=days)).date()
    child = {
        "sex": "F",
        "age_basis": "DOC",
        "birth_year": born.year - 18,
        "birth_month": born.month,
        "birth_day": min(born.day, 28),
        "names": [{"kind": "LEGAL", "full": "Keo Invented"}],
    }
    case = invented.case(world, child=child)
    assert tasks.near_eighteen(world.now) == len(months)
    assert tasks.near_eighteen(world.now) == 0
    with access.system():
        assert [e.facts["months"] for e in Event.objects.filter(case=case, kind="NEAR_EIGHTEEN")] == months
        assert Case.objects.get().is_open


def test_what_the_system_only_notes_is_one_line_between_the_visits(world):
    case = invented.case(world)
    tasks.notice_late(world.now + timedelta(days=4))
    tasks.escalate(world.now + timedelta(days=30))
    with access.acting(world.kham):
        actions.record_visit(case, by=world.kham, at=world.now, kind="VISIT_HOME", child_seen=False)
        events = list(Event.objects.filter(case=case).order_by("-pk"))
        told = timeline.told(case, events, child=SimpleNamespace(name="Keo", lang=""))

    assert len(events) == 6
    assert [line["title"] for line in told] == ["Home visit: Keo not seen", "4 notes by the system", "Case opened"]
    assert told[1]["detail"].count("See the child for the first time") == 2
