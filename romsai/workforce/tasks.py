"""What time brings about: messages go out, leaves begin and end, handings over go on. Each catches up after an outage, once."""

import logging
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from romsai.cases import glass
from romsai.cases.models import Case, GlassRequest
from romsai.core import access, backups, jobs
from romsai.core.actions import Refused
from romsai.places.models import Account, Worker
from romsai.workforce import actions, messages
from romsai.workforce.gateway import gateway, takes
from romsai.workforce.models import Channel, HandedCase, Handing, Kind, Leave, Message
from romsai.workforce.notices import tell

log = logging.getLogger("romsai.workforce")

MOST_TRIES = 6
STILL = timedelta(seconds=45)


@app.task(name="workforce.send")
def send():
    send_due()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="workforce.watch", name="workforce.watch")
def watch(timestamp):
    send_due()
    take_up()


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="workforce.leaves", name="workforce.leaves")
def leaves(timestamp):
    keep_leaves()


@app.task(name="workforce.carry_on")
def carry_on(handing):
    go_on(handing)


@app.periodic(cron="15 * * * *")
@app.task(queueing_lock="workforce.hourly", name="workforce.hourly")
def look_each_hour(timestamp):
    say_without_backup()
    say_unjudged()


def say_unjudged(at=None):
    """An opening in an emergency that neither of the two has judged in time: they hear once more, and another officer with them."""
    now = at or timezone.now()
    with access.system(purpose="break-glass review"):
        for request in GlassRequest.objects.filter(reviewed_at=None, glass__isnull=False, review_by__lt=now).select_related("glass__case", "worker"):
            glass.call_another(request)
            page = reverse("cases:glass_request", args=[request.uuid])
            tell(Kind.EMERGENCY, request.told.all(), path=page, once=f"glass_late:{request.pk}", by=request.worker, case=request.glass.case)


def say_without_backup(at=None):
    """The administrators hear once a day that the newest backup is too old, whoever of them looks at the page."""
    now = at or timezone.now()
    if backups.late(now):
        with access.system(purpose="backups"):
            tell(Kind.NO_BACKUP, Worker.objects.active().filter(role="ADMIN"), path=reverse("home"), once=f"backup:{timezone.localdate(now)}")


# messages


def send_due(at=None):
    """Hand over what is due, each message in a transaction of its own. Returns how many were handed over.

    Killed between the gateway and the commit, a message is handed over again under the same id.
    """
    if gateway() is None:
        return 0
    handed, now = 0, at or timezone.now()
    while (settled := _send_next(now)) is not None:
        handed += settled
    return handed


def _send_next(now):
    """One message: 1 if it was handed over, 0 if not, None if no more is due."""
    with access.system(purpose="messages"):
        due = Message.objects.filter(state=Message.State.WAITING, due_at__lte=now)
        message = due.select_for_update(skip_locked=True, of=("self",)).select_related("notice__worker").order_by("due_at", "pk").first()
        if message is None:
            return None
        worker, kind = message.notice.worker, message.notice.kind
        wish = messages.wishes(worker)
        if message.notice.read_at or not takes(message.channel) or message.channel not in messages.wanted(wish, kind) or not access.acts(worker):
            return _settle(message, Message.State.DROPPED, now)
        allowed = messages.allowed_from(wish, message.channel, now)
        if allowed > now:
            message.due_at = allowed
            message.save(update_fields=["due_at"])
            return 0
        to = _address(worker, message.channel)
        if not to:
            return _settle(message, Message.State.FAILED, now, fault="NoAddress")
        try:
            _hand_over(message, to, kind, worker.language)
        except Exception as error:  # noqa: BLE001  whatever a gateway raises, the message is tried again
            log.warning("message %s not delivered: %s", message.uuid, type(error).__name__)  # never the error's own words
            message.tries += 1
            message.due_at = now + timedelta(minutes=4**message.tries)  # 4 minutes to 17 hours
            if message.tries >= MOST_TRIES:
                return _settle(message, Message.State.FAILED, now, fault=type(error).__name__)
            message.fault = type(error).__name__[:60]
            message.save(update_fields=["tries", "due_at", "fault"])
            return 0
        _settle(message, Message.State.SENT, now)
        return 1


def _hand_over(message, to, kind, language):
    if message.channel == Channel.EMAIL:
        subject, text = messages.email(kind, language)
        gateway().send_email(id=str(message.uuid), to=to, subject=subject, text=text)
    else:
        gateway().send_sms(id=str(message.uuid), to=to, text=messages.sms(kind, language))


def _address(worker, channel):
    if channel == Channel.SMS:
        return worker.phone
    with access.accounts():
        return Account.objects.filter(worker=worker, is_active=True).values_list("email", flat=True).first()


def _settle(message, state, now, *, fault=""):
    message.state, message.settled_at, message.fault = state, now, fault[:60]
    message.save(update_fields=["state", "settled_at", "fault", "tries"])
    return 0


# leaves


def keep_leaves(at=None):
    """Begin those whose first day has come, bring the others up to date, end those whose last day is over. Returns how many ended."""
    with jobs.catching_up("workforce.leaves", at) as (_since, now):
        today, ended = timezone.localdate(now), 0
        for leave in Leave.objects.running().filter(from_on__lte=today).select_related("worker", "deputy", "by").order_by("pk"):
            actions.keep_up(leave, today)
            ended += leave.ended_at is not None
    return ended


# handings over


def take_up():
    """Go on with handings over whose job was killed."""
    with access.system(purpose="handing over"):
        still = list(Handing.objects.filter(finished_at__isnull=True, asked_at__lt=timezone.now() - STILL).values_list("pk", flat=True))
    for pk in still:
        go_on(pk)


def go_on(pk):
    """Give the cases of a handing over one by one, each in a transaction of its own: killed at any moment, it goes on where it was."""
    while _give_next(pk):
        pass
    with access.system(purpose="handing over"):
        handing = Handing.objects.select_for_update(of=("self",)).select_related("by", "worker").get(pk=pk)
        lines = HandedCase.objects.filter(handing=handing)
        if handing.finished_at is None and not lines.filter(done_at__isnull=True).exists():
            handing.finished_at = timezone.now()
            handing.save(update_fields=["finished_at"])
            whom = {line.to_id: line.to for line in lines.filter(is_refused=False, to__isnull=False).select_related("to")}
            tell(Kind.HANDED_OVER, whom.values(), path="/cases/", once=f"handing:{pk}")


def _give_next(pk):
    """False when nothing is left that nobody else is giving."""
    with access.system(purpose="handing over"):
        lines = HandedCase.objects.filter(handing=pk, done_at__isnull=True)
        line = (
            lines.select_for_update(skip_locked=True, of=("self",))
            .select_related("handing__by", "handing__worker", "to")
            .order_by("pk")
            .first()
        )
        if line is None:
            return False
        handing = line.handing
        try:
            with jobs.acting_as(handing.by_id, purpose="handing over"):
                case = Case.objects.visible().get(pk=line.case_id)
                if line.to is None:
                    actions.let_go(case, by=handing.by, leaving=handing.worker)
                else:
                    actions.pass_on(case, by=handing.by, leaving=handing.worker, worker=line.to)
        except (Refused, access.Forbidden, Case.DoesNotExist):
            line.is_refused = True
        line.done_at = timezone.now()
        line.save(update_fields=["done_at", "is_refused"])
    return True
