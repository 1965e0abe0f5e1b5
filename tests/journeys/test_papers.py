"""A worker photographs a birth certificate in the yard, with a phone that has no script, and gives the child a card to keep."""

import pikepdf
import pytest

from romsai.papers.tests import arrange
from tests.journeys.work import finds, opens_case, takes_report


@pytest.mark.parametrize("people", ["with script off"], indirect=True)
def test_a_photo_is_kept_clean_and_a_card_is_printed(people, romsai, tmp_path):
    desk = people("operator")
    takes_report(desk, "A girl of nine has never been to school.", names="Bunmi")
    number = opens_case(
        desk, "Bunmi Invented", sex="Female", age=9, concerns=[("Child labour", "Work below the minimum age")], worker="Kanda Phairote"
    )
    worker = people("worker")
    address = finds(worker, number).page.url

    wrong, photo = tmp_path / "certificate.pdf", tmp_path / "certificate.jpg"
    wrong.write_bytes(b"not a PDF at all")
    photo.write_bytes(arrange.with_place())
    worker.opens(address + "papers/").reads("No paper or photo").follows("Add a paper or photo")
    worker.picks("What is it?", "Birth certificate")
    worker.fills("In a few words", "front page")
    worker.page.set_input_files("input[type=file]", wrong)
    worker.presses("Save").reads("The file is not what the ending of its name says.")
    assert (worker.status, worker.value("In a few words")) == (422, "front page")
    worker.page.set_input_files("input[type=file]", photo)
    worker.presses("Save").reads("The file is kept.", "front page", "Not scanned for viruses").follows("front page")
    width = worker.page.locator("img.rs-picture").evaluate("picture => picture.naturalWidth")
    assert width == 40  # turned as the camera meant it
    with worker.page.expect_download() as saved:
        worker.page.get_by_role("link", name="Save the file").click()
    assert saved.value.suggested_filename.endswith(".jpg")
    assert "certificate" not in saved.value.suggested_filename
    assert b"PlantedMaker" not in saved.value.path().read_bytes()

    worker.opens(address + "papers/").follows("Print a paper").reads("Nothing is shared with an agency now.").follows("Card with numbers")
    worker.presses("Make the PDF").reads("The PDF is not kept here")
    with worker.page.expect_download() as saved:
        worker.page.get_by_role("link", name="Save the PDF").click()
    with pikepdf.open(saved.value.path()) as card:
        assert len(card.pages) == 1

    worker.opens(address + "who/").reads("Printed a paper", "Added a paper")
    kept = romsai.asks("select count(*) from papers_identitypaper p join cases_case c on c.id = p.case_id where c.number = %s", number)
    assert kept == [(1,)]
    stranger = people("worker_tha_dao")
    stranger.opens(address + "papers/")
    assert stranger.status == 404
