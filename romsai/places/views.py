"""The administrator's pages: who works here, the directory of services, the words of the lists."""

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from romsai.core import second
from romsai.core.actions import Refused, earlier
from romsai.core.dates import day_text
from romsai.core.views import ActionFormView, Page

from . import actions, codes, forms, sign_in
from .models import Agency, Facility, Label, Worker

ADMINISTRATORS = ["ADMIN"]
PER_PAGE = 50


class Workers(Page):
    template_name = "places/workers.html"
    roles = ADMINISTRATORS

    def get_context_data(self, **context):
        asked = self.request.GET.get("q", "").strip()
        workers = Worker.objects.select_related("agency", "team")
        if asked:
            workers = workers.filter(Q(name__icontains=asked) | Q(agency__name__icontains=asked))
        page = Paginator(workers, PER_PAGE).get_page(self.request.GET.get("page"))
        columns = [{"label": _("Name")}, {"label": _("Role")}, {"label": _("Agency")}, {"label": _("State")}]
        rows = [
            {
                "cells": [
                    {"text": worker.name, "url": reverse("places:worker", args=[worker.uuid])},
                    {"text": codes.label("user_role", worker.role)},
                    {"text": worker.agency.name, "note": worker.team.name if worker.team else ""},
                    {"text": _("Active") if worker.is_active else _("Deactivated")},
                ]
            }
            for worker in page
        ]
        add = [{"label": _("Add a worker"), "url": reverse("places:add_worker")}]
        return super().get_context_data(asked=asked, page=page, columns=columns, rows=rows, actions=add, **context)


class WorkerPage(Page):
    template_name = "places/worker.html"
    roles = ADMINISTRATORS

    def get_context_data(self, uuid, **context):
        worker = get_object_or_404(Worker.objects.select_related("agency", "team"), uuid=uuid)
        invitation = sign_in.invitation(worker, to=self.worker) if worker.is_active else None
        rows = [
            {"label": _("Role"), "value": codes.label("user_role", worker.role)},
            {"label": _("Agency"), "value": worker.agency.name},
            {"label": _("Team"), "value": worker.team.name if worker.team else _("None")},
            {"label": _("Areas"), "value": ", ".join(area.name for area in worker.areas.all()) or _("None")},
            {"label": _("E-mail"), "value": sign_in.email_of(worker) or _("None")},
            {"label": _("Language"), "value": dict(settings.LANGUAGES).get(worker.language, worker.language)},
            {"label": _("State"), "value": _("Active") if worker.is_active else _("Deactivated")},
        ]
        change = [{"label": _("Change"), "url": reverse("places:change_worker", args=[uuid]), "kind": "secondary"}]
        if worker.pk != self.worker.pk:
            change.append({"label": _("Change the role"), "url": reverse("places:grant_role", args=[uuid]), "kind": "secondary"})
        if worker.is_active and worker.pk != self.worker.pk:
            renew = reverse("places:renew_invitation", args=[uuid])
            change.append({"label": _("New link to sign in"), "url": renew, "kind": "secondary"})
            change.append(
                {
                    "label": _("Deactivate"),
                    "url": reverse("places:deactivate_worker", args=[uuid]),
                    "kind": "warning",
                }
            )
        link = self.request.build_absolute_uri(invitation) if invitation else ""
        back = {"url": reverse("places:workers"), "label": _("Workers")}
        waits = bool(second.proposed_by(self.worker, about=worker))
        facts = {"shown": worker, "rows": rows, "actions": change, "link": link, "back": back, "waits": waits}
        return super().get_context_data(**facts, **context)


class AddWorker(ActionFormView):
    template_name = "places/form.html"
    form_class = forms.WorkerForm
    action_name = "places.add_worker"
    success_message = gettext_lazy("Another administrator must confirm this within a day. They give the new worker the link to sign in.")

    def get_context_data(self, **context):
        back = {"url": reverse("places:workers"), "label": _("Workers")}
        return super().get_context_data(title=_("Add a worker"), submit=_("Add the worker"), back=back, **context)

    def act(self, form, client_key):
        grant = {name: form.cleaned_data[name] for name in forms.GRANT}
        actions.check_grant(None, by=self.worker, **grant)
        actions.check_email(form.cleaned_data["email"])
        return second.propose("places.add_worker", by=self.worker, client_key=client_key, **form.cleaned_data)

    def get_success_url(self):
        return reverse("places:workers")


class _OneWorker(ActionFormView):
    template_name = "places/form.html"

    def get_record(self):
        return get_object_or_404(Worker, uuid=self.kwargs["uuid"])

    def get_success_url(self):
        return reverse("places:worker", args=[self.record.uuid])

    def propose(self, client_key, **facts):
        """Ask for a second administrator, unless a change of this worker waits for one already."""
        if earlier(client_key, "core.propose") is None and second.proposed_by(self.worker, about=self.record):
            raise Refused(_("A change of this worker already waits for a second administrator. Confirm or decline that one first."))
        return second.propose(self.action_name, self.record, by=self.worker, client_key=client_key, **facts)


class ChangeWorker(_OneWorker):
    form_class = forms.ChangeWorkerForm
    action_name = "places.change_worker"
    success_message = gettext_lazy("The changes were saved.")

    def get_initial(self):
        return {field: getattr(self.record, field) for field in ("name", "language", "phone")}

    def get_context_data(self, **context):
        title = _("Change %(name)s") % {"name": self.record.name}
        back = {"url": self.get_success_url(), "label": self.record.name}
        return super().get_context_data(title=title, submit=_("Save"), back=back, **context)

    def act(self, form, client_key):
        return actions.change_worker(self.record, by=self.worker, client_key=client_key, **form.cleaned_data)


class GrantRole(_OneWorker):
    form_class = forms.GrantForm
    action_name = "places.grant_role"
    success_message = gettext_lazy("Another administrator must confirm this within a day. Until then everything stays as it is.")

    def get_initial(self):
        areas = ", ".join(self.record.areas.values_list("pcode", flat=True))
        return {field: getattr(self.record, field) for field in ("role", "agency", "team", "until_on")} | {"areas": areas}

    def get_context_data(self, **context):
        title = _("What %(name)s may do") % {"name": self.record.name}
        back = {"url": self.get_success_url(), "label": self.record.name}
        return super().get_context_data(title=title, submit=_("Ask another administrator to confirm"), back=back, **context)

    def act(self, form, client_key):
        actions.check_grant(self.record, by=self.worker, **form.cleaned_data)
        return self.propose(client_key, **form.cleaned_data)


def _page(worker):
    return reverse("places:worker", args=[worker.uuid])


class RenewInvitation(_OneWorker):
    template_name = "places/confirm.html"
    form_class = forms.ConfirmForm
    action_name = "places.renew_invitation"
    success_message = gettext_lazy("Another administrator must confirm this within a day. They give the worker the new link to sign in.")

    def get_context_data(self, **context):
        title = _("New link to sign in for %(name)s") % {"name": self.record.name}
        text = _(
            "For who forgot the password or lost the second factor. Speak to the person yourself before you ask: not by e-mail. "
            "When another administrator has confirmed it, the old password, second factors and sessions end."
        )
        back = {"url": self.get_success_url(), "label": self.record.name}
        ask = _("Ask another administrator to confirm")
        return super().get_context_data(title=title, text=text, submit=ask, kind="warning", back=back, **context)

    def act(self, form, client_key):
        if self.record.pk == self.worker.pk:
            raise Refused(_("You cannot do this for yourself. Ask two other administrators."))
        return self.propose(client_key)


@second.describes("places.renew_invitation", page=_page)
def _renewed(worker, _facts):
    rows = [
        {"label": _("Role"), "value": codes.label("user_role", worker.role)},
        {"label": _("Agency"), "value": worker.agency.name},
        {"label": _("What ends"), "value": _("The old password, second factors and sessions")},
    ]
    return _("New link to sign in for %(name)s") % {"name": worker.name}, rows


@second.describes("places.add_worker", page=_page)
def _new_worker(_record, facts):
    return _("Add %(name)s as a worker") % {"name": facts["name"]}, [{"label": _("E-mail"), "value": facts["email"]}, *_grant_rows(facts)]


@second.describes("places.grant_role", page=_page)
def _new_role(worker, facts):
    now = {"label": _("Role now"), "value": codes.label("user_role", worker.role)}
    return _("Change what %(name)s may do") % {"name": worker.name}, [now, *_grant_rows(facts, role=_("New role"))]


def _grant_rows(facts, role=None):
    rows = [
        {"label": role or _("Role"), "value": codes.label("user_role", facts["role"])},
        {"label": _("Agency"), "value": facts["agency"].name},
        {"label": _("Team"), "value": facts["team"].name if facts["team"] else _("None")},
        {"label": _("Areas"), "value": ", ".join(area.name for area in facts["areas"]) or _("None")},
    ]
    return rows + ([{"label": _("Last day"), "value": day_text(facts["until_on"])}] if facts["until_on"] else [])


class DeactivateWorker(_OneWorker):
    template_name = "places/confirm.html"
    form_class = forms.ConfirmForm
    action_name = "places.deactivate_worker"
    success_message = gettext_lazy("The worker can no longer sign in.")

    def get_context_data(self, **context):
        title = _("Deactivate %(name)s") % {"name": self.record.name}
        text = _("They can no longer sign in or act. Give their open cases to others first.")
        back = {"url": self.get_success_url(), "label": self.record.name}
        return super().get_context_data(title=title, text=text, submit=_("Deactivate"), kind="warning", back=back, **context)

    def act(self, form, client_key):
        return actions.deactivate_worker(self.record, by=self.worker, client_key=client_key)


class Agencies(Page):
    template_name = "places/agencies.html"
    roles = ADMINISTRATORS

    def get_context_data(self, **context):
        agencies = Agency.objects.select_related("area").prefetch_related("teams")
        page = Paginator(agencies, PER_PAGE).get_page(self.request.GET.get("page"))
        columns = [{"label": _("Name")}, {"label": _("Kind")}, {"label": _("Area")}, {"label": _("Teams")}]
        rows = [
            {
                "cells": [
                    {"text": agency.name},
                    {"text": codes.label("agency_type", agency.kind)},
                    {"text": agency.area.name if agency.area else ""},
                    {"text": ", ".join(team.name for team in agency.teams.all())},
                ]
            }
            for agency in page
        ]
        add = [
            {"label": _("Add an agency"), "url": reverse("places:add_agency")},
            {"label": _("Add a team"), "url": reverse("places:add_team"), "kind": "secondary"},
        ]
        return super().get_context_data(page=page, columns=columns, rows=rows, actions=add, **context)


class _AddToAgencies(ActionFormView):
    template_name = "places/form.html"

    def get_context_data(self, **context):
        back = {"url": self.get_success_url(), "label": _("Agencies and teams")}
        return super().get_context_data(title=self.title, submit=_("Add"), back=back, **context)

    def get_success_url(self):
        return reverse("places:agencies")


class AddAgency(_AddToAgencies):
    form_class = forms.AgencyForm
    action_name = "places.add_agency"
    title = gettext_lazy("Add an agency")
    success_message = gettext_lazy("The agency was added.")

    def act(self, form, client_key):
        return actions.add_agency(by=self.worker, client_key=client_key, **form.cleaned_data)


class AddTeam(_AddToAgencies):
    form_class = forms.TeamForm
    action_name = "places.add_team"
    title = gettext_lazy("Add a team")
    success_message = gettext_lazy("The team was added.")

    def act(self, form, client_key):
        return actions.add_team(by=self.worker, client_key=client_key, **form.cleaned_data)


class Facilities(Page):
    """The directory, for everyone who is signed in."""

    template_name = "places/facilities.html"

    def get_context_data(self, **context):
        service = self.request.GET.get("service", "")
        is_admin = self.worker.role in ADMINISTRATORS
        facilities = Facility.objects.select_related("agency", "area").prefetch_related("services")
        if not is_admin:
            facilities = facilities.open()
        if service:
            facilities = facilities.offering(service)
        page = Paginator(facilities, PER_PAGE).get_page(self.request.GET.get("page"))
        columns = [
            {"label": _("Name")},
            {"label": _("Services")},
            {"label": _("Area")},
            {"label": _("Phone")},
        ]
        rows = [{"cells": self._cells(facility, is_admin)} for facility in page]
        add = [{"label": _("Add an entry"), "url": reverse("places:add_facility")}] if is_admin else []
        services = codes.get("service_type").choices(empty=_("All services"))
        return super().get_context_data(page=page, columns=columns, rows=rows, actions=add, services=services, service=service, **context)

    def _cells(self, facility, is_admin):
        url = reverse("places:change_facility", args=[facility.uuid]) if is_admin else ""
        services = [codes.label("service_type", offer.service) for offer in facility.services.all()]
        place = _("Secret") if facility.is_confidential_address else facility.area.name if facility.area else ""
        state = "" if facility.is_open else _("Closed, or not yet checked")
        return [
            {"text": facility.name, "url": url, "note": facility.agency.name},
            {"text": ", ".join(services), "note": state},
            {"text": place},
            {"text": facility.phone},
        ]


class AddFacility(ActionFormView):
    template_name = "places/form.html"
    form_class = forms.FacilityForm
    action_name = "places.add_facility"
    success_message = gettext_lazy("The entry was added.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"is_new": True}

    def get_context_data(self, **context):
        back = {"url": reverse("places:facilities"), "label": _("Directory of services")}
        return super().get_context_data(title=_("Add an entry to the directory"), submit=_("Add the entry"), back=back, **context)

    def act(self, form, client_key):
        return actions.add_facility(by=self.worker, client_key=client_key, **form.facts())

    def get_success_url(self):
        return reverse("places:facilities")


class ChangeFacility(ActionFormView):
    template_name = "places/form.html"
    form_class = forms.FacilityForm
    action_name = "places.change_facility"
    success_message = gettext_lazy("The changes were saved.")

    def get_record(self):
        return get_object_or_404(Facility, uuid=self.kwargs["uuid"])

    def get_initial(self):
        fields = ("name", "address", "is_confidential_address", "phone", "is_open")
        offers = list(self.record.services.all())
        initial = {field: getattr(self.record, field) for field in fields}
        initial |= {"area": self.record.area.pcode if self.record.area else ""}
        initial |= {"services": [offer.service for offer in offers]}
        if offers:
            limits = ("from_age", "to_age", "sex", "capacity", "open_hours")
            initial |= {field: getattr(offers[0], field) for field in limits}
        return initial

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"is_new": False}

    def get_context_data(self, **context):
        title = _("Change %(name)s") % {"name": self.record.name}
        back = {"url": reverse("places:facilities"), "label": _("Directory of services")}
        return super().get_context_data(title=title, submit=_("Save"), back=back, **context)

    def act(self, form, client_key):
        return actions.change_facility(self.record, by=self.worker, client_key=client_key, **form.facts())

    def get_success_url(self):
        return reverse("places:facilities")


class Lists(Page):
    """Every code list that has draft words in the language asked for first, then the others."""

    template_name = "places/lists.html"
    roles = ADMINISTRATORS

    def get_context_data(self, **context):
        language = _language(self.request.GET.get("language"))
        columns = [{"label": _("List")}, {"label": _("Words reviewed")}, {"label": _("Drafts")}]
        rows = []
        for name in codes.names():
            code_list = codes.get(name)
            reviewed, drafts = code_list.progress(language)
            url = f"{reverse('places:list', args=[name])}?language={language}"
            note = _("Drafts are never shown: consent, safety or danger.") if code_list.is_protected else ""
            cells = [{"text": code_list.title, "url": url, "note": note}]
            cells += [{"text": f"{reviewed} / {len(code_list)}"}, {"text": str(drafts)}]
            rows.append((-drafts, code_list.title, {"cells": cells}))
        rows = [row for _drafts, _title, row in sorted(rows, key=lambda row: row[:2])]
        return super().get_context_data(columns=columns, rows=rows, language=language, languages=settings.LANGUAGES, **context)


class ListPage(Page):
    template_name = "places/list.html"
    roles = ADMINISTRATORS

    def get_context_data(self, name, **context):
        code_list = _list(name)
        language = _language(self.request.GET.get("language"))
        own = {label.code: label for label in Label.objects.filter(list=name, language=language).select_related("changed_by")}
        words = []
        for code in code_list:
            text, is_draft = code_list.shipped(code, language)
            if label := own.get(code):
                text, is_draft = label.text, label.state == Label.State.DRAFT
            words.append(
                {
                    "code": code,
                    "english": code_list.item(code)["label"],
                    "text": text,
                    "is_draft": is_draft and text,
                    "by": own[code].changed_by if code in own else None,
                    "change_url": reverse("places:change_label", args=[name, code, language]),
                    "approve_url": reverse("places:approve_label", args=[name, code, language]),
                }
            )
        back = {"url": f"{reverse('places:lists')}?language={language}", "label": _("Words of the lists")}
        return super().get_context_data(
            code_list=code_list, words=words, language=language, language_name=dict(settings.LANGUAGES)[language],
            back=back, **context,
        )  # fmt: skip


class _OneLabel(ActionFormView):
    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if kwargs["code"] not in _list(kwargs["name"]) or kwargs["language"] not in dict(settings.LANGUAGES):
            raise Http404
        self.which = {"list": kwargs["name"], "code": kwargs["code"], "language": kwargs["language"]}

    def get_success_url(self):
        return f"{reverse('places:list', args=[self.which['list']])}?language={self.which['language']}"

    def words(self):
        label = Label.objects.filter(**self.which).first()
        shipped, _is_draft = codes.get(self.which["list"]).shipped(self.which["code"], self.which["language"])
        return label.text if label else shipped or ""

    def get_context_data(self, **context):
        back = {"url": self.get_success_url(), "label": codes.get(self.which["list"]).title}
        english = codes.get(self.which["list"]).item(self.which["code"])["label"]
        return super().get_context_data(back=back, english=english, words=self.words(), language=self.which["language"], **context)


class ChangeLabel(_OneLabel):
    template_name = "places/change_label.html"
    form_class = forms.LabelForm
    action_name = "places.change_label"
    success_message = gettext_lazy("The new words were saved as a draft.")

    def get_initial(self):
        return {"text": self.words()}

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        form.fields["text"].widget.attrs["lang"] = self.which["language"]
        return form

    def act(self, form, client_key):
        return actions.change_label(by=self.worker, client_key=client_key, **self.which, **form.cleaned_data)


class ApproveLabel(_OneLabel):
    template_name = "places/approve_label.html"
    form_class = forms.ConfirmForm
    action_name = "places.approve_label"
    success_message = gettext_lazy("The words are approved and shown from now on.")

    def act(self, form, client_key):
        return actions.approve_label(by=self.worker, client_key=client_key, **self.which)


def _list(name):
    try:
        return codes.get(name)
    except KeyError:
        raise Http404 from None


def _language(asked):
    others = [code for code, _name in settings.LANGUAGES if code != codes.REVIEWED]
    return asked if asked in dict(settings.LANGUAGES) else others[0]
