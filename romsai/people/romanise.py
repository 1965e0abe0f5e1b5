"""A reading in Latin letters for whoever cannot read the script: Thai and Lao by the rules of the Royal Institute, Burmese by customary
spelling, all else letter by letter (anyascii). For reading only: a name's own Latin spelling, where known, is a name of its own.
"""

import re
import unicodedata

from anyascii import anyascii

_ONSET = {
    **dict.fromkeys("ก", "k"), **dict.fromkeys("ขฃคฅฆ", "kh"), "ง": "ng", **dict.fromkeys("จฉชฌ", "ch"), **dict.fromkeys("ซศษส", "s"),
    **dict.fromkeys("ญย", "y"), **dict.fromkeys("ดฎ", "d"), **dict.fromkeys("ตฏ", "t"), **dict.fromkeys("ถทธฐฑฒ", "th"),
    **dict.fromkeys("นณ", "n"), "บ": "b", "ป": "p", **dict.fromkeys("ผพภ", "ph"), **dict.fromkeys("ฝฟ", "f"), "ม": "m", "ร": "r",
    **dict.fromkeys("ลฬ", "l"), "ว": "w", **dict.fromkeys("หฮ", "h"), "อ": "",
}  # fmt: skip
_CODA = {
    **dict.fromkeys("กขคฆ", "k"), "ง": "ng", **dict.fromkeys("จชซฎฏฐฑฒดตถทธศษส", "t"), **dict.fromkeys("นญณรลฬ", "n"),
    **dict.fromkeys("บปพฟภ", "p"), "ม": "m", "ย": "i", "ว": "o",
}  # fmt: skip
_C = "[ก-ฮ]"
_CLUSTER = f"(?:[กขคตปผพ][รล](?={_C}?[ะาิีึืุูัอ])|[กข]ว(?=[าัิี])|ห(?=[งญนมยรลว][ะาิีึืุูัอ])[งญนมยรลว]|{_C})"
_AHEAD = f"(?:[กขคตปผพ][รล](?={_C})|ห[งญนมยรลว]|{_C})"
_FINAL = f"(?P<coda>{_C}(?![ะาิีึืุูัำ])(?!อ{_C}|อ$))?"
_REST = f"(?P<coda>{_C}(?![ะาิีึืุูัำ])(?!อ{_C}|อ$)(?!{_C}$))?"  # นิภาธร: what closes the word needs an onset
_SYLLABLES = [
    (re.compile(pattern), vowel)
    for pattern, vowel in [
        (f"เ(?P<on>{_AHEAD})ีย{_REST}", "ia"),
        (f"เ(?P<on>{_AHEAD})ือ{_REST}", "uea"),
        (f"เ(?P<on>{_AHEAD})าะ?", "ao"),
        (f"เ(?P<on>{_AHEAD})ิ{_REST}", "oe"),
        (f"เ(?P<on>{_AHEAD})อ{_REST}", "oe"),
        (f"เ(?P<on>{_AHEAD})ย", "oei"),
        (f"เ(?P<on>{_AHEAD})ะ?{_REST}", "e"),
        (f"แ(?P<on>{_AHEAD})ะ?{_REST}", "ae"),
        (f"โ(?P<on>{_AHEAD})ะ?{_REST}", "o"),
        (f"[ไใ](?P<on>{_AHEAD})ย?", "ai"),
        (f"(?P<on>{_CLUSTER})ัว{_REST}", "ua"),
        (f"(?P<on>{_CLUSTER})ัย", "ai"),
        (f"(?P<on>{_CLUSTER})ั{_FINAL}", "a"),
        (f"(?P<on>{_CLUSTER})ะ", "a"),
        (f"(?P<on>{_CLUSTER})า{_REST}", "a"),
        (f"(?P<on>{_CLUSTER})[ิี]{_REST}", "i"),
        (f"(?P<on>{_CLUSTER})[ึื]อ?{_REST}", "ue"),
        (f"(?P<on>{_CLUSTER})[ุู]{_REST}", "u"),
        (f"(?P<on>{_CLUSTER})อ{_REST}", "o"),
        (f"(?P<on>{_C})ว(?P<coda>{_C})(?![ะาิีึืุูัอ])", "ua"),
        (f"(?P<on>{_C})(?P<coda>ร)(?={_C}|$)(?!{_C}[ะาิีึืุูั])", "o"),
        (f"(?P<on>[กขคตปผพ][รล]|{_C})(?P<coda>{_C})(?![ะาิีึืุูัอ])", "o"),
        (f"(?P<on>{_C})", "a"),
    ]
]


def latin(text):
    """The text in Latin letters, each word with a capital."""
    words = (_word(word) for word in unicodedata.normalize("NFC", text).split())
    return " ".join(word[:1].upper() + word[1:] for word in words if word)


def _word(word):
    if re.search("[\u0e81-\u0edf]", word):
        return _thai(_as_thai(word))
    if re.search("[ก-ฮ]", word):
        return _thai(word)
    if re.search("[က-အ]", word):
        return _burmese(word)
    if re.search("[\u4e00-\u9fff]", word):
        return anyascii(word).capitalize()
    return anyascii(word)


# Thai, and Lao through it: Unicode lays the two scripts out alike


def _as_thai(word):
    word = word.replace("ຫຼ", "ຫລ").replace("ໜ", "ຫນ").replace("ໝ", "ຫມ").replace("ຽ", "ีย").replace("ຢ", "ย").replace("ົວ", "ัว")
    word = re.sub("ເ([ກ-ຮ]{1,2})ົາ", r"เ\1า", word)
    word = re.sub("ໍ(?!າ)", "อ", word).replace("ຍ", "ย").replace("ົ", "").replace("ັ", "ั").replace("ຣ", "ร")
    return "".join(chr(ord(c) - 0x80) if "\u0e81" <= c <= "\u0edf" else c for c in word)


def _thai(word):
    word = re.sub("[\u0e47-\u0e4b]", "", word).replace("ํา", "ำ").replace("ำ", "ัม").replace("ฤ", "ริ").replace("ียรติ", "ียต")
    word = re.sub("(?<![เแโไใ][ก-ฮ])(?<=[ก-ฮ])[กขคฆจชซดตถทธฎฏฐฑฒบปพภศษส][ก-ฮ][ิุ]?์", "", word)
    word = re.sub("[ก-ฮ][ิุ]?์", "", word)
    word = re.sub("รร(?=[ก-ฮ](?:[ก-ฮ]|$))", "ั", word).replace("รร", "ัน")
    word = re.sub("^ทร", "ซ", word)
    word = re.sub("([สศ])ร(?=[ีอ])", r"\1", word)
    word = re.sub("([ิุัเ][กตทช])ร$|(เ[ก-ฮ][ตช])ร$", r"\1\2", word)  # จักร, บุตร, เพชร
    word = re.sub("(า)ติ$|(เ[ก-ฮ])ตุ", lambda m: (m[1] or m[2]) + "ต", word).replace("ฒิ", "ฒ")  # ชาติ, เกตุ, วุฒิ
    out, at = "", 0
    while at < len(word):
        for pattern, vowel in _SYLLABLES:
            match = pattern.match(word, at)
            if match:
                out += _onset(match["on"]) + vowel + _CODA.get(match.groupdict().get("coda") or "", "")
                at = match.end()
                break
        else:
            out += anyascii(word[at])
            at += 1
    return out


def _onset(letters):
    if len(letters) == 2 and letters[0] == "ห":
        return _ONSET[letters[1]]
    return "".join(_ONSET.get(c, "") for c in letters)


# Burmese

_BURMESE_ONSET = {
    "က": "k", "ခ": "kh", "ဂ": "g", "ဃ": "g", "င": "ng", "စ": "s", "ဆ": "hs", "ဇ": "z", "ဈ": "z", "ည": "ny", "ဉ": "ny", "ဋ": "t", "ဌ": "ht",
    "ဍ": "d", "ဎ": "d", "ဏ": "n", "တ": "t", "ထ": "ht", "ဒ": "d", "ဓ": "d", "န": "n", "ပ": "p", "ဖ": "ph", "ဗ": "b", "ဘ": "b", "မ": "m",
    "ယ": "y", "ရ": "y", "လ": "l", "ဝ": "w", "သ": "th", "ဟ": "h", "ဠ": "l", "အ": "", "ဣ": "i", "ဥ": "u", "ဦ": "u", "ဧ": "e", "ဩ": "aw",
}  # fmt: skip
_RHYMES = [  # longest first
    ("ိုင်", "aing"), ("ိုက်", "aik"), ("ောင်", "aung"), ("ောက်", "auk"), ("ိန်", "ein"), ("ိမ်", "ein"), ("ိတ်", "eik"), ("ိပ်", "eik"),
    ("ုန်", "on"), ("ုမ်", "on"), ("ုံ", "on"), ("ုတ်", "ok"), ("ုပ်", "ok"), ("ိံ", "ein"), ("ယ်", "e"), ("က်", "et"), ("င်", "in"),
    ("စ်", "it"), ("ည်", "i"), ("ဉ်", "in"), ("ဥ်", "in"), ("တ်", "at"), ("ပ်", "at"), ("န်", "an"), ("မ်", "an"), ("ံ", "an"), ("ို", "o"),
    ("ော်", "aw"), ("ော", "aw"), ("ေ", "ay"), ("ဲ", "e"), ("ာ", "a"), ("ိ", "i"), ("ီ", "i"), ("ု", "u"), ("ူ", "u"),
]  # fmt: skip
_BURMESE_SYLLABLE = re.compile("([က-ဪဿ])(?:\u1039([က-အ]))?([ျြွှ]*)((?:[\u102b-\u1036]|[က-ဪ][့]?\u103a|\u103a)*)[့း]*")


def _burmese(word):
    word = word.replace("ါ", "ာ").replace("့်", "်").replace("ဿ", "သ်သ")
    out = ""
    for onset, stacked, medials, rhyme in _BURMESE_SYLLABLE.findall(word):
        if stacked:
            out += _BURMESE_ONSET.get(onset, "")
            onset = stacked
        head = _BURMESE_ONSET.get(onset, anyascii(onset))
        if "ှ" in medials and (onset == "ရ" or (onset == "လ" and "ျ" in medials)):
            head = "sh"
        elif "ျ" in medials or "ြ" in medials:
            head = {"k": "ky", "kh": "ch", "g": "gy", "ng": "ny"}.get(head, head + "y")
        elif "ှ" in medials:
            head = "h" + head
        vowel = next(
            (latin for letters, latin in _RHYMES if rhyme.startswith(letters)),
            "" if head in ("i", "u", "e", "aw") else "a",
        )
        if "ွ" in medials:
            head, vowel = (head, {"an": "un", "at": "ut"}[vowel]) if vowel in ("an", "at") else (head + "w", vowel)
        out += head + vowel
    return out
