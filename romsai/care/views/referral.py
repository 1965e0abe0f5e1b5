"""Referrals: look for a provider, ask with consent, answer, note the service, close the loop; and what is shared meanwhile."""

import uuid

from django import forms
from django.db import transaction
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.care import actions, queries, sharing
from romsai.care.forms import (
    LEVEL_WORDS,
    AnswerReferralForm,
    IncidentForm,
    OutcomeForm,
    ProviderSearch,
    ReferForm,
    ServiceNoteForm,
    WithdrawalDecisionForm,
)
from romsai.care.models import (
    OPEN_REFERRAL,
    UNANSWERED,
    PlanAction,
    Referral,
    ReferralWords,
    ServiceNote,
    Share,
)
from romsai.cases import actions as cases
from romsai.cases.models import Case
from romsai.cases.queries import called, know_children
from romsai.cases.views.case import case_or_404
from romsai.cases.views.work import OnCase
from romsai.cases.words import due
from romsai.core import access, crypto
from romsai.core.actions import Refused
from romsai.core.dates import day_text, moment_text
from romsai.core.views import ActionFormView, Page, visible_or_404
from romsai.places import codes
from romsai.places.models import Facility


def told(case, levels):
    """queries.told with headings."""
    return [section | {"title": LEVEL_WORDS[section["level"]]} for section in queries.told(case, levels)]


# the sender


class Providers(Page):
    """Who offers a service, for this child, near this child."""

    template_name = "care/providers.html"

    def get_context_data(self, **context):
        case = case_or_404(self.kwargs["case"], self.worker)
        if not case.standing.may("care.refer"):
            raise Http404
        asked = "service" in self.request.GET
        form = ProviderSearch(self.request.GET if asked else None, initial={"area": case.area})
        found = None
        if asked and form.is_valid():
            found = queries.providers(form.cleaned_data["service"], child=case.child, area=form.cleaned_data["area"] or case.area)
            for place in found:
                place.refer_url = reverse("care:refer", args=[case.uuid, place.uuid, form.cleaned_data["service"]]) + self.from_action()
        back = {"url": reverse("cases:tab", args=[case.uuid, "referrals"]), "label": case.called.name}
        context |= {"case": case, "form": form, "found": found, "back": back, "plan_action": self.request.GET.get("action", "")}
        return super().get_context_data(**context)

    def from_action(self):
        action = self.request.GET.get("action", "")
        return f"?action={action}" if action else ""


class Refer(OnCase):
    """What is asked and what goes along; then a page that shows just that, with whom, until when; then it is sent."""

    action_name = "care.refer"
    form_class = ReferForm
    template_name = "care/refer.html"
    submit = __("Check what will be sent")
    success_message = __("The referral is sent.")

    def get_record(self):
        super().get_record()
        self.place = (
            Facility.objects.open()
            .select_related("agency")
            .filter(uuid=self.kwargs["facility"], services__service=self.kwargs["service"])
            .first()
        )
        if self.place is None:
            raise Http404
        return self.case

    def get_form_kwargs(self):
        now = timezone.localdate()
        agreed = self.case.consents.live(on=now).filter(
            kind="SHARE_NAMED", recipient=self.place.agency, decision__in=["CONSENT", "OVERRIDDEN"]
        )
        return super().get_form_kwargs() | {"consents": list(agreed.order_by("-asked_at"))}

    def get_context_data(self, **context):
        title = _("Refer to %(name)s") % {"name": self.place.name}
        lead = codes.label("service_type", self.kwargs["service"])
        return super().get_context_data(title=title, lead=lead, place=self.place, **context)

    def get_success_url(self):
        return reverse("care:referral", args=[self.result.uuid])

    def form_valid(self, form):
        step = self.request.POST.get("step", "check")
        if step == "send":
            return super().form_valid(form)
        if step == "check":
            try:
                with transaction.atomic():  # tried and taken back: what would be refused is said now, not after the last click
                    self.act(form, None)
                    transaction.set_rollback(True)
            except Refused as refusal:
                form.add_error(None, str(refusal))
                return self.form_invalid(form)
            return self.show_check(form)
        return self.render_to_response(self.get_context_data(form=form))

    def show_check(self, form):
        got = form.cleaned_data
        sent = [
            (name, value)
            for name, values in self.request.POST.lists()
            for value in values
            if name not in ("csrfmiddlewaretoken", "step", "client_key")
        ]
        agreed = got.get("consent")
        if agreed:
            basis = f"{codes.label('consent_giver', agreed.giver)}: {codes.label('consent_decision', agreed.decision)}"
        else:
            basis = f"{codes.label('consent_giver', got['giver'])}: {codes.label('consent_decision', got['decision'])}"
            if got["decision"] == "OVERRIDDEN":
                basis += f" ({codes.label('consent_override_reason', got['override_reason'])})"
        rows = [
            {"label": _("To"), "value": self.place.name, "note": self.place.agency.name},
            {"label": _("For"), "value": codes.label("service_type", self.kwargs["service"])},
            {"label": _("They read it until"), "value": day_text(got["until_on"])},
            {"label": _("Agreed by"), "value": basis},
            {"label": _("What is needed"), "value": got["need"]},
            {"label": _("How to reach the child safely"), "value": got["contact"] or _("They call you.")},
        ]
        context = self.get_context_data(form=form, rows=rows, sections=told(self.case, got["levels"]), sent=sent)
        return render(self.request, "care/refer_check.html", context)

    def act(self, form, client_key):
        got = form.cleaned_data
        agreed = got.get("consent")
        if agreed is None:
            agreed = cases.record_consent(
                self.case, by=self.worker, kind="SHARE_NAMED", giver=got["giver"], decision=got["decision"],
                override_reason=got["override_reason"] if got["decision"] == "OVERRIDDEN" else "", recipient=self.place.agency,
                levels=got["levels"], until_on=got["until_on"], note=got["note"], client_key=client_key and uuid.uuid5(client_key, "consent"),
            )  # fmt: skip
        return actions.refer(
            self.case, by=self.worker, service=self.kwargs["service"], facility=self.place, need=got["need"], contact=got["contact"], levels=got["levels"],
            until=sharing.end_of(got["until_on"]), consent=agreed, plan_action=self.plan_action(), client_key=client_key,
        )  # fmt: skip

    def plan_action(self):
        """The action of the plan that this referral carries out, where the worker came from one."""
        try:
            asked = uuid.UUID(self.request.GET.get("action", ""))
        except ValueError:
            return None
        return PlanAction.objects.visible().filter(case=self.case, uuid=asked).first()


# both


class ReferralPage(Page):
    """The recipient sees what was shared and nothing else; the sender sees how far it is."""

    template_name = "care/referral.html"

    def get_context_data(self, **context):
        referral = visible_or_404(
            Referral.objects.select_related("facility", "agency", "share", "owner", "answered_by"), uuid=self.kwargs["referral"]
        )
        case, child = child_of(referral)
        is_recipient = access.may(self.worker, "care.open_referral", referral)
        if is_recipient and referral.state == "SENT":
            referral = actions.open_referral(referral, by=self.worker)
        is_sender = access.may(self.worker, "care.close_referral", referral)
        words = ReferralWords.objects.visible().filter(referral=referral).first()
        notes = crypto.preload(ServiceNote.objects.visible().filter(referral=referral).select_related("by").order_by("-at"))
        share = Share.objects.visible().filter(pk=referral.share_id).first() if referral.share_id else None
        service = codes.label("service_type", referral.service)
        is_open = referral.state in OPEN_REFERRAL
        served = is_recipient and words is not None and referral.state in ("ACCEPTED", "WAITLISTED", "STARTED")
        return super().get_context_data(**context | {
            "referral": referral, "case": case, "words": words, "notes": notes, "is_recipient": is_recipient, "is_sender": is_sender, "child": child,
            "is_open": is_open, "title": service,
            "sections": told(case, share.levels) if is_recipient and case and share else [], "rows": self.rows(referral, share), "served": served,
            "may_answer": is_recipient and referral.state in (*UNANSWERED, "WAITLISTED") and words is not None,
            "answer_form": AnswerReferralForm(), "note_form": ServiceNoteForm(auto_id="note_%s"), "answer_key": uuid.uuid4(), "note_key": uuid.uuid4(),
            "may_cancel": is_sender and referral.state in (*UNANSWERED, "ACCEPTED", "WAITLISTED"),
            "back": {"url": reverse("care:inbox"), "label": _("Referrals")} if is_recipient else back_to_case(case),
        })  # fmt: skip

    def rows(self, referral, share):
        when, note, _late = due(referral.answer_by, now=timezone.now())
        rows = [
            {"label": _("State"), "value": codes.label("referral_state", referral.state)},
            {"label": _("Sent"), "value": moment_text(referral.sent_at)},
            {"label": _("Sent to"), "value": referral.facility.name if referral.facility else referral.agency.name},
            {"label": _("Risk"), "value": codes.label("risk_level", referral.risk)},
        ]
        if referral.state in UNANSWERED:
            rows.append({"label": _("Answer by"), "value": when, "note": note})
        if referral.answered_at:
            rows.append(
                {
                    "label": _("Answered"),
                    "value": moment_text(referral.answered_at),
                    "note": referral.answered_by.name if referral.answered_by else "",
                }
            )
        if referral.decline_reason:
            rows.append({"label": _("Declined because"), "value": codes.label("referral_decline_reason", referral.decline_reason)})
        if referral.owner:
            rows.append({"label": _("Answers for it"), "value": referral.owner.name})
        if share and share.withdrawn_at is None:
            rows.append({"label": _("Shared until"), "value": day_text(share.until_at)})
        if referral.consent_ended_at:
            rows.append({"label": _("Consent taken back"), "value": moment_text(referral.consent_ended_at)})
        return rows


def child_of(referral):
    """(case, Called) as far as the asker may see them; None where they may not."""
    case = Case.objects.visible().filter(pk=referral.case_id).first()
    if case is None:
        return None, None
    know_children([case])
    return case, called([case.child])[case.child_id]


def back_to_case(case):
    if case is None:
        return {"url": reverse("care:inbox"), "label": _("Referrals")}
    return {"url": reverse("cases:tab", args=[case.uuid, "referrals"]), "label": _("Referrals of the case")}


class Inbox(Page):
    """Referrals sent to my agency: what waits for an answer first, then what we are doing."""

    template_name = "care/inbox.html"
    roles = access.policy().relations["recipient"].roles

    def get_context_data(self, **context):
        now = timezone.now()
        found = queries.inbox(self.worker)
        groups = [
            (_("Waiting for our answer"), _("Answer by"), [r for r in found if r.state in UNANSWERED]),
            (_("With us"), _("Answered"), [r for r in found if r.state in ("ACCEPTED", "WAITLISTED", "STARTED")]),
            (_("Finished"), _("Answered"), [r for r in found if r.state not in OPEN_REFERRAL][:50]),
        ]
        tables = [
            {"title": title, "rows": [self.row(r, now) for r in rows],
             "columns": [{"label": label} for label in (_("Service"), _("Risk"), _("Child"), _("State"), when)]}
            for title, when, rows in groups
        ]  # fmt: skip
        return super().get_context_data(tables=tables, **context)

    def row(self, referral, now):
        when, note, late = due(referral.answer_by, now=now)
        waits = referral.state in UNANSWERED
        return {"cells": [
            {"text": codes.label("service_type", referral.service), "url": reverse("care:referral", args=[referral.uuid]), "note": referral.facility.name if referral.facility else ""},
            {"text": "", "risk": referral.risk},
            {"text": referral.child.name if referral.child else (_("Not shared") if referral.state in OPEN_REFERRAL else _("No longer shared")), "lang": referral.child.lang if referral.child else ""},
            {"text": codes.label("referral_state", referral.state), "note": _("Consent taken back") if referral.consent_ended_at else ""},
            {"text": when if waits else day_text(referral.answered_at), "note": note if waits else "", "late": late and waits},
        ]}  # fmt: skip


class OnReferral(ActionFormView):
    template_name = "care/form.html"
    title, submit, warning = "", __("Save"), False

    def get_record(self):
        self.referral = visible_or_404(Referral.objects.select_related("facility", "agency"), uuid=self.kwargs["referral"])
        return self.referral

    def get_success_url(self):
        if Referral.objects.visible().filter(pk=self.referral.pk).exists():
            return reverse("care:referral", args=[self.referral.uuid])
        return reverse("care:inbox")

    def get_context_data(self, **context):
        url = reverse("care:referral", args=[self.referral.uuid])
        lead = codes.label("service_type", self.referral.service)
        given = {
            "title": self.title,
            "submit": self.submit,
            "warning": self.warning,
            "lead": lead,
            "cancel_url": url,
            "back": {"url": url, "label": _("Referral")},
        }
        return super().get_context_data(**given | context)


class AnswerReferral(OnReferral):
    action_name = "care.answer_referral"
    form_class = AnswerReferralForm
    title, submit = __("Answer the referral"), __("Send the answer")
    success_message = __("Your answer is sent.")

    def act(self, form, client_key):
        return actions.answer_referral(self.referral, by=self.worker, client_key=client_key, **form.cleaned_data)


class WriteServiceNote(OnReferral):
    action_name = "care.write_service_note"
    form_class = ServiceNoteForm
    title, submit = __("Service given"), __("Save the note")
    success_message = __("The note is with the child's worker.")

    def act(self, form, client_key):
        return actions.write_service_note(self.referral, by=self.worker, client_key=client_key, **form.cleaned_data)


class RaiseIncident(OnReferral):
    action_name = "care.raise_incident"
    form_class = IncidentForm
    title, submit, warning = __("The child is missing, or something happened"), __("Report it now"), True
    success_message = __("The report is with the intake team and the child's worker. In danger, call the police and the worker too.")

    def act(self, form, client_key):
        return actions.raise_incident(self.referral, by=self.worker, client_key=client_key, **form.cleaned_data)


class CompleteReferral(OnReferral):
    action_name = "care.complete_referral"
    form_class = OutcomeForm
    title, submit = __("Finish the service"), __("Finish")
    success_message = __("It is finished. The child's worker reads what came of it; you no longer read the child's facts.")

    def act(self, form, client_key):
        return actions.complete_referral(self.referral, by=self.worker, client_key=client_key, **form.cleaned_data)


class CloseReferral(CompleteReferral):
    action_name = "care.close_referral"
    title, submit = __("Close the referral"), __("Close it")
    success_message = __("The referral is closed.")

    def act(self, form, client_key):
        return actions.close_referral(self.referral, by=self.worker, client_key=client_key, **form.cleaned_data)


class CancelReferral(OnReferral):
    action_name = "care.cancel_referral"
    form_class = forms.Form
    title, submit, warning = __("Take the referral back"), __("Yes, take it back"), True
    success_message = __("The referral is taken back. Nothing more is shared by it.")

    def act(self, form, client_key):
        return actions.cancel_referral(self.referral, by=self.worker, client_key=client_key)


class DecideWithdrawal(ActionFormView):
    """Gate G5: may who keeps the child safe go on with the least it needs?"""

    action_name = "care.decide_withdrawal"
    form_class = WithdrawalDecisionForm
    template_name = "care/form.html"
    success_message = __("Your decision counts from now on.")

    def get_record(self):
        self.share = visible_or_404(Share.objects.select_related("agency", "case"), uuid=self.kwargs["share"])
        if self.share.decide_by is None:
            raise Http404
        return self.share

    def get_context_data(self, **context):
        services = ", ".join(codes.label("service_type", r.service) for r in self.share.referrals.all())
        levels = ", ".join(str(LEVEL_WORDS[level]) for level in self.share.levels)
        back = {"url": reverse("cases:tab", args=[self.share.case.uuid, "referrals"]), "label": self.share.case.number}
        lead = _("The consent was taken back. %(agency)s (%(services)s) still reads: %(levels)s. Decide by %(when)s.") % {
            "agency": self.share.agency.name, "services": services, "levels": levels, "when": moment_text(self.share.decide_by),
        }  # fmt: skip
        title = _("May %(agency)s keep what it needs?") % {"agency": self.share.agency.name}
        return super().get_context_data(title=title, lead=lead, submit=_("Save the decision"), back=back, cancel_url=back["url"], **context)

    def get_success_url(self):
        return reverse("cases:tab", args=[self.share.case.uuid, "referrals"])

    def act(self, form, client_key):
        return actions.decide_withdrawal(self.share, by=self.worker, client_key=client_key, **form.cleaned_data)
