"""Words of the screens: `python -m romsai.launcher.translations` compiles them, `… extract` brings the .po files up to the sources.

Babel does both, because GNU gettext is on few machines. A translator opens `romsai/<room>/locale/<language>/LC_MESSAGES/django.po`.
Sentences on danger, safety, consent and help are those inside `{% reviewed %}` in a template and those named in
`romsai/<room>/locale/protected.txt`. Their translations stay marked fuzzy, and so unseen, until a comment above the entry says
`# Reviewed by …, <day>`.
"""

import re
import sys
from io import SEEK_END, BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract as marked_strings
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from romsai.launcher import ROOT

LANGUAGES = ("lo", "th")
HEADER = """# Draft translation, not yet reviewed by a native-speaking practitioner.
msgid ""
msgstr ""
"Project-Id-Version: Romsai\\n"
"Language: {language}\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
MARKS = {
    **dict.fromkeys(["_", "__", "gettext", "gettext_lazy", "gettext_noop"]),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}
GUARDED = re.compile(r"{% reviewed %}(.*?){% endreviewed %}", re.DOTALL)
NOT_SHOWN = {"migrations", "tests"}


def rooms(root=ROOT):
    """The folders that have sources of their own; `romsai/locale` holds the words of libraries and is kept by hand."""
    return sorted(path.parent for path in Path(root).glob("romsai/*/apps.py"))


def sentences(room):
    """What the sources of a room mark for translation: {(context, msgid): is_protected}; a msgid is a text, or (one, many)."""
    found = {}
    for path in sorted(room.rglob("*.py")):
        if not NOT_SHOWN & set(path.relative_to(room).parts):
            _collect(found, path.read_text(encoding="utf-8"), False)
    for path in sorted(room.glob("templates/**/*.*")):
        source = path.read_text(encoding="utf-8")
        _collect(found, _as_python(source, path), False)
        for words in GUARDED.findall(source):
            _collect(found, _as_python(words, path), True)
    return found | {(None, text): True for text in protected(room) if (None, text) in found}


def protected(room):
    """Sentences in Python on danger, safety, consent and help, one a line."""
    path = room / "locale" / "protected.txt"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def catalogue(room, language):
    """The room's translations as they stand on disk; an empty catalogue if there are none yet."""
    path = _path(room, language)
    if not path.exists():
        return Catalog(language)
    with path.open("rb") as source:
        return read_po(source, locale=language)


def extract(root=ROOT):
    """Write each room's .po with exactly the sentences of its sources; returns the entries still to be translated.

    A sentence new in one room takes the words that another room has for it; one that is protected in any room is so in all,
    because the site shows the words of all rooms as one.
    """
    found = {room: sentences(room) for room in rooms(root)}
    guarded = {key for marked in found.values() for key, is_protected in marked.items() if is_protected}
    open_entries = []
    for language in LANGUAGES:
        known = {room: catalogue(room, language) for room in found}
        elsewhere = {}
        for other in known.values():
            elsewhere |= {(entry.context, entry.id): entry.string for entry in other if entry.id and any(entry.string)}
        for room, marked in found.items():
            if not marked:
                continue
            new = _renewed(known[room], marked, elsewhere, guarded)
            _write(new, _path(room, language))
            open_entries += [(room.name, language, entry.id) for entry in new if entry.id and not any(entry.string)]
    return open_entries


def compile_all(root=ROOT):
    """Every romsai/**/locale/*/LC_MESSAGES/*.po that is newer than its .mo; returns the files written."""
    written = []
    for po in sorted(Path(root).glob("romsai/**/locale/*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with po.open("rb") as source:
            catalog = read_po(source, locale=po.parent.parent.name)
        half_written = mo.with_suffix(".mo.new")
        with half_written.open("wb") as target:
            # Entries marked fuzzy wait for a person: never shown.
            write_mo(target, catalog, use_fuzzy=False)
        half_written.rename(mo)
        written.append(mo)
    return written


def _as_python(template, path):
    """Django turns a template into gettext calls among X's; without its indentation Python's own tokenizer reads that."""
    return "\n".join(line.strip() for line in templatize(template, origin=str(path)).splitlines())


def _collect(found, python, is_protected):
    for _line, message, _comments, context in marked_strings("python", BytesIO(python.encode()), MARKS):
        if message:
            found[context, message] = is_protected or found.get((context, message), False)


def _renewed(old, marked, elsewhere, guarded):
    new = Catalog(old.locale)
    for context, message in marked:
        known = old.get(message, context)
        string = known.string if known and any(known.string) else elsewhere.get((context, message), "")
        entry = new.add(message, string, context=context, user_comments=known.user_comments if known else ())
        is_reviewed = any(comment.startswith("Reviewed by") for comment in entry.user_comments)
        if (context, message) in guarded and any(entry.string) and not is_reviewed:
            entry.flags.add("fuzzy")
    return new


def _path(room, language):
    return room / "locale" / language / "LC_MESSAGES" / "django.po"


def _write(catalog, path):
    text = BytesIO(HEADER.format(language=catalog.locale).encode())
    text.seek(0, SEEK_END)
    # No line numbers: they would change with every edit of a source.
    write_po(text, catalog, sort_output=True, no_location=True, omit_header=True, width=110)
    if not path.exists() or path.read_bytes() != text.getvalue():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.getvalue())


if __name__ == "__main__":
    if sys.argv[1:] == ["extract"]:
        for room, language, message in extract():
            print(f"{language} {room}: {message}")
    elif written := compile_all():
        print(f"Translations: compiled {len(written)} files.")
    sys.exit()
