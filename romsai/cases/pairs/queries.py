"""Which pairs a worker may look at, and what stands side by side."""

from romsai.cases.models import Case, CaseState, Pair, Sweep
from romsai.core import access

SHOWN = 50
MOVING = (Sweep.State.WAITING, Sweep.State.READING, Sweep.State.COMPARING)


def to_decide(worker):
    """Pairs of which the worker reaches both children and their cases, and neither case went into another; the likeliest first.

    Each has `cases`: the two, in the order of the pair.
    """
    with access.system(purpose="duplicates"):
        found = list(Pair.objects.proposed().filter(pk__in=access.rows(worker, "paired") or [])[: 4 * SHOWN])
    if not found:
        return []
    cases = _cases(worker, {pk for pair in found for pk in (pair.one_id, pair.other_id)})
    found = [pair for pair in found if pair.one_id in cases and pair.other_id in cases]
    for pair in found:
        pair.cases = [cases[pair.one_id], cases[pair.other_id]]
    return [pair for pair in found if pair.cases[0] != pair.cases[1]][:SHOWN]


def pair_or_none(worker, uuid):
    """One of them, decided or not, with `cases`; None where the worker does not reach both sides."""
    with access.system(purpose="duplicates"):
        pair = Pair.objects.filter(uuid=uuid, pk__in=access.rows(worker, "paired") or []).select_related("merge", "decided_by").first()
    if pair is None or pair.state == Pair.State.FOUND:
        return None
    cases = _cases(worker, {pair.one_id, pair.other_id})
    if len(cases) < 2:
        return None
    pair.cases = [cases[pair.one_id], cases[pair.other_id]]
    return pair


def _cases(worker, people):
    """Child -> the case that the worker sees, the open one first."""
    found = {}
    for case in Case.objects.visible(worker).filter(child__in=people).exclude(state=CaseState.MERGED).order_by("pk"):
        if case.child_id not in found or case.is_open:
            found[case.child_id] = case
    return found


def reaches(worker, pair):
    """Does the worker reach both sides? For actions, which the system carries out."""
    ids = access.rows(worker, "paired")
    return ids is not None and Pair.objects.filter(pk=pair.pk, pk__in=ids).exists()


def case_of(person):
    """The case of a child that is worked on, else the last."""
    cases = Case.objects.filter(child=person).exclude(state=CaseState.MERGED).order_by("-pk")
    return next((case for case in cases if case.is_open), None) or cases.first()


def last_sweep():
    with access.system(purpose="duplicates"):
        return Sweep.objects.first()


def moving_sweep():
    """The search that goes on just now, if one does."""
    sweep = last_sweep()
    return sweep if sweep is not None and sweep.state in MOVING else None
