"""Another system looks for a child's family: what it may begin, read and record, and that it learns nothing of the other side."""

from romsai.api.tests.arrange import Asker, machine
from romsai.api.tests.test_machines import kind
from romsai.cases import actions as cases
from romsai.core import access
from romsai.tracing import actions
from romsai.tracing.models import Account
from romsai.tracing.tests.arrange import ANSWERS, found_girl, grandmother, look


def office_on(w, case):
    """(asker of a machine that works on the case, asker of one of the same team that does not)."""
    office, token = machine(w, "WORKER", team=w.team)
    _other, stranger = machine(w, "WORKER", team=w.team)
    with access.acting(w.supervisor):
        cases.assign(case, by=w.supervisor, worker=office, is_lead=False)
    return Asker(token), Asker(stranger)


def test_a_machine_looks_for_the_family_of_a_child_on_whose_case_it_works_and_reads_nothing_of_the_other_side(world):
    case = found_girl(world)
    office, stranger = office_on(world, case)
    assert kind(stranger.post(f"/cases/{case.uuid}/tracing", {}))[0] == 404
    made = office.post(f"/cases/{case.uuid}/tracing", {"wish": "THROUGH_US"})
    assert made.status_code == 201, made.content
    assert kind(office.post(f"/cases/{case.uuid}/tracing", {})) == (422, "refused")
    request = grandmother(world)
    look(request.case), look(case)

    [search] = office.get("/tracing-requests", is_open="true").json()["items"]
    assert {name: search[name] for name in ("uuid", "case", "side", "wish", "state")} == {
        "uuid": made.json()["uuid"], "case": str(case.uuid), "side": "CHILD", "wish": "THROUGH_US", "state": "REQUESTED",
    }  # fmt: skip
    answer = office.get(f"/tracing-requests/{search['uuid']}/proposals")
    [proposal] = answer.json()["items"]
    assert (proposal["state"], proposal["located_at"]) == ("OPEN", None)
    assert "The name of the child is alike." in proposal["reasons"] and not {"score", "match"} & set(proposal)
    for theirs in (str(request.case.uuid), request.case.number, "Welfare South", "Sao", "ນ້ອຍ"):
        assert theirs not in answer.content.decode()
    assert stranger.get("/tracing-requests").json() == {"items": [], "next": None}
    for asker, hidden in ((stranger, search["uuid"]), (office, str(request.uuid))):
        assert kind(asker.get(f"/tracing-requests/{hidden}/proposals")) == (404, "absent")

    said = {"told_by": "The girl, alone", "answers": ANSWERS}
    assert kind(office.post(f"/proposals/{proposal['uuid']}/account", said)) == (422, "refused")  # before both agree
    with access.acting(world.kham):
        own = actions.agree(case.tracing_proposals.get(), by=world.kham)
    with access.acting(world.stranger):
        theirs = actions.agree(request.case.tracing_proposals.get(), by=world.stranger)
    assert kind(office.post(f"/proposals/{theirs.uuid}/account", said)) == (404, "absent")
    assert kind(stranger.post(f"/proposals/{own.uuid}/account", said)) == (404, "absent")
    assert office.post(f"/proposals/{own.uuid}/account", said).status_code == 201
    with access.system():
        assert Account.objects.get().answers == ANSWERS
