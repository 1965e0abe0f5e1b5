"""The doors of intake: a report taken, screened, and made into cases."""

import uuid

from django import forms
from django.core import signing
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from romsai.cases import actions, lanes, queries, words
from romsai.cases.forms import (
    AskOfficesForm,
    CallForm,
    GroupChildFormSet,
    GroupForm,
    MessageForm,
    PeopleFormSet,
    RegisterForm,
    ReportForm,
    ScreenOutForm,
    SecondLookForm,
    area_text,
    areas_named,
    concern_options,
    concerns_named,
    pasted_children,
    reasons_of,
)
from romsai.cases.models import Case, CaseState, Report, Reporter, ReportState, ReportWords
from romsai.core import access, crypto
from romsai.core.actions import Refused, earlier
from romsai.core.dates import digits, moment_text
from romsai.core.views import ActionFormView, Page, SignedIn, client_key, visible_or_404
from romsai.people import search
from romsai.places import codes
from romsai.places.profile import profile

INTAKE = ("OPERATOR", "WORKER", "SUPERVISOR")


def report_or_404(uuid_):
    return visible_or_404(Report.objects.select_related("area", "team"), uuid=uuid_)


class OnReport(ActionFormView):
    """A form about one report."""

    template_name = "cases/form.html"
    form_class = forms.Form
    title, lead, submit, warning = "", "", "", False

    def get_record(self):
        return report_or_404(self.kwargs["report"])

    def dispatch(self, request, *args, **kwargs):
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404:
            # A report that is decided leaves the intake's sight: who sends its form twice sees again what the first sending did.
            if request.method != "POST" or request.worker is None or not self.sent_before():
                raise
            return HttpResponseRedirect(reverse("cases:reports"))

    def sent_before(self):
        """Whether this worker did this before with the form's key."""
        key = client_key(self.request)
        return key is not None and earlier(key, self.action_name) is not None

    def get_success_url(self):
        return reverse("cases:allegation" if self.record.is_about_staff else "cases:report", args=[self.record.uuid])

    def get_context_data(self, **context):
        back = {"url": reverse("cases:report", args=[self.record.uuid]), "label": _("The report")}
        return super().get_context_data(
            title=self.title, lead=self.lead, submit=self.submit, warning=self.warning, back=back, cancel_url=back["url"], **context
        )


class NewReport(ActionFormView):
    """One page for an operator whose caller may have forty seconds. The code for the reporter is shown once, on the answer itself."""

    action_name = "cases.report"
    template_name = "cases/new_report.html"
    form_class = ReportForm

    def get_initial(self):
        channel = {
            "POLICE_LIAISON": "POLICE",
            "BORDER_CONSULAR": "BORDER",
            "WORKER": "WALKIN",
            "SUPERVISOR": "WALKIN",
            "OPERATOR": "HELPLINE",
        }
        return {"channel": channel.get(self.worker.role, "OUTREACH")}

    def get_context_data(self, **context):
        form = context.get("form") or self.get_form()
        names = ("urgent", "first", "caller", "office")
        sections = {name: [form[field] for field in getattr(form, name)] for name in names}
        # Made before the report is: sending the form twice shows the same code.
        receipt = self.request.POST.get("receipt") or signing.dumps(actions.new_receipt(), salt="receipt")
        is_open = any(form[name].errors for part in names[1:] for name in getattr(form, part))
        return super().get_context_data(
            form=form, receipt=receipt, more_open=is_open, **{k: v for k, v in context.items() if k != "form"}, **sections
        )

    def form_valid(self, form):
        try:
            code = signing.loads(self.request.POST.get("receipt", ""), salt="receipt")
        except signing.BadSignature:
            code = actions.new_receipt()
        self.code = code
        answer = super().form_valid(form)
        if answer.status_code != 302:
            return answer
        limit = profile().limit("screening", actions.screening_risk(self.result.danger, self.result.danger_signs))
        page = {
            "code": code, "report": self.result, "is_mine": Report.objects.visible().filter(pk=self.result.pk).exists(),
            "danger": self.result.danger == "yes" or bool(self.result.danger_signs), "limit": limit, "decide_by": moment_text(self.result.decide_by),
        }  # fmt: skip
        return render(self.request, "cases/receipt.html", page)

    def act(self, form, client_key):
        return actions.report(by=self.worker, client_key=client_key, receipt=self.code, **form.facts())

    def get_success_url(self):
        return reverse("cases:new_report")


class Reports(Page):
    """Reports that wait for this intake team: danger first, then the longest waiting; those of the slow lane apart, at the end."""

    roles = INTAKE
    template_name = "cases/reports.html"

    def get_context_data(self, **context):
        now = timezone.now()
        waiting = list(queries.waiting_reports())
        return super().get_context_data(
            rows=[self.row(report, now) for report in waiting if not report.slow_reasons],
            slow=[self.row(report, now) for report in waiting if report.slow_reasons],
            columns=[{"label": label} for label in (_("Report"), _("Danger"), _("Where"), _("Decide by"), _("State"))],
            late=sum(report.decide_by < now for report in waiting),
            actions=[{"label": _("New report"), "url": reverse("cases:new_report"), "icon": "add"}],
            **context,
        )

    def row(self, report, now):
        when, note, is_late = words.due(report.decide_by, now=now)
        who = codes.label("reporter_type", report.reporter_type) if report.reporter_type else _("not said")
        children = _("%(n)d children") % {"n": report.children} if report.children > 1 else ""
        state = _("waits for a second look") if report.sample_check else ReportState(report.state).label
        return {
            "cells": [
                {"text": codes.label("report_channel", report.channel), "url": reverse("cases:report", args=[report.uuid]), "note": who, "code": moment_text(report.received_at)},
                {"text": danger_text(report), "late": report.danger == "yes" or bool(report.danger_signs), "note": children},
                {"text": report.area.name_in(get_language()) if report.area else _("Not known")},
                {"text": when, "late": is_late, "note": note},
                {"text": state, "note": slow_text(report)},
            ]
        }  # fmt: skip


def slow_text(report):
    """Why a report waits in the slow lane, in words."""
    return ", ".join(str(lanes.REASONS[code]) for code in report.slow_reasons)


def danger_text(report):
    signs = [codes.label("medical_window", sign) for sign in report.danger_signs]
    now = {"yes": _("In danger now"), "no": _("Not now"), "unknown": _("Not known")}[report.danger]
    return "; ".join([now, *signs])


class ReportPage(Page):
    """One report: what was said, the danger, what was written to and by the reporter, what can be done with it."""

    template_name = "cases/report.html"

    def get_context_data(self, *, report, **context):
        report = report_or_404(report)
        now = timezone.now()
        when, note, is_late = words.due(report.decide_by, now=now)
        said = ReportWords.objects.visible().filter(report=report).first()
        reporter = Reporter.objects.visible().filter(report=report).first()
        links = [link.case for link in report.links.select_related("case__child") if link.case_id in self.visible_cases(report)]
        known = self.known(said)
        is_open = report.state in (ReportState.RECEIVED, ReportState.SCREENING)
        may_screen = is_open and access.may(self.worker, "cases.start_screening", report)
        return super().get_context_data(
            report=report, said=said, reporter=reporter, when=when, when_note=note, is_late=is_late, is_open=is_open,
            danger=danger_text(report), is_danger=report.danger == "yes" or bool(report.danger_signs),
            facts=self.facts(report, said), who=self.who(report, reporter), messages_here=list(report.messages.order_by("pk")),
            calls=crypto.preload(report.calls.select_related("by").order_by("pk")),
            may_screen=may_screen, may_call=reporter is not None and bool(reporter.phone) and reporter.is_safe_to_call is not False, is_new=report.state == ReportState.RECEIVED, second_look=self.second_look(report),
            message_form=MessageForm(), client_key=uuid.uuid4(), known=known, cases=[case_line(case) for case in links],
            result=codes.label("report_disposition", report.disposition) if report.disposition else "",
            back={"url": reverse("cases:reports"), "label": _("Reports waiting")} if self.worker.role in INTAKE else None, **context,
        )  # fmt: skip

    def visible_cases(self, report):
        return set(Case.objects.visible().filter(report_links__report=report).values_list("pk", flat=True))

    def second_look(self, report):
        can = (
            report.sample_check
            and report.screened_by_id != self.worker.pk
            and access.may(self.worker, "cases.confirm_screened_out", report)
        )
        return SecondLookForm() if can else None

    def known(self, said):
        """The known-child check over what the report itself says, shown before anything is decided."""
        if said is None or not said.child_names or self.worker.role not in INTAKE:
            return None
        return known_context(self.worker, {"q": str(said.child_names)})

    def facts(self, report, said):
        rows = [
            {"label": _("Arrived"), "value": moment_text(report.received_at), "note": codes.label("report_channel", report.channel)},
            {"label": _("An authority first heard"), "value": moment_text(report.heard_at)},
            {"label": _("Area"), "value": area_text(report.area) if report.area else _("Not known")},
        ]
        if report.slow_reasons:
            rows.append({"label": _("In the slow lane because"), "value": slow_text(report)})
        if report.children > 1:
            rows.append({"label": _("Children"), "value": report.children})
        if report.language:
            rows.append({"label": _("Language"), "value": codes.label("language", report.language)})
        for label, text in (
            (_("Child"), said and said.child_names),
            (_("About the child"), said and said.child_about),
            (_("Where to find the child"), said and said.where),
        ):
            if text:
                rows.append({"label": label, "value": text})
        return rows

    def who(self, report, reporter):
        rows = [
            {"label": _("Who told"), "value": codes.label("reporter_type", report.reporter_type) if report.reporter_type else _("Not said")}
        ]
        if reporter is None:
            return rows
        if reporter.name:
            rows.append({"label": _("Name"), "value": reporter.name})
        if reporter.phone:
            safe = {True: _("safe to call"), False: _("do not call"), None: _("nobody asked whether it is safe to call")}[
                reporter.is_safe_to_call
            ]
            rows.append({"label": _("Telephone"), "value": reporter.phone, "note": safe})
        if reporter.is_alleged:
            rows.append({"label": _("Warning"), "value": _("Said to have harmed the child. Tell this person nothing.")})
        return rows


def case_line(case):
    """A case as one line of a list: its child, number and address."""
    name = queries.called([case.child])[case.child_id]
    return {
        "name": name.name,
        "lang": name.lang,
        "number": case.number,
        "url": reverse("cases:case", args=[case.uuid]),
        "state": CaseState(case.state).label,
    }


class StartScreening(OnReport):
    action_name = "cases.start_screening"
    title, submit = "", ""

    def act(self, form, client_key):
        return actions.start_screening(self.record, by=self.worker, client_key=client_key)

    def get_context_data(self, **context):
        self.title, self.submit = _("Start screening"), _("Start screening")
        self.lead = _("You are the one who decides on this report. The clock runs until you have.")
        return super().get_context_data(**context)


class ScreenOut(OnReport):
    """No case comes of it: why, and which advice was given."""

    action_name = "cases.screen_out"
    form_class = ScreenOutForm
    template_name = "cases/screen_out.html"

    def act(self, form, client_key):
        return actions.screen_out(self.record, by=self.worker, client_key=client_key, **form.cleaned_data)

    def get_context_data(self, **context):
        self.title, self.submit = _("Do not open a case"), _("Save the result")
        self.lead = _(
            "A supervisor looks first at one report in ten, and at each of a child who speaks for themselves, of a child under 5, "
            "and at every further report on a child or household."
        )
        blocked = self.record.danger == "yes" or bool(self.record.danger_signs)
        return super().get_context_data(blocked=blocked, **context)

    success_message = "saved"

    def get_success_message(self):
        if self.result.sample_check:
            return _("Saved. A supervisor looks at this report before it ends.")
        return _("Saved. No case was opened.")


class SecondLook(OnReport):
    action_name = "cases.confirm_screened_out"
    form_class = SecondLookForm

    def act(self, form, client_key):
        return actions.confirm_screened_out(self.record, by=self.worker, client_key=client_key, agrees=form.cleaned_data["agrees"] == "yes")

    def get_success_url(self):
        return reverse("cases:reports")

    def get_context_data(self, **context):
        self.title, self.submit = _("A second look"), _("Save")
        return super().get_context_data(**context)


class AnswerReporter(OnReport):
    action_name = "cases.answer_reporter"
    form_class = MessageForm
    success_message = "sent"

    def act(self, form, client_key):
        return actions.answer_reporter(self.record, by=self.worker, client_key=client_key, **form.cleaned_data)

    def get_success_message(self):
        return _("The message waits for the reporter, who reads it with the receipt code.")

    def get_context_data(self, **context):
        self.title, self.submit = _("Write to the reporter"), _("Send")
        return super().get_context_data(**context)


class LogCall(OnReport):
    action_name = "cases.log_call"
    form_class = CallForm
    success_message = "saved"

    def act(self, form, client_key):
        return actions.log_call(self.record, by=self.worker, client_key=client_key, **form.cleaned_data)

    def get_success_message(self):
        return _("The call is noted.")

    def get_context_data(self, **context):
        self.title, self.submit = _("Call back"), _("Save the call")
        reporter = Reporter.objects.visible().filter(report=self.record).first()
        if reporter and reporter.phone:
            self.lead = _("Call %(phone)s. Say first who you are only when you know who speaks.") % {"phone": reporter.phone}
        return super().get_context_data(**context)


class LinkReport(OnReport):
    """The report is about a child whose case is known: add it to the open case, or reopen the closed one with it."""

    def get_record(self):
        report = super().get_record()  # first: whoever coordinates sees cases, and neither reports nor children
        self.case = visible_or_404(Case.objects.select_related("child"), uuid=self.kwargs["case"])
        return report

    @property
    def action_name(self):
        return "cases.link_report"

    def act(self, form, client_key):
        if self.case.is_open:
            return actions.link_report(self.record, by=self.worker, client_key=client_key, case=self.case)
        return actions.reopen(self.case, by=self.worker, client_key=client_key, report=self.record)

    def get_success_url(self):
        return reverse("cases:case", args=[self.case.uuid])

    def get_context_data(self, **context):
        name = queries.called([self.case.child])[self.case.child_id].name
        facts = {"name": name, "number": self.case.number}
        if self.case.is_open:
            self.title = _("Add this report to the case of %(name)s?") % facts
            self.lead = _("You judged that it is the same child. Case %(number)s goes on; the report is closed.") % facts
            self.submit = _("Yes, add it")
        else:
            self.title = _("Reopen the case of %(name)s with this report?") % facts
            self.lead = _("Case %(number)s begins a new episode. The clocks start again; the earlier file stays readable.") % facts
            self.submit = _("Yes, reopen")
        return super().get_context_data(**context)


# look-ups while typing: fragments of pages that also work on their own


class KnownChild(SignedIn):
    """Is this child known? Within one's scope the cases with reasons; outside only that a desk officer gets in touch."""

    roles = INTAKE

    def get(self, request):
        context = known_context(self.worker, request.GET)
        return render(request, "cases/known.html", {"known": context, "report": request.GET.get("report", "")})


def known_context(worker, facts):
    """What the known-child check shows for typed facts: {cases: [{…, reasons}], elsewhere, asked}."""
    names = [
        text
        for text in (facts.get("q", ""), facts.get("name", ""), facts.get("nickname", ""), facts.get("other_script", ""))
        if text.strip()
    ]
    if not names:
        return {"cases": [], "elsewhere": False, "lines": [], "asks_more": False, "asked": False}
    year = digits(facts.get("born_2", "") or "")
    year = int(year) if year.isdigit() and len(year) == 4 else None
    if year and year > 2400:
        year -= 543
    age = digits(facts.get("age", "") or "")
    if year is None and age.isdigit():
        year = timezone.localdate().year - int(age)
    found = queries.known_child(
        worker, names=names, birth_year=year, sex=facts.get("sex", ""), phone=facts.get("phone", ""), mother=facts.get("mother", ""),
        father=facts.get("father", ""), place=facts.get("place", ""),
    )  # fmt: skip
    lines = [case_line(case) | {"uuid": case.uuid, "reasons": found.reasons[case.pk], "is_open": case.is_open} for case in found.cases]
    return {"cases": lines, "elsewhere": found.elsewhere, "lines": found.lines, "asks_more": found.asks_more, "is_too_often": found.is_too_often, "asked": True}


class AskOffices(ActionFormView):
    """Does another office know this child? Asked with two facts; the answer is that a desk officer calls, or nothing."""

    action_name = "cases.known_child"
    roles = ("WORKER", "SUPERVISOR", "OPERATOR")
    form_class = AskOfficesForm
    template_name = "cases/ask_offices.html"

    def get_initial(self):
        said = search.Question.said(self.request.GET.get("q", "")[:100], year=timezone.localdate().year)
        return {"name": " ".join(said.names), "age": said.birth_year or "", "place": said.place, "phone": said.phone}

    def get_context_data(self, **context):
        title = _("Ask whether another office knows this child")
        lead = _("You read no more than that a desk officer will contact you. Each question stands on record, and who works for the child sees who asked.")
        back = {"url": reverse("search"), "label": _("Search")}
        return super().get_context_data(title=title, lead=lead, submit=_("Ask"), back=back, cancel_url=back["url"], **context)

    def form_valid(self, form):
        told = form.cleaned_data
        age = {"born_2" if len(told["age"]) == 4 else "age": told["age"]}
        return self.render_to_response(self.get_context_data(form=form, known=known_context(self.worker, told | age)))


class Areas(SignedIn):
    """Areas that the typed letters may mean, to choose from."""

    def get(self, request):
        found = [(area.pcode, area_text(area)) for area in areas_named(request.GET.get("q", ""))]
        return render(request, "cases/area_options.html", {"found": found, "name": request.GET.get("name", "area")})


class Concerns(SignedIn):
    """Concerns that a typed word may mean, to tick."""

    def get(self, request):
        found = concern_options(concerns_named(request.GET.get("q", "")))
        return render(request, "cases/concern_options.html", {"options": found, "name": "concerns", "prefix": "found", "asked": True})


# registration


class Registering(OnReport):
    """What registering one child and registering many have in common: workers by load, and buttons that only look something up."""

    look_ups = ("check", "find", "read")
    success_message = "registered"

    def get_loads(self):
        area = self.record.area
        if self.request.method == "POST":
            try:
                area = (
                    self.form_class.base_fields["area"].clean((self.request.POST.get("area", ""), self.request.POST.get("area_code", "")))
                    or area
                )
            except forms.ValidationError:
                pass
        return queries.candidates_for(area, self.worker)[:25]

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"loads": self.get_loads()}

    def get_initial(self):
        return {"area": self.record.area, "language": self.record.language, "risk": "HIGH" if self.record.danger != "no" else None}

    def post(self, request, *args, **kwargs):
        if any(name in request.POST for name in self.look_ups):
            form = quiet(self.get_form())
            form.propose_risk()
            return self.render_to_response(self.get_context_data(form=form))
        return super().post(request, *args, **kwargs)


def quiet(form):
    """A form with what was typed and without judging it: for buttons that only look something up."""
    form._errors = forms.utils.ErrorDict()
    form.cleaned_data = {}
    return form


class Register(Registering):
    """Open a case for the child of a report."""

    action_name = "cases.register"
    form_class = RegisterForm
    template_name = "cases/register.html"

    def people(self):
        if not hasattr(self, "_people"):
            posted = self.request.POST if self.request.method == "POST" and "people-TOTAL_FORMS" in self.request.POST else None
            self._people = PeopleFormSet(posted, prefix="people", form_kwargs={"empty_permitted": True, "use_required_attribute": False})
        return self._people

    def get_initial(self):
        said = ReportWords.objects.visible().filter(report=self.record).first()
        name = str(said.child_names) if said and said.child_names else ""
        return super().get_initial() | {"name": name}

    def form_valid(self, form):
        if not self.people().is_valid():
            return self.form_invalid(form)
        return super().form_valid(form)

    def act(self, form, client_key):
        got = form.cleaned_data
        return actions.register(
            self.record, by=self.worker, client_key=client_key, child=form.child(), concerns=got["concerns"], risk=got["risk"],
            risk_reasons=reasons_of(got["risk_reasons"]), worker=form.workers[got["worker"]], consent=form.consent(), area=got["area"],
            language=got["language"], care=got["care"], seal=got["seal"], participants=[line for line in (p.person() for p in self.people()) if line],
        )  # fmt: skip

    def get_success_url(self):
        if Case.objects.visible().filter(pk=self.result.pk).exists():
            return reverse("cases:case", args=[self.result.uuid])
        return reverse("cases:reports")

    def get_success_message(self):
        return _("Case %(number)s was opened.") % {"number": self.result.number}

    def get_context_data(self, **context):
        self.title, self.submit = _("Open a case"), _("Open the case")
        form = context.get("form") or self.get_form()
        parts = {name: [form[field] for field in getattr(form, f"{name}_names")] for name in ("child", "risk", "consent")}
        known = known_context(self.worker, self.request.POST) if "check" in self.request.POST else None
        people = (
            self.people()
            if self.request.method != "POST" or not any(name in self.request.POST for name in self.look_ups)
            else quiet_set(self.people())
        )
        return super().get_context_data(
            parts=parts, people=people, known=known, guide=consent_guide(), form=form, **{k: v for k, v in context.items() if k != "form"}
        )


def quiet_set(formset):
    formset._errors, formset._non_form_errors = [{} for _form in formset.forms], formset.error_class()
    for form in formset.forms:
        quiet(form)
    return formset


def consent_guide():
    """The working guide of who decides at which age, in the language in which it was reviewed."""
    listed = codes.get("age_consent_guide")
    return [
        {"age": listed.label(code, codes.REVIEWED), "text": listed.item(code)["description"], "lang": codes.REVIEWED} for code in listed
    ]


class RegisterGroup(Registering):
    """Open cases for many children of one event: what they share typed once, the children in a table or pasted from a sheet."""

    action_name = "cases.register_group"
    form_class = GroupForm
    template_name = "cases/register_group.html"

    def get_initial(self):
        return super().get_initial() | {"happened_on": timezone.localtime(self.record.heard_at).date()}

    def children(self):
        if not hasattr(self, "_children"):
            is_sent = self.request.method == "POST" and "children-TOTAL_FORMS" in self.request.POST
            options = {"prefix": "children", "form_kwargs": {"empty_permitted": True, "use_required_attribute": False}}
            pasted = pasted_children(self.request.POST.get("pasted", "")) if is_sent else []
            if pasted:
                self._children = GroupChildFormSet(self.joined(pasted), **options)
            else:
                self._children = GroupChildFormSet(self.request.POST if is_sent else None, **options)
                if not is_sent:
                    self._children.extra = min(max(self.record.children, 3), 60)
        return self._children

    def joined(self, pasted):
        """The table as sent with the pasted lines after its last filled row."""
        sent, data, rows = self.request.POST, {}, []
        for number in range(min(int(sent.get("children-TOTAL_FORMS") or 0), 300)):
            row = {name: sent.get(f"children-{number}-{name}", "") for name in ("label", "sex", "age", "language")}
            if any(row.values()):
                rows.append(row)
        rows += pasted
        for number, row in enumerate(rows):
            data |= {f"children-{number}-{name}": "" if value is None else value for name, value in row.items()}
        return data | {
            "children-TOTAL_FORMS": len(rows),
            "children-INITIAL_FORMS": 0,
            "children-MIN_NUM_FORMS": 0,
            "children-MAX_NUM_FORMS": 1000,
        }

    def form_valid(self, form):
        if not self.children().is_valid():
            return self.form_invalid(form)
        return super().form_valid(form)

    def act(self, form, client_key):
        got = form.cleaned_data
        lines = [line.child() for line in self.children() if line.cleaned_data.get("label")]
        if not lines:
            raise Refused(_("Write at least one child into the table, or paste the lines."))
        return actions.register_group(
            self.record, by=self.worker, client_key=client_key, kind=got["kind"], happened_on=got["happened_on"], area=got["area"], children=lines,
            concerns=got["concerns"], risk=got["risk"], workers=[form.workers[code] for code in got["workers"]], consent=form.consent(),
        )  # fmt: skip

    def get_success_url(self):
        return reverse("cases:reports")

    def get_success_message(self):
        return _("%(n)d cases were opened and given to their workers.") % {"n": self.record_children()}

    def record_children(self):
        return sum(bool(line.cleaned_data.get("label")) for line in self.children())

    def get_context_data(self, **context):
        self.title, self.submit = _("Open cases for many children"), _("Open all cases")
        form = context.get("form") or self.get_form()
        children = self.children()
        if any(name in self.request.POST for name in self.look_ups):
            quiet_set(children)
        if "pasted" in self.request.POST:
            form.data = form.data.copy()
            form.data["pasted"] = ""  # the lines stand in the table now
        parts = {name: [form[field] for field in getattr(form, f"{name}_names")] for name in ("shared", "consent")}
        return super().get_context_data(
            parts=parts, children=children, guide=consent_guide(), form=form, **{k: v for k, v in context.items() if k != "form"}
        )
