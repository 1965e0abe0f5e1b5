"""From rows to the bytes of a file: CSV, workbook, JSON. What a spreadsheet would take for a formula is made text."""

import csv
import io
import json
import re

# Also as full-width signs, which spreadsheets of China and Japan read the same. Apostrophes before it count, so that one can be taken off again.
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def defused(text):
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if FORMULA.match(text) else text


def as_csv(lines):
    """Lines of texts as CSV: UTF-8 with its mark, all quoted, no formulas."""
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows([[defused(cell) for cell in line] for line in lines])
    return file.getvalue().encode("utf-8-sig")


def as_workbook(lines, *others):
    """The same as a workbook in which every cell is text; others: the lines of further sheets."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    for table in (lines, *others):
        sheet = book.add_worksheet()
        for at, line in enumerate(table):
            for column, cell in enumerate(line):
                sheet.write_string(at, column, defused(cell))
    book.close()
    return file.getvalue()


def as_json(content):
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
