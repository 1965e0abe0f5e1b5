"""Gives the tests a PostgreSQL and a key process of their own, started as `make run` starts them.

Loaded by `-p tests.plugin` before pytest-django reads the settings. One server serves a whole run; each xdist process works on
its own copy of one database that was migrated once. That database is kept in var/test-cluster under a hash of all it is
made from, and every run starts from a copy of it: a killed run leaves nothing that the next one sees.
"""

import atexit
import contextlib
import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from romsai.core.access import roles
from romsai.launcher import ROOT, CannotStart
from romsai.launcher.instance import DATABASE, Instance, sources_digest, with_database
from romsai.launcher.postgres import Cluster, keep
from romsai.launcher.prepare import create_database

CACHE = ROOT / "var" / "test-cluster"
KEPT = 3  # databases of the latest sources
PREFIX = "romsai-test-"
MEMORY = Path("/dev/shm")  # a disk in memory, where a commit does not wait for the platter; the settings are those of `make run` all the same
ROOM = 6 << 30  # bytes that must be free there
ABANDONED = 600  # seconds: younger folders may belong to a run that is just starting

_instance = None


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config):
    if "PYTEST_XDIST_WORKER" not in os.environ:
        choose_folder()
        if getattr(early_config.known_args_namespace, "numprocesses", None):
            start()
    os.environ.update(environment(f"{DATABASE}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"))


def start():
    """Start server and key process for this run, once; a no-op in an xdist process, whose controller has done it."""
    global _instance
    if _instance or "PYTEST_XDIST_WORKER" in os.environ:
        return
    var = Path(os.environ["ROMSAI_VAR"])
    kept = CACHE / sources_digest()
    is_kept = kept.exists()
    if is_kept:
        _copy(kept / "postgres", var / "postgres")
        _copy(kept / "keys.json", var / "secrets" / "keys.json")
    instance = Instance(var, "test", say=lambda text: None)
    atexit.register(instance.stop)
    try:
        instance.start()
        instance.furnish()
        if not is_kept:
            instance.stop()
            _keep(var, kept)
            instance.start()
    except CannotStart as reason:
        raise pytest.UsageError(f"The tests' database could not be made.\n{reason}") from reason
    _instance = instance


def environment(dbname):
    """The environment of a process that works on this database of the run."""
    var = Path(os.environ["ROMSAI_VAR"])
    logins = {"ROMSAI_DB_URL": roles.LOGIN, "ROMSAI_OWNER_URL": roles.OWNER}
    return {
        "ROMSAI_VAR": str(var),
        "ROMSAI_MODE": "test",
        "ROMSAI_KEYS_SOCKET": str(var / "run" / "keys.sock"),
        "DJANGO_SETTINGS_MODULE": "romsai.settings",
    } | {
        name: make_conninfo(
            host=str(var / "postgres" / "data"), dbname=dbname, user=role,
            password=keep(var / "secrets" / f"{role}.password", lambda: os.urandom(16).hex()),
        )
        for name, role in logins.items()
    }  # fmt: skip


def copy_database(dbname, template=DATABASE):
    """A fresh copy of the migrated database under this name; an old one of that name is dropped."""
    start()
    with psycopg.connect(admin(), autocommit=True) as connection:
        drop_database(dbname)
        create_database(connection, dbname, template)


def drop_database(dbname):
    with psycopg.connect(admin(), autocommit=True) as connection:
        connection.execute(f'drop database if exists "{dbname}" with (force)')


def admin(dbname="postgres"):
    """How a test logs in as the server's superuser, to look at what no role of Romsai may see."""
    return with_database(Cluster(Path(os.environ["ROMSAI_VAR"]) / "postgres").admin, dbname)


def choose_folder():
    """A folder of this run's own in memory or under /tmp, named in ROMSAI_VAR and gone afterwards."""
    for folder in [*Path("/tmp").glob(PREFIX + "*"), *MEMORY.glob(PREFIX + "*")]:  # short, for the sockets
        with contextlib.suppress(FileNotFoundError):  # gone meanwhile, with the run whose it was
            if time.time() - folder.stat().st_mtime > ABANDONED and not _is_running(folder):
                shutil.rmtree(folder, ignore_errors=True)
    has_room = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    folder = tempfile.mkdtemp(prefix=PREFIX, dir=MEMORY if has_room else "/tmp")
    os.environ["ROMSAI_VAR"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)


def _is_running(folder):
    try:
        with open(folder / "run" / "lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _keep(var, kept):
    CACHE.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=".", dir=CACHE))
    _copy(var / "postgres", new / "postgres")
    _copy(var / "secrets" / "keys.json", new / "keys.json")
    try:
        new.rename(kept)
    except OSError:  # another run kept the same
        shutil.rmtree(new)
    for old in sorted(CACHE.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def _copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", source, target], check=True)  # keeps the owner, which PostgreSQL insists on
