"""The whole way of a file by the pages, as a manager walks it; and what others get."""

import csv
import io
import uuid

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from romsai.core import access
from romsai.exchange import tasks
from romsai.exchange.exports.files import defused
from romsai.exchange.models import Import, Listing, SavedMapping
from romsai.exchange.tests import arrange
from tests.baddays.insiders import sign_in

LIST = arrange.text("รหัส,ชื่อ,เพศ,มา", "A-1,น้อย สมมุติ,หญิง,2555", "A-2,,ชาย,=1+1", "A-3,แดง สมมุติ,ไม่แน่,2554", "A-4,+ดำ สมมุติ,ไม่แน่,")


def send(browser, content=LIST, **more):
    form = {
        "programme": "School meals",
        "told_as": "Welfare North",
        "phone": "",
        "file": SimpleUploadedFile("รายชื่อ.csv", content),
        "client_key": uuid.uuid4(),
    }
    return browser.post("/exchange/in/persons/new/", form | more)


def walk_to_preview(browser):
    answer = send(browser)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    columns = answer["Location"]
    page = browser.get(columns).content.decode()
    assert "น้อย สมมุติ" in page
    assert '<option value="full_name" selected>' in page
    form = {
        "column_0": "number",
        "column_1": "full_name",
        "column_2": "sex",
        "column_3": "born",
        "option_order": "DMY",
        "option_unreadable": "mend",
        "option_archive": "no",
    }
    answer = browser.post(columns, form | {"client_key": uuid.uuid4(), "save_as": "Meals"})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    moving = browser.get(answer["Location"]).content.decode()
    assert "0 rows read" in moving and 'http-equiv="refresh"' in moving
    assert "hx-get" in browser.get(answer["Location"], headers={"HX-Request": "true"}).content.decode()
    _work()
    assert browser.get(answer["Location"], headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    return answer["Location"]


def _work():
    with access.system():
        pk = Import.objects.latest("pk").pk
    tasks.work(pk)


def test_a_manager_brings_a_list_in_mends_it_and_takes_it_back(world):
    browser = sign_in(world.manager)
    assert "People of a programme" in browser.get("/exchange/in/").content.decode()
    place = walk_to_preview(browser)
    page = browser.get(place).content.decode()
    assert "น้อย สมมุติ" in page and "Bring in 1 row" in page
    assert "There is no name." in page and "holds a formula" in page and "“ไม่แน่” is not a sex" in page
    # The word that no list has is given a meaning; the rows are read anew.
    columns = browser.get(f"{place}columns/").content.decode()
    assert "Words that are in no list" in columns
    form = {
        "column_0": "number",
        "column_1": "full_name",
        "column_2": "sex",
        "column_3": "born",
        "option_order": "DMY",
        "option_unreadable": "mend",
        "option_archive": "no",
    }
    browser.post(f"{place}columns/", form | {"word_0": "U", "client_key": uuid.uuid4()})
    _work()
    assert "Bring in 3 rows" in browser.get(place).content.decode()
    assert browser.post(f"{place}start/", {"client_key": uuid.uuid4()}).status_code == 302
    assert "0 of 3 rows" in browser.get(place).content.decode()
    _work()
    page = browser.get(place).content.decode()
    assert "came in" in page and "To be mended" in page
    (heading, line) = csv.reader(io.StringIO(browser.get(f"{place}to-mend/csv/").content.decode("utf-8-sig")))
    assert (heading[:4], line[:4]) == (["รหัส", "ชื่อ", "เพศ", "มา"], ["A-2", "", "ชาย", "'=1+1"])
    assert "There is no name." in line[4] or "holds a formula" in line[4]
    book = openpyxl.load_workbook(io.BytesIO(browser.get(f"{place}to-mend/xlsx/").content))
    assert [cell.data_type for row in book.active.iter_rows() for cell in row if cell.value] == ["s"] * 9
    assert browser.get(f"{place}undo/").status_code == 200
    browser.post(f"{place}undo/", {"client_key": uuid.uuid4()})
    _work()
    assert "taken back" in browser.get(place).content.decode()
    with access.system():
        assert not Listing.objects.standing().exists()
        assert SavedMapping.objects.get().mapping["columns"]["full_name"] == ["ชื่อ"]


def test_the_choices_of_last_time_are_there_for_the_next_file(world):
    browser = sign_in(world.manager)
    walk_to_preview(browser)
    columns = send(browser, arrange.text("มา,เพศ,ชื่อ,รหัส", "2555,หญิง,ใหม่ สมมุติ,A-9"))["Location"]
    page = browser.get(columns).content.decode()
    assert "?saved=Meals" in page
    assert '<option value="born" selected>' in browser.get(f"{columns}?saved=Meals").content.decode()


def test_a_form_that_was_sent_wrongly_says_what_to_do(world):
    browser = sign_in(world.manager)
    empty = send(browser, b"")
    assert (empty.status_code, "The file is empty." in empty.content.decode()) == (422, True)
    assert send(browser).status_code == 302
    again = send(browser)
    assert (again.status_code, "tick the box" in again.content.decode()) == (422, True)
    assert send(browser, again="on").status_code == 302
    twice = browser.post(send(browser, again="on")["Location"], {"column_0": "full_name", "column_1": "full_name"})
    assert (twice.status_code, "Another column is this already." in twice.content.decode()) == (422, True)


def test_a_file_that_is_forgotten_leaves_nothing_of_itself(world):
    browser = sign_in(world.manager)
    place = walk_to_preview(browser)
    assert browser.post(f"{place}discard/", {"client_key": uuid.uuid4()}).status_code == 302
    with access.system():
        upload = Import.objects.get()
        assert (upload.state, upload.parts.count(), upload.rows.filter(given__isnull=False).count()) == ("UNDONE", 0, 0)


@pytest.mark.parametrize("who", ["kham", "supervisor", "coordinator", "analyst", "carer"])
def test_for_everybody_else_there_is_no_such_page(world, who):
    manager = sign_in(world.manager)
    place = walk_to_preview(manager)
    browser = sign_in(getattr(world, who))
    for path in (
        "/exchange/in/",
        "/exchange/in/persons/new/",
        "/exchange/in/areas/new/",
        place,
        f"{place}columns/",
        f"{place}start/",
        f"{place}to-mend/csv/",
    ):
        assert browser.get(path).status_code == 404, path
    assert browser.post(f"{place}start/").status_code == 404
    admin = sign_in(world.admin)
    assert admin.get(place).status_code == 404  # another kind, another agency
    assert admin.get("/exchange/in/persons/new/").status_code == 404


def test_the_line_of_a_list_opens_to_its_own_agency_and_leaves_a_line(world):
    arrange.done("persons", LIST, world.manager)
    with access.acting(world.kham):
        listing = Listing.objects.visible().first()
    opened = sign_in(world.kham).get(f"/exchange/lists/{listing.uuid}/")
    assert (opened.status_code, "น้อย สมมุติ" in opened.content.decode()) == (200, True)
    hidden = sign_in(world.stranger).get(f"/exchange/lists/{listing.uuid}/")
    absent = sign_in(world.other_supervisor).get(f"/exchange/lists/{uuid.uuid4()}/")
    assert (hidden.status_code, hidden.content) == (404, absent.content)
    from django.db import connection

    with access.acting(world.auditor), connection.cursor() as cursor:
        cursor.execute("select worker_id, reads from core_auditline where action = 'read' and reads ? 'identity' order by id desc limit 1")
        worker, reads = cursor.fetchone()
    assert (worker, f"person:{listing.person_id}" in reads) == (world.kham.pk, True)


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx"])
def test_what_goes_back_is_no_formula(text):
    assert defused(text) == f"'{text}"
    assert defused("plain") == "plain"
