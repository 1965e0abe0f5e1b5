"""Who cannot sign in any more: by a letter where there is mail, else by two administrators, and never by one alone."""

import re
import uuid

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from procrastinate.contrib.django import app

from romsai.core import access, second
from romsai.core.actions import Refused
from romsai.places import actions
from romsai.places.models import Account
from tests.house.test_sign_in import LOGIN, PASSWORD, account, asked_for, is_in, send

RESET = "/account/password/reset/"
NEW = "another and even longer phrase"
LINK = re.compile(r"/account/password/reset/key/[\w-]+/")


@pytest.fixture
def kham(world):
    return account(world.kham)


@pytest.fixture
def with_mail(settings):
    settings.MAIL, settings.ADDRESS = True, "https://romsai.example.org"


def letters_after(email):
    """What is sent once the jobs that asking with this address made have been done."""
    before = {job.id for job in asked_for()}
    assert Client().post(RESET, {"email": email}).status_code == 302
    mail.outbox.clear()
    for job in asked_for():
        if job.id not in before:
            app.tasks[job.task_name](**job.args)
    return list(mail.outbox)


def choose_password(path):
    browser = Client()
    form = browser.get(path, follow=True)
    answer = browser.post(form.redirect_chain[-1][0], {"password1": NEW, "password2": NEW}) if form.redirect_chain else form
    return answer.status_code == 302


def test_without_mail_the_page_says_whom_to_ask_and_sends_nothing(kham, settings):
    settings.EMAIL_BACKEND = "nowhere.Backend"  # whoever tried to send would fail
    for answer in (Client().get(RESET), Client().post(RESET, {"email": kham.email}, follow=True)):
        assert answer.status_code == 200
        assert "Ask your administrator, in person or by phone." in answer.content.decode()
        assert 'name="email"' not in answer.content.decode()
    assert asked_for() == []


def test_a_letter_brings_a_link_that_opens_once_in_the_workers_language(kham, with_mail, world):
    with access.system():
        world.kham.language = "th"
        world.kham.save()
    (letter,) = letters_after(kham.email)
    assert (letter.to, letter.subject) == ([kham.email], "Romsai: ตั้งรหัสผ่านใหม่")
    (path,) = LINK.findall(letter.body)
    assert f"https://romsai.example.org{path}" in letter.body
    assert "Kham" not in letter.body and "case" not in letter.body.lower()
    assert choose_password(path)
    assert not choose_password(path)
    assert "This link does not work any more" in Client().get(path, follow=True).content.decode()
    assert send(Client(), kham.email).status_code == 200
    assert send(Client(), kham.email, NEW).status_code == 302


def test_no_letter_to_a_stranger_a_deactivated_worker_or_one_who_starts_by_an_administrators_link(kham, with_mail):
    assert letters_after("stranger@example.org") == []
    with access.accounts():
        Account.objects.filter(pk=kham.pk).update(is_active=False)
    assert letters_after(kham.email) == []
    with access.accounts():
        kham.set_unusable_password()
        kham.is_active = True
        kham.save()
    assert letters_after(kham.email) == []


def admin_browser(worker):
    with access.accounts():
        known = Account.objects.filter(worker=worker).first()
    browser = Client()
    send(browser, (known or account(worker)).email)
    return browser


def test_two_administrators_together_let_a_worker_start_again(world, kham):
    with access.accounts():
        Authenticator.objects.create(user=kham, type="recovery_codes", data={})
        old = Client()
        old.force_login(kham, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert is_in(old)
    page = f"/places/workers/{world.kham.uuid}/"
    first, other = admin_browser(world.admin), admin_browser(world.admin2)
    sent = [first.post(f"{page}link/", {"client_key": key}) for key in [str(uuid.uuid4())] * 2]
    assert [answer.status_code for answer in sent] == [302, 302]
    (proposal,) = second.proposed_by(world.admin, about=world.kham)
    # One alone has changed nothing.
    assert is_in(old) and not LINK.search(first.get(page).content.decode())
    assert first.post(f"{page}link/", {"client_key": str(uuid.uuid4())}).status_code == 422

    other.post("/account/reauthenticate/", {"password": PASSWORD})
    decided = other.post(f"/second/{proposal.uuid}/", {"client_key": str(uuid.uuid4()), "answer": "confirm"}, follow=True)
    (path,) = LINK.findall(decided.content.decode())
    assert not is_in(old)
    assert send(Client(), kham.email).status_code == 200
    assert not LINK.search(first.get(page).content.decode())  # who proposed it never sees the link
    with access.accounts():
        assert not Authenticator.objects.filter(user=kham).exists()

    assert choose_password(path)
    assert not LINK.search(other.get(page).content.decode())
    assert send(Client(), kham.email, NEW).status_code == 302


def test_it_is_refused_alone_for_oneself_for_others_and_where_there_is_nothing_to_renew(world, kham):
    for worker in (world.admin, world.supervisor):
        with access.acting(worker), pytest.raises((access.Forbidden, Refused)):
            actions.renew_invitation(world.kham, by=worker)
    with access.acting(world.admin):
        for about, why in ((world.admin, "for yourself"), (world.bua, "no account")):
            proposal = second.propose("places.renew_invitation", about, by=world.admin)
            with access.acting(world.admin2), pytest.raises(Refused, match=why):
                second.confirm(proposal, by=world.admin2)
    assert send(Client(), kham.email).status_code == 302
    assert Client().get("/cases/")["Location"].startswith(LOGIN)
