"""Taking off a seal, and letting somebody back to a case: what one person proposes and another, of another team, confirms.

The second person does not work on the case. They read its number, how grave it is, who is named on it and the reason given, and
nothing of the child: enough to ask the first person, by telephone, what they need to know.
"""

from django.urls import reverse
from django.utils.translation import gettext as _

from romsai.cases.models import Case, ExclusionReason
from romsai.core import access, second
from romsai.core.actions import Refused
from romsai.core.dates import day_text
from romsai.places import codes


def _is_kept_away(worker, case):
    return access.subjects["case"].excluded(worker).filter(case_id=case.pk).exists()


def _page(_made):
    return reverse("home")


@second.describes("cases.unseal", page=_page)
def _unseal(case, _facts):
    sealed = case.events.filter(kind="SEALED").order_by("-at").first()
    named = [line.worker.name for line in case.assignments.running().select_related("worker").order_by("-is_lead", "since_at")]
    rows = [
        *_rows(case),
        {"label": _("Sealed"), "value": day_text(sealed.at) if sealed else _("when the case was opened")},
        {"label": _("Who reaches it now"), "value": "\n".join(named)},
        {"label": _("Who reaches it then"), "value": _("The supervisors of %(team)s and the managers of %(agency)s as well") % {"team": case.team.name, "agency": case.agency.name}},
    ]  # fmt: skip
    return _("Take the seal off case %(number)s") % {"number": case.number}, rows


@second.still("cases.unseal")
def _still_sealed(case, _facts):
    if not case.sealed:
        raise Refused(_("The case is not sealed any more. Decline this."))


@second.bars("cases.unseal")
def _may_not_unseal(worker, case, _facts):
    return _is_kept_away(worker, case)


@second.describes("cases.lift_exclusion", page=_page)
def _lift(exclusion, _facts):
    rows = [
        *_rows(exclusion.case),
        {"label": _("Who may come back"), "value": whom(exclusion)},
        {"label": _("Why they were kept from it"), "value": str(ExclusionReason(exclusion.reason).label)},
        {"label": _("Kept from it by"), "value": exclusion.by.name, "note": codes.label("user_role", exclusion.by.role)},
        {"label": _("Since"), "value": day_text(exclusion.created_at)},
    ]
    return _("Let somebody back to case %(number)s") % {"number": exclusion.case.number}, rows


@second.still("cases.lift_exclusion")
def _still_kept(exclusion, _facts):
    if exclusion.lifted_at is not None:
        raise Refused(_("They are no longer kept from the case. Decline this."))


@second.bars("cases.lift_exclusion")
def _may_not_lift(worker, exclusion, _facts):
    """Nobody who is kept from the case; and what a safeguarding officer did, only a safeguarding officer undoes."""
    if exclusion.by.role == "SAFEGUARD" and worker.role != "SAFEGUARD":
        return True
    return _is_kept_away(worker, exclusion.case)


def whom(exclusion):
    named = exclusion.worker or exclusion.team or exclusion.agency
    return named.name


def _rows(case: Case):
    return [
        {"label": _("Case"), "value": case.number},
        {"label": _("Risk"), "value": codes.label("risk_level", case.risk)},
        {"label": _("State"), "value": case.get_state_display()},
        {"label": _("Office"), "value": f"{case.agency.name}, {case.team.name}"},
    ]
