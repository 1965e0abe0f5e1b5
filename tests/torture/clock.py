"""The machine's clock is set on by a day, back by two, and right again, for all of Romsai at once, its database included.

Nobody can set the clock of a machine that others use, so a small library (clock.c) is loaded before all others. It needs a C compiler.
"""

import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import psycopg

from tests.torture.clients import Book, Writer
from tests.torture.counting import compare, half
from tests.torture.standing import Standing

DAY = 86400
KNOWN = 1  # second in which the supervisor has seen the new time
PATIENCE = 100  # seconds for what happens each minute


def torture(source, people, seed, say):
    """The figures, or {"skipped": why}."""
    compiler = shutil.which("cc")
    if sys.platform != "linux" or compiler is None:
        return {"skipped": "there is no C compiler; on Debian: apt-get install gcc libc6-dev"}
    with tempfile.TemporaryDirectory(prefix="romsai-clock-", dir="/tmp") as folder:
        os.chmod(folder, 0o755)  # the database's user reads it, too
        clock = Clock(Path(folder), compiler)
        with Standing(source, "clock", clock.env) as romsai:
            return _step(romsai, clock, people, seed, say)


class Clock:
    """`.set(seconds)` sets the clock of everything that runs with `.env`."""

    def __init__(self, folder, compiler):
        library, self.file, self.ahead = folder / "clock.so", folder / "clock", 0
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, Path(__file__).with_name("clock.c")], check=True)
        self.file.write_bytes(bytes(8))
        self.env = {"LD_PRELOAD": str(library), "TORTURE_CLOCK": str(self.file)}

    def set(self, ahead):
        self.ahead = ahead
        with open(self.file, "r+b") as file:
            file.write(struct.pack("=q", ahead))
        time.sleep(KNOWN)


def _step(romsai, clock, people, seed, say):
    book, first = Book("clock", 0), str(uuid.uuid4())
    found = {"steps": 3, "sessions_left_open": 0, "contexts_left_open": 0, "writes_refused": 0}
    writers = [Writer(romsai.port, people["writers"][n], n, book, seed, lost_answers=0) for n in range(3)]

    def write(writer, words, key):
        try:
            is_kept = writer._note(words, key, people["writers"][0]["cases"][0] if writer is writers[0] else writer.told["cases"][0])[1]
        except OSError:
            is_kept = False
        if is_kept:
            book.keep(words)
        else:
            found["writes_refused"] += 1

    def is_open(writer):
        return writer.desk.ask("GET", "/cases/")[0] == 200

    def work(writer, words):
        """A new day: sign in, write, and send once more what was sent on the first day."""
        writer.desk.sign_in(clock.ahead)
        write(writer, f"torture clock {words}", str(uuid.uuid4()))
        reported = writer.write_once("torture clock first report", first)
        found["writes_refused"] += not reported

    work(writers[0], "today")
    book.keep("torture clock first report")
    signed = romsai.run("tests.torture.signed")

    clock.set(DAY)
    found["sessions_left_open"] += is_open(writers[0])
    found["contexts_left_open"] += _is_good(romsai, signed)
    work(writers[1], "tomorrow")
    romsai.kill("worker", None)  # the next one looks at once, and not when the minute of the day before is over
    began = time.monotonic()
    _until(lambda: _alarms(romsai))
    found["alarms_after_s"] = round(time.monotonic() - began)

    clock.set(-DAY)
    found["sessions_left_open"] += is_open(writers[1])
    began = time.monotonic()
    work(writers[2], "yesterday")
    yesterday = int(time.time()) - DAY
    is_done = _until(lambda: romsai.ask("select count(*) from procrastinate_periodic_defers where defer_timestamp between %s and %s", yesterday - 900, yesterday + 900)[0][0])
    found["periodic_work_goes_on"] = bool(is_done)
    found["periodic_work_after_s"] = round(time.monotonic() - began)

    clock.set(0)
    found["sessions_left_open"] += is_open(writers[2])
    found["writes_refused"] += not writers[0].write_once("torture clock first report", first)
    time.sleep(1)
    kept = romsai.run("tests.torture.counting")["kept"]
    lost, doubled, _strange = compare(book.acknowledged, book.unsure, kept, "clock")
    alarms = romsai.ask("select count(*), count(distinct (case_id, facts)) from cases_event where kind = 'LATE'")[0]
    found |= {"writes": len(book.acknowledged), "lost": len(lost), "doubled": len(doubled), "half": sum(half(romsai).values())}
    found |= {"alarms": alarms[0], "alarms_doubled": alarms[0] - alarms[1]}
    say(f"clock: on by a day, back by two, right again: {found}")
    return found


def _alarms(romsai):
    return romsai.ask("select count(*) from cases_deadline where alarmed_at is not null")[0][0]


def _is_good(romsai, signed):
    with psycopg.connect(romsai.admin) as admin:
        admin.execute("select set_config('app.ctx', %s, true)", [signed])
        return admin.execute("select sec.uid() is not null").fetchone()[0]


def _until(is_so):
    deadline = time.monotonic() + PATIENCE
    while not (found := is_so()):
        if time.monotonic() > deadline:
            return None
        time.sleep(0.5)
    return found
