"""The doors of this room: notices, leaves, workload, handing over, supervision, saved filters, the address of a calendar."""

import uuid

from django.contrib import messages as banners
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.generic import View

from romsai.cases import queries as caseloads
from romsai.cases.models import Assignment
from romsai.cases.views.case import case_or_404
from romsai.core import access
from romsai.core.actions import Refused
from romsai.core.dates import day_text, moment_text
from romsai.core.views import ActionFormView, Page, SignedIn, absent, client_key
from romsai.places import codes
from romsai.places.forms import ConfirmForm
from romsai.places.models import Worker
from romsai.places.profile import profile
from romsai.workforce import actions, messages, queries
from romsai.workforce.forms import HandOverForm, LeaveForm, NoteForm, WishForm
from romsai.workforce.gateway import gateway, takes
from romsai.workforce.models import Channel, Kind, Leave, Notice, SavedFilter

LEADERS = ("SUPERVISOR", "MANAGER")
CASEWORKERS = ("WORKER", "SUPERVISOR", "MANAGER")
PER_PAGE = 25
LISTS = ("cases:caseload", "cases:team")


class Form(ActionFormView):
    """A page that is one form."""

    template_name = "form_page.html"
    form_class = None
    title, submit, lead, warning = "", __("Save"), "", False

    def get_context_data(self, **context):
        given = {
            "title": self.title,
            "submit": self.submit,
            "lead": self.lead,
            "warning": self.warning,
            "cancel_url": self.get_success_url(),
        }
        return super().get_context_data(**{**given, **context})


class Pressed(SignedIn):
    """A button that does one thing and goes on to a page; what is refused is said there."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        try:
            with transaction.atomic():
                self.act(client_key(request))
        except Refused as refusal:
            banners.warning(request, str(refusal))
        return HttpResponseRedirect(self.next_url())


# notices


class Notices(Page):
    """What waits for me or is new, unread first. Each line leads to the page where it is dealt with."""

    template_name = "workforce/notices.html"

    def get_context_data(self, **context):
        page = Paginator(queries.notices(self.worker), PER_PAGE).get_page(self.request.GET.get("page"))
        lines = [
            {
                "title": Kind(notice.kind).label, "url": reverse("workforce:notice", args=[notice.uuid]), "due": moment_text(notice.at),
                "done": notice.read_at is not None,
            }
            for notice in page
        ]  # fmt: skip
        return super().get_context_data(
            page=page, lines=lines, has_unread=any(not line["done"] for line in lines), leaves=gateway() is not None, **context
        )


class OpenNotice(SignedIn):
    """Go where the notice leads; from now on it is read. Following it twice changes nothing more."""

    http_method_names = ["get", "head"]

    def get(self, request, notice):
        found = Notice.objects.filter(uuid=notice, worker=self.worker).first() or absent()
        actions.read_notice(found, by=self.worker)
        return HttpResponseRedirect(found.path)


class ReadAll(Pressed):
    def act(self, key):
        actions.read_all(by=self.worker)

    def next_url(self):
        return reverse("workforce:notices")


class Wishes(Form):
    """About what I want e-mails and SMS."""

    form_class = WishForm
    title = __("E-mails and SMS")
    success_message = __("Your wishes are saved.")

    @property
    def lead(self):
        if gateway() is None:
            return _("This office sends no e-mails or SMS at the moment. What you choose here counts from the day it does.")
        if not takes(Channel.SMS):
            return _("This office sends e-mails, and no SMS at the moment. They never name a child, a case, an office or a service.")
        return _("They never name a child, a case, an office or a service. The notices here stay, whatever you choose.")

    def get_initial(self):
        with access.system(purpose="wishes"):
            wish = messages.wishes(self.worker)
        return {name: getattr(wish, name) for name in ("email", "sms", "from_hour", "until_hour", "time_zone")}

    def act(self, form, client_key):
        return actions.wish(by=self.worker, client_key=client_key, **form.cleaned_data)

    def get_success_url(self):
        return reverse("workforce:notices")


# leaves


class Leaves(Page):
    """My leaves, and those of the people I lead."""

    roles = CASEWORKERS
    template_name = "workforce/leaves.html"

    def get_context_data(self, **context):
        workers = [self.worker, *queries.led(self.worker)]
        lines = Leave.objects.running().filter(worker__in=workers).select_related("worker", "deputy").order_by("from_on", "pk")
        columns = [{"label": label} for label in (_("Who is away"), _("When"), _("Who stands in"), _("Change"))]
        rows = [
            {"cells": [
                {"text": leave.worker.name}, {"text": queries.leave_text(leave)}, {"text": leave.deputy.name},
                {"text": _("End"), "url": reverse("workforce:end_leave", args=[leave.uuid])},
            ]}
            for leave in lines
        ]  # fmt: skip
        standing_in = Leave.objects.running().filter(deputy=self.worker).select_related("worker").order_by("from_on")
        others = [_("For %(name)s, %(when)s") % {"name": leave.worker.name, "when": queries.leave_text(leave)} for leave in standing_in]
        return super().get_context_data(columns=columns, rows=rows, others=others, **context)


class TakeLeave(Form):
    """Name a deputy, for oneself or for somebody one leads."""

    roles = CASEWORKERS
    form_class = LeaveForm
    submit = __("Save")
    success_message = __("The deputy is named. On the last day it ends by itself.")

    def get_record(self):
        if "worker" not in self.kwargs:
            self.away = self.worker
        else:
            self.away = Worker.objects.filter(uuid=self.kwargs["worker"]).first() or absent()
            if not actions.leads_worker(self.worker, self.away):
                absent()

    @property
    def title(self):
        return _("Time away") if self.away == self.worker else _("Time away of %(name)s") % {"name": self.away.name}

    def get_form_kwargs(self):
        sealed = queries.sealed_led_by(self.worker) if self.away == self.worker else []
        return super().get_form_kwargs() | {"loads": queries.colleagues(self.away), "sealed": sealed}

    def act(self, form, client_key):
        return actions.take_leave(by=self.worker, client_key=client_key, worker=self.away, **form.facts())

    def get_success_url(self):
        return reverse("workforce:leaves")


class EndLeave(Form):
    roles = CASEWORKERS
    form_class = ConfirmForm
    submit, warning = __("Yes, end it"), True
    success_message = __("The leave is over. The deputy no longer works on these cases.")

    def get_record(self):
        leave = None
        if self.worker.role in CASEWORKERS:
            leave = Leave.objects.running().filter(uuid=self.kwargs["leave"]).select_related("worker", "deputy").first()
        if leave is None or (leave.worker_id != self.worker.pk and not actions.leads_worker(self.worker, leave.worker)):
            absent()
        self.leave = leave
        return leave

    @property
    def title(self):
        return _("End the leave of %(name)s") % {"name": self.leave.worker.name}

    @property
    def lead(self):
        return _("%(name)s no longer works on the cases from now on.") % {"name": self.leave.deputy.name}

    def act(self, form, client_key):
        return actions.end_leave(self.leave, by=self.worker, client_key=client_key)

    def get_success_url(self):
        return reverse("workforce:leaves")


# workload and handing over


class Workload(Page):
    """Who has how much, weighed by risk; what is over the agreed number or late, and how it was four weeks ago."""

    roles = LEADERS
    template_name = "workforce/workload.html"

    def get_context_data(self, **context):
        most = profile().caseload["full"]
        lines = queries.workloads(queries.led(self.worker).select_related("team"))
        columns = [
            {"label": _("Worker")}, {"label": _("Open cases"), "numeric": True}, {"label": _("Weighed by risk"), "numeric": True},
            {"label": _("Late"), "numeric": True}, {"label": _("Four weeks ago"), "numeric": True}, {"label": _("Deputy")}, {"label": _("Change")},
        ]  # fmt: skip
        over = sum(line.load.cases > most for line in lines)
        late = sum(line.late for line in lines)
        tiles = [
            {"value": sum(line.load.cases for line in lines), "label": _("Open cases")},
            {"value": over, "label": _("Workers over %(most)d") % {"most": most}, "alert": over > 0},
            {"value": late, "label": _("Cases with something late"), "alert": late > 0},
        ]
        return super().get_context_data(columns=columns, rows=[self.row(line, most) for line in lines], tiles=tiles, most=most, **context)

    def row(self, line, most):
        worker, cases = line.load.worker, line.load.cases
        over = cases > most
        change = cases - line.before
        trend = _("%(n)d more") % {"n": change} if change > 0 else _("%(n)d fewer") % {"n": -change} if change < 0 else _("as many")
        deputy = _("%(name)s until %(day)s") if line.leave else ""
        return {"cells": [
            {"text": worker.name, "note": codes.label("user_role", worker.role), "url": reverse("workforce:supervision_of", args=[worker.uuid])},
            {"text": cases, "late": over, "note": _("over %(most)d") % {"most": most} if over else ""},
            {"text": f"{line.load.weighted:g}"},
            {"text": line.late, "late": line.late > 0},
            {"text": line.before, "note": _("now %(trend)s") % {"trend": trend}},
            {"text": deputy % {"name": line.leave.deputy.name, "day": day_text(line.leave.until_on)} if line.leave else _("Name one"),
             "url": "" if line.leave else reverse("workforce:take_leave_for", args=[worker.uuid])},
            {"text": _("Hand over all"), "url": reverse("workforce:hand_over", args=[worker.uuid])},
        ]}  # fmt: skip


class HandOver(Form):
    """Everything that hangs on a worker, and who takes it over."""

    roles = LEADERS
    template_name = "workforce/hand_over.html"
    form_class = HandOverForm
    submit, warning = __("Hand over all of these cases"), True

    def get_record(self):
        self.leaving = Worker.objects.filter(uuid=self.kwargs["worker"]).select_related("team").first() or absent()
        if not actions.leads_worker(self.worker, self.leaving):
            absent()

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"loads": queries.colleagues(self.leaving)}

    def get_context_data(self, **context):
        work = queries.work_of(self.leaving)
        caseloads.know_children(work.cases)
        names = caseloads.called([case.child for case in work.cases])
        columns = [{"label": label} for label in (_("Child"), _("Risk"), _("Step"))]
        rows = [
            {"cells": [
                {"text": names[case.child_id].name, "lang": names[case.child_id].lang, "url": reverse("cases:case", args=[case.uuid]), "code": case.number},
                {"risk": case.risk}, {"text": case.get_state_display().capitalize()},
            ]}
            for case in work.cases
        ]  # fmt: skip
        tiles = [
            {"value": len(work.cases), "label": _("Cases led")}, {"value": work.helps_on, "label": _("Cases helped on")}, {"value": work.visits, "label": _("Visits to come")},
            {"value": work.late, "label": _("Late"), "alert": work.late > 0}, {"value": work.plan_actions, "label": _("Actions of plans")}, {"value": work.approvals, "label": _("Questions asked")},
        ]  # fmt: skip
        back = {"url": reverse("workforce:workload"), "label": _("Workload")}
        return super().get_context_data(
            title=_("Hand over the cases of %(name)s") % {"name": self.leaving.name}, columns=columns, rows=rows, tiles=tiles, back=back,
            under_way=queries.handing_of(self.worker, self.leaving), one_by_one=reverse("cases:reassign", args=[self.leaving.uuid]), **context,
        )  # fmt: skip

    def act(self, form, client_key):
        return actions.hand_over(by=self.worker, client_key=client_key, worker=self.leaving, **form.facts())

    def get_success_url(self):
        made = getattr(self, "result", None)
        return reverse("workforce:handing", args=[made.uuid]) if made else reverse("workforce:workload")


class HandingPage(Page):
    """How far a handing over is, for who asked for it."""

    roles = LEADERS

    def get(self, request, handing):
        found = queries.handing(self.worker, handing) or absent()
        made, lines = found
        given = {}
        for line in lines:
            if line.done_at and not line.is_refused and line.to:
                given[line.to.name] = given.get(line.to.name, 0) + 1
        context = {
            "handing": made, "whole": len(lines), "done": sum(line.done_at is not None for line in lines), "is_over": made.finished_at is not None,
            "refused": sum(line.is_refused for line in lines), "released": sum(1 for line in lines if line.to is None and not line.is_refused),
            "rows": [{"label": name, "value": number} for name, number in sorted(given.items())],
            "back": {"url": reverse("workforce:workload"), "label": _("Workload")},
        }  # fmt: skip
        template = "workforce/progress.html" if request.htmx and not context["is_over"] else "workforce/handing.html"
        answer = render(request, template, context)
        if request.htmx and context["is_over"]:
            answer["HX-Refresh"] = "true"
        return answer


# supervision


class SupervisionHome(SignedIn):
    """To one's own notes, or to the list of whom one leads."""

    roles = CASEWORKERS
    http_method_names = ["get", "head"]

    def get(self, request):
        if self.worker.role == "WORKER":
            return HttpResponseRedirect(reverse("workforce:supervision_of", args=[self.worker.uuid]))
        workers = sorted(queries.led(self.worker).select_related("team"), key=lambda worker: worker.name)
        lines = [
            {
                "title": worker.name,
                "note": codes.label("user_role", worker.role),
                "url": reverse("workforce:supervision_of", args=[worker.uuid]),
            }
            for worker in workers
        ]
        return render(
            request,
            "workforce/supervision_home.html",
            {"lines": lines, "own_url": reverse("workforce:supervision_of", args=[self.worker.uuid])},
        )


class _Notes(Form):
    """Notes already there, and a form for the next."""

    roles = CASEWORKERS
    template_name = "workforce/supervision.html"
    form_class = NoteForm
    submit = __("Save the note")
    success_message = __("The note is saved.")

    def get_context_data(self, **context):
        notes = [
            {"title": _("%(author)s, about %(worker)s") % {"author": note.author.name, "worker": note.about.name} if note.author_id != note.about_id else note.author.name,
             "at": moment_text(note.at), "text": str(note.text), "agreed": str(note.agreed or "")}
            for note in self.notes()
        ]  # fmt: skip
        return super().get_context_data(notes=notes, **context)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"about": self.about()}


class SupervisionOf(_Notes):
    """Between one worker and who leads them."""

    def get_record(self):
        self.of = Worker.objects.filter(uuid=self.kwargs["worker"]).first() or absent()
        own = self.of.pk == self.worker.pk and self.worker.role in CASEWORKERS
        if not own and not actions.leads_worker(self.worker, self.of):
            absent()

    @property
    def title(self):
        return _("Supervision") if self.of == self.worker else _("Supervision of %(name)s") % {"name": self.of.name}

    lead = __(
        "Only the two sides read this: the worker, and who leads the worker. Name no child here; for that there are notes on the case."
    )

    def about(self):
        return [self.of]

    def notes(self):
        return queries.supervision_of(self.of)

    def act(self, form, client_key):
        return actions.note(by=self.worker, client_key=client_key, **form.facts())

    def get_success_url(self):
        return reverse("workforce:supervision_of", args=[self.of.uuid])


class CaseSupervisionPage(_Notes):
    """The same on a case."""

    action_name = "workforce.note_on_case"
    title = __("Supervision on this case")
    lead = __("Only the worker it is about and who leads that worker read this. It is no part of the child’s file that others read.")

    def get_record(self):
        self.case = case_or_404(self.kwargs["case"], self.worker)
        return self.case

    def about(self):
        if self.worker.role not in CASEWORKERS:
            absent()
        there = Assignment.objects.running().filter(case=self.case).select_related("worker").order_by("-is_lead", "pk")
        return [line.worker for line in there if line.worker == self.worker or actions.leads_worker(self.worker, line.worker)]

    def notes(self):
        return queries.supervision_on(self.case)

    def get_context_data(self, **context):
        back = {"url": reverse("cases:case", args=[self.case.uuid]), "label": self.case.called.name}
        return super().get_context_data(
            back=back, caption=f"{self.case.called.name} · {self.case.number}", can_write=bool(self.about()), **context
        )

    def act(self, form, client_key):
        return actions.note_on_case(self.case, by=self.worker, client_key=client_key, **form.facts())

    def get_success_url(self):
        return reverse("workforce:case_supervision", args=[self.case.uuid])


# lists


class SaveFilter(Pressed):
    """Keep the list as it is narrowed now."""

    roles = ("WORKER", "SUPERVISOR", "MANAGER", "POLICE_LIAISON", "BORDER_CONSULAR", "PANEL", "COORDINATOR")

    def act(self, key):
        sent = self.request.POST
        if sent.get("page") not in LISTS:
            absent()
        actions.save_filter(by=self.worker, page=sent["page"], name=sent.get("name", ""), query=sent.get("query", ""), client_key=key)
        banners.success(self.request, _("The filter is saved."))

    def next_url(self):
        query = self.request.POST.get("query", "")
        return reverse(self.request.POST["page"]) + (f"?{query}" if query else "")


class ForgetFilter(Pressed):
    roles = SaveFilter.roles

    def act(self, key):
        saved = SavedFilter.objects.filter(uuid=self.kwargs["saved"], worker=self.worker).first() or absent()
        self.page = saved.page
        actions.forget_filter(saved, by=self.worker, client_key=key)

    def next_url(self):
        return reverse(self.page)


# calendars


class CalendarPage(SignedIn, View):
    """The address for one's calendar program: made, shown once, stopped."""

    roles = CASEWORKERS
    http_method_names = ["get", "head", "post"]

    def get(self, request):
        return self.show()

    def post(self, request):
        secret = actions.new_secret()
        actions.make_calendar(by=self.worker, digest=actions.digest_of(secret), client_key=client_key(request))
        return self.show(request.build_absolute_uri(reverse("workforce:feed", args=[secret])))

    def show(self, address=""):
        running = queries.calendar_of(self.worker)
        made = {"made": moment_text(running.made_at), "read": moment_text(running.read_at) if running.read_at else ""} if running else None
        return render(self.request, "workforce/calendar.html", {"address": address, "running": made, "client_key": uuid.uuid4()})


class StopCalendar(Pressed):
    roles = CASEWORKERS

    def act(self, key):
        actions.revoke_calendar(by=self.worker, client_key=key)
        banners.success(self.request, _("The address no longer works."))

    def next_url(self):
        return reverse("workforce:calendar")
