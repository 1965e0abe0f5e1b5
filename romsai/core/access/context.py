"""Who is asking: one context a transaction, told to PostgreSQL as a role and a signed string.

The string is `worker.actor.expiry.nonce.mac`. PostgreSQL checks the mac itself (sec.uid), so an injected set_config gains nothing.
Worker 0 is the system; `actor` is the worker on whose behalf it acts, and what history and audit record. Worker -1 is the
sign-in: without it the tables of accounts and sessions show no row, whatever role was taken (docs/decisions/sign-in-is-signed.md).
"""

import hashlib
import hmac
import secrets
import time
import uuid
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db import connections, transaction

from romsai.core.access import roles
from romsai.core.keys import client as keys

SIGN_IN = -1
LIFETIME = 600  # seconds a signed context stays good: longer than any request, shorter than a leaked string is useful
REMEMBERED = 300  # seconds after which a process asks for the signing key again, so that a rotation reaches it

_current = ContextVar("romsai_access", default=None)


class ScopeMissing(RuntimeError):
    """A protected table was asked without saying who asks."""


@dataclass
class Context:
    """The asker: a worker, the system (worker None, is_system), or a visitor (worker None)."""

    role: str
    worker: object = None
    is_system: bool = False
    actor: object = None  # the worker on whose behalf the system acts
    request_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    session: str = ""  # a hash, never the session key
    purpose: str = ""
    reads: dict = field(default_factory=dict)  # level -> {"case:12", "person:5"}
    memo: dict = field(default_factory=dict)
    about: object = None  # the few cases that what is asked is about, see romsai.core.access.about

    @property
    def signed(self):
        if self.is_system:
            return sign(0, self.actor.pk if self.actor else 0)
        if self.role == roles.AUTH:
            return sign(SIGN_IN, self.worker.pk if self.worker else 0)
        return sign(self.worker.pk, self.worker.pk) if self.worker else ""


_signing = {"key": b"", "until": 0.0}


def _signing_key():
    if time.monotonic() > _signing["until"]:
        try:
            _signing.update(key=keys.context().key, until=time.monotonic() + REMEMBERED)
        except keys.KeysUnavailable:
            if not _signing["key"]:
                raise  # else go on with the key we have: work lists stay open while names are locked
    return _signing["key"]


def sign(uid, actor):
    """The string that `sec.uid()` accepts for LIFETIME seconds."""
    text = f"{uid}.{actor}.{int(time.time()) + LIFETIME}.{secrets.token_hex(8)}"
    mac = hmac.new(_signing_key(), text.encode(), hashlib.sha256).hexdigest()
    return f"{text}.{mac}"


def current(required=True):
    """The context of the running transaction; ScopeMissing if there is none and one is required."""
    context = _current.get()
    if context is None and required:
        raise ScopeMissing("A protected table was asked without saying who asks: use access.acting(worker).")
    return context


BEFORE = "current_setting('role'), coalesce(current_setting('app.ctx', true), ''), "
TELL = """select {}set_config('role', %s, true), set_config('app.ctx', %s, true), set_config('app.about', %s, true),
  set_config('statement_timeout', '15000', true)"""


def tell(connection, role, signed, about=None, before=""):
    """Set role, context and what is asked about for this transaction. before=BEFORE: (role, context) as they were. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(TELL.format(before), [role, signed, about.told if about else ""])
        return cursor.fetchone()[:2]


@contextmanager
def entered(context, using="default"):
    """Run a block as this context; afterwards the one before holds again. Opens a transaction or a savepoint."""
    connection = connections[using]
    before = _current.get()
    with transaction.atomic(using=using):
        role, signed = tell(connection, context.role, context.signed, before=BEFORE)  # read before they are set, from left to right
        token = _current.set(context)
        try:
            yield context
        finally:
            _current.reset(token)
        # Only on success: after an error the rollback to the savepoint has already put the old setting back.
        tell(connection, role, before.signed if before else signed, before.about if before else None)


@contextmanager
def switched(context):
    """The second phase of a request: this context in place of the sign-in's, and afterwards the sign-in's again.

    In place of, not on top: no savepoint keeps the sign-in's signed string, so that no SQL of the second phase can go back to it.
    """
    connection = connections["default"]
    tell(connection, context.role, context.signed)
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)
    begin_sign_in(connection)


def begin_sign_in(connection):
    """From here on the transaction reaches accounts and sessions, and nothing of any child."""
    tell(connection, roles.AUTH, Context(role=roles.AUTH).signed)


def end_sign_in(connection):
    """Nothing more is asked. A cursor that injected SQL left open is read at the commit: by then nobody asks."""
    tell(connection, roles.AUTH, "")


@contextmanager
def acting(worker, *, purpose=""):
    """Everything in the block is asked and done by this worker, within their rights; reads leave one audit line at the end."""
    from romsai.core import audit

    outer = _current.get()
    context = Context(role=roles.database_role(worker.role), worker=worker, purpose=purpose)
    if outer:
        context.request_id, context.session = outer.request_id, outer.session
    with entered(context):
        yield context
        audit.flush(context)


@contextmanager
def system(on_behalf=None, *, purpose=""):
    """The system's own steps. Narrow by convention: actions marked `elevated`, jobs, and look-ups that answer yes or no."""
    from romsai.core import audit

    outer = _current.get()
    context = Context(role=roles.SYSTEM, is_system=True, actor=on_behalf, purpose=purpose)
    if outer:
        context.request_id, context.session = outer.request_id, outer.session
        if on_behalf is None:
            context.actor = outer.worker or outer.actor
    with entered(context):
        yield context
        audit.flush(context)


@contextmanager
def accounts():
    """The tables of signing in, and nothing of any child: for the administrator's actions on accounts."""
    outer = _current.get()
    with entered(Context(role=roles.AUTH, worker=outer.worker if outer else None)) as context:
        yield context
