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
from django.utils.translation import gettext_lazy

from romsai.core import access, jobs, second

from .models import Account


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        # Five failed tries in five minutes for one address (ACCOUNT_RATE_LIMITS).
        "too_many_login_attempts": gettext_lazy("Too many failed tries. Wait five minutes, then try again."),
    }

    def is_open_for_signup(self, request):
        return False

    def send_mail(self, template_prefix, email, context):
        """The only letter is the one with a link to a new password; a known and an unknown address cost the same work."""
        from .tasks import send_link

        if settings.MAIL and template_prefix in ("account/email/password_reset_key", "account/email/unknown_account"):
            jobs.later(send_link, account=context["user"].pk if "user" in context else 0)


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
    """The path at which a new worker, or one who starts again, sets a password; for the administrator who confirmed it, until it is set.

    Never for an account in use, and never for who proposed it: no administrator alone can become somebody else.
    """
    if not second.confirmed(to, making=worker):
        return None
    with access.accounts():
        account = Account.objects.filter(worker=worker, is_active=True).first()
        if account is None or account.has_usable_password():
            return None
        return link(account)


def link(account):
    """The path at which this account's password is set, once and within three days."""
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(account), default_token_generator.make_token(account)])


def email_of(worker):
    with access.accounts():
        return Account.objects.filter(worker=worker).values_list("email", flat=True).first()
