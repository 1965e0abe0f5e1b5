"""Forms of imports and exports: the file, what its columns mean, what leaves for whom, and a button that is the question."""

import io
import zipfile

from django import forms
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from romsai.core.actions import Refused
from romsai.exchange.exports import asking, recipients
from romsai.exchange.imports import kinds, tables
from romsai.exchange.imports.wrong import Wrong, sentence
from romsai.places.forms import read_phone


class ConfirmForm(forms.Form):
    """Nothing to fill in: the button is the question."""


class UploadForm(forms.Form):
    programme = forms.CharField(
        label=_("Name of the programme, list or system it comes from"),
        help_text=_("The same name as last time, so that people who are here already are known again."),
        max_length=200,
    )
    told_as = forms.CharField(
        label=_("What may other agencies be told of it?"),
        help_text=_("They read this when they ask about somebody on the list. Say “Welfare North” rather than “children of the raid”."),
        max_length=200,
    )
    phone = forms.CharField(
        label=_("Telephone for their questions"), max_length=40, required=False, widget=forms.TextInput(attrs={"data-width": "20"})
    )
    file = forms.FileField(
        error_messages={"required": _("Choose the file."), "empty": _("The file is empty. Choose the file that has the rows.")},
    )
    again = forms.BooleanField(label=_("Take it even if the same file was sent before"), required=False)

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        if not kind.has_programme:
            for name in ("programme", "told_as", "phone"):
                del self.fields[name]
        file = self.fields["file"]
        file.label, file.help_text = kind.file_label, kind.file_help
        file.widget = (SeveralFiles if kind.has_many_files else forms.FileInput)(attrs={"accept": kind.accept})

    def clean_phone(self):
        return read_phone(self.cleaned_data["phone"])

    def clean_file(self):
        given = self.cleaned_data["file"]
        if given.size > tables.MOST_BYTES:
            raise forms.ValidationError(sentence(Wrong("too_large", most=tables.MOST_BYTES >> 20).kept()))
        return given


class SeveralFiles(forms.FileInput):
    """Several files that are one upload: packed into a zip, the same bytes for the same files."""

    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        sent = files.getlist(name) if hasattr(files, "getlist") else [one for one in [files.get(name)] if one]
        return packed(sent) if len(sent) > 1 else sent[0] if sent else None


def packed(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for number, file in enumerate(files):
            archive.writestr(zipfile.ZipInfo(f"{number}/{file.name}"), file.read())
    return ContentFile(packed.getvalue(), name=", ".join(file.name for file in files))


class ReadAgainForm(forms.Form):
    """How the letters and cells of a CSV are read, where the guess was wrong."""

    encoding = forms.ChoiceField(label=_("Letters"), choices=list(tables.ENCODINGS.items()))
    delimiter = forms.ChoiceField(label=_("Between cells"), choices=list(tables.DELIMITERS.items()))


class ColumnsForm(forms.Form):
    """One choice a column, one a word that is in no list, and what is said once for all rows."""

    save_as = forms.CharField(
        label=_("Keep these choices under a name"),
        help_text=_("For the next file of this kind."),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"data-width": "20"}),
    )

    def __init__(self, *args, upload, worker, words, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind, self.upload, self.unknown = kinds.get(upload.kind), upload, words
        meanings = [("", _("Not used")), *((field.name, field.label) for field in self.kind.fields)]
        for at, column in enumerate(upload.columns):
            if column["name"]:
                self.fields[f"column_{at}"] = forms.ChoiceField(label=column["name"], choices=meanings, required=False)
        for number, (field, word) in enumerate(words):
            choices = [("", _("Not known: keep such rows back")), *self.kind.field(field).choices()]
            self.fields[f"word_{number}"] = forms.ChoiceField(label=word, choices=choices, required=False)
        for option in self.kind.options:
            if option.choices is None:
                made = forms.CharField(label=option.label, required=False, max_length=60)
            else:
                choices = option.choices(worker)
                made = forms.ChoiceField(label=option.label, choices=choices, required=all(code for code, _word in choices))
            self.fields[f"option_{option.name}"] = made
        self.order_fields([name for name in self.fields if name != "save_as"] + ["save_as"])

    def clean(self):
        found = super().clean()
        self.columns = {}
        for at in range(len(self.upload.columns)):
            name = found.get(f"column_{at}")
            if not name:
                continue
            if name in self.columns and not self.kind.field(name).many:
                self.add_error(f"column_{at}", _("Another column is this already. Choose one of the two."))
            self.columns.setdefault(name, []).append(at)
        return found

    def facts(self):
        """What the action takes."""
        words = {field: dict(told) for field, told in self.upload.mapping.get("words", {}).items()}
        for number, (field, word) in enumerate(self.unknown):
            if code := self.cleaned_data.get(f"word_{number}"):
                words.setdefault(field, {})[word.strip().casefold()] = code
        options = {option.name: self.cleaned_data.get(f"option_{option.name}") or option.default for option in self.kind.options}
        return {"columns": self.columns, "words": words, "options": options, "save_as": self.cleaned_data["save_as"]}


class ExportForm(forms.Form):
    """What of each child leaves, as which kind of file, for what and to whom. Which cases stands in the address of the page."""

    levels = forms.MultipleChoiceField(
        label=_("What leaves beside number, sex, year of birth, risk, concerns, area and dates?"),
        help_text=_("Only what the purpose cannot do without. With either of these a second person must agree, however few the cases."),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"data-small": True}),
    )
    format = forms.ChoiceField(
        label=_("Kind of file"),
        choices=asking.Format.choices,
        initial=asking.Format.CSV,
        widget=forms.RadioSelect(attrs={"data-small": True}),
        error_messages={"required": _("Choose a kind of file.")},
    )
    purpose = forms.CharField(
        label=_("What is it for?"),
        help_text=_("Who needs it, and what they do with it. Name no child. The second person decides by this."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say in a sentence what it is for: who needs it, and what they do with it.")},
    )
    recipient = forms.CharField(
        label=_("Who receives the file?"),
        help_text=_("Name and office."),
        max_length=200,
        error_messages={"required": _("Say who receives the file: name and office.")},
    )
    recipient_key = forms.CharField(
        label=_("The recipient’s age key"),
        help_text=_("The line that begins with age1. Only the recipient can open the file. Always needed when a second person must agree."),
        max_length=5000,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args, worker, **kwargs):
        super().__init__(*args, **kwargs)
        levels = asking.levels_of(worker)
        self.fields["levels"].choices = list(levels.items())
        if not levels:
            del self.fields["levels"]

    def clean_recipient_key(self):
        try:
            return recipients.read(self.cleaned_data["recipient_key"])
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def clean(self):
        return {"levels": []} | super().clean()
