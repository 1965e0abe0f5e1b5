"""Questionnaires on a case: begun, filled in page by page, finished, read back."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.cases import actions
from romsai.cases.models import Assessment
from romsai.cases.views.case import case_or_404
from romsai.cases.views.work import OnCase
from romsai.cases.words import by_whom
from romsai.core import access
from romsai.core.dates import moment_text
from romsai.core.views import Page, visible_or_404
from romsai.questionnaires import htcds
from romsai.questionnaires.models import Form
from romsai.questionnaires.pages import Filling
from romsai.questionnaires.views import FillView


class Start(OnCase):
    """Begin a questionnaire, or go on with the one that is begun."""

    action_name = "cases.start_assessment"
    submit = __("Begin")

    def get_record(self):
        super().get_record()
        form = Form.objects.in_use().filter(kind=self.kwargs["kind"]).first()
        if form is None:
            raise Http404
        self.form, self.version = form, form.published
        return self.case

    def get(self, request, *args, **kwargs):
        begun = Assessment.objects.visible().filter(case=self.case, kind=self.form.kind, finished_at__isnull=True).first()
        if begun:
            return HttpResponseRedirect(reverse("cases:answer_assessment", args=[self.case.uuid, begun.uuid]))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **context):
        lead = _("Every page is saved as you go; you can leave and come back.")
        return super().get_context_data(title=self.form.title_in(get_language()), lead=lead, **context)

    def act(self, form, client_key):
        return actions.start_assessment(
            self.case, by=self.worker, client_key=client_key, version=self.version, language=get_language() or ""
        )

    def get_success_url(self):
        return reverse("cases:answer_assessment", args=[self.case.uuid, self.result.uuid])


class Answer(FillView):
    """Fill in a questionnaire of a case."""

    def get_answers(self):
        case = case_or_404(self.kwargs["case"], self.worker)
        assessment = visible_or_404(
            Assessment.objects.select_related("version__form", "updated_by"), uuid=self.kwargs["assessment"], case=case
        )
        if not access.may(self.worker, "cases.answer_assessment", assessment):
            raise Http404
        assessment.case = case
        return assessment

    def save(self, record, answers, **where):
        actions.answer_assessment(record, by=self.worker, answers=answers, **where)

    def finish(self, record, client_key):
        actions.finish_assessment(record, by=self.worker, client_key=client_key)

    def saved_by(self, record):
        return by_whom(record.updated_by)

    def get_done_url(self):
        return reverse("cases:tab", args=[self.kwargs["case"], "assessments"])

    def get_context_data(self, **context):
        back = {"url": self.get_done_url(), "label": self.record.case.called.name}
        return super().get_context_data(back=back, **context)


class TakeOut(OnCase):
    """The HTCDS answers as a file of the standard. A POST, because something leaves the machine."""

    action_name = "cases.export_htcds"
    title, submit = __("Take out as an HTCDS file"), __("Download the file")
    lead = __(
        "The file holds codes only, under a pseudonym: no name, no words, no place below the country. Your download is on the record."
    )

    def get_record(self):
        super().get_record()
        return visible_or_404(Assessment.objects, uuid=self.kwargs["assessment"], case=self.case)

    def act(self, form, client_key):
        return actions.export_htcds(self.record, by=self.worker)

    def form_valid(self, form):
        answer = super().form_valid(form)
        if answer.status_code == 422:
            return answer
        file = HttpResponse(htcds.as_csv([self.result]), content_type="text/csv; charset=utf-8")
        file["Content-Disposition"] = 'attachment; filename="htcds.csv"'
        return file


class Read(Page):
    """The answers of a questionnaire, read back page by page."""

    template_name = "cases/assessment.html"

    def get_context_data(self, *, case, assessment, **context):
        case = case_or_404(case, self.worker)
        record = visible_or_404(Assessment.objects.select_related("version__form", "finished_by", "started_by"), uuid=assessment, case=case)
        offered = record.version.compiled["languages"]
        language = get_language() if get_language() in offered else offered[0]
        filling = Filling(
            record.version.compiled,
            record.answers,
            today=timezone.localdate(record.finished_at),
            now=timezone.localtime(record.finished_at),
            language=language,
        )
        who = by_whom(record.finished_by or record.started_by)
        lead = f"{who}, {moment_text(record.finished_at or record.started_at)}"
        url = "" if record.is_finished else reverse("cases:answer_assessment", args=[case.uuid, record.uuid])
        back = {"url": reverse("cases:tab", args=[case.uuid, "assessments"]), "label": case.called.name}
        title = record.version.form.title_in(get_language())
        if record.kind == "HTCDS" and record.is_finished and access.may(self.worker, "cases.export_htcds", record):
            context["take_out_url"] = reverse("cases:htcds", args=[case.uuid, record.uuid])
        return super().get_context_data(case=case, sections=filling.sections, title=title, lead=lead, go_on_url=url, back=back, **context)
