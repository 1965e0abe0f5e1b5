"""Every change to the machines that may ask, and to the addresses that are told. What a machine does are the other rooms' actions."""

import ipaddress
import secrets
from base64 import b64encode
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.api import addresses, door
from romsai.api.models import Delivery, Token, Webhook
from romsai.core import access, jobs, second
from romsai.core.actions import Refused, action
from romsai.core.crypto import new_key
from romsai.places.models import Worker

# Roles of who brings in, serves or looks over. Nothing is decided, approved or administered by a machine.
ROLES = ("OPERATOR", "VOLUNTEER", "WORKER", "PROVIDER", "SHELTER_STAFF", "POLICE_LIAISON", "BORDER_CONSULAR", "COORDINATOR")
LONGEST = timedelta(days=365)
MOST_WEBHOOKS = 5  # of one machine: each event is sent to each of them


@action("api.add_machine")
def add_machine(*, by, name, role, agency, operations, until_on, team=None, areas=(), networks=()):
    """Another system, as a worker of its agency in one role, that may do these operations until a day. Its token is shown afterwards."""
    check_machine(role=role, agency=agency, team=team, areas=areas, operations=operations, networks=networks, until_on=until_on)
    machine = Worker.objects.create(name=name, role=role, agency=agency, team=team, until_on=until_on, is_machine=True)
    machine.areas.set(areas)
    ends_at = timezone.make_aware(datetime.combine(until_on, time()))
    with access.accounts():
        Token.objects.create(worker=machine, operations=sorted(operations), networks=list(networks), ends_at=ends_at)
    return machine


def check_machine(*, role, agency, team, areas, operations, networks, until_on):
    """Raises Refused if no machine can be given this."""
    from romsai.api.operations import OPERATIONS

    today = timezone.localdate()
    if role not in ROLES:
        raise Refused(_("A machine cannot have this role. Choose one that brings in, serves or looks over."))
    if role in ("OPERATOR", "WORKER") and team is None:
        raise Refused(_("In this role it belongs to a team. Choose the team."))
    if team is not None and team.agency_id != agency.pk:
        raise Refused(_("This team belongs to another agency. Choose one of the machine's own agency."))
    if role == "COORDINATOR" and not areas:
        raise Refused(_("This role answers for an area. Name the area."))
    if not operations or set(operations) - set(OPERATIONS):
        raise Refused(_("Choose at least one operation from the list."))
    if not today < until_on <= today + LONGEST:
        raise Refused(_("The last day must lie in the future, at most a year from now."))
    for network in networks:
        try:
            ipaddress.ip_network(network)
        except ValueError:
            raise Refused(_("“%(text)s” is not an address or a network. Write 203.0.113.7 or 203.0.113.0/24.") % {"text": network}) from None


@action("api.show_token")
def show_token(machine, *, by):
    """Make the token and hand it out, as `machine.shown`, to the administrator who confirmed the machine; once."""
    if not second.confirmed(by, making=machine):
        raise access.Forbidden(_("Only the administrator who confirmed it is shown the token."))
    with access.accounts():
        token = Token.objects.select_for_update().get(worker=machine)
        if token.digest is not None:
            raise Refused(_("The token was shown before. If it was lost, revoke this machine and add a new one."))
        if token.revoked_at is not None:
            raise Refused(_("This machine was revoked."))
        machine.shown, token.digest = door.new_token()
        token.save(update_fields=["digest"])
    return machine


@action("api.revoke_machine")
def revoke_machine(machine, *, by):
    """From now on its token opens nothing, and nothing more is sent to its addresses. One administrator is enough: it only closes."""
    if not machine.is_machine:
        raise Refused(_("This is a person. Deactivate the worker instead."))
    now = timezone.now()
    with access.accounts():
        if not Token.objects.filter(worker=machine, revoked_at__isnull=True).update(revoked_at=now):
            raise Refused(_("This machine was revoked before."))
    machine.is_active = False
    machine.save(update_fields=["is_active"])
    Webhook.objects.filter(worker=machine, stopped_at__isnull=True).update(stopped_at=now)
    return machine


@action("api.add_webhook")
def add_webhook(*, by, machine, address, kinds):
    """An address that is told of events on the cases that the machine may see."""
    host = check_webhook(machine=machine, address=address, kinds=kinds)
    secret = "whsec_" + b64encode(secrets.token_bytes(32)).decode()  # as the Standard Webhooks libraries take it
    return Webhook.objects.create(worker=machine, host=host, key=new_key("worker"), address=address, secret=secret, kinds=sorted(kinds))


def check_webhook(*, machine, address, kinds):
    """The host of the address. Raises Refused if nothing can be sent there."""
    from romsai.api.events import KINDS

    if not machine.is_machine or not access.acts(machine):
        raise Refused(_("Choose a machine that is not revoked."))
    if not kinds or set(kinds) - set(KINDS):
        raise Refused(_("Choose at least one event from the list."))
    with access.system(purpose="webhooks"):
        if Webhook.objects.filter(worker=machine, stopped_at__isnull=True).count() >= MOST_WEBHOOKS:
            raise Refused(_("This machine has %(n)d addresses already. Stop one of them first.") % {"n": MOST_WEBHOOKS})
    try:
        host, _port, _path = addresses.parts(address)
        addresses.check_host(host)
    except addresses.NotAllowed as reason:
        raise Refused(reason.sentence) from None
    return host


@action("api.show_secret")
def show_secret(webhook, *, by):
    """Hand out the secret of the signatures, as `webhook.shown`, to the administrator who confirmed the address; once."""
    if not second.confirmed(by, making=webhook):
        raise access.Forbidden(_("Only the administrator who confirmed it is shown the secret."))
    if webhook.shown_at is not None:
        raise Refused(_("The secret was shown before. If it was lost, stop this address and add it anew."))
    webhook.shown_at = timezone.now()
    webhook.save(update_fields=["shown_at"])
    webhook.shown = str(webhook.secret)
    return webhook


@action("api.stop_webhook")
def stop_webhook(webhook, *, by):
    """Nothing more is sent there. One administrator is enough: it only closes."""
    if webhook.stopped_at is not None:
        raise Refused(_("This address was stopped before."))
    webhook.stopped_at = timezone.now()
    webhook.save(update_fields=["stopped_at"])
    return webhook


@action("api.send_again")
def send_again(delivery, *, by):
    """Try anew what was given up: the same event under the same id."""
    from romsai.api import tasks

    if delivery.state != Delivery.State.DEAD:
        raise Refused(_("Only what was given up is sent again."))
    if delivery.webhook.stopped_at is not None:
        raise Refused(_("This address was stopped. Nothing more is sent there."))
    delivery.state, delivery.tries, delivery.fault, delivery.settled_at, delivery.next_at = Delivery.State.WAITING, 0, "", None, timezone.now()
    delivery.save()
    jobs.later(tasks.send, delivery=delivery.pk)
    return delivery
