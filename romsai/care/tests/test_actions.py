"""Each action: refused to a stranger, done by who may, and logged, in one arrangement. Then what makes each impossible."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from romsai.care import actions, tasks
from romsai.care.models import FollowUp, Handover, Placement, PlanState, Referral, Share, Transfer
from romsai.care.tests.arrange import (
    at,
    consent,
    decide,
    draft,
    fresh,
    in_force,
    logged,
    moment,
    referral,
    today,
)
from romsai.cases import actions as cases
from romsai.cases import timeline
from romsai.cases.models import Case, Deadline, Report
from romsai.cases.queries import Called, standing
from romsai.core import access
from romsai.core.access.policy import policy
from romsai.core.actions import Refused
from romsai.people.models import Person
from tests import world as invented


def planning(world):
    return at(world, "PLANNING")


def drafted(world):
    return draft(world, planning(world))


def first(rows):
    with access.system():
        return rows.first()


def accepted(world, **facts):
    made = referral(world, in_force(world), **facts)
    with access.acting(world.carer):
        return actions.answer_referral(made, by=world.carer, answer="ACCEPTED")


def transfer(world, case, *, team=None, by=None, **facts):
    by = by or world.supervisor
    facts = {"reason": "MOVED", "handover": "School starts on Monday.", "joint_visit_on": today(2)} | facts
    with access.acting(by):
        return actions.offer_transfer(case, by=by, team=team or world.team2, **facts)


def offered_to_south(world):
    case = in_force(world)
    consent(world, case, world.other)
    return transfer(world, case, team=world.other_team)


def leaving(world, case=None, **facts):
    """Kham asks to hand Keo over to a body abroad, with Keo's consent."""
    case = case or in_force(world)
    agreed = facts.pop("consent", None) or consent(world, case, None)
    facts = {
        "body": "Social welfare of the other country",
        "reason": "MOVED",
        "handover": "School papers.",
        "joint_visit_on": today(2),
    } | facts
    with access.acting(world.kham):
        return actions.leave_system(case, by=world.kham, consent=agreed, **facts)


def agreed_to_leave(world, case=None):
    departure = leaving(world, case)
    decide(world, departure.case, "TRANSFER")
    return fresh(departure, "case")


RECEIPT = {"received_on": today(), "received_by": "Mrs Invented, welfare office", "is_signed": True}


def placed(world, case=None, **facts):
    case = case or in_force(world)
    facts = {"care": "SHELTER", "facility": world.safe_house, "from_on": today(-3)} | facts
    with access.acting(world.kham):
        return actions.place(case, by=world.kham, **facts)


def scheduled(world, days=-2):
    case = in_force(world)
    with access.acting(world.kham):
        actions.schedule_follow_ups(case, by=world.kham, from_on=today(days) - timedelta(days=3), schedule=["D3"])
    return first(case.follow_ups)


def withdrawn(world, **facts):
    """A shelter's share after the mother took her consent back: (case, referral)."""
    case = in_force(world)
    agreed = consent(world, case, world.shelter, levels=("core", "identity", "narrative"), **facts)
    made = referral(world, case, agreed=agreed, levels=("core", "identity", "narrative"))
    with access.acting(world.kham):
        cases.withdraw_consent(agreed, by=world.kham, giver="MOTHER", child_wish="I want to stay at the shelter.")
    return case, made


def minimum(world):
    case, _referral = withdrawn(world)
    with access.system():
        return case.shares.get(is_minimum=True)


# name of the action -> (who may, arrangement giving the record, facts from the record)
CALLS = {
    "start_plan": ("kham", planning, lambda w, r: {}),
    "set_goal": ("kham", drafted, lambda w, r: {"text": "Keo is safe at night"}),
    "set_action": ("kham", lambda w: first(drafted(w).goals), lambda w, r: {"text": "Visit", "due_on": today(3), "owner": w.kham, "concerns": r.case.concerns.live()}),
    "leave_out": ("kham", drafted, lambda w, r: {"concern": first(r.case.concerns), "reason": "Solved by the school."}),
    "record_child_view": ("kham", drafted, lambda w, r: {"child_view": "Yes please."}),
    "judge_goal": ("kham", lambda w: first(in_force(w).goals), lambda w, r: {"is_met": True}),
    "submit_plan": ("kham", drafted, lambda w, r: {}),
    "update_action": ("kham", lambda w: first(in_force(w).plan_actions), lambda w, r: {"state": "DONE"}),
    "review": ("kham", lambda w: in_force(w), lambda w, r: {"to": "PLANNING", "summary": "The school said no.", "risk": "MEDIUM"}),
    "share": ("kham", planning, lambda w, r: {"agency": w.police, "levels": ["core"], "purpose": "JUSTICE", "until": moment(5), "consent": r.consents.get(kind="JUSTICE")}),
    "refer": ("kham", planning, lambda w, r: {"service": "HEALTH", "facility": w.ward, "need": "A check", "levels": ["core"], "until": moment(5), "consent": r.consents.get(recipient=w.clinic)}),
    "open_referral": ("carer", lambda w: referral(w, in_force(w)), lambda w, r: {}),
    "answer_referral": ("carer", lambda w: referral(w, in_force(w)), lambda w, r: {"answer": "ACCEPTED"}),
    "raise_incident": ("carer", accepted, lambda w, r: {"danger": "unknown", "what": "Keo is not in her bed.", "is_missing": True}),
    "write_service_note": ("carer", accepted, lambda w, r: {"text": "Arrived and ate."}),
    "complete_referral": ("carer", accepted, lambda w, r: {"outcome": "Went home safely."}),
    "close_referral": ("kham", accepted, lambda w, r: {"outcome": "The shelter rang: all done."}),
    "cancel_referral": ("kham", lambda w: referral(w, in_force(w)), lambda w, r: {}),
    "offer_transfer": ("kham", lambda w: in_force(w), lambda w, r: {"team": w.team2, "reason": "MOVED", "handover": "List", "joint_visit_on": today(1)}),
    "take_back_transfer": ("supervisor", lambda w: transfer(w, in_force(w)), lambda w, r: {}),
    "accept_transfer": ("other_supervisor", offered_to_south, lambda w, r: {"worker": w.stranger}),
    "decline_transfer": ("other_supervisor", offered_to_south, lambda w, r: {"reason": "The child does not live here."}),
    "leave_system": ("kham", lambda w: in_force(w), lambda w, r: {"body": "Welfare abroad", "reason": "MOVED", "handover": "List", "joint_visit_on": today(1), "consent": r.consents.get(kind="SHARE_NAMED")}),
    "take_back_departure": ("kham", leaving, lambda w, r: {}),
    "record_receipt": ("kham", agreed_to_leave, lambda w, r: RECEIPT),
    "place": ("kham", lambda w: in_force(w), lambda w, r: {"care": "SHELTER", "facility": w.safe_house, "from_on": today()}),
    "end_placement": ("kham", placed, lambda w, r: {"until_on": today(), "reason": "MOVED"}),
    "schedule_follow_ups": ("kham", lambda w: in_force(w), lambda w, r: {"from_on": today()}),
    "record_follow_up": ("kham", scheduled, lambda w, r: {"at": timezone.now(), "kind": "VISIT_HOME", "outcome": "BETTER", "child_seen": True}),
    "hold_conference": ("kham", lambda w: in_force(w), lambda w, r: {"on": today(), "decisions": "Kham asks the school."}),
    "decide_withdrawal": ("supervisor", lambda w: minimum(w), lambda w, r: {"keep": True, "override_reason": "DANGER", "why": "She wants to stay."}),
}  # fmt: skip

NEEDS_CONSENT = {"share": ("police", {"kind": "JUSTICE"}), "refer": ("clinic", {}), "leave_system": (None, {})}


def test_every_action_of_the_policy_is_tried_here():
    assert {f"care.{name}" for name in CALLS} | {"care.expire_referral"} == {name for name in policy().actions if name.startswith("care.")}


@pytest.mark.parametrize("name", CALLS)
def test_an_action_is_refused_to_a_stranger_and_done_and_logged_for_who_may(world, name):
    who, arrange, facts_of = CALLS[name]
    record, act, by = arrange(world), getattr(actions, name), getattr(world, who)
    if name in NEEDS_CONSENT:
        agency, facts = NEEDS_CONSENT[name]
        consent(world, record, agency and getattr(world, agency), **facts)
    with access.system():
        facts = facts_of(world, record)
        facts = {key: list(value) if hasattr(value, "model") else value for key, value in facts.items()}
    before = logged(world, f"care.{name}")

    for stranger in (world.analyst, world.operator, world.bua, world.nurse):
        with pytest.raises(access.Forbidden), access.acting(stranger):
            act(record, by=stranger, **facts)
    with access.acting(by):
        act(record, by=by, **facts)

    assert logged(world, f"care.{name}") == before + 1


# plan


def test_a_plan_goes_to_the_supervisor_only_when_it_is_whole_and_says_what_is_missing(world):
    case = at(world, "PLANNING", concerns=["LAB-UAG", "IDE-BIR"])
    with access.acting(world.kham):
        plan = actions.start_plan(case, by=world.kham)
        with pytest.raises(Refused) as empty:
            actions.submit_plan(plan, by=world.kham)
        goal = actions.set_goal(plan, by=world.kham, text="Keo goes to school")
        work, papers = case.concerns.order_by("code").reverse()
        actions.set_action(goal, by=world.kham, text="Enrol", due_on=today(5), owner=world.kham, concerns=[work])
        with pytest.raises(Refused) as half:
            actions.submit_plan(plan, by=world.kham)
        actions.leave_out(plan, by=world.kham, concern=papers, reason="The village has it in hand.")
        actions.record_child_view(plan, by=world.kham, no_view_reason="Too ill to talk today.")
        actions.submit_plan(plan, by=world.kham)

    assert "no goal" in str(empty.value) and "own view" in str(empty.value)
    assert "no goal" not in str(half.value) and "No action serves" in str(half.value)
    assert (fresh(plan).state, fresh(case).state) == ("SUBMITTED", "PLAN_APPROVAL")


def test_the_supervisor_returns_a_plan_and_it_can_be_changed_again(world):
    plan = drafted(world)
    with access.acting(world.kham):
        actions.submit_plan(plan, by=world.kham)
        with pytest.raises(Refused, match="with the supervisor"):
            actions.set_goal(plan, by=world.kham, text="More")

    case = fresh(plan, "case").case
    decide(world, case, "PLAN", "RETURNED", answer="Who pays?")

    assert (fresh(plan).state, fresh(case).state) == ("DRAFT", "PLANNING")
    with access.acting(world.kham):
        actions.set_goal(plan, by=world.kham, text="More")


def test_an_approved_plan_replaces_the_one_in_force_and_takes_over_what_is_unfinished(world):
    case = in_force(world)
    with access.acting(world.kham):
        actions.review(case, by=world.kham, to="PLANNING", summary="A new school is needed.", risk="MEDIUM")
        plan = case.plans.get(state="DRAFT")
        actions.record_child_view(plan, by=world.kham, child_view="Good.")
        plan.refresh_from_db()
        actions.submit_plan(plan, by=world.kham, review_on=today(10))
    decide(world, case, "PLAN")

    with access.system():
        states = [line.state for line in case.plans.order_by("pk")]
        texts = [(goal.text, [line.text for line in goal.actions.all()]) for goal in fresh(plan).goals.all()]
        review = case.deadlines.running().get(kind="REVIEW")
    assert states == ["REPLACED", "APPROVED"]
    assert texts == [("Keo goes to school", ["Enrol Keo"])]
    assert fresh(case).state == "IMPLEMENTATION"
    assert fresh(plan).review_on == today(10)
    assert timezone.localdate(review.due_at) == today(11)  # the moment the tenth day is over


def test_the_review_falls_due_by_risk_whatever_later_day_was_wished(world):
    case = at(world, "PLANNING")
    plan = draft(world, case)
    with access.acting(world.kham):
        actions.submit_plan(plan, by=world.kham, review_on=today(400))
    decide(world, case, "PLAN")

    assert fresh(plan).review_on == today(60)  # MEDIUM


def test_a_plan_with_a_formal_step_waits_for_the_best_interests_decision(world):
    case = at(world, "PLANNING")
    plan = draft(world, case)
    with access.acting(world.kham):
        actions.record_child_view(plan, by=world.kham, child_view="Yes.", best_interests=["SEPARATE"])
        actions.submit_plan(fresh(plan), by=world.kham)

    with pytest.raises(Refused, match="best-interests"):
        decide(world, case, "PLAN")
    assert (fresh(plan).state, fresh(case).state) == ("SUBMITTED", "PLAN_APPROVAL")
    decide(world, case, "PLAN", "RETURNED", answer="Finish the form.")
    assert fresh(plan).state == "DRAFT"


def test_nobody_starts_a_plan_before_the_assessment(world):
    case = invented.case(world)
    with access.acting(world.kham), pytest.raises(Refused, match="after the assessment"):
        actions.start_plan(case, by=world.kham)


@pytest.mark.parametrize(
    "facts, sentence",
    [
        ({"text": "  "}, "what will be done"),
        ({"owner": None}, "who does it"),
        ({"due_on": today(-1)}, "from today on"),
        ({"concerns": []}, "at least one concern"),
    ],
)
def test_an_action_needs_words_an_owner_a_day_and_a_concern(world, facts, sentence):
    plan = drafted(world)
    with access.acting(world.kham):
        goal = plan.goals.get()
        good = {"text": "Visit", "owner": world.kham, "due_on": today(2), "concerns": list(plan.case.concerns.all())}
        with pytest.raises(Refused, match=sentence):
            actions.set_action(goal, by=world.kham, **(good | facts))
        actions.set_action(goal, by=world.kham, **good)


def test_an_action_serves_no_concern_of_another_case(world):
    plan, other = drafted(world), at(world, "PLANNING")
    with access.acting(world.kham):
        goal, strange = plan.goals.get(), list(other.concerns.all())
        with pytest.raises(Refused, match="not of this case"):
            actions.set_action(goal, by=world.kham, text="x", owner=world.kham, due_on=today(1), concerns=strange)


def test_a_blocked_action_needs_a_reason(world):
    line = first(in_force(world).plan_actions)
    with access.acting(world.kham):
        with pytest.raises(Refused, match="why"):
            actions.update_action(line, by=world.kham, state="BLOCKED")
        actions.update_action(line, by=world.kham, state="BLOCKED", reason="The school is flooded.")
    assert fresh(line).state == "BLOCKED"


def test_a_goal_not_met_needs_a_reason(world):
    goal = first(in_force(world).goals)
    with access.acting(world.kham):
        with pytest.raises(Refused, match="why"):
            actions.judge_goal(goal, by=world.kham, is_met=False)
        actions.judge_goal(goal, by=world.kham, is_met=False, reason="The family moved.")
    assert fresh(goal).is_met is False


def test_monitoring_is_asked_for_only_when_every_goal_is_judged_and_then_the_supervisor_decides(world):
    case = in_force(world)
    with access.acting(world.kham):
        with pytest.raises(Refused, match="Some goals"):
            actions.review(case, by=world.kham, to="FOLLOW_UP", summary="Nearly done.")
        assert fresh(case).state == "IMPLEMENTATION"  # nothing half done
    with access.acting(world.kham):
        actions.judge_goal(case.goals.get(), by=world.kham, is_met=True)
        actions.review(case, by=world.kham, to="FOLLOW_UP", summary="Done.")
    decide(world, case, "REUNIFY")
    assert fresh(case).state == "FOLLOW_UP"


def test_a_review_goes_on_with_the_plan_only_after_the_risk_was_looked_at_again(world):
    case = in_force(world)
    with access.acting(world.kham):
        cases.advance(case, by=world.kham, to="REVIEW")
        with pytest.raises(Refused, match="risk"):
            actions.review(case, by=world.kham, to="IMPLEMENTATION", summary="Fine.")
        actions.review(case, by=world.kham, to="IMPLEMENTATION", summary="Fine.", risk="MEDIUM", review_on=today(5))
    assert fresh(case).state == "IMPLEMENTATION"
    with access.system():
        assert case.plans.get(state=PlanState.APPROVED).review_on == today(5)


# transfers


def test_a_workers_offer_waits_for_the_own_supervisor_before_the_other_team_sees_it(world):
    case = in_force(world)
    agreed = consent(world, case, world.other)
    offer = transfer(world, case, team=world.other_team, by=world.kham, consent=agreed)
    with access.acting(world.other_supervisor), pytest.raises(access.Forbidden):
        actions.accept_transfer(offer, by=world.other_supervisor, worker=world.stranger)

    decide(world, case, "TRANSFER")
    with access.acting(world.other_supervisor):
        actions.accept_transfer(offer, by=world.other_supervisor, worker=world.stranger)

    assert fresh(offer).state == "ACCEPTED"


def test_a_transfer_moves_the_duty_only_on_acceptance_and_leaves_the_sender_nothing(world):
    case = in_force(world)
    consent(world, case, world.other)
    made = referral(world, case)
    offer = transfer(world, case, team=world.other_team, area=world.south)
    with access.acting(world.kham):
        assert type(case).objects.visible().filter(pk=case.pk).exists()
    with access.acting(world.other_supervisor):
        assert not type(case).objects.visible().filter(pk=case.pk).exists()
        actions.accept_transfer(offer, by=world.other_supervisor, worker=world.stranger)

    with access.acting(world.stranger):
        mine = type(case).objects.visible().get(pk=case.pk)
        assert (mine.team, mine.agency, mine.area, mine.state) == (world.other_team, world.other, world.south, "IMPLEMENTATION")
        assert [line.owner for line in case.plan_actions.all()] == [world.stranger]
        assert type(made).objects.get(pk=made.pk).owner == world.stranger
    for sender in (world.kham, world.supervisor, world.manager):
        with access.acting(sender):
            assert not type(case).objects.visible().filter(pk=case.pk).exists(), sender
    with access.system():
        kinds = set(case.deadlines.running().values_list("kind", flat=True))
    assert "REVIEW" in kinds and "TRANSFER" not in kinds


def test_a_transfer_to_another_agency_needs_a_consent_and_within_the_agency_none(world):
    case = in_force(world)
    with pytest.raises(Refused, match="no consent"):
        transfer(world, case, team=world.other_team)
    transfer(world, case, team=world.team2)
    with pytest.raises(Refused, match="waiting for an answer"):
        transfer(world, case, team=world.team2)


@pytest.mark.parametrize("risk, hours", [("HIGH", 24), ("MEDIUM", 72)])
def test_the_other_team_must_accept_within_a_day_if_the_risk_is_high_else_three(world, risk, hours):
    offer = transfer(world, in_force(world, risk=risk))
    assert offer.accept_by - offer.offered_at == timedelta(hours=hours)


def test_a_sealed_case_is_not_offered_to_a_team(world):
    case = in_force(world)
    with access.acting(world.kham):
        cases.seal(case, by=world.kham)
        with pytest.raises(Refused, match="sealed"):
            actions.offer_transfer(case, by=world.kham, team=world.team2, reason="MOVED", handover="x", joint_visit_on=today(1))


def test_only_a_worker_of_the_new_team_can_be_given_the_case(world):
    offer = offered_to_south(world)
    with access.acting(world.other_supervisor):
        with pytest.raises(Refused, match="of your team"):
            actions.accept_transfer(offer, by=world.other_supervisor, worker=world.bua)
        actions.decline_transfer(offer, by=world.other_supervisor, reason="No interpreter.")
        with pytest.raises(access.Forbidden):  # answered, it is out of reach
            actions.accept_transfer(offer, by=world.other_supervisor, worker=world.stranger)
    assert fresh(offer, "case__team").case.team == world.team


# out of the system


def test_a_child_leaves_the_system_only_with_a_receipt_and_the_case_ends_as_handed_over(world):
    case = in_force(world)
    referral(world, case)
    departure = leaving(world, case)
    with access.acting(world.kham), pytest.raises(Refused, match="not agreed yet"):
        actions.record_receipt(departure, by=world.kham, **RECEIPT)
    assert fresh(case).state == "IMPLEMENTATION"
    decide(world, case, "TRANSFER")
    assert (fresh(case).state, fresh(departure).state) == ("IMPLEMENTATION", "AGREED")  # the duty stays here

    with access.acting(world.kham):
        for wrong, sentence in [
            ({"received_on": None}, "day on the receipt"),
            ({"received_on": today(1)}, "today or earlier"),
            ({"received_on": today(-1)}, "not before the supervisor agreed"),
            ({"received_by": "  "}, "who received"),
            ({"is_signed": False}, "signed by both"),
        ]:
            with pytest.raises(Refused, match=sentence):
                actions.record_receipt(departure, by=world.kham, **RECEIPT | wrong)
        actions.record_receipt(departure, by=world.kham, **RECEIPT)

    with access.system():
        case = fresh(case)
        episode = case.episodes.get()
        assert (case.state, case.is_open, episode.reason) == ("TRANSFERRED", False, "TRANSFERRED_CLOSE")
        assert case.closed_at == episode.closed_at
        assert set(case.concerns.values_list("state", flat=True)) == {"REFERRED_OUT"}
        assert not case.deadlines.running().exists() and not case.approvals.waiting().exists()
        assert not case.shares.live(at=timezone.now()).exists() and not case.referrals.open().exists()
        assert fresh(departure).received_by == "Mrs Invented, welfare office"


def test_the_database_itself_keeps_a_departure_without_a_receipt_from_being_received(world):
    departure = agreed_to_leave(world)
    with access.system(), pytest.raises(IntegrityError, match="departure_ends_with_a_receipt"), transaction.atomic():
        type(departure).objects.filter(pk=departure.pk).update(state="RECEIVED")


def test_a_hand_over_outside_needs_a_consent_of_its_own_or_a_listed_reason(world):
    case = in_force(world)
    named = consent(world, case, world.other)
    with pytest.raises(Refused, match="does not name the body outside"):
        leaving(world, case, consent=named)
    refused = consent(world, case, None, decision="REFUSED")
    with pytest.raises(Refused, match="not yes"):
        leaving(world, case, consent=refused)
    mother = consent(world, case, None, giver="MOTHER")
    with pytest.raises(Refused, match="does not want the body outside"):
        leaving(world, case, consent=mother)  # the child said no
    overridden = consent(world, case, None, giver="AUTHORITY", decision="OVERRIDDEN", override_reason="DANGER")
    assert leaving(world, case, consent=overridden).state == "ASKED"


def test_one_way_out_at_a_time_and_either_can_be_taken_back(world):
    case = in_force(world)
    departure = leaving(world, case)
    with pytest.raises(Refused, match="about to leave"):
        transfer(world, case)
    with access.acting(world.kham):
        actions.take_back_departure(departure, by=world.kham)
        assert not case.approvals.waiting().filter(kind="TRANSFER").exists()
    offer = transfer(world, case)
    with pytest.raises(Refused, match="transfer is waiting"):
        leaving(world, case)
    with access.acting(world.supervisor):
        actions.take_back_transfer(offer, by=world.supervisor)
    decide(world, leaving(world, case).case, "TRANSFER", "REJECTED", answer="The mother comes next week.")
    with access.system():
        assert [line.state for line in case.departures.order_by("pk")] == ["WITHDRAWN", "WITHDRAWN"]
    assert fresh(case).state == "IMPLEMENTATION"


def test_who_takes_the_consent_back_keeps_the_child_in_the_system(world):
    departure = agreed_to_leave(world)
    with access.acting(world.kham):
        cases.withdraw_consent(departure.consent, by=world.kham, giver="CHILD")
    assert fresh(departure).state == "WITHDRAWN"
    with access.acting(world.kham), pytest.raises(Refused, match="answered already"):
        actions.record_receipt(departure, by=world.kham, **RECEIPT)


def test_a_closing_as_handed_over_is_never_asked_without_a_receipt_and_a_child_may_come_back(world):
    case = in_force(world)
    with access.acting(world.kham):
        cases.advance(case, by=world.kham, to="REVIEW")
        with pytest.raises(Refused, match="has given a receipt"):
            cases.ask_closure(fresh(case), by=world.kham, reason="TRANSFERRED_CLOSE")
    departure = agreed_to_leave(world, case)
    with access.acting(world.kham):
        actions.record_receipt(departure, by=world.kham, **RECEIPT)
        cases.reopen(case, by=world.kham)
    assert fresh(case).state == "REOPENED"


def test_a_sealed_case_is_not_handed_over_by_this_page(world):
    case = in_force(world)
    with access.acting(world.supervisor):
        cases.seal(case, by=world.supervisor)
    with pytest.raises(Refused, match="sealed"):
        leaving(world, case)


# placements


def test_a_child_lives_in_one_placement_at_a_time(world):
    stay = placed(world)
    with pytest.raises(Refused, match="Another placement"):
        placed(world, stay.case, from_on=today())
    with access.acting(world.kham):
        actions.end_placement(stay, by=world.kham, until_on=today(-1), reason="MOVED")
    placed(world, stay.case, from_on=today(-1), care="FOSTER")
    with access.system():
        assert Placement.objects.filter(case=stay.case).count() == 2
    assert fresh(stay.case).care == "FOSTER"


@pytest.mark.parametrize(
    "facts, sentence",
    [
        ({"care": "PARENTS"}, "away from the parents"),
        ({"from_on": today(1)}, "today or earlier"),
        ({"facility": None}, "Say where"),
    ],
)
def test_a_placement_is_away_from_the_parents_has_begun_and_is_somewhere(world, facts, sentence):
    with pytest.raises(Refused, match=sentence):
        placed(world, **facts)


def test_a_child_is_never_placed_with_a_suspect(world):
    case = in_force(world)
    with access.acting(world.kham):
        uncle = cases.add_person(
            case,
            by=world.kham,
            role="ALLEGED",
            relation="AUNT_UNCLE",
            is_suspected=True,
            names=[{"full": "Uncle", "kind": "LABEL"}],
            sex="M",
        )
        carer = Person.objects.get(pk=uncle.person_id)
    with pytest.raises(Refused, match="suspected"):
        placed(world, case, care="KIN", facility=None, carer=carer)


def test_home_again_the_follow_ups_of_the_schedule_begin(world):
    stay = placed(world)
    with access.acting(world.kham):
        with pytest.raises(Refused, match="with whom"):
            actions.end_placement(stay, by=world.kham, until_on=today(), reason="HOME")
        actions.end_placement(stay, by=world.kham, until_on=today(), reason="HOME", care="PARENT_ONE")
    with access.system():
        due = [(line.schedule, (line.due_on - today()).days) for line in stay.case.follow_ups.order_by("due_on")]
    assert due == [("D3", 3), ("D14", 14), ("M1", 30), ("M3", 91), ("M6", 182), ("M12", 365)]


# follow-ups


@pytest.mark.parametrize(
    "outcome, state", [("BETTER", "IMPLEMENTATION"), ("WORSE", "REVIEW"), ("HARM_AGAIN", "REVIEW"), ("NEW_CONCERN", "REVIEW")]
)
def test_what_a_follow_up_finds_may_send_the_case_to_review(world, outcome, state):
    line = scheduled(world)
    with access.acting(world.kham):
        actions.record_follow_up(line, by=world.kham, at=timezone.now(), kind="VISIT_HOME", outcome=outcome, child_seen=True)
        with pytest.raises(Refused, match="already"):
            actions.record_follow_up(line, by=world.kham, at=timezone.now(), kind="VISIT_HOME", outcome=outcome, child_seen=True)
    assert (fresh(line).outcome, fresh(line.case).state) == (outcome, state)


def test_a_child_not_found_sends_the_case_to_review(world):
    line = scheduled(world)
    with access.acting(world.kham):
        with pytest.raises(Refused, match="not found"):
            actions.record_follow_up(line, by=world.kham, at=timezone.now(), kind="VISIT_HOME", outcome="SAME", child_seen=False)
        actions.record_follow_up(line, by=world.kham, at=timezone.now(), kind="VISIT_HOME", outcome="NOT_FOUND", child_seen=False)
    assert fresh(line.case).state == "REVIEW"


def test_a_visit_recorded_on_the_case_answers_the_follow_up_that_is_due(world):
    line = scheduled(world)
    visit = invented.seen(world, line.case, outcome="BETTER")
    assert fresh(line).visit_id == visit.pk


def test_a_follow_up_far_ahead_is_not_recorded_early(world):
    case = in_force(world)
    with access.acting(world.kham):
        actions.schedule_follow_ups(case, by=world.kham, from_on=today(), schedule=["M12"])
        line = FollowUp.objects.get(case=case)
        with pytest.raises(Refused, match="not due yet"):
            actions.record_follow_up(line, by=world.kham, at=timezone.now(), kind="VISIT_HOME", outcome="SAME", child_seen=True)


def test_the_same_follow_ups_are_not_set_twice(world):
    case = in_force(world)
    with access.acting(world.kham):
        actions.schedule_follow_ups(case, by=world.kham, from_on=today())
        with pytest.raises(Refused, match="set already"):
            actions.schedule_follow_ups(case, by=world.kham, from_on=today(1))


# conferences


def test_a_meeting_to_come_is_not_recorded(world):
    case = in_force(world)
    with access.acting(world.kham):
        with pytest.raises(Refused, match="today or earlier"):
            actions.hold_conference(case, by=world.kham, on=today(1), decisions="x")
        made = actions.hold_conference(
            case, by=world.kham, on=today(), decisions="Police wait.", agencies=[world.police], child_took_part=True
        )
    assert fresh(made).agencies == [world.police.pk]
    with access.acting(world.officer):
        assert not type(case).objects.visible().filter(pk=case.pk).exists()  # being there shares nothing


# what time brings


def test_a_referral_that_nobody_answers_goes_to_the_supervisor_once_even_after_an_outage(world):
    made = referral(world, in_force(world, risk="HIGH"))
    assert made.answer_by - made.sent_at == timedelta(hours=24)
    assert tasks.raise_alarms(at=made.answer_by - timedelta(minutes=1)) == 0
    assert tasks.raise_alarms(at=made.answer_by + timedelta(days=2)) == 1
    assert tasks.raise_alarms(at=made.answer_by + timedelta(days=2, minutes=5)) == 0
    late = fresh(made, "owner", "case")
    assert late.state == "EXPIRED" and late.owner in (world.supervisor, world.supervisor2)
    with access.system():
        assert late.case.events.filter(kind="REFERRAL_EXPIRED").count() == 1

    with access.acting(world.carer):
        actions.answer_referral(late, by=world.carer, answer="ACCEPTED")
    assert (fresh(made).state, fresh(made, "owner").owner) == ("ACCEPTED", world.kham)


def test_a_case_whose_review_is_due_goes_to_review_by_itself_once(world):
    case = in_force(world)
    with access.system():
        due_at = Deadline.objects.running().get(case=case, kind="REVIEW").due_at
    assert tasks.start_due_reviews(at=due_at - timedelta(hours=1)) == 0
    assert tasks.start_due_reviews(at=due_at + timedelta(days=3)) == 1
    assert tasks.start_due_reviews(at=due_at + timedelta(days=3)) == 0
    assert fresh(case).state == "REVIEW"


# closing


def test_a_case_is_not_closed_over_open_goals_and_due_follow_ups(world):
    from romsai.cases.lifecycle import closure_missing

    case = in_force(world)
    with access.acting(world.kham):
        actions.schedule_follow_ups(case, by=world.kham, from_on=today(-3), schedule=["D3"])
    with access.system():
        before = {item.code for item in closure_missing(case, "GOALS_MET")}
        actions.judge_goal(case.goals.get(), by=None, is_met=True)
        line = case.follow_ups.get()
    with access.acting(world.kham):
        actions.record_follow_up(line, by=world.kham, at=timezone.now(), kind="VISIT_HOME", outcome="BETTER", child_seen=True)
    with access.system():
        after = {item.code for item in closure_missing(case, "GOALS_MET")}
    assert {"GOALS", "FOLLOWUPS"} <= before and not {"GOALS", "FOLLOWUPS"} & after


def test_an_open_referral_without_owner_stops_closing(world):
    from romsai.cases.lifecycle import closure_missing

    made = referral(world, in_force(world))
    with access.system():
        assert "REFERRALS" not in {item.code for item in closure_missing(made.case, "GOALS_MET")}
        Referral.objects.filter(pk=made.pk).update(owner=None)
        assert "REFERRALS" in {item.code for item in closure_missing(made.case, "GOALS_MET")}
        assert Share.objects.filter(case=made.case).count() == 1


def test_a_child_missing_at_the_shelter_is_a_report_at_once_and_the_case_goes_to_review(world):
    made = accepted(world)
    with access.acting(world.carer):
        actions.raise_incident(made, by=world.carer, danger="unknown", what="Keo is not in her bed.", is_missing=True)
    case = fresh(made.case)
    with access.system():
        report = Report.objects.order_by("-pk").first()
        assert (report.danger, report.state, report.recorded_by_id, report.words.worry) == (
            "yes",
            "RECEIVED",
            world.carer.pk,
            "Keo is not in her bed.",
        )
        assert case.state == "REVIEW" and case.deadlines.running().filter(kind="AFTER_REVIEW").exists()
    with access.acting(world.kham):
        assert Report.objects.visible().filter(pk=report.pk).exists()
    with access.acting(world.carer):
        assert not Report.objects.visible().filter(pk=report.pk).exists()


def test_who_serves_the_child_is_read_by_those_who_work_on_it_and_by_the_supervisor_on_an_open_task_only(world):
    made = accepted(world)

    def readers():
        found = []
        for who in ("kham", "supervisor", "manager", "coordinator", "carer"):
            with access.acting(getattr(world, who)):
                if Referral.objects.visible().filter(pk=made.pk).exists():
                    found.append(who)
        return found

    with access.system():
        made.case.approvals.update(status="APPROVED")
    assert readers() == ["kham", "carer"]
    with access.system():
        Referral.objects.filter(pk=made.pk).update(state="EXPIRED")
    assert readers() == ["kham", "supervisor", "carer"]
    for who in ("supervisor", "manager"):
        reader = getattr(world, who)
        with access.acting(reader):
            made.case.standing = standing(reader, made.case)
            told = [str(line["title"]) for line in timeline.told(made.case, timeline.events_of(made.case), child=Called("Keo"))]
        assert ("Shelter Banyan" in " ".join(told)) is (who == "supervisor")


def test_an_offered_case_is_read_in_codes_and_its_words_open_with_the_acceptance(world):
    offer = offered_to_south(world)
    with access.acting(world.other_supervisor):
        seen = Transfer.objects.visible().get(pk=offer.pk)
        assert (seen.risk, seen.concern_codes, seen.ages, seen.language) == ("MEDIUM", ["LAB-UAG"], "10-14", "lo")
        assert not Handover.objects.visible().exists() and not Case.objects.visible().exists()
        actions.accept_transfer(offer, by=world.other_supervisor, worker=world.stranger)
    with access.acting(world.stranger):
        assert Handover.objects.visible().get().text == "School starts on Monday."
