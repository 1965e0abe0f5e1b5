"""An import with bad rows, its job killed with kill -9 half-way and taken up again: the good ones in, the bad ones listed, 0 half, 0 doubled."""

import random
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest

from romsai.core import access
from romsai.exchange import actions, tasks
from romsai.exchange.models import Import, ImportRow, Listing
from romsai.exchange.tests import arrange
from romsai.launcher import ROOT
from romsai.launcher.children import spawn, stop
from romsai.people.models import Entry, Name, Person
from tests import world as build
from tests.running import WORKER, as_copy

PATIENCE = 240  # seconds
KILLS = 2


def the_list(rows, bad):
    lines = ["number,name,sex,date of birth"]
    for number in range(1, rows + 1):
        name = "" if number % (rows // bad) == 0 else f"Invented {number:05d}"
        lines.append(f"C-{number},{name},{'FM'[number % 2]},{2008 + number % 10}-0{1 + number % 9}-1{number % 9}")
    return "\n".join(lines).encode()


def job_process(database):
    env = as_copy(database).env | WORKER
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return spawn([sys.executable, ROOT / "manage.py", "procrastinate", "--skip-checks", "worker"], env=env, cwd=ROOT, **quiet)


def rows_in():
    with access.system():
        return ImportRow.objects.filter(state=ImportRow.State.DONE).count()


def wait_until(is_so):
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, "the job does not move"
        time.sleep(0.1)


@pytest.mark.parametrize(("rows", "bad"), [(1500, 15), pytest.param(5000, 40, marks=pytest.mark.nightly)])
def test_a_killed_import_is_taken_up_again_with_nothing_half_and_nothing_twice(committed, rows, bad):
    world = build.build()
    upload = arrange.checked("persons", the_list(rows, bad), world.manager)
    with access.acting(world.manager):
        actions.start_import(upload, by=world.manager)
    seen = []
    for kill in range(KILLS):
        worker = job_process(committed)
        try:
            wait_until(lambda goal=(kill + 1) * rows // 4: rows_in() > goal)
            time.sleep(random.uniform(0, 0.3))
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        seen.append(rows_in())
        assert arrange.now(upload).state == Import.State.RUNNING
        with access.system():  # as if the minute had passed after which an import that stands still is looked for
            Import.objects.update(worked_at=arrange.now(upload).worked_at - timedelta(minutes=1))
        tasks.take_up(0)
    worker = job_process(committed)
    try:
        wait_until(lambda: arrange.now(upload).state == Import.State.DONE)
    finally:
        stop(worker)
    assert arrange.counts(upload) == {"DONE": rows - bad, "BAD": bad}
    assert {mistake for row in arrange.wrong(upload).values() for mistake in row} == {("name", "no_name")}
    with access.system():
        listed = [listing.number for listing in Listing.objects.all()]
        half = (
            Person.objects.filter(names=None).count()
            + Person.objects.filter(entry=None).count()
            + Person.objects.filter(listings=None).count()
        )
        assert (len(listed), len(set(listed)), half) == (rows - bad, rows - bad, 0)
        assert Person.objects.count() == Name.objects.count() == rows - bad
        assert Entry.objects.exclude(own=[]).count() == rows - bad
    print(
        f"\nkilled with {seen} of {rows - bad} rows in: {len(listed)} in, {bad} listed, {half} half, {len(listed) - len(set(listed))} doubled"
    )
