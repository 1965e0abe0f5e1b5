"""Forms of this room: they clean what was typed and decide nothing."""

from django import forms
from django.utils.translation import gettext_lazy as __

from romsai.retention.models import Ground, HoldKind

SMALL = {"data-small": True}


def _reason(help_text):
    return forms.CharField(label=__("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text=help_text)


class HoldForm(forms.Form):
    kind = forms.ChoiceField(label=__("Why must it stay?"), choices=HoldKind.choices, widget=forms.RadioSelect(attrs=SMALL))
    reason = _reason(__("Who asked, and which proceedings. Only whoever decides about the hold reads it."))


class HoldByNumberForm(HoldForm):
    number = forms.CharField(label=__("Number of the case"), max_length=30)
    field_order = ["number", "kind", "reason"]


class EraseForm(forms.Form):
    number = forms.CharField(label=__("Number of the case"), max_length=30)
    ground = forms.ChoiceField(label=__("On what ground?"), choices=Ground.choices, widget=forms.RadioSelect(attrs=SMALL))
    reason = _reason(__("For the second person: who asked and when. Name nobody; it is forgotten when the round is done."))


class EraseClassForm(forms.Form):
    reason = _reason(__("For the second person: what you looked at before. It is forgotten when the round is done."))


class ReasonForm(forms.Form):
    reason = _reason(__("For the second person: what has ended, and who said so."))
