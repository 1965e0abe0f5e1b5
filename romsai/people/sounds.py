"""How a name sounds, as short keys: equal keys mean that two spellings may be one name, also across scripts.

A key is the skeleton of consonant classes (K C S T P N M L Y W H, A for a vowel that begins), read straight from Thai, Lao, Khmer or
Burmese letters or from Latin: r and l are one class, so are ph and p. English keys (Soundex, Metaphone) find under a third of Thai
pairs. Where a script leaves a reading open, a word has several keys. What it finds is measured in tests/test_names_measured.py.

Khmer and Burmese are compared with Latin by looser keys of their own, which carry who wrote them: a Latin name asks for what was
written in Khmer, and the other way round. So the loose keys never make one Latin name look like another.
"""

import re
import unicodedata
from itertools import product

from anyascii import anyascii

LONG = 3  # a skeleton shorter than this says too little by itself: the class of the first vowel is added


def stored(word):
    """The set of keys under which a word of a name is found."""
    return _keys(word, asked=False)


def asked(word):
    """The set of keys by which a word is searched."""
    return _keys(word, asked=True)


def _keys(word, *, asked):
    script = _script(word)
    if script in _LOOSE:
        bare = {_once(key) for key in _READERS[script](word)}
        return {f"{script}:{key}" for key in bare} | _across(script, "Latn", bare, asked)
    if script in _READERS:
        keys = {_once(key) for key in _READERS[script](word)}
        return {_with_vowel(key, vowel) for key in keys for vowel in _vowels_native(word)}
    latin = _latin(word)
    if not latin:
        return set()
    vowels = _vowels_latin(latin)
    keys = {_with_vowel(key, vowel) for key in _read_latin(latin.replace("sr", "s")) for vowel in vowels}
    for script, read in _LOOSE.items():
        keys |= _across("Latn", script, read(latin), asked)
    return keys


def skeletons(word):
    """The skeletons of a word bare of everything else, for measuring how near two words are. A Latin word has those of a Burmese ear too."""
    script = _script(word)
    if script in _READERS:
        return {_once(key) for key in _READERS[script](word)}
    latin = latin_letters(word)
    latin = re.sub("[^a-z]", "", latin)
    return ({key for key in _read_latin(latin) if key} | _as_burmese(latin)) if latin else set()


def _across(own, other, keys, asked):
    """Written in `own`, to be found from `other`; when asked, what was written in `other`."""
    way = f"{other}>{own}" if asked else f"{own}>{other}"
    return {f"{way}:{key}" for key in keys}


def _with_vowel(key, vowel):
    return key if len(key) >= LONG else f"{key}~{vowel}"


def _once(key):
    return re.sub(r"(.)\1+", r"\1", key)


def _script(word):
    for c in word:
        for name, (first, last) in _RANGES.items():
            if first <= c <= last:
                return name
    return "Latn"


_RANGES = {"Thai": "\u0e01\u0e5b", "Laoo": "\u0e81\u0edf", "Khmr": "\u1780\u17ff", "Mymr": "\u1000\u109f"}
_FINAL = {"L": "N", "S": "T", "C": "T"}  # what closes a syllable in Thai, Lao and Khmer is one of K T P N M


def _classes(spec):
    return {letter: name for name, letters in spec.items() for letter in letters}


# Latin

_LETTERS = {"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe"}


def latin_letters(text):
    """Small letters without marks: Nguyễn is nguyen, đ is d; another script letter by letter."""
    plain = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(_LETTERS.get(c, c) for c in plain if not unicodedata.combining(c))
    return anyascii(plain).lower()


def _latin(word):
    return re.sub(r"[^a-z]", "", latin_letters(word))


_SPELLINGS = [
    (re.compile(pattern), to)
    for pattern, to in [
        (r"(?<=[aeiou])r(?=[^aeiouy]|$)", ""),  # Porn is Pon: an r after a vowel only lengthens it
        (r"[dt]ch|tsh|chh|ch|tj|dj|j", "C"),
        (r"hs|sh|ss|x|z", "S"),
        (r"ng|nh|ny(?=[aeiou])|gn|nj|hn", "N"),
        (r"kh|gh|hk|ck|q|g", "K"),
        (r"c(?=[eiy])", "S"),
        (r"ph|bh|hp|f|b", "P"),
        (r"th|dh|ht|d", "T"),
        (r"hl|lh|rh|r", "L"),
        (r"hm|mh", "M"),
        (r"[wv](?=[aeiouy])", "W"),
        (r"(?<![^aeioumptkdbs])y(?=[aeiou])", "Y"),
        (r"(?<![^aeiou])h(?=[aeiouy])", "H"),
    ]
]
_PLAIN = {"c": "K", "k": "K", "s": "S", "t": "T", "p": "P", "n": "N", "m": "M", "l": "L"}


def _spelled(latin):
    for pattern, to in _SPELLINGS:
        latin = pattern.sub(to, latin)
    return latin


def _skeleton(latin, closing=None):
    """Classes of a Latin word; `closing` says what some closing letters stand for."""
    spelled = _spelled(latin)
    named = {**_PLAIN, **(closing or {})}
    key = [c if c.isupper() else named.get(c, "") for c in spelled]
    key = ["A" if latin[0] in "aeiou" else "", *key]
    if closing is None and len("".join(key)) > 1:
        key[-1] = _FINAL.get(key[-1], key[-1])
    return "".join(key)


def _read_latin(latin):
    """The likely reading, and others where ts or tch may be one sound or two (Natsuda and Tsai, Phetch and Chatchai)."""
    readings = {latin, latin.replace("ts", "s"), re.sub("[td]ch", "t'ch", latin)}
    return {_once(_skeleton(reading)) for reading in readings}


def _vowels_latin(latin):
    """The class of the first vowel: A open, U back, I front. A u may be either of two (Suk, Luck)."""
    found = re.search(r"[aeiou][aeiouyw]*|y", latin)
    vowel = found.group() if found else ""
    if vowel == "u":
        return ("U", "A")
    if vowel[:2] in ("au", "aw", "eu"):
        return ("U",)
    return ({"a": "A", "o": "U", "u": "U"}.get(vowel[:1], "I") if vowel else "",)


# Thai and Lao

_THAI = _classes({
    "K": "กขฃคฅฆ", "C": "จฉชฌ", "S": "ซศษส", "T": "ดตถทธฎฏฐฑฒ", "P": "บปผพภฝฟ", "N": "งนณญ",
    "M": "ม", "L": "รลฬฤฦ", "Y": "ย", "W": "ว", "H": "หฮ", "A": "อ",
})  # fmt: skip
_LAO = _classes({
    "K": "ກຂຄ", "C": "ຈ", "S": "ຊສ", "T": "ດຕຖທ", "P": "ບປຜພຝຟ", "N": "ງນຍໜ",
    "M": "ມໝ", "L": "ຣລຼ", "Y": "ຢ", "W": "ວ", "H": "ຫຮ", "A": "ອ",
})  # fmt: skip
_AHEAD = frozenset("เแโไใເແໂໄໃ")  # vowels written before the consonant that they follow
_TONES = re.compile("[\u0e47-\u0e4b\u0e4d\u0ec8-\u0ecb]")


def _thai(word):
    word = _TONES.sub("", word).replace("ำ", "ัม").replace("ียรติ", "ียต")
    word = re.sub("รร์", "รร", word)
    # Under the silencing mark fall one letter (วัฒน์) or two, where the first could not be said either (จันทร์, ลักษณ์).
    word = re.sub("(?<![เแโไใ][ก-ฮ])(?<=[ก-ฮ])[กขคฆจชซดตถทธฎฏฐฑฒบปพภศษส][ก-ฮ][ิุ]?์", "", word)
    word = re.sub("[ก-ฮ][ิุ]?์", "", word)
    word = re.sub("รร(?=[ก-ฮ](?:[ก-ฮ]|$))", "ั", word).replace("รร", "ัน")
    word = re.sub("^ทร", "ซ", word).replace("ฤ", "รึ")
    word = re.sub("([สศ])ร(?=[ีอ])", r"\1", word)  # ศรี is si
    word = re.sub("([ไใ])([กขคตปผพ][รลว])", r"\2\1", word)  # ไกร: the vowel belongs to both
    return _read(word, _THAI, "ห")


def _lao(word):
    word = re.sub("[ກ-ຮ]\u0ecc", "", _TONES.sub("", word).replace("ຳ", "ັມ").replace("ໍາ", "ັມ"))
    return _read(word, _LAO, "ຫ")


def _read(word, table, silent_h):
    """Every likely skeleton of a Thai or Lao word.

    Left open by the script: does r, l, s or ch close a syllable (then n or t), is r silent after what closes one (จักร), is w or y
    between two consonants a sound or part of a vowel.
    """
    letters = [(table[c], _is_open(word, i, table), i) for i, c in enumerate(word) if c in table]
    for closes, silent, glides in product((False, True), repeat=3):
        kept = []
        for n, (name, is_open, i) in enumerate(letters):
            after = letters[n + 1][0] if n + 1 < len(letters) else ""
            before, before_open, _ = letters[n - 1] if n else ("", True, 0)
            if name == "A" and n:
                continue
            if name == "H" and n == 0 and word[i] == silent_h and not is_open and after in tuple("NMLYW"):
                continue
            if name in "YW" and n and not is_open and (not after or word[i - 1] not in table or glides):
                continue
            if name == "L" and n > 1 and not is_open and silent and not before_open and before in "KTPCS":
                continue
            kept.append((_FINAL.get(name, name) if closes and n and not is_open else name, is_open))
        if kept:
            last, is_open = kept[-1]
            key = "".join(name for name, _ in kept[:-1])
            yield key + (last if is_open or not key else _FINAL.get(last, last))


def _is_open(word, i, table):
    """Is a vowel written with this consonant?"""
    after = word[i + 1 : i + 2]
    if i and word[i - 1] in _AHEAD:
        return True
    return after != "" and after not in _AHEAD and (after not in table or table[after] == "A")


_VOWELS = {
    **dict.fromkeys("ะาัำไใະາັຳໄໃ", "A"),
    **dict.fromkeys("ิีเแິີເແຽ", "I"),
    **dict.fromkeys("ึืุูโອอຶືຸູໂົໍ", "U"),
}


def _vowels_native(word):
    """The class of the first vowel: open, front or back. A vowel that is not written is open or back."""
    word = _TONES.sub("", word).replace("ฤ", "รึ")
    first_letter = next((i for i, c in enumerate(word) if c not in _AHEAD), 0)
    for i, c in enumerate(word):
        if c not in _VOWELS or (c in "อອ" and i == 0):
            continue
        if i > first_letter + 2:
            break
        rest = word[i + 1 : i + 5]
        if c in "เເ" and ("า" in rest[1:3] or "າ" in rest[1:3] or "ົ" in rest[1:2]):
            return "A"  # เ-า
        if c in "เເ" and re.search("[ืຶືอອ]", rest[1:3]):
            return "U"  # เ-ือ, เ-อ
        return _VOWELS[c]
    return "UA"


# Khmer

_KHMER = _classes({
    "K": "កខគឃ", "C": "ចឆជឈ", "S": "សឝឞ", "T": "ដឋឌឍតថទធ", "P": "បផពភ", "N": "ងញណន",
    "M": "មំ", "L": "រលឡឫឬឭឮ", "Y": "យ", "W": "វ", "H": "ហ", "A": "អឥឦឧឩឪឯឱឲ",
})  # fmt: skip
_UNDER = "\u17d2"  # the next letter is written under this one


def _khmer(word):
    word = re.sub("[\u1780-\u17a2]\u17cd", "", word)  # the silencing mark
    word = re.sub("[\u17c9-\u17cf\u17d1\u17dd]", "", word)
    word = re.sub("ា?ំង", "ង", word)
    word = re.sub(f"(?<!^)(?<!{_UNDER})រ(?=[\u1780-\u17a2]|$)", "", word)  # a closing r is silent
    for reading in {
        word,
        re.sub(f"{_UNDER}[\u1780-\u17a2]$", "", word),
    }:  # so is what hangs under the last letter (វង្ស)
        letters = [(i, _KHMER[c]) for i, c in enumerate(reading) if c in _KHMER]
        key = ""
        for n, (i, name) in enumerate(letters):
            after = reading[i + 1 : i + 2]
            is_bare = after == "" or "\u1780" <= after <= "\u17a2"
            if n and (name == "A" or (name in "YW" and is_bare and reading[i - 1] not in _KHMER and reading[i - 1] != _UNDER)):
                continue
            key += _FINAL.get(name, name) if n and after == "" else name
        if key:
            yield key


# Burmese

_BURMESE = _classes({
    "K": "ကခဂဃ", "S": "စဆဇဈ", "T": "ဋဌဍဎတထဒဓသဿ", "P": "ပဖဗဘ", "N": "ငညဉဏန", "M": "မ",
    "L": "လဠ", "Y": "ယရ", "W": "ဝ", "H": "ဟ", "A": "အဣဤဥဦဧဩဪ",
})  # fmt: skip
_SYLLABLE = re.compile("([က-ဪဿ])(?:\u1039([က-အ]))?([ျြွှ]*)([^က-ဪဿ]*)")
_STOP, _NASAL = "\ue001", "\ue000"
# What closes a syllable is a stop, a nasal or part of the vowel; which stop or nasal is not heard.
_CLOSING = {**dict.fromkeys("KSTP", _STOP), **dict.fromkeys("NMA", _NASAL)}


def _burmese(word):
    word = re.sub("([က-ဪ])\u1037?\u103a\u1037?", _closing, word).replace("\u1036", _NASAL)
    key = ""
    for onset, stacked, medials, rest in _SYLLABLE.findall(word):
        if stacked:
            key += "T" if _BURMESE[onset] in "KSTP" else "N"
            onset = stacked
        name = _BURMESE[onset]
        if "ှ" in medials and (onset in "ရသ" or (onset == "လ" and "ျ" in medials)):
            name = "S"
        elif name == "K" and ("ျ" in medials or "ြ" in medials):
            name = "C"
        key += name if name != "A" or not key else ""
        key += "N" if _NASAL in rest else "T" if _STOP in rest else ""
    if key:
        yield key
        if "Y" in key:
            yield key.replace("Y", "L")  # ရ is y in most names, r in some


def _closing(match):
    letter = match[1]
    return "" if letter in "ညယရလ" else _CLOSING.get(_BURMESE[letter], "")


def _as_burmese(latin):
    """A Latin spelling read as Burmese: ky and gy are one sound, closing stops are one, closing nasals are one."""
    latin = re.sub(r"[kg]y(?=[aeiou])|ch|j", "C", latin).replace("v", "p")
    latin = re.sub(r"(?<=[aeiou])([kmnt])e$", r"\1", latin)
    latin = re.sub(r"(?<=[aeiouwy])[rl](?![aeiouy])", "", latin)
    latin = re.sub(r"(?<=[aeiou])n[gt]?(?![aeioughy])|(?<=[aeiou])m(?![aeiou])", _NASAL, latin)
    latin = re.sub(r"(?<=[aeiou])h?[ktpd](?![aeiouhwy])", _STOP, latin)
    latin = re.sub(r"(?<=[a-zC])w(?=[aeiou])", "", latin)
    latin = re.sub(r"(?<=[bpmtl])y(?=[aeiou])", "", latin)
    key = _once(_skeleton(latin, {_NASAL: "N", _STOP: "T"})) if latin else ""
    return {key} if key else set()


_LOOSE = {"Khmr": _read_latin, "Mymr": _as_burmese}
_READERS = {"Thai": _thai, "Laoo": _lao, "Khmr": _khmer, "Mymr": _burmese}
