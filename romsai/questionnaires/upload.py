"""The form for uploading a workbook, and the words for what is wrong with it."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from romsai.places import codes

from .expressions import ExpressionError
from .workbook import MAX_FILE

OWN_KINDS = {
    "FOLLOW_UP": gettext_lazy("Follow-up visit"),
    "CLOSURE": gettext_lazy("Closing the case"),
    "HTCDS": gettext_lazy("Human Trafficking Case Data Standard"),
}


def kinds():
    """[(code, label)] of what a form can be used for."""
    return [*codes.get("assessment_type").choices(), *OWN_KINDS.items()]


def kind_label(code):
    if code in OWN_KINDS:
        return OWN_KINDS[code]
    return codes.label("assessment_type", code) if code in codes.get("assessment_type") else _("A questionnaire of its own")


class UploadForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("What is the form used for?"),
        choices=lambda: [("", _("Choose")), *kinds()],
        error_messages={"required": gettext_lazy("Choose what the form is used for.")},
    )
    workbook = forms.FileField(
        label=gettext_lazy("Excel workbook (.xlsx)"),
        help_text=gettext_lazy("An XLSForm with the sheets survey, choices and settings. At most 20 MB."),
        error_messages={
            "required": gettext_lazy("Choose the workbook."),
            "empty": gettext_lazy("The workbook is empty. Choose another."),
        },
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )

    def clean_workbook(self):
        given = self.cleaned_data["workbook"]
        if given.size > MAX_FILE:
            raise forms.ValidationError(_("The file is larger than 20 MB."))
        return given.read()


def spoken(problem):
    """A Problem of a form in the reader's language, with its place: “Row 12 of the survey sheet: …”."""
    words = _said(problem.message, problem.params)
    if not problem.row:
        return words
    return _("Row %(row)d of the %(sheet)s sheet: %(words)s") % {
        "row": problem.row,
        "sheet": problem.sheet,
        "words": words,
    }


def _said(message, params):
    """The sentence translated, and a sentence inside it as well."""
    inner = {}
    for key, value in params.items():
        if isinstance(value, ExpressionError):
            value = _said(value.message, value.params)
        elif isinstance(value, dict):
            value = _said(value["message"], value["params"])
        inner[key] = value
    return _(message) % inner
