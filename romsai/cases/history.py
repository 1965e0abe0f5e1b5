"""What changed on a case: old and new values of each row that the reader may see, sealed ones opened only when asked for."""

from dataclasses import dataclass, field

from django.apps import apps
from django.core.paginator import Paginator
from django.db.models import Q
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.utils.translation import ngettext

from romsai.cases.models import Case, CaseState
from romsai.cases.words import LEVEL_WORDS, by_whom, deadline_title
from romsai.core.crypto import DataKey, SealedField
from romsai.core.dates import day_text, moment_text
from romsai.core.models import History
from romsai.people.models import Person
from romsai.places import codes
from romsai.places.models import Agency, Area, Facility, Team, Worker
from romsai.questionnaires.upload import kind_label

PER_PAGE = 50
TOLD_ELSEWHERE = {"cases_event", "people_entry", "people_card", "cases_reporttoken"}  # the timeline tells the one, the other tells nothing
# Columns that say nothing to a reader: keys, what ties a row to its case, notes of the system to itself.
SILENT = {
    "id", "uuid", "created_at", "key_id", "case_id", "version_id", "plan_id", "goal_id", "plan_action_id", "share_id", "referral_id", "transfer_id",
    "consent_id", "visit_id", "incident_id", "page", "moved", "script", "revision", "touched", "pair_id",
}  # fmt: skip
# What a row of each table is called, what a column is called that has no name of its own, whose words stand for an open
# code. A higher room adds its own (`name`).
_tables = {
    "cases_case": __("Case"), "cases_concern": __("Concern"), "cases_assignment": __("Worker of the case"), "cases_participant": __("Part in the case"), "cases_exclusion": __("Exclusion"),
    "cases_approval": __("Question for approval"), "cases_consent": __("Consent"), "cases_deadline": __("Deadline"), "cases_guardian": __("Guardian"), "cases_merge": __("Merge"), "cases_inquiry": __("Question whether the child is known elsewhere"),
    "cases_assessment": __("Questionnaire"), "cases_visit": __("Contact"), "cases_note": __("Note"), "cases_safetyplan": __("Safety plan"), "cases_episode": __("Episode"),
    "cases_glass": __("Opened in an emergency"), "people_person": __("Person"), "people_name": __("Name"), "people_identifier": __("Number on a paper"), "people_contact": __("Way to reach somebody"),
    "people_relation": __("Relation"), "people_address": __("Address"),
}  # fmt: skip
_columns = {
    "by_id": __("by"), "at": __("when"), "state": __("state"), "number": __("number"), "child_id": __("child"), "person_id": __("person"),
    "relative_id": __("person"), "giver_person_id": __("person who was asked"), "worker_id": __("worker"), "team_id": __("team"), "agency_id": __("agency"),
    "area_id": __("area"), "recipient_id": __("for whom"), "risk_set_at": __("risk set"), "high_until": __("closed only by the manager until"),
    "justice_owner_id": __("who answers for the court case"), "heard_at": __("an authority first heard"), "registered_at": __("registered"),
    "registered_by_id": __("registered by"), "last_seen_at": __("last seen"), "opened_at": __("opened"), "closed_at": __("closed"),
    "suspended_at": __("set aside"), "merged_into_id": __("merged into"), "noted_at": __("noted"), "decided_at": __("decided"), "declined_at": __("turned down"),
    "decided_by_id": __("decided by"), "is_lead": __("leads the case"), "since_at": __("since"), "until_at": __("until"), "from_at": __("from"),
    "from_on": __("from"), "needs_manager": __("the manager decides"), "asked_at": __("asked"), "asked_by_id": __("asked by"), "due_at": __("due"),
    "done_at": __("done"), "alarmed_at": __("said to be late"), "escalated_at": __("the manager was told"), "appointed_at": __("appointed"),
    "withdrawn_at": __("taken back"), "levels": __("what may be read"), "duplicate_id": __("the other case"), "state_before": __("state before"),
    "proposed_at": __("proposed"), "proposed_by_id": __("proposed by"), "undone_at": __("undone"), "coded": __("answers in codes"),
    "sealed": __("answers in words"), "started_at": __("begun"), "started_by_id": __("begun by"), "updated_at": __("last changed"),
    "updated_by_id": __("last changed by"), "finished_at": __("finished"), "finished_by_id": __("finished by"), "wellbeing": __("well-being"),
    "lifted_at": __("let back"), "answered_by_id": __("answered by"), "found_by_id": __("decided by"),
}  # fmt: skip
_lists = {"sex": "sex", "language": "language", "nationality": "country", "country": "country"}
WANTED = {
    "RISK_DOWN": "risk_level",
    "CLOSURE": "closure_reason",
    "PLACEMENT": "care_arrangement",
}  # what `wanted` of an approval is a code of


def name(*, tables=(), columns=(), lists=(), told=(), silent=(), elsewhere=()):
    """A higher room says what its tables and columns are called, which list the codes of a column are of, how others read.

    `silent`: columns, and `elsewhere` tables, that the history leaves out.
    """
    _tables.update(tables)
    _columns.update(columns)
    _lists.update(lists)
    _told.update(told)
    SILENT.update(silent)
    TOLD_ELSEWHERE.update(elsewhere)


def word_for(column):
    """What a column is called, or None where nobody has said it."""
    own = column._verbose_name
    return own if isinstance(own, Promise) else _columns.get(column.column)


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


def changes(case, *, page=None, opened=None, names=None):
    """(Changes, page of the paginator) for a case and the people in it; PostgreSQL gives only rows of levels that the reader may read.

    `names`: person id -> what to call them, of those whose name the reader may know.
    """
    people = list(case.participants.values_list("person_id", flat=True))
    rows = (
        History.objects.filter(Q(subject="case", subject_id=case.pk) | Q(subject="person", subject_id__in=people))
        .exclude(table_name__in=TOLD_ELSEWHERE)
        .order_by("-pk")
    )
    shown = Paginator(rows, PER_PAGE).get_page(page)
    tables = {model._meta.db_table: model for model in apps.get_models()}
    rows = [row for row in shown if row.table_name in tables]
    around = _Around(rows, tables, names or {})
    return [_change(row, tables[row.table_name], around, str(row.pk) == str(opened)) for row in rows], shown


class _Around:
    """What the rows of a page name by number: workers, teams, agencies, areas, concerns, cases. Each table is asked once a page."""

    TOLD = (Worker, Team, Agency, Area, Facility)

    def __init__(self, rows, tables, people):
        wanted = {}
        for row in rows:
            wanted.setdefault(Worker, set()).add(row.worker_id)
            for column in tables[row.table_name]._meta.concrete_fields:
                if column.related_model in self.TOLD:
                    wanted.setdefault(column.related_model, set()).update(
                        (values or {}).get(column.column) for values in (row.old, row.new)
                    )
        self.records = {model: model.objects.in_bulk(ids - {None}) for model, ids in wanted.items()}
        self.people = people

    def called(self, model, pk):
        if model is Person:
            return self.people.get(pk) or _("a person of the case")
        if model is Case:
            number = Case.objects.visible().filter(pk=pk).values_list("number", flat=True).first()
            return number or _("another case")
        record = self.records.get(model, {}).get(pk)
        return str(record) if record else _("not known")

    def worker(self, pk):
        return self.records[Worker].get(pk)


def _change(row, model, around, is_open):
    name = _tables.get(row.table_name, model._meta.verbose_name)
    title = _("%(what)s added") if row.operation == "INSERT" else _("%(what)s changed")
    made = Change(
        row.pk, title % {"what": str(name).capitalize()}, moment_text(row.at), by_whom(around.worker(row.worker_id)), is_open=is_open
    )
    old, new = row.old or {}, row.new or {}
    for column in model._meta.concrete_fields:
        before, after = old.get(column.column), new.get(column.column)
        label = word_for(column)
        if column.column in SILENT or label is None or before == after or (row.operation == "INSERT" and after in (None, "", [], {})):
            continue
        sealed = isinstance(column, SealedField)
        made.has_sealed |= sealed
        shown = [
            _opened(model, column, values)
            if sealed and is_open
            else _("sealed")
            if sealed and value
            else _shown(column, value, values, around)
            for values, value in ((old, before), (new, after))
        ]
        made.fields.append({"label": str(label).capitalize(), "before": shown[0], "after": shown[1]})
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


def _shown(column, value, row, around):
    """A value in words: never a code, a number of a row, or a moment as the database writes it."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if column.related_model is not None:
        return around.called(column.related_model, value)
    told = _told.get((column.model._meta.db_table, column.column)) or _told.get(column.column)
    if told:
        return told(value, row)
    if column.get_internal_type() == "DateTimeField":
        return moment_text(parse_datetime(value))
    if column.get_internal_type() == "DateField":
        return day_text(parse_date(value))
    if column.flatchoices:
        return str(dict(column.flatchoices).get(value, value))
    listed = getattr(column, "listed", "") or _lists.get(column.column)
    if listed:
        return ", ".join(codes.label(listed, code) for code in (value if isinstance(value, list) else [value]))
    return str(value)


def _wanted(value, row):
    listed = WANTED.get(row.get("kind"))
    return codes.label(listed, value) if listed else _("outside the system") if value == "OUTSIDE" else ""


def _answers(value, row):
    return ngettext("%(n)d answer", "%(n)d answers", len(value)) % {"n": len(value)}


# column, or (table, column) -> how its value reads
_told = {
    "levels": lambda value, row: ", ".join(str(LEVEL_WORDS.get(level, level)) for level in value),
    "state_before": lambda value, row: str(CaseState(value).label),
    ("cases_approval", "wanted"): _wanted,
    ("cases_deadline", "kind"): lambda value, row: deadline_title(value),
    ("cases_assessment", "kind"): lambda value, row: kind_label(value),
    ("cases_assessment", "coded"): _answers,
    "wellbeing": lambda value, row: ", ".join(codes.label("wellbeing_domain", code) for code in value),
}
