"""A social worker of another agency gets hold of the address of a case."""

from tests.journeys.work import finds, opens_case, takes_report

NOWHERE = "/cases/00000000-0000-4000-8000-000000000000/"


def test_a_case_of_another_agency_is_the_same_as_no_case_and_the_attempt_is_on_record(people, romsai):
    desk = people("operator")
    takes_report(desk, "A boy of twelve sleeps at the bus station.", names="Somchai")
    number = opens_case(
        desk, "Somchai Invented", sex="Male", age=12, concerns=[("Child labour", "Work below the minimum age")], worker="Kanda Phairote"
    )
    worker = finds(people("worker"), number)
    address = worker.page.url

    stranger = people("worker_tha_dao")
    for tab in ("", "people/", "history/", "do/", "do/note/"):
        stranger.opens(address + tab)
        assert stranger.status == 404
        stranger.does_not_read("Somchai", number, "Kanda")
    hidden, absent = (stranger.context.request.get(url) for url in (address, romsai.url + NOWHERE))
    assert hidden.body() == absent.body()
    assert told(hidden) == told(absent)

    # Neither search nor lists know him.
    for asked in ("Somchai", number):
        stranger.opens("/")
        stranger.searches(asked)
        stranger.does_not_read("Somchai Invented", address.removeprefix(romsai.url))

    # The attempt is on record with who tried, and the auditor reads it; the child's own page was opened by his worker alone.
    tried = [
        page
        for (page,) in romsai.asks(
            "select path from core_refusal r join places_worker w on w.id = r.worker_id where w.name = 'Nilar Hlaing' order by r.id"
        )
    ]
    assert tried == ["cases:case", "cases:tab", "cases:tab", "cases:actions", "cases:note", "cases:case", "cases:case"]
    people("auditor").follows("Refused").reads("Nilar Hlaing")
    worker.opens(address + "who/").reads("Kanda Phairote").does_not_read("Nilar Hlaing")


def told(answer):
    """The headers, but for the time of day."""
    return {name: value for name, value in answer.headers.items() if name not in ("date", "set-cookie", "expires")}
