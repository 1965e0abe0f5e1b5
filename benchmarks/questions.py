"""What is asked, in three ways: of Romsai with all its rules, in bare SQL without any, and of the peer's documents.

The three must give the same answer; a test holds them against each other. Bare SQL is what somebody would write who may see
everything: as superuser, past row policies, by the same tables and indexes. Each function takes an `Asked` and returns a dict.
"""

import json
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from benchmarks import world
from romsai.cases import actions
from romsai.cases import queries as cases
from romsai.cases.models import Case, Report, Visit
from romsai.cases.views.day import case_row
from romsai.core import access
from romsai.people import search
from romsai.places.models import Worker
from romsai.web import home

PAGE = 25


@dataclass
class Asked:
    """One asker and what they ask for: `worker` and `case` by number, `name` as typed, and a superuser's connection."""

    bare: object
    worker: object
    now: object
    case: int = 0  # a case of theirs, by number
    name: str = ""  # of its child
    number: str = ""
    children: int = 0  # people above this number are carers, whom the peer's documents do not name
    tokens: dict = None  # the name as it is searched, keyed

    @property
    def peer(self):
        """What the peer's statements are told."""
        told = search.Question.of(self.name).texts if self.name else {"name": (), "sound": ()}
        return {
            "users": [f"worker{self.worker.pk}"],
            "groups": [f"team{self.worker.team_id}"],
            "agencies": [f"agency{self.worker.agency_id}"],
            "tokens": ["n" + word for word in told["name"]] + ["s" + sound for sound in told["sound"]],
        }

    def rows(self, statement, **facts):
        me = {"worker": self.worker.pk, "team": self.worker.team_id, "agency": self.worker.agency_id, "now": self.now}
        return self.bare.execute(statement, me | facts).fetchall()

    def peers(self, statement):
        return self.bare.execute(statement, self.peer).fetchall()


@dataclass(frozen=True)
class Question:
    """`by`: role of the asker. What the three answers name alike must be equal."""

    name: str
    said: str
    by: str
    romsai: object
    bare: object
    peer: object = None
    writes: bool = False


# lists


def _listed(listed, asked):
    """As the page does it."""
    with listed:
        counts = listed.counts()
        page = [case_row(case, asked.now) for case in listed.shown(listed.in_order("due")[:PAGE])]
    return {"count": counts[""], "late": counts["late"], "page": [row["cells"][0]["code"] for row in page]}


def caseload(asked):
    return _listed(cases.Worklist.own(asked.worker, at=asked.now), asked)


def team_list(asked):
    return _listed(cases.Worklist.team(asked.worker, at=asked.now), asked)


NEXT = """left join lateral (select d.due_at, d.kind from cases_deadline d where d.case_id = c.id and d.done_at is null {leave_out} order by d.due_at limit 1) d on true"""
COUNTS = """select count(*), count(*) filter (where due_at < %(now)s), count(*) filter (where risk in ('HIGH', 'IMMEDIATE')),
  count(*) filter (where registered_at >= %(now)s - interval '7 days'), count(*) filter (where asked),
  count(*) filter (where last_seen_at < %(now)s - interval '30 days' or last_seen_at is null and registered_at < %(now)s - interval '30 days'),
  count(*) filter (where due_at >= %(now)s and due_at < %(now)s + interval '7 days')
from (select c.*, d.due_at, exists (select 1 from cases_approval p where p.case_id = c.id and p.status = 'REQUESTED') as asked from {whose} {next}
  where {which} and c.state not in ('CLOSED', 'TRANSFERRED', 'MERGED')) x"""
FIRST = """select c.number, c.id, c.uuid, c.risk, c.state, c.registered_at, c.last_seen_at, c.sealed, d.due_at, d.kind, a.name, t.name, p.sex, p.birth_year,
  n."full", n.key_id, k.wrapped, (select array_agg(code) from cases_concern o where o.case_id = c.id and o.state <> 'UNSUBSTANTIATED')
from (select c.*, d.due_at, d.kind from {whose} {next} where {which} and c.state not in ('CLOSED', 'TRANSFERRED', 'MERGED')
  order by d.due_at, c.id limit 25) c
left join lateral (select c.due_at, c.kind) d on true
join places_area a on a.id = c.area_id join places_team t on t.id = c.team_id join people_person p on p.id = c.child_id
left join people_name n on n.person_id = p.id and n.is_main left join core_datakey k on k.id = n.key_id order by d.due_at, c.id"""
WHOSE = {
    "mine": ("cases_case c join cases_assignment m on m.case_id = c.id", "m.worker_id = %(worker)s and m.until_at is null"),
    "team": ("cases_case c", "c.team_id = %(team)s and not c.sealed"),
    "agency": ("cases_case c", "c.agency_id = %(agency)s and not c.sealed"),
    "country": ("cases_case c", "not c.sealed"),
}


def bare_list(which):
    whose, condition = WHOSE[which]
    leave_out = "and d.kind <> 'SUPERVISOR_SEES'" if which == "mine" else ""
    parts = {"whose": whose, "which": condition, "next": NEXT.format(leave_out=leave_out)}
    counted, first = COUNTS.format(**parts), FIRST.format(**parts)

    def ask(asked):
        counts = asked.rows(counted)[0]
        return {"count": counts[0], "late": counts[1], "page": [row[0] for row in asked.rows(first)]}

    return ask


# the peer: a list is always a count and a page

OPEN = "(record_state is not null and record_state in (true)) and (status is not null and status in ('open'))"
SCOPES = {
    "mine": "user_names && %(users)s::varchar[]",
    "team": "groups && %(groups)s::varchar[]",
    "agency": "agencies && %(agencies)s::varchar[]",
    "country": "true",
}


def peer_list(which):
    scope = SCOPES[which]

    def ask(asked):
        count = asked.peers(f"select count(*) from peer.cases where {scope} and {OPEN}")[0][0]
        asked.peers(f"select * from peer.cases where {scope} and {OPEN} order by created_at desc limit {PAGE} offset 0")
        return {"count": count}

    return ask


# counts only


def _counted(listed):
    with listed:
        return {"count": listed.counts()[""]}


def caseload_count(asked):
    return _counted(cases.Worklist.own(asked.worker, at=asked.now))


def team_count(asked):
    return _counted(cases.Worklist.team(asked.worker, at=asked.now))


def bare_count(which):
    whose, condition = WHOSE[which]
    leave_out = "and d.kind <> 'SUPERVISOR_SEES'" if which == "mine" else ""
    counted = COUNTS.format(whose=whose, which=condition, next=NEXT.format(leave_out=leave_out))
    return lambda asked: {"count": asked.rows(counted)[0][0]}


def peer_count(which):
    """One number and the same by risk: the peer counts each tile of its page by a statement of its own."""

    def ask(asked):
        count = asked.peers(f"select count(*) from peer.cases where {SCOPES[which]} and {OPEN}")[0][0]
        rows = asked.peers(f"select risk_level, count(*) from peer.cases where {SCOPES[which]} and {OPEN} group by 1 order by 1")
        assert sum(number for _risk, number in rows) == count
        return {"count": count}

    return ask


# searches by name


def search_own(asked):
    """The search page: cases of one's own by a name in them."""
    look = search.Question.said(asked.name, year=asked.now.year)
    found = home.found_cases(asked.worker, asked.name, look)
    return {"found": asked.number in {case.number for case in found}}


def search_own_hits(asked):
    return {"children": [pk for pk in sorted(_all_who_match(asked.name)) if pk <= asked.children]}


def _all_who_match(name):
    """Also those whom the search leaves out because others have more in common with the name."""
    asked = search.Question.of([name]).asked
    steps = [step | {"unless": None} for step in asked["steps"]]
    with connection.cursor() as cursor:
        cursor.execute("select person from sec.people_like(%s::jsonb, %s)", [json.dumps(asked | {"steps": steps}), search.MOST])
        return [pk for (pk,) in cursor.fetchall()]


HITS = """select t.person_id, case when t.own && %(names)s::bigint[] then 2 else 1 end as weight from people_entry t
  where (t.own && %(names)s::bigint[] or t.own && %(sounds)s::bigint[] or t.slips && %(sounds)s::bigint[]) {whose} order by 2 desc, 1 limit 200"""
OF_CASES = "and t.person_id in (select p.person_id from cases_participant p where p.case_id in ({cases}))"
OWN = {
    "mine": "select m.case_id from cases_assignment m where m.worker_id = %(worker)s and m.until_at is null",
    "team": "select c.id from cases_case c where c.team_id = %(team)s and not c.sealed",
}
SHOWN = """select c.number, c.state, a.name, p.sex, p.birth_year, n."full", n.key_id, k.wrapped from cases_participant r join cases_case c on c.id = r.case_id
  join places_area a on a.id = c.area_id join people_person p on p.id = r.person_id left join people_name n on n.person_id = p.id left join core_datakey k on k.id = n.key_id
  where r.person_id = any(%(people)s)"""


def bare_search(which):
    hits = HITS.format(whose=OF_CASES.format(cases=OWN[which]) if which else "")

    def ask(asked):
        people = [row[0] for row in asked.rows(hits, names=asked.tokens["name"], sounds=asked.tokens["sound"])]
        asked.rows(SHOWN, people=people)
        return {"children": [pk for pk in sorted(people) if pk <= asked.children]}

    return ask


def known_child(asked):
    """Is this child known anywhere in the country? Asked before each new case, by the name alone."""
    found = cases.known_child(asked.worker, names=[asked.name])
    return {"elsewhere": found.elsewhere}


def known_child_hits(asked):
    with access.system(on_behalf=asked.worker, purpose="known child"):
        people = _all_who_match(asked.name)
    return {"children": [pk for pk in sorted(people) if pk <= asked.children]}


def peer_search(which):
    hit = f"from peer.cases where {SCOPES[which]} and tokens->'tokens' ?| %(tokens)s::text[]"
    most = "(select count(p) from jsonb_array_elements_text(tokens->'tokens') p where %(tokens)s::text[] @> array[p])"

    def ask(asked):
        asked.peers(f"select count(*) {hit}")
        asked.peers(f"select * {hit} order by {most} desc limit 20 offset 0")
        return {}

    return ask


def peer_hits(which):
    """All that match, for the check: the peer's page holds twenty. A worker of ours has no closed cases."""
    scope = f"{SCOPES[which]} and {OPEN}" if which == "mine" else SCOPES[which]
    hit = f"from peer.cases where {scope} and tokens->'tokens' ?| %(tokens)s::text[]"
    return lambda asked: {"children": sorted({row[0] for row in asked.peers(f"select child {hit}")})}


# the supervisor's board


def board(asked):
    """What is red, who has how many, what waits."""
    red = cases.red_cases(asked.worker, at=asked.now)
    loads = cases.loads(Worker.objects.filter(is_active=True, role__in=("WORKER", "SUPERVISOR"), team=asked.worker.team_id))
    waiting = list(cases.approvals_for(asked.worker))
    return {"red": sorted(line.case.number for line in red), "loads": sum(load.cases for load in loads), "waiting": len(waiting)}


RED = f"""select c.*, a.name, t.name, p.sex, p.birth_year, n."full", x.late, l.worker_id from cases_case c join places_area a on a.id = c.area_id join places_team t on t.id = c.team_id
  join people_person p on p.id = c.child_id left join people_name n on n.person_id = p.id and n.is_main
  left join lateral (select array_agg(d.kind) as late from cases_deadline d where d.case_id = c.id and d.done_at is null and d.due_at < %(now)s) x on true
  left join cases_assignment l on l.case_id = c.id and l.is_lead and l.until_at is null
  where {WHOSE["team"][1]} and c.state not in ('CLOSED', 'TRANSFERRED', 'MERGED') and (x.late is not null or l.id is null
    or (coalesce(c.last_seen_at, c.registered_at) < %(now)s - interval '30 days' and c.state <> 'SUSPENDED_UNREACHABLE'))"""
LOADS = """select a.worker_id, c.risk, count(*) from cases_assignment a join cases_case c on c.id = a.case_id join places_worker w on w.id = a.worker_id
  where w.team_id = %(team)s and w.is_active and a.until_at is null and a.is_lead and c.state not in ('CLOSED', 'TRANSFERRED', 'MERGED') group by 1, 2"""
WAITING = f"select p.*, c.number from cases_approval p join cases_case c on c.id = p.case_id where {WHOSE['team'][1]} and p.status = 'REQUESTED' and not p.needs_manager"


def bare_board(asked):
    red, loads, waiting = asked.rows(RED), asked.rows(LOADS), asked.rows(WAITING)
    number = 3  # of the columns of cases_case
    return {"red": sorted(row[number] for row in red), "loads": sum(row[2] for row in loads), "waiting": len(waiting)}


def peer_board(asked):
    """Three of the indicators of its page."""
    for column in ("risk_level", "workflow", "owned_by"):
        asked.peers(f"select {column}, count(*) from peer.cases where {SCOPES['team']} and {OPEN} group by 1 order by 1")
    return {}


# writing; what is written is taken back


def new_case(asked):
    """A report is taken up and becomes a case, with audit, history, deadlines and both new data keys."""
    waiting = Report.objects.visible().filter(state="RECEIVED").first()
    area = Case.objects.unfiltered().filter(team=asked.worker.team_id).values_list("area", flat=True).first()
    made = actions.register(
        waiting,
        by=asked.worker,
        child={"sex": "F", "birth_year": 2014, "age_basis": "STATED", "names": [{"kind": "LEGAL", "full": asked.name}]},
        concerns=["LAB-UAG"],
        risk="MEDIUM",
        worker=asked.worker,
        consent={"giver": "CHILD", "decision": "CONSENT", "how": "spoken"},
        area=_area(area),
        client_key=uuid.uuid4(),
    )
    return {"cases": Case.objects.visible().filter(pk=made.pk).count()}


def _area(pk):
    from romsai.places.models import Area

    return Area.objects.get(pk=pk)


def bare_new_case(asked):
    """The same rows by the same number of statements, without policy, history and audit."""
    x = asked.rows
    key = uuid.uuid4()
    x("select id from cases_report where team_id = %(team)s and state = 'RECEIVED' limit 1 for update")
    for kind in ("person", "case"):
        made = uuid.uuid4()
        x(
            "insert into core_datakey (id, kind, wrapped, kek, created_at) values (%(id)s, %(kind)s, %(wrapped)s, 'k', now()) returning 1",
            id=made,
            kind=kind,
            wrapped=b"w" * 61,
        )
        key = made
    copied = {"from": asked.case, "key": key, "uuid": uuid.uuid4()}
    (person,) = x("""insert into people_person (uuid, created_at, key_id, sex, birth_year, birth_margin, age_basis, language, nationality, is_label_only)
        values (%(uuid)s, now(), %(key)s, 'F', 2014, 0, 'STATED', '', '', false) returning id""", **copied)[0]  # fmt: skip
    x("""insert into people_name (uuid, created_at, person_id, key_id, kind, script, pattern, "full", is_main) values (%(uuid)s, now(), %(person)s, %(key)s, 'LEGAL', '', '', %(full)s, true)
        returning 1""", person=person, full=b"n" * 60, **copied)  # fmt: skip
    x("""insert into people_entry (person_id, own, slips, other, sex, version) values (%(person)s, array(select generate_series(1, 30)), array(select generate_series(1, 16)),
        array(select generate_series(1, 12)), 'F', 1) returning 1""", person=person)  # fmt: skip
    x("insert into people_card (uuid, created_at, person_id, key_id, facts) values (%(uuid)s, now(), %(person)s, %(key)s, %(facts)s) returning 1", person=person, facts=b"n" * 400, **copied)
    (case,) = x("""insert into cases_case (uuid, created_at, number, child_id, key_id, state, risk, risk_reasons, risk_set_at, agency_id, team_id, area_id, sealed, language, care, tracing,
        justice, heard_at, registered_at) select %(uuid)s, now(), left(%(uuid)s::text, 30), %(person)s, %(key)s, state, risk, risk_reasons, now(), agency_id, team_id, area_id, false, language,
        care, tracing, justice, now(), now() from cases_case where id = %(from)s returning id""", person=person, **copied)[0]  # fmt: skip
    facts = copied | {"case": case, "person": person}
    x(
        "insert into cases_participant (uuid, created_at, case_id, person_id, role, relation, is_suspected) values (%(uuid)s, now(), %(case)s, %(person)s, 'CHILD', '', false) returning 1",
        **facts,
    )
    x(
        "insert into cases_episode (uuid, created_at, case_id, opened_at, reason) values (%(uuid)s, now(), %(case)s, now(), '') returning 1",
        **facts,
    )
    x(
        "insert into cases_assignment (uuid, created_at, case_id, worker_id, is_lead, since_at) values (%(uuid)s, now(), %(case)s, %(worker)s, true, now()) returning 1",
        **facts,
    )
    x(
        "insert into cases_concern (uuid, created_at, case_id, code, state, setting, noted_at) values (%(uuid)s, now(), %(case)s, 'LAB-UAG', 'SUSPECTED', '', now()) returning 1",
        **facts,
    )
    x("""insert into cases_consent (uuid, created_at, case_id, key_id, kind, giver, decision, override_reason, levels, language, how, asked_at, withdrawn_by_giver)
        values (%(uuid)s, now(), %(case)s, %(key)s, 'SERVICE', 'CHILD', 'CONSENT', '', '{}', '', 'spoken', now(), '') returning 1""", **facts)  # fmt: skip
    x(
        "insert into cases_event (uuid, created_at, case_id, at, kind, from_state, to_state, facts) values (%(uuid)s, now(), %(case)s, now(), 'REGISTERED', '', 'REGISTERED', '{}') returning 1",
        **facts,
    )
    for kind in ("FIRST_CONTACT", "INITIAL_ASSESSMENT", "SUPERVISOR_SEES"):
        x(
            "insert into cases_deadline (uuid, created_at, case_id, kind, due_at) values (%(uuid)s, now(), %(case)s, %(kind)s, now()) returning 1",
            kind=kind,
            **facts,
        )
    return {"cases": x("select count(*) from cases_case where id = %(case)s", case=case)[0][0]}


PEER_TRAIL = (
    "insert into peer.record_histories (record_id, at, user_name, record_type, changes) select id, now(), %(users)s, 'Child', data from peer.cases where number = %(case)s",
    "insert into peer.audit_logs (user_name, action, record_type, record_id, at, metadata) select %(users)s, 'update', 'Child', id, now(), '{}' from peer.cases where number = %(case)s",
)


def peer_new_case(asked):
    facts = {"users": asked.peer["users"][0], "case": asked.case}
    asked.bare.execute("""insert into peer.cases select (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'number', -c.number))).*
        from peer.cases c where number = %(case)s""", facts)  # fmt: skip
    for statement in PEER_TRAIL:
        asked.bare.execute(statement, facts)
    return {"cases": asked.bare.execute("select count(*) from peer.cases where number = -%(case)s", facts).fetchone()[0]}


def visit(asked):
    """A contact is written down: sealed words, the next clock, the timeline, history and audit."""
    case = Case.objects.visible().get(pk=asked.case)
    actions.record_visit(
        case,
        by=asked.worker,
        at=timezone.now() - timedelta(minutes=1),
        kind="VISIT_HOME",
        child_seen=True,
        is_safe=True,
        words=world.WORDS,
        summary=world.WORDS,
        client_key=uuid.uuid4(),
    )
    return {"visits": Visit.objects.filter(case=asked.case).count()}


def bare_visit(asked):
    x, facts = asked.rows, {"case": asked.case, "uuid": uuid.uuid4(), "words": b"w" * 260}
    x("select * from cases_case where id = %(case)s for update", **facts)
    x("""insert into cases_visit (uuid, created_at, case_id, key_id, at, kind, child_seen, seen_alone, is_safe, outcome, words, summary, wellbeing, by_id)
        select %(uuid)s, now(), id, key_id, now(), 'VISIT_HOME', true, false, true, '', %(words)s, %(words)s, '{}', %(worker)s from cases_case where id = %(case)s returning 1""", **facts)  # fmt: skip
    x("update cases_case set last_seen_at = now() where id = %(case)s returning 1", **facts)
    for kind in ("FIRST_CONTACT", "FOLLOW_UP"):
        x(
            "update cases_deadline set done_at = now() where case_id = %(case)s and kind = %(kind)s and done_at is null returning 1",
            kind=kind,
            **facts,
        )
    x(
        "insert into cases_deadline (uuid, created_at, case_id, kind, due_at) values (%(uuid)s, now(), %(case)s, 'FOLLOW_UP', now()) returning 1",
        **facts,
    )
    x(
        "insert into cases_event (uuid, created_at, case_id, at, kind, from_state, to_state, facts) values (%(uuid)s, now(), %(case)s, now(), 'VISIT', '', '', '{}') returning 1",
        **facts,
    )
    return {"visits": x("select count(*) from cases_visit where case_id = %(case)s", **facts)[0][0]}


def peer_visit(asked):
    """The document is written anew, with the follow-up in it and the day it makes due."""
    facts = {"users": asked.peer["users"][0], "case": asked.case}
    asked.bare.execute("select * from peer.cases where number = %(case)s for update", facts)
    asked.bare.execute("""update peer.cases set follow_up_due = array[now()::timestamp], risk_level = 'high', data = jsonb_set(data, '{followup_subform_section}', data->'followup_subform_section'
        || jsonb_build_object('unique_id', gen_random_uuid(), 'followup_date', now()::date, 'followup_comments', repeat('The child was calm. ', 20))) where number = %(case)s""", facts)  # fmt: skip
    for statement in PEER_TRAIL:
        asked.bare.execute(statement, facts)
    return {}


QUESTIONS = (
    Question("caseload", "a worker's caseload: counts and first page", "WORKER", caseload, bare_list("mine"), peer_list("mine")),
    Question("caseload_count", "the same, counts only", "WORKER", caseload_count, bare_count("mine"), peer_count("mine")),
    Question("search", "a worker's search by name in their own cases", "WORKER", search_own, bare_search("mine"), peer_search("mine")),
    Question("team", "a supervisor's list of the team: counts and first page", "SUPERVISOR", team_list, bare_list("team"), peer_list("team")),
    Question("team_count", "the same, counts only", "SUPERVISOR", team_count, bare_count("team"), peer_count("team")),
    Question("team_search", "a supervisor's search by name in the team's cases", "SUPERVISOR", search_own, bare_search("team"), peer_search("team")),
    Question("board", "a supervisor's board: what is red, who has how many", "SUPERVISOR", board, bare_board, peer_board),
    Question("agency", "a manager's list of the province: counts and first page", "MANAGER", team_list, bare_list("agency"), peer_list("agency")),
    Question("country", "the national coordinator's list: counts and first page", "COORDINATOR", team_list, bare_list("country"), peer_list("country")),
    Question("known_child", "is this child known anywhere? by name", "WORKER", known_child, bare_search(""), peer_search("country")),
    Question("insert", "a new case from a report", "INTAKE", new_case, bare_new_case, peer_new_case, writes=True),
    Question("update", "a contact written down on a case", "WORKER", visit, bare_visit, peer_visit, writes=True),
)  # fmt: skip

# What must agree to the row, besides the above: the searches show the likeliest, these are all who match.
CHECKS = (
    *QUESTIONS,
    Question("search_hits", "all who match in one's own cases", "WORKER", search_own_hits, bare_search("mine"), peer_hits("mine")),
    Question("team_search_hits", "all who match in the team's cases", "SUPERVISOR", search_own_hits, bare_search("team"), peer_hits("team")),
    Question("known_child_hits", "all who match in the country", "WORKER", known_child_hits, bare_search(""), peer_hits("country")),
)  # fmt: skip
