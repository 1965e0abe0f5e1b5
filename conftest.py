"""Fixtures that every room's tests share."""

import pytest

from tests.running import chromium, committing, database_copy, django_db_setup, live_romsai, live_world  # noqa: F401


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items):
    """Who runs with whom: the tests of a file share its server, a journey goes alone, and first, for it takes longest.

    Refused attempts go over a connection of their own, so a test with the world uses both.
    """
    items.sort(key=lambda item: "journeys" not in item.path.parts)
    for item in items:
        if "journeys" not in item.path.parts:
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(item.config.rootpath))))
        if "world" in getattr(item, "fixturenames", ()) and item.get_closest_marker("django_db") is None:
            item.add_marker(pytest.mark.django_db(databases=["default", "refusals"]))


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
