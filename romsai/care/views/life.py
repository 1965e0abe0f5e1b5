"""Where the child lives, the visits that follow, and meetings about the case."""

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.care import actions
from romsai.care.forms import ConferenceForm, EndPlacementForm, FollowUpForm, PlaceForm, ScheduleForm
from romsai.cases.queries import called
from romsai.cases.views.work import OnCase
from romsai.core.dates import day_text
from romsai.places import codes
from romsai.places.models import Agency, Facility


class Place(OnCase):
    action_name = "care.place"
    form_class = PlaceForm
    title, submit, tab = __("Record a placement"), __("Save the placement"), "placements"
    lead = __("Where the child lives away from the parents. The supervisor looks at it after; keeping the child safe does not wait.")
    success_message = __("The placement is recorded.")

    def get_form_kwargs(self):
        homes = Facility.objects.open().filter(services__service__in=["SHELTER", "FOSTER"]).distinct()
        parts = self.case.participants.exclude(role__in=["CHILD", "ALLEGED"]).exclude(is_suspected=True).select_related("person")
        people = list({part.person_id: part.person for part in parts}.values())
        names = called(people)
        return super().get_form_kwargs() | {"facilities": homes, "carers": [(person, names[person.pk].name) for person in people]}

    def act(self, form, client_key):
        return actions.place(self.case, by=self.worker, client_key=client_key, **form.cleaned_data)


class EndPlacement(OnCase):
    action_name = "care.end_placement"
    form_class = EndPlacementForm
    title, submit, tab = __("End the placement"), __("Save the end"), "placements"
    lead = __("If the child goes home, the follow-up visits of the first year are set.")
    success_message = __("The end of the placement is recorded.")

    def get_record(self):
        super().get_record()
        self.placement = self.case.placements.visible().filter(uuid=self.kwargs["placement"]).first()
        if self.placement is None:
            raise Http404
        return self.placement

    def act(self, form, client_key):
        return actions.end_placement(self.placement, by=self.worker, client_key=client_key, **form.cleaned_data)


class Schedule(OnCase):
    action_name = "care.schedule_follow_ups"
    form_class = ScheduleForm
    title, submit, tab = __("Set follow-up visits"), __("Set them"), "follow-ups"
    lead = __("Besides the visits that the risk asks for.")
    success_message = __("The follow-up visits are set.")

    def get_initial(self):
        return {"schedule": codes.get("follow_up_schedule").codes}

    def act(self, form, client_key):
        return actions.schedule_follow_ups(self.case, by=self.worker, client_key=client_key, **form.cleaned_data)


class RecordFollowUp(OnCase):
    action_name = "care.record_follow_up"
    form_class = FollowUpForm
    submit, tab = __("Save the follow-up"), "follow-ups"
    success_message = __("The follow-up is recorded.")

    def get_record(self):
        super().get_record()
        self.follow_up = self.case.follow_ups.filter(uuid=self.kwargs["follow_up"]).first()
        if self.follow_up is None:
            raise Http404
        return self.follow_up

    def get_initial(self):
        now = timezone.localtime()
        return {"on": now.date(), "clock": f"{now:%H:%M}", "kind": "POST_RETURN"}

    def get_context_data(self, **context):
        words = {"when": codes.label("follow_up_schedule", self.follow_up.schedule)}
        lead = _("Due on %(day)s.") % {"day": day_text(self.follow_up.due_on)}
        return super().get_context_data(title=_("Follow-up: %(when)s") % words, lead=lead, **context)

    def act(self, form, client_key):
        return actions.record_follow_up(self.follow_up, by=self.worker, client_key=client_key, **form.facts())


class HoldConference(OnCase):
    action_name = "care.hold_conference"
    form_class = ConferenceForm
    title, submit, tab = __("Record a case conference"), __("Save the meeting"), "plan"
    lead = __("Being there shares nothing of the case: what another agency may read is agreed under Referrals.")
    success_message = __("The meeting is recorded.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"agencies": list(Agency.objects.active())}

    def act(self, form, client_key):
        return actions.hold_conference(self.case, by=self.worker, client_key=client_key, **form.cleaned_data)
