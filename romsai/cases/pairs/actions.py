"""Searching the register for children registered twice, and what a person decides of each pair that is found."""

from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.cases import actions as cases
from romsai.cases.elsewhere import tasks as elsewhere
from romsai.cases.models import Pair, Sweep
from romsai.cases.pairs import queries
from romsai.core import access, jobs
from romsai.core.actions import Refused, action
from romsai.people.linkage import proposals


@action("cases.sweep")
def sweep(*, by):
    """Compare the whole register with itself, soon and in the background. While one search goes on, that one is returned."""
    from romsai.cases.pairs import tasks

    going = Sweep.objects.filter(state__in=queries.MOVING).first()
    if going is None:
        going = Sweep.objects.create(by=by)
        jobs.later(tasks.move, once=f"sweep-{going.pk}", sweep=going.pk)
    return going


@action("cases.stop_sweep")
def stop_sweep(sweep, *, by):
    """End a search before its end. What was put before people stays."""
    if sweep.state in queries.MOVING:
        sweep.state, sweep.finished_at = Sweep.State.STOPPED, timezone.now()
        sweep.save()
        Pair.objects.filter(sweep=sweep, state=Pair.State.FOUND).delete()
    return sweep


# what the job does, a piece in one transaction


@action("cases.note_sweep")
def note_sweep(sweep, *, by, **facts):
    """How far the search is. One that was stopped meanwhile stays so."""
    if sweep.state in queries.MOVING:
        for name, value in facts.items():
            setattr(sweep, name, value)
        sweep.worked_at = timezone.now()
        sweep.save()
    return sweep


@action("cases.note_pairs")
def note_pairs(sweep, *, by, piece, pairs):
    """Keep what one piece of the comparison found. The same piece twice leaves the same rows; what a person decided is not touched."""
    if sweep.state != Sweep.State.COMPARING or piece != sweep.compared:
        return sweep
    Pair.objects.bulk_create(
        [
            Pair(one_id=pair["one"], other_id=pair["other"], weight=pair["weight"], levels=pair["levels"], sweep=sweep, found_at=timezone.now())
            for pair in pairs
        ],
        update_conflicts=True,
        unique_fields=["one", "other"],
        update_fields=["weight", "levels", "sweep", "found_at"],
        batch_size=1000,
    )
    sweep.compared, sweep.worked_at = piece + 1, timezone.now()
    sweep.save()
    return sweep


@action("cases.propose_pairs")
def propose_pairs(sweep, *, by):
    """The end of a search: of all that it found, what stands out is put before people; what nobody decided and no longer stands out goes."""
    if sweep.state != Sweep.State.COMPARING:
        return sweep
    found = list(Pair.objects.filter(sweep=sweep).values("pk", "one", "other", "weight", "levels", "state"))
    decided = {pair["pk"] for pair in found if pair["state"] in (Pair.State.SAME, Pair.State.DIFFERENT)}
    # Pairs known to be of two children compete for nothing: they would take likelihood from the right one.
    rivals = [pair for pair in found if pair["state"] != Pair.State.DIFFERENT]
    chosen = {pair["pk"]: share for pair, share in proposals.chosen(rivals) if pair["pk"] not in decided}
    undecided = Pair.objects.filter(state__in=[Pair.State.FOUND, Pair.State.PROPOSED])
    undecided.exclude(pk__in=chosen).filter(inquiries=None).delete()  # of what two offices were asked, they decide
    proposed = [Pair(pk=pk, state=Pair.State.PROPOSED, likelihood=share) for pk, share in chosen.items()]
    Pair.objects.bulk_update(proposed, ["state", "likelihood"], batch_size=1000)
    sweep.state, sweep.found, sweep.finished_at = Sweep.State.DONE, len(chosen), timezone.now()
    sweep.worked_at = sweep.finished_at
    sweep.save()
    jobs.later(elsewhere.ask, once=f"ask-elsewhere-{sweep.pk}")
    return sweep


# what people decide


@action("cases.same_child")
def same_child(pair, *, by):
    """One supervisor finds that it is one child: the merge of the two cases is proposed, and another decides it. Returns the Merge."""
    one, other = _sides(pair, by)
    if not access.may(by, "cases.propose_merge", one) or not access.may(by, "cases.propose_merge", other):
        raise access.Forbidden(_("You cannot do this. Ask your supervisor if you think you should."))
    kept, duplicate = sorted((one, other), key=lambda case: (not case.is_open, case.registered_at, case.pk))
    merge = cases.propose_merge(kept, by=by, duplicate=duplicate)
    _decide(pair, Pair.State.SAME, by)
    pair.merge = merge
    pair.save()
    return merge


@action("cases.not_same_child")
def not_same_child(pair, *, by):
    """Two children. It is remembered, and the pair is never put before anybody again."""
    _sides(pair, by)
    _decide(pair, Pair.State.DIFFERENT, by)
    pair.save()
    return pair


def _sides(pair, by):
    """The case of each, if it is still to be decided and the worker sees both."""
    if not queries.reaches(by, pair):
        raise access.Forbidden("It is not there.")
    if pair.state != Pair.State.PROPOSED:
        raise Refused(_("This was decided already."))
    return queries.case_of(pair.one_id), queries.case_of(pair.other_id)


def _decide(pair, state, by):
    pair.state, pair.decided_by, pair.decided_at = state, by, timezone.now()


def decided():
    """{comparison: {level: pairs}} of what people found to be one child: from this the weights learn."""
    found = {}
    for levels in Pair.objects.filter(state=Pair.State.SAME, merge__decided_at__isnull=False, merge__undone_at=None).values_list("levels", flat=True):
        for name, (level, _weight) in levels.items():
            counts = found.setdefault(name, {})
            counts[level] = counts.get(level, 0) + 1
    return found
