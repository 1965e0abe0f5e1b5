"""The code lists of the country and the words shown for their codes.

Lists are versioned files in `codelists/`, their draft translations in `labels/`; what an administrator changes or approves
stands in the table `Label` and wins. `get("risk_level").label("HIGH")` is a word in the reader's language.
"""

import time
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml
from django.utils.translation import get_language

FOLDER = Path(__file__).parent / "codelists"
WORDS = Path(__file__).parent / "labels"
REVIEWED = "en"  # the language of the lists themselves: whatever else is missing is read in it
REREAD_AFTER = 30  # seconds until another process shows a label that was changed in this one


class Shown(NamedTuple):
    """What a reader gets: the text, the language it is really in, and whether nobody has reviewed it yet."""

    text: str
    language: str
    is_draft: bool


class CodeList:
    """One list: its codes in order, every field of each, and its words in a language."""

    def __init__(self, source):
        self.name, self.title, self.version = source["list"], source["title"], source["version"]
        self.items = {item["code"]: item for item in source["items"]}

    def __contains__(self, code):
        return code in self.items

    def __iter__(self):
        return iter(self.items)

    def __len__(self):
        return len(self.items)

    @property
    def codes(self):
        """Codes in the order of the list."""
        return list(self.items)

    @property
    def is_protected(self):
        """True where a wrong word can hurt a child: no unreviewed translation is ever shown."""
        return self.name in protected()

    def item(self, code):
        """All fields of a code as a dict; KeyError for a code that is not in the list."""
        return self.items[code]

    def shown(self, code, language=None):
        """The word for a code with the language it is in. A code that the list does not know is shown as it is."""
        language = language or get_language() or REVIEWED
        changed = _changed()
        for tongue in dict.fromkeys([language, language.split("-")[0], REVIEWED]):
            for text, is_draft in (
                changed.get((self.name, code, tongue), (None, False)),
                self.shipped(code, tongue),
            ):
                if text and not (is_draft and self.is_protected):
                    return Shown(text, tongue, is_draft)
        return Shown(code or "", REVIEWED, False)

    def progress(self, language):
        """How many of its words are reviewed in a language, and how many are drafts."""
        states = []
        for code in self.items:
            text, is_draft = _changed().get((self.name, code, language)) or self.shipped(code, language)
            states += [is_draft] if text else []
        return states.count(False), states.count(True)

    def label(self, code, language=None):
        return self.shown(code, language).text

    def choices(self, language=None, *, only=None, empty=None):
        """(code, word) pairs for a form field; `empty` is the word for nothing chosen, if that is a choice."""
        pairs = [(code, self.label(code, language)) for code in self.items if only is None or code in only]
        return pairs if empty is None else [("", empty), *pairs]

    def shipped(self, code, language):
        """The word that ships with Romsai and whether it is a draft; (None, False) if there is none."""
        if language == REVIEWED:
            return (self.items[code]["label"] if code in self.items else None), False
        words = translations(language)
        return words["lists"].get(self.name, {}).get(code), words["state"] != "reviewed"


@cache
def get(name):
    """The list of that name; KeyError if the country has none."""
    path = FOLDER / f"{name}.yaml"
    if not name.isidentifier() or not path.exists():
        raise KeyError(f"There is no code list {name!r}.")
    return CodeList(_read(path))


def names():
    """Names of all lists, in the order of the alphabet."""
    return sorted(path.stem for path in FOLDER.glob("[a-z]*.yaml"))


def label(name, code, language=None):
    """The word for a code of a list in a language, by default the reader's."""
    return get(name).label(code, language)


def shown(name, code, language=None):
    """As `label`, with the language it is in and whether it is a draft."""
    return get(name).shown(code, language)


@cache
def protected():
    """Lists on consent, safety, danger and help, whose drafts are never shown."""
    return frozenset(_read(WORDS / "protected.yaml")["lists"])


@cache
def translations(language):
    """The shipped words of a language: {"state": "draft", "lists": {list: {code: text}}}."""
    files = {path.stem: path for path in WORDS.glob("*.yaml") if path.stem != "protected"}
    return _read(files[language]) if language in files else {"state": "draft", "lists": {}}


def forget():
    """Read the changed labels afresh: called when one was changed."""
    _labels.update(at=None, read={})


_labels = {"at": None, "read": {}}


def _changed():
    now = time.monotonic()
    if _labels["at"] is None or now - _labels["at"] > REREAD_AFTER:
        from .models import Label  # here, because lists are also read where no table exists yet

        rows = Label.objects.values_list("list", "code", "language", "text", "state")
        read = {row[:3]: (row[3], row[4] != Label.State.REVIEWED) for row in rows}
        _labels.update(at=now, read=read)
    return _labels["read"]


def _read(path):
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
