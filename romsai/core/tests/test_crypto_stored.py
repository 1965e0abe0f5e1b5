"""Data keys in the database: loaded together, re-wrapped under work, shredded for good."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from romsai.cases.models import Note
from romsai.core import access, crypto
from romsai.core.keys import client, server
from romsai.core.keys.ring import WRAP, Ring, changing
from tests import world as invented

DAY = date(2026, 3, 1)


@pytest.fixture
def notes(world):
    """Three cases with a note each, freshly loaded by their worker, with nothing opened yet."""
    cases = [invented.case(world) for _ in range(3)]
    with access.system():
        for n, case in enumerate(cases):
            Note.objects.create(case=case, key=case.key, text=f"Note {n}", at=world.now, by=world.kham)
    client.opened.clear()
    with access.acting(world.kham):
        yield list(Note.objects.visible().order_by("pk"))


def test_keys_of_many_rows_are_opened_by_one_query(notes):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        crypto.preload(notes)
        texts = [note.text for note in notes]
    assert texts == ["Note 0", "Note 1", "Note 2"]
    assert len(asked) == 1


def test_the_database_holds_no_plain_text(notes):
    with connection.cursor() as cursor:
        cursor.execute("select text from cases_note where id = %s", [notes[0].pk])
        (raw,) = cursor.fetchone()
    assert b"Note" not in bytes(raw)


def test_a_shredded_key_erases_and_cannot_come_back(notes):
    note = notes[0]
    with access.system():
        crypto.shred(note.key)
        assert str(Note.objects.get(pk=note.pk).text) == "erased"
        again = Note.objects.get(pk=note.pk)
        again.text = "New words"
        with pytest.raises(crypto.Unreadable), transaction.atomic():
            again.save()
        crypto.rewrap()
        assert str(Note.objects.get(pk=note.pk).text) == "erased"


@pytest.fixture
def own_process(notes, tmp_path, monkeypatch):
    """A key process of this test's own with the keys of the run, so that turning them disturbs no test beside it."""
    path = tmp_path / "secrets" / "keys.json"
    with changing(path):
        Ring.load(Path(settings.VAR) / "secrets" / "keys.json", "test").save(path)
    monkeypatch.setenv("ROMSAI_KEYS_SOCKET", str(tmp_path / "keys.sock"))
    with server.running(tmp_path / "keys.sock", path, "test"):
        yield path


def test_two_rotations_with_rewrapping_lose_nothing_and_a_retired_key_is_needed_by_nobody(own_process):
    path, failed, readings = own_process, 0, 0
    for _ in range(2):
        with changing(path):
            Ring.load(path, "test").rotated(WRAP, DAY).save(path)
        for step in (lambda: None, lambda: call_command("rewrap_keys")):
            step()
            failed += _read_afresh() != ["Note 0", "Note 1", "Note 2"]
            readings += 3
    ring = Ring.load(path, "test")
    olds = [key.name for key in ring.keys.values() if key.purpose == WRAP and key.state == "previous"]
    with changing(path):
        for name in olds:
            ring = ring.without(name)
        ring.save(path)
    failed += _read_afresh() != ["Note 0", "Note 1", "Note 2"]
    print(f"2 rotations, {readings + 3} readings, {failed} failed, {len(olds)} keys retired")
    assert failed == 0 and len(olds) == 2


def test_a_retired_key_opens_nothing_that_was_not_rewrapped(own_process):
    with changing(own_process):
        ring = Ring.load(own_process, "test")
        ring.rotated(WRAP, DAY).without(ring.wrapping.name).save(own_process)
    client.opened.clear()
    with access.system(), pytest.raises(crypto.Unreadable):
        str(Note.objects.order_by("pk")[0].text)


def _read_afresh():
    client.opened.clear()
    with access.system():
        return [note.text for note in crypto.preload(Note.objects.order_by("pk"))]
