"""What the columns mean: guessed from their headings in several languages, corrected by a person, kept under a name.

A mapping is {"columns": {field: [column number, …]}, "words": {field: {word: code}}, "options": {name: value}}.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Field:
    """Something a row can say. `read(cell, context)` gives its value or raises Wrong; `also`: headings it goes by."""

    name: str
    label: Any
    read: Callable
    also: tuple = ()
    required: bool = False
    many: bool = False  # several columns may say it
    is_vital: bool = False  # a row in which it cannot be read is never taken without it
    choices: Callable | None = None  # (code, word) pairs, where a word of the file may be given a meaning


@dataclass(frozen=True)
class Option:
    """Something said once for all rows. `choices(worker)` gives (value, label) pairs; None makes it a text."""

    name: str
    label: Any
    choices: Callable | None = None
    default: Any = ""
    hint: Any = ""


def plain(heading):
    """A heading as compared: small letters and digits of any script, no marks between words."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    return re.sub(r"[\s_\-./()*:#’'\"]+", "", text)


def guess(kind, headings):
    """{field: [column, …]} for the headings that are known; the closest synonym of each field wins, no column twice."""
    known = [plain(text) for text in headings]
    taken, found = set(), {}
    for exact in (True, False):
        for field in kind.fields:
            if field.name in found and not field.many:
                continue
            names = [plain(text) for text in (field.name, *field.also)]
            for at, heading in enumerate(known):
                fits = heading in names if exact else _contains(heading, names)
                if heading and at not in taken and fits:
                    taken.add(at)
                    found.setdefault(field.name, []).append(at)
                    if not field.many:
                        break
    return found


def _contains(heading, names):
    return any(len(name) > 4 and heading.startswith(name) and re.fullmatch(r"\d*", heading[len(name) :]) for name in names)


def by_headings(mapping, headings):
    """The mapping with headings instead of column numbers, as it is saved."""
    return mapping | {
        "columns": {field: [headings[at] for at in columns if at < len(headings)] for field, columns in mapping["columns"].items()}
    }


def by_numbers(saved, headings):
    """A saved mapping applied to a file: columns whose heading is not there are left out."""
    places = {plain(text): at for at, text in enumerate(headings)}
    columns = {field: [places[plain(text)] for text in names if plain(text) in places] for field, names in saved["columns"].items()}
    return saved | {"columns": {field: found for field, found in columns.items() if found}}
