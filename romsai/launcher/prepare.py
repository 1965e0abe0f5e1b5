"""Creates the database roles and the database: who may log in, and that nobody who does may do anything yet.

What each role may see is not decided here but in the policy table (`manage.py access install`).
"""

import secrets

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from romsai.core.access import roles
from romsai.launcher import CannotStart
from romsai.launcher.postgres import OLDEST, keep

_COLUMNS = {
    "login": "rolcanlogin",
    "inherit": "rolinherit",
    "superuser": "rolsuper",
    "bypassrls": "rolbypassrls",
    "createrole": "rolcreaterole",
    "createdb": "rolcreatedb",
}


def prepare(admin_conninfo, dbname, secrets_dir):
    """Create or repair roles, memberships and database; safe to repeat.

    Returns the environment of the processes: `ROMSAI_DB_URL` (role romsai_login) and `ROMSAI_OWNER_URL` (romsai_owner).
    Passwords are kept in `secrets_dir`. Raises CannotStart if the server is too old or the login may not do this.
    """
    try:
        with psycopg.connect(admin_conninfo, autocommit=True) as admin:
            _check_version(admin)
            for name, attributes in roles.ATTRIBUTES.items():
                _create_role(admin, name, attributes)
            passwords = {name: _give_password(admin, name, secrets_dir) for name in (roles.OWNER, roles.LOGIN)}
            for scope in roles.SCOPES:
                _let_become(admin, roles.LOGIN, scope)
            # ALTER FUNCTION ... OWNER TO asks that the old owner may become the new one.
            for owner in (roles.DEFINER, roles.ERASER):
                _let_become(admin, roles.OWNER, owner)
            create_database(admin, dbname)
            if admin.info.server_version < 160000:
                # There a NOINHERIT owner does not even have the rights of its own database's schema.
                with psycopg.connect(make_conninfo(admin_conninfo, dbname=dbname)) as inside:
                    _run(inside, "alter schema public owner to {}", roles.OWNER)
    except psycopg.OperationalError as error:
        raise CannotStart(f"The database server cannot be reached: {error}") from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise CannotStart(
            "The login in DATABASE_URL may not create Romsai's roles and database. It must be a superuser, or from "
            f"PostgreSQL 16 on have CREATEROLE, CREATEDB and BYPASSRLS. The server said: {error}"
        ) from error
    return {
        "ROMSAI_DB_URL": _conninfo(admin_conninfo, dbname, roles.LOGIN, passwords),
        "ROMSAI_OWNER_URL": _conninfo(admin_conninfo, dbname, roles.OWNER, passwords),
    }


def create_database(admin, dbname, template="template0"):
    """Create a database that only Romsai's two logins may enter, unless it is there."""
    if not admin.execute("select 1 from pg_database where datname = %s", [dbname]).fetchone():
        if not _is_superuser(admin):
            _let_become(admin, "current_user", roles.OWNER)
        _run(
            admin, "create database {} owner {} template {} encoding 'UTF8'",
            dbname, roles.OWNER, template,
        )  # fmt: skip
    _run(admin, "revoke all on database {} from public", dbname)
    _run(admin, "grant connect on database {} to {}", dbname, roles.LOGIN)
    _run(admin, "grant all on database {} to {}", dbname, roles.OWNER)


def _check_version(admin):
    if admin.info.server_version < OLDEST * 10000:
        raise CannotStart(f"The database server is PostgreSQL {admin.info.server_version // 10000}; Romsai needs {OLDEST} or later.")


def _create_role(admin, name, attributes):
    """Also repairs a role whose attributes were changed since: a login that became superuser would see every child."""
    wanted = {word.removeprefix("no"): not word.startswith("no") for word in attributes.split()}
    columns = sql.SQL(", ").join(sql.Identifier(_COLUMNS[word]) for word in wanted)
    found = admin.execute(
        sql.SQL("select {} from pg_roles where rolname = %s").format(columns), [name]
    ).fetchone()  # fmt: skip
    if found is None:
        # An ordinary administrator may leave NOSUPERUSER unsaid but not always say it.
        _run(admin, "create role {} " + attributes.replace("nosuperuser", ""), name)
    elif found != tuple(wanted.values()):
        _run(admin, "alter role {} " + attributes, name)


def _give_password(admin, name, secrets_dir):
    """Hashed by the client library, so that the password is in no log of the server."""
    password = keep(secrets_dir / f"{name}.password", lambda: secrets.token_urlsafe(32))
    hashed = admin.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    admin.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(name), sql.Literal(hashed)))
    return password


def _let_become(admin, member, role):
    """`member` may SET ROLE to `role`, and has nothing of it before doing so."""
    # PostgreSQL 15 decides inheritance by the member alone, and both logins are NOINHERIT.
    terms = " with inherit false, set true" if admin.info.server_version >= 160000 else ""
    who = sql.SQL(member) if member == "current_user" else sql.Identifier(member)
    admin.execute(sql.SQL("grant {} to {}" + terms).format(sql.Identifier(role), who))


def _is_superuser(admin):
    return admin.execute("select rolsuper from pg_roles where rolname = current_user").fetchone()[0]


def _run(admin, statement, *names):
    admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _conninfo(admin_conninfo, dbname, user, passwords):
    return make_conninfo(admin_conninfo, dbname=dbname, user=user, password=passwords[user])
