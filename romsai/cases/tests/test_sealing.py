"""Taking off a seal and letting somebody back: never one person alone, never one who is kept from the case."""

import pytest

from romsai.cases import actions as cases
from romsai.cases.models import Case
from romsai.core import access, second
from romsai.core.actions import Refused
from romsai.places.models import Worker
from tests import world as build


@pytest.fixture
def case(world):
    with access.system():
        world.dpo = Worker.objects.create(name="Officer of data", role="DPO", agency=world.ministry)
    return build.case(world)


def sealed(world, case):
    with access.acting(world.kham):
        return cases.seal(case, by=world.kham)


def asks(world, name, about, *, to, by=None):
    by = by or world.kham
    with access.acting(by):
        return second.propose(name, about, by=by, to=to, reason="The trial is over.")


def test_nobody_unseals_alone(world, case):
    sealed(world, case)
    with access.acting(world.kham), pytest.raises(access.Forbidden, match="second person"):
        cases.unseal(case, by=world.kham)
    with access.acting(world.supervisor), pytest.raises(access.Forbidden):
        second.propose("cases.unseal", case, by=world.supervisor, to=world.dpo)  # rank gives nothing on a sealed case


def test_one_of_another_team_confirms_it_and_reads_nothing_of_the_child(world, case):
    sealed(world, case)
    assert world.supervisor not in second.candidates("cases.unseal", case, by=world.kham)  # of the same team
    proposal = asks(world, "cases.unseal", case, to=world.other_supervisor)
    title, rows, who = second.shown(proposal)
    shown = " ".join([title, who, *(str(row["value"]) for row in rows)])
    assert case.number in shown
    assert "Kham" in shown
    for word in ("Keo", "LAB-UAG", "Town", "2012"):
        assert word not in shown
    with access.acting(world.dpo), pytest.raises(access.Forbidden):
        second.confirm(proposal, by=world.dpo)  # asked of somebody else
    with access.acting(world.other_supervisor):
        second.confirm(proposal, by=world.other_supervisor)
        assert not access.sees(world.other_supervisor, case)
    with access.acting(world.supervisor):
        assert not Case.objects.visible().get(pk=case.pk).sealed
        assert case.events.filter(kind="UNSEALED", by=world.kham).count() == 1


def test_what_is_no_longer_so_is_not_confirmed(world, case):
    sealed(world, case)
    first, again = (asks(world, "cases.unseal", case, to=to) for to in (world.dpo, world.other_supervisor))
    with access.acting(world.dpo):
        second.confirm(first, by=world.dpo)
    with access.acting(world.other_supervisor), pytest.raises(Refused, match="not sealed"):
        second.confirm(again, by=world.other_supervisor)


def test_whoever_is_kept_from_a_case_neither_asks_nor_confirms(world, case):
    with access.acting(world.kham):
        kept = cases.exclude(case, by=world.kham, reason="ACCUSED", worker=world.other_supervisor)
        line = kept.exclusions.get()
        assert world.other_supervisor not in second.candidates("cases.lift_exclusion", line, by=world.kham)
        with pytest.raises(Refused, match="cannot confirm"):
            second.propose("cases.lift_exclusion", line, by=world.kham, to=world.other_supervisor)
    open_to_all = asks(world, "cases.lift_exclusion", line, to=None)
    with access.acting(world.other_supervisor), pytest.raises(access.Forbidden):
        second.confirm(open_to_all, by=world.other_supervisor)
    with access.acting(world.dpo):
        second.confirm(open_to_all, by=world.dpo)
    with access.acting(world.kham):
        cases.assign(case, by=world.kham, worker=world.other_supervisor, is_lead=False)
    with access.acting(world.other_supervisor):
        assert access.sees(world.other_supervisor, case)


def test_a_lifted_exclusion_is_not_copied_by_a_merge_and_one_that_stands_is(world, case):
    twin = build.case(world)
    with access.acting(world.kham):
        cases.exclude(case, by=world.kham, reason="RELATED", worker=world.bua)
        line = case.exclusions.get()
    proposal = asks(world, "cases.lift_exclusion", line, to=world.dpo)
    with access.acting(world.dpo):
        second.confirm(proposal, by=world.dpo)
    with access.acting(world.kham):
        cases.exclude(twin, by=world.kham, reason="RELATED", worker=world.stranger)
    with access.acting(world.supervisor):
        merge = cases.propose_merge(case, by=world.supervisor, duplicate=twin)
    with access.acting(world.supervisor2):
        cases.merge(merge, by=world.supervisor2)
    with access.system():
        assert [(one.worker_id, one.lifted_at is None) for one in twin.exclusions.order_by("pk")] == [(world.stranger.pk, True)]
        assert case.exclusions.standing().get().worker_id == world.stranger.pk


def test_what_a_safeguarding_officer_did_only_one_of_them_undoes(world, case):
    from romsai.cases import allegations

    with access.system():
        officers = [Worker.objects.create(name=name, role="SAFEGUARD", agency=world.ministry) for name in ("Ubon", "Second")]
    report = build.report(world, by=world.bua, is_about_staff=True)
    with access.acting(officers[0]):
        allegations.name_accused(report, by=officers[0], worker=world.carer)
        allegations.keep_from_case(report, by=officers[0], number=case.number)
    with access.acting(world.kham):
        line = case.exclusions.standing().filter(worker=None).get()
        assert second.candidates("cases.lift_exclusion", line, by=world.kham) == sorted(officers, key=lambda worker: worker.name)
