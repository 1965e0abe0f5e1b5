"""The second look at a pair: its names word by word as the search hears them, each word by how rare it is where the two are from.

    weighing = Weighing()
    weighing.count(row) of each record   # how many have a word, and how many are of a place
    weighing.meet(strangers)             # how often two who are not one agree nearly
    weighing.learn(pairs)                # how often two who are one agree: expectation maximisation, from what is shipped
    weighing.weigh(pair)                 # (bits, {"name": [level, bits], ...})

A pair is two rows of `records.columns`. Splink's model, which looks at whole names, has chosen it among all that share something. A whole
name says little of itself: thousands are called Nguyen Thi Linh. What two names have in common weighs by how rare each word is in the province
the two are from, and the same name means less where a country has few names.
"""

import math
from collections import Counter
from functools import lru_cache

from rapidfuzz.distance import OSA, Levenshtein

from romsai.people import heard, likeness
from romsai.people.linkage import models, records

SAME, FOLD, BARE, NEAR, FAR, NONE = range(6)  # how two words agree: as read, as folded, as skeletons, by one slip, remotely, not at all
LOOSE = {BARE: 0.01, NEAR: 0.03, FAR: 0.1}  # share of short words that agree so by chance, before it is counted
LIKE = {BARE: likeness.SOUNDS, NEAR: likeness.NEAR, FAR: likeness.FAR}  # how alike, as for the search
KINDS = {"name": "name", "nick": "nick", "mother": "name", "father": "name"}  # names of which kind are counted together
USUAL, FEW_PERSONS, LOCAL = 0.001, 4000, 300  # share of a word nobody counted; how many persons that assumption, and the whole country, count as much as
SIBLINGS = 0.3  # share of children whose brother or sister is in the register too
NAMESAKES = 0.1  # two of one family bear one name so much more seldom than two strangers
OWN = ("name", "nick", "birth", "sex", "number")  # what brothers and sisters do not share
MOST, LEAST = 0.9, 1e-6  # share of persons who agree by chance
ROUNDS = 12
LONGEST = 9  # sounds, from which on longer words are taken together
TRUSTED = 30  # pairs that count as much as what is shipped
UNLIKELY, HOPELESS = -12.0, -20.0  # bits below which a pair teaches nothing; and will not, whatever is learnt
REMEMBERED = 300_000  # shares of words

# How often two records of one person agree so, before anything is learnt.
_GAP, _BORN, _OF_PARENT = (0.7, 0.12, 0.18), (0.55, 0.22, 0.10, 0.09, 0.04), (0.38, 0.18, 0.11, 0.11, 0.07, 0.15)
SHIPPED = {
    "name": (0.40, 0.20, 0.12, 0.12, 0.06, 0.10), "nick": (0.60, 0.15, 0.05, 0.05, 0.05, 0.10), "mother": _OF_PARENT, "father": _OF_PARENT,
    "joined": (0.75, 0.15, 0.10),  # apart, the same without gaps, like without gaps
    "name_gap": _GAP, "mother_gap": _GAP, "father_gap": _GAP, "birth": _BORN, "about": _BORN, "day": (0.80, 0.08, 0.12), "sex": (0.97, 0.03),
    "place": (0.55, 0.30, 0.15), "phone": (0.70, 0.30), "number": (0.95, 0.05),
}  # fmt: skip
GAPS = (0.45, 0.35, 0.20)  # two strangers
BIRTH = ("same_year", "within_one", "within_two", "within_four", "far")
PLACE = ("same_area", "same_province", "other")
FARTHEST = 16  # years apart that are counted one by one
COUNTED = {"said": "name", "mother_said": "name", "father_said": "name", "nicks_said": "nick"}
# What a level that people saw stands for.
_NAMED = {"same": SAME, "sounds_alike": FOLD, "nearly_same": NEAR, "similar": FAR, "other": NONE}
STAND_FOR = {field: {label: (field, level) for label, level in _NAMED.items()} for field in KINDS}
STAND_FOR |= {field: {"same": (field, 0), "other": (field, 1)} for field in ("sex", "phone", "number")}
STAND_FOR |= {"birth": {label: ("birth", level) for level, label in enumerate(BIRTH)}, "place": {label: ("place", level) for level, label in enumerate(PLACE)}}


# words


@lru_cache(maxsize=records.CACHED)
def said(text):
    """The words of a name of `records.columns`, each as it may be heard."""
    return tuple(word for word in map(records.word, text.split()) if word.readings)


@lru_cache(maxsize=400_000)
def _agree(mine, theirs):
    """(how two words agree, how alike they are, the key by which the chance of it is known); the key is None where nothing agrees."""
    one, other = records.word(mine), records.word(theirs)
    for level, name in ((SAME, "readings"), (FOLD, "folds"), (BARE, "skeletons")):
        both = set(getattr(one, name)) & set(getattr(other, name))
        if both and (level < BARE or len(min(both, key=len)) > 2):
            return level, 1.0 - level / 100, (level, min(both))
    alike = heard.alike(one, other)
    level = next((level for level, least in LIKE.items() if alike >= least), NONE)
    if level > NEAR and any(min(len(a), len(b)) > 2 and OSA.distance(a, b, score_cutoff=1) < 2 for a in one.readings for b in other.readings):
        level = NEAR  # one slip of the finger, in a word so short that little else is left
    return level, alike, None if level == NONE else _bare(one)


def _bare(word):
    return BARE, min(word.skeletons, default=word.folds[0] if word.folds else word.text)


def keys_of(word):
    """Under which keys a word is counted."""
    return {(SAME, reading) for reading in word.readings} | {(FOLD, fold) for fold in word.folds} | {(BARE, key) for key in word.skeletons} | {_bare(word)}


def _long(*words):
    """How long the shorter one is to the ear: the longer, the less often two are near each other by chance."""
    return min(LONGEST, min(len(word.folds[0]) if word.folds else 1 for word in words))


def forget():
    """Let go of the words of the names that were compared."""
    for cached in (said, _agree):
        cached.cache_clear()


class Weighing:
    """Holds decrypted words while it is open."""

    def __init__(self):
        self.shipped = {name: [TRUSTED * share for share in shares] for name, shares in SHIPPED.items()}
        self._believe(self.shipped)
        self._shares = {}
        self.total, self.years = 0, Counter()
        self.words, self.named = Counter(), Counter()  # names with a word, and names, of each kind and province
        self.loose = {(level, long): max(1e-4, usual / 2.0 ** (long - 3)) for level, usual in LOOSE.items() for long in range(1, LONGEST + 1)}
        self.gaps = {field: list(GAPS) for field in SHIPPED if field.endswith("_gap")}

    def decided(self, found):
        """{fact: {level: how many pairs that people found to be of one person}}: they count like pairs that were learnt."""
        for name, levels in found.items():
            for label, number in levels.items():
                if label in STAND_FOR.get(name, ()):
                    field, level = STAND_FOR[name][label]
                    self.shipped[field][level] += number
        self._believe(self.shipped)

    def _believe(self, counts):
        """Weigh by these from here on."""
        self.m = {name: [number / sum(numbers) for number in numbers] for name, numbers in counts.items()}
        self.logs = {name: [math.log2(share) for share in shares] for name, shares in self.m.items()}

    # how often by chance

    def count(self, row):
        """One more record of the register."""
        self.total += 1
        self.years[row["year"]] += 1
        for column, kind in COUNTED.items():
            told = row[column]
            for text in [told] if isinstance(told, str) else told or ():
                self.named[kind, row["province"]] += 1
                for word in set(text.split()):
                    self.words[kind, row["province"], word] += 1

    def counted(self):
        """All records are in: from now on pairs are weighed."""
        self.prior = math.log2(min(0.01, 2 * models.TWINS / max(self.total, 1)))
        self.often, self.local, self.everywhere = Counter(), Counter(), Counter()
        for (kind, province, text), number in self.words.items():
            for key in keys_of(records.word(text)):
                self.often[kind, key] += number
                if province is not None and number > 1:
                    self.local[kind, province, key] += number
        self.words.clear()
        for (kind, _province), number in self.named.items():
            self.everywhere[kind] += number
        del self.years[None]
        whole = self.years.total() ** 2 or 1
        self.apart = [sum(number * self.years[year + off] * (2 if off else 1) for year, number in self.years.items()) / whole for off in range(FARTHEST)]
        self.apart = [(10 * usual + self.total * share) / (self.total + 10) for share, usual in zip(self.apart, [1 / 18, *[1 / 9] * FARTHEST], strict=False)]

    def share(self, kind, key, places):
        """Of all people who are from there, who has the word."""
        asked = kind, key, places
        if asked not in self._shares:
            if len(self._shares) > REMEMBERED:
                self._shares.clear()
            whole = (self.often[kind, key] + FEW_PERSONS * USUAL) / (self.everywhere[kind] + FEW_PERSONS)
            found = [(self.local[kind, place, key] + LOCAL * whole) / (self.named[kind, place] + LOCAL) for place in places]
            self._shares[asked] = max(found, default=whole)
        return self._shares[asked]

    def meet(self, strangers):
        """Pairs of records of one province taken at random: how often words agree nearly, and names have as many words."""
        seen, met, gaps = Counter(), Counter(), Counter()
        for one, other in strangers:
            for column, field in (("said", "name_gap"), ("mother_said", "mother_gap"), ("father_said", "father_gap")):
                mine, theirs = (_first(record[column]) for record in (one, other))
                if not mine or not theirs:
                    continue
                short, long = sorted((said(mine), said(theirs)), key=len)
                if not short:
                    continue
                gaps[field, _gap(short, long)] += 1
                for word in short if field == "name_gap" else ():
                    level, at = min(((_agree(word.text, own.text)[0], _long(word, own)) for own in long), default=(NONE, 1))
                    seen[level, at] += 1
                    met[_long(word)] += 1
        for (level, at), usual in self.loose.items():
            self.loose[level, at] = (seen[level, at] + 2000 * usual) / (met[at] + 2000)
        for field, shares in self.gaps.items():
            whole = sum(gaps[field, level] for level in range(3)) + 300
            self.gaps[field] = [(gaps[field, level] + 300 * share) / whole for level, share in enumerate(shares)]

    # one pair

    def facts(self, pair):
        """{fact: (what of `m` it takes, bits of chance)} of a pair; whatever one of them does not say is left out."""
        one, other = pair
        places = _places(pair)
        found, own = {}, None
        for field, column in (("name", "said"), ("nick", "nicks_said"), ("mother", "mother_said"), ("father", "father_said")):
            if one[column] and other[column]:
                is_parent = field in ("mother", "father")
                if is_parent and own is None:
                    own = [{fold for text in record["said"] or () for word in said(text) for fold in word.folds} for record in pair]
                texts = ([record[column]] if is_parent else record[column] for record in pair)
                if told := self._best(field, *texts, places, own if is_parent else None):
                    found[field] = told
        is_nick = "name" in found and any(record["said"] == record["nicks_said"] for record in pair)
        if is_nick and ("nick" in found or self._bits(found["name"]) < 0):
            del found["name"]  # of one of them only a nickname is known: it is weighed as such, and another name is no other child
        if len(places) == 1 and not (one["province"] and other["province"]) and "name" in found:
            facts, chance = found["name"]
            found["name"] = facts, chance - self._from_there(one, places)
        self._born(found, one, other)
        if one["sex"] and other["sex"]:
            found["sex"] = ([("sex", int(one["sex"] != other["sex"]))], -1.0)
        if one["province"] and other["province"]:
            self._placed(found, one, other)
        for field, chance in (("phone", 1e-5), ("number", 1e-7)):
            mine, theirs = one[f"{field}s"], other[f"{field}s"]
            if mine and theirs:
                agrees = bool(set(mine) & set(theirs))
                found[field] = ([(field, 0 if agrees else 1)], math.log2(chance) if agrees else 0.0)
        return found

    def _best(self, field, mine, theirs, places, own=None):
        best, most = None, -math.inf
        for one in mine or ():
            for other in theirs or ():
                told = self._named(field, said(one), said(other), places, own)
                if told and (bits := self._bits(told)) > most:
                    best, most = told, bits
        return best

    def _named(self, field, mine, theirs, places, own):
        """The words of the shorter name laid beside those of the longer, in any order; or both without gaps, if that says more."""
        if not mine or not theirs:
            return None
        kind = KINDS[field]
        turned = len(mine) > len(theirs)
        short, long = (theirs, mine) if turned else (mine, theirs)
        if own and turned:
            own = own[::-1]
        met = []
        for at, one in enumerate(short):
            for to, other in enumerate(long):
                level, alike, key = _agree(one.text, other.text)
                met.append((level, -alike, at, to, key))
        met.sort()  # no two have the same places: the key is never compared
        taken, used, facts, chance = set(), set(), [("joined", 0)], 0.0
        if f"{field}_gap" in self.gaps:
            gap = _gap(short, long)
            facts.append((f"{field}_gap", gap))
            chance += math.log2(self.gaps[f"{field}_gap"][gap])
        for level, _alike, at, to, key in met:
            if at in taken or to in used:
                continue
            taken.add(at)
            if level != NONE:
                used.add(to)
            if level < NONE and own and set(short[at].folds) & own[0] and set(long[to].folds) & own[1]:
                continue  # a family name that the child has too: it was counted there
            facts.append((field, level))
            chance += math.log2(self._chance(kind, level, key, short[at], long[to], places))
        for at in set(range(len(short))) - taken:
            facts.append((field, NONE))
            chance += math.log2(self._chance(kind, NONE, None, short[at], None, places))
        apart = (facts, chance)
        if len(short) > 1 or len(long) == 1:
            return apart
        together = self._without_gaps(field, short[0], long, places, own)
        return max(apart, together, key=self._bits) if together else apart

    def _without_gaps(self, field, mine, long, places, own):
        """One word beside several that it may be: each part of it is laid beside the word whose place it takes, so that a slip costs no more than one word."""
        kind, orders = KINDS[field], list(dict.fromkeys((long, long[1:] + long[:1], long[::-1])))
        whole = [_whole(words) for words in orders]
        alike, at = max((heard.alike(mine, other), -number) for number, other in enumerate(whole))
        if alike < LIKE[NEAR]:
            return None
        chance, is_same = 0.0, True
        for part, word in zip(_cut(mine.readings[0], orders[-at]), orders[-at], strict=True):
            if own and any(set(word.folds) & folds for folds in own):
                continue  # as above
            level, _alike, key = _agree(part, word.text)
            is_same = is_same and level <= FOLD
            chance += math.log2(self._chance(kind, level, key, records.word(part), word, places))
        return [("joined", 1 if is_same else 2)], chance

    def _from_there(self, one, places):
        """Where one does not say where they are from, the name says so once: by how much oftener its most telling word is heard there."""
        words = [_bare(word) for word in said(one["said"][0])]
        return max(0.0, max((math.log2(self.share("name", key, places) / self.share("name", key, ())) for key in words), default=0.0))

    def _chance(self, kind, level, key, mine, theirs, places):
        if level == NONE:
            return max(0.1, 1 - self.loose[FAR, _long(mine)] - self.share(kind, _bare(mine), places))
        if key[0] < BARE:
            return min(MOST, max(LEAST, self.share(kind, key, places)))
        spelled = max(self.share(kind, (FOLD, word.folds[0]) if word.folds else _bare(word), places) for word in (mine, theirs))
        return min(MOST, max(LEAST, self.loose[level, _long(mine, theirs)], spelled))

    def _born(self, found, one, other):
        if not one["year"] or not other["year"]:
            return
        wide = (one["margin"] or 0) + (other["margin"] or 0)
        off = max(0, abs(one["year"] - other["year"]) - wide)
        level = off if off <= 2 else 3 if off <= models.NEAR else 4
        spans = {0: range(wide + 1), 3: range(wide + 3, wide + models.NEAR + 1)}.get(level, range(wide + level, wide + level + 1))
        near = sum(self.apart[min(span, FARTHEST - 1)] for span in spans) if level < 4 else 1 - sum(self.apart[: wide + models.NEAR + 1])
        facts, chance = [("about" if wide else "birth", level)], math.log2(max(1e-3, near))
        if all(record["month"] and record["day"] for record in (one, other)):
            mine, theirs = ((record["month"], record["day"]) for record in (one, other))
            same = 0 if mine == theirs else 1 if mine == theirs[::-1] or mine[0] == theirs[0] or mine[1] == theirs[1] else 2
            facts.append(("day", same))
            chance += math.log2((1 / 365, 0.11, 0.887)[same])
        found["birth"] = facts, chance

    def _placed(self, found, one, other):
        if one["area"] and one["area"] == other["area"]:
            level = 0
        else:
            level = 1 if one["province"] == other["province"] else 2
        share = (self.named["name", one["province"]] + 20) / (self.everywhere["name"] + 1000)
        found["place"] = [("place", level)], math.log2((share / 10, share, 1.0)[level])

    def _bits(self, told):
        facts, chance = told
        logs = self.logs
        for name, level in facts:
            chance -= logs[name][level]
        return -chance

    # weights

    def learn(self, pairs):
        """Move what is shipped by the pairs that are likely to be of one person: expectation maximisation. Returns how many of them there seem to be."""
        told = [facts for facts in (list(self.facts(pair).values()) for pair in pairs) if self.prior + sum(map(self._bits, facts)) >= HOPELESS]
        for number in range(ROUNDS):
            seen, near, expected = {name: list(shares) for name, shares in self.shipped.items()}, [], 0.0
            for pair in told:
                weight = self.prior + sum(map(self._bits, pair))
                if weight < UNLIKELY:
                    continue
                near.append(pair)
                sure = 1 / (1 + 2 ** -min(60.0, weight))
                expected += sure
                for facts, _chance in pair:
                    for name, level in facts:
                        seen[name][level] += sure
            told = near if number else told
            self._believe(seen)
        return expected

    def weigh(self, pair, least=-math.inf):
        """(bits, {fact: [level, bits]}): against two strangers, and against brother and sister, who share parents, place and telephone.

        Of a pair of fewer bits than `least` nothing else is told.
        """
        told = self.facts(pair)
        weighed = {name: self._bits(line) for name, line in told.items()}
        strangers = self.prior + sum(weighed.values())
        if strangers < least:
            return strangers, {}
        levels = {name: [_label(name, line[0]), round(weighed[name], 2)] for name, line in told.items()}
        if strangers < 0 or "name" not in weighed:
            return strangers, levels
        family = {fold for record in pair for parent in ("mother_said", "father_said") for word in said(record[parent] or "") for fold in word.folds}
        if own := family and self._best("name", pair[0]["said"], pair[1]["said"], _places(pair), (family, family)):
            weighed["name"] = min(weighed["name"], self._bits(own))
        kin = math.log2(models.TWINS / SIBLINGS) + sum(weighed.get(name, 0.0) for name in OWN) - (math.log2(NAMESAKES) if weighed["name"] > 0 else 0.0)
        return -math.log2(2**-min(strangers, 500.0) + 2 ** -max(-500.0, min(kin, 500.0))), levels


def _places(pair):
    return tuple(sorted({record["province"] for record in pair if record["province"]}))


def _first(told):
    return told if isinstance(told, str) or not told else told[0]


def _gap(short, long):
    """As many words in both names, fewer in one, or one word only of several."""
    return 0 if len(short) == len(long) else 2 if len(short) == 1 else 1


def _whole(words):
    return words[0] if len(words) == 1 else heard.joined(words)


def _cut(joined, words):
    """The parts of a word that stand for each of several, which together it is like."""
    readings = [word.readings[0] for word in words]
    steps, at, end, ends = Levenshtein.opcodes("".join(readings), joined), 0, 0, []
    for reading in readings:
        end += len(reading)
        while at < len(steps) - 1 and steps[at].src_end < end:
            at += 1
        step = steps[at]
        ends.append(min(step.dest_end, step.dest_start + end - step.src_start))
    ends[-1] = len(joined)
    return [joined[start:stop] for start, stop in zip([0, *ends[:-1]], ends, strict=True)]


def _label(field, facts):
    """In one word of cases.pairs.reasons how a fact agrees."""
    levels = [level for name, level in facts if name in (field, "about")]
    if field in KINDS:
        if not levels:
            return "nearly_same"  # without gaps
        if max(levels) == SAME:
            return "same"
        if max(levels) <= BARE:
            return "sounds_alike"
        if max(levels) == NEAR:
            return "nearly_same"
        close = sum(level <= NEAR for level in levels)
        return "two_words" if close > 1 else "one_word" if close else "similar" if FAR in levels else "other"
    if field == "birth":
        day = next((level for name, level in facts if name == "day"), 2)
        return ("same_day", "nearly_same_day")[day] if day < 2 and levels[0] == 0 else BIRTH[levels[0]]
    return PLACE[levels[0]] if field == "place" else ("same", "other")[levels[0]]
