"""What every protected record has in common, and the tables that watch over them."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from romsai.core import access, audit
from romsai.core.crypto import DataKey, KeyField, SealedJSONField, SealedTextField

__all__ = ["AuditLine", "Beat", "ClientKey", "DataKey", "History", "Proposal", "Protected", "Refusal"]


class ProtectedQuerySet(models.QuerySet):
    """Rows of a protected table. Asking without a context raises; `visible()` is what pages and lists start from."""

    def visible(self, worker=None, of=None, by=None):
        """What the worker (of the context, unless named) may read by the policy table.

        of: only rows about these people. by: only what is reached by these relations.
        """
        return access.visible(self, worker, of, by)

    def _values(self, *fields, **expressions):
        audit.refuse_values(self.model, fields)
        return super()._values(*fields, **expressions)


class ProtectedManager(models.Manager.from_queryset(ProtectedQuerySet)):
    def get_queryset(self):
        access.current()
        return super().get_queryset()

    def unfiltered(self):
        """For the access rules themselves, which are the answer to who may see."""
        return super().get_queryset()


class Protected(models.Model):
    """A record about a child, a report or a person in a case. Its line in the policy table says who reaches it."""

    uuid = models.UUIDField(default=uuid.uuid4, editable=False, db_index=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ProtectedManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    @classmethod
    def from_db(cls, db, field_names, values):
        record = super().from_db(db, field_names, values)
        audit.note_read(record)
        return record


class AuditLine(models.Model):
    """Who read or did what, when. Written only by sec.audit(); never changed. No names, no content."""

    at = models.DateTimeField()
    worker_id = models.BigIntegerField(null=True)
    is_system = models.BooleanField(default=False)
    db_role = models.TextField()
    request = models.TextField(db_index=True)
    session = models.TextField(blank=True)
    action = models.TextField()
    subjects = ArrayField(models.TextField())
    reads = models.JSONField(default=dict)
    purpose = models.TextField(blank=True)
    count = models.IntegerField(default=0)

    class Meta:
        indexes = [GinIndex(fields=["subjects"], name="audit_by_subject"), models.Index(fields=["worker_id", "at"], name="audit_by_worker")]


class History(models.Model):
    """One change of one protected row: old and new values, sealed fields as ciphertext. Written only by trigger."""

    at = models.DateTimeField()
    worker_id = models.BigIntegerField(null=True)
    is_system = models.BooleanField(default=False)
    table_name = models.TextField()
    row_id = models.BigIntegerField()
    operation = models.TextField()
    subject = models.TextField()
    subject_id = models.BigIntegerField(null=True)
    level = models.TextField()
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["table_name", "row_id"], name="history_by_row"),
            models.Index(fields=["subject", "subject_id"], name="history_by_subject"),
        ]


class Refusal(models.Model):
    """An attempt that the answer was no to. Written on a connection of its own."""

    at = models.DateTimeField()
    worker_id = models.BigIntegerField(null=True)
    request = models.TextField()
    session = models.TextField(blank=True)
    action = models.TextField()
    path = models.TextField()


class ClientKey(models.Model):
    """A key the client made for one write, and what came of it: the same key never makes a second record."""

    key = models.UUIDField(primary_key=True)
    worker_id = models.BigIntegerField(null=True)
    action = models.TextField()
    model = models.TextField(null=True)
    pk_of = models.BigIntegerField(null=True, db_column="pk")
    at = models.DateTimeField()


class Beat(models.Model):
    """When a job last finished, and how far it came, so that an outage is caught up once."""

    name = models.TextField(primary_key=True)
    reached_at = models.DateTimeField()
    note = models.TextField(blank=True)


class ProposalQuerySet(models.QuerySet):
    def waiting(self):
        """Neither decided nor lapsed, oldest first."""
        return self.filter(state=Proposal.State.WAITING, lapses_at__gt=timezone.now()).order_by("proposed_at")


class Proposal(models.Model):
    """An action that one worker proposed and another must confirm: see romsai.core.second. Read and written as the system only."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for a second person")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = KeyField()
    action = models.TextField()
    model = models.TextField(blank=True)  # label and number of the record it is about; empty for a new one
    pk_of = models.BigIntegerField(null=True, db_column="pk")
    facts = SealedJSONField(default=dict)
    digest = models.TextField()  # of action, record and facts: what is confirmed is what was proposed
    reason = SealedTextField(blank=True, default="")
    proposer_id = models.BigIntegerField()
    to_id = models.BigIntegerField(null=True)
    proposed_at = models.DateTimeField(default=timezone.now)
    lapses_at = models.DateTimeField()
    state = models.TextField(choices=State, default=State.WAITING)
    second_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    made_model = models.TextField(blank=True)
    made_pk = models.BigIntegerField(null=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(second_id=None) | ~models.Q(second_id=models.F("proposer_id")) | models.Q(state="declined"),
                name="second_is_another",
            ),
        ]
