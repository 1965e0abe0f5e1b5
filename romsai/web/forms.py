"""What the public writes, cleaned. The words are for a reader of twelve."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from romsai.core import dates
from romsai.places import codes
from romsai.places.models import Area
from romsai.places.profile import profile

CHILD, WORRIED, WORK = "child", "worried", "work"
DANGER = [("yes", _("Yes")), ("no", _("No")), ("unknown", _("I do not know"))]
ABOUT = {CHILD: [("CHILD_SELF", _("Me")), ("SIBLING_PEER", _("A friend, a brother or a sister"))]}
REPORTERS = {
    WORRIED: ["PARENT_CAREGIVER", "RELATIVE", "NEIGHBOUR", "SIBLING_PEER", "RELIGIOUS", "OTHER_RPT"],
    WORK: ["TEACHER", "HEALTH", "POLICE_RPT", "VOLUNTEER", "SOCIAL_WELFARE", "LABOUR_INSP", "IMMIGRATION", "NGO", "OTHER_RPT"],
}
SAFE = [("yes", _("Yes, it is safe to call")), ("no", _("No, do not call. I will come back with my code"))]


class DangerForm(forms.Form):
    danger = forms.ChoiceField(
        label=_("Is someone in danger right now?"),
        help_text=_("Danger means hurt, locked in, about to be taken away, or thinking of death."),
        choices=DANGER,
        widget=forms.RadioSelect(attrs={"data-label-size": "l"}),
        error_messages={"required": _("Choose one of the three answers. If you are not sure, choose “I do not know”.")},
    )


class TellForm(forms.Form):
    """One sentence is enough; nothing else is asked for first, and nothing else is required."""

    danger = forms.ChoiceField(choices=DANGER, widget=forms.HiddenInput)
    receipt = forms.CharField(widget=forms.HiddenInput, required=False)
    client_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    worry = forms.CharField(
        label=_("What worries you?"),
        help_text=_("One sentence is enough. You do not have to be sure."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5, "data-label-size": "m"}),
        error_messages={"required": _("Write at least one sentence, so that we know what to do.")},
    )
    where = forms.CharField(
        label=_("Where is the child now?"), help_text=_("A village, a street, a shop, a school."), max_length=500, required=False
    )
    area = forms.ModelChoiceField(label=_("Which province?"), queryset=Area.objects.none(), required=False, empty_label=_("I do not know"))
    child_names = forms.CharField(label=_("What is the child called?"), help_text=_("A nickname is fine."), max_length=200, required=False)
    child_about = forms.CharField(label=_("How old? Boy or girl? How can we know the child?"), max_length=500, required=False)
    reporter_type = forms.ChoiceField(label=_("Who are you?"), required=False)
    reporter_name = forms.CharField(
        label=_("Your name"), max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    reporter_phone = forms.CharField(
        label=_("A telephone number, if we may call you"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "data-width": "20"}),
    )
    is_about_staff = forms.BooleanField(
        label=_("It is about somebody who works with children: a social worker, a carer in a home, the police"),
        required=False,
        help_text=_("Then only the safeguarding officer reads it, and no colleague of that person."),
    )
    is_safe_to_call = forms.ChoiceField(label=_("Is it safe to call you?"), choices=SAFE, required=False, widget=forms.RadioSelect)

    def __init__(self, *args, who, **kwargs):
        super().__init__(*args, **kwargs)
        self.who = who
        language = (get_language() or "en").split("-")[0]
        provinces = self.fields["area"]
        provinces.queryset = Area.objects.filter(country=profile().country, level=1)
        provinces.label_from_instance = lambda area: area.name_in(language)
        reporter = self.fields["reporter_type"]
        if who == CHILD:
            self.fields["worry"].label = _("What is happening?")
            self.fields["where"].label = _("Where are you, or where is your friend?")
            self.fields["child_names"].label = _("What should we call you?")
            self.fields["child_about"].label = _("How old? Boy or girl?")
            reporter.label, reporter.choices, reporter.widget = _("Who is it about?"), ABOUT[CHILD], forms.RadioSelect(choices=ABOUT[CHILD])
        else:
            reporter.choices = codes.get("reporter_type").choices(only=REPORTERS[who], empty=_("I would rather not say"))
        if who != WORK:
            del self.fields["reporter_name"]

    def facts(self):
        """What the form says, as facts for cases.report."""
        said = {
            name: self.cleaned_data.get(name) or "" for name in ("worry", "danger", "where", "child_names", "child_about", "reporter_name")
        }
        phone = self.cleaned_data.get("reporter_phone", "").strip()
        safe = self.cleaned_data.get("is_safe_to_call")
        return said | {
            "area": self.cleaned_data.get("area"),
            "is_about_staff": self.cleaned_data.get("is_about_staff", False),
            "reporter_type": self.cleaned_data.get("reporter_type") or "ANONYMOUS",
            # A number that fits no rule is kept as it was written: somebody may still read it.
            "reporter_phone": profile().phone(phone) or phone,
            "is_safe_to_call": {"yes": True, "no": False}.get(safe) if phone else None,
            # The language of the page is the writer's: the child's only where the child writes.
            "language": (get_language() or "").split("-")[0] if self.who == CHILD else "",
        }


class ReceiptForm(forms.Form):
    code = forms.CharField(
        label=_("Your code"),
        help_text=_("16 digits. Spaces do not matter."),
        max_length=60,
        strip=True,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "data-width": "20"}),
        error_messages={"required": _("Write the 16 digits that you got when you wrote to us.")},
    )

    def clean_code(self):
        """Sixteen digits in any script, with nothing between them; what is not that many can belong to nobody."""
        return "".join(c for c in dates.digits(self.cleaned_data["code"]) if c.isdigit())


class MessageForm(forms.Form):
    text = forms.CharField(
        label=_("Write to us"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write what you want to tell us.")},
    )
