"""When the time of a record is over: by class, by age, in doubt, and never while something else of the child goes on."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from romsai.cases import actions as cases
from romsai.cases.models import Case, Guardian, Report
from romsai.core import access
from romsai.people.models import Person
from romsai.retention import erasing, ledger, schedule, tasks
from romsai.retention.models import Due, Remnant
from romsai.retention.tests.arrange import closed, decided
from tests import world as build


def term(case, **facts):
    with access.system():
        Case.objects.filter(pk=case.pk).update(**facts)
        return schedule.term_of(Case.objects.select_related("child").get(pk=case.pk))


def test_the_class_is_the_longest_that_fits(world):
    case = closed(build.case(world), reason="NOT_SUBSTANTIATED")
    assert term(case).kind == "R8"
    with access.system():
        case.episodes.update(reason="GOALS_MET")
    assert term(case).kind == "R2"
    with access.system():
        Guardian.objects.create(case=case, kind="STATE")
    assert term(case).kind == "R3"
    assert term(case, tracing="VERIFIED").kind == "R4"
    assert term(case, state="REVIEW") is None


@pytest.mark.parametrize(
    ("birth", "closed_on", "due_on", "counted_from"),
    [
        ({"birth_year": 2000, "birth_month": 2, "birth_day": 29}, date(2016, 5, 1), date(2025, 2, 28), "age"),
        ({"birth_year": 2000}, date(2016, 5, 1), date(2025, 12, 31), "age"),
        ({"birth_year": 2000, "birth_margin": 2}, date(2016, 5, 1), date(2027, 12, 31), "age"),
        ({"birth_year": 1995, "birth_month": 1}, date(2025, 5, 1), date(2026, 5, 1), "waited"),
    ],
)
def test_a_closed_case_is_kept_until_the_youngest_age_that_the_child_can_have(world, birth, closed_on, due_on, counted_from):
    case = closed(build.case(world))
    none = {"birth_year": None, "birth_month": None, "birth_day": None, "birth_margin": 0}
    with access.system():
        Person.objects.filter(pk=case.child_id).update(**{**none, **birth})
    found = term(case, closed_at=timezone.make_aware(timezone.datetime(*closed_on.timetuple()[:3], 12)))
    assert (found.due_on, found.counted_from) == (due_on, counted_from)


def test_nobody_knows_the_birth_so_the_child_counts_as_newborn(world):
    case = closed(build.case(world))
    with access.system():
        Person.objects.filter(pk=case.child_id).update(birth_year=None)
    began = timezone.localtime(case.registered_at).date()
    assert term(case).due_on == schedule.later(began, years=25)


def test_what_is_due_is_listed_and_what_is_awaited_is_not(world):
    """R8 and R1: never while another case or report of the child goes on, or lies within the period."""
    due, awaited, open_ = closed(build.case(world), reason="NOT_SUBSTANTIATED"), closed(build.case(world), reason="NOT_SUBSTANTIATED"), build.case(world)
    with access.system():
        open_.participants.create(person=awaited.child, role="FAMILY", relation="SIBLING")
        old = [screened_out(world, names) for names in ("Somdet Tawan", "Malai Phu", "")]
        again = build.report(world, child_names="Malai Phu")
        assert again.pk
    tasks.note_due()
    tasks.note_due()
    with access.system():
        found = Due.objects.order_by("pk")
        assert [(d.case_id, d.kind) for d in found if d.case_id] == [(due.pk, "R8")]
        assert {d.report_id for d in found if d.report_id} == {old[0].pk, old[2].pk}
        Case.objects.filter(pk=due.pk).update(state="REOPENED")
    tasks.note_due()
    with access.system():
        assert Due.objects.filter(case__isnull=False).count() == 0


def screened_out(world, child_names):
    made = build.report(world, child_names=child_names)
    ago = timezone.now() - timedelta(days=500)
    with access.acting(world.operator):
        cases.start_screening(made, by=world.operator)
        cases.screen_out(made, by=world.operator, disposition="INFO_ONLY", advice="Call the school.")
    with access.system():
        Report.objects.filter(pk=made.pk).update(state="SCREENED_OUT", decided_at=ago, received_at=ago, heard_at=ago)
    return made


def test_a_screened_out_report_goes_and_its_number_stays(world, officers):
    old = screened_out(world, "Somdet Tawan")
    tasks.note_due()
    with access.system():
        counts = erasing.counted()
    made = decided(officers, ground="SCHEDULE", kind="R1")
    tasks.work(made.pk)
    with access.system():
        assert not Report.objects.filter(pk=old.pk).exists()
        assert erasing.counted() == counts
        assert Remnant.objects.get().what == "report"
        assert bytes.fromhex(ledger.read()[0]["mark"]) == ledger.mark("report", str(old.uuid))
