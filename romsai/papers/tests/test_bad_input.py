"""Every bad file of bad_input.yaml, sent to the real page: nothing is kept, and the person is told what to do."""

import io
import socketserver
import threading
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.utils import timezone

from romsai.core import access
from romsai.papers import formats
from romsai.papers.models import PAPERS
from romsai.papers.tests import arrange
from tests import world as build
from tests.house.test_doors import sign_in

LINES = yaml.safe_load(Path(__file__).with_name("bad_input.yaml").read_text())
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

MADE = {
    "empty": lambda: b"",
    "nothing": lambda: b"",
    "too_large": lambda: b"%PDF-" + bytes(19_999_996),
    "larger_still": lambda: bytes(21_000_000),
    "a_pdf": arrange.pdf,
    "a_text": lambda: b"plain words",
    "a_program": lambda: b"MZ" + bytes(300),
    "a_web_page": lambda: b"<!doctype html><html><script>alert(1)</script></html>",
    "a_drawing": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "an_archive": lambda: arrange.zipped({"a.txt": "a"}),
    "a_film": lambda: arrange.m4a(b"vide"),
    "a_photo": arrange.picture,
    "a_workbook": arrange.xlsx,
    "photo_and_workbook": lambda: arrange.picture() + arrange.xlsx(),
    "page_and_pdf": lambda: b"<html><script>alert(1)</script></html>\n" + arrange.pdf(),
    "half_a_photo": lambda: arrange.picture(size=(200, 200))[:6000],
    "a_broken_photo": lambda: arrange.picture("PNG")[:20] + b"noise" * 20,
    "half_a_pdf": lambda: arrange.pdf()[:12],
    "half_a_workbook": lambda: arrange.xlsx()[:2000],
    "a_large_picture": lambda: arrange.png_of(20_000, 20_000),
    "a_picture_over_the_limit": lambda: arrange.png_of(26_000, 1_000),
    "a_bomb": arrange.bomb,
    "a_liar": arrange.liar,
    "many_parts": lambda: arrange.docx(**{f"word/media/{n}.xml": "x" for n in range(1999)}),
    "with_macros": lambda: arrange.docx(**{"word/vbaProject.bin": "x"}),
    "with_a_file": lambda: arrange.docx(**{"word/embeddings/book.xlsx": arrange.xlsx()}),
    "with_a_way_out": lambda: arrange.docx(**{"../../evil.xml": "x"}),
    "a_locked_pdf": arrange.locked_pdf,
    "a_virus": lambda: arrange.pdf() + EICAR,
}


def told(code):
    return str(formats.SENTENCES.get(code, code))


def rows():
    """(where, what is wrong, what the person is told) of each line, for the page `docs/bad-input.md`."""
    return [("Papers of a case", line["wrong"], told(line["told"])) for line in LINES]


def long(text):
    """`x*201` is two hundred and one times x."""
    letter, star, rest = text.partition("*")
    if not star:
        return text
    count, dot, ending = rest.partition(".")
    return letter[0] * int(count) + dot + ending


@contextmanager
def scanner(tmp_path):
    """A daemon that speaks as ClamAV does and knows one virus."""

    class Daemon(socketserver.BaseRequestHandler):
        def handle(self):
            assert self.request.recv(10) == b"zINSTREAM\0"
            stream, heard = self.request.makefile("rb"), b""
            while size := int.from_bytes(stream.read(4), "big"):
                heard += stream.read(size)
            self.request.sendall(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in heard else b"stream: OK\0")

    path = str(tmp_path / "clamd")
    with socketserver.ThreadingUnixStreamServer(path, Daemon) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield path
        server.shutdown()


def sent(browser, case, line, data, name):
    """As a browser sends it: the name stands in the head of its part as it is."""
    key, edge = str(uuid.uuid4()), "edge-of-the-parts"
    fields = {"kind": line.get("kind", "BIRTH"), "name": long(line.get("said", "")), "client_key": key}
    body = b"".join(f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items())
    body += f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode()
    body += data + f"\r\n--{edge}--\r\n".encode()
    return browser.post(f"/papers/{case.uuid}/add/", body, content_type=f"multipart/form-data; boundary={edge}")


def held():
    with access.system():
        return {level: (model.objects.count(), model.pieces.rel.related_model.objects.count()) for level, model in PAPERS.items()}


@pytest.mark.parametrize("line", LINES, ids=[line["wrong"] for line in LINES])
def test_it_is_refused_with_a_sentence_and_nothing_is_kept(world, tmp_path, line):
    case, data = build.case(world), MADE[line["made"]]()
    if line.get("after"):
        fill(world, case, line["after"])
    before = held()
    with scanner(tmp_path) as path, override_settings(CLAMAV=path):
        answer = sent(sign_in(world.kham), case, line, data, long(line["name"]))
    page = answer.content.decode()
    assert (answer.status_code, told(line["told"]) in page.replace("&#x27;", "'")) == (422, True), page[page.find("<main") :][:3000]
    assert held() == before


def fill(world, case, count):
    """Papers of today, without their files: only their number counts here."""
    with access.system():
        for _n in range(count):
            PAPERS["identity"].objects.create(
                case=case, key=case.key, kind="BIRTH", name="x", form="pdf", size=1, scan="CLEAN", added_at=timezone.now()
            )


def test_the_same_page_takes_a_good_file_with_a_long_name(world):
    case = build.case(world)
    answer = sent(sign_in(world.kham), case, {"said": ""}, arrange.picture(), "x" * 300 + ".jpg")
    assert answer.status_code == 302
    assert held()["identity"] == (1, 1)


def test_the_thirtieth_is_kept(world):
    case = build.case(world)
    fill(world, case, 29)
    assert sent(sign_in(world.kham), case, {}, arrange.pdf(), "letter.pdf").status_code == 302


def test_a_file_too_large_is_never_held_and_never_on_disk():
    from romsai.core.uploads import MOST, InMemory

    handler = InMemory()
    handler.new_file("file", "a.pdf", "application/pdf", None)
    for _piece in range(MOST // 100_000 + 5):
        handler.receive_data_chunk(bytes(100_000), 0)
    assert handler.file.getbuffer().nbytes <= MOST
    arrived = handler.file_complete(MOST + 500_000)
    assert (arrived.size, arrived.read(), isinstance(arrived.file, io.BytesIO)) == (MOST + 500_000, b"", True)


def test_a_plain_upload_of_djangos_test_client_works_too(world):
    case = build.case(world)
    answer = sign_in(world.kham).post(f"/papers/{case.uuid}/add/", {"kind": "BIRTH", "file": SimpleUploadedFile("a.pdf", arrange.pdf())})
    assert answer.status_code == 302
