"""What the second person reads of a decision to erase, and of the end of a hold."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from romsai.cases.models import Case
from romsai.core import access, second
from romsai.core.actions import Refused
from romsai.core.dates import moment_text
from romsai.places import codes
from romsai.retention import erasing, schedule
from romsai.retention.models import Hold, Round

NAMED = 20  # numbers of cases that the page shows


def _page(made):
    return reverse("retention:round", args=[made.uuid])


@second.describes("retention.erase", page=_page)
def _erase(drawn, _facts):
    cases = list(drawn.lines.filter(what="case").values_list("about", flat=True))
    reports = drawn.lines.filter(what="report").count()
    numbers = list(Case.objects.filter(pk__in=cases[:NAMED]).order_by("number").values_list("number", flat=True))
    more = len(cases) - len(numbers)
    rows = [{"label": _("Ground"), "value": drawn.get_ground_display()}]
    if drawn.kind:
        rows.append({"label": _("Class"), "value": codes.label("retention_class", drawn.kind)})
    if cases:
        and_more = ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more}
        rows.append({"label": _("Cases"), "value": ", ".join([*numbers, *([and_more] if more > 0 else [])])})
    if reports:
        rows.append({"label": _("Reports without a case"), "value": str(reports)})
    if len(cases) == 1 and numbers:
        rows += _one_case(Case.objects.get(pk=cases[0]))
    days = schedule.wait().days
    rows.append(
        {
            "label": _("When"),
            "value": ngettext("%(n)d day after your yes", "%(n)d days after your yes", days) % {"n": days}
            if days
            else _("Soon after your yes: here nothing waits"),
        }
    )
    rows.append({"label": _("What stays"), "value": _("A number for the statistics, and a line in the ledger that names nobody")})
    whole = len(cases) + reports
    return ngettext("Erase %(n)d record for good", "Erase %(n)d records for good", whole) % {"n": whole}, rows


def _one_case(case):
    scope = erasing.scope_of_case(case)
    rows = [{"label": _("Goes with it"), "value": _("%(people)d people, %(reports)d reports") % {"people": len(scope.people), "reports": len(scope.reports)}}]
    if scope.staying:
        staying = len(scope.staying)
        stays = ngettext(
            "%(n)d person, whom another case or a list still needs", "%(n)d people, whom another case or a list still needs", staying
        )
        rows.append({"label": _("What is kept"), "value": stays % {"n": staying}})
    return rows


@second.still("retention.erase")
def _still(drawn, _facts):
    if drawn.state != Round.State.DRAWN:
        raise Refused(_("This round was decided or stopped already."))


@second.bars("retention.erase")
def _may_not_erase(worker, drawn, _facts):
    """Nobody who is kept from a case makes it go."""
    barred = [Q(what=what, about__in=access.subjects[what].excluded(worker)) for what in ("case", "report")]
    return drawn.lines.filter(barred[0] | barred[1]).exists()


@second.describes("retention.lift", page=lambda made: reverse("retention:holds"))
def _lift(_record, facts):
    held = Hold.objects.select_related("case", "placed_by").get(uuid=facts["hold"])
    rows = [
        {"label": _("Case"), "value": held.case.number},
        {"label": _("Why it must stay"), "value": f"{held.get_kind_display()}. {held.reason}"},
        {"label": _("Placed"), "value": f"{held.placed_by.name}, {moment_text(held.placed_at)}"},
        {"label": _("What follows"), "value": _("The case can be erased when its time is over.")},
    ]
    return _("Lift the legal hold on %(number)s") % {"number": held.case.number}, rows


@second.bars("retention.lift")
def _may_not_lift(worker, _record, facts):
    barred = access.subjects["case"].excluded(worker)
    return Hold.objects.filter(uuid=facts.get("hold"), case__in=barred).exists()


@second.still("retention.lift")
def _still_held(_record, facts):
    if not Hold.objects.running().filter(uuid=facts["hold"]).exists():
        raise Refused(_("This hold was lifted already."))
