"""Agencies, teams, the directory and the accounts of the invented country, from country.yaml. Safe to repeat."""

from datetime import timedelta
from functools import cache
from pathlib import Path

import yaml
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from romsai.core import access
from romsai.places.models import (
    Account,
    Agency,
    Area,
    Facility,
    FacilityService,
    Team,
    TeamArea,
    Worker,
    WorkerArea,
)

FOLDER = Path(__file__).parent
DOMAIN = "rivermark.example"


@cache
def told(name):
    """One of the YAML files of this folder."""
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def email(key):
    return f"{key.replace('_', '.')}@{DOMAIN}"


class Country:
    """The records by the short names of the YAML: `country.workers["supervisor"]`."""

    def __init__(self):
        self.agencies, self.teams, self.facilities, self.workers = {}, {}, {}, {}
        self.areas = {area.pcode: area for area in Area.objects.filter(country__in=("DMO", "HMK"))}


def load(write):
    """Create what is missing and return the Country."""
    source = told("country")
    with access.system():
        country = Country()
        for key, line in source["agencies"].items():
            country.agencies[key], _new = Agency.objects.get_or_create(
                name=line["name"], defaults={"kind": line["kind"], "area": country.areas[line["area"]]}
            )
        for key, line in source["teams"].items():
            team, _new = Team.objects.get_or_create(
                agency=country.agencies[line["agency"]], name=line["name"], defaults={"is_intake": line.get("is_intake", False)}
            )
            for pcode in line["areas"]:
                TeamArea.objects.get_or_create(team=team, area=country.areas[pcode])
            country.teams[key] = team
        for key, line in source["facilities"].items():
            country.facilities[key] = _facility(country, line)
        for key, line in source["workers"].items():
            country.workers[key] = _worker(country, line)
    write(f"agencies: {len(country.agencies)}, teams: {len(country.teams)}, places of the directory: {len(country.facilities)}")
    new = _accounts(country, source["password"])
    write(f"accounts: {len(country.workers)}, {new} of them new")
    return country


def _facility(country, line):
    facts = {
        "kind": line["kind"],
        "area": country.areas[line["area"]],
        "phone": line.get("phone", ""),
        "address": line.get("address", ""),
        "is_confidential_address": line.get("secret", False),
        "is_open": line.get("is_open", True),
        "checked_on": timezone.localdate() - timedelta(days=20),
    }
    facility, _new = Facility.objects.get_or_create(agency=country.agencies[line["agency"]], name=line["name"], defaults=facts)
    for code, limits in line["services"].items():
        FacilityService.objects.get_or_create(facility=facility, service=code, defaults=limits)
    return facility


def _worker(country, line):
    until = timezone.localdate() + timedelta(days=line["until"]) if "until" in line else None
    team = country.teams[line["team"]] if "team" in line else None
    worker, _new = Worker.objects.get_or_create(
        name=line["name"], role=line["role"], agency=country.agencies[line["agency"]], defaults={"team": team, "until_on": until}
    )
    for pcode in line.get("areas", ()):
        WorkerArea.objects.get_or_create(worker=worker, area=country.areas[pcode])
    return worker


def _accounts(country, password):
    hashed, new = None, 0  # one hash for all: hashing thirty times would be half of the loading
    with access.accounts():
        known = set(Account.objects.values_list("worker_id", flat=True))
        for key, worker in country.workers.items():
            if worker.pk not in known:
                hashed = hashed or make_password(password)
                Account.objects.create(email=email(key), password=hashed, worker=worker, is_demo=True)
                new += 1
    return new
