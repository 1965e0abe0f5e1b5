"""The pages of reports and cases, asked as each person would."""

import re
import uuid
from collections import Counter

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from romsai.cases import actions, queries
from romsai.cases.models import Assignment, Case, Report, Visit
from romsai.core import access
from romsai.core.models import AuditLine
from romsai.places.models import Account, Area, Worker
from romsai.questionnaires import actions as questionnaires
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
        "client_key": key(page), "name": "Noy Invented", "sex": "F", "age": "14", "age_basis": "ESTIMATED", "language": "lo", "area": "Town", "concerns": ["TRF-SEX", "LAB-UAG", "TRF-SEX"],
        "risk": "MEDIUM", "risk_reasons": "Locked in\nDebt to the owner", "giver": "CHILD", "decision": "ASSENT", "worker": str(world.kham.uuid),
        "people-TOTAL_FORMS": 1, "people-INITIAL_FORMS": 0, "people-0-role": "FAMILY", "people-0-relation": "FATHER", "people-0-full_name": "Som Invented", "people-0-is_suspected": "on",
    }  # fmt: skip
    low = client.post(url, facts)
    assert low.status_code == 422 and "the risk is at least" in text(low) and "Debt to the owner" in text(low)
    assert "Som Invented" in text(low)
    assert "With “Trafficking for sexual exploitation” the risk is at least “High”" in text(low) and 'href="#id_risk' in text(low)
    found = client.post(url, facts | {"risk": "", "find_concern": "school", "find": "1"})
    assert found.status_code == 200 and "“High” is chosen because of “Trafficking for sexual exploitation”" in text(found)
    assert "checked" in re.search(r'<input[^>]*name="risk"[^>]*value="HIGH"[^>]*>', text(found)).group()
    suspect = client.post(url, facts | {"risk": "HIGH", "giver": "FATHER", "decision": "CONSENT"})
    assert suspect.status_code == 422 and "suspected of the harm" in text(suspect)
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
    facts = {
        "client_key": key(visit),
        "kind": "VISIT_HOME",
        "child_seen": "yes",
        "seen_alone": "yes",
        "is_safe": "no",
        "words": "I want to go home.",
        "summary": "Seen at the police post.",
    }
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


def test_hidden_and_absent_give_the_same_bytes_and_a_refusal_is_noted(world, case):
    stranger = browser(world.stranger)
    for form in ("/cases/{}/", "/cases/{}/people/", "/cases/{}/do/visit/", "/cases/reports/{}/"):
        record = case.uuid if "reports" not in form else invented.report(world).uuid
        hidden_page, absent = (stranger.get(form.format(one)) for one in (record, uuid.uuid4()))
        assert (hidden_page.status_code, absent.status_code) == (404, 404), form
        assert hidden_page.content == absent.content, form
        assert {k: v for k, v in hidden_page.headers.items() if k != "Set-Cookie"} == {
            k: v for k, v in absent.headers.items() if k != "Set-Cookie"
        }


def test_a_supervisor_sees_no_words_and_reads_them_while_a_question_waits(world, case):
    invented.seen(world, case)
    client = browser(world.supervisor)
    before = text(client.get(f"/cases/{case.uuid}/"))
    assert "You see no words and no places" in before and "I want to go to school" not in before
    with access.acting(world.kham):
        actions.set_risk(case, by=world.kham, risk="LOW", reasons=["Back at school"])
    assert "I want to go to school" in text(client.get(f"/cases/{case.uuid}/"))


def queries_of(client, url):
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return sum("places_label" not in query["sql"] for query in found)  # changed words are read again every half minute


def test_a_list_asks_as_many_queries_for_one_case_as_for_five(world):
    clients = {
        "/cases/": browser(world.kham),
        "/cases/team/": browser(world.supervisor),
        "/cases/team/list/": browser(world.supervisor),
        "/cases/reports/": browser(world.operator),
    }
    invented.case(world)
    invented.report(world)
    for url, client in clients.items():
        client.get(url)
    few = {url: queries_of(client, url) for url, client in clients.items()}
    for number in range(4):
        child = {"sex": "F", "birth_year": 2012, "age_basis": "STATED", "names": [{"kind": "LEGAL", "full": f"Invented {number}"}]}
        invented.case(world, child=child, concerns=["LAB-UAG", "VIO-PHY"])
        invented.report(world)
    assert {url: queries_of(client, url) for url, client in clients.items()} == few
    print(f"queries of the lists of the day, whatever their length: {few}")


def test_the_case_page_asks_as_many_queries_for_a_long_timeline_as_for_a_short_one(world, case):
    client = browser(world.kham)
    invented.seen(world, case)
    with access.acting(world.kham):
        actions.write_note(case, by=world.kham, text="A note")
    urls = [f"/cases/{case.uuid}/", f"/cases/{case.uuid}/timeline/", f"/cases/{case.uuid}/people/"]
    for url in urls:
        client.get(url)
    few = [queries_of(client, url) for url in urls]
    for number in range(5):
        invented.seen(world, case, words=f"Said {number}")
        with access.acting(world.kham):
            actions.write_note(case, by=world.kham, text=f"Note {number}")
            actions.add_person(case, by=world.kham, role="FAMILY", relation="SIBLING", names=[{"full": f"Brother {number}"}], sex="M")
    assert [queries_of(client, url) for url in urls] == few
    print(f"queries of the case page, its timeline and its people: {few}")


def test_forty_two_children_of_one_raid_are_pasted_and_spread_over_two_workers(world):
    report = invented.report(world, children=42, channel="POLICE")
    client = browser(world.operator)
    url = f"/cases/reports/{report.uuid}/register-group/"
    tongues = ["Lao", "Burmese", "Khmer"]
    pasted = "\n".join(f"girl {n} with the blue shirt\tF\t{10 + n % 6}\t{tongues[n % 3]}" for n in range(42))
    page = client.get(url)
    shared = {
        "client_key": key(page), "kind": "RAID", "happened_on_day": "1", "happened_on_month": "11", "happened_on_year": "2026", "area": "Town", "concerns": ["TRF-LAB"],
        "giver": "CHILD", "decision": "OVERRIDDEN", "override_reason": "DANGER", "workers": [str(world.kham.uuid), str(world.bua.uuid)],
        "children-TOTAL_FORMS": 3, "children-INITIAL_FORMS": 0, "pasted": pasted,
    }  # fmt: skip
    shared |= {f"happened_on_{n}": v for n, v in enumerate(("1", "11", "2025"))}
    table = client.post(url, shared | {"read": "1"})
    assert table.status_code == 200 and 'value="girl 41 with the blue shirt"' in text(table)
    low = client.post(url, shared | {"risk": "LOW"})
    assert low.status_code == 422 and 'value="girl 41 with the blue shirt"' in text(low)
    made = client.post(url, shared | {"risk": "HIGH"})
    assert made.status_code == 302, text(made)
    assert client.post(url, shared | {"risk": "HIGH"}).url == "/cases/reports/"
    with access.system():
        found = list(Case.objects.select_related("child").prefetch_related("assignments"))
        loads = Counter(case.assignments.get().worker_id for case in found)
        languages = {worker: {case.language for case in found if case.assignments.get().worker_id == worker} for worker in loads}
    assert len(found) == 42 and set(loads.values()) == {21}
    assert sorted(len(spoken) for spoken in languages.values()) == [2, 2]


def test_a_known_child_is_shown_within_ones_scope_and_outside_only_that_somebody_will_call(world, case):
    mine = text(browser(world.kham).get("/cases/known-child/?q=Keo+Invented&age=14"))
    assert case.number in mine and "Keo Invented" in mine
    elsewhere = text(browser(world.stranger).get("/cases/known-child/?q=Keo+Invented&born_2=2012"))
    assert "A desk officer will contact you" in elsewhere
    for word in (case.number, "Welfare", "Town", "North", "Kham", "registered"):
        assert word not in elsewhere
    assert "A desk officer" not in text(browser(world.stranger).get("/cases/known-child/?q=Keo+Invented"))
    for _again in range(3):
        browser(world.stranger).get("/cases/known-child/?q=Keo+Invented&born_2=2012")
    with access.system():
        assert case.events.filter(kind="LOOKED_FOR").count() == 1
    assert "looked for this child" in text(browser(world.kham).get(f"/cases/{case.uuid}/"))
    assert "looked for this child" not in text(browser(world.supervisor).get(f"/cases/{case.uuid}/"))


def test_the_check_works_without_script_and_keeps_what_was_typed(world, case):
    report = invented.report(world)
    page = browser(world.kham).post(
        f"/cases/reports/{report.uuid}/register/", {"check": "1", "name": "Keo Invented", "age": "14", "find_concern": ""}
    )
    assert page.status_code == 200 and case.number in text(page) and 'value="Keo Invented"' in text(page)
    assert "govuk-error-summary" not in text(page)
    found = browser(world.kham).post(
        f"/cases/reports/{report.uuid}/register/", {"find": "1", "name": "Keo Invented", "find_concern": "begging"}
    )
    assert "Street work or begging" in text(found).split("<details")[0]


def test_a_report_is_added_to_the_open_case_it_is_about(world, case):
    report = invented.report(world)
    client = browser(world.kham)
    url = f"/cases/reports/{report.uuid}/link/{case.uuid}/"
    assert client.post(url, {"client_key": key(client.get(url))}).url == f"/cases/{case.uuid}/"
    with access.system():
        assert Report.objects.get(pk=report.pk).state == "LINKED"


def test_an_area_is_typed_by_name_and_chosen_where_the_name_is_not_enough(world):
    with access.system():
        Area.objects.create(pcode="XX0201", name="Town", level=2, parent=world.south, country="XXX")
    client = browser(world.operator)
    assert text(client.get("/cases/areas/?q=tow")).count('type="radio"') == 2
    facts = {"client_key": str(uuid.uuid4()), "danger": "no", "worry": "A boy sleeps at the pier.", "area": "town"}
    several = client.post("/cases/reports/new/", facts)
    assert several.status_code == 422 and "Several areas have this name" in text(several) and "A boy sleeps at the pier." in text(several)
    assert client.post("/cases/reports/new/", facts | {"area_code": "XX0201"}).status_code == 200
    with access.system():
        assert Report.objects.get().area.pcode == "XX0201"


def test_a_supervisor_decides_in_two_clicks_and_nobody_decides_their_own(world, case):
    with access.acting(world.kham):
        actions.set_risk(case, by=world.kham, risk="LOW", reasons=["Back at school"])
    client = browser(world.supervisor)
    url = re.search(r'href="(/cases/approvals/[^"]+)"', text(client.get("/cases/approvals/"))).group(1)
    page = client.get(url)
    assert "Back at school" in text(page)
    why = client.post(url, {"client_key": key(page), "status": "RETURNED", "answer": ""})
    assert why.status_code == 422 and "Say why" in text(why)
    assert client.post(url, {"client_key": key(page), "status": "APPROVED"}).status_code == 302
    with access.system():
        assert Case.objects.get().risk == "LOW"
    assert browser(world.kham).get(url).status_code == 404


def test_twenty_five_cases_of_one_worker_are_given_to_others_on_one_page_once(world):
    for number in range(6):
        invented.case(
            world, child={"sex": "F", "age_basis": "STATED", "birth_year": 2012, "names": [{"kind": "LEGAL", "full": f"Invented {number}"}]}
        )
    client = browser(world.supervisor)
    url = f"/cases/team/reassign/{world.kham.uuid}/"
    page = client.get(url)
    fields = re.findall(r'<select class="govuk-select" id="(to-[^"]+)"', text(page))
    sent = {"client_key": key(page)} | dict.fromkeys(fields, str(world.bua.uuid))
    assert client.post(url, sent).url == "/cases/team/"
    client.post(url, sent)
    assert "6 of 6 cases were given: Bua (6)" in text(client.get("/cases/team/"))
    with access.system():
        assert set(Case.objects.filter(assignments__until_at=None).values_list("assignments__worker__name", flat=True)) == {"Bua"}
        assert Assignment.objects.count() == 12


def test_a_case_whose_leads_role_has_ended_by_its_day_is_red_and_can_be_given_away(world, case):
    supervisor = browser(world.supervisor)
    assert "Nobody leads the case" not in text(supervisor.get("/cases/team/"))
    with access.system():
        Worker.objects.filter(pk=world.kham.pk).update(until_on=timezone.localdate())
    assert "Nobody leads the case" in text(supervisor.get("/cases/team/"))
    assert case.number in text(supervisor.get(f"/cases/team/reassign/{world.kham.uuid}/"))


def test_two_cases_are_compared_side_by_side_and_merged_by_a_second_supervisor(world, case):
    other = invented.case(
        world, child={"sex": "F", "birth_year": 2012, "age_basis": "STATED", "names": [{"kind": "LEGAL", "full": "Kaew Invented"}]}
    )
    first, second = browser(world.supervisor), browser(world.supervisor2)
    url = f"/cases/{case.uuid}/do/merge/"
    wrong = first.post(url, {"client_key": str(uuid.uuid4()), "number": "XXX-2026-99999"})
    assert wrong.status_code == 422
    made = first.post(url, {"client_key": str(uuid.uuid4()), "number": other.number})
    assert "Keo Invented" in text(first.get(made.url)) and "Kaew Invented" in text(first.get(made.url))
    assert first.post(made.url, {"client_key": str(uuid.uuid4())}).status_code in (404, 422)
    assert second.post(made.url, {"client_key": str(uuid.uuid4())}).status_code == 302
    with access.system():
        assert Case.objects.get(pk=other.pk).state == "MERGED"
        due = set(other.deadlines.values_list("kind", "due_at"))
        assert due and not other.deadlines.running().exists()
    assert made.url in text(first.get(f"/cases/{other.uuid}/"))
    assert first.post(made.url, {"client_key": str(uuid.uuid4())}).status_code == 302
    assert "The merge was taken back on" in text(first.get(made.url))
    with access.system():  # what was due before is due again, on its day
        assert Case.objects.get(pk=other.pk).state == "REGISTERED"
        assert set(other.deadlines.running().values_list("kind", "due_at")) == due


def test_the_reasons_for_not_closing_are_named(world, case):
    page = browser(world.kham).post(f"/cases/{case.uuid}/do/close/", {"look": "1", "reason": "DIED"})
    assert page.status_code == 200 and "A death must be reviewed" in text(page)


def test_who_looked_and_what_changed_are_told_in_words(world, case):
    client = browser(world.kham)
    invented.seen(world, case)
    client.get(f"/cases/{case.uuid}/")
    who = text(client.get(f"/cases/{case.uuid}/who/"))
    assert "Kham" in who and "Recorded a visit" in who and "Line" in who
    history = client.get(f"/cases/{case.uuid}/history/")
    assert "Contact added" in text(history) and "I want to go to school" not in text(history)
    asked = re.search(r'href="(\?open=\d+)#change', text(history).split("Contact added")[1]).group(1)
    assert "I want to go to school" in text(client.get(f"/cases/{case.uuid}/history/{asked}"))
    assert "I want to go to school" not in text(browser(world.manager).get(f"/cases/{case.uuid}/history/{asked}"))


def test_a_questionnaire_is_begun_left_and_gone_on_with(world, case):
    with access.system():
        questionnaires.load_shipped()
    client = browser(world.kham)
    url = f"/cases/{case.uuid}/do/assess/INITIAL/"
    begun = client.post(url, {"client_key": key(client.get(url))})
    assert client.get(begun.url).status_code == 200
    assert client.get(url).url == begun.url
    finished = client.post(begun.url, {"go": "finish", "client_key": str(uuid.uuid4())})
    assert finished.status_code == 422
    assert begun.url.split("/")[-2] in text(client.get(f"/cases/{case.uuid}/assessments/"))
    assert browser(world.supervisor).get(begun.url).status_code == 404


def test_a_supervisor_sets_aside_a_case_whose_child_is_searched_for_and_the_worker_goes_on_with_it(world, case):
    invented.seen(world, case)
    client, url = browser(world.supervisor), f"/cases/{case.uuid}/do/suspend/"
    assert browser(world.kham).get(url).status_code == 404
    assert client.post(url, {"client_key": str(uuid.uuid4()), "why": "The police search along the river."}).status_code == 302
    assert "The police search along the river." in text(browser(world.kham).get(f"/cases/{case.uuid}/"))
    assert browser(world.kham).post(f"/cases/{case.uuid}/do/resume/", {"client_key": str(uuid.uuid4())}).status_code == 302
    with access.system():
        assert Case.objects.get().state == "REVIEW"


def test_a_sealed_case_is_gone_for_the_supervisor_and_open_for_its_people(world, case):
    assert browser(world.kham).post(f"/cases/{case.uuid}/do/seal/", {"client_key": str(uuid.uuid4())}).status_code == 302
    for who in ("supervisor", "manager", "coordinator", "operator", "bua"):
        assert browser(getattr(world, who)).get(f"/cases/{case.uuid}/").status_code == 404, who
    assert "Sealed" in text(browser(world.kham).get(f"/cases/{case.uuid}/"))


def test_somebody_excluded_no_longer_reaches_the_case(world, case):
    url = f"/cases/{case.uuid}/do/exclude/"
    client = browser(world.kham)
    assert (
        client.post(url, {"client_key": str(uuid.uuid4()), "who": f"worker:{world.supervisor.uuid}", "reason": "RELATED"}).status_code
        == 302
    )
    assert browser(world.supervisor).get(f"/cases/{case.uuid}/").status_code == 404
    assert browser(world.supervisor2).get(f"/cases/{case.uuid}/").status_code == 200


def test_consent_is_not_taken_from_a_carer_suspected_of_the_harm_and_the_mother_can_take_hers_back(world, case):
    with access.acting(world.kham):
        actions.add_person(
            case, by=world.kham, role="FAMILY", relation="FATHER", is_suspected=True, names=[{"full": "Som Invented"}], sex="M"
        )
    client, url = browser(world.kham), f"/cases/{case.uuid}/do/consent/"
    assert "Not from somebody suspected" in text(client.get(url))
    facts = {"client_key": str(uuid.uuid4()), "kind": "TRACING", "giver": "FATHER", "decision": "CONSENT"}
    refused = client.post(url, facts)
    assert refused.status_code == 422 and "suspected of the harm" in text(refused)
    assert client.post(url, facts | {"giver": "MOTHER", "client_key": str(uuid.uuid4())}).status_code == 302
    people = text(client.get(f"/cases/{case.uuid}/people/"))
    back = re.findall(r'href="([^"]+/withdraw/)"', people)[0]
    facts = {"client_key": str(uuid.uuid4()), "giver": "MOTHER"}
    assert client.post(back, facts).status_code == 422
    assert client.post(back, facts | {"client_key": str(uuid.uuid4()), "child_wish": "I want them to look for my aunt."}).status_code == 302
    assert "Taken back" in text(client.get(f"/cases/{case.uuid}/people/"))
    assert "I want them to look for my aunt." in text(client.get(f"/cases/{case.uuid}/timeline/"))


def test_who_looks_over_an_area_is_offered_no_tab_that_would_be_empty_and_is_not_said_to_have_read_words(world, case):
    with access.acting(world.kham):
        actions.set_risk(case, by=world.kham, risk="HIGH", reasons=["Bruises on both arms"])
    page = text(browser(world.coordinator).get(f"/cases/{case.uuid}/"))
    offered = re.findall(rf'href="/cases/{case.uuid}/([a-z-]*)/?"', page)
    assert not {"timeline", "people", "who", "history", "assessments", "plan", "referrals", "placements", "follow-ups"} & set(offered)
    assert "Bruises" not in page and "HIGH" not in page and "High" in page
    with access.acting(world.auditor):
        lines = AuditLine.objects.filter(worker_id=world.coordinator.pk)
        assert [line.reads for line in lines if line.reads] == []


def test_only_what_the_case_as_it_stands_can_take_is_offered(world, case):
    def offered(who):
        return re.findall(rf'href="/cases/{case.uuid}/do/([a-z-]+)/"', text(browser(who).get(f"/cases/{case.uuid}/do/")))

    assert {"reopen", "resume"}.isdisjoint([*offered(world.kham), *offered(world.supervisor)])
    assert "suspend" in offered(world.supervisor)
    with access.acting(world.supervisor):
        actions.suspend(case, by=world.supervisor, why="The police search along the river.")
    assert "resume" in offered(world.kham) and "suspend" not in offered(world.supervisor)
    assert "set aside since" in text(browser(world.kham).get(f"/cases/{case.uuid}/"))


def test_cases_to_give_away_are_proposed_to_the_colleagues_of_the_team_by_load(world):
    def load(pk, team, cases):
        return queries.Load(Worker(pk=pk, name=f"W{pk}", role="WORKER", team_id=team), cases, float(cases), "free")

    cases = [Case(risk="MEDIUM") for _unused in range(4)]
    loads = [load(1, 7, 3), load(2, 7, 4), load(3, 8, 0)]
    assert queries.shared_out(cases, loads, team=7) == [1, 1, 2, 1]
    assert queries.shared_out(cases[:2], [load(1, 7, 24), load(3, 8, 0)], team=7) == [1, 3]
    assert queries.shared_out(cases[:1], [], team=7) == [None]


def test_who_wrote_a_report_down_keeps_the_receipt_and_no_page(world):
    with access.system():
        volunteer = Worker.objects.create(name="Village", role="VOLUNTEER", agency=world.welfare)
    made = invented.report(world, by=volunteer)
    client = browser(volunteer)
    assert client.get(f"/cases/reports/{made.uuid}/").status_code == 404
    page = text(
        client.post("/cases/reports/new/", {"client_key": str(uuid.uuid4()), "worry": "A boy sleeps at the station.", "danger": "no"})
    )
    assert re.search(r"\d{4} \d{4} \d{4} \d{4}", page) and "Open the report" not in page
