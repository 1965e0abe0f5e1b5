"""Forms of this room: they clean what was typed and decide nothing."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.care.forms import Picked
from romsai.cases.forms import load_text
from romsai.core.dates import DayField
from romsai.places.profile import profile
from romsai.workforce.models import Kind

SMALL = {"data-small": True}
# Where the countries of the region keep their clocks.
ZONES = (
    "Asia/Bangkok", "Asia/Vientiane", "Asia/Phnom_Penh", "Asia/Ho_Chi_Minh", "Asia/Yangon", "Asia/Kuala_Lumpur", "Asia/Jakarta", "Asia/Manila",
    "Asia/Shanghai", "UTC",
)  # fmt: skip


class WishForm(forms.Form):
    email = forms.MultipleChoiceField(
        label=__("Send me an e-mail when"), choices=Kind.choices, required=False, widget=forms.CheckboxSelectMultiple(attrs=SMALL)
    )
    sms = forms.MultipleChoiceField(
        label=__("Send me an SMS when"), choices=Kind.choices, required=False, widget=forms.CheckboxSelectMultiple(attrs=SMALL),
        help_text=__("An SMS never says what it is about. If others read your telephone, tick nothing here."),
    )  # fmt: skip
    from_hour = forms.TypedChoiceField(label=__("No SMS before"), coerce=int, choices=[(n, f"{n}:00") for n in range(24)])
    until_hour = forms.TypedChoiceField(label=__("No SMS after"), coerce=int, choices=[(n, f"{n}:00") for n in range(1, 25)])
    time_zone = forms.ChoiceField(label=__("Your time zone"), choices=())

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        zones = dict.fromkeys([profile().time_zone, self.initial.get("time_zone") or profile().time_zone, *ZONES])
        self.fields["time_zone"].choices = [(zone, zone.replace("_", " ")) for zone in zones]

    def clean(self):
        got = super().clean()
        if {"from_hour", "until_hour"} <= set(got) and got["until_hour"] <= got["from_hour"]:
            self.add_error("until_hour", _("The end of the hours must come after their beginning."))
        return got


class LeaveForm(forms.Form):
    from_on = DayField(label=__("First day away"))
    until_on = DayField(label=__("Last day away"))
    deputy = Picked(
        __("Who stands in?"), widget=forms.RadioSelect(attrs=SMALL), error_messages={"required": __("Choose who stands in.")},
        help_text=__("They work on the open cases from the first to the last day, and no longer."),
    )  # fmt: skip
    sealed = forms.MultipleChoiceField(
        label=__("Sealed cases for which you name this person"), required=False, choices=(), widget=forms.CheckboxSelectMultiple(attrs=SMALL),
        help_text=__("What you do not tick stays with you alone, also while you are away."),
    )  # fmt: skip

    def __init__(self, *args, loads, sealed, **options):
        super().__init__(*args, **options)
        texts = {load.worker.pk: load_text(load) for load in loads}
        self.fields["deputy"].offer([load.worker for load in loads], lambda worker: texts[worker.pk])
        self.sealed = {str(case.uuid): case for case in sealed}
        self.fields["sealed"].choices = [(uuid, case.number) for uuid, case in self.sealed.items()]
        if not sealed:
            del self.fields["sealed"]

    def clean(self):
        got = super().clean()
        first, last = got.get("from_on"), got.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", _("The last day must not lie before the first."))
        elif last and last < timezone.localdate():
            self.add_error("until_on", _("The last day must not lie in the past."))
        return got

    def facts(self):
        got = self.cleaned_data
        return {
            "from_on": got["from_on"], "until_on": got["until_on"], "deputy": got["deputy"],
            "sealed": [self.sealed[uuid] for uuid in got.get("sealed", ())],
        }  # fmt: skip


class HandOverForm(forms.Form):
    to = forms.MultipleChoiceField(
        label=__("Who takes the cases over?"), choices=(), widget=forms.CheckboxSelectMultiple(attrs=SMALL),
        help_text=__("The gravest cases are given first, each to whoever of them has least to do, weighed by risk."),
        error_messages={"required": __("Choose at least one colleague who takes cases over.")},
    )  # fmt: skip

    def __init__(self, *args, loads, **options):
        super().__init__(*args, **options)
        self.takers = {str(load.worker.uuid): load.worker for load in loads}
        self.fields["to"].choices = [(str(load.worker.uuid), load_text(load)) for load in loads]

    def facts(self):
        return {"to": [self.takers[uuid] for uuid in self.cleaned_data["to"]]}


class NoteForm(forms.Form):
    about = Picked(__("Whom is it about?"), error_messages={"required": __("Choose whom it is about.")})
    text = forms.CharField(
        label=__("What you talked about"), max_length=5000, widget=forms.Textarea, error_messages={"required": __("Write the note first.")},
    )  # fmt: skip
    agreed = forms.CharField(
        label=__("What you agreed, who does it and by when"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, about, **options):
        super().__init__(*args, **options)
        if len(about) > 1:
            self.fields["about"].offer(about)
        else:
            del self.fields["about"]
        self.only = about[0] if len(about) == 1 else None

    def facts(self):
        got = self.cleaned_data
        return {"about": got.get("about") or self.only, "text": got["text"], "agreed": got["agreed"]}
