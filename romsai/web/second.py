"""What waits for a second person: the list, and one proposal to confirm or decline."""

from django import forms
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.core import second
from romsai.core.access.policy import policy
from romsai.core.dates import moment_text
from romsai.core.views import ActionFormView, Page, absent

DECIDES = sorted({role for line in policy().actions.values() for role in line.second})


class Waiting(Page):
    """Everything that this worker may confirm, oldest first, and what they wait for themselves."""

    roles = DECIDES
    template_name = "second/list.html"

    def get_context_data(self, **context):
        columns = [{"label": _("What is proposed")}, {"label": _("By")}, {"label": _("Lapses")}]
        rows = [self._row(proposal) for proposal in second.waiting_for(self.worker)]
        own = [self._row(proposal) for proposal in second.proposed_by(self.worker)]
        return super().get_context_data(columns=columns, rows=rows, own=own, **context)

    @staticmethod
    def _row(proposal):
        title, _rows, proposer = second.shown(proposal)
        cells = [{"text": title, "url": reverse("second", args=[proposal.uuid])}, {"text": proposer}]
        return {"cells": [*cells, {"text": moment_text(proposal.lapses_at)}]}


class DecideForm(forms.Form):
    """The answer of the second person; who proposed it can only take it back."""

    answer = forms.ChoiceField(
        label=__("Your answer"),
        choices=[("confirm", __("Yes, do this")), ("decline", __("No, do nothing"))],
        widget=forms.RadioSelect(attrs={"data-small": True}),
    )

    def __init__(self, *args, is_own, **kwargs):
        super().__init__(*args, **kwargs)
        if is_own:
            self.fields["answer"].choices = [("decline", __("Take it back"))]


class Decide(ActionFormView):
    """One proposal, to confirm or decline."""

    form_class = DecideForm
    template_name = "second/decide.html"
    asks_again = True

    def get_record(self):
        return self.found

    @cached_property
    def found(self):
        mine = [*second.waiting_for(self.worker), *second.proposed_by(self.worker)]
        return next((proposal for proposal in mine if proposal.uuid == self.kwargs["uuid"]), None) or absent()

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"is_own": self.record.proposer_id == self.worker.pk}

    def get_context_data(self, **context):
        title, rows, proposer = second.shown(self.record)
        rows = [
            *rows,
            {"label": _("Proposed by"), "value": f"{proposer}, {moment_text(self.record.proposed_at)}"},
            {"label": _("Lapses"), "value": moment_text(self.record.lapses_at)},
        ]
        if self.record.reason:
            rows.append({"label": _("Reason"), "value": self.record.reason})
        back = {"url": reverse("seconds"), "label": _("For a second person")}
        return super().get_context_data(title=title, rows=rows, back=back, **context)

    def act(self, form, client_key):
        decide = second.confirm if form.cleaned_data["answer"] == "confirm" else second.decline
        return decide(self.record, by=self.worker, client_key=client_key)

    def get_success_message(self):
        if self.result.state == self.result.State.CONFIRMED:
            return _("Confirmed and done.")
        return _("Declined. Nothing was done.")

    def get_success_url(self):
        return second.page_of(self.result) or reverse("seconds")
