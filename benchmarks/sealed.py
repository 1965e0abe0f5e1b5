"""One process of the filling: data keys, sealed fields and tokens of a share of the cases. python -m benchmarks.sealed SIZE NOW START…"""

import os
import sys
from datetime import datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path

import psycopg

from benchmarks import world

VISITS, NOTES = 2, 1  # written on each open case
COLUMNS = {
    "core_datakey": "id, kind, wrapped, kek, created_at",
    "people_person": "id, uuid, created_at, key_id, sex, birth_year, birth_margin, age_basis, language, nationality, is_label_only",
    "people_name": "uuid, created_at, person_id, key_id, kind, script, pattern, \"full\", is_main",
    "people_entry": "person_id, own, slips, other, sex, born_from, born_until, version",
    "people_card": "uuid, created_at, person_id, key_id, facts",
    "cases_case": "id, uuid, created_at, number, child_id, key_id, state, risk, risk_reasons, risk_set_at, agency_id, team_id, area_id, sealed, language,"
    " care, tracing, justice, heard_at, registered_at, last_seen_at, closed_at",
    "cases_visit": "uuid, created_at, case_id, key_id, at, kind, child_seen, seen_alone, is_safe, outcome, words, summary, wellbeing, by_id",
    "cases_note": "uuid, created_at, case_id, key_id, text, at, by_id",
    "bench.lead": "id, worker",
    "bench.named": "person, name, name_words, sounds",
}  # fmt: skip


def chunk(connection, size, now, start):
    """The cases from `start`, with their children, carers, names and words, in one transaction."""
    made = _Chunk(_ring(), _districts(connection), size, now, start)
    with connection.transaction():
        for table, lines in made.lines.items():
            with connection.cursor().copy(f"copy {table} ({COLUMNS[table]}) from stdin") as copy:
                copy.write("".join(lines))


class _Chunk:
    def __init__(self, ring, districts, size, now, start):
        from romsai.core.keys import client

        client.opened.seconds = float("inf")  # on a busy machine five minutes may pass between a key and its use
        self.ring, self.now = ring, now
        self.lines = {table: [] for table in COLUMNS}
        rng = world.chance("cases", start)
        for number in range(start, min(start + size.chunk, size.cases + 1)):
            found = world.facts(rng, number, size, now)
            child = world.child_of(number, size)
            if number <= size.children:
                self._person(rng, child, found.script, found.sex, found.born)
            if world.is_open(number):
                self._person(rng, world.carer_of(number, size), found.script, "F", found.born - 25)
            agency = world.agency_of(found.team, size)
            self._case(number, child, found, agency, rng.choice(districts[agency]))

    def _add(self, table, *values):
        self.lines[table].append("\t".join(map(_text, values)) + "\n")

    def _key(self, kind, number):
        """The id of a new data key, opened for the sealing that follows."""
        from romsai.core.keys import client

        key = world.key_id(kind, number)
        wrapped, plain, kek = self.ring.new_data_key(str(key))
        client.opened.put(key, plain)
        self._add("core_datakey", key, kind, wrapped, kek, self.now)
        return key

    def _person(self, rng, number, script, sex, born):
        from romsai.people import search

        key, name = self._key("person", number), world.name_of(rng, script)
        language = world.LANGUAGE[script]
        self._add("people_person", number, world.key_id("p", number), self.now, key, sex, born, 0, "STATED", language, "", False)
        full = _seal("people.Name", "full", key, name)
        self._add("people_name", world.key_id("n", number), self.now, number, key, "LEGAL", script, "", full, True)
        facts = search.Facts(names=[search.called(name)])
        columns = entry(facts, born, born)
        self._add("people_entry", number, *columns.values(), sex, born, born, search.VERSION)
        self._add("people_card", world.key_id("d", number), self.now, number, key, _seal("people.Card", "facts", key, facts.kept()))
        texts = search.texts_of(facts)  # by which the document database beside us finds them, in the clear
        self._add("bench.named", number, name, sorted(texts["own"]["name"]), sorted(texts["own"]["sound"] | texts["slips"]["sound"]))

    def _case(self, number, child, found, agency, area):
        key = self._key("case", number)
        language = world.LANGUAGE[found.script]
        self._add(
            "cases_case", number, world.key_id("c", number), found.registered_at, found.number, child, key, found.state, found.risk,
            _seal("cases.Case", "risk_reasons", key, ["Works at night"]), found.registered_at, agency, found.team, area, found.sealed, language,
            "PARENTS", "NOT_NEEDED", "NONE", found.registered_at - timedelta(hours=5), found.registered_at, found.seen_at, found.closed_at,
        )  # fmt: skip
        self._add("bench.lead", number, found.worker)
        if not world.is_open(number):
            return
        for n in range(VISITS):
            at = found.seen_at - timedelta(days=n)
            words, summary = (_seal("cases.Visit", field, key, world.WORDS) for field in ("words", "summary"))
            self._add(
                "cases_visit", world.key_id(f"v{n}", number), at, number, key, at, "VISIT_HOME", True, True, True, "", words, summary, "{}",
                found.worker,
            )  # fmt: skip
        for n in range(NOTES):
            note = _seal("cases.Note", "text", key, world.WORDS)
            self._add("cases_note", world.key_id(f"o{n}", number), found.registered_at, number, key, note, found.seen_at, found.worker)


def _text(value):
    """A value as COPY reads it."""
    if type(value) is str:
        return value
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, list):
        return "{" + ",".join(str(one) if isinstance(one, int) else f'"{one}"' for one in value) + "}"
    return str(value)


class _Row:
    """As much of a record as sealing asks for."""

    def __init__(self, key):
        self.key_id = key


def _seal(model, field, key, value):
    return _field(model, field)._sealed(_Row(key), value).raw


@cache
def _field(model, name):
    from django.apps import apps

    return apps.get_model(model)._meta.get_field(name)


def entry(facts, first, last):
    """Columns of what a person of these facts, born from one year to another, is found by."""
    from romsai.people import search

    columns = search.texts_of(facts)
    numbers = {column: sorted({_number(kind, text) for kind, texts in kinds.items() for text in texts}) for column, kinds in columns.items()}
    return numbers | {"other": sorted([*numbers["other"], *search.year_tokens(first, last)])}


@lru_cache(300_000)
def _number(kind, text):
    return int.from_bytes(_ring().tokens(kind, [text])[0], "big", signed=True)


@cache
def _ring():
    """The keys themselves, not the process that keeps them: asking it two million times would take an hour."""
    from romsai.core.keys.ring import Ring

    return Ring.load(Path(os.environ["ROMSAI_VAR"]) / "secrets" / "keys.json", os.environ["ROMSAI_MODE"])


def _districts(connection):
    """agency -> areas of its province."""
    rows = connection.execute(
        "select a.id, w.descendant_id from places_agency a join places_areawithin w on w.ancestor_id = a.area_id order by 2"
    )
    found = {}
    for agency, area in rows:
        found.setdefault(agency, []).append(area)
    return found


def main(size, now, *starts):
    import django

    django.setup()
    size, now = world.SIZES[size], datetime.fromisoformat(now)
    with psycopg.connect(os.environ["BENCH_ADMIN"]) as connection:
        connection.execute("set session_replication_role = replica; set synchronous_commit = off")
        connection.commit()
        for start in starts:
            chunk(connection, size, now, int(start))
            connection.commit()
            print(start, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
