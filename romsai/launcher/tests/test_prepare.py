"""The roles and the database: what the two logins may do, and that nothing is allowed by accident."""

from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from romsai.core.access import migrating, roles
from romsai.launcher import CannotStart
from romsai.launcher.postgres import FAST_AND_LOSSY, Cluster
from romsai.launcher.prepare import create_database, prepare

DEBIAN = Path("/usr/lib/postgresql/15/bin")  # the oldest that Romsai supports


@pytest.fixture(
    scope="module",
    params=[
        "embedded",
        pytest.param("oldest", marks=pytest.mark.skipif(not DEBIAN.exists(), reason="no PostgreSQL 15 on this machine")),
    ],
)
def admin(request, tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("prepare") / "postgres", FAST_AND_LOSSY)
    if request.param == "oldest":
        cluster._binaries = DEBIAN
    with cluster as admin:
        yield admin


@pytest.fixture(scope="module")
def secrets_dir(admin, tmp_path_factory):
    return tmp_path_factory.mktemp("secrets")


@pytest.fixture
def env(admin, secrets_dir):
    return prepare(admin, "romsai", secrets_dir)


@pytest.fixture
def owner(env):
    with psycopg.connect(env["ROMSAI_OWNER_URL"], autocommit=True) as connection:
        connection.execute("drop table if exists child; create table child (name text)")
        connection.execute("insert into child values ('invented')")
        yield connection


@pytest.fixture
def login(env):
    with psycopg.connect(env["ROMSAI_DB_URL"], autocommit=True) as connection:
        yield connection


def test_preparing_twice_gives_the_same_logins(admin, secrets_dir, env):
    again = prepare(admin, "romsai", secrets_dir)

    assert again == env
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in secrets_dir.iterdir()} == {
        "romsai_login.password": "0o600",
        "romsai_owner.password": "0o600",
    }


def test_new_passwords_after_the_secrets_were_lost(admin, tmp_path, env):
    new = prepare(admin, "romsai", tmp_path)

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(env["ROMSAI_DB_URL"])
    psycopg.connect(new["ROMSAI_DB_URL"]).close()


@pytest.mark.parametrize("scope", roles.SCOPES)
def test_login_takes_a_scope_role_and_only_then_has_its_rights(owner, login, scope):
    owner.execute(f"revoke all on child from public; grant select on child to {scope}")

    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for table child"):
        login.execute("select name from child")
    with login.transaction():
        login.execute(f"set local role {scope}")
        assert login.execute("select name from child").fetchall() == [("invented",)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for table child"):
        login.execute("select name from child")


@pytest.mark.parametrize(
    "statement",
    [
        f"set role {roles.OWNER}",
        f"set role {roles.DEFINER}",
        "set role postgres",
        "create table mine (id int)",
        "create temp table mine (id int)",
        "create schema mine",
        "alter role romsai_login bypassrls",
        "set session_replication_role = replica",
        "copy (select 1) to '/tmp/leak'",
    ],
)
def test_login_has_no_rights_of_its_own(login, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        login.execute(statement)


def test_login_enters_no_other_database(admin, env):
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("drop database if exists other")
        create_database(connection, "other")
        connection.execute("revoke connect on database other from romsai_login")

    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(make_conninfo(env["ROMSAI_DB_URL"], dbname="other"))


def test_owner_makes_extensions_and_gives_functions_to_the_definer(owner):
    owner.execute("create extension if not exists pg_trgm")
    owner.execute("create or replace function seen() returns int language sql security definer as 'select 1'")
    owner.execute(f"grant create on schema public to {roles.DEFINER}; alter function seen() owner to {roles.DEFINER}")

    found = owner.execute("select proowner::regrole::text from pg_proc where proname = 'seen'").fetchone()
    assert found == (roles.DEFINER,)


def test_owner_does_not_pass_by_row_security(owner):
    owner.execute("alter table child enable row level security; alter table child force row level security")

    assert owner.execute("select count(*) from child").fetchone() == (0,)


def test_owner_sees_the_rows_while_tables_are_changed_and_not_after(owner, monkeypatch):
    monkeypatch.setattr(migrating, "connections", {"default": owner})
    owner.execute("drop table if exists tie; alter table child add primary key (name)")
    owner.execute("alter table child enable row level security; alter table child force row level security")

    migrating.step_out("default")
    owner.execute("create table tie (name text); insert into tie select name from child")
    owner.execute("alter table tie add foreign key (name) references child")
    migrating.step_in("default")

    assert owner.execute("select count(*) from tie").fetchone() == (1,)
    assert owner.execute("select count(*) from child").fetchone() == (0,)
    owner.execute("drop table tie")


def test_a_login_that_was_made_superuser_is_put_right(admin, secrets_dir, env):
    attributes = "select rolsuper, rolbypassrls, rolinherit from pg_roles where rolname = 'romsai_login'"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("alter role romsai_login superuser bypassrls inherit")
        prepare(admin, "romsai", secrets_dir)
        assert connection.execute(attributes).fetchone() == (False, False, False)


def test_an_administrator_without_rights_is_told_what_is_missing(admin, tmp_path):
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("drop role if exists clerk; create role clerk login password 'clerk'")
    with pytest.raises(CannotStart, match="may not create Romsai's roles"):
        prepare(make_conninfo(admin, user="clerk", password="clerk"), "elsewhere", tmp_path)


def test_an_ordinary_administrator_is_enough_from_16_on(tmp_path):
    with Cluster(tmp_path / "postgres", FAST_AND_LOSSY) as superuser:
        with psycopg.connect(superuser, autocommit=True) as connection:
            connection.execute("create role keeper login createrole createdb bypassrls password 'keeper'")
        admin = make_conninfo(superuser, user="keeper", password="keeper")

        env = prepare(admin, "romsai", tmp_path)

        assert prepare(admin, "romsai", tmp_path) == env
        with psycopg.connect(env["ROMSAI_DB_URL"]) as login:
            assert login.execute("set local role romsai_scope").statusmessage == "SET"


def test_an_unreachable_server_is_named_as_such(tmp_path):
    with pytest.raises(CannotStart, match="cannot be reached"):
        prepare("host=127.0.0.1 port=1 dbname=postgres user=postgres", "romsai", tmp_path)
