"""What PostgreSQL itself says about the tables: nothing protected stands open."""

from importlib import import_module

import psycopg
import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from romsai.core import actions
from romsai.core.access import roles
from romsai.core.access.policy import policy
from tests.plugin import admin

ROOMS = ("core", "places", "people", "questionnaires", "cases", "care", "exchange", "papers", "workforce", "retention", "tracing", "web", "api")
JOBS = "procrastinate_"


@pytest.fixture
def catalogue(db):
    with psycopg.connect(admin(connection.settings_dict["NAME"])) as plain:
        yield lambda query, *params: plain.execute(query, params or None).fetchall()


def test_the_migrations_make_what_the_models_say():
    written = MigrationLoader(None, ignore_no_migrations=True)
    left = MigrationAutodetector(written.project_state(), ProjectState.from_apps(apps)).changes(written.graph)
    assert {room: [migration.operations for migration in found] for room, found in left.items()} == {}


def test_every_table_has_its_line_in_the_policy_table(catalogue):
    named = set(policy().tables) | set(policy().open) | set(policy().sign_in) | set(policy().closed)
    there = {
        name for (name,) in catalogue("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')")
    }
    assert {name for name in there - named if not name.startswith(JOBS)} == set()
    assert set(policy().tables) - there == set()


def test_every_protected_table_forces_row_security_and_has_policies(catalogue):
    forced = {name for (name,) in catalogue("select relname from pg_class where relrowsecurity and relforcerowsecurity")}
    protected = set(policy().tables) | {"core_auditline", "core_history", "core_refusal", "core_clientkey"}
    assert protected - forced == set()
    never = {name for (name,) in catalogue("select tablename from pg_policies where policyname = 'never' and permissive = 'RESTRICTIVE'")}
    assert set(policy().tables) - never == set()


def test_every_model_of_ours_is_protected_or_named_as_open():
    open_tables = set(policy().open) | set(policy().closed) | set(policy().sign_in)
    for model in apps.get_models():
        if model._meta.app_label in ROOMS:
            assert model._meta.db_table in set(policy().tables) | open_tables, model


def test_policies_call_functions_only_inside_a_select(catalogue):
    for table, name, using, check in catalogue("select tablename, policyname, qual, with_check from pg_policies"):
        for text in (using or "", check or ""):
            once = text.count("( SELECT sec.") + text.count("( SELECT unnest(sec.")
            assert text.count("sec.") == once, (table, name, text)


def test_definer_functions_fix_their_search_path_and_belong_to_a_role_without_tables(catalogue):
    found = catalogue(
        "select proname, proconfig, proowner::regrole::text from pg_proc where prosecdef and pronamespace = 'sec'::regnamespace"
    )
    assert len(found) > 20
    for name, config, owner in found:
        assert any(c.startswith("search_path=") for c in config or ()), name
        assert owner == (roles.ERASER if name == "erase" else roles.DEFINER), name
    owned = "select count(*) from pg_class where relowner = any(%s::regrole[]) and relkind in ('r', 'v', 'm')"
    assert catalogue(owned, [roles.DEFINER, roles.ERASER]) == [(0,)]


def test_only_one_function_deletes_a_child_and_only_the_system_reaches_it(catalogue):
    able = catalogue(
        "select distinct grantee from information_schema.role_table_grants where privilege_type = 'DELETE' and table_name = any(%s) and grantee <> %s",
        list(policy().tables), roles.OWNER,
    )  # fmt: skip
    assert able == [(roles.ERASER,)]
    assert catalogue("select proname from pg_proc where proowner = %s::regrole", roles.ERASER) == [("erase",)]
    callers = catalogue("select grantee from information_schema.role_routine_grants where routine_name = 'erase' and grantee <> %s", roles.ERASER)
    assert callers == [(roles.SYSTEM,)]
    assert catalogue("select rolname from pg_roles where pg_has_role(rolname, %s, 'set') and not rolsuper and rolname <> %s", roles.ERASER, roles.ERASER) == [(roles.OWNER,)]


def test_no_views_enums_or_rights_that_go_round(catalogue):
    assert (
        catalogue(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm') and not coalesce('security_invoker=true' = any(reloptions), false)"
        )
        == []
    )
    assert (
        catalogue(
            "select c.table_name, c.column_name from information_schema.columns c join pg_type t on t.typname = c.udt_name where t.typtype = 'e' and c.table_schema = 'public' and c.table_name not like %s",
            f"{JOBS}%",
        )
        == []
    )
    for name, superuser, bypass, inherit, create in catalogue(
        "select rolname, rolsuper, rolbypassrls, rolinherit, rolcreaterole from pg_roles where rolname like 'romsai_%'"
    ):
        assert (superuser, create) == (False, False), name
        assert not bypass or name in (roles.DEFINER, roles.ERASER)
        if name == roles.LOGIN:
            assert not inherit


def test_the_login_has_no_rights_of_its_own_and_nobody_may_delete_or_truncate_a_child(catalogue):
    granted = catalogue(
        "select grantee, table_name, privilege_type from information_schema.role_table_grants where table_schema = 'public' and grantee = any(%s)",
        [roles.LOGIN, *roles.SCOPES],
    )
    assert [g for g in granted if g[0] == roles.LOGIN] == []
    assert [g for g in granted if g[1] in policy().tables and g[2] in ("DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")] == []
    assert [g for g in granted if g[0] == roles.PUBLIC and g[1] in policy().tables] == []


def test_every_protected_table_keeps_its_history_by_trigger(catalogue):
    kept = {name for (name,) in catalogue("select tgrelid::regclass::text from pg_trigger where tgname = 'history' and tgenabled = 'O'")}
    assert set(policy().tables) - kept == set()


def test_foreign_keys_point_down_the_rooms():
    for model in apps.get_models():
        if model._meta.app_label not in ROOMS:
            continue
        for field in model._meta.concrete_fields:
            target = field.related_model._meta.app_label if field.is_relation else None
            if target in ROOMS:
                assert ROOMS.index(target) <= ROOMS.index(model._meta.app_label), f"{model.__name__}.{field.name}"


def test_every_action_of_the_policy_table_exists_and_the_other_way_round():
    for room in ROOMS[1:]:
        try:
            import_module(f"romsai.{room}.actions")
        except ModuleNotFoundError as absent:
            assert absent.name == f"romsai.{room}.actions"
    looked_up = {"cases.known_child"}  # a question, not a change; its rule is asked in the query
    assert set(actions.names) == set(policy().actions) - looked_up


def test_no_role_is_named_that_the_code_list_does_not_have():
    from romsai.places import codes

    known = set(codes.get("user_role").codes)
    for line in policy().relations.values():
        assert set(line.roles) <= known
    for line in policy().actions.values():
        assert set(line.roles) <= known
