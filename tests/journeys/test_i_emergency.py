"""A child calls at night from another province. Whoever picks up may open her case for four hours, and two others judge it."""

from datetime import date

from tests.journeys.conftest import PASSWORD
from tests.journeys.work import act, finds, opens_case, takes_report

CHILD = "Mali Invented"


def test_a_case_is_opened_in_an_emergency_and_judged_by_another(people):
    desk = people("operator")
    takes_report(desk, "A girl sleeps at the bus station.", reporter="Neighbour")
    number = opens_case(desk, CHILD, age=14, concerns=[("Child labour", "Street work or begging")], giver="Child", worker="Kanda Phairote")
    sealed_by = finds(people("worker"), number)
    case = sealed_by.page.url

    night = people("operator_tha_dao")
    night.opens(case)
    assert night.status == 404
    night.opens("/").follows("Open a case in an emergency")
    night.fills("Password", PASSWORD)  # asked again: a screen left open opens nothing
    night.presses("Confirm")
    night.reads("Two people will read why")
    _asks(night, number, "Somebody Else")
    night.reads("Nothing was opened by what you wrote")
    wrong = night.text()
    _asks(night, "DOK-2020-99999", "Somebody Else")
    assert night.text() == wrong  # an absent case answers like a wrong name
    _asks(night, number, CHILD)
    night.reads(CHILD, "You opened this case in an emergency", "It closes by itself")
    act(night, "Write what you did")
    night.fills("Note", "I stayed on the line until the police came.")
    night.presses("Save the note")
    night.reads("The note is kept")
    night.opens("/").reads("You opened in an emergency", number)

    # Two outside the line are told at once; the officer sees what was asked and looked at, and nothing of the child.
    officer = people("dpo")
    officer.opens("/").reads("Opened in an emergency: was it needed?")
    officer.follows(f"Orathai Manee opened case {number}")
    officer.reads("She calls from a bus station", "Opened: The case", "names and family").does_not_read(CHILD)
    officer.chooses("Was it needed?", "It was needed")
    officer.presses("Save")
    officer.reads("What you found is kept", "It was needed")
    officer.opens("/").does_not_read("Opened in an emergency: was it needed?")

    # The worker of the case sees who it was; the other closes it again, and it is gone.
    worker = people("worker")
    worker.opens(case).reads("Opened in an emergency by Orathai Manee")
    night.opens(case).follows("Close it now")
    night.presses("Close it")
    night.opens(case)
    assert night.status == 404


def _asks(night, number, name):
    night.opens("/cases/emergency/")
    night.fills("Number of the case", number)
    night.fills("A name of the child", name)
    night.fills("Year of birth", date.today().year - 14)
    night.chooses("Why must you open it now?", "Emergency")
    night.fills("What happened, and what you need", "She calls from a bus station.")
    night.presses("Open the case")
