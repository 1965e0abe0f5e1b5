"""The lock files: complete, and without the name of any machine."""

import re
import tomllib

import pytest

from romsai.launcher import ROOT

LOCKS = {"requirements.lock": [], "requirements-dev.lock": ["dev"], "requirements-uv.lock": None}


def name_of(requirement):
    return re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_a_hash_for_every_package_and_no_address(lock):
    text = (ROOT / lock).read_text()
    packages = re.split(r"\n(?=\S)", text.strip())

    assert [part for part in packages if "--hash=sha256:" not in part] == []
    assert re.findall(r"https?:|file:|index-url|find-links|@", text) == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_dependency_is_locked(lock):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"] + [
        requirement for group in LOCKS[lock] for requirement in project["dependency-groups"][group]
    ]
    locked = {name_of(line) for line in (ROOT / lock).read_text().splitlines() if line[:1].isalnum()}

    assert {name_of(requirement) for requirement in wanted} - locked == set(), "run `make lock`"


def test_every_dependency_is_explained():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"] + [requirement for group in project["dependency-groups"].values() for requirement in group]
    rows = [line for line in (ROOT / "docs" / "dependencies.md").read_text().splitlines() if line.startswith("| ")]
    explained = {name_of(name.strip()) for row in rows for name in row.split("|")[1].split(",")}

    assert {name_of(requirement) for requirement in wanted} - explained == set()
