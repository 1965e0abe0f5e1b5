"""Questions of this room. Each starts from what the asker may read; where only the system may look, it looks for the asker alone."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.care.models import OPEN_ACTION, FollowUp, PlanAction, Transfer
from romsai.cases import queries as caseloads
from romsai.cases.models import ENDED, Approval, Assignment, Case, Deadline
from romsai.core import access, crypto
from romsai.core.dates import day_text
from romsai.places.models import Worker
from romsai.workforce.models import Calendar, CaseSupervision, HandedCase, Handing, Leave, Message, Notice, SavedFilter, Supervision

SHOWN_FOR = timedelta(days=90)
MOST_COUNTED = 99
TREND = timedelta(days=28)


# notices


def notices(worker):
    """The worker's notices of the last 90 days, unread first, the newest first."""
    return Notice.objects.filter(worker=worker, at__gte=timezone.now() - SHOWN_FOR).order_by(
        F("read_at").asc(nulls_first=True), "-at", "-pk"
    )


def unread(worker):
    """Notices that the worker has not opened, at most as many as the bell counts."""
    return Notice.objects.filter(worker=worker, at__gte=timezone.now() - SHOWN_FOR).unread()[:MOST_COUNTED]


def count_unread(worker):
    """How many there are; asks nothing if the page has asked for them already."""
    rows = access.current().memo.get("unread")
    return len(rows) if rows is not None else unread(worker).count()


def messages_health():
    """(waiting, failed) messages, for who keeps the system."""
    with access.system(purpose="health"):
        waiting = Message.objects.filter(state=Message.State.WAITING).count()
        return waiting, Message.objects.filter(state=Message.State.FAILED).count()


# who leads whom


def line_above(worker):
    """Who leads this worker now."""
    active = Worker.objects.active(on=timezone.localdate())
    if worker.role == "WORKER" and worker.team_id:
        return list(active.filter(role="SUPERVISOR", team=worker.team_id))
    if worker.role == "SUPERVISOR":
        return list(active.filter(role="MANAGER", agency=worker.agency_id))
    return []


def led(worker):
    """The workers whom this one leads: a supervisor the social workers of the team, a manager the supervisors of the agency too."""
    active = Worker.objects.active(on=timezone.localdate()).exclude(pk=worker.pk)
    if worker.role == "SUPERVISOR" and worker.team_id:
        return active.filter(role="WORKER", team=worker.team_id)
    if worker.role == "MANAGER":
        return active.filter(role__in=("WORKER", "SUPERVISOR"), agency=worker.agency_id)
    return active.none()


def colleagues(worker):
    """Loads of those who may stand in for the worker or take cases over, the least loaded first, the own team before others."""
    found = (
        Worker.objects.active(on=timezone.localdate())
        .filter(role__in=("WORKER", "SUPERVISOR"), agency=worker.agency_id)
        .exclude(pk=worker.pk)
    )
    return sorted(
        caseloads.loads(found.select_related("team")),
        key=lambda load: (load.worker.role != "WORKER", load.worker.team_id != worker.team_id),
    )


# leaves and handings over


def leaves_of(worker):
    """Those of the worker that are not over, the next first."""
    return Leave.objects.running().filter(worker=worker).select_related("worker", "deputy").order_by("from_on")


def away_today(workers):
    """Worker id -> leave of today."""
    lines = Leave.objects.on(timezone.localdate()).filter(worker__in=workers).select_related("deputy")
    return {line.worker_id: line for line in lines}


def sealed_led_by(worker):
    """Sealed cases that the asker leads: only they may name a deputy there."""
    lead = Assignment.objects.running().filter(worker=worker, is_lead=True).values("case_id")
    return list(Case.objects.visible().open().filter(sealed=True, pk__in=lead).order_by("number"))


@dataclass(frozen=True)
class Work:
    """What hangs on a worker, as far as the asker may see it."""

    cases: list
    helps_on: int
    visits: int
    late: int
    plan_actions: int
    approvals: int


def work_of(worker):
    """Open cases that the worker leads (the gravest first), and what of theirs is due or waits."""
    mine = Assignment.objects.running().filter(worker=worker)
    led_cases = list(caseloads.led_by(worker))
    ids = [case.pk for case in led_cases]
    running = Deadline.objects.visible().filter(case__in=ids).running()
    with access.system(purpose="what hangs on a worker"):  # how many, not what: the plan is not the supervisor's to read
        plan_actions = PlanAction.objects.filter(owner=worker, state__in=OPEN_ACTION, case__in=ids, plan__state="APPROVED").count()
    return Work(
        cases=led_cases,
        helps_on=mine.filter(is_lead=False, case__in=Case.objects.visible().open().values("pk")).count(),
        visits=running.filter(kind__in=VISITS).count() + FollowUp.objects.visible().filter(case__in=ids, visit__isnull=True).count(),
        late=running.overdue(at=timezone.now()).count(),
        plan_actions=plan_actions,
        approvals=Approval.objects.visible().waiting().filter(asked_by=worker).count(),
    )


def handing(by, uuid):
    """(handing over, its lines) for who asked for it; None for everybody else."""
    with access.system(purpose="handing over"):
        found = Handing.objects.filter(uuid=uuid, by=by).select_related("worker").first()
        if found is None:
            return None
        lines = list(HandedCase.objects.filter(handing=found).select_related("to").order_by("pk"))
    return found, lines


def handing_of(by, worker):
    """A handing over of this worker's cases that `by` asked for and that is not finished."""
    with access.system(purpose="handing over"):
        return Handing.objects.filter(worker=worker, by=by, finished_at__isnull=True).first()


# supervision


def supervision_of(worker):
    """Notes about a worker's work in general that the asker may read, the newest first."""
    return crypto.preload(Supervision.objects.filter(about=worker).select_related("author", "about").order_by("-at", "-pk"))


def supervision_on(case):
    """Supervision notes on a case that the asker may read, the newest first."""
    return crypto.preload(CaseSupervision.objects.visible().filter(case=case).select_related("author", "about").order_by("-at", "-pk"))


# lists


def saved_filters(worker, page):
    return list(SavedFilter.objects.filter(worker=worker, page=page))


@dataclass(frozen=True)
class Workload:
    """A worker's open cases, raw and weighed by risk, how many are late, and how many there were four weeks ago."""

    load: caseloads.Load
    late: int
    before: int
    leave: Leave | None


def workloads(workers):
    """The workload of each worker, the heaviest first; counts only, in a fixed number of queries."""
    workers, now = list(workers), timezone.now()
    loads, then = caseloads.loads(workers), now - TREND
    with access.system(purpose="workload"):
        leading = Assignment.objects.filter(worker__in=workers, is_lead=True)
        open_now = leading.running().exclude(case__state__in=ENDED)
        late = dict(
            open_now.filter(case__deadlines__done_at__isnull=True, case__deadlines__due_at__lt=now)
            .values_list("worker_id").annotate(n=Count("case", distinct=True)).order_by()
        )  # fmt: skip
        led_then = leading.filter(since_at__lte=then).filter(Q(until_at__isnull=True) | Q(until_at__gt=then))
        before = dict(
            led_then.filter(Q(case__closed_at__isnull=True) | Q(case__closed_at__gt=then))
            .values_list("worker_id")
            .annotate(n=Count("case", distinct=True))
            .order_by()
        )
    away = away_today(workers)
    found = [Workload(load, late.get(load.worker.pk, 0), before.get(load.worker.pk, 0), away.get(load.worker.pk)) for load in loads]
    return sorted(found, key=lambda line: (-line.load.weighted, line.load.worker.name))


# calendars


VISITS = ("FIRST_CONTACT", "FOLLOW_UP")
REVIEWS = ("REVIEW", "AFTER_REVIEW")


@dataclass(frozen=True)
class Entry:
    """One thing in a calendar: a kind and a time. `day` alone for a whole day."""

    mark: str  # tells it from others without saying what it is of
    words: str
    at: object


def calendar(worker):
    """Entries of the worker's cases from a week ago on, and the ids of the cases. Within the worker's rights, kinds and times only."""
    since = timezone.now() - timedelta(days=7)
    mine = Case.objects.visible().open().of(worker).values("pk")
    found, ids = [], set()
    for line in Deadline.objects.visible().running().filter(case__in=mine, due_at__gte=since):
        said = _("Visit") if line.kind in VISITS else _("Review") if line.kind in REVIEWS else _("Due")
        found.append(Entry(f"d{line.uuid}", said, line.due_at))
        ids.add(line.case_id)
    for line in FollowUp.objects.visible().filter(case__in=mine, visit__isnull=True, due_on__gte=since.date()):
        found.append(Entry(f"f{line.uuid}", _("Visit"), line.due_on))
        ids.add(line.case_id)
    for line in Transfer.objects.visible().filter(case__in=mine, state__in=("ASKED", "OFFERED"), joint_visit_on__gte=since.date()):
        found.append(Entry(f"t{line.uuid}", _("Visit"), line.joint_visit_on))
        ids.add(line.case_id)
    return found, ids


def calendar_of(worker):
    """The worker's calendar address that works now, if there is one; never its secret."""
    with access.system(purpose="calendar"):
        return Calendar.objects.filter(worker=worker, revoked_at__isnull=True).first()


def leave_text(leave):
    return _("%(from)s to %(until)s") % {"from": day_text(leave.from_on), "until": day_text(leave.until_on)}
