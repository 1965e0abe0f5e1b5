"""One request, one transaction, two phases: who signs in is read as romsai_auth, what they ask for as their one scope role.

The session is saved as romsai_auth again, in the same transaction: data and session are kept together or not at all.

An answer that says no (status 400 and above) has changed nothing: its savepoint is rolled back. What was read is still
written to the audit, and a refusal goes to its own connection.
"""

import hashlib
import logging
import time
from collections import namedtuple

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from romsai.core import access, audit
from romsai.core.access import context as contexts
from romsai.core.access import roles
from romsai.core.keys.client import KeysUnavailable
from romsai.core.views import not_taken

log = logging.getLogger("romsai.requests")

USED = 60  # seconds: a session in use is written this often, not with every page
AHEAD = 300  # seconds: a session that was used later than this from now is from before the clock was set back

# Pages of the first phase: signing in and its second factor. Nothing of a child can be reached here.
SIGN_IN = "/account/"

Door = namedtuple("Door", "path know away")
_doors = []


def door(path, *, know, away):
    """Under this path nobody is known by a session. `know(request)` says who asks, in the first phase: (worker or None, a mark of what
    they showed, for the audit), or the answer that turns them away. `away(request)` is the answer while Romsai cannot answer.
    """
    _doors.append(Door(path, know, away))


def _door(request):
    return next((door for door in _doors if request.path.startswith(door.path)), None)


def sign_in_phase(get_response):
    """Outermost: open the transaction as romsai_auth, under a context signed for signing in."""

    def middleware(request):
        try:
            with transaction.atomic():
                contexts.begin_sign_in(connection)
                response = get_response(request)
                if response.status_code >= 500:
                    transaction.set_rollback(True)
                else:
                    contexts.end_sign_in(connection)
                return response
        except (KeysUnavailable, DatabaseError):
            # The database went away, nobody can sign who asks, or the audit could not be kept: no data leaves.
            log.exception("request stopped")
            return _unavailable(request)

    return middleware


def scope_phase(get_response):
    """Innermost: take the worker's scope role and signed context, answer, write what was read, and go back."""

    def middleware(request):
        request.worker = None
        if request.path.startswith("/static/"):
            return get_response(request)
        own = _door(request)
        if own is None and (answer := _before_scope(request, get_response)):
            return answer
        known = own.know(request) if own else (_worker(request), _fingerprint(request))
        if own:
            request.user = AnonymousUser()  # a cookie that comes along opens nothing here
        if isinstance(known, HttpResponseBase):
            return known
        worker, mark = known
        request.worker = worker
        context = access.Context(
            role=roles.database_role(worker.role) if worker else roles.PUBLIC,
            worker=worker,
            session=mark,
        )
        request.access = context
        try:
            return _answer(request, context, get_response)
        except (KeysUnavailable, DatabaseError):
            log.exception("answer withheld")  # the keys are away, or the audit line could not be written
            return _unavailable(request)

    return middleware


def _before_scope(request, get_response):
    """The answer to who signs in, or must do so anew; None for everybody else."""
    redirect = _session_over(request)
    if redirect is None and request.path.startswith(SIGN_IN):
        return get_response(request)
    return redirect or _second_factor_first(request)


def _answer(request, context, get_response):
    with access.switched(context):
        # Asking changes nothing, so there is nothing to take back.
        mark = None if request.method in ("GET", "HEAD") else transaction.savepoint()
        response = get_response(request)
        if getattr(response, "streaming", False):
            raise RuntimeError("A streamed answer would leave after its audit line; send it whole.")
        if mark is not None:
            finish = transaction.savepoint_rollback if response.status_code >= 400 else transaction.savepoint_commit
            finish(mark)
        # A view of many pages at one address says which one it showed (`request.shown`).
        audit.flush(context, f"{request.method} {getattr(request, 'shown', '') or _route(request)}")
    if response.status_code in (403, 404) and context.worker:
        audit.refuse(context, f"{response.status_code} {request.method}", _route(request) or "unknown")
    if context.worker or context.reads:
        response["Cache-Control"] = "no-store"
    return response


def _route(request):
    match = request.resolver_match
    return match.view_name or match.route if match else request.path.split("/")[1][:40]


def _worker(request):
    user = request.user
    if not user.is_authenticated or not user.is_active:
        return None
    worker = user.worker
    if worker is None or not worker.is_active:
        return None
    if worker.language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(worker.language)
        request.LANGUAGE_CODE = translation.get_language()
    return worker


def _fingerprint(request):
    key = request.session.session_key or ""
    return hashlib.sha256(key.encode()).hexdigest()[:16] if key else ""


def _session_over(request):
    """Twelve hours after signing in a session is over, however busy it was; its idle minutes count anew with each use."""
    if not request.user.is_authenticated:
        return None
    now, session = int(time.time()), request.session
    begun, used = session.setdefault("begun", now), session.get("used", 0)
    # Else a clock that was set back by a day would keep what lies open on a stolen phone open for a day more.
    if now - begun > settings.SESSION_ABSOLUTE_AGE or max(begun, used) - now > AHEAD:
        session.flush()
        return not_taken(request, 401) or HttpResponseRedirect(reverse("account_login"))
    if now - used >= USED:
        session["used"] = now
    return None


def _second_factor_first(request):
    """Outside the demo nobody works without a second factor."""
    if not settings.MFA_REQUIRED or not request.user.is_authenticated:
        return None
    from allauth.mfa.utils import is_mfa_enabled

    return None if is_mfa_enabled(request.user) else HttpResponseRedirect(reverse("mfa_activate_totp"))


def _unavailable(request):
    own = _door(request)
    response = own.away(request) if own else render(request, "503.html", status=503)
    response["Retry-After"] = "30"
    return response
