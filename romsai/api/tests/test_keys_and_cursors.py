"""The same sending twice is one record; a list read page by page neither doubles nor drops a row."""

import uuid

from romsai.api.tests.arrange import Asker, machine
from romsai.api.tests.test_machines import REPORT, kind
from romsai.cases.models import Report
from romsai.core import access
from tests import world as build


def reports():
    with access.system():
        return Report.objects.count()


def test_the_same_again_is_the_same_record_however_it_is_spelled(world):
    _desk, token = machine(world, team=world.team)
    asker, key = Asker(token), uuid.uuid4()
    first = asker.post("/reports", REPORT, key=key)
    again = asker.post("/reports", dict(reversed(REPORT.items())), key=key)
    assert (again.status_code, again.content) == (201, first.content)
    assert reports() == 1


def test_another_body_another_operation_or_anothers_key_is_refused(world):
    case = build.case(world)
    _desk, token = machine(world, team=world.team)
    _other, others = machine(world, team=world.team, name="Other desk")
    asker, key, before = Asker(token), uuid.uuid4(), reports()
    assert asker.post("/reports", REPORT, key=key).status_code == 201
    assert kind(asker.post("/reports", REPORT | {"danger": "yes"}, key=key)) == (422, "key-reused")
    assert kind(asker.post(f"/cases/{case.uuid}/notes", {"text": "x"}, key=key)) == (422, "key-reused")
    assert kind(Asker(others).post("/reports", REPORT, key=key)) == (422, "key-reused")
    assert reports() == before + 1


def test_who_was_refused_mends_the_body_and_sends_it_under_the_same_key(world):
    _desk, token = machine(world, team=world.team)
    asker, key = Asker(token), uuid.uuid4()
    assert kind(asker.post("/reports", REPORT | {"area": "NOWHERE"}, key=key)) == (422, "invalid")
    assert kind(asker.post("/reports", REPORT | {"worry": "  "}, key=key)) == (422, "refused")
    assert asker.post("/reports", REPORT, key=key).status_code == 201
    assert reports() == 1


def test_pages_hold_every_row_once_whatever_is_added_meanwhile(world):
    made = [build.report(world, worry=f"Report {n}.") for n in range(7)]
    _desk, token = machine(world, team=world.team)
    asker, seen, following = Asker(token), [], "/api/v1/reports?limit=2&is_open=true"
    while following:
        answer = asker.get(following).json()
        assert len(answer["items"]) <= 2
        seen += [item["uuid"] for item in answer["items"]]
        if len(seen) == 2:
            made.append(build.report(world, worry="Added meanwhile."))
        following = answer["next"]
    assert seen == [str(report.uuid) for report in made]


def test_a_cursor_of_another_list_filter_or_machine_is_refused_and_says_nothing(world):
    last = [build.report(world, worry=f"Report {n}.") for n in range(3)][1]
    _desk, token = machine(world, team=world.team)
    _other, others = machine(world, team=world.team, name="Other desk")
    asker = Asker(token)
    cursor = asker.get("/reports", limit=2).json()["next"].split("cursor=")[1]
    from urllib.parse import unquote

    cursor = unquote(cursor)
    assert len(asker.get("/reports", limit=2, cursor=cursor).json()["items"]) == 1
    wrong = [
        asker.get("/areas", cursor=cursor), asker.get("/reports", cursor=cursor, is_open="true"), asker.get("/reports", cursor=cursor[:-4] + "AAA="),
        asker.get("/reports", cursor=str(last.pk)), asker.get("/reports", cursor="é"), Asker(others).get("/reports", cursor=cursor),
    ]  # fmt: skip
    assert {kind(answer) for answer in wrong} == {(400, "cursor")}
