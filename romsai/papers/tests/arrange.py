"""What the tests of this room start from: files of every kind, good and bad, made here; and a case with a plan and a share."""

import io
import struct
import zipfile
import zlib

import pikepdf
import xlsxwriter
from PIL import Image

from romsai.core import access
from romsai.papers import actions, formats


def picture(form="JPEG", size=(60, 40), **options):
    out = io.BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(out, form, **options)
    return out.getvalue()


def with_place():
    """A photo as a telephone takes it: turned, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "PlantedMaker"
    exif.get_ifd(0x8825).update({1: "N", 2: (17.0, 58.0, 12.0), 3: "E", 4: (102.0, 36.0, 9.0)})
    return picture(exif=exif)


def png_of(width, height):
    """A picture that is small as a file and enormous when it is drawn."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    row = zlib.compressobj(9)
    body = b"".join(row.compress(bytes(1 + width // 8)) for _line in range(height)) + row.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def pdf(**options):
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(300, 300))
        made.save(out, **options)
    return out.getvalue()


def acting_pdf():
    """A PDF with a script that runs when it opens, another on its page, a launched program and a file inside."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        page = made.add_blank_page(page_size=(300, 300))
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert('planted')"))
        made.Root.OpenAction = made.make_indirect(script)
        page.obj.AA = pikepdf.Dictionary(O=script)
        launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("planted.exe"))
        link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=launch)
        page.obj.Annots = pikepdf.Array([made.make_indirect(link)])
        made.attachments["planted.txt"] = b"planted"
        made.docinfo["/Author"] = "planted author"
        made.save(out)
    return out.getvalue()


def locked_pdf():
    return pdf(encryption=pikepdf.Encryption(owner="a", user="b"))


def xlsx():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet().write(0, 0, "marks of the term")
    book.close()
    return out.getvalue()


def docx(**more):
    entries = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "word/document.xml": "<w:document/>", **more,
    }  # fmt: skip
    return zipped(entries)


def zipped(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in entries.items():
            made.writestr(name, body)
    return out.getvalue()


def bomb(name="xl/worksheets/sheet1.xml"):
    """A workbook of about two hundred kilobytes that unpacks to two hundred megabytes."""
    return zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>", name: bytes(201_000_000)})


def liar():
    """A workbook whose table of contents says that its largest part is small."""
    honest = zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>", "xl/big.xml": bytes(30_000_000)})
    return honest.replace(struct.pack("<I", 30_000_000), struct.pack("<I", 900_000))


def wav(sound=b"\0\1" * 400, note=b"planted place"):
    parts = [
        (b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)),
        (b"LIST", b"INFOICMT" + struct.pack("<I", len(note)) + note),
        (b"data", sound),
    ]
    body = b"".join(name + struct.pack("<I", len(part)) + part + b"\0" * (len(part) % 2) for name, part in parts)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


def mp3():
    note = b"planted place"
    frame = b"\xff\xfb\x90\x64" + bytes(413)
    return b"ID3\x04\0\0" + bytes([0, 0, 0, len(note)]) + note + frame * 5 + b"TAG" + b"planted".ljust(125, b"\0")


def box(name, body):
    return struct.pack(">I4s", 8 + len(body), name) + body


def m4a(handler=b"soun"):
    hdlr = box(b"hdlr", bytes(8) + handler + bytes(13))
    told = box(b"udta", box(b"\xa9xyz", b"\0\x15\0\0+17.9700+102.6000/planted"))
    return (
        box(b"ftyp", b"M4A \0\0\0\0M4A mp42")
        + box(b"moov", box(b"mvhd", bytes(100)) + box(b"trak", box(b"mdia", hdlr)) + told)
        + box(b"mdat", bytes(500))
    )


def opus():
    return b"OggS\0\2" + bytes(20) + b"\1\x13OpusHead\1\2" + bytes(40)


GOOD = {
    "jpg": picture, "jpeg": picture, "png": lambda: picture("PNG"), "webp": lambda: picture("WEBP"), "pdf": pdf, "docx": docx, "xlsx": xlsx,
    "mp3": mp3, "m4a": m4a, "ogg": opus, "opus": opus, "wav": wav,
}  # fmt: skip


def kept(w, case, *, kind="BIRTH", name="front page", file="paper.pdf", data=None, by=None, **facts):
    """A paper of Kham's."""
    by = by or w.kham
    content = formats.take(file, pdf() if data is None else data, keep_original=kind in ("COURT", "POLICE", "EVIDENCE"))
    with access.acting(by):
        return actions.add(case, by=by, kind=kind, content=content, name=name, **facts)
