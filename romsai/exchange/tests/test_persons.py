"""A programme's list comes in: who is found by it, who is told what, and how it is taken back."""

import pytest
from django.db import ProgrammingError

from romsai.cases import queries as cases
from romsai.core import access
from romsai.core.actions import Refused
from romsai.exchange import actions
from romsai.exchange.imports import tables
from romsai.exchange.models import Import, ImportRow, Listing
from romsai.exchange.tests import arrange
from romsai.people.models import Entry, Name, Person
from tests import world as build

LIST = arrange.text(
    "ID,Full name,Sex,Date of birth,Mother,Phone,P-code",
    "M-1,Noy Invented,F,2012-03-27,Dao Invented,+856 20 5551 2345,XX0101",
    "M-2,สมหมาย ใจดี,หญิง,27/03/2555,,,Town",
    "M-3,Somchai,boy,2010,,,",
    "M-4,,M,2010,,,",
)


def test_the_rows_come_in_with_what_they_say_and_the_one_without_a_name_waits(world):
    upload = arrange.done("persons", LIST, world.manager)
    assert (upload.state, arrange.counts(upload)) == ("DONE", {"DONE": 3, "BAD": 1})
    assert arrange.wrong(upload) == {5: [("Full name", "no_name")]}
    with access.system():
        first, second, third = Listing.objects.order_by("pk").select_related("person")
        assert [str(name.full) for name in first.person.names.all()] == ["Noy Invented"]
        assert (first.number, first.person.sex, str(first.person.birth)) == (
            "M-1",
            "F",
            str(Person(birth_year=2012, birth_month=3, birth_day=27).birth),
        )
        assert (first.person.addresses.get().area, first.person.contacts.get().value) == (world.town, "+856 20 5551 2345".replace(" ", ""))
        assert str(first.person.relations.get(kind="MOTHER").relative.names.get().full) == "Dao Invented"
        assert (second.person.birth_year, second.person.birth_month, second.person.birth_day, second.person.sex) == (2012, 3, 27, "F")
        assert (third.person.birth_year, third.person.birth_month) == (2010, None)


def test_titles_above_the_names_of_the_columns_are_passed_over_and_rows_keep_their_numbers(world):
    title = arrange.text("School meals 2026,,,,,,", "", "as of March,,,,,,", "")
    upload = arrange.done("persons", title + LIST, world.manager)
    assert (arrange.counts(upload), arrange.wrong(upload)) == ({"DONE": 3, "BAD": 1}, {8: [("Full name", "no_name")]})
    assert tables.opened(b"name\nNoy\nBua,extra\nDao\n").heading == ["name"]  # no title: nothing of a list is passed over
    assert tables.opened(b"a title\nname\nNoy\n").heading == ["a title"]


def test_nobody_may_read_who_is_on_the_list_and_only_its_agency_sees_that_it_has_lines(world):
    arrange.done("persons", LIST, world.manager)
    for worker in (world.kham, world.supervisor, world.manager, world.operator, world.stranger, world.officer, world.carer):
        with access.acting(worker):
            own = worker in (world.kham, world.supervisor, world.manager, world.operator)
            assert Listing.objects.visible().count() == (3 if own else 0), worker
            assert Name.objects.visible().count() == Name.objects.count() == 0, worker
            assert Entry.objects.count() == 0, worker
            assert Listing.objects.count() == (3 if own else 0), worker
    for worker in (world.coordinator, world.admin, world.auditor):  # their database roles have no right to the tables at all
        with pytest.raises(ProgrammingError, match="permission denied"), access.acting(worker):
            Listing.objects.count()


def test_a_known_child_is_told_to_the_own_agency_with_the_way_there_and_to_others_by_whom_to_ask(world):
    arrange.done("persons", LIST, world.manager)
    with access.acting(world.kham):
        (line,) = cases.known_child(world.kham, names=["Noy Invented"], birth_year=2012).lines
        assert "School meals" in line["text"]
        listing = Listing.objects.visible().get(uuid=line["url"].rstrip("/").rpartition("/")[2])
        opened = actions.open_listing(listing, by=world.kham)
        assert opened.told["names"] == ["Noy Invented"]
        assert opened.told["parents"] == ["Dao Invented"]
    with access.acting(world.stranger):
        (line,) = cases.known_child(world.stranger, names=["Noy Invented"], birth_year=2012).lines
        assert line == {
            "text": "Somebody like this may be known elsewhere. Ask: Welfare North, schools, Welfare North, +85620555.",
            "url": "",
            "reasons": [],
        }
        assert cases.known_child(world.stranger, names=["Noy Invented"]).lines == []  # one fact alone is guessing
        with pytest.raises(access.Forbidden):
            actions.open_listing(listing, by=world.stranger)


def test_whom_a_childs_case_bars_learns_nothing_by_the_list_either(world):
    from romsai.cases.models import Exclusion, Participant

    arrange.done("persons", LIST, world.manager)
    case = build.case(world)
    with access.system():
        listing = Listing.objects.order_by("pk").first()
        Participant.objects.create(case=case, person=listing.person, role="CHILD")
        Exclusion.objects.create(case=case, worker=world.bua, reason="RELATIVE")
    with access.acting(world.bua):
        assert cases.known_child(world.bua, names=["Noy Invented"], birth_year=2012).lines == []
        assert not Listing.objects.filter(pk=listing.pk).exists()


def test_the_same_file_is_told_and_the_same_rows_do_not_come_in_twice(world):
    arrange.done("persons", LIST, world.manager)
    with pytest.raises(Refused, match="This very file was sent on"):
        arrange.uploaded("persons", LIST, world.manager)
    upload = arrange.done("persons", LIST, world.manager, again=True)
    assert arrange.counts(upload) == {"KNOWN": 3, "BAD": 1}
    with access.system():
        assert Listing.objects.count() == 3


def test_taking_it_back_leaves_nothing_to_read_or_find_but_keeps_who_is_in_a_case(world):
    from romsai.cases.models import Participant

    upload = arrange.done("persons", LIST, world.manager)
    case = build.case(world)
    with access.system():
        kept, gone, _third = Listing.objects.order_by("pk").select_related("person")
        Participant.objects.create(case=case, person=kept.person, role="FAMILY")
    upload = arrange.undone(upload, world.manager)
    assert (upload.state, arrange.counts(upload)) == ("UNDONE", {"KEPT": 1, "UNDONE": 2, "BAD": 1})
    with access.system():
        from romsai.core.keys.client import opened

        opened.clear()
        assert str(Name.objects.filter(person=gone.person).first().full) == "erased"
        entry = Entry.objects.get(person=gone.person)
        assert (entry.own, entry.slips, entry.other) == ([], [], [])
        assert str(kept.person.names.first().full) == "Noy Invented"
    again = arrange.done("persons", LIST, world.manager, again=True)
    assert arrange.counts(again) == {"KNOWN": 1, "DONE": 2, "BAD": 1}


def test_after_a_week_it_cannot_be_taken_back_and_what_the_file_said_is_gone(world):
    from datetime import timedelta

    from django.utils import timezone

    from romsai.exchange import tasks

    upload = arrange.done("persons", LIST, world.manager)
    with access.system():
        long_ago = timezone.now() - timedelta(days=8)
        Import.objects.update(uploaded_at=long_ago, worked_at=long_ago, started_at=long_ago)
    with access.acting(world.manager), pytest.raises(Refused, match="seven days"):
        actions.undo_import(upload, by=world.manager)
    tasks.take_up(0)
    with access.system():
        assert upload.parts.count() == 0
        assert ImportRow.objects.filter(given__isnull=False).count() == ImportRow.objects.filter(facts__isnull=False).count() == 0


@pytest.mark.parametrize("who", ["kham", "supervisor", "operator", "admin", "coordinator", "analyst", "carer", "auditor"])
def test_only_a_manager_brings_people_in(world, who):
    with pytest.raises(access.Forbidden):
        arrange.uploaded("persons", LIST, getattr(world, who))


def test_another_agencys_manager_reaches_no_import_of_ours(world):
    from romsai.exchange import queries
    from romsai.places.models import Worker

    upload = arrange.checked("persons", LIST, world.manager)
    with access.system():
        other = Worker.objects.create(name="Other", role="MANAGER", agency=world.other)
    with access.acting(other):
        assert queries.import_or_none(other, upload.uuid) is None
        with pytest.raises(access.Forbidden):
            actions.start_import(upload, by=other)


def test_a_row_that_says_something_unreadable_comes_in_without_it_if_the_importer_says_so(world):
    content = arrange.text("name,sex,dob", "Keo,blue,2012-13-40", "Mai,F,2013")
    held = arrange.done("persons", content, world.manager, unreadable="mend")
    assert arrange.wrong(held) == {2: [("sex", "sex"), ("dob", "no_such_day")]}
    taken = arrange.done("persons", content, world.manager, unreadable="leave", again=True)
    assert arrange.counts(taken) == {"DONE": 1, "KNOWN": 1}
    with access.system():
        assert [kept["code"] for kept in taken.rows.get(number=2).wrong] == ["sex", "no_such_day"]
