"""What other systems are told of: events on cases, by kind, case and moment. Whoever wants more asks with the token.

A listener on every action writes one delivery for each address that wants the kind, in the transaction of the action itself.
"""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from romsai.api.models import Delivery, Webhook
from romsai.cases.models import Case
from romsai.core import access, jobs
from romsai.core.actions import done

KINDS = {
    "case.registered": _("A case was registered"),
    "case.assigned": _("Somebody else works on a case"),
    "case.moved": _("A case went a step further, was paused or taken up again"),
    "case.risk": _("The risk of a case was set"),
    "case.seen": _("The child was met"),
    "case.closed": _("A case was closed, merged or given to another system"),
    "case.reopened": _("A case was reopened"),
    "case.referred": _("The child was referred to a service"),
    "case.answered": _("A service answered a referral, ended it, or did not answer in time"),
    "case.consent": _("A consent was recorded or taken back"),
    "case.tracing": _("The search for a family went a step further"),
}
# What a machine must be able to read of a case to be told of it; of the others the core is enough.
LEVELS = {"case.referred": "services", "case.answered": "services", "case.consent": "services", "case.tracing": "work"}

OF_ACTIONS = {
    "cases.register": "case.registered",
    "cases.assign": "case.assigned",
    "cases.release": "case.assigned",
    "care.accept_transfer": "case.assigned",
    "cases.advance": "case.moved",
    "cases.suspend": "case.moved",
    "cases.resume": "case.moved",
    "cases.decide": "case.moved",
    "cases.set_risk": "case.risk",
    "cases.record_visit": "case.seen",
    "care.record_follow_up": "case.seen",
    "cases.merge": "case.closed",
    "care.record_receipt": "case.closed",
    "cases.reopen": "case.reopened",
    "care.refer": "case.referred",
    "care.answer_referral": "case.answered",
    "care.complete_referral": "case.answered",
    "care.expire_referral": "case.answered",
    "cases.record_consent": "case.consent",
    "cases.withdraw_consent": "case.consent",
    "tracing.ask_for_family": "case.tracing",
    "tracing.look": "case.tracing",
    "tracing.agree": "case.tracing",
    "tracing.verify": "case.tracing",
    "tracing.reunite": "case.tracing",
}


def _happened(sender, record, result, **_rest):
    kind = OF_ACTIONS.get(sender)
    if kind is None or (sender == "tracing.look" and not result):  # looked, and found nobody new
        return
    with access.system(purpose="webhooks"):
        hooks = list(Webhook.objects.filter(stopped_at__isnull=True))
        if not hooks:
            return
        case = _case(record, result)
        if case is None:
            return
        if kind == "case.moved" and not case.is_open:
            kind = "case.closed"
        for hook in hooks:
            if kind in hook.kinds:
                tell(hook, kind, case)


def _case(record, result):
    for one in (result, record):
        case = one if isinstance(one, Case) else getattr(one, "case", None)
        if case is not None:
            return Case.objects.get(pk=case.pk)
    return None


def tell(hook, kind, case):
    """Write the delivery and have it sent once the action is kept."""
    from romsai.api import tasks

    now = timezone.now()
    made = Delivery.objects.create(webhook=hook, kind=kind, case=case.uuid, at=now, next_at=now)
    jobs.later(tasks.send, delivery=made.pk)


def _erased(sender, record, result, **_rest):
    """Nothing tells any more of cases that a round has erased, not even their UUID."""
    if sender == "retention.finish":
        with access.system(purpose="webhooks"):
            Delivery.objects.exclude(case__in=Case.objects.values("uuid")).delete()


done.connect(_happened)
done.connect(_erased)
