"""Jobs in PostgreSQL (procrastinate). A job carries ids only and opens its own context; its effect goes through an action.

    @app.task(name="exchange.export")                        # in the room's tasks.py
    def export(worker, export):
        with jobs.acting_as(worker):                         # within the rights that the worker has now
            actions.write_export(Export.objects.visible().get(pk=export), ...)

    jobs.later(tasks.export, worker=by.pk, export=made.pk)   # in an action, whoever acts

Periodic work catches up after an outage: `catching_up(name)` says from when.
"""

import re
import uuid
from contextlib import contextmanager

from django.apps import apps
from django.utils import timezone
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager

from romsai.core import access
from romsai.core.models import Beat

CODE = re.compile(r"[A-Za-z0-9_.:+-]{1,64}")

# Always the connection of the running transaction; in the worker, procrastinate's own would commit before our work does.
_queue = JobManager(DjangoConnector("default"))


def later(task, *, at=None, once=None, **ids):
    """Have the job done soon after the running transaction commits, and not at all if it does not. From any action or page.

    `at`: not before this moment. `once`: a code; while a job of the same code waits, no second one is added. `ids` are numbers,
    UUIDs or codes, because the queue is no place for anything of a child. Returns the job's number, None if one waits already.
    """
    ids, once = {name: _id(name, value) for name, value in ids.items()}, _id("once", once)
    job = task.configure(schedule_at=at, queueing_lock=once or task.queueing_lock).job
    try:
        with access.system():  # the queue belongs to the system; whoever asked stays the actor
            return JobDeferrer(_queue, job).defer(**ids)
    except AlreadyEnqueued:
        return None


def _id(name, value):
    if isinstance(value, uuid.UUID):
        return str(value)
    if value is None or isinstance(value, int) or (isinstance(value, str) and CODE.fullmatch(value)):
        return value
    raise TypeError(f"{name} is no number, UUID or code: a job carries ids only.")


@contextmanager
def acting_as(worker_id, *, purpose=""):
    """What a worker asked for, done within the rights they have when it is done. Forbidden if they may no longer act."""
    with access.system():
        worker = apps.get_model("places", "Worker").objects.get(pk=worker_id)
    if not access.acts(worker):
        raise access.Forbidden("Whoever asked for this may no longer act.")
    with access.acting(worker, purpose=purpose) as context:
        yield context


@contextmanager
def catching_up(name, now=None):
    """Run a periodic step as the system, in one transaction, and note how far it came. Yields (since or None, now)."""
    now = now or timezone.now()
    with access.system(purpose=f"job {name}"):
        beat = Beat.objects.select_for_update().filter(name=name).first()
        yield (beat.reached_at if beat else None), now
        Beat.objects.update_or_create(name=name, defaults={"reached_at": now})
