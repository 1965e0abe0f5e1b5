"""Every line of bad_exports.yaml is sent by the page, and the person is told what stands there; what was typed is still in the form."""

import html
import uuid
from pathlib import Path

import pytest
import yaml

from romsai.cases.models import Case
from romsai.core import access
from romsai.core.models import Proposal
from romsai.exchange.exports import asking
from romsai.exchange.models import Export
from romsai.places.models import WorkerArea
from tests import world as build
from tests.baddays.insiders import sign_in

LINES = yaml.safe_load(Path(__file__).with_name("bad_exports.yaml").read_text(encoding="utf-8"))
KEY = "age1kkr9lw5vw4mcqv8svmv2k6dm3gg7yg2y7y02nuvlrg4yj2slpyksk90z74"
GOOD = {"format": "CSV", "purpose": "The ministry counts beds for next year.", "recipient": "Ministry, planning", "recipient_key": ""}


def arranged(name, world, monkeypatch):
    """What must be there before, and what is typed."""
    if name == "many":
        monkeypatch.setattr(asking, "ALONE", 0)
    if name == "too_many":
        build.case(world)
        monkeypatch.setattr(asking, "MOST", 1)
    if name == "two_provinces":
        far = build.case(world)
        with access.system():
            Case.objects.filter(pk=far.pk).update(area=world.south)
            WorkerArea.objects.create(worker=world.manager, area=world.country)
    return {"long": {"purpose": "x" * 600}, "two_keys": {"recipient_key": f"{KEY} {KEY}"}, "two_provinces": {"recipient_key": KEY}}.get(name, {})


def told(browser, line, form):
    """What is wrong with the answer to a line: nothing, if it says what it should and keeps what was typed."""
    answer = browser.post(f"/exchange/out/new/?{line.get('query', '')}", form | {"client_key": uuid.uuid4()})
    if line.get("absent"):
        return "" if answer.status_code == 404 else f"{line['wrong']}: {answer.status_code}"
    page = html.unescape(answer.content.decode()).replace("\0", "")
    is_right = answer.status_code == 422 and line["told"] in page
    is_kept = all(form[name].strip().replace("\0", "") in page for name in ("purpose", "recipient"))
    return "" if is_right and is_kept else f"{line['wrong']}: {answer.status_code} {page[page.find('error-summary') :][:600]}"


def test_what_is_wrong_is_told_and_nothing_leaves(world):
    build.case(world)
    browsers = {who: sign_in(getattr(world, who)) for who in ("kham", "bua", "coordinator")}
    lines = [line for line in LINES if "made" not in line]
    wrong = [told(browsers[line.get("who", "kham")], line, GOOD | line.get("form", {})) for line in lines]
    assert len(lines) > 20 and not any(wrong), "\n".join(wrong)
    with access.system():
        assert not Export.objects.exists() and not Proposal.objects.exists()


@pytest.mark.parametrize("line", [line for line in LINES if "made" in line], ids=lambda line: line["made"])
def test_what_is_wrong_with_more_than_the_form_is_told_as_well(world, line, monkeypatch):
    build.case(world)
    form = GOOD | line.get("form", {}) | arranged(line["made"], world, monkeypatch)
    assert told(sign_in(getattr(world, line.get("who", "kham"))), line, form) == ""
    with access.system():
        assert not Export.objects.exists() and not Proposal.objects.exists()


def test_names_that_a_role_is_not_even_offered_are_not_taken_from_a_form_either(world):
    build.case(world)
    browser = sign_in(world.coordinator)
    assert 'name="levels"' not in browser.get("/exchange/out/new/").content.decode()
    browser.post("/exchange/out/new/", GOOD | {"levels": "identity", "client_key": uuid.uuid4()})
    with access.system():
        assert Export.objects.get().asked["levels"] == []
