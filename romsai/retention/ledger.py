"""The ledger of what was erased: a file outside the database, one line each, chained; what a restored backup brings back is erased again by it.

A line holds no personal data: a keyed token in place of the case's number, the numbers of destroyed keys, the ground, the two who decided.
`hash` covers the line and the hash before it, so no line can be changed, taken out or moved. `seal` is the hash under a key that only the key
process has, so whoever can write the file cannot write the chain anew. A line is on disk before the database commits.
"""

import fcntl
import hashlib
import json
import os
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path

from django.conf import settings

from romsai.core.keys import client as keys

NAME = "erasures.jsonl"
KIND = "erased"  # of token
FIRST = "0" * 64


class Broken(Exception):
    """The file is not as it was written; the sentence says where."""


def path():
    return Path(settings.LEDGER) / NAME


def mark(what, number):
    """The keyed token by which who knows a case's number, or a report's UUID, finds its line."""
    return keys.tokens(KIND, [f"{what} {number}"])[0]


@contextmanager
def opened():
    """The ledger held for one writer: `add(facts)` puts a line on disk, `lines` are those there are."""
    folder = path().parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(path(), os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield Ledger(file)


def read():
    """All entries, checked; Broken if the chain or a seal is not right. An unfinished last line never counted."""
    if not path().exists():
        return []
    with open(path(), "rb") as file:
        return check(_whole_lines(file.read()))


def check(lines):
    """Entries from their lines, each with its `line`; Broken at the first that is not right."""
    found, before = [], FIRST
    for n, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            facts = {name: value for name, value in entry.items() if name not in ("hash", "seal")}
            right = (entry["n"], entry["before"], entry["hash"]) == (n, before, _hash(facts))
        except (ValueError, KeyError, TypeError, AttributeError):
            right = False
        if not right:
            raise Broken(f"Line {n} of the ledger is not as it was written.")
        before = entry["hash"]
        found.append(entry | {"line": line})
    for start in range(0, len(found), 5000):
        piece = found[start : start + 5000]
        for entry, seal in zip(piece, keys.tokens(KIND, [entry["hash"] for entry in piece]), strict=True):
            if entry["seal"] != seal.hex():
                raise Broken(f"Line {entry['n']} of the ledger was not written by this Romsai.")
    return found


class Ledger:
    """The open file."""

    def __init__(self, file):
        self.file = file
        content = file.read()
        self.lines = _whole_lines(content)
        kept = sum(len(line.encode()) + 1 for line in self.lines)
        if kept < len(content):
            file.truncate(kept)  # a line that a crash cut off: its erasure was never committed
        self.last = json.loads(self.lines[-1]) if self.lines else {"n": 0, "hash": FIRST}

    def add(self, facts):
        """Chain, seal and write one line; on disk when this returns. Gives back the entry with its `line`."""
        entry = {"n": self.last["n"] + 1, **facts, "before": self.last["hash"]}
        entry["hash"] = _hash(entry)
        entry["seal"] = keys.tokens(KIND, [entry["hash"]])[0].hex()
        return entry | {"line": self.put(_text(entry))}

    def put(self, line):
        """A line as it stands; for one that the database has and the file has lost."""
        self.file.seek(0, os.SEEK_END)
        at = self.file.tell()
        try:
            self.file.write(line.encode() + b"\n")
            self.file.flush()
            os.fsync(self.file.fileno())
        except OSError:
            os.ftruncate(self.file.fileno(), at)
            raise
        self.lines.append(line)
        self.last = json.loads(line)
        _sync_folder()
        return line


def moment(at):
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _whole_lines(content):
    return [line.decode() for line in content.split(b"\n")[:-1]]


def _text(entry):
    return json.dumps(entry, sort_keys=True, separators=(",", ":"))


def _hash(facts):
    return hashlib.sha256(_text(facts).encode()).hexdigest()


def _sync_folder():
    folder = os.open(path().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
