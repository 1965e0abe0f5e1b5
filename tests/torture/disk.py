"""The database's volume runs full: a small one in memory, which only root can make."""

import os
import subprocess
import time
from contextlib import contextmanager

from tests.torture.clients import Book, at_work
from tests.torture.standing import Standing
from tests.torture.writes import figures

SIZE = "640m"
BEFORE, AFTER = 60, 60  # writes acknowledged before the disk is full, and after there is room again
FULL = 8  # seconds in each of the two kinds of being full
SENTENCE = "Romsai cannot answer now"


def torture(source, people, seed, say):
    """The figures, or {"skipped": why}."""
    if os.geteuid() != 0:
        return {"skipped": "only root can mount a small volume"}
    with _volume() as volume:
        if volume.problem:
            return {"skipped": f"a small volume could not be mounted: {volume.problem}"}
        with Standing(source, "disk", before=volume.mount) as romsai:
            return _fill(romsai, volume, people, seed, say)


def _fill(romsai, volume, people, seed, say):
    book = Book("disk", 100_000)
    writers = at_work(romsai.port, people["writers"], book, seed, lost_answers=0)
    _until(lambda: len(book.acknowledged) >= BEFORE)
    ballast = volume.folder / "ballast"
    with open(ballast, "wb", buffering=0) as file:
        _write_until_full(file)
        time.sleep(FULL)
        in_tables = dict(book.answers)
        # Now the log, too, wants a new file: PostgreSQL stops by itself rather than acknowledge what it cannot keep.
        _switch(romsai)
        time.sleep(FULL)
        _write_until_full(file)
    there = len(book.acknowledged)
    ballast.unlink()
    freed = time.monotonic()
    _until(lambda: len(book.acknowledged) > there)
    serves_again = time.monotonic() - freed
    _until(lambda: len(book.acknowledged) >= there + AFTER)
    book.wanted = book.sent
    for writer in writers:
        writer.join()
    found = figures(romsai, book, [], 0, say)
    refused = {str(status): times for status, times in book.answers.items()}
    say(f"disk full: answers {refused}, of them while only tables could not grow {in_tables}; served again {serves_again:.1f} s after there was room")
    return {
        "refused": refused.get("503", 0),
        "other_answers": {status: times for status, times in refused.items() if status.isdigit() and status != "503"},
        "says_why": SENTENCE in book.pages.get(503, ""),
        "serves_again_s": round(serves_again, 1),
    } | {name: found[name] for name in ("writes", "lost", "doubled", "half", "unreadable")}


def _write_until_full(file):
    piece = b"\0" * 65536
    while piece:
        try:
            file.write(piece)
        except OSError:
            piece = piece[: len(piece) // 2]


def _switch(romsai):
    import psycopg

    for _unused in range(4):
        try:
            with psycopg.connect(romsai.admin, autocommit=True) as admin:
                admin.execute("select pg_switch_wal()")
        except psycopg.Error:
            return


def _until(is_so, patience=180):
    deadline = time.monotonic() + patience
    while not is_so():
        if time.monotonic() > deadline:
            raise RuntimeError("The writes do not go on.")
        time.sleep(0.1)


class _Volume:
    problem = folder = None

    def mount(self, romsai):
        self.folder = romsai.var / "postgres"
        self.folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0755", "tmpfs", self.folder], check=True)


@contextmanager
def _volume():
    volume = _Volume()
    trial = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/mnt"], capture_output=True, text=True, check=False)
    volume.problem = trial.stderr.strip() if trial.returncode else None
    try:
        yield volume
    finally:
        if volume.folder:
            subprocess.run(["umount", volume.folder], check=False)
