"""Secrets at rest: a text of its own in every sealed field, then everything on disk and in the logs is searched for them.

Each planted text begins with a mark that occurs nowhere else, so that searching for the marks in every spelling (UTF-8 and
UTF-16, base64, hexadecimal, as in an address) finds any of them.
"""

import base64
import io
import logging
import os
import re
import secrets
import string
import subprocess
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.apps import apps
from django.test import Client

from romsai.care.tasks import watch
from romsai.cases import actions as cases
from romsai.core import access
from romsai.core.crypto import SealedField
from romsai.launcher.postgres import Cluster
from romsai.places.models import Account
from romsai.questionnaires.pages import ANSWER, ASKED
from tests import life, plugin
from tests import world as build

MARKS = ("zqxjkvw", "80491735", "ฌฒฎฐฆ")  # of a word, a number, a word in Thai
PASSWORD = "a long enough pass phrase"


class Planted:
    """Hands out the texts and remembers them by name."""

    def __init__(self):
        self.by_name = {}

    def word(self, name):
        mark = MARKS[2] if "Thai" in name else MARKS[0]
        letters = "กขคงจชซดตถทธนบปพฟมยรลวสหอ" if "Thai" in name else string.ascii_lowercase
        return self._keep(name, mark + "".join(secrets.choice(letters) for _unused in range(9)))

    def number(self, name):
        return self._keep(name, MARKS[1] + "".join(secrets.choice(string.digits) for _unused in range(8)))

    def _keep(self, name, text):
        return self.by_name.setdefault(name, text)


def spellings(text):
    """Every way in which a text may lie in a file, by name."""
    raw = text.encode()
    found = {
        "utf-8": raw,
        "upper case": text.upper().encode(),
        "title case": text.title().encode(),
        "address": quote(text).encode(),
        "JSON": text.encode("unicode_escape"),
    }
    found |= {name: text.encode(name) for name in ("utf-16-le", "utf-16-be")}
    found |= {"hexadecimal": raw.hex().encode(), "HEXADECIMAL": raw.hex().upper().encode()}
    for shift in range(3):  # base64 of a longer text reads differently by where in it the mark stands
        begin, end = -(-shift * 8 // 6), (shift + len(raw)) * 8 // 6
        found[f"base64 {shift}"] = base64.b64encode(b"\0" * shift + raw + b"\0" * 3)[begin:end]
    return found


def search(name, content):
    """(where, mark, spelling) of everything found in some bytes."""
    return [(name, mark, kind) for mark in MARKS for kind, raw in spellings(mark).items() if raw in content]


def dump(database):
    """The whole database as pg_dump writes it, as the superuser: every schema, jobs and sessions too."""
    done = subprocess.run(
        [Path(Cluster(_home())._binaries) / "pg_dump", "--inserts", plugin.admin(database)], capture_output=True, check=True
    )
    return done.stdout


def files(database):
    """Every file of this database, its write-ahead log and the server's own log, as they lie on disk."""
    with psycopg.connect(plugin.admin(database), autocommit=True) as connection:
        connection.execute("checkpoint")
        (oid,) = connection.execute("select oid from pg_database where datname = current_database()").fetchone()
    data = _home() / "data"
    for folder in (data / "base" / str(oid), data / "pg_wal", data / "global", data / "base" / "pgsql_tmp"):
        for path in folder.glob("*"):
            if path.is_file():
                yield path.relative_to(_home()).as_posix(), path.read_bytes()
    yield "log", (_home() / "log").read_bytes()


def _home():
    return Path(os.environ["ROMSAI_VAR"]) / "postgres"


def search_everything(database, *, logs=b""):
    """(all that was found, places looked at, bytes looked at)."""
    places = [("dump", dump(database)), ("application logs", logs), *files(database)]
    found = [hit for name, content in places for hit in search(name, content)]
    return found, len(places), sum(len(content) for _name, content in places)


EXPECTED = {
    "search": 200, "known child": 200, "area": 200, "filter": 200, "wrong address": 404, "refused form": 422, "autosave": 200, "public report": 200,
    "code": 200, "wrong code": 422, "without a token": 403, "page that breaks": 500,
}  # fmt: skip


def at_the_doors(w, noy, planted, monkeypatch):
    """The same texts typed into pages: searched for, autosaved, refused, in a wrong address, and in a page that breaks."""
    with access.accounts():
        accounts = {
            who: Account.objects.create_user(f"{who}@example.org", PASSWORD, worker=getattr(w, who)) for who in ("kham", "operator")
        }
    browsers = {}
    for who, account in accounts.items():
        browsers[who] = Client(raise_request_exception=False)
        browsers[who].post("/account/login/", {"login": account.email, "password": PASSWORD})
    kham, operator = browsers["kham"], browsers["operator"]
    kham.post("/account/login/", {"login": planted.word("typed as an address"), "password": planted.word("typed as a password")})
    status = {}
    status["search"] = kham.get("/search/", {"q": planted.word("people.Name.full")}).status_code
    status["known child"] = operator.get("/cases/known-child/", {"name": planted.word("people.Name.full"), "born_2": "2012"}).status_code
    status["area"] = operator.get("/cases/areas/", {"q": planted.word("typed as an area")}).status_code
    status["filter"] = kham.get("/cases/", {"list": planted.word("typed as a list"), "risk": planted.word("typed as a risk")}).status_code
    status["wrong address"] = kham.get(f"/cases/{noy.case.uuid}/{planted.word('typed into an address')}/").status_code
    status["refused form"] = kham.post(
        f"/cases/{noy.case.uuid}/do/visit/", {"words": planted.word("typed into a refused form")}
    ).status_code
    fill = f"/cases/{noy.case.uuid}/do/assessment/{noy.begun.uuid}/"
    status["autosave"] = kham.post(fill, _page_with_words(kham, fill, planted.word("autosaved")), headers={"X-Autosave": "1"}).status_code
    status["public report"] = (
        Client()
        .post(
            "/start/worried/",
            {"danger": "no", "worry": planted.word("told by the public"), "reporter_phone": planted.number("the public's phone")},
        )
        .status_code
    )
    status["code"] = Client().post("/answer/", {"code": noy.receipt}).status_code
    status["wrong code"] = Client().post("/answer/", {"code": planted.number("a guessed code")}).status_code
    status["without a token"] = (
        Client(enforce_csrf_checks=True).post("/account/login/", {"login": planted.word("without a token"), "password": "x"}).status_code
    )

    def breaks(*args, text, **facts):
        raise ValueError(f"cannot keep {text}")

    monkeypatch.setattr(cases, "write_note", breaks)
    status["page that breaks"] = kham.post(f"/cases/{noy.case.uuid}/do/note/", {"text": planted.word("in a page that breaks")}).status_code
    monkeypatch.undo()
    with pytest.raises(Exception, match="duplicate key"), access.system():  # the database complains of a row
        name = noy.child.names.get(is_main=True)
        type(name).objects.create(
            person=noy.child, key_id=noy.child.key_id, full=planted.word("in a row the database refuses"), is_main=True
        )
    with access.system():
        watch.defer(timestamp=0)
    return status


def _page_with_words(browser, address, text):
    """What a questionnaire's first page that asks for words sends, with this text in them."""
    for page in re.findall(r"[?&;]page=([\w-]+)", browser.get(address + "?check=1").content.decode()):
        shown = browser.get(address, {"page": page}).content.decode()
        if names := re.findall(r'<textarea[^>]*name="([^"]+)"', shown):
            return {"page": page, ASKED: " ".join(name.removeprefix(ANSWER) for name in names), **dict.fromkeys(names, text)}
    raise LookupError("no page of the form asks for words")


def sealed_fields():
    return {
        f"{model._meta.app_label}.{model.__name__}.{field.name}": (model, field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedField)
    }


@pytest.fixture
def spoken():
    """What the process writes to its log, wherever an earlier test has left the handler's stream."""
    heard = io.StringIO()
    console = next(handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler)
    before = console.setStream(heard)
    yield heard
    console.setStream(before)


def test_nothing_that_names_or_finds_a_child_lies_open_in_files_dumps_jobs_sessions_or_logs(committed, spoken, capfd, monkeypatch):
    planted = Planted()
    world = build.build()
    noy = life.live(world, planted.word, number=planted.number)
    status = at_the_doors(world, noy, planted, monkeypatch)
    said = "".join([spoken.getvalue(), *capfd.readouterr()]).encode()

    with access.system():
        held = {
            name: " ".join(str(getattr(row, field.name)) for row in model.objects.filter(**{f"{field.name}__isnull": False}))
            for name, (model, field) in sealed_fields().items()
        }
    assert {name for name, texts in held.items() if not any(mark in texts for mark in MARKS)} == set(), (
        "plant a text in every sealed field: tests/life.py"
    )
    assert status == EXPECTED
    assert planted.by_name["autosaved"] in held["cases.Assessment.sealed"]
    assert planted.by_name["told by the public"] in held["cases.ReportWords.worry"]
    assert b"ValueError" in said, "the page that breaks left no line, so the logs were not caught"

    found, places, size = search_everything(committed, logs=said)
    print(
        f"\nsecrets at rest: {len(planted.by_name)} planted texts in {len(held)} sealed fields and {len(status)} doors; {places} places, {size / 1e6:.0f} MB searched; {len(found)} hits"
    )
    assert found == []


@pytest.mark.parametrize("mark", MARKS)
def test_the_search_finds_a_text_however_it_is_spelled(mark):
    text = f"She is called {mark}abc and waits."
    raw = text.encode()
    spelled = {
        "utf-8": raw, "upper": text.upper().encode(), "address": quote(text).encode(), "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"), "hex": raw.hex().encode(), **{f"base64 {n}": base64.b64encode(b"x" * n + raw) for n in range(3)},
    }  # fmt: skip
    assert [name for name, content in spelled.items() if not search(name, b"before " + content + b" after")] == []
    assert search("clean", os.urandom(100_000)) == []


def test_a_text_in_an_open_column_is_found_in_the_dump_and_in_the_files(committed):
    """The test of the test: one text where none may be."""
    planted = Planted()
    world = build.build()
    case = build.case(world)
    with access.system():
        case.care = planted.word("care")[:30]
        case.save()
    found, _places, _size = search_everything(committed)
    places = {name.split("/")[1] if "/" in name else name for name, _mark, _kind in found}
    assert "dump" in places
    assert any("pg_wal" in name for name, _mark, _kind in found)
    assert any("/base/" in name for name, _mark, _kind in found)
