"""What goes when a case, a person or a report is erased: worked out from the policy table and the foreign keys, so that no table is forgotten.

`sec.erase(cases, people, reports)` is one function in PostgreSQL, owned by a role that never logs in, and the only way in which a row of
a protected table is ever deleted. It gives back the numbers of the data keys that it destroyed. Who decides is the business of a room above.
"""

from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter

from django.apps import apps

from romsai.core.access import roles
from romsai.core.access.policy import policy
from romsai.core.crypto import KeyField

GIVEN = {"case": "p_cases", "person": "p_people", "report": "p_reports"}
PROPOSALS = "core_proposal"


@dataclass(frozen=True)
class Plan:
    """doomed: table -> conditions of which one makes a row go, in an order in which each is known when it is asked for.

    loosened: (table, column, target) that are emptied in rows that stay. barred: the same, where a row that stays forbids the erasing.
    wordless: the same of rows that keep their codes (who opened a case in an emergency, and how it was judged) and lose their own key.
    keyed: (table, column) of every data key that a row names.
    """

    doomed: dict
    loosened: tuple
    barred: tuple
    wordless: tuple
    keyed: tuple


@dataclass(frozen=True)
class Copy:
    """A file that was made of several children. When one of them is erased its key goes, and it is over for all.

    holds: a condition on its row, with `{subjects}` for an array of texts like case:12. over: what its row says then.
    """

    table: str
    key: str
    holds: str
    over: str


copies = []


def copy(table, *, key, holds, over):
    """Register a table whose rows are such files."""
    copies.append(Copy(table, key, holds, over))


@cache
def plan():
    """The plan for the models as they are."""
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    tables = policy().tables
    leads_to = {name: _foreign_keys(model) for name, model in models.items()}
    keyed = [(name, f.column) for name, model in models.items() for f in model._meta.concrete_fields if isinstance(f, KeyField)]
    own_keys = {name for name, _column in keyed} - set(tables)
    reached, wordless = set(tables), set()
    while more := {name for name in models.keys() - reached - wordless if any(target in reached for _column, target, _null in leads_to[name])}:
        stay = {name for name in more & own_keys if all(null for _column, target, null in leads_to[name] if target in reached)}
        wordless |= stay
        reached |= more - stay
    roots = {line.name for line in tables.values() if line.column == "id"}
    doomed, loosened, barred = {}, [], []
    for name in sorted(reached):
        line, conditions = tables.get(name), {}
        if line:
            conditions[f"{line.column} = any({GIVEN[line.subject]})"] = None
        for column, target, null in leads_to[name]:
            if target not in reached or (line and column == line.column):
                continue
            if line and null:
                loosened.append((name, column, target))
            elif name in roots:
                barred.append((name, column, target))  # a case does not go because a person does
            else:
                conditions[f"{column} = any({doomed_of(target)})"] = target
        doomed[name] = conditions
    order = TopologicalSorter({name: sorted({t for t in conditions.values() if t and t != name}) for name, conditions in doomed.items()})
    emptied = [(name, column, target) for name in wordless for column, target, _null in leads_to[name] if target in reached]
    ordered = {name: tuple(doomed[name]) for name in order.static_order()}
    return Plan(ordered, tuple(sorted(loosened)), tuple(sorted(barred)), tuple(sorted(emptied)), tuple(sorted(keyed)))


def doomed_of(table):
    """The variable that holds the numbers of a table's doomed rows."""
    return f"d_{table}"


def _foreign_keys(model):
    return [(f.column, f.related_model._meta.db_table, f.null) for f in model._meta.concrete_fields if f.is_relation]


def grants():
    """What the function's owner may do: delete what can be doomed, loosen, empty a key, and no more."""
    found = plan()
    tables = ", ".join([*found.doomed, PROPOSALS])
    yield f"grant usage on schema public, sec to {roles.ERASER};"
    yield f"grant select, delete on {tables} to {roles.ERASER};"
    yield f"grant select on {', '.join(sorted({name for name, _column in found.keyed}))} to {roles.ERASER};"
    for name, column, _target in (*found.loosened, *found.wordless):
        yield f"grant update ({column}) on {name} to {roles.ERASER};"
    for made in copies:
        yield f"grant select, update on {made.table} to {roles.ERASER};"
    yield f"grant select, update (wrapped) on core_datakey to {roles.ERASER}; grant select, delete on core_history to {roles.ERASER};"


def function():
    """The SQL of sec.erase, and who may call it."""
    found = plan()
    labels = {model._meta.db_table: model._meta.label for model in apps.get_models(include_auto_created=True)}
    declared = "\n  ".join(f"{doomed_of(name)} bigint[];" for name in found.doomed)
    body = [
        f"{doomed_of(name)} := array(select id from {name} where {' or '.join(conditions)});" for name, conditions in found.doomed.items()
    ]
    for name, column, target in found.barred:
        body.append(
            f"if exists (select 1 from {name} where {column} = any({doomed_of(target)}) and id <> all({doomed_of(name)})) then"
            f" raise exception 'a row of {name} stays that needs a row of {target}'; end if;"
        )
    about = " or ".join(f"(model = '{labels[name]}' and pk = any({doomed_of(name)}))" for name in found.doomed)
    body.append(f"{doomed_of(PROPOSALS)} := array(select id from {PROPOSALS} where {about});")
    gone = [*found.doomed, PROPOSALS]
    held = [f"select {column} from {name} where id = any({doomed_of(name)})" for name, column in found.keyed if name in gone]
    body.append(f"keys := array(select k from ({' union '.join(held)}) as x(k) where k is not null);")
    for name, column, target in found.loosened:
        body.append(f"update {name} set {column} = null where {column} = any({doomed_of(target)}) and id <> all({doomed_of(name)});")
    for name, column, target in found.wordless:
        for key in [key for keyed, key in found.keyed if keyed == name]:
            body.append(f"lost := lost || array(select {key} from {name} where {column} = any({doomed_of(target)}));")
        body.append(f"update {name} set {column} = null where {column} = any({doomed_of(target)});")
    subjects = " union ".join(f"select '{subject}:' || x from unnest({given}) x" for subject, given in GIVEN.items())
    for made in copies:
        holds = made.holds.format(subjects=f"array({subjects})")
        body.append(f"lost := lost || array(select {made.key} from {made.table} where {holds});")
        body.append(f"update {made.table} set {made.over} where {holds};")
    body += [f"delete from {name} where id = any({doomed_of(name)});" for name in reversed(gone)]
    body.append("set constraints all immediate; set constraints all deferred;")  # what still points here is found now, not at the commit
    for subject, given in GIVEN.items():
        body.append(f"delete from core_history where subject = '{subject}' and subject_id = any({given});")
    body += [f"delete from core_history where table_name = '{name}' and row_id = any({doomed_of(name)});" for name in policy().tables]
    used = " or ".join(f"exists (select 1 from {name} where {column} = k)" for name, column in found.keyed)
    body.append(f"keys := array(select k from unnest(keys) as x(k) where not ({used}));")
    body.append("keys := keys || lost;")
    body.append("update core_datakey set wrapped = '' where id = any(keys);")
    lines = "\n  ".join(body)
    return f"""
create or replace function sec.erase(p_cases bigint[], p_people bigint[], p_reports bigint[]) returns uuid[] language plpgsql volatile security definer
  set search_path = public, pg_temp as $$
declare
  {declared}
  {doomed_of(PROPOSALS)} bigint[];
  keys uuid[];
  lost uuid[] := '{{}}';
begin
  if not sec.is_system() then raise exception 'only the system erases'; end if;
  {lines}
  return keys;
end $$;
revoke all on function sec.erase from public;
grant execute on function sec.erase to {roles.SYSTEM};"""
