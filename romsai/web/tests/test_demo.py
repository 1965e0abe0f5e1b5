"""The invented country: it loads, it loads once, and it holds what the tour needs."""

from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from romsai.care.models import Referral
from romsai.cases.models import Approval, Case, Concern, Report
from romsai.core import access
from romsai.places.models import Account, Worker
from romsai.web.demo.country import email, told


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The country, told once for all tests of this file and rolled back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", stdout=StringIO())
        yield
        transaction.set_rollback(True)


def test_it_holds_cases_in_every_state_all_kinds_of_report_and_referrals_in_every_state(demo):
    with access.system():
        states = Counter(Case.objects.values_list("state", flat=True))
        reports = Counter(Report.objects.values_list("state", flat=True))
        referrals = {referral.state for referral in Referral.objects.all()}
        waiting = set(Approval.objects.waiting().values_list("kind", flat=True))
        concerns = set(Concern.objects.values_list("code", flat=True))
    assert sum(states.values()) >= 30
    assert set(states) == {
        "REGISTERED", "INITIAL_ASSESSMENT", "FULL_ASSESSMENT", "PLANNING", "PLAN_APPROVAL", "IMPLEMENTATION", "REVIEW", "FOLLOW_UP",
        "CLOSURE_REQUESTED", "CLOSED", "TRANSFERRED", "REOPENED", "SUSPENDED_UNREACHABLE",
    }  # fmt: skip
    assert set(reports) >= {"RECEIVED", "SCREENING", "REGISTERED"}
    assert referrals >= {"SENT", "ACCEPTED", "WAITLISTED", "DECLINED", "STARTED", "COMPLETED", "NOT_COMPLETED"}
    assert waiting >= {"PLAN", "CLOSURE", "RISK_DOWN"}
    assert len({code.split("-")[0] for code in concerns}) >= 8


def test_loading_it_again_changes_nothing(demo):
    with access.system():
        before = (Case.objects.count(), Report.objects.count(), Worker.objects.count())
    said = StringIO()
    call_command("load_demo", stdout=said)
    with access.system():
        assert (Case.objects.count(), Report.objects.count(), Worker.objects.count()) == before
    assert "told before" in said.getvalue()


def test_the_accounts_are_printed_with_a_password_that_the_rules_allow_and_open_the_door(demo, client):
    said = StringIO()
    call_command("demo_accounts", stdout=said)
    password = told("country")["password"]
    assert len(password) >= 15 and password in said.getvalue()
    for persona in (f"P{n}" for n in range(1, 12)):
        assert f"  {persona}" in said.getvalue()
    with access.accounts():
        assert Account.objects.filter(is_demo=True).count() == len(told("country")["workers"])
    response = client.post("/account/login/", {"login": email("worker"), "password": password})
    assert response.status_code == 302 and response["Location"] == "/"


@pytest.mark.parametrize("command", ["load_demo", "demo_accounts"])
def test_production_has_no_invented_children_and_no_known_password(command, settings):
    settings.MODE = "production"
    with pytest.raises(CommandError):
        call_command(command)
