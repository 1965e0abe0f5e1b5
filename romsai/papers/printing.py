"""From data to PDF: `pdf("summary", {...}, at=moment)`. The templates are `typst/*.typ`, the fonts are built with the pages."""

from pathlib import Path

from django.utils.translation import gettext as _

from romsai.core import printing
from romsai.core.actions import Refused

TEMPLATES = Path(__file__).parent / "typst"
FONTS = printing.FONTS


def pdf(template, paper, *, at, form="pdf"):
    """The bytes of a PDF: the same for the same paper and moment. Refused where the fonts were never built."""
    if not FONTS.is_dir():
        raise Refused(
            _("Nothing can be printed here yet, because the fonts are missing. Ask your administrator to start Romsai with “make run”.")
        )
    return printing.pdf(TEMPLATES / f"{template}.typ", paper, at=at, form=form)
