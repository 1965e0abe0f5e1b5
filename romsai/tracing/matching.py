"""Which families may be a child's: keyed clues find candidates without a name being read, then the few are compared in full.

    with access.system(purpose="tracing"):
        for case, fit in matching.likely(case, Side.FAMILY): ...

Names are heard and weighed as the search does it (`romsai.people.heard`, `likeness`), by how rare they are among those who are sought. Recall
comes before precision, because a person verifies: what is missing never counts as disagreement, an estimated age is a span, and a name that
differs takes away little, since a small child tells a nickname and a rescuer writes by ear. Everything of the family counts, not the child's
name alone: parents, brothers and sisters, the village, the day and the place of the separation, languages, marks.
"""

import json
import math
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from django.db import connection
from django.utils.translation import gettext_lazy as __

from romsai.cases.models import ENDED, Participant
from romsai.core import crypto
from romsai.core.dates import PartialDate
from romsai.core.keys import client as keys
from romsai.people import heard, likeness, search, sounds
from romsai.people import names as spelling
from romsai.people.models import Birth, Name
from romsai.places.models import AreaWithin
from romsai.tracing.models import Pair, Request, Sketch, Story

MOST = 200  # candidates that are compared in full
ROWS = 100_000  # that one search may rank: the rarest clues first, for what half the region is called says little but costs time
PROPOSED = 10  # pairs put before a person at once
ENOUGH = 5.0  # bits; less is no reason to ask a family
POINTED = 10.0  # bits, that a family knew the child by the photo
FEWEST = 500  # cases that the other side is taken to have at least: in a small register a name that nobody else has may still be common
KIN = ("MOTHER", "FATHER", "SIBLING", "GRANDPARENT", "AUNT_UNCLE", "COUSIN", "STEPPARENT", "GUARDIAN_REL", "FOSTER_PARENT")

OF_THEIR_OWN = ("CHILD", "MOTHER", "FATHER", "SIBLING")
# How much is taken away where two names of one kind are known and differ: a child is called otherwise at home, a mother seldom, and
# nobody names all brothers, sisters and aunts.
DIFFERS = {"CHILD": -1.0, "MOTHER": -2.0, "FATHER": -1.5, "SIBLING": -0.5, "KIN": 0.0}

# What fits, in words that give away nothing which the reader of either side does not know already.
REASONS = {
    "CHILD": __("The name of the child is alike."),
    "MOTHER": __("The mother’s name is alike."),
    "FATHER": __("The father’s name is alike."),
    "SIBLING": __("The name of a brother or sister is alike."),
    "KIN": __("The name of another relative is alike."),
    "AGE": __("The age fits."),
    "HOME": __("The village or street of the family is alike."),
    "BORN": __("The child was born in the same area."),
    "DAY": __("They were separated at about the same time."),
    "PLACE": __("They were separated in the same area."),
    "SIBLINGS": __("The number or the order of the brothers and sisters fits."),
    "LANGUAGE": __("The family speaks the same language."),
    "MARKS": __("Marks, clothes or things carried are described alike."),
    "PHOTO": __("The family pointed to the child’s photo."),
    "TOGETHER": __("Another child lost together with this one may be of the same family."),
}
# A fact of its own each; age and language fit thousands.
INDEPENDENT = frozenset(REASONS) - {"AGE", "LANGUAGE"}


# what is known


@dataclass
class Known:
    """What one side knows: what the child is called, and each relative, by what they are to the child. Names are likeness.Called.

    parted_in, born_in: an area and those it lies in, below the country. parted: year, month, day, as far as known. marks: telling words.
    """

    case_id: int
    child: list = field(default_factory=list)
    sex: str = "U"
    birth: Birth | None = None
    kin: dict = field(default_factory=dict)  # code of relation_to_child -> one list of names a person
    home: list = field(default_factory=list)
    parted: tuple = (None, None, None)
    parted_in: frozenset = frozenset()
    born_in: frozenset = frozenset()
    siblings: int | None = None
    position: int | None = None
    languages: frozenset = frozenset()
    marks: frozenset = frozenset()
    together: object = None

    @cached_property
    def named(self):
        """{kind of clue: one list of names a person}."""
        found = {"CHILD": [self.child], **{kind: [] for kind in ("MOTHER", "FATHER", "SIBLING", "KIN")}}
        for code, people in self.kin.items():
            found[code if code in OF_THEIR_OWN else "KIN"] += people
        return found

    def kept(self):
        """For a sealed sketch: all but what stands in the open with the case and the request."""
        return {
            "child": [name.kept() for name in self.child], "home": [name.kept() for name in self.home],
            "kin": {code: [[name.kept() for name in names] for names in people] for code, people in self.kin.items()},
            "parted": list(self.parted), "siblings": self.siblings, "position": self.position,
            **{name: sorted(getattr(self, name)) for name in SETS},
        }  # fmt: skip

    @classmethod
    def of(cls, kept, case, words, together=None):
        """From a sealed sketch. words: those opened before, by their text; many families share them."""

        def names(listed):
            return [likeness.Called.of(one, words) for one in listed]

        return cls(
            case.pk, names(kept["child"]), case.child.sex, case.child.birth, {code: [names(one) for one in people] for code, people in kept["kin"].items()},
            names(kept["home"]), tuple(kept["parted"]), siblings=kept["siblings"], position=kept["position"], together=together,
            **{name: frozenset(kept[name]) for name in SETS},
        )  # fmt: skip


SETS = ("parted_in", "born_in", "languages", "marks")


def known(case):
    """Known of one case, from all that was written down. Runs as the system: it reads and shows nothing."""
    parts = list(Participant.objects.filter(case=case).exclude(role="CHILD"))
    called = _called({case.child_id, *(part.person_id for part in parts)})
    kin = defaultdict(list)
    for part in parts:
        if part.relation in KIN:
            kin[part.relation].append(called[part.person_id])
    found = Known(case.pk, called[case.child_id], case.child.sex, case.child.birth, dict(kin))
    request = Request.objects.open().filter(case=case).first()
    for story in crypto.preload(Story.objects.filter(request=request)) if request else ():
        _tell(found, story)
        found.together = request.together
    return found


def _tell(known, story):
    above = _above({area for area in (story.area_id, story.birth_area_id) if area})
    known.parted_in, known.born_in = above.get(story.area_id, frozenset()), above.get(story.birth_area_id, frozenset())
    known.home = [search.called(str(story.home))] if story.home else []
    known.parted = (story.year, story.month, story.day)
    known.siblings, known.position, known.languages = story.siblings, story.position, frozenset(story.languages)
    known.marks = frozenset(telling(str(story.marks))) if story.marks else frozenset()


def suspects(case):
    """Names of those suspected of harm to the child of this case."""
    people = set(Participant.objects.filter(case=case, is_suspected=True).values_list("person", flat=True))
    return [name for names in _called(people).values() for name in names]


def _called(people):
    """{person id: the names they go by}; a description is no name."""
    rows = crypto.preload(Name.objects.filter(person__in=people).exclude(kind=Name.Kind.LABEL).order_by("pk"))
    found = {person: [] for person in people}
    for row in rows:
        if not isinstance(row.full, crypto.Locked):
            found[row.person_id].append(search.called(str(row.full), row.kind))
    return found


def _above(areas):
    """{area: itself and the areas it lies in, without the country}; what two areas share there makes them near."""
    found = {area: {area} for area in areas}
    for low, high in AreaWithin.objects.filter(descendant__in=areas, ancestor__level__gt=0).values_list("descendant", "ancestor"):
        found[low].add(high)
    return {area: frozenset(within) for area, within in found.items()}


def telling(text):
    """Words of a description long enough to mean something; five signs in a row where a script puts no spaces."""
    if spelling.script_of(text) in ("Latn", ""):
        return {word for word in spelling.words(text) if len(word) > 3}
    bare = "".join(spelling.words(text))
    return {bare[at : at + 5] for at in range(len(bare) - 4)}


# clues: (kind, kind of key, text), whose name it is and how it is spelled


def clues(side):
    """All that this side is found by: names as written and as heard, the places and the month of the story, which tell common names apart."""
    found = set()
    for kind, word in _words(side):
        found |= {(kind, "name", word.text)} | {(kind, "sound", key) for key in sounds.stored(word.text)} | {(kind, "sound", key) for key in _heard(word, kind)}
    found |= {(kind, "name", f"area {area}") for kind, areas in _areas(side) for area in areas}
    if side.parted[1]:
        found.add(("WHEN", "name", _month(12 * side.parted[0] + side.parted[1])))
    return found


def things(side):
    """What this side asks by: of each thing that it knows the clues that would show it, {clue: how sure}."""
    found = []
    for kind, word in _words(side):
        told = dict.fromkeys([(kind, "sound", key) for key in sounds.asked(word.text)], 0.7)
        told |= {(kind, "sound", key): 0.85 if key[0] == "c" else 0.6 for key in _heard(word, kind)}
        found.append(told | {(kind, "name", word.text): 1.0})
    found += [{(kind, "name", f"area {area}"): 1.0 for area in areas} for kind, areas in _areas(side) if areas]
    if side.parted[1]:
        at = 12 * side.parted[0] + side.parted[1]
        found.append({("WHEN", "name", _month(near)): 1.0 if near == at else 0.7 for near in (at - 1, at, at + 1)})  # a month blurs
    return found


def _words(side):
    """(kind, Word) of all names, word by word and, of several, without gaps. Each once."""
    found = {}
    for kind, people in {**side.named, "HOME": [side.home]}.items():
        for name in (name for names in people for name in names):
            for word in (*name.words, *([heard.whole(name.words)] if len(name.words) > 1 else [])):
                found[kind, word.text] = word
    return [(kind, word) for (kind, _text), word in found.items()]


def _heard(word, kind):
    """A word folded, and of those who matter most what is left of it without one letter."""
    slips = [f"d:{left}" for left in {*word.folds[:1], *heard.slips(word.folds[0])}] if word.folds and kind in OF_THEIR_OWN else []
    return {*(f"c:{fold}" for fold in word.folds), *slips}


def _areas(side):
    return (("AREA", side.parted_in), ("BORN", side.born_in))


def _month(at):
    return f"{(at - 1) // 12}-{(at - 1) % 12 + 1}"


class Pool:
    """Those of one side who can be found, as the database knows them."""

    def __init__(self, of):
        self.of, self.tokens = of, {}
        self.size = Sketch.objects.filter(side=of).count()

    def counts(self, wanted):
        """{clue: how many of them have it}."""
        self.tokens = tokens(wanted, self.of)
        with connection.cursor() as cursor:
            cursor.execute("select token, cases from sec.sketches_with(%s::bigint[])", [list(self.tokens.values())])
            numbers = dict(cursor.fetchall())
        return {clue: numbers.get(token, 0) for clue, token in self.tokens.items()}

    def find(self, asked, side, ages, sexes):
        """[(case id, bits)] of the MOST who share most. asked: [(number of the thing, clue, bits)]; of each thing the best clue counts.

        ages: bits by how many years the spans of birth are apart; sexes: bits of the same sex and of the other.
        """
        things, marks, bits = zip(*asked, strict=True)
        born = (side.birth.earliest.year, side.birth.latest.year) if side.birth else (None, None)
        facts = [list(things), [self.tokens[clue] for clue in marks], list(bits), ages, *born, side.sex, *sexes, side.case_id, list(ENDED), MOST]
        with connection.cursor() as cursor:
            cursor.execute(
                "select found, bits from sec.sketches_like(%s::int[], %s::bigint[], %s::real[], %s::real[], %s::int, %s::int, %s, %s::real, %s::real, %s, %s, %s)", facts
            )
            return cursor.fetchall()


def tokens(wanted, side):
    """{clue: the number by which somebody of this side is found}, in as few questions to the key process as there are kinds of key."""
    found = {}
    for keyed in ("name", "sound"):
        marks = sorted(clue for clue in wanted if clue[1] == keyed)
        texts = [f"{side}:{kind}:{text}" for kind, _keyed, text in marks]
        found |= dict(zip(marks, map(search.whole_number, keys.tokens(keyed, texts)), strict=True)) if marks else {}
    return found


def index(side, case, *, of):
    """Bring the sketch of a case, and what it is found by, in line with what is known of it now."""
    sketch = next(iter(crypto.preload(Sketch.objects.filter(case=case))), None) or Sketch(case=case, key=case.key)
    wanted = of, sorted(set(tokens(clues(side), of).values())), json.loads(json.dumps(side.kept()))
    if (sketch.side, sketch.tokens, sketch.facts) != wanted:
        sketch.side, sketch.tokens, sketch.facts = wanted
        sketch.save()


def forget(case):
    """From now on nobody's search comes upon this case."""
    for sketch in Sketch.objects.filter(case=case).exclude(tokens=[]):
        sketch.tokens, sketch.facts = [], {}
        sketch.save()


# comparing


@dataclass
class Fit:
    """How much of two sides is alike: bits that order, the codes of REASONS, and among how many they are sought."""

    score: float = 0.0
    reasons: list = field(default_factory=list)
    among: int = FEWEST

    def add(self, bits, reason=""):
        self.score += bits
        if reason and bits > 0 and reason not in self.reasons:
            self.reasons.append(reason)

    @property
    def is_enough(self):
        """Two facts, of which one fits few others, and together enough to trouble a person with."""
        return self.score >= ENOUGH and len(self.reasons) >= 2 and bool(INDEPENDENT & set(self.reasons))

    @property
    def band(self):
        return "LIKELY" if 2**self.score >= self.among else "POSSIBLE"


class Asking:
    """One side as it asks the other: how rare each thing that it knows is there, who may be meant, and how well one of them fits."""

    def __init__(self, side, pool=None):
        self.side, self.pool, self.alike, self.shares = side, pool, {}, {}
        self.things = things(side)
        self.counts = pool.counts({clue for thing in self.things for clue in thing}) if pool and self.things else {}
        self.size = pool.size if pool else 0

    def share(self, *marks):
        """Of all on the other side, how many have the commonest of these clues."""
        return (max((self.counts.get(clue, 0) for clue in marks), default=0) + FEWEST * likeness.model()["common"]) / (self.size + FEWEST)

    def candidates(self):
        """[(case id, bits)] of those who share most. Reads no name of theirs."""
        told = [(self.counts[clue], number, clue, sure) for number, thing in enumerate(self.things) for clue, sure in thing.items() if self.counts[clue]]
        told.sort(key=lambda line: line[0])
        asked = [
            (number, clue, round(sure * -math.log2(self.share(clue)), 2))
            for (_count, number, clue, sure), rows in zip(told, accumulate(line[0] for line in told), strict=True) if rows <= ROWS
        ]  # fmt: skip
        ages = [round(_age_bits(apart, _width(self.side.birth)), 2) for apart in range(12)] if self.side.birth else []
        return self.pool.find(asked, self.side, ages, [likeness.bits("sex", level) for level in ("same", "other")]) if asked else []

    def fit(self, other):
        """How well the other side fits. What one of them does not know is left out."""
        own, found = self.side, Fit(among=self.size + FEWEST)
        for kind, people in own.named.items():
            found.add(self._people_fit(kind, people, other.named[kind]), kind)
        if own.sex in ("F", "M") and other.sex in ("F", "M"):
            found.add(likeness.bits("sex", "same" if own.sex == other.sex else "other"))
        if own.birth and other.birth:
            found.add(_age_bits(_years_apart(own.birth, other.birth), _width(own.birth) + _width(other.birth) - 1), "AGE")
        found.add(max(0, self._people_fit("HOME", [own.home], [other.home])), "HOME")
        found.add(self._areas_fit("AREA", own.parted_in, other.parted_in), "PLACE")
        found.add(self._areas_fit("BORN", own.born_in, other.born_in), "BORN")
        found.add(self._parted_fit(other), "DAY")
        found.add(_order_fits(own, other), "SIBLINGS")
        if own.languages and other.languages:
            found.add(0.4 if own.languages & other.languages else -0.4, "LANGUAGE")
        found.add(min(4.0, 1.2 * len(own.marks & other.marks)), "MARKS")
        if _fits_together(own, other):
            found.add(4.0, "TOGETHER")
        return found

    def _people_fit(self, kind, ours, theirs):
        """Bits of the people who are alike, each beside one other; what differs takes away little, and nothing where one side knows no name."""
        ours, theirs = ([names for names in people if names] for people in (ours, theirs))
        if not ours or not theirs:
            return 0.0
        pairs = [(self._person_fits(kind, mine, other), one, two) for one, mine in enumerate(ours) for two, other in enumerate(theirs)]
        return sum(_each_once(pairs)) or DIFFERS.get(kind, 0.0)

    def _person_fits(self, kind, ours, theirs):
        """Bits of two people by all their names; a second name that is alike says half of what it would alone."""
        pairs = [(self._names_fit(kind, mine, other), one, two) for one, mine in enumerate(ours) for two, other in enumerate(theirs)]
        best, *more = _each_once(pairs) or [0.0]
        return best + 0.5 * sum(more)

    def _names_fit(self, kind, name, other):
        """Bits of two names in any scripts. A nickname beside a whole name counts: it is all that a child may know."""
        least = min(len(name.words), len(other.words))
        pairs = [(self._alike(word, theirs), one, two) for one, word in enumerate(name.words) for two, theirs in enumerate(other.words)]
        pairs = sorted(((like, one, two) for like, one, two in pairs if like >= likeness.FAR), reverse=True)
        bits, taken = 0.0, 0
        for like, one, two in _apart(pairs):
            bits, taken = bits + self._word_fits(kind, name, name.words[one], other.words[two], like), taken + 1
        bits += MISSED * (least - taken) + LEFT * abs(len(name.words) - len(other.words)) if taken else 0.0
        if taken < least or len(name.words) != len(other.words):
            whole, theirs = _whole(name), _whole(other)
            like = self._alike(whole, theirs)
            if like >= likeness.SOUNDS:
                bits = max(bits, self._word_fits(kind, name, whole, theirs, like))
        return bits

    def _word_fits(self, kind, name, word, other, like):
        written, by_ear = self._shares(kind, word)
        weigh = "nickname" if name.kind in likeness.NICKS and like >= likeness.SOUNDS else "name"
        # By ear a third of what is counted, for that is what the weights of sounds are times (people.search).
        bits = likeness.bits(weigh, likeness.level_of(like), written if like == 1.0 else max(written, by_ear / 3))
        is_across = word.text.isascii() != other.text.isascii() or spelling.script_of(word.text) != spelling.script_of(other.text)
        return max(0.0, bits + (likeness.model()["across"] if is_across else 0.0))

    def _shares(self, kind, word):
        """Of all on the other side, how many have this word as written, and as heard."""
        if (kind, word.text) not in self.shares:
            keys = [f"c:{fold}" for fold in word.folds] + sorted(sounds.asked(word.text))
            self.shares[kind, word.text] = self.share((kind, "name", word.text)), self.share(*((kind, "sound", key) for key in keys))
        return self.shares[kind, word.text]

    def _alike(self, word, other):
        pair = word.text, other.text
        if pair not in self.alike:
            self.alike[pair] = heard.alike(word, other)
        return self.alike[pair]

    def _areas_fit(self, kind, ours, theirs):
        if not ours or not theirs:
            return 0.0
        shared = ours & theirs
        if not shared:
            return -1.0
        share = min(self.share((kind, "name", f"area {area}")) for area in shared)
        # One of them says the same place, or a wider one that it lies in; else only what both lie in is the same.
        return max(0.0, math.log2((0.7 if shared in (ours, theirs) else 0.25) / share)) if self.size else 3.0

    def _parted_fit(self, other):
        ours, theirs = separated(self.side), separated(other)
        if not ours or not theirs:
            return 0.0
        apart = max((max(ours.earliest, theirs.earliest) - min(ours.latest, theirs.latest)).days, 0)
        if apart > 100:
            return -min(3.0, apart / 200)
        is_exact = max((span.latest - span.earliest).days for span in (ours, theirs)) <= 31
        if not is_exact or apart > 31:
            return 0.6
        months = next((thing for thing in self.things if any(kind == "WHEN" for kind, _keyed, _text in thing)), {})
        return max(0.6, math.log2(0.7 / sum(map(self.share, months)))) if self.size else 3.0


MISSED, LEFT = -2.0, -0.3  # bits for a word of the shorter name that the other has not, and for each word that one has more


def _each_once(pairs):
    """What (bits, one, other) come to, the best first, each one and each other taken once; only what speaks for it."""
    return [bits for bits, _one, _other in _apart(sorted((pair for pair in pairs if pair[0] > 0), reverse=True))]


def _apart(pairs):
    ones, others = set(), set()
    for pair in pairs:
        if pair[1] not in ones and pair[2] not in others:
            ones.add(pair[1])
            others.add(pair[2])
            yield pair


def _whole(name):
    return name.words[0] if len(name.words) == 1 else heard.whole(name.words)


def alike(name, other):
    """Could two names be one, as far as the ear can tell? Half a name counts."""
    if not name.words or not other.words:
        return False
    few, many = sorted((name.words, other.words), key=len)
    each = [max(heard.alike(word, theirs) for theirs in many) for word in few]
    return sum(each) / len(each) >= likeness.NEAR or heard.alike(_whole(name), _whole(other)) >= likeness.SOUNDS


SPREAD = 16  # years that the births of children who are sought lie in


def _width(birth):
    """Years in which somebody may be born."""
    return birth.latest.year - birth.earliest.year + 1


def _age_bits(apart, width):
    """What it says that two spans of birth, together so many years wide, are so many years apart; nobody takes a child of five for one of fifteen."""
    if apart <= 0:
        return max(0.0, math.log2(0.8 * SPREAD / width))
    return -min(6.0, 0.3 if apart <= 1 else 0.3 + 0.9 * (apart - 1))


def _years_apart(one, other):
    """Between the nearest ends of two spans of birth; zero where they meet."""
    if one.latest < other.earliest:
        return (other.earliest - one.latest).days / 365.25
    if other.latest < one.earliest:
        return (one.earliest - other.latest).days / 365.25
    return 0


def separated(side):
    """When they lost each other, as far as it is known: a PartialDate, or None."""
    if not side.parted[0]:
        return None
    try:
        return PartialDate(*side.parted)
    except ValueError:
        return PartialDate(side.parted[0])


def _order_fits(one, other):
    """How many brothers and sisters there are, and which of them the child is."""
    bits = 0.0
    if one.siblings is not None and other.siblings is not None:
        off = abs(one.siblings - other.siblings)
        bits += 1.3 if off == 0 else 0.0 if off <= 2 else -1.0
    if one.position and other.position:
        bits += 1.2 if one.position == other.position else -0.5
    return bits


def _fits_together(one, other):
    """Was another child, lost together with either of them, already put beside a child of the other's group?"""
    if one.together is None or other.together is None:
        return False
    ours = Request.objects.filter(together=one.together).exclude(case=one.case_id).values("case")
    theirs = Request.objects.filter(together=other.together).exclude(case=other.case_id).values("case")
    return Pair.objects.filter(found__in=ours, sought__in=theirs).exists() or Pair.objects.filter(found__in=theirs, sought__in=ours).exists()


def asks_for_their_victim(sought, found):
    """May whoever asks be somebody suspected of the harm to the child who was found?"""
    asking = [name for people in known(sought).kin.values() for names in people for name in names]
    return any(alike(name, suspect) for suspect in suspects(found) for name in asking)


def likely(case, own, among):
    """([(case, Fit)] of the other side that fit well enough, the best first; how many were compared). `own`: what is Known of the case."""
    asking = Asking(own, Pool(among))
    ids = [found for found, _bits in asking.candidates()]
    fits = [(one, asking.fit(other)) for one, other in _sketched(ids)]
    return sorted(((one, found) for one, found in fits if found.is_enough), key=lambda line: (-line[1].score, line[0].pk)), len(fits)


def _sketched(ids):
    """(case, Known) from the sealed sketches, with a handful of queries."""
    rows = crypto.preload(Sketch.objects.filter(case__in=ids).exclude(tokens=[]).select_related("case__child"))
    together = dict(Request.objects.open().filter(case__in=ids).values_list("case", "together"))
    words = {}
    return [(row.case, Known.of(row.facts, row.case, words, together.get(row.case_id))) for row in rows if not isinstance(row.facts, crypto.Locked)]
