"""What may be kept: the kinds of file, how they are told apart, how they are cleaned, and what is said of those that may not.

    content = formats.take(name, data, keep_original=False)     # a Content, or Unfit with the code of a sentence

Ending and content must agree, the file is opened in a process of its own (`cleaning.py`), and the scanner, if the office has
one, has its say before anything is kept.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import puremagic
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from romsai.papers import scanner

CLEANING = Path(__file__).with_name("cleaning.py")
PATIENCE = 40  # seconds on the clock; the process itself has less time of the processor

MOST_BYTES = 20_000_000
MOST_A_DAY = 30  # on one case


@dataclass(frozen=True)
class Form:
    """A kind of file: its one ending here, the endings it comes with, what puremagic calls it, who cleans it."""

    ending: str
    endings: tuple
    found_as: tuple
    cleaned_as: str
    media_type: str
    label: object


FORMS = {form.ending: form for form in (
    Form("jpg", ("jpg", "jpeg", "jpe"), (".jpg", ".jpeg", ".jfif", ".jpe"), "picture", "image/jpeg", _("picture")),
    Form("png", ("png",), (".png",), "picture", "image/png", _("picture")),
    Form("webp", ("webp",), (".webp",), "picture", "image/webp", _("picture")),
    Form("pdf", ("pdf",), (".pdf",), "pdf", "application/pdf", _("PDF")),
    Form("docx", ("docx",), (".docx",), "office", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", _("Word document")),
    Form("xlsx", ("xlsx",), (".xlsx",), "office", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _("Excel workbook")),
    # Bare frames of MP3 have hardly a mark; cleaning looks at them more closely.
    Form("mp3", ("mp3",), (".mp3", ".mpga", ""), "audio", "audio/mpeg", _("recording")),
    Form("m4a", ("m4a",), (".m4a", ".f4a", ".mp4", ".m4v", ".3gp", ".3gpp", ".3ga", ".mov"), "audio", "audio/mp4", _("recording")),
    Form("ogg", ("ogg", "oga"), (".ogg", ".oga"), "audio", "audio/ogg", _("recording")),
    Form("opus", ("opus",), (".ogg", ".oga", ".opus"), "audio", "audio/ogg", _("recording")),
    Form("wav", ("wav",), (".wav",), "audio", "audio/wav", _("recording")),
)}  # fmt: skip

BY_ENDING = {ending: form for form in FORMS.values() for ending in form.endings}
ACCEPT = ",".join(f".{ending}" for ending in BY_ENDING)

# Endings that act when they are opened. Before the last one they are there to deceive.
HARMFUL = {
    "exe", "com", "bat", "cmd", "scr", "pif", "msi", "dll", "ps1", "vbs", "js", "jse", "wsf", "hta", "jar", "sh", "py", "php", "phtml", "asp",
    "aspx", "jsp", "cgi", "html", "htm", "xhtml", "svg", "xml", "swf", "lnk", "iso", "apk", "app", "docm", "xlsm", "pptm", "zip", "rar", "7z",
}  # fmt: skip

SENTENCES = {
    "EMPTY": _("The file is empty. Choose it again, or choose another."),
    "LARGE": _("The file is larger than 20 MB. Take the photo in a smaller size, or divide the paper into several files."),
    "KIND": _("Files of this kind cannot be kept. Choose a picture (JPEG, PNG, WebP), a PDF, a Word or Excel file without macros, or a recording (MP3, M4A, OGG, Opus, WAV)."),
    "NAME": _("The name of the file has two endings, as harmful files have. Rename the file so that only the true ending is left, then choose it again."),
    "DIFFERENT": _("The file is not what the ending of its name says. Open it in the program it comes from, save it again, then choose it."),
    "DAMAGED": _("The file is damaged and cannot be opened. Take the photo again, or ask for the file once more."),
    "POINTS": _("The picture is too large: more than 25 million points. Take it in a smaller size."),
    "BOMB": _("The file would unpack to far more than it should. Ask whoever gave it to you for a plain copy."),
    "MACROS": _("The file has macros or other files inside it. Save it without them, or as a PDF."),
    "LOCKED": _("The PDF is locked with a password. Save a copy without a password, then choose that."),
    "HARMFUL": _("The virus scanner found something harmful in this file, so it was not kept. Tell whoever gave it to you."),
    "MANY": _("Thirty files were added to this case today. Add the others tomorrow, or put several pages into one PDF."),
}  # fmt: skip


class Unfit(ValueError):
    """This file cannot be kept; `code` is one of SENTENCES."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code

    @property
    def sentence(self):
        return str(SENTENCES[self.code])


@dataclass(frozen=True)
class Content:
    """A file that may be kept: `shown` is its clean copy, `original` the file as it came, where that is kept as well."""

    form: str
    shown: bytes
    original: bytes | None
    scan: str


def take(name, data, *, keep_original=False):
    """The Content of a file that somebody sent; raises Unfit. Writes nothing anywhere."""
    if not data:
        raise Unfit("EMPTY")
    if len(data) > MOST_BYTES:
        raise Unfit("LARGE")
    form = _form(name)
    if not _looks_like(form, data):
        raise Unfit("DIFFERENT")
    shown = _cleaned(form, data)
    verdict = scanner.look(data)
    if verdict == scanner.HARMFUL:
        raise Unfit("HARMFUL")
    return Content(form.ending, shown, data if keep_original else None, verdict)


def _form(name):
    """By the last ending of the name. Only letters and digits count, so that a NUL or a line break cannot hide one."""
    parts = ["".join(c for c in part if c.isalnum()).lower() for part in name.replace("\\", "/").rsplit("/", 1)[-1].split(".")]
    form = BY_ENDING.get(parts[-1]) if len(parts) > 1 else None
    if form is None or "\0" in name:
        raise Unfit("KIND")
    if HARMFUL & set(parts[1:-1]):
        raise Unfit("NAME")
    return form


def _looks_like(form, data):
    try:
        found = {match.extension for match in puremagic.magic_string(data)}
    except (puremagic.PureError, ValueError):
        found = {""}
    return bool(found & set(form.found_as))


def _cleaned(form, data):
    """Raises Unfit for whatever the process says, and for a process that dies or takes too long."""
    command = [sys.executable, "-I", str(CLEANING), form.cleaned_as, form.ending]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=PATIENCE, env={}, check=False)
    except subprocess.TimeoutExpired:
        raise Unfit("DAMAGED") from None
    said, _line, rest = done.stdout.partition(b"\n")
    if done.returncode == 0 and said == b"ok" and rest:
        return rest
    code = rest.decode(errors="replace") if said == b"no" else "DAMAGED"
    raise Unfit(code if code in SENTENCES else "DAMAGED")


def size_words(size):
    """`340 kB`, `2.5 MB`."""
    if size < 1_000_000:
        return gettext("%(n)d kB") % {"n": max(1, size // 1000)}
    return gettext("%(n).1f MB") % {"n": size / 1_000_000}
