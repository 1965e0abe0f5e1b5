"""The pages of care, asked as each person would, without script."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from romsai.care import actions
from romsai.care.models import (
    Conference,
    FollowUp,
    Placement,
    PlanAction,
    Referral,
    ServiceNote,
    Share,
    Transfer,
)
from romsai.care.tests.arrange import at, consent, draft, fresh, in_force, referral, today
from romsai.cases import actions as cases
from romsai.cases.models import Approval, Consent
from romsai.cases.tests.test_pages import browser, text
from romsai.core import access
from tests import world as invented

pytestmark = pytest.mark.django_db(databases=["default", "refusals"])


def day(name, offset):
    on = today(offset)
    return {f"{name}_day": on.day, f"{name}_month": on.month, f"{name}_year": on.year}


def send(client, url, **facts):
    return client.post(url, {"client_key": str(uuid.uuid4()), **facts})


def choice(page, label):
    """The value of the option or radio whose words contain the label."""
    found = re.search(r'value="([^"]+)"[^>]*>(?:\s*<label[^>]*>)?\s*' + re.escape(label), text(page))
    assert found, (label, text(page))
    return found.group(1)


def test_a_plan_is_written_on_one_page_and_approved_from_the_inbox(world):
    case = at(world, "PLANNING", concerns=["LAB-UAG", "IDE-BIR"])
    client, base = browser(world.kham), f"/care/{case.uuid}/plan/"
    assert "No plan yet" in text(client.get(base))
    assert send(client, f"{base}start/").status_code == 302

    page = client.get(base)
    assert "The plan has no goal" in text(page)
    with access.system():
        work, papers = case.concerns.order_by("-code")
    bare = send(client, f"{base}action/", text="Enrol Keo")
    assert bare.status_code == 422 and "Write the goal" in text(bare)
    facts = {
        "text": "Enrol Keo",
        "new_goal": "Keo goes to school",
        "who": str(world.kham.uuid),
        "concerns": [str(work.uuid)],
        **day("due_on", 9),
    }
    twice = str(uuid.uuid4())
    for _again in range(2):
        assert client.post(f"{base}action/", {"client_key": twice, **facts}).status_code == 302
    page = client.get(base)
    assert text(page).count("<strong>Enrol Keo</strong>") == 1
    goal = choice(page, "Keo goes to school")
    facts = {
        "text": "Ask for a birth certificate",
        "goal": goal,
        "who": str(world.police.uuid),
        "concerns": [str(papers.uuid)],
        **day("due_on", 20),
    }
    assert send(client, f"{base}action/", **facts).status_code == 302

    early = send(client, f"{base}send/")
    assert early.status_code == 422 and "own view is missing" in text(early)
    missing = text(client.get(base))
    assert "is missing before the plan can be sent" in missing
    assert missing.index('href="#view"') < missing.index('id="add"') < missing.index('id="send"')
    assert send(client, f"{base}child/", child_view="I want to read.").status_code == 302
    page = client.get(base)
    assert "The plan is whole." in text(page) and "Police North" in text(page)
    assert send(client, f"{base}send/").status_code == 302

    boss = browser(world.supervisor)
    with access.system():
        waiting = Approval.objects.get(case=case)
    page = boss.get(f"/cases/approvals/{waiting.uuid}/")
    assert all(words in text(page) for words in ("I want to read.", "Keo goes to school", "Ask for a birth certificate"))
    assert send(boss, f"/cases/approvals/{waiting.uuid}/", status="APPROVED").status_code == 302
    tab = client.get(f"/cases/{case.uuid}/plan/")
    assert "Plan in force" in text(tab) and "Review the plan" in text(tab)
    assert "Enrol Keo" in text(client.get(f"/cases/{case.uuid}/"))
    assert "Enrol Keo" not in text(boss.get(f"/cases/{case.uuid}/plan/"))  # answered, the words close again


def test_goals_and_actions_are_changed_and_left_out_on_their_own_pages(world):
    case = at(world, "PLANNING")
    plan = draft(world, case)
    with access.system():
        goal, line, concern = plan.goals.get(), plan.actions.get(), case.concerns.get()
    client, base = browser(world.kham), f"/care/{case.uuid}/plan/"
    page = client.get(f"{base}action/{line.uuid}/")
    assert "Enrol Keo" in text(page) and "checked" in text(page)
    facts = {
        "text": "Enrol Keo in the evening school",
        "goal": str(goal.uuid),
        "who": str(world.bua.uuid),
        "concerns": [str(concern.uuid)],
        **day("due_on", 5),
    }
    assert send(client, f"{base}action/{line.uuid}/", **facts).status_code == 302
    assert send(client, f"{base}goal/{goal.uuid}/", text="Keo reads").status_code == 302
    page = client.get(base)
    assert "evening school" in text(page) and "Keo reads" in text(page) and "Bua" in text(page)
    assert send(client, f"{base}action/{line.uuid}/state/", state="DROPPED", reason="Too far").status_code == 302
    assert send(client, f"{base}goal/{goal.uuid}/leave-out/", reason="Later").status_code == 302
    assert send(client, f"{base}concern/{concern.uuid}/", reason="The law has ended it").status_code == 302
    page = client.get(base)
    assert "Keo reads" not in text(page) and "The law has ended it" in text(page)


def test_the_plan_in_force_is_carried_out_reviewed_and_printed(world):
    case = in_force(world)
    with access.system():
        plan = case.plans.get()
        goal, line = plan.goals.get(), plan.actions.get()
    client, base = browser(world.kham), f"/care/{case.uuid}/plan/"
    assert "Enrol Keo" in text(client.get(f"{base}version/{plan.uuid}/"))
    blocked = send(client, f"{base}action/{line.uuid}/state/", state="BLOCKED")
    assert blocked.status_code == 422 and "Say why" in text(blocked)
    assert send(client, f"{base}action/{line.uuid}/state/", state="DONE").status_code == 302
    assert send(client, f"{base}goal/{goal.uuid}/met/", is_met="yes").status_code == 302
    assert client.get(f"/care/{case.uuid}/review/").status_code == 200
    assert send(client, f"/care/{case.uuid}/review/", to="PLANNING", risk="MEDIUM", summary="A new school.").status_code == 302
    assert fresh(case).state == "PLANNING"


def test_a_referral_shows_what_goes_along_before_it_is_sent_and_the_provider_answers_in_two_steps(world):
    case = in_force(world)
    with access.acting(world.kham):
        cases.make_safe(case, by=world.kham, steps="Lock the door.", until_on=today(9))
    client = browser(world.kham)
    found = client.get(f"/care/{case.uuid}/refer/?service=SHELTER")
    url = f"/care/{case.uuid}/refer/{world.safe_house.uuid}/SHELTER/"
    assert f'href="{url}"' in text(found) and "near the child" in text(found) and "Refer to Clinic North" not in text(found)
    assert client.get(url).status_code == 200
    facts = {"need": "A safe bed", "contact": "Through the nurse", "levels": ["identity"], **day("until_on", 30)}
    nobody = send(client, url, **facts)
    assert nobody.status_code == 422 and "Choose who was asked" in text(nobody)
    facts |= {"giver": "CHILD", "decision": "CONSENT"}
    check = send(client, url, **facts)
    assert check.status_code == 200
    assert all(
        words in text(check)
        for words in ("Check what will be sent", "Keo Invented", "A safe bed", "Shelter Banyan will read this and nothing else")
    )
    assert "Lock the door" not in text(check)
    with access.system():
        assert not Referral.objects.exists() and not Consent.objects.filter(kind="SHARE_NAMED").exists()
    changed = send(client, url, step="change", **facts)
    assert changed.status_code == 200 and "A safe bed" in text(changed) and 'value="send"' not in text(changed)
    sent = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text(check))
    again = [client.post(url, {**{k: v for k, v in sent if k != "csrfmiddlewaretoken"}, "step": "send"}) for _twice in range(2)]
    with access.system():
        made = Referral.objects.get()
        assert Consent.objects.filter(kind="SHARE_NAMED").count() == 1
    assert [answer.url for answer in again] == [f"/care/referrals/{made.uuid}/"] * 2

    provider = browser(world.carer)
    assert "Keo Invented" in text(provider.get("/care/referrals/"))
    page = provider.get(f"/care/referrals/{made.uuid}/")
    assert all(words in text(page) for words in ("A safe bed", "Through the nurse", "Keo Invented", "Can you help this child?"))
    assert "Lock the door" not in text(page)
    assert fresh(made).state == "RECEIVED"
    silent = send(provider, f"/care/referrals/{made.uuid}/answer/", answer="DECLINED")
    assert silent.status_code == 422 and "Choose the reason" in text(silent)
    assert send(provider, f"/care/referrals/{made.uuid}/answer/", answer="ACCEPTED").status_code == 302
    assert send(provider, f"/care/referrals/{made.uuid}/note/", text="Came and slept.").status_code == 302
    with access.system():
        assert ServiceNote.objects.get().text == "Came and slept."
    page = client.get(f"/care/referrals/{made.uuid}/")
    assert "Came and slept." in text(page) and "Can you help this child?" not in text(page)
    assert provider.get(f"/care/referrals/{made.uuid}/finish/").status_code == 200
    assert send(provider, f"/care/referrals/{made.uuid}/finish/", is_completed="yes", outcome="Home again").status_code == 302
    page = provider.get(f"/care/referrals/{made.uuid}/")
    assert page.status_code == 200 and "Keo Invented" not in text(page) and "A safe bed" not in text(page)
    assert "Home again" in text(client.get(f"/care/referrals/{made.uuid}/"))


def test_nobody_else_finds_a_referral_and_hidden_is_like_absent(world):
    made = referral(world, in_force(world))
    absent = browser(world.nurse).get(f"/care/referrals/{uuid.uuid4()}/")
    for who in (world.nurse, world.stranger, world.officer):
        page = browser(who).get(f"/care/referrals/{made.uuid}/")
        assert (page.status_code, page.content) == (404, absent.content)
    for who in (world.analyst, world.admin):
        assert browser(who).get("/care/referrals/").status_code == 404


def test_the_recipient_is_told_that_the_consent_was_taken_back_and_the_supervisor_decides(world):
    case = in_force(world)
    agreed = consent(world, case, world.shelter, giver="MOTHER")
    made = referral(world, case, agreed=agreed)
    client = browser(world.kham)
    page = client.get(f"/cases/{case.uuid}/referrals/")
    assert "Shelter Banyan" in text(page) and "Who reads this case now" in text(page)
    facts = {"giver": "MOTHER", "child_wish": "I want to stay."}
    assert send(client, f"/cases/{case.uuid}/do/consent/{agreed.uuid}/withdraw/", **facts).status_code == 302

    page = browser(world.carer).get(f"/care/referrals/{made.uuid}/")
    assert "The consent was taken back" in text(page) and "only the least" in text(page)
    boss = browser(world.supervisor)
    tab = boss.get(f"/cases/{case.uuid}/referrals/")
    with access.system():
        kept = Share.objects.get(is_minimum=True)
    assert f"/care/shares/{kept.uuid}/decide/" in text(tab)
    assert f"/care/shares/{kept.uuid}/decide/" not in text(client.get(f"/cases/{case.uuid}/referrals/"))
    assert browser(world.kham).get(f"/care/shares/{kept.uuid}/decide/").status_code == 404
    with access.system():
        waiting = Approval.objects.get(case=case, status="REQUESTED")
    assert "Shelter Banyan" in text(boss.get(f"/cases/approvals/{waiting.uuid}/"))
    assert boss.get(f"/care/shares/{kept.uuid}/decide/").status_code == 200
    assert send(boss, f"/care/shares/{kept.uuid}/decide/", keep="no", why="The mother has a safe place.").status_code == 302
    page = browser(world.carer).get(f"/care/referrals/{made.uuid}/")
    assert "no longer read" in text(page) and "Keo Invented" not in text(page)


def test_a_case_passes_to_another_team_with_its_hand_over_list(world):
    case = in_force(world)
    agreed = consent(world, case, world.other)
    client = browser(world.kham)
    page = client.get(f"/care/{case.uuid}/transfer/")
    facts = {
        "team": str(world.other_team.uuid),
        "reason": "MOVED",
        "handover": "School on Monday",
        "consent": str(agreed.uuid),
        **day("joint_visit_on", 2),
    }
    assert "Welfare South: Casework" in text(page)
    assert send(client, f"/care/{case.uuid}/transfer/", **facts).status_code == 302
    assert "waits for our own supervisor" in text(client.get(f"/cases/{case.uuid}/referrals/"))
    boss = browser(world.supervisor)
    with access.system():
        waiting, offer = Approval.objects.get(case=case, status="REQUESTED"), Transfer.objects.get()
    assert "School on Monday" in text(boss.get(f"/cases/approvals/{waiting.uuid}/"))
    other = browser(world.other_supervisor)
    assert other.get(f"/care/transfers/{offer.uuid}/").status_code == 404
    assert send(boss, f"/cases/approvals/{waiting.uuid}/", status="APPROVED").status_code == 302

    assert str(offer.uuid) in text(other.get("/care/transfers/"))
    page = other.get(f"/care/transfers/{offer.uuid}/")
    assert "School on Monday" not in text(page) and "Keo Invented" not in text(page) and "10-14" in text(page)
    assert other.get(f"/care/transfers/{offer.uuid}/decline/").status_code == 200
    taken = send(other, f"/care/transfers/{offer.uuid}/", worker=str(world.stranger.uuid))
    assert taken.status_code == 302
    assert browser(world.stranger).get(f"/cases/{case.uuid}/").status_code == 200
    assert client.get(f"/cases/{case.uuid}/").status_code == 404
    assert boss.get(f"/cases/{case.uuid}/").status_code == 404


def test_a_child_is_handed_over_outside_the_system_from_the_question_to_the_receipt(world):
    case = in_force(world)
    client, base = browser(world.kham), f"/care/{case.uuid}/leave/"
    assert client.get(base).status_code == 200
    facts = {
        "body": "Welfare office abroad", "reason": "MOVED", "handover": "School papers", "giver": "CHILD", "decision": "CONSENT",
        "note": "I want to live with my aunt.", **day("joint_visit_on", 2),
    }  # fmt: skip
    assert send(client, base, **facts | {"decision": "OVERRIDDEN"}).status_code == 422
    assert client.get(f"{base}receipt/").status_code == 404
    assert send(client, base, **facts).status_code == 302
    assert "Welfare office abroad" in text(client.get(f"/cases/{case.uuid}/referrals/"))
    boss = browser(world.supervisor)
    with access.system():
        waiting = Approval.objects.get(case=case, status="REQUESTED", kind="TRANSFER")
    asked = text(boss.get(f"/cases/approvals/{waiting.uuid}/"))
    assert "Welfare office abroad" in asked and "I want to live with my aunt." in asked
    assert "Welfare office abroad" not in text(browser(world.manager).get(f"/cases/{case.uuid}/referrals/"))
    assert send(boss, f"/cases/approvals/{waiting.uuid}/", status="APPROVED").status_code == 302
    assert client.get(f"{base}take-back/").status_code == 200

    assert client.get(f"{base}receipt/").status_code == 200
    assert send(client, f"{base}receipt/", received_by="Mrs Invented", is_signed="no", **day("received_on", 0)).status_code == 422
    assert send(client, f"{base}receipt/", received_by="Mrs Invented", is_signed="yes", **day("received_on", 0)).status_code == 302
    assert fresh(case).state == "TRANSFERRED"
    page = text(client.get(f"/cases/{case.uuid}/timeline/"))
    assert "Accepted by another agency or country" in page
    assert "Mrs Invented" in text(client.get(f"/cases/{case.uuid}/referrals/"))
    assert "Welfare office abroad" not in text(boss.get(f"/cases/{case.uuid}/referrals/"))  # the question is answered


def test_an_offer_is_taken_back_or_declined(world):
    case = in_force(world)
    with access.acting(world.supervisor):
        offer = actions.offer_transfer(case, by=world.supervisor, team=world.team2, reason="MOVED", handover="x", joint_visit_on=today(1))
    client = browser(world.kham)
    assert client.get(f"/care/{case.uuid}/transfer/take-back/").status_code == 200
    assert send(client, f"/care/{case.uuid}/transfer/take-back/").status_code == 302
    assert fresh(offer).state == "WITHDRAWN"
    assert client.get(f"/care/{case.uuid}/transfer/take-back/").status_code == 404


def test_placements_follow_ups_and_conferences_are_recorded(world):
    case = in_force(world)
    client, base = browser(world.kham), f"/care/{case.uuid}/"
    assert client.get(f"{base}placement/").status_code == 200
    facts = {"care": "SHELTER", "facility": str(world.safe_house.uuid), **day("from_on", -9)}
    assert send(client, f"{base}placement/", **facts).status_code == 302
    with access.system():
        stay = Placement.objects.get()
    assert "Banyan House" in text(client.get(f"/cases/{case.uuid}/placements/"))
    assert "Banyan House" not in text(browser(world.manager).get(f"/cases/{case.uuid}/placements/"))
    end = f"{base}placement/{stay.uuid}/end/"
    assert client.get(end).status_code == 200
    assert send(client, end, reason="HOME", **day("until_on", -3)).status_code == 422
    assert send(client, end, reason="HOME", care="PARENT_ONE", **day("until_on", -3)).status_code == 302
    tab = client.get(f"/cases/{case.uuid}/follow-ups/")
    with access.system():
        first = FollowUp.objects.get(schedule="D3")
    assert f"{base}follow-ups/{first.uuid}/" in text(tab)
    assert client.get(f"{base}follow-ups/{first.uuid}/").status_code == 200
    facts = {"kind": "POST_RETURN", "child_seen": "yes", "seen_alone": "yes", "is_safe": "yes", "outcome": "BETTER", **day("on", 0)}
    assert send(client, f"{base}follow-ups/{first.uuid}/", **facts).status_code == 302
    assert fresh(first).outcome == "BETTER"
    assert client.get(f"{base}follow-ups/").status_code == 200
    assert client.get(f"{base}conference/").status_code == 200
    assert (
        send(
            client, f"{base}conference/", agencies=[str(world.police.uuid)], decisions="Police wait", child_took_part="on", **day("on", -1)
        ).status_code
        == 302
    )
    with access.system():
        assert Conference.objects.get().agencies == [world.police.pk]
    assert "Police wait" in text(client.get(f"/cases/{case.uuid}/plan/"))


@pytest.mark.parametrize("who", ["kham", "supervisor", "manager", "coordinator"])
def test_every_tab_opens_for_whoever_reaches_the_case_and_tells_no_more_than_they_may_read(world, who):
    case = in_force(world)
    made = referral(world, case)
    with access.acting(world.kham):
        actions.place(case, by=world.kham, care="SHELTER", where="Under the old bridge", from_on=today())
        actions.schedule_follow_ups(case, by=world.kham, from_on=today())
    client = browser(getattr(world, who))
    shown = ""
    for tab in ("", "plan/", "referrals/", "follow-ups/", "placements/", "timeline/"):
        page = client.get(f"/cases/{case.uuid}/{tab}")
        assert page.status_code == 200, tab
        shown += text(page)
    # A placement waits for the supervisor, so the words of the case and who serves the child are open to that one too.
    may_read = who in ("kham", "supervisor")
    page = client.get(f"/care/referrals/{made.uuid}/")
    assert page.status_code == (200 if may_read else 404)
    shown += text(page)
    assert ("Banyan House" in shown) is may_read
    assert ("Enrol Keo" in shown, "A safe bed for Keo" in shown, "Under the old bridge" in shown) == (may_read, may_read, may_read)


@pytest.mark.parametrize(
    "where", ["plan/", "plan/action/", "plan/child/", "review/", "refer/", "transfer/", "placement/", "follow-ups/", "conference/"]
)
def test_pages_of_a_case_answer_a_stranger_like_absent_ones(world, where):
    case = at(world, "PLANNING")
    draft(world, case)
    absent = browser(world.stranger).get(f"/care/{uuid.uuid4()}/{where}")
    page = browser(world.stranger).get(f"/care/{case.uuid}/{where}")
    assert (page.status_code, page.content) == (404, absent.content)
    assert browser(world.kham).get(f"/care/{case.uuid}/{where}").status_code in (200, 404)


def asked(client, url):
    """How many questions a page asks the database, without the labels, which are read again every half minute."""
    with CaptureQueriesContext(connection) as seen:
        page = client.get(url)
    return page, len([query for query in seen if "places_label" not in query["sql"]])


def test_the_plan_asks_as_many_queries_for_three_actions_as_for_one(world):
    case = in_force(world)
    client, url = browser(world.kham), f"/cases/{case.uuid}/plan/"
    client.get(url)
    _page, one = asked(client, url)
    with access.system():
        line = case.plan_actions.get()
        for words in ("Two", "Three"):
            PlanAction.objects.create(
                case=case,
                plan_id=line.plan_id,
                goal_id=line.goal_id,
                key=case.key,
                text=words,
                owner=world.bua,
                due_on=today(3),
                concerns=line.concerns,
            )
    page, three = asked(client, url)
    assert "Three" in text(page) and three == one


def test_a_recipient_who_opens_the_case_itself_reads_of_no_other_recipient(world):
    case = in_force(world)
    referral(world, case)
    other = referral(world, case, service="HEALTH", facility=world.ward)
    client = browser(world.carer)
    for tab in ("", "plan/", "referrals/", "follow-ups/", "placements/", "timeline/", "people/"):
        page = client.get(f"/cases/{case.uuid}/{tab}")
        assert page.status_code == 200, tab
        assert not re.search("Clinic North|Health care|Enrol Keo|I want to learn", text(page)), tab
    assert client.get(f"/care/referrals/{other.uuid}/").status_code == 404


def test_a_case_page_takes_at_most_twelve_statements_with_its_sign_in_and_its_audit_line(world):
    case = in_force(world)
    referral(world, case)
    invented.seen(world, case)
    with access.acting(world.kham):
        cases.write_note(case, by=world.kham, text="A note")
    counted = {}
    for tab in ("", "plan/", "referrals/", "people/", "timeline/"):
        client, url = browser(world.kham), f"/cases/{case.uuid}/{tab}"
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        # Left out: the transaction itself, and the labels, which are read again every half minute.
        asked = [
            query["sql"] for query in seen if not query["sql"].startswith(("SAVEPOINT", "RELEASE")) and "places_label" not in query["sql"]
        ]
        counted[tab or "overview"] = len(asked)
    print(f"statements of the case page: {counted}")
    assert counted["overview"] <= 12
