"""The pages of pairs: what waits for a decision, two children side by side, and the search itself."""

import uuid

from django import forms
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.utils.translation import ngettext

from romsai.cases import queries as case_queries
from romsai.cases.elsewhere import queries as elsewhere
from romsai.cases.elsewhere.views import how_far, stage_words
from romsai.cases.models import Sweep
from romsai.cases.pairs import actions, queries, reasons
from romsai.cases.views.case import case_or_404
from romsai.cases.views.work import side
from romsai.cases.words import by_whom
from romsai.core import access
from romsai.core.dates import day_text, moment_text
from romsai.core.views import ActionFormView, Page, absent

DECIDERS = ["SUPERVISOR", "MATCHING_DESK"]


class Pairs(Page):
    """Children who may have been registered twice, the likeliest pair first."""

    roles = DECIDERS
    template_name = "cases/pairs.html"

    def get_context_data(self, **context):
        if self.worker.role == "MATCHING_DESK":
            return super().get_context_data(**_of_desk(self.worker), can_search=access.may(self.worker, "cases.sweep"), **_last(), **context)
        pairs = queries.to_decide(self.worker)
        names = case_queries.called([case.child for pair in pairs for case in pair.cases])
        columns = [{"label": label} for label in (_("Children"), _("How likely"), _("Why"))]
        return super().get_context_data(
            back={"url": reverse("cases:board"), "label": _("Team")}, columns=columns, rows=[_row(pair, names) for pair in pairs],
            can_search=access.may(self.worker, "cases.sweep"), **_asked(self.worker), **_last(), **context,
        )  # fmt: skip


def _asked(worker):
    """Children of the team who may be known elsewhere, and what is waited for."""
    found = elsewhere.waiting(worker)
    names = case_queries.called([row.case.child for row in found])
    rows = []
    for row in found:
        child = names[row.case.child_id]
        cell = {"text": child.name, "lang": child.lang, "url": reverse("cases:elsewhere", args=[row.uuid]), "note": row.case.number}
        rows.append({"cells": [cell, {"text": stage_words(row.stage)}, {"text": day_text(row.asked_at)}]})
    return {"asked": rows, "asked_columns": [{"label": label} for label in (_("Child"), _("How far it is"), _("Asked"))]}


def _of_desk(worker):
    """Pairs of two offices, without a name: how likely, why, how far."""
    rows = []
    for pair in elsewhere.across(worker):
        why = [f"{line['fact']}: {line['band']}" for line in reasons.told_blind(pair)]
        cell = {"text": str(reasons.likely(pair)), "url": reverse("cases:ask_sides", args=[pair.uuid]), "note": day_text(pair.found_at)}
        rows.append({"cells": [cell, {"text": "; ".join(why)}, {"text": how_far(pair)}]})
    calls = [
        {"cells": [{"text": by_whom(event.by), "note": event.by.agency.name}, {"text": f"{event.case.agency.name}: {event.case.team.name}"}, {"text": moment_text(event.at)}]}
        for event in elsewhere.looked_for(worker)
    ]
    columns = [{"label": label} for label in (_("How likely"), _("Why"), _("How far it is"))]
    call_columns = [{"label": label} for label in (_("Who asked"), _("Known with"), _("When"))]
    return {"rows": rows, "columns": columns, "is_desk": True, "calls": calls, "call_columns": call_columns}


def _row(pair, names):
    called = [names[case.child_id] for case in pair.cases]
    why = [f"{line['fact']}: {line['level']}" for line in reasons.told(pair) if line["code"] in ("strong", "for")]
    return {
        "cells": [
            {
                "text": _("%(one)s and %(other)s") % {"one": called[0].name, "other": called[1].name},
                "url": reverse("cases:pair", args=[pair.uuid]),
                "note": " · ".join(case.number for case in pair.cases),
            },
            {"text": str(reasons.likely(pair))},
            {"text": "; ".join(why)},
        ]
    }


def _last():
    """How far the search is that goes on, or when the last one ended."""
    sweep = queries.last_sweep()
    if sweep is None:
        return {"progress": None, "ended": ""}
    if sweep.state not in queries.MOVING:
        found = ngettext("%(n)d pair found", "%(n)d pairs found", sweep.found) % {"n": sweep.found}
        words = {"when": moment_text(sweep.finished_at or sweep.asked_at), "state": sweep.get_state_display(), "found": found}
        return {"progress": None, "ended": _("Last search: %(when)s, %(state)s, %(found)s.") % words}
    is_reading = sweep.state != Sweep.State.COMPARING
    done, whole = (sweep.read, sweep.records) if is_reading else (sweep.compared, sweep.pieces)
    text = _("%(done)d of %(whole)d") % {"done": done, "whole": whole}
    progress = {"url": reverse("cases:sweep_progress"), "state": sweep.get_state_display(), "text": text, "done": done, "whole": whole}
    return {"progress": progress, "ended": ""}


class Progress(Page):
    """The part of the page that tells how far the search is, asked for again and again."""

    roles = DECIDERS

    def get(self, request, *args, **kwargs):
        return render(request, "cases/sweep.html", _last())


class SearchNow(ActionFormView):
    """Compare the whole register now instead of tonight."""

    action_name = "cases.sweep"
    form_class = forms.Form
    template_name = "cases/form.html"
    success_message = __("The search has begun. It goes on by itself.")

    def get_context_data(self, **context):
        back = {"url": reverse("cases:pairs"), "label": _("Perhaps registered twice")}
        lead = _("All records are compared with each other, as every night. Nothing is merged by it: people decide each pair.")
        return super().get_context_data(title=_("Search for duplicates now"), submit=_("Search now"), lead=lead, back=back, cancel_url=back["url"], **context)

    def act(self, form, client_key):
        return actions.sweep(by=self.worker, client_key=client_key)

    def get_success_url(self):
        return reverse("cases:pairs")


class PairPage(ActionFormView):
    """Two children side by side, with what speaks for one child and against it."""

    action_name = "cases.not_same_child"
    form_class = forms.Form
    template_name = "cases/pair.html"

    def get_record(self):
        self.pair = queries.pair_or_none(self.request.worker, self.kwargs["pair"]) or absent()
        self.cases = [case_or_404(case.uuid, self.request.worker) for case in self.pair.cases]
        return self.pair

    def get_context_data(self, **context):
        pair = self.pair
        is_open = pair.state == pair.State.PROPOSED
        return super().get_context_data(
            title=_("Is this one child?") if is_open else pair.get_state_display(),
            back={"url": reverse("cases:pairs"), "label": _("Perhaps registered twice")},
            likely=reasons.likely(pair), sides=[side(case) for case in self.cases], reasons=reasons.told(pair), is_open=is_open,
            merge_url=reverse("cases:merge_decision", args=[pair.merge.uuid]) if pair.merge_id else "", other_key=uuid.uuid4(), **context,
        )  # fmt: skip

    def act(self, form, client_key):
        if "same" in self.request.POST:
            return actions.same_child(self.pair, by=self.worker, client_key=client_key)
        return actions.not_same_child(self.pair, by=self.worker, client_key=client_key)

    def get_success_url(self):
        return reverse("cases:merge_decision", args=[self.result.uuid]) if "same" in self.request.POST else reverse("cases:pairs")

    def get_success_message(self):
        if "same" in self.request.POST:
            return _("Proposed to merge. Another supervisor decides.")
        return _("Noted: two children. This pair is not shown again.")
