"""How long a record is kept: its class of the list retention_class, what the time counts from, and the day on which it is over.

The periods are the country's (profile, `retention:`). The rules are those of the domain notes 8.3-2 and T29.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from romsai.care.models import Placement
from romsai.cases.models import Case, CaseState, Episode, Guardian, Participant, Report, ReportCase, ReportState, ReportToken
from romsai.people.models import Relation
from romsai.places.profile import profile

ENDED = (CaseState.CLOSED, CaseState.TRANSFERRED)  # a merged one goes with the case it was merged into
IN_LAW = ("STATE", "TEMP", "LAWYER")  # guardians that a court or an office appoints
SEARCHED = ("REQUESTED", "IN_PROGRESS", "LOCATED", "VERIFIED", "NOT_VERIFIED", "EXHAUSTED")
ORIGINS = {"TRF-ADO", "NEG-ABA"}  # a grown child has a right to know where they come from
PIECE = 500
STARTS = {
    "decided": _("the day on which the report was screened out"),
    "closed": _("the day on which the case was closed"),
    "age": _("the day on which the child reaches the age of the class"),
    "unknown": _("the age, counted as if the child was born when the case began: the day of birth is not known"),
    "waited": _("the day on which the case was closed, because by age alone it would be over sooner"),
}


@dataclass(frozen=True)
class Term:
    """Class, what the time counts from (a key of STARTS), the day it began, and the day on which it is over."""

    kind: str
    counted_from: str
    started_on: date
    due_on: date


def later(day, *, years=0, months=0, days=0):
    """The same day of the month so much later; the last of the month where there is none."""
    month = day.month - 1 + months
    year, month = day.year + years + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1])) + timedelta(days=days)


def period(kind):
    """The length of a class's time, as arguments of `later`."""
    return {unit: n for unit, n in profile().retention[kind].items() if unit in ("years", "months", "days")}


def wait():
    """How long a decision to erase waits before it is carried out."""
    return profile().retention_wait


# cases


def class_of(case):
    """The class of a closed case. The longest that fits, because what is erased too soon cannot be brought back."""
    codes = {concern.code for concern in case.concerns.all()}
    if case.tracing in SEARCHED or codes & ORIGINS:
        return "R4"
    # Trafficking as a case before a court: until prescription ends (security notes 6).
    if case.justice != "NONE" or any(code.startswith("TRF-") for code in codes):
        return "R3"
    if Guardian.objects.filter(case=case, kind__in=IN_LAW).exists() or Placement.objects.filter(case=case).exists():
        return "R3"
    last = case.episodes.order_by("-opened_at", "-pk").first()
    if last is not None and last.reason == "NOT_SUBSTANTIATED" and not case.episodes.exclude(reason="NOT_SUBSTANTIATED").exists():
        return "R8"
    return "R2"


def term_of(case):
    """The Term of a closed case; None while it is open or part of another."""
    if case.state not in ENDED or case.closed_at is None:
        return None
    kind = class_of(case)
    closed = timezone.localtime(case.closed_at).date()
    rule = profile().retention[kind]
    if rule["from"] == "closed":
        return Term(kind, "closed", closed, later(closed, **period(kind)))
    birth = case.child.birth
    # In doubt the child is as young as can be: kept too long is mended, erased too soon is not.
    born, known = (birth.latest, "age") if birth else (timezone.localtime(case.registered_at).date(), "unknown")
    grown = later(born, years=rule["age"])
    due, least = later(grown, **period(kind)), later(closed, **profile().retention["after_closing"])
    return Term(kind, known, grown, due) if due >= least else Term(kind, "waited", closed, least)


def is_awaited(case, term):
    """R8: never while another report or case of the child, a sibling or whoever is said to have done harm lies within the period."""
    if term.kind != "R8":
        return False
    people = Participant.objects.filter(case=case).filter(Q(role="CHILD") | Q(role="ALLEGED") | Q(is_suspected=True)).values_list("person_id")
    people = {pk for (pk,) in people}
    siblings = Relation.objects.filter(person=case.child_id, kind="SIBLING").values_list("relative_id")
    people |= {pk for (pk,) in siblings}
    since = later(timezone.localdate(), months=-24)
    others = Participant.objects.filter(person__in=people).exclude(case=case).exclude(case__merged_into=case)
    if others.filter(Q(case__closed_at__isnull=True) | Q(case__closed_at__date__gte=since)).exists():
        return True
    own = ReportCase.objects.filter(case=case).values("report")
    return any(told_again(pk, since) for pk in own.values_list("report_id", flat=True))


# reports


def term_of_report(report):
    """The Term of a report that ended without a case; None for any other."""
    if report.state != ReportState.SCREENED_OUT or report.decided_at is None:
        return None
    decided = timezone.localtime(report.decided_at).date()
    return Term("R1", "decided", decided, later(decided, **period("R1")))


def told_again(report_pk, since):
    """Was something told since of the same child or household: a report with the same name, telephone or place?"""
    tokens = ReportToken.objects.filter(report=report_pk).exclude(token=b"")
    return any(
        ReportToken.objects.filter(kind=row.kind, token=row.token, report__received_at__date__gte=since).exclude(report=report_pk).exists()
        for row in tokens
    )


# what is due


def due_cases(today, after=0):
    """(case, Term) of the next closed cases by number whose time is over, and the number to go on from, None at the end."""
    short = later(today, **{unit: -n for unit, n in period("R8").items()})
    youngest = min(profile().retention[kind]["age"] + period(kind).get("years", 0) for kind in ("R2", "R3"))
    unfounded = Exists(Episode.objects.unfiltered().filter(case=OuterRef("pk"), reason="NOT_SUBSTANTIATED"))
    grown = Q(child__birth_year__lte=today.year - youngest + 1) | Q(child__birth_year__isnull=True, registered_at__year__lte=today.year - youngest)
    ended = Case.objects.filter(state__in=ENDED, closed_at__isnull=False, pk__gt=after).filter(
        grown | (unfounded & Q(closed_at__date__lte=short)) | Q(closed_at__year__lte=today.year - period("R4").get("years", 75))
    )
    rows = list(ended.select_related("child").prefetch_related("concerns").order_by("pk")[:PIECE])
    found = [(case, term) for case in rows if (term := term_of(case)) and term.due_on <= today and not is_awaited(case, term)]
    return found, rows[-1].pk if len(rows) == PIECE else None


def due_reports(today, after=0):
    """(report, Term) of the next screened-out reports whose time is over, and the number to go on from."""
    limit = later(today, **{unit: -n for unit, n in period("R1").items()})
    ended = Report.objects.filter(state=ReportState.SCREENED_OUT, decided_at__date__lte=limit, pk__gt=after)
    rows = list(ended.filter(links__isnull=True).order_by("pk")[:PIECE])
    found = [(r, term) for r in rows if (term := term_of_report(r)) and term.due_on <= today and not told_again(r.pk, limit)]
    return found, rows[-1].pk if len(rows) == PIECE else None
