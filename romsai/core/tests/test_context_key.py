"""The key that signs who is asking is renewed while people work, and nobody notices."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection, connections

from romsai.cases.models import Case
from romsai.core import access
from romsai.core.access import context as contexts
from romsai.core.keys import client, server
from romsai.core.keys.ring import Ring
from romsai.launcher import ROOT
from tests import world as invented
from tests.plugin import admin
from tests.running import as_copy

# To start a process of the owner's for each renewal would take longer than all that it does.
OWNER = """
import django; django.setup()
from django.core.management import call_command
while input():
    call_command("access", "renew")
"""
YESTERDAY = date.today() - timedelta(days=1)


class Keys:
    """A key process of this test's own, so that no other test meets a key that its database does not know."""

    def __init__(self, folder, database):
        self.folder, self.database, self._owner = folder, database, None
        self.file = folder / "secrets" / "keys.json"

    def age(self):
        """As if the key that signs now were of yesterday."""
        held = json.loads(self.file.read_text())
        for key in held["keys"]:
            if key["purpose"] == "context":
                key["created"] = YESTERDAY.isoformat()
        self.file.write_text(json.dumps(held))

    def renew(self):
        """The command of the launcher, as the owner; returns what it says."""
        if not self._owner:
            env = os.environ | {"ROMSAI_VAR": str(self.folder), "ROMSAI_DB_AS": "owner", "ROMSAI_OWNER_URL": as_copy(self.database).owner}
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
            self._owner = subprocess.Popen([sys.executable, "-c", OWNER], cwd=ROOT, env=env, **pipes)
        self._owner.stdin.write("renew\n")
        return self._owner.stdout.readline().strip()

    def close(self):
        if self._owner:
            self._owner.communicate("\n")

    def known(self):
        """What the database knows: for each key, oldest first, whether it has an end."""
        with psycopg.connect(admin(self.database)) as plain:
            return [ends for (ends,) in plain.execute("select until is not null from sec.ctx_key order by kid")]


@pytest.fixture
def keys(committed, tmp_path, monkeypatch):
    (tmp_path / "secrets").mkdir(mode=0o700)
    shutil.copy2(Path(os.environ["ROMSAI_VAR"]) / "secrets" / "keys.json", tmp_path / "secrets" / "keys.json")
    socket = tmp_path / "keys.sock"
    monkeypatch.setenv("ROMSAI_KEYS_SOCKET", str(socket))
    monkeypatch.setattr(contexts, "REMEMBERED", 0)  # every signature asks which key is the one of now
    with server.running(socket, tmp_path / "secrets" / "keys.json", "test"), closing(Keys(tmp_path, committed)) as made:
        yield made
    contexts._signing.update(key=b"", until=0.0)


def uid_of(signed):
    with connection.cursor() as cursor:
        cursor.execute("select set_config('role', 'romsai_scope', false), set_config('app.ctx', %s, false)", [signed])
        cursor.execute("select sec.uid()")
        found = cursor.fetchone()[0]
        cursor.execute("select set_config('role', 'none', false), set_config('app.ctx', '', false)")
    return found


def test_two_renewals_under_load_fail_no_read(keys):
    world = invented.build()
    invented.case(world)
    seen, signers, stop = [], set(), threading.Event()

    def read():
        try:
            while not stop.wait(0.01):
                signers.add(client.context().name)
                with access.acting(world.kham):
                    seen.append(Case.objects.visible().count())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as threads:
        readers = [threads.submit(read) for _unused in range(3)]
        try:
            for number in range(2):
                keys.age()
                assert keys.renew().startswith("Contexts are now signed with context-")
                deadline = time.monotonic() + 60
                while (len(signers) < number + 2 or len(seen) < 60) and time.monotonic() < deadline:
                    time.sleep(0.01)
        finally:
            stop.set()
    for reader in readers:
        reader.result()  # raises what went wrong there
    failed = len([count for count in seen if count != 1])
    print(f"\nreads while the context key was renewed twice: {len(seen)}, failed {failed}")
    assert (failed, len(signers), len(seen) > 50) == (0, 3, True)
    assert keys.known() == [True, True, False]


def test_what_was_signed_before_stays_good_for_a_while_and_not_for_ever(keys):
    world = invented.build()
    before = contexts.sign(world.kham.pk, world.kham.pk)
    keys.age()
    keys.renew()
    assert uid_of(before) == world.kham.pk
    with psycopg.connect(admin(keys.database), autocommit=True) as plain:
        left = plain.execute("select extract(epoch from until - now()) from sec.ctx_key where until is not null").fetchone()[0]
        assert contexts.LIFETIME + 300 < left <= 20 * 60
        plain.execute("update sec.ctx_key set until = now() - interval '1 second' where until is not null")
    assert uid_of(before) is None
    assert uid_of(contexts.sign(world.kham.pk, world.kham.pk)) == world.kham.pk


def test_one_a_day_and_one_that_was_stopped_half_way_is_brought_to_its_end(keys):
    keys.age()
    ring = Ring.load(keys.file, "test").announced(date.today())
    ring.save(keys.file)
    assert keys.renew() == f"Contexts are now signed with {ring.next_context().name}."
    assert keys.renew() == "The context key is of today."
    assert keys.known() == [True, False]
