"""Fixtures that run things: the database, copies of it for tests that commit, a whole Romsai, a browser."""

import itertools
import os
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections import namedtuple
from contextlib import contextmanager
from pathlib import Path

import pytest

from romsai.launcher import ROOT
from romsai.launcher.children import hold, spawn, stop
from tests import plugin

WORKER = {"ROMSAI_DB_AS": "worker"}
# The headless shell draws the same pages as the whole browser for a quarter of the processor time.
CHROMIUMS = [Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium")]

_numbers = itertools.count(1)

Copy = namedtuple("Copy", "name login owner env")
Live = namedtuple("Live", "url env database log workers")


@pytest.fixture(scope="session")
def django_db_setup(request):
    """Instead of pytest-django's: a copy of the migrated database, used as romsai_login as in the real system."""
    from django.db import connections

    name = connections["default"].settings_dict["NAME"]
    plugin.copy_database(name)
    yield
    connections.close_all()
    plugin.drop_database(name)


@pytest.fixture
def database_copy():
    """A database of its own for a test that commits: `.login` and `.owner` are conninfos, `.env` for a process."""
    with copied() as copy:
        yield copy


@pytest.fixture(scope="module")
def live_romsai():
    """A web server and a job worker on a fresh copy of the demonstration: `.url` for the browser, `.env` for commands."""
    with copied(template=furnished("demo", [ROOT / "manage.py", "load_demo"])) as copy, serving(copy) as live:
        yield live


@pytest.fixture
def live_world(committed):
    """The invented world of tests/world.py, committed, and a web server and a job worker on it: (live, world)."""
    from tests.world import build

    world = build()
    with serving(as_copy(committed)) as live:
        yield live, world


@contextmanager
def committing(blocker):
    """Points this process's connections at a database of its own, and back; yields its name."""
    from django.db import connections

    name = f"romsai_{uuid.uuid4().hex[:12]}"
    plugin.copy_database(name)
    before = {alias: connections.settings[alias]["NAME"] for alias in connections.settings}
    with blocker.unblock():
        _point(connections, dict.fromkeys(before, name))
        yield name
        _point(connections, before)
    plugin.drop_database(name)


def _point(connections, names):
    connections.close_all()
    for alias, name in names.items():
        connections.settings[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name


@pytest.fixture(scope="session")
def chromium():
    """The machine's Chromium, headless, as Playwright's Browser: `chromium.new_context(viewport=…)` for each person."""
    from playwright.sync_api import sync_playwright

    found = next((path for path in CHROMIUMS if path.exists()), None)
    if found is None:
        pytest.fail("The journeys need Chromium. On Debian: apt-get install chromium-headless-shell")
    # Playwright runs an event loop in this thread, and Django would refuse the database there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        # Chromium's own sandbox does not work for root, as whom continuous integration runs.
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield browser
        browser.close()


@contextmanager
def serving(copy):
    """A web server and a job worker on this copy of a database."""
    port = _free_port()
    env = copy.env | {"ROMSAI_HOSTS": "localhost,127.0.0.1"}
    log_path = os.path.join(env["ROMSAI_VAR"], f"{copy.name}.log")
    with open(log_path, "ab") as log:
        common = {"env": env | {"ROMSAI_DB_AS": "web"}, "cwd": ROOT, "stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
        gunicorn = [
            sys.executable,
            "-m",
            "gunicorn",
            "--no-control-socket",
            "--worker-class=gthread",
            "--threads=4",
            "--graceful-timeout=2",
        ]
        web = spawn([*gunicorn, f"--bind=127.0.0.1:{port}", "romsai.wsgi:application"], **common)
    live = Live(f"http://localhost:{port}", env, copy.name, log_path, [])
    works_on(live)
    try:
        _wait_for(f"http://localhost:{port}/", web, log_path)
        yield live
    finally:
        for child in (web, *live.workers):
            stop(child)


def works_on(live):
    """Another job worker, where the first was killed; it ends with the web server."""
    with open(live.log, "ab") as log:
        quiet = {"cwd": ROOT, "stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
        live.workers.append(spawn([sys.executable, ROOT / "manage.py", "procrastinate", "--skip-checks", "worker"], env=live.env | WORKER, **quiet))


def as_copy(name):
    """How to reach a database that a test has made."""
    ours = plugin.environment(name)
    login, owner = ours.pop("ROMSAI_DB_URL"), ours.pop("ROMSAI_OWNER_URL")
    inherited = {name: os.environ[name] for name in os.environ.keys() - {"ROMSAI_OWNER_URL", "ROMSAI_DB_AS"}}
    return Copy(name, login, owner, inherited | ours | {"ROMSAI_DB_URL": login})


class copied:
    """A database of its own, gone afterwards: `with copied() as copy`."""

    def __init__(self, template=plugin.DATABASE):
        self.template = template

    def __enter__(self):
        self.name = f"copy_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{next(_numbers)}"
        plugin.copy_database(self.name, self.template)
        return as_copy(self.name)

    def __exit__(self, *_):
        plugin.drop_database(self.name)


def furnished(name, command):
    """The name of a database furnished by a command of Python's, made once a run by whichever process needs it first."""
    import psycopg

    plugin.start()
    lock = None
    while lock is None:
        try:
            lock = hold(os.path.join(os.environ["ROMSAI_VAR"], "run", f"{name}.lock"), "")
        except plugin.CannotStart:
            time.sleep(0.2)
    with lock, psycopg.connect(plugin.admin(), autocommit=True) as admin:
        if not admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            plugin.copy_database(f"{name}_new")
            env = os.environ | plugin.environment(f"{name}_new")
            subprocess.run([sys.executable, *command], check=True, env=env, cwd=ROOT, stdout=subprocess.DEVNULL)
            admin.execute(f"alter database {name}_new rename to {name}")
    return name


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(url, web, log_path):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and web.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=20)
            return
        except urllib.error.HTTPError:
            return  # it answers, which is all we ask here
        except OSError:
            time.sleep(0.1)
    with open(log_path) as log:
        pytest.fail("The web server did not start:\n" + log.read()[-3000:])
