"""Who stands on several programmes' lists, and who of them is a case: counted from the pairs that the search of the register found.

Counts only. A child of a sealed case, or of one that the asker is kept from, is counted with nobody: not even as one more.
"""

from collections import Counter, defaultdict

from django.db.models import Q
from django.utils.translation import gettext as _

from romsai.cases.models import Pair, Participant
from romsai.cases.pairs import actions as pairs
from romsai.cases.pairs import reading
from romsai.core import access
from romsai.core.actions import done
from romsai.exchange.models import Import, Listing, Programme

LIKELY = 0.5
FEWEST = 5  # a smaller count could be somebody
CASES = 0  # stands for the cases of the register, beside the ids of programmes


@reading.compared
def listed():
    return Listing.objects.standing().values("person_id")


def _listed_anew(sender, record, result, **_rest):
    """A list that came in is compared at once with everybody else."""
    if sender == "exchange.bring_rows" and result.kind == "persons" and result.state == Import.State.DONE:
        pairs.sweep(by=None)


done.connect(_listed_anew, dispatch_uid="exchange.overlaps")


def histories(worker=None):
    """{which lists somebody stands on: how many people}. Keys are sets of programme ids, CASES for the cases of the register.

    As the system. Two records are taken for one person where a person said so, or it is likelier than not. `worker`: without the
    children whom this worker must not learn of. The counts are what multiple-systems estimation starts from.
    """
    on = defaultdict(set)
    for person, programme in Listing.objects.standing().values_list("person_id", "programme_id"):
        on[person].add(programme)
    hidden = Q(case__sealed=True)
    if worker is not None:
        hidden |= Q(case_id__in=access.subjects["case"].excluded(worker))
    children = Participant.objects.filter(role="CHILD")
    barred = set(children.filter(hidden).values_list("person_id", flat=True))
    for person in children.exclude(person__in=barred).values_list("person_id", flat=True):
        on[person].add(CASES)
    groups = _one_person(on.keys() - barred)
    return Counter(frozenset().union(*(on[person] for person in group)) for group in groups)


def _one_person(people):
    """The people in groups, each of one person as far as the pairs say."""
    root = {person: person for person in people}

    def top(person):
        while root[person] != person:
            root[person] = person = root[root[person]]
        return person

    same = Q(state=Pair.State.SAME) | Q(state=Pair.State.PROPOSED, likelihood__gte=LIKELY)
    for one, other in Pair.objects.filter(same).values_list("one", "other"):
        if one in root and other in root:
            root[top(one)] = top(other)
    groups = defaultdict(list)
    for person in people:
        groups[top(person)].append(person)
    return groups.values()


def of_programme(worker, programme):
    """(people on the list, [(other list as it may be told, how many of them stand there too)]) for the list's own agency."""
    with access.system(on_behalf=worker, purpose="overlaps"):
        counted = histories(worker)
        known = Counter()
        total = sum(number for lists, number in counted.items() if programme.pk in lists)
        for lists, number in counted.items():
            if programme.pk in lists:
                known.update({other: number for other in lists - {programme.pk}})
        programmes = Programme.objects.select_related("agency").in_bulk(known.keys() - {CASES})
    return total, [(_told(worker, programmes.get(pk)), shown(number)) for pk, number in known.most_common()]


def _told(worker, programme):
    if programme is None:
        return _("Cases of the register")
    if programme.agency_id == worker.agency_id:
        return programme.name
    return f"{programme.told_as}, {programme.agency.name}"


def table(worker):
    """For who counts: (lists with how many stand on each, combinations of lists with how many stand on just these), most first."""
    with access.system(on_behalf=worker, purpose="overlaps"):
        counted = histories(worker)
        programmes = Programme.objects.select_related("agency").in_bulk(set().union(*counted) - {CASES} if counted else ())
    names = {pk: _told(worker, programme) for pk, programme in programmes.items()} | {CASES: _told(worker, None)}
    sizes = Counter()
    for lists, number in counted.items():
        sizes.update(dict.fromkeys(lists, number))
    alone = [(names[pk], shown(number)) for pk, number in sizes.most_common()]
    combined = [(" + ".join(sorted(names[pk] for pk in lists)), shown(number)) for lists, number in counted.most_common() if len(lists) > 1]
    return alone, combined


def shown(number):
    """A count as it may be told."""
    return str(number) if number >= FEWEST else _("fewer than %(n)d") % {"n": FEWEST}
