"""A girl in a shelter tells that its director comes to her room. From that day the director finds nothing, wherever she looks."""

from tests.journeys.test_d_father import comes_back
from tests.journeys.work import act, finds, opens_case, refers, takes_report

CHILD = "Daoheuang Untold"  # like no child of another journey, of whom the shelter may know
ABSENT = "00000000-0000-4000-8000-000000000000"


def test_breaker_10_an_accused_shelter_director_finds_nothing(people, romsai):
    desk = people("operator")
    takes_report(desk, "A girl ran from a house where she was kept.", reporter="Neighbour")
    number = opens_case(desk, CHILD, age=15, concerns=[("Child labour", "Child domestic work")], giver="Child", worker="Kanda Phairote")
    worker = finds(people("worker"), number)
    case = worker.page.url
    director = people("shelter")
    earlier = _sent_to(director)
    refers(worker, "Emergency shelter", "Banyan House", need="A safe room.", levels=["Who the child is"])
    (path,) = _sent_to(director) - earlier  # other journeys refer to the same house
    referral = director.url + path
    director.opens(path).reads("Emergency shelter", CHILD)

    # The girl writes by herself, on the public page, and says that it is about somebody who works with children.
    girl = people()
    girl.opens("/").follows("I am a child")
    girl.chooses("Is someone in danger right now?", "I do not know")
    girl.presses("Next")
    girl.fills("What is happening?", "The director of Banyan House comes to my room at night.")
    girl.ticks("It is about somebody who works with children")
    girl.presses("Send")
    code = girl.page.locator(".rs-receipt strong").inner_text()

    # No desk sees it; a safeguarding officer does, names her and keeps her from the case without opening it.
    desk.opens("/cases/reports/").does_not_read("Web form")
    people("intake_lead").opens("/cases/reports/").does_not_read("Web form")
    officer = people("safeguarding")
    officer.opens("/").reads("Concerns about staff")
    officer.follows("Danger not known: Web form")
    officer.reads("comes to my room at night")
    report = officer.page.url
    officer.follows("Take it up").presses("I take it up")
    officer.follows("Say whom it is about")
    officer.fills("Part of the name", "Noi Saeng")
    officer.presses("Search")
    officer.chooses("Whom is it about?", "Noi Saengthong")
    officer.presses("It is about them")
    officer.reads("Noi Saengthong")
    officer.follows("Keep them from the child’s case")
    officer.fills("Number of the case", number)
    officer.presses("Keep them from it")
    officer.reads("Cases they are kept from", number)
    officer.fills("Message to the reporter", "We have read it. You will sleep elsewhere tonight.")
    officer.presses("Send")
    officer.opens(case)
    assert officer.status == 404  # keeping others out opens nothing
    comes_back(girl, code).reads("You will sleep elsewhere tonight")

    # Wherever she looks: search, caseload, inbox, the log, the receipt, the address bar.
    director.opens("/").does_not_read(CHILD, number, path)
    for words, others in ((number, CHILD), (CHILD, number)):  # the page repeats what she typed
        director.searches(words)
        director.does_not_read(others).reads("Nothing found among the cases you may open")
    director.opens("/care/referrals/").does_not_read(CHILD, path, number)
    for page in ("/cases/", "/log/", "/cases/emergency/", "/cases/emergency/requests/"):
        director.opens(page)
        director.does_not_read(CHILD, number)
    somebody = people("shelter", width=1280)
    for address in (case, f"{case}people/", f"{case}who/", referral, report, f"{report}about/", f"{report}keep-from-case/"):
        hers, nobodys = (somebody.page.request.get(asked) for asked in (address, _absent(address)))
        assert (hers.status, hers.body()) == (404, nobodys.body()), address
    director.opens("/answer/")
    director.fills("Your code", "1234 5678 9012 3456")
    director.presses("Next")
    director.reads("Nothing belongs to this code")

    # Nor can she be let back by one of her own; and her worker knows that somebody is kept from the case.
    act(worker, "Keep somebody from this case")
    worker.reads("Kept from it now", "Banyan House", "Noi Saengthong")


def _sent_to(director):
    """The addresses of the referrals that she finds in her inbox."""
    links = director.opens("/care/referrals/").page.locator("main a[href^='/care/referrals/']")
    return set(links.evaluate_all("links => links.map(link => link.getAttribute('href'))"))


def _absent(address):
    """The same address about a record that nobody has made."""
    parts = address.split("/")
    return "/".join(ABSENT if len(part) == 36 and part.count("-") == 4 else part for part in parts)
