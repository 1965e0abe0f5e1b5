"""Areas of nine countries, loaded as often as one likes, with who lies in whom kept by the database."""

from datetime import date

import pytest

from romsai.core import access
from romsai.places import reference
from romsai.places.models import Area, AreaWithin

pytestmark = pytest.mark.django_db
VN_OLD, VN_NEW = date(2025, 6, 30), date(2025, 7, 1)


def names_above(pcode):
    above = AreaWithin.objects.filter(descendant__pcode=pcode)
    return sorted(above.values_list("ancestor__pcode", flat=True))


def test_every_p_code_is_loaded_once_however_often_one_loads():
    with access.system():
        for _ in range(2):
            lines = []
            reference.load(lines.append)
            coded = Area.objects.filter(valid_from=None).exclude(country__in=["DMO", "HMK"])
            counted = [coded.filter(level=level).count() for level in range(3)]
            assert counted == [9, 302, 3176]
        assert lines == [
            "countries: 9 areas, 7 with a name in their own script",
            "P-codes of OCHA: 3478 areas, 1498 with a name in their own script",
            "Viet Nam since July 2025: 3355 areas, 3355 with a name in their own script",
            "demonstration country: 16 areas, 16 with a name in their own script",
        ]
        assert names_above("TH1002") == ["TH10", "TH1002", "THA"]
        assert Area.objects.within(Area.objects.get(pcode="DM01")).count() == 6


def test_an_area_that_moves_takes_its_own_along():
    with access.system():
        land = Area.objects.create(pcode="XX", name="Land", level=0, country="XXX")
        east, west = (Area.objects.create(pcode=code, name=code, level=1, country="XXX", parent=land) for code in ("XE", "XW"))
        town = Area.objects.create(pcode="XE1", name="Town", level=2, country="XXX", parent=east)
        Area.objects.create(pcode="XE11", name="Ward", level=3, country="XXX", parent=town)
        assert names_above("XE11") == ["XE", "XE1", "XE11", "XX"]
        town.parent = west
        town.save()
        assert names_above("XE11") == ["XE1", "XE11", "XW", "XX"]
        assert names_above("XE1") == ["XE1", "XW", "XX"]


def test_viet_nam_has_the_areas_of_the_day():
    with access.system():
        provinces = Area.objects.filter(country="VNM", level=1)
        assert provinces.valid(on=VN_OLD).count() == 63
        assert provinces.valid(on=VN_NEW).count() == 34


def test_a_place_is_named_in_its_own_script_to_who_reads_it():
    with access.system():
        bangkok = Area.objects.get(pcode="TH10")
    assert [bangkok.name_in(language) for language in ("th", "lo", "en")] == [
        "กรุงเทพมหานคร",
        "Bangkok",
        "Bangkok",
    ]
