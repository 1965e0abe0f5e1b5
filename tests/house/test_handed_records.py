"""An action that the system carries out is handed only what its worker may see."""

import uuid

import pytest

from romsai.cases import actions as cases
from romsai.cases.models import Exclusion
from romsai.core import access
from romsai.core.actions import Refused
from tests import world as build


def test_two_cases_are_merged_only_by_somebody_who_sees_both(world):
    w = world
    mine, twin = build.case(w), build.case(w)
    theirs = build.case(w, worker=w.stranger)
    with access.acting(w.supervisor), pytest.raises(access.Forbidden):
        cases.propose_merge(mine, by=w.supervisor, duplicate=theirs)
    with access.acting(w.supervisor):
        proposal = cases.propose_merge(mine, by=w.supervisor, duplicate=twin)
    with access.system():
        Exclusion.objects.create(case=twin, worker=w.supervisor2, reason="RELATIVE")
    with access.acting(w.supervisor2), pytest.raises(access.Forbidden):
        cases.merge(proposal, by=w.supervisor2)


def test_a_record_deep_in_the_facts_is_looked_at_too(world):
    w = world
    mine, theirs = build.case(w), build.case(w, worker=w.stranger)
    report = build.report(w)
    with access.system():
        person = theirs.child
    with access.acting(w.operator), pytest.raises(access.Forbidden):
        cases.register(
            report,
            by=w.operator,
            child={},
            concerns=["LAB-UAG"],
            risk="MEDIUM",
            worker=w.kham,
            consent=build.CONSENT | {"giver_person": person},
        )
    with access.acting(w.kham):
        assert cases.record_consent(mine, by=w.kham, kind="SERVICE", giver="CHILD", decision="CONSENT", giver_person=mine.child)


def test_a_case_is_not_registered_for_somebody_who_could_not_open_it(world):
    w = world
    with access.system():
        w.bua.is_active = False
        w.bua.save()
    with pytest.raises(Refused, match="cannot work on cases"):
        build.case(w, worker=w.bua)
    with pytest.raises(Refused, match="cannot work on cases"):
        build.case(w, worker=w.operator)


def test_sending_again_gives_the_same_record_though_the_first_sending_took_the_right_away(world):
    w, key = world, uuid.uuid4()
    report = build.report(w)
    facts = {
        "child": {"sex": "F", "birth_year": 2012, "age_basis": "STATED", "names": [{"full": "Keo Invented"}]}, "concerns": ["LAB-UAG"], "risk": "MEDIUM",
        "worker": w.kham, "consent": build.CONSENT, "client_key": key,
    }  # fmt: skip
    with access.acting(w.operator):
        first = cases.register(report, by=w.operator, **facts)
        again = cases.register(report, by=w.operator, **facts)
        assert again.pk == first.pk
        with pytest.raises(access.Forbidden):  # the report has left the intake team: only the same form gets in
            cases.register(report, by=w.operator, **facts | {"client_key": uuid.uuid4()})


def test_a_case_passes_to_another_agency_only_by_a_transfer_and_to_nobody_whose_team_is_barred(world):
    w = world
    case = build.case(w)
    with access.acting(w.supervisor):
        with pytest.raises(Refused, match="works at another agency"):
            cases.assign(case, by=w.supervisor, worker=w.stranger)
        cases.exclude(case, by=w.supervisor, reason="ACCUSED", agency=w.police)
        with pytest.raises(Refused, match="cannot work on this case"):
            cases.assign(case, by=w.supervisor, worker=w.officer, is_lead=False)
        cases.assign(case, by=w.supervisor, worker=w.bua)
        assert [line.worker for line in case.assignments.running()] == [w.bua]
