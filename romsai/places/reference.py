"""Loads the areas that ship with Romsai: nine countries by P-code, and an invented one to try things in."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

from django.db import transaction

from .models import Area

DATA = Path(__file__).parent / "data"
VIET_NAM_CHANGED = date(2025, 7, 1)  # 63 provinces became 34 and districts ended; old cases keep the old codes


@transaction.atomic
def load(write):
    """Create or correct every shipped area; never deletes one, nor brings one back that ended here.

    `write` gets a line of progress for each source.
    """
    ids, ended = {}, dict(Area.objects.filter(valid_until__isnull=False).values_list("pcode", "valid_until"))
    for title, areas in (
        ("countries", countries()),
        ("P-codes of OCHA", pcodes()),
        ("Viet Nam since July 2025", viet_nam_2025()),
        ("demonstration country", invented()),
    ):
        count = Counter()
        for level in range(3):
            found = [Area(parent_id=ids.get(parent), **row) for parent, row in areas if row["level"] == level]
            for area in found:
                area.valid_until = area.valid_until or ended.get(area.pcode)
            fields = [
                "name",
                "native_name",
                "native_language",
                "level",
                "parent",
                "country",
                "valid_from",
                "valid_until",
            ]
            Area.objects.bulk_create(found, batch_size=500, update_conflicts=True, unique_fields=["pcode"], update_fields=fields)
            ids |= {area.pcode: area.pk for area in found}
            count += Counter(area=len(found), native=sum(bool(area.native_name) for area in found))
        write(f"{title}: {count['area']} areas, {count['native']} with a name in their own script")


def countries():
    return [(None, {"pcode": row["country"], "level": 0, "country": row["country"], **_names(row)}) for row in _rows("countries.csv")]


def pcodes():
    """The list's own "valid from" is the day of its edition, not of the area, and is left out."""
    native = {row["pcode"]: row for row in _rows("native_names.csv")}
    none = {"name": "", "language": ""}
    return [
        (
            row["Parent P-Code"],
            {
                "pcode": row["P-Code"],
                "level": int(row["Admin Level"]),
                "country": row["Location"],
                "name": row["Name"],
                "native_name": native.get(row["P-Code"], none)["name"],
                "native_language": native.get(row["P-Code"], none)["language"],
                "valid_until": VIET_NAM_CHANGED if row["Location"] == "VNM" else None,
            },
        )
        for row in _rows("ocha_pcodes.csv")
    ]


def viet_nam_2025():
    return [
        (
            f"VNM-{row['parent']}" if row["parent"] else "VNM",
            {
                "pcode": f"VNM-{row['code']}",
                "level": int(row["level"]),
                "country": "VNM",
                "name": row["name"],
                "native_name": row["native_name"],
                "native_language": "vi",
                "valid_from": VIET_NAM_CHANGED,
            },
        )
        for row in _rows("viet_nam_2025.csv")
    ]


def invented():
    return [
        (
            row["parent"],
            {"pcode": row["pcode"], "level": int(row["level"]), "country": row["country"], **_names(row)},
        )
        for row in _rows("demo_areas.csv")
    ]


def _names(row):
    return {key: row[key] for key in ("name", "native_name", "native_language")}


def _rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
