"""A calendar read without sign-in: kinds and times of what is due, under a secret address (RFC 5545)."""

import hashlib
from datetime import UTC, datetime, timedelta

from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.http import require_safe

from romsai.core import access, audit
from romsai.workforce import actions, queries
from romsai.workforce.models import Calendar

AN_HOUR = 3600
READINGS = 30  # of one calendar in an hour: programs ask every quarter of an hour at most
STAMP = "%Y%m%dT%H%M%SZ"


@require_safe
def feed(request, secret):
    """The worker's calendar; for a wrong, old or revoked secret the same as for no page at all. Each reading is audited as the worker's.

    Guesses are not counted: against 256 bits of chance they are hopeless, and each costs one look-up, as any page that is not there.
    """
    digest = actions.digest_of(secret)
    with access.system(purpose="calendar"):
        found = Calendar.objects.filter(digest=digest, revoked_at__isnull=True).select_related("worker").first()
    if found is None or not access.acts(found.worker):
        raise Http404
    if _count(f"calendar-{found.pk}") > READINGS:
        return _later()
    with override(found.worker.language), access.acting(found.worker, purpose="calendar") as context:
        entries, cases = queries.calendar(found.worker)
        audit.write(context, "workforce.calendar", [f"case:{pk}" for pk in sorted(cases)])
        text = written(entries, digest)
    with access.system(purpose="calendar"):
        Calendar.objects.filter(pk=found.pk).update(read_at=timezone.now())
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def written(entries, digest, now=None):
    """The calendar file. Marks of entries are hashed with the calendar's own secret, so that two calendars cannot be laid side by side."""
    now = now or timezone.now()
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Romsai//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for entry in sorted(entries, key=lambda entry: (str(entry.at), entry.mark)):
        mark = hashlib.sha256(f"{digest}|{entry.mark}".encode()).hexdigest()[:32]
        lines += ["BEGIN:VEVENT", f"UID:{mark}", f"DTSTAMP:{now.astimezone(UTC).strftime(STAMP)}", *_times(entry.at)]
        lines += [f"SUMMARY:{entry.words}", "CLASS:PRIVATE", "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def _times(at):
    if isinstance(at, datetime):
        begins = at.astimezone(UTC)
        return f"DTSTART:{begins.strftime(STAMP)}", f"DTEND:{(begins + timedelta(minutes=30)).strftime(STAMP)}"
    return f"DTSTART;VALUE=DATE:{at:%Y%m%d}", f"DTEND;VALUE=DATE:{at + timedelta(days=1):%Y%m%d}"


def _count(name):
    """How often something happened within the hour; shared by all web processes."""
    with access.accounts():  # where the table of counts is reached
        cache.add(name, 0, AN_HOUR)
        return cache.incr(name)


def _later():
    answer = HttpResponse(status=429)
    answer["Retry-After"] = str(AN_HOUR)
    return answer
