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
    "NO_CONCERN": "no_concern_closure",
    "SEARCH": "search_review",
    "SEARCH_SUPERVISOR": "search_supervisor",
    "SEARCH_MANAGER": "search_manager",
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


def as_before(case, *, stopped_at):
    """The end of the case is taken back: each clock that it stopped runs again, with the day it had."""
    for stopped in Deadline.objects.filter(case=case, done_at=stopped_at):
        start(case, stopped.kind, at=stopped_at, due_at=stopped.due_at)


# What rests with a suspended case and is due again when the child is found: the others ask for steps that lie behind.
RESTED = ("FIRST_CONTACT", "GUARDIAN", "SUPERVISOR_SEES", "PLAN")


def go_on(case, *, at, rested_at):
    """The child is found (T25): the clocks that stopped at `rested_at` start again; what has a day of its own keeps it."""
    for stopped in Deadline.objects.filter(case=case, done_at=rested_at):
        if stopped.kind in RESTED:
            start(case, stopped.kind, at=at)
        elif stopped.kind not in STEPS and stopped.kind != "FOLLOW_UP":
            start(case, stopped.kind, at=at, due_at=stopped.due_at)
    start(case, "FOLLOW_UP", at=at, due_at=next_visit(case, at=at))


def next_visit(case, *, at):
    """When the child must be seen again, by risk; closer together in the first days of immediate danger."""
    risk = case.risk if case.risk != "NONE" else "LOW"
    return at + profile().follow_up_every(risk, after=at - case.risk_set_at)
