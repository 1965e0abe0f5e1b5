"""Signing in and staying signed in: what it takes, how long it lasts, and what it tells a stranger (nothing)."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from romsai.core import access
from romsai.core.sessions import SessionStore, stored
from romsai.places.models import Account

PASSWORD = "a long enough pass phrase"
WORK = "/cases/"
LOGIN = "/account/login/"


def account(worker):
    with access.accounts():
        return Account.objects.create_user(f"{worker.role.lower()}{worker.pk}@example.org", PASSWORD, worker=worker)


def send(browser, email, password=PASSWORD):
    return browser.post(LOGIN, {"login": email, "password": password})


@pytest.fixture
def kham(world):
    return account(world.kham)


@pytest.fixture
def browser(kham):
    browser = Client()
    assert send(browser, kham.email).status_code == 302
    return browser


def is_in(browser):
    answer = browser.get(WORK)
    assert answer.status_code == 200 or answer["Location"].startswith(LOGIN)
    return answer.status_code == 200


def now_code(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


# how long a session lasts


def test_a_session_ends_after_twenty_idle_minutes_and_not_while_it_is_used(kham):
    with time_machine.travel(timezone.now()) as clock:
        browser = Client()
        send(browser, kham.email)
        for _unused in range(3):
            clock.shift(timedelta(minutes=19))
            assert is_in(browser)
        clock.shift(timedelta(minutes=20, seconds=1))
        assert not is_in(browser)


@pytest.mark.parametrize("page", [WORK, "/account/2fa/"])
def test_a_session_ends_twelve_hours_after_signing_in_however_busy_it_was(kham, page):
    with time_machine.travel(timezone.now()) as clock:
        browser = Client()
        send(browser, kham.email)
        for _unused in range(40):
            assert is_in(browser)
            clock.shift(timedelta(minutes=18))
        answer = browser.get(page)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, LOGIN)
        assert not is_in(browser)


def test_a_session_from_before_the_clock_was_set_back_is_over(kham):
    with time_machine.travel(timezone.now() + timedelta(days=1)) as clock:  # back to the database's own time, which is not set
        browser = Client()
        send(browser, kham.email)
        assert is_in(browser)
        clock.shift(timedelta(minutes=-4))
        assert is_in(browser)
        clock.shift(timedelta(days=-1))
        assert not is_in(browser)
        send(browser, kham.email)
        assert is_in(browser)


def test_signing_out_ends_it_and_the_old_cookie_is_worth_nothing(browser):
    stolen = Client()
    stolen.cookies["romsai_session"] = browser.cookies["romsai_session"].value
    assert is_in(stolen)
    browser.post("/account/logout/")
    assert not is_in(browser)
    assert not is_in(stolen)


def test_a_new_password_ends_all_other_sessions(kham, browser):
    other = Client()
    send(other, kham.email)
    assert is_in(other)
    new = "another and even longer phrase"
    assert browser.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}).status_code == 302
    assert is_in(browser)
    assert not is_in(other)


# taking over a session


def test_a_session_that_was_planted_beforehand_is_not_the_one_signed_in(kham):
    with access.accounts():
        planted = SessionStore()
        planted["planted"] = "by a stranger"
        planted.save()
    browser = Client()
    browser.cookies["romsai_session"] = planted.session_key
    send(browser, kham.email)
    assert is_in(browser)
    assert browser.cookies["romsai_session"].value != planted.session_key
    stranger = Client()
    stranger.cookies["romsai_session"] = planted.session_key
    assert not is_in(stranger)


def test_whoever_reads_the_table_of_sessions_cannot_use_what_they_read(browser):
    key = browser.cookies["romsai_session"].value
    with access.accounts():
        rows = list(Session.objects.all())
    assert [row.session_key for row in rows] == [stored(key)]
    assert key not in "".join(row.session_data for row in rows)
    thief = Client()
    thief.cookies["romsai_session"] = rows[0].session_key
    assert not is_in(thief)


# guessing


def test_after_five_wrong_passwords_even_the_right_one_waits_and_the_answer_says_so(kham):
    guesser = Client()
    for number in range(5):
        assert "Too many failed tries" not in send(guesser, kham.email, f"wrong guess number {number}").content.decode()
    answer = send(guesser, kham.email)
    assert answer.status_code == 200
    assert "Too many failed tries. Wait five minutes, then try again." in answer.content.decode()
    assert not is_in(guesser)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert send(guesser, kham.email).status_code == 302


def test_many_attempts_from_one_connection_are_stopped_with_a_plain_page(world):
    guesser = Client()
    answers = [send(guesser, f"nobody{number}@example.org", "wrong wrong wrong wrong") for number in range(31)]
    assert ["Too many failed tries" in a.content.decode() for a in answers] == [False] * 10 + [True] * 20 + [False]
    assert answers[-1].status_code == 429
    assert "Too many tries" in answers[-1].content.decode()
    assert "Wait a minute, then try again." in answers[-1].content.decode()
    assert answers[-1]["Retry-After"] == "60"


def test_a_known_and_an_unknown_address_cost_the_same_work_and_get_the_same_bytes(kham, monkeypatch):
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *args: hashed.append(1) or encode(self, *args))
    found = {}
    for email in (kham.email, "stranger@example.org"):
        hashed.clear()
        answer = send(Client(), email, "wrong wrong wrong wrong")
        found[email] = (answer.status_code, len(hashed), re.sub(r'value="[^"]*"', "", answer.content.decode()))
    assert found[kham.email] == found["stranger@example.org"]
    assert found[kham.email][1] == 1


@pytest.mark.parametrize("mail", [True, False])
@pytest.mark.parametrize("path", ["/account/password/reset/", "/account/signup/"])
def test_no_other_door_tells_who_has_an_account(kham, path, mail, settings):
    """Either address costs the same: one job, or none."""
    settings.MAIL = mail
    found = {}
    for email in (kham.email, "stranger@example.org"):
        before = len(asked_for())
        answer = Client().post(path, {"email": email, "password1": PASSWORD, "password2": PASSWORD})
        found[email] = (
            answer.status_code,
            answer.get("Location"),
            re.sub(r'value="[^"]*"', "", answer.content.decode()).replace(email, ""),
            len(asked_for()) - before,
        )
    assert found[kham.email] == found["stranger@example.org"]
    assert found[kham.email][-1] == (1 if mail and "reset" in path else 0)
    with access.accounts():
        assert Account.objects.count() == 1


def asked_for():
    with access.system():
        return list(ProcrastinateJob.objects.filter(task_name="places.send_link").order_by("id"))


# the second factor


ACTIVATE = "/account/2fa/totp/activate/"


def secret_shown(browser):
    """The secret that the set-up page shows, once the password was typed again."""
    asked = browser.get(ACTIVATE)
    assert asked["Location"].startswith("/account/reauthenticate/")
    assert browser.post(asked["Location"], {"password": "not the one they have"}).status_code == 200
    assert browser.post(asked["Location"], {"password": PASSWORD}).status_code == 302
    return re.search(r'rs-num">([A-Z2-7]{16,})<', browser.get(ACTIVATE).content.decode())[1]


@pytest.fixture
def with_app(browser):
    """Kham's browser and the secret of the authenticator app that was set up in it."""
    secret = secret_shown(browser)
    answer = browser.post(ACTIVATE, {"code": now_code(secret)})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return browser, secret


def test_in_production_nobody_works_without_a_second_factor(browser, settings):
    settings.MFA_REQUIRED = True
    for path in (WORK, "/", "/places/directory/", "/cases/00000000-0000-4000-8000-000000000000/"):
        answer = browser.get(path)
        assert (answer.status_code, answer["Location"]) == (302, ACTIVATE), path
    secret = secret_shown(browser)
    assert browser.post(ACTIVATE, {"code": "000000"}).status_code == 200
    assert browser.get(WORK).status_code == 302
    browser.post(ACTIVATE, {"code": now_code(secret)})
    assert is_in(browser)


def test_with_an_app_set_up_the_password_alone_opens_nothing(kham, with_app):
    _browser, secret = with_app
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):  # a code lives half a minute, and the clock stands
        other = Client()
        assert send(other, kham.email)["Location"] == "/account/2fa/authenticate/"
        assert not is_in(other)
        assert other.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
        assert not is_in(other)
        assert other.post("/account/2fa/authenticate/", {"code": now_code(secret)}).status_code == 302
        assert is_in(other)


def test_one_code_opens_once(kham, with_app):
    _browser, secret = with_app
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        code, answers = now_code(secret), []
        for _unused in range(2):
            someone = Client()
            send(someone, kham.email)
            someone.post("/account/2fa/authenticate/", {"code": code})
            answers.append(is_in(someone))
        assert answers == [True, False]


def test_the_secret_of_an_app_lies_sealed_in_the_database(with_app):
    from allauth.mfa.models import Authenticator

    _browser, secret = with_app
    with access.accounts():
        kept = Authenticator.objects.get(type="totp")
    assert secret not in str(kept.data)


# passkeys, in a real browser


def test_a_passkey_is_added_and_signs_in_alone(chromium, live_world):
    live, world = live_world
    email = account(world.kham).email
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    phone = context.new_cdp_session(page)
    phone.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    key = phone.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    page.goto(f"{live.url}{LOGIN}")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url(f"{live.url}/")
    page.goto(f"{live.url}/account/2fa/webauthn/add/")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.fill("input[name=name]", "My phone")
    box = page.locator("input[name=passwordless]")
    if box.count():
        box.check()
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "webauthn/add" not in url)
    made = phone.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]
    assert [(one["isResidentCredential"], one["rpId"]) for one in made] == [(True, "localhost")]

    context.clear_cookies()
    page.goto(f"{live.url}{WORK}")
    assert LOGIN in page.url
    page.click("#passkey_login")
    page.wait_for_url(lambda url: LOGIN not in url)
    page.goto(f"{live.url}{WORK}")
    assert page.url == f"{live.url}{WORK}"

    context.clear_cookies()
    phone.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    page.goto(f"{live.url}{LOGIN}")
    page.click("#passkey_login")
    page.wait_for_selector("[data-passkey-error]:not([hidden])")
    page.goto(f"{live.url}{WORK}")
    assert LOGIN in page.url
    context.close()
