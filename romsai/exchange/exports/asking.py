"""What may be asked for: cases of a list with its filters, which columns, and whether a second person must agree to it.

What is asked is one dict, so that it can be approved, sealed and carried out as it stands:
{"page", "query": the list and its filters as in its address, "at": the moment that "this week" means, "format", "levels": beyond the core,
"cases": ids, "purpose", "recipient", "recipient_key", "language"}
"""

from datetime import datetime, timedelta

from django.db.models import Q, Sum, TextChoices
from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.cases import queries as lists
from romsai.cases.filters import CaseFilter
from romsai.cases.models import Assessment, Case, Event
from romsai.cases.views.day import BOARD, CASEWORK
from romsai.cases.words import READY_NAMES, STEP_NAMES
from romsai.core import access
from romsai.core.actions import Refused
from romsai.exchange.exports import recipients
from romsai.exchange.models import Export
from romsai.places import codes
from romsai.places.models import Area, AreaWithin

ALONE = 25  # rows that one person may take out in a day without a second (security notes 3.1)
A_DAY = timedelta(hours=24)
MOST = 10_000
DRIFT = 0.05  # of the cases approved may have come or gone before it must be asked anew
SHORTEST = 15  # letters of a purpose

PAGES = {"caseload": (__("My caseload"), CASEWORK), "team": (__("Cases of the team or area"), BOARD)}
FIELDS = ("list", "risk", "step", "concern", "area")
LEVELS = {"identity": "exchange.export_identity", "location": "exchange.export_location"}
LEVEL_NAMES = {
    "identity": __("Names, day of birth, numbers of papers, telephones"),
    "location": __("Addresses, but for those kept secret"),
}
FEW, MANY, HTCDS = "exchange.export", "exchange.export_many", "cases.export_htcds"
ALL = (FEW, MANY, *LEVELS.values())


class Format(TextChoices):
    CSV = "CSV", __("CSV, for spreadsheets and programs")
    XLSX = "XLSX", __("Excel workbook")
    JSON = "JSON", __("JSON, for programs")
    HTCDS = "HTCDS", __("HTCDS, the standard for cases of trafficking: under a pseudonym")


ENDINGS = {Format.CSV: "csv", Format.XLSX: "xlsx", Format.JSON: "json", Format.HTCDS: "csv"}


# whose it is to ask


def may_export(worker):
    return any(access.may(worker, name) for name in ALL)


def pages_of(worker):
    """{name: words} of the lists that this worker has."""
    return {name: words for name, (words, roles) in PAGES.items() if worker.role in roles}


def levels_of(worker):
    """{level: words} of what this worker may take out beyond the core."""
    return {level: LEVEL_NAMES[level] for level, name in LEVELS.items() if access.may(worker, name)}


# the cases


def query_of(given):
    """The part of an address that narrows a list, in one order whatever the order it came in."""
    return urlencode([(name, value) for name in FIELDS for value in sorted(given.getlist(name)) if value])


def found(worker, *, page, query, at, format="", levels=()):
    """The cases that an export would hold, asked as the worker: of the list, within the rights to take them out, none that is sealed."""
    if page not in pages_of(worker):
        raise Refused(_("Choose one of your lists."))
    asked = QueryDict(query)
    if asked.get("list", "") not in READY_NAMES:
        raise Refused(_("This filter does not fit any more. Open the list and choose anew."))
    with lists.Worklist.own(worker, at=at) if page == "caseload" else lists.Worklist.team(worker, at=at) as listed:
        chosen = CaseFilter(asked, listed.ready_made(asked.get("list", "")))
    if not chosen.form.is_valid():  # else the filter that does not hold would be left out, and more would leave than was asked
        raise Refused(_("This filter does not fit any more. Open the list and choose anew."))
    return chosen.qs.filter(reached(worker, format, levels)).order_by("pk")


def reached(worker, format, levels):
    """Which cases this worker may take out with these levels. What is sealed stays here, whoever is named on it."""
    names = [FEW, *(LEVELS[level] for level in levels), *([HTCDS] if format == Format.HTCDS else [])]
    within = Q(sealed=False)
    for name in names:
        within &= access.granted(worker, "case", access.policy().action(name).any)
    if format == Format.HTCDS:
        finished = Assessment.objects.visible().filter(kind="HTCDS", finished_at__isnull=False)
        within &= Q(pk__in=finished.values("case_id"))
    return within


def ids(worker, **asked):
    """Of so many cases as one export may hold, and some more; a country is counted, not gone through."""
    return list(found(worker, **asked).values_list("pk", flat=True)[: 2 * MOST])


# what was typed, as it is asked


def asked_for(worker, *, page, query, format, levels, purpose, recipient, recipient_key, at=None):
    """The whole of what is asked, checked; asked as the worker. Refused with what to do."""
    at = at or timezone.now()
    given = {
        "page": page, "query": query, "at": at.isoformat(), "format": format, "levels": sorted(levels), "purpose": purpose.strip(),
        "recipient": recipient.strip(), "recipient_key": recipients.read(recipient_key), "language": get_language() or "en",
    }  # fmt: skip
    _check_words(given)
    _check_columns(worker, given)
    asked = {"page": page, "query": query, "at": at, "format": format, "levels": levels}
    _check_number(given, found(worker, **asked).count())
    given["cases"] = ids(worker, **asked)
    _check_province(given)
    return given


def check(worker, asked):
    """The same of what was asked a while ago; as the worker."""
    _check_words(asked)
    _check_columns(worker, asked)
    _check_number(asked, len(asked["cases"]))
    _check_province(asked)
    recipients.read(asked["recipient_key"])


def _check_words(asked):
    if len(asked["purpose"]) < SHORTEST:
        raise Refused(_("Say in a sentence what it is for: who needs it, and what they do with it."))
    if not asked["recipient"]:
        raise Refused(_("Say who receives the file: name and office."))


def _check_columns(worker, asked):
    if asked["format"] not in Format.values:
        raise Refused(_("Choose a kind of file."))
    if not set(asked["levels"]) <= set(levels_of(worker)):
        raise access.Forbidden(_("You cannot do this. Ask your supervisor if you think you should."))
    if asked["format"] == Format.HTCDS and asked["levels"]:
        raise Refused(_("An HTCDS file goes under a pseudonym. Take names and addresses off, or choose another kind of file."))
    if asked["format"] == Format.HTCDS and not access.may(worker, HTCDS):
        raise Refused(_("HTCDS is taken out by the worker who leads the case. Choose another kind of file."))


def _check_number(asked, number):
    if not number and asked["format"] == Format.HTCDS:
        raise Refused(_("None of these cases has a finished HTCDS form that you may take out. Finish the form on the case first."))
    if not number:
        raise Refused(_("There is no case to take out. Choose another list or take a filter away."))
    if number > MOST:
        raise Refused(_("These are %(n)d cases; one export holds %(most)d. Narrow the list.") % {"n": number, "most": MOST})


def _check_province(asked):
    """Nobody holds the named children of a country in one file, whatever they may read one by one."""
    if asked["levels"] and not _is_of_one_province(asked["cases"]):
        raise Refused(_("Names and addresses of children of more than one province do not leave in one file. Choose one area."))


def _is_of_one_province(cases):
    areas = set(Case.objects.filter(pk__in=cases).order_by().values_list("area_id", flat=True).distinct())
    above = {}
    for area, province in AreaWithin.objects.filter(descendant__in=areas, ancestor__level=1).values_list("descendant_id", "ancestor_id"):
        above.setdefault(area, set()).add(province)
    return bool(set.intersection(*(above.get(area, set()) for area in areas)))


# the second person


def taken_out(worker, *, at):
    """How many rows this worker took out in the last day, whatever the door. As the system."""
    since = at - A_DAY
    exported = Export.objects.counted(worker, since=since)
    # Each HTCDS line leaves an event on its case, whether it left alone or in an export.
    by_export = exported.exclude(is_htcds=True, state__in=[Export.State.DONE, Export.State.EXPIRED]).aggregate(n=Sum("rows"))["n"] or 0
    return by_export + Event.objects.filter(kind="HTCDS_TAKEN_OUT", by=worker, at__gte=since).count()


def action_for(asked, before):
    """The line of the policy table by which this is asked. before: rows taken out in the last day."""
    for level in ("location", "identity"):
        if level in asked["levels"]:
            return LEVELS[level]
    return MANY if len(asked["cases"]) + before > ALONE else FEW


def check_key(asked):
    if not asked["recipient_key"]:
        raise Refused(_("This file leaves encrypted only. Ask the recipient for their age key and paste it here."))


def check_still(worker, asked):
    """The cases approved that are still found by what was asked, as the worker. Refused if more than one in twenty came or went."""
    approved = set(asked["cases"])
    now = set(ids(worker, **{name: asked[name] for name in ("page", "query", "format", "levels")}, at=datetime.fromisoformat(asked["at"])))
    if len(approved ^ now) > DRIFT * len(approved):
        raise Refused(
            _("The list has changed: cases asked for: %(then)d, found now: %(now)d. Decline this; it can be asked for anew.")
            % {"then": len(approved), "now": len(now)}
        )
    return sorted(approved & now)


# in words


def count_words(number):
    return ngettext("%(n)d case", "%(n)d cases", number) % {"n": number}


def query_words(query):
    """What narrows the list, in words; "all open cases" where nothing does."""
    asked = QueryDict(query)
    said = [str(READY_NAMES.get(asked["list"], asked["list"]))] if asked.get("list") else []
    said += [_("Risk: %(what)s") % {"what": codes.label("risk_level", code)} for code in asked.getlist("risk")]
    said += [_("Step: %(what)s") % {"what": STEP_NAMES.get(code, code)} for code in asked.getlist("step")]
    said += [_("Concern: %(what)s") % {"what": codes.label("concern", code)} for code in asked.getlist("concern")]
    for pcode in asked.getlist("area"):
        area = Area.objects.filter(pcode=pcode).first()
        said.append(_("Area: %(what)s") % {"what": area.name if area else pcode})
    return "; ".join(said) or _("All open cases")


def rows(asked, *, number=None):
    """What is asked, as rows of a summary: the same to who asks, who agrees and who fetches."""
    columns = [_("Number, sex, year of birth, risk, concerns, area, dates"), *(str(LEVEL_NAMES[level]) for level in asked["levels"])]
    shown = [
        (_("Cases"), count_words(len(asked["cases"]) if number is None else number)),
        (_("Of the list"), PAGES[asked["page"]][0]),
        (_("Narrowed by"), query_words(asked["query"])),
        (_("What of each child"), "; ".join(columns) if asked["format"] != Format.HTCDS else _("The coded answers of the HTCDS form")),
        (_("Kind of file"), Format(asked["format"]).label),
        (_("What for"), asked["purpose"]),
        (_("Who receives it"), asked["recipient"]),
    ]
    if key := asked["recipient_key"]:
        shown += [(_("The recipient’s key"), key), (_("Its fingerprint"), recipients.fingerprint(key))]
    else:
        shown.append((_("Encryption"), _("None: it holds no names and at most 25 rows")))
    return [{"label": label, "value": str(value)} for label, value in shown]
