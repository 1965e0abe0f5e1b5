"""Jobs: what is due is listed each night; a decided round is carried out record by record once its day has come."""

import logging
import time

import psycopg
from django.db import DatabaseError, IntegrityError
from django.utils import timezone
from procrastinate.contrib.django import app
from psycopg.errors import RaiseException

from romsai.core import access, jobs
from romsai.retention import actions, erasing, schedule
from romsai.retention.models import Erasure, Round

log = logging.getLogger("romsai.retention")
TURN = 15  # seconds of work before other jobs have theirs


@app.task(name="retention.move")
def move(round):
    """Carry a round on for a while; asks for another turn while there is more."""
    if not work(round, until=time.monotonic() + TURN):
        with access.system(purpose="retention"):
            jobs.later(move, once=f"retention-{round}-now", round=round)


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="retention.take_up", name="retention.take_up")
def take_up(timestamp):
    """Rounds whose day has come and whose job was lost or killed go on."""
    with jobs.catching_up("retention.take_up") as (_since, now):
        for found in Round.objects.filter(state__in=[Round.State.WAITING, Round.State.RUNNING], not_before__lte=now):
            jobs.later(move, once=f"retention-{found.pk}-now", round=found.pk)


@app.periodic(cron="10 2 * * *")
@app.task(queueing_lock="retention.list_due", name="retention.list_due")
def list_due(timestamp):
    """Each night: first what the ledger has and the database not, then what is due."""
    with access.system(purpose="retention"):
        erasing.replay()
        actions.give_up_lapsed()
    with jobs.catching_up("retention.ledger"):
        erasing.verified()
    note_due()


def note_due(today=None):
    """Go through all closed cases and screened-out reports, a piece a transaction."""
    for what, find in (("case", schedule.due_cases), ("report", schedule.due_reports)):
        after = 0
        while after is not None:
            with access.system(purpose="retention"):
                found, last = find(today or timezone.localdate(), after)
                actions.note_due(by=None, what=what, found=found, first=after, last=last)
            after = last


def work(pk, *, until=None):
    """Carry the round on until nothing waits (True) or until the moment has come (False)."""
    with access.system(purpose="retention"):
        if actions.begin(Round.objects.get(pk=pk), by=None).state != Round.State.RUNNING:
            return True
    while True:
        with access.system(purpose="retention"):
            line = Erasure.objects.filter(round=pk, round__state=Round.State.RUNNING, state=Erasure.State.WAITING).order_by("pk").first()
            if line is None:
                actions.finish(Round.objects.get(pk=pk), by=None)
                return True
        try:
            with access.system(purpose="retention"):
                actions.carry_out(line, by=None)
        except (DatabaseError, IntegrityError) as error:
            if not isinstance(error.__cause__, (RaiseException, psycopg.IntegrityError)):
                raise  # the machine's fault: the job is taken up again
            # Of this record only: a row that stays needs it, or a hold came at this very moment.
            log.error("Erasure %s was kept back: %s", line.pk, type(error.__cause__).__name__)
            with access.system(purpose="retention"):
                actions.keep(line, by=None)
        if until is not None and time.monotonic() > until:
            return False
