"""What time brings about on reports and cases. Every step catches up after an outage, and says each thing once."""

from datetime import datetime, timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from romsai.cases import actions
from romsai.cases.elsewhere import tasks as elsewhere  # noqa: F401  and so does whoever asks two offices
from romsai.cases.models import Approval, Case, Deadline, Event, Report
from romsai.cases.pairs import tasks as pairs  # noqa: F401  the search for duplicates registers its jobs
from romsai.core.dates import birthday
from romsai.core.jobs import catching_up
from romsai.places.profile import profile

# How late something is before the manager hears of it: a day where the danger is great, else three.
LONG = {"IMMEDIATE": timedelta(days=1), "HIGH": timedelta(days=1)}
USUAL = timedelta(days=3)


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="cases.watch", name="cases.watch")
def watch(timestamp):
    escalate()
    notice_late()
    expire_approvals()
    notice_late_reports()


@app.periodic(cron="15 5 * * *")
@app.task(queueing_lock="cases.birthdays", name="cases.birthdays")
def birthdays(timestamp):
    near_eighteen()


def notice_late(at=None):
    """Deadlines that passed since nobody looked. Returns how many; a second run finds none. The others do likewise."""
    with catching_up("cases.late", at) as (_since, now):
        late = list(Deadline.objects.overdue(at=now).filter(alarmed_at__isnull=True).select_related("case").order_by("due_at"))
        for deadline in late:
            actions.notice_late(deadline, by=None, at=now)
    return len(late)


def escalate(at=None):
    """Deadlines that are long late go to the manager."""
    with catching_up("cases.escalate", at) as (_since, now):
        late = Deadline.objects.overdue(at=now).filter(escalated_at__isnull=True).select_related("case")
        long_late = [deadline for deadline in late if now - deadline.due_at > LONG.get(deadline.case.risk, USUAL)]
        for deadline in long_late:
            actions.escalate(deadline, by=None, at=now)
    return len(long_late)


def expire_approvals(at=None):
    """Questions that nobody answered in time go to the manager. Each is told once, however long it then waits."""
    with catching_up("cases.approvals", at) as (_since, now):
        late = Approval.objects.waiting().filter(due_at__lte=now).select_related("case")
        told = Event.objects.filter(kind="ESCALATED", case__in=late.values("case"))
        told = set(told.values_list("facts__approval", flat=True))
        unanswered = [approval for approval in late if str(approval.uuid) not in told]
        for approval in unanswered:
            actions.expire(approval, by=None, at=now)
    return len(unanswered)


def notice_late_reports(at=None):
    """Reports on which nobody decided in time."""
    with catching_up("cases.reports", at) as (_since, now):
        late = list(Report.objects.open().filter(decide_by__lte=now, late_noticed_at__isnull=True))
        for report in late:
            actions.notice_late_report(report, by=None, at=now)
    return len(late)


def near_eighteen(at=None):
    """Children of open cases who turn 18 within one of the spans of the profile; each span is told once."""
    told = 0
    with catching_up("cases.birthdays", at) as (_since, now):
        for case in Case.objects.open().filter(child__birth_year__lte=now.year - 16).select_related("child"):
            day = birthday(case.child.birth, 18)
            months = [round(span.days / 30.4) for span in profile().transition_alarms if now >= _begin(day) - span]
            if day > timezone.localdate(now) and months:
                before = set(case.events.filter(kind="NEAR_EIGHTEEN").values_list("facts__months", flat=True))
                if min(months) not in before:
                    actions.near_eighteen(case, by=None, at=now, birthday=day, months=min(months))
                    told += 1
    return told


def _begin(day):
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))
