"""The doors, through the real middleware: a form manager's day, and a worker filling in page by page."""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

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
    assert saved.status_code == 200
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


# two people at once


@pytest.fixture
def two(world, assessment):
    """Kham and a second worker of the same case, both with the page "person" of the same questionnaire open."""
    from romsai.cases import actions as cases

    with access.acting(world.supervisor):
        cases.assign(assessment.case, by=world.supervisor, worker=world.bua, is_lead=False)
    path = reverse("cases:answer_assessment", args=[assessment.case.uuid, assessment.uuid])
    kham = browser_of(world.kham)
    kham.post(path, {"page": "person", "asked": "age", "q/age": "15", "go": "leave"})
    kham.post(path, {"page": "acts", "asked": "act purpose", "q/act": ["RECRUIT"], "q/purpose": ["SEXUAL"], "go": "leave"})
    return path, kham, browser_of(world.bua)


def opened(browser, path, page):
    """What the page sends along by itself, as a browser without script would."""
    shown = browser.get(f"{path}?page={page}").content.decode()
    return {name: re.search(rf'name="{name}" value="([^"]*)"', shown).group(1) for name in ("page", "language", "from", "asked", "seen")}


def sent_back(page):
    """The hidden inputs of the page on which to choose."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode()))


def answers_of(world, assessment):
    with access.acting(world.kham):
        return type(assessment).objects.visible().get(pk=assessment.pk).answers


def test_breaker_25_online_what_two_people_changed_at_once_is_put_before_the_second_who_chooses(world, assessment, two):
    path, kham, bua = two
    hers, his = opened(kham, path, "result"), opened(bua, path, "result")
    assert kham.post(path, hers | {"q/remarks": "Afraid of the owner", "go": "leave"}).status_code == 302

    both = bua.post(path, his | {"q/remarks": "Afraid of the police", "go": "leave"})
    assert both.status_code == 409
    assert "Afraid of the owner" in text(both) and "Afraid of the police" in text(both) and "Kham" in text(both)
    assert answers_of(world, assessment)["remarks"] == "Afraid of the owner"  # nothing is overwritten

    unanswered = bua.post(path, sent_back(both))
    assert unanswered.status_code == 409 and "Choose for each question" in text(unanswered)
    assert answers_of(world, assessment)["remarks"] == "Afraid of the owner"
    assert bua.post(path, sent_back(unanswered) | {"chosen/remarks": "mine"}).status_code == 302
    assert answers_of(world, assessment)["remarks"] == "Afraid of the police"


def test_choosing_theirs_keeps_theirs_and_ones_other_answers(world, assessment, two):
    path, kham, bua = two
    hers, his = opened(kham, path, "result"), opened(bua, path, "result")
    kham.post(path, hers | {"q/remarks": "Afraid of the owner", "go": "leave"})
    both = bua.post(path, his | {"q/remarks": "Afraid of the police", "q/punished": ["NONE"], "go": "leave"})
    assert text(both).count("Theirs") == 1  # only what both changed
    bua.post(path, sent_back(both) | {"chosen/remarks": "theirs"})
    found = answers_of(world, assessment)
    assert (found["remarks"], found["punished"]) == ("Afraid of the owner", ["NONE"])


def test_what_only_the_other_changed_stays_without_a_question(world, assessment, two):
    path, kham, bua = two
    hers, his = opened(kham, path, "result"), opened(bua, path, "result")
    kham.post(path, hers | {"q/remarks": "Afraid of the owner", "go": "leave"})
    assert bua.post(path, his | {"q/remarks": "", "q/punished": ["NONE"], "go": "leave"}).status_code == 302
    found = answers_of(world, assessment)
    assert (found["remarks"], found["punished"]) == ("Afraid of the owner", ["NONE"])


def test_saving_by_itself_never_overwrites_another_and_never_stands_in_its_own_way(world, assessment, two):
    path, kham, bua = two
    hers, his = opened(kham, path, "result"), opened(bua, path, "result")
    auto = {"headers": {"X-Autosave": "1"}}
    first = kham.post(path, hers | {"q/remarks": "Afraid"}, **auto)
    assert first.status_code == 200
    # the answer was lost on the way: the page sends the marks it knows, and is still its own; what is taken out again is out
    assert kham.post(path, hers | {"q/remarks": "Afraid of"}, **auto).status_code == 200
    assert kham.post(path, hers | {"q/remarks": ""}, **auto).status_code == 200
    assert not answers_of(world, assessment).get("remarks")
    second = kham.post(path, hers | {"q/remarks": "Afraid of the owner", "seen": text_of(first)}, **auto)
    assert second.status_code == 200

    assert bua.post(path, his | {"q/remarks": "Afraid of the police"}, **auto).status_code == 409
    # what she did not touch stays hers however often his page saves by itself
    for _again in range(2):
        saved = bua.post(path, his | {"q/remarks": "", "q/punished": ["NONE"]}, **auto)
        assert saved.status_code == 200
        his["seen"] = text_of(saved)
    found = answers_of(world, assessment)
    assert (found["remarks"], found["punished"]) == ("Afraid of the owner", ["NONE"])


def text_of(answer):
    return answer.content.decode()


def test_a_questionnaire_finished_meanwhile_shows_what_was_typed_once_more(world, assessment, two):
    path, _kham, bua = two
    his = opened(bua, path, "result")
    with access.system():
        type(assessment).objects.filter(pk=assessment.pk).update(finished_at=timezone.now(), finished_by=world.kham)
    late = bua.post(path, his | {"q/remarks": "Afraid of the police", "go": "leave"})
    assert late.status_code == 409 and "Afraid of the police" in text(late) and "kept nowhere" in text(late)
    assert bua.post(path, his | {"q/remarks": "", "go": "leave"}).status_code == 302


def test_nobody_finishes_answers_they_have_not_seen(world, assessment, two):
    path, kham, bua = two
    check = bua.get(f"{path}?check=1")
    looked_at = re.search(r'name="revision" value="(\d+)"', check.content.decode()).group(1)
    kham.post(path, opened(kham, path, "result") | {"q/remarks": "Afraid of the owner", "go": "leave"})
    again = bua.post(path, {"go": "finish", "revision": looked_at})
    assert again.status_code == 409 and "Look at them again" in text(again) and "Afraid of the owner" in text(again)


def test_answers_laid_over_an_older_reading_are_refused_by_the_action_itself(world, assessment):
    from romsai.cases import actions as cases
    from romsai.questionnaires.models import Stale

    with access.acting(world.kham):
        cases.answer_assessment(assessment, by=world.kham, answers={"remarks": "one"}, revision=0)
        with pytest.raises(Stale):
            cases.answer_assessment(assessment, by=world.kham, answers={"remarks": "two"}, revision=0)
        cases.answer_assessment(assessment, by=world.kham, answers={"remarks": "two"}, revision=1)
    assert answers_of(world, assessment)["remarks"] == "two"


def test_who_saves_between_anothers_reading_and_saving_loses_nothing(world, assessment, two, monkeypatch):
    from romsai.cases import actions as cases

    path, _kham, bua = two
    his = opened(bua, path, "result")
    save, came_between = cases.answer_assessment, []

    def slow(record, **facts):
        if not came_between:
            came_between.append(True)
            with access.acting(world.kham):
                hers = type(record).objects.get(pk=record.pk)
                save(hers, by=world.kham, answers=hers.answers | {"remarks": "Afraid of the owner"}, revision=hers.revision)
        return save(record, **facts)

    monkeypatch.setattr(cases, "answer_assessment", slow)
    assert bua.post(path, his | {"q/remarks": "", "q/punished": ["NONE"], "go": "leave"}).status_code == 302
    found = answers_of(world, assessment)
    assert (came_between, found["remarks"], found["punished"]) == ([True], "Afraid of the owner", ["NONE"])
