"""The page of one side of a pair of two offices, and the page of the national matching desk. What a page may show is asked at each opening."""

import uuid

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.cases.elsewhere import actions, queries
from romsai.cases.forms import ElsewhereForm
from romsai.cases.models import Inquiry
from romsai.cases.pairs import reasons
from romsai.cases.views.case import case_or_404
from romsai.core import access
from romsai.core.dates import day_text, moment_text
from romsai.core.views import ActionFormView, absent, visible_or_404


def stage_words(stage):
    return {
        queries.OPEN: _("Waits for your answer"), queries.WAITS: _("Waits for the other side"), queries.BOTH: _("Both sides agreed"),
        queries.ENDED: _("Nothing came of it"), queries.MERGED: _("Merged"),
    }[stage]  # fmt: skip


class OneSide(ActionFormView):
    """May a child of ours be known elsewhere? Our side and what speaks for it; the other side once both agreed, for a while."""

    action_name = "cases.agree_to_look"
    form_class = ElsewhereForm
    template_name = "cases/elsewhere.html"
    FINDS = {"same": actions.one_child, "different": actions.two_children, "part": actions.part_again}

    def get_record(self):
        self.inquiry = visible_or_404(Inquiry.objects.select_related("case"), uuid=self.kwargs["inquiry"])
        self.case = case_or_404(self.inquiry.case.uuid, self.worker)
        with access.system(on_behalf=self.worker, purpose=queries.PURPOSE):
            self.sides = queries.sides_of(self.inquiry) or absent()
        return self.inquiry

    def get_form_class(self):
        return forms.Form if self.finding else ElsewhereForm

    @property
    def finding(self):
        """What a button of its own says; the form is for the first answer."""
        return next((name for name in self.FINDS if name in self.request.POST), None)

    def get_context_data(self, **context):
        sides, stage = self.sides, self.sides.stage
        with access.system(on_behalf=self.worker, purpose=queries.PURPOSE):
            own = {"title": self.case.called.name, "lang": self.case.called.lang, "note": self.case.number, "url": reverse("cases:case", args=[self.case.uuid]), "rows": queries.facts(sides.own.case)}
            other = {"title": _("The other side"), "rows": queries.facts(sides.other.case) + queries.office(sides.other.case)} if stage == queries.BOTH else None
        title = _("Is this one child?") if other else _("A child of yours may be known elsewhere")
        until = moment_text(sides.until) if other else ""
        return super().get_context_data(
            title=title, stage=stage, state=stage_words(stage), likely=reasons.likely(sides.pair), own=own, other=other, until=until,
            reasons=reasons.told(sides.pair) if other else reasons.told_blind(sides.pair), back={"url": reverse("cases:pairs"), "label": _("Perhaps registered twice")},
            we_said=sides.says_so(sides.own), they_said=bool(other) and sides.says_so(sides.other), keys=[uuid.uuid4(), uuid.uuid4()],
            can_part=stage == queries.MERGED and access.may(self.worker, "cases.part_again", self.record),
            merged=_("Merged on %(day)s") % {"day": day_text(sides.pair.merge.decided_at)} if stage == queries.MERGED else "",
            is_open=stage == queries.OPEN, cancel_url=reverse("cases:pairs"), **context,
        )  # fmt: skip

    def act(self, form, client_key):
        if self.finding:
            return self.FINDS[self.finding](self.inquiry, by=self.worker, client_key=client_key)
        answer = actions.agree_to_look if form.cleaned_data["answer"] == "yes" else actions.refuse_to_look
        return answer(self.inquiry, by=self.worker, client_key=client_key, why=form.cleaned_data["why"])

    def get_success_message(self):
        if self.finding == "same":
            return _("Merged: one case is kept, the other is marked as its duplicate.") if self.result.decided_at else _("Proposed to merge. The other side decides.")
        return {"different": _("Noted: two children. This pair is not shown again."), "part": _("The merge is taken back. They are two cases again.")}.get(self.finding, _("Your answer is kept."))

    def get_success_url(self):
        return reverse("cases:elsewhere", args=[self.inquiry.uuid])


class AskSides(ActionFormView):
    """For the matching desk: how far a pair is, which offices it is between, and asking them. Names only once both offices agreed."""

    action_name = "cases.ask_sides"
    form_class = forms.Form
    template_name = "cases/ask_sides.html"
    success_message = __("Both offices are asked.")

    def get_record(self):
        self.pair = queries.pair_across(self.worker, self.kwargs["pair"]) or absent()
        return self.pair

    def get_context_data(self, **context):
        pair, sides = self.pair, self.pair.sides
        agreed = sides is not None and sides.stage == queries.BOTH
        with access.system(on_behalf=self.worker, purpose=queries.PURPOSE):
            shown = [
                {"title": _("One side") if n == 0 else _("The other side"), "rows": queries.office(case) + [{"label": _("Answer"), "value": _said(sides, case)}] + (queries.facts(case) if agreed else [])}
                for n, case in enumerate(pair.cases)
            ]  # fmt: skip
        return super().get_context_data(
            title=_("One child with two offices?"), likely=reasons.likely(pair), state=how_far(pair), reasons=reasons.told_blind(pair), shown=shown,
            can_ask=pair.state == pair.State.PROPOSED and (sides is None or sides.stage == queries.ENDED), is_again=sides is not None,
            back={"url": reverse("cases:pairs"), "label": _("Perhaps registered twice")}, cancel_url=reverse("cases:pairs"), **context,
        )  # fmt: skip

    def act(self, form, client_key):
        return actions.ask_sides(self.pair, by=self.worker, client_key=client_key)[0]

    def get_success_url(self):
        return reverse("cases:ask_sides", args=[self.pair.uuid])


def how_far(pair):
    """One line on a pair, for the desk."""
    if pair.sides is None:
        return _("Not asked yet")
    answered = [queries.agrees(row) for row in (pair.sides.own, pair.sides.other)]
    if pair.sides.stage in (queries.ENDED, queries.MERGED, queries.BOTH):
        return stage_words(pair.sides.stage)
    return _("One side agreed, the other has not answered") if any(answered) else _("Both were asked, none has answered")


def _said(sides, case):
    row = next((row for row in (sides.own, sides.other) if row.case_id == case.pk), None) if sides else None
    if row is None:
        return _("not asked yet")
    if row.answer == "NO":
        return _("No")
    return _("Yes") if queries.agrees(row) else _("none yet")
