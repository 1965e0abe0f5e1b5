"""Fixtures that every room's tests share."""

import gc

import pytest
from xdist.scheduler import LoadFileScheduling

from tests.running import chromium, committing, database_copy, django_db_setup, live_romsai, live_world  # noqa: F401

LONGEST = ("journeys", "matrix", "baddays", "launcher")  # they go first, so that what is left at the end is short and both processes end together


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Who runs with whom: the tests of a file share its server; a journey goes alone, and none waits for another."""

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return nodeid if "/journeys/" in nodeid else super()._split_scope(nodeid)

    return Scheduling(config, log)


def pytest_collection_modifyitems(items):
    """Refused attempts go over a connection of their own, so a test with the world uses both."""
    items.sort(key=lambda item: next((place for place, name in enumerate(LONGEST) if name in item.path.parts), len(LONGEST)))
    for item in items:
        if "world" in getattr(item, "fixturenames", ()) and item.get_closest_marker("django_db") is None:
            item.add_marker(pytest.mark.django_db(databases=["default", "refusals"]))


def pytest_collection_finish():
    """What is imported by now stays to the end: the collector need not go through it again and again."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish():
    gc.unfreeze()


@pytest.fixture
def world(db):
    """The invented world of tests/world.py, in a transaction that is rolled back."""
    from tests.world import build

    return build()


@pytest.fixture
def committed(django_db_blocker):
    """A database of its own in which work is really committed, for tests with several connections. Gone afterwards."""
    with committing(django_db_blocker) as name:
        yield name


@pytest.fixture(autouse=True)
def speaking_english():
    """A page in Thai or Lao leaves its language with the thread; the next test starts without it."""
    from django.utils import translation

    translation.activate("en")
    yield
    translation.activate("en")


@pytest.fixture(autouse=True)
def quiet_line():
    """Five reports from one connection within minutes make it a busy one: those of earlier tests do not count."""
    from romsai.web import public

    public._recent.clear()
