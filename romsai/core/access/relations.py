"""What the relations of the policy table mean: each room registers its own, once in SQL and once in Python.

The two are written apart on purpose. PostgreSQL enforces the SQL, the application filters by the Python, and the matrix test
holds each against the other.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Meaning:
    """One relation.

    sql: a select of ids; may use `me`, the asker's row of places_worker (already active and of a fitting role), as `me.id` and `{level}`. None
        for a relation that only actions ask. One that reads cases_case as `c` says `{unsealed}` where the seal is asked, if it
        counts: an index then holds the answer, which the look at each case by itself does not.
    rows: (worker, level) -> a queryset of ids, the same in Django's words, or a condition (Q) on the subject itself where one tells;
        the caller has checked role and activity.
    reaches: "case" or "report"; or a table name where the relation reaches single rows of it.
    in_order: one index gives the ids in their order, so that nobody sorts them.
    """

    name: str
    reaches: str
    sql: str
    rows: Callable
    in_order: bool = False


@dataclass(frozen=True)
class Subject:
    """What a table can be about.

    sealed, excluded: in SQL a condition on `x.id`, a select of ids (using `me` so); in Python a queryset of ids.
    unsealed: of a queryset of ids, the same without the sealed ones where its own table tells; None where it does not.
    """

    name: str
    sealed_sql: str
    excluded_sql: str
    sealed: Callable
    excluded: Callable
    unsealed: Callable = lambda ids: None


meanings = {}
subjects = {}
definers = []  # SQL of functions of a room that look through all rows: each asks itself who calls it
purposes = {}  # purpose -> a select that gives a row if what the actor reads of `p_subjects` is read for it; the database asks


def relation(name, reaches, sql, *, in_order=False):
    """Register the decorated function as the Python meaning of a relation, beside its SQL."""

    def register(rows):
        meanings[name] = Meaning(name, reaches, sql, rows, in_order)
        return rows

    return register


def by_definer(sql):
    """Register functions in the schema sec that no row policy can stand in for. They must ask for themselves who calls."""
    definers.append(sql)


def subject(name, **parts):
    subjects[name] = Subject(name, **parts)


class People:
    """How a person is reached from cases; set by the room of cases."""

    sql = None  # a select of person ids for `{cases}` (an array expression) and `{roles}` (a condition)
    rows = None  # (a condition on case_id, roles or None) -> queryset of person ids


people = People()
