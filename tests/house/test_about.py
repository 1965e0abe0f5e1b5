"""What a page is about narrows every answer to those cases, on both sides of the rules, and widens none."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from romsai.cases import actions, queries
from romsai.cases.models import Case
from romsai.core import access
from romsai.core.access.policy import policy
from tests import life
from tests import world as build

TABLES = {model._meta.db_table: model for model in apps.get_models()}


@pytest.fixture
def cases(world):
    """All cases there are: a plain one, one that Bua is kept from, one that is sealed, and one of Bua's."""
    made = [build.case(world), build.case(world), build.case(world, seal=True), build.case(world, worker=world.bua)]
    with access.acting(world.supervisor):
        actions.exclude(made[1], by=world.supervisor, reason="RELATED", worker=world.bua)
    return [case.pk for case in made]


def read(line, *, is_filtered):
    """The keys that are seen of one table: through the filter of the application, or through the row policies alone."""
    rows = TABLES[line.name].objects
    return set((rows.visible() if is_filtered else rows.unfiltered()).order_by().values_list("pk", flat=True))


def of(line, rows, cases):
    """Those of the rows that are about these cases."""
    about = TABLES[line.name].objects.unfiltered().filter(pk__in=rows, **{f"{line.column}__in": cases})
    return set(about.values_list("pk", flat=True))


def test_a_page_sees_what_is_seen_anyway_of_its_cases_and_nothing_else(world, cases):
    noy = life.live(world, lambda name: f"words of {name.lower()}", number=lambda name: "123").case
    with access.system():
        everything = [noy.pk, *cases, *Case.objects.exclude(pk__in=[noy.pk, *cases]).values_list("pk", flat=True)]
    for who in ("kham", "bua", "supervisor", "manager", "nurse", "carer", "stranger", "officer"):
        for is_filtered in (True, False):
            sees_the_same(getattr(world, who), everything, is_filtered)


def sees_the_same(worker, cases, is_filtered):
    tables = [line for line in policy().tables.values() if line.subject in ("case", "person")]
    with access.acting(worker):
        whole = {line.name: read(line, is_filtered=is_filtered) for line in tables}
        for wanted in (cases[:1], cases[1:], cases, []):
            with access.about(wanted):
                found = {line.name: read(line, is_filtered=is_filtered) for line in tables}
            for line in tables:
                assert found[line.name] <= whole[line.name], line.name
                if line.subject == "case" and not line.extra:
                    assert found[line.name] == of(line, whole[line.name], wanted), line.name
                if wanted == cases and line.subject == "person" and not line.extra:
                    assert found[line.name] == whole[line.name], line.name
        assert {line.name: read(line, is_filtered=is_filtered) for line in tables} == whole, "the block has ended"


def test_who_names_cases_to_the_database_gains_none(world, cases):
    with access.acting(world.stranger), connection.cursor() as cursor:
        own = set(Case.objects.unfiltered().values_list("pk", flat=True))
        cursor.execute("select set_config('app.about', %s, true)", ["{" + ",".join(map(str, cases)) + "}"])
        assert set(Case.objects.unfiltered().values_list("pk", flat=True)) == own


def test_another_context_within_the_block_is_not_narrowed(world, cases):
    with access.acting(world.kham), access.about(cases[:1]):
        with access.system():
            assert Case.objects.filter(pk__in=cases).count() == len(cases)
        with access.acting(world.supervisor):
            assert Case.objects.visible().filter(pk=cases[1]).exists()
        assert list(Case.objects.visible().values_list("pk", flat=True)) == cases[:1]


def test_an_error_in_the_block_leaves_no_narrowness_behind(world, cases):
    with access.acting(world.kham):
        with pytest.raises(LookupError), access.about([]):
            raise LookupError
        assert Case.objects.visible().filter(pk=cases[0]).exists()


def test_a_list_is_the_same_however_it_is_worked_out(world, cases, monkeypatch):
    """Read line by line, or counted and sorted by PostgreSQL, as the list of a whole country is."""
    for worker in (world.kham, world.supervisor, world.manager):
        for moment in (timezone.now(), timezone.now() + timedelta(days=60)):
            with access.acting(worker):
                read = _told(worker, moment)
            with monkeypatch.context() as patch, access.acting(worker):
                patch.setattr(queries.Worklist, "MOST", -1)
                assert _told(worker, moment) == read


def _told(worker, now):
    found = []
    for make in (queries.Worklist.own, queries.Worklist.team):
        with make(worker, at=now) as listed:
            made = {name: set(listed.ready_made(name).values_list("pk", flat=True)) for name in listed.counts()}
            orders = {order: [(x.pk, x.next_due, x.next_kind, x.is_asked) for x in listed.in_order(order)[:25]] for order in queries.ORDERS}
            page = [(case.pk, case.next_due, case.next_kind) for case in listed.cases_of(listed.in_order("due")[:25])]
        assert {name: len(rows) for name, rows in made.items()} == listed.counts()
        found.append((listed.counts(), made, orders, page))
    return found
