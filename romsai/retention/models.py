"""Legal holds, what is due to be erased, what was decided, what was done, and what stays of it for counting."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from romsai.cases.models import Case, Report, acted_by, coded
from romsai.core.crypto import KeyField, SealedTextField
from romsai.core.models import Protected, ProtectedManager, ProtectedQuerySet
from romsai.places.models import Area


class HoldKind(models.TextChoices):
    """Why a record must stay. No standard has a list of these."""

    PROCEEDINGS = "PROCEEDINGS", _("Court proceedings or a police investigation")
    COMPLAINT = "COMPLAINT", _("A complaint or an inquiry into our work")
    REQUEST = "REQUEST", _("The child or the family asked that it be kept")
    MISTAKE = "MISTAKE", _("It stands to be erased by mistake")
    OTHER = "OTHER", _("Something else")


class HoldQuerySet(ProtectedQuerySet):
    def running(self):
        return self.filter(lifted_at__isnull=True)


class Hold(Protected):
    """While it runs nothing erases the case: the database itself refuses. One person places it, two people lift it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="holds")
    key = KeyField()
    kind = models.CharField(_("why it must stay"), max_length=12, choices=HoldKind)
    reason = SealedTextField(_("in your own words"), max_length=1000)
    placed_at = models.DateTimeField(_("placed"))
    placed_by = acted_by(null=True)
    lifted_at = models.DateTimeField(_("lifted"), null=True)
    lifted_by = acted_by(null=True)

    objects = ProtectedManager.from_queryset(HoldQuerySet)()

    class Meta(Protected.Meta):
        constraints = [models.UniqueConstraint(fields=["case"], condition=Q(lifted_at__isnull=True), name="one_running_hold")]


class Due(models.Model):
    """A closed case or a report that ended without one, whose time of keeping is over. Written each night; nobody decided anything yet."""

    case = models.OneToOneField(Case, models.CASCADE, null=True, related_name="+")
    report = models.OneToOneField(Report, models.CASCADE, null=True, related_name="+")
    kind = coded(_("class"), "retention_class")
    counted_from = models.CharField(max_length=10)  # of schedule.STARTS
    started_on = models.DateField()
    due_on = models.DateField(_("due"))

    class Meta:
        indexes = [models.Index(fields=["kind", "due_on"])]
        constraints = [models.CheckConstraint(condition=Q(case__isnull=True) ^ Q(report__isnull=True), name="due_is_case_or_report")]


class Ground(models.TextChoices):
    """The ground in law on which something is erased."""

    SCHEDULE = "SCHEDULE", _("The time of keeping is over")
    REQUEST = "REQUEST", _("The person it is about asked for it")
    COURT = "COURT", _("A court or the data protection authority ordered it")
    UNLAWFUL = "UNLAWFUL", _("It should never have been kept")


class Round(models.Model):
    """One decision to erase: of one case, or of all that is due in a class. Two people take it, then it waits, then it is carried out."""

    class State(models.TextChoices):
        DRAWN = "DRAWN", _("Waits for a second person")
        WAITING = "WAITING", _("Decided: waits for its day")
        RUNNING = "RUNNING", _("Being carried out")
        DONE = "DONE", _("Done")
        STOPPED = "STOPPED", _("Stopped")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(max_length=7, choices=State, default=State.DRAWN)
    ground = models.CharField(_("ground"), max_length=8, choices=Ground)
    kind = coded(_("class"), "retention_class", blank=True)  # where everything due of a class was taken together
    by = acted_by()
    second = acted_by(null=True)
    drawn_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    stopped_by = acted_by(null=True)

    class Meta:
        ordering = ["-drawn_at"]
        constraints = [
            models.CheckConstraint(condition=Q(second__isnull=True) | ~Q(second=models.F("by")), name="two_people_erase"),
            models.CheckConstraint(
                condition=Q(state__in=["DRAWN", "STOPPED"]) | Q(second__isnull=False, not_before__isnull=False), name="round_was_decided"
            ),
        ]

    def __str__(self):
        return f"round {self.pk}"


class Erasure(models.Model):
    """One case or report of a round. Its state changes in the same transaction as what is erased: never half, never twice."""

    class State(models.TextChoices):
        WAITING = "WAITING", _("waits")
        DONE = "DONE", _("erased")
        HELD = "HELD", _("kept: a legal hold")
        KEPT = "KEPT", _("kept: it has changed since")

    round = models.ForeignKey(Round, models.PROTECT, related_name="lines")
    what = models.CharField(max_length=6, choices=[("case", _("case")), ("report", _("report"))])
    about = models.BigIntegerField(null=True)  # number of the row; no foreign key, and empty once it is gone
    kind = coded(_("class"), "retention_class", blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "what", "about"], name="once_in_a_round")]
        indexes = [models.Index(fields=["what", "about"])]


class Entry(models.Model):
    """One line of the ledger, as it stands in the file outside the database (ledger.py). Never changed."""

    number = models.BigIntegerField(unique=True)
    line = models.TextField()
    mark = models.BinaryField()  # a keyed token of what it was called: by it somebody who knows the number finds the line
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["mark"])]
        verbose_name_plural = "entries"


class Remnant(models.Model):
    """What stays of an erased case or report, for counting: no name, no day, no district, and no way back to anybody."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)  # not in the order in which they were erased
    what = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()
    province = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    age_group = models.CharField(max_length=30, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    concerns = ArrayField(models.CharField(max_length=30), default=list)
    outcome = models.CharField(max_length=30, blank=True)
