"""A bad day: every process is killed with kill -9 while a supervisor approves plans. Nothing acknowledged is lost or doubled."""

import contextlib
import http.cookiejar
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import psycopg
import pytest

from romsai.launcher import ROOT
from romsai.launcher.instance import DATABASE, FURNISHED, Instance, with_database
from romsai.launcher.postgres import Cluster
from romsai.launcher.tests.test_supervisor import Running, free_port
from tests import plugin

VICTIMS = ("web worker", "web", "keys", "worker", "database")
PATIENCE = 120  # seconds for one approval to be acknowledged, whatever dies meanwhile
LONGEST_DELAY = 0.25  # seconds between sending the form and the kill: before, in the middle of, and after the work

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture
def folder():
    made = Path(tempfile.mkdtemp(prefix="romsai-kill-", dir="/tmp"))  # short, for the sockets
    yield made / "var"
    shutil.rmtree(made, ignore_errors=True)


def furnish(var, approvals):
    """A folder as `make run` leaves it, with plans that wait; from the tests' own database, so that nothing is migrated again."""
    plugin.start()
    kept = plugin.CACHE / plugin.sources_digest()
    var.mkdir(parents=True)
    subprocess.run(["cp", "-a", kept / "postgres", var / "postgres"], check=True)
    (var / "secrets").mkdir(mode=0o700)
    shutil.copy(kept / "keys.json", var / "secrets" / "keys.json")
    instance = Instance(var, "demo", say=lambda text: None)
    try:
        instance.start()
        with psycopg.connect(with_database(instance.cluster.admin, DATABASE), autocommit=True) as admin:
            admin.execute(f"comment on database {DATABASE} is '{FURNISHED.format(mode='demo', digest=instance._digest())}'")
        said = subprocess.run(
            [sys.executable, "-m", "tests.baddays.scene", str(approvals)],
            env=instance.env,
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        return json.loads(said.stdout.splitlines()[-1])
    finally:
        instance.stop()


class Supervisor:
    """A browser of the supervisor's, as far as forms go: keeps cookies, sends a form again until somebody answers."""

    def __init__(self, url):
        self.url = url
        self.web = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), _Stay())
        self.retries = 0

    def get(self, path):
        deadline = time.monotonic() + PATIENCE
        while True:
            status, text = self._ask(path)
            if status == 200:
                return text
            assert time.monotonic() < deadline, (path, status)
            time.sleep(0.3)

    def signs_in(self, login, password):
        page = self.get("/account/login/")
        status, _text = self._ask(
            "/account/login/", {"csrfmiddlewaretoken": value(page, "csrfmiddlewaretoken"), "login": login, "password": password}
        )
        assert status == 302

    def approves(self, approval, meanwhile):
        """Open the question, send "approved" while something happens, and send the same again until it is acknowledged; then once more."""
        path = f"/cases/approvals/{approval}/"
        page = self.get(path)
        form = {name: value(page, name) for name in ("csrfmiddlewaretoken", "client_key")} | {"status": "APPROVED", "answer": "Agreed."}
        disaster = threading.Thread(target=meanwhile)
        disaster.start()
        deadline = time.monotonic() + PATIENCE
        while self._ask(path, form)[0] != 302:
            assert time.monotonic() < deadline, self._ask(path)
            self.retries += 1
            time.sleep(0.2)
        disaster.join()
        while (again := self._ask(path, form)[0]) != 302:  # a reload of the page that acknowledged it
            assert again in (None, 503) and time.monotonic() < deadline, again
            time.sleep(0.2)

    def _ask(self, path, form=None):
        """(status, text); (None, "") if nothing answered."""
        sent = urllib.parse.urlencode(form).encode() if form else None
        try:
            with self.web.open(urllib.request.Request(self.url + path, sent, {"Referer": self.url}), timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, ""
        except (OSError, http.client.HTTPException):
            return None, ""


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args):
        return None


def value(page, name):
    return re.search(rf'name="{name}" value="([^"]+)"|value="([^"]+)"[^>]*name="{name}"', page)[1]


def kill(running, victim):
    """kill -9 of one part of a running Romsai; the database goes with all its processes, as in a power cut."""
    children = running.children()
    if victim == "web worker":
        os.kill(random.choice(workers_of(children["web"])), signal.SIGKILL)
    elif victim == "database":
        # Each of its processes is a group of its own. First all are held, so that none writes what it still has when it sees the others end.
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in [children["database"], *workers_of(children["database"])]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
    else:
        os.kill(children[victim], signal.SIGKILL)


def workers_of(parent):
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if re.search(rf"^PPid:\s+{parent}$", (folder / "status").read_text(), re.MULTILINE):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def what_is_kept(var):
    """(answers by approval, decisions in the history, lines in the audit, plans in force) as the superuser sees them."""
    with psycopg.connect(with_database(Cluster(var / "postgres").admin, DATABASE)) as admin:
        ask = lambda query: dict(admin.execute(query).fetchall())
        return (
            ask("select uuid::text, status from cases_approval where kind = 'PLAN'"),
            ask("select a.uuid::text, count(*) from core_history h join cases_approval a on a.id = h.row_id where h.table_name = 'cases_approval' and h.old->>'status' = 'REQUESTED' and h.new->>'status' = 'APPROVED' group by 1"),
            ask("select a.uuid::text, count(*) from core_auditline l join cases_approval a on ('case:' || a.case_id) = any(l.subjects) where l.action = 'cases.decide' and a.kind = 'PLAN' group by 1"),
            ask("select a.uuid::text, count(*) from care_plan p join cases_approval a on a.case_id = p.case_id and a.kind = 'PLAN' where p.state = 'APPROVED' group by 1"),
        )  # fmt: skip


@pytest.mark.parametrize("rounds", [1, pytest.param(12, marks=pytest.mark.nightly)])
def test_approvals_survive_the_kill_of_every_process(folder, rounds):
    scene = furnish(folder, rounds * len(VICTIMS))
    running = Running(folder, free_port(), ROMSAI_MODE="demo")
    try:
        running.wait_for("Romsai is ready")
        supervisor = Supervisor(f"http://localhost:{running.port}")
        supervisor.signs_in(scene["login"], scene["password"])
        for approval, victim in zip(scene["approvals"], VICTIMS * rounds, strict=True):

            def disaster(victim=victim):
                time.sleep(random.uniform(0, LONGEST_DELAY))
                kill(running, victim)

            supervisor.approves(approval, disaster)
            deadline = time.monotonic() + PATIENCE
            while not set(running.children()) >= {"web", "worker", "keys", "database"}:
                assert time.monotonic() < deadline, running.said
                time.sleep(0.1)
        supervisor.get("/cases/approvals/")
        kept = what_is_kept(folder)
    finally:
        running.end()
    acknowledged = scene["approvals"]
    lost = [uuid for uuid in acknowledged if kept[0][uuid] != "APPROVED"]
    doubled = [uuid for uuid in acknowledged if any(counts.get(uuid) != 1 for counts in kept[1:])]
    print(
        f"\nkill -9 of {', '.join(VICTIMS)} in {rounds} round(s): {len(acknowledged)} approvals acknowledged, {supervisor.retries} sent again, {len(lost)} lost, {len(doubled)} doubled"
    )
    assert (lost, doubled) == ([], [])
