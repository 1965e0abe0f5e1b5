"""A condition of the policy table on one column, put into SQL once for each kind of worker and kept.

Building such a condition from nested querysets takes Django longer than PostgreSQL takes to answer it, and a page asks for dozens.
What differs between two workers of a kind (their own number, their team's, their agency's) is filled in each time.
"""

from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS
from django.db.models import BooleanField, Expression, F, Func, Q

NUMBERS = {-910_000_001: "pk", -910_000_002: "team_id", -910_000_003: "agency_id"}  # stand for the worker's while SQL is written
COLUMN = "{column}"

kept = {}


class Reached(Expression):
    """`{column} in (…) and not …`: usable in `filter()`, on whatever column the subject's id stands in."""

    conditional = True

    def __init__(self, column, sql, params=()):
        super().__init__(output_field=BooleanField())
        self.column, self.sql, self.params = F(column), sql, params

    def get_source_expressions(self):
        return [self.column]

    def set_source_expressions(self, expressions):
        (self.column,) = expressions

    def as_sql(self, compiler, connection):
        column, _none = compiler.compile(self.column)
        return self.sql.replace(COLUMN, column), self.params


def among(ids, *, on="pk"):
    """The column is one of these: a short list worked out once, by which PostgreSQL may also look rows up in an index."""
    if not hasattr(ids, "query"):
        return Q(**{f"{on}__in": ids})
    return Q(Func(F(on), ArraySubquery(ids), template="(%(expressions)s))", arg_joiner=" = ANY(", output_field=BooleanField()))


def reached(worker, key, model, build, *, on):
    """The condition `build(worker)` on the primary key of the model, as one on the column `on`.

    key: what the condition depends on besides the worker. `build` may read the worker's role, pk, team_id and agency_id,
    and asks the database for the time; a moment worked out in Python would be kept, so it raises ValueError.
    """
    key = (worker.role, worker.team_id is None, worker.agency_id is None, *key)
    if key not in kept:
        kept[key] = _written(model, build(_stand_in(worker)))
    sql, params = kept[key]
    if sql is None:
        return Q(pk__in=[])  # not asked at all: the role of who reaches nothing may have no right to the table
    return Reached(on, sql, [_filled(worker, param) for param in params])


def _filled(worker, param):
    if isinstance(param, list):
        return [_filled(worker, part) for part in param]
    return getattr(worker, NUMBERS[param]) if isinstance(param, int) and param in NUMBERS else param


def _stand_in(worker):
    own = {name: number for number, name in NUMBERS.items() if getattr(worker, name) is not None}
    return type(worker)(role=worker.role, is_active=True, **own)


def _written(model, condition):
    query = model._default_manager.unfiltered().filter(condition).query
    compiler = query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        compiler.pre_sql_setup()
        sql, params = compiler.compile(compiler.where)
    except EmptyResultSet:
        return None, ()
    if any(isinstance(param, date) for param in params):
        raise ValueError("A relation of the policy works out a moment in Python: use Now().")
    own = f"{compiler.quote_name_unless_alias(model._meta.db_table)}.{compiler.quote_name_unless_alias(model._meta.pk.column)}"
    return f"({sql.replace(own, COLUMN)})", tuple(params)
