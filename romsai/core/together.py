"""Several questions in one statement: what a page needs from many tables comes back at once.

    concerns, deadlines = Concern.objects.filter(case=case), Deadline.objects.filter(case=case).running()
    together(concerns, deadlines)        # both are evaluated now; iterating them asks no more

Each question stays a part of its own, so every row policy holds as if it had been asked alone. Rows become the same instances as
otherwise (`from_db`, so reads are noted); what they hold travels as JSON.
"""

import json
from datetime import date, datetime, time
from decimal import Decimal
from operator import itemgetter
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models.query import ModelIterable

MOST = 50  # a function of PostgreSQL takes a hundred arguments at most

_READ = {
    "DateTimeField": datetime.fromisoformat,
    "DateField": date.fromisoformat,
    "TimeField": time.fromisoformat,
    "UUIDField": UUID,
    "BinaryField": lambda text: bytes.fromhex(text[2:]),
    "DecimalField": lambda number: Decimal(str(number)),
    "JSONField": json.dumps,  # as the driver gives it: Django reads it
}


def together(*querysets):
    """Evaluate querysets of model instances in one statement; returns them. Slices, order and select_related hold."""
    asked = [(queryset, queryset.query.get_compiler(queryset.db)) for queryset in querysets if queryset._result_cache is None]
    parts, params = [], []
    for number, (queryset, compiler) in enumerate(asked):
        if not issubclass(queryset._iterable_class, ModelIterable):
            raise TypeError("Only whole records can be asked together.")
        try:
            sql, own = compiler.as_sql()
        except EmptyResultSet:
            continue
        columns = [f"c{n}" for n in range(len(compiler.select))]
        record = " || ".join(f"jsonb_build_array({', '.join(columns[n : n + MOST])})" for n in range(0, len(columns), MOST))
        parts.append(f"(select {number}, row_number() over (), {record} from ({sql}) as q({', '.join(columns)}))")
        params += own
    answers = [[] for _ in asked]
    if parts:
        with connections[asked[0][0].db].cursor() as cursor:
            cursor.execute(" union all ".join(parts), params)
            for number, _place, record in sorted(cursor.fetchall(), key=itemgetter(0, 1)):
                answers[number].append(json.loads(record))
    for (queryset, compiler), rows in zip(asked, answers, strict=True):
        readers = [_reader(expression.output_field) for expression, _sql, _alias in compiler.select or ()] if rows else []
        chunk = [[value if value is None else read(value) for read, value in zip(readers, row, strict=True)] for row in rows]
        _hold(queryset, compiler, chunk)
    return querysets


def _reader(field):
    if isinstance(field, ArrayField):
        inner = _reader(field.base_field)
        return lambda values: [value if value is None else inner(value) for value in values]
    kind = field.get_internal_type()
    if isinstance(field, models.ForeignKey):
        return _reader(field.target_field)
    return _READ.get(kind, _as_is)


def _as_is(value):
    return value


def _hold(queryset, compiler, rows):
    """Let the queryset make its instances of these rows instead of asking."""
    query = queryset.query
    compiler.execute_sql = lambda *_args, **_options: [rows]
    query.get_compiler = lambda *_args, **_options: compiler
    try:
        queryset._fetch_all()
    finally:
        del query.get_compiler
