"""How another system is known, and what it may never do."""

import hashlib
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from romsai.api import actions, door
from romsai.api.models import Token
from romsai.api.tests.arrange import Asker, machine
from romsai.cases import actions as cases
from romsai.cases.models import Case, Note, Report
from romsai.core import access, audit, second
from romsai.core.actions import Refused
from romsai.places import actions as places
from romsai.places.models import Account, Facility, Worker
from tests import world as build

REPORT = {"worry": "A boy sleeps at the bus station.", "danger": "unknown", "channel": "HELPLINE", "area": "XX0101"}


def changed(worker, **facts):
    with access.accounts():
        Token.objects.filter(worker=worker).update(**facts)


def kind(answer):
    assert answer.headers["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == answer.status_code and said["detail"].endswith(".")
    return answer.status_code, said["type"].rsplit(":", 1)[1]


def test_a_helpline_reports_a_child_and_reads_the_report_and_nothing_of_a_case(world):
    case = build.case(world)
    _desk, token = machine(world, team=world.team)
    asker = Asker(token)
    made = asker.post("/reports", REPORT)
    assert made.status_code == 201, made.content
    report = made.json()["uuid"]
    read = asker.get(f"/reports/{report}", words="true")
    assert (read.status_code, read.json()["words"]["worry"]) == (200, REPORT["worry"])
    assert asker.get("/cases").json() == {"items": [], "next": None}
    hidden, absent = asker.get(f"/cases/{case.uuid}"), asker.get(f"/cases/{uuid.uuid4()}")
    assert (hidden.status_code, hidden.content, dict(hidden.headers)) == (404, absent.content, dict(absent.headers))
    with access.system():
        assert Report.objects.get(uuid=report).recorded_by.is_machine
        assert Note.objects.count() == 0


def test_two_administrators_let_a_machine_in_and_the_token_is_shown_once_to_the_second(world):
    facts = {
        "name": "Kiosk", "role": "BORDER_CONSULAR", "agency": world.police, "team": None, "areas": [], "networks": [],
        "operations": ["report_child"], "until_on": timezone.localdate() + timedelta(days=365),
    }  # fmt: skip
    with access.acting(world.admin):
        with pytest.raises(access.Forbidden):
            actions.add_machine(by=world.admin, **facts)
        proposed = second.propose("api.add_machine", by=world.admin, **facts)
        with pytest.raises(access.Forbidden):
            second.confirm(proposed, by=world.admin)
    with access.acting(world.admin2):
        made = Worker.objects.get(pk=second.confirm(proposed, by=world.admin2).made_pk)
    with access.acting(world.admin), pytest.raises(access.Forbidden):
        actions.show_token(made, by=world.admin)
    with access.acting(world.admin2):
        key = uuid.uuid4()
        shown = actions.show_token(made, by=world.admin2, client_key=key).shown
        assert not hasattr(actions.show_token(made, by=world.admin2, client_key=key), "shown")
        with pytest.raises(Refused):
            actions.show_token(made, by=world.admin2)
    with access.accounts():
        kept = Token.objects.get(worker=made)
    assert kept.digest == hashlib.sha256(shown.encode()).hexdigest()
    assert shown not in str(vars(kept))
    assert Asker(shown).get("/me").json()["operations"] == ["report_child"]
    assert kind(Asker(shown).get("/cases")) == (403, "not-allowed")


@pytest.mark.parametrize(
    "wrong",
    [{"role": "SUPERVISOR"}, {"role": "ADMIN"}, {"days": 366}, {"days": 0}, {"operations": ["drop_tables"]}, {"operations": []}, {"networks": ["10.0.0"]}, {"team": None}],
    ids=str,
)  # fmt: skip
def test_no_machine_decides_administers_or_stays_for_ever(world, wrong):
    with pytest.raises(Refused):
        machine(world, **{"team": world.team} | wrong)


def test_a_token_that_is_wrong_revoked_ended_or_used_from_elsewhere_opens_nothing(world):
    desk, token = machine(world, team=world.team)
    asker = Asker(token)
    assert asker.get("/me").status_code == 200
    refused = [Asker("romsai_wrong").get("/me"), Client().get("/api/v1/me"), Client().get("/api/v1/me", headers={"Authorization": f"Basic {token}"})]
    changed(desk, networks=["203.0.113.0/24"])
    refused.append(asker.get("/me"))
    changed(desk, networks=["127.0.0.0/8"])
    assert asker.get("/me").status_code == 200
    changed(desk, networks=[], ends_at=timezone.now() - timedelta(seconds=1))
    refused.append(asker.get("/me"))
    changed(desk, ends_at=timezone.now() + timedelta(days=1))
    with access.acting(world.admin):
        actions.revoke_machine(desk, by=world.admin)
    refused.append(asker.get("/me"))
    assert {kind(answer) for answer in refused} == {(401, "unknown")}
    assert {answer.headers["WWW-Authenticate"] for answer in refused} == {'Bearer realm="romsai"'}


def test_behind_a_proxy_only_the_address_that_the_proxy_wrote_counts(world, settings):
    _desk, token = machine(world, team=world.team, networks=["203.0.113.7"])
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert Asker(token, **{"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}).get("/me").status_code == 200
    assert Asker(token, **{"X-Forwarded-For": "203.0.113.7, 198.51.100.1"}).get("/me").status_code == 401


def test_a_session_opens_nothing_here_and_a_token_no_page(world):
    _desk, token = machine(world, team=world.team)
    with access.accounts():
        account = Account.objects.create_user("kham@example.org", "a long enough pass phrase", worker=world.kham)
        browser = Client()
        browser.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert browser.get("/cases/").status_code == 200
    assert kind(browser.get("/api/v1/cases")) == (401, "unknown")
    assert browser.post("/api/v1/reports", REPORT, content_type="application/json").status_code == 401
    page = Client().get("/cases/", headers={"Authorization": f"Bearer {token}"})
    assert (page.status_code, page.headers["Location"].split("?")[0]) == (302, "/account/login/")
    # A browser of somebody signed in, on a page of somebody else's: the token counts, the cookie does not.
    both = browser.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert both.json()["name"] == "Helpline desk"
    assert "Set-Cookie" not in both.headers and both.headers["Cache-Control"] == "no-store"


def assigned(world, case, role="WORKER", **facts):
    office, token = machine(world, role, team=world.team, **facts)
    with access.acting(world.supervisor):
        cases.assign(case, by=world.supervisor, worker=office, is_lead=False)
    return office, Asker(token)


def test_assigned_beside_a_person_it_reads_what_the_policy_lets_and_each_reading_is_on_the_record(world):
    case = build.case(world)
    build.seen(world, case)
    office, asker = assigned(world, case)
    core = asker.get(f"/cases/{case.uuid}").json()
    assert (core["number"], core["child"]["sex"], core["concerns"][0]["code"]) == (case.number, "F", "LAB-UAG")
    assert core["identity"] is core["narrative"] is None and "identity" in core["readable"]
    with access.acting(world.kham):
        assert not [line for line in audit.who_looked(case) if line.worker_id == office.pk and line.reads]
    whole = asker.get(f"/cases/{case.uuid}", levels="identity,narrative,location,services,course").json()
    assert whole["identity"]["names"][0]["full"] == "Keo Invented"
    assert whole["narrative"]["visits"][0]["words"] == "I want to go to school."
    with access.acting(world.kham):
        line = next(line for line in audit.who_looked(case) if line.worker_id == office.pk and line.reads)
    assert (line.action, set(line.reads)) == ("GET v1:read_case", {"identity", "narrative"})
    assert [item["number"] for item in asker.get("/cases").json()["items"]] == [case.number]


def test_no_machine_answers_for_a_child(world):
    case = build.case(world)
    office, _token = machine(world, "WORKER", team=world.team)
    with access.acting(world.supervisor), pytest.raises(Refused, match="a person answers"):
        cases.assign(case, by=world.supervisor, worker=office)
    with access.acting(world.admin), pytest.raises(Refused, match="add it anew"):
        places.check_grant(office, by=world.admin, role="SUPERVISOR", agency=world.welfare, team=world.team)
    from romsai.cases import queries

    with access.acting(world.supervisor):
        assert office not in [load.worker for load in queries.candidates_for(world.town, world.supervisor)]


def test_a_coordinators_machine_sees_cases_without_a_child_and_not_the_sealed(world):
    plain, sealed = build.case(world), build.case(world, seal=True)
    _centre, token = machine(world, "COORDINATOR", agency=world.ministry, areas=[world.north])
    asker = Asker(token)
    assert [(item["uuid"], item["agency"]) for item in asker.get("/cases").json()["items"]] == [(str(plain.uuid), "Welfare North")]
    told = asker.get(f"/cases/{plain.uuid}", levels="identity,location,narrative").json()
    assert (told["child"], told["identity"], told["location"], told["narrative"]) == (None, None, None, None)
    assert asker.get(f"/cases/{sealed.uuid}").status_code == 404
    assert kind(asker.post(f"/cases/{plain.uuid}/notes", {"text": "x"})) == (403, "forbidden")
    assert kind(asker.post("/known-child", {"names": ["Keo Invented"]})) == (403, "forbidden")


def test_it_writes_a_note_a_visit_and_a_follow_up_on_its_case_and_on_no_other(world):
    from romsai.care import actions as care

    case, other = build.case(world), build.case(world, worker=world.bua)
    _office, asker = assigned(world, case)
    with access.acting(world.kham):
        care.schedule_follow_ups(case, by=world.kham, from_on=timezone.localdate() - timedelta(days=40))
    seen = {"at": timezone.now().isoformat(), "kind": "VISIT_HOME", "child_seen": True, "words": "I am well."}
    assert asker.post(f"/cases/{case.uuid}/notes", {"text": "The school called."}).status_code == 201
    assert asker.post(f"/cases/{case.uuid}/visits", seen).status_code == 201
    due = [item for item in asker.get(f"/cases/{case.uuid}/follow-ups").json()["items"] if not item["is_done"]]
    done = asker.post(f"/follow-ups/{due[0]['uuid']}/record", seen | {"outcome": "SAME"})
    assert done.status_code in (201, 422), done.content
    assert [item["is_done"] for item in asker.get(f"/cases/{case.uuid}/follow-ups").json()["items"]].count(True) >= 1
    assert {asker.post(f"/cases/{other.uuid}/{what}", body).status_code for what, body in (("notes", {"text": "x"}), ("visits", seen))} == {404}
    with access.system():
        assert [(str(note.text), note.by.is_machine) for note in Note.objects.filter(case=case)] == [("The school called.", True)]
        assert Case.objects.get(pk=case.pk).last_seen_at is not None


def test_is_this_child_known_is_answered_as_on_the_page(world):
    case = build.case(world)
    _office, asker = assigned(world, case)
    found = asker.post("/known-child", {"names": ["Keo Invented"], "birth_year": 2012, "sex": "F"}).json()
    assert [item["uuid"] for item in found["cases"]] == [str(case.uuid)]
    _elsewhere, token = machine(world, "OPERATOR", agency=world.other, team=world.other_team, name="Elsewhere")
    beyond = Asker(token).post("/known-child", {"names": ["Keo Invented"], "birth_year": 2012}).json()
    assert beyond == {"cases": [], "elsewhere": True, "lines": [], "asks_more": False}


def test_more_than_it_may_ask_in_a_minute_is_told_to_wait(committed, monkeypatch):
    monkeypatch.setattr(door, "MOST_A_MINUTE", 23)
    world = build.build()
    desk, token = machine(world, team=world.team)
    asker, this_minute = Asker(token), timezone.now().replace(second=0, microsecond=0)
    statuses = [asker.get("/me").status_code for _again in range(3)]
    statuses += [asker.post("/known-child", {"names": ["Nobody"]}).status_code for _again in range(3)]
    if timezone.now().replace(second=0, microsecond=0) == this_minute:  # else a new minute has begun to count
        assert statuses == [200, 200, 200, 200, 200, 429]
        late = asker.get("/me")
        assert kind(late) == (429, "too-fast")
        assert 0 < int(late.headers["Retry-After"]) <= 61
    changed(desk, minute=this_minute - timedelta(minutes=1))
    assert asker.get("/me").status_code == 200
    with access.accounts():
        assert Token.objects.get(worker=desk).used_at is not None


def test_while_nobody_can_sign_who_asks_the_answer_is_a_problem_too(world, monkeypatch):
    from romsai.core.access import context
    from romsai.core.keys.client import KeysUnavailable

    def away():
        raise KeysUnavailable

    _desk, token = machine(world, team=world.team)
    monkeypatch.setattr(context, "_signing_key", away)
    answer = Client(raise_request_exception=False).get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    monkeypatch.undo()
    assert kind(answer) == (503, "away")


def test_the_district_of_a_secret_place_is_not_found_by_asking_area_by_area(world):
    with access.system():
        Facility.objects.filter(pk=world.safe_house.pk).update(area=world.north, is_confidential_address=True, is_open=True)
    _desk, token = machine(world, team=world.team)
    asked = [Asker(token).get("/facilities", service="SHELTER", area=area.pcode).json()["items"] for area in (world.north, world.south)]
    assert [[item["uuid"] for item in items] for items in asked] == [[str(world.safe_house.uuid)]] * 2
    assert {item["area"] for items in asked for item in items} == {None}
