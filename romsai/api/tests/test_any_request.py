"""Requests that nobody thought of: schemathesis asks every operation, by the document and against it; no server error comes back."""

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from romsai.api import door
from romsai.api.operations import v1
from romsai.api.tests.arrange import machine
from romsai.care import actions as care
from romsai.cases import actions as cases
from romsai.core import access
from romsai.tracing import actions as tracing
from romsai.tracing.models import Proposal
from tests import world as build
from tests.running import committing

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.fixture(scope="module")
def there(django_db_blocker):
    """A case with everything that a machine may reach on it, committed, and the machine's token."""
    most, door.MOST_A_MINUTE = door.MOST_A_MINUTE, 10**6
    with committing(django_db_blocker):
        world = build.build()
        case = build.case(world)
        build.seen(world, case)
        office, token = machine(world, "WORKER", team=world.team)
        with access.acting(world.supervisor):
            cases.assign(case, by=world.supervisor, worker=office, is_lead=False)
        search, proposal = sought(world, case)
        with access.acting(world.kham):
            care.schedule_follow_ups(case, by=world.kham, from_on=timezone.localdate())
            follow_up = case.follow_ups.first()
        report = build.report(world)
        yield token, {"case": str(case.uuid), "follow_up": str(follow_up.uuid), "report": str(report.uuid), "name": "risk_level"} | {
            "search": str(search.uuid), "proposal": str(proposal.uuid),
        }  # fmt: skip
    door.MOST_A_MINUTE = most


def sought(world, case):
    """The search for the child's family, and a proposal that both sides agreed to."""
    with access.acting(world.kham):
        cases.record_consent(case, by=world.kham, kind="TRACING", giver="CHILD", decision="ASSENT")
        search = tracing.ask_for_family(case, by=world.kham)
    with access.system():
        return search, Proposal.objects.create(case=case, side="CHILD", state="MUTUAL", reasons=["CHILD", "HOME"], proposed_at=timezone.now())


def operations():
    schema = schemathesis.openapi.from_dict(v1.get_openapi_schema())
    schema.app = get_wsgi_application()
    return {found.ok().definition.raw["operationId"]: found.ok() for found in schema.get_all_operations()}


EVERY = operations()


@pytest.mark.parametrize("examples", [3, pytest.param(400, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("name", list(EVERY))
def test_no_request_brings_a_server_error_or_an_answer_that_the_document_does_not_know(there, name, examples):
    for mode in MODES:
        asking(EVERY[name].as_strategy(generation_mode=mode), there, examples, always=mode == GenerationMode.POSITIVE)()


def asking(strategy, there, examples, *, always):
    """A test that asks so many times; about what there is, always or as it comes."""
    token, found = there

    @settings(
        max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate], database=None,
        derandomize=examples < 100,
    )  # fmt: skip
    @given(case=strategy, of_ours=st.booleans())
    def ask(case, of_ours):
        for part in case.path_parameters or {}:
            if part in found and (always or of_ours):
                case.path_parameters[part] = found[part]
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        case.validate_response(answer, checks=CHECKS)

    return ask


def test_every_operation_is_asked():
    assert len(EVERY) == 19
