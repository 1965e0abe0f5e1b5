"""From data to PDF: `pdf("summary", {...}, at=moment)`. The templates are `typst/*.typ`, the fonts are built with the pages."""

import json
import subprocess
import sys
from pathlib import Path

from django.utils.translation import gettext as _

from romsai.core.actions import Refused

HERE = Path(__file__).parent
FONTS = HERE / "built" / "fonts"
PATIENCE = 40  # seconds


def pdf(template, paper, *, at, form="pdf"):
    """The bytes of a PDF: the same for the same paper and moment. Refused where the fonts were never built."""
    if not FONTS.is_dir():
        raise Refused(
            _("Nothing can be printed here yet, because the fonts are missing. Ask your administrator to start Romsai with “make run”.")
        )
    asked = {
        "template": str(HERE / "typst" / f"{template}.typ"),
        "fonts": str(FONTS),
        "at": int(at.timestamp()),
        "form": form,
        "paper": paper,
    }
    done = subprocess.run(
        [sys.executable, "-I", str(HERE / "press.py")],
        input=json.dumps(asked).encode(),
        capture_output=True,
        timeout=PATIENCE,
        env={},
        check=False,
    )
    if done.returncode:
        # Its complaint may quote the paper, so only its kind is told.
        raise RuntimeError(f"typst could not set {template}.typ (code {done.returncode})")
    return done.stdout
