"""Forms of papers: they clean what was typed or sent and decide nothing."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.care import sharing
from romsai.care.forms import LEVEL_WORDS, Picked, level_choices
from romsai.core.dates import day_text
from romsai.papers import contents, formats
from romsai.papers.models import LEVEL_OF, Kind, Why, capital
from romsai.places import codes


def spoken(choices):
    """Words of codes as choices begin: with a capital."""
    return [(code, capital(label)) for code, label in choices]


class PaperForm(forms.Form):
    kind = forms.ChoiceField(
        label=__("What is it?"),
        choices=lambda: [("", _("Choose")), *spoken(Kind.choices)],
        help_text=__("Who may read it follows from this. Recordings of interviews for a court stay with the police or court."),
        error_messages={"required": __("Choose what the file is."), "invalid_choice": __("Choose what the file is.")},
    )
    file = forms.FileField(
        label=__("The file"),
        help_text=__("A picture, PDF, Word or Excel file, or a recording. At most 20 MB. Where and when a photo was taken is removed."),
        allow_empty_file=True,
        error_messages={"required": __("Choose the file.")},
        widget=forms.FileInput(attrs={"accept": formats.ACCEPT}),
    )
    name = forms.CharField(
        label=__("In a few words"), max_length=200, required=False, help_text=__("Leave empty if the kind says enough. For example: front page."),
        error_messages={"max_length": __("Say it in at most 200 letters.")},
    )  # fmt: skip

    def clean(self):
        got = super().clean()
        if got.get("file") and got.get("kind"):
            sent = got["file"]
            try:
                # One that was too large was never held: see core.uploads.
                data = b"" if sent.size > formats.MOST_BYTES else sent.read()
                if sent.size > formats.MOST_BYTES:
                    raise formats.Unfit("LARGE")
                got["content"] = formats.take(sent.name, data, keep_original=LEVEL_OF[got["kind"]] == "legal")
            except formats.Unfit as unfit:
                self.add_error("file", unfit.sentence)
        return got


class WithdrawForm(forms.Form):
    why = forms.ChoiceField(
        label=__("Why does it no longer count?"),
        choices=lambda: spoken(Why.choices),
        widget=forms.RadioSelect(attrs={"data-small": True}),
        error_messages={"required": __("Choose why the paper no longer counts.")},
    )


# printing


class PrintForm(forms.Form):
    language = forms.ChoiceField(
        label=__("In which language?"),
        choices=settings.LANGUAGES,
        help_text=__("The language of the person who reads it. What was written on the case stays as it was written."),
    )

    def facts(self):
        """What `actions.print_` takes."""
        return {"language": self.cleaned_data["language"]}


class SummaryForm(PrintForm):
    share = Picked(
        __("For whom?"),
        widget=forms.RadioSelect(attrs={"data-small": True}),
        error_messages={"required": __("Choose for whom it is printed.")},
    )
    field_order = ("share", "language")

    def __init__(self, *args, shares, **options):
        super().__init__(*args, **options)
        self.fields["share"].offer(shares, share_words)

    def facts(self):
        share = self.cleaned_data["share"]
        return super().facts() | {"agency": share.agency, "source": share.uuid}


def share_words(share):
    levels = "; ".join(str(LEVEL_WORDS[level]) for level in sharing.LEVELS if level in share.levels)
    words = {
        "agency": share.agency.name,
        "purpose": codes.label("consent_type", share.purpose),
        "until": day_text(share.until_at),
        "levels": levels,
    }
    return _("%(agency)s – %(purpose)s, until %(until)s. They read: %(levels)s") % words


class ReferralForm(PrintForm):
    referral = Picked(
        __("For which referral?"),
        widget=forms.RadioSelect(attrs={"data-small": True}),
        error_messages={"required": __("Choose the referral.")},
    )
    field_order = ("referral", "language")

    def __init__(self, *args, referrals, **options):
        super().__init__(*args, **options)
        self.fields["referral"].offer(referrals, referral_words)

    def facts(self):
        referral = self.cleaned_data["referral"]
        return super().facts() | {"agency": referral.agency, "source": referral.uuid}


def referral_words(referral):
    place = referral.facility.name if referral.facility else referral.agency.name
    return _("%(service)s – %(place)s, sent %(day)s") % {
        "service": codes.label("service_type", referral.service),
        "place": place,
        "day": day_text(referral.sent_at),
    }


class ReaderForm(PrintForm):
    """Printed for the child, or for a carer who is not suspected."""

    person = forms.ChoiceField(
        label=__("For whom?"),
        widget=forms.RadioSelect(attrs={"data-small": True}),
        error_messages={"required": __("Choose for whom it is printed.")},
    )
    field_order = ("person", "language")

    def __init__(self, *args, people, **options):
        super().__init__(*args, **options)
        self.people = {str(person.uuid): person for person, _name in people}
        self.fields["person"].choices = [(str(person.uuid), name) for person, name in people]

    def facts(self):
        return super().facts() | {"person": self.people[self.cleaned_data["person"]]}


class ConsentPaperForm(ReaderForm):
    purpose = forms.ChoiceField(
        label=__("What is asked?"), choices=lambda: [("", _("Choose")), *codes.get("consent_type").choices(only=contents.ASKED_ON_PAPER)],
        error_messages={"required": __("Choose what the consent is asked for.")},
    )  # fmt: skip
    agency = Picked(__("Who would be told?"), required=False, help_text=__("Only where something is to be shared."))
    levels = forms.MultipleChoiceField(
        label=__("What would they be told?"), choices=lambda: [("core", LEVEL_WORDS["core"]), *level_choices()], required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"data-small": True}),
    )  # fmt: skip
    field_order = ("person", "purpose", "agency", "levels", "language")

    def __init__(self, *args, agencies, **options):
        super().__init__(*args, **options)
        self.fields["agency"].offer(agencies, empty=_("Nobody"))

    def facts(self):
        got = self.cleaned_data
        return super().facts() | {"purpose": got["purpose"], "agency": got["agency"], "levels": tuple(got["levels"])}
