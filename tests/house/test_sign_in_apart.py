"""Accounts and sessions stay out of reach of SQL that is injected after signing in (docs/decisions/sign-in-is-signed.md)."""

import secrets
from _thread import get_ident

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, OperationalError, connection, transaction
from django.http import HttpResponse, JsonResponse
from django.test import Client
from django.urls import include, path

from romsai.cases import actions as cases
from romsai.cases.models import Case, Note
from romsai.core import access
from romsai.core.access import context as contexts
from romsai.core.access import roles
from romsai.core.access.policy import policy
from romsai.core.keys.client import KeysUnavailable
from romsai.core.sessions import SessionStore
from romsai.places.models import Account
from tests import world as invented
from tests.plugin import admin

PASSWORD = "a long enough pass phrase"
HELD = "declare held cursor with hold for select password from places_account"
attack = {}  # what the page below does: a function of nothing


def attacked(request):
    """A page with a hole: it runs what the attacker likes, in the second phase of a real request."""
    return JsonResponse({"found": attack["run"]()})


def noted(request):
    with access.system():
        case = Case.objects.get()
    cases.write_note(case, by=request.worker, text="A visit")
    return HttpResponse("noted")


urlpatterns = [path("attacked/", attacked), path("noted/", noted), path("", include("romsai.urls"))]


@pytest.fixture
def there(committed, settings):
    """A worker with an account, signed in, in a database where each request is a transaction of its own."""
    settings.ROOT_URLCONF = __name__
    w = invented.build()
    w.case = invented.case(w)
    with access.accounts():
        w.account = Account.objects.create_user("kham@example.org", PASSWORD, worker=w.kham)
    with psycopg.connect(admin(committed), autocommit=True) as plain:
        plain.execute("analyze places_account; analyze django_session")
    w.browser = Client()
    assert w.browser.post("/account/login/", {"login": w.account.email, "password": PASSWORD}).status_code == 302
    return w


def attacking(there, run, method="get"):
    attack["run"] = run
    answer = getattr(there.browser, method)("/attacked/")
    assert answer.status_code == 200
    return answer.json()["found"]


def tried(*statements):
    """What the last statement gives, each sent alone as an attacker with full control would; None if refused."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else cursor.rowcount
    except DatabaseError:
        return None


def own_context():
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('app.ctx')")
        return cursor.fetchone()[0]


def contexts_to_try():
    own = own_context().split(".")
    return ["", ".".join(own), ".".join(["-1", *own[1:]]), f"-1.0.{own[2]}.{own[3]}.{secrets.token_hex(32)}", "-1.0.9999999999.x."]


def test_no_role_and_no_forged_context_reads_or_changes_a_row_of_signing_in(there):
    def run():
        found = []
        for role in roles.SCOPES:
            for context in contexts_to_try():
                become = f"select set_config('role', '{role}', true), set_config('app.ctx', '{context}', true)"
                for table in policy().sign_in:
                    rows = tried(become, f"select 1 from {table}")
                    inner = tried(become, f"select query_to_xml('select 1 from {table}', true, true, '')::text like '%<row>%'")
                    found += [f"{role} {context[:6]} {table}"] if rows or inner == [(True,)] else []
                for change in (
                    "update places_account set password = 'x'",
                    "delete from django_session",
                    "insert into django_session (session_key, session_data, expire_date) values ('mine', 'x', now() + interval '1 day')",
                    "insert into mfa_authenticator (user_id, type, data) select 1, 'totp', '{}'",
                ):
                    found += [f"{role} {context[:6]} {change}"] if tried(become, change) else []
        return found

    assert attacking(there, run) == []
    # The same rows are there for whoever signs in, so that nothing was refused for want of rows.
    with access.accounts():
        assert (Account.objects.count(), Session.objects.count()) == (1, 1)


def test_going_back_to_a_savepoint_gives_no_sign_in(there):
    def run():
        seen = []
        for number in range(connection.savepoint_state + 1):
            with connection.cursor() as cursor:
                try:
                    cursor.execute(f"rollback to savepoint s{get_ident()}_x{number}")
                except DatabaseError:
                    continue
                cursor.execute("select current_setting('app.ctx')")
                uid = cursor.fetchone()[0].split(".")[0]
                cursor.execute("select set_config('role', 'romsai_auth', true)")
                cursor.execute("select count(*) from django_session")
                seen.append([uid, cursor.fetchone()[0]])
        return seen

    # One savepoint lies behind a page that changes something, and it is the second phase's own; behind one that only asks, none.
    assert attacking(there, run, "post") == [[str(there.kham.pk), 0]]


def test_a_cursor_left_open_is_read_at_the_end_by_nobody(there):
    """A cursor WITH HOLD is read at the commit, when the session has been saved: the sign-in must be over by then."""

    def run():
        with connection.cursor() as cursor:
            cursor.execute("select set_config('role', 'romsai_auth', true)")
            cursor.execute(HELD)
        return []

    attacking(there, run)
    with connection.cursor() as cursor:
        cursor.execute("fetch all from held")
        assert cursor.fetchall() == []
        cursor.execute("close held")


def test_statistics_and_the_list_of_running_statements_tell_nothing(there):
    def run():
        become = "select set_config('role', 'romsai_auth', true)"
        values = tried(become, "select 1 from pg_stats where tablename = any(array['places_account', 'django_session'])")
        running = tried("select query from pg_stat_activity where query like '%-1.%'")
        return [values or [], [text for (text,) in running if "pg_stat_activity" not in text]]

    assert attacking(there, run) == [[], []]


def test_the_role_of_the_functions_reads_no_account_either(there, committed):
    with psycopg.connect(admin(committed)) as plain:
        plain.execute(f"set role {roles.DEFINER}")
        for table in policy().sign_in:
            with pytest.raises(psycopg.errors.InsufficientPrivilege), plain.transaction():
                plain.execute(f"select 1 from {table}")


def test_data_and_session_are_kept_together_or_not_at_all(there, monkeypatch):
    def count():
        with access.system():
            return Note.objects.count()

    def gone(*args, **kwargs):
        raise OperationalError("gone")

    before = count()
    with monkeypatch.context() as broken:
        broken.setattr(SessionStore, "save", gone)
        there.browser.raise_request_exception = False
        assert there.browser.get("/noted/").status_code == 500
    assert count() == before
    assert there.browser.get("/noted/").status_code == 200
    assert count() == before + 1


def test_while_nobody_can_sign_who_asks_the_answer_is_that_romsai_cannot_answer(there, monkeypatch):
    def away():
        raise KeysUnavailable("away")

    monkeypatch.setitem(contexts._signing, "key", b"")
    monkeypatch.setitem(contexts._signing, "until", 0)
    monkeypatch.setattr(contexts.keys, "context", away)
    answer = there.browser.get("/account/login/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
