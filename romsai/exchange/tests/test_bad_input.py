"""Every line of bad_input.yaml is sent, and the person is told what stands there; the good rows beside it still come in."""

import io
import re
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import yaml

from romsai.core import access
from romsai.core.actions import Refused
from romsai.exchange.imports import tables
from romsai.exchange.imports.wrong import WORDS, sentence
from romsai.exchange.tests import arrange
from romsai.places.models import Area

LINES = yaml.safe_load(Path(__file__).with_name("bad_input.yaml").read_text(encoding="utf-8"))
WHO = {"persons": "manager", "cases": "manager", "facilities": "admin", "areas": "admin"}


def workbook(*lines, change=None):
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    if change:
        change(book.active)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def zipped(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def made(name, world):
    """The file of that name, and what must be there before it is sent."""
    if name in ("two_towns", "ended_area"):
        with access.system():
            for number, (called, until) in enumerate(
                {"two_towns": [("Twin", None), ("Twin", None)], "ended_area": [("Gone", date(2020, 1, 1))]}[name]
            ):
                Area.objects.create(pcode=f"XX019{number}", name=called, level=2, parent=world.north, country="XXX", valid_until=until)
        return arrange.text("name,district", f"Keo,{called}", "Mai,Town")
    return {
        "old_excel": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "locked_excel": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + bytes(600),
        "bomb": lambda: zipped(**{"xl/workbook.xml": "<a/>", "xl/worksheets/sheet1.xml": " " * 3_000_000}),
        "archive": lambda: zipped(**{"names.txt": "Keo"}),
        "merged": lambda: workbook(["name", "sex"], ["Keo", "F"], [None, "M"], change=lambda sheet: sheet.merge_cells("A2:A3")),
        "wide": lambda: (",".join(f"c{n}" for n in range(201)) + "\n" + ",".join("x" * 201)).encode(),
        "large": lambda: b"name\n" + b"x" * (tables.MOST_BYTES + 1),
        "same_again": lambda: arrange.text("name", "Keo"),
        "formula": lambda: workbook(["name", "sex"], ["=A1", "F"], ["Mai", "F"]),
        "excel_error": lambda: workbook(["name", "sex"], ["#REF!", "F"], ["Mai", "F"]),
        "long": lambda: arrange.text("name,address", "Keo," + "x" * 6000, "Mai,Town"),
    }[name]()


@pytest.mark.parametrize("line", LINES, ids=[line["wrong"].replace(" ", "_") for line in LINES])
def test_what_is_wrong_is_told_and_the_rest_comes_in(world, line):
    by = getattr(world, WHO[line["kind"]])
    content = made(line["made"], world) if "made" in line else line["file"].encode()
    if line.get("made") == "same_again":
        arrange.uploaded(line["kind"], content, by)
    if "row" not in line:
        with pytest.raises(Refused) as told:
            arrange.uploaded(line["kind"], content, by)
        assert line["told"] in str(told.value)
        return
    upload = arrange.done(line["kind"], content, by)
    with access.system():
        (row,) = upload.rows.filter(state="BAD")
        assert row.number == line["row"]
        assert [kept["column"] for kept in row.wrong] == [line.get("column", "")]
        assert line["told"] in sentence(row.wrong[0])
        assert row.given is not None
    assert arrange.counts(upload)["DONE"] >= 1


NOT_SENT = {
    "too_many_rows",
    "no_sheet",
    "unreadable_text",
    "number",
    "yes_no",
    "area_code_taken",
    "area_parent",
    "area_before",
    "unsaved",
    "refused",
}


def test_every_mistake_that_has_words_is_sent_or_named_here():
    told = "\n".join(line["told"] for line in LINES)
    untold = set()
    for code, (what, instead) in WORDS.items():
        sentences = [re.sub(r"%\\\(\w+\\\)s", ".*", re.escape(text)) for text in (what, instead) if text]
        if not any(re.search(sentence, told) for sentence in sentences if sentence != ".*"):
            untold.add(code)
    assert untold <= NOT_SENT, untold - NOT_SENT


ENCODED = [
    ("utf-8-sig", "ชื่อ,เพศ\nสมหมาย ใจดี,หญิง", "สมหมาย ใจดี"),
    ("utf-16", "ชื่อ,เพศ\nสมหมาย ใจดี,หญิง", "สมหมาย ใจดี"),
    ("utf-16-le", "name,sex,note\nSokha Chan,F,សុខា ចាន់", "Sokha Chan"),
    ("cp874", "ชื่อ,เพศ,หมายเหตุ\nสมหมาย ใจดี,หญิง,อยู่กับยายที่บ้าน\nวิชัย ดีงาม,ชาย,ไม่ได้เรียนหนังสือ", "สมหมาย ใจดี"),
    ("gb18030", "姓名,性别,备注\n王小明,女,住在外婆家里\n李雷,男,没有上学", "王小明"),
    ("cp1252", "name,sex\nJosé Niño,M", "José Niño"),
]


@pytest.mark.parametrize(("encoding", "content", "name"), ENCODED, ids=[encoding for encoding, _content, _name in ENCODED])
def test_a_file_is_read_in_the_letters_it_was_written_in(world, encoding, content, name):
    from romsai.people.models import Name

    upload = arrange.done("persons", content.encode(encoding), world.manager)
    assert arrange.wrong(upload) == {}
    with access.system():
        assert name in {str(row.full) for row in Name.objects.all()}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_whatever_stands_between_cells_is_found(world, delimiter):
    lines = [["name", "sex", "village"], ["Keo", "F", "Ban Na, by the river" if delimiter != "," else "Ban Na"], ["Mai", "F", "Ban Nua"]]
    upload = arrange.done("persons", "\n".join(delimiter.join(line) for line in lines).encode(), world.manager)
    assert arrange.counts(upload) == {"DONE": 2}


def test_a_workbook_comes_in_like_a_csv_with_its_dates(world):
    from romsai.people.models import Person

    content = workbook(
        ["Name", "Date of birth", "Phone"],
        ["Keo Invented", date(2012, 3, 27), 85620555123],
        [None, None, None],
        ["Mai Invented", "27/3/2555", None],
    )
    upload = arrange.done("persons", content, world.manager)
    assert arrange.counts(upload) == {"DONE": 2}
    with access.system():
        assert {(p.birth_year, p.birth_month, p.birth_day) for p in Person.objects.all()} == {(2012, 3, 27)}
