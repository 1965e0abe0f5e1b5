"""Reports about staff: who reads them, who is kept from what, and that the child still has somebody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from romsai.cases import actions as cases
from romsai.cases import allegations, glass
from romsai.cases.models import Case, Report, ReportWords
from romsai.cases.tests.test_glass import FACTS, officers
from romsai.core import access, second
from romsai.core.actions import Refused
from romsai.core.models import AuditLine
from romsai.places.models import Agency, Worker
from tests import world as build


@pytest.fixture
def there(world):
    officers(world)
    with access.system():
        world.safeguard = Worker.objects.create(name="Ubon", role="SAFEGUARD", agency=world.ministry)
        ombudsman = Agency.objects.create(name="Ombudsman", kind="OMBUD", area=world.country)
        world.safeguard2 = Worker.objects.create(name="Second", role="SAFEGUARD", agency=ombudsman)
        world.director = Worker.objects.create(name="Director", role="SHELTER_STAFF", agency=world.shelter)
    return world


def tells(world, *, by=None, **facts):
    return build.report(world, by=by or world.bua, is_about_staff=True, worry="The director comes to her room at night.", **facts)


def reads(worker, report):
    with access.acting(worker):
        return access.sees(worker, report)


def test_only_a_safeguarding_officer_reads_it_within_a_day_and_its_author_keeps_the_receipt(there):
    report = tells(there)
    assert (report.decide_by - report.received_at).total_seconds() == 24 * 3600
    readers = [w for w in vars(there).values() if isinstance(w, Worker) and reads(w, report)]
    assert {worker.pk for worker in readers} == {there.safeguard.pk, there.safeguard2.pk}
    with access.acting(there.safeguard):
        assert str(ReportWords.objects.visible().get(report=report).worry).startswith("The director")
        assert (len(allegations.waiting(there.safeguard)), Case.objects.visible().count()) == (1, 0)


def test_neither_the_accused_nor_their_agency_reach_it_whatever_their_role(there):
    report = tells(there)
    with access.system():
        inside = Worker.objects.create(name="Inside", role="SAFEGUARD", agency=there.shelter)
    assert reads(inside, report)  # nobody has said yet where the accused works
    with access.acting(there.safeguard):
        allegations.name_accused(report, by=there.safeguard, worker=there.director)
    assert (reads(inside, report), reads(there.safeguard, report)) == (False, True)
    told = tells(there, about_agency=there.shelter)
    assert (reads(inside, told), reads(there.safeguard, told)) == (False, True)


def test_a_report_about_an_officer_is_read_by_the_others(there):
    report = tells(there)
    with access.acting(there.safeguard), pytest.raises(Refused, match="yourself"):
        allegations.name_accused(report, by=there.safeguard, worker=there.safeguard)
    with access.acting(there.safeguard2):
        allegations.name_accused(report, by=there.safeguard2, worker=there.safeguard)
    assert (reads(there.safeguard, report), reads(there.safeguard2, report)) == (False, True)


def test_an_agency_with_the_only_officer_is_not_left_out(there):
    with access.system():
        Worker.objects.filter(pk=there.safeguard2.pk).update(is_active=False)
    report = tells(there, about_agency=there.ministry)
    assert reads(there.safeguard, report)
    with access.acting(there.safeguard), pytest.raises(Refused, match="Name the worker"):
        allegations.name_accused(report, by=there.safeguard, agency=there.ministry)


def test_the_desk_passes_it_on_and_sees_it_no_more(there):
    report = build.report(there)
    with access.acting(there.operator):
        allegations.pass_to_safeguarding(report, by=there.operator)
    assert (reads(there.operator, report), reads(there.supervisor, report), reads(there.safeguard, report)) == (False, False, True)


def accused_of(world, worker, case, **facts):
    report = tells(world)
    with access.acting(world.safeguard):
        allegations.name_accused(report, by=world.safeguard, worker=worker)
        allegations.keep_from_case(report, by=world.safeguard, number=case.number, **facts)
    return report


def test_the_whole_shelter_of_an_accused_director_is_kept_from_the_case(there):
    case = build.case(there)
    with access.system():
        partner = Worker.objects.create(name="Partner", role="POLICE_LIAISON", agency=there.shelter)
    with access.acting(there.kham):
        cases.assign(case, by=there.kham, worker=partner, is_lead=False)
    assert reads(partner, case)
    accused_of(there, there.director, case)
    assert not reads(partner, case)
    with access.acting(there.kham), pytest.raises(Refused, match="cannot work on this case"):
        cases.assign(case, by=there.kham, worker=partner, is_lead=False)
    with access.system():
        barred = access.subjects["case"].excluded
        assert [barred(who).filter(case_id=case.pk).exists() for who in (there.director, there.carer, there.officer)] == [True, True, False]
    with access.acting(there.safeguard):
        assert Case.objects.visible().count() == 0  # the officer keeps others out and reads nothing


def test_an_accused_worker_loses_the_case_with_supervisors_and_manager_and_a_new_lead_is_named(there):
    case = build.case(there)
    with pytest.raises(Refused, match="Name another worker"):
        accused_of(there, there.kham, case)
    assert reads(there.kham, case)  # nothing was half done
    with access.system():
        machine = Worker.objects.create(name="Desk", role="WORKER", agency=there.other, team=there.other_team, is_machine=True, until_on=timezone.localdate() + timedelta(days=9))  # fmt: skip
    with pytest.raises(Refused, match="Desk cannot work on this case"):
        accused_of(there, there.kham, case, lead=machine)
    accused_of(there, there.kham, case, lead=there.stranger)
    seen = {w.name for w in vars(there).values() if isinstance(w, Worker) and reads(w, case)}
    # The new lead, her own supervisor, and the coordinator under a pseudonym; not the accused, both supervisors and the manager.
    assert seen == {"Sao", "Noi", "Coord"}
    with access.acting(there.manager):
        assert glass.break_glass(by=there.manager, number=case.number, **FACTS).glass is None


def test_whoever_comes_into_the_line_of_an_accused_later_is_kept_out_too(there):
    case, other = build.case(there), build.case(there)
    accused_of(there, there.kham, case, lead=there.stranger)
    with access.system():  # the child is with the agency of the accused again, and one more team is there
        Case.objects.filter(pk=case.pk).update(team=there.team, agency=there.welfare)
        fresh = Worker.objects.create(name="Fresh", role="WORKER", agency=there.welfare, team=there.team, language="en")
        cases.assign(case, by=None, worker=fresh)
    assert reads(fresh, case)
    with access.acting(there.admin):
        grant = {"role": "SUPERVISOR", "agency": there.welfare, "team": there.team, "areas": [], "until_on": None}
        proposal = second.propose("places.grant_role", fresh, by=there.admin, **grant)
    with access.acting(there.admin2):
        second.confirm(proposal, by=there.admin2)
    with access.system():
        fresh.refresh_from_db()
    assert (reads(fresh, case), reads(fresh, other)) == (False, True)
    with access.system():
        assert not case.assignments.running().filter(worker=fresh).exists()


def test_a_case_that_is_not_there_and_a_report_that_names_nobody(there):
    case, report = build.case(there), tells(there)
    with access.acting(there.safeguard):
        with pytest.raises(Refused, match="whom the report is about"):
            allegations.keep_from_case(report, by=there.safeguard, number=case.number)
        allegations.name_accused(report, by=there.safeguard, worker=there.director)
        with pytest.raises(Refused, match="no case"):
            allegations.keep_from_case(report, by=there.safeguard, number="WEL-2020-1")
    with access.acting(there.stranger), pytest.raises(access.Forbidden):
        allegations.keep_from_case(report, by=there.stranger, number=case.number)


def test_it_is_taken_up_answered_and_closed_with_what_was_found(there):
    report = tells(there)
    with access.acting(there.safeguard):
        allegations.take_up(report, by=there.safeguard)
        cases.answer_reporter(report, by=there.safeguard, text="We have read it.")
        with pytest.raises(Refused, match="what was found"):
            allegations.close_allegation(report, by=there.safeguard, outcome=" ")
        allegations.close_allegation(report, by=there.safeguard, outcome="He was suspended.")
        assert Report.objects.visible().get(pk=report.pk).disposition == "SAFEGUARDING"
        assert (allegations.waiting(there.safeguard), len(allegations.closed(there.safeguard, 5))) == ([], 1)
    with access.acting(there.auditor):
        done = list(
            AuditLine.objects.filter(subjects__contains=[f"report:{report.pk}"], worker_id=there.safeguard.pk).values_list(
                "action", flat=True
            )
        )
    assert {"cases.take_up", "cases.answer_reporter", "cases.close_allegation"} <= set(done)


def test_one_that_waits_too_long_is_counted(there):
    report = tells(there)
    assert allegations.late() == 0
    with access.system():
        Report.objects.filter(pk=report.pk).update(decide_by=timezone.now())
    assert allegations.late() == 1
