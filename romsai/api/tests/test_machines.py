"""How another system is known, and what it may never do."""

import uuid

from romsai.api.tests.arrange import Asker, machine
from romsai.cases.models import Note, Report
from romsai.core import access
from tests import world as build

REPORT = {"worry": "A boy sleeps at the bus station.", "danger": "unknown", "channel": "HELPLINE", "area": "XX0101"}


def test_a_helpline_reports_a_child_and_reads_the_report_and_nothing_of_a_case(world):
    case = build.case(world)
    _desk, token = machine(world, team=world.team)
    asker = Asker(token)
    made = asker.post("/reports", REPORT)
    assert made.status_code == 201, made.content
    report = made.json()["uuid"]
    read = asker.get(f"/reports/{report}", words="true")
    assert (read.status_code, read.json()["words"]["worry"]) == (200, REPORT["worry"])
    assert asker.get("/cases").json() == {"items": [], "next": None}
    hidden, absent = asker.get(f"/cases/{case.uuid}"), asker.get(f"/cases/{uuid.uuid4()}")
    assert (hidden.status_code, hidden.content, dict(hidden.headers)) == (404, absent.content, dict(absent.headers))
    with access.system():
        assert Report.objects.get(uuid=report).recorded_by.is_machine
        assert Note.objects.count() == 0
