"""Noy is fifteen. The police find her at night in a karaoke venue; she has no papers, and her father went away to work.

The chapters are gone in turn with a finger, by keyboard and with script off; at the desk of journey c all is done by keyboard, journey g its desk and its
referrals with script off. `make nightly` goes all chapters in each manner.
"""

from datetime import timedelta
from functools import partial

import pytest

from tests.journeys.someone import MANNERS
from tests.journeys.work import (
    TODAY,
    act,
    answers_form,
    decides,
    decides_concerns,
    finds,
    goes_on,
    makes_safe,
    meets,
    opens_case,
    plans,
    refers,
    takes_report,
    to_case,
)

NAME = "ນ້ອຍ ສົມມຸດ"
CONCERNS = {
    "Child trafficking": "Trafficking for sexual exploitation",
    "Sexual exploitation and abuse": "Exploitation of a child in prostitution",
    "Legal identity": "No birth registration or identity document",
    "Family separation": "Child left behind by migrating parents",
}


FINGER, KEYBOARD, NO_SCRIPT = MANNERS


@pytest.mark.parametrize("all_in", [None, *(pytest.param(manner, marks=pytest.mark.nightly) for manner in MANNERS)])
def test_noy_from_the_police_report_to_a_safe_outcome(people, all_in):
    def who_go(manner):
        return partial(people, manner=all_in or manner)

    number = the_desk_takes_the_call(who_go(FINGER))
    her_worker_sees_noy(who_go(FINGER), number)
    her_whole_life_is_looked_at_once(who_go(NO_SCRIPT), number)
    one_plan_for_all_concerns(who_go(FINGER), number)
    shelter_and_police_do_their_part(who_go(FINGER), number)
    the_goals_are_met(who_go(KEYBOARD), number)
    it_closes_when_nothing_is_missing(who_go(NO_SCRIPT), number)


def the_desk_takes_the_call(people):
    desk = people("operator")
    takes_report(
        desk, "Inspection of a karaoke bar near the bus station. A girl who says she is fifteen works there at night and may not leave.",
        danger="Yes", names="Noy", language="Lao", reporter="Police", channel="Police or joint operation",
    )  # fmt: skip
    desk.reads("A girl who says she is fifteen", "In danger now")
    desk.presses("Start screening")
    number = opens_case(
        desk, NAME, other_script="Noy Sommud", nickname="Noy", age=15, care="With unrelated adult", concerns=CONCERNS.items(), risk="High",
        reasons="Owes the owner money\nNo papers", giver="Child", answer="Overridden", why="No caregiver can be found",
        people=[("Alleged perpetrator", "Recruiter or broker", "Boy from the chat")], worker="Bounmy Saelee",
    )  # fmt: skip
    worker = people("worker2").opens("/")
    worker.reads(NAME, "See the child for the first time")
    worker.follows("My cases")
    worker.reads(number)
    return number


def her_worker_sees_noy(people, number):
    worker = finds(people("worker2"), number)
    worker.reads(*CONCERNS.values())
    meets(
        worker,
        words="I wanted to send money to my mother. I want to sleep and then go home.",
        summary="First contact at the police unit, with a woman who speaks Lao.",
        kind="Visit in care",
    )
    goes_on(worker, "Initial assessment")

    act(worker, "Go on to the next step")
    worker.reads("The initial assessment is not finished", "There is no safety plan", "Nobody may speak for the child")
    worker.presses("Go on")
    worker.reads("There is a problem")
    answers_form(
        worker,
        "Initial assessment",
        {
            "Was the child seen?": "Seen, alone",
            "Was an interpreter needed?": "Yes",
            "Did the child trust": "Yes",
            "Is the child safe today?": "Yes",
            "Who lives with the child?": "Others",
            "How could the child say it?": "In words",
            "In the child's own words": "I want to go home to my mother when the man cannot find us.",
            "Does the child agree": "Yes",
            "Is there any sign of trafficking?": "Yes",
        },
    )
    makes_safe(worker, "She sleeps in the safe house, a woman is on duty.\nNobody tells the address.\nShe has the number of her worker.")
    she_sleeps_in_the_safe_house(people, worker)
    act(worker, "Ask for a guardian")
    worker.presses("Yes, I have asked")
    goes_on(worker, "Comprehensive assessment")


def she_sleeps_in_the_safe_house(people, worker):
    """Safety does not wait; the supervisor looks at the placement after, and every page of the case says where she lives now."""
    act(worker, "Record a placement")
    worker.picks("What kind of care?", "Emergency or trafficking shelter")
    worker.fills_day("Since which day?", TODAY - timedelta(days=5))
    worker.picks("Which place of the directory?", "Banyan House")
    worker.presses("Save the placement")
    worker.reads("Banyan House")
    to_case(worker).reads("Emergency or trafficking shelter").does_not_read("With unrelated adult")
    decides(people("supervisor"), "Out-of-home placement", reads=["Banyan House"])


def her_whole_life_is_looked_at_once(people, number):
    """All domains, the trafficking questions, and a finding for each concern."""
    worker = finds(people("worker2"), number)
    answers_form(
        worker,
        "Comprehensive assessment",
        {
            "How worried are you?": "Some worry",
            "What you saw and heard": "She sleeps badly and asks for her mother.",
            "School": "Out of school, dropped out",
            "Birth registration": "Birth not registered",
            "What protects the child?": "The child's own coping is known",
            "How could the child say it?": "In words",
            "In the child's own words": "I want papers and to learn to sew.",
            "Your judgement of the risk": "High",
            "Why this level?": "The recruiter knows her village.",
        },
    )
    answers_form(
        worker,
        "Trafficking screen",
        {
            "Age when it happened": "15",
            "Which of these happened?": ["Recruited", "Transported", "Harboured"],
            "For what?": "Sexual exploitation",
            "Which signs are there?": ["Owes a travel", "Found in a venue", "Recruited online"],
        },
    )
    decides_concerns(worker, *CONCERNS.values())
    goes_on(worker, "Case planning")


def one_plan_for_all_concerns(people, number):
    """In her words, approved by the supervisor."""
    worker = finds(people("worker2"), number)
    concerns = list(CONCERNS.values())
    plans(
        worker,
        goals={
            "Noy is safe, and nobody of the bar can find her.": [
                ("Stay in the safe house, with a woman on duty", "Banyan House", concerns[:2]),
                ("One joint interview with the police", "Bounmy Saelee", concerns[:1]),
            ],
            "Noy has papers and can go to school.": [("Register the birth", "Civil Registry of Dok Fa", concerns[2:])],
        },
        view="I want to stay in the house with the garden until my mother is found.",
    )
    worker.reads("The plan is whole")
    worker.presses("Send the plan")
    decides(people("supervisor"), "Case plan", reads=["Noy is safe, and nobody of the bar can find her.", "Stay in the safe house"])


def shelter_and_police_do_their_part(people, number):
    """Each asked with her word, each reading only what it needs, each answering in its own inbox."""
    worker = finds(people("worker2"), number)
    refers(
        worker,
        "Emergency shelter",
        "Banyan House",
        need="A safe room and a woman on duty at night. She speaks Lao.",
        levels=["Health"],
        words="Yes, if it is only women.",
    )
    refers(
        worker,
        "Police protection",
        "Dok Fa Police, Women and Children Unit",
        need="One joint interview in the child-friendly room.",
        words="If Auntie Bounmy sits with me.",
    )
    serves(people("shelter"), "Emergency shelter", "She came at eight in the evening, ate and slept.")
    serves(people("police"), "Police protection", "Joint interview held once, in the child-friendly room, with her worker.").does_not_read(
        "She came at eight", "garden"
    )
    to_case(worker).follows("Referrals")
    worker.reads("Banyan House", "Dok Fa Police, Women and Children Unit")
    meets(worker, words="It is good here. I sewed a bag.", summary="She sleeps through the night.", kind="Visit in care", outcome="Better")
    finishes(people("shelter"), "Emergency shelter", "She stayed until her mother was found and took her home.")
    finishes(people("police"), "Police protection", "The interview is with the prosecutor.")


def the_goals_are_met(people, number):
    worker = finds(people("worker2"), number)
    to_case(worker).follows("Care plan")
    for goal in ("Noy is safe", "Noy has papers"):
        worker.follows("Say whether this goal is met", within=worker.page.locator("section", has_text=goal))
        worker.chooses("Is the goal met?", "Yes")
        worker.presses("Save the answer")
    act(worker, "Review the plan")
    worker.chooses("How does the case go on?", "The main goals are met")
    worker.fills("What did the review find?", "Safe with her mother, papers in hand, back at school.")
    worker.presses("End the review")
    decides(people("supervisor"), "Reunification", reads=["Safe with her mother"])
    to_case(worker).follows("Placements")
    worker.follows("End the placement")
    worker.fills_day("Last day", TODAY - timedelta(days=4))
    worker.chooses("Why did it end?", "Returned to parents or family")
    worker.picks("With whom does the child live now?", "With one parent")
    worker.presses("Save the end")  # which sets the follow-up visits of the first year
    to_case(worker).reads("With one parent").does_not_read("Emergency or trafficking shelter", "With unrelated adult")


def it_closes_when_nothing_is_missing(people, number):
    """Refused with every missing criterion named; each is done; the manager agrees, because the risk was high."""
    worker = finds(people("worker2"), number)
    act(worker, "Ask to close the case")
    worker.chooses("Why the case can be closed", "Goals met and child safe")
    worker.presses("Ask the supervisor")
    worker.reads(
        "The risk is still high", "Follow-up visits are due", "The child's view on closing is not recorded", "does not know whom to call"
    )

    to_case(worker).follows("Follow-ups")
    worker.follows("Within 3 days")
    worker.chooses("Did you see the child?", "Yes")
    worker.chooses("Was the child seen alone for a part?", "Yes")
    worker.chooses("Is the child safe today?", "Yes")
    worker.chooses("How is the child since the last time?", "Better")
    worker.presses("Save the follow-up")
    act(worker, "Set the risk")
    worker.chooses("Risk", "Low")
    worker.fills("Reasons", "Home with her mother\nThe recruiter is in custody")
    worker.presses("Set the risk")
    decides(people("supervisor"), "Lowering of risk level")
    answers_form(
        worker,
        "Closing the case",
        {"Why is the case closed?": "Goals met and child safe", "What did we learn?": "One visit for all papers."},
        otherwise=["Yes", "Goals met", "Good", "In words"],
    )
    act(worker, "Ask to close the case")
    worker.chooses("Why the case can be closed", "Goals met and child safe")
    worker.presses("Ask the supervisor")
    worker.reads("The supervisor decides")
    decides(people("manager"), "Closure")
    to_case(worker)
    worker.opens(worker.page.url).reads("Closed")


def serves(provider, service, done):
    """Accept what is asked, in one's own inbox, and note what was done."""
    provider.follows("Referrals")
    provider.follows(service)
    provider.reads("What is needed")
    provider.chooses("Your answer", "Accept")
    provider.presses("Send the answer")
    provider.fills("What was done?", done)
    provider.presses("Save the note")
    provider.reads(done)
    return provider


def finishes(provider, service, outcome):
    provider.follows("Referrals")
    provider.follows(service)
    provider.follows("Finish: say what came of it")
    provider.chooses("Was the service completed?", "Yes")
    provider.fills("What came of it for the child?", outcome)
    provider.presses("Finish")
    return provider
