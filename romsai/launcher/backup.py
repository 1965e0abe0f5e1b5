"""The whole of Romsai as one file that only one key opens: taken while people work, restored into an empty database, compared row by row.

    backup.take("/mnt/off-site/2026-11-22.romsai", "age1…")
    backup.restore("/mnt/off-site/2026-11-22.romsai", "backup.key", admin_url)

Inside the encryption (age) are frames: what it is, the dump as pg_dump writes it, the ledger of what was erased, and at the end what must come out
again: rows and checksum of each table. Nothing of it lies on a disk unencrypted, neither when it is taken nor when it is restored.
The wrapping keys (var/secrets/keys.json) are not in it unless asked for: whoever holds one of the two can read nothing.
"""

import contextlib
import hashlib
import io
import json
import os
import struct
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pyrage
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from romsai.launcher import CannotStart, var_folder
from romsai.launcher.instance import DATABASE, Instance, with_database
from romsai.launcher.postgres import LONGEST_SOCKET_PATH, Cluster, binaries, keep
from romsai.launcher.prepare import prepare

MAGIC = "Romsai backup 1"
HEAD, DUMP, LEDGER, KEYS, END = b"H", b"D", b"L", b"K", b"E"
PIECE = 1 << 18
MOST = 1 << 30  # a frame longer than this is no frame of ours
LEDGER_FILE = Path("ledger") / "erasures.jsonl"


class CannotRestore(CannotStart):
    """Why this file is not restored, and what to do. The database is as it was before."""


def new_key(path):
    """Make the key pair of the backups: the secret half in this file, the public half is returned. Keep the file far from the server."""
    made = []

    def pair():
        identity = pyrage.x25519.Identity.generate()
        made.append(identity)
        return f"# public key: {identity.to_public()}\n{identity}\n"

    keep(Path(path), pair)
    if not made:
        raise CannotStart(f"{path} exists already. A key that opens backups is never overwritten.")
    return str(made[0].to_public())


# taking


def take(to_path, recipient, *, admin_url=None, var=None, with_keys=False):
    """Write an encrypted backup of the running Romsai. Returns {"seconds", "bytes", "tables", "rows", "made_at"}.

    recipient: the public half (age1…). The file appears whole or not at all. CannotStart with what is wrong.
    """
    began, var, to_path = time.monotonic(), Path(var or var_folder()), Path(to_path)
    try:
        public = pyrage.x25519.Recipient.from_str(recipient.strip())
    except pyrage.RecipientError:
        raise CannotStart("This is no public key of age: it is one line that begins with age1.") from None
    fresh = to_path.with_name(to_path.name + ".new")
    fresh.unlink(missing_ok=True)
    with administrator(var, admin_url) as admin:
        told = {}
        try:
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                pyrage.encrypt_io(_Reader(_frames(admin, var, with_keys, told)), file, [public])
                file.flush()
                os.fsync(file.fileno())
            if "end" not in told:
                raise CannotStart(told.get("trouble", "The backup was not finished."))
            fresh.rename(to_path)
        except (OSError, pyrage.EncryptError) as problem:
            raise CannotStart(told.get("trouble") or f"The backup could not be written: {problem}") from problem
        finally:
            fresh.unlink(missing_ok=True)
    tables = told["end"]["tables"]
    return {
        "seconds": round(time.monotonic() - began, 2), "bytes": to_path.stat().st_size, "tables": len(tables),
        "rows": sum(rows for rows, _sum in tables.values()), "made_at": told["made_at"],
    }  # fmt: skip


def _frames(admin, var, with_keys, told):
    """The frames of a backup, each as bytes. What goes wrong is put into `told`: the encryption would swallow it."""
    try:
        with psycopg.connect(admin) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            # Dump and checksums see one moment, however long they take and whatever people write meanwhile.
            (snapshot,) = connection.execute("select pg_export_snapshot()").fetchone()
            told["made_at"] = datetime.now(UTC).isoformat(timespec="seconds")
            yield _frame(HEAD, json.dumps({"what": MAGIC, "made_at": told["made_at"], "postgres": connection.info.server_version}).encode())
            digest = hashlib.sha256()
            for piece in _dumped(admin, snapshot):
                digest.update(piece)
                yield _frame(DUMP, piece)
            tables = tables_of(connection)
        if with_keys:
            yield _frame(KEYS, (var / "secrets" / "keys.json").read_bytes())
        # After the dump, never before: what was erased meanwhile is erased again at the restore.
        book = var / LEDGER_FILE
        if book.exists():
            yield _frame(LEDGER, book.read_bytes())
        end = {"tables": tables, "dump": digest.hexdigest()}
        yield _frame(END, json.dumps(end).encode())
        told["end"] = end
    except Exception as problem:
        told["trouble"] = str(problem)
        raise


def _dumped(admin, snapshot):
    arguments, env = _login(admin)
    command = [binaries() / "pg_dump", "--format=custom", "--compress=6", f"--snapshot={snapshot}", "--no-password", *arguments]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as dump:
        while piece := dump.stdout.read(PIECE):
            yield piece
        said = dump.stderr.read().decode(errors="replace")
    if dump.returncode:
        raise CannotStart(f"pg_dump failed: {said.strip()[-1000:]}")


def tables_of(connection):
    """{table: [rows, checksum]} of every table, as they are in this transaction; the checksum does not depend on the order."""
    connection.execute("set local timezone to 'UTC'")
    names = connection.execute(
        "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where c.relkind in ('r', 'p') and n.nspname in ('public', 'sec') order by 1, 2"
    ).fetchall()
    found = {}
    for schema, name in names:
        query = sql.SQL("select count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 15))::bit(60)::bigint), 0)::text from {} t")
        found[f"{schema}.{name}"] = list(connection.execute(query.format(sql.Identifier(schema, name))).fetchone())
    return found


# restoring


def restore(path, identity, admin_url, *, var=None, dbname=DATABASE):
    """Put a backup into the empty database of this server and compare every table. Returns {"seconds", "tables", "rows", "made_at", "ledger_lines"}.

    identity: the secret half, or the file it lies in. CannotRestore if it does not open the file, the file is not whole, the database is
    not empty, or a table is not as it was. The ledger is put beside the database; whoever starts Romsai then carries it out (`make run` does).
    """
    began, var = time.monotonic(), Path(var or var_folder())
    secret = _identity(identity)
    check = _Check()
    _read(path, secret, check)  # the whole file first: a broken one must not leave half a database
    secrets_dir = var / "secrets"
    if check.keys:
        _put_keys(secrets_dir / "keys.json", check.keys)
    prepare(admin_url, dbname, secrets_dir)
    inside = with_database(admin_url, dbname)
    with psycopg.connect(inside, autocommit=True) as connection:
        if connection.execute("select count(*) from pg_tables where schemaname in ('public', 'sec')").fetchone() != (0,):
            raise CannotRestore("This database is not empty. A backup is restored into an empty one only: choose another folder with ROMSAI_VAR.")
    _pour(path, secret, inside)
    with psycopg.connect(inside) as connection:
        now = tables_of(connection)
    wrong = [name for name in sorted(now.keys() | check.end["tables"].keys()) if now.get(name) != check.end["tables"].get(name)]
    if wrong:
        raise CannotRestore(f"Not everything came back as it was: {', '.join(wrong[:10])}. Do not use this database.")
    lines = _put_ledger(var / LEDGER_FILE, check.ledger)
    return {
        "seconds": round(time.monotonic() - began, 2), "tables": len(now), "rows": sum(rows for rows, _sum in now.values()),
        "made_at": check.head["made_at"], "ledger_lines": lines,
    }  # fmt: skip


def restore_here(path, identity, *, mode, var=None, say=print):
    """From an empty machine to a Romsai that can be started: database, restore, policies, and what was erased is erased again. As `restore`."""
    var, check = Path(var or var_folder()), _Check()
    _read(path, _identity(identity), check)
    if not check.keys and not (var / "secrets" / "keys.json").exists():
        raise CannotRestore(
            f"The keys are not in this backup: put keys.json, which you keep apart, into {var / 'secrets'} (chmod 600). Without it no name can be read."
        )
    instance = Instance(var, mode, os.environ.get("DATABASE_URL"), say)
    instance.take_folder()
    try:
        if check.keys:
            _put_keys(var / "secrets" / "keys.json", check.keys)
        instance.start()
        say("Backup: restoring.")
        done = restore(path, identity, instance.administrator, var=var)
        instance.furnish()
        instance.erase_again()
        return done
    finally:
        instance.stop()


def _identity(given):
    text = str(given)
    if "AGE-SECRET-KEY" not in text:
        try:
            text = Path(given).read_text()
        except OSError as problem:
            raise CannotRestore(f"The key cannot be read: {problem}") from None
    lines = [line.strip() for line in text.splitlines() if line.strip().startswith("AGE-SECRET-KEY-")]
    try:
        return pyrage.x25519.Identity.from_str(lines[0])
    except (IndexError, pyrage.IdentityError):
        raise CannotRestore("This is no secret key of age: one line of it begins with AGE-SECRET-KEY-1.") from None


def _read(path, secret, check):
    """Decrypt the file into `check`, which takes its frames."""
    try:
        with open(path, "rb") as file:
            pyrage.decrypt_io(file, check, [secret])
    except FileNotFoundError:
        raise CannotRestore(f"There is no file {path}.") from None
    except CannotRestore:
        raise
    except (OSError, pyrage.DecryptError) as problem:
        if check.trouble:
            raise CannotRestore(check.trouble) from None
        if "no matching keys" in str(problem).lower():
            raise CannotRestore("This key does not open this backup. Take the key that was there when it was made.") from None
        raise CannotRestore("This file is not a whole backup: it was cut off or changed. Take another.") from None
    check.is_whole()


def _pour(path, secret, inside):
    """Decrypt once more, straight into pg_restore: one transaction, all or nothing."""
    arguments, env = _login(inside)
    command = [binaries() / "pg_restore", "--single-transaction", "--exit-on-error", "--no-password", *arguments]
    with tempfile.TemporaryFile() as said, subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=said, stderr=said) as pouring:
        with contextlib.suppress(BrokenPipeError), pouring.stdin as pipe:
            _read(path, secret, _Check(pipe))
        if pouring.wait():
            said.seek(0)
            raise CannotRestore(f"pg_restore failed: {said.read().decode(errors='replace').strip()[-1500:]}")


def _put_keys(path, brought):
    """Keys that lie here are never overwritten; where they lack one of the backup's own, its names could not be read."""
    if _lasting(brought) - _lasting(keep(path, brought.decode)):
        raise CannotRestore(f"The keys in {path} are others than those of the backup. Move that file to a safe place, and restore again.")


def _lasting(held):
    """The keys by which something is kept; those of the signed context come and go."""
    return {(key["name"], key["secret"]) for key in json.loads(held)["keys"] if key["purpose"] != "context"}


def _put_ledger(path, brought):
    """The longer of the two: a ledger that lies here may know of erasures after the backup. Returns its number of lines."""
    here = path.read_bytes() if path.exists() else b""
    if not here.startswith(brought) and not brought.startswith(here):
        raise CannotRestore(f"The ledger in {path} and the one of the backup tell different things. Keep the right one there, and restore again.")
    if len(brought) > len(here):
        path.unlink(missing_ok=True)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(brought)
            file.flush()
            os.fsync(file.fileno())
    return max(here, brought, key=len).count(b"\n")


# frames


def _frame(kind, content):
    return kind + struct.pack("!I", len(content)) + content


class _Reader(io.RawIOBase):
    """Reads from pieces as if they were a file."""

    def __init__(self, pieces):
        self.pieces, self.rest = pieces, b""

    def readable(self):
        return True

    def read(self, size=-1):
        while len(self.rest) < size or size < 0:
            piece = next(self.pieces, None)
            if piece is None:
                break
            self.rest += piece
        given, self.rest = (self.rest, b"") if size < 0 else (self.rest[:size], self.rest[size:])
        return given


class _Check(io.RawIOBase):
    """Takes the decrypted bytes, notes what the frames say, and pours the dump on if there is where to."""

    def __init__(self, pour=None):
        self.pour, self.rest = pour, bytearray()
        self.head, self.end, self.keys, self.ledger, self.trouble = None, None, b"", b"", ""
        self.digest = hashlib.sha256()

    def writable(self):
        return True

    def write(self, content):
        self.rest += content
        while len(self.rest) >= 5:
            kind, length = bytes(self.rest[:1]), struct.unpack("!I", self.rest[1:5])[0]
            if length > MOST or kind not in (HEAD, DUMP, LEDGER, KEYS, END) or (self.head is None) != (kind == HEAD):
                self.trouble = "This file was opened, but it is no backup of Romsai."
                raise OSError(self.trouble)
            if len(self.rest) < 5 + length:
                break
            self._take(kind, bytes(self.rest[5 : 5 + length]))
            del self.rest[: 5 + length]
        return len(content)

    def _take(self, kind, content):
        if kind == DUMP:
            self.digest.update(content)
            if self.pour:
                self.pour.write(content)
        elif kind == HEAD:
            self.head = json.loads(content)
        elif kind == END:
            self.end = json.loads(content)
        elif kind == KEYS:
            self.keys = content
        else:
            self.ledger = content

    def is_whole(self):
        if self.end is None or self.rest or self.head.get("what") != MAGIC or self.digest.hexdigest() != self.end["dump"]:
            raise CannotRestore("This file is not a whole backup: it was cut off or changed. Take another.")


# the server


@contextlib.contextmanager
def administrator(var, admin_url=None):
    """How to log in to the database of the Romsai that runs in this folder, or the one named, as its administrator."""
    admin_url = admin_url or os.environ.get("DATABASE_URL")
    if admin_url:
        yield with_database(admin_url, DATABASE) if conninfo_to_dict(admin_url).get("dbname") in (None, "postgres") else admin_url
        return
    cluster = Cluster(Path(var) / "postgres")
    if not (cluster.folder / "postmaster.pid").exists():
        raise CannotStart(f"No Romsai runs in {var}. Start it (make run), or name its server in DATABASE_URL.")
    with tempfile.TemporaryDirectory(prefix="romsai-") as short:
        host = cluster.folder
        if len(str(host / ".s.PGSQL.5432")) > LONGEST_SOCKET_PATH:
            host = Path(short) / "socket"
            host.symlink_to(cluster.folder)
        yield make_conninfo(cluster.admin, host=str(host), dbname=DATABASE)


def _login(conninfo):
    """(arguments, environment) for a program of PostgreSQL; the password is in no list of processes."""
    parts = conninfo_to_dict(conninfo)
    password = parts.pop("password", None)
    env = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", **({"PGPASSWORD": password} if password else {})}
    return [f"--dbname={make_conninfo(**parts)}"], env
