"""The doors in common: a page for who is signed in, a record looked up within one's rights, a form that calls one action."""

import uuid
from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.generic import FormView, TemplateView, View

from romsai.core import access
from romsai.core.actions import Refused


class SignedIn(View):
    """Only for a worker who is signed in; `roles`, if named, narrows it to codes of user_role (others get the 404 of the absent)."""

    roles = None

    def dispatch(self, request, *args, **kwargs):
        if request.worker is None:
            return signed_out(request)
        self.turn_away()
        return super().dispatch(request, *args, **kwargs)

    def turn_away(self):
        if self.roles is not None and self.worker.role not in self.roles:
            raise Http404

    @property
    def worker(self):
        return self.request.worker


def signed_out(request):
    """To the sign-in page; what somebody had typed when their time ran out comes back to them first, to be sent again."""
    return not_taken(request, 401) or redirect_to_login(request.get_full_path())


def not_taken(request, status):
    """A form that came from a page of ours and could not be taken, given back whole; None for anything else.

    Only a form that the browser says came from here: else another site could put its own words before somebody who is signed in.
    """
    is_ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    by_script = "HX-Request" in request.headers or "X-Autosave" in request.headers  # their page still stands, with all that was typed
    if request.method != "POST" or not is_ours or by_script:
        return None
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    sent = [(name, value) for name, value in sent if name != "csrfmiddlewaretoken" and "password" not in name]
    words = [value for _name, value in sent if " " in value.strip() or not value.isascii()]  # to be copied: what was written, no codes
    facts = {"sent": sent, "words": words, "has_files": bool(request.FILES), "is_signed_in": getattr(request, "worker", None) is not None}
    response = render(request, "not_taken.html", facts, status=status)
    response["Cache-Control"] = "no-store"
    return response


class Page(SignedIn, TemplateView):
    """A page that only shows."""


def visible_or_404(queryset, **lookup):
    """The record, if the worker may read it. Hidden and absent give the same answer."""
    try:
        return queryset.visible().get(**lookup)
    except (queryset.model.DoesNotExist, ValueError):
        raise Http404 from None


def absent():
    """For `found or absent()`: what is hidden and what is not there answer alike."""
    raise Http404


def client_key(request):
    """The key that the form was given, by which sending it twice is one record; None where none came."""
    try:
        return uuid.UUID(request.POST.get("client_key", ""))
    except ValueError:
        return None


def asked_again(request):
    """Where to go on to before this page, if the password or passkey must be given again: a screen left open opens nothing."""
    with access.accounts():
        asks = is_reauthentication_required(request, app="romsai")
    return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.get_full_path()})}") if asks else None


class ClientKeyForm(forms.Form):
    """The hidden key that makes sending a form twice one record."""

    client_key = forms.UUIDField(widget=forms.HiddenInput, required=False)


class ActionFormView(SignedIn, FormView):
    """A form that calls one action and redirects; on an error the page comes back with status 422 and nothing is lost.

    Subclasses set `form_class`, `template_name` and `success_url` (or get_success_url) and write
    `act(form, client_key)`, which calls the action and returns its result (kept as `self.result`).
    `success_message` is shown on the next page.
    """

    success_message = ""
    action_name = None  # if set, the page itself is hidden from whoever may not do it
    asks_again = False  # for the password or passkey, once it is sure that the page is theirs

    def get_record(self):
        """The record the action is about, looked up within the worker's rights; None where there is none."""

    def dispatch(self, request, *args, **kwargs):
        if request.worker is not None:
            self.request, self.args, self.kwargs = request, args, kwargs
            self.turn_away()  # before the record is looked up: its table may be nobody else's to read
            self.record = self.get_record()
            if self.action_name and not access.may(request.worker, self.action_name, self.record):
                raise Http404
            if self.asks_again and (elsewhere := asked_again(request)):
                return elsewhere
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **context):
        key = self.request.POST.get("client_key") or str(uuid.uuid4())
        return super().get_context_data(record=self.record, client_key=key, **context)

    def form_valid(self, form):
        try:
            with transaction.atomic():
                self.result = self.act(form, client_key(self.request))
        except Refused as refusal:
            for sentence in refusal.args:
                form.add_error(None, str(sentence))
            return self.form_invalid(form)
        return self.answer(form)

    def answer(self, form):
        """What follows when it is done: the next page, with the message."""
        if message := self.get_success_message():
            messages.success(self.request, message)
        return HttpResponseRedirect(self.get_success_url())

    def get_success_message(self):
        return self.success_message

    def form_invalid(self, form):
        response = super().form_invalid(form)
        response.status_code = 422
        return response

    def act(self, form, client_key):
        raise NotImplementedError
