"""An invented world for tests: two agencies with teams and workers, a shelter, and cases made through the real actions.

    def test_…(world):
        with access.acting(world.kham):
            …
Every name is invented. Times are fixed offsets from `world.now`.
"""

from datetime import timedelta
from types import SimpleNamespace

from django.utils import timezone

from romsai.cases import actions as cases
from romsai.core import access
from romsai.places.models import Agency, Area, Facility, FacilityService, Team, TeamArea, Worker, WorkerArea

CONSENT = {"giver": "CHILD", "decision": "CONSENT", "how": "spoken"}


def build():
    """The world, as a namespace of records. Call inside a test database."""
    with access.system():
        w = SimpleNamespace(now=timezone.now())
        w.country = Area.objects.create(pcode="XX", name="Rivermark", level=0, country="XXX")
        w.north = Area.objects.create(pcode="XX01", name="North", level=1, parent=w.country, country="XXX")
        w.south = Area.objects.create(pcode="XX02", name="South", level=1, parent=w.country, country="XXX")
        w.town = Area.objects.create(pcode="XX0101", name="Town", level=2, parent=w.north, country="XXX")

        def agency(name, kind, area):
            return Agency(name=name, kind=kind, area=area)

        w.welfare = agency("Welfare North", "SW_LOCAL", w.north)
        w.other = agency("Welfare South", "SW_LOCAL", w.south)
        w.police = agency("Police North", "POLICE", w.north)
        w.shelter = agency("Shelter Banyan", "SHELTER", w.north)
        w.clinic = agency("Clinic North", "HEALTH", w.north)
        w.ministry = agency("Ministry", "SW_MIN", w.country)
        Agency.objects.bulk_create([w.welfare, w.other, w.police, w.shelter, w.clinic, w.ministry])

        w.team = Team(agency=w.welfare, name="Casework", is_intake=True)
        w.team2 = Team(agency=w.welfare, name="Outreach")
        w.other_team = Team(agency=w.other, name="Casework", is_intake=True)
        Team.objects.bulk_create([w.team, w.team2, w.other_team])
        TeamArea.objects.bulk_create(TeamArea(team=team, area=area) for team, area in ((w.team, w.north), (w.team2, w.north), (w.other_team, w.south)))

        def worker(name, role, agency, team=None):
            return Worker(name=name, role=role, agency=agency, team=team)

        w.kham = worker("Kham", "WORKER", w.welfare, w.team)
        w.bua = worker("Bua", "WORKER", w.welfare, w.team)
        w.supervisor = worker("Phet", "SUPERVISOR", w.welfare, w.team)
        w.supervisor2 = worker("Dara", "SUPERVISOR", w.welfare, w.team)
        w.manager = worker("Vanh", "MANAGER", w.welfare)
        w.operator = worker("Line", "OPERATOR", w.welfare, w.team)
        w.stranger = worker("Sao", "WORKER", w.other, w.other_team)
        w.other_supervisor = worker("Noi", "SUPERVISOR", w.other, w.other_team)
        w.officer = worker("Officer", "POLICE_LIAISON", w.police)
        w.carer = worker("Carer", "SHELTER_STAFF", w.shelter)
        w.nurse = worker("Nurse", "PROVIDER", w.clinic)
        w.coordinator = worker("Coord", "COORDINATOR", w.ministry)
        w.admin = worker("Admin", "ADMIN", w.ministry)
        w.admin2 = worker("Admin two", "ADMIN", w.ministry)
        w.auditor = worker("Auditor", "AUDITOR", w.ministry)
        w.analyst = worker("Analyst", "MNE", w.ministry)
        Worker.objects.bulk_create(
            [
                *(w.kham, w.bua, w.supervisor, w.supervisor2, w.manager, w.operator, w.stranger, w.other_supervisor),
                *(w.officer, w.carer, w.nurse, w.coordinator, w.admin, w.admin2, w.auditor, w.analyst),
            ]
        )
        WorkerArea.objects.bulk_create(WorkerArea(worker=who, area=w.north) for who in (w.manager, w.coordinator))

        w.safe_house = Facility(agency=w.shelter, name="Banyan House", kind="SHELTER", area=w.north, is_confidential_address=True)
        w.ward = Facility(agency=w.clinic, name="Clinic North", kind="HEALTH", area=w.north)
        Facility.objects.bulk_create([w.safe_house, w.ward])
        FacilityService.objects.bulk_create(
            [
                FacilityService(facility=w.safe_house, service="SHELTER", from_age=0, to_age=18),
                FacilityService(facility=w.ward, service="HEALTH"),
            ]
        )
    return w


def report(w, *, by=None, **facts):
    """A report taken by the operator, two hours ago unless said otherwise."""
    by = by or w.operator
    facts = {
        "worry": "A girl in a bar cries every night.",
        "danger": "no",
        "channel": "HELPLINE",
        "area": w.town,
        "heard_at": w.now - timedelta(hours=2),
        "received_at": w.now - timedelta(hours=2),
    } | facts
    with access.acting(by):
        return cases.report(by=by, **facts)


def case(w, *, worker=None, by=None, seal=False, **facts):
    """A registered case of `worker` (Kham unless named): girl of 14, working below age, medium risk."""
    by = by or w.operator
    made = report(w, by=by)
    facts = {
        "child": {"sex": "F", "birth_year": 2012, "age_basis": "STATED", "names": [{"kind": "LEGAL", "full": "Keo Invented"}]},
        "concerns": ["LAB-UAG"],
        "risk": "MEDIUM",
        "worker": worker or w.kham,
        "consent": CONSENT,
        "language": "lo",
    } | facts
    with access.acting(by):
        return cases.register(made, by=by, seal=seal, **facts)


def seen(w, case, *, by=None, **facts):
    """A first contact: seen, alone, safe, with the child's words."""
    by = by or w.kham
    facts = {
        "at": w.now - timedelta(hours=1),
        "kind": "VISIT_HOME",
        "child_seen": True,
        "seen_alone": True,
        "is_safe": True,
        "words": "I want to go to school.",
    } | facts
    with access.acting(by):
        return cases.record_visit(case, by=by, **facts)
