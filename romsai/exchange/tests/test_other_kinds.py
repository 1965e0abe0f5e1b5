"""Cases from another system, and entries of the directory."""

import csv
from pathlib import Path

import pytest

from romsai.cases.models import Case, Report
from romsai.core import access
from romsai.exchange.tests import arrange
from romsai.places.models import Agency, Facility
from tests import world as build

CASES = arrange.text(
    "case number,child name,sex,dob,mother,area,concerns,risk,status,owner,date opened,description,telephone",
    "P-1,Keo Invented,F,2012,Dao Invented,XX0101,LAB-UAG,MEDIUM,planning,Kham,2026-02-01,She carries bricks.,+85620555123",
    "P-2,Mai Invented,F,2014,,Town,TRF-LAB; LAB-UAG,,REGISTERED,,,,",
    "P-3,Tim Invented,M,2010,,XX0101,LAB-UAG,MEDIUM,closed,kham,2024-01-05,,",
    "P-4,Old Invented,M,2010,,XX0101,TRF-LAB,LOW,,Kham,,,",
    "P-5,Far Invented,M,2010,,Nowhere,what,MEDIUM,,Stranger,,,",
)


def test_a_case_comes_in_by_the_actions_of_every_case(world):
    upload = arrange.done("cases", CASES, world.manager, worker=str(world.bua.pk), consent="MANDATED_LAW")
    assert arrange.counts(upload) == {"DONE": 3, "BAD": 2}
    assert arrange.wrong(upload) == {
        5: [("risk", "least_risk")],
        6: [("area", "area"), ("concerns", "word"), ("owner", "worker")],
    }
    with access.system():
        planning, registered, closed = Case.objects.order_by("pk")
        assert (planning.state, registered.state, closed.state) == ("PLANNING", "REGISTERED", "CLOSED")
        assert (registered.risk, registered.assignments.running().get().worker, planning.heard_at.date().isoformat()) == (
            "HIGH",
            world.bua,
            "2026-02-01",
        )
        assert str(Report.objects.get(links__case=planning).words.worry) == "She carries bricks."
        assert [(event.kind, event.by) for event in planning.events.order_by("pk")] == [
            ("REGISTERED", world.manager),
            ("IMPORTED", world.manager),
        ]
        assert (planning.consents.get().decision, planning.consents.get().override_reason) == ("OVERRIDDEN", "MANDATED_LAW")
        assert not planning.deadlines.running().filter(kind="FIRST_CONTACT").exists()
        assert registered.deadlines.running().filter(kind="FIRST_CONTACT").exists()
        assert not closed.deadlines.running().exists()
    with access.acting(world.kham):
        assert list(Case.objects.visible().of(world.kham).open()) == [planning]
    with access.acting(world.stranger):
        assert not Case.objects.visible().exists()


def test_what_came_in_is_on_the_record_as_the_importers_deed(world):
    from romsai.core import audit

    arrange.done("cases", CASES, world.manager, worker=str(world.bua.pk))
    with access.acting(world.kham):
        case = Case.objects.visible().get(state="PLANNING")
        assert {line.worker_id for line in audit.who_looked(case) if line.action in ("cases.report", "cases.register")} == {
            world.manager.pk
        }


def test_a_case_that_somebody_worked_on_stays_and_the_others_are_taken_back(world):
    upload = arrange.done("cases", CASES, world.manager, worker=str(world.bua.pk))
    with access.system():
        planning, registered, closed = Case.objects.order_by("pk")
    build.seen(world, planning)
    upload = arrange.undone(upload, world.manager)
    assert arrange.counts(upload) == {"KEPT": 1, "UNDONE": 2, "BAD": 2}
    with access.system():
        for case in (planning, registered, closed):
            case.refresh_from_db()
        assert (planning.state, registered.state) == ("PLANNING", "CLOSED")
        assert not registered.assignments.running().exists()
    again = arrange.done("cases", CASES, world.manager, worker=str(world.bua.pk), again=True)
    assert arrange.counts(again) == {"KNOWN": 1, "DONE": 2, "BAD": 2}


DIRECTORY = arrange.text(
    "name,type,services,province,address,secret,telephone,capacity",
    "River Shelter,SHELTER,SHELTER; Health care,XX01,,yes,02 555 1234,20",
    "Quiet House,SHELTER,,XX01,1 Hidden Lane,yes,,",
    "Green Line,,,Nowhere,,,,",
)


def test_an_entry_of_the_directory_comes_in_closed(world):
    upload = arrange.done("facilities", DIRECTORY, world.admin, words={"services": {"health care": "HEALTH"}})
    assert arrange.wrong(upload) == {3: [("address", "secret_address")], 4: [("province", "area")]}
    with access.acting(world.admin):
        entry = Facility.objects.get(name="River Shelter")
        assert (entry.is_open, entry.checked_on, entry.area, sorted(s.service for s in entry.services.all())) == (
            False,
            None,
            world.north,
            ["HEALTH", "SHELTER"],
        )
    assert arrange.counts(arrange.undone(upload, world.admin)) == {"UNDONE": 1, "BAD": 2}
    with access.acting(world.admin):
        assert not Facility.objects.filter(name="River Shelter").exists()
        assert not Agency.objects.filter(name="River Shelter").exists()


def test_an_entry_that_was_opened_stays(world):
    upload = arrange.done("facilities", DIRECTORY, world.admin, words={"services": {"health care": "HEALTH"}})
    with access.system():
        Facility.objects.filter(name="River Shelter").update(is_open=True)
    assert arrange.wrong(arrange.undone(upload, world.admin))[2] == [("", "refused")]


def test_the_directory_of_migrant_workers_organisations_comes_in(world):
    path = Path(__file__).parents[4] / "shared/data/service-directory/migrant_worker_institutions_2023.csv"
    if not path.exists():
        pytest.skip("the real directory is not on this machine")
    with path.open(encoding="utf-8-sig", newline="") as file:
        institutions = {(row["name"], row["address"], row["country_code"]) for row in csv.DictReader(file)}
    upload = arrange.done("facilities", path.read_bytes(), world.admin, unreadable="leave")
    found = arrange.counts(upload)
    print(f"\ndirectory: {found} of {len(institutions)} institutions")
    assert found.get("BAD", 0) == 0
    assert found["DONE"] + found["KNOWN"] == 143
    assert abs(found["DONE"] - len(institutions)) <= 2
