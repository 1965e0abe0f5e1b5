"""The pages of papers: a file goes in and comes out safely, and a PDF is fetched by whoever printed it."""

import io
import uuid
from datetime import timedelta

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from romsai.care.tests import arrange as care
from romsai.cases import actions as cases
from romsai.core import access
from romsai.core.models import AuditLine
from romsai.papers.models import PAPERS, Printout
from romsai.papers.tests import arrange
from tests import world as build
from tests.house.test_doors import sign_in


@pytest.fixture
def case(world):
    return build.case(world)


def send(browser, case, **facts):
    facts = {"kind": "PORTRAIT", "name": "at the river", "file": SimpleUploadedFile("Keo Invented.jpg", arrange.with_place())} | facts
    return browser.post(f"/papers/{case.uuid}/add/", facts)


def only(model):
    with access.system():
        return model.objects.get()


def test_a_photo_goes_in_once_and_comes_out_clean_as_a_file_to_save(world, case):
    browser, key = sign_in(world.kham), str(uuid.uuid4())
    assert (send(browser, case, client_key=key).status_code, send(browser, case, client_key=key).status_code) == (302, 302)
    paper = only(PAPERS["identity"])
    page = browser.get(f"/cases/{case.uuid}/papers/").content.decode()
    assert "at the river" in page
    assert "not scanned for viruses" in page
    assert f'src="/papers/paper/{paper.uuid}/file/"' in browser.get(f"/papers/paper/{paper.uuid}/").content.decode()
    answer = browser.get(f"/papers/paper/{paper.uuid}/file/")
    assert answer.status_code == 200
    assert b"PlantedMaker" not in answer.content
    assert {name: answer[name] for name in ("Content-Type", "Content-Disposition", "Content-Security-Policy", "X-Content-Type-Options", "Cache-Control")} == {
        "Content-Type": "image/jpeg", "Content-Disposition": f'attachment; filename="{str(paper.uuid)[:8]}.jpg"',
        "Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
    }  # fmt: skip
    with access.acting(world.auditor):
        line = AuditLine.objects.filter(action="GET papers:file").latest("id")
    assert (line.worker_id, list(line.reads)) == (world.kham.pk, ["identity"])


def test_an_original_that_was_not_kept_is_absent(world, case):
    browser = sign_in(world.kham)
    paper = arrange.kept(world, case, kind="PORTRAIT", file="a.jpg", data=arrange.picture())
    evidence = arrange.kept(world, case, kind="EVIDENCE", file="a.jpg", data=arrange.picture())
    assert browser.get(f"/papers/paper/{paper.uuid}/original/").status_code == 404
    assert browser.get(f"/papers/paper/{evidence.uuid}/original/")["Content-Disposition"].endswith('-original.jpg"')


def test_a_stranger_and_a_wrong_level_get_the_same_as_for_nothing(world, case):
    paper = arrange.kept(world, case, kind="MEDICAL")
    nothing = uuid.uuid4()
    for who in (world.stranger, world.manager):
        browser = sign_in(who)
        for path in ("", "file/", "original/", "withdraw/"):
            hidden, absent = (browser.get(f"/papers/paper/{name}/{path}") for name in (paper.uuid, nothing))
            assert (hidden.status_code, hidden.content) == (404, absent.content)


def test_a_withdrawn_paper_is_no_longer_given_out(world, case):
    browser, paper = sign_in(world.kham), arrange.kept(world, case)
    assert browser.post(f"/papers/paper/{paper.uuid}/withdraw/", {}).status_code == 422
    assert browser.post(f"/papers/paper/{paper.uuid}/withdraw/", {"why": "OTHER_CHILD"}).status_code == 302
    assert browser.get(f"/papers/paper/{paper.uuid}/file/").status_code == 404
    assert "it is about another child" in browser.get(f"/papers/paper/{paper.uuid}/").content.decode()


def test_the_tab_asks_the_same_number_of_queries_for_one_paper_as_for_five(world, case):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser, counted = sign_in(world.kham), []
    for more in (1, 4):
        for _n in range(more):
            arrange.kept(world, case)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(f"/cases/{case.uuid}/papers/").status_code == 200
        counted.append(len([query for query in asked if "papers_" in query["sql"]]))
    assert counted == [6, 6]  # one a level, one for what was printed


# printing


def test_a_summary_is_printed_and_fetched_by_its_printer_for_a_day(world):
    case = care.in_force(world)
    referral = care.referral(world, case)
    browser = sign_in(world.kham)
    page = browser.get(f"/papers/{case.uuid}/print/summary/").content.decode()
    assert "Shelter Banyan" in page
    with access.system():
        share = referral.share
    key = str(uuid.uuid4())
    sent = [
        browser.post(f"/papers/{case.uuid}/print/summary/", {"share": share.uuid, "language": "en", "client_key": key})
        for _twice in range(2)
    ]
    made = only(Printout)
    assert [answer["Location"] for answer in sent] == [f"/papers/printed/{made.uuid}/"] * 2
    answer = browser.get(f"/papers/printed/{made.uuid}/pdf/")
    assert answer["Content-Disposition"] == f'attachment; filename="{made.number}.pdf"'
    assert len(pikepdf.open(io.BytesIO(answer.content)).pages) == 1
    assert sign_in(world.supervisor).get(f"/papers/printed/{made.uuid}/pdf/").status_code == 404
    with access.acting(world.kham):
        cases.withdraw_consent(case.consents.get(recipient=world.shelter), by=world.kham, giver="CHILD")
    stopped = browser.get(f"/papers/printed/{made.uuid}/pdf/")
    assert (stopped.status_code, "Nothing is shared for this now" in stopped.content.decode()) == (422, True)
    with access.system():
        made.printed_at = timezone.now() - timedelta(hours=25)
        made.save()
    assert browser.get(f"/papers/printed/{made.uuid}/pdf/").status_code == 404


def test_a_changed_case_is_printed_anew(world, case):
    browser = sign_in(world.kham)
    browser.post(f"/papers/{case.uuid}/print/child/", {"person": case.child.uuid, "language": "en"})
    made = only(Printout)
    assert browser.get(f"/papers/printed/{made.uuid}/pdf/").status_code == 200
    with access.system():
        world.kham.phone = "+66 2 555 0100"
        world.kham.save()
    changed = browser.get(f"/papers/printed/{made.uuid}/pdf/")
    assert (changed.status_code, "Print it again" in changed.content.decode()) == (422, True)


@pytest.mark.parametrize("what", ["consent", "child", "card"])
@pytest.mark.parametrize("language", ["en", "th", "lo"])
def test_the_other_papers_are_printed_in_each_language(world, case, what, language):
    browser = sign_in(world.kham)
    sent = {"person": str(case.child.uuid), "language": language, "purpose": "SERVICE"}
    answer = browser.post(f"/papers/{case.uuid}/print/{what}/", sent)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    assert browser.get(answer["Location"] + "pdf/").content.startswith(b"%PDF")


def test_a_consent_paper_without_its_recipient_is_refused(world, case):
    browser = sign_in(world.kham)
    answer = browser.post(
        f"/papers/{case.uuid}/print/consent/", {"person": str(case.child.uuid), "language": "en", "purpose": "SHARE_NAMED"}
    )
    assert (answer.status_code, "Choose who would be told." in answer.content.decode()) == (422, True)
