"""Jobs in PostgreSQL (procrastinate). A job carries ids only and opens its own context; its effect goes through an action.

Periodic work catches up after an outage: `since_last(name)` says from when.
"""

from contextlib import contextmanager

from django.utils import timezone

from romsai.core import access
from romsai.core.models import Beat


@contextmanager
def catching_up(name, now=None):
    """Run a periodic step as the system, in one transaction, and note how far it came. Yields (since or None, now)."""
    now = now or timezone.now()
    with access.system(purpose=f"job {name}"):
        beat = Beat.objects.select_for_update().filter(name=name).first()
        yield (beat.reached_at if beat else None), now
        Beat.objects.update_or_create(name=name, defaults={"reached_at": now})
