"""The doors: a manager's pages for forms and their versions, and the pages of filling one in, for any room."""

import uuid
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from romsai.core.actions import Refused
from romsai.core.views import ActionFormView, Page, SignedIn, client_key

from . import actions
from .compile import FormErrors
from .differences import differences, retyped
from .models import Form, FormVersion, Stale
from .pages import ASKED, CHOSEN, CLASH, SEEN, Filling, add_round, remove_round
from .upload import UploadForm, kind_label, spoken

MANAGERS = {"ADMIN"}
TRIES = 3  # others may save between our reading and our saving; three in a row is a storm
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def language_name(code):
    """What a language calls itself, where that is known."""
    try:
        return get_language_info(code)["name_local"]
    except KeyError:
        return code


# --- filling in -----------------------------------------------------------------------------------------------------


class FillView(SignedIn, TemplateView):
    """Fill in a questionnaire page by page. A room subclasses it for its own table of Answers:

        class AnswerAssessment(FillView):
            def get_answers(self): …                       # the record, looked up within the worker's rights
            def save(self, record, answers, **where): …    # calls the room's action with where=; it raises models.Stale
            def finish(self, record, client_key): …        # calls the room's action
            def get_done_url(self): …                      # after finishing, or leaving for now

    Each page is a form that works without script; with script it saves by itself, and questions that hang on an answer
    come and go at once. What two people change at once is put before the second, who chooses (status 409). `template_name` and `check_template_name` may be set to templates that extend these two.
    """

    template_name = "questionnaires/fill.html"
    check_template_name = "questionnaires/check.html"

    def get_answers(self):
        raise NotImplementedError

    def save(self, record, answers, *, page, language, revision, touched):
        raise NotImplementedError

    def finish(self, record, client_key):
        raise NotImplementedError

    def get_done_url(self):
        raise NotImplementedError

    def saved_by(self, record):
        """Who saved these answers last, in words."""
        return ""

    @cached_property
    def record(self):
        return self.get_answers()

    @cached_property
    def language(self):
        """As chosen on the page, else as answered before, else the reader's own; always one that the form has."""
        offered = self.record.version.compiled["languages"]
        wanted = (
            self.request.POST.get("language"),
            self.request.GET.get("language"),
            self.record.language,
            get_language(),
        )
        return next((code for code in wanted if code in offered), offered[0])

    def filling(self):
        return Filling(
            self.record.version.compiled,
            self.record.answers,
            today=timezone.localdate(),
            now=timezone.localtime(),
            language=self.language,
        )

    def address(self, page=None, **more):
        """This view's address for a page, or for checking all answers."""
        where = {"page": page.name} if page else {"check": 1}
        return f"{self.request.path}?{urlencode({**where, 'language': self.language, **more})}"

    def get(self, request, *args, **kwargs):
        if self.record.is_finished:
            return HttpResponseRedirect(self.get_done_url())
        filling = self.filling()
        page = filling.page(request.GET.get("page") or self.record.page)
        if page is None or "check" in request.GET:
            return self.show_check(filling)
        return self.show(filling, page, filling.form(page))

    def post(self, request, *args, **kwargs):
        for _again in range(TRIES):
            try:
                return self.take(request)
            except Stale:
                del self.record  # somebody saved between our reading and our saving: lay it over theirs
        return HttpResponse(status=503)

    def take(self, request):
        go = request.POST.get("go", "")
        if self.record.is_finished and (go == "finish" or ASKED not in request.POST):
            return HttpResponseRedirect(self.get_done_url())
        if go == "finish":
            return self.end()
        filling = self.filling()
        page = filling.page(request.POST.get("page", ""))
        if page is None:
            return HttpResponseRedirect(self.address())
        key = self.page_key()
        posted = filling.posted(page, request.POST, own={path for path, last in self.record.touched.items() if last == key})
        if request.headers.get("HX-Request"):
            return self.show(posted.filling, posted.page, posted.form)
        if self.record.is_finished:
            return self.show_too_late(posted)
        if posted.clashes:
            return self.show_clash(posted)
        if request.headers.get("X-Autosave"):
            self.keep(posted, page)
            marks = posted.marks()
            return HttpResponse(" ".join(marks.get(path, "-") for path in request.POST.get(ASKED, "").split()), content_type="text/plain")
        for button, change in (("add", self.add), ("remove", self.remove)):
            if button in request.POST:
                anchor = change(posted, request.POST[button])
                self.keep(posted, page)
                return HttpResponseRedirect(f"{self.address(page)}#{anchor}")
        if go in ("back", "leave"):
            self.keep(posted, page)
            before = filling.neighbour(page, -1)
            return HttpResponseRedirect(self.address(before) if go == "back" and before else self.get_done_url())
        if not posted.is_good:
            return self.show(posted.filling, posted.page, posted.form, status=422)
        return self.go_on(posted)

    def keep(self, posted, page):
        where = {"page": page.name, "language": self.language, "revision": self.record.revision}
        self.save(self.record, posted.answers, touched=dict.fromkeys(posted.changed, self.page_key()), **where)

    def page_key(self):
        """The key of the page as it lies open before somebody; a new page has a new one."""
        try:
            return str(uuid.UUID(self.request.POST.get("from", "")))
        except ValueError:
            return str(uuid.uuid4())

    def go_on(self, posted):
        """To the next page; or the same one again, if the answers brought new questions onto it."""
        following = None if posted.fresh else posted.filling.neighbour(posted.page, 1)
        where = posted.page if posted.fresh else following
        self.keep(posted, where or posted.page)
        if posted.fresh:
            return HttpResponseRedirect(self.address(posted.page, more=1) + f"#id_q/{posted.fresh[0]}")
        return HttpResponseRedirect(self.address(following))

    def show_clash(self, posted):
        """What two people changed at once, side by side. Nothing is saved until the second has chosen; nothing typed is lost."""
        if self.request.headers.get("X-Autosave"):
            return HttpResponse(status=409)
        asked = self.request.POST.get(ASKED, "").split()
        marks = dict(zip(asked, self.request.POST.get(SEEN, "").split(), strict=False))
        seen = " ".join(posted.before.mark(path) if path in posted.clashes else marks.get(path, "-") for path in asked)
        was_chosen = set(self.request.POST.get(CLASH, "").split())
        return self.render_clash(posted, seen=seen, is_unanswered=bool(was_chosen & set(posted.clashes)))

    def show_too_late(self, posted):
        """Somebody finished it while this page lay open: what was typed here is shown once more, and kept nowhere."""
        if self.request.headers.get("X-Autosave"):
            return HttpResponse(status=409)
        posted.clashes = posted.changed
        if not posted.clashes:
            return HttpResponseRedirect(self.get_done_url())
        return self.render_clash(posted, is_over=True)

    def render_clash(self, posted, **context):
        own = {"csrfmiddlewaretoken", SEEN, CLASH, *(CHOSEN + path for path in posted.clashes)}
        sent = [(name, value) for name, values in self.request.POST.lists() if name not in own for value in values]
        self.template_name = "questionnaires/clash.html"
        context = self.get_context_data(
            filling=posted.filling, rows=posted.both(), sent=sent, clash=" ".join(posted.clashes), who=self.saved_by(self.record),
            at=self.record.updated_at, done_url=self.get_done_url(), save_url=self.address(posted.page), **context,
        )  # fmt: skip
        return self.render_to_response(context, status=409)

    def add(self, posted, path):
        node = posted.filling.run.nodes.get(path.rpartition("/")[2])
        if node and node["kind"] == "repeat" and "count" not in node:
            add_round(posted.answers, node, path)
        return f"repeat-{path}"

    def remove(self, posted, path):
        path, _slash, index = path.rpartition("/")
        node = posted.filling.run.nodes.get(path.rpartition("/")[2])
        if node and node["kind"] == "repeat" and "count" not in node and index.isdigit():
            remove_round(posted.answers, node, path, int(index))
        return f"repeat-{path}"

    def end(self):
        if self.request.POST.get("revision", "") not in ("", str(self.record.revision)):
            changed = _("Somebody changed the answers since you opened this page. Look at them again, then finish.")
            return self.show_check(self.filling(), refusal=changed, status=409)
        try:
            self.finish(self.record, client_key(self.request))
        except Refused as refusal:
            return self.show_check(self.filling(), refusal=str(refusal), status=422)
        return HttpResponseRedirect(self.get_done_url())

    def show(self, filling, page, form, status=200):
        pages = [
            {
                "name": one.name,
                "title": filling.title(one),
                "url": self.address(one),
                "current": one.name == page.name,
            }
            for one in filling.pages
        ]
        at = next((number for number, one in enumerate(pages, 1) if one["current"]), 1)
        context = self.get_context_data(
            filling=filling,
            page=page,
            title=filling.title(page),
            form=form,
            items=list(form.page_items),
            pages=pages,
            number=at,
            count=len(pages),
            has_before=filling.neighbour(page, -1) is not None if page.name in [one["name"] for one in pages] else False,
            more="more" in self.request.GET,
            save_url=self.address(page),
            check_url=self.address(),
            page_key=self.page_key(),
            **self.languages(page),
        )
        # Whether a reviewed language was shown instead of a draft is only known once the page's words were looked up.
        context["shows_reviewed"] = filling.used_reviewed
        return self.render_to_response(context, status=status)

    def show_check(self, filling, refusal="", status=200):
        sections = [{**section, "url": self.address(section["page"])} for section in filling.sections]
        left = sum(1 for section in sections for row in section["rows"] if row.get("error"))
        self.template_name = self.check_template_name
        context = self.get_context_data(
            filling=filling,
            sections=sections,
            left=left,
            refusal=refusal,
            client_key=uuid.uuid4(),
            **self.languages(None),
        )
        return self.render_to_response(context, status=status)

    def languages(self, page):
        compiled = self.record.version.compiled
        names = [
            {
                "code": code,
                "name": language_name(code),
                "current": code == self.language,
                "draft": code in compiled["drafts"],
            }
            for code in compiled["languages"]
        ]
        for one in names:
            where = {"page": page.name} if page else {"check": 1}
            one["url"] = f"{self.request.path}?{urlencode({**where, 'language': one['code']})}"
        return {
            "languages": names if len(names) > 1 else [],
            "language": self.language,
            "is_draft_language": self.language in compiled["drafts"],
            "done_url": self.get_done_url(),
            "record": self.record,
        }


# --- the form manager -------------------------------------------------------------------------------------------------


class Forms(Page):
    """Every form, what it is used for, which version is in use and which waits."""

    roles = MANAGERS
    template_name = "questionnaires/forms.html"

    def get_context_data(self, **context):
        rows = []
        for form in Form.objects.prefetch_related("versions__uploaded_by"):
            versions = list(form.versions.all())
            rows.append(
                {
                    "form": form,
                    "title": form.title_in(get_language()),
                    "kind": kind_label(form.kind),
                    "in_use": next((v for v in versions if v.state == FormVersion.State.PUBLISHED), None),
                    "waiting": [v for v in versions if v.state == FormVersion.State.DRAFT],
                }
            )
        return super().get_context_data(rows=rows, **context)


class Upload(ActionFormView):
    """Upload a workbook; every mistake comes back with its row."""

    roles = MANAGERS
    action_name = "questionnaires.upload"
    form_class = UploadForm
    template_name = "questionnaires/upload.html"
    problems = ()

    def act(self, form, client_key):
        try:
            self.version = actions.upload(
                by=self.worker,
                client_key=client_key,
                content=form.cleaned_data["workbook"],
                kind=form.cleaned_data["kind"],
            )
        except FormErrors as errors:
            self.problems = [spoken(problem) for problem in errors.problems]
            raise Refused(_("Nothing was changed. Correct the mistakes below in the workbook and upload it again.")) from None
        return self.version

    def get_success_url(self):
        return reverse("questionnaires:version", args=[self.version.form.code, self.version.number])

    def get_context_data(self, **context):
        return super().get_context_data(problems=self.problems, **context)


def version_or_404(code, number):
    return get_object_or_404(
        FormVersion.objects.select_related("form", "uploaded_by", "published_by"),
        form__code=code,
        number=number,
    )


class Version(Page):
    """One version: what it asks, what changed since the one in use, and the step to publish or retire it."""

    roles = MANAGERS
    template_name = "questionnaires/version.html"

    def get_context_data(self, **context):
        version = version_or_404(self.kwargs["code"], self.kwargs["number"])
        return super().get_context_data(**about(version, self.worker), client_key=uuid.uuid4(), **context)


def about(version, worker):
    """What the page of a version shows."""
    earlier = version.form.versions.filter(number__lt=version.number).exclude(state=FormVersion.State.DRAFT).first()
    is_draft = version.state == FormVersion.State.DRAFT
    return {
        "version": version,
        "title": version.form.title_in(get_language()),
        "kind": kind_label(version.form.kind),
        "earlier": earlier,
        "changes": differences(earlier.compiled, version.compiled) if earlier else [],
        "retyped": retyped(earlier.compiled, version.compiled) if earlier and is_draft else [],
        "dictionary": [{**line, "label": line["label"].get("en") or next(iter(line["label"].values()), "")} for line in version.dictionary],
        "languages": [{"name": language_name(code), "draft": code in version.compiled["drafts"]} for code in version.languages],
        "is_own": version.uploaded_by_id == worker.pk,
        "can_publish": is_draft and version.uploaded_by_id != worker.pk,
        "can_discard": is_draft,
        "can_retire": version.state == FormVersion.State.PUBLISHED,
        "others": version.form.versions.exclude(pk=version.pk),
    }


class Change(ActionFormView):
    """Publish or retire, by a form without fields on the version's page."""

    roles = MANAGERS
    form_class = forms.Form
    template_name = "questionnaires/version.html"
    http_method_names = ["post", "options"]

    def get_record(self):
        return version_or_404(self.kwargs["code"], self.kwargs["number"])

    def get_success_url(self):
        return reverse("questionnaires:version", args=[self.kwargs["code"], self.kwargs["number"]])

    def get_context_data(self, **context):
        return super().get_context_data(**about(self.record, self.worker), **context)


class Publish(Change):
    action_name = "questionnaires.publish"

    def act(self, form, client_key):
        return actions.publish(self.record, by=self.worker, client_key=client_key)

    def get_success_message(self):
        return _("The form is now in use.")

    success_message = "published"


class Retire(Change):
    action_name = "questionnaires.retire"

    def act(self, form, client_key):
        return actions.retire(self.record, by=self.worker, client_key=client_key)

    def get_success_message(self):
        return _("The form is no longer in use.")

    success_message = "retired"


class Discard(Change):
    action_name = "questionnaires.discard"

    def act(self, form, client_key):
        return actions.discard(self.record, by=self.worker)

    def get_success_url(self):
        return reverse("questionnaires:forms")

    def get_success_message(self):
        return _("The version is deleted.")

    success_message = "deleted"


class Workbook(SignedIn):
    """The workbook as it was uploaded."""

    roles = MANAGERS

    def get(self, request, code, number):
        version = version_or_404(code, number)
        name = "".join(letter for letter in f"{code}-{number}" if letter.isascii() and (letter.isalnum() or letter in "-_"))
        return HttpResponse(
            bytes(version.xlsx),
            content_type=WORKBOOK,
            headers={
                "Content-Disposition": f'attachment; filename="{name}.xlsx"',
                "X-Content-Type-Options": "nosniff",
            },
        )


class Trial:
    """Answers given to try a form out; kept in the session, never on a child."""

    is_finished = False
    revision, updated_at = 0, None

    def __init__(self, version, kept):
        self.version, self.answers, self.touched = version, kept.get("answers", {}), kept.get("touched", {})
        self.page, self.language = kept.get("page", ""), kept.get("language", "")


class Try(FillView):
    """Fill in a version as workers will, without any child. Nothing is stored but in the manager's own session."""

    roles = MANAGERS
    template_name = "questionnaires/try.html"
    check_template_name = "questionnaires/try_check.html"

    @property
    def place(self):
        return f"try-form-{self.kwargs['code']}-{self.kwargs['number']}"

    def get_answers(self):
        version = version_or_404(self.kwargs["code"], self.kwargs["number"])
        return Trial(version, self.request.session.get(self.place, {}))

    def save(self, record, answers, *, page, language, revision, touched):
        kept = Filling(record.version.compiled, answers, today=timezone.localdate()).run.kept
        self.request.session[self.place] = {"answers": kept, "page": page, "language": language, "touched": {**record.touched, **touched}}

    def finish(self, record, client_key):
        run = self.filling().run
        if run.errors or run.missing:
            raise Refused(_("Some questions still need an answer. Open the list of answers to see which."))
        self.request.session.pop(self.place, None)

    def get_done_url(self):
        return reverse("questionnaires:version", args=[self.kwargs["code"], self.kwargs["number"]])
