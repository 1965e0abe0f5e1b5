"""The register that is searched: a million invented persons with real keys, real tokens and real sealed cards, made once below var/bench.

Two processes make the persons and write them by COPY; stopped half-way, the next start goes on. Beside them, in the schema bench, lies what the other tools are given in the clear.
"""

import re
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from functools import lru_cache
from hashlib import md5
from pathlib import Path

import psycopg
from anyascii import anyascii

from benchmarks.cluster import BUILDING, VAR, digest
from benchmarks.matching import people
from romsai.launcher import ROOT
from romsai.launcher.instance import DATABASE, Instance, with_database
from romsai.launcher.prepare import create_database

SIZES = {"full": 1_000_000, "middle": 200_000, "small": 50_000, "tiny": 300}
SERVING = {"shared_buffers": "2GB"}  # as on the server that a country has (docs/how-to/run.md); what is not used of it takes no memory
CHUNK = 5_000
HALF_MADE = "half of"
MADE_FROM = ("lists.py", "people.py", "registry.py")
PLAIN = """
create schema bench;
create unlogged table bench.person (id bigint, name text, folded text, mother text, province text, born int, sex text, nick text);
"""
PLAIN_INDEXES = """
create extension if not exists pg_trgm; create extension if not exists fuzzystrmatch;
create unique index if not exists person_pkey on bench.person (id);
create index if not exists person_trgm on bench.person using gin (name gin_trgm_ops);
alter table bench.person add column if not exists sounds text[];
update bench.person set sounds = array(select distinct m from unnest(string_to_array(name, ' ')) w, lateral (values (dmetaphone(w)), (dmetaphone_alt(w))) v(m) where m <> '');
create index if not exists person_sounds on bench.person using gin (sounds);
"""
COLUMNS = {
    "core_datakey": "id, kind, wrapped, kek, created_at",
    "people_person": "id, uuid, created_at, key_id, sex, birth_year, birth_month, birth_day, birth_margin, age_basis, language, nationality, is_label_only",
    "people_entry": "person_id, own, slips, other, sex, born_from, born_until, version",
    "people_card": "uuid, created_at, person_id, key_id, facts",
    "bench.person": "id, name, folded, mother, province, born, sex, nick",
}


class Registry(Instance):
    """Romsai with this many persons. `.admin` is a superuser's conninfo."""

    def __init__(self, size_name, say):
        super().__init__(VAR / f"matching-{size_name}", "production", say=say)
        self.count = SIZES[size_name]

    @property
    def admin(self):
        return with_database(self.cluster.admin, DATABASE)

    @contextmanager
    def running(self):
        self.start()
        try:
            self._make_if_needed()
            self._restart(SERVING)
            yield self
        finally:
            self.stop()

    def _make_if_needed(self):
        here = Path(__file__).parent
        rules = re.search(r"^VERSION = (\d+)", (ROOT / "romsai/people/search.py").read_text(), re.MULTILINE)[1]
        made_from = f"{digest([*(here / name for name in MADE_FROM), *ROOT.glob('romsai/people/migrations/*.py')])} {rules}"
        if self._comment() == made_from:
            self.say("The kept register is up to date.")
            self.bring_up_to_date()  # the tables of other rooms
            return
        began = time.monotonic()
        self._restart(BUILDING)
        if self._comment() != f"{HALF_MADE} {made_from}":
            self._begin()
            self._comment(f"{HALF_MADE} {made_from}")
        self._spread(began)
        self.say(f"  {time.monotonic() - began:5.0f} s  indexes")
        with psycopg.connect(self.admin) as connection:
            connection.execute("set maintenance_work_mem = '1GB'")
            connection.execute("create index if not exists entry_search on people_entry using gin (own, slips, other)")
            connection.execute(PLAIN_INDEXES)
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute("vacuum analyze")
        self._restart({})
        self.manage("count_tokens")
        self._comment(made_from)
        self.say(f"  {time.monotonic() - began:5.0f} s  the register is there")

    def _begin(self):
        with psycopg.connect(self.cluster.admin, autocommit=True) as admin:
            admin.execute(f"drop database if exists {DATABASE} with (force)")
            create_database(admin, DATABASE)
        self.bring_up_to_date()
        self.manage("load_reference")
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(PLAIN)
            connection.execute("drop index entry_search")

    def _restart(self, settings):
        usual = {name: value for name, value in self.cluster.settings.items() if name not in BUILDING}
        self.cluster.stop()
        self.cluster.settings = usual | settings
        self.cluster.start()

    def _spread(self, began):
        with psycopg.connect(self.admin) as connection:
            there = {pk for (pk,) in connection.execute("select id from bench.person where id %% %s = 1", [CHUNK])}  # a part is written whole or not
        starts = [start for start in range(1, self.count + 1, CHUNK) if start not in there]
        env = self.without_owner() | {"BENCH_ADMIN": self.admin, "PYTHONPATH": str(ROOT)}
        working = [
            subprocess.Popen([sys.executable, "-m", "benchmarks.matching.registry", str(self.count), *map(str, starts[n::2])], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
            for n in range(2)
        ]
        try:
            for done, _part in enumerate(working[0].stdout, 1):
                if done % 10 == 0:
                    self.say(f"  {time.monotonic() - began:5.0f} s  {done * 2} of {len(starts)} parts")
            if any(child.wait() for child in working):
                raise RuntimeError("Filling the register failed; the reason stands above.")
        finally:
            for child in working:
                if child.poll() is None:
                    child.kill()


# one process of the filling


def main(count, *starts):
    import os

    import django

    django.setup()
    from romsai.core.keys import client
    from romsai.people import heard, sounds

    client.opened.seconds = float("inf")
    heard.word = lru_cache(300_000)(heard.word)  # in a register nothing is remembered like this
    sounds.stored = lru_cache(300_000)(sounds.stored)
    with psycopg.connect(os.environ["BENCH_ADMIN"]) as connection:
        connection.execute("set session_replication_role = replica; set synchronous_commit = off")
        areas = provinces(connection)
        connection.commit()
        for start in map(int, starts):
            chunk(connection, areas, start, min(start + CHUNK, int(count) + 1))
            connection.commit()
            print(start, flush=True)


def chunk(connection, areas, first, last):
    lines = {table: [] for table in COLUMNS}
    for number in range(first, last):
        for table, values in rows(people.person(number), areas):
            lines[table].append(values)
    for table, found in lines.items():
        with connection.cursor().copy(f"copy {table} ({COLUMNS[table]}) from stdin") as copy:
            copy.write("".join(found))


def provinces(connection):
    """(country, province) as the generator has them -> ids of the area and those it lies in, of the reference data."""
    from rapidfuzz import fuzz, process

    from benchmarks.matching.errors import variants_of_places

    iso3 = {"TH": "THA", "LA": "LAO", "KH": "KHM", "MM": "MMR", "VN": "VNM", "CN": "CHN", "ID": "IDN", "PH": "PHL"}
    within = dict(connection.execute("select descendant_id, array_agg(ancestor_id) from places_areawithin join places_area a on a.id = ancestor_id where a.level > 0 group by 1").fetchall())
    found = {}
    for country, _native, latin in variants_of_places():
        # What others call a province is the second level in the Philippines.
        listed = connection.execute("select id, name from places_area where country = %s and level = %s", [iso3[country], 2 if country == "PH" else 1]).fetchall()
        plain = {pk: re.sub(" (province|city|capital|autonomous region)$", "", anyascii(name).lower()) for pk, name in listed}
        best = process.extractOne(anyascii(latin).lower(), plain, scorer=fuzz.WRatio if country in ("CN", "MM") else fuzz.ratio, score_cutoff=70)
        if best:
            found[country, latin] = frozenset(within[best[2]])
    return found


def facts_of(person, areas):
    """What the register knows of an invented person."""
    from romsai.people import likeness, search

    names = [search.called(person.written(person.name))]
    if person.nick[1]:
        names.append(search.called(person.written(person.nick), "NICK"))
    kin = {parent: [search.called(person.written(getattr(person, parent)))] if getattr(person, parent)[1] else [] for parent in ("mother", "father")}
    place = areas.get((person.country, person.province))
    facts = likeness.Facts(names=names, places=[place] if place else [], **kin)
    facts.phones = {search.phone_key(person.phone)} - {""} if person.phone else set()
    return facts


def rows(person, areas):
    """(table, line for COPY) of one person."""
    from benchmarks import sealed
    from romsai.core.keys import client
    from romsai.people import heard, search

    now = "2026-06-30 00:00:00+00"
    key = _id("key", person.number)
    wrapped, plain, kek = sealed._ring().new_data_key(str(key))
    client.opened.put(key, plain)
    margin = 1 if person.is_estimate else 0
    month, day = (None, None) if person.is_estimate else (person.born.month, person.born.day)
    facts = facts_of(person, areas)
    first, last = person.born.year - margin, person.born.year + margin
    columns = sealed.entry(facts, first, last)
    card = sealed._seal("people.Card", "facts", key, facts.kept())
    latin = anyascii(person.written(person.name)).lower()
    mother = anyascii(person.written(person.mother)).lower()
    nick = anyascii(person.written(person.nick)).lower()
    folded = " ".join(filter(None, map(heard.fold, latin.split())))
    yield from (
        (table, "\t".join(map(sealed._text, values)) + "\n")
        for table, values in (
            ("core_datakey", (key, "person", wrapped, kek, now)),
            ("people_person", (person.number, _id("p", person.number), now, key, person.sex, person.born.year, month, day, margin, "STATED", "", "", False)),
            ("people_entry", (person.number, *columns.values(), person.sex, first, last, search.VERSION)),
            ("people_card", (_id("c", person.number), now, person.number, key, card)),
            ("bench.person", (person.number, latin, folded, mother, person.province.lower(), person.born.year, person.sex, nick)),
        )
    )


def _id(kind, number):
    return uuid.UUID(bytes=md5(f"{people.SEED} {kind} {number}".encode(), usedforsecurity=False).digest())


if __name__ == "__main__":
    main(*sys.argv[1:])
