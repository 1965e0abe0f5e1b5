"""Words: all sentences of all rooms have Thai and Lao ones, and none on danger or consent is shown before a person has read it."""

import functools
import gettext
import re
from pathlib import Path

import allauth
import django
import pytest
import yaml
from babel.messages.pofile import read_po

from romsai.launcher import ROOT, translations

SOURCES = ROOT / "romsai"
ROOMS = translations.rooms()
HOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}|<[^>]+>|%%")
SCRIPTS = {"th": re.compile("[\u0e80-\u0eff]"), "lo": re.compile("[\u0e00-\u0e7f]")}  # letters of the other language
AVOID = {
    "en": [
        "child pornography",
        "child prostitut",
        "child sex touris",
        "webcam child sex",
        "paedophile",
        "street kid",
        "illegal child",
        "juvenile delinquent",
        "illegal migrant",
        "underage bride",
        "disabled child",
    ],
    "th": ["โสเภณีเด็ก", "สื่อลามกเด็ก", "เด็กเถื่อน", "แรงงานเถื่อน"],
    "lo": ["ໂສເພນີເດັກ", "ສື່ລາມົກເດັກ", "ເດັກເຖື່ອນ", "ແຮງງານເຖື່ອນ"],
}

sentences = functools.cache(translations.sentences)
every_catalogue = pytest.mark.parametrize("language", translations.LANGUAGES)


def entries(language):
    for room in [*ROOMS, SOURCES]:
        for entry in translations.catalogue(room, language):
            if entry.id:
                yield room.name, entry


def words(entry):
    return entry.string[0] if isinstance(entry.string, tuple) else entry.string


def source(entry):
    return entry.id[-1] if isinstance(entry.id, tuple) else entry.id


@every_catalogue
def test_every_sentence_of_a_room_stands_in_its_catalogue_and_no_other(language):
    told = "run: python -m romsai.launcher.translations extract"
    for room in ROOMS:
        there = {(entry.context, entry.id) for entry in translations.catalogue(room, language) if entry.id}
        assert there ^ set(sentences(room)) == set(), told


@every_catalogue
def test_every_sentence_has_words(language):
    assert [(room, entry.id) for room, entry in entries(language) if not words(entry)] == []


@every_catalogue
def test_what_is_filled_in_and_the_marks_around_words_are_the_same(language):
    for room, entry in entries(language):
        assert sorted(HOLDER.findall(source(entry))) == sorted(HOLDER.findall(words(entry))), (room, entry.id)


@every_catalogue
def test_words_are_in_their_own_script(language):
    assert [entry.id for _room, entry in entries(language) if SCRIPTS[language].search(words(entry))] == []


def test_no_term_to_avoid_is_used():
    listed = yaml.safe_load((SOURCES / "places" / "codelists" / "term_preferred.yaml").read_text(encoding="utf-8"))
    advice = " ".join(item["description"].lower() for item in listed["items"])
    # "child sex tourism" and "child sex tourist" are two of the list.
    assert [term for term in AVOID["en"] if term not in advice] == []
    said = {
        "en": [
            part
            for room in ROOMS
            for _context, text in sentences(room)
            for part in ([text] if isinstance(text, str) else text)
        ]
    }
    said |= {language: [words(entry) for _room, entry in entries(language)] for language in translations.LANGUAGES}
    for language, terms in AVOID.items():
        assert [(term, text) for text in said[language] for term in terms if term in text.lower()] == []


@every_catalogue
def test_what_is_protected_is_not_compiled_before_a_person_has_reviewed_it(language):
    marked = {room: sentences(room) for room in ROOMS}
    guarded = {key for found in marked.values() for key, is_protected in found.items() if is_protected}
    assert len(guarded) > 60
    for room, entry in entries(language):
        reviewed = any(comment.startswith("Reviewed by") for comment in entry.user_comments)
        assert entry.fuzzy == ((entry.context, entry.id) in guarded and not reviewed), (room, entry.id)


def test_every_line_of_a_protected_list_is_a_sentence_of_its_room():
    for room in ROOMS:
        assert [line for line in translations.protected(room) if (None, line) not in sentences(room)] == []


def test_words_for_libraries_are_words_that_they_say():
    said = set()
    for package in (django, allauth):
        for path in Path(package.__file__).parent.glob("**/locale/de/LC_MESSAGES/django.mo"):
            with path.open("rb") as file:
                said |= {(key[0] if isinstance(key, tuple) else key).split("\x04")[-1] for key in gettext.GNUTranslations(file)._catalog}
    for language in translations.LANGUAGES:
        ours = [entry.id if isinstance(entry.id, str) else entry.id[0] for entry in translations.catalogue(SOURCES, language) if entry.id]
        assert set(ours) - said == set()


# The tool itself, on a small project


@pytest.fixture
def project(tmp_path):
    for name in ("upper", "lower"):
        room = tmp_path / "romsai" / name
        (room / "templates" / name).mkdir(parents=True)
        (room / "locale").mkdir()
        (room / "apps.py").write_text("")
    return tmp_path


def write(project, room, **files):
    for name, text in files.items():
        path = {"python": "views.py", "page": f"templates/{room}/page.html", "protected": "locale/protected.txt"}[name]
        (project / "romsai" / room / path).write_text(text)


def words_of(project, room, language="th"):
    return {entry.id: entry for entry in translations.catalogue(project / "romsai" / room, language) if entry.id}


def translate(project, room, text, words, language="th"):
    catalog = translations.catalogue(project / "romsai" / room, language)
    catalog.get(text).string = words
    translations._write(catalog, translations._path(project / "romsai" / room, language))


def shown(project, room, text, language="th"):
    translations.compile_all(project)
    with (project / "romsai" / room / "locale" / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file).gettext(text)


def test_sentences_are_found_in_python_and_in_templates_however_they_are_indented(project):
    write(project, "upper", python='_("One"); ngettext("%(n)d day", "%(n)d days", 2); __("Two " "halves")')
    write(
        project,
        "upper",
        page='{% if a %}\n      {% translate "Three" %}\n   {% blocktranslate %}Four {{ n }}{% endblocktranslate %}\n{% endif %}',
    )

    left = translations.extract(project)

    assert set(words_of(project, "upper")) == {"One", ("%(n)d day", "%(n)d days"), "Two halves", "Three", "Four %(n)s"}
    assert len(left) == 10  # five, in two languages


def test_words_stay_when_sources_change_and_go_with_their_sentence(project):
    write(project, "upper", python='_("Keep"); _("Drop")')
    translations.extract(project)
    translate(project, "upper", "Keep", "เก็บ")
    before = translations._path(project / "romsai" / "upper", "th").read_bytes()
    translations.extract(project)
    assert translations._path(project / "romsai" / "upper", "th").read_bytes() == before

    write(project, "upper", python='\n\n_("New"); _("Keep")')
    translations.extract(project)

    assert {text: entry.string for text, entry in words_of(project, "upper").items()} == {"New": "", "Keep": "เก็บ"}


def test_a_sentence_takes_the_words_of_another_room(project):
    write(project, "lower", python='_("Save")')
    translations.extract(project)
    translate(project, "lower", "Save", "บันทึก")
    write(project, "upper", python='_("Save")')

    translations.extract(project)

    assert words_of(project, "upper")["Save"].string == "บันทึก"


def test_words_on_danger_are_shown_in_english_until_a_person_has_reviewed_them(project):
    write(project, "upper", page='{% reviewed %}{% translate "Run" %}{% endreviewed %} {% translate "Walk" %}')
    write(project, "lower", python='_("Run"); _("Hide")', protected="Hide\n")
    translations.extract(project)
    for room, text, thai in (("upper", "Run", "หนี"), ("upper", "Walk", "เดิน"), ("lower", "Run", "หนี"), ("lower", "Hide", "ซ่อน")):
        translate(project, room, text, thai)
    translations.extract(project)
    assert [shown(project, "upper", "Run"), shown(project, "upper", "Walk")] == ["Run", "เดิน"]
    assert [shown(project, "lower", "Run"), shown(project, "lower", "Hide")] == ["Run", "Hide"]

    path = translations._path(project / "romsai" / "upper", "th")
    path.write_text(path.read_text().replace('#, fuzzy\nmsgid "Run"', '# Reviewed by the office for children, 2026-12-01\nmsgid "Run"'))
    translations.extract(project)
    (path.with_suffix(".mo")).unlink()

    assert shown(project, "upper", "Run") == "หนี"
    with path.open("rb") as file:
        assert read_po(file).get("Run").user_comments == ["Reviewed by the office for children, 2026-12-01"]
