"""Who sees what, every combination: 0 wrong, by PostgreSQL alone and by Python alone; and the tests themselves are tested."""

import psycopg
import pytest

from tests.matrix import check, facts, score
from tests.plugin import DATABASE, admin, copy_database, drop_database

MUTANTS = 12


@pytest.fixture(scope="module")
def database():
    name = f"{DATABASE}_matrix"
    copy_database(name)
    yield name
    drop_database(name)


@pytest.fixture(scope="module")
def written(database):
    """A cursor, and the world that it has written; never committed."""
    with psycopg.connect(admin(database)) as connection:
        cursor = connection.cursor()
        yield cursor, facts.world(cursor, facts.EVERY)
        connection.rollback()


@pytest.fixture
def cursor(written, db):
    cursor, _world = written
    cursor.execute("savepoint test")
    yield cursor
    cursor.execute("rollback to test; release test")


@pytest.fixture
def world(written):
    return written[1]


def test_row_policies_alone_give_the_oracles_answer(cursor, world):
    found = check.by_database(cursor, *world)
    print(f"\naccess matrix, row security alone: {len(found.wrong)} wrong of {found.decisions:,} decisions")
    assert found.wrong == []


def test_the_application_filter_alone_gives_the_oracles_answer(cursor, world):
    found = check.by_python(cursor, *world)
    print(f"\naccess matrix, Python alone: {len(found.wrong)} wrong of {found.decisions:,} decisions")
    assert found.wrong == []


def test_each_relation_alone_is_what_the_oracle_says(cursor, world):
    found = check.by_relation(*world, cursor)
    print(f"\nrelations, as actions ask them: {len(found.wrong)} wrong of {found.decisions:,} decisions")
    assert found.wrong == []


def test_a_wrong_database_role_can_only_narrow(cursor, world):
    users, cases, reports = world
    some = [u for u in users if u.role in ("WORKER", "SUPERVISOR", "COORDINATOR", "ADMIN")]
    assert check.by_database(cursor, some, cases, reports, writes=False, other_roles=True).wrong == []


def test_nobody_reads_identified_rows_of_a_whole_nation(cursor, world):
    users, cases, reports = world
    reach = {}
    for user in users:
        check.enter(cursor, "romsai_scope", user)
        for table in ("people_name", "people_address", "cases_note", "cases_reporter"):
            cursor.execute(f"select count(*) from {table}")
            reach[user.role, table] = max(reach.get((user.role, table), 0), cursor.fetchone()[0])
        cursor.execute("reset role")
    most = max(n for (_role, table), n in reach.items() if table == "people_name")
    print(f"\nmost names any one role reaches: {most} of {2 * len(cases)}")
    assert most < 2 * len(cases) * 0.8
    for role in ("MNE", "PROGRAMME", "LEGAL", "TRAINER", "DPO", "ADMIN", "AUDITOR", "MATCHING_DESK", "COORDINATOR"):
        assert {reach[role, t] for t in ("people_name", "people_address", "cases_note", "cases_reporter")} == {0}
    # A safeguarding officer reads who told about staff, and no child.
    assert {reach["SAFEGUARD", t] for t in ("people_name", "people_address", "cases_note")} == {0}
    assert reach["SAFEGUARD", "cases_reporter"] <= sum(report.about_staff for report in reports)


@pytest.mark.parametrize("context", ["", "12.12.9999999999.ab.00", "0.0.9999999999.ab.00", "12", "a.b.c.d.e"])
def test_a_forged_context_reads_nothing(cursor, context):
    for role in ("romsai_scope", "romsai_system", "romsai_wide"):
        cursor.execute("savepoint forged")
        cursor.execute("select set_config('role', %s, true), set_config('app.ctx', %s, true)", [role, context])
        cursor.execute("select count(*) from cases_case")
        assert cursor.fetchone() == (0,)
        cursor.execute("rollback to forged; release forged")


def test_dropping_clauses_of_the_policy_is_noticed(cursor, world):
    _killed, asked, alive = score.score(cursor, world, sample=MUTANTS, say=lambda text: print(f"\n{text}"))
    assert alive == []
    assert asked == MUTANTS
