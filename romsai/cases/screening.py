"""Which reports a supervisor must look at before they end without a case (T03 of the domain notes)."""

import re
import secrets

from django.db.models import Q

from romsai.cases.models import Participant, ReportToken
from romsai.core import access
from romsai.core.dates import digits
from romsai.core.keys import client as keys
from romsai.people import names as spelling
from romsai.people import search
from romsai.people.models import Person
from romsai.places.models import AreaWithin
from romsai.places.profile import profile

YOUNG = 5  # T03: always for a child under five
A_BABY = re.compile(r"\b(?:baby|babies|infant|newborn|toddler)\b|ทารก|แบเบาะ|เด็กอ่อน|ແອນ້ອຍ|ເດັກນ້ອຍເກີດໃໝ່", re.IGNORECASE)
A_MONTH = re.compile(r"\d\s*(?:months?|weeks?|days?|เดือน|สัปดาห์|ເດືອນ|ອາທິດ)", re.IGNORECASE)


def index(report, words, reporter=None):
    """Keep what a later report on the same child or household is found by: keyed tokens of names, telephone and place."""
    texts = {"name": set(), "sound": set(), "phone": set(), "place": set()}
    if words.child_names:
        texts |= spelling.stored(str(words.child_names))
    if reporter is not None and reporter.phone:
        texts["phone"] = {search.phone_key(str(reporter.phone))}
    if words.where:
        texts["place"] = {" ".join(sorted(spelling.words(str(words.where))))}
    rows = []
    for kind, found in texts.items():
        keyed = "name" if kind == "place" else kind  # a place is compared as a name is: equal or not
        found = sorted(found - {""})
        rows += [ReportToken(report=report, kind=kind, token=token) for token in (keys.tokens(keyed, found) if found else ())]
    ReportToken.objects.bulk_create(rows)


def needs_second_look(report, *, under_five, by):
    """T03: always for a child who speaks for themselves, one under five, and a second report; else for one in ten."""
    return (
        report.reporter_type == "CHILD_SELF"
        or is_under_five(under_five, str(report.words.child_about or ""))
        or is_second_report(report, by=by)
        or secrets.randbelow(100) < profile().screened_out_sample
    )


def is_under_five(said, about=""):
    """What the screener says; not known, what the report tells. A wrong yes costs a second look, a wrong no a child."""
    if said in ("yes", "no"):
        return said == "yes"
    about = digits(about)
    years = (int(number) for number in re.findall(r"\d+", about))
    return bool(A_BABY.search(about) or A_MONTH.search(about)) or any(number < YOUNG for number in years)


def is_second_report(report, *, by):
    """Was something told before of this child or household: another report, or a case of somebody with this name or telephone?

    Names count within one area, for many children share one; a telephone and a place as written count everywhere. Asked as the
    system, over all agencies: the asker learns nothing but that a supervisor looks.
    """
    with access.system(on_behalf=by, purpose="known child"):
        return _told_before(report) or _in_a_case(report)


def _told_before(report):
    same = Q(pk=None)
    for row in ReportToken.objects.filter(report=report).exclude(token=b""):
        line = Q(kind=row.kind, token=row.token)
        if row.kind in ("name", "sound") and report.area_id is not None:
            line &= Q(report__area__isnull=True) | Q(report__area__in=_near(report.area_id))
        same |= line
    return ReportToken.objects.filter(same).exclude(report=report).exists()


def _near(area):
    """The area, those in it and those it lies in."""
    within = AreaWithin.objects.filter(Q(ancestor=area) | Q(descendant=area))
    return {pk for pair in within.values_list("ancestor", "descendant") for pk in pair}


def _in_a_case(report):
    phone = getattr(report, "reporter", None) and report.reporter.phone
    if phone and Participant.objects.filter(person__in=search.candidates(phone=str(phone))).exists():
        return True
    names = [name for name in re.split(r"[,;/\n]", str(report.words.child_names or "")) if name.strip()]
    for name in names:
        children = Participant.objects.filter(person__in=search.candidates(names=[name]), role="CHILD").values("person")
        if any(search.compare(child, names=[name]).is_proposal for child in Person.objects.filter(pk__in=children)):
            return True
    return False
