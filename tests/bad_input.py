"""Writes docs/bad-input.md from every list of bad input of the rooms: `python -m tests.bad_input`.

A list is a file `bad_*.yaml` in a folder of tests, beside a `test_bad_*.py` that does what each line says. A line has `wrong` and `told`, and often
`where`; a test module that knows better how its lines are told has a function `rows()` that gives (where, wrong, told).
"""

import importlib
import sys
from pathlib import Path

import yaml

from romsai.launcher import ROOT

PAGE = ROOT / "docs" / "bad-input.md"
HEAD = """# Bad input, and what the person is told

Written by `python -m tests.bad_input` from the lists named below; each line is a test. A form that is not taken comes back with everything that was typed
(status 422, or 409 where two people answered at once, 401 where the session was over); nothing of it is saved. A file that is not taken leaves nothing
behind; of an import the other rows come in. What the person is told is shown in English here and is translated like every sentence.

"""
ABSENT = "There is nothing at this address, or it is not open to you."
TITLES = {
    "tests/baddays/bad_input.yaml": "Forms",
    "romsai/papers/tests/bad_input.yaml": "Uploads: papers of a case",
    "romsai/exchange/tests/bad_input.yaml": "Imports",
    "romsai/exchange/tests/bad_exports.yaml": "Exports",
    "romsai/api/tests/bad_input.yaml": "API",
}


def lists():
    """The lists as paths from the root, those with a title of their own first and in its order."""
    found = {path.relative_to(ROOT).as_posix() for folder in ("romsai", "tests") for path in (ROOT / folder).rglob("bad_*.yaml")}
    return [name for name in TITLES if name in found] + sorted(found - set(TITLES))


def lines(name):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def module(name):
    """The test module that does what the list says; None if there is none."""
    folder = Path(name).parent
    for path in sorted((ROOT / folder).glob("test_bad_*.py")):
        if Path(name).name in path.read_text(encoding="utf-8"):
            return importlib.import_module(".".join([*folder.parts, path.stem]))
    return None


def rows(name):
    """[(where, what is wrong, what the person is told)] of a list."""
    tests = module(name)
    if hasattr(tests, "rows"):
        return tests.rows()
    return [(line.get("where", ""), line["wrong"], told(line)) for line in lines(name)]


def told(line):
    """What the person reads; where it must not be said that something is there at all, the page of the absent."""
    return line.get("told") or (ABSENT if line.get("absent") else "")


def page():
    """The whole page as text."""
    parts, count = [], 0
    for name in lists():
        found = rows(name)
        count += len(found)
        parts.append(f"## {TITLES.get(name, name)} ({len(found)})\n\nFrom `{name}`.\n\n| where | what is wrong | what the person is told |\n|---|---|---|\n")
        parts += [f"| {_cell(where)} | {_cell(wrong)} | {_cell(told)} |\n" for where, wrong, told in found]
        parts.append("\n")
    return HEAD + f"{count} in all.\n\n" + "".join(parts).rstrip("\n") + "\n"


def _cell(text):
    return " ".join(str(text).replace("|", "\\|").split())


def main():
    import django
    from django.utils import translation

    django.setup()
    translation.activate("en")
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"Wrote {PAGE.name}.\n")


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "romsai.settings")
    main()
