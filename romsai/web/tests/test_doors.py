"""The doors: the public's report and its receipt, what each role finds first, and what nobody finds."""

import gzip
import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from romsai.cases import actions as cases
from romsai.cases.models import Report
from romsai.core import access
from romsai.core.models import AuditLine
from romsai.places.models import Account
from romsai.web import public
from tests.world import CONSENT, seen
from tests.world import case as made_case
from tests.world import report as make_report

WORRY = "The girl next door is locked in at night."


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.content.decode()).group(1)


def begin(client, who="worried", danger="no"):
    """The second step of a report, after the danger question."""
    return client.post(f"/start/{who}/", {"danger": danger})


def send(client, page, who="worried", **facts):
    sent = {name: hidden(page, name) for name in ("danger", "receipt", "client_key")} | {"worry": WORRY} | facts
    return client.post(f"/start/{who}/", sent), sent


def code_of(page):
    return re.search(r"<strong>(\d{4} \d{4} \d{4} \d{4})</strong>", page.content.decode()).group(1)


def reports():
    with access.system():
        return [(r.words.worry, r.danger, r.channel, r.recorded_by_id) for r in Report.objects.select_related("words").order_by("pk")]


def test_one_sentence_without_script_cookie_or_name_makes_a_report_and_a_code(world):
    client = Client(enforce_csrf_checks=True)  # and it never sends the cookie back
    first = client.get("/start/worried/")
    assert 'name="danger"' in first.content.decode() and not first.cookies
    page, _sent = send(client, begin(client))
    assert page.status_code == 200
    assert reports() == [(WORRY, "no", "WEB", None)]
    assert len(code_of(page)) == 19
    assert page["Cache-Control"] == "no-store"
    assert not client.cookies


def test_sending_twice_makes_one_report_and_shows_the_same_code(world):
    client = Client()
    page, sent = send(client, begin(client))
    again = client.post("/start/worried/", sent)
    assert code_of(page) == code_of(again)
    assert len(reports()) == 1


def test_a_receipt_shows_that_it_arrived_and_the_messages_and_nothing_else(world):
    client = Client()
    page, _sent = send(client, begin(client, danger="yes"), where="Behind the market", child_names="Fah")
    code = code_of(page)
    with access.system():
        report = Report.objects.get()
    with access.acting(world.operator):
        cases.answer_reporter(report, by=world.operator, text="Thank you. Please write again if you see her.")

    back = client.post("/answer/", {"code": code})
    added = client.post("/answer/", {"code": code, "text": "She wears a red shirt.", "client_key": hidden(back, "client_key")})

    text = added.content.decode()
    assert "Thank you. Please write again if you see her." in text and "She wears a red shirt." in text
    for said in (WORRY, "Behind the market", "Fah"):
        assert said not in text
    with access.system():
        assert [(m.text, m.from_reporter) for m in report.messages.order_by("pk")] == [
            ("Thank you. Please write again if you see her.", False),
            ("She wears a red shirt.", True),
        ]


def test_a_wrong_code_is_answered_with_the_same_bytes_whatever_it_is(world):
    client = Client()
    page, _sent = send(client, begin(client))
    right = code_of(page)
    near = right[:-1] + str((int(right[-1]) + 1) % 10)
    answers = {client.post("/answer/", {"code": wrong}).content for wrong in (near, "0000 0000 0000 0000", "1234", "no code", "")}
    assert len(answers) == 1
    assert client.post("/answer/", {"code": near}).status_code == 422
    assert client.post("/answer/", {"code": right}).status_code == 200


def test_thai_digits_and_dashes_open_a_receipt(world):
    client = Client()
    page, _sent = send(client, begin(client))
    thai = code_of(page).replace(" ", "-").translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    assert client.post("/answer/", {"code": thai}).status_code == 200


def test_danger_shows_the_numbers_to_call_at_once_and_is_asked_before_all_else(world):
    client = Client()
    missing = client.post("/start/child/", {})
    assert missing.status_code == 422
    calm, urgent = (begin(client, "child", danger).content.decode() for danger in ("no", "yes"))
    assert calm.count('href="tel:') < urgent.count('href="tel:')
    assert urgent.index('href="tel:', urgent.index("<main")) < urgent.index('name="worry"')


def test_nothing_but_a_sentence_is_required(world):
    client = Client()
    page = begin(client, "work")
    empty, _sent = send(client, page, who="work", worry="  ")
    assert empty.status_code == 422
    assert "Write at least one sentence" in empty.content.decode()
    assert hidden(empty, "receipt") == hidden(page, "receipt")
    assert not reports()


def test_many_reports_from_one_connection_go_by_the_slow_lane_and_none_is_refused(world, monkeypatch):
    client = Client()
    for _n in range(public.BUSY):
        send(client, begin(client))
    page, sent = send(client, begin(client), worry="The sixth is the true one.")
    assert len(reports()) == public.BUSY
    assert "Please send it once more" in page.content.decode()
    kept = {name: hidden(page, name) for name in sent if sent[name]} | {"waited": hidden(page, "waited")}
    assert "Please send it once more" in client.post("/start/worried/", kept).content.decode()  # too fast

    monkeypatch.setattr(public, "PAUSE", 0)
    last = client.post("/start/worried/", kept)

    assert code_of(last)
    assert reports()[-1][0] == "The sixth is the true one."
    with access.system():
        assert Report.objects.latest("pk").slow_reasons == []  # a busy connection alone sends nobody to the end


@pytest.mark.parametrize("language", ["en", "th", "lo"])
def test_words_on_danger_are_shown_in_the_reviewed_language_only_and_the_page_says_so(world, language):
    client = Client(headers={"accept-language": language})
    page = client.get("/start/worried/").content.decode()
    assert "Is someone in danger right now?" in page
    assert ("their translation has not been reviewed" in page or 'class="label-note"' in page) is (language != "en")


def test_the_first_page_is_light_asks_nothing_of_another_site_and_runs_without_script(world):
    client = Client()
    page = client.get("/start/")
    assert len(gzip.compress(page.content)) < 20_000
    assert not re.search(r'(src|href)="https?://(?!www\.wikipedia\.org)', page.content.decode())
    assert "<script>" not in page.content.decode() and "style=" not in page.content.decode()
    assert not page.cookies
    assert client.get("/start/tomorrow/").status_code == 404


# Today, for everyone who signs in


@pytest.fixture
def signed_in(world):
    """A client of one worker of the world, by name."""

    def enter(name):
        worker = getattr(world, name)
        with access.accounts():
            account = Account.objects.filter(worker=worker).first() or Account.objects.create_user(
                f"{name}@rivermark.example", "an invented pass phrase", worker=worker
            )
        client = Client()
        with access.accounts():
            client.force_login(account)
        return client

    return enter


EVERYONE = [
    "kham",
    "supervisor",
    "manager",
    "operator",
    "officer",
    "carer",
    "nurse",
    "coordinator",
    "admin",
    "auditor",
    "analyst",
    "stranger",
    "other_supervisor",
]
PLANTED = {"name": "Secretname Planted", "worry": "planted worry", "words": "planted words of the child", "note": "planted note"}
MAY_READ = {"kham": {"name"}, "supervisor": {"name"}, "manager": {"name"}}


@pytest.fixture
def planted(world):
    """A case with a text of its own in every place that somebody may read."""
    child = {"sex": "F", "birth_year": 2012, "names": [{"kind": "LEGAL", "full": PLANTED["name"]}]}
    told = make_report(world, worry=PLANTED["worry"])
    with access.acting(world.operator):
        case = cases.register(told, by=world.operator, child=child, concerns=["LAB-UAG"], risk="MEDIUM", worker=world.kham, consent=CONSENT)
    seen(world, case, words=PLANTED["words"])
    with access.acting(world.kham):
        cases.write_note(case, by=world.kham, text=PLANTED["note"])
    return case


@pytest.mark.parametrize("name", EVERYONE)
def test_todays_page_holds_nothing_that_its_reader_may_not_read(planted, signed_in, name):
    page = signed_in(name).get("/")
    text = page.content.decode()
    assert page.status_code == 200
    assert {what for what, words in PLANTED.items() if words in text} <= MAY_READ.get(name, set())
    if name == "kham":
        assert PLANTED["name"] in text and planted.number in text
    elif name not in MAY_READ:
        assert planted.number not in text


def test_an_administrator_reads_on_todays_page_how_the_backups_stand(world, signed_in, settings, tmp_path):
    settings.VAR = tmp_path
    assert "none is made by itself" in signed_in("admin").get("/").content.decode()
    told = {"last": (timezone.now() - timedelta(hours=30)).isoformat(), "kept": 12, "trouble": "No space left on device"}
    (tmp_path / "backups.json").write_text(json.dumps(told))
    page = signed_in("admin").get("/").content.decode()
    assert all(words in page for words in ("12 kept, the newest of", "This is too long ago. No space left on device", "Backups: the newest is too old"))


@pytest.mark.parametrize("name", ["kham", "supervisor", "manager", "operator", "coordinator", "carer"])
def test_todays_page_asks_as_many_queries_for_four_cases_as_for_two(world, signed_in, name):
    client = signed_in(name)

    def queries():
        client.get("/")  # labels and keys are remembered for a while
        with CaptureQueriesContext(connection) as captured:
            client.get("/")

        return len(captured)

    for _n in range(2):
        made_case(world)
        make_report(world)
    before = queries()
    for _n in range(2):
        made_case(world)
        make_report(world)
    assert queries() <= before
    assert before < 60


# finding


def test_search_finds_by_name_in_another_spelling_number_and_nothing_of_others(planted, world, signed_in):
    mine, stranger = signed_in("kham"), signed_in("stranger")
    for asked in ("secretname", "planted secretname", planted.number, planted.number.lower()):
        assert planted.number in mine.get("/search/", {"q": asked}).content.decode().split("<main")[1], asked
    hidden = stranger.get("/search/", {"q": planted.number}).content.decode().split("<main")[1]
    absent = stranger.get("/search/", {"q": "XYZ-2026-99999"}).content.decode().split("<main")[1]
    assert hidden.replace(planted.number, "…") == absent.replace("XYZ-2026-99999", "…")
    assert planted.number not in stranger.get("/search/", {"q": "Secretname"}).content.decode()


@pytest.mark.parametrize("name", ["supervisor", "manager", "coordinator", "carer", "officer"])
def test_everyone_who_has_the_search_box_can_search(planted, signed_in, name):
    client = signed_in(name)
    assert 'role="search"' in client.get("/").content.decode()
    by_name = client.get("/search/", {"q": "Secretname"})
    by_number = client.get("/search/", {"q": planted.number})
    assert (by_name.status_code, by_number.status_code) == (200, 200)
    found = planted.number in by_number.content.decode().split("<main")[1].split("</form>")[1]
    assert found is (name in ("supervisor", "manager", "coordinator"))
    assert (PLANTED["name"] in by_name.content.decode()) is (name in ("supervisor", "manager"))


def test_what_a_search_showed_stands_in_the_log(planted, world, signed_in):
    def lines():
        with access.acting(world.auditor):
            return AuditLine.objects.filter(
                worker_id=world.kham.pk, action="GET search", subjects__contains=[f"person:{planted.child_id}"]
            ).count()

    before = lines()
    signed_in("kham").get("/search/", {"q": "Secretname"})
    assert lines() == before + 1


def test_the_auditor_sees_who_looked_and_no_name_of_the_child(planted, world, signed_in):
    signed_in("kham").get("/search/", {"q": "Secretname"})
    page = signed_in("auditor").get("/log/", {"case": planted.number})
    text = page.content.decode()
    assert page.status_code == 200
    assert "Kham" in text and planted.number in text
    assert f"person:{planted.child_id}" not in text and f"case:{planted.pk}" not in text
    assert not any(words in text for words in PLANTED.values())
    assert [signed_in(name).get("/log/").status_code for name in ("kham", "admin", "supervisor")] == [404, 404, 404]


# language, lock, errors


def test_a_language_is_kept_until_the_browser_closes_and_leads_nowhere_else(world):
    client = Client()
    answer = client.get("/language/th/", {"to": "/start/"})
    assert (answer.status_code, answer["Location"]) == (302, "/start/")
    assert client.cookies["language"]["max-age"] == ""
    assert client.get("/start/").content.decode().count('<html lang="th">') == 1
    assert client.get("/language/th/", {"to": "https://elsewhere.example/"})["Location"] == "/"
    assert client.get("/language/tlh/", {"to": "/start/"}).cookies.get("language") is None


def test_lock_ends_the_session(world, signed_in):
    client = signed_in("kham")
    assert client.get("/lock/").status_code == 405
    assert client.post("/lock/")["Location"] == "/account/login/"
    assert client.get("/cases/").status_code == 302


def test_hidden_and_absent_are_the_same_bytes(planted, signed_in):
    client = signed_in("stranger")
    answers = [client.get(f"/cases/{uuid}/") for uuid in (planted.uuid, uuid4())]
    assert [a.status_code for a in answers] == [404, 404]
    assert answers[0].content == answers[1].content == client.get("/nowhere/").content


def test_nobody_opens_an_account_for_themselves(world):
    client = Client()
    client.post(
        "/account/signup/",
        {"email": "me@elsewhere.example", "password1": "an invented pass phrase", "password2": "an invented pass phrase"},
    )
    with access.accounts():
        assert not Account.objects.filter(email="me@elsewhere.example").exists()
