"""What the pages tell operators to type is what the tasks take."""

import re

import pytest

import bootstrap
from romsai.launcher import ROOT

PAGES = [ROOT / "README.md", *(ROOT / "docs" / "how-to").glob("*.md")]
TYPED = sorted({found for page in PAGES for found in re.findall(r'make ([a-z-]+) OPTIONS="([^"]+)"', page.read_text())})


@pytest.mark.parametrize(("task", "options"), [*TYPED, ("restore", "a.romsai backup.key")])
def test_what_the_pages_say_is_handed_on(task, options, monkeypatch):
    handed = []
    for name in ("install", "build"):
        monkeypatch.setattr(bootstrap, name, lambda *_: None, raising=True)
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"):
        monkeypatch.setenv(name, "")  # put back after the test
    monkeypatch.setattr(bootstrap.os, "chdir", lambda folder: None)
    monkeypatch.setattr(bootstrap.os, "execv", lambda program, arguments: handed.extend(arguments))
    bootstrap.main([task, *options.split()])
    assert handed[-len(options.split()) :] == options.split()


def test_backup_and_restore_are_among_them():
    assert {task for task, _options in TYPED} >= {"backup", "restore"}


@pytest.mark.parametrize("wrong", [["run", "fast"], ["nothing"], []])
def test_anything_else_is_answered_with_what_there_is(wrong):
    with pytest.raises(SystemExit, match="python3 bootstrap.py"):
        bootstrap.main(wrong)
