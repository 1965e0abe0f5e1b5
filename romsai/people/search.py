"""Looking for the same person: keyed tokens find candidates without a name being read, then the few that were found are compared.

    with access.system(on_behalf=worker, purpose="known child"):
        ids = search.candidates(names=["น้อย"], birth_year=2012)     # sees every agency, tells nobody anything
    for person, likeness in search.ranked(Person.objects.visible(of=ids), names=["น้อย"], birth_year=2012):   # what the asker may see
        likeness.band_words, likeness.reasons

What may be asked stands at `Question`. Nothing is ever merged by this: a person decides, with the reasons before them.
"""

import json
import math
import random
import re
from dataclasses import dataclass
from functools import cache, cached_property, reduce
from itertools import chain, combinations, pairwise, product
from operator import and_, or_

from django.db import connection
from django.db.models import prefetch_related_objects

from romsai.core import crypto
from romsai.core.dates import BUDDHIST, TYPED_BUDDHIST, digits
from romsai.core.keys import client as keys
from romsai.people import heard, likeness, origins, weights
from romsai.people import names as spelling
from romsai.people.likeness import Called, Facts, Likeness
from romsai.people.models import Address, Card, Contact, Entry, Frequency, Identifier, Name, Relation
from romsai.places.profile import profile

__all__ = ["Likeness", "Question", "candidates", "compare", "forget", "index", "index_new", "number_key", "phone_key", "ranked", "read_together"]

VERSION = 2  # of the rules by which entries and cards are made; a higher number makes `manage.py rebuild_tokens` go through them all
MOST = 200  # candidates compared; more would be a list, not a search
LEAST = 20  # candidates compared in any case
SOME, BEHIND, CLOSE = 80, 10.0, 4.0  # so many if they are no more bits behind the first than this, and more only if they are close to it
UNCOUNTED = 25  # persons taken to have a token of which there is no count
RARE = 400  # persons who may have a token for it to be looked up alone
BUDGET = 3_000  # rows that one search may rank, or as much other work
RANKED = 4 * BUDGET  # rows that it ranks at most, if they are more than was thought: of one common word and nothing else
CAPS = (1 / 2, 1 / 8, 1 / 32)  # what part of it one way of looking may take: broad ones and narrow ones are weighed against each other
AGREEING = 4  # two words that agree are worth so many times the rows
READ, SKIPPED = 500, 50  # entries of the index that are read in the time of ranking a row, and how many are passed over for each that is sought
EXACT = 1.5, 3.0  # bits that a spelling may say more than its sound, for whoever is registered in Latin letters has none in another script; in Latin
TOGETHER = 4  # words of one language stand together so much more often than chance would have it
YEARS = 2  # how far a stated year of birth may be off and still narrow
PARENTS = {"MOTHER": "mother", "FATHER": "father"}


# what is known of a person


def facts_of(names=(), identifiers=(), contacts=(), places=(), relatives=()):
    """Facts from the rows about one person. places: sets of area ids; relatives: (kind of relation, their Name rows)."""
    known = Facts(names=_called(names), places=list(places))
    known.phones = {phone_key(row.value) for row in contacts if row.kind == Contact.Kind.PHONE and _is_open(row.value)} - {""}
    known.numbers = {number_key(row.number) for row in identifiers if _is_open(row.number)} - {""}
    for kind, their_names in relatives:
        if kind in PARENTS:
            getattr(known, PARENTS[kind]).extend(_called(their_names))
    return known


def _called(rows):
    return [called(str(row.full), row.kind) for row in rows if row.kind != Name.Kind.LABEL and _is_open(row.full)]


def _is_open(text):
    return not isinstance(text, crypto.Locked)


def called(text, kind=Name.Kind.LEGAL):
    """A name as it is compared: its words, each as it may be heard. Zawgyi is read as what it means."""
    words = (part for word in spelling.words(spelling.unicode(text), titled=True) for part in spelling.syllables(word))
    return Called(str(kind), tuple(map(heard.word, filter(None, map(spelling.folded, words)))))


# tokens: the texts, then keyed


def texts_of(known):
    """What a person is found by, before it is keyed: {column: {kind of key: texts}}."""
    own = {"name": set(), "sound": set(), "phone": set(known.phones), "number": set(known.numbers)}
    slips = {"sound": set()}
    other = {"sound": set(), "name": {f"area:{area}" for place in known.places for area in place}}
    for name in known.names:
        words = [word.text for word in name.words]
        forms = [*words, "".join(words)] if len(words) > 1 else words
        own["name"].update(forms)
        for form in forms:
            own["sound"] |= spelling.sounds.stored(form)
        for word in name.words:
            own["sound"].update(f"c:{fold}" for fold in word.folds)
            for fold in word.folds[:2]:
                slips["sound"].update(f"d:{left}" for left in _slipped(fold))
        if len(words) > 1:
            own["sound"].update(f"c:{fold}" for fold in heard.whole(name.words).folds)
        for order in _orders(name.words):
            own["sound"] |= _ends(heard.whole(order))
        own["sound"].update(key for keys in _pairs(name.words) for key in keys)
    for parent in (*known.mother, *known.father):
        for found in _of_kin(parent):
            other["sound"] |= found
    return {column: {kind: found - {""} for kind, found in kinds.items()} for column, kinds in {"own": own, "slips": slips, "other": other}.items()}


def _slipped(fold):
    """A folded word and what is left of it without one letter. Two letters are left of none: too many words would share them."""
    return {fold, *heard.slips(fold)} if len(fold) > 2 else set()


def _orders(words):
    """The words as they stand, and with the first one last: family names stand at either end."""
    return [words, words[1:] + words[:1]] if len(words) > 1 else [words]


def _bare(fold):
    """The consonants of a folded word, without w and y, which are vowels to some; of a word without any, its first letter."""
    return re.sub("[aiuwy]", "", fold) or fold[:1]


def _ends(whole):
    """The consonants of a whole name, all but one, and the first and the last four: what is left of it without gaps, with a slip somewhere."""
    found = set()
    for bare in {_bare(fold) for fold in whole.folds[:2]}:
        if 2 < len(bare) < 9:
            found |= {f"q:{left}" for left in (bare, *heard.slips(bare))}
        if len(bare) > 4:
            found |= {f"p:{bare[:4]}", f"s:{bare[-4:]}"}
    return found


def _pairs(words):
    """For each two words of a name, the keys of their consonants in no order: short words with other vowels meet in them."""
    bare = [sorted({_bare(fold) for fold in word.folds[:2]}) for word in words[:5]]
    return [{"2:" + "+".join(sorted(pair)) for pair in product(one, two)} for one, two in combinations(bare, 2) if one and two]


def _of_kin(name):
    """A parent's name, word by word and without gaps: a set of texts each."""
    wholes = [heard.whole(name.words)] if len(name.words) > 1 else []
    return [{f"kin:{fold}" for fold in word.folds if fold} | {f"kin:{key}" for key in word.skeletons if len(key) > 1} for word in (*name.words, *wholes)]


def keyed(texts):
    """{kind of key: texts} as {kind: {text: whole number}}, with one exchange a kind."""
    found = {}
    for kind, wanted in texts.items():
        listed = sorted(wanted)
        found[kind] = dict(zip(listed, map(whole_number, keys.tokens(kind, listed)), strict=True)) if listed else {}
    return found


def whole_number(token):
    return int.from_bytes(token, "big", signed=True)


def years_of(person):
    """(first, last) year a person may be born in, or (None, None)."""
    if person.birth_year is None:
        return None, None
    return person.birth_year - person.birth_margin, person.birth_year + person.birth_margin


def year_tokens(first, last):
    """Years are no secret here: they stand in the open with the person. Each says `born in it, or two years off`."""
    return [] if first is None else list(range(first - YEARS, last + YEARS + 1))


# the index


def index(person):
    """Bring what a person is found by in line with what is known of them now, and of their children with their name."""
    _index([person])
    _index_children_of([person])


def index_all(people):
    """The same for many people at once, without those who depend on them."""
    _index(list(people))


def _index_children_of(parents):
    from romsai.core import access

    if not Relation.objects.filter(relative__in=parents, kind__in=PARENTS).exists():
        return
    with access.system(purpose="index"):
        from romsai.people.models import Person

        children = Person.objects.filter(relations__relative__in=parents, relations__kind__in=PARENTS).distinct()
        _index(list(children))


def _index(people):
    if not people:
        return
    ids = [person.pk for person in people]
    rows = {model: list(model.objects.filter(person__in=ids)) for model in (Name, Identifier, Contact, Address)}
    relations = list(Relation.objects.filter(person__in=ids, kind__in=PARENTS).select_related("relative"))
    theirs = list(Name.objects.filter(person__in=[relation.relative_id for relation in relations]))
    crypto.preload([*(row for model in (Name, Identifier, Contact) for row in rows[model]), *theirs])
    areas = origins.lineages(row.area_id for row in rows[Address])
    known = {}
    for person in people:
        own = {model: [row for row in rows[model] if row.person_id == person.pk] for model in rows}
        kin = [(line.kind, [name for name in theirs if name.person_id == line.relative_id]) for line in relations if line.person_id == person.pk]
        places = [areas[row.area_id] for row in own[Address] if areas.get(row.area_id)]
        known[person] = facts_of(own[Name], own[Identifier], own[Contact], places, kin)
    _keep(known)


def index_new(owned, relatives=(), addresses=()):
    """Entries and cards of people who have none yet, with a few questions to the key process however many there are.

    owned: {person: their names, identifiers and contacts}; relatives: (person, kind, relative); addresses: Address rows.
    """
    kin, places = {}, {}
    for person, kind, relative in relatives:
        kin.setdefault(person, []).append((kind, [row for row in owned.get(relative, ()) if isinstance(row, Name)]))
    areas = origins.lineages(row.area_id for row in addresses)
    for row in addresses:
        if areas.get(row.area_id):
            places.setdefault(row.person_id, []).append(areas[row.area_id])
    known = {}
    for person, rows in owned.items():
        split = {model: [row for row in rows if isinstance(row, model)] for model in (Name, Identifier, Contact)}
        known[person] = facts_of(split[Name], split[Identifier], split[Contact], places.get(person.pk, ()), kin.get(person, ()))
    _keep(known, are_new=True)


def _keep(known, *, are_new=False):
    """Write entries and cards: {person: Facts}."""
    texts = {person: texts_of(facts) for person, facts in known.items()}
    wanted = {}
    for columns in texts.values():
        for kinds in columns.values():
            for kind, found in kinds.items():
                wanted.setdefault(kind, set()).update(found)
    numbers = keyed(wanted)
    held_entries = {} if are_new else {row.person_id: row for row in Entry.objects.filter(person__in=list(known))}
    held_cards = {} if are_new else {row.person_id: row for row in Card.objects.filter(person__in=list(known))}
    new_entries, new_cards = [], []
    for person, facts in known.items():
        entry = held_entries.get(person.pk) or Entry(person=person)
        for column, kinds in texts[person].items():
            setattr(entry, column, sorted({numbers[kind][text] for kind, found in kinds.items() for text in found}))
        first, last = years_of(person)
        entry.other = sorted([*entry.other, *year_tokens(first, last)])
        entry.born_from, entry.born_until, entry.sex, entry.version = first, last, person.sex, VERSION
        card = held_cards.get(person.pk) or Card(person=person, key_id=person.key_id)
        card.facts = facts.kept()
        for row, new in ((entry, new_entries), (card, new_cards)):
            new.append(row) if row.pk is None else row.save()
    Entry.objects.bulk_create(new_entries)
    Card.objects.bulk_create(new_cards)


def forget(people):
    """Empty what these people are found by: from now on nobody finds them, and their names leave the cards of their children."""
    Entry.objects.filter(person__in=people).update(own=[], slips=[], other=[], born_from=None, born_until=None, sex="U")
    _index_children_of(people)


def number_key(text):
    """A number on a paper as compared: digits of any script, letters, nothing else."""
    return re.sub(r"[\W_]", "", digits(text)).upper()


def phone_key(text):
    """A telephone as compared: international if it can be, else its digits."""
    return profile().phone(text) or re.sub(r"\D", "", digits(text))


# asking

# Words about an age, which are no names.
_AGED = r"\b(?:aged?|about|around|approx\.?|years?|yrs?|old)\b|อายุ|ประมาณ|ราว|ขวบ|ปี|ອາຍຸ|ປະມານ|ປີ|អាយុ|ឆ្នាំ|ប្រហែល|အသက်|နှစ်|tuổi|khoảng|umur|tahun|edad|taong"


@dataclass(frozen=True)
class Question:
    """Somebody who is looked for. Whatever is not known stays empty, and counts neither for nor against.

    names: as told, in any script, each with titles or without; nicknames too. birth_year, margin: of the common era, give or take.
    day: (month, day). mother, father: a name. place: a place they are from, in any spelling; areas: the same as Area ids.
    """

    names: tuple = ()
    birth_year: int | None = None
    margin: int = 0
    day: tuple | None = None
    sex: str = ""
    phone: str = ""
    identifier: str = ""
    mother: str = ""
    father: str = ""
    place: str = ""
    areas: tuple = ()

    @classmethod
    def of(cls, names=(), **facts):
        """Facts as a caller has them: one name or several, and what is None or empty left out."""
        listed = (names,) if isinstance(names, str) else tuple(name for name in names or () if name and name.strip())
        return cls(names=listed, **{name: value for name, value in facts.items() if value})

    @classmethod
    def said(cls, text, *, year):
        """What somebody types into one box: names, a year of birth, an age, a telephone and a place, with commas or without. `year`: this year."""
        facts = parts(text, year=year)
        names = []
        for part in facts.pop("names"):
            if names and "place" not in facts and origins.named(part):
                facts["place"] = part
            else:
                names.append(part)
        return cls.of(names, **facts)

    @cached_property
    def called(self):
        return tuple(name for name in map(called, self.names) if name.words)

    @cached_property
    def places(self):
        """The areas they may be from, each with all it lies in."""
        return [place for place in origins.lineages(self.areas).values() if place] + origins.named(self.place)

    @cached_property
    def facts(self):
        """What is compared: Facts with the share of persons who have each word."""
        weights.use()
        born = (self.birth_year - self.margin, self.birth_year + self.margin) if self.birth_year else None
        facts = Facts(
            names=list(self.called), mother=_one(self.mother), father=_one(self.father), born=born, day=self.day, sex=self.sex, places=self.places,
            phones={phone_key(self.phone)} - {""} if self.phone else set(), numbers={number_key(self.identifier)} - {""} if self.identifier else set(),
        )  # fmt: skip
        facts.persons = self._tokens.persons
        facts.shares = self._tokens.shares(facts)
        return facts

    @cached_property
    def _tokens(self):
        return _Tokens(self)

    @property
    def texts(self):
        """What the names are searched by, before it is keyed: {kind of key: texts}."""
        return self._tokens.texts

    @property
    def asked(self):
        """In tokens, as sec.people_like is asked."""
        return self._tokens.asked()

    def find(self, most=MOST):
        """[(person id, points)], the likeliest first: of everybody for the system, else of those whose identity the asker may read."""
        asked = self.asked
        if not asked["steps"]:
            return []
        with connection.cursor() as cursor:
            cursor.execute("select person, points from sec.people_like(%s::jsonb, %s)", [json.dumps(asked), most])
            found = cursor.fetchall()
        # Who is far behind by the tokens is not overtaken by the comparison: measured, and opening a card costs most of a search.
        return [line for at, line in enumerate(found) if at < LEAST or line[1] >= found[0][1] - (BEHIND if at < SOME else CLOSE)]

    def compare(self, person):
        """Likeness of one person, by what the asker may read of them. Opens their card, so it is a reading of the person."""
        known = known_of(person, self.facts)
        if known is None:
            return Likeness()
        return likeness.compare(self.facts, known)


def _one(text):
    name = called(text) if text else None
    return [name] if name and name.words else []


def parts(text, *, year):
    """The facts in a typed line: a number of up to two digits is an age, four digits a year (Buddhist from 2400 on), more a number or telephone."""
    text = digits(text)
    facts = {}
    for number in re.findall(r"\+?\d[\d -]{4,}\d", text):
        if len(re.sub(r"\D", "", number)) > 5:
            facts |= {"phone": number, "identifier": number}
            text = text.replace(number, " ")
    for number in re.findall(r"(?<!\d)\d{4}(?!\d)", text):
        born = int(number) - (BUDDHIST if int(number) in TYPED_BUDDHIST else 0)
        if year - 120 < born <= year:
            facts["birth_year"] = born
            text = text.replace(number, " ")
    for number in re.findall(r"(?<!\d)\d{1,2}(?!\d)", text):
        facts.setdefault("birth_year", year - int(number))
        facts.setdefault("margin", 1)
        text = text.replace(number, " ")
    text = re.sub(_AGED, " ", text, flags=re.IGNORECASE)
    return facts | {"names": [name for part in re.split("[,;،、]", text) if (name := " ".join(part.split()))]}


class _Tokens:
    """The keyed tokens of a question, how many persons have each, and the plan by which the index is asked."""

    def __init__(self, question):
        self.question = question
        self.texts = {"name": set(), "sound": set()}
        # A clue is one thing asked, in one or more ways, each as tiers of (column, kind of key, texts, quality): of each word, of each two, of the whole.
        self.words = [ways for name in question.called for ways in _word_ways(name.words)]
        self.cuts = [_cut_tiers(word) if len(name.words) < 3 else [] for name in question.called for word in name.words]
        self.more = [[tiers] for name in question.called for tiers in _whole_tiers(name)]
        self.kin = [(parent, found) for parent in ("mother", "father") for name in _one(getattr(question, parent)) for found in _of_kin(name)]
        self.places = question.places
        for _column, kind, found, _quality in chain(*chain(*self.words, *self.cuts, *self.more)):
            self.texts[kind] |= found
        wanted = {
            "name": self.texts["name"] | {f"area:{area}" for place in self.places for area in place},
            "sound": self.texts["sound"].union(*(found for _parent, found in self.kin)),
            "number": {number_key(question.identifier)} - {""} if question.identifier else set(),
            "phone": {phone_key(question.phone)} - {""} if question.phone else set(),
        }
        self._wanted = {kind: found for kind, found in wanted.items() if found}

    @cached_property
    def keyed(self):
        return keyed(self._wanted)

    @cached_property
    def counts(self):
        numbers = [0, *(number for kind in self.keyed.values() for number in kind.values())]
        return dict(Frequency.objects.filter(pk__in=numbers).values_list("token", "persons"))

    @property
    def persons(self):
        return self.counts.get(0, 0)

    def _numbers(self, kind, texts):
        return [self.keyed[kind][text] for text in sorted(texts) if text in self.keyed.get(kind, {})]

    def _count(self, number):
        return self.counts.get(number, 0)

    def _worth(self, numbers):
        """What it says, in bits, that a person has one of these tokens."""
        count = max(UNCOUNTED, sum(map(self._count, numbers)))
        return min(16.0, max(0.5, math.log2(max(self.persons, 10_000) / count)))

    def shares(self, facts):
        """{word: shares of all persons who have it as written, and of those who have one that sounds so}, as far as it is known; empty in a
        small register. The second is a third of what is counted, for that is what the weights of sounds are times.
        """
        if not self.counts:
            return {}
        found, rare = {}, likeness.model()["rare"]
        for name in facts.names:
            for word in (*name.words, *map(heard.whole, pairwise(name.words))):
                written = max((self._count(n) for n in self._numbers("name", {word.text})), default=0)
                heard_by = max((self._count(n) for n in self._numbers("sound", {f"c:{fold}" for fold in word.folds})), default=0)
                found[word.text] = tuple(max(count, rare) / max(1, self.persons) for count in (written, max(written, heard_by / 3)))
        return found

    def asked(self):
        """The question in tokens, as sec.people_like has it.

        First those are looked for who have a rare clue; the others only if none of them has more points than anybody else may.
        """
        question, contexts = self.question, self._contexts()
        papers = [*self._numbers("number", self.keyed.get("number", ())), *self._numbers("phone", self.keyed.get("phone", ()))]
        things = [[["own", [number], 16.0]] for number in papers] + [[["other", clue.numbers, clue.worth]] for clue in contexts if clue.worth]
        rare, common, most = {"own": set(papers)}, [], sum(clue.worth for clue in contexts)
        words, wholes = self._ways()
        for at, ways in enumerate((*words, *wholes)):
            rows, left = [], 0.0
            for number, tiers in enumerate(ways):
                told, clues = self._told(tiers, f"word {at}" if at < len(words) else f"whole {at}", "elsewhere" if number or at >= len(self.words) else "")
                for clue in clues:
                    rare.setdefault(clue.column, set()).update(clue.rare)
                rows, common, left = rows + told, common + clues, max([left, *(clue.worth for clue in clues)])
            if rows:
                things.append(rows)
            most += left
        asked = {"points": things, "sex": question.sex, "rows": RANKED}
        if question.birth_year:
            asked |= {"from": question.birth_year - question.margin, "until": question.birth_year + question.margin, "years": likeness.years()}
            most += max(asked["years"])
        first = [[[column, sorted(numbers)]] for column, numbers in rare.items() if numbers]
        steps = [(first, None), (self._chosen(common, contexts), round(most + CLOSE, 2))]
        return asked | {"steps": [{"any": clauses, "unless": points} for clauses, points in steps if clauses]}

    def _ways(self):
        """What is asked of words, and of more than one: a word that many have is what it is, any other may be syllables typed together."""
        words, wholes = list(map(list, self.words)), list(self.more)
        for at, cut in enumerate(self.cuts):
            if cut and all(self._count(number) <= RARE for _column, kind, texts, _quality in words[at][0][:2] for number in self._numbers(kind, texts)):
                first, others, pairs = cut
                words[at].append(first)
                words.append([others])
                wholes.append([pairs])
        return words, wholes

    def _told(self, tiers, of, how):
        """One way to say a thing: its rows [column, tokens, points], the best first, and a clue for each of them."""
        rows, clues = [], []
        for column, kind, texts, quality in tiers:
            numbers = self._numbers(kind, texts)
            if not numbers:
                continue
            rows.append([column, numbers, round(quality * self._worth(numbers), 2)])
            if kind == "sound" and len(rows) == 2 and rows[0][0] == "own":
                rows[0][2] = min(rows[0][2], rows[1][2] + EXACT[all(text.isascii() for text in tiers[0][2])])
            many, few = [number for number in numbers if self._count(number) > RARE], [number for number in numbers if self._count(number) <= RARE]
            clue = _Clue(column, many, worth=rows[-1][2] if many else 0.0, of=of, how=how or ("slip" if column == "slips" else "heard" if quality > 0.8 else "keys"), rare=few)
            if clues and (column, clue.how, "sound") == (clues[-1].column, "heard", kind):  # as written or folded: of one strength
                other = clues.pop()
                clue.numbers, clue.rare, clue.worth = many + other.numbers, few + other.rare, max(clue.worth, other.worth)
            clue.count = sum(map(self._count, clue.numbers))
            clues.append(clue)
        return sorted(rows, key=lambda row: -row[2]), clues

    def _contexts(self):
        """What narrows a name that many have. The year is not scored by tokens."""
        persons, found, said = max(self.persons, 1), [], set()
        if year := self.question.birth_year:
            found.append(_Clue("other", [year], persons * 0.2, of="year"))
        for at, (parent, texts) in enumerate(self.kin):
            numbers = [number for number in self._numbers("sound", texts) if number not in said]  # a name as a whole may sound like one of its words
            said.update(numbers)
            if numbers:
                found.append(_Clue("other", numbers, max(RARE, sum(map(self._count, numbers))), round(0.7 * self._worth(numbers), 2), of=f"{parent} {at}"))
        nearest = {min(self._numbers("name", {f"area:{area}" for area in place}), key=self._count) for place in self.places}
        if nearest:
            numbers = sorted(nearest)
            found.append(_Clue("other", numbers, max(RARE, sum(map(self._count, numbers))), 6.0, of="place"))
        return found

    def _chosen(self, common, contexts):
        """Clauses of common clues, at most three each: those by which whoever is looked for is likeliest among those who can be ranked."""
        persons = max(self.persons, 1)
        clues = [clue for clue in (*common, *contexts) if clue.numbers]
        clues.sort(key=lambda clue: (clue.of == "year", clue.count))
        for clue in clues:
            clue.share = 0.2 if clue.of == "year" else min(1, TOGETHER * clue.count / persons)
            clue.holds = _holds(clue)
        fitting, broad = {}, []
        for part in CAPS:
            found, rest = _fitting(clues, BUDGET * part)
            fitting.update((tuple(map(id, clause)), (cost, clause)) for cost, clause in found)
            broad = broad or rest[:1]
        ways = [(cost, reduce(and_, (clue.holds for clue in clause)), clause) for cost, clause in fitting.values()]
        by_rare = reduce(or_, (_holds(clue) for clue in common if clue.rare and not clue.numbers), 0)
        chosen, missed, left = [], EVERY & ~by_rare, BUDGET
        while ways := [way for way in ways if way[0] <= left]:
            best = cost, holds, clause = max(ways, key=lambda way: (way[1] & missed).bit_count() / way[0])
            if holds & missed:
                chosen.append(clause)
                ways.remove(best)
                missed, left = missed & ~holds, left - cost
            elif missed != EVERY:
                missed = EVERY  # what rows are left are for a second way to find the same
            else:
                break
        chosen = chosen or [clause for _cost, clause in broad]
        # What differs in the last term only is one clause.
        merged = {}
        for *same, last in chosen:
            held = merged.setdefault((*map(id, same), last.column), ([[clue.column, clue.numbers] for clue in same], set()))
            held[1].update(last.numbers)
        return [[*same, [column, sorted(numbers)]] for (*_same, column), (same, numbers) in merged.items()]


@dataclass(eq=False)
class _Clue:
    """One thing asked as the index knows it: tokens of a column, how many persons have one of them, what that is worth in bits, what it is of.

    Of a word or a name `numbers` are the tokens that many have, `rare` the others.
    """

    column: str
    numbers: list
    count: float = 0.0
    worth: float = 0.0
    of: str = ""
    how: str = ""
    rare: list = ()
    share: float = 1.0
    holds: int = 0


# How likely a clue holds for whoever is looked for, which is our judgement: a word is one of theirs, it is heard as it was written down, or by its
# consonants, or with one letter other; the gaps stand elsewhere; the year is that of the register, or nearly. Two clues of one thing hold or fail
# together, those of two things do not: so a second way to look is worth what the first may miss. As bits, one for each of a thousand draws.
CHANCES = {"theirs": 0.9, "heard": 0.7, "keys": 0.45, "slip": 0.55, "elsewhere": 0.2, "part": 0.7, "whole": 0.7, "year": 0.85, "place": 0.8, "told": 0.8}
DRAWS = 1024
EVERY = (1 << DRAWS) - 1


def _holds(clue):
    thing = clue.of.split()[0]
    if thing in ("year", "place"):
        return _drawn(thing, thing)
    if thing in PARENTS.values():
        return _drawn("told", thing) & _drawn("heard", clue.of)
    if thing == "whole":
        return _drawn("whole", f"{clue.of} {clue.how}")
    if clue.how == "elsewhere":
        return _drawn("elsewhere", "") & _drawn("part", clue.of)
    heard_so = _drawn("heard", clue.of)
    return _drawn("theirs", clue.of) & (heard_so if clue.how == "heard" else heard_so | _drawn(clue.how, clue.of))


@cache
def _drawn(chance, of):
    rng = random.Random(f"{chance} {of}")
    return sum((rng.random() < CHANCES[chance]) << at for at in range(DRAWS))


def _fitting(clues, most):
    """[(cost, clause)] of at most `most` rows each and none narrower than another, and of those with more that nothing narrows; the cheapest first.

    `clues`: the fewest persons first.
    """
    found, rest, fits = [], [], set()
    level = [((clue,), clue.count, at) for at, clue in enumerate(clues)]
    while level:
        wider, level = level, []
        for clause, rows, at in wider:
            dear, fit = (AGREEING if _agree(clause) else 1), True
            if rows > most * dear:
                fit, before = False, len(level)
                level += [((*clause, other), rows * other.share, to) for to, other in enumerate(clues[at + 1 :], at + 1) if _may_join(clause, other)]
                if len(level) > before:
                    continue
            if any(clue.of not in ("year", "place") for clue in clause) and not any(part in fits for part in combinations(clause, len(clause) - 1)):
                cost = rows + sum(min(clue.count, SKIPPED * clause[0].count) for clue in clause) / READ
                (found if fit else rest).append((cost / dear, cost, clause))
                if fit:
                    fits.add(clause)
    return [[(cost, clause) for _rank, cost, clause in sorted(each, key=lambda line: line[0])] for each in (found, rest)]


def _agree(clause):
    """Two words of one name, which are worth more rows."""
    names = [thing for clue in clause if (thing := clue.of.split()[0]) not in ("year", "place", "whole")]
    return len(names) > len(set(names))


def _may_join(clause, other):
    """A third clue at most, of something else; what a name says as a whole its words say again."""
    if len(clause) == 3 or any(clue.of == other.of or clue.column == other.column == "slips" for clue in clause):
        return False
    return other.column == "other" or all(clue.column == "other" or "whole" not in (clue.of[:5], other.of[:5]) for clue in clause)


def _word_ways(words):
    """Each word of a name, or what it and the next may be together: gaps are where the one who writes hears them."""
    ways = [[_word_tiers(word)] for word in words]
    for at, two in enumerate(pairwise(words)):
        whole = heard.whole(two)
        ways[at].append([("own", "sound", {f"c:{fold}" for fold in whole.folds} | spelling.sounds.asked(whole.text), 0.85)])
    return ways


def _cut_tiers(word):
    """What a word would be asked as if it were syllables typed together: the first of them, any other, each two; nothing if it is one."""
    cuts = heard.syllables(word)
    if not cuts:
        return []
    first = {f"c:{fold}" for cut in cuts for fold in cut[0].folds}
    others = {f"c:{fold}" for cut in cuts for syllable in cut[1:] for fold in syllable.folds}
    pairs = {key for cut in cuts for keys in _pairs(cut) for key in keys}
    return [[("own", "sound", found, quality)] for found, quality in ((first, 0.6), (others, 0.6), (pairs, 0.15))]


def _word_tiers(word):
    folded, keys = {f"c:{fold}" for fold in word.folds}, spelling.sounds.asked(word.text)
    slips = {f"d:{left}" for fold in word.folds[:2] for left in _slipped(fold)}
    return [("own", "name", {word.text}, 1.0), ("own", "sound", folded, 0.85), ("own", "sound", keys, 0.7), ("slips", "sound", slips, 0.65)]


def _whole_tiers(name):
    """Clues of a name as a whole. They say again what its words say, so they are worth less; of one word they may be all there is."""
    whole, is_one = heard.whole(name.words), len(name.words) == 1
    ends = [("own", "sound", {end for order in _orders(name.words) for end in _ends(heard.whole(order)) if end[0] == kind}) for kind in "qps"]
    clues = [[(*end, 0.3 if is_one else 0.15) for end in ends]]
    if not is_one:
        if len(name.words) > 2:
            folded, keys = {f"c:{fold}" for fold in whole.folds}, spelling.sounds.asked(whole.text)
            clues.append([("own", "sound", folded, 0.25), ("own", "sound", keys, 0.2)])
        clues += [[("own", "sound", keys, 0.2)] for keys in _pairs(name.words)]
    return clues


def candidates(*, names=(), most=MOST, **facts):
    """Ids of at most `most` persons who may be the one looked for, the likeliest first. `facts` as Question has them.

    Ask it as the system: it looks across all agencies, reads no name and opens nothing. What becomes of the ids is for the caller
    to decide by what the asker may see.
    """
    return [person for person, _points in Question.of(names, **facts).find(most)]


# comparing


def read_together(people, **_facts):
    """What `compare` will ask of these people, read with two queries however many they are."""
    people = list(people)
    prefetch_related_objects(people, "card")
    crypto.preload([card for person in people if (card := _card(person))])
    return people


def known_of(person, asked=None):
    """Facts of a person as far as the asker may read them, or of those what is compared with `asked`; None if they may not."""
    card = _card(person)
    if card is None or isinstance(card.facts, crypto.Locked):
        return None
    first, last = years_of(person)
    day = (person.birth_month, person.birth_day) if person.birth_day else None
    return Facts.of(card.facts, asked, born=None if first is None else (first, last), day=day, sex=person.sex)


def _card(person):
    try:
        return person.card
    except Card.DoesNotExist:
        return None


def compare(person, *, names=(), **facts):
    """Likeness of one person to the facts of a question, as `Question.compare`."""
    return _remembered(Question.of(names, **facts)).compare(person)


def _remembered(question):
    """The same question asked a moment ago in the same transaction, which knows its tokens already. Ends with the transaction's context."""
    from romsai.core import access

    held = access.current().memo.setdefault("questions", {})
    return held.setdefault(question, question)


def ranked(people, *, names=(), **facts):
    """(person, Likeness) of those who are at least possible, the likeliest first. For at most MOST people."""
    question = names if isinstance(names, Question) else Question.of(names, **facts)
    found = [(person, question.compare(person)) for person in read_together(people[:MOST])]
    return sorted(((p, like) for p, like in found if like.is_possible), key=lambda pair: (-pair[1].score, pair[0].pk))
