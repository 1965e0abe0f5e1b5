"""The same country as one JSON document a case, and the questions asked of it in that system's way (peer.sql)."""

import time
from pathlib import Path

import psycopg

SCRIPT = Path(__file__).with_name("peer.sql")


def fill(admin, say):
    """Fill it from the country that is already there."""
    began = time.monotonic()
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("set maintenance_work_mem = '2GB'; set work_mem = '128MB'; set synchronous_commit = off")
        connection.execute("drop schema if exists peer cascade")
        for part in SCRIPT.read_text().split(";\n"):
            if part.strip():
                connection.execute(part)
        say(f"  {time.monotonic() - began:5.0f} s  the peer's documents and indexes")
        connection.execute("vacuum analyze peer.cases")
