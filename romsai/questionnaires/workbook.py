"""Opens an uploaded .xlsx without trusting it: every limit is checked before anything larger is unpacked."""

import io
import re
import zipfile

from .expressions import ExpressionError, gettext_noop

MAX_FILE = 20 << 20  # bytes as uploaded
MAX_UNPACKED = 200 << 20
MAX_RATIO = 100
MAX_ENTRIES = 2_000
MAX_ROWS = {"survey": 5_000, "choices": 50_000, "settings": 100}
MAX_COLUMNS = 300
ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"\xd0\xcf\x11\xe0")
# openpyxl and pyxform read only these; pictures, macros and printer settings stay behind.
WANTED = re.compile(r"(\[Content_Types\]\.xml|_rels/\.rels|docProps/\w+\.xml|xl/[\w/.-]+\.(xml|rels)|xl/_rels/[\w.-]+\.rels)")


class Problem(Exception):
    """One thing wrong with a form: where (sheet and row, if known) and what, as a sentence for translation."""

    def __init__(self, message, sheet="", row=0, **params):
        super().__init__(message % params)
        self.message, self.sheet, self.row, self.params = message, sheet, row, params

    def as_json(self):
        return {"message": self.message, "sheet": self.sheet, "row": self.row, "params": _plain(self.params)}


def _plain(params):
    """Parameters as JSON; a sentence inside a sentence keeps its own parameters, so that both can be translated."""
    return {
        key: {"message": value.message, "params": _plain(value.params)}
        if isinstance(value, ExpressionError)
        else value
        if isinstance(value, int | dict)
        else str(value)
        for key, value in params.items()
    }


def unpack(content, most=MAX_FILE):
    """The same workbook packed anew from its checked XML parts alone; raises Problem. `most`: bytes as uploaded.

    The sizes that an archive declares may lie, so each part is unpacked here piece by piece up to the limit, and only
    what was read is handed on.
    """
    if len(content) > most:
        raise Problem(gettext_noop("The file is larger than 20 MB."))
    not_a_workbook = gettext_noop("This is not an Excel workbook (.xlsx). Save the form as .xlsx and upload it again.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, IndexError, UnicodeError):
        raise Problem(not_a_workbook) from None
    if "xl/workbook.xml" not in archive.namelist():
        raise Problem(not_a_workbook)
    if len(entries) > MAX_ENTRIES or len(set(archive.namelist())) != len(entries):
        raise Problem(gettext_noop("The workbook has too many parts inside. Copy the sheets into a new workbook."))
    too_large = gettext_noop("The workbook unpacks to far more than a form needs. Copy the sheets into a new workbook.")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise Problem(too_large)
    if any(entry.file_size > MAX_RATIO * max(entry.compress_size, 1) for entry in entries):
        raise Problem(too_large)
    clean, total = io.BytesIO(), 0
    with zipfile.ZipFile(clean, "w", zipfile.ZIP_STORED) as packed:
        for entry in entries:
            if not WANTED.fullmatch(entry.filename):
                continue
            part = _read(archive, entry, min(MAX_UNPACKED - total, MAX_RATIO * max(entry.compress_size, 1)), too_large)
            total += len(part)
            if part.startswith(ARCHIVES):
                raise Problem(gettext_noop("The workbook contains another file. Copy the sheets into a new workbook."))
            if b"\0" in part or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
                raise Problem(gettext_noop("The workbook contains XML that Excel does not write. Save it anew in Excel."))
            packed.writestr(entry.filename, part)
    return clean.getvalue()


def _read(archive, entry, most, too_large):
    parts, length = [], 0
    try:
        with archive.open(entry) as stream:
            while piece := stream.read(1 << 16):
                parts.append(piece)
                length += len(piece)
                if length > most:
                    raise Problem(too_large)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise Problem(gettext_noop("The workbook is damaged: %(error)s. Save it anew in Excel."), error=error) from None
    except zipfile.zlib.error:
        raise Problem(gettext_noop("The workbook is damaged. Save it anew in Excel.")) from None
    return b"".join(parts)


def sheets(content):
    """{sheet: [(row number, {column: text})]} of a checked workbook; columns in lower case, empty rows left out."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return {name: list(_rows(book[sheet], name)) for sheet in book.sheetnames if (name := sheet.strip().lower()) in MAX_ROWS}
    except Problem:
        raise
    except Exception as error:  # noqa: BLE001 openpyxl raises whatever its parser met
        raise Problem(gettext_noop("The workbook cannot be read: %(error)s."), error=error) from None


def _rows(sheet, name):
    columns = None
    filled = 0
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        # Sheets can declare a million empty rows, so rows are counted by what they hold, and read only so far.
        if number > 20 * MAX_ROWS[name]:
            raise Problem(gettext_noop("The sheet has too many empty rows."), sheet=name, row=number)
        values = [str(cell).strip() if cell is not None else "" for cell in cells]
        if not any(values):
            continue
        if len(values) > MAX_COLUMNS and any(values[MAX_COLUMNS:]):
            raise Problem(
                gettext_noop("The sheet has more than %(most)d columns."),
                sheet=name,
                row=number,
                most=MAX_COLUMNS,
            )
        if columns is None:
            columns = [value.lower() for value in values]
            continue
        filled += 1
        if filled > MAX_ROWS[name]:
            raise Problem(
                gettext_noop("The sheet has more than %(most)d rows."),
                sheet=name,
                row=number,
                most=MAX_ROWS[name],
            )
        yield (
            number,
            {column: value for column, value in zip(columns, values, strict=False) if column and value},
        )
