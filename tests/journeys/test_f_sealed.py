"""The daughter of somebody well known. Whoever has power in the office has none over this case."""

from tests.journeys.work import act, finds, opens_case, takes_report, to_case

CHILD = "Lapla Invented"


def test_only_the_people_named_on_a_sealed_case_reach_it(people):
    desk = people("intake_lead")
    takes_report(
        desk,
        "The daughter of somebody well known in the province is not safe at home.",
        danger="Not known",
        reporter="Other relative",
        channel="Visit in person",
    )
    number = opens_case(
        desk, CHILD, age=13, concerns=[("Sexual exploitation", "Sexual abuse")], risk="High", reasons="The accused knows many people here",
        giver="Child", answer="Overridden", why="Caregiver is suspected of the harm", people=[("Alleged perpetrator", "Father", "Somebody well known")],
        worker="Bounmy Saelee", seal=True,
    )  # fmt: skip

    worker = finds(people("worker2"), number)
    worker.reads("Sealed")
    address = worker.page.url

    # Rank does not open it: own supervisor, manager of the area, coordinator, colleague, the desk that took the report.
    for key in ("supervisor", "manager", "coordinator", "worker", "intake_lead", "admin"):
        other = people(key)
        other.opens(address)
        assert other.status == 404, key
        other.opens("/").does_not_read(CHILD, number)
        if other.has_search():
            other.searches(number)
            other.does_not_read(CHILD)
    people("manager").opens("/cases/team/").does_not_read(CHILD, number)
    people("coordinator").opens("/cases/team/").does_not_read(number)

    # Nothing of it is shared with another agency: it is not offered, and who types the address is refused at the end.
    to_case(worker).follows("All actions")
    worker.does_not_read("Refer to a service")
    worker.opens(address.replace("/cases/", "/care/") + "refer/")
    worker.picks("Which service?", "Emergency shelter")
    worker.presses("Search")
    worker.follows("Refer to Banyan House")
    worker.fills("What does the child need?", "A safe room.")
    worker.picks("Who was asked", "Child")
    worker.chooses("Answer", "Consent given")
    worker.presses("Check what will be sent")
    worker.reads("This case is sealed")

    # Her worker names a colleague; from then on the colleague reaches it.
    act(worker, "Give the case to a worker")
    worker.chooses("Worker", "Kanda Phairote")
    worker.chooses("Does this worker lead", "No")
    worker.presses("Give the case")
    colleague = people("worker")
    colleague.opens(address).reads(CHILD, "Sealed")
    to_case(worker).follows("Who has looked")
    worker.reads("Kanda Phairote").does_not_read("Vanida Srisuk", "Phet Inthavong")
