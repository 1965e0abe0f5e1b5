"""The matrix's world: one case for each combination of facts, users in every role and state, written as the superuser."""

import itertools
from dataclasses import dataclass
from datetime import date, timedelta

from romsai.core.access.policy import policy
from romsai.places import codes
from romsai.places.models import Worker

# Place of a case: (team, agency, area). A user is of team 1, agency 1, and answers for area 1 (11 lies in it, 2 does not).
PLACES = ((1, 1, 1), (2, 1, 11), (2, 1, 2), (3, 2, 11), (3, 2, 2))
ASSIGNED = ("none", "lead", "co", "ended", "somebody")
SHARES = ("none", "live", "other", "expired", "withdrawn", "future")
APPROVALS = ("none", "waiting", "manager", "decided")
EXCLUSIONS = ("none", "worker", "team", "agency", "somebody", "lifted")
LEVELS = (("core",), ("core", "identity"), ("core", "identity", "location", "medical", "narrative", "legal"))
REFERRALS = (("SENT", 1), ("SENT", 2), ("DRAFT", 1), ("CANCELLED", 1), ("COMPLETED", 1), ("EXPIRED", 1))
TRANSFERS = (("OFFERED", 1), ("OFFERED", 2), ("DECLINED", 1))
# How a user opened the case in an emergency: none; for an emergency or another reason; over; closed; somebody else did.
GLASSES = ("none", "emergency", "none", "none", "cover", "over", "none", "closed", "none", "somebody", "none")
PLAIN = (False, PLACES[0], "none", "none", "none", "none")  # as the facts of a case stand below
ACCUSED = ("none", "worker", "agency", "somebody")
FAMILY = 1_000_000  # id of the family member beside child k is FAMILY + k
SOMEBODY = 9_999
EVERY = 23  # of 7,200 combinations, in the suite and for each mutant; `make nightly` asks all


@dataclass(frozen=True)
class User:
    id: int
    role: str
    state: str  # active, off, ended
    team: int = 1
    agency: int = 1

    @property
    def acts(self):
        return self.state == "active"

    def worker(self):
        until = date.today() - timedelta(days=1) if self.state == "ended" else None
        return Worker(pk=self.id, name="x", role=self.role, agency_id=1, team_id=self.team, is_active=self.state != "off", until_on=until)


@dataclass(frozen=True)
class Case:
    id: int
    sealed: bool
    team: int
    agency: int
    area: int
    assigned: str
    share: str
    approval: str
    exclusion: str

    @property
    def levels(self):
        return LEVELS[self.id % 3]

    @property
    def programme(self):
        """The list on which child and family stand: 1 is kept by the users' agency, 2 by another."""
        return 1 + self.id // 11 % 2

    @property
    def referral(self):
        return REFERRALS[self.id // 7 % 6]  # not in step with any other fact

    @property
    def transfer(self):
        return TRANSFERS[self.id % 3]

    @property
    def glass(self):
        return GLASSES[self.id // 13 % len(GLASSES)]


@dataclass(frozen=True)
class Report:
    id: int
    open: bool
    team: int  # 1 is an intake team and most users' own, 2 an intake team, 4 some users' own but no intake team, 0 nobody's
    about_staff: bool
    case: Case | None
    accused: str = "none"


def users():
    roles = [role for role in codes.get("user_role").codes if role != "PUBLIC"]
    found = [(role, state) for role in roles for state in ("active", "off", "ended")]
    made = [User(10 + i, role, state) for i, (role, state) in enumerate(found)]
    elsewhere = [User(10 + len(made) + i, role, "active", 4) for i, role in enumerate(("OPERATOR", "WORKER", "SUPERVISOR"))]
    return made + elsewhere


def cases(every=1):
    """All combinations; or each `every`th (an odd prime keeps every pair of facts in the sample) and whatever differs from a plain case in one fact,
    where no second one covers a fault."""
    combined = itertools.product((False, True), PLACES, ASSIGNED, SHARES, APPROVALS, EXCLUSIONS)
    return [
        Case(100 + i, sealed, *place, *facts)
        for i, (sealed, place, *facts) in enumerate(combined)
        if i % every == 0 or sum(fact != plain for fact, plain in zip((sealed, place, *facts), PLAIN, strict=True)) <= 1
    ]


def reports(all_cases):
    chosen = {}
    for case in all_cases:
        chosen.setdefault((case.sealed, case.assigned, case.exclusion), case)
    combined = itertools.product((True, False), (1, 2, 4, 0), (False, True), [None, *chosen.values()])
    found = [Report(100 + i, *facts) for i, facts in enumerate(combined)]
    free = next(case for case in all_cases if not case.sealed and case.assigned == "lead" and case.exclusion == "none")
    for accused, about_staff, case in itertools.product(ACCUSED, (True, False), (None, free)):
        found.append(Report(100 + len(found), True, 1, about_staff, case, accused))
    return found


ELSEWHERE = User(9_998, "SUPERVISOR", "active", 3, 2)  # supervised in another agency; asks nothing here


# Rows that are somebody's own. Table -> {id: (user, other user, case)}; None where a table has no such column. A pair: (case, other case, None).
def own_rows(all_cases):
    all_users = users()

    def one(n):
        return all_users[n % len(all_users)]

    pairs = {c.id: (c, all_cases[(n + 1 + n % 5) % len(all_cases)] if n % 7 else None, None) for n, c in enumerate(all_cases)}
    supervised = {c.id: (one(c.id), one(c.id // 3) if c.id % 10 else ELSEWHERE, c) for c in all_cases}
    notices = {c.id: (one(c.id // 5), None, c) for c in all_cases} | {FAMILY + u.id: (u, None, None) for u in all_users}
    return {
        "workforce_notice": notices,
        "workforce_savedfilter": {u.id: (u, None, None) for u in all_users},
        "workforce_supervision": {pk: (author, about, None) for pk, (author, about, _case) in supervised.items()},
        "workforce_casesupervision": supervised,
        "cases_pair": pairs,  # of the children of two cases; one that is put before nobody is of a child with itself
    }


OWN_COLUMNS = {
    "workforce_notice": ("worker_id", None, "case_id"), "workforce_savedfilter": ("worker_id", None, None),
    "workforce_supervision": ("author_id", "about_id", None), "workforce_casesupervision": ("author_id", "about_id", "case_id"),
    "cases_pair": ("one_id", "other_id", None),
}  # fmt: skip


class Writer:
    """Rows with dummy values wherever a column insists; triggers and foreign keys rest (session_replication_role)."""

    DUMMY = {
        "integer": "0",
        "bigint": "0",
        "smallint": "0",
        "double precision": "0",
        "boolean": "false",
        "jsonb": "'{}'",
        "ARRAY": "'{}'",
        "bytea": "''",
        "date": "current_date",
    }

    def __init__(self, cursor):
        self.cursor = cursor
        cursor.execute("set local session_replication_role = replica")
        cursor.execute(
            "select table_name, column_name, data_type from information_schema.columns where table_schema = 'public' and is_nullable = 'NO' and identity_generation is null"
        )
        self.needed = {}
        for table, column, kind in cursor.fetchall():
            self.needed.setdefault(table, {})[column] = kind

    def add(self, table, rows):
        """rows: dicts of plain SQL literals."""
        if not rows:
            return
        needed = self.needed[table]
        columns = sorted(set(needed) | set().union(*rows) | {"id"})
        lines = []
        for n, row in enumerate(rows):
            filled = {"id": str(n + 1)} | {c: self._dummy(kind) for c, kind in needed.items() if c != "id"} | row
            lines.append("(" + ",".join(filled.get(c, "null") for c in columns) + ")")
        names = ",".join(f'"{c}"' for c in columns)
        for start in range(0, len(lines), 2000):
            self.cursor.execute(f"insert into {table} ({names}) overriding system value values {','.join(lines[start : start + 2000])}")

    def _dummy(self, kind):
        if kind.startswith("timestamp"):
            return "now()"
        return "gen_random_uuid()" if kind == "uuid" else self.DUMMY.get(kind, "''")


NOW = {"live": ("now() - interval '1 day'", "now() + interval '1 day'", "null"), "expired": ("now() - interval '2 days'", "now() - interval '1 day'", "null"), "withdrawn": ("now() - interval '1 day'", "now() + interval '1 day'", "now()"), "future": ("now() + interval '1 day'", "now() + interval '2 days'", "null")}  # fmt: skip
NOW["other"] = NOW["live"]


def world(cursor, every=1):
    """(users, cases, reports), written in the running transaction."""
    all_users, all_cases = users(), cases(every)
    made = (all_users, all_cases, reports(all_cases))
    write(cursor, *made)
    return made


def write(cursor, all_users, all_cases, all_reports):
    """Put the whole world into the database, in the running transaction."""
    cursor.execute("truncate places_area, places_agency cascade")
    _loosen(cursor)
    table = Writer(cursor)
    table.add("places_area", [{"id": str(i), "pcode": f"'M{i}'"} for i in (1, 11, 2)])
    table.add(
        "places_areawithin",
        [
            {"id": str(9_000_000 + n), "ancestor_id": str(a), "descendant_id": str(d)}
            for n, (a, d) in enumerate(((1, 1), (1, 11), (11, 11), (2, 2)))
        ],
    )
    table.add("places_agency", [{"id": str(i), "name": f"'a{i}'"} for i in (1, 2)])
    table.add(
        "places_team", [{"id": str(i), "agency_id": str(1 + (i == 3)), "is_intake": str(i != 4), "name": f"'t{i}'"} for i in (1, 2, 3, 4)]
    )
    table.add(
        "places_worker",
        [
            {
                "id": str(u.id),
                "role": f"'{u.role}'",
                "agency_id": str(u.agency),
                "team_id": str(u.team),
                "is_active": str(u.state != "off"),
                "until_on": "current_date - 1" if u.state == "ended" else "null",
            }
            for u in [*all_users, ELSEWHERE]
        ],
    )
    table.add(
        "places_workerarea",
        [{"id": str(u.id), "worker_id": str(u.id), "area_id": "1"} for u in all_users]
        + [{"id": str(SOMEBODY), "worker_id": str(SOMEBODY), "area_id": "2"}],
    )
    table.add(
        "cases_case",
        [
            {
                "id": str(c.id),
                "number": f"'{c.id}'",
                "sealed": str(c.sealed),
                "team_id": str(c.team),
                "agency_id": str(c.agency),
                "area_id": str(c.area),
                "child_id": str(c.id),
            }
            for c in all_cases
        ],
    )
    table.add(
        "cases_assignment",
        [
            {
                "case_id": str(c.id),
                "worker_id": str(u.id),
                "is_lead": str(c.assigned in ("lead", "ended")),
                "until_at": "now()" if c.assigned == "ended" else "null",
            }
            for c in all_cases
            if c.assigned in ("lead", "co", "ended")
            for u in all_users
        ]
        + [{"case_id": str(c.id), "worker_id": str(SOMEBODY), "is_lead": "true"} for c in all_cases if c.assigned == "somebody"],
    )
    table.add(
        "cases_exclusion",
        [row for c in all_cases for row in _exclusions(c, all_users)],
    )
    table.add("cases_glass", [row for c in all_cases for row in _glasses(c, all_users)])
    table.add("cases_accused", [row for r in all_reports for row in _accused(r, all_users)])
    table.add(
        "cases_approval",
        [
            {
                "id": str(c.id),
                "case_id": str(c.id),
                "kind": "'PLAN'",
                "status": "'APPROVED'" if c.approval == "decided" else "'REQUESTED'",
                "needs_manager": str(c.approval == "manager"),
            }
            for c in all_cases
            if c.approval != "none"
        ],
    )
    table.add(
        "care_share",
        [
            {
                "id": str(c.id),
                "case_id": str(c.id),
                "agency_id": "2" if c.share == "other" else "1",
                "levels": "array[" + ",".join(f"'{x}'" for x in c.levels) + "]::varchar[]",
                "from_at": NOW[c.share][0],
                "until_at": NOW[c.share][1],
                "withdrawn_at": NOW[c.share][2],
            }
            for c in all_cases
            if c.share != "none"
        ],
    )
    table.add(
        "cases_participant",
        [
            {
                "id": str(FAMILY * f + c.id),
                "case_id": str(c.id),
                "person_id": str(FAMILY * f + c.id),
                "role": "'FAMILY'" if f else "'CHILD'",
            }
            for c in all_cases
            for f in (0, 1)
        ],
    )
    table.add(
        "care_referral",
        [
            {
                "id": str(c.id),
                "case_id": str(c.id),
                "state": f"'{c.referral[0]}'",
                "agency_id": str(c.referral[1]),
                "share_id": str(c.id) if c.share != "none" else "null",
            }
            for c in all_cases
        ],
    )
    table.add(
        "care_transfer",
        [{"id": str(c.id), "case_id": str(c.id), "state": f"'{c.transfer[0]}'", "team_id": str(c.transfer[1])} for c in all_cases],
    )
    table.add("exchange_programme", [{"id": str(i), "agency_id": str(i), "name": f"'p{i}'"} for i in (1, 2)])
    table.add(
        "exchange_listing",
        [
            {"id": str(FAMILY * f + c.id), "person_id": str(FAMILY * f + c.id), "programme_id": str(c.programme)}
            for c in all_cases
            for f in (0, 1)
        ],
    )
    table.add("cases_report", [_report(r) for r in all_reports])
    table.add("cases_reportcase", [{"id": str(r.id), "report_id": str(r.id), "case_id": str(r.case.id)} for r in all_reports if r.case])
    for name, rows in own_rows(all_cases).items():
        unseen = {"cases_pair": lambda owner: {"other_id": str(owner.id), "state": "'FOUND'"}}.get(name, lambda owner: {})
        table.add(name, [
            {"id": str(pk)} | (unseen(facts[0]) if facts[1] is None else {})
            | {column: str(fact.id) for column, fact in zip(OWN_COLUMNS[name], facts, strict=True) if column and fact}
            for pk, facts in rows.items()
        ])  # fmt: skip
    done = {
        "workforce_casesupervision",
        "cases_case",
        "cases_assignment",
        "cases_exclusion",
        "cases_glass",
        "cases_accused",
        "cases_approval",
        "care_share",
        "cases_participant",
        "care_referral",
        "care_transfer",
        "exchange_listing",
        "cases_report",
        "cases_reportcase",
    }
    for line in policy().tables.values():
        if line.name in done:
            continue
        if line.subject == "case":
            # What hangs on a referral or a transfer hangs on the one of its case, which has the case's number here.
            columns = {"case_id"} | {"referral_id", "transfer_id"} & set(table.needed.get(line.name, {}))
            table.add(line.name, [{"id": str(c.id)} | dict.fromkeys(columns, str(c.id)) for c in all_cases])
        elif line.subject == "report":
            table.add(line.name, [{"id": str(r.id), "report_id": str(r.id)} for r in all_reports])
        elif line.column == "id":
            table.add(line.name, [{"id": str(FAMILY * f + c.id)} for c in all_cases for f in (0, 1)])
        else:
            table.add(line.name, [{"id": str(FAMILY * f + c.id), line.column: str(FAMILY * f + c.id)} for c in all_cases for f in (0, 1)])
    cursor.execute("analyze")


def _loosen(cursor):
    """Here many users lead one case and dummies fill the columns, which the database rightly forbids otherwise."""
    protected = [*policy().tables, *OWN_COLUMNS]
    cursor.execute(
        "select conrelid::regclass, conname from pg_constraint where contype in ('c', 'u') and conrelid::regclass::text = any(%s)",
        [protected],
    )
    for table, name in cursor.fetchall():
        cursor.execute(f'alter table {table} drop constraint "{name}"')
    cursor.execute(
        "select indexrelid::regclass from pg_index where indisunique and not indisprimary and indrelid::regclass::text = any(%s)",
        [protected],
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f"drop index {name}")


def _exclusions(case, all_users):
    base = {"case_id": str(case.id)}
    if case.exclusion == "worker":
        return [base | {"worker_id": str(u.id)} for u in all_users]
    return {
        "none": [],
        "team": [base | {"team_id": "1"}],
        "agency": [base | {"agency_id": "1"}],
        "somebody": [base | {"worker_id": str(SOMEBODY)}],
        "lifted": [base | {"agency_id": "1", "lifted_at": "now()"}],
    }[case.exclusion]


def _glasses(case, all_users):
    if case.glass == "none":
        return []
    row = {
        "case_id": str(case.id),
        "reason": "'COVER'" if case.glass == "cover" else "'EMERGENCY'",
        "until_at": "now() - interval '1 minute'" if case.glass == "over" else "now() + interval '4 hours'",
        "closed_at": "now()" if case.glass == "closed" else "null",
    }
    return [row | {"worker_id": str(pk)} for pk in ([SOMEBODY] if case.glass == "somebody" else [u.id for u in all_users])]


def _accused(report, all_users):
    base = {"report_id": str(report.id)}
    return {
        "none": [],
        "worker": [base | {"worker_id": str(u.id), "agency_id": "2"} for u in all_users],
        "agency": [base | {"agency_id": "1"}],
        "somebody": [base | {"worker_id": str(SOMEBODY), "agency_id": "2"}],
    }[report.accused]


def _report(r):
    return {
        "id": str(r.id),
        "state": "'SCREENING'" if r.open else "'SCREENED_OUT'",
        "team_id": str(r.team) if r.team else "null",
        "is_about_staff": str(r.about_staff),
    }
