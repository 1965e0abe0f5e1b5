"""Ask each user's question of every table, by PostgreSQL alone and by Python alone, and count the wrong answers."""

from dataclasses import dataclass, field

import psycopg
from django.apps import apps

from romsai.core.access import context as contexts
from romsai.core.access.policy import policy
from tests.matrix import oracle
from tests.matrix.facts import FAMILY, own_rows

SCOPES = ("romsai_scope", "romsai_wide", "romsai_desk", "romsai_public", "romsai_auth", "romsai_log")
MODELS = {m._meta.db_table: m for m in apps.get_models()}


@dataclass
class Score:
    decisions: int = 0
    wrong: list = field(default_factory=list)

    def compare(self, what, universe, expected, got, *, subset=False):
        self.decisions += len(universe)
        bad = (got - expected) if subset else (got ^ expected)
        if bad:
            self.wrong.append((what, sorted(bad)[:3], len(bad)))


def own(table, user, rows):
    """Ids of the rows of a table that are the user's own."""
    return {pk for pk, facts in rows.items() if oracle.reaches_own(user, table, *facts)}


def expected(line, user, cases, reports, write=False, owned=None):
    """Ids of the rows of a table that the user may read (or change)."""
    if line.name in (owned or {}) and not write:
        return own(line.name, user, owned[line.name])
    if line.subject == "report":
        ask = oracle.writes_report if write else oracle.reads_report
        found = {r.id for r in reports if ask(user, r, line.level)}
        return found & present(line, cases, reports)
    if line.subject == "person":
        if write:
            return {FAMILY * f + c.id for c in cases for f in (0, 1) if oracle.writes_case(user, c, line.level)}
        return {
            FAMILY * f + c.id
            for c in cases
            for f in (0, 1)
            if oracle.reads_case(user, c, line.level, person="FAMILY" if f else "CHILD") or (line.extra == "listed" and oracle.keeps_list(user, c))
        }
    ask = oracle.writes_case if write else (lambda u, c, level: oracle.reads_case(u, c, level, person=None))
    found = {c.id for c in cases if ask(user, c, line.level)}
    if write:
        return found  # an extra relation reaches rows to read
    if line.extra == "recipient":
        found |= {c.id for c in cases if oracle.receives(user, c)}
    if line.extra == "reader":
        found |= {c.id for c in cases if oracle.is_shared(user, c)}
    if line.extra == "serving":
        found |= {c.id for c in cases if oracle.serves(user, c)}
    if line.extra == "offered":
        found |= {c.id for c in cases if oracle.is_offered(user, c)}
    if line.extra == "opener":
        found |= {c.id for c in cases if oracle.opened_once(user, c)}
    return found


def present(line, cases, reports):
    """Rows the world holds in this table, by the id the checks use."""
    if line.subject == "report":
        needed = {"cases_reportcase": lambda r: r.case, "cases_accused": lambda r: r.accused != "none"}.get(line.name)
        return {r.id for r in reports if needed is None or needed(r)}
    if line.subject == "person" or line.name == "cases_participant":
        return {FAMILY * f + c.id for c in cases for f in (0, 1)}
    if line.name == "cases_approval":
        return {c.id for c in cases if c.approval != "none"}
    if line.name == "care_share":
        return {c.id for c in cases if c.share != "none"}
    return {c.id for c in cases}


def asked(line):
    """Tables that name workers have many rows a case or report: they are asked by that."""
    return line.column if line.name in ("cases_assignment", "cases_exclusion", "cases_glass", "cases_accused") else "id"


def rows_of(line, wanted, cases, universe):
    """What the oracle's case ids mean in this table's ids."""
    if line.name == "cases_participant":
        wanted = {FAMILY * f + k for k in wanted for f in (0, 1)}
    if line.name == "cases_assignment":
        wanted = wanted & {c.id for c in cases if c.assigned != "none"}
    if line.name == "cases_exclusion":
        wanted = wanted & {c.id for c in cases if c.exclusion != "none"}
    if line.name == "cases_glass":
        wanted = wanted & {c.id for c in cases if c.glass != "none"}
    return wanted & universe


def enter(cursor, role, user):
    cursor.execute(
        "select set_config('role', %s, true), set_config('app.ctx', %s, true)", [role, contexts.sign(user.id, user.id) if user else ""]
    )


def by_database(cursor, users, cases, reports, *, tables=None, writes=True, other_roles=False, stop=False):
    """Row security alone: plain SQL through each database role, no filter of ours."""
    score, owned = Score(), own_rows(cases)
    for user in users:
        usual = oracle.database_role(user.role)
        for role in SCOPES if other_roles else (usual,):
            enter(cursor, role, user)
            for table in () if tables else owned.keys() - policy().tables.keys():
                want, got = own(table, user, owned[table]), _ids(cursor, f"select id from {table}")
                score.compare(("read", role, user, table), owned[table], want, got, subset=role != usual)
            for line in tables or policy().tables.values():
                if stop and score.wrong:
                    return score
                universe = present(line, cases, reports)
                want = rows_of(line, expected(line, user, cases, reports, owned=owned), cases, universe)
                got = _ids(cursor, f"select distinct {asked(line)} from {line.name}")
                score.compare(("read", role, user, line.name), universe, want, got, subset=role != usual)
                if writes and role == usual:
                    may = rows_of(
                        line,
                        expected(line, user, cases, reports, write=True) & expected(line, user, cases, reports, owned=owned),
                        cases,
                        universe,
                    )
                    got = _ids(
                        cursor,
                        f"with u as (update {line.name} set {line.column} = {line.column} returning {asked(line)}) select distinct {asked(line)} from u",
                    )
                    score.compare(("write", role, user, line.name), universe, may, got)
                    if (line.subject, line.level) in (("case", "work"), ("report", "narrative")):
                        # Read and written by the same people: only a change that names no column of the row asks the write policy alone.
                        rows = sum(_rows_in(line, case, users) for case in cases if case.id in may)
                        want = rows if line.subject == "case" else len(may)
                        score.compare(
                            ("write unread", role, user, line.name), universe, set(range(want)), set(range(_changed(cursor, line.name)))
                        )
            cursor.execute("reset role")
    return score


def _rows_in(line, case, users):
    """How many rows a case has in a table; assignments and exclusions may name every user."""
    if line.name == "cases_assignment":
        return 1 if case.assigned == "somebody" else len(users)
    if line.name == "cases_glass":
        return 1 if case.glass == "somebody" else len(users)
    return len(users) if line.name == "cases_exclusion" and case.exclusion == "worker" else 1


def _changed(cursor, table):
    """How many rows a change reaches that reads nothing."""
    cursor.execute("savepoint ask")
    try:
        cursor.execute(f"update {table} set created_at = now()")
        return cursor.rowcount
    except psycopg.errors.InsufficientPrivilege:
        return 0
    finally:
        cursor.execute("rollback to ask; release ask")


def _ids(cursor, query):
    cursor.execute("savepoint ask")
    try:
        cursor.execute(query)
        found = {row[0] for row in cursor.fetchall()}
    except psycopg.errors.InsufficientPrivilege:
        found = set()
    cursor.execute("rollback to ask; release ask")
    return found


def by_python(cursor, users, cases, reports, *, tables=None, stop=False):
    """The application's filter alone: its SQL is run as the superuser, whom no row policy binds."""
    from romsai.core import access

    score, owned = Score(), own_rows(cases)
    for user in users:
        worker = user.worker()
        token = contexts._current.set(contexts.Context(role="", worker=worker))
        try:
            for name, meaning in access.meanings.items():
                if not tables and meaning.reaches in owned:
                    ids = access.rows(worker, name)
                    got = set() if ids is None else _run(cursor, MODELS[meaning.reaches].objects.filter(pk__in=ids).order_by().values_list("pk"))
                    score.compare(("filter", user, meaning.reaches), owned[meaning.reaches], own(meaning.reaches, user, owned[meaning.reaches]), got)
            for line in tables or policy().tables.values():
                universe = present(line, cases, reports)
                want = rows_of(line, expected(line, user, cases, reports, owned=owned), cases, universe)
                query = MODELS[line.name].objects.visible(worker).order_by().values_list(asked(line), flat=True).distinct()
                got = _run(cursor, query)
                score.compare(("filter", user, line.name), universe, want, got)
        finally:
            contexts._current.reset(token)
        if stop and score.wrong:
            break
    return score


def _run(cursor, query):
    from django.core.exceptions import EmptyResultSet

    try:
        sql, params = query.query.sql_with_params()
    except EmptyResultSet:
        return set()
    cursor.execute(sql, params)
    return {row[0] for row in cursor.fetchall()}


def by_relation(users, cases, reports, cursor, names=None):
    """Each relation alone, as actions ask it: who stands so to which case or report."""
    from romsai.core import access

    score = Score()
    for user in users:
        worker = user.worker()
        for name, meaning in access.meanings.items():
            if meaning.reaches not in ("case", "report") or name == "shared":
                continue
            things = cases if meaning.reaches == "case" else reports
            want = {t.id for t in things if oracle.stands(user, t, name)}
            model = MODELS[f"cases_{meaning.reaches}"]
            query = (
                model.objects.unfiltered().filter(access.granted(worker, meaning.reaches, [name])).order_by().values_list("pk", flat=True)
            )
            score.compare(("relation", user, name), things, want, _run(cursor, query))
    return score
