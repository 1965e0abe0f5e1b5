"""Reads an uploaded CSV or workbook as rows of text, without trusting it: every limit comes before what it limits.

table = tables.opened(content, reading)      # reading: {} at first, afterwards what `table.reading` said
table.heading                                # ["name", …]
for number, cells in table.rows(): …         # cells: list of str or Wrong
"""

import csv
import io
import itertools
import re
from datetime import date, datetime, time

from romsai.exchange.imports.wrong import Wrong
from romsai.questionnaires.workbook import Problem, unpack

MOST_BYTES = 50 << 20
MOST_ROWS = 200_000
MOST_COLUMNS = 200
MOST_LETTERS = 5_000
MOST_TITLES = 5  # lines above the names of the columns
LOOKED_AT = 64 << 10  # bytes from which encoding and delimiter are guessed
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp874": "Thai (Windows-874, TIS-620)",
    "gb18030": "Chinese (GB18030)",
    "cp1252": "Western (Windows-1252)",
}
DELIMITERS = {",": ",", ";": ";", "\t": "Tab", "|": "|"}
ERRORS = {"#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#N/A", "#NULL!", "#NUM!"}
# What a spreadsheet would work out. A leading quotation mark is how such cells are sent back, so it is taken off again.
_DEFUSED = re.compile(r"^'(?=[=+\-@\t\r])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")

csv.field_size_limit(MOST_BYTES)


def opened(content, reading=None):
    """A Table of the file; raises Wrong. `reading` keeps what was found or chosen before."""
    if not content.strip(b"\0 \r\n\t"):
        raise Wrong("empty_file")
    if len(content) > MOST_BYTES:
        raise Wrong("too_large", most=MOST_BYTES >> 20)
    if content.startswith(b"PK\x03\x04"):
        return Workbook(content, reading or {})
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Wrong("locked_excel" if b"E\0n\0c\0r\0y\0p\0t\0e\0d" in content else "old_excel")
    if content.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"{\\rtf", b"<!DOCTYPE", b"<html")):
        raise Wrong("not_a_table")
    return Text(content, reading or {})


class Table:
    """Heading and rows. `reading` says how it was read, so that it is read so again."""

    heading = ()
    reading = {}

    def rows(self):
        """(number, cells) of each row that holds something; a cell is its text, or the Wrong about it."""
        width = len(self.heading)
        found = 0
        for number, cells in self._lines():
            cells = [cell if isinstance(cell, Wrong) else _cell(cell) for cell in cells]
            if not any(cells):
                continue
            found += 1
            if found > MOST_ROWS:
                raise Wrong("too_many_rows", most=MOST_ROWS)
            extra = cells[width:]
            cells = cells[:width] + [""] * (width - len(cells))
            yield number, [Wrong("too_many_cells"), *cells[1:]] if any(extra) and width else cells

    def _begin(self, cells):
        """Check the heading; columns without a name at its end are no columns."""
        names = [_cell(cell) if not isinstance(cell, Wrong) else "" for cell in cells]
        while names and not names[-1]:
            names.pop()
        if len(names) > MOST_COLUMNS:
            raise Wrong("too_many_columns", most=MOST_COLUMNS)
        seen = set()
        for name in names:
            if name and name.casefold() in seen:
                raise Wrong("heading_twice", name)
            seen.add(name.casefold())
        self.heading = names

    def columns(self, most=200, shown=3):
        """[{"name", "samples"}] for the page on which the columns get their meaning; raises Wrong for a table without rows."""
        samples = [[] for _unused in self.heading]
        lines = 0
        for _number, cells in self.rows():
            lines += 1
            for at, cell in enumerate(cells):
                if not isinstance(cell, Wrong) and cell and len(samples[at]) < shown and cell not in samples[at]:
                    samples[at].append(cell[:80])
            if lines >= most:
                break
        if not lines:
            raise Wrong("no_rows")
        for at, name in enumerate(self.heading):
            if not name and samples[at]:
                raise Wrong("no_heading", column=letter(at))
        return [{"name": name, "samples": found} for name, found in zip(self.heading, samples, strict=True)]


class Text(Table):
    """A CSV in whatever encoding and with whatever delimiter."""

    def __init__(self, content, reading):
        encoding = reading.get("encoding") or guess_encoding(content)
        try:
            # Not strict for what was guessed from the beginning: the cell with the broken letters is told by itself.
            self.text = content.decode(encoding, "replace").removeprefix("\ufeff")
        except (LookupError, UnicodeError):
            raise Wrong("unreadable_text") from None
        if self.text[:LOOKED_AT].count("\ufffd") > len(self.text[:LOOKED_AT]) / 50:
            raise Wrong("unreadable_text")
        delimiter = reading.get("delimiter") or guess_delimiter(self.text[:LOOKED_AT])
        self.reading = {"format": "csv", "encoding": encoding, "delimiter": delimiter}
        first = _names(self._parsed())
        if first is None:
            raise Wrong("empty_file")
        self.first = first[0]
        self._begin(first[1])

    def _parsed(self):
        lines = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.reading["delimiter"], strict=True)
        number, before = 0, 0
        while True:
            try:
                cells = next(lines)
            except StopIteration:
                return
            except csv.Error:
                raise Wrong("broken_quotes", row=before + 1) from None
            number, before = before + 1, lines.line_num  # a row of several lines is counted where it begins
            if any(cell.strip() for cell in cells):
                yield number, cells

    def _lines(self):
        for number, cells in self._parsed():
            if number > self.first:
                yield number, [Wrong("formula", cell) if cell.lstrip().startswith("=") else cell for cell in cells]


class Workbook(Table):
    """The first sheet of an .xlsx that has rows, or the one that was chosen."""

    def __init__(self, content, reading):
        import openpyxl

        try:
            clean = unpack(content, most=MOST_BYTES)
            self.book = openpyxl.load_workbook(io.BytesIO(clean), read_only=True)
        except Problem as problem:
            raise Wrong("bad_workbook", reason=str(problem)) from None
        except Exception:  # noqa: BLE001 openpyxl raises whatever its parser met
            raise Wrong("bad_workbook", reason="") from None
        self.sheets = [sheet.title for sheet in self.book.worksheets]
        wanted = reading.get("sheet")
        for name in [wanted] if wanted in self.sheets else self.sheets:
            self.sheet = self.book[name]
            self.reading = {"format": "xlsx", "sheet": name}
            first = _names(self._parsed())
            if first:
                break
        else:
            raise Wrong("no_sheet")
        _refuse_merged(clean, self.sheets.index(self.reading["sheet"]))
        self.first = first[0]
        self._begin(first[1])

    def _parsed(self):
        try:
            for number, row in enumerate(self.sheet.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
                if number > 2 * MOST_ROWS:
                    raise Wrong("too_many_rows", most=MOST_ROWS)
                cells = [_of_sheet(cell) for cell in row]
                if any(cells):
                    yield number, cells
        except Wrong:
            raise
        except Exception:  # noqa: BLE001 openpyxl raises whatever its parser met
            raise Wrong("bad_workbook", reason="") from None

    def _lines(self):
        return ((number, cells) for number, cells in self._parsed() if number > self.first)


def _names(lines):
    """The line with the names of the columns: the first, or the one below a title, which is a line or more with one cell alone.

    A title is one only where two lines of several cells follow: else a list of one column would lose its first rows.
    """
    begin = list(itertools.islice(lines, MOST_TITLES + 2))
    filled = [sum(isinstance(cell, Wrong) or bool(cell.strip()) for cell in cells) > 1 for _number, cells in begin]
    at = filled.index(True) if True in filled else 0
    return begin[at if all(filled[at : at + 2]) and len(filled) > at + 1 else 0] if begin else None


def _of_sheet(cell):
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return Wrong("formula", value if isinstance(value, str) else "=")
    if cell.data_type == "e" or (isinstance(value, str) and value in ERRORS):
        return Wrong("excel_error", value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _refuse_merged(packed, at):
    """openpyxl's streaming reader does not tell of merged cells, so the sheet's own words are looked at."""
    import zipfile

    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        for name in (f"xl/worksheets/sheet{at + 1}.xml",):
            if name in archive.namelist() and (found := re.search(rb'<mergeCell\s+ref="([A-Z0-9:]+)"', archive.read(name))):
                raise Wrong("merged_cells", where=found[1].decode())


def _cell(text):
    text = _DEFUSED.sub("", text.strip())
    if len(text) > MOST_LETTERS:
        return Wrong("cell_too_long", text, most=MOST_LETTERS)
    if _CONTROL.search(text):
        return Wrong("invisible", _CONTROL.sub("?", text))
    return text


def letter(at):
    """A, B, … AA: how a spreadsheet names its columns."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name


def guess_encoding(content):
    """The likeliest of ENCODINGS, by marks, by what the bytes allow, and by which letters may follow which."""
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    begin = content[:LOOKED_AT]
    if begin.count(0) > len(begin) / 4:
        return "utf-16-le" if begin[1::2].count(0) > begin[::2].count(0) else "utf-16-be"
    for cut in range(4):  # the last letter of the piece may be half a letter
        try:
            begin[: len(begin) - cut].decode("utf-8")
            return "utf-8"
        except UnicodeDecodeError:
            continue
    return "cp874" if _reads_as_thai(begin) else "gb18030" if _reads_as_chinese(begin) else "cp1252"


def _reads_as_thai(content):
    """In Thai a vowel mark or tone follows a consonant; in other text read as Thai it follows anything."""
    text = content.decode("cp874", "replace")
    letters = len(re.findall("[\u0e01-\u0e5b]", text))
    marks = re.findall("(.)[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]", text)
    fitting = sum("\u0e01" <= before <= "\u0e4e" for before in marks)
    strange = text.count("\ufffd") + len(re.findall("[^\x00-\x7f\u0e01-\u0e5b]", text))
    return letters > 1 and bool(marks) and fitting >= 0.95 * len(marks) and strange <= letters / 20


def _reads_as_chinese(content):
    text = content[: len(content) - 1].decode("gb18030", "replace")
    high = [c for c in text if c > "\x7f"]
    return bool(high) and sum("\u4e00" <= c <= "\u9fff" or c in "，。、（）：；　" for c in high) >= 0.9 * len(high)


def guess_delimiter(text):
    """The one that cuts most lines into the same number of cells."""
    lines = [re.sub(r'"[^"]*"', '""', line) for line in text.splitlines()[:50] if line.strip()]
    best, mark = ",", (0, 0)
    for delimiter in DELIMITERS:
        counts = [line.count(delimiter) for line in lines[:-1] or lines]
        usual = max(set(counts), key=counts.count, default=0)
        if usual and (counts.count(usual) / len(counts), usual) > mark:
            best, mark = delimiter, (counts.count(usual) / len(counts), usual)
    return best
