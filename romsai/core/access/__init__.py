"""Who may see and do what: the policy table, the asker's context, and the Python side of every decision.

    with access.acting(worker):
        case = Case.objects.visible().get(uuid=...)
        access.require("cases.close", case)

PostgreSQL's side is generated from the same table by `romsai.core.access.sql`.
"""

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.core.access.about import About, about, barred_from
from romsai.core.access.context import Context, ScopeMissing, accounts, acting, current, entered, switched, system
from romsai.core.access.policy import policy
from romsai.core.access.reached import among, reached
from romsai.core.access.relations import meanings, people, purposes, relation, subject, subjects
from romsai.core.access.roles import WIDE, database_role

__all__ = [
    "About", "Context", "Forbidden", "ScopeMissing", "about", "accounts", "acting", "acts", "barred_from", "current", "entered", "granted", "may", "people", "policy", "purposes", "relation",
    "require", "rows", "sees", "subject", "subject_of", "switched", "system", "visible",
]  # fmt: skip


class Forbidden(PermissionDenied):
    """The policy table says no. The answer to the user does not tell a hidden record from an absent one."""


def acts(worker):
    """May the worker act at all today? Switched off, or past the end of a role limited in time, nobody may."""
    return worker.is_active and (worker.until_on is None or worker.until_on > timezone.localdate())


def rows(worker, name, level=None):
    """Ids that the worker reaches by one relation, before seal and exclusion; None if the worker cannot stand so."""
    line = policy().relations[name]
    if not acts(worker) or worker.role not in line.roles or name not in meanings:
        return None
    found = meanings[name].rows(worker, level)
    if isinstance(found, Q):
        return _model(meanings[name].reaches)._default_manager.unfiltered().filter(found).values("pk")
    return found


def _model(subject_name):
    return apps.get_model("cases", subject_name.capitalize())


def granted(worker, subject_name, names, level=None, *, on="pk"):
    """A condition on the subject's id, which stands in the column `on`: reached by any of the relations, minus sealed and excluded."""
    if not acts(worker):
        return Q(pk__in=[])
    relations = policy().relations
    names = tuple(n for n in names if n in meanings and meanings[n].reaches == subject_name and worker.role in relations[n].roles)
    if subject_name == "case" and level and (known := _known(worker)):
        return Q(**{f"{on}__in": known.reached(names, level)})
    # Where the rows are the subjects themselves, what a relation says of a subject is asked of the row.
    own = {n: found for n in names if on in ("pk", "id") and isinstance(found := meanings[n].rows(worker, level), Q)}
    others = tuple(n for n in names if n not in own)
    model = _model(subject_name)
    found = Q(reached(worker, (subject_name, others, level), model, lambda who: _granted(who, subject_name, others, level), on=on))
    for name, condition in own.items():
        found |= condition if relations[name].sealed else condition & Q(sealed=False)
    return found & ~Q(reached(worker, (subject_name,), model, lambda who: among(subjects[subject_name].excluded(who)), on=on))


def _granted(worker, subject_name, names, level):
    known = subjects[subject_name]
    found = unsealed = Q(pk__in=[])
    for name in names:
        ids = rows(worker, name, level)
        if policy().relations[name].sealed:
            found |= among(ids)
        elif hasattr(ids, "model") and (open_ids := known.unsealed(ids)) is not None:
            found |= Q(pk__in=open_ids)
        else:
            unsealed |= among(ids)
    return found | unsealed & ~Q(pk__in=known.sealed())


def _known(worker):
    """What the block is about, if it is this worker who asks."""
    context = current(required=False)
    return context.about if context and context.about and context.worker == worker else None


def visible(queryset, worker=None, of=None, by=None):
    """The rows of a protected model that the worker may read. The system sees all.

    of: ids of people, for a table about people: only their rows, and who else the worker may read is not worked out.
    by: relations, for a table about cases or reports: only what is reached by one of these.
    """
    context = current()
    line = policy().table(queryset.model._meta.db_table)
    if of is not None:
        queryset = queryset.filter(**{f"{line.column}__in": of})
    if worker is None and context.is_system:
        return queryset
    worker = worker or context.worker
    if worker is None:
        return queryset.none()
    if line.subject == "person":
        return _visible_people(queryset, line, worker, of)
    names = policy().read[line.subject][line.level]
    if by is not None:
        return queryset.filter(granted(worker, line.subject, [name for name in names if name in by], line.level, on=line.column))
    condition = granted(worker, line.subject, names, line.level, on=line.column)
    if line.extra:
        ids = rows(worker, line.extra)
        if ids is not None:
            condition |= Q(**{_row_column(line): ids}) & ~Q(**{f"{line.column}__in": subjects[line.subject].excluded(worker)})
    return queryset.filter(condition)


def _visible_people(queryset, line, worker, of):
    known = _known(worker)

    def those(cases, roles):
        found = people.rows(cases, roles)
        if known:  # of few cases: worked out once, not asked of each person
            return among(found, on=line.column)
        return Q(**{f"{line.column}__in": found if of is None else found.filter(person_id__in=of)})

    by_people = {}
    for name in policy().read["case"].get(line.level, ()):
        if not _is_wide(name):  # who looks over an area reaches cases, not the people in them
            by_people.setdefault(policy().relations[name].people, []).append(name)
    found = Q(pk__in=[])
    for roles, names in by_people.items():
        found |= those(granted(worker, "case", names, line.level, on="case_id"), roles)
    if line.extra and (ids := rows(worker, line.extra)) is not None:
        found |= Q(**{_row_column(line): ids})
    if known:
        excluded = Q(case_id__in=known.excluded) if known.excluded else None
    else:
        excluded = Q(case_id__in=subjects["case"].excluded(worker))
    return queryset.filter(found).exclude(those(excluded, None)) if excluded else queryset.filter(found)


def sees(worker, record):
    """May the worker read this row? Also from inside an action that the system carries out; a visitor without an account sees none."""
    return worker is not None and visible(type(record)._default_manager.all(), worker).filter(pk=record.pk).exists()


def _is_wide(name):
    listed = policy().relations[name].roles
    return bool(listed) and all(database_role(role) == WIDE for role in listed)


def _row_column(line):
    reaches = meanings[line.extra].reaches
    return "pk__in" if reaches == line.name else f"{reaches.split('_', 1)[1]}_id__in"


def subject_of(record):
    """(subject, id) that a record is about, by its line in the policy table."""
    line = policy().table(record._meta.db_table)
    return line.subject, getattr(record, "pk" if line.column == "id" else line.column)


def may(worker, action, record=None):
    """Does the policy table allow this worker this action on this record? Python's side of the answer."""
    line = policy().action(action)
    if not acts(worker) or (line.roles and worker.role not in line.roles):
        return False
    if not line.any:
        return True
    if record is None:
        return any(worker.role in policy().relations[name].roles for name in line.any)
    about, pk = subject_of(record)
    if about == "person":
        if people.rows(granted(worker, "case", line.any, on="case_id"), None).filter(person_id=pk).exists():
            return True
    elif apps.get_model("cases", about.capitalize()).objects.unfiltered().filter(granted(worker, about, line.any), pk=pk).exists():
        return True
    table = policy().table(record._meta.db_table)
    if table.extra in line.any:
        return (
            visible(type(record)._default_manager.all(), worker)
            .filter(**{_row_column(table): rows(worker, table.extra) or []}, pk=record.pk)
            .exists()
        )
    return False


def require(action, record=None, worker=None):
    """Raise Forbidden unless the worker of the context (or the one given) may do this."""
    worker = worker or current().worker
    if worker is None or not may(worker, action, record):
        raise Forbidden(_("You cannot do this. Ask your supervisor if you think you should."))
