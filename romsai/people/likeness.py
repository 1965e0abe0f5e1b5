"""How far two descriptions are of one person, field by field, after Fellegi and Sunter, and why, in sentences.

    likeness = compare(asked, known)     # two Facts
    likeness.band, likeness.reasons      # "possible", ["The name sounds alike.", ...]

Missing data says nothing: only what both sides tell is weighed. A word of a name weighs by how rare it is. The score orders; what is shown
is the band and the reasons, for a person decides.
"""

import math
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path

import yaml
from django.utils.translation import gettext_lazy as _
from rapidfuzz.distance import Indel

from romsai.people import heard
from romsai.people.names import NAMELIKE

VERY_LIKELY, POSSIBLE, WEAK = "very likely", "possible", "weak"
BANDS = {VERY_LIKELY: _("Very likely the same person"), POSSIBLE: _("Possibly the same person"), WEAK: _("Weak likeness")}
SOUNDS, NEAR, FAR = 0.9, 0.8, 0.66  # how alike two words are, as heard.alike has it
ALIKE = 0.97  # so alike are two spellings of one sound in one script
TOGETHER = 0.86  # so alike are at least several words to one of the same without gaps; two that share a long part are less
LONG = 9  # letters of a name without gaps, of which a part may be misheard
HINT = 4.0  # bits below which a likeness is not worth showing
NICKS = ("NICK",)


@dataclass
class Called:
    """A name: its kind, its words as heard, and whether order or gaps may be wrong (they always may)."""

    kind: str
    words: tuple

    def kept(self):
        return [self.kind, [word.kept() for word in self.words]]

    @classmethod
    def of(cls, kept, words=None):
        """`words`: those opened before, by their text; many people share them."""
        if words is None:
            return cls(kept[0], tuple(map(heard.Word.of, kept[1])))
        return cls(kept[0], tuple([words.get(word[0]) or words.setdefault(word[0], heard.Word.of(word)) for word in kept[1]]))


@dataclass
class Facts:
    """What is known or asked of a person. Whatever is not known stays empty.

    names: Called; mother, father: Called; born: (first year, last year); day: (month, day); places: sets of area ids, each an area with
    all it lies in; phones, numbers: as compared. shares: the share of all persons who have a word as written and as heard, by its text.
    """

    names: list = field(default_factory=list)
    mother: list = field(default_factory=list)
    father: list = field(default_factory=list)
    born: tuple | None = None
    day: tuple | None = None
    sex: str = ""
    places: list = field(default_factory=list)
    phones: set = field(default_factory=set)
    numbers: set = field(default_factory=set)
    shares: dict = field(default_factory=dict)
    persons: int = 0
    _memo: dict = field(default_factory=dict, repr=False)
    _words: dict = field(default_factory=dict, repr=False)

    def alike(self, mine, theirs):
        """As heard.alike, remembered: the words that are asked meet the same words in many candidates."""
        pair = mine.text, theirs.text
        if pair not in self._memo:
            self._memo[pair] = heard.alike(mine, theirs)
        return self._memo[pair]

    def joined(self, words):
        """Asked words as one, remembered."""
        key = "joined", *(word.text for word in words), ""
        if key not in self._memo:
            self._memo[key] = words[0] if len(words) == 1 else heard.whole(words)
        return self._memo[key]

    def kept(self):
        """For a sealed card."""
        return {
            "names": [name.kept() for name in self.names],
            "mother": [name.kept() for name in self.mother],
            "father": [name.kept() for name in self.father],
            "places": [sorted(place) for place in self.places],
            "phones": sorted(self.phones),
            "numbers": sorted(self.numbers),
        }

    @classmethod
    def of(cls, kept, asked=None, **coded):
        """From a sealed card: everything, or of the parents only those that `asked` has."""
        parts = [part for part in ("names", "mother", "father") if asked is None or part == "names" or getattr(asked, part)]
        words = None if asked is None else asked._words
        named = {part: [Called.of(name, words) for name in kept.get(part, ())] for part in parts}
        places = [frozenset(place) for place in kept.get("places", ())]
        return cls(places=places, phones=set(kept.get("phones", ())), numbers=set(kept.get("numbers", ())), **named, **coded)


@dataclass
class Likeness:
    """Weight of evidence in bits, what agreed and how strongly. `parts`: {field: (level, bits)}."""

    score: float = 0.0
    prior: float = 0.0
    parts: dict = field(default_factory=dict)
    reasons: list = field(default_factory=list)

    def add(self, name, level, bits, reason=None):
        self.score += bits
        self.parts[name] = (level, bits)
        if reason is not None:  # never asked whether it is empty: that would translate it, for hundreds who are not shown
            self.reasons.append(reason)

    @property
    def chance(self):
        """Of being one person, by the model. For bands, never for showing."""
        return 1 / (1 + 2 ** min(60, max(-60, self.prior - self.score)))

    @property
    def band(self):
        bands = model()["bands"]
        return VERY_LIKELY if self.chance >= bands["very_likely"] else POSSIBLE if self.chance >= bands["possible"] else WEAK

    @property
    def band_words(self):
        return BANDS[self.band]

    @property
    def is_proposal(self):
        """Like enough to put before somebody who decides."""
        return self.band != WEAK

    @property
    def is_possible(self):
        """Not like enough to propose, too like to hide from somebody who searches."""
        return self.score >= HINT


@cache
def shipped():
    return yaml.safe_load((Path(__file__).parent / "weights.yaml").read_text(encoding="utf-8"))


def model():
    """The weights in use."""
    return _using or shipped()


_using = {}


def use(fields):
    """Weigh these fields so from here on, {field: {level: {"m", "u"}}}, and all else as it is shipped."""
    if fields != _using.get("estimated", {}):
        _using.clear()
        if fields:
            _using.update(shipped() | {"fields": shipped()["fields"] | fields, "estimated": fields})
        years.cache_clear()


def bits(name, level, share=None):
    """The weight of one level of a field; `share`: of the persons who have this word."""
    line = model()["fields"][name].get(level)
    if line is None:
        return 0.0
    if line["u"] == "none":
        return math.log2(line["m"])
    u = line["u"] if share is None else min(0.5, line["u"] * share)
    return math.log2(line["m"] / u)


@cache
def years():
    """What it says in bits to be born in the year asked, one off, two, and so on; the last holds for all beyond."""
    return [round(bits("birth", _year_level(off)) - _beyond(off), 2) for off in range(12)]


def compare(asked, known):
    """Likeness of what is known of a person to what is asked."""
    found = Likeness(prior=math.log2(max(asked.persons, model()["persons"])))
    _names(found, asked, known)
    for parent in ("mother", "father"):
        _parent(found, parent, asked, known)
    _birth(found, asked, known)
    if asked.sex in ("F", "M") and known.sex in ("F", "M"):
        level = "same" if asked.sex == known.sex else "other"
        found.add("sex", level, bits("sex", level))
    _place(found, asked, known)
    for name, reason in (("number", _("The same number on a paper.")), ("phone", _("The same telephone number."))):
        ours, theirs = (getattr(facts, f"{name}s") for facts in (asked, known))
        if ours and theirs:
            level = "same" if ours & theirs else "other"
            found.add(name, level, bits(name, level), reason if level == "same" else None)
    return found


# names

_LEVELS = ("same", "sounds", "near", "far")


def level_of(likeness):
    return "same" if likeness == 1.0 else "sounds" if likeness >= SOUNDS else "near" if likeness >= NEAR else "far" if likeness >= FAR else ""


@dataclass
class _Paired:
    """How the words of one name meet those of another: bits, levels of the asked words, and their mean likeness."""

    bits: float
    levels: list
    likeness: float


def _names(found, asked, known):
    best = None
    seen = 0.0
    for name in asked.names:
        mine = None
        for own in known.names:
            pair = _paired(name, own, asked, "nickname" if own.kind in NICKS else "name")
            if pair and (mine is None or pair.bits > mine[0].bits):
                mine = (pair, own)
        if mine is None:
            continue
        # A second name that is asked and not there is often a nickname that the register does not have.
        if best is None:
            best, seen = mine, mine[0].bits
        else:
            more, less = max(best, mine, key=lambda one: one[0].bits), min(best, mine, key=lambda one: one[0].bits)
            extra = less[0].bits if less[1] is not more[1] else 0.3 * max(0, less[0].bits)
            best, seen = more, seen if more is best else more[0].bits
            seen += max(extra, -1.0)
    if best:
        pair, own = best
        found.add("name", "+".join(level or "other" for level in pair.levels), seen + 0.1 * pair.likeness, _name_reason(pair, own))


def _paired(name, own, asked, kind):
    """The best way to lay the words of one name beside those of another, in any order, with gaps where they stand or elsewhere."""
    if not name.words or not own.words:
        return None
    best = _laid(name.words, own.words, asked, kind)
    if all(level in ("same", "sounds") for level in best.levels):
        return best
    mine, theirs = _with_their_gaps(name.words, own.words, asked)
    others = [] if (mine, theirs) == (name.words, own.words) else [_laid(mine, theirs, asked, kind)]
    if len(name.words) != len(own.words) and (joined := _as_one(name, own, asked)):
        others.append(joined)
    return max([best, *others], key=lambda pair: pair.bits)


def _laid(mine, theirs, asked, kind):
    """Words beside words, each beside one at most."""
    matrix = [[asked.alike(one, other) for other in theirs] for one in mine]
    taken, levels, weight, total = {}, [], 0.0, 0.0
    for at in sorted(range(len(mine)), key=lambda at: -max(matrix[at])):
        free = [(matrix[at][to], to) for to in range(len(theirs)) if to not in taken.values()]
        likeness, to = max(free, default=(0.0, None))
        level = level_of(likeness)
        if level:
            taken[at] = to
        levels.append(level)
        if level or not _is_title(mine, at):
            weight += _word_bits(kind, likeness, mine[at], asked, level and _is_across(mine[at], theirs[to]))
        total += likeness
    if taken:
        left = sum(not _is_title(theirs, to) for to in range(len(theirs)) if to not in taken.values())
        weight += _order_bits([taken[at] for at in sorted(taken)]) + max(-2.0, left * model()["left"])
    return _Paired(weight, levels, total / len(mine))


def _with_their_gaps(mine, theirs, asked):
    """The words of both, where two or three that stand together on one side are like one on the other: these as one word."""
    while True:
        found = None
        alone = [max(asked.alike(one, other) for other in theirs) for one in mine]
        for at, one in enumerate(mine):
            if alone[at] < SOUNDS:
                for run in _runs(theirs, one):
                    likeness = asked.alike(one, heard.joined(theirs[run]))
                    if likeness > max(alone[at], found[0] if found else TOGETHER):
                        found = likeness, None, run
        for other in theirs:
            for run in _runs(mine, other):
                likeness = asked.alike(asked.joined(mine[run]), other)
                if likeness > max(*alone[run], found[0] if found else TOGETHER):
                    found = likeness, run, None
        if not found:
            return mine, theirs
        _likeness, run, their_run = found
        if run:
            mine = (*mine[: run.start], asked.joined(mine[run]), *mine[run.stop :])
        else:
            theirs = (*theirs[: their_run.start], heard.joined(theirs[their_run]), *theirs[their_run.stop :])


def _runs(words, one):
    """Where two or three words stand together that are folded much as the one is: for comparing them, which takes a hundred times as long."""
    if len(words) < 2 or not one.folds:
        return []
    folds, fold = [word.folds[0] if word.folds else "" for word in words], one.folds[0]
    return [
        slice(at, at + size)
        for size in (2, 3)
        for at in range(len(words) - size + 1)
        if abs(len(run := "".join(folds[at : at + size])) - len(fold)) < 3 and Indel.normalized_similarity(run, fold) > FAR
    ]


def _is_title(words, at):
    """Ko, Daw and their like stand before some names and are part of others: that one is not there says nothing."""
    return at == 0 and len(words) > 1 and words[at].text in NAMELIKE


def _is_across(mine, theirs):
    return _script(mine.text) != _script(theirs.text)


def _script(text):
    """A number for the script of a word: the block of its first letter, the Latin ones and the Chinese ones taken together."""
    first = ord(text[0])
    return 0 if first < 0x250 else 1 if first > 0x3000 else first >> 7


def _order_bits(places):
    """Words mostly stand as they stood, or with the family name at the other end."""
    if len(places) < 2:
        return 0.0
    line = model()["order"]
    if places == sorted(places):
        return line["same"] * min(2, len(places) - 1)
    turned = any(places[at:] + places[:at] == sorted(places) for at in range(1, len(places)))
    return line["turned"] if turned else line["other"]


def _as_one(name, own, asked):
    """Both names without gaps, the known one also with its first word last: for who writes them in one, or cuts them elsewhere."""
    mine = asked.joined(name.words)
    orders = [own.words] if len(own.words) == 1 else [own.words, own.words[1:] + own.words[:1]]
    likeness = max(heard.alike(mine, heard.joined(words)) for words in orders)
    level, are_both_long, is_across = level_of(likeness), min(len(name.words), len(own.words)) > 1, _is_across(mine, own.words[0])
    # Two names of several words each may share a common one and be near by that alone.
    if level not in ("same", "sounds") and (are_both_long or (level != "near" and len(mine.text) < LONG)) or not level:
        return None
    if are_both_long and not is_across and likeness < ALIKE:
        return None
    # As a word of its own it is rare; as long as it is, no slip makes it another.
    share = model()["rare"] / max(asked.persons, model()["persons"])
    return _Paired(1.2 * max(0.0, _graded("name", likeness, share, share, is_across)), [level] * max(len(name.words), min(len(own.words), 3)), likeness)


def _word_bits(kind, likeness, word, asked, is_across):
    if not level_of(likeness):
        return bits("name", "other") if kind == "name" else -2.0
    return max(0.0, _graded(kind, likeness, *_share(word, asked), is_across)) + (model()["across"] if is_across else 0.0)


# How alike two words typically are at a level; between two levels the weight lies between theirs. Across scripts, where a word is never written the
# same, the same word is often less alike: of 1,250 real pairs (Thai, Khmer, Burmese) those of 0.88 were as telling as those of 0.98.
_TYPICAL = (("sounds", ALIKE), ("near", 0.86), ("far", 0.72))
_TYPICAL_ACROSS = (("sounds", 0.88), ("near", 0.80), ("far", 0.68))


def _graded(kind, likeness, written, heard_by, is_across):
    """Bits of two words so alike, of which the asked one has these shares."""
    if likeness == 1.0:
        return bits(kind, "same", written)
    lines = [(typical, bits(kind if level in model()["fields"][kind] else "name", level, heard_by)) for level, typical in (_TYPICAL_ACROSS if is_across else _TYPICAL)]
    if likeness >= lines[0][0]:
        return lines[0][1]
    for (upper, more), (lower, less) in pairwise(lines):
        if likeness >= lower:
            return less + (more - less) * (likeness - lower) / (upper - lower)
    return lines[-1][1]


def _share(word, asked):
    if word.text in asked.shares:
        return asked.shares[word.text]
    share = model()["rare"] / asked.persons if asked.persons > model()["persons"] else model()["common"]
    return share, share


def _name_reason(pair, own):
    agreed = [level for level in pair.levels if level]
    if not agreed or agreed == ["far"]:
        return None
    is_nick, whole = own.kind in NICKS, len(agreed) == len(pair.levels)
    if all(level == "same" for level in agreed):
        if whole:
            return _("The same nickname.") if is_nick else _("The same name.")
        return _("Several words of the name are the same.") if len(agreed) > 1 else _("One word of the name is the same.")
    if whole:
        return _("The nickname sounds alike.") if is_nick else _("The name sounds alike.")
    return _("Several words of the name sound alike.") if len(agreed) > 1 else _("One word of the name sounds alike.")


def _parent(found, which, asked, known):
    reasons = {
        "mother": (_("The mother’s name is the same."), _("The mother’s name sounds alike.")),
        "father": (_("The father’s name is the same."), _("The father’s name sounds alike.")),
    }[which]
    pairs = [_paired(name, own, asked, "name") for name in getattr(asked, which) for own in getattr(known, which)]
    pairs = [pair for pair in pairs if pair]
    if not pairs:
        return
    pair = max(pairs, key=lambda one: one.bits)
    agreed = [level for level in pair.levels if level]
    if not agreed:
        found.add(which, "other", bits(which, "other"))
    elif agreed != ["far"]:
        found.add(which, "+".join(pair.levels), max(-2.0, pair.bits), reasons[0] if set(agreed) == {"same"} else reasons[1])


# all else


def _birth(found, asked, known):
    if not asked.born or not known.born:
        return
    off = max(0, asked.born[0] - known.born[1], known.born[0] - asked.born[1])
    level = _year_level(off)
    reason = {"year": _("The same year of birth."), "one": _("Born within two years of it."), "two": _("Born within two years of it.")}.get(level)
    found.add("birth", level, bits("birth", level) - _beyond(off), reason)
    if asked.day and known.day:
        level = "same" if asked.day == known.day else "turned" if asked.day == known.day[::-1] else "other"
        found.add("day", level, bits("day", level), _("The same day of birth.") if level == "same" else None)


def _year_level(off):
    return "year" if off == 0 else "one" if off == 1 else "two" if off == 2 else "four" if off <= 4 else "other"


def _beyond(off):
    """The further beyond, the less likely: nobody takes a child of five for one of fifteen."""
    return min(6, off - 4) if off > 4 else 0


def _place(found, asked, known):
    if not asked.places or not known.places:
        return
    # Each place is an area with all areas it lies in: the more of them are shared, the nearer.
    nearest = max(len(ours & theirs) / min(len(ours), len(theirs)) for ours in asked.places for theirs in known.places)
    level = "same" if nearest == 1 else "around" if nearest > 0.5 else "other"
    found.add("place", level, bits("place", level), _("From the same place.") if level == "same" else None)
