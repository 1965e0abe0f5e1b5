"""What time brings about: referrals that nobody answered, reviews that fall due. Catches up after an outage, once."""

from procrastinate.contrib.django import app

from romsai.care import actions
from romsai.care.models import UNANSWERED, Referral
from romsai.cases import actions as cases
from romsai.cases.models import Case, CaseState, Deadline
from romsai.core.jobs import catching_up


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="care.watch", name="care.watch")
def watch(timestamp):
    raise_alarms()
    start_due_reviews()


def raise_alarms(at=None):
    """Referrals whose answer is late go to the supervisor. Returns how many; a second run finds none."""
    with catching_up("care.unanswered", at) as (_since, now):
        late = list(Referral.objects.filter(state__in=UNANSWERED, alarmed_at__isnull=True, answer_by__lte=now).order_by("answer_by"))
        for referral in late:
            actions.expire_referral(referral, by=None, at=now)
    return len(late)


def start_due_reviews(at=None):
    """T13 by the clock: a case whose review is due goes to review, so that the worker finds it there."""
    with catching_up("care.reviews", at) as (_since, now):
        due = Deadline.objects.overdue(at=now).filter(kind="REVIEW", case__state=CaseState.IMPLEMENTATION).values("case_id")
        cases_due = list(Case.objects.filter(pk__in=due))
        for case in cases_due:
            cases.advance(case, by=None, to=CaseState.REVIEW)
    return len(cases_due)
