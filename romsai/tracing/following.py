"""What this room hears of: a child registered, a name learnt, a consent taken back, a case sealed, a family assessed."""

from django.utils import timezone

from romsai.cases import deadlines
from romsai.cases.models import Case
from romsai.core import access
from romsai.core.actions import done
from romsai.people.models import Person
from romsai.places.profile import profile
from romsai.tracing import actions
from romsai.tracing.models import Proposal, State

LEARNT = ("cases.add_person", "people.add_name", "people.correct_name", "people.correct_person", "people.relate", "cases.unseal", "cases.lift_exclusion", "cases.reopen")
HIDDEN = ("cases.seal", "cases.exclude", "cases.keep_from_case")
ASSESSED = {"FAMILY": "TRACING_FAMILY", "COMMUNITY": "TRACING_COMMUNITY"}


def _heard(sender, record, result, by, facts, **_rest):
    hear = HEARS.get(sender)
    if hear is not None:
        with access.system(purpose="tracing"):
            hear(record, result)


def _registered(report, result):
    cases = result.cases.all() if hasattr(result, "cases") else [result]
    for case in cases:
        if case.concerns.filter(code__in=actions.PARTED).exists():
            deadlines.start(case, "TRACING_START", at=case.registered_at, due_at=profile().due("tracing_start", "MEDIUM", case.registered_at))
        actions.look_later(case)


def _parted(case, concern):
    """A child who turns out to be separated is looked for like one who was registered so."""
    if concern.code in actions.PARTED and case.tracing == "NOT_NEEDED":
        now = timezone.now()
        deadlines.start(case, "TRACING_START", at=now, due_at=profile().due("tracing_start", "MEDIUM", now))


def _learnt(record, result):
    """Whatever was learnt of the child or the family may be what was missing."""
    if isinstance(record, Case):
        cases = [record]
    else:
        person = record if isinstance(record, Person) else getattr(record, "person", None)
        cases = [part.case for part in person.participations.select_related("case")] if person is not None else [record.case]
    for case in cases:
        if case.is_open:
            actions.look_later(case)


def _hidden(record, result):
    """Sealed, or somebody kept from it: what was proposed and is not proved is no longer proposed. Who may see it is asked anew."""
    case = record if isinstance(record, Case) else getattr(result, "case", None)
    if case is None:
        return
    case.refresh_from_db()
    if case.sealed:
        actions.withdraw(case)
        return
    for proposal in case.tracing_proposals.live():
        if actions.other_side(proposal) is None:
            Proposal.objects.filter(match=proposal.match).live().update(state=State.WITHDRAWN, decided_at=timezone.now())


def _withdrawn(consent, result):
    """The child takes the consent to tracing back: nobody new is told, and nobody finds the child any more."""
    if consent.kind == "TRACING":
        case = consent.case
        actions.withdraw(case)
        case.tracing_requests.open().update(ended_at=timezone.now())
    if consent.kind in ("TRACING", "PHOTO"):
        consent.case.board_photos.filter(taken_off_at__isnull=True).update(taken_off_at=timezone.now())


def _ended(record, result):
    case = record if isinstance(record, Case) else record.case
    case.refresh_from_db()
    if not case.is_open:
        actions.withdraw(case)


def _merged(decision, result):
    """Of a merge the case that is over is found no more, a seal holds for both, and whoever comes back is compared again."""
    for case in (decision.case, decision.duplicate):
        case.refresh_from_db()
        actions.look_later(case) if actions.may_be_found(case) else actions.withdraw(case)


def _looked_through(case, result):
    """The supervisor looked again at why the family is not looked for; in a month once more (gate G8)."""
    if case.tracing == "NOT_SAFE":
        now = timezone.now()
        deadlines.renew(case, "TRACING_REVIEW", at=now, due_at=profile().due("tracing_review", "MEDIUM", now))


def _assessed(assessment, result):
    kind = ASSESSED.get(assessment.kind)
    if kind:
        deadlines.done(assessment.case, kind)
        for proposal in Proposal.objects.filter(case=assessment.case, state=State.VERIFIED):
            for row in Proposal.objects.filter(match=proposal.match).exclude(pk=proposal.pk):
                deadlines.done(row.case, kind)


HEARS = {
    "cases.register": _registered, "cases.register_group": _registered, "cases.add_concern": _parted, "cases.withdraw_consent": _withdrawn,
    "cases.finish_assessment": _assessed, "cases.decide": _ended, "cases.merge": _merged, "cases.undo_merge": _merged, "cases.look_through": _looked_through,
    **dict.fromkeys(LEARNT, _learnt), **dict.fromkeys(HIDDEN, _hidden),
}  # fmt: skip
done.connect(_heard)
