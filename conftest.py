"""Fixtures that every room's tests share."""

import pytest

from tests.running import chromium, database_copy, django_db_setup, live_romsai  # noqa: F401


@pytest.fixture
def world(db):
    """The invented world of tests/world.py, in a transaction that is rolled back."""
    from tests.world import build

    return build()
