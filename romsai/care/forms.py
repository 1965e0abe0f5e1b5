"""Forms of plans, referrals, transfers, placements and follow-ups: they clean what was typed and decide nothing."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.care import sharing
from romsai.care.actions import WITH_PARENTS
from romsai.care.models import ServiceKind
from romsai.cases.forms import DANGER, AreaField, VisitForm, coded, risk_field, words, yes_no
from romsai.core.dates import DayField, day_text
from romsai.places import codes

LEVEL_WORDS = {
    "core": __("That there is a case: risk, concerns, language"),
    "identity": __("Who the child is: name, age, safe contact"),
    "location": __("Where the child is"),
    "medical": __("Health"),
    "narrative": __("What was written: safety plan, care plan, the child’s own words"),
    "legal": __("Court and law"),
}

KEEPS = timedelta(days=90)  # offered as the end of a sharing; the worker chooses


def level_choices():
    """What may go along besides that there is a case, which a recipient always learns."""
    return [(level, LEVEL_WORDS[level]) for level in sharing.LEVELS if level != "core"]


class Picked(forms.ChoiceField):
    """One record out of a few, by UUID; `offer(records)` says which, and `.cleaned_data` holds the record."""

    def __init__(self, label, **options):
        super().__init__(label=label, **options)
        self.records = {}

    def offer(self, records, name=str, empty=None):
        """`records`: rows, or (heading, rows) pairs; `name` gives the words for one."""
        pairs, self.records = [], {}
        for line in records:
            if isinstance(line, tuple):
                heading, rows = line
                pairs.append((heading, [self._option(row, name) for row in rows]))
            else:
                pairs.append(self._option(line, name))
        self.choices = pairs if empty is None else [("", empty), *pairs]

    def _option(self, row, name):
        self.records[str(row.uuid)] = row
        return str(row.uuid), name(row)

    def clean(self, value):
        return self.records.get(super().clean(value))


class PickedMany(forms.MultipleChoiceField):
    """Several records out of a few, by UUID."""

    def __init__(self, label, **options):
        options.setdefault("widget", forms.CheckboxSelectMultiple(attrs={"data-small": True}))
        super().__init__(label=label, **options)
        self.records = {}

    def offer(self, rows, name=str):
        self.records = {str(row.uuid): row for row in rows}
        self.choices = [(pk, name(row)) for pk, row in self.records.items()]

    def clean(self, value):
        return [self.records[pk] for pk in super().clean(value)]


# plan


class GoalForm(forms.Form):
    text = words(__("What should be true for the child?"), rows=2, help_text=__("One sentence, so that the child understands it too."))


class ActionForm(forms.Form):
    """One thing somebody does. The goal may be written here too, so that one page is enough."""

    text = words(__("What will be done?"), rows=2)
    goal = Picked(__("For which goal?"), widget=forms.RadioSelect(attrs={"data-small": True}), required=False)
    new_goal = forms.CharField(
        label=__("Or a new goal"), required=False, help_text=__("What should be true for the child, in one sentence.")
    )
    who = Picked(__("Who does it?"))
    due_on = DayField(label=__("By which day?"))
    concerns = PickedMany(__("Which concerns does it help with?"))

    def __init__(self, *args, plan, workers, agencies, concerns, goals, **options):
        super().__init__(*args, **options)
        self.plan = plan
        self.fields["who"].offer([(_("People"), workers), (_("Agencies"), agencies)], empty=_("Choose"))
        self.fields["concerns"].offer(concerns, lambda row: codes.label("concern", row.code))
        if len(concerns) == 1:
            self.fields["concerns"].initial = [str(concerns[0].uuid)]
        if goals:
            self.fields["goal"].offer(goals, lambda row: row.text)
            if len(goals) == 1:
                self.fields["goal"].initial = str(goals[0].uuid)
        else:
            del self.fields["goal"]
            self.fields["new_goal"].label = _("For which goal?")
            self.fields["new_goal"].required = True
            self.fields["new_goal"].error_messages["required"] = _("Write the goal.")

    def clean(self):
        got = super().clean()
        if "goal" in self.fields and not got.get("goal") and not (got.get("new_goal") or "").strip():
            self.add_error("new_goal", _("Choose a goal or write a new one."))
        return got

    def owner(self):
        """{"owner": worker} or {"owner_agency": agency}."""
        who = self.cleaned_data["who"]
        return {"owner_agency" if hasattr(who, "kind") else "owner": who}


class ChildViewForm(forms.Form):
    child_view = words(
        __("What does the child want, and think of this plan?"), rows=4, required=False, help_text=__("In the child’s own words.")
    )
    no_view_reason = words(__("If the child could not be asked: why"), rows=2, required=False)
    best_interests = coded(
        "bid_trigger", __("Does the plan include one of these steps?"), many=True, required=False,
        help_text=__("Such a step needs a best-interests decision before the plan is approved. Keeping the child safe never waits for it."),
    )  # fmt: skip


class LeaveOutForm(forms.Form):
    reason = words(__("Why does this concern need no action now?"), rows=2)


class SubmitPlanForm(forms.Form):
    review_on = DayField(
        label=__("Review earlier than the risk asks?"), required=False, help_text=__("Leave empty: the review falls due by the risk.")
    )


class JudgeGoalForm(forms.Form):
    is_met = yes_no(__("Is the goal met?"))
    reason = words(__("If not: why, and what that means for the child"), rows=3, required=False)


class NotPursuedForm(forms.Form):
    reason = words(__("Why is this goal not pursued?"), rows=3)


class UpdateActionForm(forms.Form):
    state = coded("plan_action_state", __("How far is it?"), radios=True)
    done_on = DayField(label=__("If done: on which day"), required=False, past_only=True, help_text=__("Leave empty if it was today."))
    reason = words(__("If blocked or dropped: why"), rows=2, required=False)


class ReviewForm(forms.Form):
    to = forms.ChoiceField(
        label=__("How does the case go on?"), widget=forms.RadioSelect,
        choices=[
            ("IMPLEMENTATION", __("Go on with this plan")),
            ("PLANNING", __("Write a new plan")),
            ("FOLLOW_UP", __("The main goals are met: visit and watch only, if the supervisor agrees")),
        ],
    )  # fmt: skip
    summary = words(
        __("What did the review find?"), rows=5, help_text=__("What changed for the child, what the child says, what comes next.")
    )
    risk = risk_field()
    reasons = words(
        __("Reasons for the risk"),
        rows=2,
        required=False,
        help_text=__("One a line. To lower the risk a reason is needed, and the supervisor decides."),
    )
    review_on = DayField(label=__("Next review earlier than the risk asks?"), required=False)


# referrals


class ProviderSearch(forms.Form):
    """Who offers a service near the child, to a child of that age and sex."""

    service = coded("service_type", __("Which service?"))
    area = AreaField(label=__("Where?"), required=False)


def why_overridden():
    """Why sharing goes on without consent: a code of the list, or empty."""
    return coded(
        "consent_override_reason",
        __("If nobody could be asked or the answer was no: why it goes on"),
        required=False,
        empty=__("Not overridden"),
    )


class ReferForm(forms.Form):
    """What is asked, and what goes along: the consent is written down on the same page."""

    need = words(__("What does the child need?"), rows=4, help_text=__("A few sentences. Not the story of what happened."))
    contact = words(
        __("How to reach the child safely"),
        rows=2,
        required=False,
        help_text=__("A safe person or time. Leave empty if they should call you."),
    )
    consent = Picked(__("Who agreed?"), widget=forms.RadioSelect(attrs={"data-small": True}), required=False)
    giver = coded("consent_giver", __("Who was asked"), required=False, error_messages={"required": __("Choose who was asked.")})
    decision = coded(
        "consent_decision", __("Answer"), only=("CONSENT", "OVERRIDDEN"), radios=True, required=False,
        error_messages={"required": __("Choose the answer. If it was no, nothing can be shared; ask again another day.")},
    )  # fmt: skip
    override_reason = why_overridden()
    note = words(__("In their own words"), rows=2, required=False)
    levels = forms.MultipleChoiceField(
        label=__("What may they read?"), choices=level_choices, widget=forms.CheckboxSelectMultiple(attrs={"data-small": True}), initial=["identity"], required=False,
        help_text=__("Always: that there is a case, with its risk, concerns and language. Share no more than they need."),
    )  # fmt: skip
    until_on = DayField(label=__("Until which day?"))

    asked_now = ("giver", "decision", "override_reason", "note")

    def __init__(self, *args, consents=(), **options):
        super().__init__(*args, **options)
        self.fields["until_on"].initial = timezone.localdate() + KEEPS
        if consents:
            self.fields["consent"].offer(consents, consent_text, empty=_("Asked now"))
            self.fields["consent"].initial = str(consents[0].uuid)
        else:
            del self.fields["consent"]
            for name in ("giver", "decision"):
                self.fields[name].required = True

    def clean(self):
        got = super().clean()
        if not got.get("consent"):
            if not got.get("giver") and "giver" not in self.errors:
                self.add_error("giver", _("Choose who was asked."))
            if not got.get("decision") and "decision" not in self.errors:
                self.add_error("decision", _("Choose the answer. If it was no, nothing can be shared; ask again another day."))
            if got.get("decision") == "OVERRIDDEN" and not got.get("override_reason"):
                self.add_error("override_reason", _("Choose the reason. Only the listed reasons count."))
        got["levels"] = ["core", *got.get("levels", [])]
        return got


def consent_text(consent):
    """`Mother agreed on 3 May, until 1 August`: one line for a choice."""
    who = codes.label("consent_giver", consent.giver)
    answer = codes.label("consent_decision", consent.decision)
    until = _("until %(day)s") % {"day": day_text(consent.until_on)} if consent.until_on else _("no end named")
    return f"{who}: {answer}, {day_text(timezone.localdate(consent.asked_at))}, {until}"


class AnswerReferralForm(forms.Form):
    answer = forms.ChoiceField(
        label=__("Your answer"), widget=forms.RadioSelect(attrs={"data-small": True}),
        choices=[("ACCEPTED", __("Accept")), ("WAITLISTED", __("Put on the waiting list")), ("DECLINED", __("Decline"))],
    )  # fmt: skip
    reason = coded("referral_decline_reason", __("If declined: why"), required=False, empty=__("Not declined"))

    def clean(self):
        got = super().clean()
        if got.get("answer") == "DECLINED" and not got.get("reason"):
            self.add_error("reason", _("Choose the reason, so that the worker can look for another provider."))
        return got


class ServiceNoteForm(forms.Form):
    kind = forms.ChoiceField(
        label=__("What is it about?"), choices=ServiceKind, initial=ServiceKind.SERVICE, required=False,
        widget=forms.RadioSelect(attrs={"data-small": True}),
    )  # fmt: skip
    text = words(__("What was done?"), rows=4, help_text=__("When the child arrives: which bed, and who looks after the child."))

    def clean_kind(self):
        return self.cleaned_data["kind"] or ServiceKind.SERVICE


class IncidentForm(forms.Form):
    is_missing = yes_no(__("Is the child missing?"))
    danger = forms.ChoiceField(
        label=__("Is the child in danger right now?"), choices=DANGER, widget=forms.RadioSelect(attrs={"data-inline": True})
    )
    what = words(__("What happened?"), rows=4, help_text=__("One sentence is enough."))


class OutcomeForm(forms.Form):
    is_completed = yes_no(__("Was the service completed?"), initial="yes")
    outcome = words(__("What came of it for the child?"), rows=4)


class WithdrawalDecisionForm(forms.Form):
    keep = yes_no(__("May they keep the least they need?"))
    override_reason = coded("consent_override_reason", __("If yes: why without consent"), required=False, empty=__("Choose"))
    why = words(__("Why, and what the child wishes"), rows=3)


# transfers


class OfferTransferForm(forms.Form):
    team = Picked(__("To which team?"))
    reason = coded("transfer_reason", __("Why does the case pass on?"), radios=True)
    area = AreaField(label=__("Where will the child live?"), required=False, help_text=__("Only if the child moves."))
    joint_visit_on = DayField(
        label=__("Joint visit or call on"), help_text=__("The old and the new worker meet the child, or call, together.")
    )
    handover = words(__("Hand-over list"), rows=6, help_text=__("What the new team must know and do first. One thing a line."))
    consent = Picked(
        __("Consent to tell the other agency"),
        required=False,
        help_text=__("Needed when the team belongs to another agency. Record it under Consents first."),
    )

    def __init__(self, *args, teams, consents, **options):
        super().__init__(*args, **options)
        self.fields["team"].offer(teams, lambda team: f"{team.agency.name}: {team.name}", empty=_("Choose"))
        self.fields["consent"].offer(
            consents, lambda row: f"{row.recipient.name}. {consent_text(row)}", empty=_("The same agency: not needed")
        )


class AcceptTransferForm(forms.Form):
    worker = Picked(__("Who will answer for the child?"), widget=forms.RadioSelect(attrs={"data-small": True}))

    def __init__(self, *args, loads, **options):
        super().__init__(*args, **options)
        cases = {load.worker.pk: load.cases for load in loads}
        self.fields["worker"].offer(
            [load.worker for load in loads],
            lambda worker: _("%(name)s, %(cases)d open cases") % {"name": worker.name, "cases": cases[worker.pk]},
        )


class DeclineTransferForm(forms.Form):
    reason = words(__("Why not?"), rows=3, help_text=__("The other team keeps the duty and needs to find another way."))


class LeaveSystemForm(forms.Form):
    """Out of the system: the consent is written down on the same page, because no list names the recipient."""

    body = words(
        __("Who takes over?"), rows=3, help_text=__("The body outside the system, the country, and how to reach the person there. Sealed.")
    )
    reason = coded("transfer_reason", __("Why does the case pass on?"), radios=True)
    joint_visit_on = DayField(
        label=__("Joint visit or call on"), help_text=__("You and the person who takes over meet the child, or call, together.")
    )
    handover = words(
        __("Hand-over list"), rows=6, help_text=__("What they must know and do first. One thing a line. Both sides sign it on paper.")
    )
    giver = coded("consent_giver", __("Who was asked"))
    decision = coded("consent_decision", __("Answer"), only=("CONSENT", "OVERRIDDEN"), radios=True)
    override_reason = why_overridden()
    note = words(__("In their own words"), rows=2, required=False)

    asked_now = ("giver", "decision", "override_reason", "note")

    def clean(self):
        got = super().clean()
        if got.get("decision") == "OVERRIDDEN" and not got.get("override_reason"):
            self.add_error("override_reason", _("Choose the reason. Only the listed reasons count."))
        if got.get("decision") != "OVERRIDDEN":
            got["override_reason"] = ""
        return got


class ReceiptForm(forms.Form):
    received_on = DayField(label=__("Day on the receipt"), past_only=True)
    received_by = words(__("Who received the child?"), rows=2, help_text=__("Name and office, as on the receipt. Sealed."))
    is_signed = yes_no(__("Is the hand-over list signed by both sides?"))


# placements, follow-ups, conferences


class PlaceForm(forms.Form):
    care = forms.ChoiceField(label=__("What kind of care?"))
    from_on = DayField(label=__("Since which day?"), past_only=True)
    facility = Picked(__("Which place of the directory?"), required=False)
    carer = Picked(__("Or which person on the case?"), required=False)
    where = words(__("Or where, in words"), rows=2, required=False, help_text=__("Sealed. Never written anywhere else."))

    def __init__(self, *args, facilities, carers, **options):
        super().__init__(*args, **options)
        away = [code for code in codes.get("care_arrangement") if code not in WITH_PARENTS]
        self.fields["care"].choices = codes.get("care_arrangement").choices(only=away, empty=_("Choose"))
        self.fields["facility"].offer(facilities, lambda row: row.name, empty=_("None of these"))
        self.fields["carer"].offer([person for person, _name in carers], dict(carers).get, empty=_("None of these"))


class EndPlacementForm(forms.Form):
    until_on = DayField(label=__("Last day"), past_only=True)
    reason = coded("placement_end", __("Why did it end?"), radios=True)
    care = coded("care_arrangement", __("With whom does the child live now?"), required=False, empty=__("Choose"))


class ScheduleForm(forms.Form):
    from_on = DayField(label=__("Since which day is the child home, or the plan ended?"), past_only=True)
    schedule = coded("follow_up_schedule", __("Which follow-ups?"), many=True)


class FollowUpForm(VisitForm):
    outcome = coded("follow_up_outcome", __("How is the child since the last time?"), radios=True)


class ConferenceForm(forms.Form):
    on = DayField(label=__("Day of the meeting"), past_only=True)
    agencies = PickedMany(__("Which agencies took part?"), required=False)
    child_took_part = forms.BooleanField(label=__("The child took part"), required=False)
    decisions = words(__("What was decided, and who does it?"), rows=6)

    def __init__(self, *args, agencies, **options):
        super().__init__(*args, **options)
        self.fields["agencies"].offer(agencies, lambda row: row.name)
