"""A bad day: somebody with an account of their own tries, in every way they can think of, to learn where Noy is."""

import re
import statistics
import time
import uuid
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from romsai.care import actions as care
from romsai.cases import actions as cases
from romsai.cases import panels, queries
from romsai.cases.models import Approval, Assessment, Case, Note, Participant, Report
from romsai.core import access, audit
from romsai.core.access.context import sign
from romsai.core.actions import Refused
from romsai.core.models import History
from romsai.people.models import Address, Card, Entry, Name, Person
from romsai.places import actions as places
from tests import world as build
from tests.baddays.insiders import MARK, noys_world, same, sign_in, speaks_of_noy

ABSENT = "00000000-0000-4000-8000-000000000000"
TIMED = 15  # requests of each kind; their medians are printed, never judged
ways = {}  # sentence -> function(there) that returns what the insider learnt: empty is nothing


@pytest.fixture
def there(world):
    found = noys_world(world)
    found.own = build.case(
        world,
        by=world.operator,
        worker=world.stranger,
        child={"sex": "F", "birth_year": 2012, "age_basis": "STATED", "names": [{"kind": "LEGAL", "full": "Somebody Else"}]},
    )
    found.browser = sign_in(world.stranger)
    return found


def way(sentence):
    def register(function):
        ways[sentence] = function
        return function

    return register


def bare(answer, *typed):
    """A page without what is new in every answer (form keys) and without what was typed."""
    text = re.sub(r'(name="(?:csrfmiddlewaretoken|client_key)" value=)"[^"]*"', r"\1", answer.content.decode())
    for word in typed:
        text = text.replace(word, "…")
    return text


def refused(worker, act):
    """What an action gave to somebody who may not do it: nothing, if it was refused."""
    try:
        with access.acting(worker):
            return [f"done: {act()}"]
    except (access.Forbidden, Refused):
        return []


def told_apart(one, other, noy):
    """What two answers tell: that one is there and the other is not, or a word of her."""
    return ([] if same(one, other) else [f"{one.status_code} and {other.status_code} differ"]) + (
        ["a word of her"] if speaks_of_noy(noy, one) else []
    )


@way("searches for her by name, number and telephone")
def by_search(there):
    found = []
    for typed, other in (
        (there.words["people.Name.full"], "nobodyatall00abcdefgh"), (there.words["a name in Thai"], "nobodyatall01abcdefgh"), (there.noy.case.number, "WEL-2026-99999"),
        (there.words["people.Contact.value"], "8049173599999999"), (there.words["people.Identifier.number"], "8049173588888888"), (str(there.noy.case.uuid), ABSENT),
    ):  # fmt: skip
        answers = [bare(there.browser.get("/search/", {"q": text}), text, quote(text)) for text in (typed, other)]
        found += [] if answers[0] == answers[1] else [f"{typed} is told from {other}"]
    return found


@way("guesses receipt codes")
def by_receipt(there):
    door, seen = Client(), set()
    for code in [there.noy.receipt[:-1] + "9", *(f"{8049173500000000 + n * 7919:016d}" for n in range(1, 31)), "1", "", "x" * 16]:
        seen.add((door.post("/answer/", {"code": code}).status_code, door.post("/answer/", {"code": code}).content))
    return [] if len(seen) == 1 else [f"{len(seen)} different answers"]


@way("opens the report with its right receipt code, and finds nothing of the case there")
def with_the_receipt(there):
    answer = Client().post("/answer/", {"code": there.noy.receipt})
    text = answer.content.decode()
    told = [name for name, word in there.words.items() if word in text and name not in ("receipt", "cases.ReportMessage.text")]
    return told + ([there.noy.case.number] if there.noy.case.number in text else [])


@way("types her addresses, and weighs and times the answers")
def by_address(there):
    hers, nobodys = f"/cases/{there.noy.case.uuid}/", f"/cases/{ABSENT}/"
    found, spent, asked = told_apart(there.browser.get(hers), there.browser.get(nobodys), there.noy), {}, {}
    for _unused in range(TIMED):
        for path in (hers, nobodys):
            began = time.perf_counter()
            with CaptureQueriesContext(connection) as statements:
                there.browser.get(path)
            spent.setdefault(path, []).append(time.perf_counter() - began)
            asked.setdefault(path, set()).add(len(statements))
    medians = [1000 * statistics.median(spent[path]) for path in (hers, nobodys)]
    print(
        f"\n404 of a hidden case {medians[0]:.1f} ms, of an absent one {medians[1]:.1f} ms (medians of {TIMED}); statements {asked[hers]} and {asked[nobodys]}"
    )
    return found if asked[hers] == asked[nobodys] else [*found, "the database is asked more for one"]


@way("proposes to merge her case with one of their own")
def by_merge(there):
    w = there.w
    own, browser = there.own, sign_in(w.other_supervisor)
    path = f"/cases/{own.uuid}/do/merge/"
    answers = [browser.post(path, {"number": number}) for number in (there.noy.case.number, "WEL-2026-99999")]
    texts = {bare(a, there.noy.case.number, "WEL-2026-99999") for a in answers}
    apart = [] if len(texts) == 1 and answers[0].status_code == answers[1].status_code else ["numbers are told apart"]
    return apart + refused(w.other_supervisor, lambda: cases.propose_merge(own, by=w.other_supervisor, duplicate=there.noy.case))


@way("refers her to the own agency, and asks to share her")
def by_referral(there):
    w, noy = there.w, there.noy
    facts = {
        "service": "SHELTER",
        "agency": w.other,
        "need": "A bed",
        "levels": ["core"],
        "until": timezone.now() + timedelta(days=3),
        "consent": noy.consent,
    }
    found = refused(w.stranger, lambda: care.refer(noy.case, by=w.stranger, **facts))
    found += refused(w.stranger, lambda: care.refer(there.own, by=w.stranger, **facts))  # her consent on one's own case
    return found + refused(
        w.stranger,
        lambda: care.share(
            noy.case, by=w.stranger, agency=w.other, levels=["location"], purpose="SHARE_NAMED", until=facts["until"], consent=noy.consent
        ),
    )


@way("offers her case to the own team, and accepts an offer that is not theirs")
def by_transfer(there):
    w, noy = there.w, there.noy
    found = refused(w.other_supervisor, lambda: care.accept_transfer(noy.transfer, by=w.other_supervisor, worker=w.stranger))
    return found + refused(
        w.other_supervisor,
        lambda: care.offer_transfer(
            noy.case, by=w.other_supervisor, team=w.other_team, reason="MOVED", handover="x", joint_visit_on=timezone.localdate()
        ),
    )


@way("takes her answers out as a file")
def by_export(there):
    noy = there.noy
    hers, nobodys = (f"/cases/{case}/assessments/{form}/htcds/" for case, form in ((noy.case.uuid, noy.assessment.uuid), (ABSENT, ABSENT)))
    found = told_apart(there.browser.get(hers), there.browser.get(nobodys), noy) + told_apart(
        there.browser.post(hers), there.browser.post(nobodys), noy
    )
    return found + refused(there.w.stranger, lambda: cases.export_htcds(noy.assessment, by=there.w.stranger))


@way("asks whether the child is known: the answer names no office, place or state")
def by_known_child(there):
    name = there.words["people.Name.full"]
    one_fact = there.browser.get("/cases/known-child/", {"name": name})
    nobody = there.browser.get("/cases/known-child/", {"name": "nobodyatall00abcdefgh"})
    found = [] if one_fact.content == nobody.content else ["one fact is enough"]
    both = there.browser.get("/cases/known-child/", {"name": name, "born_2": "2012", "sex": "F"}).content.decode()
    told = [
        there.noy.case.number,
        str(there.noy.case.uuid),
        "Welfare North",
        "Casework",
        "Town",
        "Kham",
        "Banyan",
        "implementation",
        "Implementation",
    ]
    return found + [word for word in told if word in both] + [word for word in there.words.values() if word in both]


@way("asks whether a sealed child is known: the answer is that of an absent one")
def by_known_child_when_sealed(there):
    w = there.w
    hidden = build.case(
        w,
        child={"sex": "F", "birth_year": 2011, "age_basis": "STATED", "names": [{"kind": "LEGAL", "full": "Dalavanh Sealedaway"}]},
        seal=True,
    )
    with access.acting(w.stranger):
        sealed, absent = (
            queries.known_child(w.stranger, names=[name], birth_year=2011, sex="F")
            for name in ("Dalavanh Sealedaway", "Phonepaseuth Nosuchchild")
        )
    with access.acting(w.kham):
        noted = hidden.events.filter(kind="LOOKED_FOR").count()
    return [] if (sealed, noted) == (absent, 0) else [f"{sealed} is told from {absent}"]


@way("assigns the case to themselves")
def by_assigning(there):
    w, noy = there.w, there.noy
    found = refused(w.stranger, lambda: cases.assign(noy.case, by=w.stranger, worker=w.stranger))
    found += refused(w.other_supervisor, lambda: cases.assign(noy.case, by=w.other_supervisor, worker=w.stranger))
    found += refused(w.stranger, lambda: cases.release(noy.case, by=w.stranger, worker=w.kham))
    with access.system():
        return found + (["assigned"] if noy.case.assignments.running().exclude(worker=w.kham).exists() else [])


@way("links a report of their own intake to her case, so as to be told of it")
def by_linking(there):
    w, noy = there.w, there.noy
    with access.acting(w.stranger):
        own = cases.report(by=w.stranger, worry="Made up.", danger="no", channel="WALKIN", area=w.south)
    found = refused(w.stranger, lambda: cases.link_report(own, by=w.stranger, case=noy.case))
    found += refused(w.stranger, lambda: cases.reopen(there.own, by=w.stranger, report=noy.report))
    hers = there.browser.get(f"/cases/reports/{own.uuid}/link/{noy.case.uuid}/")
    return found + told_apart(hers, there.browser.get(f"/cases/reports/{own.uuid}/link/{ABSENT}/"), noy)


@way("names her people in an action on a case of their own")
def by_naming_people(there):
    w, noy = there.w, there.noy
    found = refused(w.stranger, lambda: cases.appoint_guardian(there.own, by=w.stranger, kind="APPOINTED", person=noy.mother))
    found += refused(w.stranger, lambda: care.place(there.own, by=w.stranger, care="KIN", from_on=timezone.localdate(), carer=noy.mother))
    consent = {"kind": "SERVICE", "giver": "MOTHER", "decision": "CONSENT", "giver_person": noy.mother}
    return found + refused(w.stranger, lambda: cases.record_consent(there.own, by=w.stranger, **consent))


@way("sorts and filters lists by what stands behind them")
def by_lists(there):
    found = []
    browsers = {"/cases/": there.browser, "/cases/team/list/": sign_in(there.w.other_supervisor)}
    for path, browser in browsers.items():
        plain = browser.get(path)
        for query in (
            {"order": "child__names__full"}, {"order": "-pk"}, {"list": "nothing"}, {"page": "999"}, {"area": "XX0101"}, {"risk": ["MEDIUM", "LOW"]}, {"concern": "LAB-UAG"},
            {"case__number": there.noy.case.number}, {"child__names__kind": "LEGAL"}, {"pk": str(there.noy.case.pk)}, {"team": str(there.w.team.pk)},
        ):  # fmt: skip
            answer = browser.get(path, query)
            text = bare(answer, str(there.noy.case.number) if "case__number" in query else "…")
            if answer.status_code >= 500 or MARK in text or there.noy.case.number in text:
                found.append(f"{path} {query}")
        found += ["the plain list"] if speaks_of_noy(there.noy, plain) else []
    return found


@way("reads her history, who looked at her, and the tables themselves")
def by_tables(there):
    with access.system():
        own = list(Case.objects.filter(team=there.w.other_team).values_list("pk", flat=True))
        people = list(Participant.objects.filter(case__in=own).values_list("person_id", flat=True))
    assert there.noy.case.pk not in own
    of_own = {Case: {"pk__in": own}, Person: {"pk__in": people}} | {model: {"case__in": own} for model in (Note, Assessment, Participant, Approval)}
    of_own |= {model: {"person__in": people} for model in (Name, Address, Entry, Card)}
    with access.acting(there.w.stranger):
        reached = {model.__name__: model.objects.unfiltered().exclude(**without).count() for model, without in of_own.items()}
        reached["History"] = History.objects.filter(subject_id=there.noy.case.pk, subject="case").count()
        reached["who looked"] = len(audit.who_looked(there.noy.case))
        reached["Report"] = Report.objects.unfiltered().filter(pk=there.noy.report.pk).count()
    hers = there.browser.get(f"/cases/{there.noy.case.uuid}/history/")
    return [f"{name}: {count}" for name, count in reached.items() if count] + told_apart(
        hers, there.browser.get(f"/cases/{ABSENT}/history/"), there.noy
    )


SECRETS = (
    "cases_case",
    "people_person",
    "people_name",
    "people_address",
    "people_entry",
    "people_card",
    "cases_note",
    "cases_report",
    "cases_reporter",
    "core_history",
    "core_auditline",
    "care_placement",
    "care_referral",
)


@way("gets SQL of their own into a query: other roles, forged contexts, nested statements")
def by_injection(there):
    own = sign(there.w.stranger.pk, there.w.stranger.pk).split(".")
    forged = ["", ".".join(["0", *own[1:]]), ".".join([str(there.w.kham.pk), *own[1:]])]
    found = []
    for role in ("romsai_scope", "romsai_system", "romsai_wide", "romsai_desk", "romsai_auth", "romsai_public", "romsai_log"):
        for context in forged:
            for table in SECRETS:
                for query in (
                    f"select count(*) from {table}",
                    f"select (xpath('/*/*', query_to_xml('select 1 from {table}', true, true, '')))::text = '{{}}'",
                ):
                    got = _injected(there, role, context, query)
                    if got not in (None, 0, True):
                        found.append(f"{table} as {role} with {context[:20]!r}: {got}")
    for role in ("romsai_owner", "romsai_definer", "postgres"):
        got = _injected(there, role, "", "select 1")
        found += [f"became {role}"] if got is not None else []
    promote = f"update places_worker set role = 'SUPERVISOR', team_id = {there.w.team.pk} where id = {there.w.stranger.pk}"
    for role in ("romsai_scope", "romsai_system", "romsai_desk"):
        for context in forged:
            if _injected(there, role, context, promote, rows=True):
                found.append(f"made themselves a supervisor as {role}")
    return found


def _injected(there, role, context, query, rows=False):
    """What one statement gives after an injected set_config; None if the database refuses it."""
    try:
        with transaction.atomic(), access.acting(there.w.stranger), connection.cursor() as cursor:
            cursor.execute("select set_config('role', %s, true), set_config('app.ctx', %s, true)", [role, context])
            cursor.execute(query)
            got = cursor.rowcount if rows else cursor.fetchone()[0]
            raise _Back(got)
    except _Back as back:
        return back.got
    except DatabaseError:
        return None


class _Back(Exception):
    def __init__(self, got):
        self.got = got


@way("adds a second statement to an injected one")
def by_stacking(there):
    try:
        with transaction.atomic(), access.acting(there.w.stranger), connection.cursor() as cursor:
            cursor.execute("select 1 where %s = 1; select set_config('role', 'romsai_auth', true)", [1])
    except DatabaseError as refusal:
        return [] if "multiple commands" in str(refusal) else [str(refusal)]
    return ["two statements ran"]


@way("writes to rows of hers to see whether they exist")
def by_writing(there):
    answers = set()
    for case_id in (there.noy.case.pk, 999_999_999):
        try:
            with transaction.atomic(), access.acting(there.w.stranger):
                Note.objects.create(case_id=case_id, key_id=there.own.key_id, text="x", at=timezone.now(), by=there.w.stranger)
        except DatabaseError as refusal:
            answers.add(str(refusal).split("\n")[0])
    return [] if len(answers) == 1 else sorted(answers)


@way("saves answers into her questionnaire")
def by_autosave(there):
    noy = there.noy
    hers, nobodys = (f"/cases/{case}/do/assessment/{form}/" for case, form in ((noy.case.uuid, noy.begun.uuid), (ABSENT, ABSENT)))
    sent = {"page": "safe", "asked": "facts", "q/facts": "forged"}
    found = told_apart(
        there.browser.post(hers, sent, headers={"X-Autosave": "1"}), there.browser.post(nobodys, sent, headers={"X-Autosave": "1"}), noy
    )
    with access.system():
        return found + (["the answers changed"] if "forged" in str(Assessment.objects.get(pk=noy.begun.pk).answers) else [])


@way("answers a question about her that waits for another team")
def by_approval(there):
    w, noy = there.w, there.noy
    with access.system():
        waiting = Approval.objects.waiting().filter(case=noy.case).first()
    found = refused(w.other_supervisor, lambda: cases.decide(waiting, by=w.other_supervisor, status="APPROVED"))
    browser = sign_in(w.other_supervisor)
    return found + told_apart(browser.get(f"/cases/approvals/{waiting.uuid}/"), browser.get(f"/cases/approvals/{ABSENT}/"), noy)


@way("acts in the name of her worker, or sends a form of hers again")
def by_impersonation(there):
    w, noy, key = there.w, there.noy, uuid.uuid4()
    with access.acting(w.kham):
        cases.write_note(noy.case, by=w.kham, text="once", client_key=key)
    found = refused(w.stranger, lambda: cases.write_note(noy.case, by=w.kham, text="forged"))
    return found + refused(w.stranger, lambda: cases.write_note(there.own, by=w.stranger, text="x", client_key=key))


@way("looks where she lives as the shelter that serves her, for what was not shared")
def as_the_shelter(there):
    browser, noy, hidden = sign_in(there.w.carer), there.noy, []
    not_shared = (
        "people.Address.text",
        "care.Placement.where",
        "cases.ReportWords.where",
        "cases.Note.text",
        "cases.Visit.words",
        "cases.Reporter.phone",
        "care.Goal.text",
        "cases.Consent.note",
        "care.Conference.decisions",
        "the mother's name",
    )
    paths = [
        f"/cases/{noy.case.uuid}/",
        f"/care/referrals/{noy.referral.uuid}/",
        "/care/referrals/",
        "/",
        *(f"/cases/{noy.case.uuid}/{tab}/" for tab in [tab.name for tab in panels.tabs()]),
    ]
    for path in paths:
        text = browser.get(path).content.decode()
        hidden += [f"{name} at {path}" for name in not_shared if there.words[name] in text]
    with access.acting(there.w.carer):
        hidden += ["addresses"] * Address.objects.unfiltered().count()
    return hidden


@way("looks after the referral has ended, as the shelter that served her")
def as_the_shelter_afterwards(there):
    w, noy = there.w, there.noy
    with access.acting(w.kham):
        care.cancel_referral(noy.referral, by=w.kham)
    browser = sign_in(w.carer)
    found = told_apart(browser.get(f"/cases/{noy.case.uuid}/"), browser.get(f"/cases/{ABSENT}/"), noy)
    return found + (["the inbox"] if MARK in browser.get("/care/referrals/").content.decode() else [])


@way("looks from above: manager, coordinator, supervisor for her address and her words")
def from_above(there):
    found, noy = [], there.noy
    bars = {
        "manager": ("people.Address.text", "care.Placement.where", "cases.Note.text", "cases.Visit.words", "cases.Reporter.phone", "cases.ReportWords.where"),
        "coordinator": ("people.Name.full", "people.Address.text", "care.Placement.where", "cases.Note.text", "cases.Reporter.phone", "people.Contact.value"),
        "supervisor": ("cases.Reporter.phone", "cases.Reporter.name"),
    }  # fmt: skip
    for who, names in bars.items():
        browser = sign_in(getattr(there.w, who))
        for path in [
            f"/cases/{noy.case.uuid}/",
            f"/cases/reports/{noy.report.uuid}/",
            "/",
            "/cases/team/",
            "/cases/team/list/",
            *(f"/cases/{noy.case.uuid}/{tab}/" for tab in [tab.name for tab in panels.tabs()]),
        ]:
            text = browser.get(path).content.decode()
            found += [f"{who} reads {name} at {path}" for name in names if there.words[name] in text]
    return found


@way("uses the desks: administrator, auditor, analyst")
def from_the_desks(there):
    w, found = there.w, []
    for who in ("admin", "auditor", "analyst", "legal"):
        browser = sign_in(getattr(w, who))
        for path in (
            "/",
            "/log/",
            "/log/refused/",
            f"/log/?case={there.noy.case.number}",
            "/places/workers/",
            f"/places/workers/{w.kham.uuid}/",
            "/places/directory/",
            "/search/?q=Noy",
            "/forms/",
        ):
            text = browser.get(path).content.decode()
            # An auditor's log names the cases that were looked at, by number; never who or where the child is.
            may_name = who == "auditor" and path.startswith("/log/")
            told = MARK in text or "80491735" in text or (there.noy.case.number in text and "case=" not in path and not may_name)
            found += [f"{who} at {path}"] if told else []
        with access.acting(getattr(w, who)):
            for model in (Case, Name, Address, Note):
                try:
                    with transaction.atomic():
                        found += [f"{who} reads {model.__name__}"] * bool(model.objects.unfiltered().count())
                except DatabaseError as refusal:
                    assert "permission denied" in str(refusal)
    promote = {"role": "SUPERVISOR", "agency": w.welfare, "team": w.team}
    return found + refused(w.admin, lambda: places.grant_role(w.kham, by=w.admin, **promote))


def test_an_insider_tries_in_every_way_to_learn_where_noy_is_and_learns_nothing(there):
    learnt = {}
    for sentence, attempt in ways.items():
        mark = transaction.savepoint()
        learnt[sentence] = attempt(there)
        transaction.savepoint_rollback(mark)
    told = {sentence: what for sentence, what in learnt.items() if what}
    print(f"\nan insider tried {len(ways)} ways to learn where Noy is; ways that told something: {len(told)}")
    assert told == {}


def test_the_same_attempts_by_her_own_worker_do_tell(there):
    """The test of the test: with the right to see her, search, address, history and tables all answer."""
    browser, noy = sign_in(there.w.kham), there.noy
    assert there.noy.case.number in browser.get("/search/", {"q": there.words["people.Name.full"]}).content.decode()
    assert there.words["people.Address.text"] in browser.get(f"/cases/{noy.case.uuid}/people/").content.decode()
    with access.acting(there.w.kham):
        assert History.objects.filter(subject="case", subject_id=noy.case.pk).exists()
        assert Address.objects.unfiltered().count() == 1
        assert cases.write_note(noy.case, by=there.w.kham, text="allowed").pk
