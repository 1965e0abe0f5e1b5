"""The doors of this room: what is due, rounds, holds and the ledger for the data protection officer; a hold on the case page."""

import json

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.utils.translation import ngettext

from romsai.cases.views.case import case_or_404
from romsai.core import access, second
from romsai.core.dates import day_text, moment_text
from romsai.core.views import ActionFormView, Page, absent
from romsai.places import codes
from romsai.places.forms import ConfirmForm
from romsai.places.models import Worker
from romsai.retention import actions, forms, queries, schedule
from romsai.retention.models import Ground, Round

OFFICERS = ["DPO"]
PER_PAGE = 50


def _home():
    return {"url": reverse("retention:due"), "label": _("Keeping and erasing")}


class OfficerPage(Page):
    """A page of numbers, read as the system: the officer reaches no case."""

    roles = OFFICERS

    def get(self, request, *args, **kwargs):
        with access.system(purpose="retention"):
            return self.drawn(request, self.get_context_data(**kwargs))

    def drawn(self, request, context):
        return render(request, self.template_name, context)


class OfficerForm(ActionFormView):
    """A form of the officer's on a page of its own."""

    roles = OFFICERS
    template_name = "form_page.html"
    title, submit, lead, warning = "", __("Save"), "", False

    def get_context_data(self, **context):
        given = {"title": self.title, "submit": self.submit, "lead": self.lead, "warning": self.warning, "cancel_url": self.back_url(), "back": _home()}
        return super().get_context_data(**given, **context)

    def back_url(self):
        return reverse("retention:due")


# what is due


class DuePage(OfficerPage):
    """What is due and why, class by class; nothing of it goes by itself."""

    template_name = "retention/due.html"

    def get_context_data(self, **context):
        found = queries.due_by_class(self.worker)
        kind = self.request.GET.get("class", "")
        kind = kind if kind in found else ""
        page = Paginator(queries.due(self.worker, kind), PER_PAGE).get_page(self.request.GET.get("page"))
        tiles = [
            {"value": n, "label": codes.label("retention_class", name), "url": f"{reverse('retention:due')}?class={name}", "current": name == kind}
            for name, n in found.items()
        ]
        columns = [{"label": label} for label in (_("Record"), _("Class"), _("Time over"), _("Why"), _("State"))]
        links = [
            {"title": _("Erase one case"), "note": _("Because the person asked, a court ordered it, or it should never have been kept"), "url": reverse("retention:erase")},
            {"title": _("Rounds"), "note": _("What was decided, what waits, what was done"), "url": reverse("retention:rounds")},
            {"title": _("Legal holds"), "note": _("What must stay whatever its time"), "url": reverse("retention:holds")},
            {"title": _("Ledger"), "note": _("What was erased, by whom, on what ground"), "url": reverse("retention:ledger")},
        ]  # fmt: skip
        return super().get_context_data(
            tiles=tiles, columns=columns, rows=[_due_row(row) for row in page], page=page, kind=kind, links=links,
            erase_label=_("Propose to erase all of this class"), **context,
        )  # fmt: skip


def _due_row(row):
    if row.case:
        called = {"text": row.case.number}
    else:
        called = {"text": _("Report of %(day)s") % {"day": day_text(row.report.received_at.date())}, "note": codes.label("report_channel", row.report.channel)}
    tags = [{"text": _("legal hold"), "icon": "lock"}] if row.is_held else []
    tags += [{"text": _("in a round"), "kind": "brand"}] if row.is_taken else []
    why = _("Counted from %(what)s: %(day)s.") % {"what": schedule.STARTS[row.counted_from], "day": day_text(row.started_on)}
    return {"cells": [called, {"text": codes.label("retention_class", row.kind)}, {"text": day_text(row.due_on)}, {"text": why}, {"text": "", "tags": tags}]}


class Erase(OfficerForm):
    """One case, by its number."""

    form_class = forms.EraseForm
    title, submit, warning = __("Erase one case"), __("Propose it to a second person"), True
    lead = __("Everything written, the names, the papers and the keys go for good, and so do people and reports that no other case needs.")

    def act(self, form, client_key):
        return actions.draw_up(by=self.worker, client_key=client_key, **form.cleaned_data)

    def get_success_url(self):
        return reverse("retention:round", args=[self.result.uuid])


class EraseClass(Erase):
    """Everything due of a class that no hold keeps."""

    form_class = forms.EraseClassForm

    def get_record(self):
        if self.request.worker.role in OFFICERS:
            with access.system(purpose="retention"):
                self.found = queries.due_by_class(self.request.worker).get(self.kwargs["kind"]) or absent()

    @property
    def title(self):
        return _("Erase what is due: %(what)s") % {"what": codes.label("retention_class", self.kwargs["kind"])}

    @property
    def lead(self):
        n = self.found
        return ngettext("%(n)d record is due. One under a legal hold stays.", "%(n)d records are due. Those under a legal hold stay.", n) % {"n": n}

    def act(self, form, client_key):
        return actions.draw_up(by=self.worker, client_key=client_key, ground=Ground.SCHEDULE, kind=self.kwargs["kind"], **form.cleaned_data)


# rounds


class Rounds(OfficerPage):
    template_name = "retention/rounds.html"

    def get_context_data(self, **context):
        page = Paginator(queries.rounds(), PER_PAGE).get_page(self.request.GET.get("page"))
        columns = [{"label": _("Decision")}, {"label": _("Ground")}, {"label": _("State")}, {"label": _("Records"), "numeric": True}, {"label": _("Erased"), "numeric": True}]
        rows = [
            {"cells": [
                {"text": moment_text(found.drawn_at), "url": reverse("retention:round", args=[found.uuid]), "note": found.by.name},
                {"text": found.get_ground_display()}, {"text": found.get_state_display()}, {"text": found.whole}, {"text": found.erased},
            ]}
            for found in page
        ]  # fmt: skip
        return super().get_context_data(columns=columns, rows=rows, page=page, back=_home(), **context)


class RoundPage(OfficerPage):
    """One decision: who took it, when its day is, how far it is, what was kept back and why."""

    template_name = "retention/round.html"

    def get_context_data(self, *, uuid, **context):
        found = queries.rounds().filter(uuid=uuid).first() or absent()
        kept = {}
        for line in found.lines.exclude(state__in=["DONE", "WAITING"]):
            kept[line.get_state_display()] = kept.get(line.get_state_display(), 0) + 1
        rows = [
            (_("State"), found.get_state_display()), (_("Ground"), found.get_ground_display()),
            (_("Class"), codes.label("retention_class", found.kind) if found.kind else ""), (_("Proposed by"), f"{found.by.name}, {moment_text(found.drawn_at)}"),
            (_("Confirmed by"), f"{found.second.name}, {moment_text(found.decided_at)}" if found.second else ""),
            (_("Carried out on or after"), moment_text(found.not_before) if found.not_before else ""),
            (_("Finished"), moment_text(found.finished_at) if found.finished_at else ""),
            (_("Stopped by"), found.stopped_by.name if found.stopped_by else ""),
            (_("Records"), str(found.whole)), (_("Erased"), str(found.erased)), *kept.items(),
        ]  # fmt: skip
        return super().get_context_data(
            round=found, rows=[{"label": str(label).capitalize(), "value": value} for label, value in rows if value], back=_home() | {"url": reverse("retention:rounds"), "label": _("Rounds")},
            is_moving=found.state == Round.State.RUNNING, can_stop=found.state in (Round.State.DRAWN, Round.State.WAITING, Round.State.RUNNING), **context,
        )  # fmt: skip

    def drawn(self, request, context):
        if request.htmx and context["is_moving"]:
            return render(request, "retention/progress.html", context)
        answer = super().drawn(request, context)
        if request.htmx:
            answer["HX-Refresh"] = "true"
        return answer


class StopRound(OfficerForm):
    form_class = ConfirmForm
    title, submit, warning = __("Stop this round"), __("Stop it"), True
    lead = __("What was erased already stays erased. Nothing more of it is, until two people decide again.")

    def get_record(self):
        if self.request.worker.role not in OFFICERS:
            raise Http404
        with access.system(purpose="retention"):
            return Round.objects.filter(uuid=self.kwargs["uuid"]).first() or absent()

    def act(self, form, client_key):
        return actions.stop(self.record, by=self.worker, client_key=client_key)

    def get_success_url(self):
        return reverse("retention:round", args=[self.kwargs["uuid"]])

    back_url = get_success_url


# holds


class Holds(OfficerPage):
    template_name = "retention/holds.html"

    def get_context_data(self, **context):
        page = Paginator(queries.holds(self.worker), PER_PAGE).get_page(self.request.GET.get("page"))
        columns = [{"label": label} for label in (_("Case"), _("Why it must stay"), _("Placed"), _("Change"))]
        rows = [
            {"cells": [
                {"text": held.case.number}, {"text": held.get_kind_display()}, {"text": moment_text(held.placed_at), "note": held.placed_by.name},
                {"text": _("Lift"), "url": reverse("retention:lift", args=[held.uuid])},
            ]}
            for held in page
        ]  # fmt: skip
        return super().get_context_data(columns=columns, rows=rows, page=page, back=_home(), **context)


class PlaceHoldByNumber(OfficerForm):
    form_class = forms.HoldByNumberForm
    title, submit = __("Place a legal hold"), __("Place the hold")
    lead = __("From now on nothing erases this case. Two people can lift the hold again.")
    success_message = __("The hold is placed.")

    def act(self, form, client_key):
        return actions.hold_by_number(by=self.worker, client_key=client_key, **form.cleaned_data)

    def get_success_url(self):
        return reverse("retention:holds")

    back_url = get_success_url


class PlaceHold(ActionFormView):
    """By whoever works on the case or leads them: also the way to stop an erasure that should not be."""

    template_name = "form_page.html"
    form_class = forms.HoldForm
    action_name = "retention.hold"
    success_message = __("The hold is placed. Nothing erases this case before two people lift it.")

    def get_record(self):
        return case_or_404(self.kwargs["case"], self.request.worker)

    def get_context_data(self, **context):
        back = {"url": self.get_success_url(), "label": self.record.called.name}
        lead = _("From now on nothing erases this case. Two people can lift the hold again.")
        given = {"title": _("Place a legal hold"), "submit": _("Place the hold"), "lead": lead, "cancel_url": back["url"], "back": back}
        return super().get_context_data(**given, **context)

    def act(self, form, client_key):
        return actions.hold(self.record, by=self.worker, client_key=client_key, **form.cleaned_data)

    def get_success_url(self):
        return reverse("cases:case", args=[self.kwargs["case"]])


class Lift(OfficerForm):
    form_class = forms.ReasonForm
    title, submit, warning = __("Lift a legal hold"), __("Propose it to a second person"), True
    success_message = __("A second person must confirm this within a day. Until then the hold stays.")

    def get_record(self):
        if self.request.worker.role not in OFFICERS:
            raise Http404
        with access.system(purpose="retention"):
            return queries.holds(self.request.worker).filter(uuid=self.kwargs["uuid"]).first() or absent()

    @property
    def lead(self):
        return _("Case %(number)s: %(why)s.") % {"number": self.record.case.number, "why": self.record.get_kind_display()}

    def act(self, form, client_key):
        return second.propose(
            "retention.lift", by=self.worker, client_key=client_key, reason=form.cleaned_data["reason"], hold=str(self.record.uuid)
        )

    def get_success_url(self):
        return reverse("retention:holds")

    back_url = get_success_url


# the ledger


class LedgerPage(OfficerPage):
    """Every erasure: a line that names nobody. Whoever knows a number finds its line."""

    template_name = "retention/ledger.html"

    def get_context_data(self, **context):
        asked = self.request.GET.get("number", "").strip()[:60]
        page = Paginator(queries.entries(asked), PER_PAGE).get_page(self.request.GET.get("page"))
        lines = [json.loads(entry.line) for entry in page]
        names = dict(Worker.objects.filter(uuid__in={pk for line in lines for pk in line["by"]}).values_list("uuid", "name"))
        names = {str(pk): name for pk, name in names.items()}
        columns = [{"label": _("Line"), "numeric": True}, {"label": _("Erased")}, {"label": _("What")}, {"label": _("Ground")}, {"label": _("Decided by")}]
        what = {"case": _("case"), "report": _("report without a case")}
        rows = [
            {"cells": [
                {"text": str(line["n"])}, {"text": moment_text(parse_datetime(line["at"]))},
                {"text": what[line["what"]].capitalize(), "note": codes.label("retention_class", line["class"])},
                {"text": Ground(line["ground"]).label},
                {"text": ", ".join(names.get(pk, _("not known")) for pk in line["by"])},
            ]}
            for line in lines
        ]  # fmt: skip
        checked = queries.ledger_checked_at()
        return super().get_context_data(
            columns=columns, rows=rows, page=page, asked=asked, checked=moment_text(checked) if checked else "", back=_home(), **context
        )
