"""Signing in: nobody makes an account for themselves, and a new worker sets their own password by a link used once."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from romsai.core import access

from .models import Account


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False


def invitation(worker):
    """The path at which a new worker sets a password; None once they have one.

    Never for an account in use: an administrator must not be able to become somebody else.
    """
    with access.accounts():
        account = Account.objects.filter(worker=worker, is_active=True).first()
        if account is None or account.has_usable_password():
            return None
        key = default_token_generator.make_token(account)
        return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(account), key])


def email_of(worker):
    with access.accounts():
        return Account.objects.filter(worker=worker).values_list("email", flat=True).first()
