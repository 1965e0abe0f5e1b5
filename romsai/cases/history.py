"""What changed on a case: old and new values of each row that the reader may see, sealed ones opened only when asked for."""

from dataclasses import dataclass, field

from django.apps import apps
from django.core.paginator import Paginator
from django.db.models import Q
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.cases.words import by_whom
from romsai.core.crypto import DataKey, SealedField
from romsai.core.dates import day_text, moment_text
from romsai.core.models import History
from romsai.places.models import Worker

SILENT = {"id", "uuid", "created_at", "key_id"}  # columns that say nothing to a reader
TOLD_ELSEWHERE = ("cases_event", "people_token")  # the timeline tells the one, the other tells nothing
PER_PAGE = 50
# What a row of each table is called; a table of a higher room is called by its model's own name.
NAMES = {
    "cases_case": __("Case"), "cases_concern": __("Concern"), "cases_assignment": __("Worker of the case"), "cases_participant": __("Part in the case"), "cases_exclusion": __("Exclusion"),
    "cases_approval": __("Question for approval"), "cases_consent": __("Consent"), "cases_deadline": __("Deadline"), "cases_guardian": __("Guardian"), "cases_merge": __("Merge"),
    "cases_assessment": __("Questionnaire"), "cases_visit": __("Contact"), "cases_note": __("Note"), "cases_safetyplan": __("Safety plan"), "cases_episode": __("Episode"),
    "people_person": __("Person"), "people_name": __("Name"), "people_identifier": __("Number on a paper"), "people_contact": __("Way to reach somebody"),
    "people_relation": __("Relation"), "people_address": __("Address"),
}  # fmt: skip


@dataclass
class Change:
    """One row added or changed: what it is, by whom, when, and its fields as (label, before, after)."""

    pk: int
    title: str
    at: str
    who: str
    fields: list = field(default_factory=list)
    has_sealed: bool = False
    is_open: bool = False


def changes(case, *, page=None, opened=None):
    """(Changes, page of the paginator) for a case and the people in it; PostgreSQL gives only rows of levels that the reader may read."""
    people = list(case.participants.values_list("person_id", flat=True))
    rows = (
        History.objects.filter(Q(subject="case", subject_id=case.pk) | Q(subject="person", subject_id__in=people))
        .exclude(table_name__in=TOLD_ELSEWHERE)
        .order_by("-pk")
    )
    shown = Paginator(rows, PER_PAGE).get_page(page)
    tables = {model._meta.db_table: model for model in apps.get_models()}
    workers = Worker.objects.in_bulk({row.worker_id for row in shown if row.worker_id})
    return [
        _change(row, tables.get(row.table_name), workers, str(row.pk) == str(opened)) for row in shown if row.table_name in tables
    ], shown


def _change(row, model, workers, is_open):
    name = NAMES.get(row.table_name, model._meta.verbose_name)
    title = _("%(what)s added") if row.operation == "INSERT" else _("%(what)s changed")
    who = by_whom(workers.get(row.worker_id))
    made = Change(row.pk, title % {"what": str(name).capitalize()}, moment_text(row.at), who, is_open=is_open)
    old, new = row.old or {}, row.new or {}
    for column in model._meta.concrete_fields:
        before, after = old.get(column.column), new.get(column.column)
        if column.column in SILENT or before == after or (row.operation == "INSERT" and after in (None, "", [], {})):
            continue
        sealed = isinstance(column, SealedField)
        made.has_sealed |= sealed
        shown = [
            _opened(model, column, values) if sealed and is_open else _("sealed") if sealed and value else _shown(column, value)
            for values, value in ((old, before), (new, after))
        ]
        made.fields.append({"label": str(column.verbose_name).capitalize(), "before": shown[0], "after": shown[1]})
    if row.operation != "INSERT" and made.fields:
        made.title += ": " + ", ".join(line["label"].lower() for line in made.fields[:3])
    return made


def _opened(model, column, values):
    """The text of a sealed value as it was, opened with the key of its row; the opening is noted as a reading."""
    raw = values.get(column.column)
    if not raw:
        return ""
    record = model()
    for plain in model._meta.concrete_fields:
        if plain.column in values and not isinstance(plain, SealedField):
            record.__dict__[plain.attname] = values[plain.column]
    record.__dict__[column.key_attname] = DataKey._meta.pk.to_python(values[column.key_attname])
    record.__dict__[column.attname] = column.from_db_value(bytes.fromhex(raw.removeprefix("\\x")), None, None)
    return str(getattr(record, column.attname))


def _shown(column, value):
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if column.get_internal_type() == "DateTimeField":
        return moment_text(parse_datetime(value))
    if column.get_internal_type() == "DateField":
        return day_text(parse_date(value))
    if column.flatchoices:
        return str(dict(column.flatchoices).get(value, value))
    return str(value)
