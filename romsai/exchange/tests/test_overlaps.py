"""Five programmes keep five lists with columns of their own: who is on several is counted, and nobody is named."""

import io
import uuid

import openpyxl
import pytest

from romsai.cases import actions as cases
from romsai.cases.models import Pair, Sweep
from romsai.cases.pairs import tasks
from romsai.cases.tests.test_pages import browser, text
from romsai.core import access
from romsai.exchange import overlaps
from romsai.exchange.models import Listing, Programme
from romsai.exchange.tests import arrange
from tests import world as build

pytestmark = pytest.mark.django_db(databases=["default", "refusals"])


def workbook(*rows):
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


# Lamai stands on all five, each time spelled by ear; Vandy on two; the others on one each.
LISTS = {
    "School meals": arrange.text("ID,Full name,Sex,Date of birth,Mother,Phone", "1,Lamai Phommachan,F,2012-03-27,Dao Phommachan,+856 20 5551 2345", "2,Vandy Sisouk,M,2010-05-02,Noy Sisouk,", "3,,F,2011,,"),
    "Cash grants": workbook(["beneficiary id", "surname", "first name", "gender", "dob", "mothers name", "mobile"], ["B7", "Pommachan", "Lamay", "female", "27/03/2012", "Dao Pomachan", "020 5551 2345"], ["B8", "Keola", "Toun", "male", "2009", "", ""]),
    "Clinic": arrange.text("รหัส,ชื่อ-นามสกุล,เพศ,วันเกิด,มารดา", "C-1,Lamai Pommachan,หญิง,27/03/2555,Dao Phommachan", "C-2,Wandy Sisuk,ชาย,02/05/2553,Noi Sisouk"),
    "Return of migrants": arrange.text("no;name;age;sex;mother;tel", "9;Lamai Phomachan;14;F;Dao Phommachanh;+8562055512345", "10;Somsak Vilay;not known;M;;"),
    "Village watch": workbook(["full name", "year of birth", "sex", "mother", "phone number"], ["Lamay Phommachanh", 2012, "F", "Dao Phomachan", "+856 20 55512345"], ["Bouasy Lattana", 2015, "F", "", ""]),
}  # fmt: skip


def swept():
    with access.system():
        sweep = Sweep.objects.first()
    assert tasks.work(sweep.pk)


@pytest.fixture
def lists(world):
    made = {}
    for number, (name, content) in enumerate(LISTS.items()):
        by = world.manager
        made[name] = arrange.done("persons", content, by, programme={"name": name, "told_as": f"list {number}"})
    with access.system():
        assert Sweep.objects.count() == 1  # the first list asked for a search; the others waited for it with it
    swept()
    return made


def test_overlaps_are_counted_across_five_lists_and_bad_rows_are_told_row_by_row(world, lists):
    assert arrange.wrong(lists["School meals"]) == {4: [("Full name", "no_name")]}
    assert list(arrange.wrong(lists["Return of migrants"])) == [3]
    with access.system():
        names = {programme.pk: programme.name for programme in Programme.objects.all()}
        counted = {frozenset(names[pk] for pk in lists): n for lists, n in overlaps.histories().items()}
    assert counted == {
        frozenset(LISTS): 1, frozenset({"School meals", "Clinic"}): 1, frozenset({"Cash grants"}): 1, frozenset({"Village watch"}): 1,
    }  # fmt: skip


def test_the_page_of_the_import_tells_counts_and_names_nobody(world, lists):
    upload = lists["Clinic"]
    page = text(browser(world.manager).get(f"/exchange/in/{upload.uuid}/"))
    assert "Known elsewhere" in page and "Village watch" in page and "fewer than 5" in page
    assert "Lamai" not in page.split("Known elsewhere")[1]
    table = text(browser(world.analyst).get("/exchange/overlaps/"))
    assert "list 0" in table and "fewer than 5" in table and "Lamai" not in table
    assert browser(world.kham).get("/exchange/overlaps/").status_code == 404


def test_a_case_counts_but_not_where_it_is_sealed_or_the_asker_is_kept_from_it(world, lists):
    child = {"sex": "F", "birth_year": 2012, "birth_month": 3, "birth_day": 27, "age_basis": "STATED", "names": [{"full": "Lamai Phommachan"}], "contacts": [{"value": "+8562055512345"}]}  # fmt: skip
    case = build.case(world, child=child)
    with access.acting(world.supervisor):
        from romsai.cases.pairs import actions

        actions.sweep(by=world.supervisor, client_key=uuid.uuid4())
    swept()
    with access.system():
        programme = Programme.objects.get(name="Clinic")
        assert Listing.objects.standing().count() == 9

    def told(worker):
        with access.acting(worker):
            return dict(overlaps.of_programme(worker, programme)[1])

    assert "Cases of the register" in told(world.manager)
    with access.acting(world.kham):
        cases.exclude(case, by=world.kham, reason="INTEREST", worker=world.manager)
    assert "Cases of the register" not in told(world.manager)
    assert "Cases of the register" in told(world.supervisor)
    with access.acting(world.kham):
        cases.seal(case, by=world.kham)
    assert "Cases of the register" not in told(world.supervisor)
    with access.acting(world.supervisor):  # a pair with somebody of a list is nobody's to open: who stands there is not read
        assert not Pair.objects.exists()
