"""Doors that belong to no record: what is said when something is wrong, the language, and leaving the desk."""

import sys

from django.conf import settings
from django.contrib.auth import logout
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST, require_safe

from romsai.core import access
from romsai.core.keys.client import KeysUnavailable
from romsai.core.views import not_taken

AWAY = (OperationalError, InterfaceError, KeysUnavailable)  # the database stopped, its disk is full, or the keys are away


def _said(template, status):
    """A page that knows nothing of the request, so that no word of it can depend on who asked for what."""
    response = HttpResponse(render_to_string(template), status=status)
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request, exception=None):
    return _said("400.html", 400)


def not_found(request, exception=None):
    """Also for what is forbidden: the same bytes for the hidden and the absent."""
    return _said("404.html", 404)


def too_many(request):
    """Every limit of signing in that answers with this page counts the last minute."""
    response = _said("429.html", 429)
    response["Retry-After"] = "60"
    return response


def server_error(request):
    """Django calls this while it handles the error. What is only away for a while is told as such: come again."""
    if isinstance(sys.exc_info()[1], AWAY):
        response = _said("503.html", 503)
        response["Retry-After"] = "30"
        return response
    return _said("500.html", 500)


def csrf_failure(request, reason=""):
    """The page had lain open too long, or the form came from elsewhere: nothing was saved. What was typed into our own page comes back."""
    return not_taken(request, 403) or _said("403.html", 403)


@require_safe
def language(request, code):
    """Read on in another language. Kept in a cookie that ends with the browser; a link, so that it works without script."""
    target = request.GET.get("to", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    if check_for_language(code) and code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def lock(request):
    """Leave the desk: the session ends, and coming back asks for the password again."""
    with access.accounts():  # the session is not the worker's to change
        logout(request)
    return redirect("account_login")


@require_safe
def robots(request):
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")
