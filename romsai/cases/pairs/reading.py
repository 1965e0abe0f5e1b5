"""Who is compared, and what of them: read as the system, decrypted in memory only, on the record like any reading."""

from django.db.models import Q

from romsai.cases.models import Case, Participant
from romsai.core import crypto
from romsai.people import search
from romsai.people.models import Address, Contact, Identifier, Name, Person, Relation

also = []  # rooms above add people of theirs: each gives a query of person ids


def compared(source):
    """Register a query of more people who are compared with the children of cases."""
    also.append(source)
    return source


def people():
    """Ids of everybody who is compared: the children of cases, and whoever a room above adds."""
    who = Q(pk__in=Participant.objects.filter(role="CHILD").values("person_id"))
    for source in also:
        who |= Q(pk__in=source())
    return Person.objects.filter(who).order_by("pk")


def following(after, most):
    """The next ids, in order."""
    return list(people().filter(pk__gt=after).values_list("pk", flat=True)[:most])


def records(ids):
    """What is compared of these people, as `people.linkage.records.columns` takes it. Whose key is gone or away has nothing to compare."""
    kept = _kept(ids)
    persons = Person.objects.in_bulk(ids)
    relations = list(Relation.objects.filter(person__in=ids, kind__in=["MOTHER", "FATHER"]))
    parents = {line.relative_id for line in relations}
    names = _by_person(Name.objects.filter(person__in=[*ids, *parents]).exclude(kind=Name.Kind.LABEL).order_by("-is_main", "pk"))
    # A programme's own number is another's too: it says nothing between lists.
    papers = _by_person(Identifier.objects.filter(person__in=ids).exclude(kind=Identifier.Kind.OTHER_REGISTER))
    phones = _by_person(Contact.objects.filter(person__in=ids, kind=Contact.Kind.PHONE))
    homes = {line.person_id: line.area for line in Address.objects.filter(person__in=ids, is_current=True).select_related("area__parent__parent")}
    told = {(line.person_id, line.kind): _texts(names.get(line.relative_id, ()), "full")[:1] for line in relations}
    for pk in ids:
        person, own = persons[pk], names.get(pk, ())
        nicks = [name for name in own if name.kind == Name.Kind.NICK]
        yield {
            "id": pk,
            "person": kept.get(pk, pk),
            "names": _texts([name for name in own if name not in nicks], "full") or _texts(nicks, "full"),
            "nicks": _texts(nicks, "full"),
            "sex": person.sex,
            "birth": (person.birth_year, person.birth_month, person.birth_day, person.birth_margin) if person.birth_year else None,
            "mother": next(iter(told.get((pk, "MOTHER"), ())), None),
            "father": next(iter(told.get((pk, "FATHER"), ())), None),
            "phones": [search.phone_key(text) for text in _texts(phones.get(pk, ()), "value")],
            "numbers": [search.number_key(text) for text in _texts(papers.get(pk, ()), "number")],
            **_place(homes.get(pk)),
        }


def _kept(ids):
    """Child of a case that was merged -> child of the case that is kept: both are one person by now."""
    found = {}
    for case in Case.objects.filter(child__in=ids, merged_into__isnull=False).select_related("merged_into"):
        into = case.merged_into
        while into.merged_into_id:
            into = into.merged_into
        found[case.child_id] = into.child_id
    return found


def _by_person(rows):
    found = {}
    for row in crypto.preload(rows):
        found.setdefault(row.person_id, []).append(row)
    return found


def _texts(rows, field):
    texts = (getattr(row, field) for row in rows)
    return [text for text in texts if isinstance(text, str)]


def _place(area):
    """Province and the smallest area known."""
    if area is None:
        return {}
    top = area
    while top.level > 1 and top.parent:
        top = top.parent
    return {"area": area.pcode if area.level > 1 else None, "province": top.pcode if area.level else None}
