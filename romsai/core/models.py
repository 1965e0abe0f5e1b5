"""What every protected record has in common, and the tables that watch over them."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from romsai.core import access, audit
from romsai.core.crypto import DataKey

__all__ = ["AuditLine", "Beat", "ClientKey", "DataKey", "History", "Protected", "Refusal"]


class ProtectedQuerySet(models.QuerySet):
    """Rows of a protected table. Asking without a context raises; `visible()` is what pages and lists start from."""

    def visible(self, worker=None):
        """What the worker (of the context, unless named) may read by the policy table."""
        return access.visible(self, worker)

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
