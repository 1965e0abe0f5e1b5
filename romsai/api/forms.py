"""Forms of machines and webhooks: they clean what was typed and decide nothing."""

import re

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.api.actions import ROLES
from romsai.api.events import KINDS
from romsai.core.dates import DayField
from romsai.places import codes
from romsai.places.forms import AreasField
from romsai.places.models import Agency, Team

OPERATIONS = {
    "list_cases": __("List the cases it may see"),
    "read_case": __("Read a case, at the levels that its role may read"),
    "write_note": __("Write a note on a case"),
    "record_visit": __("Record a contact"),
    "list_follow_ups": __("List the follow-ups of a case"),
    "record_follow_up": __("Record a follow-up"),
    "report_child": __("Report a child"),
    "list_reports": __("List the reports it may see"),
    "read_report": __("Read a report"),
    "ask_for_family": __("Begin to look for the family of a child"),
    "list_tracing_requests": __("List the searches for a family it may see"),
    "list_proposals": __("Read how well and why somebody may fit"),
    "record_account": __("Record the answers of one side"),
    "known_child": __("Ask whether a child is known"),
}

SMALL = {"data-small": True}


class MachineForm(forms.Form):
    name = forms.CharField(label=__("Name"), max_length=200, help_text=__("What the other system is called, and whose it is."))
    agency = forms.ModelChoiceField(Agency.objects.none(), label=__("Agency"))
    role = forms.ChoiceField(label=__("Role"), help_text=__("It sees and does what a person of this role sees and does, and never more."))
    team = forms.ModelChoiceField(Team.objects.none(), label=__("Team"), required=False)
    areas = AreasField(label=__("Areas"), required=False, help_text=__("For a coordinator: codes of the areas, with commas."))
    operations = forms.MultipleChoiceField(label=__("What it may do"), choices=list(OPERATIONS.items()), widget=forms.CheckboxSelectMultiple(attrs=SMALL))
    networks = forms.CharField(
        label=__("Addresses from which it asks"), required=False, max_length=1000,
        help_text=__("Such as 203.0.113.7 or 203.0.113.0/24, with commas. Empty: from anywhere."),
    )  # fmt: skip
    until_on = DayField(label=__("Last day"), help_text=__("At most a year from now."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = codes.get("user_role").choices(only=ROLES, empty=_("Choose a role"))
        self.fields["agency"].queryset = Agency.objects.active()
        self.fields["team"].queryset = Team.objects.select_related("agency")
        self.fields["team"].label_from_instance = lambda team: f"{team.agency.name}: {team.name}"

    def clean_networks(self):
        return [part for part in re.split(r"[\s,]+", self.cleaned_data["networks"]) if part]


class WebhookForm(forms.Form):
    machine = forms.ModelChoiceField(None, label=__("Machine"), to_field_name="uuid", help_text=__("It is told only of cases that this machine may see."))
    address = forms.CharField(label=__("Address"), max_length=500, help_text=__("Begins with https://. The other system listens there."))
    kinds = forms.MultipleChoiceField(label=__("What it is told of"), choices=list(KINDS.items()), widget=forms.CheckboxSelectMultiple(attrs=SMALL))

    def __init__(self, *args, machines, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["machine"].queryset = machines


class ConfirmForm(forms.Form):
    """Nothing to fill in: the button is the question."""
