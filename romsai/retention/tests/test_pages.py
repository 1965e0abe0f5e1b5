"""The officer's way from what is due to the ledger, by the pages; and that nobody else finds them."""

import re
import uuid

from django.utils import timezone

from romsai.cases import actions as cases
from romsai.cases.models import Case
from romsai.core import access
from romsai.retention import tasks
from romsai.retention.models import Hold, Round
from romsai.retention.tests.arrange import closed
from tests import world as build
from tests.baddays.insiders import PASSWORD, sign_in


def send(browser, address, **form):
    return browser.post(address, form | {"client_key": uuid.uuid4()})


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def confirm(browser):
    page = text(browser.get("/second/"))
    address = "/second/" + page.split('href="/second/')[1].split('"')[0]
    asked = browser.get(address)
    assert browser.post(asked["Location"], {"password": PASSWORD})["Location"] == address
    return send(browser, address, answer="confirm")


def test_from_what_is_due_to_the_ledger(world, officers):
    case = closed(build.case(world), reason="NOT_SUBSTANTIATED")
    tasks.note_due()
    one, two, kham = (sign_in(worker) for worker in (*officers, world.kham))
    page = text(one.get("/retention/"))
    assert case.number in page
    assert "the day on which the case was closed" in page
    asked = send(one, "/retention/erase/R8/", reason="Looked through the list.")
    assert asked.status_code == 302
    decision = text(one.get(asked["Location"]))
    assert "Waits for a second person" in decision
    assert confirm(two)["Location"] == asked["Location"]
    assert "stands to be" not in text(kham.get(f"/cases/{case.uuid}/"))
    assert "Two people decided to erase this case" in text(kham.get(f"/cases/{case.uuid}/"))
    with access.system():
        Round.objects.update(not_before=timezone.now())
    tasks.take_up(timestamp=0)
    with access.system():
        made = Round.objects.get()
    tasks.work(made.pk)
    assert "Done" in text(one.get(asked["Location"]))
    gone, never = kham.get(f"/cases/{case.uuid}/"), kham.get(f"/cases/{uuid.uuid4()}/")
    assert (gone.status_code, gone.content) == (never.status_code, never.content)
    book = text(one.get("/retention/ledger/", {"number": case.number}))
    assert "The time of keeping is over" in book
    assert f"{officers[0].name}, {officers[1].name}" in book
    assert "Nothing was erased under this number" in text(one.get("/retention/ledger/", {"number": "X-1"}))


def test_the_list_of_what_is_due_leaves_out_what_the_officer_is_kept_from(world, officers):
    kept, open_to_all = (closed(build.case(world), reason="NOT_SUBSTANTIATED") for _each in range(2))
    with access.acting(world.kham):
        cases.exclude(kept, by=world.kham, worker=officers[0], reason="RELATIVE")
    tasks.note_due()
    seen = [text(sign_in(officer).get("/retention/")) for officer in officers]
    assert [(kept.number in page, open_to_all.number in page) for page in seen] == [(False, True), (True, True)]
    assert [re.search(r'<b>(\d+)</b>', page)[1] for page in seen] == ["1", "2"]


def test_a_hold_by_the_worker_and_its_end_by_two_officers(world, officers):
    case = closed(build.case(world))
    one, two, kham = (sign_in(worker) for worker in (*officers, world.kham))
    address = f"/retention/cases/{case.uuid}/hold/"
    assert address in text(kham.get(f"/cases/{case.uuid}/"))
    assert send(kham, address, kind="", reason="").status_code == 422
    assert send(kham, address, kind="PROCEEDINGS", reason="Court of appeal").status_code == 302
    assert "Court proceedings" in text(kham.get(f"/cases/{case.uuid}/"))
    assert case.number in text(one.get("/retention/holds/"))
    refused = send(one, "/retention/erase/", number=case.number, ground="REQUEST", reason="x")
    assert (refused.status_code, "legal hold on this case" in refused.content.decode()) == (422, True)
    assert "already" in send(one, "/retention/holds/new/", number=case.number, kind="OTHER", reason="x").content.decode()
    with access.system():
        held = Hold.objects.get()
    assert send(one, f"/retention/holds/{held.uuid}/lift/", reason="The appeal was withdrawn.").status_code == 302
    assert confirm(two)["Location"] == "/retention/holds/"
    assert "There is no hold" in text(one.get("/retention/holds/"))
    asked = send(one, "/retention/erase/", number=case.number, ground="REQUEST", reason="By letter.")
    stop = f"{asked['Location']}stop/"
    assert "Stop it" in text(one.get(stop))
    assert send(one, stop).status_code == 302
    assert "Stopped" in text(one.get("/retention/rounds/"))
    assert "Nothing waits for you" in text(two.get("/second/"))
    with access.system():
        assert Case.objects.filter(pk=case.pk).exists()


def test_whoever_is_no_officer_finds_nothing(world):
    for worker in (world.supervisor, world.admin, world.auditor):
        browser = sign_in(worker)
        for path in ("", "erase/", "erase/R8/", "rounds/", "holds/", "holds/new/", "ledger/"):
            assert browser.get(f"/retention/{path}").status_code == 404, (worker.role, path)
