"""The actions on a case as pages with one form each."""

import uuid

from django import forms
from django.http import Http404, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.cases import actions, lifecycle, panels, queries
from romsai.cases.elsewhere import queries as elsewhere
from romsai.cases.forms import (
    AddConcernForm,
    AdvanceForm,
    AssignForm,
    ClosureForm,
    ConsentForm,
    DecideConcernForm,
    DecideForm,
    ExcludeForm,
    GuardianForm,
    MergeForm,
    NoteForm,
    PersonForm,
    ReleaseForm,
    RiskForm,
    SafetyPlanForm,
    SecondForm,
    VisitForm,
    WhyForm,
    WithdrawForm,
    reasons_of,
)
from romsai.cases.models import Approval, Case, CaseState, ExclusionReason, Merge
from romsai.cases.sealing import whom
from romsai.cases.views.case import case_or_404
from romsai.cases.words import LEVEL_WORDS, by_whom, due
from romsai.core import access, second
from romsai.core.actions import Refused
from romsai.core.dates import day_text, moment_text
from romsai.core.views import ActionFormView, absent, visible_or_404
from romsai.places import codes
from romsai.places.models import Agency, Team, Worker
from romsai.places.profile import profile


class OnCase(ActionFormView):
    """A form about one case. Subclasses say title, submit and what to call; the rest is the same everywhere."""

    template_name = "cases/form.html"
    form_class = forms.Form
    title, submit, lead, warning = "", __("Save"), "", False
    tab = ""  # where the reader lands afterwards

    def get_record(self):
        self.case = case_or_404(self.kwargs["case"], self.worker)
        return self.case

    def get_success_url(self):
        if not Case.objects.visible().filter(pk=self.case.pk).exists():
            return reverse("cases:caseload")
        return reverse("cases:tab", args=[self.case.uuid, self.tab]) if self.tab else reverse("cases:case", args=[self.case.uuid])

    def get_context_data(self, **context):
        back = {"url": reverse("cases:case", args=[self.case.uuid]), "label": self.case.called.name}
        given = {
            "title": self.title,
            "submit": self.submit,
            "lead": self.lead,
            "warning": self.warning,
            "back": back,
            "cancel_url": back["url"],
            "case": self.case,
        }
        given["caption"] = f"{self.case.called.name} · {self.case.number}"
        return super().get_context_data(**{**given, **context})

    def people_on_case(self, *, child=True):
        """(uuid, name and relation) of the people of the case, for a choice."""
        parts = list(self.case.participants.select_related("person").order_by("pk"))
        names = queries.called([part.person for part in parts], unnamed=_("name not known"))
        self.persons = {str(part.person.uuid): part.person for part in parts}
        relation = {
            part.pk: codes.label("relation_to_child", part.relation) if part.relation else codes.label("person_role", part.role)
            for part in parts
        }
        return [
            (str(part.person.uuid), f"{names[part.person_id].name} ({relation[part.pk]})")
            for part in parts
            if child or part.role != "CHILD"
        ]


class Visit(OnCase):
    action_name = "cases.record_visit"
    form_class = VisitForm
    title, submit = __("Record a contact"), __("Save the contact")
    success_message = __("The contact is recorded.")

    def get_initial(self):
        now = timezone.localtime()
        return {"on": now.date(), "clock": f"{now:%H:%M}", "kind": "VISIT_HOME"}

    def act(self, form, client_key):
        return actions.record_visit(self.case, by=self.worker, client_key=client_key, **form.facts())


class WriteNote(OnCase):
    action_name = "cases.write_note"
    form_class = NoteForm
    title, submit = __("Write a note"), __("Save the note")
    success_message = __("The note is kept.")

    def act(self, form, client_key):
        return actions.write_note(self.case, by=self.worker, client_key=client_key, **form.cleaned_data)


class WriteSafetyPlan(OnCase):
    action_name = "cases.make_safe"
    form_class = SafetyPlanForm
    title, submit = __("Safety plan"), __("Save the safety plan")
    lead = __("What keeps the child safe until the care plan is in place. The newest one is in force.")
    success_message = __("The safety plan is in force.")

    def act(self, form, client_key):
        return actions.make_safe(self.case, by=self.worker, client_key=client_key, **form.cleaned_data)


class AskGuardian(OnCase):
    action_name = "cases.ask_guardian"
    title, submit = __("Ask for a guardian"), __("Yes, I have asked")
    lead = __("You have asked the competent authority to appoint someone who speaks for the child.")
    success_message = __("It is noted that a guardian was asked for.")

    def act(self, form, client_key):
        return actions.ask_guardian(self.case, by=self.worker, client_key=client_key)


class AppointGuardian(OnCase):
    action_name = "cases.appoint_guardian"
    form_class = GuardianForm
    title = __("The guardian")
    success_message = __("The guardian is recorded.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"people": self.people_on_case(child=False)}

    def act(self, form, client_key):
        person = self.persons.get(form.cleaned_data["person"])
        return actions.appoint_guardian(self.case, by=self.worker, client_key=client_key, kind=form.cleaned_data["kind"], person=person)


class AddPerson(OnCase):
    action_name = "cases.add_person"
    form_class = PersonForm
    title, submit, tab = __("Add a person"), __("Add"), "people"
    success_message = __("The person is on the case.")

    def act(self, form, client_key):
        return actions.add_person(self.case, by=self.worker, client_key=client_key, **form.person())


class AddConcern(OnCase):
    action_name = "cases.add_concern"
    form_class = AddConcernForm
    title, submit = __("Add a concern"), __("Add")
    lead = __("It joins the one file of this child. A grave concern raises the risk.")
    success_message = __("The concern is on the case.")

    def act(self, form, client_key):
        return actions.add_concern(self.case, by=self.worker, client_key=client_key, **form.cleaned_data)


class DecideConcern(OnCase):
    action_name = "cases.decide_concern"
    form_class = DecideConcernForm
    success_message = __("It is noted what was found.")

    def get_record(self):
        super().get_record()
        self.concern = self.case.concerns.filter(uuid=self.kwargs["concern"]).first()
        if self.concern is None:
            raise Http404
        return self.concern

    def get_initial(self):
        return {"state": self.concern.state if self.concern.state != "SUSPECTED" else None}

    def get_context_data(self, **context):
        return super().get_context_data(title=codes.label("concern", self.concern.code), **context)

    def act(self, form, client_key):
        return actions.decide_concern(self.concern, by=self.worker, client_key=client_key, **form.cleaned_data)


class SetRisk(OnCase):
    action_name = "cases.set_risk"
    form_class = RiskForm
    title, submit = __("Set the risk"), __("Set the risk")
    lead = __("Raising counts at once. Lowering is asked of the supervisor and counts when approved.")

    def get_initial(self):
        return {"risk": self.case.risk}

    def act(self, form, client_key):
        return actions.set_risk(
            self.case,
            by=self.worker,
            client_key=client_key,
            risk=form.cleaned_data["risk"],
            reasons=reasons_of(form.cleaned_data["reasons"]),
        )


class RecordConsent(OnCase):
    action_name = "cases.record_consent"
    form_class = ConsentForm
    template_name = "cases/consent.html"
    title, submit, tab = __("Record a consent"), __("Save the answer"), "people"
    success_message = __("The answer is recorded.")

    def get_form_kwargs(self):
        agencies = [(str(agency.uuid), agency.name) for agency in Agency.objects.active().exclude(pk=self.case.agency_id)]
        levels = [(name, LEVEL_WORDS[name]) for name in ("core", "identity", "location", "medical", "narrative", "legal")]
        return super().get_form_kwargs() | {"people": self.people_on_case(), "agencies": agencies, "levels": levels}

    def get_context_data(self, **context):
        rule = codes.get("age_consent_guide")
        ages = self.case.child.ages(timezone.localdate())
        code = profile().consent_rule(ages[0]) if ages else ""
        suspects = [p for p in self.case.participants.filter(is_suspected=True)]
        guide = {"age": rule.label(code, codes.REVIEWED), "text": rule.item(code)["description"], "lang": codes.REVIEWED} if code else None
        form = context.get("form") or self.get_form()
        parts = {name: [form[field] for field in getattr(form, f"{name}_names")] for name in ("asked", "answer", "sharing")}
        is_sharing_open = any(form[field].errors or form[field].value() for field in form.sharing_names)
        context = {**context, "form": form, "parts": parts, "is_sharing_open": is_sharing_open}
        return super().get_context_data(
            guide=guide, suspects=[codes.label("relation_to_child", p.relation or "UNKNOWN_REL") for p in suspects], **context
        )

    def act(self, form, client_key):
        got = dict(form.cleaned_data)
        got["giver_person"] = self.persons.get(got["giver_person"])
        got["recipient"] = Agency.objects.filter(uuid=got["recipient"]).first() if got["recipient"] else None
        if got["decision"] != "OVERRIDDEN":
            got["override_reason"] = ""
        return actions.record_consent(self.case, by=self.worker, client_key=client_key, **got)


class WithdrawConsent(OnCase):
    action_name = "cases.withdraw_consent"
    form_class = WithdrawForm
    submit, warning, tab = __("Yes, it is taken back"), True, "people"
    lead = __("It counts at once: nothing more is shared by it, and who has received something is told.")
    success_message = __("The consent is taken back.")

    def get_record(self):
        super().get_record()
        self.consent = visible_or_404(self.case.consents.select_related("recipient"), uuid=self.kwargs["consent"])
        return self.consent

    def get_context_data(self, **context):
        title = _("Take back: %(what)s") % {"what": codes.label("consent_type", self.consent.kind)}
        return super().get_context_data(title=title, **context)

    def act(self, form, client_key):
        return actions.withdraw_consent(self.consent, by=self.worker, client_key=client_key, **form.cleaned_data)


class Advance(OnCase):
    """What comes next, what is missing for it, and where that is done."""

    action_name = "cases.advance"
    form_class = AdvanceForm
    template_name = "cases/advance.html"
    title, submit = __("Go on to the next step"), __("Go on")
    success_message = __("The case is in its next step.")

    # code of what is missing -> page of the case where it is done
    FIX = {
        "SEEN": "cases:visit", "ALONE": "cases:visit", "WORDS": "cases:visit", "SAFETY_PLAN": "cases:safety_plan", "GUARDIAN": "cases:ask_guardian",
        "CONCERNS": "cases:case", "RISK": "cases:risk", "PLAN": "cases:case",
    }  # fmt: skip
    FORMS = ("INITIAL", "FULL", "TIP_SCREEN", "CLOSURE", "BIA", "BID")

    def ways(self):
        if not hasattr(self, "_ways"):
            self._ways = lifecycle.ways(self.case)
        return self._ways

    def get_form_kwargs(self):
        targets = [(line.target, CaseState(line.target).label.capitalize()) for line, _missing in self.ways()]
        return super().get_form_kwargs() | {
            "targets": targets,
            "can_override": any(item.can_override for _line, missing in self.ways() for item in missing),
        }

    def fix(self, item):
        if item.code in self.FORMS:
            return reverse("cases:assess", args=[self.case.uuid, item.code])
        name = self.FIX.get(item.code) or panels.fix_for(item.code)
        return reverse(name, args=[self.case.uuid]) if name else ""

    def get_context_data(self, **context):
        steps = [
            {
                "label": CaseState(line.target).label,
                "missing": [{"text": item.text, "url": self.fix(item), "can_override": item.can_override} for item in missing],
            }
            for line, missing in self.ways()
        ]
        now = CaseState(self.case.state).label
        return super().get_context_data(steps=steps, now=now, others=self.others(), **context)

    def others(self):
        """Steps that this page does not take, and the page that does."""
        found = []
        if lifecycle.find(self.case, CaseState.CLOSURE_REQUESTED, "ask_closure"):
            found.append({"label": _("Ask to close the case"), "url": reverse("cases:close", args=[self.case.uuid])})
        return found + [{"label": str(way.label), "url": reverse(way.url_name, args=[self.case.uuid])} for way in panels.ways_on(self.case)]

    def act(self, form, client_key):
        got = form.cleaned_data
        return actions.advance(self.case, by=self.worker, client_key=client_key, to=got["to"], override=got.get("override", ""))


class AskClosure(OnCase):
    """Ask to close; the criteria of the chosen reason are listed, met and not met."""

    action_name = "cases.ask_closure"
    form_class = ClosureForm
    template_name = "cases/close.html"
    title, submit = __("Ask to close the case"), __("Ask the supervisor")
    success_message = __("The supervisor decides.")

    def get_initial(self):
        return {"reason": self.request.GET.get("reason", "")}

    def get_context_data(self, **context):
        reason = self.request.POST.get("reason") or self.request.GET.get("reason", "")
        criteria = []
        if reason in lifecycle.CRITERIA:
            left = {item.code: item.text for item in lifecycle.closure_missing(self.case, reason)}
            words = codes.get("closure_criterion")
            for code in lifecycle.CRITERIA[reason]:
                done = code not in left and code != "SUPERVISOR"
                note = left.get(code, "") or (_("By the answer to this question.") if code == "SUPERVISOR" else "")
                criteria.append(
                    {
                        "title": words.label(code) if code in words else code.replace("_", " ").capitalize(),
                        "note": note,
                        "done": done,
                        "late": code in left,
                    }
                )
        reason_words = codes.label("closure_reason", reason) if criteria else ""
        return super().get_context_data(criteria=criteria, reason=reason_words, **context)

    def post(self, request, *args, **kwargs):
        if "look" in request.POST:
            form = self.get_form()
            form.is_valid()
            return self.render_to_response(self.get_context_data(form=form))
        return super().post(request, *args, **kwargs)

    def act(self, form, client_key):
        return actions.ask_closure(self.case, by=self.worker, client_key=client_key, **form.cleaned_data)


class Suspend(OnCase):
    action_name = "cases.suspend"
    form_class = WhyForm
    title, submit, warning = __("Set aside: the child cannot be found"), __("Set aside"), True
    lead = __("Only when the search has begun; never for lack of staff. The search is looked at every seven days.")

    def get_form(self, *args):
        form = super().get_form(*args)
        form.fields["why"].label = _("How is the child being searched for?")
        return form

    def act(self, form, client_key):
        return actions.suspend(self.case, by=self.worker, client_key=client_key, **form.cleaned_data)


class Resume(OnCase):
    action_name = "cases.resume"
    title, submit = __("The child was found"), __("Go on with the case")
    lead = __("The case goes to review, and its clocks start again.")

    def act(self, form, client_key):
        return actions.resume(self.case, by=self.worker, client_key=client_key)


class Reopen(OnCase):
    action_name = "cases.reopen"
    title, submit = __("Reopen the case"), __("Yes, reopen")
    lead = __("A new episode begins and the clocks start again. The earlier file stays readable.")

    def act(self, form, client_key):
        return actions.reopen(self.case, by=self.worker, client_key=client_key)


class LookThrough(OnCase):
    action_name = "cases.look_through"
    title, submit = __("I have looked at this case"), __("Yes, I have looked at it")
    lead = __(
        "A supervisor looks at every new case within the limit of its risk: is the risk right, is somebody going, is anybody missing?"
    )
    success_message = __("Your look is on the timeline.")

    def act(self, form, client_key):
        return actions.look_through(self.case, by=self.worker, client_key=client_key)


class Seal(OnCase):
    action_name = "cases.seal"
    title, submit, warning = __("Seal the case"), __("Yes, seal it"), True
    lead = __(
        "From now on only the people named on the case reach it, whatever their rank. Coordinators no longer count it by place. Only two people together can take the seal off."
    )
    success_message = __("The case is sealed.")

    def act(self, form, client_key):
        return actions.seal(self.case, by=self.worker, client_key=client_key)


class BySecond(OnCase):
    """Something that another person, of another team, must confirm: this page asks whom and says why."""

    form_class = SecondForm
    submit = __("Ask them to confirm")
    success_message = __("They are asked. Until they confirm it, everything stays as it is; after a day it lapses.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"people": second.candidates(self.action_name, self.about(), by=self.worker)}

    def about(self):
        return self.record

    def act(self, form, client_key):
        about = self.about()
        if second.proposed_by(self.worker, name=self.action_name, about=about):
            raise Refused(_("This was asked already and waits for an answer."))
        got = form.cleaned_data
        return second.propose(self.action_name, about, by=self.worker, to=form.people[got["to"]], reason=got["why"], client_key=client_key)


class Unseal(BySecond):
    action_name = "cases.unseal"
    title = __("Take the seal off")
    lead = __("The supervisors of the team and the managers of the area reach the case again by their rank.")

    def get_record(self):
        super().get_record()
        return self.case if self.case.sealed else absent()


class LiftExclusion(BySecond):
    action_name = "cases.lift_exclusion"
    title = __("Let somebody back to this case")

    def get_record(self):
        super().get_record()
        self.exclusion = visible_or_404(self.case.exclusions.standing(), uuid=self.kwargs["exclusion"])
        return self.exclusion

    def get_context_data(self, **context):
        lead = _("%(whom)s may then see the case again, as far as their work gives them a right to.") % {"whom": whom(self.exclusion)}
        return super().get_context_data(lead=lead, **context)


class Exclude(OnCase):
    template_name = "cases/exclude.html"
    action_name = "cases.exclude"
    form_class = ExcludeForm
    title, submit, warning = __("Keep somebody from this case"), __("Keep them from it"), True
    lead = __("Somebody accused or related never sees this case, whatever else they may do.")
    success_message = __("They no longer reach this case.")

    def get_context_data(self, **context):
        kept = [
            {
                "name": whom(line),
                "why": ExclusionReason(line.reason).label,
                "url": reverse("cases:lift_exclusion", args=[self.case.uuid, line.uuid]),
            }
            for line in self.case.exclusions.standing().select_related("worker", "team", "agency").order_by("pk")
        ]
        return super().get_context_data(kept=kept, **context)

    def get_form_kwargs(self):
        workers = Worker.objects.active().filter(agency=self.case.agency_id).exclude(pk=self.worker.pk)
        teams = Team.objects.filter(agency=self.case.agency_id)
        self.whom = {f"worker:{w.uuid}": {"worker": w} for w in workers} | {f"team:{t.uuid}": {"team": t} for t in teams}
        self.whom |= {f"agency:{a.uuid}": {"agency": a} for a in Agency.objects.active().exclude(pk=self.case.agency_id)}
        whom = [(key, str(next(iter(value.values())))) for key, value in self.whom.items()]
        return super().get_form_kwargs() | {"whom": whom}

    def act(self, form, client_key):
        return actions.exclude(
            self.case, by=self.worker, client_key=client_key, reason=form.cleaned_data["reason"], **self.whom[form.cleaned_data["who"]]
        )


class Assign(OnCase):
    action_name = "cases.assign"
    form_class = AssignForm
    title, submit = __("Give the case to a worker"), __("Give the case")
    success_message = __("The case is given.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"loads": queries.candidates_for(self.case.area, self.worker)[:25]}

    def act(self, form, client_key):
        got = form.cleaned_data
        return actions.assign(self.case, by=self.worker, client_key=client_key, worker=form.workers[got["worker"]], is_lead=got["is_lead"])


class Release(OnCase):
    action_name = "cases.release"
    form_class = ReleaseForm
    title, submit = __("Take a worker off the case"), __("Take off")

    def get_form_kwargs(self):
        running = self.case.assignments.running().filter(is_lead=False).select_related("worker")
        return super().get_form_kwargs() | {"workers": [line.worker for line in running]}

    def act(self, form, client_key):
        return actions.release(self.case, by=self.worker, client_key=client_key, worker=form.workers[form.cleaned_data["worker"]])


class ProposeMerge(OnCase):
    action_name = "cases.propose_merge"
    form_class = MergeForm
    title, submit = __("Same child as another case"), __("Propose to merge")
    lead = __("A second supervisor compares the two side by side and decides. All rows are kept; it can be taken back for 90 days.")

    def act(self, form, client_key):
        other = Case.objects.visible().filter(number__iexact=form.cleaned_data["number"].strip()).first()
        if other is None:
            raise Refused(_("There is no case with this number among those you see. Check the number."))
        return actions.propose_merge(self.case, by=self.worker, client_key=client_key, duplicate=other)

    def get_success_url(self):
        return reverse("cases:merge_decision", args=[self.result.uuid])


class MergeDecision(OnCase):
    """Two cases side by side, and whether they are of one child."""

    template_name = "cases/merge.html"

    def get_record(self):
        self.merge = visible_or_404(Merge.objects.select_related("proposed_by", "decided_by"), uuid=self.kwargs["merge"])
        self.kwargs["case"] = Case.objects.visible().filter(pk=self.merge.case_id).values_list("uuid", flat=True).first() or absent()
        super().get_record()
        other = Case.objects.visible().filter(pk=self.merge.duplicate_id).values_list("uuid", flat=True).first()
        self.elsewhere = elsewhere.of_merge(self.worker, self.merge) if other is None else None
        if self.elsewhere is None:
            self.other = case_or_404(other or absent(), self.worker)
        return self.merge

    def get(self, request, *args, **kwargs):
        """The other office's record stands only where both agreed to look."""
        if self.elsewhere is not None:
            return HttpResponseRedirect(reverse("cases:elsewhere", args=[self.elsewhere.uuid]))
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        return self.get(request) if self.elsewhere is not None else super().post(request, *args, **kwargs)

    def get_context_data(self, **context):
        decided = self.merge.decided_at
        undone = self.merge.undone_at
        title = _("Are these two cases of one child?")
        if decided:
            title = _("Merged on %(day)s") % {"day": day_text(decided)}
        if undone:
            title = _("The merge was taken back on %(day)s") % {"day": day_text(undone)}
        can_undo = decided and not undone and access.may(self.worker, "cases.undo_merge", self.merge)
        can_decide = not decided and not self.merge.declined_at and access.may(self.worker, "cases.decline_merge", self.merge)
        can_merge = can_decide and self.merge.proposed_by_id != self.worker.pk
        if self.merge.declined_at:
            title = _("Found to be two children on %(day)s") % {"day": day_text(self.merge.declined_at)}
        submit = _("Yes, merge them") if can_merge else _("Take the merge back") if can_undo else ""
        return super().get_context_data(
            title=title,
            submit=submit,
            sides=[side(self.case), side(self.other)],
            merge=self.merge,
            decline=_("No, they are two children") if can_decide else "",
            decline_key=uuid.uuid4(),
            proposed=by_whom(self.merge.proposed_by),
            **context,
        )

    def act(self, form, client_key):
        if "decline" in self.request.POST:
            return actions.decline_merge(self.merge, by=self.worker, client_key=client_key)
        if self.merge.decided_at:
            return actions.undo_merge(self.merge, by=self.worker, client_key=client_key)
        return actions.merge(self.merge, by=self.worker, client_key=client_key)

    def get_success_message(self):
        numbers = {"kept": self.case.number, "other": self.other.number}
        if "decline" in self.request.POST:
            return _("Noted: %(kept)s and %(other)s are of two children.") % numbers
        if self.merge.decided_at:
            return _("The merge is taken back. %(kept)s and %(other)s are two cases again.") % numbers
        return _("Merged: %(kept)s is kept, %(other)s is marked as its duplicate.") % numbers


def side(case):
    """One of two cases compared."""
    names = [str(name.full) for name in case.child.names.all()] if "identity" in case.standing.levels else [case.called.name]
    rows = [
        {"label": _("Names"), "value": "\n".join(names)},
        {"label": _("Born"), "value": day_text(case.child.birth) or _("not known")},
        {"label": _("Sex"), "value": codes.label("sex", case.child.sex)},
        {"label": _("Area"), "value": case.area.name},
        {"label": _("Concerns"), "value": "\n".join(codes.label("concern", c.code) for c in case.concerns.order_by("noted_at"))},
        {"label": _("State"), "value": case.get_state_display()},
        {"label": _("Opened"), "value": day_text(case.registered_at)},
    ]
    return {
        "number": case.number,
        "name": case.called.name,
        "lang": case.called.lang,
        "rows": rows,
        "url": reverse("cases:case", args=[case.uuid]),
    }


# approvals


class Decide(OnCase):
    """A question and its facts on one page, so that the answer takes two clicks."""

    action_name = "cases.decide"
    form_class = DecideForm
    template_name = "cases/approval.html"
    submit = __("Send the answer")
    success_message = __("Your answer is sent.")

    def get_record(self):
        self.approval = visible_or_404(Approval.objects.select_related("asked_by", "decided_by", "case"), uuid=self.kwargs["approval"])
        self.kwargs["case"] = self.approval.case.uuid
        super().get_record()
        return self.approval

    def get_success_url(self):
        return reverse("cases:approvals")

    def get_context_data(self, **context):
        approval, now = self.approval, timezone.now()
        kind = codes.label("approval_type", approval.kind)
        when, note, is_late = due(approval.due_at, now=now)
        rows = [
            {"label": _("Asked by"), "value": by_whom(approval.asked_by), "note": moment_text(approval.asked_at)},
            {"label": _("Answer by"), "value": when, "note": note},
            {"label": _("Risk"), "value": codes.label("risk_level", self.case.risk), "note": self.case.why_this_risk},
        ]
        if approval.kind == "RISK_DOWN":
            rows.append({"label": _("Asked for"), "value": codes.label("risk_level", approval.wanted)})
        if approval.kind == "CLOSURE":
            rows.append({"label": _("Reason"), "value": codes.label("closure_reason", approval.wanted)})
        why = str(approval.why) if approval.why and "narrative" in self.case.standing.levels else ""
        last = self.case.visits.visible().order_by("-at").first() if "narrative" in self.case.standing.levels else None
        parts = [render_to_string(template, inside, request=self.request) for template, inside in panels.question(self.request, approval)]
        is_open = (
            approval.status == "REQUESTED"
            and approval.asked_by_id != self.worker.pk
            and (not approval.needs_manager or self.worker.role == "MANAGER")
        )
        seen = {"at": moment_text(last.at), "summary": last.summary or "", "words": last.words or ""} if last else None
        title = _("%(question)s: %(name)s") % {"question": kind, "name": self.case.called.name}
        return super().get_context_data(
            title=title,
            rows=rows,
            why=why,
            last=seen,
            parts=parts,
            is_open=is_open,
            is_late=is_late,
            approval=approval,
            status=codes.label("approval_status", approval.status),
            **context,
        )

    def act(self, form, client_key):
        return actions.decide(self.approval, by=self.worker, client_key=client_key, **form.cleaned_data)
