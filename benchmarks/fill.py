"""Makes the country in an empty, migrated database: real data keys, real ciphertext, real search tokens, by COPY.

Two processes make the children; all that has no secret in it the server makes itself (places.sql, rows.sql). Row triggers
rest meanwhile, so nothing of this stands in the history, and indexes are made at the end.
"""

import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import psycopg

from benchmarks import world
from romsai.launcher import ROOT

HERE = Path(__file__).parent
SETTINGS = (
    "set session_replication_role = replica; set maintenance_work_mem = '1GB'; set work_mem = '128MB'; set synchronous_commit = off; "
)
HELPERS = """
create schema bench;
create unlogged table bench.size (children bigint, cases bigint, agencies int, teams int, users int, now timestamptz);
create unlogged table bench.lead (id bigint, worker bigint);
create unlogged table bench.named (person bigint, name text, name_words text[], sounds text[]);
"""
AFTER = "create unique index on bench.lead (id); create unique index on bench.named (person);"
VACUUM = "vacuum analyze"


def fill(admin, env, size, say, processes=2):
    """The whole country. `admin` is a superuser's conninfo of the database; `env` is that of a process which may read the key file."""
    began = time.monotonic()

    def told(text):
        say(f"  {time.monotonic() - began:5.0f} s  {text}")

    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(SETTINGS)
        connection.execute(HELPERS)
        now = datetime.now().astimezone()
        connection.execute(
            "insert into bench.size values (%s, %s, %s, %s, %s, %s)",
            [size.children, size.cases, size.agencies, size.teams, size.users, now],
        )
        connection.execute((HERE / "places.sql").read_text())
        later = _drop_indexes(connection)
        told("places, teams and users; now children, names and cases")
        starts = list(range(1, size.cases + 1, size.chunk))
        if processes == 1:
            from benchmarks import sealed

            for n, start in enumerate(starts, 1):
                sealed.chunk(connection, size, now, start)
                told(f"{n} of {len(starts)} parts")
        else:
            _spread(admin, env, size, now, starts, processes, told)
        for statement in filter(None, map(str.strip, (HERE / "rows.sql").read_text().split(";\n"))):
            connection.execute(statement)
        told("concerns, deadlines, events and the rest; now indexes")
        connection.execute(AFTER)
        for statement in later:
            connection.execute(statement)
        _continue_numbering(connection)
        told("statistics")
        connection.execute(VACUUM)
    told("the country is there")


def _spread(admin, env, size, now, starts, processes, told):
    name = next(name for name, known in world.SIZES.items() if known == size)
    share = [starts[n::processes] for n in range(processes)]
    working = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.sealed", name, now.isoformat(), *map(str, mine)],
            cwd=ROOT,
            env=env | {"BENCH_ADMIN": admin, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for mine in share
    ]
    try:
        for done, _part in enumerate(working[0].stdout, 1):
            if done % 10 == 0:
                told(f"{done * processes} of {len(starts)} parts")
        if any(child.wait() for child in working):
            raise RuntimeError("Filling the database failed; the reason stands above.")
    finally:
        for child in working:
            if child.poll() is None:
                child.kill()


def _drop_indexes(connection):
    """Statements that make the plain indexes of the large tables again, which are gone until then."""
    found = connection.execute(
        """select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i
        left join pg_constraint c on c.conindid = i.indexrelid
        where c.oid is null and i.indrelid::regclass::text = any(array['people_person', 'people_name', 'people_entry', 'people_card', 'cases_case', 'cases_participant',
          'cases_episode', 'cases_assignment', 'cases_concern', 'cases_deadline', 'cases_event', 'cases_visit', 'cases_note'])"""
    ).fetchall()
    for name, _made in found:
        connection.execute(f"drop index {name}")
    return [made for _name, made in found]


def _continue_numbering(connection):
    """Rows were given their numbers; the next ones go on from there."""
    for table, sequence in connection.execute(
        """select t.oid::regclass::text, s.oid::regclass::text from pg_class s join pg_depend d on d.objid = s.oid and d.deptype in ('a', 'i')
        join pg_class t on t.oid = d.refobjid join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
        where s.relkind = 'S' and a.attname = 'id' and t.relnamespace = 'public'::regnamespace"""
    ).fetchall():
        connection.execute(f"select setval('{sequence}', greatest((select coalesce(max(id), 0) from {table}), 1))")
