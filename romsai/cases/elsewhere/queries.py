"""How far a pair of two offices is, and what each side and the national matching desk may see of it at that moment."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.cases.models import Assignment, Case, CaseState, Concern, Event, Exclusion, Inquiry, Pair
from romsai.cases.pairs import reasons
from romsai.core import access, crypto
from romsai.core.dates import day_text
from romsai.people.models import Relation
from romsai.places import codes
from romsai.places.models import Worker

HOLDS = timedelta(days=30)  # for so long a yes is good: after that nothing of the other side is shown until it is given again
PURPOSE = "matching desk"
MISSING = "MIS-CHI"
CALLED_WITHIN = timedelta(days=14)
SHOWN = 50
LOOKED_AT = 400  # likeliest pairs among which those of two offices are looked for at once

OPEN, WAITS, BOTH, ENDED, MERGED = "OPEN", "WAITS", "BOTH", "ENDED", "MERGED"


@dataclass
class Sides:
    """A pair with the inquiry of each of its two offices: `own` is whoever asks. Held by the system, never handed to a template whole."""

    pair: Pair
    own: Inquiry
    other: Inquiry

    @property
    def stage(self):
        """OPEN: this side has not answered. WAITS: for the other. BOTH: agreed, and both may be shown. ENDED, MERGED."""
        pair, rows = self.pair, (self.own, self.other)
        if pair.state == Pair.State.DIFFERENT or any(row.answer == "NO" for row in rows):
            return ENDED
        if pair.merge_id and pair.merge.decided_at:
            return MERGED
        if not agrees(self.own):
            return OPEN
        return BOTH if agrees(self.other) else WAITS

    @property
    def until(self):
        """Until when both are shown."""
        return min(self.own.answered_at, self.other.answered_at) + HOLDS

    def says_so(self, row):
        """Did this side find that it is one child, in the merge that waits now? A merge that was taken back leaves the question open."""
        return self.pair.merge_id is not None and row.finds == "SAME" and row.found_at >= self.pair.merge.proposed_at


def agrees(row):
    return row.answer == "YES" and timezone.now() < row.answered_at + HOLDS


def sides_of(inquiry):
    """The Sides of an inquiry; None where the other side may not be told of: the same answer as if it were not there. Runs as the system."""
    return next(iter(sides_of_all([inquiry])), None)


def sides_of_all(inquiries):
    """The same for many, in a few queries."""
    pairs = Pair.objects.select_related("merge").in_bulk([row.pair_id for row in inquiries if row.pair_id])
    rows = Inquiry.objects.filter(pair__in=pairs).select_related("case__child", "case__team__agency", "case__agency").order_by("pk")
    by_pair = {}
    for row in crypto.preload(rows):
        by_pair.setdefault(row.pair_id, []).append(row)
    found = []
    for inquiry in inquiries:
        if inquiry.pair_id not in pairs:  # the other record was erased
            continue
        own = next((row for row in by_pair[inquiry.pair_id] if row.pk == inquiry.pk), None)
        others = [row for row in by_pair[inquiry.pair_id] if own and row.case.child_id != own.case.child_id]
        if others:
            found.append(Sides(pairs[inquiry.pair_id], own, others[-1]))
    met = may_meet([(sides.own.case, sides.other.case) for sides in found if not _is_merged_otherwise(sides)])
    return [sides for sides in found if (sides.own.case_id, sides.other.case_id) in met]


def _is_merged_otherwise(sides):
    """A case that went into a third one is asked for there."""
    merge = sides.pair.merge
    own = {merge.case_id, merge.duplicate_id} if merge else set()
    return any(row.case.state == CaseState.MERGED and row.case_id not in own for row in (sides.own, sides.other))


def may_meet(couples):
    """Of these couples of cases the ids of those of which each office may learn of the other's child.

    Never of a sealed case, of a child whom the family must not find, nor where anybody of the other office is kept from the child. A missing
    child and one who was found are the business of family tracing, which asks the child's side first and alone.
    """
    cases = {case.pk: case for couple in couples for case in couple}
    missing = set(Concern.objects.filter(case__in=cases, code=MISSING).values_list("case_id", flat=True))
    kept_from, staff, works = Exclusion.objects.standing().by_case(cases), {}, {}
    for pk, team in Worker.objects.filter(team__in={case.team_id for case in cases.values()}).values_list("pk", "team"):
        staff.setdefault(team, set()).add(pk)
    for case, pk in Assignment.objects.running().filter(case__in=cases).values_list("case_id", "worker_id"):
        works.setdefault(case, set()).add(pk)

    def is_kept_from(case, other):
        them = staff.get(other.team_id, set()) | works.get(other.pk, set())
        return any(line.names(them, other.team_id, other.agency_id) for line in kept_from.get(case.pk, ()))

    return {
        (one.pk, other.pk)
        for one, other in couples
        if not any(case.sealed or case.tracing == "NOT_SAFE" for case in (one, other))
        and (one.pk in missing) == (other.pk in missing)
        and not is_kept_from(one, other)
        and not is_kept_from(other, one)
    }


def couples_of(pairs):
    """Pair id -> the two cases in the order of the pair, of those that two offices hold and that may meet. Runs as the system."""
    children = {pk for pair in pairs for pk in (pair.one_id, pair.other_id)}
    cases = {}
    worked_on = Case.objects.filter(child__in=children).exclude(state=CaseState.MERGED).select_related("child", "team__agency", "agency").order_by("pk")
    for case in worked_on:
        if case.child_id not in cases or case.is_open:
            cases[case.child_id] = case
    found = {pair.pk: (cases[pair.one_id], cases[pair.other_id]) for pair in pairs if pair.one_id in cases and pair.other_id in cases}
    found = {pk: couple for pk, couple in found.items() if couple[0].team_id != couple[1].team_id}
    met = may_meet(list(found.values()))
    return {pk: (one, other) for pk, (one, other) in found.items() if (one.pk, other.pk) in met}


def speaks(pair):
    """How many facts speak for one child: one alone is never enough to ask two offices."""
    return sum(weight >= reasons.FOR for _level, weight in pair.levels.values())


# what a supervisor is asked


def waiting(worker):
    """The inquiries that this supervisor's team has still to answer or to judge, each with its `stage`; the newest first."""
    if worker.role != "SUPERVISOR" or worker.team_id is None:
        return []
    rows = list(Inquiry.objects.visible().waiting().filter(case__team=worker.team_id).select_related("case__child").order_by("-asked_at", "-pk")[:LOOKED_AT])
    if not rows:
        return []
    with access.system(purpose=PURPOSE):
        stages = {sides.own.pk: sides.stage for sides in sides_of_all(rows)}
    for row in rows:
        row.stage = stages.get(row.pk)
    return [row for row in rows if row.stage in (OPEN, WAITS, BOTH)][:SHOWN]


def of_merge(worker, merge):
    """The inquiry of this worker's team by which two offices merged, or are about to; None where no inquiry led to it."""
    with access.system(on_behalf=worker, purpose=PURPOSE):
        return Inquiry.objects.filter(pair__merge=merge, case__team=worker.team_id).first()


def facts(case):
    """Who the child is, as both offices may compare it: no place, no concern, nothing that was told. Runs as the system."""
    child = case.child
    names = [str(name.full) for name in crypto.preload(child.names.order_by("-is_main", "pk"))]
    kin = {kind: [] for kind in ("MOTHER", "FATHER")}
    for line in Relation.objects.filter(person=child, kind__in=kin).select_related("relative"):
        kin[line.kind] += [str(name.full) for name in crypto.preload(line.relative.names.order_by("-is_main", "pk"))]
    rows = [
        {"label": _("Names"), "value": "\n".join(names) or _("not known")},
        {"label": _("Born"), "value": day_text(child.birth) or _("not known")},
        {"label": _("Sex"), "value": codes.label("sex", child.sex)},
        {"label": _("Mother’s name"), "value": "\n".join(kin["MOTHER"])},
        {"label": _("Father’s name"), "value": "\n".join(kin["FATHER"])},
        {"label": _("Registered"), "value": day_text(case.registered_at)},
    ]
    return [row for row in rows if row["value"]]


def office(case):
    """Whom to speak with."""
    lead = case.assignments.running().filter(is_lead=True).select_related("worker").first()
    return [
        {"label": _("Office"), "value": f"{case.agency.name}: {case.team.name}" if case.team_id else case.agency.name},
        {"label": _("Works on it"), "value": lead.worker.name if lead else _("nobody now")},
    ]


# what the desk sees


def across(worker):
    """For the desk: proposed pairs of two offices, the likeliest first, each with `cases` and `stage`. No name is read."""
    with access.system(on_behalf=worker, purpose=PURPOSE):
        pairs = [pair for pair in Pair.objects.proposed().select_related("merge")[:LOOKED_AT] if speaks(pair) > 1]
        couples = couples_of(pairs)
        found = [pair for pair in pairs if pair.pk in couples][:SHOWN]
        asked = {}
        for sides in sides_of_all(list(Inquiry.objects.filter(pair__in=found).order_by("pk"))):
            asked[sides.pair.pk] = sides
    for pair in found:
        pair.cases, pair.sides = couples[pair.pk], asked.get(pair.pk)
    return found


def looked_for(worker):
    """For the desk, who was promised a call: (when, who asked, a case of whom) of the last weeks, the newest first. No child is named."""
    with access.system(on_behalf=worker, purpose=PURPOSE):
        events = Event.objects.filter(kind="LOOKED_FOR", at__gt=timezone.now() - CALLED_WITHIN, by__isnull=False, case__sealed=False).exclude(case__tracing="NOT_SAFE")
        events = list(events.select_related("by__agency", "case__team", "case__agency").order_by("-at", "-pk")[:SHOWN])
        kept_from = Exclusion.objects.standing().by_case([event.case_id for event in events])
    return [event for event in events if not any(line.names({event.by_id}, event.by.team_id, event.by.agency_id) for line in kept_from.get(event.case_id, ()))]


def pair_across(worker, uuid):
    """One of them, decided or not; None where it is of one office, or one of the two children must not surface."""
    with access.system(on_behalf=worker, purpose=PURPOSE):
        pair = Pair.objects.filter(uuid=uuid).exclude(state=Pair.State.FOUND).select_related("merge").first()
        if pair is None or speaks(pair) < 2:
            return None
        pair.sides = next(iter(sides_of_all(list(pair.inquiries.order_by("pk")))), None)
        couple = (pair.sides.own.case, pair.sides.other.case) if pair.sides else couples_of([pair]).get(pair.pk)
        pair.cases = couple
    return pair if couple else None
