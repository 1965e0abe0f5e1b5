"""A key counts once: the same sending again is the same record, another sending under the key is refused."""

import hmac
import json

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from romsai.api.models import Sent
from romsai.api.problems import Problem
from romsai.core import access


def once(request, operation, key, sent):
    """Remember what this machine sent under the key. Raises Problem if the key was used for something else, by it or by another.

    Kept only if the operation succeeds: who was refused mends the body and sends it under the same key.
    """
    said = json.dumps([operation, request.path, sent.model_dump(mode="json")], sort_keys=True)
    keep = {"worker": request.worker, "operation": operation, "digest": _digest(said, settings.SECRET_KEY)}
    with access.system(purpose="api"):
        kept, is_new = Sent.objects.get_or_create(key=key, defaults=keep)
    if is_new:
        return
    digests = [_digest(said, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    if kept.worker_id != request.worker.pk or not any(hmac.compare_digest(kept.digest, one) for one in digests):
        raise Problem(422, "key-reused", _("The key came before with something else. Make a new key for each new sending."))


def _digest(said, secret):
    # Keyed, because what was said of a child could be guessed and compared.
    return salted_hmac("romsai.api.once", said, secret=secret, algorithm="sha256").hexdigest()
