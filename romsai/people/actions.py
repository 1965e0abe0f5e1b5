"""Every change to a person: who they are, what they are called, how and where they are found, who is what to them."""

from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.core import crypto
from romsai.core.actions import Refused, action
from romsai.people import names as spelling
from romsai.people import search
from romsai.people.models import Address, Contact, Identifier, Name, Person, Relation
from romsai.places import codes

OLDEST = 130
CODED = ("sex", "birth_year", "birth_month", "birth_day", "birth_margin", "age_basis", "language", "nationality")


def next_id():
    """The id of a person to be, for whoever makes them part of a case first."""
    return Person.next_id()


@action("people.add_person")
def add_person(*, by, person_id=None, names=(), contacts=(), identifiers=(), addresses=(), **facts):
    """A new person with a key of their own. Only ever inside a case: their part in it is written first, with `person_id`.

    names, contacts, identifiers, addresses: dicts of facts as for add_name, add_contact, add_identifier, add_address; the first
    name is the one shown. facts: sex, birth_year, birth_month, birth_day, birth_margin, age_basis, language, nationality.
    """
    _check(facts)
    # The new row may be read only through the part in the case, so the id cannot come back from the insert.
    person = Person.objects.create(id=person_id or next_id(), key=crypto.new_key("person"), is_label_only=True, **facts)
    for line in names:
        _new_name(person, **line)
    for line in identifiers:
        _new_identifier(person, **line)
    for line in contacts:
        _new_contact(person, **line)
    for line in addresses:
        _new_address(person, **line)
    search.index(person)
    return person


@action("people.add_listed")
def add_listed(*, by, people, is_archive=False):
    """Many people at once, in no case yet: those of a list that an office keeps. Only the system does this, for an import.

    people: dicts of facts as for add_person, and `relatives`: the same with `kind`, what each is to the person. Returns the people
    of the list in order. `is_archive`: years of birth may lie any time back.
    """
    folk = [(facts, None) for facts in people]
    folk += [(relative, at) for at, facts in enumerate(people) for relative in facts.get("relatives", ())]
    made = []
    for (facts, _at), key in zip(folk, crypto.new_keys("person", len(folk)), strict=True):
        coded = {name: value for name, value in facts.items() if name in CODED}
        _check(coded, oldest=None if is_archive else OLDEST)
        made.append(Person(key=key, is_label_only=not facts.get("names"), **coded))
    Person.objects.bulk_create(made)
    owned = {person: [] for person in made}
    for (facts, _at), person in zip(folk, made, strict=True):
        own = {"person": person, "key_id": person.key_id}
        for number, line in enumerate(facts.get("names", ())):
            kind = line.get("kind", Name.Kind.LEGAL)
            parts = {part: spelling.tidy(line[part]) for part in ("given", "family") if line.get(part)}
            owned[person].append(Name(kind=kind, is_main=number == 0, **_written(line["full"]), **parts, **own))
        owned[person] += [Identifier(**line, **own) for line in facts.get("identifiers", ())]
        owned[person] += [Contact(**{"kind": Contact.Kind.PHONE, **line}, **own) for line in facts.get("contacts", ())]
    for model in (Name, Identifier, Contact):
        model.objects.bulk_create(row for rows in owned.values() for row in rows if isinstance(row, model))
    pairs = zip(folk, made, strict=True)
    lived = Address.objects.bulk_create(
        Address(person=person, key_id=person.key_id, **line) for (facts, _at), person in pairs for line in facts.get("addresses", ())
    )
    pairs = zip(folk, made, strict=True)
    Relation.objects.bulk_create(
        Relation(person=made[at], key_id=made[at].key_id, relative=person, kind=facts["kind"]) for (facts, at), person in pairs if at is not None
    )
    pairs = zip(folk, made, strict=True)
    kin = [(made[at], facts["kind"], person) for (facts, at), person in pairs if at is not None]
    search.index_new(owned, relatives=kin, addresses=lived)
    return made[: len(people)]


@action("people.take_back")
def take_back(*, by, people):
    """People who came in by mistake and are in no case: their key is forgotten, so nothing of them can be read or found again.

    The empty rows stay, because nothing about a person is ever deleted; the history says when and by whom.
    """
    relatives = [line.relative for line in Relation.objects.filter(person__in=people).select_related("relative__key")]
    everyone = [*people, *relatives]
    for person in everyone:
        crypto.shred(person.key)
    search.forget(everyone)
    Address.objects.filter(person__in=everyone).update(area=None)
    nothing = {"sex": "U", "birth_year": None, "birth_month": None, "birth_day": None, "birth_margin": 0, "age_basis": "", "language": "", "nationality": ""}  # fmt: skip
    Person.objects.filter(pk__in=[person.pk for person in everyone]).update(is_label_only=True, **nothing)
    return list(people)


@action("people.correct_person")
def correct_person(person, *, by, **facts):
    """Change coded facts: sex, birth, how the age is known, language, nationality. The history keeps what stood before."""
    _check(facts, person)
    for name, value in facts.items():
        setattr(person, name, value)
    person.save()
    search.index(person)
    return person


@action("people.add_name")
def add_name(person, *, by, full, kind=Name.Kind.LEGAL, **facts):
    """Another name. `is_main=True` makes it the one that is shown."""
    name = _new_name(person, full=full, kind=kind, **facts)
    search.index(person)
    return name


@action("people.correct_name")
def correct_name(name, *, by, **facts):
    """Correct a name; afterwards the person is found by the new spelling only, and the history keeps the old."""
    if "full" in facts:
        facts |= _written(facts["full"])
    if facts.get("is_main"):
        _step_back(name.person)
    for field, value in facts.items():
        setattr(name, field, value)
    name.save()
    _named(name.person, name)
    search.index(name.person)
    return name


@action("people.add_identifier")
def add_identifier(person, *, by, kind, number, country=""):
    """A number on a paper, saved as it is: the form warns of a doubt, nothing refuses it."""
    identifier = _new_identifier(person, kind=kind, number=number, country=country)
    search.index(person)
    return identifier


@action("people.add_contact")
def add_contact(person, *, by, value, kind=Contact.Kind.PHONE, **facts):
    """A way to reach them. Whether it is safe to use is asked each time: nothing is taken for safe."""
    contact = _new_contact(person, value=value, kind=kind, **facts)
    search.index(person)
    return contact


@action("people.correct_contact")
def correct_contact(contact, *, by, **facts):
    for field, value in facts.items():
        setattr(contact, field, value)
    contact.save()
    search.index(contact.person)
    return contact


@action("people.add_address")
def add_address(person, *, by, **facts):
    """Where they live now, or lived. A new present address ends the one before."""
    address = _new_address(person, **facts)
    search.index(person)
    return address


@action("people.relate")
def relate(person, *, by, relative, kind, **facts):
    """Say what somebody is to the child. Both must have a part in the case. Where only the tie is noted, the facts are added to it."""
    if relative.pk == person.pk:
        raise Refused(_("Nobody is their own relative. Choose another person."))
    if kind not in codes.get("relation_to_child"):
        raise Refused(_("Choose what this person is to the child."))
    known = Relation.objects.filter(person=person, relative=relative, kind=kind).first()
    if known is not None and facts and not any((known.from_on, known.until_on, known.lives_together is not None, known.is_carer, known.no_contact, known.note)):
        return correct_relation(known, by=by, **facts)
    if known is not None:
        raise Refused(_("This is already noted. Correct the entry that is there."))
    relation = Relation.objects.create(person=person, key_id=person.key_id, relative=relative, kind=kind, **facts)
    search.index(person)
    return relation


@action("people.correct_relation")
def correct_relation(relation, *, by, **facts):
    for field, value in facts.items():
        setattr(relation, field, value)
    relation.save()
    search.index(relation.person)
    return relation


def _check(facts, person=None, oldest=OLDEST):
    """What is not so of any person. ValueErrors of the database would come too late to say it in words."""

    def fact(name):
        return facts[name] if name in facts else getattr(person, name, None)

    for name, listed in (("sex", "sex"), ("age_basis", "age_basis")):
        if facts.get(name) and facts[name] not in codes.get(listed):
            raise Refused(_("“%(value)s” is not in the list. Choose one of the list.") % {"value": facts[name]})
    year, month, day = (fact(f"birth_{part}") for part in ("year", "month", "day"))
    today = timezone.localdate()
    if year and not (today.year - oldest if oldest else 1) <= year <= today.year:
        raise Refused(_("Check the year of birth: write it as a year of the common era, not later than this year."))
    if (month and not year) or (day and not month):
        raise Refused(_("A day of birth needs its month, and a month its year."))
    if month and fact("birth_margin"):
        raise Refused(_("If the year is not certain, leave day and month empty."))
    if month:
        try:
            born = Person(birth_year=year, birth_month=month, birth_day=day).birth
        except ValueError:
            raise Refused(_("There is no such day. Check day, month and year of birth.")) from None
        if born.earliest > today:
            raise Refused(_("The day of birth is later than today. Check it."))


def _new_name(person, *, full, kind=Name.Kind.LEGAL, is_main=None, **facts):
    if is_main is None:
        is_main = not Name.objects.filter(person=person, is_main=True).exists()
    if is_main:
        _step_back(person)
    facts = {part: text and spelling.tidy(text) for part, text in facts.items()}
    name = Name.objects.create(person=person, key_id=person.key_id, kind=kind, is_main=is_main, **_written(full), **facts)
    _named(person, name)
    return name


def _step_back(person):
    Name.objects.filter(person=person, is_main=True).update(is_main=False)


def _written(full):
    full = spelling.tidy(full or "")
    if not full:
        raise Refused(_("Write the name as it is said, or describe the child if the name is not known."))
    return {"full": full, "script": spelling.script_of(full)}


def _named(person, name):
    if person.is_label_only and name.kind != Name.Kind.LABEL:
        person.is_label_only = False
        person.save(update_fields=["is_label_only"])


def _new_identifier(person, *, kind, number, country=""):
    if not search.number_key(number):
        raise Refused(_("Write the number."))
    return Identifier.objects.create(person=person, key_id=person.key_id, kind=kind, number=spelling.tidy(number), country=country)


def _new_contact(person, *, value, kind=Contact.Kind.PHONE, **facts):
    if not value.strip():
        raise Refused(_("Write the number or address."))
    return Contact.objects.create(person=person, key_id=person.key_id, kind=kind, value=spelling.tidy(value), **facts)


def _new_address(person, *, is_current=True, **facts):
    if not facts.get("text") and not facts.get("area"):
        raise Refused(_("Write the address, or at least choose the area."))
    if is_current:
        until = facts.get("from_on") or timezone.localdate()
        for earlier in Address.objects.filter(person=person, is_current=True):
            earlier.is_current = False
            earlier.until_on = max(until, earlier.from_on or until)
            earlier.save()
    return Address.objects.create(person=person, key_id=person.key_id, is_current=is_current, **facts)
