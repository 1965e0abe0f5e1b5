"""Every line of bad_input.yaml is typed into the real form: the person is told, nothing is saved, and nothing that was typed is lost."""

import re
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
import yaml
from django.test import Client
from lxml import html

from romsai.care import actions as care
from romsai.care.models import PlanAction
from romsai.care.tests import arrange
from romsai.cases import actions as cases
from romsai.cases.models import Case, Note, Report, Visit
from romsai.core import access
from romsai.questionnaires import actions as questionnaires
from romsai.questionnaires.tests.sheets import xlsform
from tests import world as build
from tests.baddays.insiders import PASSWORD, sign_in
from tests.running import committing

LINES = yaml.safe_load(Path(__file__).with_name("bad_input.yaml").read_text(encoding="utf-8"))
KEPT = (Report, Case, Visit, Note, PlanAction)
SHEET = [
    ["type", "name", "label", "required", "constraint", "constraint_message"],
    ["integer", "age", "How old?", "yes", ". >= 0 and . <= 30", "Write an age up to 30."],
    ["date", "seen", "Seen on", "", "", ""],
    ["text", "said", "What was said", "", "", ""],
]


@pytest.fixture(scope="module")
def there(django_db_blocker):
    with committing(django_db_blocker):
        yield furnished(build.build())


def furnished(w):
    """One world with a record for every form."""
    report, case = build.report(w), build.case(w)
    planning = arrange.at(w, "PLANNING")
    with access.acting(w.kham):
        care.start_plan(planning, by=w.kham)
    running = arrange.in_force(w)
    with access.acting(w.kham):
        care.schedule_follow_ups(running, by=w.kham, from_on=arrange.today(-40), schedule=["M1"])
    with access.acting(w.admin):
        version = questionnaires.upload(by=w.admin, content=xlsform(SHEET, settings=[["form_id"], ["bad_day"]]), kind="bad_day")
    with access.acting(w.admin2):
        version = questionnaires.publish(version, by=w.admin2)
    with access.acting(w.kham):
        begun = cases.start_assessment(case, by=w.kham, version=version, language="en")
        visit = running.follow_ups.first()
    return SimpleNamespace(
        w=w, browsers={}, known=set(), report=report, case=case, planning=planning, running=running, begun=begun, visit=visit
    )  # fmt: skip


def browser(there, who):
    """Signed in once; whoever is signed out by a test signs in again."""
    if who not in there.browsers:
        there.browsers[who] = Client() if not who or who in there.known else sign_in(getattr(there.w, who))
        if who in there.known:
            worker = getattr(there.w, who)
            login = {"login": f"{worker.role.lower()}{worker.pk}@example.org", "password": PASSWORD}
            assert there.browsers[who].post("/account/login/", login).status_code == 302
        if who:
            there.known.add(who)
    return there.browsers[who]


def day(name, on):
    return {f"{name}_day": str(on.day), f"{name}_month": str(on.month), f"{name}_year": str(on.year)}


def good(there):
    """form -> (who, address, what is typed over the page as it opens, so that all of it is right)."""
    w, yesterday = there.w, arrange.today(-1)
    seen = {"kind": "VISIT_HOME", **day("on", yesterday), "child_seen": "yes", "seen_alone": "yes", "is_safe": "yes", "words": "I want to go to school."}
    return {
        "report": ("operator", "/cases/reports/new/", {"danger": "no", "worry": "A girl of nine carries bricks.", "where": "Behind the kiln"}),
        "register": ("kham", f"/cases/reports/{there.report.uuid}/register/", {
            "name": "Keo Invented", "sex": "F", "age": "14", "age_basis": "ESTIMATED", "language": "lo", "area": "Town", "concerns": ["LAB-UAG"],
            "risk": "MEDIUM", "risk_reasons": "Debt to the owner", "giver": "CHILD", "decision": "ASSENT", "worker": str(w.kham.uuid),
        }),
        "visit": ("kham", f"/cases/{there.case.uuid}/do/visit/", seen),
        "note": ("kham", f"/cases/{there.case.uuid}/do/note/", {"text": "The aunt called."}),
        "action": ("kham", f"/care/{there.planning.uuid}/plan/action/", {
            "text": "Enrol Keo", "new_goal": "Keo goes to school", **day("due_on", arrange.today(7)), "who": str(w.kham.uuid),
        }),
        "follow_up": ("kham", f"/care/{there.running.uuid}/follow-ups/{there.visit.uuid}/", {**seen, "outcome": "SAME"}),
        "answers": ("kham", f"/cases/{there.case.uuid}/do/assessment/{there.begun.uuid}/", {"q/age": "9", "q/said": "She counts to ten.", **day("q/seen", yesterday)}),
        "sign_in": ("", "/account/login/", {"login": "kham@example.org", "password": PASSWORD}),
        "code": ("", "/answer/", {"code": "0000 0000 0000 0000"}),
    }  # fmt: skip


def filled(page):
    """What the form of a page would send, as a browser reads it: [(name, value)]."""
    tree = html.fromstring(page)
    forms = [form for form in tree.xpath("//main//form") if (form.get("method") or "").lower() == "post"]
    return [pair for form in forms[:1] for pair in _pairs(form)]


def _pairs(form):
    for box in form.xpath(".//input|.//textarea|.//select"):
        name, kind = box.get("name"), box.get("type", "")
        if not name or box.get("disabled") is not None or kind in ("submit", "button", "file"):
            continue
        if box.tag == "textarea":
            # A browser leaves out the line break right behind the tag.
            yield name, (box.text or "").removeprefix("\n")
        elif box.tag == "select":
            chosen = box.xpath("./option[@selected]|./optgroup/option[@selected]") or box.xpath(".//option")[:1]
            yield from ((name, one.get("value", one.text or "")) for one in chosen)
        elif kind in ("radio", "checkbox"):
            if box.get("checked") is not None:
                yield name, box.get("value", "on")
        else:
            yield name, box.get("value", "")


def long(text):
    found = re.fullmatch(r"(.)\*(\d+)", text)
    return found[1] * int(found[2]) if found else text


def typed(line, facts):
    """What stands in the boxes when the form is sent: {name: [value]}."""
    return {name: [long(one) for one in (value if isinstance(value, list) else [value])] for name, value in {**facts, **line["typed"]}.items()}


def over(page, facts):
    """The page as it opened with these facts typed over it."""
    pairs = {}
    for name, value in filled(page.content.decode()):
        pairs.setdefault(name, []).append(value)
    return pairs | facts


def post(client, url, pairs, **how):
    """As a browser sends it, also what is no text."""
    body = urlencode(pairs, doseq=True, errors="surrogatepass")
    return client.post(url, body, content_type="application/x-www-form-urlencoded", **how)


def as_shown(values):
    """Without what is empty; what no page can show stands there as the sign for it."""
    return sorted(re.sub("[\x00\ud800-\udfff\ufffd]+", "\ufffd", value.replace("\r\n", "\n")) for value in values if value.strip())


def lost(line, facts, page):
    """{field: what was typed} of what the form that came back does not hold."""
    back = {}
    for name, value in filled(page):
        back.setdefault(name, []).append(value)
    forgotten = {"password", line.get("forgotten")}
    return {name: values for name, values in facts.items() if name not in forgotten and as_shown(values) != as_shown(back.get(name, []))}


def records():
    """How much is kept: what a form that was not taken leaves as it was."""
    with access.system():
        return {model: model.objects.count() for model in KEPT}


# manners of sending: (client, url, pairs, there) -> the answer that the person is shown


def once(client, url, pairs, there):
    return post(client, url, pairs)


def twice(client, url, pairs, there):
    first, second = post(client, url, pairs), post(client, url, pairs)
    assert first.url == second.url
    return second


def signed_out(client, url, pairs, there):
    client.cookies.clear()
    there.browsers.pop("kham")
    return post(client, url, pairs, headers={"Origin": "http://testserver"})


def after_twelve_hours(client, url, pairs, there):
    with access.accounts():
        session = client.session
        session["begun"] -= 13 * 3600
        session.save()
    there.browsers.pop("kham")
    return post(client, url, pairs, headers={"Origin": "http://testserver"})


def from_an_old_page(client, url, pairs, there):
    client.handler.enforce_csrf_checks = True
    try:
        answer = post(client, url, pairs | {"csrfmiddlewaretoken": "x" * 64}, headers={"Origin": "http://testserver"})
        again = post(client, url, dict(_together(filled(answer.content.decode()))), headers={"Origin": "http://testserver"})
        assert again.status_code == 302, "what came back can be sent as it stands"
    finally:
        client.handler.enforce_csrf_checks = False
    return answer


def _together(pairs):
    names = dict.fromkeys(name for name, _value in pairs)
    return [(name, [value for other, value in pairs if other == name]) for name in names]


def after_another(client, url, pairs, there):
    with access.acting(there.w.kham):
        begun = type(there.begun).objects.visible().get(pk=there.begun.pk)
        cases.answer_assessment(begun, by=there.w.kham, answers={"age": "7"}, page="age", language="en", revision=begun.revision)
    return post(client, url, pairs)


SENT = {
    "once": once,
    "twice": twice,
    "signed out": signed_out,
    "after twelve hours": after_twelve_hours,
    "from an old page": from_an_old_page,
    "after another": after_another,
}
SAVED_ANYWAY = {"from an old page", "after another"}  # the test itself saves: by sending again, and as the other person


@pytest.mark.parametrize("line", LINES, ids=[line["wrong"].replace(" ", "_") for line in LINES])
def test_it_is_told_and_nothing_that_was_typed_is_lost(there, line):
    who, url, facts = good(there)[line["form"]]
    client, facts = browser(there, who), typed(line, facts)
    page = client.get(url)
    assert page.status_code == 200, url
    before = records()
    answer = SENT[line.get("sent", "once")](client, url, over(page, facts), there)
    body = answer.content.decode()
    if line.get("saved"):
        assert answer.status_code in (200, 302) and "There is a problem" not in body
        grown = {model: count - before[model] for model, count in records().items() if count != before[model]}
        assert len(grown) == 1 and set(grown.values()) == {1}
        saved_as(line, facts)
        return
    told = " ".join(html.fromstring(body).xpath("string(//main)").split())
    assert line["told"] in told, told[:1500]
    assert answer.status_code in (422, 401, 403, 409) or line["form"] == "sign_in"
    assert lost(line, facts, body) == {}
    if line.get("sent") not in SAVED_ANYWAY:
        assert records() == before


def saved_as(line, facts):
    with access.system():
        if line["form"] == "report":
            report = Report.objects.latest("pk")
            assert report.words.worry == facts["worry"][0]
            if "heard_on_year" in line["typed"]:
                assert report.heard_at.year == 2026
