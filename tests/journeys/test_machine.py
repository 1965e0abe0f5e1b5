"""Two administrators let a helpline's software in; it reports a child by its token; one of them shuts the door again."""

import json
import urllib.error
import urllib.request
import uuid
from datetime import timedelta

from django.utils import timezone

from tests.journeys.conftest import PASSWORD

REPORT = {"worry": "A boy sleeps at the bus station.", "danger": "unknown", "channel": "HELPLINE"}


def asks(romsai, token, path, body=None):
    """(status, answer) as the other system gets it."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    request = urllib.request.Request(romsai.url + path, json.dumps(body).encode() if body else None, headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read())


def test_a_helplines_software_is_let_in_by_two_and_shut_out_by_one(people, romsai):
    admin, other = people("admin"), people("admin2")
    admin.follows("Other systems").follows("Add a machine")
    admin.fills("Name", "Line 1300, call software").picks("Agency", "River Children Foundation").picks("Role", "Service provider")
    admin.ticks("Report a child").fills_day("Last day", timezone.localdate() + timedelta(days=90))
    admin.presses("Ask another administrator to confirm").reads("Another administrator must confirm this within a day")

    other.opens("/second/").follows("Let another system ask here: Line 1300, call software")
    other.fills("Password", PASSWORD).presses("Confirm")
    other.reads("Service provider", "Report a child", "From anywhere").chooses("Your answer", "Yes, do this").presses("Send")
    other.follows("Show the token").presses("Show the token").reads("It is shown only now")
    token = other.page.locator(".rs-address").inner_text()

    status, made = asks(romsai, token, "/api/v1/reports", REPORT)
    assert (status, list(made)) == (201, ["uuid"])
    assert asks(romsai, token, "/api/v1/cases")[1]["type"] == "urn:romsai:problem:not-allowed"
    other.follows("Line 1300").reads("In use")

    admin.opens("/machines/webhooks/add/").picks("Machine", "Line 1300, call software").fills("Address", "https://192.168.1.7/events")
    admin.ticks("A case was registered").presses("Ask another administrator to confirm").reads("This host is of a private or local network")
    admin.fills("Address", "https://line1300.example/events").presses("Ask another administrator to confirm")
    other.opens("/second/").follows("Tell another system of events").chooses("Your answer", "Yes, do this").presses("Send")
    other.reads("Nothing yet").follows("Show the secret").presses("Show the secret").reads("whsec_")

    admin.opens("/machines/").reads("line1300.example").follows("Line 1300").follows("Revoke").presses("Revoke").reads("Revoked")
    assert asks(romsai, token, "/api/v1/reports", REPORT)[0] == 401
