"""Opening a case in an emergency, and looking at it afterwards."""

import uuid

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.cases import glass, tabs
from romsai.cases.forms import GlassForm, NoteForm, VerdictForm
from romsai.cases.models import Glass, Verdict
from romsai.cases.views.work import OnCase
from romsai.cases.words import LEVEL_WORDS, due
from romsai.core.dates import moment_text
from romsai.core.views import ActionFormView, Page, visible_or_404
from romsai.places import codes
from romsai.places.profile import profile


class BreakGlass(ActionFormView):
    """Number, two facts and a reason. What opens nothing is kept too, so its answer is no refusal that would be rolled back."""

    action_name = "cases.break_glass"
    template_name = "cases/glass_open.html"
    form_class = GlassForm
    asks_again = True

    def get_context_data(self, **context):
        hours = round(profile().limit("emergency_access", "HIGH").total_seconds() / 3600)
        return super().get_context_data(hours=hours, most=glass.MOST, cancel_url=reverse("home"), **context)

    def act(self, form, client_key):
        return glass.break_glass(by=self.worker, client_key=client_key, **form.cleaned_data)

    def form_valid(self, form):
        answer = super().form_valid(form)
        if answer.status_code != 302 or self.result.glass_id:
            return answer
        form.add_error(
            None,
            _(
                "Nothing was opened by what you wrote. Check the number, the name and the year. After five such attempts in a day nothing opens. "
                "If a child is in danger, call the emergency number now."
            ),
        )
        context = self.get_context_data(form=form)
        context["client_key"] = uuid.uuid4()  # the next attempt is another one
        return self.render_to_response(context)

    def get_success_url(self):
        if not self.result.glass_id:
            return reverse("cases:break_glass")
        return reverse("cases:case", args=[visible_or_404(Glass.objects.select_related("case"), pk=self.result.glass_id).case.uuid])


class CloseGlass(ActionFormView):
    action_name = "cases.close_glass"
    template_name = "cases/form.html"
    form_class = forms.Form
    success_message = __("The case is closed to you again.")

    def get_record(self):
        return visible_or_404(Glass.objects.open(at=timezone.now()).filter(worker=self.worker), uuid=self.kwargs["glass"])

    def get_context_data(self, **context):
        return super().get_context_data(title=_("Close the case again"), submit=_("Close it"), cancel_url=reverse("home"), **context)

    def act(self, form, client_key):
        return glass.close_glass(self.record, by=self.worker, client_key=client_key)

    def get_success_url(self):
        return reverse("home")


class NoteThroughGlass(OnCase):
    action_name = "cases.note_through_glass"
    form_class = NoteForm
    title, submit = __("Write what you did"), __("Save the note")
    lead = __("The worker of the case reads it.")
    success_message = __("The note is kept.")

    def act(self, form, client_key):
        return glass.note_through_glass(self.case, by=self.worker, client_key=client_key, **form.cleaned_data)


class Requests(Page):
    """What was opened in an emergency, newest first."""

    roles = glass.REVIEWERS
    template_name = "cases/glass_list.html"

    def get_context_data(self, **context):
        columns = [{"label": label} for label in (_("Who"), _("When"), _("Reason"), _("Looked at"))]
        rows = [row(request, timezone.now()) for request in glass.seen_by(self.worker)]
        return super().get_context_data(columns=columns, rows=rows, **context)


def row(request, now):
    if request.glass is None:
        said = {"text": _("Nothing was opened")}
    elif request.reviewed_at:
        said = {"text": Verdict(request.verdict).label, "late": request.verdict == Verdict.MISUSE}
    else:
        when, note, is_late = due(request.review_by, now=now)
        said = {"text": when, "note": note, "late": is_late}
    who = {"text": request.worker.name, "note": request.worker.agency.name}
    if request.is_told:
        who["url"] = reverse("cases:glass_request", args=[request.uuid])
    return {"cells": [who, {"text": moment_text(request.asked_at)}, {"text": glass.reason_words(request.reason)}, said]}


class Review(ActionFormView):
    """What was asked and what was looked at, and the verdict. Nothing of the case itself."""

    template_name = "cases/glass_review.html"
    form_class = VerdictForm
    success_message = __("What you found is kept.")

    def get_record(self):
        if self.worker.role not in glass.REVIEWERS:
            raise Http404
        found = [line for line in glass.seen_by(self.worker) if line.uuid == self.kwargs["opening"] and line.is_told]
        if not found:
            raise Http404
        return found[0]

    def get_context_data(self, **context):
        request, now = self.record, timezone.now()
        opened = request.glass
        when, note, is_late = due(request.review_by, now=now)
        worker = request.worker
        rows = [
            {"label": _("Who"), "value": worker.name, "note": f"{codes.label('user_role', worker.role)}, {worker.agency.name}"},
            {"label": _("Case"), "value": opened.case.number},
            {"label": _("Reason"), "value": glass.reason_words(request.reason)},
            {"label": _("In their words"), "value": request.why},
            {"label": _("Opened"), "value": moment_text(opened.opened_at)},
            {"label": _("Closed") if opened.closed_at else _("Open until"), "value": moment_text(opened.closed_at or opened.until_at)},
        ]
        looks = [
            {"cells": [{"text": moment_text(line.at)}, {"text": tabs.deed(line), "note": ", ".join(str(LEVEL_WORDS.get(level, level)) for level in sorted(line.reads))}]}
            for line in glass.looked_at(request, self.worker)
        ]  # fmt: skip
        verdict = None
        if request.reviewed_at:
            verdict = {
                "text": Verdict(request.verdict).label,
                "by": request.reviewed_by.name,
                "at": moment_text(request.reviewed_at),
                "remark": request.remark,
            }
        return super().get_context_data(
            rows=rows, looks=looks, look_columns=[{"label": _("When")}, {"label": _("What")}], verdict=verdict,
            when=when, when_note=note, is_late=is_late, may_judge=verdict is None and self.is_told,
            back={"url": reverse("cases:glass_requests"), "label": _("Opened in an emergency")}, **context,
        )  # fmt: skip

    @property
    def is_told(self):
        return any(request.pk == self.record.pk for request in glass.to_review(self.worker))

    def act(self, form, client_key):
        return glass.review_glass(self.record, by=self.worker, client_key=client_key, **form.cleaned_data)

    def get_success_url(self):
        return reverse("cases:glass_requests")
