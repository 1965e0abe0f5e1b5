"""The doors to looking for a family: asking in steps, what is proposed, two accounts apart, the comparison, the way home."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.cases import queries as cases
from romsai.cases.models import Case
from romsai.cases.views.case import case_or_404
from romsai.cases.views.work import OnCase
from romsai.core import access, crypto
from romsai.core.actions import Refused
from romsai.core.views import ActionFormView, SignedIn, absent, visible_or_404
from romsai.places import codes
from romsai.places.forms import ConfirmForm
from romsai.places.models import Agency
from romsai.tracing import actions, forms, gates, photos, queries
from romsai.tracing.models import BoardPhoto, Proposal, Request, Reunification, State, Story
from romsai.tracing.questions import QUESTIONS

TAB = "tracing"
STEPS = ("family", "parted", "known_by")  # after who asks


def tab_of(case):
    return reverse("cases:tab", args=[case.uuid, TAB])


class Tracing(SignedIn):
    """The tab, by an address without its name: where a deadline leads."""

    def get(self, request, case):
        return HttpResponseRedirect(tab_of(case_or_404(case, request.worker)))


# asking


class AskForChild(ActionFormView):
    """A family misses a child: step 1, enough for the search to begin."""

    template_name = "form_page.html"
    form_class = forms.AskForChildForm
    action_name = "tracing.ask_for_child"

    def get_form_kwargs(self):
        loads = cases.candidates_for(None, self.worker)[:25]
        own = [load.worker for load in loads if load.worker.pk == self.worker.pk]
        others = [load.worker for load in loads if load.worker.pk != self.worker.pk]
        return super().get_form_kwargs() | {"workers": own + others}

    def get_context_data(self, **context):
        lead = _("The child has a case from now on, and the search begins at once. Nothing of a child who may fit is shown before both sides agree.")
        given = {"title": _("A family looks for a child"), "submit": _("Save and go on"), "lead": lead, "caption": _("Step 1 of 4"), "cancel_url": reverse("home")}
        return super().get_context_data(**given, **context)

    def act(self, form, client_key):
        return actions.ask_for_child(by=self.worker, client_key=client_key, **form.facts())

    def get_success_url(self):
        case = Case.objects.visible().filter(pk=self.result.case_id).first()
        return reverse("tracing:family", args=[case.uuid]) if case else reverse("home")

    def get_success_message(self):
        return _("The search has begun.")


class AskForFamily(OnCase):
    """A child looks for the family: step 1."""

    action_name = "tracing.ask_for_family"
    form_class = forms.AskForFamilyForm
    title, submit, tab = __("Look for the family"), __("Save and go on"), TAB
    lead = __("Only with the child’s consent, and never where the family is the danger.")
    success_message = __("The search has begun.")

    def get_context_data(self, **context):
        given = super().get_context_data(**context)
        return given | {"caption": f"{_('Step 1 of 4')} · {given['caption']}"}

    def act(self, form, client_key):
        return actions.ask_for_family(self.case, by=self.worker, client_key=client_key, **form.cleaned_data)

    def get_success_url(self):
        return reverse("tracing:family", args=[self.case.uuid])


class OnRequest(OnCase):
    """A form about the open request of a case."""

    tab, step = TAB, 0

    def get_record(self):
        super().get_record()
        self.asked = Request.objects.visible().open().filter(case=self.case).first() or absent()
        return self.asked

    def get_context_data(self, **context):
        given = super().get_context_data(**context)
        if self.step:
            given["caption"] = f"{_('Step %(n)d of 4') % {'n': self.step}} · {given['caption']}"
        return given | {"cancel_url": self.get_success_url() if self.step else tab_of(self.case)}

    def get_success_url(self):
        return reverse(f"tracing:{STEPS[self.step - 1]}", args=[self.case.uuid]) if 2 <= self.step <= 3 else tab_of(self.case)


class Family(OnRequest):
    action_name = "tracing.name_family"
    form_class = forms.FamilyForm
    title, submit, step = __("The family"), __("Save and go on"), 2
    lead = __("The names of the parents and of brothers and sisters find more than the child’s own. What is not known stays empty and counts against nobody.")

    def act(self, form, client_key):
        return actions.name_family(self.asked, by=self.worker, client_key=client_key, kin=form.kin())


class OfStory(OnRequest):
    """A part of the story; what was told before stands in the form."""

    action_name = "tracing.tell"

    def get_initial(self):
        [story] = crypto.preload(Story.objects.visible().filter(request=self.asked).select_related("area", "birth_area")) or [absent()]
        known = {name: getattr(story, name) for name in actions.STORY}
        return known | {"on": queries.parted_on(story)}

    def act(self, form, client_key):
        return actions.tell(self.asked, by=self.worker, client_key=client_key, **form.facts())


class Parted(OfStory):
    form_class = forms.PartedForm
    title, submit, step = __("How they lost each other"), __("Save and go on"), 3


class KnownBy(OfStory):
    form_class = forms.KnownByForm
    title, submit, step = __("What tells them from others"), __("Save"), 4
    success_message = __("What is known is saved and being compared.")


class TryWay(OnRequest):
    action_name = "tracing.try_way"
    form_class = forms.WayForm
    title, submit = __("Add a way of searching"), __("Save")
    lead = __("One search goes many ways at once: note each, and what came of it.")
    success_message = __("The way of searching is noted.")

    def get_initial(self):
        return {"on": timezone.localdate()}

    def act(self, form, client_key):
        return actions.try_way(self.asked, by=self.worker, client_key=client_key, **form.cleaned_data)


class Together(OnRequest):
    action_name = "tracing.lost_together"
    form_class = forms.TogetherForm
    title, submit = __("Lost together with another child"), __("Save")
    lead = __("Where one of them belongs, the other may belong, and they are not parted again. You see the children you work for.")
    success_message = __("It is noted that they were lost together.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"others": queries.others_lost(self.asked, self.worker)}

    def act(self, form, client_key):
        return actions.lost_together(self.asked, by=self.worker, client_key=client_key, other=form.cleaned_data["other"])


class SetAside(OnCase):
    action_name = "tracing.set_aside"
    form_class = forms.SetAsideForm
    title, submit, tab, warning = __("Do not look for the family"), __("Save"), TAB, True
    lead = __("What was proposed and is not proved yet is taken back on both sides.")
    success_message = __("The family is not looked for.")

    def act(self, form, client_key):
        return actions.set_aside(self.case, by=self.worker, client_key=client_key, **form.cleaned_data)


class Reopen(OnCase):
    action_name = "tracing.reopen"
    form_class = forms.ReopenForm
    title, submit, tab = __("Look for the family again"), __("Save"), TAB
    success_message = __("The family may be looked for again.")

    def act(self, form, client_key):
        return actions.reopen(self.case, by=self.worker, client_key=client_key, **form.cleaned_data)


# proposals


class OnProposal(OnCase):
    """A page about one proposal, by its own side's row."""

    tab, action_name = TAB, None

    def get_record(self):
        self.proposal = visible_or_404(Proposal.objects.select_related("case"), uuid=self.kwargs["proposal"])
        self.case = case_or_404(self.proposal.case.uuid, self.worker)
        self.proposal.case = self.case
        return self.proposal


class ProposalPage(OnProposal):
    """Why it may fit, and the answer of this side; who the other is, once both agreed."""

    action_name = "tracing.agree"
    template_name = "tracing/proposal.html"
    form_class = forms.AnswerForm
    title, submit = __("A possible match"), __("Send the answer")

    def get_context_data(self, **context):
        shown = queries.proposal(self.proposal, self.worker, self.case.standing)
        return super().get_context_data(**context, shown=shown, back_to_tab=tab_of(self.case))

    def act(self, form, client_key):
        answer = actions.agree if form.cleaned_data["answer"] == "yes" else actions.decline
        return answer(self.proposal, by=self.worker, client_key=client_key)

    def get_success_message(self):
        return _("Your answer is kept.")

    def get_success_url(self):
        return reverse("tracing:proposal", args=[self.proposal.uuid])


class Account(OnProposal):
    """The questions for this side; nothing of the other side is on the page."""

    action_name = "tracing.record_account"
    form_class = forms.AccountForm
    title, submit = __("The answers of our side"), __("Save the answers")
    lead = __("Ask apart from anybody else, in the words of who answers. Do not help. The answers are not changed after, and neither side reads the other’s.")
    success_message = __("The answers are kept.")

    def get_record(self):
        record = super().get_record()
        if record.state != State.MUTUAL:
            raise Http404
        return record

    def act(self, form, client_key):
        return actions.record_account(
            self.proposal, by=self.worker, client_key=client_key, answers=form.answers(), told_by=form.cleaned_data["told_by"]
        )

    def get_success_url(self):
        return reverse("tracing:proposal", args=[self.proposal.uuid])


class Compare(OnProposal):
    """Both accounts side by side, without saying whose is whose, for somebody who took neither."""

    action_name = "tracing.verify"
    template_name = "tracing/compare.html"
    form_class = forms.CompareForm
    title, submit = __("Compare the two accounts"), __("Save the judgement")
    success_message = __("The judgement is kept, and both sides are told.")

    def get_record(self):
        record = super().get_record()
        self.both = queries.both_accounts(record, self.worker) or absent()
        return record

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"asked": [line["code"] for line in self.both]}

    def get_context_data(self, **context):
        given = super().get_context_data(**context)
        for line in self.both:
            line["field"] = given["form"][f"c_{line['code']}"]
        rest = [given["form"][name] for name in ("evidence", "is_verified", "why")]
        return given | {"lines": self.both, "rest": rest, "questions": QUESTIONS}

    def act(self, form, client_key):
        got = form.cleaned_data
        return actions.verify(
            self.proposal, by=self.worker, client_key=client_key, compared=form.compared(), evidence=got["evidence"], is_verified=got["is_verified"],
            why=got["why"],
        )  # fmt: skip


# photos for families


class PutOnBoard(OnCase):
    action_name = "tracing.put_on_board"
    form_class = forms.PhotoForm
    title, submit, tab = __("Put a photo on the board for families"), __("Ask the supervisor"), TAB
    lead = __("Families look at it in an office: a face and a number, no name and no place. Only with the child’s consent, and until a day.")
    success_message = __("The supervisor is asked whether the photo may be shown.")

    def act(self, form, client_key):
        return actions.put_on_board(self.case, by=self.worker, client_key=client_key, **form.cleaned_data)


class TakeOffBoard(OnCase):
    action_name = "tracing.take_off_board"
    title, submit, tab, warning = __("Take the photo off the board"), __("Yes, take it off"), TAB, True
    success_message = __("The photo is taken off the board.")

    def get_record(self):
        super().get_record()
        self.photo = BoardPhoto.objects.visible().filter(case=self.case, taken_off_at__isnull=True).first() or absent()
        return self.photo

    def act(self, form, client_key):
        return actions.take_off_board(self.photo, by=self.worker, client_key=client_key)


class PointOut(OnRequest):
    action_name = "tracing.point_out"
    form_class = forms.PointForm
    title, submit = __("The family knows a child by a photo"), __("Send")
    lead = __("Whoever looks after the child is told. Whether there is such a photo is not said here.")
    success_message = __("If there is a photo of this number, whoever looks after the child is told.")

    def act(self, form, client_key):
        return actions.point_out(self.asked, by=self.worker, client_key=client_key, **form.cleaned_data)


class Board(ActionFormView):
    """Prints the sheet; each child on it is read, and that stands on record before the file leaves."""

    template_name = "form_page.html"
    form_class = ConfirmForm
    action_name = "tracing.print_board"

    def get_context_data(self, **context):
        lead = _("A sheet of faces and numbers, without names and places, of all children whose families are looked for this way. Show it in the office; let nobody take a picture of it, and destroy it after a week.")
        return super().get_context_data(title=_("Photos for families"), submit=_("Print the sheet"), lead=lead, cancel_url=reverse("home"), **context)

    def act(self, form, client_key):
        shown = actions.print_board(by=self.worker)
        if not shown:
            raise Refused(_("No photo may be shown now."))
        return photos.sheet(shown, at=timezone.now())

    def answer(self, form):
        answer = HttpResponse(self.result, content_type="application/pdf")
        answer["Content-Disposition"] = 'attachment; filename="photos.pdf"'
        answer["Cache-Control"] = "no-store"
        return answer


# the way home


class OnWayHome(OnCase):
    tab = TAB

    def get_record(self):
        super().get_record()
        self.way = Reunification.objects.visible().filter(case=self.case, ended_at__isnull=True).first() or absent()
        return self.way


class Determine(OnWayHome):
    action_name = "tracing.determine"
    template_name = "tracing/determine.html"
    form_class = forms.DetermineForm
    title, submit = __("Decide what is best for the child"), __("Send to the supervisor")
    success_message = __("The supervisor is asked.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"agencies": list(Agency.objects.active().order_by("name"))}

    def get_context_data(self, **context):
        with access.system(on_behalf=self.worker, purpose="tracing"):
            found = gates.triggers(self.way)
            left = [item.text for item in gates.before_deciding(self.way, gates.HOME)]
        steps = [codes.label("bid_trigger", code) for code in found]
        return super().get_context_data(**context, triggers=steps, left=left)

    def act(self, form, client_key):
        return actions.determine(self.way, by=self.worker, client_key=client_key, **form.facts())


class Prepare(OnWayHome):
    action_name = "tracing.prepare"
    form_class = forms.PrepareForm
    title, submit = __("Prepare the child and the family"), __("Save")
    lead = __("Nobody travels before all of it is ready.")
    success_message = __("What is ready is saved.")

    def get_initial(self):
        before = queries.preparation(self.way)
        return {"ready": before.ready, "words": before.words} if before else {}

    def act(self, form, client_key):
        return actions.prepare(self.way, by=self.worker, client_key=client_key, **form.cleaned_data)


class Reunite(OnWayHome):
    action_name = "tracing.reunite"
    form_class = forms.ReuniteForm
    title, submit = __("Record the reunion"), __("Save the reunion")
    lead = __("From the day of the reunion on visits are due after 3 days, 2 weeks, and 1, 3, 6 and 12 months.")
    success_message = __("The child is with the family. The follow-up visits are set.")

    def act(self, form, client_key):
        return actions.reunite(self.way, by=self.worker, client_key=client_key, **form.cleaned_data)


class Judge(OnWayHome):
    action_name = "tracing.judge"
    form_class = forms.JudgeForm
    title, submit = __("Say whether the reunion has lasted"), __("Save")
    lead = __("It lasted when the visit after twelve months was made, the child lives there and was not harmed again.")
    success_message = __("The judgement is kept.")

    def act(self, form, client_key):
        return actions.judge(self.way, by=self.worker, client_key=client_key, **form.cleaned_data)
