"""What is known of the backups that the launcher makes by itself: it says so in a file beside the data, because no page may reach them."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

LATE = timedelta(hours=26)  # a day, and the time that one may take


@dataclass(frozen=True)
class Backups:
    """last: when the newest was made, if there is one. kept: how many there are. trouble: what went wrong last time, in English."""

    last: datetime | None
    kept: int
    trouble: str

    def are_late(self, now):
        return self.last is None or now - self.last > LATE


def known():
    """What the launcher last said; None where nothing is backed up by itself."""
    try:
        told = json.loads((settings.VAR / "backups.json").read_text())
    except FileNotFoundError:
        return None
    last = told["last"] and datetime.fromisoformat(told["last"])
    return Backups(last, told["kept"], told["trouble"])


def late(now=None):
    """The Backups if they are late; None if all is well or none were asked for."""
    found = known()
    return found if found is not None and found.are_late(now or timezone.now()) else None
