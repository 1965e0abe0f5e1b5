"""An import from the file to its end, as the pages and the job do it."""

import uuid

from romsai.core import access
from romsai.exchange import actions, tasks
from romsai.exchange.imports import kinds
from romsai.exchange.models import Import

PROGRAMME = {"name": "School meals", "told_as": "Welfare North, schools", "phone": "+85620555"}


def text(*lines, encoding="utf-8"):
    """A CSV of lines."""
    return "\n".join(lines).encode(encoding)


def now(upload):
    with access.system():
        return Import.objects.select_related("by", "programme").get(pk=upload.pk)


def uploaded(kind, content, by, *, again=False, **programme):
    given = {"programme": PROGRAMME | programme} if kinds.get(kind).has_programme else {}
    with access.acting(by):
        return actions.uploads[kind](by=by, content=content, file_name="list.csv", again=again, client_key=uuid.uuid4(), **given)


def checked(kind, content, by, *, columns=None, words=None, again=False, save_as="", programme=None, **options):
    """The upload with the columns as guessed, each row read."""
    upload = uploaded(kind, content, by, again=again, **(programme or {}))
    if not kinds.get(kind).has_columns:
        tasks.work(upload.pk)
        return now(upload)
    with access.system():
        columns = columns or now(upload).mapping["columns"]
    with access.acting(by):
        actions.map_import(upload, by=by, columns=columns, words=words, options=options, save_as=save_as)
    tasks.work(upload.pk)
    return now(upload)


def done(kind, content, by, **more):
    upload = checked(kind, content, by, **more)
    with access.acting(by):
        actions.start_import(upload, by=by)
    tasks.work(upload.pk)
    return now(upload)


def undone(upload, by):
    with access.acting(by):
        actions.undo_import(upload, by=by)
    tasks.work(upload.pk)
    return now(upload)


def counts(upload):
    """{state: rows} as far as there are any."""
    with access.system():
        found = {}
        for state in upload.rows.values_list("state", flat=True):
            found[state] = found.get(state, 0) + 1
        return found


def wrong(upload):
    """{row number: [(column, code)]} of rows that are not right."""
    with access.system():
        rows = upload.rows.filter(state__in=["BAD", "KEPT"]).order_by("number")
        return {row.number: [(kept["column"], kept["code"]) for kept in row.wrong] for row in rows}
