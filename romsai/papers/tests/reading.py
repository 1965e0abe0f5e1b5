"""Reads a PDF back: the text it shows, by its fonts' own tables, and the glyphs it could not find."""

import io
import re

import pikepdf


def read(data):
    """(text, how many missing glyphs) of all pages, the watermark included. Marks of some scripts come in the order drawn."""
    said, missing = [], 0
    with pikepdf.open(io.BytesIO(data)) as paper:
        for page in paper.pages:
            fonts = {name: _table(font) for name, font in page.Resources.get("/Font", {}).items()}
            text, absent = _page(page, fonts)
            said.append(text)
            missing += absent
    return "\n".join(said), missing


def _table(font):
    """Glyph number -> text, from the font's ToUnicode map."""
    source = bytes(font.ToUnicode.read_bytes()).decode("latin-1")
    found = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", source, re.DOTALL):
        for glyph, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", block):
            found[int(glyph, 16)] = _text(text)
    for block in re.findall(r"beginbfrange(.*?)endbfrange", source, re.DOTALL):
        for first, last, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = chr(int(text, 16) + step)
    return found


def _text(hexadecimal):
    return bytes.fromhex(hexadecimal).decode("utf-16-be")


def _page(page, fonts):
    said, missing, table, marked = [], 0, {}, []
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in ("BDC", "BMC"):
            # Where several glyphs make one cluster, the text stands beside them.
            facts = operands[1] if len(operands) > 1 and isinstance(operands[1], pikepdf.Dictionary) else {}
            marked.append("/ActualText" in facts)
            if marked[-1]:
                said.append(str(facts["/ActualText"]))
        elif name == "EMC":
            marked.pop()
        elif name == "Tf":
            table = fonts[str(operands[0])]
        elif name in ("Tj", "TJ"):
            pieces = operands[0] if name == "TJ" else [operands[0]]
            for raw in (bytes(piece) for piece in pieces if isinstance(piece, pikepdf.String)):
                glyphs = [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]
                missing += glyphs.count(0)
                said += [] if any(marked) else [table.get(glyph, "") for glyph in glyphs]
        elif name in ("ET", "Td", "Tm"):
            said.append(" ")
    return "".join(said), missing
