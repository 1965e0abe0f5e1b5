"""Supervision notes: the two sides read them, and nobody else, by no door."""

import pytest
from django.db import DatabaseError, connection, transaction

from romsai.cases import actions as cases
from romsai.cases.models import Exclusion
from romsai.core import access, audit
from romsai.core.actions import Refused
from romsai.core.models import History
from romsai.places.models import Worker
from romsai.workforce import actions, queries
from romsai.workforce.models import CaseSupervision, Supervision
from tests import world as build

EVERYONE = (
    "kham",
    "bua",
    "supervisor",
    "supervisor2",
    "manager",
    "operator",
    "stranger",
    "other_supervisor",
    "officer",
    "carer",
    "coordinator",
    "admin",
    "auditor",
    "analyst",
)


@pytest.fixture
def noted(world):
    """A note on a case that Bua helps on, and one in general, both about Kham by his supervisor."""
    w = world
    case = build.case(w)
    with access.acting(w.supervisor):
        cases.assign(case, by=w.supervisor, worker=w.bua, is_lead=False)
        actions.note_on_case(case, by=w.supervisor, about=w.kham, text="You waited too long.", agreed="Call on Monday.")
        actions.note(by=w.supervisor, about=w.kham, text="You look tired.")
    return case


def readers(w, model):
    """Who reads a row of the table, by Python's filter and by PostgreSQL alone."""
    found = []
    for who in EVERYONE:
        with access.acting(getattr(w, who)):
            table = model._meta.db_table
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(f"select count(*) from {table}")
                    rows = cursor.fetchone()[0]
            except DatabaseError:  # the table is not even theirs to ask
                rows = 0
            if model is CaseSupervision:
                assert model.objects.visible().count() == rows, who
            if rows:
                found.append(who)
    return found


def test_the_worker_and_who_leads_the_worker_read_a_note_and_nobody_else(world, noted):
    assert readers(world, CaseSupervision) == ["kham", "supervisor", "supervisor2"]
    assert readers(world, Supervision) == ["kham", "supervisor", "supervisor2"]
    with access.acting(world.kham):
        assert [(str(note.text), str(note.agreed)) for note in queries.supervision_on(noted)] == [
            ("You waited too long.", "Call on Monday.")
        ]
        assert [str(note.text) for note in queries.supervision_of(world.kham)] == ["You look tired."]


def test_a_sealed_case_an_exclusion_and_leaving_the_case_close_its_notes(world, noted):
    w = world
    with access.system():
        Exclusion.objects.create(case=noted, worker=w.supervisor2, reason="RELATED")
    assert readers(w, CaseSupervision) == ["kham", "supervisor"]
    with access.acting(w.kham):
        cases.seal(noted, by=w.kham)
    assert readers(w, CaseSupervision) == ["kham"]
    with access.acting(w.kham):
        cases.assign(noted, by=w.kham, worker=w.bua)
    assert readers(w, CaseSupervision) == []  # nor the next lead: it was between others


def test_a_worker_writes_to_their_supervisors_and_hears_of_what_they_write(world):
    w = world
    case = build.case(w)
    with access.acting(w.kham):
        actions.note_on_case(case, by=w.kham, about=w.kham, text="I am stuck.")
        actions.note(by=w.kham, about=w.kham, text="I need a week off.")
    for supervisor in (w.supervisor, w.supervisor2):
        with access.acting(supervisor):
            assert [notice.kind for notice in queries.notices(supervisor)] == ["SUPERVISION", "SUPERVISION"]
            assert [str(note.text) for note in queries.supervision_on(case)] == ["I am stuck."]
    with access.acting(w.bua), pytest.raises(access.Forbidden):
        actions.note(by=w.bua, about=w.kham, text="Behind your back.")
    with access.acting(w.supervisor), pytest.raises(Refused, match="does not work on this case"):
        actions.note_on_case(case, by=w.supervisor, about=w.bua, text="x")


def test_a_manager_reads_about_supervisors_and_not_about_their_workers(world, noted):
    w = world
    with access.acting(w.manager):
        actions.note(by=w.manager, about=w.supervisor, text="Nobody over 25, please.")
        assert [str(note.text) for note in queries.supervision_of(w.supervisor)] == ["Nobody over 25, please."]
        assert list(queries.supervision_of(w.kham)) == []
    with access.acting(w.kham):
        assert list(queries.supervision_of(w.supervisor)) == []


def test_a_note_is_sealed_its_reading_is_on_record_and_its_history_is_nobodys(world, noted):
    w = world
    with access.acting(w.kham):
        [str(note.text) for note in queries.supervision_on(noted)]
    with access.acting(w.kham):
        newest = audit.who_looked(noted)[0]
        assert (newest.worker_id, list(newest.reads)) == (w.kham.pk, ["supervision"])
        assert not History.objects.filter(table_name="workforce_casesupervision").exists()
    with access.system(), connection.cursor() as cursor:
        cursor.execute("select text from workforce_casesupervision union select text from workforce_supervision")
        assert all(b"waited" not in bytes(text) and b"tired" not in bytes(text) for (text,) in cursor.fetchall())


def test_who_moves_to_another_team_takes_their_line_along(world, noted):
    w = world
    with access.system():
        Worker.objects.filter(pk=w.kham.pk).update(team=w.team2)
    assert readers(w, Supervision) == ["kham", "supervisor"]  # supervisor as the author
