"""Every line of bad_input.yaml is sent, and the other system is told what stands there; nothing is kept of it."""

import json
import uuid
from pathlib import Path

import pytest
import yaml
from django.utils import timezone

from romsai.api.models import Sent
from romsai.api.operations import OPERATIONS
from romsai.api.tests.arrange import Asker, machine
from romsai.api.tests.test_machines import REPORT, kind
from romsai.cases import actions as cases
from romsai.cases.models import Note, Report, Visit
from romsai.core import access
from tests import world as build

LINES = yaml.safe_load(Path(__file__).with_name("bad_input.yaml").read_text(encoding="utf-8"))
PLACES = {
    "report_child": ("POST", "/reports"), "known_child": ("POST", "/known-child"), "write_note": ("POST", "/cases/{case}/notes"), "record_visit": ("POST", "/cases/{case}/visits"),
    "read_case": ("GET", "/cases/{case}"), "list_cases": ("GET", "/cases"), "list_reports": ("GET", "/reports"), "nowhere": ("GET", "/children"),
}  # fmt: skip


def kept():
    with access.system():
        return [model.objects.count() for model in (Report, Note, Visit, Sent)]


def asking(world, case, line):
    """A machine that works on the case, or one that only reads it."""
    given = {"operations": [name for name in OPERATIONS if name != line.get("without")]}
    if line.get("made") == "reads_only":
        return machine(world, "COORDINATOR", agency=world.ministry, areas=[world.north], **given)[1]
    office, token = machine(world, "WORKER", team=world.team, **given)
    with access.acting(world.supervisor):
        cases.assign(case, by=world.supervisor, worker=office, is_lead=False)
    return token


def right(path):
    seen = {"at": timezone.now().isoformat(), "kind": "VISIT_HOME", "child_seen": True}
    return {"reports": REPORT, "known-child": {"names": ["Keo"]}, "visits": seen, "notes": {"text": "A note."}}.get(path.rsplit("/", 1)[1])


MADE = {
    "deep": lambda body: "[" * 100_000 + "]" * 100_000,
    "latin": lambda body: json.dumps(body).encode().replace(b"boy", b"ni\xf1o"),
    "large": lambda body: json.dumps(body | {"worry": "x" * 3_000_000}),
    "book": lambda body: body | {"worry": "x" * 20_001},
}


@pytest.mark.parametrize("line", LINES, ids=[line["wrong"].replace(" ", "_") for line in LINES])
def test_what_is_wrong_is_told_and_nothing_is_kept(world, line):
    mine, others = build.case(world), build.case(world, worker=world.bua)
    asker, key = Asker(line.get("token", asking(world, mine, line))), line.get("key", str(uuid.uuid4()))
    method, path = PLACES[line["send"]]
    path = path.format(case=(others if line["kind"] == "absent" else mine).uuid)
    body = line.get("raw", line.get("body", right(path)))
    body = MADE.get(line.get("made"), lambda body: body)(body | line["change"] if "change" in line else body)
    if line.get("made") == "key_used":
        assert asker.post(path, right(path) | {"danger": "yes"}, key=key).status_code == 201
    before = kept()

    answer = asker.get(path, **line.get("query", {})) if method == "GET" else asker.post(path, body, key=key)

    assert kind(answer) == (line["status"], line["kind"])
    said = answer.json()
    told = [error["detail"] for error in said["errors"] if error["pointer"] == line["at"]] if "at" in line else [said["detail"]]
    assert len(told) == 1 and line["told"] in told[0], said
    assert kept() == before
