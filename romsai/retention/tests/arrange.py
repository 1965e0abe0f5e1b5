"""A closed case, two officers, a decision whose day has come: what every test of this room begins with."""

from datetime import timedelta

from django.utils import timezone

from romsai.cases.models import Case, CaseState
from romsai.core import access, second
from romsai.places.models import Worker
from romsai.retention import actions
from romsai.retention.models import Round


def officers(world):
    with access.system():
        return [Worker.objects.create(name=name, role="DPO", agency=world.ministry) for name in ("Officer one", "Officer two")]


def closed(case, *, reason="GOALS_MET", ago=timedelta(days=800)):
    at = timezone.now() - ago
    with access.system():
        Case.objects.filter(pk=case.pk).update(state=CaseState.CLOSED, closed_at=at)
        case.episodes.update(closed_at=at, reason=reason)
        case.refresh_from_db()
    return case


def decided(two, **asked):
    """A round that two people took, and whose day has come."""
    one, other = two
    with access.acting(one):
        made = actions.draw_up(by=one, reason="asked by letter", **asked)
    with access.acting(other):
        second.confirm(second.waiting_for(other)[-1], by=other)
    with access.system():
        Round.objects.filter(pk=made.pk).update(not_before=timezone.now())
    return made
