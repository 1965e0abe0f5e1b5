"""The doors of exports: what went out, a new one, one with its file."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.core import access
from romsai.core.actions import Refused
from romsai.core.dates import moment_text
from romsai.core.views import ActionFormView, Page, SignedIn, absent
from romsai.exchange import forms
from romsai.exchange.exports import actions, asking, queries
from romsai.exchange.models import Export

OCTETS = "application/octet-stream"


class ForExporters:
    """Only for who may take anything out at all."""

    def dispatch(self, request, *args, **kwargs):
        if request.worker is not None and not asking.may_export(request.worker):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class Exports(ForExporters, Page):
    """What this worker took out, what waits for a second person, and the way to a new one."""

    template_name = "exchange/exports.html"

    def get_context_data(self, **context):
        columns = [{"label": _("What")}, {"label": _("What for")}, {"label": _("State")}]
        rows = [{"cells": _cells(made, made.asked, reverse("exchange:export", args=[made.uuid]), _state(made), made.asked_at)} for made in queries.exports_of(self.worker)]  # fmt: skip
        waiting = [
            {"cells": _cells(made, asked, reverse("second", args=[made.uuid]), _("Waits for a second person"), made.proposed_at)}
            for made, asked in queries.waiting_of(self.worker)
        ]
        lists = [{"label": words, "url": f"{reverse('exchange:new_export')}?page={name}"} for name, words in asking.pages_of(self.worker).items()]
        return super().get_context_data(columns=columns, rows=rows, waiting=waiting, lists=lists, **context)


def _cells(made, asked, url, state, at):
    number = made.written if isinstance(made, Export) and made.state == Export.State.DONE else len(asked["cases"])
    what = f"{asking.count_words(number)}, {asking.Format(asked['format']).value}"
    return [
        {"text": what, "url": url, "note": moment_text(at)},
        {"text": asked["purpose"], "note": asked["recipient"]},
        {"text": state},
    ]


def _state(made):
    """In words; a file whose time is over is over, whether or not the job has come by."""
    is_over = made.state == Export.State.DONE and not actions.is_there(made)
    return Export.State.EXPIRED.label if is_over else made.get_state_display()


class NewExport(ForExporters, ActionFormView):
    """Which cases is in the address, as the list had it; the rest is said here."""

    template_name = "exchange/new_export.html"
    form_class = forms.ExportForm
    success_message = __("The file is being written.")

    @cached_property
    def page(self):
        pages = asking.pages_of(self.worker)
        asked = self.request.GET.get("page") or next(iter(pages), "")
        return asked if asked in pages else absent()

    @cached_property
    def query(self):
        return asking.query_of(self.request.GET)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"worker": self.worker}

    def get_context_data(self, **context):
        back = {"url": f"{reverse(f'cases:{self.page}')}?{self.query}", "label": asking.PAGES[self.page][0]}
        count = self.count
        rows = [
            {"label": _("Of the list"), "value": asking.PAGES[self.page][0]},
            {"label": _("Narrowed by"), "value": asking.query_words(self.query)},
            {"label": _("Cases"), "value": count["number"], "note": count["note"]},
        ]
        return super().get_context_data(rows=rows, back=back, cancel_url=reverse("exchange:exports"), **context)

    @property
    def count(self):
        try:
            number = asking.found(self.worker, page=self.page, query=self.query, at=timezone.now()).count()
        except Refused as refusal:
            return {"number": str(refusal), "note": ""}
        before = actions.taken_out(self.worker)
        said = [asking.count_words(number)]
        if before:
            said.append(_("Taken out by you within the last day: %(n)d.") % {"n": before})
        if number + before > asking.ALONE:
            said.append(_("More than 25 in a day need a second person."))
        return {"number": said[0], "note": " ".join(said[1:])}

    def act(self, form, client_key):
        return actions.ask(by=self.worker, client_key=client_key, page=self.page, query=self.query, **form.cleaned_data)

    def get_success_url(self):
        return reverse("exchange:export", args=[self.result.uuid]) if isinstance(self.result, Export) else reverse("exchange:exports")

    def get_success_message(self):
        if isinstance(self.result, Export):
            return self.success_message
        return _("Asked. As soon as a second person has agreed, the file is written. After a day without an answer it lapses.")


class OneExport(ForExporters):
    """A page about one export of the worker's own."""

    def get_record(self):
        return queries.export_or_none(self.request.worker, self.kwargs["uuid"]) or absent()


class ExportPage(OneExport, Page):
    """What is in it, how far it is, and the file while it is there."""

    def get(self, request, *args, **kwargs):
        made = self.get_record()
        context = self.get_context_data(
            export=made,
            state=_state(made),
            title=_("Export: %(what)s") % {"what": asking.count_words(made.written if made.state == Export.State.DONE else made.rows)},
            rows=[*asking.rows(made.asked), *_course(made)],
            progress=_progress(made) if made.is_moving else None,
            is_there=actions.is_there(made) and actions.is_still_theirs(made),
            is_encrypted=bool(made.asked["recipient_key"]),
            left_out=made.rows - made.written if made.state == Export.State.DONE else 0,
            back={"url": reverse("exchange:exports"), "label": _("What went out")},
        )
        if request.htmx and made.is_moving:
            return render(request, "exchange/progress.html", context)
        response = render(request, "exchange/export.html", context)
        if request.htmx:
            response = HttpResponse(status=204)
            response["HX-Refresh"] = "true"
        return response


def _course(made):
    shown = [
        (_("Asked"), made.asked_at),
        (_("Written"), made.finished_at if made.state != Export.State.STOPPED else None),
        (_("Fetched for the first time"), made.fetched_at),
        (_("Can be fetched until"), made.expires_at if actions.is_there(made) else None),
    ]
    return [{"label": label, "value": moment_text(moment)} for label, moment in shown if moment]


def _progress(made):
    return {
        "url": reverse("exchange:export", args=[made.uuid]),
        "state": made.get_state_display(),
        "text": _("%(done)d of %(whole)d cases") % {"done": made.gone_through, "whole": made.rows},
        "done": made.gone_through,
        "whole": made.rows,
    }


class Fetch(OneExport, SignedIn):
    """The file. After its week, and to anybody else, it is not there."""

    def get(self, request, *args, **kwargs):
        try:
            made = actions.fetch_export(self.get_record(), by=request.worker)
        except access.Forbidden:
            raise Http404 from None
        answer = HttpResponse(made.content, content_type=OCTETS)
        answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
        answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
        answer["X-Content-Type-Options"] = "nosniff"
        return answer


class Discard(OneExport, ActionFormView):
    """Delete the file before its time."""

    template_name = "exchange/ask.html"
    form_class = forms.ConfirmForm
    action_name = "exchange.discard_export"
    success_message = __("The file is deleted.")

    def get_context_data(self, **context):
        told = {
            "title": _("Delete the file"), "text": _("It can be fetched no more. Copies that were fetched before are not ours to delete: ask who has them."),
            "submit": _("Delete it"), "kind": "warning", "cancel_url": self.get_success_url(),
        }  # fmt: skip
        return super().get_context_data(**told, **context)

    def get(self, request, *args, **kwargs):
        if self.record.state not in (Export.State.WRITING, Export.State.DONE):
            return HttpResponseRedirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def act(self, form, client_key):
        return actions.discard_export(self.record, by=self.worker, client_key=client_key)

    def get_success_url(self):
        return reverse("exchange:export", args=[self.record.uuid])
