"""Fixtures that every room's tests share."""

import pytest


@pytest.fixture
def world(db):
    """The invented world of tests/world.py, in a transaction that is rolled back."""
    from tests.world import build

    return build()
