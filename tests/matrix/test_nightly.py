"""The whole matrix and every mutant of the policy: hours matter less than holes."""

import psycopg
import pytest

from tests.matrix import check, facts, score
from tests.plugin import DATABASE, admin, copy_database, drop_database

pytestmark = pytest.mark.nightly


@pytest.fixture
def cursor(db):
    name = f"{DATABASE}_nightly"
    copy_database(name)
    with psycopg.connect(admin(name)) as connection:
        yield connection.cursor()
        connection.rollback()
    drop_database(name)


def test_every_combination(cursor):
    world = facts.world(cursor)
    for name, ask in (("row security alone", check.by_database), ("Python alone", check.by_python)):
        found = ask(cursor, *world)
        print(f"\n{name}: {len(found.wrong)} wrong of {found.decisions:,} decisions")
        assert found.wrong == []


def test_every_mutant(cursor):
    killed, asked, alive = score.score(cursor, facts.world(cursor, facts.EVERY))
    assert alive == []
    assert killed == asked
