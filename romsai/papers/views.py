"""The doors to papers: add, look, fetch, withdraw; and print."""

import hashlib
from datetime import timedelta

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.cases.queries import called
from romsai.cases.views.case import case_or_404
from romsai.cases.views.work import OnCase
from romsai.cases.words import by_whom
from romsai.core import access
from romsai.core.actions import Refused
from romsai.core.dates import moment_text
from romsai.core.views import Page, SignedIn, absent, visible_or_404
from romsai.papers import actions, contents, formats, queries
from romsai.papers.forms import ConsentPaperForm, PaperForm, PrintForm, ReaderForm, ReferralForm, SummaryForm, WithdrawForm
from romsai.papers.models import Kind, Printout, Scan, What, Why, capital
from romsai.places.models import Agency

FETCHED_WITHIN = timedelta(hours=24)  # after that a printout is asked for anew


def file(data, form, name, *, is_original=False):
    """Never shown as a page of ours: saved by the browser, with nothing in it able to act."""
    answer = HttpResponse(data, content_type=form.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}{"-original" if is_original else ""}.{form.ending}"'
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


# papers


class Add(OnCase):
    action_name = "papers.add"
    form_class = PaperForm
    title, submit, tab = __("Add a paper or photo"), __("Save"), "papers"
    lead = __("It is kept encrypted on this case. Take photos of papers so that every corner is seen.")
    success_message = __("The file is kept.")

    def act(self, form, client_key):
        got = form.cleaned_data
        return actions.add(self.case, by=self.worker, client_key=client_key, kind=got["kind"], content=got["content"], name=got["name"])


def paper_or_404(uuid):
    return queries.paper(uuid) or absent()


def short(record):
    """How a file is called on somebody's disk: it must say nothing."""
    return str(record.uuid)[:8]


class PaperPage(Page):
    template_name = "papers/paper.html"

    def get_context_data(self, **context):
        paper = paper_or_404(self.kwargs["paper"])
        case = case_or_404(paper.case.uuid, self.worker)
        form = formats.FORMS[paper.form]
        rows = [
            {"label": _("Kind"), "value": capital(Kind(paper.kind).label)},
            {"label": _("File"), "value": form.label, "note": formats.size_words(paper.size)},
            {"label": _("Added"), "value": moment_text(paper.added_at), "note": by_whom(paper.by)},
            {"label": _("Virus scanner"), "value": Scan(paper.scan).label},
        ]
        if paper.withdrawn_at:
            rows.append({"label": _("Withdrawn"), "value": moment_text(paper.withdrawn_at), "note": Why(paper.why_withdrawn).label})
        return super().get_context_data(**context | {
            "paper": paper, "case": case, "rows": rows, "is_picture": form.cleaned_as == "picture" and paper.is_open, "is_open": paper.is_open,
            "warns": form.cleaned_as == "office", "may_withdraw": paper.withdrawn_at is None and case.standing.may("papers.withdraw"),
            "back": {"url": reverse("cases:tab", args=[case.uuid, "papers"]), "label": _("Papers of the case")},
        })  # fmt: skip


class Fetch(SignedIn):
    """The bytes of a paper, to those who may read its level. The reading is on the record before they leave."""

    is_original = False

    def get(self, request, paper):
        found = paper_or_404(paper)
        if not found.is_open or (self.is_original and not found.original_form):
            raise Http404
        form = formats.FORMS[found.original_form if self.is_original else found.form]
        return file(queries.data(found, is_original=self.is_original), form, short(found), is_original=self.is_original)


class Withdraw(OnCase):
    action_name = "papers.withdraw"
    form_class = WithdrawForm
    title, submit, warning, tab = __("Withdraw this paper"), __("Yes, withdraw it"), True, "papers"
    lead = __("Nobody sees it any more. It is not deleted before its time of keeping is over.")
    success_message = __("The paper is withdrawn.")

    def get_record(self):
        self.paper = paper_or_404(self.kwargs["paper"])
        self.kwargs["case"] = self.paper.case.uuid
        super().get_record()
        return self.paper

    def act(self, form, client_key):
        return actions.withdraw(self.paper, by=self.worker, client_key=client_key, why=form.cleaned_data["why"])


# printing


class Prints(Page):
    """What can be printed from the case."""

    template_name = "papers/prints.html"

    def get_context_data(self, *, case, **context):
        case = case_or_404(case, self.worker)
        if not case.standing.may("papers.print"):
            raise Http404
        notes = {
            What.SUMMARY: _("For an agency that reads the case now: what is shared with it, and nothing else."),
            What.REFERRAL: _("To go with a referral: what is asked, and what is shared for it."),
            What.CONSENT: _("To be read out, answered and signed. Of the case only its number stands on it."),
            What.CHILD: _("The plan in plain words, whom to ask, whom to call. Ask first whether it is safe to take home."),
            What.CARD: _("Nothing on it says that this is about a child or a case."),
        }
        lacking = {
            What.SUMMARY: "" if contents.shares(case) else _("Nothing is shared with an agency now."),
            What.REFERRAL: "" if contents.referrals(case) else _("No referral of this case is open, with its sharing."),
        }
        tasks = [
            {
                "title": what.label,
                "url": "" if lacking.get(what) else reverse(f"papers:print_{what.value.lower()}", args=[case.uuid]),
                "note": lacking.get(what) or notes[what],
            }
            for what in What
        ]
        back = {"url": reverse("cases:tab", args=[case.uuid, "papers"]), "label": _("Papers of the case")}
        return super().get_context_data(case=case, tasks=tasks, back=back, **context)


class Print(OnCase):
    """One form for each thing that can be printed. Sent twice it is one printing; the PDF is fetched from the next page."""

    action_name = "papers.print"
    what, form_class, submit = "", PrintForm, __("Make the PDF")

    def get_context_data(self, **context):
        return super().get_context_data(title=What(self.what).label, **context)

    def get_initial(self):
        return {"language": self.request.LANGUAGE_CODE}

    def get_success_url(self):
        return reverse("papers:printout", args=[self.result.uuid])

    def act(self, form, client_key):
        return actions.print_(self.case, by=self.worker, client_key=client_key, what=self.what, **form.facts())


class PrintSummary(Print):
    what, form_class = What.SUMMARY, SummaryForm
    lead = __("It holds what is shared with the agency now. To give it more or less, change the sharing first, with a consent.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"shares": contents.shares(self.case)}


class PrintReferral(Print):
    what, form_class = What.REFERRAL, ReferralForm
    lead = __("It holds what you wrote in the referral, and what is shared for it.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"referrals": contents.referrals(self.case)}


class ForReader(Print):
    form_class = ReaderForm

    def get_form_kwargs(self):
        parts = list(contents.carers(self.case).select_related("person").order_by("pk"))
        others = {part.person_id: part.person for part in parts}
        names = called([*others.values()], unnamed=_("name not known"))
        people = [(self.case.child, _("The child")), *((person, names[pk].name) for pk, person in others.items())]
        return super().get_form_kwargs() | {"people": people}

    def get_initial(self):
        return super().get_initial() | {"person": str(self.case.child.uuid)}


class PrintConsent(ForReader):
    what, form_class = What.CONSENT, ConsentPaperForm
    lead = __("Explain it before you ask. Write down the answer on the case afterwards, and add the signed paper.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"agencies": list(Agency.objects.active())}


class PrintChild(ForReader):
    what = What.CHILD
    lead = __("Ask the child first: could somebody find this paper and be angry? If so, give the card instead.")


class PrintCard(Print):
    what = What.CARD
    lead = __("Eight cards of the size of a bank card, with numbers to call.")


class PrintoutPage(Page):
    """What was printed, and, for whoever printed it, today, the PDF."""

    template_name = "papers/printout.html"

    def get_context_data(self, **context):
        printout = visible_or_404(Printout.objects.select_related("case", "agency", "by"), uuid=self.kwargs["printout"])
        case = case_or_404(printout.case.uuid, self.worker)
        return super().get_context_data(**context | {
            "printout": printout, "case": case, "title": What(printout.what).label, "may_fetch": may_fetch(printout, self.worker),
            "rows": [
                {"label": _("Number"), "value": printout.number},
                {"label": _("For"), "value": for_whom(printout)},
                {"label": _("Printed"), "value": moment_text(printout.printed_at), "note": by_whom(printout.by)},
            ],
            "back": {"url": reverse("cases:tab", args=[case.uuid, "papers"]), "label": _("Papers of the case")},
        })  # fmt: skip


def for_whom(printout):
    if printout.person_id is None:
        return printout.agency.name
    return _("the child") if printout.person_id == printout.case.child_id else _("the carer")


def may_fetch(printout, worker):
    is_fresh = printout.printed_at > timezone.now() - FETCHED_WITHIN
    return is_fresh and printout.by_id == worker.pk and access.may(worker, "papers.print", printout.case)


class FetchPrintout(SignedIn):
    """Made again from the record: the same bytes as were counted when it was printed, or nothing."""

    def get(self, request, printout):
        found = visible_or_404(Printout.objects.select_related("case__agency", "agency", "by__agency"), uuid=printout)
        if not may_fetch(found, self.worker):
            raise Http404
        try:
            contents.allowed(
                found.case,
                what=found.what,
                agency=found.agency,
                person=found.person,
                purpose=found.purpose,
                levels=found.levels,
                source=found.source,
            )
            data = actions.pdf(found)
        except Refused as refusal:
            return self.told(request, str(refusal))
        if hashlib.sha256(data).hexdigest() != found.digest:
            return self.told(request, _("The case has changed since this was printed. Print it again."))
        return file(data, formats.FORMS["pdf"], found.number)

    def told(self, request, sentence):
        page = PrintoutPage()
        page.setup(request, printout=self.kwargs["printout"])
        answer = page.render_to_response(page.get_context_data(refused=sentence))
        answer.status_code = 422
        return answer
