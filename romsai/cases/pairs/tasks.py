"""The search for children registered twice goes on in turns, so that alarms are never kept waiting. What is heavy runs beside the jobs.

What was read lies in the memory of this process and nowhere else. If the process is killed it is read again, and the comparison goes on
with the piece that was not finished.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from datetime import timedelta

from procrastinate.contrib.django import app

from romsai.cases.models import Sweep
from romsai.cases.pairs import actions, queries, reading
from romsai.core import access, jobs
from romsai.people import weights

TURN = 10  # seconds of work before other jobs have theirs
STILL = timedelta(seconds=60)  # a search that has not moved for so long has lost its job
MOST = 500  # people read in one transaction, with one line in the audit
LEAST = -8.0  # bits: what is less likely neither is one person nor competes with who may be

_beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="linkage")
_held = {}  # sweep -> what this process has read and is computing


class Held:
    """The records of one search as this process holds them, how far they are read, and the computation that runs just now."""

    def __init__(self):
        from romsai.people.linkage import Linkage

        self.linkage = Linkage()
        self.after = 0
        self.doing = None
        self.is_ready = False

    def beside(self, work, seconds):
        """The result of `work`, which goes on while other jobs have their turn; NotYet if it is not done in so many seconds."""
        self.doing = self.doing or _beside.submit(work)
        result = self.doing.result(timeout=max(0.1, seconds))
        self.doing = None
        return result


@app.task(name="cases.sweep")
def move(sweep):
    """Move a search on for a while; asks for another turn while there is more."""
    try:
        is_over = work(sweep, until=time.monotonic() + TURN)
    except BaseException:
        forget(sweep)
        raise
    if not is_over:
        with access.system(purpose="duplicates"):
            jobs.later(move, once=f"sweep-{sweep}", sweep=sweep)


@app.periodic(cron="40 1 * * *")
@app.task(queueing_lock="cases.sweep_nightly", name="cases.sweep_nightly")
def nightly(timestamp):
    """Once a night the whole register is compared with itself."""
    with access.system(purpose="duplicates"):
        actions.sweep(by=None)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="cases.sweep_take_up", name="cases.sweep_take_up")
def take_up(timestamp):
    """A search whose job was killed goes on."""
    with jobs.catching_up("cases.sweep_take_up") as (_since, now):
        for sweep in Sweep.objects.filter(state__in=queries.MOVING).exclude(worked_at__gt=now - STILL):
            jobs.later(move, once=f"sweep-{sweep.pk}", sweep=sweep.pk)


def forget(pk):
    """Let go of everything decrypted that this process holds for the search."""
    held = _held.pop(pk, None)
    if held is not None:
        if held.doing is not None:
            held.doing.cancel()
        held.linkage.close()


def work(pk, *, until=None):
    """Move the search on until it is over (True) or until the moment has come (False)."""
    until = until or float("inf")
    while True:
        with access.system(purpose="duplicates"):
            sweep = Sweep.objects.get(pk=pk)
        if sweep.state not in queries.MOVING:
            forget(pk)
            return True
        held = _held.get(pk) or _held.setdefault(pk, Held())
        try:
            _step(sweep, held, min(until - time.monotonic(), 3600))
        except NotYet:
            _note(sweep)
            return False
        if time.monotonic() > until:
            return False


def _step(sweep, held, seconds):
    if held.after is not None:
        _read(sweep, held)
    elif not held.is_ready:
        held.beside(lambda: _prepare(held.linkage, held.decided), seconds)
        held.is_ready = True
        with access.system(purpose="duplicates"):
            weights.keep(held.linkage.chances(), held.linkage.agreeing(), persons=held.linkage.total)
        _note(sweep, state=Sweep.State.COMPARING, pieces=held.linkage.pieces)
    elif sweep.compared < held.linkage.pieces:
        pairs = held.beside(lambda: held.linkage.compare(sweep.compared, LEAST), seconds)
        with access.system(purpose="duplicates"):
            actions.note_pairs(sweep, by=None, piece=sweep.compared, pairs=pairs)
    else:
        with access.system(purpose="duplicates"):
            actions.propose_pairs(sweep, by=None)


def _read(sweep, held):
    """The next people, in one transaction."""
    from romsai.people.linkage import records

    with access.system(purpose="duplicates"):
        ids = reading.following(held.after, MOST)
        if held.after == 0:
            _note(sweep, **({"state": Sweep.State.READING} if sweep.state == Sweep.State.WAITING else {}), records=reading.people().count(), read=0)
            held.decided = actions.decided()
        held.linkage.load(records.columns(record) for record in reading.records(ids))
        _note(sweep, read=sweep.read + len(ids))
        held.after = ids[-1] if ids else None


def _prepare(linkage, decided):
    linkage.prepare()
    linkage.train(decided)


def _note(sweep, **facts):
    with access.system(purpose="duplicates"):
        noted = actions.note_sweep(sweep, by=None, **facts)
    sweep.read, sweep.compared, sweep.state = noted.read, noted.compared, noted.state
