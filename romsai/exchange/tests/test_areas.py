"""A district merged mid-case: no open case falls out of anybody's sight, and whoever comes after reaches it too."""

import csv
import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from romsai.cases.actions import intake_team
from romsai.cases.models import Case
from romsai.core import access
from romsai.exchange.models import AreaChange
from romsai.exchange.tests import arrange
from romsai.places import reference
from romsai.places.models import Area, AreaWithin, Team, TeamArea, Worker, WorkerArea
from tests import world as build

SHARED = Path(__file__).parents[4] / "shared/data/admin-areas"

# What became of the 63 provinces on 1 July 2025 (Resolution 202/2025/QH15): OCHA's code of the old one -> General Statistics Office's code of the new.
MERGED = {
    "Tuyên Quang": ["Hà Giang", "Tuyên Quang"], "Lào Cai": ["Yên Bái", "Lào Cai"], "Thái Nguyên": ["Bắc Kạn", "Thái Nguyên"],
    "Phú Thọ": ["Hòa Bình", "Vĩnh Phúc", "Phú Thọ"], "Bắc Ninh": ["Bắc Giang", "Bắc Ninh"], "Hưng Yên": ["Thái Bình", "Hưng Yên"],
    "Hải Phòng": ["Hải Dương", "Hải Phòng"], "Ninh Bình": ["Hà Nam", "Nam Định", "Ninh Bình"], "Quảng Trị": ["Quảng Bình", "Quảng Trị"],
    "Đà Nẵng": ["Quảng Nam", "Đà Nẵng"], "Quảng Ngãi": ["Kon Tum", "Quảng Ngãi"], "Gia Lai": ["Bình Định", "Gia Lai"],
    "Khánh Hòa": ["Ninh Thuận", "Khánh Hòa"], "Lâm Đồng": ["Đắk Nông", "Bình Thuận", "Lâm Đồng"], "Đắk Lắk": ["Phú Yên", "Đắk Lắk"],
    "Hồ Chí Minh": ["Bà Rịa - Vũng Tàu", "Bình Dương", "Hồ Chí Minh"], "Đồng Nai": ["Bình Phước", "Đồng Nai"], "Tây Ninh": ["Long An", "Tây Ninh"],
    "Cần Thơ": ["Sóc Trăng", "Hậu Giang", "Cần Thơ"], "Vĩnh Long": ["Bến Tre", "Trà Vinh", "Vĩnh Long"], "Đồng Tháp": ["Tiền Giang", "Đồng Tháp"],
    "Huế": ["Thừa Thiên Huế"], "Cà Mau": ["Bạc Liêu", "Cà Mau"], "An Giang": ["Kiên Giang", "An Giang"],
    **{same: [same] for same in ("Cao Bằng", "Điện Biên", "Hà Tĩnh", "Lai Châu", "Lạng Sơn", "Nghệ An", "Quảng Ninh", "Thanh Hóa", "Sơn La", "Hà Nội")},
}  # fmt: skip


@pytest.fixture
def merging(world):
    """Town and Village, both in North, become Rivertown in South; each has a case, a team and a manager of its own."""
    w = world
    with access.system():
        w.village = Area.objects.create(pcode="XX0102", name="Village", level=2, parent=w.north, country="XXX")
        w.village_team = Team.objects.create(agency=w.welfare, name="Village team", is_intake=True)
        TeamArea.objects.create(team=w.village_team, area=w.village)
        w.village_manager = Worker.objects.create(name="Village manager", role="MANAGER", agency=w.welfare)
        WorkerArea.objects.create(worker=w.village_manager, area=w.village)
        w.village_operator = Worker.objects.create(name="Village operator", role="OPERATOR", agency=w.welfare, team=w.village_team)
    w.town_case = build.case(w)
    w.village_case = build.case(w, area=w.village)
    # Of the teams that answer for Rivertown the village's is the nearest, so it screens what comes from there.
    return w


LIST = arrange.text(
    "old code,new code,change,valid from,new name,parent code",
    "XX0101,XX0201,merged,2026-07-01,Rivertown,XX02",
    "XX0102,XX0201,merged,2026-07-01,,",
    "XX0199,XX0201,merged,2026-07-01,,",
)


def readable(worker):
    """By PostgreSQL alone."""
    with access.acting(worker):
        return set(Case.objects.open().values_list("pk", flat=True))


def test_the_preview_says_what_the_change_touches(merging):
    w = merging
    upload = arrange.checked("areas", LIST, w.admin)
    from romsai.exchange import queries

    with access.acting(w.admin):
        touched = dict(queries.preview(w.admin, queries.import_or_none(w.admin, upload.uuid))["touched"])
    assert list(touched.values()) == [2, 2, 1, 1, 0]
    assert arrange.wrong(upload) == {4: [("old code", "area")]}


def test_breaker_15_no_open_case_falls_out_of_anybodys_sight_and_reports_go_on_arriving(merging):
    w = merging
    before = {worker.pk: readable(worker) for worker in (w.kham, w.supervisor, w.manager, w.village_manager)}
    upload = arrange.done("areas", LIST, w.admin)
    assert arrange.counts(upload) == {"DONE": 2, "BAD": 1}
    with access.system():
        new = Area.objects.get(pcode="XX0201")
        assert (new.parent, new.level, new.valid_from) == (w.south, 2, date(2026, 7, 1))
        assert list(Area.objects.filter(valid_until=date(2026, 7, 1)).order_by("pcode")) == [w.town, w.village]
        assert {change.old for change in AreaChange.objects.filter(new=new)} == {w.town, w.village}
        for case, area in ((w.town_case, w.town), (w.village_case, w.village)):
            case.refresh_from_db()
            assert case.area == area  # the area of its time
        assert intake_team(new) == w.village_team
    for worker in (w.kham, w.supervisor, w.manager, w.village_manager):
        assert readable(worker) >= before[worker.pk], worker
    fresh = build.case(w, area=new, by=w.village_operator)
    assert fresh.pk in readable(w.village_manager)


def test_whoever_answers_for_the_new_area_only_reaches_the_old_cases(merging):
    w = merging
    with access.system():
        successor = Worker.objects.create(name="Successor", role="MANAGER", agency=w.welfare)
        south = Worker.objects.create(name="South", role="COORDINATOR", agency=w.ministry)
        WorkerArea.objects.create(worker=south, area=w.south)
    assert readable(south) == set()
    arrange.done("areas", LIST, w.admin)
    with access.system():
        WorkerArea.objects.create(worker=successor, area=Area.objects.get(pcode="XX0201"))
    assert readable(successor) == readable(south) == {w.town_case.pk, w.village_case.pk}
    with access.acting(successor):
        assert set(Case.objects.visible().values_list("pk", flat=True)) == {w.town_case.pk, w.village_case.pk}


def test_taken_back_everything_is_as_it_was(merging):
    w = merging

    def picture():
        with access.system():
            return (
                sorted(Area.objects.values_list("pcode", "parent__pcode", "valid_until")),
                sorted(AreaWithin.objects.values_list("ancestor__pcode", "descendant__pcode")),
                sorted(TeamArea.objects.values_list("team__name", "area__pcode")),
                sorted(WorkerArea.objects.values_list("worker__name", "area__pcode")),
            )

    before = picture()
    upload = arrange.done("areas", LIST, w.admin, below="MOVE")
    assert picture() != before
    assert arrange.counts(arrange.undone(upload, w.admin)) == {"UNDONE": 2, "BAD": 1}
    assert picture() == before


def test_a_new_area_with_a_case_in_it_stays(merging):
    w = merging
    upload = arrange.done("areas", LIST, w.admin)
    with access.system():
        new = Area.objects.get(pcode="XX0201")
    build.case(w, area=new, by=w.village_operator)
    upload = arrange.undone(upload, w.admin)
    assert arrange.wrong(upload)[2] == [("", "refused")]
    with access.system():
        assert Area.objects.filter(pk=new.pk, valid_until=None).exists()


def test_areas_under_a_merged_one_may_go_on_in_the_new_one(merging):
    w = merging
    content = arrange.text("old code,new code,change,valid from,new name,parent code", "XX01,XX03,renamed,2026-07-01,Highlands,XX")
    arrange.done("areas", content, w.admin, below="MOVE")
    with access.system():
        w.town.refresh_from_db()
        assert (w.town.parent.pcode, w.town.valid_until) == ("XX03", None)
        assert AreaWithin.objects.filter(ancestor__pcode="XX03", descendant=w.town).exists()
    assert readable(w.manager) == {w.town_case.pk, w.village_case.pk}


def test_a_split_leaves_the_cases_with_who_has_them(merging):
    w = merging
    content = arrange.text(
        "old code,new code,change,valid from,new name,parent code",
        "XX0102,XX0103,split,2026-07-01,East,",
        "XX0102,XX0104,split,2026-07-01,West,",
    )
    arrange.done("areas", content, w.admin)
    with access.system():
        east_only = Worker.objects.create(name="East", role="MANAGER", agency=w.welfare)
        WorkerArea.objects.create(worker=east_only, area=Area.objects.get(pcode="XX0103"))
        assert set(w.village_team.areas.values_list("pcode", flat=True)) == {"XX0102", "XX0103", "XX0104"}
    assert readable(w.village_manager) == {w.village_case.pk}
    assert readable(east_only) == set()


def test_reading_the_shipped_areas_again_does_not_bring_an_ended_one_back(world):
    with access.system():
        reference.load(lambda text: None)
        area = Area.objects.filter(country="LAO", level=1, valid_until=None).first()
        Area.objects.filter(pk=area.pk).update(valid_until=date(2026, 1, 1))
        reference.load(lambda text: None)
        area.refresh_from_db()
        assert area.valid_until == date(2026, 1, 1)


def test_viet_nams_63_provinces_become_34_with_every_open_case_in_sight(world):
    if not SHARED.exists():
        pytest.skip("the real lists of areas are not on this machine")
    w = world
    with access.system():
        reference.load(lambda text: None)
        # As the country stood on 30 June 2025, with a case, a team and a manager in each province.
        old = {_plain(area.native_name or area.name): area for area in Area.objects.filter(country="VNM", level=1, valid_from=None)}
        Area.objects.filter(pk__in=[area.pk for area in old.values()]).update(valid_until=None)
        teams = {}
        for name, area in old.items():
            teams[name] = Team.objects.create(agency=w.welfare, name=f"Team {name}", is_intake=True)
            TeamArea.objects.create(team=teams[name], area=area)
            manager = Worker.objects.create(name=f"Manager {name}", role="MANAGER", agency=w.welfare)
            WorkerArea.objects.create(worker=manager, area=area)
    assert len(old) == 63
    some = list(old)[::9]
    cases = {name: build.case(w, area=old[name]) for name in some}
    with (SHARED / "local-names/VNM_provinces_wards_2025.csv").open(encoding="utf-8-sig", newline="") as file:
        new = {_plain(row["name_vi"]): row["code"] for row in csv.DictReader(file) if row["level"] == "1"}
    assert len(new) == 34
    lines = ["old code,new code,change,valid from"]
    for became, olds in MERGED.items():
        for was in olds:
            kind = "merged" if len(olds) > 1 else "recoded"
            lines.append(f"{old[_plain(was)].pcode},VNM-{new[_plain(became)]},{kind},2025-07-01")
    upload = arrange.done("areas", arrange.text(*lines), w.admin)
    assert arrange.counts(upload) == {"DONE": 63}, arrange.wrong(upload)
    with access.system():
        assert Area.objects.filter(country="VNM", level=1).valid(on=date(2025, 7, 1)).count() == 34
        assert not Area.objects.filter(country="VNM", above__ancestor__in=list(old.values()), valid_until=None).exists()
        for name, case in cases.items():
            became = next(became for became, olds in MERGED.items() if name in {_plain(was) for was in olds})
            now = Area.objects.get(pcode=f"VNM-{new[_plain(became)]}")
            assert AreaWithin.objects.filter(ancestor=now, descendant=old[name]).exists()
            manager = Worker.objects.get(name=f"Manager {name}")
            assert now in manager.areas.all() and old[name] in manager.areas.all()
            successor = Worker.objects.create(name=f"Successor {name}", role="MANAGER", agency=w.welfare)
            WorkerArea.objects.create(worker=successor, area=now)
            assert case.pk in readable(manager) & readable(successor)
            assert intake_team(now).areas.filter(pk=now.pk).exists()


def _plain(name):
    name = re.sub(r"^(Thành phố|Tỉnh|TP\.?)\s+", "", unicodedata.normalize("NFC", name)).strip()
    plain = "".join(c for c in unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d")) if not unicodedata.combining(c))
    return re.sub(r"[^a-z]", "", re.sub(r"( city| province)$", "", plain.lower()))
