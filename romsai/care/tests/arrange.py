"""What the tests of this room start from: a case at planning, a plan, a consent, a referral."""

from datetime import timedelta

from django.utils import timezone

from romsai.care import actions
from romsai.cases import actions as cases
from romsai.core import access
from romsai.core.models import AuditLine
from tests import world as invented


def at(world, state, **facts):
    """A case of Kham's put straight into a state of its life cycle."""
    case = invented.case(world, **facts)
    with access.system():
        cases.move(case, state, by=None)
    return case


def today(days=0):
    return timezone.localdate() + timedelta(days=days)


def moment(days=0):
    return timezone.now() + timedelta(days=days)


def draft(world, case, **facts):
    """A whole plan of one goal and one action, written by Kham."""
    with access.acting(world.kham):
        plan = actions.start_plan(case, by=world.kham)
        goal = actions.set_goal(plan, by=world.kham, text="Keo goes to school")
        facts = {"text": "Enrol Keo", "due_on": today(7), "concerns": case.concerns.live(), "owner": world.kham} | facts
        actions.set_action(goal, by=world.kham, **facts)
        actions.record_child_view(plan, by=world.kham, child_view="I want to learn to read.")
        plan.refresh_from_db()
    return plan


def decide(world, case, kind, status="APPROVED", *, by=None, answer="Seen and agreed."):
    by = by or world.supervisor
    with access.acting(by):
        approval = case.approvals.waiting().get(kind=kind)
        return cases.decide(approval, by=by, status=status, answer=answer)


def in_force(world, **facts):
    """A case at implementation with an approved plan."""
    case = at(world, "PLANNING", **facts)
    plan = draft(world, case)
    with access.acting(world.kham):
        actions.submit_plan(plan, by=world.kham)
    decide(world, case, "PLAN")
    return fresh(case)


def fresh(record, *with_them):
    """The record as it stands now, with the rows named."""
    with access.system():
        return type(record).objects.select_related(*with_them).get(pk=record.pk)


def consent(world, case, agency, *, levels=("core", "identity"), **facts):
    """A consent to share with an agency, recorded by Kham."""
    facts = {"kind": "SHARE_NAMED", "giver": "CHILD", "decision": "CONSENT", "until_on": today(60)} | facts
    with access.acting(world.kham):
        return cases.record_consent(case, by=world.kham, recipient=agency, levels=list(levels), **facts)


def referral(world, case, *, service="SHELTER", facility=None, levels=("core", "identity"), agreed=None, **facts):
    """A referral of Kham's to the safe house unless said otherwise."""
    facility = facility or world.safe_house
    agreed = agreed or consent(world, case, facility.agency, levels=levels)
    facts = {"need": "A safe bed for Keo", "levels": list(levels), "until": moment(30)} | facts
    with access.acting(world.kham):
        return actions.refer(case, by=world.kham, service=service, facility=facility, consent=agreed, **facts)


def logged(world, action):
    """How many lines of this action the audit holds."""
    with access.acting(world.auditor):
        return AuditLine.objects.filter(action=action).count()
