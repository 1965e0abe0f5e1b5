"""A backup each day by itself: when it is due, what is let go, what is said of it, and that nobody waits for it."""

import json
import time
import types
from datetime import UTC, datetime, timedelta

import pytest

from romsai.launcher import CannotStart, backup, daily, supervisor
from romsai.launcher.daily import Daily
from romsai.launcher.tests.test_supervisor import watch  # noqa: F401

NOON = datetime(2026, 11, 22, 12).astimezone()  # where the machine stands


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """A Daily whose backups are files of a few bytes."""
    (tmp_path / "var").mkdir()
    (tmp_path / "to").mkdir()
    public = backup.new_key(tmp_path / "backup.key")

    def take(path, recipient, *, admin_url, var):
        assert recipient == public
        path.write_text("age")
        return {"rows": 1}

    monkeypatch.setattr(backup, "take", take)
    return Daily.asked(tmp_path / "var", {"ROMSAI_BACKUP_TO": str(tmp_path / "to"), "ROMSAI_BACKUP_KEY": public})


def said(made):
    return json.loads((made.var / "backups.json").read_text())


def test_one_is_due_at_once_then_after_each_two_oclock_and_after_an_outage(asked):
    assert asked.is_due(NOON)
    asked.take(NOON)
    for later, due in ((1, False), (13.9, False), (14.1, True), (100, True)):
        assert asked.is_due(NOON + timedelta(hours=later)) is due, later
    asked.take(NOON + timedelta(hours=100))
    assert not asked.is_due(NOON + timedelta(hours=101))
    assert asked.is_due(NOON - timedelta(days=2))  # all were made while the clock was ahead: none counts before its day
    assert said(asked) == {"last": (NOON + timedelta(hours=100)).astimezone(UTC).isoformat(), "kept": 2, "trouble": ""}


def test_after_thirty_five_days_one_goes_but_never_the_newest_seven_nor_a_file_of_others(asked):
    (asked.folder / "romsai-notes.age").write_text("not ours")
    (asked.folder / "romsai-20200101T020000Z.age.new").write_text("cut off")
    for day in range(45):
        asked.take(NOON + timedelta(days=day))
    kept = [at for at, _path in asked.kept()]
    assert (len(kept), kept[0]) == (36, (NOON + timedelta(days=9)).astimezone(UTC))
    asked.take(NOON + timedelta(days=4000))  # stopped for years, or a clock that is wrong
    assert len(asked.kept()) == 7
    assert sorted(path.name for path in asked.folder.iterdir() if path not in dict(map(reversed, asked.kept()))) == ["romsai-notes.age"]


def test_what_failed_is_said_and_what_there_is_stays(asked, monkeypatch):
    asked.take(NOON)

    def full(*_arguments, **_named):
        raise CannotStart("No space left on device")

    monkeypatch.setattr(backup, "take", full)
    with pytest.raises(CannotStart, match="No space left"):
        asked.take(NOON + timedelta(days=50))
    assert said(asked) == {"last": NOON.astimezone(UTC).isoformat(), "kept": 1, "trouble": "No space left on device"}


def test_the_last_room_on_the_disk_is_left_to_the_database(asked, monkeypatch):
    asked.take(NOON)
    monkeypatch.setattr(daily.shutil, "disk_usage", lambda folder: types.SimpleNamespace(free=daily.ROOM))
    with pytest.raises(CannotStart, match="too little room"):
        asked.take(NOON + timedelta(days=1))
    assert (said(asked)["kept"], "too little room" in said(asked)["trouble"]) == (1, True)


def test_what_is_asked_wrongly_refuses_the_start(asked, tmp_path):
    to = {"ROMSAI_BACKUP_TO": str(asked.folder), "ROMSAI_BACKUP_KEY": asked.public}
    for wrong, why in (
        ({"ROMSAI_BACKUP_KEY": ""}, "needs both"), ({"ROMSAI_BACKUP_KEY": "AGE-SECRET-KEY-1X"}, "public key"),
        ({"ROMSAI_BACKUP_TO": str(tmp_path / "none")}, "no such folder"), ({"ROMSAI_BACKUP_TO": str(asked.var)}, "Choose a folder elsewhere"), ({"ROMSAI_BACKUP_DAYS": "a month"}, "number of days"),
    ):  # fmt: skip
        with pytest.raises(CannotStart, match=why):
            Daily.asked(asked.var, to | wrong)
    asked.take(NOON)
    assert Daily.asked(asked.var, {}) is None
    assert not (asked.var / daily.STATE).exists()  # not asked for any more, so nothing is late


def test_the_supervisor_makes_it_beside_its_work_and_rests_after_a_failure(watch, asked):  # noqa: F811
    made, started = watch
    made._back_up()
    assert started == []  # not asked for
    made.daily, made.instance.database_url, made.instance.last_words = asked, None, lambda name: "disk full"
    made._back_up()
    made._back_up()
    assert started == ["backup"]
    made.backup.kill()
    made.backup.wait()
    made._back_up()
    assert (made.backup, started) == (None, ["backup"])
    assert made.look_at_backup - time.monotonic() > supervisor.BACKUP_REST - 60
    made.look_at_backup = 0
    made._back_up()
    assert started == ["backup", "backup"]
