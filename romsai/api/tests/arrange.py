"""Machines for tests, made by the real rule of two administrators, and a way to ask as one."""

import json
import uuid
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from romsai.api import actions
from romsai.api.operations import OPERATIONS
from romsai.core import access, second
from romsai.places.models import Worker


def machine(w, role="OPERATOR", *, agency=None, team=None, areas=(), operations=None, networks=(), days=30, name="Helpline desk"):
    """(worker, token) of a machine that one administrator proposed and another confirmed."""
    agency = agency or w.welfare
    facts = {
        "name": name, "role": role, "agency": agency, "team": team, "areas": list(areas), "networks": list(networks),
        "operations": list(OPERATIONS) if operations is None else operations, "until_on": timezone.localdate() + timedelta(days=days),
    }  # fmt: skip
    with access.acting(w.admin):
        proposed = second.propose("api.add_machine", by=w.admin, **facts)
    with access.acting(w.admin2):
        confirmed = second.confirm(proposed, by=w.admin2)
        made = Worker.objects.get(pk=confirmed.made_pk)
        token = actions.show_token(made, by=w.admin2).shown
    return made, token


class Asker:
    """Asks as a machine: `asker.get("/cases")`, `asker.post("/reports", {...})`; the answer has `.json()`."""

    def __init__(self, token, **headers):
        shown = {"Authorization": f"Bearer {token}"} if token else {}
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False, headers=shown | headers)

    def get(self, path, **query):
        return self.client.get(path if path.startswith("/api") else f"/api/v1{path}", query or None)

    def post(self, path, body, *, key=None):
        """key: "" for none, left out for a new one."""
        given = {} if key == "" else {"Idempotency-Key": str(key or uuid.uuid4())}
        said = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return self.client.post(f"/api/v1{path}", said, content_type="application/json", headers=given)
