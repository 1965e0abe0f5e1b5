"""Notices and messages, leaves, handings over, supervision notes, saved filters and calendars of the workforce."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from romsai.cases.models import Assignment, Case, acted_by
from romsai.core.crypto import KeyField, SealedTextField
from romsai.core.models import Protected
from romsai.places.models import Worker


def own_uuid():
    return models.UUIDField(default=uuid.uuid4, unique=True, editable=False)


# notices and messages


class Kind(models.TextChoices):
    """What a notice says: words that name nobody, no case, no office and no service. Our own list; the words are the notice."""

    ASKED = "ASKED", _("A question waits for your answer")
    ANSWERED = "ANSWERED", _("A question of yours was answered")
    REFERRED = "REFERRED", _("A referral waits for your answer")
    REFERRAL_ANSWERED = "REFERRAL_ANSWERED", _("A referral was accepted")
    REFERRAL_DECLINED = "REFERRAL_DECLINED", _("A referral was declined")
    REFERRAL_DONE = "REFERRAL_DONE", _("A referral was completed")
    UNANSWERED = "UNANSWERED", _("A referral was not answered in time")
    OFFERED = "OFFERED", _("A case is offered to your team")
    OFFER_ANSWERED = "OFFER_ANSWERED", _("The offer of a case was answered")
    ASSIGNED = "ASSIGNED", _("A case was given to you")
    LATE = "LATE", _("Something on a case is late")
    LONG_LATE = "LONG_LATE", _("Something on a case is long late")
    REPORT_LATE = "REPORT_LATE", _("Nobody decided on a report in time")
    SECOND = "SECOND", _("A second person is needed")
    SECOND_ANSWERED = "SECOND_ANSWERED", _("What you proposed was answered")
    WITHDRAWN = "WITHDRAWN", _("A consent was taken back")
    EMERGENCY = "EMERGENCY", _("Something was opened in an emergency: judge whether it was needed")
    STAFF = "STAFF", _("There is a new report for the safeguarding officer")
    DEPUTY = "DEPUTY", _("You stand in for a colleague")
    DEPUTY_ENDS = "DEPUTY_ENDS", _("You no longer stand in for a colleague")
    NO_DEPUTY = "NO_DEPUTY", _("Nobody stands in any more for somebody who is away")
    HANDED_OVER = "HANDED_OVER", _("Cases were handed over to you")
    SUPERVISION = "SUPERVISION", _("There is a new supervision note")
    ELSEWHERE = "ELSEWHERE", _("A child of your team may be known elsewhere")
    BOTH_AGREED = "BOTH_AGREED", _("Both sides agreed to look at a possible match")
    MATCH = "MATCH", _("A search for a family has a possible match")
    NOT_TOLD = "NOT_TOLD", _("Another system could not be told of something")
    NO_BACKUP = "NO_BACKUP", _("The newest backup is too old")


class NoticeQuerySet(models.QuerySet):
    def unread(self):
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """Something waits for one worker. Only that worker reaches it (relation `addressed`)."""

    uuid = own_uuid()
    worker = acted_by("notices")
    kind = models.CharField(max_length=20, choices=Kind)
    path = models.CharField(max_length=200)  # the page where it is dealt with
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")  # whoever is barred from it loses the notice too
    once = models.CharField(max_length=80)  # what it is about: the same is said once to a worker
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["worker", "-at"]),
            models.Index(fields=["worker"], condition=Q(read_at__isnull=True), name="unread_notices"),
        ]
        constraints = [models.UniqueConstraint(fields=["worker", "once"], name="notice_once")]


class Channel(models.TextChoices):
    EMAIL = "EMAIL", _("e-mail")
    SMS = "SMS", _("SMS")


class Message(models.Model):
    """A notice on its way out by one channel. Its uuid goes along, so that a gateway delivers it once however often it is handed over."""

    class State(models.TextChoices):
        WAITING = "WAITING", _("waiting")
        SENT = "SENT", _("sent")
        DROPPED = "DROPPED", _("no longer needed")
        FAILED = "FAILED", _("failed")

    uuid = own_uuid()
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="messages")
    channel = models.CharField(max_length=5, choices=Channel)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=60, blank=True)  # the name of the error, never its words

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=Q(state="WAITING"), name="waiting_messages")]
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="message_once")]


class Wish(models.Model):
    """About what a worker wants e-mails and SMS, and between which hours of their own day an SMS may come."""

    worker = models.OneToOneField(Worker, models.PROTECT, related_name="+")
    email = ArrayField(models.CharField(max_length=20), default=list, blank=True)  # of Kind
    sms = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    from_hour = models.PositiveSmallIntegerField(_("not before"))
    until_hour = models.PositiveSmallIntegerField(_("not after"))
    time_zone = models.CharField(_("time zone"), max_length=40)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(until_hour__gt=F("from_hour"), until_hour__lte=24), name="hours_in_order")]


# leaves and handings over


class LeaveQuerySet(models.QuerySet):
    def running(self):
        """Begun or to begin, and not over."""
        return self.filter(ended_at__isnull=True)

    def on(self, day):
        return self.running().filter(from_on__lte=day, until_on__gte=day)


class Leave(models.Model):
    """A worker is away; from the first to the last day a deputy works on the cases that they lead. A sealed one only if it is named here."""

    uuid = own_uuid()
    worker = acted_by("leaves")
    deputy = acted_by("stands_in")
    from_on = models.DateField(_("first day"))
    until_on = models.DateField(_("last day"))
    sealed = ArrayField(models.BigIntegerField(), default=list, blank=True)  # sealed cases for which the lead named the deputy
    by = acted_by()
    asked_at = models.DateTimeField(default=timezone.now)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = LeaveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="leave_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(worker=F("deputy")), name="deputy_is_another"),
        ]


class Covered(models.Model):
    """The deputy was put on a case because of a leave. What was not given by the leave is not taken away by its end."""

    leave = models.ForeignKey(Leave, models.PROTECT, related_name="covered")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["leave", "case"], name="covered_once")]


class Handing(models.Model):
    """All open cases of one worker go to others: shared out when it is asked for, given one by one in a job."""

    uuid = own_uuid()
    worker = acted_by()
    by = acted_by()
    asked_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)


class HandedCase(models.Model):
    """One case of a handing over and who gets it; nobody where the worker only helped on it."""

    handing = models.ForeignKey(Handing, models.PROTECT, related_name="lines")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    to = acted_by(null=True)
    done_at = models.DateTimeField(null=True)
    is_refused = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handing", "case"], name="handed_once")]


# supervision


class CaseSupervision(Protected):
    """A supervision note on a case: sealed with the case, and no part of the child's file that others read."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    key = KeyField()
    author = acted_by()
    about = acted_by()  # the worker who is supervised
    text = SealedTextField(_("note"))
    agreed = SealedTextField(_("agreed"), null=True, blank=True)
    at = models.DateTimeField()


class Supervision(models.Model):
    """A supervision note about the work in general, sealed with a key of the supervised worker's."""

    uuid = own_uuid()
    key = KeyField()
    author = acted_by()
    about = acted_by()
    text = SealedTextField(_("note"))
    agreed = SealedTextField(_("agreed"), null=True, blank=True)
    at = models.DateTimeField()


# lists and calendars


class SavedFilter(models.Model):
    """A list of cases as its keeper likes to see it, under a name of their own."""

    uuid = own_uuid()
    worker = acted_by()
    page = models.CharField(max_length=20)  # name of the list's address
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(max_length=500)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["worker", "page", "name"], name="filter_name_once")]


class Calendar(models.Model):
    """A secret address under which a calendar program reads kinds and times. Only a hash of the secret is kept."""

    uuid = own_uuid()
    worker = acted_by()
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["worker"], condition=Q(revoked_at__isnull=True), name="one_calendar_at_a_time")]
