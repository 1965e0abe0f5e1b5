"""The father writes to us that his son is beaten by an uncle. The boy says it was his father. Nothing leaks to the father."""

from tests.journeys.work import act, finds, meets, opens_case, to_case

MESSAGE = "We have read what you wrote. At which time may we call you?"
SECRETS = ("Kanda", "Tonkla", "DOK-", "case", "uncle’s house", "registered", "It was father", "Welfare")


def test_the_father_who_reports_and_is_alleged_learns_nothing(people):
    # He writes on his own phone, and gets a code.
    father = people()
    father.opens("/").follows("I am worried about a child")
    father.chooses("Is someone in danger right now?", "Yes")
    father.presses("Next")
    father.fills("What worries you?", "My son is beaten by my wife's brother. I want you to bring him to me.")
    father.fills("What is the child called?", "Tonkla")
    father.picks("Who are you?", "Parent or caregiver")
    father.fills("A telephone number", "000 900 003")
    father.chooses("Is it safe to call you?", "Yes")
    father.picks("Which province?", "Dok Fa Province")
    father.presses("Send")
    father.reads("Thank you. It has arrived")
    code = father.page.locator(".rs-receipt strong").inner_text()
    comes_back(father, code).reads("There is no message from us yet")

    # The desk opens a case; the father is on it as the one who is said to have harmed, beside the mother.
    desk = people("operator")
    desk.follows("Reports")
    desk.follows("Web form")
    desk.reads("My son is beaten")
    desk.presses("Start screening")
    desk.fills("Message to the reporter", MESSAGE)
    desk.presses("Send")
    before = comes_back(father, code).reads(MESSAGE).text()
    number = opens_case(
        desk, "Tonkla Invented", age=11, sex="Male", care="Kinship care", concerns=[("Child violence", "Physical violence")], risk="High", reasons="The boy says it was his father",
        people=[("Alleged perpetrator", "Father", "Wit Invented"), ("Caregiver", "Mother", "Kaew Invented")], worker="Kanda Phairote",
    )  # fmt: skip
    worker = finds(people("worker"), number)
    meets(worker, words="It was not uncle. It was father. Please do not tell him that I said it.", summary="Seen at school, alone.")
    assert comes_back(father, code).text() == before

    # His consent is not asked: neither for the case nor for anything shared.
    act(worker, "Record a consent")
    worker.reads("Father")
    worker.picks("What was asked", "To receive case management")
    worker.picks("Who was asked", "Father")
    worker.chooses("Answer", "Consent given")
    worker.presses("Save the answer")
    worker.reads("This carer is suspected of the harm")
    to_case(worker).follows("Family and people")
    worker.follows("Take back")
    worker.picks("Who takes it back", "Father")
    worker.fills("The child’s own wish", "I want you to go on.")
    worker.presses("Yes, it is taken back")
    worker.reads("suspected of the harm and cannot take the consent back")

    # Whatever was done meanwhile, his code shows what it showed before.
    assert comes_back(father, code).text() == before


def comes_back(father, code):
    """What the page shows to whoever holds the code."""
    father.opens("/answer/")
    father.fills("Your code", code)
    father.presses("Next")
    father.reads("What you told us has arrived")
    return father.does_not_read(*SECRETS)
