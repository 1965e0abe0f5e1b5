"""The whole of Romsai as `make run` starts it, with every part killed once."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import types
from datetime import date, timedelta
from pathlib import Path

import pytest

from romsai.launcher import ROOT, supervisor
from romsai.launcher.children import spawn, stop

PATIENCE = 240  # seconds: the first start migrates


class Running:
    """A supervisor of its own folder and port, and what it says."""

    def __init__(self, var, port, **env):
        self.var, self.port, self.lines = var, port, []
        known = {name: os.environ[name] for name in os.environ if not name.startswith(("ROMSAI_", "DJANGO_", "DATABASE_"))}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "romsai.launcher", "run"],
            env=known | {"ROMSAI_VAR": str(var), "ROMSAI_PORT": str(port), "ROMSAI_MODE": "production"} | env,
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        self.lines.extend(iter(self.process.stdout.readline, ""))

    @property
    def said(self):
        return "".join(self.lines)

    def wait_for(self, words):
        deadline = time.monotonic() + PATIENCE
        while words not in self.said:
            assert time.monotonic() < deadline and self.process.poll() is None, self.said
            time.sleep(0.05)

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(60)

    def status(self):
        """The status of the sign-in page, or None while nothing answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", "/account/login/", headers={"Host": "localhost", "X-Forwarded-Proto": "https"})
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    def serves(self):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self.status() == 200:
                return True
            time.sleep(0.2)
        return False

    def children(self):
        """Process ids by what they are: web, worker, keys, postgres."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int(re.search(r"^PPid:\s+(\d+)", (folder / "status").read_text(), re.MULTILINE)[1])
                command = (folder / "cmdline").read_text()
            except OSError:
                continue
            if parent == self.process.pid:
                names = {"gunicorn": "web", "procrastinate": "worker", "core.keys": "keys", "postgres": "database"}
                found |= {name: int(folder.name) for word, name in names.items() if word in command}
        return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    return tmp_path_factory.mktemp("supervised") / "var"


@pytest.fixture(scope="module")
def port():
    return free_port()


@pytest.fixture(scope="module")
def kept():
    """The Romsai that the tests of this file share, until one of them ends it."""
    kept = []
    yield kept
    if kept and kept[0].process.poll() is None:
        kept[0].end()


@pytest.fixture
def running(kept, var, port):
    if not kept or kept[0].process.poll() is not None:
        kept[:] = [Running(var, port, ROMSAI_BEHIND_PROXY="1")]
        kept[0].wait_for("Romsai is ready")
    return kept[0]


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


# One story on three starts, each of which takes five seconds of processor time.


def test_it_serves(running):
    assert running.serves()


def test_the_web_process_does_not_know_how_the_owner_logs_in(running):
    environment = Path(f"/proc/{running.children()['web']}/environ").read_text()

    assert "ROMSAI_DB_URL=" in environment
    assert "ROMSAI_OWNER_URL" not in environment
    assert "DATABASE_URL" not in environment


def test_a_second_start_in_the_same_folder_is_refused_and_the_first_goes_on(running, var):
    second = Running(var, free_port())

    assert second.process.wait(60) == 1
    assert f"Romsai already runs in {var}" in second.said
    assert running.serves()


@pytest.mark.parametrize("name", ["web", "worker", "keys", "database"])
def test_a_killed_part_is_started_again(running, name):
    before = running.children()
    assert set(before) == {"web", "worker", "keys", "database"}

    os.kill(before[name], signal.SIGKILL)

    running.wait_for(f"{name.capitalize()} ended (killed by SIGKILL); starting it again")
    deadline = time.monotonic() + PATIENCE
    while set(after := running.children()) != set(before):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert after[name] != before[name]
    assert running.serves()


def test_after_kill_9_of_the_supervisor_the_next_start_serves_with_a_key_of_today(running, kept, var, port):
    children = running.children()
    running.process.kill()
    running.process.wait()
    keys = var / "secrets" / "keys.json"
    held = json.loads(keys.read_text())
    for key in held["keys"]:
        if key["purpose"] == "context":
            key["rotate_by"] = key["created"] = (date.today() - timedelta(days=1)).isoformat()
    keys.write_text(json.dumps(held))

    again = Running(var, port, ROMSAI_BEHIND_PROXY="1")
    kept[:] = [again]
    again.wait_for("Keys: a new context key for today.")
    assert again.serves()
    assert not set(children.values()) & set(again.children().values())
    states = sorted(key["state"] for key in json.loads(keys.read_text())["keys"] if key["purpose"] == "context")
    assert states == ["current", "previous"]


def test_it_stops_at_ctrl_c_and_starts_again_within_ten_seconds_with_all_up_to_date(running, kept, var, port):
    assert running.serves()
    assert running.end(signal.SIGINT) == 0
    assert running.said.endswith("Stopping.\nStopped.\n")
    assert running.status() is None

    began = time.monotonic()
    again = Running(var, port, ROMSAI_BEHIND_PROXY="1")
    kept[:] = [again]
    again.wait_for("Romsai is ready")
    took = time.monotonic() - began
    print(f"second start: {took:.1f} s")
    assert "Database: up to date." in again.said
    assert again.serves()
    assert took < 20  # ten on a machine of our own; here another test process has the second core


def test_the_demonstration_is_refused_in_a_production_folder(running, var, port):
    assert running.end() == 0
    demo = Running(var, port, ROMSAI_MODE="demo")

    assert demo.process.wait(60) == 1
    assert "were made for mode production" in demo.said


@pytest.fixture
def watch():
    """A supervisor whose parts only sleep, and the names of those it started."""
    started, children = [], []

    def sleeping(name="", *_arguments, **_env):
        started.append(name)
        children.append(spawn(["sleep", "60"]))
        return children[-1]

    instance = types.SimpleNamespace(cluster=types.SimpleNamespace(process=sleeping()), keys=sleeping(), spawn=sleeping)
    instance.restart_database = lambda: setattr(instance.cluster, "process", sleeping("database"))
    made = supervisor.Supervisor(instance, "127.0.0.1", 1, lambda text: None)
    made._start("web")
    made._start("worker")
    started.clear()
    yield made, started
    for child in children:
        stop(child)


def test_while_one_part_rests_before_its_next_try_the_others_are_watched(watch):
    made, started = watch
    made.children["worker"].kill()
    made.children["worker"].wait()
    made._watch()
    assert started == []  # it lived for less than SETTLED, so it waits a second

    made.instance.cluster.process = None  # its last start failed, for example on a full disk
    made._watch()
    assert started == ["database"]

    made.due["worker"] = 0
    made._watch()
    assert started == ["database", "worker"]


def test_the_worker_is_started_again_when_the_clock_was_set_back(watch, monkeypatch):
    made, started = watch
    worker, clock = made.children["worker"], supervisor._clock()
    for step, is_ended in ((86400, False), (86380, False), (0, True)):  # set on, drifting, set back
        monkeypatch.setattr(supervisor, "_clock", lambda step=step: clock + step)
        made._heed_the_clock()
        assert (worker.poll() is not None) == is_ended
    made.pauses["worker"] = (0, 0)
    made._watch()
    assert started == ["worker"]


def test_a_taken_port_is_refused_before_anything_is_started(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        refused = Running(tmp_path / "var", other.getsockname()[1])

        assert refused.process.wait(60) == 1
    assert "is taken by another program" in refused.said
    assert not (tmp_path / "var" / "postgres").exists()
