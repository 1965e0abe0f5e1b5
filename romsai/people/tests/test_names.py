"""What is written, compared and read of a name. Examples are of the region and invented."""

import unicodedata
from types import SimpleNamespace
from uuid import UUID

import pytest

from romsai.people import names, sounds


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Noy \u200b  Keo ", "Noy Keo"),
        (unicodedata.normalize("NFD", "Nguyễn Ánh"), "Nguyễn Ánh"),
        ("น\u0e4d\u0e49า", "น้ำ"),
        ("น้\u0e4dา", "น้ำ"),
        ("เเก้ว", "แก้ว"),
        ("ນ\u0ecd\u0ec9າ", "ນ້ຳ"),
    ],
)
def test_the_same_name_typed_two_ways_is_kept_one_way(typed, kept):
    assert names.tidy(typed) == kept == names.tidy(kept)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Noy", "Latn"),
        ("น้อย", "Thai"),
        ("ນ້ອຍ", "Laoo"),
        ("សុខា", "Khmr"),
        ("မောင်", "Mymr"),
        ("王小明", "Hani"),
        ("Ánh", "Latn"),
        ("123", ""),
    ],
)
def test_the_script_is_seen_from_the_text(text, script):
    assert names.script_of(text) == script


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("เด็กหญิงน้อย ใจดี", ["น้อย", "ใจดี"]),
        ("ด.ญ. สมศรี แสนสุข", ["สมศรี", "แสนสุข"]),
        ("ນາງ ນ້ອຍ", ["ນ້ອຍ"]),
        ("Siti binti Ahmad", ["siti", "ahmad"]),
        ("Rajoo a/l Muthu", ["rajoo", "muthu"]),
        ("Ma. Cristina Reyes Jr.", ["maria", "cristina", "reyes"]),
        ("Emma. Reyes", ["emma", "reyes"]),
        ("Daw Khin Hla", ["khin", "hla"]),
        ("U", ["u"]),
        ("Ma", ["ma"]),
        ("王小明", ["王", "小明"]),
        ("Sukarno", ["sukarno"]),
        ("", []),
    ],
)
def test_titles_and_links_are_not_names_but_a_single_word_is_always_one(text, words):
    assert names.words(text) == words


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Nguyễn Thị Ánh", "nguyen thi anh", True),
        ("Sok Dara", "Dara Sok", True),
        ("Đào", "Dao", True),
        ("ด.ญ. น้อย", "น้อย", True),
        ("Noy", "Noi", False),
        ("", "", False),
    ],
)
def test_marks_capitals_titles_and_order_make_no_other_name(one, other, is_same):
    assert names.same(one, other) is is_same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("น้อย", "Noi"), ("ນ້ອຍ", "Noy"), ("น้อย", "ນ້ອຍ"), ("สมชาย", "Somchai"), ("ศิริพร", "Siriporn"), ("ลักษณ์", "Luck"), ("จันทร์", "Chan"),
        ("ณัฐสุดา", "Natsuda"), ("Phonsavanh", "Ponsawan"), ("សុខា", "Sokha"), ("Sokha", "សុខា"), ("ဝင်း", "Win"), ("Kyaw", "ကျော်"),
        ("အောင်", "Aung"), ("Nguyễn", "Nguyen"), ("王", "Wang"), ("Somsri", "Somsi"), ("บุญมี", "ບຸນມີ"),
    ],
)  # fmt: skip
def test_one_name_sounds_alike_in_two_spellings(one, other):
    assert sounds.asked(one.lower()) & sounds.stored(other.lower())
    assert sounds.asked(other.lower()) & sounds.stored(one.lower())


@pytest.mark.parametrize(
    ("one", "other"),
    [("Noy", "Mai"), ("น้อย", "มะลิ"), ("Noi", "Na"), ("Somchai", "Somsak"), ("Sokha", "Dara")],
)
def test_other_names_do_not_sound_alike(one, other):
    assert not sounds.asked(one.lower()) & sounds.stored(other.lower())


def test_the_loose_keys_of_khmer_and_burmese_never_match_two_latin_names():
    loose = {key for key in sounds.stored("noy") if ">" in key}
    assert loose and not loose & sounds.asked("noy")
    assert sounds.asked("noy") & sounds.stored("noy")


@pytest.mark.parametrize("text", ["", "-", "123", "🙂", "ًً", "်", "์", "្", "a", "ก", "ົ"])
def test_any_text_has_keys_without_an_error(text):
    assert all(names.stored(text)["name"]) and isinstance(names.asked(text)["sound"], set)
    assert isinstance(names.initials(text), str) and isinstance(names.latin(text), str)


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("สมชาย ใจดี", "Somchai Chaidi"), ("ปรียาลักษณ์", "Priyalak"), ("ນ້ອຍ", "Noi"), ("ບຸນມີ", "Bunmi"), ("ຄຳແພງ", "Khamphaeng"),
        ("မောင်မောင်", "Maungmaung"), ("စန္ဒာ", "Sanda"), ("王小明", "Wangxiaoming"), ("Đào Ánh", "Dao Anh"), ("សុខា", "Sokha"),
    ],
)  # fmt: skip
def test_a_reader_of_latin_can_say_the_name(text, latin):
    assert names.latin(text) == latin


def test_zawgyi_is_noticed_and_unicode_is_not_blamed():
    assert names.is_zawgyi("ေအာင္") and names.warning("ေအာင္")
    assert not names.is_zawgyi("အောင်") and names.warning("အောင်") == "" == names.warning("Noy")


def test_initials_tell_little():
    assert names.initials("น้อย ใจดี") == "N. C." and names.initials("Keo") == "K."


def test_a_pseudonym_is_steady_and_tells_nothing():
    first, second = (SimpleNamespace(uuid=UUID(int=n)) for n in (1, 2))
    assert names.pseudonym(first) == names.pseudonym(first) != names.pseudonym(second)
    assert names.pseudonym(first).startswith("Child ") and str(first.uuid) not in names.pseudonym(first)
