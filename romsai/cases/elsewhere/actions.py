"""Two offices with one child: both are asked, each answers for itself, and only what both agree to is done.

Each writes on its own inquiry alone, under the lock of the pair: two who answer in the same moment answer one after the other.
"""

from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.cases import actions as cases
from romsai.cases.elsewhere import queries
from romsai.cases.models import Inquiry, Pair
from romsai.cases.pairs import reasons
from romsai.core import access
from romsai.core.actions import Refused, action

AT_ONCE = 25  # pairs asked in one turn of the job


def ask_next(after):
    """Ask the offices of the next likely pairs after this one; the id of the last that was looked at, None at the end. Runs as the system.

    What is less likely waits for the matching desk.
    """
    pairs = list(Pair.objects.filter(state=Pair.State.PROPOSED, likelihood__gte=reasons.LIKELY, pk__gt=after, inquiries=None).order_by("pk")[:AT_ONCE])
    couples = queries.couples_of(pairs)
    for pair in pairs:
        if pair.pk in couples and queries.speaks(pair) > 1:
            ask_sides(pair, by=None)
    return pairs[-1].pk if pairs else None


@action("cases.ask_sides")
def ask_sides(pair, *, by):
    """Ask the supervisors of both offices whether they agree to look together. Whoever said no before is asked again. Returns the Inquiries."""
    couple = queries.couples_of([pair]).get(pair.pk)
    if couple is None:
        raise access.Forbidden("It is not there.")
    if pair.state != Pair.State.PROPOSED:
        raise Refused(_("This was decided already."))
    if queries.speaks(pair) < 2:
        raise Refused(_("One fact alone is not enough to ask two offices."))
    known = Inquiry.objects.filter(pair=pair)
    is_again = known.filter(answer="NO").exists()
    if is_again:
        known.update(answer="", why=None, answered_at=None, answered_by=None, finds="", found_at=None, found_by=None, asked_at=timezone.now(), asked_by=by)
    made = []
    for case in couple:
        row, is_new = Inquiry.objects.get_or_create(pair=pair, case=case, defaults={"key": case.key, "asked_by": by})
        if is_new or is_again:
            cases.note_event(case, "ELSEWHERE_ASKED", by=None)
        made.append(row)
    return made


def _sides(inquiry, *stages):
    """The Sides under the lock of their pair, if they are so far."""
    Pair.objects.select_for_update().get(pk=inquiry.pair_id)
    sides = queries.sides_of(inquiry)
    if sides is None:
        raise access.Forbidden("It is not there.")
    if sides.stage not in stages:
        raise Refused(_("This is no longer asked. Open the page again to see how far it is."))
    return sides


def _answer(inquiry, answer, why, by):
    inquiry.answer, inquiry.why = answer, (why or "").strip() or None
    inquiry.answered_at, inquiry.answered_by = timezone.now(), by
    inquiry.finds, inquiry.found_at, inquiry.found_by = "", None, None
    inquiry.save()


@action("cases.agree_to_look")
def agree_to_look(inquiry, *, by, why):
    """This side would look at both records together, and says what for. When the other side agrees too, both are shown to both for a while."""
    if not (why or "").strip():
        raise Refused(_("Write in one sentence what it is for."))
    sides = _sides(inquiry, queries.OPEN)
    _answer(inquiry, "YES", why, by)
    cases.note_event(inquiry.case, "ELSEWHERE_AGREED", by=by)
    if queries.agrees(sides.other):
        for row in (sides.own, sides.other):
            cases.note_event(row.case, "ELSEWHERE_SHOWN", by=None)
    return inquiry


@action("cases.refuse_to_look")
def refuse_to_look(inquiry, *, by, why=""):
    """This side knows its child and agrees to nothing. The other side is not told why; the desk may ask once more."""
    _sides(inquiry, queries.OPEN, queries.WAITS)
    _answer(inquiry, "NO", why, by)
    cases.note_event(inquiry.case, "ELSEWHERE_REFUSED", by=by)
    return inquiry


@action("cases.one_child")
def one_child(inquiry, *, by):
    """This side finds that it is one child. The first proposes the merge of the two cases, the other side's word carries it out. Returns the Merge."""
    sides = _sides(inquiry, queries.BOTH)
    if sides.says_so(sides.own):
        raise Refused(_("Your side has said so. The other side decides."))
    pair = sides.pair
    if sides.says_so(sides.other):
        _find(inquiry, "SAME", by)
        merge = cases.merge(pair.merge, by=by)
        pair.state, pair.decided_by, pair.decided_at = Pair.State.SAME, by, merge.decided_at
    else:
        one, other = sides.own.case, sides.other.case
        kept, duplicate = sorted((one, other), key=lambda case: (not case.is_open, case.registered_at, case.pk))
        merge = cases.propose_merge(kept, by=by, duplicate=duplicate)
        _find(inquiry, "SAME", by)
    pair.merge = merge
    pair.save()
    return merge


@action("cases.two_children")
def two_children(inquiry, *, by):
    """This side has compared and finds two children. It is remembered, and the pair is never put before anybody again."""
    sides = _sides(inquiry, queries.BOTH)
    pair = sides.pair
    if pair.merge_id:
        cases.decline_merge(pair.merge, by=by)
        pair.merge = None
    _find(inquiry, "DIFFERENT", by)
    pair.state, pair.decided_by, pair.decided_at = Pair.State.DIFFERENT, by, inquiry.found_at
    pair.save()
    return inquiry


def _find(inquiry, finds, by):
    inquiry.finds, inquiry.found_at, inquiry.found_by = finds, timezone.now(), by
    inquiry.save()


@action("cases.part_again")
def part_again(inquiry, *, by):
    """Either side takes the merge back, within 90 days; each works on its own case as before."""
    sides = _sides(inquiry, queries.MERGED)
    return cases.undo_merge(sides.pair.merge, by=by)
