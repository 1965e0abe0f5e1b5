"""The ring of keys: what the key file holds, and all that is ever done with a key."""

import fcntl
import hashlib
import hmac
import json
import os
import secrets
from base64 import b64decode, b64encode
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

WRAP, TOKEN, CONTEXT = "wrap", "token", "context"
ALGORITHM = {WRAP: "AES-256-GCM", TOKEN: "HMAC-SHA256-64", CONTEXT: "HMAC-SHA256"}
LIFETIME = {WRAP: timedelta(days=365), TOKEN: timedelta(days=5 * 365), CONTEXT: timedelta(days=1)}

# One key for each kind of token: whoever learns one kind's key cannot test guesses against another.
TOKEN_KINDS = ("name", "sound", "number", "phone", "receipt", "erased")
LASTING_KINDS = {"receipt", "erased"}  # what these tokens were made from is nowhere: they cannot be made again

CURRENT, PREVIOUS = "current", "previous"  # a previous key still opens, it never closes anything new
NEXT = "next"  # a context key that the database gets to know before anybody signs with it
VERSION = b"\x01"
NONCE = 12
TOKEN_BYTES = 8


class Refused(Exception):
    """The key file or the request is not acceptable; the sentence says what to do."""


@dataclass(frozen=True)
class Key:
    """One secret and what the inventory says of it (ASVS 5.0, 11.1.2). Printing it never shows the secret."""

    name: str
    purpose: str
    created: date
    state: str = CURRENT
    secret: bytes = field(default=b"", repr=False)

    @property
    def algorithm(self):
        return ALGORITHM[self.purpose]

    @property
    def rotate_by(self):
        return self.created + LIFETIME[self.purpose]

    def described(self):
        """The line of the inventory: everything but the secret."""
        return {
            "name": self.name,
            "purpose": self.purpose,
            "algorithm": self.algorithm,
            "created": self.created.isoformat(),
            "rotate_by": self.rotate_by.isoformat(),
            "state": self.state,
        }


def test_secret(name):
    """The fixed secret that tests use under this name. It is public: production refuses a ring that holds one."""
    return hashlib.sha256(b"romsai test key, never for real children: " + name.encode()).digest()


def pads(secret):
    """The pair (ipad, opad) of HMAC-SHA256, 64 bytes each: PostgreSQL has sha256() but no HMAC without pgcrypto."""
    block = secret.ljust(64, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)


class Ring:
    """All keys of one country. Nothing leaves it but data keys, tokens and the key that signs contexts."""

    def __init__(self, country, keys, *, fixed=False):
        self.country, self.fixed = country, fixed
        self.keys = {key.name: key for key in keys}
        self._ciphers = {k.name: AESGCM(k.secret) for k in keys if k.purpose == WRAP}
        self.wrapping = self._current(WRAP)

    def _current(self, purpose, stem=""):
        found = [k for k in self.keys.values() if k.purpose == purpose and k.state == CURRENT and k.name.startswith(stem)]
        return found[-1] if found else None

    # making and turning

    @classmethod
    def made(cls, country, on, *, fixed=False):
        """A new ring with a key for every purpose; `fixed` gives the public keys of the tests."""
        ring = cls(country, [], fixed=fixed)
        ring = ring.rotated(WRAP, on).rotated(CONTEXT, on)
        return ring.completed(on)

    def completed(self, on):
        """The same ring with a token key for each kind that has none yet."""
        missing = [kind for kind in TOKEN_KINDS if f"token-{kind}" not in self.keys]
        return self._with(*(self._fresh(f"token-{kind}", TOKEN, on) for kind in missing))

    def rotated(self, purpose, on):
        """A ring whose current key of this purpose is new.

        Wrapping and context keys stay as previous ones, which still open. Token keys are replaced: every token must be
        made anew (`manage.py rebuild_tokens`), because a token cannot be opened. The key of receipts stays.
        """
        if purpose == TOKEN:
            kinds = (kind for kind in TOKEN_KINDS if kind not in LASTING_KINDS)
            return self._with(*(self._fresh(f"token-{kind}", TOKEN, on) for kind in kinds))
        olds = [k for k in self.keys.values() if k.purpose == purpose and k.state != NEXT]
        fresh = self.next_context() or self._renewed(CONTEXT, on) if purpose == CONTEXT else self._renewed(purpose, on)
        if purpose == CONTEXT:  # contexts live for minutes: one previous key is enough
            for gone in olds[:-1]:
                del self.keys[gone.name]
            olds = olds[-1:]
        return self._with(*(replace(k, state=PREVIOUS) for k in olds), replace(fresh, state=CURRENT))

    def announced(self, on):
        """A ring that holds the next context key, with which nobody signs before `rotated`; this one if it has it already."""
        return self if self.next_context() else self._with(replace(self._renewed(CONTEXT, on), state=NEXT))

    def next_context(self):
        """The announced context key, or None."""
        return next((k for k in self.keys.values() if k.purpose == CONTEXT and k.state == NEXT), None)

    def context_is_due(self, on):
        """Is the key that signs contexts older than a day?"""
        return self._current(CONTEXT).rotate_by <= on

    def _renewed(self, purpose, on):
        stem = f"kek-{self.country}-{on.year}" if purpose == WRAP else f"context-{on:%Y%m%d}"
        name, n = stem, 1
        while name in self.keys:
            n += 1
            name = f"{stem}-{n}"
        return self._fresh(name, purpose, on)

    def without(self, name):
        """A ring that has forgotten a previous key for good. What only it could open is lost: re-wrap first."""
        key = self.keys.get(name)
        if key is None:
            raise Refused(f"There is no key {name}.")
        if key.state == CURRENT:
            raise Refused(f"{name} is in use. Rotate first, re-wrap, then retire it.")
        return Ring(self.country, [k for k in self.keys.values() if k.name != name], fixed=self.fixed)

    def _fresh(self, name, purpose, on):
        return Key(name, purpose, on, CURRENT, test_secret(name) if self.fixed else secrets.token_bytes(32))

    def _with(self, *keys):
        return Ring(self.country, list({**self.keys, **{k.name: k for k in keys}}.values()), fixed=self.fixed)

    # the file

    @classmethod
    def load(cls, path, mode):
        """Read the key file; refuse one that others may read, and test keys in production."""
        path = Path(path)
        try:
            stat = path.stat()
        except FileNotFoundError:
            raise Refused(f"There is no key file at {path}. Make one: python -m romsai.core.keys init") from None
        if stat.st_mode & 0o077:
            raise Refused(f"{path} can be read by others. Set it right: chmod 600 {path}")
        if stat.st_uid != os.geteuid():
            raise Refused(f"{path} belongs to another user of this machine.")
        held = json.loads(path.read_text())
        keys = [Key(k["name"], k["purpose"], date.fromisoformat(k["created"]), k["state"], b64decode(k["secret"])) for k in held["keys"]]
        if mode == "production" and any(k.secret == test_secret(k.name) for k in keys):
            raise Refused("These are test keys, which anybody can read in the source. Production needs its own: init.")
        return cls(held["country"], keys, fixed=mode == "test" and held.get("fixed", False))

    def save(self, path):
        """Write the key file whole or not at all, readable by its owner only."""
        path = Path(path)
        keys = [{**k.described(), "secret": b64encode(k.secret).decode()} for k in self.keys.values()]
        text = json.dumps({"country": self.country, "fixed": self.fixed, "keys": keys}, indent=1)
        new = path.with_suffix(".new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    # what is done with the keys

    def new_data_key(self, about):
        """(wrapped, plain, name of the wrapping key) of a new data key; `about` is bound in and needed to open it."""
        plain = secrets.token_bytes(32)
        return self._wrap(about, plain), plain, self.wrapping.name

    def _wrap(self, about, plain):
        nonce = secrets.token_bytes(NONCE)
        return VERSION + nonce + self._ciphers[self.wrapping.name].encrypt(nonce, plain, about.encode())

    def unwrap(self, about, kek, wrapped):
        """The data key, or None if this ring cannot open it: retired key, moved or changed bytes."""
        cipher = self._ciphers.get(kek)
        if cipher is None or wrapped[:1] != VERSION:
            return None
        try:
            return cipher.decrypt(wrapped[1 : 1 + NONCE], wrapped[1 + NONCE :], about.encode())
        except (InvalidTag, ValueError):
            return None

    def rewrap(self, about, kek, wrapped):
        """The same data key under the current wrapping key, or None as `unwrap`."""
        plain = self.unwrap(about, kek, wrapped)
        return None if plain is None else self._wrap(about, plain)

    def tokens(self, kind, texts):
        """Eight bytes for each text: equal texts give equal tokens, and only the holder of the key can make them."""
        key = self.keys.get(f"token-{kind}")
        if key is None:
            raise Refused(f"There is no token key for {kind}.")
        return [hmac.digest(key.secret, text.encode(), "sha256")[:TOKEN_BYTES] for text in texts]

    def context(self):
        """(name, secret) of the key with which the web process signs who is asking."""
        key = self._current(CONTEXT)
        return key.name, key.secret

    def inventory(self):
        return [key.described() for key in self.keys.values()]


@contextmanager
def changing(path):
    """Hold the folder of the key file while it is changed, so that two commands at once cannot lose a key."""
    folder = Path(path).parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
