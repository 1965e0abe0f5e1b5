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

        w.welfare = Agency.objects.create(name="Welfare North", kind="SW_LOCAL", area=w.north)
        w.other = Agency.objects.create(name="Welfare South", kind="SW_LOCAL", area=w.south)
        w.police = Agency.objects.create(name="Police North", kind="POLICE", area=w.north)
        w.shelter = Agency.objects.create(name="Shelter Banyan", kind="SHELTER", area=w.north)
        w.clinic = Agency.objects.create(name="Clinic North", kind="HEALTH", area=w.north)
        w.ministry = Agency.objects.create(name="Ministry", kind="SW_MIN", area=w.country)

        w.team = Team.objects.create(agency=w.welfare, name="Casework", is_intake=True)
        w.team2 = Team.objects.create(agency=w.welfare, name="Outreach")
        w.other_team = Team.objects.create(agency=w.other, name="Casework", is_intake=True)
        TeamArea.objects.create(team=w.team, area=w.north)
        TeamArea.objects.create(team=w.team2, area=w.north)
        TeamArea.objects.create(team=w.other_team, area=w.south)

        def worker(name, role, agency, team=None, area=None):
            made = Worker.objects.create(name=name, role=role, agency=agency, team=team)
            if area:
                WorkerArea.objects.create(worker=made, area=area)
            return made

        w.kham = worker("Kham", "WORKER", w.welfare, w.team)
        w.bua = worker("Bua", "WORKER", w.welfare, w.team)
        w.supervisor = worker("Phet", "SUPERVISOR", w.welfare, w.team)
        w.supervisor2 = worker("Dara", "SUPERVISOR", w.welfare, w.team)
        w.manager = worker("Vanh", "MANAGER", w.welfare, area=w.north)
        w.operator = worker("Line", "OPERATOR", w.welfare, w.team)
        w.stranger = worker("Sao", "WORKER", w.other, w.other_team)
        w.other_supervisor = worker("Noi", "SUPERVISOR", w.other, w.other_team)
        w.officer = worker("Officer", "POLICE_LIAISON", w.police)
        w.carer = worker("Carer", "SHELTER_STAFF", w.shelter)
        w.nurse = worker("Nurse", "PROVIDER", w.clinic)
        w.coordinator = worker("Coord", "COORDINATOR", w.ministry, area=w.north)
        w.admin = worker("Admin", "ADMIN", w.ministry)
        w.admin2 = worker("Admin two", "ADMIN", w.ministry)
        w.auditor = worker("Auditor", "AUDITOR", w.ministry)
        w.analyst = worker("Analyst", "MNE", w.ministry)

        w.safe_house = Facility.objects.create(
            agency=w.shelter, name="Banyan House", kind="SHELTER", area=w.north, is_confidential_address=True
        )
        FacilityService.objects.create(facility=w.safe_house, service="SHELTER", from_age=0, to_age=18)
        w.ward = Facility.objects.create(agency=w.clinic, name="Clinic North", kind="HEALTH", area=w.north)
        FacilityService.objects.create(facility=w.ward, service="HEALTH")
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
