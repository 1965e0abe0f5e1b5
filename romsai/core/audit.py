"""No audit line, no data: what a request read of a child is noted as it is loaded and written before the answer leaves."""

import json

from django.db import connection, connections, transaction

from romsai.core import crypto
from romsai.core.access import context as contexts
from romsai.core.access.policy import policy

# Coded work-list facts are not a reading of the child; everything else is.
QUIET = {"core", "course", "work"}


def note_read(record):
    """Remember that this row was loaded, if its table is more than core."""
    line = policy().tables.get(record._meta.db_table)
    if line and line.level not in QUIET:
        _note(line, record)


def note_opened(record, field):
    """Remember that a sealed field was opened, whatever the table's level: words are words."""
    line = policy().tables.get(record._meta.db_table)
    if line:
        _note(line, record, level="narrative" if line.level in QUIET else line.level)


def _note(line, record, level=None):
    context = contexts.current(required=False)
    if context is None:
        return
    subject = record.__dict__.get("id" if line.column == "id" else line.column)
    if subject is not None:
        context.reads.setdefault(level or line.level, set()).add(f"{line.subject}:{subject}")


crypto.on_open(note_opened)


def refuse_values(model, fields):
    """`.values()` makes no records, so it would pass by the audit: only keys may be asked so of sensitive tables."""
    line = policy().tables.get(model._meta.db_table)
    if line is None or line.level in QUIET:
        return
    for name in fields:
        last = str(name).rsplit("__", 1)[-1]
        if not (last in ("pk", "id", "uuid") or last.endswith("_id") or last in _keys(model)):
            raise TypeError(f"{model.__name__}.values({name!r}) would pass by the audit: load records instead.")


def _keys(model):
    return {f.name for f in model._meta.get_fields() if f.is_relation}


def flush(context, action="read"):
    """Write one line for all that the context has read since the last; an error here must become a 503."""
    if not context.reads:
        return
    reads = {level: sorted(subjects) for level, subjects in context.reads.items()}
    write(context, action, sorted(set().union(*context.reads.values())), reads)
    context.reads.clear()


def write(context, action, subjects, reads=None, count=None):
    """One audit line in the running transaction. `subjects`: like case:12, person:5, report:3."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select sec.audit(%s, %s, %s, %s::text[], %s::jsonb, %s, %s)",
            [
                context.request_id,
                context.session,
                action,
                list(subjects),
                json.dumps(reads or {}),
                context.purpose,
                count if count is not None else len(subjects),
            ],
        )


def refuse(context, action, path):
    """Note a refused attempt on a connection of its own, because the request itself is rolled back."""
    alias = "refusals" if "refusals" in connections else "default"
    with transaction.atomic(using=alias):
        contexts.tell(connections[alias], "romsai_log", context.signed)
        with connections[alias].cursor() as cursor:
            cursor.execute("select sec.refused(%s, %s, %s, %s)", [context.request_id, context.session, action, path[:200]])


def who_looked(case):
    """Audit lines about a case and its child, newest first, at most 500; empty for whoever may not know."""
    from romsai.core.models import AuditLine

    return list(AuditLine.objects.raw("select * from sec.who_looked(%s)", [case.pk]))
