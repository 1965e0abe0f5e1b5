"""Clocks of a case: what must happen by when. Limits come from the country's profile, by risk."""

from django.utils import timezone

from romsai.cases.models import Deadline
from romsai.places.profile import profile

# kind of deadline -> step of the profile's table of limits
STEPS = {
    "FIRST_CONTACT": "first_contact",
    "INITIAL_ASSESSMENT": "initial_assessment",
    "GUARDIAN": "guardian",
    "FULL_ASSESSMENT": "full_assessment",
    "PLAN": "plan",
    "REVIEW": "review",
    "AFTER_REVIEW": "after_review",
    "SUPERVISOR_SEES": "supervisor_sees",
    "SEARCH": "search_review",
}


def start(case, kind, *, at, due_at=None):
    """Set the clock of this kind, from `at`; a running one of the same kind keeps the earlier moment."""
    step = STEPS.get(kind)
    if due_at is None:
        risk = case.risk if case.risk != "NONE" else "LOW"
        due_at = profile().due(step, risk, at)
    running = Deadline.objects.filter(case=case, kind=kind).running().first()
    if running is None:
        return Deadline.objects.create(case=case, kind=kind, due_at=due_at)
    if due_at < running.due_at:
        running.due_at = due_at
        running.save(update_fields=["due_at"])
    return running


def renew(case, kind, *, at, due_at=None):
    """End the running clock of this kind and start the next: after each visit, after each review."""
    done(case, kind, at=at)
    return start(case, kind, at=at, due_at=due_at)


def done(case, *kinds, at=None):
    """What was asked for has happened."""
    Deadline.objects.filter(case=case, kind__in=kinds).running().update(done_at=at or timezone.now())


def stop_all(case, *, at):
    """The case has ended or rests: nothing more falls due."""
    Deadline.objects.filter(case=case).running().update(done_at=at)


def next_visit(case, *, at):
    """When the child must be seen again, by risk; closer together in the first days of immediate danger."""
    risk = case.risk if case.risk != "NONE" else "LOW"
    return at + profile().follow_up_every(risk, after=at - case.risk_set_at)
