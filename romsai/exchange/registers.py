"""What the lists say when somebody asks whether a child is known: to the list's own agency where to look, to others whom to ask."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from romsai.cases import queries
from romsai.core import access
from romsai.exchange.models import Listing, Programme

COMPARED = 20  # people of lists whose names are opened for one question


@queries.register_of_people
def on_lists(worker, people, *, look, only_own=False, is_search=False):
    """Lines for the asker. Beyond the own agency two independent facts must agree, as with cases; whom a case bars learns nothing."""
    place = {pk: number for number, pk in enumerate(people)}
    lines = []
    with access.system(on_behalf=worker, purpose="known child"):
        barred = access.people.rows(Q(case_id__in=access.subjects["case"].excluded(worker)), None)
        found = (
            Listing.objects.standing().filter(person__in=people).exclude(person__in=barred).select_related("person", "programme__agency")
        )
        for listing in sorted(found, key=lambda listing: place[listing.person_id])[:COMPARED]:
            is_own = listing.programme.agency_id == worker.agency_id
            if only_own and not is_own:
                continue
            likeness = look.compare(listing.person)
            # Who searches sees the unlikely too, as among cases; who is only asked whether a child is known sees what is worth a decision.
            if (likeness.is_possible if is_search else likeness.is_proposal) if is_own else queries.is_sure_enough(likeness):
                lines.append(_own(listing, likeness) if is_own else _others(listing))
    return [line for at, line in enumerate(lines) if line not in lines[:at]]


def of_own(worker, look):
    """The lines of the lists that the asker's own agency keeps, for who only searches; nobody else is asked and nobody is told."""
    if worker.role not in access.policy().relations["listed"].roles or not Programme.objects.filter(agency=worker.agency_id).exists():
        return []
    with access.system(on_behalf=worker, purpose="known child"):
        people = [person for person, _points in look.find()]
    return on_lists(worker, people, look=look, only_own=True, is_search=True)


def _own(listing, likeness):
    return {
        "text": _("Somebody like this is on the list “%(list)s”.") % {"list": listing.programme.name},
        "url": reverse("exchange:listing", args=[listing.uuid]),
        "reasons": likeness.reasons,
    }


def _others(listing):
    programme = listing.programme
    whom = ", ".join(part for part in (programme.told_as, programme.agency.name, programme.phone) if part)
    return {"text": _("Somebody like this may be known elsewhere. Ask: %(whom)s.") % {"whom": whom}, "url": "", "reasons": []}
