"""The administrator's pages: machines and their tokens, addresses that are told, and what was delivered."""

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from romsai.api import actions, forms, queries
from romsai.api.events import KINDS
from romsai.api.models import Delivery, Webhook
from romsai.core import second
from romsai.core.actions import Refused
from romsai.core.dates import day_text, moment_text
from romsai.core.views import ActionFormView, Page, absent
from romsai.places import codes

ADMINISTRATORS = ["ADMIN"]
PER_PAGE = 25


def _back():
    return {"url": reverse("machines:machines"), "label": _("Other systems")}


def _state(token):
    if token.revoked_at is not None:
        return _("Revoked")
    if not queries.is_in_force(token):
        return _("Ended")
    return _("In use") if token.digest else _("Waits for its token to be shown")


class Machines(Page):
    """The other systems that may ask, and where they are told of events."""

    template_name = "api/machines.html"
    roles = ADMINISTRATORS

    def get_context_data(self, **context):
        page = Paginator(queries.machines(), PER_PAGE).get_page(self.request.GET.get("page"))
        tokens = queries.tokens_of(page.object_list)
        columns = [{"label": _("Name")}, {"label": _("Role")}, {"label": _("Last used")}, {"label": _("State")}]
        rows = [{"cells": self._cells(machine, tokens[machine.pk])} for machine in page]
        hooks = Webhook.objects.select_related("worker").annotate(dead=Count("deliveries", filter=Q(deliveries__state="DEAD"))).order_by("-pk")[:50]
        told_columns = [{"label": _("Host")}, {"label": _("Machine")}, {"label": _("State")}]
        told = [{"cells": self._told(hook)} for hook in hooks]
        add = [
            {"label": _("Add a machine"), "url": reverse("machines:add")},
            {"label": _("Add an address"), "url": reverse("machines:add_webhook"), "kind": "secondary"},
        ]
        facts = {"page": page, "columns": columns, "rows": rows, "told_columns": told_columns, "told": told, "actions": add}
        return super().get_context_data(**facts, **context)

    @staticmethod
    def _cells(machine, token):
        return [
            {"text": machine.name, "url": reverse("machines:machine", args=[machine.uuid]), "note": machine.agency.name},
            {"text": codes.label("user_role", machine.role), "note": _("until %(day)s") % {"day": day_text(machine.until_on)}},
            {"text": moment_text(token.used_at) if token.used_at else _("not yet")},
            {"text": _state(token)},
        ]

    @staticmethod
    def _told(hook):
        state = _("Stopped") if hook.stopped_at else _("%(n)d given up") % {"n": hook.dead} if hook.dead else _("In use")
        return [{"text": hook.host, "url": reverse("machines:webhook", args=[hook.uuid])}, {"text": hook.worker.name}, {"text": state}]


class Machine(Page):
    template_name = "api/machine.html"
    roles = ADMINISTRATORS

    def get_context_data(self, machine, **context):
        shown = get_object_or_404(queries.machines(), uuid=machine)
        token = queries.tokens_of([shown])[shown.pk]
        rows = [
            *_asked(name=shown.name, role=shown.role, agency=shown.agency, team=shown.team, areas=shown.areas.all(), operations=token.operations,
                    networks=token.networks, until_on=shown.until_on)[1:],
            {"label": _("Last used"), "value": moment_text(token.used_at) if token.used_at else _("not yet")},
            {"label": _("State"), "value": _state(token)},
        ]  # fmt: skip
        do = []
        if token.revoked_at is None:
            if token.digest is None and second.confirmed(self.worker, making=shown):
                do.append({"label": _("Show the token"), "url": reverse("machines:token", args=[machine])})
            do.append({"label": _("Revoke"), "url": reverse("machines:revoke", args=[machine]), "kind": "warning"})
        return super().get_context_data(shown=shown, rows=rows, actions=do, back=_back(), **context)


def _asked(*, name, role, agency, team, areas, operations, networks, until_on):
    """What a machine is given, as rows."""
    return [
        {"label": _("Name"), "value": name},
        {"label": _("Role"), "value": codes.label("user_role", role)},
        {"label": _("Agency"), "value": agency.name},
        {"label": _("Team"), "value": team.name if team else _("None")},
        {"label": _("Areas"), "value": ", ".join(area.name for area in areas) or _("None")},
        {"label": _("What it may do"), "value": "\n".join(str(forms.OPERATIONS[one]) for one in forms.OPERATIONS if one in operations)},
        {"label": _("Addresses from which it asks"), "value": ", ".join(networks) or _("From anywhere")},
        {"label": _("Last day"), "value": day_text(until_on)},
    ]


class _Administering(ActionFormView):
    roles = ADMINISTRATORS


class _Confirming(_Administering):
    template_name = "places/confirm.html"
    form_class = forms.ConfirmForm


class _Proposing(_Administering):
    template_name = "places/form.html"
    success_message = gettext_lazy("Another administrator must confirm this within a day. Until then nothing is opened.")

    def get_context_data(self, **context):
        ask = _("Ask another administrator to confirm")
        return super().get_context_data(title=self.title, submit=ask, back=_back(), **context)

    def get_success_url(self):
        return reverse("machines:machines")


class AddMachine(_Proposing):
    form_class = forms.MachineForm
    action_name = "api.add_machine"
    title = gettext_lazy("Add a machine")

    def act(self, form, client_key):
        actions.check_machine(**{name: value for name, value in form.cleaned_data.items() if name != "name"})
        return second.propose("api.add_machine", by=self.worker, client_key=client_key, **form.cleaned_data)


@second.describes("api.add_machine", page=lambda machine: reverse("machines:machine", args=[machine.uuid]))
def _new_machine(_record, facts):
    return _("Let another system ask here: %(name)s") % {"name": facts["name"]}, _asked(**facts)


class _OneMachine(_Confirming):
    def get_record(self):
        return get_object_or_404(queries.machines(), uuid=self.kwargs["machine"])

    def get_success_url(self):
        return reverse("machines:machine", args=[self.record.uuid])

    def get_context_data(self, **context):
        return super().get_context_data(back={"url": self.get_success_url(), "label": self.record.name}, **context)


class _ShowOnce(_Confirming):
    """The answer to the button shows what no page shows again, to the administrator who confirmed. Subclasses name the action `show`."""

    def get_record(self):
        record = super().get_record()
        if not second.confirmed(self.worker, making=record):
            absent()
        return record

    def get_context_data(self, **context):
        text = _("It is shown once. Do this when you can give it to who looks after the other system, in person or by a safe message.")
        return super().get_context_data(text=text, **context)

    def act(self, form, client_key):
        result = self.show(self.record, by=self.worker, client_key=client_key)
        if not hasattr(result, "shown"):
            raise Refused(self.was_shown)
        return result

    def answer(self, form):
        self.template_name = "api/shown.html"
        return self.render_to_response(self.get_context_data(form=form, shown=self.result.shown, heading=self.heading, about=self.about))


class ShowToken(_ShowOnce, _OneMachine):
    action_name = "api.show_token"
    show = staticmethod(actions.show_token)
    was_shown = gettext_lazy("The token was shown before. If it was lost, revoke this machine and add a new one.")
    heading = gettext_lazy("The token")
    about = gettext_lazy("Copy it now into the other system. Romsai keeps only a mark of it and cannot show it again.")

    def get_context_data(self, **context):
        title = _("Show the token of %(name)s") % {"name": self.record.name}
        return super().get_context_data(title=title, submit=_("Show the token"), **context)


class Revoke(_OneMachine):
    action_name = "api.revoke_machine"
    success_message = gettext_lazy("The machine was revoked. Its token opens nothing any more.")

    def get_context_data(self, **context):
        title = _("Revoke %(name)s") % {"name": self.record.name}
        text = _("Its token opens nothing from now on, and nothing more is sent to its addresses. This cannot be undone.")
        return super().get_context_data(title=title, text=text, submit=_("Revoke"), kind="warning", **context)

    def act(self, form, client_key):
        return actions.revoke_machine(self.record, by=self.worker, client_key=client_key)


# addresses that are told


class AddWebhook(_Proposing):
    form_class = forms.WebhookForm
    action_name = "api.add_webhook"
    title = gettext_lazy("Add an address")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"machines": queries.machines().filter(is_active=True)}

    def act(self, form, client_key):
        actions.check_webhook(**form.cleaned_data)
        return second.propose("api.add_webhook", by=self.worker, client_key=client_key, **form.cleaned_data)


@second.describes("api.add_webhook", page=lambda hook: reverse("machines:webhook", args=[hook.uuid]))
def _new_webhook(_record, facts):
    rows = [
        {"label": _("Machine"), "value": facts["machine"].name},
        {"label": _("Address"), "value": facts["address"]},
        {"label": _("What it is told of"), "value": _told_of(facts["kinds"])},
    ]
    return _("Tell another system of events: %(name)s") % {"name": facts["machine"].name}, rows


def _told_of(kinds):
    return "\n".join(str(words) for kind, words in KINDS.items() if kind in kinds)


class WebhookPage(Page):
    """One address and what was sent there: kind and moment, nothing of the case."""

    template_name = "api/webhook.html"
    roles = ADMINISTRATORS

    def get_context_data(self, webhook, **context):
        hook = get_object_or_404(Webhook.objects.select_related("worker"), uuid=webhook)
        rows = [
            {"label": _("Machine"), "value": hook.worker.name},
            {"label": _("What it is told of"), "value": _told_of(hook.kinds)},
            {"label": _("State"), "value": _("Stopped") if hook.stopped_at else _("In use")},
        ]
        page = Paginator(hook.deliveries.newest_first(), PER_PAGE).get_page(self.request.GET.get("page"))
        columns = [{"label": _("Event")}, {"label": _("Tries")}, {"label": _("State")}, {"label": _("Next")}]
        do = []
        if hook.stopped_at is None:
            if hook.shown_at is None and second.confirmed(self.worker, making=hook):
                do.append({"label": _("Show the secret"), "url": reverse("machines:secret", args=[webhook])})
            do.append({"label": _("Stop"), "url": reverse("machines:stop_webhook", args=[webhook]), "kind": "warning"})
        sent = [{"cells": self._cells(delivery, hook)} for delivery in page]
        return super().get_context_data(hook=hook, rows=rows, columns=columns, sent=sent, page=page, actions=do, back=_back(), **context)

    @staticmethod
    def _cells(delivery, hook):
        again = {"text": ""}
        if delivery.state == Delivery.State.DEAD and hook.stopped_at is None:
            again = {"text": _("Send again"), "url": reverse("machines:send_again", args=[delivery.uuid])}
        elif delivery.state == Delivery.State.WAITING:
            again = {"text": moment_text(delivery.next_at)}
        return [
            {"text": str(KINDS.get(delivery.kind, delivery.kind)), "note": moment_text(delivery.at)},
            {"text": str(delivery.tries)},
            {"text": delivery.get_state_display().capitalize(), "note": delivery.fault},
            again,
        ]


class _OneWebhook(_Confirming):
    def get_record(self):
        return get_object_or_404(Webhook.objects.all(), uuid=self.kwargs["webhook"])

    def get_success_url(self):
        return reverse("machines:webhook", args=[self.record.uuid])

    def get_context_data(self, **context):
        return super().get_context_data(back={"url": self.get_success_url(), "label": self.record.host}, **context)


class ShowSecret(_ShowOnce, _OneWebhook):
    action_name = "api.show_secret"
    show = staticmethod(actions.show_secret)
    was_shown = gettext_lazy("The secret was shown before. If it was lost, stop this address and add it anew.")
    heading = gettext_lazy("The secret of the signatures")
    about = gettext_lazy("Copy it now into the other system, which checks by it that a message came from here. No page shows it again.")

    def get_context_data(self, **context):
        title = _("Show the secret for %(host)s") % {"host": self.record.host}
        return super().get_context_data(title=title, submit=_("Show the secret"), **context)


class StopWebhook(_OneWebhook):
    action_name = "api.stop_webhook"
    success_message = gettext_lazy("Nothing more is sent there.")

    def get_context_data(self, **context):
        title = _("Stop %(host)s") % {"host": self.record.host}
        text = _("Nothing more is sent there. To begin again, add the address anew.")
        return super().get_context_data(title=title, text=text, submit=_("Stop"), kind="warning", **context)

    def act(self, form, client_key):
        return actions.stop_webhook(self.record, by=self.worker, client_key=client_key)


class SendAgain(_Confirming):
    action_name = "api.send_again"
    success_message = gettext_lazy("It is sent again.")

    def get_record(self):
        return get_object_or_404(Delivery.objects.select_related("webhook"), uuid=self.kwargs["delivery"])

    def get_success_url(self):
        return reverse("machines:webhook", args=[self.record.webhook.uuid])

    def get_context_data(self, **context):
        title = _("Send again to %(host)s") % {"host": self.record.webhook.host}
        text = _("The same event is sent under the same id. A system that had taken it before notices that.")
        back = {"url": self.get_success_url(), "label": self.record.webhook.host}
        return super().get_context_data(title=title, text=text, submit=_("Send again"), back=back, **context)

    def act(self, form, client_key):
        return actions.send_again(self.record, by=self.worker, client_key=client_key)
