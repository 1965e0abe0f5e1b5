"""The forms of a Primero configuration. Each becomes a draft questionnaire, which a second person reads and publishes like any other."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from romsai.core.actions import Refused
from romsai.exchange.imports.kinds import Kind, Mistakes, register
from romsai.exchange.imports.wrong import Wrong
from romsai.exchange.models import ImportRow
from romsai.exchange.primero import opening
from romsai.exchange.primero.forms import Translation, written
from romsai.questionnaires import actions as questionnaires
from romsai.questionnaires.compile import FormErrors
from romsai.questionnaires.models import FormVersion
from romsai.questionnaires.upload import spoken
from romsai.questionnaires.views import language_name

SHOWN = 3  # mistakes of a questionnaire that are told at once


class Forms:
    """A configuration as a table: a row for each form that is shown by itself, and one for what is no form."""

    heading = ("Form",)

    def __init__(self, content):
        self.configuration = opening.opened(content)
        shown = {field.subform for form in self.configuration.forms for field in form.fields if field.type == "subform"}
        self.inner = [form for form in self.configuration.forms if form.is_nested and shown & {form.id, form.number}]
        self.outer = [form for form in self.configuration.forms if form not in self.inner]
        self.reading = {
            "format": "primero",
            "forms": len(self.configuration.forms),
            "inner": len(self.inner),
            "fields": sum(len(form.fields) for form in self.configuration.forms),
            "lookups": len(self.configuration.lookups),
            "languages": self.configuration.languages,
        }

    def columns(self):
        return [{"name": self.heading[0], "samples": [form.title for form in self.outer[:3]]}]

    def rows(self):
        used, told = set(), set()
        for number, form in enumerate(self.outer, start=1):
            made = Translation(form, self.configuration)
            if form.is_nested:
                made.tell("subform_unused")
            used |= {field.source[1] for one in (form, *self.inner) for field in one.fields if field.source[0] == "lookup"}
            told |= {place[0] for place in (*made.carried, *made.left)}
            yield number, [made]
        rest = self._rest(used, told)
        if rest:
            yield len(self.outer) + 1, [rest]

    def _rest(self, used, told):
        """What the file holds beside the forms, and sub-forms that no form came to."""
        found = [Wrong("lookup_twice", name).kept() for name in self.configuration.twice]
        found += [Wrong("lookup_unused", name).kept() for name in self.configuration.lookups if name not in used]
        found += [Wrong("others_left", name, count=count).kept() for name, count in self.configuration.others.items()]
        for form in self.inner:
            if form.id not in told:
                found += [Wrong("subform_left").kept(f"{form.title}: {field.name}") for field in form.fields]
        return found


@register
class PrimeroForms(Kind):
    name = "forms"
    label = _("Forms of Primero")
    about = _("The forms and lists of choices that Primero exports as JSON or YAML. They become questionnaires that wait for a second person.")
    file_label = _("Configuration of Primero: JSON, YAML, or a zip of such files")
    file_help = _("Choose the forms and the lookups together. At most 20 MB.")
    accept = ".json,.yml,.yaml,.zip"
    has_columns = False
    has_many_files = True
    tells_touched = True
    previewed = opening.MOST_FORMS

    def opened(self, content, reading=None):
        return Forms(content)

    def start_label(self, n):
        return ngettext("Make %(n)d questionnaire", "Make %(n)d questionnaires", n) % {"n": n}

    def given(self, cells):
        return [cells[0].form.title if isinstance(cells[0], Translation) else ""]

    def read(self, cells, context):
        made = cells[0]
        if isinstance(made, list):
            raise Mistakes(made)
        if not made.questions:
            raise Mistakes([Wrong("form_empty").kept(), *made.told])
        return made.facts()

    def shown(self, facts):
        n, repeats, lists = facts["questions"], facts["repeats"], len(facts["choices"])
        lines = [("", facts["title"].get("en") or next(iter(facts["title"].values())))]
        lines.append(("", ngettext("%(n)d question", "%(n)d questions", n) % {"n": n}))
        if repeats:
            lines.append(("", ngettext("%(n)d part that repeats", "%(n)d parts that repeat", repeats) % {"n": repeats}))
        if lists:
            lines.append(("", ngettext("%(n)d list of choices", "%(n)d lists of choices", lists) % {"n": lists}))
        return [*lines, ("", ", ".join(language_name(code) for code in facts["languages"]))]

    def touched(self, upload, facts):
        read = upload.reading
        made = list(facts)
        lists = {name: None for one in made for name in one["choices"]}
        return [
            (_("Forms in the file"), read["forms"]),
            (_("Of these, sub-forms that become parts that repeat"), read["inner"]),
            (_("Questionnaires that would be made"), len(made)),
            (_("Fields in the file"), read["fields"]),
            (_("Questions that would be asked"), sum(one["questions"] for one in made)),
            (_("Lists of choices in the file"), read["lookups"]),
            (_("Lists of choices that would be used"), len(lists)),
            (_("Languages"), ", ".join(language_name(code) for code in read["languages"])),
        ]

    def bring(self, rows, context, *, by):
        for row in rows:
            content = written(row.facts)
            before = FormVersion.objects.filter(form__code=row.facts["code"], sha256=FormVersion.fingerprint(content)).exists()
            try:
                made = questionnaires.upload(by=by, content=content, kind=row.facts["code"], client_key=context.key(row, "form"))
            except FormErrors as errors:
                told = " ".join(spoken(problem) for problem in errors.problems[:SHOWN])
                row.state, row.wrong = ImportRow.State.BAD, [Wrong("form_refused", some=told).kept()]
                row.save(update_fields=["wrong"])
                continue
            row.state = ImportRow.State.KNOWN if before else ImportRow.State.DONE
            row.made_model, row.made_pk = FormVersion._meta.label, made.pk

    def take_back(self, rows, context, *, by):
        found = FormVersion.objects.in_bulk([row.made_pk for row in rows])
        for row in rows:
            row.state = ImportRow.State.UNDONE
            if row.made_pk in found:
                try:
                    questionnaires.discard(found[row.made_pk], by=by)
                except Refused as refusal:
                    row.state, row.wrong = ImportRow.State.KEPT, [Wrong("refused", refusal).kept()]
