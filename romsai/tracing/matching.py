"""Which families may be a child's: keyed clues find candidates without a name being read, then the few are compared in full.

    with access.system(purpose="tracing"):
        for case, fit in matching.likely(case, Side.FAMILY): ...

Recall comes before precision, because a person verifies: what is missing never counts as disagreement, an estimated age is a span,
and a name that differs takes away little, since a small child tells a nickname and a rescuer writes by ear. Everything of the family counts,
not the child's name alone: parents, brothers and sisters, the village, the day and the place of the separation, languages, marks.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from django.db import connection
from django.utils.translation import gettext_lazy as __

from romsai.cases.models import ENDED, Case, Participant
from romsai.core import crypto
from romsai.core.dates import PartialDate
from romsai.core.keys import client as keys
from romsai.people import names as spelling
from romsai.people.models import Birth, Name
from romsai.places.models import AreaWithin
from romsai.tracing.models import Clue, Pair, Request, Story

MOST = 200  # candidates that are compared in full
COMMON = 20_000  # cases that share a clue: more, and it says nothing but costs time
PROPOSED = 10  # pairs put before a person; the eleventh waits until one of them is declined
ENOUGH = 3.0  # less is no reason to ask a family
LIKELY = 8.0
RARE = 2.0  # points for clues that few others share
KIN = ("MOTHER", "FATHER", "SIBLING", "GRANDPARENT", "AUNT_UNCLE", "COUSIN", "STEPPARENT", "GUARDIAN_REL", "FOSTER_PARENT")

OF_THEIR_OWN = ("CHILD", "MOTHER", "FATHER", "SIBLING")

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


class Called:
    """A name as it was told; what its words are asked by and found by is worked out once."""

    def __init__(self, text):
        self.text = text

    @cached_property
    def asked(self):
        return [spelling.asked(word) for word in spelling.words(self.text)]

    @cached_property
    def held(self):
        return [spelling.stored(word) for word in spelling.words(self.text)]


@dataclass
class Known:
    """What one side knows: what the child is called, and each relative, by what they are to the child. Names are Called."""

    case_id: int
    child: list = field(default_factory=list)
    sex: str = "U"
    birth: Birth | None = None
    kin: dict = field(default_factory=dict)  # code of relation_to_child -> one list of names a person
    suspects: list = field(default_factory=list)
    story: Story | None = None
    together: object = None
    above: dict = field(default_factory=dict)  # area -> itself and the areas it lies in, below the country


@dataclass
class Fit:
    """How much of two sides is alike: points that order, and the codes of REASONS."""

    score: float = 0.0
    reasons: list = field(default_factory=list)

    def add(self, points, reason=""):
        self.score += points
        if reason and points > 0 and reason not in self.reasons:
            self.reasons.append(reason)

    @property
    def is_enough(self):
        """Two facts, of which one fits few others, and together enough to trouble a person with."""
        return self.score >= ENOUGH and len(self.reasons) >= 2 and bool(INDEPENDENT & set(self.reasons))

    @property
    def band(self):
        return "LIKELY" if self.score >= LIKELY else "POSSIBLE"


# what is known


def known(cases):
    """{case id: Known} with everything read in a handful of queries. Runs as the system: it reads both sides and shows neither."""
    cases = list(cases)
    parts = list(Participant.objects.filter(case__in=cases).exclude(role="CHILD").select_related("person"))
    called = _called({*(case.child_id for case in cases), *(part.person_id for part in parts)})
    found = {case.pk: Known(case.pk, called[case.child_id], case.child.sex, case.child.birth) for case in cases}
    for part in parts:
        if part.is_suspected:
            found[part.case_id].suspects.append(called[part.person_id])
        if part.relation in KIN:
            found[part.case_id].kin.setdefault(part.relation, []).append(called[part.person_id])
    requests = {request.pk: request for request in Request.objects.open().filter(case__in=cases)}
    stories = crypto.preload(Story.objects.filter(request__in=requests))
    above = _above({area for story in stories for area in (story.area_id, story.birth_area_id) if area})
    for story in stories:
        side = found[story.case_id]
        side.story, side.above, side.together = story, above, requests[story.request_id].together
    return found


def _called(people):
    """{person id: the names they go by}; a description is no name."""
    rows = crypto.preload(Name.objects.filter(person__in=people).exclude(kind=Name.Kind.LABEL).order_by("pk"))
    found = {person: [] for person in people}
    for row in rows:
        if not isinstance(row.full, crypto.Locked):
            found[row.person_id].append(Called(str(row.full)))
    return found


def _above(areas):
    """{area: itself and the areas it lies in, without the country}; what two areas share there makes them near."""
    found = {area: {area} for area in areas}
    for low, high in AreaWithin.objects.filter(descendant__in=areas, ancestor__level__gt=0).values_list("descendant", "ancestor"):
        found[low].add(high)
    return found


# clues


def texts_of(side):
    """{kind of clue: texts} that this side can be found and asked by."""
    texts = defaultdict(set)
    for kind, people in {"CHILD": [side.child], **side.kin}.items():
        for names in people:
            texts[kind if kind in OF_THEIR_OWN else "KIN"].update(name.text for name in names)
    if side.story is not None and side.story.home:
        texts["HOME"].add(str(side.story.home))
    return texts


def forms_of(side, spell):
    """{(kind of clue, kind of key, form)}: the names as `spell` says, and the places and months of the story, which tell common names apart."""
    forms = {(kind, keyed, form) for kind, texts in texts_of(side).items() for text in texts for keyed, found in spell(text).items() for form in found if form}
    return forms | {(kind, "name", form) for kind, form in _plain(side, is_asked=spell is spelling.asked)}


def _plain(side, *, is_asked):
    story = side.story
    if story is None:
        return
    for kind, area in (("AREA", story.area_id), ("BORN", story.birth_area_id)):
        for one in side.above.get(area, ()):
            yield kind, f"area {one}"
    if story.year and story.month:
        at = 12 * story.year + story.month - 1
        for near in (at - 1, at, at + 1) if is_asked else (at,):  # a month blurs
            yield "WHEN", f"{near // 12}-{near % 12 + 1}"


def _tokens(side, spell):
    """{(kind, token)}, in as few questions to the key process as there are kinds of key."""
    wanted = defaultdict(list)
    for kind, keyed, form in sorted(forms_of(side, spell)):
        wanted[keyed].append((kind, form))
    tokens = set()
    for keyed, pairs in wanted.items():
        tokens |= {(f"{kind}:{keyed}", token) for (kind, _form), token in zip(pairs, keys.tokens(keyed, [form for _kind, form in pairs]), strict=True)}
    return tokens


def index(side, *, of):
    """Bring the clues of a case in line with what is known of it now."""
    wanted = _tokens(side, spelling.stored)
    free = []
    for row in Clue.objects.filter(case=side.case_id):
        mark = (row.kind, bytes(row.token))
        wanted.remove(mark) if row.side == of and mark in wanted else free.append(row)
    new = []
    for kind, token in sorted(wanted):
        row = free.pop() if free else Clue(case_id=side.case_id)
        row.side, row.kind, row.token = of, kind, token
        new.append(row)
    for row in free:
        row.token = b""
    Clue.objects.bulk_create(row for row in new if row.pk is None)
    Clue.objects.bulk_update([*(row for row in new if row.pk is not None), *free], ["side", "kind", "token"])


def forget(case):
    """From now on nobody's search comes upon this case."""
    Clue.objects.filter(case=case).exclude(token=b"").update(token=b"")


# A rare name says more than a common one; what half the region is called says next to nothing.
CANDIDATES = """
with asked as (select * from unnest(%s::text[], %s::bytea[]) as a(kind, token)),
     common as (select a.kind, a.token, count(*) as n from asked a join tracing_clue c on c.side = %s and c.kind = a.kind and c.token = a.token group by 1, 2 having count(*) <= %s)
select c.case_id, sum(1 / ln(2 + n.n)) as weight
from common n join tracing_clue c on c.side = %s and c.kind = n.kind and c.token = n.token join cases_case k on k.id = c.case_id
where not k.sealed and k.state <> all(%s) and k.tracing <> 'NOT_SAFE' and c.case_id <> %s
group by 1 order by 2 desc, 1 limit %s
"""


def candidates(side, *, among):
    """{id: weight} of at most MOST cases on the other side that share a clue, the most telling first. Reads no name of theirs."""
    tokens = sorted(_tokens(side, spelling.asked))
    if not tokens:
        return {}
    kinds, values = (list(column) for column in zip(*tokens, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, [kinds, values, among, COMMON, among, list(ENDED), side.case_id, MOST])
        return dict(cursor.fetchall())


# comparing


def fit(one, other, weight=0):
    """How well two sides fit. What one of them does not know is left out; `weight`: how telling the clues are that they share."""
    found = Fit()
    found.add(*_names_fit([one.child], [other.child], 3.0, -0.5, "CHILD"))
    for code, most, least in (("MOTHER", 3.0, -0.8), ("FATHER", 3.0, -0.6)):
        found.add(*_names_fit(one.kin.get(code), other.kin.get(code), most, least, code))
    for code, reason in (("SIBLING", "SIBLING"), *((code, "KIN") for code in KIN[3:])):
        found.add(*_names_fit(one.kin.get(code), other.kin.get(code), 2.0, 0, reason))
    _person_fits(found, one, other)
    if one.story is not None and other.story is not None:
        _stories_fit(found, one.story, other.story, one.above | other.above)
    if _fits_together(one, other):
        found.add(1.5, "TOGETHER")
    found.add(min(RARE, float(weight)))
    return found


def _names_fit(ours, theirs, most, least, reason):
    """(points, reason) for the two of them that are most alike; nothing where either side knows no name."""
    ours, theirs = ([name for names in side or () for name in names] for side in (ours, theirs))
    if not ours or not theirs:
        return 0, ""
    best = max(alike(name, other) for name in ours for other in theirs)
    return (best * most, reason) if best else (least, "")


def alike(name, other):
    """0 to 1: how far two names may be one, in any scripts. A nickname beside a whole name counts: it is all that a child may know."""
    asked, held = name.asked, other.held
    if not asked or not held:
        return 0.0
    pairs = [[_word_alike(word, theirs) for theirs in held] for word in asked]
    each = [max(line) for line in pairs] if len(asked) <= len(held) else [max(line[at] for line in pairs) for at in range(len(held))]
    same = sum(each) / len(each)
    if same < 0.5:
        return 0.0
    return same if len(asked) == len(held) else same * (0.9 if len(each) > 1 else 0.8)


def _word_alike(asked, held):
    if asked["name"] & held["name"]:
        return 1.0
    return 0.7 if any(asked[kind] & held.get(kind, set()) for kind in asked) else 0.0


def _person_fits(found, one, other):
    if one.sex in "FM" and other.sex in "FM":
        found.add(0.2 if one.sex == other.sex else -3)
    if one.birth and other.birth:
        apart = _years_apart(one.birth, other.birth)
        found.add(1.0 if apart <= 0 else 0.3 if apart <= 2 else -min(4, 0.8 * (apart - 2)), "AGE")


def _years_apart(one, other):
    """Between the nearest ends of two spans of birth; zero where they meet."""
    if one.latest < other.earliest:
        return (other.earliest - one.latest).days / 365.25
    if other.latest < one.earliest:
        return (one.earliest - other.latest).days / 365.25
    return 0


def _stories_fit(found, one, other, above):
    ours, theirs = separated(one), separated(other)
    if ours and theirs:
        apart = max((max(ours.earliest, theirs.earliest) - min(ours.latest, theirs.latest)).days, 0)
        exact = max((span.latest - span.earliest).days for span in (ours, theirs)) <= 31
        found.add(1.5 if apart <= 31 and exact else 0.6 if apart <= 100 else -min(2, apart / 365), "DAY")
    found.add(*_areas_fit(one.area_id, other.area_id, above, 1.5, "PLACE"))
    found.add(*_areas_fit(one.birth_area_id, other.birth_area_id, above, 1.5, "BORN"))
    if one.home and other.home and _words_alike(str(one.home), str(other.home)):
        found.add(2.0, "HOME")
    if one.siblings is not None and other.siblings is not None:
        same = abs(one.siblings - other.siblings) <= 0 and (one.position == other.position or None in (one.position, other.position))
        found.add(0.8 if same else -0.3 if abs(one.siblings - other.siblings) > 2 else 0, "SIBLINGS")
    if one.languages and other.languages:
        found.add(0.4 if set(one.languages) & set(other.languages) else -0.3, "LANGUAGE")
    if one.marks and other.marks:
        shared = _telling(str(one.marks)) & _telling(str(other.marks))
        found.add(min(1.5, 0.5 * len(shared)), "MARKS")


def separated(story):
    """When they lost each other, as far as it is known: a PartialDate, or None."""
    try:
        return PartialDate(story.year, story.month, story.day) if story.year else None
    except ValueError:
        return PartialDate(story.year)


def _areas_fit(one, other, above, points, reason):
    if one is None or other is None:
        return 0, ""
    if one in above[other] or other in above[one]:
        return points, reason
    return (0.5 * points, reason) if above[one] & above[other] else (0, "")


def _words_alike(one, other):
    asked, held = spelling.asked(one), spelling.stored(other)
    return any(asked[kind] & held.get(kind, set()) for kind in asked)


def _telling(text):
    """Words of a description long enough to mean something; three signs in a row where a script puts no spaces."""
    if spelling.script_of(text) in ("Latn", ""):
        return {word for word in spelling.words(text) if len(word) > 3}
    bare = "".join(spelling.words(text))
    return {bare[at : at + 5] for at in range(len(bare) - 4)}


def _fits_together(one, other):
    """Was another child, lost together with either of them, already put beside a child of the other's group?"""
    if one.together is None or other.together is None:
        return False
    ours = Request.objects.filter(together=one.together).exclude(case=one.case_id).values("case")
    theirs = Request.objects.filter(together=other.together).exclude(case=other.case_id).values("case")
    return Pair.objects.filter(found__in=ours, sought__in=theirs).exists() or Pair.objects.filter(found__in=theirs, sought__in=ours).exists()


def asks_for_their_victim(sought, found):
    """May whoever asks be somebody suspected of the harm to the child who was found?"""
    asking = [name for people in sought.kin.values() for names in people for name in names]
    return any(alike(name, suspect) for names in found.suspects for suspect in names for name in asking)


def likely(case, among):
    """([(case, Fit)] of the other side that fit well enough, the best first; what is known of the case; {case id: Known} of the others)."""
    own = known([case])[case.pk]
    weights = candidates(own, among=among)
    cases = list(Case.objects.filter(pk__in=list(weights)).select_related("child"))
    others = known(cases)
    fits = [(one, fit(own, others[one.pk], weights[one.pk])) for one in cases]
    return sorted(((one, found) for one, found in fits if found.is_enough), key=lambda line: (-line[1].score, line[0].pk)), own, others
