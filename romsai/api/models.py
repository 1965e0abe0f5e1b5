"""How another system is known, what it has sent, and where it is told that something happened."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from romsai.core.crypto import KeyField, SealedTextField
from romsai.places.models import Worker


def own_uuid():
    return models.UUIDField(default=uuid.uuid4, unique=True, editable=False)


class Token(models.Model):
    """How one machine is known, as an account is for a person. What it may do is its worker's role, narrowed to `operations`.

    Only the first phase of a request and the administrators' actions reach it.
    """

    worker = models.OneToOneField(Worker, models.PROTECT, related_name="token")
    digest = models.CharField(max_length=64, null=True, unique=True)  # SHA-256 of 256 random bits; empty until it was shown
    operations = ArrayField(models.CharField(max_length=40))
    networks = ArrayField(models.CharField(max_length=50), default=list, blank=True)  # from where it may be used; empty: from anywhere
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    # How much it has asked in the minute that began then (door.py).
    minute = models.DateTimeField(null=True)
    asked = models.PositiveIntegerField(default=0)


class Sent(models.Model):
    """What a machine sent with a key: by the keyed digest another body under the same key is noticed."""

    key = models.UUIDField(primary_key=True)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+")
    operation = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)


class Webhook(models.Model):
    """An address of another system that is told of events on the cases that its machine may see. Registered by two administrators."""

    uuid = own_uuid()
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="webhooks")  # the machine
    host = models.CharField(max_length=253)
    key = KeyField()
    address = SealedTextField(_("address"), max_length=500)  # a path may hold a secret of the receiver
    secret = SealedTextField(_("secret"), max_length=100)
    kinds = ArrayField(models.CharField(max_length=30))
    made_at = models.DateTimeField(default=timezone.now)
    shown_at = models.DateTimeField(null=True)  # when the secret was shown, once
    stopped_at = models.DateTimeField(null=True)


class DeliveryQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by("-at", "-pk")


class Delivery(models.Model):
    """One event for one address: kind, case and moment, nothing else. Its uuid is the event's, the same however often it is sent."""

    class State(models.TextChoices):
        WAITING = "WAITING", _("waiting")
        ARRIVED = "ARRIVED", _("arrived")
        WITHHELD = "WITHHELD", _("not sent: the machine may not see it")
        DEAD = "DEAD", _("given up")

    uuid = own_uuid()
    webhook = models.ForeignKey(Webhook, models.PROTECT, related_name="deliveries")
    kind = models.CharField(max_length=30)
    case = models.UUIDField()
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=60, blank=True)  # a status or the name of an error, never the receiver's words

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["webhook", "-at"]),
            models.Index(fields=["next_at"], condition=Q(state="WAITING"), name="waiting_deliveries"),
        ]
