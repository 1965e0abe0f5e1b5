"""Who is taken off a case leaves nothing on nobody's list: open actions and referrals go to who leads it."""

import pytest

from romsai.care import actions as care
from romsai.care.models import PlanAction
from romsai.care.tests.arrange import at, decide, draft, fresh, in_force, referral, today
from romsai.cases import actions as cases
from romsai.core import access
from romsai.workforce.models import Notice
from tests.baddays.insiders import sign_in


def whose(case):
    with access.system():
        return {line.owner.name for line in [*case.plan_actions.all(), *case.referrals.all()]}


@pytest.mark.parametrize("how", ["given", "given by the page for many", "excluded, then given", "helped, then released"])
def test_what_was_theirs_goes_to_who_leads_the_case(world, how):
    w = world
    case = in_force(w)
    referral(w, case)
    assert whose(case) == {"Kham"}
    with access.acting(w.supervisor):
        if how == "given":
            cases.assign(case, by=w.supervisor, worker=w.bua)
        if how == "helped, then released":
            cases.assign(case, by=w.supervisor, worker=w.supervisor2)
            cases.assign(case, by=w.supervisor, worker=w.kham, is_lead=False)
            with access.system():
                case.plan_actions.update(owner=w.kham)
            cases.assign(case, by=w.supervisor, worker=w.bua)
            assert whose(case) == {"Kham", "Bua"}  # who helps keeps what is theirs to do
            cases.release(case, by=w.supervisor, worker=w.kham)
        if how.startswith("excluded"):
            cases.exclude(case, by=w.supervisor, worker=w.kham, reason="RELATED")
            assert whose(case) == {"Kham"}  # nobody leads it: the board says so in red
            cases.assign(fresh(case), by=w.supervisor, worker=w.bua)
    if how.endswith("for many"):
        sign_in(w.supervisor).post(f"/cases/team/reassign/{w.kham.uuid}/", {f"to-{case.uuid}": str(w.bua.uuid)})
    assert whose(case) == {"Bua"}


def test_who_leads_is_reminded_of_what_somebody_is_to_do_who_does_not_work_on_the_case(world):
    case = in_force(world)
    with access.system():
        case.plan_actions.update(due_on=today(2))
    kham, bua = sign_in(world.kham), sign_in(world.bua)

    def reminded():
        return ["Enrol Keo" in browser.get("/").content.decode() for browser in (kham, bua)]

    assert reminded() == [True, False]
    with access.system():
        PlanAction.objects.filter(case=case).update(owner=world.bua)  # of the team, but not on the case
    assert reminded() == [True, False]
    with access.acting(world.supervisor):
        cases.assign(case, by=world.supervisor, worker=world.bua, is_lead=False)
    assert reminded() == [False, True]


def test_an_answer_to_somebody_who_is_off_the_case_reaches_who_leads_it(world):
    w = world
    case = at(w, "PLANNING")
    plan = draft(w, case)
    with access.acting(w.kham):
        care.submit_plan(plan, by=w.kham)
    with access.acting(w.supervisor):
        cases.assign(case, by=w.supervisor, worker=w.bua)
    decide(w, case, "PLAN", status="RETURNED", by=w.supervisor2, answer="Who takes her to school?")
    with access.system():
        assert Notice.objects.filter(kind="ANSWERED").get().worker == w.bua
    assert "sent back with questions" in sign_in(w.bua).get("/").content.decode()
