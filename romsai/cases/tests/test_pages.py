"""The pages of reports and cases, asked as each person would."""

import re
import uuid

import pytest
from django.test import Client

from romsai.cases.models import Case, Report, Visit
from romsai.core import access
from romsai.places.models import Account
from tests import world as invented

pytestmark = pytest.mark.django_db(databases=["default", "refusals"])


def browser(worker):
    """A browser in which this worker is signed in."""
    client = Client()
    with access.accounts():
        account, _made = Account.objects.get_or_create(email=f"{worker.pk}@example.org", worker=worker)
        client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.content.decode()).group(1)


def key(page):
    return hidden(page, "client_key")


def text(page):
    return page.content.decode()


@pytest.fixture
def case(world):
    return invented.case(world)


def test_an_operator_saves_a_report_with_the_danger_question_and_one_sentence(world):
    client = browser(world.operator)
    page = client.get("/cases/reports/new/")
    assert text(page).index('name="danger"') < text(page).index('name="worry"') < text(page).index('name="area"')
    sent = {"client_key": key(page), "receipt": hidden(page, "receipt"), "danger": "yes", "worry": "A girl cries behind the bar."}
    answer = client.post("/cases/reports/new/", sent)
    code = re.search(r"data-receipt>([\d ]+)<", text(answer)).group(1)
    again = client.post("/cases/reports/new/", sent)
    assert re.search(r"data-receipt>([\d ]+)<", text(again)).group(1) == code
    with access.system():
        assert [(r.danger, r.channel, r.words.worry) for r in Report.objects.all()] == [("yes", "HELPLINE", "A girl cries behind the bar.")]


TABS = ["", "assessments/", "timeline/", "people/", "who/", "history/"]
DEEDS = [
    "", "visit/", "note/", "safety-plan/", "ask-guardian/", "guardian/", "person/", "concern/", "risk/", "consent/", "next-step/", "close/", "assign/", "release/", "exclude/",
]  # fmt: skip


@pytest.mark.parametrize("who", ["kham", "supervisor", "manager", "coordinator"])
def test_every_tab_opens_for_whoever_reaches_the_case(world, case, who):
    invented.seen(world, case)
    client = browser(getattr(world, who))
    for tab in TABS:
        page = client.get(f"/cases/{case.uuid}/{tab}")
        assert page.status_code == 200, (tab, page)
        assert ("Keo Invented" in text(page)) is (who != "coordinator"), tab
    assert ("I want to go to school" in text(client.get(f"/cases/{case.uuid}/"))) is (who == "kham")


def test_every_action_page_opens_for_the_worker_of_the_case(world, case):
    client = browser(world.kham)
    for deed in DEEDS:
        page = client.get(f"/cases/{case.uuid}/do/{deed}")
        assert page.status_code == 200, (deed, page)


def test_the_lists_of_the_day_open_for_whoever_has_them(world, case):
    wanted = {
        "/cases/": ["kham", "supervisor", "manager"], "/cases/team/": ["supervisor", "manager", "coordinator"], "/cases/team/list/": ["supervisor", "manager", "coordinator"],
        "/cases/approvals/": ["supervisor", "manager"], "/cases/reports/": ["operator", "kham", "supervisor"],
    }  # fmt: skip
    for url, names in wanted.items():
        for name in ("kham", "supervisor", "manager", "coordinator", "operator", "admin", "nurse"):
            assert browser(getattr(world, name)).get(url).status_code == (200 if name in names else 404), (url, name)


def test_from_report_to_the_next_step_in_the_browser(world):
    report = invented.report(world, child_names="Noy Invented", children=1)
    client = browser(world.kham)
    assert "Noy Invented" in text(client.get(f"/cases/reports/{report.uuid}/"))
    url = f"/cases/reports/{report.uuid}/register/"
    page = client.get(url)
    facts = {
        "client_key": key(page), "name": "Noy Invented", "sex": "F", "age": "14", "age_basis": "ESTIMATED", "language": "lo", "area": "Town", "concerns": ["TRF-SEX", "LAB-UAG"],
        "risk": "MEDIUM", "risk_reasons": "Locked in\nDebt to the owner", "giver": "CHILD", "decision": "ASSENT", "worker": str(world.kham.uuid),
        "people-TOTAL_FORMS": 1, "people-INITIAL_FORMS": 0, "people-0-role": "FAMILY", "people-0-relation": "FATHER", "people-0-full_name": "Som Invented", "people-0-is_suspected": "on",
    }  # fmt: skip
    low = client.post(url, facts)
    assert low.status_code == 422 and "the risk is at least" in text(low) and "Debt to the owner" in text(low)
    assert "Som Invented" in text(low)
    made = client.post(url, facts | {"risk": "HIGH"})
    assert made.status_code == 302, text(made)
    again = client.post(url, facts | {"risk": "HIGH"})
    assert (again.status_code, again.url) == (302, "/cases/reports/")
    with access.system():
        case = Case.objects.get()
    assert made.url == f"/cases/{case.uuid}/"
    shown = text(client.get(made.url))
    assert "Noy Invented" in shown and "Som Invented" in shown and "Locked in" in shown
    visit = client.get(f"/cases/{case.uuid}/do/visit/")
    facts = {"client_key": key(visit), "kind": "VISIT_HOME", "child_seen": "yes", "seen_alone": "yes", "is_safe": "no", "words": "I want to go home.", "summary": "Seen at the police post."}
    day = re.findall(r'name="on_(\w+)" value="(\d+)"', text(visit))
    early = client.post(f"/cases/{case.uuid}/do/next-step/", {"client_key": str(uuid.uuid4()), "to": "INITIAL_ASSESSMENT"})
    assert early.status_code == 422 and "Nobody has seen the child yet" in text(early)
    for _twice in range(2):
        assert client.post(f"/cases/{case.uuid}/do/visit/", facts | {f"on_{name}": value for name, value in day}).status_code == 302
    with access.system():
        assert Visit.objects.count() == 1
    steps = client.post(f"/cases/{case.uuid}/do/next-step/", {"client_key": str(uuid.uuid4()), "to": "INITIAL_ASSESSMENT"})
    assert steps.status_code == 302
    with access.system():
        assert Case.objects.get().state == "INITIAL_ASSESSMENT"

