"""What of a person is compared: names folded until spelling by ear no longer matters, and the rest as plain columns."""

import re
from functools import lru_cache
from zlib import crc32

from romsai.people import heard
from romsai.people import names as spelling

CACHED = 200_000  # words of names: they repeat
END = 4  # consonants


@lru_cache(maxsize=CACHED)
def word(text):
    """A word of `parts` as it may be heard."""
    return heard.word(text)


@lru_cache(maxsize=CACHED)
def _heard(text):
    """A word as it is looked up: (its likeliest spelling folded, its skeleton, everything by which it may be found)."""
    told = word(text)
    if not told.folds:
        return "", "", frozenset()
    spelled, bare = told.folds[0], min(told.skeletons, default=told.folds[0])
    near = set(told.skeletons) | set(told.folds)
    for key in told.skeletons:
        if len(key) > 2:
            near |= {key[:at] + key[at + 1 :] for at in range(len(key))}
    return spelled, bare, frozenset(near)


def forget():
    """Let go of the words of the names that were compared."""
    for cached in (_heard, word, _cut):
        cached.cache_clear()


TEXTS = ("whole", "sound", "joined", "nick", "nick_sound", "mother", "mother_sound", "mother_said", "father", "father_sound", "father_said", "area", "province")
LISTS = ("said", "nicks_said", "sounds", "phones", "numbers")
KEYS = ("near", "mother_near", "father_near")  # lists of numbers that stand for words: they take a quarter of the room
NUMBERS = ("sex", "year", "month", "day", "margin")
COLUMNS = ("unique_id", "person", *TEXTS, *LISTS, *KEYS, *NUMBERS)


def columns(record):
    """One row to compare. record: id, and any of person, names, nicks, sex, birth (year, month, day, margin), area, province, mother, father, phones, numbers.

    `person`: records of one person (merged before) are never paired with each other. The first name is the main one.
    """
    names, nicks = list(record.get("names", ())), list(record.get("nicks", ()))
    said, called, (of_mother,), (of_father,) = ([parts(name) for name in told] for told in (names, nicks, [record.get("mother")], [record.get("father")]))
    every = [_words(name) for name in [*said, *called]]
    words = every[0] if names else []
    nick = _words(called[0]) if nicks else []
    mother, father = _words(of_mother), _words(of_father)
    year, month, day, margin = record.get("birth") or (None, None, None, 0)
    return {
        "unique_id": record["id"],
        "person": record.get("person", record["id"]),
        "said": [" ".join(name) for name in said if name] or None,
        "nicks_said": [" ".join(name) for name in called if name] or None,
        "mother_said": " ".join(of_mother) or None,
        "father_said": " ".join(of_father) or None,
        "whole": _spelled(words),
        "sound": _sounding(words),
        "joined": "".join(spelled for spelled, _bare, _near in words) or None,
        "sounds": sorted({bare for told in every for _spelled, bare, _near in told}) or None,
        "near": _near(every),
        "nick": _spelled(nick),
        "nick_sound": _sounding(nick),
        "mother": _spelled(mother),
        "mother_sound": _sounding(mother),
        "mother_near": _near([mother]),
        "father": _spelled(father),
        "father_sound": _sounding(father),
        "father_near": _near([father]),
        "sex": {"F": 1, "M": 2}.get(record.get("sex")),
        "year": year,
        "month": month,
        "day": day,
        "margin": margin,
        "area": record.get("area") or None,
        "province": record.get("province") or None,
        "phones": sorted(set(record.get("phones", ()))) or None,
        "numbers": sorted(set(record.get("numbers", ()))) or None,
    }


def parts(name):
    """The words of a name as the search has them: Zawgyi read as what it means, Burmese cut into syllables."""
    return [part for word in spelling.words(spelling.unicode(name)) for part in _cut(word)] if name else []


@lru_cache(maxsize=CACHED)
def _cut(text):
    return tuple(filter(None, map(spelling.folded, spelling.syllables(text))))


def _words(name):
    return [told for told in map(_heard, name) if told[0]]


def _spelled(words):
    return " ".join(sorted(spelled for spelled, _bare, _near in words)) or None


def _sounding(words):
    return " ".join(sorted(bare for _spelled, bare, _near in words)) or None


def _near(names):
    """Each word by itself, the whole name as one word for those who write it without gaps, and how that begins and ends."""
    found = set()
    for words in names:
        found = found.union(*(near for _spelled, _bare, near in words))
        if len(words) > 1:
            found.add("".join(bare for _spelled, bare, _near in words))
        for order in (words, words[1:] + words[:1]) if len(words) > 1 else (words,):
            whole = re.sub("[aiu]", "", "".join(spelled for spelled, _bare, _near in order))
            if len(whole) > END:
                found |= {f"{whole[:END]}-", f"-{whole[-END:]}"}
    return sorted({crc32(text.encode()) - 2**31 for text in found - {""}}) or None
