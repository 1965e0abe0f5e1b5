"""The 40,435 real historical persons come in by the ordinary page, as the registry for search; a slice of them each time, all of them at night."""

import time
from pathlib import Path

import pytest

from romsai.core import access
from romsai.exchange.models import Listing
from romsai.exchange.tests import arrange
from romsai.people import search
from tests import world as build

HISTORICAL = Path(__file__).parents[4] / "shared/data/record-linkage/historical_50k_dev.csv"
SLICE = 1500


@pytest.mark.skipif(not HISTORICAL.exists(), reason="the list of historical persons is not on this machine")
@pytest.mark.parametrize("most", [SLICE, pytest.param(None, marks=pytest.mark.nightly)])
def test_historical_persons_come_in_and_are_found(committed, most):
    world = build.build()
    lines = HISTORICAL.read_text(encoding="utf-8").splitlines()
    content = "\n".join(lines[: most + 1] if most else lines).encode()
    began = time.monotonic()
    upload = arrange.checked("persons", content, world.manager, archive="yes", unreadable="leave")
    checked = time.monotonic()
    upload = _start(upload, world.manager)
    ended = time.monotonic()
    found = arrange.counts(upload)
    rows = sum(found.values())
    print(
        f"\nhistorical persons: {found}, read in {checked - began:.0f} s, brought in in {ended - checked:.0f} s: {found['DONE'] / (ended - checked):.0f} a second"
    )
    assert found["DONE"] + found.get("BAD", 0) == rows == (most or 40435)
    assert {code for row in arrange.wrong(upload).values() for _column, code in row} <= {"no_name"}
    with access.system():
        ids = search.candidates(names=["thomas clifford 1st baron clifford of chudleigh"], birth_year=1630)
        clusters = {str(listing.number).rsplit("-", 1)[0] for listing in Listing.objects.filter(person__in=ids[:5])}
    assert "Q2296770" in clusters


def _start(upload, by):
    from romsai.exchange import actions, tasks

    with access.acting(by):
        actions.start_import(upload, by=by)
    tasks.work(upload.pk)
    return arrange.now(upload)
