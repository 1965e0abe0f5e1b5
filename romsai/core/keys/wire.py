"""Frames between the key process and its clients: four bytes of length, then JSON; bytes travel as base64."""

import json
import struct
from base64 import b64decode, b64encode

LONGEST = 8 * 1024 * 1024  # some 50,000 wrapped data keys


class Malformed(Exception):
    """What came is no frame of ours."""


def send(sock, message):
    body = json.dumps(message).encode()
    sock.sendall(struct.pack("!I", len(body)) + body)


def receive(sock):
    """The next message, or None when the other side has gone."""
    head = _exactly(sock, 4)
    if head is None:
        return None
    (length,) = struct.unpack("!I", head)
    if length > LONGEST:
        raise Malformed("frame too long")
    body = _exactly(sock, length)
    if body is None:
        return None
    try:
        message = json.loads(body)
    except ValueError:
        raise Malformed("not JSON") from None
    if not isinstance(message, dict):
        raise Malformed("not an object")
    return message


def _exactly(sock, length):
    parts, missing = [], length
    while missing:
        part = sock.recv(min(missing, 65536))
        if not part:
            return None
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def text(raw):
    return None if raw is None else b64encode(raw).decode()


def raw(text):
    return None if text is None else b64decode(text, validate=True)
