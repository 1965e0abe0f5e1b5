"""Photos for families: made small and plain before they are kept, and set on a sheet with a number and nothing else."""

import base64
import subprocess
import sys
from io import BytesIO
from pathlib import Path

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from PIL import Image

from romsai.core import printing
from romsai.core.actions import Refused
from romsai.core.dates import day_text

SIDE = 480  # of the square that each photo stands in, as in shrinking.py
SHRINKING = Path(__file__).with_name("shrinking.py")
PATIENCE = 40  # seconds
BOARD = Path(__file__).parent / "typst" / "board.typ"


class Unfit(Exception):
    """No picture, or one that must not be opened."""


def small(data):
    """A small upright JPEG of the picture, without any fact about the camera, the place or the time. Unfit for anything else."""
    try:
        done = subprocess.run([sys.executable, "-I", str(SHRINKING)], input=data, capture_output=True, timeout=PATIENCE, env={}, check=False)
    except subprocess.TimeoutExpired as late:
        raise Unfit from late
    if done.returncode or not done.stdout:
        raise Unfit
    return done.stdout


def sheet(photos, *, at):
    """The PDF of the board: faces and numbers. Refused where the fonts were never built."""
    if not printing.FONTS.is_dir():
        raise Refused(_("Nothing can be printed here yet, because the fonts are missing. Ask your administrator to start Romsai with “make run”."))
    paper = {
        "title": _("Do you know one of these children?"),
        "lead": _("Tell the office the number under the photo. Take no picture of this sheet: it would put the children in danger."),
        "footer": _("Printed on %(day)s. Destroy this sheet after a week.") % {"day": day_text(timezone.localdate(at))},
        "language": get_language(), "photos": [{"number": photo.number, "drawing": _drawing(bytes(photo.bulk))} for photo in photos],
    }  # fmt: skip
    return printing.pdf(BOARD, paper, at=at)


def _drawing(jpeg):
    with Image.open(BytesIO(jpeg)) as picture:
        width, height = picture.size
    inside = f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
    link = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {link} viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" height="{SIDE}"><image xlink:href="{inside}" x="{(SIDE - width) / 2}" y="{(SIDE - height) / 2}" width="{width}" height="{height}"/></svg>'
