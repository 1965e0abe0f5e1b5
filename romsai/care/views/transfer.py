"""A case passes to another team: offered, accepted or declined, taken back. Or the child leaves the system, by a receipt."""

import uuid

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.care import actions, queries
from romsai.care.forms import AcceptTransferForm, DeclineTransferForm, LeaveSystemForm, OfferTransferForm, ReceiptForm
from romsai.care.models import Departure, DepartureState, Transfer, TransferState
from romsai.cases import actions as cases
from romsai.cases.models import Case
from romsai.cases.queries import loads
from romsai.cases.views.work import OnCase
from romsai.cases.words import by_whom, due
from romsai.core.dates import day_text
from romsai.core.views import ActionFormView, Page, visible_or_404
from romsai.places import codes
from romsai.places.models import Team, Worker


class OfferTransfer(OnCase):
    action_name = "care.offer_transfer"
    form_class = OfferTransferForm
    title, submit = __("Pass the case to another team"), __("Offer the case")
    lead = __("You keep the duty for the child until the other team accepts.")
    success_message = __("The case is offered. You keep the duty until it is accepted.")

    def get_form_kwargs(self):
        teams = (
            Team.objects.filter(agency__is_active=True)
            .exclude(pk=self.case.team_id)
            .select_related("agency")
            .order_by("agency__name", "name")
        )
        agreed = self.case.consents.live(on=timezone.localdate()).filter(
            kind="SHARE_NAMED", recipient__isnull=False, decision__in=["CONSENT", "OVERRIDDEN"]
        )
        return super().get_form_kwargs() | {"teams": teams, "consents": list(agreed.select_related("recipient"))}

    def act(self, form, client_key):
        return actions.offer_transfer(self.case, by=self.worker, client_key=client_key, **form.cleaned_data)


class TakeBackTransfer(OnCase):
    action_name = "care.take_back_transfer"
    title, submit, warning = __("Take the offer back"), __("Yes, take it back"), True
    success_message = __("The case is no longer offered.")

    def get_record(self):
        super().get_record()
        self.transfer = self.case.transfers.filter(state__in=[TransferState.ASKED, TransferState.OFFERED]).first()
        if self.transfer is None:
            raise Http404
        return self.transfer

    def act(self, form, client_key):
        return actions.take_back_transfer(self.transfer, by=self.worker, client_key=client_key)


class Offers(Page):
    """Cases that other teams offer to mine."""

    template_name = "care/offers.html"
    roles = ("SUPERVISOR",)

    def get_context_data(self, **context):
        now = timezone.now()
        columns = [{"label": label} for label in (_("From"), _("Why"), _("Risk"), _("Answer by"))]
        return super().get_context_data(columns=columns, rows=[self.row(offer, now) for offer in queries.offers(self.worker)], **context)

    def row(self, offer, now):
        when, note, late = due(offer.accept_by, now=now)
        return {"cells": [
            {"text": f"{offer.from_team.agency.name}: {offer.from_team.name}", "url": reverse("care:transfer", args=[offer.uuid])},
            {"text": codes.label("transfer_reason", offer.reason)},
            {"text": "", "risk": offer.risk},
            {"text": when, "note": note, "late": late},
        ]}  # fmt: skip


class OnOffer(ActionFormView):
    def get_record(self):
        offers = Transfer.objects.select_related("from_team__agency", "team", "area", "offered_by")
        self.transfer = visible_or_404(offers, uuid=self.kwargs["transfer"], state=TransferState.OFFERED)
        return self.transfer

    def get_context_data(self, **context):
        offer = self.transfer
        when, note, _late = due(offer.accept_by, now=timezone.now())
        rows = [
            {"label": _("From"), "value": f"{offer.from_team.agency.name}: {offer.from_team.name}", "note": by_whom(offer.offered_by)},
            {"label": _("Why"), "value": codes.label("transfer_reason", offer.reason)},
            {"label": _("Risk"), "value": codes.label("risk_level", offer.risk)},
            {"label": _("Concerns"), "value": "\n".join(codes.label("concern", code) for code in offer.concern_codes)},
            {"label": _("Age"), "value": codes.label("age_group", offer.ages) if offer.ages else _("not known")},
            {"label": _("Speaks"), "value": codes.label("language", offer.language) if offer.language else _("not known")},
            {"label": _("Joint visit or call on"), "value": day_text(offer.joint_visit_on)},
            {"label": _("Answer by"), "value": when, "note": note},
        ]
        back = {"url": reverse("care:offers"), "label": _("Offered cases")}
        return super().get_context_data(transfer=offer, rows=rows, back=back, cancel_url=back["url"], **context)


class AcceptTransfer(OnOffer):
    """The offer in codes, and the answer, on one page. Who the child is and the hand-over list open with the acceptance."""

    action_name = "care.accept_transfer"
    form_class = AcceptTransferForm
    template_name = "care/transfer.html"
    success_message = __("The case is with your team now.")

    def get_form_kwargs(self):
        team = Worker.objects.active().filter(team=self.transfer.team_id, role__in=["WORKER", "SUPERVISOR"])
        return super().get_form_kwargs() | {"loads": loads(team)}

    def get_success_url(self):
        case = Case.objects.visible().filter(pk=self.transfer.case_id).first()
        return reverse("cases:case", args=[case.uuid]) if case else reverse("care:offers")

    def act(self, form, client_key):
        return actions.accept_transfer(self.transfer, by=self.worker, client_key=client_key, **form.cleaned_data)


class DeclineTransfer(OnOffer):
    action_name = "care.decline_transfer"
    form_class = DeclineTransferForm
    template_name = "care/form.html"
    success_message = __("The other team is told.")

    def get_context_data(self, **context):
        return super().get_context_data(title=_("Decline the case"), submit=_("Decline"), **context)

    def get_success_url(self):
        return reverse("care:offers")

    def act(self, form, client_key):
        return actions.decline_transfer(self.transfer, by=self.worker, client_key=client_key, **form.cleaned_data)


# out of the system


class LeaveSystem(OnCase):
    """What passes on to a body outside, and the consent for it; the supervisor agrees first."""

    action_name = "care.leave_system"
    form_class = LeaveSystemForm
    title, submit = __("Hand the child over outside the system"), __("Ask the supervisor")
    lead = __(
        "To another country or a body that does not work with this system. You keep the duty for the child until they confirm with a receipt."
    )
    success_message = __("The supervisor decides. You keep the duty until the receipt is recorded.")
    tab = "referrals"

    def act(self, form, client_key):
        got = dict(form.cleaned_data)
        asked = {name: got.pop(name) for name in form.asked_now}
        consent = cases.record_consent(
            self.case, by=self.worker, kind="SHARE_NAMED", levels=["core", "identity"], how="spoken",
            client_key=client_key and uuid.uuid5(client_key, "consent"), **asked,
        )  # fmt: skip
        return actions.leave_system(self.case, by=self.worker, consent=consent, client_key=client_key, **got)


class OnDeparture(OnCase):
    states = (DepartureState.ASKED, DepartureState.AGREED)
    tab = "referrals"

    def get_record(self):
        super().get_record()
        self.departure = Departure.objects.visible().filter(case=self.case, state__in=self.states).first()
        if self.departure is None:
            raise Http404
        return self.departure


class TakeBackDeparture(OnDeparture):
    action_name = "care.take_back_departure"
    title, submit, warning = __("The child stays in the system"), __("Yes, take it back"), True
    lead = __("Nothing is handed over. The duty has been yours all along.")
    success_message = __("The child is not handed over.")

    def act(self, form, client_key):
        return actions.take_back_departure(self.departure, by=self.worker, client_key=client_key)


class RecordReceipt(OnDeparture):
    action_name = "care.record_receipt"
    form_class = ReceiptForm
    states = (DepartureState.AGREED,)
    title, submit, warning = __("Record the receipt"), __("The child has left the system"), True
    lead = __("With the receipt the case ends here: clocks stop, and what was shared from it with agencies is read no more.")
    success_message = __("The case has ended: the child was handed over outside the system.")
    tab = ""

    def act(self, form, client_key):
        return actions.record_receipt(self.departure, by=self.worker, client_key=client_key, **form.cleaned_data)
