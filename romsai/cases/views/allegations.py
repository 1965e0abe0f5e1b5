"""Reports about staff: what a safeguarding officer reads and does, and nobody else."""

import uuid

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.cases import allegations
from romsai.cases.forms import AccusedForm, KeepFromCaseForm, MessageForm, OutcomeForm
from romsai.cases.models import Report, Reporter, ReportState, ReportWords
from romsai.cases.views.intake import OnReport, ReportPage, danger_text
from romsai.cases.words import due
from romsai.core import access
from romsai.core.actions import Refused
from romsai.core.views import Page, visible_or_404
from romsai.places import codes
from romsai.places.models import Agency, Worker

FOUND = 15  # workers and agencies of a name


def allegation_or_404(uuid_):
    return visible_or_404(Report.objects.filter(is_about_staff=True).select_related("area"), uuid=uuid_)


class AllegationPage(Page):
    """One report about staff: what was said, whom it is about, which cases it touches."""

    roles = ("SAFEGUARD",)
    template_name = "cases/allegation.html"

    def get_context_data(self, *, report, **context):
        report = allegation_or_404(report)
        when, note, is_late = due(report.decide_by, now=timezone.now())
        said = ReportWords.objects.visible().filter(report=report).first()
        drawn = ReportPage()
        named = report.accused.select_related("worker__agency", "agency").order_by("pk")
        with access.system(on_behalf=self.worker, purpose="safeguarding"):
            numbers = [line.case.number for line in report.touched.select_related("case").order_by("pk")]
        return super().get_context_data(
            report=report, said=said, when=when, when_note=note, is_late=is_late, danger=danger_text(report),
            is_open=report.state in (ReportState.RECEIVED, ReportState.SCREENING), is_new=report.state == ReportState.RECEIVED,
            facts=drawn.facts(report, said), who=drawn.who(report, Reporter.objects.visible().filter(report=report).first()),
            accused=[accused_row(line) for line in named], numbers=numbers, messages_here=list(report.messages.order_by("pk")),
            message_form=MessageForm(), client_key=uuid.uuid4(), result=codes.label("report_disposition", report.disposition) if report.disposition else "",
            back={"url": reverse("home"), "label": _("Today")}, **context,
        )  # fmt: skip


def accused_row(line):
    if line.worker is None:
        return {"label": _("Agency"), "value": line.agency.name}
    return {"label": line.worker.name, "value": line.worker.agency.name, "note": codes.label("user_role", line.worker.role)}


class PassOn(OnReport):
    action_name = "cases.pass_to_safeguarding"
    title, submit, warning = __("The report is about one of the staff"), __("Give it to the safeguarding officer"), True
    lead = __("From now on only a safeguarding officer reads it, within 24 hours. You and your office no longer see it.")
    success_message = __("The safeguarding officer has it.")

    def act(self, form, client_key):
        return allegations.pass_to_safeguarding(self.record, by=self.worker, client_key=client_key)

    def get_success_url(self):
        return reverse("cases:reports")


class OnAllegation(OnReport):
    def get_record(self):
        return allegation_or_404(self.kwargs["report"])

    def get_success_url(self):
        return reverse("cases:allegation", args=[self.record.uuid])

    def get_context_data(self, **context):
        shown = super().get_context_data(**context)
        back = {"url": reverse("cases:allegation", args=[self.record.uuid]), "label": _("The report")}
        return shown | {"back": back, "cancel_url": back["url"]}


class TakeUp(OnAllegation):
    action_name = "cases.take_up"
    title, submit = __("Take it up"), __("I take it up")
    lead = __("You answer for it from now on.")

    def act(self, form, client_key):
        return allegations.take_up(self.record, by=self.worker, client_key=client_key)


class NameAccused(OnAllegation):
    """First a name to look for, then who of those found."""

    action_name = "cases.name_accused"
    template_name = "cases/accused.html"
    form_class = AccusedForm
    title, submit = __("Whom is it about?"), __("It is about them")
    lead = __("From now on neither they nor the agency where they work reach this report.")
    success_message = __("They do not reach this report.")

    def get_form_kwargs(self):
        asked = self.request.GET.get("q", "").strip()[:100]
        self.asked, self.found = asked, {}
        if len(asked) > 1:
            workers = Worker.objects.active().filter(name__icontains=asked).select_related("agency").order_by("name")[:FOUND]
            agencies = Agency.objects.active().filter(name__icontains=asked).order_by("name")[:FOUND]
            self.found = {f"worker:{w.uuid}": {"worker": w} for w in workers} | {f"agency:{a.uuid}": {"agency": a} for a in agencies}
        whom = [(key, self.words_of(**facts)) for key, facts in self.found.items()]
        return super().get_form_kwargs() | {"whom": whom}

    @staticmethod
    def words_of(worker=None, agency=None):
        if worker is None:
            return _("Somebody at %(agency)s, not known who") % {"agency": agency.name}
        return f"{worker.name}, {codes.label('user_role', worker.role)}, {worker.agency.name}"

    def get_context_data(self, **context):
        shown = super().get_context_data(**context)
        return shown | {"asked": self.asked, "found": bool(self.found)}

    def act(self, form, client_key):
        return allegations.name_accused(self.record, by=self.worker, client_key=client_key, **self.found[form.cleaned_data["who"]])


class KeepFromCase(OnAllegation):
    action_name = "cases.keep_from_case"
    form_class = KeepFromCaseForm
    title, submit, warning = __("Keep them from the child’s case"), __("Keep them from it"), True
    lead = __(
        "Whoever is accused, whoever is above them and their whole agency, if it is another than the case’s, no longer reach the case."
    )
    success_message = __("They no longer reach the case.")

    def act(self, form, client_key):
        name = form.cleaned_data["lead"].strip()
        found = list(Worker.objects.active().filter(name__iexact=name).select_related("team", "agency")[:2]) if name else []
        if name and len(found) != 1:
            raise Refused(_("There is no worker of this name, or more than one. Write the whole name as it stands in the list of workers."))
        number = form.cleaned_data["number"]
        return allegations.keep_from_case(
            self.record, by=self.worker, number=number, lead=found[0] if found else None, client_key=client_key
        )


class Close(OnAllegation):
    action_name = "cases.close_allegation"
    form_class = OutcomeForm
    title, submit = __("Close it"), __("Close it")
    success_message = __("It is closed.")

    def act(self, form, client_key):
        return allegations.close_allegation(self.record, by=self.worker, client_key=client_key, **form.cleaned_data)
