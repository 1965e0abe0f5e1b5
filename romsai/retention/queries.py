"""What the data protection officer's pages show: numbers, classes, days and grounds; nothing that is written in a case. As the system."""

from django.db.models import Count, Exists, OuterRef, Q

from romsai.core import access
from romsai.core.models import Beat
from romsai.retention import ledger
from romsai.retention.models import Due, Entry, Erasure, Hold, Round


def due(worker, kind=""):
    """What is due, the longest overdue first; each with `is_held` and `is_taken` (in a round that is not over). Nothing that the worker is kept from."""
    taken = Erasure.objects.filter(state=Erasure.State.WAITING).exclude(round__state__in=[Round.State.STOPPED, Round.State.DONE])
    rows = _open_to(worker).select_related("case", "report").annotate(
        is_held=Exists(Hold.objects.running().filter(case=OuterRef("case"))),
        is_taken=Exists(taken.filter(Q(what="case", about=OuterRef("case")) | Q(what="report", about=OuterRef("report")))),
    )
    return (rows.filter(kind=kind) if kind else rows).order_by("due_on", "pk")


def due_by_class(worker):
    """Class -> how much of it is due, as far as the worker may know."""
    return dict(_open_to(worker).values_list("kind").annotate(n=Count("pk")).order_by("kind"))


def _open_to(worker):
    kept_from = {what: access.subjects[what].excluded(worker) for what in ("case", "report")}
    return Due.objects.exclude(case__in=kept_from["case"]).exclude(report__in=kept_from["report"])


def rounds():
    """All decisions, the newest first; each with how many records it has, how many are dealt with, how many of them erased."""
    counted = Round.objects.select_related("by", "second").annotate(
        whole=Count("lines"),
        done=Count("lines", filter=~Q(lines__state=Erasure.State.WAITING)),
        erased=Count("lines", filter=Q(lines__state=Erasure.State.DONE)),
    )
    return counted.order_by("-drawn_at", "-pk")


def holds(worker):
    """Holds that run, the oldest first; none on a case that the worker is kept from."""
    barred = access.subjects["case"].excluded(worker)
    return Hold.objects.select_related("case", "placed_by").running().exclude(case__in=barred).order_by("placed_at")


def entries(number=""):
    """Lines of the ledger, the newest first; those of one case number or of a report's UUID."""
    rows = Entry.objects.order_by("-number")
    if not number:
        return rows
    asked = [("case", number.strip().upper()), ("case", number.strip()), ("report", number.strip().lower())]
    return rows.filter(mark__in=[ledger.mark(what, text) for what, text in asked])


def ledger_checked_at():
    """When the file was last found to be as it was written; None if never."""
    beat = Beat.objects.filter(name="retention.ledger").first()
    return beat.reached_at if beat else None


def waiting_erasure(case):
    """The decided erasure of a case that waits for its day; None if there is none."""
    rows = Erasure.objects.filter(what="case", about=case.pk, state=Erasure.State.WAITING, round__state__in=[Round.State.WAITING, Round.State.RUNNING])
    return rows.select_related("round").first()
