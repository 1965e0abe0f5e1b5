"""A backup that is taken while people write, brought back on an empty machine: everything it holds, and everything acknowledged before it."""

import json
import time
from types import SimpleNamespace

import psycopg

from romsai.launcher import backup
from romsai.launcher.instance import DATABASE, Instance, with_database
from romsai.launcher.postgres import keep
from tests.torture.clients import Book, at_work
from tests.torture.counting import compare, half
from tests.torture.standing import emptied

BEFORE, MEANWHILE = 150, 50  # writes acknowledged before the backup is begun, and at least while it is taken


def torture(romsai, people, seed, say):
    """The figures; `romsai` stands already."""
    folder = emptied("backup")
    folder.mkdir(mode=0o700)
    key, file = folder / "backup.key", folder / "whole.romsai"
    public = backup.new_key(key)
    backup.new_key(folder / "other.key")
    book = Book("backup", 100_000)
    writers = at_work(romsai.port, people["writers"], book, seed, reports=1.0, lost_answers=0)
    _until(lambda: len(book.acknowledged) >= BEFORE)
    before = dict(book.acknowledged)
    told = backup.take(file, public, admin_url=romsai.admin, var=romsai.var)
    taken = time.monotonic()
    _until(lambda: len(book.acknowledged) >= len(before) + MEANWHILE)
    book.wanted = book.sent
    for writer in writers:
        writer.join()

    began = time.monotonic()
    empty = Instance(folder / "empty", "production", say=lambda text: None)
    try:
        empty.take_folder()
        # The wrapping keys are kept elsewhere than the backup, and both are needed.
        keep(empty.secrets / "keys.json", lambda: (romsai.var / "secrets" / "keys.json").read_text())
        empty.start()
        admin = empty.cluster.admin
        refused = _is_refused(lambda: backup.restore(file, folder / "other.key", admin, var=empty.var))
        restored = backup.restore(file, key, admin, var=empty.var)
        restore_s = time.monotonic() - began
        kept = json.loads(empty.run_module("tests.torture.counting").splitlines()[-1])
        with psycopg.connect(with_database(admin, DATABASE)) as plain:
            torn = half(SimpleNamespace(ask=lambda query: plain.execute(query).fetchall()))
    finally:
        empty.stop()
    lost, doubled, strange = compare(before, set(book.acknowledged) | book.unsure, kept["kept"], "backup")
    not_in_it = [at for words, at in book.acknowledged.items() if words not in kept["kept"] and at < taken]
    say(f"backup: {told['bytes'] // 1000} kB of {told['rows']} rows in {told['seconds']:.1f} s while {len(book.acknowledged)} writes came in; brought back in {restore_s:.1f} s")
    return {
        "backup_s": told["seconds"],
        "restore_s": round(restore_s, 1),
        # How old the newest backup is at the moment that it is there; until the next one, everything after it is lost with the machine.
        "rpo_s": round(max((taken - at for at in not_in_it), default=0.0), 1),
        "rows": restored["rows"],
        "same_rows_and_checksums": restored["rows"] == told["rows"] and restored["tables"] == told["tables"],
        "wrong_key_refused": refused,
        "lost": len(lost),
        "doubled": len(doubled),
        "strange": len(strange),
        "half": sum(torn.values()),
        "unreadable": kept["unreadable"],
    }


def _is_refused(attempt):
    try:
        attempt()
    except backup.CannotRestore:
        return True
    return False


def _until(is_so, patience=180):
    deadline = time.monotonic() + patience
    while not is_so():
        if time.monotonic() > deadline:
            raise RuntimeError("The writes do not go on.")
        time.sleep(0.05)

