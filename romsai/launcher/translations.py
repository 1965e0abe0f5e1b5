"""Compiles translations: `python -m romsai.launcher.translations`. Babel does it, because gettext's msgfmt is on few machines."""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from romsai.launcher import ROOT


def compile_all(root=ROOT):
    """Every romsai/**/locale/*/LC_MESSAGES/*.po that is newer than its .mo; returns the files written."""
    written = []
    for po in sorted(Path(root).glob("romsai/**/locale/*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with po.open("rb") as source:
            # Entries marked fuzzy are guesses of a tool at a changed sentence: never shown.
            catalog = read_po(source, locale=po.parent.parent.name)
        half_written = mo.with_suffix(".mo.new")
        with half_written.open("wb") as target:
            write_mo(target, catalog, use_fuzzy=False)
        half_written.rename(mo)
        written.append(mo)
    return written


if __name__ == "__main__":
    if written := compile_all():
        print(f"Translations: compiled {len(written)} files.")
    sys.exit()
