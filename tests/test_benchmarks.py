"""The benchmark works at a tiny size, and Romsai, bare SQL and the peer's documents agree. How long anything takes is not asked."""

import os

import psycopg

from benchmarks import fill, measure, peer, report, world
from romsai.core import access
from tests import plugin
from tests.running import as_copy

SIZE = world.SIZES["tiny"]


def silent(text):
    pass


def test_the_same_country_gives_the_same_answers_three_ways_and_every_measure_runs(committed, tmp_path):
    with access.system():
        _load_areas()
    admin = plugin.admin(committed)
    fill.fill(admin, os.environ, SIZE, silent, processes=1)
    peer.fill(admin, silent)
    with measure.bare_connection(admin) as bare:
        assert list(measure.differences(bare, 2)) == []
        assert bare.execute("select count(*), count(distinct child_id) from cases_case").fetchone() == (SIZE.cases, SIZE.children)

    said = []
    found = report.run(
        admin, as_copy(committed).env, tmp_path / "log", askers=1, rounds=0, page_rounds=0, people=2, seconds=1, think=0.2, say=said.append
    )

    assert found["errors"] == 0, said
    assert all(found[name] > 0 for name in (
        "caseload_vs_sql", "search_vs_sql", "name_search_vs_peer", "count_vs_peer", "case_page_statements", "first_page_ms", "mix_p95_ms", "web_mb",
    ))  # fmt: skip


def test_what_is_sealed_in_the_country_opens_with_the_real_keys(committed):
    from romsai.people.models import Name

    with access.system():
        _load_areas()
    admin = plugin.admin(committed)
    fill.fill(admin, os.environ, SIZE, silent, processes=1)
    with psycopg.connect(admin) as bare:
        person, told = bare.execute("select person, name from bench.named order by person limit 1").fetchone()

    with access.system():
        assert str(Name.objects.get(person=person).full) == told


def _load_areas():
    from romsai.places import reference
    from romsai.places.models import Area

    if not Area.objects.filter(country="THA").exists():
        reference.load(silent)
