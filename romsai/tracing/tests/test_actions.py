"""From two people who miss each other to a proof, and what must never be told on the way."""

import pytest
from django.utils import timezone

from romsai.cases import actions as cases
from romsai.core import access
from romsai.core.actions import Refused
from romsai.people import actions as people
from romsai.tracing import actions, tasks
from romsai.tracing.models import Proposal, State
from romsai.tracing.tests.arrange import ANSWERS, both_agree, both_tell, found_girl, grandmother, look, proved, taken, told, waiting
from tests import world as build


def test_a_request_in_lao_finds_a_girl_registered_in_thai_and_only_her_worker_is_told(world):
    case = found_girl(world)
    told(world, case)
    request = grandmother(world)
    assert look(case) == []  # nothing of the other side is indexed yet
    [proposal] = look(request.case)
    assert proposal.case_id == case.pk
    assert {"CHILD", "MOTHER", "HOME", "SIBLINGS", "DAY"} <= set(proposal.reasons)
    assert look(request.case) == look(case) == []  # once is enough, from either side
    with access.acting(world.kham):
        assert Proposal.objects.visible().get().case_id == case.pk
    with access.acting(world.stranger):
        assert not Proposal.objects.visible().exists()
        assert request.case.deadlines.running().filter(kind="TRACING_MATCH").count() == 0
    with access.system():
        assert case.deadlines.running().filter(kind="TRACING_MATCH").exists()
        request.case.refresh_from_db()
        assert request.case.state == "SUSPENDED_UNREACHABLE"


def test_what_is_learnt_later_is_compared_at_once_from_either_side(world):
    stranger = {"names": [{"kind": "NICK", "full": "ต้อม"}], "sex": "F"}
    case, request = build.case(world, child=stranger), grandmother(world, kin=[])
    others = build.case(world, child=stranger)
    assert taken(others)  # a job that is lost is made up for the next night
    tasks.look_again(0)
    assert waiting(others) and waiting(request.case) and waiting(case)
    with access.system():
        assert not Proposal.objects.exists()
    with access.acting(world.stranger):
        actions.name_family(request, by=world.stranger, kin=[{"relation": "MOTHER", "names": [{"full": "ຄຳຫລ້າ ວົງສາ"}]}])
    assert waiting(request.case)
    for mine, name in ((case, "Khamla Vongsa"), (others, "คำหล้า วงสา")):
        with access.acting(world.kham):
            cases.add_person(mine, by=world.kham, role="FAMILY", relation="MOTHER", names=[{"full": name}])
        assert waiting(mine)
        with access.acting(world.kham):
            people.add_name(mine.child, by=world.kham, kind="NICK", full="น้อย")
        assert waiting(mine) and not waiting(mine)
        with access.system():
            assert {"CHILD", "MOTHER"} <= set(Proposal.objects.get(case=mine).reasons)


def test_a_family_that_fits_better_takes_the_place_of_the_weakest_of_ten_that_nobody_has_answered(world):
    case, request = found_girl(world), grandmother(world)
    with access.system():
        now = timezone.now()
        weak = [Proposal.objects.create(case=case, side="CHILD", score=1 + n, reasons=["CHILD", "AGE"], state="OPEN" if n else "AGREED", proposed_at=now) for n in range(10)]
    for _again in range(2):
        look(case), look(request.case)
        with access.system():
            live = case.tracing_proposals.live().order_by("score")
            assert [row.pk for row in live][:9] == [row.pk for row in weak if row is not weak[1]]
            assert live.last().band == "LIKELY" and live.count() == 10


def test_neither_side_is_shown_until_both_agree_and_the_two_accounts_are_compared_by_a_third(world):
    case = found_girl(world)
    request = grandmother(world)
    told(world, case)
    own, theirs = both_agree(world, case, request)
    with access.system():
        own.refresh_from_db()
        assert (own.state, theirs.state, own.case.tracing) == (State.MUTUAL, State.MUTUAL, "LOCATED")
        assert own.located_at is not None
    with access.acting(world.kham):
        with pytest.raises(Refused, match="at least 4"):
            actions.record_account(own, by=world.kham, answers={"CALLED": "Noy"}, told_by="The girl")
        actions.record_account(own, by=world.kham, answers=ANSWERS, told_by="The girl")
    with access.acting(world.supervisor), pytest.raises(Refused, match="Both sides must have answered"):
        actions.verify(own, by=world.supervisor, compared={}, evidence=["DOCUMENT"], is_verified=True, why="It fits.")
    with access.acting(world.stranger):
        actions.record_account(theirs, by=world.stranger, answers=ANSWERS, told_by="Grandmother")
    judge = {"compared": dict.fromkeys(ANSWERS, "SAME"), "evidence": ["CHILD_STORY"], "is_verified": True, "why": "It fits."}
    with access.acting(world.kham), pytest.raises(Refused, match="Somebody else must compare"):
        actions.verify(own, by=world.kham, **judge)
    with access.acting(world.kham):
        cases.ask_guardian(case, by=world.kham)
    with access.acting(world.supervisor):
        cases.assign(case, by=world.supervisor, worker=world.bua, is_lead=False)
    with access.acting(world.bua):
        with pytest.raises(Refused, match="One proof is not enough"):
            actions.verify(own, by=world.bua, **judge)
        with pytest.raises(Refused, match="do not count as a proof"):
            actions.verify(own, by=world.bua, **judge | {"compared": dict.fromkeys(ANSWERS, "UNCLEAR")})
        made = actions.verify(own, by=world.bua, **judge | {"evidence": ["CHILD_STORY", "DOCUMENT"]})
    with access.system():
        assert made.is_verified
        assert {row.state for row in Proposal.objects.all()} == {State.VERIFIED}
        assert case.reunifications.get().state == "ASSESSING"
        assert {"TRACING_FAMILY", "TRACING_COMMUNITY", "TRACING_DECIDE"} <= set(case.deadlines.running().values_list("kind", flat=True))


def test_a_claim_that_is_not_proved_ends_there_and_is_not_proposed_again(world):
    case, request = found_girl(world), grandmother(world)
    own, theirs = both_agree(world, case, request)
    both_tell(world, own, theirs)
    proved(world, own, is_verified=False, evidence=[], compared=dict.fromkeys(ANSWERS, "DIFFERENT"), why="Nothing fits.")
    assert look(case) == look(request.case) == []
    with access.system():
        case.refresh_from_db()
        assert case.tracing == "NOT_VERIFIED"
        assert not case.reunifications.exists()


def test_without_consent_nobody_is_told_and_a_child_who_refuses_is_not_looked_for(world):
    case, request = found_girl(world, consent=False), grandmother(world)
    with access.acting(world.kham), pytest.raises(Refused, match="no consent to use data"):
        actions.ask_for_family(case, by=world.kham)
    look(request.case)
    assert [one.case_id for one in look(case)] == [case.pk]
    with access.acting(world.kham):
        with pytest.raises(Refused, match="no consent to use data"):
            actions.agree(case.tracing_proposals.get(), by=world.kham)
        actions.set_aside(case, by=world.kham, status="NOT_SAFE", why="She says: do not tell my grandmother.")
    with access.system():
        assert {row.state for row in Proposal.objects.all()} == {State.WITHDRAWN}
        assert Proposal.objects.filter(case=request.case).count() == 0
    assert look(request.case) == look(case) == []
    with access.acting(world.kham), pytest.raises(Refused, match="not safe"):
        actions.ask_for_family(case, by=world.kham)


def test_who_asks_may_be_the_one_who_harmed_and_then_the_supervisor_decides(world):
    case, request = found_girl(world), grandmother(world)
    with access.acting(world.kham):
        cases.add_person(case, by=world.kham, role="ALLEGED", relation="GRANDPARENT", is_suspected=True, names=[{"full": "บัวจันทร์"}])
    look(request.case)
    [proposal] = look(case)
    assert proposal.is_warned
    with access.acting(world.kham), pytest.raises(Refused, match="suspected of the harm"):
        actions.agree(proposal, by=world.kham)
    with access.acting(world.supervisor):
        assert actions.agree(proposal, by=world.supervisor).state == State.AGREED


def test_another_agency_cannot_answer_for_the_child(world):
    case, request = found_girl(world), grandmother(world)
    look(request.case), look(case)
    with access.system():
        proposal = case.tracing_proposals.get()
    for act in (actions.agree, actions.decline):
        with access.acting(world.stranger), pytest.raises(access.Forbidden):
            act(proposal, by=world.stranger)
