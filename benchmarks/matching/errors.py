"""What a second registrar makes of a person: a name heard and spelled again, half of it, in another order or script, a year that is off.

The spelling model works on sounds as three kinds of listeners write them (who learnt English, French or a Thai keyboard), then on slips of
the finger. It was written before the search and shares no table with it: what is folded together there was not looked up here, or back.
"""

import random
import re
from dataclasses import dataclass, field
from datetime import timedelta

from benchmarks.matching import lists
from benchmarks.matching.people import SCRIPT, SEED, TODAY

# What is written for a sound that is heard: each alternative is taken as often as it stands here.
HEARD = [
    (r"ph", ["p", "f", "ph", "p"]), (r"th", ["t", "th", "t", "dh"]), (r"kh", ["k", "kh", "k", "c"]), (r"ch", ["ch", "j", "tj", "tch", "sh"]),
    (r"sh", ["s", "sh", "x"]), (r"ng(?=[aeiou]|$)", ["ng", "n", "ng"]), (r"ny|nh", ["ny", "n", "nh", "gn"]), (r"(?<![st])r(?!$)", ["r", "l"]), (r"l(?=[aeiou])", ["l", "r", "l", "l"]),
    (r"v", ["v", "w", "v"]), (r"w(?=[aeiou])", ["w", "v", "u"]), (r"x", ["x", "s", "sh"]), (r"s(?=[aeiou])", ["s", "z", "s", "s", "ss"]), (r"z", ["z", "s", "z", "j"]),
    (r"ou|oo", ["u", "oo", "ou"]), (r"(?<![aeo])u(?![aeio])", ["u", "ou", "oo", "u"]), (r"ee|ii", ["i", "ee", "y"]), (r"(?<![aeou])i(?![aeou])", ["i", "ee", "i", "y"]),
    (r"y$", ["y", "i", "ee"]), (r"ai|ay", ["ai", "ay", "ei", "i"]), (r"ao|au|aw", ["ao", "au", "ow", "aw"]), (r"eo|ew|aew", ["eo", "aew", "ew", "eow"]), (r"ie|ia", ["ia", "ie", "ea"]),
    (r"ue|eu", ["ue", "u", "eu"]), (r"ae", ["ae", "e", "a"]), (r"o(?![aeiou])", ["o", "o", "or", "oh", "aw"]), (r"a$", ["a", "ah", "ar", "a"]), (r"c(?=[aou])|k", ["k", "c", "k", "g"]),
    (r"qu", ["qu", "kw"]), (r"q", ["q", "ch", "k"]), (r"d(?=[aeiou])", ["d", "d", "t"]), (r"b(?=[aeiou])", ["b", "b", "p"]), (r"p(?=[aeiou])", ["p", "p", "b"]), (r"g(?=[aeiou])", ["g", "g", "k"]),
    (r"t$", ["t", "d", "th", "t"]), (r"k$", ["k", "g", "c", "ck"]), (r"p$", ["p", "b", "pe"]), (r"n$", ["n", "nn", "ne", "n"]), (r"m$", ["m", "mm", "me", "m"]), (r"orn", ["orn", "on", "horn"]),
    (r"h(?=[tl])", ["h", ""]), (r"tr", ["tr", "ch", "t"]), (r"gi(?=[aeo])", ["gi", "z", "y"]), (r"ky", ["ky", "gy", "ch", "j"]), (r"sr", ["sr", "s", "sir"]), (r"pr", ["pr", "p", "pr"]),
]  # fmt: skip
HEARD = [(re.compile(pattern), written) for pattern, written in HEARD]
NEAR = {letter: row[max(0, at - 1) : at] + row[at + 1 : at + 2] for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm") for at, letter in enumerate(row)}
# Who types in a script of their own slips there too: by a tone mark left out, a long vowel for a short one, or letters of one sound.
NATIVE_SLIPS = [
    ("[\u0e48-\u0e4c\u0ec8-\u0ecb\u1037\u1038]", ""), ("ี", "ิ"), ("ิ", "ี"), ("ุ", "ู"), ("ู", "ุ"), ("ณ", "น"), ("ศ", "ส"), ("ษ", "ส"), ("ภ", "พ"), ("ญ", "ย"), ("ธ", "ท"),
    ("ີ", "ິ"), ("ິ", "ີ"), ("ຸ", "ູ"), ("ູ", "ຸ"), ("ຣ", "ລ"), ("ຢ", "ຍ"), ("ຫຼ", "ລ"), ("ាំ", "ំ"), ("ុ", "ូ"), ("ិ", "ី"), ("ី", "ិ"), ("\u102d", "\u102e"), ("\u102f", "\u1030"), ("\u103d", ""),
    ("សុ", "សូ"), ("ណ", "ន"), ("ចន្", "ច័ន្"),
]  # fmt: skip


@dataclass
class Asked:
    """A question about person `number`. `kinds`: what was done to the name, for the tables of results."""

    number: int
    names: list
    birth_year: int | None = None
    sex: str = ""
    place: str = ""
    mother: str = ""
    father: str = ""
    phone: str = ""
    kinds: set = field(default_factory=set)

    @property
    def is_one_name(self):
        return "one name" in self.kinds


def questions(persons, seed=SEED):
    """One question about each of the persons."""
    return [question(person, seed) for person in persons]


def question(person, seed=SEED):
    rng = random.Random(f"{seed}:asked:{person.number}")
    asked = Asked(person.number, [])
    text, is_native = _in_script(rng, person, person.name, asked)
    text = _arranged(rng, person, text, is_native, asked)
    asked.names.append(_misheard(rng, text, asked, is_native))
    if person.nick[1] and rng.random() < 0.3:
        asked.names.append(person.nick[0] if is_native and person.nick[0] else _misheard(rng, person.nick[1], None, False, light=True))
    if person.country in SCRIPT and rng.random() < 0.1 and not is_native:
        asked.names.append(person.name[0])
        asked.kinds.add("both scripts")
    if rng.random() < 0.92:
        days = round(rng.gauss(0, 450)) if rng.random() < 0.75 else 0
        if rng.random() < 0.12:
            days += rng.choice([-3, 3]) * 365  # "about nine" of a child who is twelve
        asked.birth_year = min(TODAY.year, (person.born + timedelta(days=days)).year)
    asked.sex = person.sex if rng.random() < 0.9 else rng.choice(["", "", "F", "M"])
    if rng.random() < 0.6:
        asked.place = person.province_native if is_native and person.province_native and rng.random() < 0.7 else _misheard(rng, person.province, None, False, light=True)
    for parent, share in (("mother", 0.5), ("father", 0.3)):
        known = getattr(person, parent)
        if known[1] and rng.random() < share:
            told, native = _in_script(rng, person, known, None)
            told = _arranged(rng, person, told, native, None, half=0.45)
            setattr(asked, parent, _misheard(rng, told, None, native))
    if person.phone and rng.random() < 0.3:
        asked.phone = person.phone
    return asked


def _in_script(rng, person, pair, asked):
    """(text, whether in the country's own script): mostly as the register has it, one time in three in the other script."""
    if person.country not in SCRIPT:
        return pair[1], False
    native = person.native if rng.random() < 0.67 else not person.native
    if asked is not None and native != person.native:
        asked.kinds.add("other script")
    return (pair[0], True) if native else (pair[1], False)


def _arranged(rng, person, text, is_native, asked, half=0.15):
    """One name only, another order, no gaps, or as it was."""
    words = text.split()
    if person.country == "CN" and is_native:
        return text
    roll, kind = rng.random(), ""
    if len(words) > 1 and roll < half:
        words, kind = [_call_name(rng, person, words)], "one name"
    elif len(words) > 1 and roll < half + 0.15:
        words, kind = words[1:] + words[:1] if rng.random() < 0.7 else words[::-1], "another order"
    elif len(words) > 1 and roll < half + 0.25:
        words, kind = ["".join(words) if is_native else "".join(words).capitalize()], "no gaps"
    elif len(words) > 2 and roll < half + 0.40:
        words, kind = [words[0], words[-1]], "middle left out"
    elif len(words) == 1 and person.country in ("ID", "MM"):
        kind = "one name"
    if asked is not None and kind:
        asked.kinds.add(kind)
    return (" " if not is_native or person.country not in ("MM",) else "").join(words)


def _call_name(rng, person, words):
    """The name somebody is called by: the given one, at whichever end it stands."""
    last = person.country in ("KH", "VN", "CN")
    at = -1 if last else 0
    return words[at] if rng.random() < 0.85 else words[-1 - at]


def _misheard(rng, text, asked, is_native, light=False):
    if is_native:
        return _slipped_native(rng, text, asked)
    text = _bare(text) if rng.random() < 0.85 else text  # marks are left out more often than not
    changes = rng.choices([0, 1, 2, 3], [30, 40, 10, 0] if light else [10, 35, 35, 20])[0]
    words = text.split(" ")
    for _unused in range(changes):
        at = rng.randrange(len(words))
        words[at] = _spelled_again(rng, words[at])
    text = " ".join(words)
    if asked is not None and changes:
        asked.kinds.add("respelled")
    if rng.random() < (0.1 if light else 0.35):
        text = _typo(rng, text)
        if asked is not None:
            asked.kinds.add("typo")
    return text if rng.random() < 0.6 else rng.choice([text.lower(), text.upper()])


def _spelled_again(rng, word):
    low = word.lower()
    places = [(match, written) for pattern, written in HEARD for match in pattern.finditer(low)]
    if not places:
        return word
    match, written = rng.choice(places)
    new = low[: match.start()] + rng.choice(written) + low[match.end() :]
    return new.capitalize() if word[:1].isupper() else new


def _typo(rng, text):
    letters = [at for at, letter in enumerate(text) if letter.isalpha()]
    if len(letters) < 4:
        return text
    at = rng.choice(letters[1:])
    kind = rng.random()
    if kind < 0.3:
        return text[:at] + text[at + 1 :]
    if kind < 0.55:
        return text[:at] + rng.choice(NEAR.get(text[at].lower()) or text[at]) + text[at + 1 :]
    if kind < 0.75:
        return text[:at] + text[at] + text[at:]
    if at + 1 < len(text) and text[at + 1].isalpha():
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + rng.choice("aeiouhnr") + text[at:]


def _slipped_native(rng, text, asked):
    if rng.random() < 0.4:
        fitting = [(pattern, to) for pattern, to in NATIVE_SLIPS if re.search(pattern, text)]
        if fitting:
            pattern, to = rng.choice(fitting)
            text = re.sub(pattern, to, text, count=1)
            if asked is not None:
                asked.kinds.add("respelled")
    return text


def _bare(text):
    import unicodedata

    text = text.replace("đ", "d").replace("Đ", "D")
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))


def variants_of_places():
    """Every province with its country, for the table of areas that a place is looked up in."""
    return [(country, native, latin.replace("_", " ")) for country, known in lists.PROVINCES.items() for native, latin in known]
