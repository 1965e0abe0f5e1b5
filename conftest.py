"""Fixtures that every room's tests share."""

import pytest

from tests.running import chromium, database_copy, django_db_setup, live_romsai, live_world  # noqa: F401


def pytest_collection_modifyitems(items):
    """Refused attempts go over a connection of their own, so a test with the world uses both."""
    for item in items:
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
    import uuid

    from django.db import connections

    from tests.plugin import copy_database, drop_database

    name = f"romsai_{uuid.uuid4().hex[:12]}"
    copy_database(name)
    before = {alias: connections.settings[alias]["NAME"] for alias in connections.settings}
    with django_db_blocker.unblock():
        _point(connections, dict.fromkeys(before, name))
        yield name
        _point(connections, before)
    drop_database(name)


def _point(connections, names):
    connections.close_all()
    for alias, name in names.items():
        connections.settings[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name
