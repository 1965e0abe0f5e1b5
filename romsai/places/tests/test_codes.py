"""Words for codes: what an administrator approved wins, drafts are marked, and never shown where they could hurt."""

import re
from pathlib import Path

import pytest
import yaml
from django.template import Context, Template
from django.utils import translation

from romsai.core import access
from romsai.places import codes
from romsai.places.models import Label

ROOT = Path(__file__).parents[3]


@pytest.fixture
def as_system(db):
    codes.forget()
    with access.system():
        yield
    codes.forget()


def changed(name, code, language, text, state):
    Label.objects.create(list=name, code=code, language=language, text=text, state=state)
    codes.forget()


def test_a_list_gives_its_codes_their_fields_and_their_words(as_system):
    risk = codes.get("risk_level")
    assert risk.codes == ["IMMEDIATE", "HIGH", "MEDIUM", "LOW", "NONE"]
    assert codes.get("concern").item("TRF-SEX")["minimum_risk"] == "HIGH"
    assert risk.choices("en", only=["HIGH", "LOW"], empty="Choose") == [
        ("", "Choose"),
        ("HIGH", "High"),
        ("LOW", "Low"),
    ]
    assert [codes.label("risk_level", "HIGH", language) for language in ("en", "th", "lo", "km")] == [
        "High",
        "สูง",
        "ສູງ",
        "High",
    ]
    assert codes.shown("risk_level", "HIGH", "th") == ("สูง", "th", True)
    assert codes.shown("risk_level", "A_CODE_OF_LATER", "th") == ("A_CODE_OF_LATER", "en", False)
    with pytest.raises(KeyError):
        codes.get("../settings")


def test_what_was_approved_wins_over_what_ships(as_system):
    changed("risk_level", "HIGH", "th", "สูงมาก", Label.State.DRAFT)
    assert codes.shown("risk_level", "HIGH", "th") == ("สูงมาก", "th", True)
    Label.objects.update(state=Label.State.REVIEWED)
    codes.forget()
    assert codes.shown("risk_level", "HIGH", "th") == ("สูงมาก", "th", False)


def test_a_draft_on_consent_is_never_shown(as_system):
    assert codes.get("consent_type").shipped("PHOTO", "th") == ("ถ่ายภาพ", True)
    assert codes.shown("consent_type", "PHOTO", "th") == ("To take a photo", "en", False)
    changed("consent_type", "PHOTO", "th", "ถ่ายรูป", Label.State.DRAFT)
    changed("consent_type", "PHOTO", "en", "To take a picture", Label.State.DRAFT)
    assert codes.shown("consent_type", "PHOTO", "th") == ("To take a photo", "en", False)
    Label.objects.update(state=Label.State.REVIEWED)
    codes.forget()
    assert codes.shown("consent_type", "PHOTO", "th") == ("ถ่ายรูป", "th", False)


def test_every_protected_list_holds_no_draft_in_any_language(as_system):
    assert {"consent_type", "consent_decision", "helpline", "medical_window"} <= codes.protected()
    for name in codes.protected():
        for code in codes.get(name):
            assert not codes.shown(name, code, "th").is_draft
            assert not codes.shown(name, code, "lo").is_draft


def test_a_page_marks_drafts_and_says_when_it_falls_back(as_system, rf):
    page = Template(
        "{% load places %}{% label 'risk_level' 'HIGH' %} {% label 'consent_type' 'PHOTO' %} "
        "{{ 'LOW'|label_text:'risk_level' }}{% label 'sex' '' %}{% label_note %}"
    )

    def shown(language):
        with translation.override(language):
            return page.render(Context({"request": rf.get("/")}))

    assert shown("en").strip() == "High To take a photo Low"
    thai = shown("th")
    assert thai.startswith('<span class="draft-label">สูง</span> <span lang="en">To take a photo</span> ต่ำ')
    assert thai.count("label-note") == 2


def test_every_shipped_word_belongs_to_a_code_and_every_code_has_one():
    for language in ("th", "lo"):
        for name, words in codes.translations(language)["lists"].items():
            assert list(words) == codes.get(name).codes, (language, name)
            assert all(words.values())


def test_words_are_in_their_own_script():
    scripts = {"th": ("\u0e01", "\u0e5b"), "lo": ("\u0e81", "\u0edf")}
    for language, other in (("th", "lo"), ("lo", "th")):
        text = yaml.safe_dump(codes.translations(language)["lists"], allow_unicode=True)
        low, high = scripts[other]
        assert not [char for char in text if low <= char <= high]


def test_every_list_that_a_screen_names_has_words_in_thai_and_lao():
    """Not those whose words are others': names of institutions, and data standards in exports."""
    named = set()
    for path in [*ROOT.glob("romsai/*/*.py"), *ROOT.glob("romsai/*/templates/**/*.html")]:
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r"""codes\.(?:get|label|shown)\(["'](\w+)["']""", text))
        named |= set(re.findall(r"""\{% label ["'](\w+)["']""", text))
        named |= set(re.findall(r"""\|label_text:["'](\w+)["']""", text))
    for language in ("th", "lo"):
        words = set(codes.translations(language)["lists"])
        assert {name for name in named if name != "helpline" and not name.startswith("htcds_")} <= words, language
    assert {"risk_level", "concern", "user_role"} <= named


def test_lao_and_thai_can_be_chosen():
    assert translation.get_language_info("lo")["name_local"] == "ລາວ"
    for language, word in (("th", "เจ้าหน้าที่"), ("lo", "ພະນັກງານ")):
        assert translation.check_for_language(language)
        with translation.override(language):
            assert translation.gettext("Workers") == word
