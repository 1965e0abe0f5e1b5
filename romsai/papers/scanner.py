"""The office's virus scanner, if it has one: ClamAV's daemon, named by `ROMSAI_CLAMAV` as a socket's path or `host:port`.

Without one a file is "not scanned", and the page says so. With one that does not answer the file waits in quarantine, which
nobody opens: a scanner that is down must never read as a clean file.
"""

import socket
import struct

from django.conf import settings

NOT_SCANNED, CLEAN, HARMFUL, QUARANTINE = "NOT_SCANNED", "CLEAN", "HARMFUL", "QUARANTINE"
PATIENCE = 30  # seconds
PIECE = 1 << 16


def look(data):
    """One of NOT_SCANNED, CLEAN, HARMFUL, QUARANTINE."""
    if not settings.CLAMAV:
        return NOT_SCANNED
    try:
        answer = _ask(data)
    except OSError:
        return QUARANTINE
    if answer.endswith(b"FOUND"):
        return HARMFUL
    return CLEAN if answer.endswith(b"OK") else QUARANTINE


def _ask(data):
    with _connected() as daemon:
        daemon.sendall(b"zINSTREAM\0")
        for at in range(0, len(data), PIECE):
            piece = data[at : at + PIECE]
            daemon.sendall(struct.pack(">I", len(piece)) + piece)
        daemon.sendall(struct.pack(">I", 0))
        answer = b""
        while piece := daemon.recv(4096):
            answer += piece
    return answer.strip(b"\0 \n")


def _connected():
    host, colon, port = settings.CLAMAV.rpartition(":")
    if colon and port.isdigit():
        return socket.create_connection((host, int(port)), PATIENCE)
    daemon = socket.socket(socket.AF_UNIX)
    daemon.settimeout(PATIENCE)
    try:
        daemon.connect(settings.CLAMAV)
    except OSError:
        daemon.close()
        raise
    return daemon
