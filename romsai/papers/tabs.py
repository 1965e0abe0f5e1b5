"""The tab "Papers" of the case page: what is kept, and what was printed."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.cases import panels
from romsai.core.dates import day_text
from romsai.papers import formats, queries
from romsai.papers.models import PAPERS, Kind, Printout, Scan, What, Why, capital
from romsai.papers.views import for_whom


@panels.tab("papers", __("Papers"), order=29)
def papers(request, case):
    if not case.standing.levels & set(PAPERS):
        return "cases/closed_tab.html", {"text": _("Papers are read by the people who work on the case.")}
    printed = Printout.objects.visible().filter(case=case).select_related("agency", "by", "case").order_by("-printed_at")[:50]
    return "papers/tab.html", {
        "columns": [{"label": label} for label in (_("Paper"), _("Kind"), _("Added"), _("State"))],
        "rows": [paper_row(paper) for paper in queries.papers(case)],
        "print_columns": [{"label": label} for label in (_("Printed"), _("For"), _("When"), _("By"), _("Number"))],
        "prints": [printed_row(line) for line in printed],
        "may_add": case.standing.may("papers.add") and case.is_open, "may_print": case.standing.may("papers.print"),
    }  # fmt: skip


def paper_row(paper):
    state = Why(paper.why_withdrawn).label if paper.withdrawn_at else Scan(paper.scan).label
    return {"cells": [
        {"text": paper.title, "url": reverse("papers:paper", args=[paper.uuid])},
        {"text": capital(Kind(paper.kind).label), "note": str(formats.FORMS[paper.form].label)},
        {"text": day_text(paper.added_at), "note": paper.by.name if paper.by else ""},
        {"text": _("Withdrawn") if paper.withdrawn_at else "", "note": str(state)},
    ]}  # fmt: skip


def printed_row(printout):
    return {"cells": [
        {"text": str(What(printout.what).label), "url": reverse("papers:printout", args=[printout.uuid])},
        {"text": for_whom(printout)},
        {"text": day_text(printout.printed_at)},
        {"text": printout.by.name if printout.by else ""},
        {"text": printout.number},
    ]}  # fmt: skip
