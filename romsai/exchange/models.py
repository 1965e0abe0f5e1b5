"""Files that come in and go out: an import and its rows as they wait, the lists that people came from, how areas changed, an export."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from romsai.core.crypto import KeyField, SealedBytesField, SealedJSONField, SealedTextField
from romsai.core.models import Protected, ProtectedManager, ProtectedQuerySet
from romsai.people.models import Person
from romsai.places.models import Agency, Area, Worker


class Programme(models.Model):
    """A list that an agency keeps of people: a school programme, another system. Says nothing of anybody on it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    name = models.CharField(_("name of the programme or list"), max_length=200)
    # Other agencies learn this much of it and no more: the name of a programme can itself be a secret.
    told_as = models.CharField(_("what others are told"), max_length=200)
    phone = models.CharField(_("telephone for questions"), max_length=40, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="programme_once_in_agency")]

    def __str__(self):
        return self.name


class ListingQuerySet(ProtectedQuerySet):
    def standing(self):
        return self.filter(taken_back_at__isnull=True)


class Listing(Protected):
    """That a person stands on a programme's list. The list's agency sees this line; who it is, only by opening it."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="listings")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="listings")
    key = KeyField()
    number = SealedTextField(_("number in the programme"), max_length=100, null=True)
    mark = models.BinaryField(null=True, editable=False)  # a keyed token of the number, or of the whole row: the same row comes in once
    taken_back_at = models.DateTimeField(null=True)

    objects = ProtectedManager.from_queryset(ListingQuerySet)()

    class Meta:
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["programme", "mark"], name="listed_once")]


class Import(models.Model):
    """One uploaded file on its way in. Nothing of it counts before somebody has looked at the preview and said yes."""

    class State(models.TextChoices):
        UPLOADED = "UPLOADED", _("Uploaded: say what the columns mean")
        MAPPED = "MAPPED", _("Being checked")
        CHECKED = "CHECKED", _("Checked: look at it and start")
        RUNNING = "RUNNING", _("Coming in")
        STOPPED = "STOPPED", _("Stopped")
        DONE = "DONE", _("Done")
        UNDOING = "UNDOING", _("Being taken back")
        UNDONE = "UNDONE", _("Taken back")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Worker, models.PROTECT, related_name="+")
    programme = models.ForeignKey(Programme, models.PROTECT, null=True, related_name="+")
    key = KeyField()
    file_name = SealedTextField(max_length=255)
    digest = models.CharField(max_length=64)  # SHA-256 of the file: the same file twice is told
    size = models.PositiveIntegerField()
    reading = models.JSONField(default=dict)  # how the bytes are read: format, encoding, delimiter, sheet
    columns = SealedJSONField(default=list)  # [{"name", "samples"}]
    mapping = SealedJSONField(default=dict)  # {"columns": {field: [column, …]}, "words": {field: {text: code}}, "options": {}}
    trouble = SealedJSONField(default=list)  # what is wrong with the file as a whole, as rows' mistakes are kept
    uploaded_at = models.DateTimeField(default=timezone.now)
    worked_at = models.DateTimeField(null=True)  # when a job last moved it: an import that stands still is taken up again
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)  # file and waiting rows are gone

    class Meta:
        ordering = ["-uploaded_at"]
        indexes = [models.Index(fields=["agency", "kind", "digest"])]

    def __str__(self):
        return f"import {self.pk}"

    @property
    def is_moving(self):
        return self.state in (self.State.MAPPED, self.State.RUNNING, self.State.UNDOING)


class ImportPart(models.Model):
    """A megabyte of the uploaded file, sealed. The file lies nowhere else."""

    upload = models.ForeignKey(Import, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    key = KeyField()
    bulk = SealedBytesField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="part_once")]


class ImportRowQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=ImportRow.State.READY)


class ImportRow(models.Model):
    """One line of the file as it was understood. Its state changes in the same transaction as what it brings about."""

    class State(models.TextChoices):
        READY = "READY", _("ready")
        BAD = "BAD", _("not right")
        KNOWN = "KNOWN", _("here already")
        DONE = "DONE", _("in")
        UNDONE = "UNDONE", _("taken back")
        KEPT = "KEPT", _("could not be taken back")

    upload = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # as the sheet counts it, heading included
    state = models.CharField(max_length=6, choices=State, default=State.READY)
    key = KeyField()
    given = SealedJSONField(null=True)  # the cells, kept for rows that go back to be mended
    facts = SealedJSONField(null=True)  # what they mean
    wrong = SealedJSONField(null=True)  # [{"code", "column", "value", …}]
    twin = models.BinaryField(null=True)  # a keyed token of what no other row of the file may say
    done_at = models.DateTimeField(null=True)
    made_model = models.TextField(blank=True)
    made_pk = models.BigIntegerField(null=True)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="row_once")]
        indexes = [models.Index(fields=["upload", "state", "number"]), models.Index(fields=["upload", "twin"])]


class SavedMapping(models.Model):
    """What the columns of a file mean, kept under a name for the next file of its kind."""

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    mapping = models.JSONField()  # {"columns": {field: [heading, …]}, "words": {…}, "options": {…}}

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["agency", "kind", "name"], name="mapping_once")]


class AreaChange(models.Model):
    """An area that went over into another on a day, and whose responsibility moved with it."""

    class Kind(models.TextChoices):
        MERGED = "MERGED", _("merged into another")
        SPLIT = "SPLIT", _("split: part of it became another")
        RENAMED = "RENAMED", _("only its name or code changed")
        OPENED = "OPENED", _("new")
        ENDED = "ENDED", _("ended")

    old = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    new = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    on = models.DateField()
    made = models.JSONField(default=dict)  # table -> ids added, and what the old area was, so that it can be taken back
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["old", "new", "kind"], condition=Q(undone_at__isnull=True), name="area_changes_once"),
        ]


class ExportQuerySet(models.QuerySet):
    def counted(self, worker, *, since):
        """What this worker took out, or has under way, since then."""
        return self.filter(by=worker, asked_at__gte=since).exclude(state=Export.State.STOPPED)


class Export(models.Model):
    """Cases that leave as one file: what was approved, how far it is written, until when it can be fetched, by whom alone.

    `asked` is sealed, so that nobody who can write to the database changes what was approved: see `exports/asking.py` for what it holds.
    """

    class State(models.TextChoices):
        WRITING = "WRITING", _("Being written")
        DONE = "DONE", _("Ready")
        STOPPED = "STOPPED", _("Stopped: nothing left")
        EXPIRED = "EXPIRED", _("Over: the file is deleted")

    class Why(models.TextChoices):
        RIGHTS = "RIGHTS", _("You may not take this out any more.")
        NOTHING = "NOTHING", _("None of the cases is there for you any more.")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    action = models.CharField(max_length=40)  # the line of the policy table by which it was asked
    state = models.CharField(max_length=10, choices=State, default=State.WRITING)
    why_stopped = models.CharField(max_length=10, choices=Why, blank=True)
    by = models.ForeignKey(Worker, models.PROTECT, related_name="+")
    key = KeyField()
    asked = SealedJSONField()
    # A key of its own for what was written: when the file is over, the key goes, and with it every copy of the bytes.
    file_key = KeyField()
    rows = models.PositiveIntegerField()  # approved; the rule of 25 a day counts these
    is_htcds = models.BooleanField(default=False)
    gone_through = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    subjects = models.JSONField(default=list)  # who is in it, as the audit names them
    size = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 of the file as it is fetched
    asked_at = models.DateTimeField(default=timezone.now)
    worked_at = models.DateTimeField(default=timezone.now)  # an export that stands still is taken up again
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)  # for the first time

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["by", "asked_at"])]

    def __str__(self):
        return f"export {self.pk}"

    @property
    def is_moving(self):
        return self.state == self.State.WRITING


class ExportRows(models.Model):
    """Some cases as they will stand in the file; gone once the file is made."""

    export = models.ForeignKey(Export, models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    key = KeyField()
    lines = SealedJSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["export", "number"], name="export_rows_once")]


class ExportPart(models.Model):
    """A megabyte of the file that is fetched, sealed like everything else; gone when the export is over."""

    export = models.ForeignKey(Export, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    key = KeyField()
    bulk = SealedBytesField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["export", "number"], name="export_part_once")]
