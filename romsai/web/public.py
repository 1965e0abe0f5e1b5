"""The public's door: anyone tells us about a child without account, name or script, and comes back with a receipt code.

Nothing here is kept on the reader's device or in a session: each step carries what was written so far in its own form.
The pages take no CSRF cookie, because a phone that refuses cookies must be able to report, and a visitor has no rights to abuse.
"""

import hmac
import time
import uuid
from collections import deque
from functools import wraps

from django.conf import settings
from django.core import signing
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from romsai.cases import actions as cases
from romsai.cases import queries
from romsai.core import access
from romsai.core.access import roles
from romsai.core.actions import Refused
from romsai.core.views import client_key
from romsai.web.forms import CHILD, WORK, WORRIED, DangerForm, MessageForm, ReceiptForm, TellForm

READERS = (CHILD, WORRIED, WORK)
BUSY = 5  # reports from one connection…
WITHIN = 600  # …in so many seconds, after which it goes by the slow lane
PAUSE = 3  # seconds in the slow lane
NO_CODE = "0" * 16


def _door(view):
    """Nothing stays in the browser, and whoever is signed in acts here as anyone would: a report by staff may be anonymous too."""

    @wraps(view)
    def opened(request, *args, **kwargs):
        with access.entered(access.Context(role=roles.PUBLIC)):
            response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return csrf_exempt(opened)


@_door
@require_safe
def start(request):
    return render(request, "public/start.html")


@_door
@require_safe
def about(request):
    return render(request, "public/about.html")


@_door
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request, who):
    """Danger first, then what happened, then the code: three pages at one address."""
    if request.method != "POST":
        return render(request, "public/danger.html", {"form": DangerForm()})
    if "worry" not in request.POST:
        return _after_danger(request, who)
    form = TellForm(request.POST, who=who)
    if not form.is_valid():
        return render(request, "public/tell.html", _telling(form), status=422)
    is_busy = _is_busy(request)
    if is_busy and not _has_waited(request):
        return render(request, "public/again.html", {"form": form, "waited": signing.dumps(time.time(), salt="waited")})
    code = _code(form.cleaned_data["receipt"])
    try:
        cases.report(by=None, client_key=form.cleaned_data["client_key"], channel="WEB", receipt=code, is_busy_line=is_busy, **form.facts())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return render(request, "public/tell.html", _telling(form), status=422)
    return render(request, "public/receipt.html", {"code": code, "danger": form.cleaned_data["danger"] == "yes"})


def _after_danger(request, who):
    form = DangerForm(request.POST)
    if not form.is_valid():
        return render(request, "public/danger.html", {"form": form}, status=422)
    code = signing.dumps(cases.new_receipt(), salt="receipt")
    begun = {"danger": form.cleaned_data["danger"], "receipt": code, "client_key": uuid.uuid4()}
    return render(request, "public/tell.html", _telling(TellForm(initial=begun, who=who)))


def _telling(form):
    more, you = ["is_about_staff", "where", "area", "child_names", "child_about"], ["reporter_name", "reporter_phone", "is_safe_to_call"]
    (more if form.who == CHILD else you).insert(0, "reporter_type")  # a child is asked whom it is about, not who is asking
    more, you = ([form[name] for name in names if name in form.fields] for names in (more, you))
    return {"form": form, "more": more, "you": you, "danger": form["danger"].value() == "yes"}


def _code(given):
    """The code that came with the form, so that sending it twice shows the same one; a new one if it is not ours."""
    try:
        return signing.loads(given, salt="receipt")
    except signing.BadSignature:
        return cases.new_receipt()


@_door
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request):
    """Come back with the code: that the report arrived, what we wrote, room to add something. Never anything of a case.

    A code that nobody has gets the same bytes whatever was typed, after the same work.
    """
    if request.method != "POST":
        return render(request, "public/code.html", {"form": ReceiptForm()})
    form = ReceiptForm(request.POST)
    code = form.cleaned_data["code"] if form.is_valid() else ""
    with access.system(purpose="receipt"):
        report = queries.receipt(code if len(code) == 16 else NO_CODE)
        if report is None or len(code) != 16:
            return _no_such_code(request)
        return _messages(request, report, code)


def _no_such_code(request):
    form = ReceiptForm({"code": ""})
    form.errors["code"] = form.error_class([_("Nothing belongs to this code. Check the 16 digits.")])
    return render(request, "public/code.html", {"form": form}, status=422)


def _messages(request, report, code):
    form, added = MessageForm(), False
    if "text" in request.POST:
        form = MessageForm(request.POST)
        if form.is_valid():
            cases.add_to_report(report, by=None, text=form.cleaned_data["text"], client_key=client_key(request))
            form, added = MessageForm(), True
    page = {"form": form, "code": code, "client_key": uuid.uuid4(), "added": added, "messages_here": list(report.messages.order_by("pk"))}
    return render(request, "public/messages.html", page, status=422 if form.errors else 200)


# The slow lane: never a refusal. Connections are told apart by a keyed hash in this process's memory alone.

_recent = {}
_hash_key = uuid.uuid4().bytes


def _is_busy(request):
    """True if many reports came from this connection within minutes. From where is remembered for those minutes only, and kept nowhere."""
    now = time.monotonic()
    sent = _recent.setdefault(_connection(request), deque(maxlen=BUSY))
    is_busy = len(sent) == BUSY and now - sent[0] < WITHIN
    if not is_busy:
        sent.append(now)
    for key in [key for key, moments in list(_recent.items()) if now - moments[-1] > WITHIN]:
        del _recent[key]
    return is_busy


def _has_waited(request):
    try:
        asked_at = signing.loads(request.POST.get("waited", ""), salt="waited", max_age=3600)
    except signing.BadSignature:
        return False
    return time.time() - asked_at >= PAUSE


def _connection(request):
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rsplit(",", 1)[-1].strip()
    return hmac.digest(_hash_key, address.encode(), "sha256")
