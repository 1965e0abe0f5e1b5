"""Questions over cases and reports. Each starts from what the asker may see."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone

from romsai.cases.models import ENDED, Approval, Assignment, Case, Deadline, Event, Participant, Report
from romsai.core import access
from romsai.people import search
from romsai.places.models import Worker
from romsai.places.profile import profile

NOT_SEEN = timedelta(days=30)


def caseload(worker, *, at):
    """Open cases the worker works on, each with `next_due`, in order of deadline over all concerns."""
    running = Deadline.objects.filter(case=OuterRef("pk"), done_at__isnull=True).order_by("due_at")
    return (
        Case.objects.visible()
        .open()
        .of(worker)
        .annotate(next_due=Subquery(running.values("due_at")[:1]), next_kind=Subquery(running.values("kind")[:1]))
        .select_related("child", "area", "team")
        .order_by("next_due", "pk")
    )


def team_cases(worker, *, at):
    """Open cases of the supervisor's team, the same way."""
    running = Deadline.objects.filter(case=OuterRef("pk"), done_at__isnull=True).order_by("due_at")
    return (
        Case.objects.visible()
        .open()
        .annotate(next_due=Subquery(running.values("due_at")[:1]), next_kind=Subquery(running.values("kind")[:1]))
        .select_related("child", "area", "team")
        .order_by("next_due", "pk")
    )


def overdue(cases, *, at):
    return cases.filter(next_due__lt=at)


def not_seen(cases, *, at):
    return cases.filter(Q(last_seen_at__lt=at - NOT_SEEN) | Q(last_seen_at__isnull=True, registered_at__lt=at - NOT_SEEN))


@dataclass(frozen=True)
class Load:
    """How many open cases a worker has, raw and weighted by risk (immediate 3, high 2, medium 1, low 0.5)."""

    worker: Worker
    cases: int
    weighted: float
    state: str  # free, warn, full, red


WEIGHT = {"IMMEDIATE": 3, "HIGH": 2, "MEDIUM": 1, "LOW": 0.5, "NONE": 0.5}


def loads(workers):
    """The load of each worker, least first. Counts only, so it may look past the asker's own scope."""
    workers = list(workers)
    limits = profile().caseload
    with access.system():
        running = Assignment.objects.running().filter(worker__in=workers, is_lead=True).exclude(case__state__in=ENDED)
        counted = {}
        for line in running.values_list("worker_id", "case__risk").annotate(n=Count("pk")):
            raw, weighted = counted.get(line[0], (0, 0.0))
            counted[line[0]] = (raw + line[2], weighted + line[2] * WEIGHT[line[1]])
    found = []
    for worker in workers:
        raw, weighted = counted.get(worker.pk, (0, 0.0))
        state = "red" if raw >= limits["red"] else "full" if raw >= limits["full"] else "warn" if raw >= limits["warn"] else "free"
        found.append(Load(worker, raw, weighted, state))
    return sorted(found, key=lambda load: (load.weighted, load.cases, load.worker.name))


def candidates_for(area, worker):
    """Workers who may take a case in this area: of the asker's own agency first by load."""
    roles = ("WORKER", "SUPERVISOR")
    near = Worker.objects.filter(is_active=True, role="WORKER", team__areas__below__descendant=area).distinct() if area else Worker.objects.none()
    own = Worker.objects.filter(is_active=True, role__in=roles, agency=worker.agency_id, team__isnull=False)
    return loads({w.pk: w for w in [*near, *own]}.values())


def waiting_reports():
    """Reports that wait for the asker's intake team, nearest deadline first."""
    return Report.objects.visible().open().select_related("area").in_order_of_deadline()


def approvals_for(worker):
    """Questions that wait for this worker's answer."""
    waiting = Approval.objects.visible().waiting().exclude(asked_by=worker)
    if worker.role == "MANAGER":
        waiting = waiting.filter(needs_manager=True)
    else:
        waiting = waiting.filter(needs_manager=False)
    return waiting.select_related("case", "asked_by").order_by("due_at")


@dataclass(frozen=True)
class Known:
    """What the known-child check tells: cases the asker may see, and whether a desk officer will get in touch."""

    cases: list
    reasons: dict  # case id -> list of sentences
    elsewhere: bool


def known_child(worker, *, names, birth_year=None, sex="", phone="", identifier="", parents=()):
    """Is this child known? Within one's scope: cases with reasons. Outside: only that a desk officer will call.

    Outside one's scope two independent facts must agree; sealed cases and those the asker is excluded from answer as if absent.
    """
    with access.system(on_behalf=worker, purpose="known child"):
        people = search.candidates(names=names, birth_year=birth_year, phone=phone, identifier=identifier)
        parts = Participant.objects.filter(person_id__in=people, role="CHILD").values_list("case_id", flat=True)
        all_cases = set(parts)
    if not all_cases:
        return Known([], {}, False)
    mine = list(Case.objects.visible().filter(pk__in=all_cases).select_related("child", "area"))
    reasons, kept = {}, []
    for case in mine:
        score = search.compare(case.child, names=names, birth_year=birth_year, sex=sex)
        if score.is_proposal:
            reasons[case.pk] = score.reasons
            kept.append(case)
    facts = sum(bool(fact) for fact in (names, birth_year, phone, identifier, parents))
    elsewhere = False
    others = all_cases - {case.pk for case in mine}
    if others and facts >= 2:
        elsewhere = _tell_the_workers(worker, others, names=names, birth_year=birth_year, sex=sex)
    return Known(kept, reasons, elsewhere)


def _tell_the_workers(worker, case_ids, **facts):
    """Note on each case that somebody looked for the child; the worker of that case sees who. Sealed and excluded stay silent."""
    found = False
    with access.system(on_behalf=worker, purpose="known child"):
        barred = access.subjects["case"].excluded(worker)
        for case in Case.objects.filter(pk__in=case_ids, sealed=False).exclude(pk__in=barred).select_related("child"):
            if search.compare(case.child, **facts).is_proposal:
                found = True
                Event.objects.create(case=case, at=timezone.now(), kind="LOOKED_FOR", by=worker, facts={})
    return found


def receipt(code):
    """The report that a receipt code belongs to, or None. Runs as the system: the reporter has no account."""
    from romsai.cases.actions import receipt_token

    if len([c for c in code if c.isdigit()]) != 16:
        return None
    return Report.objects.filter(receipt=receipt_token(code)).first()
