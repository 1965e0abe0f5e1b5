"""Signing in: nobody makes an account for themselves, and a new worker sets their own password by a link used once."""

import base64
import hashlib
import secrets

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.urls import reverse

from romsai.core import access, second

from .models import Account


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False


class SecondFactor(DefaultMFAAdapter):
    """Secrets of authenticator apps lie sealed: who steals the database cannot make codes. The key comes from the site's secret."""

    def encrypt(self, text):
        nonce = secrets.token_bytes(12)
        return base64.b64encode(nonce + AESGCM(_sealing_keys()[0]).encrypt(nonce, text.encode(), b"mfa")).decode()

    def decrypt(self, encrypted_text):
        raw = base64.b64decode(encrypted_text)
        for key in _sealing_keys():
            try:
                return AESGCM(key).decrypt(raw[:12], raw[12:], b"mfa").decode()
            except InvalidTag:
                continue  # sealed before the site's secret was changed
        raise InvalidTag


def _sealing_keys():
    return [
        hashlib.sha256(b"romsai second factor" + key.encode()).digest() for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]


def invitation(worker, *, to):
    """The path at which a new worker sets a password, for the administrator who confirmed them; None once they have one.

    Never for an account in use, and never for who proposed it: no administrator alone can become somebody else.
    """
    if not second.confirmed(to, making=worker):
        return None
    with access.accounts():
        account = Account.objects.filter(worker=worker, is_active=True).first()
        if account is None or account.has_usable_password():
            return None
        key = default_token_generator.make_token(account)
        return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(account), key])


def email_of(worker):
    with access.accounts():
        return Account.objects.filter(worker=worker).values_list("email", flat=True).first()
