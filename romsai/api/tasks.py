"""Deliveries go out, are tried again after growing waits, and are given up in the end, with a notice to the administrators.

Killed between the receiver's answer and the commit, a delivery is sent again under the same id: the receiver takes each id once.
"""

import hashlib
import hmac
import http.client
import json
import logging
import time
from base64 import b64decode, b64encode
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from romsai.api import addresses
from romsai.api.events import LEVELS
from romsai.api.models import Delivery, Sent
from romsai.cases.models import Case
from romsai.cases.queries import standing
from romsai.core import access, jobs
from romsai.places.models import Worker
from romsai.workforce.models import Kind
from romsai.workforce.notices import tell

log = logging.getLogger("romsai.api")

WAITS = [timedelta(**wait) for wait in ({"minutes": 1}, {"minutes": 5}, {"minutes": 30}, {"hours": 2}, {"hours": 6}, {"hours": 12}, {"hours": 24})]
KEPT = timedelta(days=90)
STUCK = timedelta(minutes=10)  # since a delivery was due: its job was lost with the worker that held it


@app.task(name="api.send")
def send(delivery):
    deliver(delivery)


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="api.watch", name="api.watch")
def watch(timestamp):
    take_up()


def take_up():
    """Put into the queue what is long due and has no job any more: a worker was killed with it."""
    with access.system(purpose="webhooks"):
        for pk in Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lt=timezone.now() - STUCK).values_list("pk", flat=True):
            jobs.later(send, once=f"api.send:{pk}", delivery=pk)


@app.periodic(cron="40 3 * * *")
@app.task(queueing_lock="api.forget", name="api.forget")
def forget(timestamp):
    """What arrived and what was sent long ago answers no question any more. What was given up stays, until somebody looks."""
    before = timezone.now() - KEPT
    with access.system(purpose="webhooks"):
        Delivery.objects.filter(settled_at__lt=before).exclude(state=Delivery.State.DEAD).delete()
        Sent.objects.filter(at__lt=before).delete()


def deliver(pk):
    """One try: sent with no transaction open, so that a slow receiver holds nobody up."""
    ready = _ready(pk)
    if ready is None:
        return
    address, body, headers = ready
    try:
        status = addresses.post(address, body, headers)
        fault = "" if 200 <= status < 300 else f"HTTP {status}"
    except (addresses.NotAllowed, OSError, http.client.HTTPException) as error:
        fault = type(error).__name__
    _settle(pk, fault)


def _ready(pk):
    """(address, body, headers), or None where nothing is to be sent (any more)."""
    with access.system(purpose="webhooks"):
        delivery = Delivery.objects.select_for_update(of=("self",)).select_related("webhook").filter(pk=pk).first()
        if delivery is None:
            return None  # its case was erased
        hook = delivery.webhook
        if delivery.state != Delivery.State.WAITING or delivery.next_at > timezone.now():
            return None
        if hook.stopped_at is not None or not _may_see(hook.worker_id, delivery.case, LEVELS.get(delivery.kind)):
            delivery.state, delivery.settled_at = Delivery.State.WITHHELD, timezone.now()
            delivery.save(update_fields=["state", "settled_at"])
            return None
        message = {"type": delivery.kind, "timestamp": delivery.at.isoformat(), "data": {"case": str(delivery.case)}}
        body = json.dumps(message, separators=(",", ":")).encode()
        return str(hook.address), body, signed(delivery.uuid, body, str(hook.secret), at=int(time.time()))


def _may_see(worker, case, level):
    """As the machine would see it now: sealed, excluded, no longer its own or revoked, and nothing is told; nor of a level that it does not read."""
    try:
        with jobs.acting_as(worker, purpose="webhooks") as context:
            found = Case.objects.visible().filter(uuid=case).first()
            return found is not None and (level is None or level in standing(context.worker, found).levels)
    except access.Forbidden:
        return False


def signed(uuid, body, secret, *, at):
    """The headers of the Standard Webhooks specification: HMAC-SHA256 over id, moment and body."""
    key = b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{uuid}.{at}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json", "User-Agent": "Romsai", "webhook-id": str(uuid), "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{b64encode(mac).decode()}",
    }  # fmt: skip


def _settle(pk, fault):
    now = timezone.now()
    with access.system(purpose="webhooks"):
        delivery = Delivery.objects.select_for_update(of=("self",)).select_related("webhook").filter(pk=pk).first()
        if delivery is None or delivery.state != Delivery.State.WAITING:
            return
        delivery.tries, delivery.fault = delivery.tries + 1, fault[:60]
        if not fault:
            delivery.state, delivery.settled_at = Delivery.State.ARRIVED, now
        elif delivery.tries <= len(WAITS):
            delivery.next_at = now + WAITS[delivery.tries - 1]
            jobs.later(send, at=delivery.next_at, delivery=pk)
        else:
            delivery.state, delivery.settled_at = Delivery.State.DEAD, now
            _say_so(delivery)
        delivery.save()
        if fault:
            log.warning("delivery %s not taken: %s", delivery.uuid, fault)


def _say_so(delivery):
    """One notice a day for each address, however much is given up."""
    hook = delivery.webhook
    path = reverse("machines:webhook", args=[hook.uuid])
    tell(Kind.NOT_TOLD, Worker.objects.active().filter(role="ADMIN"), path=path, once=f"webhook:{hook.pk}:{timezone.localdate()}")
