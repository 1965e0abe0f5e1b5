"""History and Who has looked tell every change and every reading in words: no code, no column, no address is left to guess."""

import re

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test import Client

from romsai.cases import history, panels
from romsai.core import access
from romsai.core.access.policy import policy
from romsai.core.crypto import SealedField
from romsai.places import codes
from romsai.places.models import Account, Agency, Facility, Team, Worker
from romsai.questionnaires import actions as questionnaires
from tests import life
from tests import world as invented
from tests.baddays.doors import every_door

ROOMS = {"people", "cases", "care", "papers"}
FREE = {"number", "how", "script"}  # open words that are no codes
CODE = re.compile(
    r"\b[A-Z]{2,}[A-Z0-9]*(?:_[A-Z0-9]+)+\b|\b(?:REQUESTED|APPROVED|SUBSTANTIATED|SUSPECTED|LEGAL|HIGH|MEDIUM|OVERRIDDEN|MOTHER)\b"
)
MOMENT = re.compile(r"\d{4}-\d\d-\d\d")


def told_columns():
    for model in apps.get_models():
        line = policy().tables.get(model._meta.db_table)
        if line and line.subject in ("case", "person") and model._meta.app_label in ROOMS:
            for column in model._meta.concrete_fields:
                if model._meta.db_table not in history.TOLD_ELSEWHERE and column.column not in history.SILENT:
                    yield model._meta.db_table, column


def test_every_table_and_column_has_a_word_that_is_translated():
    assert {table for table, _column in told_columns()} <= set(history._tables)
    assert [f"{table}.{column.column}" for table, column in told_columns() if history.word_for(column) is None] == []


def test_every_code_has_a_list_or_words_of_its_own():
    def reads(table, column):
        told = history._told.get((table, column.column)) or history._told.get(column.column)
        return told or column.flatchoices or getattr(column, "listed", "") or history._lists.get(column.column) or column.column in FREE

    open_codes = [
        f"{table}.{column.column}"
        for table, column in told_columns()
        if isinstance(column, models.CharField | models.JSONField) and not isinstance(column, SealedField) and not reads(table, column)
    ]
    assert open_codes == []


def test_every_action_and_every_page_of_a_case_has_words():
    actions = {name for name in policy().actions if name.partition(".")[0] in ROOMS}
    assert actions - set(panels._deeds) == set()
    pages = {door.name for door in every_door() if door.name.partition(":")[0] in ("cases", "care")} - {"cases:areas", "cases:concerns"}
    assert {name for name in pages if not panels.page_words(name)} == set()


@pytest.mark.django_db(databases=["default", "refusals"])
def test_a_whole_case_reads_without_a_code_or_a_moment_as_the_database_writes_it(world):
    with access.system():
        questionnaires.load_shipped()
    noy = life.live(world, lambda name: f"words of {name.lower()}", number=lambda name: "123")
    for language in ("en", "th", "lo"):
        lines = history_of(noy.case, browser(world.kham, language))
        assert len(lines) > 200
        assert [line for line in lines if CODE.search(line) or MOMENT.search(line)] == []
        if language != "en":
            english = {line for line in lines if re.search(r"[a-z]{4,}", line) and "words of" not in line}
            assert {line for line in english if not any(name in line for name in proper_names())} <= {"spoken"} | never_drafts()


def history_of(case, client):
    """The lines of all pages of its history."""
    pages, number = [], 1
    while True:
        page = client.get(f"/cases/{case.uuid}/history/?page={number}").content.decode()
        pages.append(re.sub(r"<[^>]+>", "\n", page.split('id="history"', 1)[1].split("</main>")[0]))
        number += 1
        if f"page={number}" not in page:
            return [line.strip() for line in "\n".join(pages).splitlines() if line.strip()]


@pytest.mark.django_db(databases=["default", "refusals"])
def test_who_has_looked_says_what_was_really_done(world):
    case = invented.case(world)
    client = browser(world.kham, "en")
    for tab in ("", "history/", "do/note/"):
        client.get(f"/cases/{case.uuid}/{tab}")

    rows = re.findall(r"<tr.*?</tr>", client.get(f"/cases/{case.uuid}/who/").content.decode(), re.DOTALL)[1:]
    told = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]

    kham = next(line for line in told if "Kham" in line)
    assert re.search(r"Opened: Write a note, The case: History, The case: Overview\W+Read: names and family", kham)
    operator = next(line for line in told if "Opened the case" in line)
    assert "Added a person" not in operator  # which is part of opening the case


@pytest.mark.django_db(databases=["default", "refusals"])
@pytest.mark.parametrize("language", ["th", "lo"])
def test_who_has_looked_is_told_in_the_readers_language(world, language):
    case = invented.case(world)
    client = browser(world.kham, language)
    for tab in ("", "history/", "plan/", "do/note/", "who/"):
        client.get(f"/cases/{case.uuid}/{tab}")
    page = client.get(f"/cases/{case.uuid}/who/").content.decode().split('id="who"', 1)[1].split("</main>")[0]
    lines = {line.strip() for line in re.sub(r"<[^>]+>", "\n", page).splitlines() if re.search(r"[a-z]{4,}", line)}
    assert {line for line in lines if not any(name in line for name in proper_names())} == set()


def browser(worker, language):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    with access.accounts():
        account, _is_new = Account.objects.get_or_create(email=f"{worker.pk}@example.org", worker=worker)
        client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def proper_names():
    return [row.name for model in (Worker, Team, Agency, Facility) for row in model.objects.all()]


def never_drafts():
    """Words on consent and safety, which are shown in the language in which they were reviewed."""
    return {codes.label(name, code, codes.REVIEWED) for name in codes.protected() for code in codes.get(name)}
