"""Writes the forms that ship with Romsai: `python -m romsai.questionnaires.forms.write`.

Every text stands here in English, Thai and Lao. Thai and Lao are machine-made drafts and say so in the settings; what asks
about danger, consent or help is marked `careful` and is shown in English until a person has reviewed the translation.
A country changes a form by uploading its own workbook; these are where to begin.
"""

import datetime as dt
from contextlib import contextmanager
from pathlib import Path

import xlsxwriter

from romsai.questionnaires.forms import content

HERE = Path(__file__).parent
LANGUAGES = {"en": "English (en)", "th": "ไทย (th)", "lo": "ລາວ (lo)"}
DRAFTS = "th lo"
WORDED = ("label", "hint", "constraint_message", "required_message")
PLAIN = (
    "type",
    "name",
    "required",
    "relevant",
    "constraint",
    "calculation",
    "choice_filter",
    "appearance",
    "default",
    "parameters",
)
OWN = {"sensitivity": "cp::sensitivity", "careful": "cp::reviewed"}
MADE = dt.datetime(2026, 11, 1)  # a fixed day, so that the same content gives the same file


class Workbook:
    """One form: rows are added in the order in which they are asked."""

    def __init__(self, code, title):
        self.code, self.title, self.rows, self.lists = code, title, [], {}

    def ask(self, kind, name, label, *, choices=None, **columns):
        """A question. `label` and other texts are (English, Thai, Lao); `choices` names a list of `content.LISTS`."""
        if choices:
            kind = f"{kind} {choices}"
            self.lists[choices] = content.LISTS[choices]
        self.rows.append({"type": kind, "name": name, "label": label, **columns})

    def one(self, name, label, choices, **columns):
        self.ask("select_one", name, label, choices=choices, **columns)

    def many(self, name, label, choices, **columns):
        self.ask("select_multiple", name, label, choices=choices, **columns)

    def words(self, name, label, **columns):
        self.ask("text", name, label, appearance="multiline", **columns)

    def note(self, name, label, **columns):
        self.ask("note", name, label, **columns)

    def work_out(self, name, calculation, **columns):
        self.rows.append({"type": "calculate", "name": name, "calculation": calculation, **columns})

    @contextmanager
    def page(self, name, label, kind="group", **columns):
        self.rows.append({"type": f"begin {kind}", "name": name, "label": label, **columns})
        yield
        self.rows.append({"type": f"end {kind}"})

    def save(self, folder):
        path = folder / f"{self.code}.xlsx"
        book = xlsxwriter.Workbook(str(path))
        book.set_properties({"created": MADE, "title": self.title[0]})
        bold = book.add_format({"bold": True})
        for sheet, rows in (
            ("survey", self.survey()),
            ("choices", self.choices()),
            ("settings", self.settings()),
        ):
            page = book.add_worksheet(sheet)
            page.freeze_panes(1, 0)
            page.set_column(0, len(rows[0]), 22)
            for at, row in enumerate(rows):
                page.write_row(at, 0, row, bold if at == 0 else None)
        book.close()
        return path

    def survey(self):
        columns = [column for column in (*PLAIN, *OWN) if any(column in row for row in self.rows)]
        worded = [column for column in WORDED if any(column in row for row in self.rows)]
        head = [OWN.get(column, column) for column in columns]
        head += [f"{column}::{language}" for column in worded for language in LANGUAGES.values()]
        body = [
            [_cell(row.get(column, "")) for column in columns] + [text for column in worded for text in (row.get(column) or ("", "", ""))]
            for row in self.rows
        ]
        return [head, *body]

    def choices(self):
        head = ["list_name", "name", *(f"label::{language}" for language in LANGUAGES.values())]
        return [
            head,
            *([name, code, *label] for name, listed in self.lists.items() for code, label in listed.items()),
        ]

    def settings(self):
        head = [
            "form_title",
            "form_id",
            "default_language",
            "cp::drafts",
            *(f"cp::title::{LANGUAGES[code]}" for code in ("th", "lo")),
        ]
        return [head, [self.title[0], self.code, LANGUAGES["en"], DRAFTS, *self.title[1:]]]


def _cell(value):
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


def write(folder=HERE):
    """Write every shipped form into the folder; returns the paths."""
    books = []
    for fill, code, title in content.FORMS:
        book = Workbook(code, title)
        fill(book)
        books.append(book.save(folder))
    return books


if __name__ == "__main__":
    for written in write():
        print(written.name)
