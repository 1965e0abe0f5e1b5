"""What pages ask about looking for a family. What lies on the other side is read by the system, and only as far as both sides agreed."""

from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.cases.queries import called, names_of
from romsai.cases.words import age_number, boy_or_girl
from romsai.core import access, crypto
from romsai.core.dates import PartialDate
from romsai.places import codes
from romsai.tracing import actions, matching
from romsai.tracing.models import Account, Preparation, Request, Side, State
from romsai.tracing.questions import QUESTIONS

BANDS = {"LIKELY": "brand", "POSSIBLE": "neutral"}


def band_words(band):
    return _("Very likely") if band == "LIKELY" else _("Possible")


def parted_on(story):
    """When they were separated, as a PartialDate; None where nothing is known."""
    return PartialDate(story.year, story.month, story.day) if story.year else None


def preparation(way):
    found = Preparation.objects.visible().filter(reunification=way)
    return next(iter(crypto.preload(found)), None)


def others_lost(request, worker):
    """Open requests of the same side that the worker works on, each `called` as they may know the child."""
    found = Request.objects.visible().open().filter(side=request.side, case__in=_own(worker)).exclude(pk=request.pk)
    found = list(found.select_related("case__child")[:25])
    names = called([one.case.child for one in found])
    for one in found:
        one.called = f"{names[one.case.child_id].name} · {one.case.number}"
    return found


def _own(worker):
    return access.rows(worker, "assigned") or []


@dataclass
class Shown:
    """A proposal as its side may see it now: reasons in words, what to do, and who the other is once both agreed."""

    band: str = ""
    kind: str = ""
    state: str = ""
    reasons: list = field(default_factory=list)
    is_warned: bool = False
    may_answer: bool = False
    may_tell: bool = False
    may_compare: bool = False
    told: bool = False
    waits: str = ""
    other: list = field(default_factory=list)


def proposal(row, worker, standing):
    """The Shown of one proposal. What the other side knows is opened in the worker's name, so that it stands in their audit."""
    shown = Shown(
        band=band_words(row.band), kind=BANDS[row.band], state=State(row.state).label, reasons=[matching.REASONS[code] for code in row.reasons], is_warned=row.is_warned
    )
    shown.may_answer = row.state == State.OPEN and standing.may("tracing.agree")
    if row.state not in (State.MUTUAL, State.VERIFIED):
        return shown
    with access.system(on_behalf=worker, purpose="tracing"):
        other = actions.other_side(row)
        shown.told = Account.objects.filter(proposal=row).exists()
        shown.may_compare = actions.may_compare(row, worker)
        has_both = actions.accounts(row) is not None
        shown.other = _revealed(other, row.side) if other is not None else []
    shown.may_tell = row.state == State.MUTUAL and not shown.told and standing.may("tracing.record_account")
    shown.may_compare = shown.may_compare and standing.may("tracing.verify")
    if row.state == State.MUTUAL and shown.told and not has_both:
        shown.waits = _("The other side has not answered the questions yet.")
    elif row.state == State.MUTUAL and has_both and not shown.may_compare:
        shown.waits = _("Both sides have answered. Somebody who took neither account compares them now.")
    return shown


def _revealed(case, side):
    """Who the other side is: enough to work together, nothing that would colour an account."""
    names = ", ".join(str(name.full) for name in crypto.preload(names_of([case.child_id])))
    lead = case.assignments.running().filter(is_lead=True).select_related("worker").first()
    child = " · ".join(filter(None, [names, boy_or_girl(case.child.sex), age_number(case.child, timezone.localdate())]))
    rows = [
        {"label": _("The child whom they look for") if side == Side.CHILD else _("The child who was found"), "value": child},
        {"label": _("Office"), "value": f"{case.agency.name}: {case.team.name}"},
        {"label": _("Works on it"), "value": lead.worker.name if lead else ""},
    ]
    request = case.tracing_requests.open().select_related("inquirer").first()
    if request is not None and request.side == Side.FAMILY:
        part = case.participants.filter(person=request.inquirer_id).first()
        if part is not None:
            rows.append({"label": _("Who asks"), "value": codes.label("relation_to_child", part.relation)})
        rows.append({"label": _("May be contacted"), "value": request.get_wish_display()})
    return rows


def both_accounts(row, worker):
    """[{code, question, one, other}] in an order that does not tell whose is whose; None while the worker may not compare."""
    with access.system(on_behalf=worker, purpose="tracing"):
        if not actions.may_compare(row, worker):
            return None
        first, second = crypto.preload(actions.accounts(row))
        if row.match.int % 2:
            first, second = second, first
        asked = [code for code in QUESTIONS if first.answers.get(code) or second.answers.get(code)]
        none = _("No answer")
        return [{"code": code, "question": QUESTIONS[code], "one": first.answers.get(code) or none, "other": second.answers.get(code) or none} for code in asked]
