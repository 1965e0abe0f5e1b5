"""The columns of an export and what stands in them, read as the asker: core, and names or addresses only where they were asked for."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as __

from romsai.cases import actions as casework
from romsai.cases.models import Assessment, CaseState, Concern
from romsai.core import crypto
from romsai.core.crypto import Locked
from romsai.core.keys import client as keys
from romsai.people.models import Address, Contact, Identifier, Name, Person
from romsai.people.names import pseudonym
from romsai.places import codes


@dataclass(frozen=True)
class Column:
    """One column. listed: the code list of its value; "" where the value is a text already."""

    name: str
    level: str
    label: Any
    listed: str = ""


COLUMNS = [
    Column("number", "core", __("Case")),
    Column("pseudonym", "core", __("Pseudonym")),
    Column("sex", "core", __("Sex"), "sex"),
    Column("birth_year", "core", __("Year of birth")),
    Column("state", "core", __("State of the case")),
    Column("risk", "core", __("Risk"), "risk_level"),
    Column("concerns", "core", __("Concerns"), "concern"),
    Column("area_code", "core", __("Code of the area")),
    Column("area", "core", __("Area")),
    Column("agency", "core", __("Agency")),
    Column("team", "core", __("Team")),
    Column("registered_on", "core", __("Registered on")),
    Column("last_seen_on", "core", __("Last seen on")),
    Column("name", "identity", __("Name")),
    Column("other_names", "identity", __("Other names")),
    Column("born", "identity", __("Born")),
    Column("identifiers", "identity", __("Numbers of papers")),
    Column("phones", "identity", __("Telephones")),
    Column("address", "location", __("Address")),
    Column("address_area", "location", __("Area of the address")),
]


def columns(levels):
    return [column for column in COLUMNS if column.level == "core" or column.level in levels]


def lines(cases, levels):
    """Each case as {column: code, text, list of them or None}. Whoever is loaded for it stands in the audit of who asks."""
    cases = list(cases.select_related("area", "agency", "team"))
    children = {child.pk: child for child in Person.objects.visible(of={case.child_id for case in cases})}
    concerns = _by(
        "case_id", Concern.objects.visible().filter(case__in=[case.pk for case in cases]).exclude(state="UNSUBSTANTIATED").order_by("pk")
    )
    named = _identity(children) if "identity" in levels else {}
    placed = _location(children) if "location" in levels else {}
    found = []
    for case in cases:
        child = children.get(case.child_id)
        line = {
            "number": case.number, "pseudonym": pseudonym(case).split()[-1], "sex": child and child.sex, "birth_year": child and child.birth_year,
            "state": case.state, "risk": case.risk, "concerns": [concern.code for concern in concerns.get(case.pk, ())],
            "area_code": case.area.pcode, "area": case.area.name, "agency": case.agency.name, "team": case.team.name,
            "registered_on": _day(case.registered_at), "last_seen_on": _day(case.last_seen_at),
        }  # fmt: skip
        found.append(line | named.get(case.child_id, {}) | placed.get(case.child_id, {}))
    return found


def _identity(children):
    names = _by("person_id", crypto.preload(Name.objects.visible(of=children).order_by("-is_main", "pk")))
    papers = _by("person_id", crypto.preload(Identifier.objects.visible(of=children).order_by("pk")))
    phones = _by("person_id", crypto.preload(Contact.objects.visible(of=children).filter(kind="PHONE", is_current=True).order_by("pk")))
    found = {}
    for pk, child in children.items():
        first, *others = [_text(name.full) for name in names.get(pk, ())] or [""]
        found[pk] = {
            "name": first,
            "other_names": others,
            "born": str(child.birth) if child.birth else None,
            "identifiers": [f"{paper.kind} {_text(paper.number)}" for paper in papers.get(pk, ())],
            "phones": [_text(phone.value) for phone in phones.get(pk, ())],
        }
    return found


def _location(children):
    # An address kept secret within the case does not leave in a list (domain notes 8.3-9: shelters, witnesses).
    rows = Address.objects.visible(of=children).filter(is_current=True, is_confidential=False).select_related("area")
    return {
        row.person_id: {"address": _text(row.text), "address_area": row.area.name if row.area else None} for row in crypto.preload(rows)
    }


def _by(name, rows):
    found = {}
    for row in rows:
        found.setdefault(getattr(row, name), []).append(row)
    return found


def _text(value):
    """A sealed text; what was erased says so. While the keys are away nothing is written: "locked" is no name."""
    if isinstance(value, Locked):
        keys.status()
    return None if value is None else str(value)


def _day(moment):
    return moment and timezone.localtime(moment).date().isoformat()


def htcds_lines(cases, by):
    """The newest finished HTCDS form of each case as {"values", "lost"}; each leaves its line on the case."""
    finished = Assessment.objects.visible().filter(case__in=cases, kind="HTCDS", finished_at__isnull=False).order_by("case_id", "-finished_at")
    newest = crypto.preload(finished.distinct("case_id"))
    made = [casework.export_htcds(assessment, by=by) for assessment in newest]
    return [{"values": record.values, "lost": record.lost} for record in made]


# as they stand in a table


def heading(levels):
    return [str(column.label) for column in columns(levels)]


def cells(line, levels):
    """The line as texts, codes in words."""
    return [_cell(column, line.get(column.name)) for column in columns(levels)]


def _cell(column, value):
    if isinstance(value, list):
        return "; ".join(_cell(column, one) for one in value)
    if value in (None, ""):
        return ""
    if column.name == "state":
        return str(CaseState(value).label)
    return str(codes.label(column.listed, value)) if column.listed else str(value)
