"""Asks each question of Romsai, of bare SQL and of the peer in turn, and keeps the time that the database took."""

import time
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

import psycopg
from django.db import connection, transaction
from django.utils import timezone

from benchmarks import questions
from romsai.core import access, audit
from romsai.core.access import roles
from romsai.people import search
from romsai.places.models import Worker

BARE = "set session_replication_role = replica; set statement_timeout = '60s'"
ASKERS = """select w.id, c.id, c.number, n.name from places_worker w join {cases} join bench.named n on n.person = c.child_id
  where w.role = %(role)s {more} and c.state <> 'CLOSED' and not c.sealed and w.id not in (select worker_id from cases_exclusion where worker_id is not null)
    and c.id not in (select case_id from cases_exclusion) order by md5(w.id || c.number) limit %(most)s"""
THEIRS = {
    "WORKER": "bench.lead l on l.worker = w.id join cases_case c on c.id = l.id",
    "SUPERVISOR": "cases_case c on c.team_id = w.team_id",
    "MANAGER": "cases_case c on c.agency_id = w.agency_id",
    "COORDINATOR": "cases_case c on true",
}


@dataclass
class Taken:
    """Medians of one question, in milliseconds of the database, and how far Romsai's statements reach."""

    question: object
    romsai: float
    bare: float
    peer: float
    wall: float  # of Romsai with its own computing: opening names, comparing them, making sentences
    statements: int

    @property
    def to_bare(self):
        return self.romsai / self.bare

    @property
    def peer_to_us(self):
        return self.peer / self.romsai if self.peer is not None else None


class Watch:
    """Sums the time of all statements of this process's connection: `with watch: …`, then `.ms` and `.statements`."""

    def __enter__(self):
        self.ms, self.statements, self.texts = 0.0, 0, []
        self._hook = connection.execute_wrapper(self._note)
        self._hook.__enter__()
        return self

    def __exit__(self, *error):
        self._hook.__exit__(*error)

    def _note(self, execute, sql, params, many, context):
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.ms += (time.perf_counter() - began) * 1000
            self.statements += 1
            self.texts.append(sql)


@contextmanager
def taken_back():
    """Whatever is written in the block is as if it had not been."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def askers(bare, question, most):
    """Who asks: at most `most` workers of the fitting role, each with an open case of theirs and its child's name."""
    role = "WORKER" if question.by == "INTAKE" else question.by
    more = ""
    if question.by == "INTAKE":
        more = "and exists (select 1 from places_team t where t.id = w.team_id and t.is_intake)"
    if question.name == "country":
        more = (
            "and exists (select 1 from places_workerarea a join places_area p on p.id = a.area_id where a.worker_id = w.id and p.level = 0)"
        )
    rows = bare.execute(ASKERS.format(cases=THEIRS[role], more=more), {"role": role, "most": most * 50}).fetchall()
    (children,) = bare.execute("select children from bench.size").fetchone()
    found = {row[0]: row for row in rows}  # one case each
    with access.system():
        workers = Worker.objects.select_related("team", "agency").in_bulk(list(found)[:most])
    for pk, worker in workers.items():
        _worker, case, number, name = found[pk]
        tokens = {kind: list(numbers.values()) for kind, numbers in search.keyed(search.Question.of(name).texts).items()}
        yield questions.Asked(bare, worker, timezone.now(), case, name, number, children, tokens)


@contextmanager
def bare_connection(admin):
    """A superuser's connection past all rules and triggers."""
    with psycopg.connect(admin, autocommit=True) as bare:
        bare.execute(BARE)
        yield bare


@contextmanager
def reading(worker):
    """As a page does it: the asker in place of the sign-in, one audit line, and the sign-in again."""
    context = access.Context(role=roles.database_role(worker.role), worker=worker)
    with access.switched(context):
        yield
        audit.flush(context)


def of_romsai(question, asked):
    """(answer, ms of the database, ms altogether, statements)."""
    began = time.perf_counter()
    with Watch() as watch, transaction.atomic():
        with access.acting(asked.worker) if question.writes else reading(asked.worker):
            answer = question.romsai(asked)
        if question.writes:
            transaction.set_rollback(True)
    return answer, watch.ms, (time.perf_counter() - began) * 1000, watch.statements


def of_bare(question, asked, ask):
    """(answer, ms), written or not."""
    began = time.perf_counter()
    if not question.writes:
        return ask(asked), (time.perf_counter() - began) * 1000
    with asked.bare.transaction(force_rollback=True):
        answer = ask(asked)
        took = (time.perf_counter() - began) * 1000
    return answer, took


def take(question, bare, most, rounds):
    """The medians of one question over several askers, the first round not counted.

    The three are asked in turn, as in life: nobody asks the same five times over, with all of it still in the processor's memory.
    """
    romsai, plain, peer, wall, statements = [], [], [], [], []
    for asked in askers(bare, question, most):
        for n in range(rounds + 1):
            _answer, ms, whole, count = of_romsai(question, asked)
            plain_ms = of_bare(question, asked, question.bare)[1]
            peer_ms = of_bare(question, asked, question.peer)[1] if question.peer else None
            if n or rounds == 0:
                romsai.append(ms), plain.append(plain_ms), peer.append(peer_ms), wall.append(whole), statements.append(count)
    return Taken(question, median(romsai), median(plain), median(peer) if question.peer else None, median(wall), int(median(statements)))


def differences(bare, most):
    """Sentences for every question whose three answers do not agree."""
    for question in questions.CHECKS:
        asked_any = False
        for asked in askers(bare, question, most):
            asked_any = True
            ours = of_romsai(question, asked)[0]
            for name, ask in (("bare SQL", question.bare), ("the peer", question.peer)):
                theirs = of_bare(question, asked, ask)[0] if ask else {}
                for part in ours.keys() & theirs.keys():
                    if ours[part] != theirs[part]:
                        yield f"{question.name} of {asked.worker} ({part}): Romsai {ours[part]}, {name} {theirs[part]}"
        if not asked_any:
            yield f"Nobody could ask {question.name}."
