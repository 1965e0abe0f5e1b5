"""Looking for the same person: tokens find candidates without a name being read, then the few that were found are compared.

    with access.system(on_behalf=worker, purpose="known child"):
        ids = search.candidates(names=["น้อย"], birth_year=2012)     # sees every agency, tells nobody anything
    for person in Person.objects.visible().filter(pk__in=ids):        # what the asker may see
        likeness = search.compare(person, names=["น้อย"], birth_year=2012)

Nothing is ever merged by this: a person decides, with the reasons before them.
"""

import re
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Case, F, IntegerField, Q, Sum, Value, When, prefetch_related_objects
from django.utils.translation import gettext as _

from romsai.core import crypto
from romsai.core.dates import digits
from romsai.core.keys import client as keys
from romsai.people import names as spelling
from romsai.people.models import Contact, Name, Token
from romsai.places.profile import profile

MOST = 200  # candidates compared; more would be a list, not a search
YEARS = 2  # how far a stated year of birth may be off
WEIGHT = {"number": 8, "phone": 5, "name": 2, "sound": 1}
POSSIBLE, PROPOSED = 1.5, 3.0


# tokens


def index(person):
    """Bring the tokens of a person in line with their names, numbers and telephones as they are now."""
    owned = [*person.names.all(), *person.identifiers.all(), *person.contacts.filter(kind=Contact.Kind.PHONE)]
    texts = {kind: set() for kind in WEIGHT}
    for row in crypto.preload(owned):
        for kind, found in _told(row).items():
            texts[kind] |= found - {""}
    wanted = {(kind, token) for kind, found in texts.items() for token in _tokens(kind, found)}
    rows = list(Token.objects.filter(person=person))
    free = []
    for row in rows:
        mark = (row.kind, bytes(row.token))
        free.append(row) if mark not in wanted else wanted.remove(mark)
    new = []
    for kind, token in sorted(wanted):
        row = free.pop() if free else Token(person=person)
        row.kind, row.token = kind, token
        new.append(row)
    stale = [row for row in free if row.token]
    for row in stale:
        row.token = b""
    Token.objects.bulk_create(row for row in new if row.pk is None)
    Token.objects.bulk_update([*(row for row in new if row.pk is not None), *stale], ["kind", "token"])


def index_new(owned):
    """Tokens of people who have none yet, made with four questions to the key process however many there are.

    owned: {person: their names, identifiers and contacts}. Whoever had tokens before is brought in line by `index`.
    """
    wanted = {}
    for person, rows in owned.items():
        for row in rows:
            for kind, found in _told(row).items():
                wanted.setdefault(kind, {}).setdefault(person.pk, set()).update(found - {""})
    rows = []
    for kind, by_person in wanted.items():
        texts = sorted(set().union(*by_person.values()))
        keyed = dict(zip(texts, _tokens(kind, texts), strict=True))
        rows += [(pk, kind, keyed[text]) for pk, found in by_person.items() for text in sorted(found)]
    if rows:
        # Sixteen tokens a person: as model instances they took half the time of bringing in forty thousand people.
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into people_token (person_id, kind, token) select * from unnest(%s::bigint[], %s::text[], %s::bytea[])",
                [list(column) for column in zip(*rows, strict=True)],
            )


def forget(people):
    """Empty every token of these people: from now on nobody finds them."""
    Token.objects.filter(person__in=people).update(token=b"")


def _told(row):
    """What a name, number or telephone is found by: {kind of token: texts}."""
    if isinstance(row, Name):
        return spelling.stored(row.full) if row.kind != Name.Kind.LABEL else {}
    if isinstance(row, Contact):
        return {"phone": {phone_key(row.value)}} if row.kind == Contact.Kind.PHONE else {}
    return {"number": {number_key(row.number)}}


def _tokens(kind, texts):
    return keys.tokens(kind, sorted(texts)) if texts else []


def number_key(text):
    """A number on a paper as compared: digits of any script, letters, nothing else."""
    return re.sub(r"[\W_]", "", digits(text)).upper()


def phone_key(text):
    """A telephone as compared: international if it can be, else its digits."""
    return profile().phone(text) or re.sub(r"\D", "", digits(text))


# candidates


def candidates(*, names=(), birth_year=None, phone="", identifier=""):
    """Ids of at most MOST persons who may be the one looked for, the likeliest first.

    Ask it as the system: it looks across all agencies, reads no name and opens nothing. What becomes of the ids is for the caller
    to decide by what the asker may see. The year narrows names only: a number or telephone counts whatever the year.
    """
    texts = {
        "number": {number_key(identifier)} - {""},
        "phone": {phone_key(phone)} - {""} if phone else set(),
    }
    for name in _listed(names):
        for kind, found in spelling.asked(name).items():
            texts.setdefault(kind, set()).update(found)
    tokens = {kind: _tokens(kind, found) for kind, found in texts.items() if found}
    if not tokens:
        return []
    by_name = Q()
    for kind in ("name", "sound"):
        if kind in tokens:
            by_name |= Q(kind=kind, token__in=tokens[kind])
    if birth_year and by_name:
        by_name &= Q(person__birth_year__isnull=True) | Q(
            person__birth_year__gte=Value(birth_year - YEARS) - F("person__birth_margin"),
            person__birth_year__lte=Value(birth_year + YEARS) + F("person__birth_margin"),
        )
    by_paper = Q()
    for kind in ("number", "phone"):
        if kind in tokens:
            by_paper |= Q(kind=kind, token__in=tokens[kind])
    weight = Case(*(When(kind=kind, then=Value(WEIGHT[kind])) for kind in tokens), output_field=IntegerField())
    found = Token.objects.filter(by_name | by_paper).values("person_id").annotate(weight=Sum(weight))
    return [row["person_id"] for row in found.order_by("-weight", "person_id")[:MOST]]


def _listed(names):
    return [names] if isinstance(names, str) else [name for name in names if name]


# comparing


@dataclass
class Likeness:
    """How far a person is like the one asked for, and why, in sentences."""

    score: float = 0.0
    reasons: list = field(default_factory=list)

    def add(self, points, reason=""):
        self.score += points
        if reason and reason not in self.reasons:
            self.reasons.append(reason)

    @property
    def is_proposal(self):
        """Like enough to put before somebody who decides."""
        return self.score >= PROPOSED

    @property
    def is_possible(self):
        """Not like enough to propose, too like to hide from somebody who searches."""
        return self.score >= POSSIBLE


def read_together(people, *, phone="", identifier="", **_facts):
    """What `compare` will ask of these people, read with one query a table however many they are."""
    people = list(people)
    asked = ["names", *(["identifiers"] if identifier else ()), *(["contacts"] if phone else ())]
    prefetch_related_objects(people, *asked)
    crypto.preload([*people, *(row for person in people for table in asked for row in getattr(person, table).all())])
    return people


def compare(person, *, names=(), birth_year=None, sex="", phone="", identifier=""):
    """Likeness of one person, from what the asker may read of them. Opens names, so it is a reading of the person."""
    likeness = Likeness()
    known = [name for name in crypto.preload(person.names.all()) if not isinstance(name.full, crypto.Locked)]
    for name in _listed(names):
        best = max((_name_likeness(name, own) for own in known), default=None, key=lambda found: found[0])
        if best:
            likeness.add(*best)
    if birth_year and person.birth_year:
        _compare_year(likeness, birth_year, person)
    if sex in ("F", "M") and person.sex in ("F", "M"):
        likeness.add(0.5 if sex == person.sex else -2)
    if identifier and number_key(identifier) in _values(person.identifiers.all(), "number", number_key):
        likeness.add(WEIGHT["number"], _("The same number on a paper."))
    if phone and phone_key(phone) in _values([row for row in person.contacts.all() if row.kind == Contact.Kind.PHONE], "value", phone_key):
        likeness.add(3, _("The same telephone number."))
    return likeness


def ranked(people, **facts):
    """(person, Likeness) of those who are at least possible, the likeliest first. For at most MOST people."""
    people = read_together(people[:MOST], **facts)
    found = [(person, compare(person, **facts)) for person in people]
    return sorted(((p, like) for p, like in found if like.is_possible), key=lambda pair: -pair[1].score)


def _name_likeness(asked, own):
    """(points, reason): whole name, then words, then sounds."""
    ours, theirs = spelling.words(asked), spelling.words(own.full)
    told, held = spelling.asked(asked), spelling.stored(own.full)
    is_nick = own.kind == Name.Kind.NICK
    if own.kind == Name.Kind.LABEL or not ours or not theirs:
        return 0, ""
    shared = told["name"] & held["name"]
    if spelling.same(asked, own.full):
        if is_nick:
            return 2, _("The same nickname.")
        return (5 if len(ours) > 1 else 2.5), _("The same name.")
    alike = sum(bool(spelling.asked(word)["sound"] & held["sound"]) for word in ours)
    fewest = min(len(ours), len(theirs))
    if len(shared) > 1:
        return 4, _("Several words of the name are the same.")
    if alike >= fewest > 1 or (alike and "".join(theirs) and len(ours) == len(theirs) == 1):
        return (3.5 if fewest > 1 else 1.5), _("The nickname sounds alike.") if is_nick else _("The name sounds alike.")
    if shared:
        return 1.5, _("One word of the name is the same.")
    return (1, _("One word of the name sounds alike.")) if alike else (0, "")


def _compare_year(likeness, year, person):
    off = max(0, abs(person.birth_year - year) - person.birth_margin)
    if off == 0:
        likeness.add(2, _("The same year of birth."))
    elif off <= YEARS:
        likeness.add(1, _("Born within two years of it."))
    else:
        likeness.add(-min(4, off - YEARS))


def _values(rows, name, key):
    texts = (getattr(row, name) for row in crypto.preload(rows))
    return {key(text) for text in texts if not isinstance(text, crypto.Locked)}
