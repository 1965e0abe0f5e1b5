"""An export that needs a second person: names leave only encrypted, after somebody of another team has agreed, and stand on the child's record."""

import csv
import io

import pyrage
import pytest

from tests.journeys.conftest import PASSWORD
from tests.journeys.test_import import waits_for
from tests.journeys.work import finds, opens_case, takes_report

WHY = "The hospital prepares vaccinations at school and calls each child by name."


@pytest.mark.parametrize("people", ["with a finger"], indirect=True)
def test_an_export_that_needs_a_second_person(people, romsai):
    desk = people("operator")
    takes_report(desk, "Two children sort rubbish instead of going to school.", names="Pim")
    number = opens_case(desk, "+Pim Invented", age=11, concerns=[("Child labour", "Work below the minimum age")], worker="Kanda Phairote")
    secret = pyrage.x25519.Identity.generate()

    worker = people("worker")
    worker.opens("/").follows("Take out")
    worker.reads("A new export").follows("My caseload")
    worker.ticks("Names, day of birth, numbers of papers, telephones")
    worker.fills("What is it for?", WHY).fills("Who receives the file?", "Hospital of Dok Fa, child ward")
    worker.fills("The recipient’s age key", "age1notakey").presses("Take out")
    worker.reads("The key is not whole").fills("The recipient’s age key", str(secret.to_public())).presses("Take out")
    worker.reads("Asked. As soon as a second person has agreed", "Waits for a second person", WHY)

    # Not the supervisor of the same team: for her there is no such proposal.
    assert romsai.asks("select count(*) from exchange_export") == [(0,)]
    address = worker.page.locator("section[aria-labelledby=waiting] a").first.get_attribute("href")
    assert people("supervisor").opens(address).status == 404
    second = people("manager")
    second.opens("/").reads("Needs a second person").follows("Export: ")
    if "reauthenticate" in second.page.url:
        second.fills("Password", PASSWORD).presses("Confirm")
    second.reads(WHY, "Hospital of Dok Fa", "My caseload", "All open cases", str(secret.to_public()), "Its fingerprint")
    assert "Pim" not in second.text() and number not in second.text()
    second.chooses("Your answer", "Yes, do this").presses("Send").reads("Confirmed and done.")

    worker.opens("/exchange/out/").follows("1 case" if len(_hers(romsai)) == 1 else f"{len(_hers(romsai))} cases")
    waits_for(worker, "Fetch the file").reads("How the recipient opens it", WHY)
    with worker.page.expect_download() as saved:
        worker.page.get_by_role("link", name="Fetch the file").click()
    assert saved.value.suggested_filename.endswith(".csv.age")
    content = saved.value.path().read_bytes()
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(content, [pyrage.x25519.Identity.generate()])
    rows = list(csv.DictReader(io.StringIO(pyrage.decrypt(content, [secret]).decode("utf-8-sig"))))
    assert {row["Case"] for row in rows} == _hers(romsai) and len(rows) == len(_hers(romsai))
    assert next(row for row in rows if row["Case"] == number)["Name"] == "'+Pim Invented"

    finds(worker, number).follows("Who has looked")
    worker.reads("Wrote an export with the child’s name", "Fetched the file of an export")


def _hers(romsai):
    """Numbers of the open cases that are Kanda's and not sealed."""
    found = romsai.asks(
        """select c.number from cases_case c join cases_assignment a on a.case_id = c.id join places_worker w on w.id = a.worker_id
        where w.name = 'Kanda Phairote' and a.until_at is null and not c.sealed and c.state not in ('CLOSED', 'TRANSFERRED', 'MERGED')"""
    )
    return {number for (number,) in found}
