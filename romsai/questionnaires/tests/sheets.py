"""Builds the bytes of an XLSForm from rows, for tests."""

import io

import openpyxl


def xlsform(survey, choices=(), settings=()):
    """`survey`, `choices`, `settings`: rows, the first of each its column names."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in (("survey", survey), ("choices", choices), ("settings", settings)):
        if rows:
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(list(row))
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()
