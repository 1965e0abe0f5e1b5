"""What this room shows on the case page: how long it is kept, a hold, an erasure that waits; and how its work reads in the log."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.cases import history, panels
from romsai.cases.models import Case
from romsai.core import access
from romsai.core.dates import day_text, moment_text
from romsai.places import codes
from romsai.retention import queries, schedule
from romsai.retention.models import Hold

history.name(tables={"retention_hold": __("Legal hold")}, columns={"placed_by_id": __("placed by"), "lifted_by_id": __("lifted by")})
for action, done in [
    ("retention.hold", __("Placed a legal hold")),
    ("retention.hold_by_number", __("Placed a legal hold")),
    ("retention.lift", __("Lifted a legal hold")),
]:
    panels.register_deed(action, "", done)


@panels.needs("overview")
def holds(case, worker):
    return {"holds": Hold.objects.visible().running().filter(case=case)}


@panels.block("retention", order=85, side=True)
def retention(request, case):
    """On a case that is over or held, to who works on it and who leads them."""
    held = next(iter(case.asked["holds"]), None)
    if (case.is_open and held is None) or not case.standing.may("retention.hold"):
        return None
    with access.system(purpose="retention"):
        term, waiting = schedule.term_of(Case.objects.select_related("child").get(pk=case.pk)), queries.waiting_erasure(case)
    rows = []
    if term:
        rows = [
            {"label": _("Class"), "value": codes.label("retention_class", term.kind)},
            {"label": _("Kept until"), "value": day_text(term.due_on)},
            {"label": _("Counted from"), "value": f"{schedule.STARTS[term.counted_from]}: {day_text(term.started_on)}"},
        ]
    if held:
        rows.append({"label": _("Legal hold"), "value": f"{held.get_kind_display()}, {moment_text(held.placed_at)}"})
    return "retention/block_retention.html", {
        "rows": rows, "held": held, "hold_url": "" if held else reverse("retention:hold", args=[case.uuid]),
        "erased_from": moment_text(waiting.round.not_before) if waiting and not held else "",
    }  # fmt: skip
