import pytest

from romsai.retention.tests import arrange


@pytest.fixture(autouse=True)
def own_ledger(settings, tmp_path):
    settings.LEDGER = tmp_path / "ledger"


@pytest.fixture
def officers(world):
    return arrange.officers(world)
