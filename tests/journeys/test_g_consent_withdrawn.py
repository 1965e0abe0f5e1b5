"""The mother agreed to a referral and takes it back. Sharing stops at once; who keeps the girl safe keeps the least it needs."""

import pytest

from tests.journeys.work import finds, meets, opens_case, refers, takes_report, to_case

NEED = "Meals at school, and tell the worker at once if she is absent."


@pytest.mark.parametrize("people", ["with script off"], indirect=True)
def test_a_mother_takes_back_her_consent_after_a_referral(people):
    desk = people("operator")
    takes_report(desk, "A girl of nine comes to school with marks on her arms.", names="Fah", reporter="School staff", where="Ban Saeng")
    number = opens_case(
        desk,
        "Fah Invented",
        age=9,
        concerns=[("Child violence", "Physical violence")],
        risk="High",
        reasons="Hurt twice in a month",
        people=[("Caregiver", "Mother", "Mali Invented")],
        worker="Kanda Phairote",
    )
    worker = finds(people("worker"), number)
    meets(worker, words="At home it is loud when he comes.", summary="Seen at school.", kind="Check at school")

    # The mother agrees; the school accepts and reads what it needs.
    refers(worker, "Formal education", "Ban Saeng School", need=NEED, giver="Mother", words="Yes, but not the neighbours.")
    refers(worker, "Emergency shelter", "Banyan House", need="A bed when he drinks.", giver="Mother")
    school, shelter = people("school"), people("shelter")
    for provider, service in ((school, "Formal education"), (shelter, "Emergency shelter")):
        provider.follows("Referrals")
        provider.follows(service)
        provider.reads("Fah Invented", "What is needed")
        provider.chooses("Your answer", "Accept")
        provider.presses("Send the answer")

    # She takes it back; the girl's own wish is asked.
    for agency in ("Ban Saeng School", "Banyan House"):
        to_case(worker).follows("Family and people")
        worker.follows("Take back", within=worker.page.locator("dd", has_text=agency))
        worker.picks("Who takes it back", "Mother")
        worker.presses("Yes, it is taken back")
        worker.reads("Ask the child")
        worker.fills("The child’s own wish", "I want to sleep somewhere when he drinks. The school need not know.")
        worker.presses("Yes, it is taken back")
        worker.reads("The consent is taken back")

    # The school is told, and reads nothing of her any more.
    school.opens(school.page.url)
    school.reads("The consent was taken back").does_not_read("Fah Invented", NEED)
    school.opens("/").follows("Referrals")
    school.does_not_read("Fah Invented")

    # The shelter keeps the least until the supervisor decides, within a day.
    shelter.opens(shelter.page.url)
    shelter.reads("The consent was taken back", "You keep only the least")
    supervisor = people("supervisor")
    supervisor.opens(to_case(worker).page.url).follows("Referrals")
    supervisor.follows("Decide")
    supervisor.reads("May Banyan House keep what it needs?")
    supervisor.chooses("May they keep the least they need?", "Yes")
    supervisor.picks("If yes: why without consent", "Immediate danger")
    supervisor.fills("Why, and what the child wishes", "She asked for it herself.")
    supervisor.presses("Save the decision")
    shelter.opens(shelter.page.url).reads("A bed when he drinks")
