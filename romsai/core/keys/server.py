"""Serves the ring on a Unix socket to processes of the same user of the machine, and to nobody else."""

import ctypes
import logging
import os
import resource
import socket
import socketserver
import struct
import threading
from contextlib import contextmanager
from pathlib import Path

from romsai.core.keys import wire
from romsai.core.keys.ring import Refused, Ring, pads

log = logging.getLogger("romsai.keys")

MOST_CLIENTS = 256
PATIENCE = 10  # seconds for the rest of a frame that has begun; between frames a client may rest as long as it likes


class KeyFile:
    """The ring as the file now has it: a rotation takes effect at the next request, without a restart."""

    def __init__(self, path, mode):
        self.path, self.mode = Path(path), mode
        self._lock = threading.Lock()
        self._seen, self._ring = None, None
        self.ring()

    def ring(self):
        try:
            stat = self.path.stat()
            seen = (stat.st_mtime_ns, stat.st_ino, stat.st_mode)
        except OSError:
            seen = None
        with self._lock:
            if self._ring is None or seen != self._seen:
                self._ring, self._seen = self._read(), seen
            return self._ring

    def _read(self):
        try:
            return Ring.load(self.path, self.mode)
        except (Refused, OSError, ValueError, KeyError) as problem:
            if self._ring is None:
                raise
            # A file damaged while we run must not lock out every case worker: go on with the keys we hold, and say so.
            log.error("The changed key file is not acceptable, keeping the keys in memory: %s", problem)
            return self._ring


def _new_data_key(ring, asked):
    wrapped, plain, kek = ring.new_data_key(asked["about"])
    return {"wrapped": wire.text(wrapped), "plain": wire.text(plain), "kek": kek}


def _new_data_keys(ring, asked):
    made = [ring.new_data_key(about) for about in asked["abouts"]]
    return {"keys": [[wire.text(wrapped), wire.text(plain)] for wrapped, plain, _kek in made], "kek": ring.wrapping.name}


def _unwrap(ring, asked):
    return {"keys": [wire.text(ring.unwrap(about, kek, wire.raw(wrapped))) for about, kek, wrapped in asked["items"]]}


def _rewrap(ring, asked):
    made = [wire.text(ring.rewrap(about, kek, wire.raw(wrapped))) for about, kek, wrapped in asked["items"]]
    return {"wrapped": made, "kek": ring.wrapping.name}


def _tokens(ring, asked):
    return {"tokens": [wire.text(token) for token in ring.tokens(asked["kind"], asked["texts"])]}


def _context(ring, asked):
    name, secret = ring.context()
    ipad, opad = pads(secret)
    return {"name": name, "key": wire.text(secret), "ipad": wire.text(ipad), "opad": wire.text(opad)}


def _status(ring, asked):
    return {"country": ring.country, "wrapping": ring.wrapping.name, "keys": ring.inventory()}


OPERATIONS = {
    "new_data_key": _new_data_key,
    "new_data_keys": _new_data_keys,
    "unwrap": _unwrap,
    "rewrap": _rewrap,
    "tokens": _tokens,
    "context": _context,
    "status": _status,
}


class _Client(socketserver.BaseRequestHandler):
    def handle(self):
        if not self._is_ours() or not self.server.places.acquire(blocking=False):
            return
        try:
            self._serve()
        except (wire.Malformed, TimeoutError, ConnectionError):
            pass  # a client that talks nonsense or goes away is no event
        finally:
            self.server.places.release()

    def _is_ours(self):
        if not hasattr(socket, "SO_PEERCRED"):
            return True  # not Linux: the socket's own mode 0600 stands alone
        _, uid, _ = struct.unpack("3i", self.request.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        if uid != os.geteuid():
            log.warning("Turned away a process of user %s.", uid)
            return False
        return True

    def _serve(self):
        while True:
            self.request.settimeout(None)
            if not self.request.recv(1, socket.MSG_PEEK):
                return
            self.request.settimeout(PATIENCE)
            asked = wire.receive(self.request)
            if asked is None:
                return
            wire.send(self.request, self._answer(asked))

    def _answer(self, asked):
        operation = OPERATIONS.get(asked.get("op"))
        if operation is None:
            return {"error": "unknown operation"}
        try:
            return operation(self.server.file.ring(), asked)
        except Refused as refusal:
            return {"error": str(refusal)}
        except (KeyError, TypeError, ValueError, AttributeError):
            return {"error": "malformed request"}  # never the exception: it could quote what was asked


class KeyServer(socketserver.ThreadingUnixStreamServer):
    """The key process' door. `file` is a KeyFile."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, path, file):
        self.file = file
        self.places = threading.BoundedSemaphore(MOST_CLIENTS)
        super().__init__(str(path), _Client)

    def server_bind(self):
        path = self.server_address
        Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _clear(path)
        before = os.umask(0o177)  # the socket must never exist with a wider mode, not even for a moment
        try:
            super().server_bind()
        finally:
            os.umask(before)

    def handle_error(self, request, client_address):
        log.exception("A client's thread ended badly.")

    def server_close(self):
        super().server_close()
        Path(self.server_address).unlink(missing_ok=True)


def _clear(path):
    """Take away a socket that a killed process left behind; refuse if somebody still answers on it."""
    if not os.path.exists(path):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(path)
        except OSError:
            os.unlink(path)
        else:
            raise Refused(f"A key process already answers at {path}.")


def harden():
    """No core dumps, and no other process of the same user may attach to this one to read its memory (Linux)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE
    except (OSError, AttributeError):
        log.warning("This system cannot close the process against its own user.")


@contextmanager
def running(socket_path, key_file, mode):
    """A key process in a thread of this one, for tests: the same door, the same file, the same rules."""
    server = KeyServer(socket_path, KeyFile(key_file, mode))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
