"""How web and worker ask the key process: one connection a thread, and a short memory for data keys."""

import os
import socket
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import NamedTuple

from romsai.core.keys import wire

TIMEOUT = 5  # seconds
PAUSE = 3  # seconds in which a process that hung is not asked again, or a page of twenty names would wait twenty times


class KeysUnavailable(Exception):
    """The key process does not answer: identifiers stay locked, all else goes on."""


class KeyRequestRefused(Exception):
    """The key process answered that it will not do this."""


class Wrapped(NamedTuple):
    """A data key as the database has it: what it is about, the name of the key that wraps it, the wrapped bytes."""

    about: str
    kek: str
    bytes: bytes


class Context(NamedTuple):
    """The key that signs who is asking: `key` for the web process, the pads for the owner to put into the database."""

    name: str
    key: bytes
    ipad: bytes
    opad: bytes


def socket_path():
    given = os.environ.get("ROMSAI_KEYS_SOCKET")
    return Path(given) if given else Path(os.environ.get("ROMSAI_VAR", "var")) / "run" / "keys.sock"


_held = threading.local()
_resting_until = 0.0


def _ask(**message):
    global _resting_until
    if time.monotonic() < _resting_until:
        raise KeysUnavailable("The key process did not answer a moment ago.")
    try:
        kept = _connection(fresh=False)
        if kept is not None:
            try:
                return _exchange(kept, message)
            except ConnectionError:
                pass  # the key process was restarted since: once more on a new connection
        return _exchange(_connection(fresh=True), message)
    except (OSError, wire.Malformed) as problem:
        if isinstance(problem, TimeoutError):
            _resting_until = time.monotonic() + PAUSE
        raise KeysUnavailable("The key process does not answer.") from problem


def _connection(*, fresh):
    """This thread's connection; an old one to another socket path, or from before a fork, is not taken."""
    mark = (os.getpid(), str(socket_path()))
    if not fresh:
        return _held.sock if getattr(_held, "mark", None) == mark else None
    _drop()
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.settimeout(TIMEOUT)
    try:
        sock.connect(mark[1])
    except OSError:
        sock.close()
        raise
    _held.sock, _held.mark = sock, mark
    return sock


def _drop():
    sock = getattr(_held, "sock", None)
    _held.sock = _held.mark = None
    if sock is not None:
        sock.close()


def _exchange(sock, message):
    try:
        wire.send(sock, message)
        answer = wire.receive(sock)
        if answer is None:
            raise ConnectionError("closed")
    except BaseException:
        _drop()  # an interrupted exchange would give the next question this one's answer
        raise
    if "error" in answer:
        raise KeyRequestRefused(answer["error"])
    return answer


def new_data_key(about):
    """(Wrapped, plain) of a new data key bound to `about`."""
    answer = _ask(op="new_data_key", about=about)
    return Wrapped(about, answer["kek"], wire.raw(answer["wrapped"])), wire.raw(answer["plain"])


def new_data_keys(abouts):
    """[(Wrapped, plain)] of new data keys, one bound to each of `abouts`, in one exchange."""
    abouts = list(abouts)
    answer = _ask(op="new_data_keys", abouts=abouts)
    pairs = zip(abouts, answer["keys"], strict=True)
    return [(Wrapped(about, answer["kek"], wire.raw(wrapped)), wire.raw(plain)) for about, (wrapped, plain) in pairs]


def unwrap(items):
    """The data keys of many `Wrapped`, in order, in one exchange; None where the ring cannot open one."""
    answer = _ask(op="unwrap", items=[(about, kek, wire.text(raw)) for about, kek, raw in items])
    return [wire.raw(key) for key in answer["keys"]]


def rewrap(items):
    """The same data keys as `Wrapped` under the current wrapping key; None where the ring cannot open one."""
    items = list(items)
    answer = _ask(op="rewrap", items=[(about, kek, wire.text(raw)) for about, kek, raw in items])
    return [
        None if made is None else Wrapped(item.about, answer["kek"], wire.raw(made))
        for item, made in zip(items, answer["wrapped"], strict=True)
    ]


def tokens(kind, texts):
    """Eight bytes for each text, in order, in one exchange."""
    return [wire.raw(token) for token in _ask(op="tokens", kind=kind, texts=list(texts))["tokens"]]


def context():
    """The context-signing key and its pads; see security of the database in docs/how-to/keys.md."""
    answer = _ask(op="context")
    return Context(answer["name"], *(wire.raw(answer[part]) for part in ("key", "ipad", "opad")))


def status():
    """Country, name of the wrapping key and the inventory; no secret."""
    return _ask(op="status")


class Memory:
    """A bounded memory of opened data keys: the least used go first, none is kept longer than `seconds`."""

    def __init__(self, most=4096, seconds=300):
        self.most, self.seconds = most, seconds
        self._keys, self._lock = OrderedDict(), threading.Lock()

    def get(self, name):
        with self._lock:
            plain, until = self._keys.get(name, (None, 0))
            if plain is None:
                return None
            if until < time.monotonic():
                del self._keys[name]
                return None
            self._keys.move_to_end(name)
            return plain

    def put(self, name, plain):
        with self._lock:
            self._keys[name] = (plain, time.monotonic() + self.seconds)
            self._keys.move_to_end(name)
            while len(self._keys) > self.most:
                self._keys.popitem(last=False)

    def forget(self, name):
        with self._lock:
            self._keys.pop(name, None)

    def clear(self):
        with self._lock:
            self._keys.clear()


opened = Memory()


def _after_fork():
    _held.sock = _held.mark = None  # the parent's connection must not carry two processes' questions
    opened._lock = threading.Lock()  # another thread may have held it at the fork


os.register_at_fork(after_in_child=_after_fork)
