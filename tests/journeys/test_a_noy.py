"""Noy is fifteen. The police find her at night in a karaoke venue; she has no papers, and her father went away to work."""

import re
from datetime import date, timedelta

import pytest

from tests.journeys.someone import MANNERS

JOURNEY = "a"
TODAY = date.today()


@pytest.mark.parametrize("people", MANNERS, indirect=True)
def test_noy_from_the_police_report_to_a_safe_outcome(people):
    # The desk takes the call of the police.
    desk = people("operator")
    desk.follows("New report")
    desk.chooses("Is a child in danger right now?", "Yes")
    desk.fills("What worries you?", "Inspection of a karaoke bar near the bus station. A girl who says she is fifteen works there at night and may not leave.")
    desk.unfolds("The child: signs of danger")
    desk.fills("Where the child is", "Mueang Dok Fa")
    desk.fills("Names or nicknames of the child", "Noy")
    desk.fills("Age, sex, how to recognise the child", "Girl, fifteen, speaks Lao")
    desk.picks("Language the child speaks", "Lao")
    desk.unfolds("Who tells us")
    desk.picks("Who tells us", "Police")
    desk.unfolds("How and when it reached us")
    desk.picks("How it reached us", "Police or joint operation")
    desk.presses("Save the report")
    desk.reads("The report is saved", "Act now", "Code for the reporter")

    # Screening: nobody here is like her; a case is opened with her concerns and given to a worker who speaks Lao.
    desk.follows("Open the report")
    desk.reads("A girl who says she is fifteen", "In danger now")
    desk.presses("Start screening")
    desk.follows("Open a case")
    desk.fills("Name of the child", "ນ້ອຍ ສົມມຸດ")
    desk.fills("The name in another script", "Noy Sommud")
    desk.fills("Nickname", "Noy")
    desk.chooses("Sex", "Female")
    desk.fills("Or age in years", 15)
    desk.picks("How the age is known", "Stated by child or family")
    desk.picks("Who the child lives with", "With unrelated adult")
    for group, concern in (
        ("Child trafficking", "Trafficking for sexual exploitation"),
        ("Sexual exploitation and abuse", "Exploitation of a child in prostitution"),
        ("Legal identity", "No birth registration or identity document"),
        ("Family separation", "Child left behind by migrating parents"),
    ):
        desk.unfolds(group)
        desk.ticks(concern)
    desk.chooses("Risk", "High")
    desk.fills("Reasons for the risk", "Owes the owner money\nNo papers")
    desk.picks("Who was asked", "Child")
    desk.chooses("Answer", "Overridden in best interests or by law")
    desk.picks("If overridden: why the case goes on without consent", "No caregiver can be found")
    desk.unfolds("Person 1")
    first = desk.page.locator("details", has=desk.page.locator("summary", has_text="Person 1"))
    desk.picks("Part in the case", "Alleged perpetrator", within=first)
    desk.picks("Is to the child", "Recruiter or broker", within=first)
    desk.fills("Name", "Boy from the chat", within=first)
    desk.chooses("Who answers for the child", "Bounmy Saelee")
    desk.presses("Open the case")
    desk.reads("was opened")
    number = re.search(r"Case (\S+) was opened", desk.text())[1]

    # Her worker sees Noy the same day.
    worker = people("worker2")
    worker.reads("ນ້ອຍ ສົມມຸດ", "See the child for the first time")
    worker.follows("My cases")
    worker.reads(number)
    worker.follows("ນ້ອຍ ສົມມຸດ")
    worker.reads("Trafficking for sexual exploitation", "No birth registration")
    worker.follows("Record a contact")
    worker.chooses("Did you see the child?", "Yes")
    worker.chooses("Was the child seen alone for a part?", "Yes")
    worker.chooses("Is the child safe today?", "Yes")
    worker.fills("In the child’s own words", "I wanted to send money to my mother. I want to sleep and then go home.")
    worker.fills("What happened", "First contact at the police unit, with a woman who speaks Lao.")
    worker.presses("Save the contact")
    goes_on(worker, "Initial assessment")

    # What is still missing is named, each with the page where it is done.
    worker.follows("All actions")
    worker.follows("Go on to the next step")
    worker.reads("The initial assessment is not finished", "There is no safety plan", "Nobody may speak for the child")
    worker.presses("Go on")
    worker.reads("There is a problem")
    worker.follows("Do it now", within=worker.page.locator("li", has_text="initial assessment"))
    worker.presses("Begin")
    worker.answers(
        {
            "Day of the contact": TODAY,
            "Was the child seen?": "Seen, alone",
            "Was an interpreter needed?": "Yes",
            "Did the child trust": "Yes",
            "Is the child safe today?": "Yes",
            "Who lives with the child?": "Others",
            "How could the child say it?": "In words",
            "In the child's own words": "I want to go home to my mother when the man cannot find us.",
            "Does the child agree": "Yes",
            "Is there any sign of trafficking?": "Yes",
        }
    )
    worker.presses("Finish")
    to_case(worker)
    act(worker, "Write the safety plan")
    worker.fills("What keeps the child safe", "She sleeps in the safe house, a woman is on duty.\nNobody tells the address.\nShe has the number of her worker.")
    worker.fills_day("Holds until", TODAY + timedelta(days=21))
    worker.presses("Save the safety plan")
    act(worker, "Ask for a guardian")
    worker.presses("Yes, I have asked")
    goes_on(worker, "Comprehensive assessment")


def to_case(worker):
    """Back to the page of the case from any page of it."""
    case = re.search(r"/(cases|care)/([0-9a-f-]{36})/", worker.page.url)[2]
    if not worker.page.url.endswith(f"/cases/{case}/"):
        link = worker.page.locator(f"a[href='/cases/{case}/']").locator("visible=true")
        worker._go(link.first)
    return worker


def act(worker, deed):
    """Choose something from all actions of the case."""
    to_case(worker)
    worker.follows("All actions")
    worker.follows(deed)
    return worker


def goes_on(worker, step):
    act(worker, "Go on to the next step")
    worker.reads("Everything for this step is there")
    worker.chooses("Next step", step)
    worker.presses("Go on")
    worker.reads("The case is in its next step")
    return worker
