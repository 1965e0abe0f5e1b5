"""The two phases of a request through the real middleware, and what an answer that says no leaves behind."""

import uuid

import pytest
from django.test import Client

from romsai.core import access
from romsai.places.models import Account
from tests import world as build

PASSWORD = "a long enough pass phrase"


def account(worker):
    with access.accounts():
        return Account.objects.create_user(f"{worker.role.lower()}{worker.pk}@example.org", PASSWORD, worker=worker)


def sign_in(worker):
    """A browser in which the worker has signed in by the form."""
    made, browser = account(worker), Client()
    answer = browser.post("/account/login/", {"login": made.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return browser


def test_signing_in_saves_a_session_and_the_next_page_knows_the_worker(world):
    browser = sign_in(world.kham)
    answer = browser.get("/")
    assert answer.status_code == 200
    assert "Kham" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(world):
    made = account(world.kham)
    answers = [
        Client().post("/account/login/", {"login": login, "password": "wrong wrong wrong wrong"})
        for login in (made.email, "nobody@example.org")
    ]
    bodies = {
        a.content.decode().replace(made.email, "X").replace("nobody@example.org", "X").split("<main")[-1].split("csrf")[0] for a in answers
    }
    assert [a.status_code for a in answers] == [200, 200]
    assert len(bodies) == 1


def test_a_hidden_case_and_an_absent_one_are_the_same_bytes_and_leave_a_refusal(world):
    case = build.case(world)
    browser = sign_in(world.stranger)
    hidden = browser.get(f"/cases/{case.uuid}/")
    absent = browser.get("/cases/00000000-0000-4000-8000-000000000000/")
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.content == absent.content
    assert {k: v for k, v in hidden.headers.items()} == {k: v for k, v in absent.headers.items()}


def test_the_workers_own_case_opens_and_its_reading_is_on_the_record(world):
    case = build.case(world)
    browser = sign_in(world.kham)
    answer = browser.get(f"/cases/{case.uuid}/")
    assert answer.status_code == 200
    assert "Keo Invented" in answer.content.decode()
    from romsai.core import audit

    with access.acting(world.kham):
        newest = audit.who_looked(case)[0]
    assert newest.worker_id == world.kham.pk
    assert "identity" in newest.reads


def test_no_audit_line_no_data(world, monkeypatch):
    from django.db import DatabaseError

    from romsai.core import audit

    case = build.case(world)
    browser = sign_in(world.kham)

    def broken(*args, **kwargs):
        raise DatabaseError("the audit table is full")

    monkeypatch.setattr(audit, "write", broken)
    answer = browser.get(f"/cases/{case.uuid}/")
    assert answer.status_code == 503
    assert "Keo" not in answer.content.decode()


def test_when_the_key_process_is_away_the_page_says_locked_and_leaks_nothing(world, monkeypatch):
    from romsai.core.keys import client

    case = build.case(world)
    browser = sign_in(world.kham)
    client.opened.clear()

    def away(*args, **kwargs):
        raise client.KeysUnavailable("away")

    monkeypatch.setattr(client, "unwrap", away)
    answer = browser.get(f"/cases/{case.uuid}/")
    assert answer.status_code in (200, 503)
    assert "Keo" not in answer.content.decode()


def test_a_write_that_finds_no_room_on_the_disk_is_told_to_come_again_and_leaves_nothing(world, monkeypatch):
    from django.db import OperationalError

    from romsai.cases import actions
    from romsai.cases.models import Note

    case = build.case(world)
    browser = sign_in(world.kham)
    browser.raise_request_exception = False
    form = {"text": "She was calm.", "client_key": str(uuid.uuid4())}

    def full(*args, **kwargs):
        raise OperationalError("could not extend file: No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(actions, "note_event", full)
        answer = browser.post(f"/cases/{case.uuid}/do/note/", form)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "Try again in a few minutes." in answer.content.decode()
    assert browser.post(f"/cases/{case.uuid}/do/note/", form).status_code == 302
    with access.system():
        assert Note.objects.filter(case=case).count() == 1


def test_nobody_signed_in_is_sent_to_the_sign_in_page_and_reads_nothing(world):
    case = build.case(world)
    answer = Client().get(f"/cases/{case.uuid}/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")


def test_a_worker_who_was_switched_off_is_out_at_once(world):
    browser = sign_in(world.kham)
    with access.system():
        world.kham.is_active = False
        world.kham.save()
    assert browser.get("/cases/").status_code == 302


HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize("path", ["/account/login/", "/", "/cases/", "/nowhere/"])
def test_every_answer_carries_the_security_headers(world, path):
    answer = Client().get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
