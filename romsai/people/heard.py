"""A name as somebody may hear it: each word with its Latin readings, their folded spellings and their skeletons, and how alike two words are.

A word written in Thai, Lao, Khmer, Burmese or Chinese has several readings, because romanisers differ and so do people: our own, the
letters one by one (anyascii), those of ICU where it knows the script, each reading of a Chinese surname. Words are alike as far as any
reading of the one is like any of the other, or the skeletons are that come straight from the scripts.
"""

import gc
import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from anyascii import anyascii
from rapidfuzz.distance import Indel, JaroWinkler

from romsai.people import romanise, sounds

MOST_READINGS = 4


@dataclass(frozen=True, slots=True)
class Word:
    """One word: as written (folded), Latin readings, the readings folded, skeletons. As a list of lists in a sealed card."""

    text: str
    readings: tuple
    folds: tuple
    skeletons: tuple

    def kept(self):
        return [self.text, list(self.readings), list(self.folds), list(self.skeletons)]

    @classmethod
    def of(cls, kept):
        text, readings, folds, skeletons = kept
        return cls(text, tuple(readings), tuple(folds), tuple(skeletons))


def word(text):
    """A word of a name (as names.words gives them, folded) as it may be heard."""
    latin = readings(text)
    folds = tuple(dict.fromkeys(filter(None, map(fold, latin))))
    return Word(text, latin, folds, tuple(sorted(sounds.skeletons(text))))


def readings(text):
    """At most four Latin readings in plain letters and figures, the likeliest first."""
    if text.isascii():
        return (plain,) if (plain := _plain(text)) else ()
    found = [romanise.latin(text), anyascii(text)]
    if _HAN.search(text):
        found = [*_pinyin(text), *found[1:]]
    elif _ICU.search(text):
        found.append(_icu()(text))
    return tuple(dict.fromkeys(filter(None, map(_plain, found))))[:MOST_READINGS]


_HAN = re.compile("[\u3400-\u9fff]")
_ICU = re.compile("[\u0e00-\u0e7f\u1000-\u109f]")  # it has nothing for Lao and Khmer, and gives such text back unchanged


def _plain(text):
    return re.sub("[^a-z0-9]", "", sounds.latin_letters(text))  # a village may be the seventeenth of its name


@cache
def _icu():
    import icu

    burmese = icu.Transliterator.createInstance("my-my_Latn; Latin-ASCII").transliterate
    other = icu.Transliterator.createInstance("Any-Latin; Latin-ASCII").transliterate
    return lambda text: (burmese if "\u1000" <= text[:1] <= "\u109f" else other)(text)


def _pinyin(text):
    """Each reading of a surname (曾 is Zeng, and Ceng in other words), the usual one of all else."""
    pypinyin = _tables()
    syllables = pypinyin.pinyin(text, style=pypinyin.Style.NORMAL, heteronym=True, errors="ignore")
    usual = "".join(options[0] for options in syllables)
    return [usual, *("".join([other, *(options[0] for options in syllables[1:])]) for other in (syllables[0][1:3] if syllables else ()))]


@cache
def _tables():
    """pypinyin: two hundred thousand lists that never change. Each full run of the garbage collector would take a tenth of a second for them."""
    import pypinyin

    gc.freeze()
    return pypinyin


# folding

_CONSONANTS = [
    (re.compile(pattern), to)
    for pattern, to in [
        (r"(?<=[aeiou])r(?=[^aeiouy]|$)", ""),  # an r after a vowel only lengthens it
        (r"(?<=[aeiou])h(?=[^aeiouy]|$)", ""),
        (r"[dt]ch|tsh|chh|ch|tj|dj|zh|j|[kg]y(?=[aeiou])|q(?!u)", "J"),
        (r"ng|nh(?=[aeiou]|$)|ny(?=[aeiou])|gn|nj|hn|nn", "n"),
        (r"hs|sh|ss|x|z|ts", "s"),
        (r"kh|gh|hk|ck|qu(?=[aeio])|q|g", "k"),
        (r"c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"ph|bh|hp|f|b", "p"),
        (r"th|dh|ht|d", "t"),
        (r"hl|lh|rh|r", "l"),
        (r"hm|mh", "m"),
        (r"wh|hw|v|w(?=[aeiouy])", "W"),
        (r"y(?=[aeou])(?<![aeiou]y)", "Y"),
        (r"(?<!^)h", ""),
        (r"[iey]+", "i"),
        (r"[ouw]+", "u"),
        (r"([^\W\d])\1+", r"\1"),
        (r"l$", "n"),
        (r"(?<=.)[sJ]$", "t"),
    ]
]


def fold(latin):
    """A Latin spelling with what listeners mix up made one: r and l, ph and p, ou and u, ee and i. Empty if there is no letter.

    Folding what is folded changes nothing.
    """
    text = _plain(latin)
    while True:
        before = text
        for pattern, to in _CONSONANTS:
            text = pattern.sub(to, text)
        text = text.lower()
        if text == before:
            return text


def slips(folded):
    """The spelling with each letter left out in turn: two words with one of these in common differ by one slip."""
    return {folded[:at] + folded[at + 1 :] for at in range(len(folded))} if len(folded) > 3 else set()


# likeness


def alike(one, other):
    """From 0 (nothing in common) to 1 for two words; 1 only if they are written alike, 0.99 if they are the same to the ear."""
    if one.text == other.text:
        return 1.0
    best = 0.0
    for mine in one.readings:
        for theirs in other.readings:
            best = max(best, 1.0 if mine == theirs else (JaroWinkler.similarity(mine, theirs) + Indel.normalized_similarity(mine, theirs)) / 2)
    folded = 0.0
    for mine in one.folds:
        for theirs in other.folds:
            folded = max(folded, 1.0 if mine == theirs else (JaroWinkler.similarity(mine, theirs) + Indel.normalized_similarity(mine, theirs)) / 2)
    bare = 0.0
    for mine in one.skeletons:
        for theirs in other.skeletons:
            if mine == theirs:
                bare = 1.0
                break
            bare = max(bare, Indel.normalized_similarity(mine, theirs))
    return min(0.99, (best + folded + bare) / 3)


def joined(words):
    """Several words as one, put together from what is known of each: for comparing with many, where `whole` would take too long."""
    first = [word for word in words if word.readings]
    parts = [[getattr(word, name)[0] for word in first if getattr(word, name)] for name in ("readings", "folds", "skeletons")]
    readings, folds, skeletons = ("".join(part) for part in parts)
    return Word("".join(word.text for word in words), (readings,), (folds,), (_UNDOUBLED.sub(r"\1", skeletons),) if skeletons else ())


_UNDOUBLED = re.compile(r"(.)\1+")


def syllables(whole):
    """The ways to cut a word into two to four syllables, each a word: who hears Ni La may write Nila. None if it has one, or more."""
    ways = {}
    for reading in whole.readings[:2]:
        middles = [match.span() for match in _MIDDLE.finditer(reading)]
        if 2 <= len(middles) <= 4:
            for onset in _ONSETS:
                starts = [0, *(after - len(onset.search(reading[end:after])[0]) for (_start, end), (after, _end) in pairwise(middles)), len(reading)]
                way = tuple(reading[start:end] for start, end in pairwise(starts))
                if all(map(_SYLLABLE.fullmatch, way)):
                    ways.setdefault(way)
    return [tuple(map(word, way)) for way in ways]


_MIDDLE = re.compile(r"(?:[aeiou]|[yw](?![aeiou]))+")
_SYLLABLE = re.compile(r"[^aeiou]*[aeiouyw]+[^aeiou]{0,2}e?")
_ONSETS = [re.compile(pattern) for pattern in (r"(?:ng|[^aeiou])?[hlrwy]?$", r"[^aeiou]?$", r"$")]  # of what stands between two vowels: much, one letter, none


def whole(words):
    """Several words as one, for names written without gaps."""
    if not words:
        return Word("", (), (), ())
    first = tuple("".join(each.readings[min(at, len(each.readings) - 1)] for each in words if each.readings) for at in range(2))
    latin = tuple(dict.fromkeys(filter(None, first)))
    text = "".join(each.text for each in words)
    return Word(text, latin, tuple(dict.fromkeys(map(fold, latin))), tuple(sorted(sounds.skeletons(text))))
