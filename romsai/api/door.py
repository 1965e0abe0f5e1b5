"""How a machine is known: a bearer token, looked up in the first phase of the request. No session opens this door, and no token any other."""

import hashlib
import ipaddress
import logging
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import connections, transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.api.models import Token
from romsai.api.problems import away, problem
from romsai.core import access, audit
from romsai.core.access import context as contexts
from romsai.core.access import roles
from romsai.core.middleware import door

PATH = "/api/"
OPEN = ("/api/v1/openapi.json",)  # nothing of anybody: the same on every Romsai
PREFIX = "romsai_"  # so that scanners of source code know a token that was left there
MOST_A_MINUTE = 120
DEAR = {"/api/v1/known-child": 10}  # a question that could be asked about every child of a country, one after the other

log = logging.getLogger("romsai.api")


def new_token():
    """A token and the digest by which it is known again."""
    token = PREFIX + secrets.token_urlsafe(32)
    return token, digest(token)


def digest(token):
    return hashlib.sha256(token.encode()).hexdigest()


def know(request):
    """The machine that asks, and a mark of its token; or why it is turned away."""
    request.token = None
    if request.path in OPEN:
        return None, ""
    scheme, _space, shown = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not shown.strip():
        return _turned_away(_("Send the token in a header: “Authorization: Bearer romsai_…”."))
    shown = digest(shown.strip())
    token = Token.objects.select_related("worker__team", "worker__agency").filter(digest=shown).first()
    if token is None:
        return _turned_away(_("The token is not known. Check that it was copied whole, or ask the administrator for a new one."))
    why = _why_not(token, request)
    if why is None:
        seconds = _too_fast(token, DEAR.get(request.path, 1))
        if seconds is None:
            request.token = token
            return token.worker, shown[:16]
        why = problem(429, "too-fast", _("Ask again in %(n)d seconds.") % {"n": seconds}, headers={"Retry-After": str(seconds)})
    audit.refuse(access.Context(role=roles.AUTH, worker=token.worker, session=shown[:16]), f"{why.status_code} {request.method}", "api")
    return why


def _turned_away(detail):
    return problem(401, "unknown", detail, headers={"WWW-Authenticate": 'Bearer realm="romsai"'})


def _why_not(token, request):
    if token.revoked_at is not None or not access.acts(token.worker):
        return _turned_away(_("The token was revoked. Ask the administrator of this Romsai."))
    if token.ends_at <= timezone.now():
        return _turned_away(_("The token has ended. Ask the administrator for a new one."))
    if token.networks and not _is_within(address_of(request), token.networks):
        return _turned_away(_("The token may not be used from this address. Ask the administrator to add it."))
    return None


def address_of(request):
    """From where the request came: behind the office's own proxy the last address that the proxy wrote."""
    if settings.SECURE_PROXY_SSL_HEADER and (told := request.headers.get("X-Forwarded-For")):
        return told.rsplit(",", 1)[-1].strip()
    return request.META.get("REMOTE_ADDR", "")


def _is_within(address, networks):
    try:
        address = ipaddress.ip_address(address)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in ipaddress.ip_network(network) for network in networks)


def _too_fast(token, cost):
    """Count the question; seconds to wait if it was one too many. On a connection of its own, so that questions do not wait for each other."""
    now = timezone.now()
    this_minute = now.replace(second=0, microsecond=0)
    with transaction.atomic(using="refusals"):
        contexts.tell(connections["refusals"], roles.AUTH, access.Context(role=roles.AUTH).signed)
        mine = Token.objects.using("refusals").filter(pk=token.pk)
        so_far = Case(When(minute=this_minute, then=F("asked")), default=Value(0))
        mine.update(minute=this_minute, used_at=now, asked=so_far + cost)
        asked = mine.values_list("asked", flat=True).first() or 0
    if asked <= MOST_A_MINUTE:
        return None
    return max(1, int((this_minute + timedelta(minutes=1) - now).total_seconds()) + 1)


door(PATH, know=know, away=away)
