"""The kill score: every clause of the policy is dropped in turn, and the matrix must notice.

`python -m tests.matrix` asks all of them, or goes on where it stopped.
"""

import json
import random
import re
from dataclasses import replace
from unittest import mock

from romsai.core import access
from romsai.core.access import relations, sql
from romsai.core.access.policy import policy
from romsai.core.access.reached import kept
from tests.matrix import check
from tests.matrix.facts import OWN_COLUMNS

UNSEALED = "{unsealed}"
DEFINED = re.compile(r"create or replace function (sec\.\w+)\(")
RULED = re.compile(r"(?:policy (?:if exists )?\w+|grant [\w, ]+) on (\w+)")


def conjuncts(text):
    """(name, text without it) for each condition of a relation's SQL, those inside a sub-select too."""
    parts = re.split(r"(\bwhere\b|\band\b)", text)
    for n in range(2, len(parts), 2):
        end = n
        while _open("".join(parts[n : end + 1])) > 0:  # a condition that holds a sub-select goes as a whole
            end += 2
        dropped = "".join(parts[n : end + 1])
        closing = ")" * -min(_open(dropped), 0)
        yield dropped.strip(), "".join(parts[:n]) + f" true {closing} " + "".join(parts[end + 1 :])


def _open(text):
    return text.count("(") - text.count(")")


def mutants():
    """(description, patches, tables to ask or None, whose side: sql or python)."""
    table = policy()
    for name, meaning in relations.meanings.items():
        for dropped, text in conjuncts(meaning.sql or ""):
            yield f"{name}: without {dropped}", [_entry(relations.meanings, name, replace(meaning, sql=text))], None, "sql"
        if UNSEALED in (meaning.sql or ""):
            text = meaning.sql.replace(UNSEALED, f"/* {UNSEALED} */")
            yield f"{name}: seal ignored", [_entry(relations.meanings, name, replace(meaning, sql=text))], None, "sql"
        for what, rows in (("everybody's", _everything(meaning)), ("nobody's", lambda worker, level: [])):
            yield f"{name}: the filter reaches {what}", [_entry(relations.meanings, name, replace(meaning, rows=rows))], None, "python"
    for name, subject in relations.subjects.items():
        if any(meaning.reaches == name and meaning.sql and UNSEALED not in meaning.sql and not table.relations[relation].sealed
               for relation, meaning in relations.meanings.items()):  # fmt: skip
            yield f"{name}: seal ignored", [_entry(relations.subjects, name, replace(subject, sealed_sql="false"))], None, "sql"
        yield f"{name}: seal ignored in the filter", [_entry(relations.subjects, name, replace(subject, sealed=list))], None, "python"
        yield (
            f"{name}: exclusion ignored in the filter",
            [_entry(relations.subjects, name, replace(subject, excluded=lambda worker: []))],
            None,
            "python",
        )
        for arm in ("e.worker_id = me.id", "e.team_id = me.team_id", "e.agency_id = me.agency_id"):
            text = subject.excluded_sql.replace(arm, "false")
            yield f"{name}: exclusion without {arm}", [_entry(relations.subjects, name, replace(subject, excluded_sql=text))], None, "sql"
        for arm, instead in (("e.lifted_at is null", "true"), ("a.worker_id = me.id", "false"), ("a.agency_id = me.agency_id", "false")):
            if arm in subject.excluded_sql:
                text = subject.excluded_sql.replace(arm, instead)
                yield (
                    f"{name}: exclusion without {arm}",
                    [_entry(relations.subjects, name, replace(subject, excluded_sql=text))],
                    None,
                    "sql",
                )
    for verb in ("read", "write"):
        for subject, levels in getattr(table, verb).items():
            for level, names in levels.items():
                for name in names:
                    if name == "system":
                        continue  # the system's own rows are asked in test_system.py
                    changed = {**getattr(table, verb), subject: {**levels, level: [n for n in names if n != name]}}
                    asked = [t for t in table.tables.values() if t.level == level and t.subject in (subject, "person")]
                    if asked:
                        yield f"{verb} {subject} {level}: without {name}", [_policy(replace(table, **{verb: changed}))], asked, "sql"
    for name, line in table.relations.items():
        for role in line.roles:
            changed = {**table.relations, name: replace(line, roles=tuple(r for r in line.roles if r != role))}
            side = "sql" if relations.meanings.get(name) and relations.meanings[name].sql else "python"
            yield f"{name}: without {role}", [_policy(replace(table, relations=changed), side)], None, side
        # A relation to single rows asks about the seal in its own words, which are dropped above.
        if not line.sealed and name in relations.meanings and relations.meanings[name].reaches in relations.subjects:
            side = "python" if sql._is_wide(name) else "sql"
            changed = {**table.relations, name: replace(line, sealed=True)}
            yield f"{name}: holds on sealed cases", [_policy(replace(table, relations=changed), side)], None, side
    original = sql._me
    for clause in ("is_active and ", "(until_on is null or until_on > current_date) and "):
        yield f"me: without {clause}", [mock.patch.object(sql, "_me", lambda c=clause: original().replace(c, ""))], None, "sql"
    yield "me: any role", [mock.patch.object(sql, "_plays", lambda names: "true")], None, "sql"
    for line in table.tables.values():
        for stale in ("never", "read", "change"):
            yield f"{line.name}: policy {stale} opened", [_reopened(line, stale)], [line], "sql"


def _entry(mapping, name, value):
    return mock.patch.dict(mapping, {name: value})


def _everything(meaning):
    model = check.MODELS[{"case": "cases_case", "report": "cases_report"}.get(meaning.reaches, meaning.reaches)]
    everything = getattr(model.objects, "unfiltered", model.objects.all)
    return lambda worker, level: everything().values("pk")


def _policy(changed, side="sql"):
    return mock.patch.object(sql if side == "sql" else access, "policy", lambda: changed)


def _reopened(line, name):
    """The row policy of one table replaced by one that lets everything through."""
    original = sql.policies

    def opened(existing):
        yield from original(existing)
        verb = {"read": "select", "change": "update"}.get(name)
        yield f"drop policy {name} on {line.name};"
        if verb:
            yield f"create policy {name} on {line.name} for {verb} to romsai_scope using (true);"

    return mock.patch.object(sql, "policies", opened)


def killed(cursor, world, mutant):
    """Does the matrix notice? The clause is dropped inside a savepoint and put back after."""
    name, patches, tables, side = mutant
    # Those first whom it concerns: a clause that is missed is mostly missed by them.
    words = set(re.findall(r"\w+", name))
    concerned = {role for relation, line in policy().relations.items() if relation in words for role in line.roles}
    users, *things = world
    world = (sorted(users, key=lambda user: (user.role not in words, user.role not in concerned)), *things)
    cursor.execute("select table_name from information_schema.tables where table_schema = 'public'")
    existing = [row[0] for row in cursor.fetchall()]
    before = sql.pieces(existing) if side == "sql" else ()
    patches = [*patches, mock.patch.dict(kept, clear=True)]  # what was worked out by the whole policy is forgotten
    for patch in patches:
        patch.start()
    cursor.execute("savepoint mutant")
    try:
        if side == "python":
            return bool(check.by_relation(*world, cursor).wrong or check.by_python(cursor, *world, tables=tables, stop=True).wrong)
        cursor.execute("\n".join(changed := sql.pieces(existing)))
        return bool(check.by_database(cursor, *world, tables=tables or _reachable(before, changed), stop=True).wrong)
    finally:
        cursor.execute("rollback to mutant; release mutant")
        for patch in patches:
            patch.stop()


def _reachable(before, after):
    """The tables of the policy whose rules differ, or call what differs; None for all, where rows of somebody's own are among them."""
    every, found = {*before, *after}, set(before) ^ set(after)
    while called := {name for piece in found for name in DEFINED.findall(piece)}:
        more = {piece for piece in every - found if any(name + "(" in piece for name in called)}
        if not more:
            break
        found |= more
    tables = {name for piece in found for name in RULED.findall(piece)}
    if tables & (OWN_COLUMNS.keys() - policy().tables.keys()):
        return None
    return [line for name, line in policy().tables.items() if name in tables] or None


def score(cursor, world, sample=None, say=print, kept_in=None):
    """(killed, asked, names of survivors) in a world that is written. `kept_in`: a file of answers known already, and to be known."""
    chosen = list(mutants())
    if sample:
        chosen = random.Random(7).sample(chosen, sample)
    known = dict(map(json.loads, kept_in.read_text().splitlines())) if kept_in and kept_in.exists() else {}
    alive = []
    for number, mutant in enumerate(chosen, 1):
        name = mutant[0]
        if name not in known:
            known[name] = killed(cursor, world, mutant)
            if kept_in:
                with kept_in.open("a") as file:
                    print(json.dumps([name, known[name]]), file=file)
        if not known[name]:
            alive.append(name)
            say(f"survived: {name} ({number} of {len(chosen)})")
    say(f"kill score: {len(chosen) - len(alive)} of {len(chosen)}")
    return len(chosen) - len(alive), len(chosen), alive
