"""Lists page by page: after the last row that was given, so that what is added meanwhile neither doubles nor drops a row.

A cursor is sealed: it tells nobody how many cases a country has, and one of another list, machine or filter is refused.
"""

import base64
import hashlib
import json
from urllib.parse import urlencode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _

from romsai.api.problems import Problem


def page(request, rows, *, asked, limit, cursor):
    """(rows of this page, address of the next or None). `asked`: the filters, as they stand in the address."""
    of = [request.path, request.worker.pk, sorted(asked.items())]
    if cursor:
        rows = rows.filter(pk__gt=_after(cursor, of))
    found = list(rows.order_by("pk")[: limit + 1])
    if len(found) <= limit:
        return found, None
    found = found[:limit]
    query = {**asked, "limit": limit, "cursor": _sealed(found[-1].pk, of)}
    return found, f"{request.path}?{urlencode(query)}"


def _sealed(pk, of):
    return _seal().encrypt(json.dumps([pk, of]).encode()).decode()


def _after(cursor, of):
    try:
        pk, mine = json.loads(_seal().decrypt(cursor.encode()))
    except (InvalidToken, UnicodeError):
        pk = mine = None
    if mine != json.loads(json.dumps(of)):
        raise Problem(400, "cursor", _("Follow the address in “next” as it stands, or begin again without a cursor."))
    return pk


def _seal():
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"romsai cursor" + key.encode()).digest())) for key in keys])
