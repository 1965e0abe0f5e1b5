"""Forms of the administrator: workers, entries of the directory, words of the lists."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from romsai.core.dates import DayField

from . import codes
from .models import Agency, Area, Team
from .profile import profile


class AreasField(forms.CharField):
    """Areas by their P-codes, with commas; cleans to a list of areas."""

    def __init__(self, *, only_one=False, **options):
        self.only_one = only_one
        super().__init__(**options)

    def clean(self, value):
        text = super().clean(value)
        wanted = list(dict.fromkeys(part.strip().upper() for part in text.split(",") if part.strip()))
        found = {area.pcode.upper(): area for area in Area.objects.filter(pcode__in=wanted)}
        for code in wanted:
            if code not in found:
                raise ValidationError(_("There is no area with the code %(code)s."), "unknown", {"code": code})
        if self.only_one and len(wanted) > 1:
            raise ValidationError(_("Name one area only."), "many")
        return [found[code] for code in wanted]


class AgencyForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"))
    area = AreasField(label=_("Area"), required=False, only_one=True, help_text=_("The code of the area."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = codes.get("agency_type").choices(empty=_("Choose a kind"))

    def clean_area(self):
        return next(iter(self.cleaned_data["area"]), None)


class TeamForm(forms.Form):
    agency = forms.ModelChoiceField(Agency.objects.none(), label=_("Agency"))
    name = forms.CharField(label=_("Name"), max_length=200)
    areas = AreasField(label=_("Areas"), help_text=_("Codes of the areas, with commas."))
    is_intake = forms.BooleanField(label=_("Takes new reports from these areas"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.active()


GRANT = ("role", "agency", "team", "areas", "until_on")


class GrantForm(forms.Form):
    """What a worker may do, and where."""

    role = forms.ChoiceField(label=_("Role"))
    agency = forms.ModelChoiceField(Agency.objects.none(), label=_("Agency"))
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), required=False)
    areas = AreasField(
        label=_("Areas"),
        required=False,
        help_text=_("For managers and coordinators: codes of the areas they answer for, with commas."),
    )
    until_on = DayField(label=_("Last day"), required=False, help_text=_("Only for roles that are limited in time."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        roles = [code for code in codes.get("user_role").codes if code != "PUBLIC"]
        self.fields["role"].choices = codes.get("user_role").choices(only=roles, empty=_("Choose a role"))
        self.fields["agency"].queryset = Agency.objects.active()
        self.fields["team"].queryset = Team.objects.select_related("agency")
        self.fields["team"].label_from_instance = lambda team: f"{team.agency.name}: {team.name}"


class ChangeWorkerForm(forms.Form):
    """How a worker is called and reached."""

    name = forms.CharField(label=_("Name"), max_length=200)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)

    def clean_phone(self):
        return read_phone(self.cleaned_data["phone"])


class WorkerForm(GrantForm, ChangeWorkerForm):
    """A new worker: who they are, how they sign in, what they may do."""

    email = forms.EmailField(label=_("E-mail"), help_text=_("They sign in with it."))

    field_order = ("name", "email", *GRANT[:-1], "language", "phone", "until_on")


class FacilityForm(forms.Form):
    agency = forms.ModelChoiceField(Agency.objects.none(), label=_("Agency"))
    name = forms.CharField(label=_("Name"), max_length=200)
    services = forms.MultipleChoiceField(label=_("Services"), widget=forms.CheckboxSelectMultiple(attrs={"data-small": True}))
    from_age = forms.IntegerField(label=_("From age"), required=False, min_value=0, max_value=25)
    to_age = forms.IntegerField(label=_("To age"), required=False, min_value=0, max_value=25)
    sex = forms.ChoiceField(label=_("Only for"), required=False)
    capacity = forms.IntegerField(label=_("How many places"), required=False, min_value=0)
    open_hours = forms.CharField(label=_("Open hours"), max_length=200, required=False)
    area = AreasField(label=_("Area"), required=False, only_one=True, help_text=_("The code of the area."))
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    is_confidential_address = forms.BooleanField(label=_("The address is secret"), required=False)
    address = forms.CharField(label=_("Address"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=500)
    is_open = forms.BooleanField(label=_("Open: may be chosen for children"), required=False, initial=True)

    def __init__(self, *args, is_new, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["is_open" if is_new else "agency"]
        if is_new:
            self.fields["agency"].queryset = Agency.objects.active()
        self.fields["services"].choices = codes.get("service_type").choices
        self.fields["sex"].choices = codes.get("sex").choices(only=["F", "M"], empty=_("Everyone"))

    def clean_phone(self):
        return read_phone(self.cleaned_data["phone"])

    def clean_area(self):
        return next(iter(self.cleaned_data["area"]), None)

    def facts(self):
        """What the actions take: the same limits hold for each service of this form."""
        facts = dict(self.cleaned_data)
        limits = {key: facts.pop(key) for key in ("from_age", "to_age", "sex", "capacity", "open_hours")}
        if None not in (limits["from_age"], limits["to_age"]) and limits["from_age"] > limits["to_age"]:
            limits["from_age"], limits["to_age"] = limits["to_age"], limits["from_age"]
        facts["services"] = [{"service": service, **limits} for service in facts["services"]]
        return facts


class LabelForm(forms.Form):
    text = forms.CharField(label=_("Words"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class ConfirmForm(forms.Form):
    """Nothing to fill in: the button is the question."""


def read_phone(text):
    number = profile().phone(text)
    if text and not number:
        raise ValidationError(_("This cannot be a phone number. Write it with all digits."), "phone")
    return number
