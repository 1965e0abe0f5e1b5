"""From a template and data to PDF: `pdf(path, {...}, at=moment)`. The fonts are built with the pages."""

import json
import subprocess
import sys
from pathlib import Path

from django.conf import settings

PRESS = Path(__file__).with_name("press.py")
FONTS = settings.BASE_DIR / "romsai" / "papers" / "built" / "fonts"  # by romsai.launcher.assets
PATIENCE = 40  # seconds


def pdf(template, paper, *, at, form="pdf"):
    """The bytes of a PDF: the same for the same paper and moment. `template`: the path of a .typ file, which reads data and no markup."""
    asked = {"template": str(template), "fonts": str(FONTS), "at": int(at.timestamp()), "form": form, "paper": paper}
    done = subprocess.run(
        [sys.executable, "-I", str(PRESS)], input=json.dumps(asked).encode(), capture_output=True, timeout=PATIENCE, env={}, check=False
    )
    if done.returncode:
        # Its complaint may quote the paper, so only its kind is told.
        raise RuntimeError(f"typst could not set {Path(template).name} (code {done.returncode})")
    return done.stdout
