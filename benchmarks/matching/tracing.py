"""A crisis: many separated children, many families that miss one, two scripts, ages estimated. How often is the true family among the first ten?

    figures(children=5000, families=20000, asked=5000) -> {"recall_at_10": …, "recall_at_1": …, "found": …, "p95_ms": …}

Of what the family knows the child knows less than half: small children know a nickname, rescuers write by ear, months blur, one name in ten is wrong.
Names are put together from syllables written in Thai, Lao and Latin letters; nobody is meant. The candidates are found as in the database, by the
same clues with the same weights (`romsai.tracing.matching`); a token is a text here, because keying maps one to one and changes no order.
"""

import random
import time
from collections import Counter, defaultdict
from dataclasses import replace

from benchmarks.matching import errors, people
from romsai.people import search
from romsai.people.models import Birth
from romsai.tracing import matching
from romsai.tracing.matching import Known

SEED = "romsai crisis 1"
SYLLABLES = [
    ("สม", "ສົມ", "som"), ("ชัย", "ໄຊ", "xay"), ("บุญ", "ບຸນ", "boun"), ("มี", "ມີ", "mi"), ("ทอง", "ທອງ", "thong"), ("แก้ว", "ແກ້ວ", "keo"), ("คำ", "ຄຳ", "kham"),
    ("จัน", "ຈັນ", "chan"), ("ดา", "ດາ", "da"), ("ลา", "ລາ", "la"), ("พอน", "ພອນ", "phon"), ("วัน", "ວັນ", "van"), ("สี", "ສີ", "si"), ("สุก", "ສຸກ", "souk"),
    ("ไพ", "ໄພ", "phai"), ("นา", "ນາ", "na"), ("แพง", "ແພງ", "pheng"), ("หล้า", "ຫລ້າ", "la"), ("พู", "ພູ", "phou"), ("เพ็ด", "ເພັດ", "phet"), ("มะนี", "ມະນີ", "mani"),
    ("วง", "ວົງ", "vong"), ("ใจ", "ໃຈ", "chai"), ("ดี", "ດີ", "di"), ("น้อย", "ນ້ອຍ", "noy"), ("เดือน", "ເດືອນ", "deuan"), ("ดาว", "ດາວ", "dao"), ("บัว", "ບົວ", "boua"),
    ("ไม", "ໄມ", "mai"), ("ต้อม", "ຕ້ອມ", "tom"), ("กอง", "ກອງ", "kong"), ("อิน", "ອິນ", "in"),
]  # fmt: skip
THAI, LAO, LATIN = range(3)
PROVINCES, DISTRICTS = 12, 10


class Crisis:
    """Families with a lost child each, of whom some were found and registered elsewhere."""

    def __init__(self, children, families, seed=SEED):
        self.chance = random.Random(seed)
        self.truth, self.sought, self.found = {}, {}, {}
        for number in range(families):
            family = self._family()
            self.sought[number] = self._told(number, family, LAO, knows=0.95, is_child=False)
            if number < children:
                case = families + number
                self.found[case] = self._told(case, family, self.chance.choices((THAI, LATIN), (3, 1))[0], knows=0.4, is_child=True)
                self.truth[case] = number

    def _name(self, least=2, most=3):
        # Two of five names share a handful of syllables, as in life.
        pool = SYLLABLES[:6] if self.chance.random() < 0.4 else SYLLABLES
        return tuple(self.chance.choice(pool) for _syllable in range(self.chance.randint(least, most)))

    def _written(self, name, script, is_child):
        letters = [syllable[script] for syllable in name]
        if script == LATIN and self.chance.random() < 0.2:
            letters[-1] = letters[-1].replace("ou", "u").replace("ph", "p").replace("x", "s")
        return "".join(letters).capitalize() if script == LATIN else "".join(letters)

    def _family(self):
        pick = self.chance
        return {
            "sex": pick.choice("FM"), "born": pick.randint(2012, 2023), "child": self._name(), "nick": self._name(1, 1), "family": self._name(),
            "MOTHER": self._name(), "FATHER": self._name(), "GRANDPARENT": self._name(), "SIBLING": [self._name(1, 2) for _one in range(pick.randint(0, 4))],
            "position": pick.randint(1, 5), "home": self._name(), "area": pick.randrange(PROVINCES * DISTRICTS), "parted_area": pick.randrange(PROVINCES * DISTRICTS),
            "parted": pick.randrange(24),
        }  # fmt: skip

    def _told(self, case, family, script, *, knows, is_child):
        """What one side tells of the family, in its own letters, with what it does not know left out and some of it wrong."""
        pick = self.chance

        def known(chance=knows):
            return pick.random() < chance

        def written(name, wrong=0.1 if is_child else 0.03):
            return search.called(self._written(self._name() if pick.random() < wrong else name, script, is_child))

        child = [written(family["nick"])] if is_child and known(0.6) else [written(family["child"]), *([written(family["nick"])] if known() else [])]
        kin = {code: [[written(family[code])]] for code in ("MOTHER", "FATHER", "GRANDPARENT") if known(knows if code != "GRANDPARENT" else knows / 2)}
        if siblings := [[written(name)] for name in family["SIBLING"] if known()]:
            kin["SIBLING"] = siblings
        margin = pick.choice((1, 2, 2, 3)) if is_child else 0
        born = family["born"] + (round(pick.gauss(0, 1.2)) if is_child else 0)
        months = family["parted"] + (pick.choice((-1, 0, 0, 0, 1)) if is_child else 0)
        parted = known()
        story = {
            "parted": (2024 + months // 12 if parted else None, months % 12 + 1 if parted and known() else None, None),
            "parted_in": ABOVE[family["parted_area"]] if known() else frozenset(), "born_in": ABOVE[family["area"]] if known(knows / 2) else frozenset(),
            "home": [written(family["home"])] if known() else [], "siblings": len(family["SIBLING"]) if known() else None,
            "position": min(family["position"], len(family["SIBLING"]) + 1) if known() else None, "languages": frozenset({"lo"} if known() else ()),
        }  # fmt: skip
        sex = family["sex"] if pick.random() > 0.01 else "U"
        return Known(case, child, sex, Birth(born, margin=margin), kin, **story)


class Region(Crisis):
    """The same among people of eight countries, with names and listeners' errors of the search's measurement (people.py, errors.py)."""

    def __init__(self, children, families, seed=SEED):
        self.of, self.country = defaultdict(list), None
        for one in people.people(4 * families):
            self.of[one.country].append(one)
        super().__init__(children, families, seed)

    def _name(self, least=2, most=3):
        one = self.chance.choice(self.of[self.country])
        return replace(one, name=one.nick) if most == 1 and one.nick[1] else one

    def _written(self, name, script, is_child):
        return errors.question(name).names[0] if is_child else name.written(name.name)

    def _family(self):
        self.country = self.chance.choices(list(people.COUNTRIES), people.COUNTRIES.values())[0]
        return super()._family()

    def _told(self, case, family, script, *, knows, is_child):
        self.country = family["child"].country  # a wrong name is one of the same country
        return super()._told(case, family, script, knows=knows, is_child=is_child)


ABOVE = {area: frozenset({area, 10_000 + area // DISTRICTS}) for area in range(PROVINCES * DISTRICTS)}


class Clues:
    """The table of clues, in memory: what matching.Pool asks of the database."""

    def __init__(self, sides):
        self.sides = {side.case_id: side for side in sides}
        self.cases = defaultdict(list)
        for side in self.sides.values():
            for clue in matching.clues(side):
                self.cases[clue].append(side.case_id)
        self.size = len(self.sides)

    def counts(self, wanted):
        return {clue: len(self.cases.get(clue, ())) for clue in wanted}

    def find(self, asked, side, ages, sexes):
        best = {}
        for thing, clue, bits in asked:
            for case in self.cases[clue]:
                best[case, thing] = max(bits, best.get((case, thing), 0))
        points = Counter()
        for (case, _thing), bits in best.items():
            points[case] += bits
        for case in points:
            other = self.sides[case]
            if ages and other.birth:
                apart = max(0, side.birth.earliest.year - other.birth.latest.year, other.birth.earliest.year - side.birth.latest.year)
                points[case] += ages[min(11, apart)]
            if side.sex in ("F", "M") and other.sex in ("F", "M"):
                points[case] += sexes[side.sex != other.sex]
        return sorted(points.items(), key=lambda line: (-line[1], line[0]))[: matching.MOST]


def figures(children=5_000, families=20_000, asked=None, say=lambda text: None, kind=Crisis):
    """Every registered child (or the first `asked`) asks for the family. recall_at_n: the true one among the first n proposals; among_candidates: compared at all."""
    crisis = kind(children, families)
    clues = Clues(crisis.sought.values())
    say(f"crisis: {children:,} children, {families:,} families, {len(clues.cases):,} clues")
    places, compared, times = [], 0, []
    for case in list(crisis.found)[:asked]:
        own, truth, begun = crisis.found[case], crisis.truth[case], time.perf_counter()
        asking = matching.Asking(own, clues)
        near = asking.candidates()
        fits = [(other, asking.fit(crisis.sought[other])) for other, _bits in near]
        ranked = [other for other, found in sorted(fits, key=lambda line: (-line[1].score, line[0])) if found.is_enough]
        times.append(time.perf_counter() - begun)
        compared += truth in dict(near)
        places.append(ranked.index(truth) + 1 if truth in ranked else 0)
    times.sort()
    n = len(places)
    return {
        "children": n, "families": families, "recall_at_10": round(sum(0 < place <= 10 for place in places) / n, 4),
        "recall_at_1": round(sum(place == 1 for place in places) / n, 4), "among_candidates": round(compared / n, 4),
        "p95_ms": round(1000 * times[int(0.95 * (n - 1))], 1),
    }  # fmt: skip


def run(families):
    """Both crises; every child of the first asks, and 400 of the second, whose names take longer to make."""
    found = {"tracing": figures(families // 4, families, say=print), "tracing_region": figures(families // 20, families // 5, 400, say=print, kind=Region)}
    for name, told in found.items():
        print(f"{name}: " + ", ".join(f"{key} {value}" for key, value in told.items()))
    return found
