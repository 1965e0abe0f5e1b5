"""Opens a file that somebody sent, away from everything else: a process of its own with little memory and time and no secrets.

    python -I cleaning.py picture|pdf|office|audio ENDING < file > answer

The answer is `ok` and the cleaned file, or `no` and a code of `formats.SENTENCES`, after one line. Whatever else happens,
a crash or too much memory, is for the caller a file that cannot be opened. Imports nothing of Romsai.
"""

import io
import resource
import struct
import sys
import zipfile
import zlib

MEMORY = 1 << 30  # bytes: a picture of 25 million points in four colours, and once more while it is turned
SECONDS = 20  # of processor time
MOST_POINTS = 25_000_000
MOST_UNPACKED = 200_000_000
MOST_ENTRIES = 2_000
MOST_RATIO = 100
SMALL_ENTRY = 1_000_000  # an entry below this may be packed as tightly as it likes
OFFICE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


class No(Exception):
    """The code of a sentence."""


def main(kind, ending):
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file
    content = sys.stdin.buffer.read()
    try:
        answer = b"ok\n" + {"picture": picture, "pdf": pdf, "office": office, "audio": audio}[kind](content, ending)
    except No as refusal:
        answer = f"no\n{refusal}".encode()
    sys.stdout.buffer.write(answer)


def picture(content, ending):
    """Decoded and drawn anew: no EXIF, no place, no thumbnail, nothing behind its end. Turned as the camera meant it."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # counted below, before anything is decoded
    form = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}[ending]
    try:
        opened = Image.open(io.BytesIO(content), formats=[form])
        if opened.width * opened.height > MOST_POINTS:
            raise No("POINTS")
        opened.load()
        turned = ImageOps.exif_transpose(opened)
        drawn = turned.convert("RGBA" if form != "JPEG" and "A" in turned.getbands() else "L" if turned.mode == "L" else "RGB")
    except (OSError, SyntaxError, ValueError, struct.error, EOFError) as broken:
        raise No("DAMAGED") from broken
    clean = Image.new(drawn.mode, drawn.size)
    clean.paste(drawn)
    out = io.BytesIO()
    clean.save(out, form, **{"JPEG": {"quality": 88, "optimize": True}, "PNG": {}, "WEBP": {"quality": 88}}[form])
    return out.getvalue()


def pdf(content, ending):
    """Written anew without scripts, attachments, forms that act, and what opens by itself."""
    import pikepdf

    if not content.startswith(b"%PDF-"):
        raise No("DIFFERENT")
    try:
        with pikepdf.open(io.BytesIO(content)) as paper:
            if paper.is_encrypted:
                raise No("LOCKED")
            if not len(paper.pages):
                raise No("DAMAGED")
            _disarm(paper)
            out = io.BytesIO()
            paper.save(out)
    except pikepdf.PasswordError as locked:
        raise No("LOCKED") from locked
    except pikepdf.PdfError as broken:
        raise No("DAMAGED") from broken
    return out.getvalue()


ACTS = (
    "/AA",
    "/OpenAction",
    "/JS",
    "/JavaScript",
    "/EmbeddedFiles",
    "/EmbeddedFile",
    "/EF",
    "/AF",
    "/XFA",
    "/RichMediaContent",
    "/Collection",
)
ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/ImportData",
    "/SubmitForm",
    "/GoToR",
    "/GoToE",
    "/Rendition",
    "/Movie",
    "/Sound",
    "/RichMediaExecute",
}
LEAVES = ("/Metadata", "/PieceInfo")  # who wrote it, with what, where


def _disarm(paper):
    import pikepdf

    for thing in paper.objects:
        if isinstance(thing, pikepdf.Stream):
            thing = thing.stream_dict
        if isinstance(thing, pikepdf.Dictionary):
            _disarm_one(thing, pikepdf)
    _disarm_one(paper.Root, pikepdf)
    if "/Info" in paper.trailer:
        del paper.trailer["/Info"]


def _disarm_one(holder, pikepdf, depth=0):
    """One dictionary and those written inside it; what it points to is visited by itself."""
    if depth > 50:
        raise No("DAMAGED")
    for name in (*ACTS, *LEAVES):
        if name in holder:
            del holder[name]
    if str(holder.get("/S", "")) in ACTIONS:
        for name in list(holder.keys()):
            del holder[name]
        return
    for name in list(holder.keys()):
        inner = holder[name]
        for one in inner if isinstance(inner, pikepdf.Array) else [inner]:
            if isinstance(one, pikepdf.Dictionary) and not one.is_indirect:
                _disarm_one(one, pikepdf, depth + 1)


def office(content, ending):
    """Looked at entry by entry, from its table of contents, before anything is unpacked. Kept as it is."""
    if not content.startswith(b"PK\x03\x04"):
        raise No("DIFFERENT")
    try:
        book = zipfile.ZipFile(io.BytesIO(content))
        entries = book.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, struct.error) as broken:
        raise No("DAMAGED") from broken
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names or OFFICE[ending] not in names:
        raise No("DIFFERENT")
    if len(entries) > MOST_ENTRIES or len(names) < len(entries) or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise No("BOMB")
    for entry in entries:
        name = entry.filename.lower()
        if entry.flag_bits & 1 or entry.filename.startswith("/") or ".." in name.split("/") or "\\" in name:
            raise No("DAMAGED")
        if entry.file_size > SMALL_ENTRY and entry.file_size > MOST_RATIO * max(1, entry.compress_size):
            raise No("BOMB")
        if name.endswith((".bin", ".exe", ".dll", ".js", ".vbs")) and "printersettings" not in name:
            raise No("MACROS")
        if "/embeddings/" in name or "/activex/" in name or name.endswith((".zip", ".docx", ".xlsx", ".docm", ".xlsm")):
            raise No("MACROS")
    try:
        unpacked = 0
        for entry in entries:  # the table of contents may lie: count what really comes out
            with book.open(entry) as part:
                while piece := part.read(1 << 16):
                    unpacked += len(piece)
                    if unpacked > MOST_UNPACKED:
                        raise No("BOMB")
        if b"macroEnabled" in book.read("[Content_Types].xml"):
            raise No("MACROS")
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as broken:
        raise No("DAMAGED") from broken
    return content


def audio(content, ending):
    """Without what a telephone writes beside the sound: place, owner, device, pictures. The sound itself is as it was."""
    return {"mp3": _mp3, "m4a": _m4a, "wav": _wav, "ogg": _ogg, "opus": _ogg}[ending](content)


def _mp3(content):
    if content[:3] == b"ID3":
        size = content[6:10]
        if len(size) < 4 or any(byte & 0x80 for byte in size):
            raise No("DAMAGED")
        content = content[10 + sum(byte << shift for byte, shift in zip(size, (21, 14, 7, 0), strict=True)) :]
    if content[-128:-125] == b"TAG":
        content = content[:-128]
    content = content.lstrip(b"\0")
    if len(content) < 4 or content[0] != 0xFF or content[1] & 0xE6 != 0xE2:  # frame sync, layer III
        raise No("DIFFERENT")
    return content


def _wav(content):
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise No("DIFFERENT")
    kept, at = {}, 12
    while at + 8 <= len(content):
        name, size = struct.unpack("<4sI", content[at : at + 8])
        if name in (b"fmt ", b"data", b"fact"):
            kept.setdefault(name, content[at + 8 : at + 8 + size])
        at += 8 + size + size % 2
    if b"fmt " not in kept or not kept.get(b"data"):
        raise No("DAMAGED")
    body = b"".join(name + struct.pack("<I", len(part)) + part + b"\0" * (len(part) % 2) for name, part in kept.items())
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


FOLDERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf")
SOUND_ONLY = (b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso2", b"iso5", b"iso6", b"3gp4", b"3gp5", b"qt  ", b"dash")


def _m4a(content):
    """Boxes of facts are emptied where they stand, so that nothing that points into the file moves."""
    if content[4:8] != b"ftyp" or content[8:12] not in SOUND_ONLY:
        raise No("DIFFERENT")
    clean = bytearray(content)
    names = _walk_boxes(clean, 0, len(clean), 0)
    if b"moov" not in names or b"mdat" not in names:
        raise No("DAMAGED")
    if b"vide" in names:
        raise No("KIND")
    return bytes(clean)


def _walk_boxes(clean, at, end, depth):
    names = set()
    if depth > 12:
        raise No("DAMAGED")
    while at + 8 <= end:
        size, name = struct.unpack(">I4s", clean[at : at + 8])
        head = 8
        if size == 1 and at + 16 <= end:
            size, head = struct.unpack(">Q", clean[at + 8 : at + 16])[0], 16
        size = size or end - at
        if size < head or at + size > end:
            raise No("DAMAGED")
        names.add(name)
        if name == b"hdlr":
            names.add(bytes(clean[at + head + 8 : at + head + 12]))
        if name in (b"udta", b"meta", b"uuid", b"free", b"skip"):
            clean[at + 4 : at + 8] = b"free"
            clean[at + head : at + size] = bytes(size - head)
        elif name in FOLDERS:
            names |= _walk_boxes(clean, at + head, at + size, depth + 1)
        at += size
    return names


def _ogg(content):
    """Ogg pages stand under checksums of their own; its comments name the program and the song, and are left."""
    if content[:4] != b"OggS" or not any(mark in content[:128] for mark in (b"OpusHead", b"\x01vorbis", b"Speex   ")):
        raise No("DIFFERENT")
    return content


if __name__ == "__main__":
    main(*sys.argv[1:3])
