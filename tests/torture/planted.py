"""Faults planted on purpose, from outside and in the tortured Romsai only: a count that misses one of them is worth nothing.

They are planted by the superuser of its own embedded server, while it runs: nothing in Romsai knows of them.
"""

from contextlib import contextmanager

import psycopg

from tests.torture.writes import torture

# Keys are taken and not remembered: whoever sends a form again makes a second record.
NO_CLIENT_KEY = """
create or replace function sec.take_key(p_key uuid, p_action text, out is_new bool, out model text, out pk bigint, out same bool)
  language plpgsql as $$ begin is_new := true; end $$;
create or replace function sec.give_key(p_key uuid, p_model text, p_pk bigint) returns void language plpgsql as $$ begin end $$;
"""
NO_HISTORY = "alter table cases_report disable trigger all"


def caught(romsai, people, seed, say):
    """{fault: True if the count found it}."""
    found = {}
    common = {"most_seconds": 60, "say": lambda text: None, "reports": 1.0}
    with _planted(romsai, NO_CLIENT_KEY, *_as_they_are(romsai, "take_key", "give_key")):
        told = torture(romsai, people, seed, name="keyless", wanted=250, victims={"web process": 1}, between=(20, 60), lost_answers=0.05, **common)
    found["no_client_key"] = told["doubled"] > 0 and told["lost"] == 0
    say(f"planted: no client key: {told['doubled']} doubled of {told['writes']} writes, {told['sent_again']} sent again")

    asleep = ["alter system set synchronous_commit = off", "alter system set wal_writer_delay = '2s'", "select pg_reload_conf()"]
    awake = ["alter system reset synchronous_commit", "alter system reset wal_writer_delay", "select pg_reload_conf()"]
    with _planted(romsai, asleep, *awake):
        told = torture(
            romsai, people, seed, name="asleep", wanted=2000, victims={"database": 1}, between=(20, 60), most_kills=4, lost_answers=0, **common | {"most_seconds": 25}
        )
    found["synchronous_commit_off"] = 0 < told["lost"] < told["writes"]
    say(f"planted: synchronous_commit off: {told['lost']} lost of {told['writes']} writes, {told['kills']} kills of the database")

    with _planted(romsai, NO_HISTORY, "alter table cases_report enable trigger all"):
        told = torture(romsai, people, seed, name="torn", wanted=20, victims={}, most_kills=0, between=(1, 2), **common)
    found["no_history"] = told["half"] >= told["writes"] > 0 and told["lost"] == 0
    say(f"planted: a table without its history: {told['half']} half of {told['writes']} writes")
    return found


def _as_they_are(romsai, *names):
    return [row[0] for name in names for row in romsai.ask("select pg_get_functiondef(oid) from pg_proc where proname = %s and pronamespace = 'sec'::regnamespace", name)]


@contextmanager
def _planted(romsai, fault, *cure):
    def each(statements):
        with psycopg.connect(romsai.admin, autocommit=True) as admin:
            for statement in statements:
                admin.execute(statement)

    each([fault] if isinstance(fault, str) else fault)
    try:
        yield
    finally:
        romsai.wait_until_whole()
        romsai.ask("select 1")  # it is up again
        each(cure)
