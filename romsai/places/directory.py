"""Reads a directory of services from a file of contacts, one line a contact, as migrant-worker organisations publish them.

Nothing in such a file has been checked, so every entry arrives closed: somebody calls, names its services, and opens it.
"""

import csv
from collections import Counter
from dataclasses import dataclass, field

import phonenumbers
from django.db import transaction

from romsai.core import dates

from .models import Agency, Area, Facility

# What a name says about the kind of an agency; whoever opens the entry corrects it.
KINDS = {
    "HELPLINE": ("helpline", "hotline"),
    "POLICE": ("police", "trafficking"),
    "FOREIGN": ("consulate", "embassy", "consular"),
    "SHELTER": ("shelter",),
    "LEGAL_AID": ("legal", "law", "justice"),
    "LABOUR": ("labour", "labor", "employment"),
    "HEALTH": ("hospital", "clinic", "health"),
}


@dataclass
class Entry:
    """One institution of the file."""

    name: str
    country: str  # two letters
    address: str = ""
    phones: list = field(default_factory=list)

    @property
    def kind(self):
        words = self.name.lower()
        return next((kind for kind, signs in KINDS.items() if any(sign in words for sign in signs)), "NGO")


def read(path):
    """The institutions of a CSV with institution_id, name, country_code, address, contact_type, contact_value."""
    entries = {}
    with open(path, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            name, country = row["name"].strip(), row["country_code"].strip().upper()
            entry = entries.setdefault(row["institution_id"], Entry(name, country, row["address"].strip()))
            if row["contact_type"].lower() == "phone" and (number := phone(row["contact_value"], country)):
                entry.phones.append(number)
    return list(entries.values())


def phone(text, country):
    """The first number in a contact line, as +855…; short codes as they are; "" if there is none."""
    plain = dates.digits(text).replace("\u200b", "")
    short = plain.split("(")[0].strip()
    if short.isdigit() and len(short) <= 6:
        return short
    for match in phonenumbers.PhoneNumberMatcher(plain, country, leniency=phonenumbers.Leniency.POSSIBLE):
        return phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    return ""


@transaction.atomic
def load(entries, *, country_codes):
    """Agencies and closed facilities for entries not yet there. `country_codes`: two letters to alpha-3.

    Returns counts: new, known, elsewhere (a country whose areas are not loaded).
    """
    countries = {area.pcode: area for area in Area.objects.filter(level=0)}
    counts = Counter()
    for entry in entries:
        area = countries.get(country_codes.get(entry.country))
        if area is None:
            counts["elsewhere"] += 1
        elif Facility.objects.filter(name=entry.name, area=area).exists():
            counts["known"] += 1
        else:
            agency = Agency.objects.create(name=entry.name, kind=entry.kind, area=area)
            Facility.objects.create(
                agency=agency,
                name=entry.name,
                kind=entry.kind,
                area=area,
                address=entry.address,
                phone=entry.phones[0] if entry.phones else "",
                is_open=False,
            )
            counts["new"] += 1
    return counts
