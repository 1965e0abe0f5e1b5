"""Imports and exports move on in jobs, piece by piece. A job works for a short while and asks for the next, so that alarms are never kept waiting."""

import itertools
import time
from datetime import timedelta

from django.db import DataError, IntegrityError
from procrastinate.contrib.django import app

from romsai.core import access, jobs
from romsai.core.actions import Refused
from romsai.exchange import actions
from romsai.exchange.exports import actions as exports
from romsai.exchange.imports import kinds
from romsai.exchange.imports.wrong import Wrong
from romsai.exchange.models import Export, Import

TURN = 15  # seconds of work before other jobs have theirs
STILL = timedelta(seconds=45)  # an import that has not moved for so long has lost its job
A_ROWS_FAULT = (Refused, access.Forbidden, Wrong, IntegrityError, DataError)  # anything else is the machine's, and is tried again


@app.task(name="exchange.move")
def move(upload):
    """Move an import on for a while; asks for another turn while there is more."""
    if not work(upload, until=time.monotonic() + TURN):
        with access.system(purpose="import"):
            jobs.later(move, once=f"import-{upload}", upload=upload)


@app.task(name="exchange.write")
def write(export):
    """Write an export for a while; asks for another turn while there is more."""
    if not write_on(export, until=time.monotonic() + TURN):
        with access.system(purpose="export"):
            jobs.later(write, once=f"export-{export}", export=export)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="exchange.take_up", name="exchange.take_up")
def take_up(timestamp):
    """Imports and exports whose job was killed go on; imports a week over are forgotten, files of exports a week old deleted."""
    with jobs.catching_up("exchange.take_up") as (_since, now):
        still = Import.objects.filter(state__in=[Import.State.MAPPED, Import.State.RUNNING, Import.State.UNDOING])
        for upload in still.exclude(worked_at__gt=now - STILL):
            jobs.later(move, once=f"import-{upload.pk}", upload=upload.pk)
        over = Import.objects.filter(
            forgotten_at=None,
            state__in=[Import.State.DONE, Import.State.STOPPED, Import.State.UNDONE, Import.State.CHECKED, Import.State.UPLOADED],
        )
        for upload in over.filter(uploaded_at__lt=now - actions.FORGET_AFTER).exclude(worked_at__gt=now - actions.FORGET_AFTER):
            actions.forget_import(upload, by=None)
        for export in Export.objects.filter(state=Export.State.WRITING, worked_at__lte=now - STILL):
            jobs.later(write, once=f"export-{export.pk}", export=export.pk)
        for export in Export.objects.filter(state=Export.State.DONE, expires_at__lte=now):
            exports.expire_export(export, by=None)


@app.periodic(cron="35 * * * *")
@app.task(queueing_lock="exchange.let_go_hourly", name="exchange.let_go_hourly")
def let_go_hourly(timestamp):
    let_go_of_lost()


@app.task(name="exchange.let_go")
def let_go():
    let_go_of_lost()


def let_go_of_lost():
    """Delete the files whose asker no longer reaches every child in them: sealed, excluded, handed over, or no longer in office."""
    with access.system(purpose="export"):
        ready = list(Export.objects.filter(state=Export.State.DONE).select_related("by"))
    for export in ready:
        if not exports.is_still_theirs(export):
            with access.system(purpose="export"):
                exports.expire_export(export, by=None)


def work(pk, *, until=None):
    """Move the import on until it rests (True) or until the moment has come (False)."""
    steps = {Import.State.MAPPED: _check, Import.State.RUNNING: _bring, Import.State.UNDOING: _take_back}
    while True:
        upload = _now(pk)
        step = steps.get(upload.state)
        if step is None or not access.acts(upload.by):
            return True
        if not step(upload, until):
            return False
        if until is not None and time.monotonic() > until:
            return False


def _now(pk):
    with access.system(purpose="import"):
        return Import.objects.select_related("by", "programme").get(pk=pk)


def _as_system(upload):
    return access.system(on_behalf=upload.by, purpose="import")


def _check(upload, until):
    """Read the file from where the last piece ended."""
    try:
        with _as_system(upload):
            lines = kinds.get(upload.kind).opened(actions.content_of(upload), upload.reading).rows()
            last = upload.rows.order_by("-number").values_list("number", flat=True).first() or 0
        lines = (line for line in lines if line[0] > last)
        more = True
        while more:
            piece = list(itertools.islice(lines, actions.STAGED))
            more = len(piece) == actions.STAGED
            with _as_system(upload):
                if actions.check_rows(upload, by=upload.by, lines=piece, is_last=not more).state != Import.State.MAPPED:
                    return True
            if more and until is not None and time.monotonic() > until:
                return False
    except Wrong as wrong:
        with _as_system(upload):
            actions.file_is_bad(upload, by=upload.by, kept=wrong.kept())
    return True


def _bring(upload, until):
    """The next rows; where one of them stands in the way, one by one, so that it is told and the others come in."""
    try:
        with _as_system(upload):
            actions.bring_rows(upload, by=upload.by)
    except A_ROWS_FAULT:
        _one_by_one(upload)
    return True


def _one_by_one(upload):
    with _as_system(upload):
        numbers = list(upload.rows.waiting().order_by("number").values_list("number", flat=True)[: kinds.get(upload.kind).batch])
    for number in numbers:
        try:
            with _as_system(upload):
                actions.bring_rows(upload, by=upload.by, most=1)
        except A_ROWS_FAULT as problem:
            with _as_system(upload):
                actions.row_is_bad(upload, by=upload.by, number=number, kept=_told(problem))


def _told(problem):
    if isinstance(problem, Wrong):
        return problem.kept()
    return {"code": "refused", "column": "", "value": str(problem)[:300]} if isinstance(problem, Refused) else Wrong("unsaved").kept()


def _take_back(upload, until):
    with _as_system(upload):
        actions.take_rows_back(upload, by=upload.by)
    return True


# exports


def write_on(pk, *, until=None, most=exports.PIECE):
    """Write the export until its file is made or nothing may leave (True), or until the moment has come (False)."""
    while True:
        with access.system(purpose="export"):
            export = Export.objects.select_related("by").get(pk=pk)
        if export.state != Export.State.WRITING:
            return True
        with access.system(on_behalf=export.by, purpose="export"):
            if access.acts(export.by):
                exports.write_export(export, by=export.by, most=most)
            else:
                exports.stop_export(export, by=export.by)
        if until is not None and time.monotonic() > until:
            return False
