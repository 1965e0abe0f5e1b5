"""The doors, through the real middleware: a form manager's day, and a worker filling in page by page."""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from romsai.core import access
from romsai.places.models import Account
from romsai.questionnaires import actions
from tests import world as build

from .test_actions import FIRST, sheet, upload

pytestmark = pytest.mark.django_db(databases=["default", "refusals"])


def browser_of(worker):
    with access.accounts():
        account, _made = Account.objects.get_or_create(email=f"{worker.pk}@example.org", worker=worker)
        browser = Client()
        browser.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def send(browser, content):
    return browser.post(
        "/forms/upload/",
        {
            "kind": "VULN",
            "workbook": SimpleUploadedFile("visit.xlsx", content),
            "client_key": str(uuid.uuid4()),
        },
    )


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_form_goes_from_upload_to_use_by_two_people(world):
    first, second = browser_of(world.admin), browser_of(world.admin2)
    answer = send(first, sheet())
    assert (answer.status_code, answer["Location"]) == (302, "/forms/home/1/")
    page = first.get("/forms/home/1/")
    assert "Ask a second person" in text(page)
    assert first.post("/forms/home/1/publish/").status_code == 422
    page = second.get("/forms/home/1/")
    assert "Publish this version?" in text(page)
    assert second.post("/forms/home/1/publish/", {"client_key": str(uuid.uuid4())}).status_code == 302
    assert "version 1" in text(first.get("/forms/"))
    send(first, sheet(["integer", "rooms", "Rooms", ""]))
    assert "New question: “Rooms” (rooms)." in text(second.get("/forms/home/2/"))


def test_mistakes_come_back_by_row_and_nothing_is_lost(world):
    answer = send(
        browser_of(world.admin),
        sheet(["integer", "rooms", "Rooms", "", "", "${ghost} = 1"], ["text", "a", "A", "", "", "${x}"]),
    )
    assert answer.status_code == 422
    assert "Row 4 of the survey sheet: the column “relevant” uses “ghost”, but no question has that name." in text(answer)
    assert "Row 5 of the survey sheet" in text(answer)
    assert '<option value="VULN" selected' in answer.content.decode()


def test_a_workbook_comes_back_as_it_was_uploaded_and_only_to_be_saved(world):
    upload(world)
    answer = browser_of(world.admin).get("/forms/home/1/workbook/")
    assert answer.content == FIRST
    assert answer["Content-Disposition"] == 'attachment; filename="home-1.xlsx"'


def test_a_worker_finds_none_of_these_pages(world):
    upload(world)
    browser = browser_of(world.kham)
    for path in (
        "/forms/",
        "/forms/upload/",
        "/forms/home/1/",
        "/forms/home/1/try/",
        "/forms/home/1/workbook/",
    ):
        assert browser.get(path).status_code == 404, path
    assert browser.post("/forms/home/1/publish/").status_code == 404


def test_trying_a_form_goes_from_page_to_page_without_a_child(world):
    upload(world)
    browser = browser_of(world.admin)
    page = browser.get("/forms/home/1/try/")
    assert "This is a trial" in text(page)
    empty = browser.post("/forms/home/1/try/?page=safe", {"page": "safe", "asked": "safe words", "go": "next"})
    assert empty.status_code == 422
    assert "Answer this question." in text(empty)
    assert 'href="#id_q/safe' in empty.content.decode()
    good = browser.post(
        "/forms/home/1/try/",
        {"page": "safe", "asked": "safe words", "go": "next", "q/safe": "y", "q/words": "hello"},
    )
    assert (good.status_code, good["Location"]) == (302, "/forms/home/1/try/?check=1&language=en")
    check = browser.get(good["Location"])
    assert "hello" in text(check)
    assert browser.post("/forms/home/1/try/", {"go": "finish"}).status_code == 302
    assert "hello" not in text(browser.get("/forms/home/1/try/?check=1"))


@pytest.fixture
def assessment(world):
    """A trafficking screen begun by Kham on a case of the invented world."""
    from romsai.cases import actions as cases
    from romsai.questionnaires.models import Form

    case = build.case(world)
    with access.system():
        actions.load_shipped()
        version = Form.objects.get(kind="TIP_SCREEN").published
    with access.acting(world.kham):
        return cases.start_assessment(case, by=world.kham, version=version, language="en")


def test_a_worker_fills_in_leaves_comes_back_and_finishes(world, assessment):
    browser = browser_of(world.kham)
    path = reverse("cases:answer_assessment", args=[assessment.case.uuid, assessment.uuid])
    assert browser.get(path).status_code == 200

    # saved by itself, with a word where a number belongs
    saved = browser.post(path, {"page": "person", "asked": "age", "q/age": "about 15"}, headers={"X-Autosave": "1"})
    assert saved.status_code == 204
    assert 'value="about 15"' in browser.get(path).content.decode()

    # the browser asks for the page as it would be: nothing is stored
    live = browser.post(path, {"page": "person", "asked": "age", "q/age": "19"}, headers={"HX-Request": "true"})
    assert live.status_code == 200
    assert 'name="q/age_sure"' in live.content.decode()
    assert 'value="about 15"' in browser.get(path).content.decode()

    # without script the new question comes on the way
    more = browser.post(path, {"page": "person", "asked": "age", "q/age": "19", "go": "next"})
    assert "more=1" in more["Location"]
    assert "Your answers brought more questions" in text(browser.get(more["Location"]))
    on = browser.post(path, {"page": "person", "asked": "age age_sure", "q/age": "໑໕", "q/age_sure": "", "go": "next"})
    assert "page=acts" in on["Location"]

    refused = browser.post(path, {"page": "acts", "asked": "act purpose", "q/act": ["NONE", "RECRUIT"], "go": "next"})
    assert refused.status_code == 422
    assert "cannot stand with other choices" in text(refused)
    browser.post(
        path,
        {
            "page": "acts",
            "asked": "act purpose",
            "q/act": ["RECRUIT"],
            "q/purpose": ["SEXUAL"],
            "go": "leave",
        },
    )
    resumed = browser.get(path).content.decode()
    boxes = {tag.split('value="')[1].split('"')[0]: " checked" in tag for tag in re.findall(r'<input[^>]*name="q/act"[^>]*>', resumed)}
    assert [code for code, is_checked in boxes.items() if is_checked] == ["RECRUIT"]

    early = browser.post(path, {"go": "finish"})
    assert early.status_code == 422
    browser.post(
        path,
        {
            "page": "signs",
            "asked": "indicators others",
            "q/indicators": ["SEX_VENUE"],
            "q/others": "no",
            "go": "next",
        },
    )
    browser.post(
        path,
        {
            "page": "result",
            "asked": "punished remarks",
            "q/punished": ["NONE"],
            "q/remarks": "Afraid of the owner",
            "go": "next",
        },
    )
    done = browser.post(path, {"go": "finish", "client_key": str(uuid.uuid4())})
    assert done.status_code == 302

    with access.acting(world.kham):
        kept = type(assessment).objects.visible().get(pk=assessment.pk)
        assert kept.is_finished
        assert kept.coded["is_tip"] is True
        assert kept.coded["age"] == 15
        assert "remarks" not in kept.coded
        assert kept.sealed == {"punished": ["NONE"], "remarks": "Afraid of the owner"}
    assert browser.get(path).status_code == 302


def test_thai_is_offered_as_a_draft_with_danger_in_the_reviewed_language(world, assessment):
    path = reverse("cases:answer_assessment", args=[assessment.case.uuid, assessment.uuid])
    page = browser_of(world.kham).get(f"{path}?page=person&language=th")
    words = text(page)
    assert "This translation is a draft" in words
    assert "อายุขณะเกิดเหตุ" in words
    assert "Do not question the child to fill this in." in words


def test_another_agency_finds_no_page(world, assessment):
    path = reverse("cases:answer_assessment", args=[assessment.case.uuid, assessment.uuid])
    browser = browser_of(world.stranger)
    assert browser.get(path).status_code == 404
    assert browser.post(path, {"page": "person", "asked": "age", "q/age": "3"}).status_code == 404
