"""A family drawn as an SVG: who is who, who cares, who is said to have harmed. Pure Python, presentation attributes only.

The same facts always stand beside it as a list (`sentences`), for those who do not see the drawing.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from math import hypot
from unicodedata import combining

from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

INK, MUTED, LINE = "#15242b", "#4a5a62", "#5d6f77"
BRAND, WASH = "#0f5f6b", "#e3f0f1"
GREEN, HOUSE, RED = "#17704f", "#f1f7f2", "#b3261e"

SIZE = 20  # half the width of a person's shape
ROW = 106  # from one generation to the next
GAP = 26  # least space between two people
MARGIN = 14
LETTER = 7.2  # about the width of a letter at 13 px; Thai and Burmese marks above and below take none
LEAN = 12  # how far words that lean to one side still stand under the shape
CORRIDOR = 30  # width of the household's outline where it passes a row without any of its people
OVER = 33  # height over a row at which a line passes over heads
IN_SHAPE = 3  # letters of an age that fit into the shape
LONGEST = 16  # letters of a name before it is cut; the list has the whole name

PARENT, PARTNER, SEPARATED, SIBLING = "parent", "partner", "separated", "sibling"
CARES_FOR, ALLEGED_HARM = "cares_for", "alleged_harm"
COUPLES = (PARTNER, SEPARATED)
KINDS = (PARENT, PARTNER, SEPARATED, SIBLING, CARES_FOR, ALLEGED_HARM)


@dataclass(frozen=True)
class Person:
    """Someone in the family. `age` is what stands in the shape, `note` under the name; `generation` counts from the eldest."""

    id: str
    name: str
    age: str = ""
    sex: str = "U"  # a code of the list sex: F circle, M square, anything else diamond
    generation: int = 0
    is_child: bool = False  # the child whose record this is
    in_household: bool = False  # lives under the child's roof
    deceased: bool = False
    note: str = ""
    note_is_warning: bool = False
    lang: str = ""
    url: str = ""


@dataclass(frozen=True)
class Tie:
    """What binds two people; a parent, a carer and an alleged perpetrator come first."""

    first: str
    second: str
    kind: str

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"A tie is one of {', '.join(KINDS)}, not {self.kind!r}.")


@dataclass(frozen=True)
class Family:
    """People and their ties, ready to be drawn (`svg`) and read (`sentences`)."""

    title: str
    people: list[Person] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)

    @property
    def svg(self):
        return _Drawing(self).svg()

    @property
    def is_wide(self):
        return _Drawing(self).width > 420

    @property
    def kinds(self):
        """The kinds of tie that need a line in the key."""
        return {tie.kind for tie in self.ties}

    @property
    def has_household(self):
        return sum(person.in_household for person in self.people) > 1

    @property
    def sentences(self):
        """One line a person: the person, and what is known of them in words."""
        return [(person, self._words(person)) for person in self.people]

    def _words(self, person):
        names = {other.id: other.name for other in self.people}
        words = [person.age] if person.age else []
        words += [_("the child of this record")] if person.is_child else []
        words += [_("has died")] if person.deceased else []
        words += [_("same household")] if person.in_household and not person.is_child else []
        words += [person.note] if person.note else []
        for tie in self.ties:
            if tie.first == person.id and tie.second in names:
                words.append(_said(tie.kind) % {"name": names[tie.second]})
            elif tie.second == person.id and tie.kind in (*COUPLES, SIBLING) and tie.first in names:
                words.append(_said(tie.kind) % {"name": names[tie.first]})
        return "; ".join(words)


def _said(kind):
    return {
        PARENT: _("parent of %(name)s"),
        PARTNER: _("partner of %(name)s"),
        SEPARATED: _("separated from %(name)s"),
        SIBLING: _("brother or sister of %(name)s"),
        CARES_FOR: _("cares for %(name)s"),
        ALLEGED_HARM: _("said to have harmed %(name)s"),
    }[kind]


class _Drawing:
    """Places each generation on a row, parents over their children, and draws lines first, people over them.

    Whoever shares the child's household stands to the left of the others on their row, so that one outline can hold them
    all and nobody else.
    """

    def __init__(self, family):
        self.family = family
        self.people = {person.id: person for person in family.people}
        self.ties = [tie for tie in family.ties if tie.first in self.people and tie.second in self.people]
        self.levels = sorted({person.generation for person in family.people})
        self.rows = self._rows()
        self.lean = {}
        self.spot = self._places()
        self.lean = self._leans()
        self.spot = self._places()
        self.height = max((y for _x, y in self.spot.values()), default=0) + 72
        self.width = max((x + self._reach(who)[1] for who, (x, _y) in self.spot.items()), default=0) + MARGIN

    def svg(self):
        ordered = [self._household(), *self._descent(), *self._couples(), *self._siblings()]
        ordered += [self._care(tie) for tie in self.ties if tie.kind == CARES_FOR]
        ordered += [self._harm(tie) for tie in self.ties if tie.kind == ALLEGED_HARM]
        ordered += [self._person(person) for person in self.family.people]
        said = " ".join(f"{person.name}: {words}." for person, words in self.family.sentences)
        return format_html(
            '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {2} {3}" role="img" '
            'aria-label="{4}" font-size="13"><title>{4}</title><desc>{5}</desc>{6}</svg>',
            round(self.width * 1.15),
            round(self.height * 1.15),
            round(self.width),
            round(self.height),
            self.family.title,
            said,
            mark_safe("".join(ordered)),
        )

    # Places

    def _rows(self):
        """Who stands on each row, from left to right: under their parents, partners side by side, the household first."""
        rows, place = {}, {}
        for level in self.levels:
            here = [person.id for person in self.family.people if person.generation == level]
            here.sort(key=lambda who: self._mean(place, self._parents(who)))
            here = self._partners_together(here)
            rows[level] = sorted(here, key=self._order_by_household)
            place |= {who: i for i, who in enumerate(rows[level])}
        return rows

    def _order_by_household(self, who):
        if not self.family.has_household:
            return 0
        if self.people[who].in_household:
            # Who has a partner outside stands last of those inside, next to that partner.
            return 1 if any(not self.people[mate].in_household for mate in self._mates(who)) else 0
        return 2 if any(self.people[mate].in_household for mate in self._mates(who)) else 3

    def _partners_together(self, row):
        left, placed = list(row), []
        while left:
            who = left.pop(0)
            placed.append(who)
            for mate in self._mates(who):
                if mate in left:
                    left.remove(mate)
                    placed.append(mate)
        return placed

    @staticmethod
    def _mean(place, others):
        known = [place[other] for other in others if other in place]
        return sum(known) / len(known) if known else len(place)

    def _places(self):
        """(x, y) of everyone: rows are laid out from the left, then pulled towards parents and children by turns."""
        xs = {}
        for row in self.rows.values():
            x = 0
            for who in row:
                left, right = self._reach(who)
                xs[who] = x + left
                x += left + right + GAP
        for _turn in range(8):
            for level in self.levels:
                self._pull(self.rows[level], xs, self._parents)
            for level in reversed(self.levels):
                self._pull(self.rows[level], xs, self._children)
            self._clear_the_way(xs)
        shift = MARGIN - min((xs[who] - self._reach(who)[0] for who in xs), default=0)
        shift += 10 if self.family.has_household else 0
        return {who: (xs[who] + shift, 40 + self.levels.index(self.people[who].generation) * ROW) for who in xs}

    def _pull(self, row, xs, relatives):
        """Move each towards the middle of their relatives, keeping order and least distance."""
        for who in row:
            near = [xs[other] for other in relatives(who)]
            if near:
                xs[who] += (sum(near) / len(near) - xs[who]) * 0.7
        for left, right in pairwise(row):
            xs[right] = max(xs[right], xs[left] + self._apart(left, right))
        for right, left in pairwise(reversed(row)):
            xs[left] = min(xs[left], xs[right] - self._apart(left, right))

    def _clear_the_way(self, xs):
        """Where the household has people above and below a row but none on it, that row leaves room at the left for the outline."""
        spanned = self._household_levels()
        if not spanned:
            return
        edge = min(xs[who] - self._reach(who)[0] for who in xs if self.people[who].in_household)
        for level in self.levels:
            if spanned[0] <= level <= spanned[-1]:
                row = self.rows[level]
                start = edge if level in spanned else edge + CORRIDOR + GAP
                for i, who in enumerate(row):
                    least = start + self._reach(who)[0] if i == 0 else xs[row[i - 1]] + self._apart(row[i - 1], who)
                    xs[who] = max(xs[who], least)

    def _household_levels(self):
        if not self.family.has_household:
            return []
        return sorted({person.generation for person in self.family.people if person.in_household})

    def _leans(self):
        """To which side the words under a person lean, to leave the other free for a line of care or harm going down."""
        leans = {}
        for tie in self.ties:
            (x1, y1), (x2, y2) = self.spot[tie.first], self.spot[tie.second]
            if tie.kind in (CARES_FOR, ALLEGED_HARM) and y1 < y2:
                leans[tie.first] = 1 if x2 <= x1 else -1
        return leans

    def _reach(self, who):
        """How far a person reaches to the left and to the right: the shape, or the words under it."""
        person = self.people[who]
        words = max(_width(_cut(person.name)), _width(_cut(_under(person))) * 0.93)
        lean = self.lean.get(who, 0)
        near, far = SIZE + 4, max(SIZE + 4, words - LEAN)
        return {0: (max(near, words / 2),) * 2, 1: (near, far), -1: (far, near)}[lean]

    def _apart(self, left, right):
        return self._reach(left)[1] + self._reach(right)[0] + GAP

    def _parents(self, who):
        return [tie.first for tie in self.ties if tie.kind == PARENT and tie.second == who]

    def _children(self, who):
        return [tie.second for tie in self.ties if tie.kind == PARENT and tie.first == who]

    def _mates(self, who):
        pairs = [tie for tie in self.ties if tie.kind in COUPLES and who in (tie.first, tie.second)]
        return [tie.second if tie.first == who else tie.first for tie in pairs]

    # Lines

    def _descent(self):
        """From a couple, or from a parent alone, down to each child."""
        families = {}
        for child in self.people:
            parents = tuple(sorted(self._parents(child)))
            if parents:
                families.setdefault(parents, []).append(child)
        for number, (parents, children) in enumerate(sorted(families.items())):
            # Bars of neighbouring families stand a little apart, so that no child seems to belong to both.
            bar = min(self.spot[child][1] for child in children) - SIZE - 12 - 5 * (number % 2)
            x, y = self._source(parents)
            ends = [self.spot[child][0] for child in children] + [x]
            drops = "".join(f"M{self.spot[child][0]:.1f} {bar:.1f}V{self.spot[child][1]:.1f}" for child in children)
            yield _path(f"M{x:.1f} {min(y, bar):.1f}V{bar:.1f}M{min(ends):.1f} {bar:.1f}H{max(ends):.1f}{drops}", LINE)

    def _source(self, parents):
        """Where the line to the children begins: between two parents, else under the words of one."""
        lowest = max(parents, key=lambda who: self.spot[who][1])
        beside = [who for who in parents if self.spot[who][1] == self.spot[lowest][1]]
        if len(beside) < 2:
            return self.spot[lowest][0], self.spot[lowest][1] + SIZE + (42 if _under(self.people[lowest]) else 26)
        left, right = sorted(beside, key=lambda who: self.spot[who][0])[:2]
        (x1, y), (x2, _y) = self.spot[left], self.spot[right]
        if self._are_neighbours(left, right):
            # Off the middle if one name is longer, so that the line passes between the words.
            return (x1 + self._reach(left)[1] + x2 - self._reach(right)[0]) / 2, y
        return x2 - self._reach(right)[0] - GAP / 2, y - OVER

    def _are_neighbours(self, left, right):
        row = self.rows[self.people[left].generation]
        return right in row and abs(row.index(left) - row.index(right)) == 1

    def _couples(self):
        for tie in self.ties:
            if tie.kind not in COUPLES:
                continue
            (x1, y1), (x2, y2) = sorted([self.spot[tie.first], self.spot[tie.second]])
            line = f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"
            mark_y = y2
            if y1 == y2 and not self._are_neighbours(tie.first, tie.second):
                # Somebody stands between them: the line goes over their heads.
                mark_y = y1 - OVER
                line = f"M{x1:.1f} {y1:.1f}V{mark_y:.1f}H{x2:.1f}V{y2:.1f}"
            apart = tie.kind == SEPARATED
            yield _path(line, LINE, dash="5 4" if apart else "")
            if apart:
                mark_x = x2 - SIZE - 12
                yield _path(f"M{mark_x - 6:.1f} {mark_y - 9:.1f}l6 18m1-18l6 18", LINE)

    def _siblings(self):
        """Said to be brothers and sisters, with no parent known who shows it."""
        for tie in self.ties:
            if tie.kind == SIBLING and not set(self._parents(tie.first)) & set(self._parents(tie.second)):
                (x1, y1), (x2, y2) = self.spot[tie.first], self.spot[tie.second]
                top = min(y1, y2) - SIZE - 12
                yield _path(f"M{x1:.1f} {y1:.1f}V{top:.1f}H{x2:.1f}V{y2:.1f}", LINE)

    def _care(self, tie):
        (x1, y1), (x2, y2) = self.spot[tie.first], self.spot[tie.second]
        if y1 == y2:
            drawn = f"M{x1:.1f} {y1:.1f}Q{(x1 + x2) / 2:.1f} {y1 - 62:.1f} {x2:.1f} {y2:.1f}"
        else:
            x1 += self._exit(tie) * (SIZE - 6)
            y1 += 10
            drawn = f"M{x1:.1f} {y1:.1f}C{x1 + self._exit(tie) * 26:.1f} {y1 + 52:.1f} {x2:.1f} {y2 - 80:.1f} {x2:.1f} {y2:.1f}"
        return _path(drawn, GREEN, width=3.5)

    def _harm(self, tie):
        (x1, y1), (x2, y2) = self.spot[tie.first], self.spot[tie.second]
        if y1 < y2:
            # From the lower corner that the words leave free.
            x1, y1 = x1 + self._exit(tie) * (SIZE - 2), y1 + SIZE - 6
        length = hypot(x2 - x1, y2 - y1) or 1
        ux, uy = (x2 - x1) / length, (y2 - y1) / length
        begin, end = (
            (4 if self.spot[tie.first][1] < self.spot[tie.second][1] else SIZE + 4),
            length - SIZE - 5,
        )
        teeth = max(4, round((end - begin) / 9))
        points = []
        for tooth in range(teeth + 1):
            along = begin + (end - begin) * tooth / teeth
            aside = 0 if tooth in (0, teeth) else 5 if tooth % 2 else -5
            points.append(f"{x1 + ux * along - uy * aside:.1f} {y1 + uy * along + ux * aside:.1f}")
        return _path("M" + "L".join(points), RED, width=2.5)

    def _exit(self, tie):
        """The side, -1 left or 1 right, on which a line leaves downwards: away from the words."""
        return -self.lean.get(tie.first, -1)

    def _household(self):
        """A dashed outline around those who live with the child: one left edge, a right edge for each row."""
        levels = self._household_levels()
        if not levels:
            return ""
        inside = [who for who in self.people if self.people[who].in_household]
        edge = min(self.spot[who][0] - self._reach(who)[0] for who in inside) - 8
        steps = []
        for level in self.levels[self.levels.index(levels[0]) : self.levels.index(levels[-1]) + 1]:
            members = [who for who in self.rows[level] if who in inside]
            right = max((self.spot[who][0] + self._reach(who)[1] + 8 for who in members), default=edge + CORRIDOR)
            top = 40 + self.levels.index(level) * ROW - 34
            if steps and (right > steps[-1][0]) == bool(members):
                top -= 6
            steps.append((right, top))
        bottom = 40 + self.levels.index(levels[-1]) * ROW + 66
        corners = []
        for i, (right, top) in enumerate(steps):
            # Between two rows the outline turns where the words of the upper one end.
            turn = steps[i + 1][1] if i + 1 < len(steps) else bottom
            corners += [(right, top), (right, turn)]
        outline = _rounded([(edge, steps[0][1]), *corners, (edge, bottom)], 11)
        return _path(outline, GREEN, width=1.5, dash="6 5", fill=HOUSE)

    # People

    def _person(self, person):
        x, y = self.spot[person.id]
        fill, stroke, width = (WASH, BRAND, 4) if person.is_child else ("#ffffff", "#24343b", 2)
        look = f'fill="{fill}" stroke="{stroke}" stroke-width="{width}"'
        half = SIZE + (2 if person.is_child else 0)
        if person.sex == "F":
            drawn = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{half}" {look}/>'
        elif person.sex == "M":
            side = 2 * half - 2
            drawn = f'<rect x="{x - half + 1:.1f}" y="{y - half + 1:.1f}" width="{side}" height="{side}" {look}/>'
        else:
            tip = half + 3
            drawn = f'<path d="M{x:.1f} {y - tip:.1f}l{tip} {tip}-{tip} {tip}-{tip}-{tip}z" {look}/>'
        if person.deceased:
            drawn += _path(f"M{x - half:.1f} {y + half:.1f}L{x + half:.1f} {y - half:.1f}", stroke)
        if len(person.age) <= IN_SHAPE:
            drawn += _text(x, y + 4.5, person.age, bold=person.is_child)
        lean = self.lean.get(person.id, 0)
        x, anchor = x - lean * (SIZE - 8), {0: "middle", 1: "start", -1: "end"}[lean]
        drawn += _text(x, y + SIZE + 19, _cut(person.name), bold=True, lang=person.lang, anchor=anchor)
        colour = RED if person.note_is_warning else MUTED
        note = _cut(_under(person))
        drawn += _text(x, y + SIZE + 35, note, fill=colour, size=12, bold=person.note_is_warning, anchor=anchor)
        return f'<a href="{escape(person.url)}">{drawn}</a>' if person.url else drawn


def _under(person):
    """What stands under the name: the note, after an age too long for the shape."""
    long_age = person.age if len(person.age) > IN_SHAPE else ""
    return ", ".join(filter(None, [long_age, person.note]))


def _path(d, stroke, width=2, dash="", fill="none"):
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{d}" fill="{fill}" stroke="{stroke}" stroke-width="{width}"{dashes} stroke-linejoin="round"/>'


def _text(x, y, words, *, fill=INK, size=13, bold=False, lang="", anchor="middle"):
    if not words:
        return ""
    weight = ' font-weight="650"' if bold else ""
    tongue = f' lang="{escape(lang)}"' if lang else ""
    # A white edge keeps words readable where a line passes behind them.
    edge = ' stroke="#ffffff" stroke-width="3" stroke-opacity=".8" paint-order="stroke" stroke-linejoin="round"'
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{fill}"{weight}{tongue}{edge}>{escape(words)}</text>'


def _rounded(corners, radius):
    """A closed path through the corners, each rounded."""
    corners = [corner for i, corner in enumerate(corners) if corner != corners[i - 1]]
    steps = []
    for i, (x, y) in enumerate(corners):
        for j, (ox, oy) in enumerate((corners[i - 1], corners[(i + 1) % len(corners)])):
            reach = hypot(ox - x, oy - y) or 1
            cut = min(radius, reach / 2)
            near = f"{x + (ox - x) * cut / reach:.1f} {y + (oy - y) * cut / reach:.1f}"
            steps.append(f"{'L' if j == 0 else f'Q{x:.1f} {y:.1f} '}{near}")
    return "M" + "".join(steps)[1:] + "z"


def _cut(words):
    seen = 0
    for i, letter in enumerate(words):
        seen += not combining(letter)
        if seen > LONGEST:
            return words[:i].rstrip() + "…"
    return words


def _width(words):
    return sum(LETTER for letter in words if not _takes_no_room(letter))


def _takes_no_room(letter):
    # Vowels and tone marks over and under Thai, Lao, Khmer and Burmese letters.
    return combining(letter) or "\u0e34" <= letter <= "\u0e3a" or "\u0e47" <= letter <= "\u0e4e" or letter in "\u0e31\u0eb1"
