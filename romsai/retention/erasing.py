"""What goes with a case or a report, and its going: rows, history, search tokens and keys. What stays is a Remnant for counting and a line in the ledger."""

from collections import Counter
from dataclasses import dataclass

from django.apps import apps
from django.db import connection
from django.utils import timezone

from romsai.cases.models import Case, CaseState, Participant, Report, ReportCase
from romsai.core import crypto
from romsai.core.access.policy import policy
from romsai.core.crypto import DataKey
from romsai.core.keys import client as keys
from romsai.people.models import Person, Relation
from romsai.places.models import AreaWithin
from romsai.retention import ledger
from romsai.retention.models import Entry, Hold, Remnant

GROWN_UP = "18+"
BANDS = ((4, "00-04"), (9, "05-09"), (14, "10-14"), (17, "15-17"), (24, "18-24"))  # code list age_group


@dataclass(frozen=True)
class Scope:
    """Numbers of the rows that a decision reaches; `staying`: people of the case whom something else still needs."""

    cases: tuple = ()
    people: tuple = ()
    reports: tuple = ()
    staying: tuple = ()


# what goes


def scope_of_case(case):
    """The case with those merged into it, the people whom nothing else needs, the reports that are of no other case."""
    cases = [case.pk, *Case.objects.filter(merged_into=case).values_list("pk", flat=True)]
    people = _people_in(cases)
    staying = set(Participant.objects.filter(person__in=people).exclude(case__in=cases).values_list("person_id", flat=True))
    staying |= set(Case.objects.filter(child__in=people).exclude(pk__in=cases).values_list("child_id", flat=True))
    for rows, column in _on_lists():
        staying |= set(rows.filter(**{f"{column}__in": people - staying}).values_list(column, flat=True))
    links = ReportCase.objects.filter(case__in=cases).values_list("report_id", flat=True)
    shared = ReportCase.objects.filter(report__in=links).exclude(case__in=cases).values_list("report_id", flat=True)
    return Scope(tuple(cases), tuple(sorted(people - staying)), tuple(sorted(set(links) - set(shared))), tuple(sorted(staying)))


def locked(scope):
    """Nothing new can point at these people and reports until the transaction ends: a case that is linked to one meanwhile waits for it."""
    for model, numbers in ((Person, scope.people), (Report, scope.reports)):
        list(model.objects.filter(pk__in=numbers).order_by("pk").select_for_update(of=("self",)).values_list("pk"))


def _people_in(cases):
    """Everyone whom the rows of these cases name, and the relatives of the children."""
    found = set(Participant.objects.filter(case__in=cases).values_list("person_id", flat=True))
    found |= set(Case.objects.filter(pk__in=cases).values_list("child_id", flat=True))
    found |= set(Relation.objects.filter(person__in=found).values_list("relative_id", flat=True))
    for model in apps.get_models():
        columns = {f.name: f for f in model._meta.concrete_fields if f.is_relation}
        if "case" in columns and columns["case"].related_model is Case:
            for name, field in columns.items():
                if field.related_model is Person:
                    rows = model._default_manager.filter(case__in=cases, **{f"{name}__isnull": False})
                    found |= set(rows.values_list(field.attname, flat=True))
    return found


def _on_lists():
    """Rows by which somebody reaches a person outside any case: a list that stands for itself."""
    models = {model._meta.db_table: model for model in apps.get_models()}
    for line in policy().tables.values():
        if line.subject == "person" and line.extra:
            yield models[line.name].objects.all(), line.column


def scope_of_report(report):
    return Scope(reports=(report.pk,))


def scope_of_keys(names):
    """The roots that these data keys belong to: what a ledger line reaches in a database restored from before it."""
    cases = Case.objects.filter(key__in=names).values_list("pk", flat=True)
    cases = {*cases, *Case.objects.filter(merged_into__in=cases).values_list("pk", flat=True)}
    people = Person.objects.filter(key__in=names).values_list("pk", flat=True)
    return Scope(tuple(sorted(cases)), tuple(people), tuple(Report.objects.filter(key__in=names).values_list("pk", flat=True)))


# how it goes


def erase(scope):
    """Delete the rows and their history, destroy their keys. Returns the numbers of the destroyed keys. PostgreSQL refuses a held case."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select sec.erase(%s::bigint[], %s::bigint[], %s::bigint[])", [list(scope.cases), list(scope.people), list(scope.reports)]
        )
        (gone,) = cursor.fetchone()
    for name in gone:
        keys.opened.forget(name)
    return sorted(str(name) for name in gone)


def carry_out(scope, *, what, called, kind, ground, by, remnants, at=None):
    """Erase a scope, keep its remnants, and put the line on disk. `called`: case number or UUID; `by`: the two who decided."""
    at = at or timezone.now()
    gone = erase(scope)
    Remnant.objects.bulk_create(remnants)
    facts = {
        "at": ledger.moment(at), "what": what, "mark": ledger.mark(what, called).hex(), "class": kind, "ground": ground,
        "by": [str(worker.uuid) for worker in by], "keys": gone,
    }  # fmt: skip
    # Last of all: from here only the commit is left. A line without its commit is made good by `replay`.
    with ledger.opened() as book:
        return _note(book.add(facts))


def _note(entry):
    return Entry.objects.create(number=entry["n"], line=entry["line"], mark=bytes.fromhex(entry["mark"]), at=entry["at"])


# after a restore


def replay():
    """Erase again what the ledger says was erased; returns how many lines had something to erase. Safe to repeat. As the system."""
    if not ledger.path().exists() and not Entry.objects.exists():
        return 0
    with ledger.opened() as book:
        lines = dict(Entry.objects.values_list("number", "line"))
        for number in range(len(book.lines) + 1, max(lines, default=0) + 1):
            book.put(lines[number])  # the file was lost or is older than the database
        entries = ledger.check(book.lines)
    if any(lines.get(entry["n"], entry["line"]) != entry["line"] for entry in entries):
        raise ledger.Broken("The ledger and the database tell different things of the same line.")
    again = 0
    for entry in entries:
        again += _again(entry)
        if entry["n"] not in lines:
            _note(entry)
    return again


def verified():
    """(the ledger's entries, how many keys still live that they say were destroyed); Broken if the chain is not right or lines are missing."""
    entries = ledger.read()
    missing = set(Entry.objects.values_list("line", flat=True)) - {entry["line"] for entry in entries}
    if missing:
        raise ledger.Broken(f"The file of the ledger lacks {len(missing)} lines that the database has.")
    names = [name for entry in entries for name in entry["keys"]]
    pieces = (names[start : start + 5000] for start in range(0, len(names), 5000))
    return entries, sum(DataKey.objects.filter(pk__in=piece).exclude(wrapped=b"").count() for piece in pieces)


def _again(entry):
    alive = DataKey.objects.filter(pk__in=entry["keys"]).exclude(wrapped=b"")
    scope = scope_of_keys(entry["keys"])
    if not (scope.cases or scope.people or scope.reports or alive.exists()):
        return 0
    # It was lifted before the case went: the backup is from before that.
    Hold.objects.running().filter(case__in=scope.cases, placed_at__lt=entry["at"]).update(lifted_at=entry["at"])
    left = remnants_of(scope) if entry["what"] == "case" else [remnant_of_report(r) for r in Report.objects.filter(pk__in=scope.reports)]
    erase(scope)
    Remnant.objects.bulk_create(left)
    for key in alive:
        crypto.shred(key)
    return 1


# what stays, for counting


def remnants_of(scope):
    """One for each child's case; one that was merged into another was never counted twice."""
    return [remnant_of_case(case) for case in Case.objects.filter(pk__in=scope.cases).exclude(state=CaseState.MERGED).select_related("child")]


def remnant_of_case(case):
    began = timezone.localtime(case.registered_at)
    last = case.episodes.order_by("-opened_at", "-pk").first()
    return Remnant(
        what="case", year=began.year, province_id=_province(case.area_id), age_group=age_group(case.child, began.date()), sex=case.child.sex,
        concerns=sorted(case.concerns.values_list("code", flat=True)), outcome=last.reason if last else "",
    )  # fmt: skip


def remnant_of_report(report):
    return Remnant(
        what="report", year=timezone.localtime(report.received_at).year, province_id=_province(report.area_id), outcome=report.disposition
    )


def age_group(child, on):
    ages = child.ages(on)
    if ages is None:
        return ""
    return next((code for oldest, code in BANDS if ages[0] <= oldest), GROWN_UP)


def _province(area_id):
    return AreaWithin.objects.filter(descendant=area_id, ancestor__level=1).values_list("ancestor_id", flat=True).first()


def counted():
    """How many cases and reports of each year, province, age group, sex, concerns and outcome, those erased among them. As the system."""
    remnants = [*Remnant.objects.all()]
    remnants += [remnant_of_case(case) for case in Case.objects.exclude(state=CaseState.MERGED).select_related("child").iterator(1000)]
    remnants += [remnant_of_report(report) for report in Report.objects.filter(links__isnull=True).iterator(1000)]
    return Counter((r.what, r.year, r.province_id, r.age_group, r.sex, tuple(r.concerns), r.outcome) for r in remnants)
