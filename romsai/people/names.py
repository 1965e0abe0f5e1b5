"""Names as people of the region write them: tidied for keeping, broken into words for comparing, spelled for reading."""

import base64
import hashlib
import re
import unicodedata
from functools import cache

from anyascii import anyascii
from django.utils.translation import gettext as _

from romsai.core.dates import digits
from romsai.people import sounds
from romsai.people.romanise import latin

__all__ = [
    "asked",
    "folded",
    "initials",
    "is_zawgyi",
    "latin",
    "pseudonym",
    "same",
    "script_of",
    "stored",
    "syllables",
    "tidy",
    "unicode",
    "warning",
    "words",
]

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_SCRIPTS = {
    "Latn": r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]", "Thai": "[\u0e01-\u0e5b]", "Laoo": "[\u0e81-\u0edf]", "Khmr": "[\u1780-\u17ff]",
    "Mymr": "[\u1000-\u109f\uaa60-\uaa7f]", "Hani": "[\u3400-\u9fff]", "Arab": "[\u0600-\u06ff]", "Tibt": "[\u0f00-\u0fff]",
}  # fmt: skip

# Words that address or link and do not name (code list name_pattern). Left out for comparing, never for keeping.
_LINKS = {"bin", "binti", "bt", "bte", "ibni", "anak", "a/l", "a/p", "jr", "sr", "ii", "iii", "mr", "mrs", "miss", "ms"}  # fmt: skip
_TITLES = {
    "u", "daw", "mg", "maung", "nang", "sai", "ko", "ma", "naw", "saw", "นาย", "นาง", "นางสาว", "น.ส", "เด็กชาย", "เด็กหญิง", "ด.ช", "ด.ญ", "คุณ", "ທ້າວ",
    "ນາງ", "ທ່ານ", "លោក", "អ្នកស្រី", "កញ្ញា", "ဦး", "ဒေါ်", "ကို", "မ", "မောင်", "နော်", "စော", "စိုင်း", "နန်း",
}  # fmt: skip
# Of these some are names too: a boy may be entered as Maung Lu, and be called Ko Lu or Lu later on.
NAMELIKE = frozenset({"u", "daw", "mg", "maung", "nang", "sai", "ko", "ma", "naw", "saw", "ဦး", "ဒေါ်", "ကို", "မ", "မောင်", "နော်", "စော", "စိုင်း", "နန်း"})
_ATTACHED = re.compile(r"^(?:เด็กชาย|เด็กหญิง|ด\.ช\.|ด\.ญ\.|นางสาว|น\.ส\.)\s*(?=[ก-ฮเแโไใ].)")


def tidy(text):
    """What is kept: composed Unicode, single spaces, nothing invisible, Thai and Lao marks in one order. Spelling stays."""
    text = unicodedata.normalize("NFC", text.translate(_INVISIBLE))
    text = text.replace("เเ", "แ").replace("ํา", "ำ").replace("ໍາ", "ຳ").replace("ເເ", "ແ")
    text = re.sub("ํ([่-๋])า", r"\1ำ", text)
    text = re.sub("ໍ([່-໋])າ", r"\1ຳ", text)
    return " ".join(text.split())


def script_of(text):
    """ISO 15924 code of the script most letters are in; empty if there is no letter of one we know."""
    counts = {name: len(re.findall(pattern, text)) for name, pattern in _SCRIPTS.items()}
    best = max(counts, key=counts.get)
    return best if counts[best] else ""


# In Unicode these sequences do not occur in Burmese; in the older Zawgyi encoding almost every word has one.
_ZAWGYI = re.compile(
    "(?:^|[^\u1000-\u109f])[\u1031\u103b-\u103e]"  # a vowel or medial before any consonant
    "|\u1031[^\u1000-\u1021\u103b-\u103e\u1031]*\u1031"
    "|[\u102d-\u1030\u1032\u1036-\u1039]\u1031"
    "|[\u1038\u1037\u103a]\u1031"
    "|\u1039(?![\u1000-\u1021])"  # the stacking sign used as the mark that closes
    "|\u1033|\u1034|[\u1060-\u1097]"
    "|\u103b[\u1000-\u1021]\u1039|\u103c\u103b|\u103a[\u102b-\u1030\u1032]"
)


def is_zawgyi(text):
    """Does Burmese text look as if it was typed in Zawgyi? Then it reads wrongly and is found by nobody."""
    return bool(_ZAWGYI.search(text))


def warning(text):
    """A sentence for the one who typed this name, or nothing."""
    if is_zawgyi(text):
        return _("This name seems to be typed in Zawgyi. Switch the keyboard to Unicode and type it again, so that it can be found.")
    return ""


def words(text, *, titled=False):
    """The words of a name for comparing: small letters, no links, no titles (`titled`: but for those that are names too); Chinese split into
    family and given name.
    """
    text = digits(tidy(text)).casefold()
    text = _ATTACHED.sub("", text)
    text = re.sub(r"\bma\.", "maria ", text)  # Philippines
    parts = [part for part in re.split(r"[\s,;·•\-()\"]+|\.(?=\s|$)", text) if part]
    plain = [part for part in parts if part not in _LINKS]
    has_title = bool(plain) and plain[0] in _TITLES and not (titled and plain[0] in NAMELIKE)
    named = plain[1:] if has_title else plain
    found = named or plain or parts
    if len(found) == 1 and script_of(found[0]) == "Hani" and len(found[0]) in (2, 3):
        return [found[0][:1], found[0][1:]]
    return [part.strip("'’") for part in found]


def unicode(text):
    """The text in Unicode: Burmese typed in the older Zawgyi encoding is turned into what it means. All else is as it was."""
    if not is_zawgyi(text):
        return text
    return _from_zawgyi()(text)


@cache
def _from_zawgyi():
    import icu

    return icu.Transliterator.createInstance("Zawgyi-my").transliterate


# A Burmese syllable: a consonant, what stands on it, and the consonants that close it or lie under it.
_SYLLABLE = re.compile("[\u1000-\u102a\u103f](?:\u1039[\u1000-\u1021]|[\u102b-\u1038\u103a-\u103e]|[\u1000-\u1021]\u1037?\u103a)*")


def syllables(word):
    """Burmese writes a name without gaps where Latin has them: its syllables. Any other word is one."""
    return _SYLLABLE.findall(word) or [word] if script_of(word) == "Mymr" else [word]


def folded(word):
    """Equal for spellings that differ in marks only: Nguyễn and Nguyen, đ and d; other scripts as they are."""
    word = unicodedata.normalize("NFKC", word)
    if script_of(word) in ("Latn", ""):
        word = re.sub(r"[^a-z0-9]", "", anyascii(unicodedata.normalize("NFC", word)).lower())
    return word


def stored(text):
    """What a name is found by, before it is keyed: {"name": set of folded words, "sound": set of sound keys}."""
    return _told(text, sounds.stored)


def asked(text):
    """What a name is searched by, as `stored`. The two differ in the keys that compare scripts."""
    return _told(text, sounds.asked)


def same(one, other):
    """Are these one name but for marks, capitals, titles and the order of words?"""
    return bool(words(one)) and sorted(map(folded, words(one))) == sorted(map(folded, words(other)))


def _told(text, sound):
    each = words(text)
    whole = "".join(each)
    forms = [*each, whole] if len(each) > 1 else each
    return {
        "name": {folded(word) for word in forms} - {""},
        "sound": set().union(*(sound(word) for word in forms)) if forms else set(),
    }


def initials(text):
    """`N. S.` for a name in any script: enough to tell two children on a list apart, not enough to know one."""
    letters = (anyascii(romanised[:1]).upper() for romanised in map(latin, words(text)) if romanised)
    return " ".join(f"{letter}." for letter in letters if letter)


def pseudonym(record):
    """A steady name for a case or person for readers who may not know who it is. Says nothing of its number or place."""
    digest = hashlib.sha256(b"romsai pseudonym " + record.uuid.bytes).digest()
    code = base64.b32encode(digest[:5]).decode()[:6]
    return _("Child %(code)s") % {"code": f"{code[:3]}-{code[3:]}"}
