"""Questions of the administrators about machines."""

from django.utils import timezone

from romsai.api.models import Token
from romsai.core import access
from romsai.places.models import Worker


def machines():
    """The workers that are other systems, those that may act first."""
    return Worker.objects.filter(is_machine=True).select_related("agency", "team").order_by("-is_active", "name")


def tokens_of(workers):
    """Worker id -> Token."""
    with access.accounts():
        return {token.worker_id: token for token in Token.objects.filter(worker__in=list(workers))}


def is_in_force(token):
    return token.revoked_at is None and token.ends_at > timezone.now()
