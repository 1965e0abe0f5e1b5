"""One Romsai: a folder, a mode, a database with its roles, the secrets, and the processes that need no web server.

Used by the supervisor for `make run` and by the tests, so that both start the same way.
"""

import hashlib
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from romsai.launcher import ROOT, CannotStart, checks
from romsai.launcher.children import hold, spawn, stop
from romsai.launcher.postgres import FAST_AND_LOSSY, LONGEST_SOCKET_PATH, Cluster, keep
from romsai.launcher.prepare import prepare

DATABASE = "romsai"
KEYS_PATIENCE = 20  # seconds
FURNISHED = "Romsai {mode} {digest}"  # the comment on the database that says what it was last brought up to

# What a database is made from: a change in any of these is brought into it at the next start.
SOURCES = (
    "*/migrations/*.py", "*/management/commands/*.py", "core/access/*.py", "*/rules.py", "*/reference.py", "*/demo*.py", "*/demo/**/*",
    "**/*.yaml", "**/*.json", "**/*.csv", "**/*.xlsx", "**/*.sql",
)  # fmt: skip
NOT_SOURCES = {"tests", "static", "templates", "locale", "__pycache__"}


class Instance:
    """Start with `start()`, bring the database up to date with `furnish()`, end with `stop()`."""

    def __init__(self, var, mode, database_url=None, say=print):
        self.var, self.mode, self.database_url, self.say = Path(var).resolve(), mode, database_url, say
        self.secrets = self.var / "secrets"
        self._running = self.var / "run" / "running"
        self._accounts = self.var / "demo-accounts"
        self.cluster = self.keys = self._lock = self._short = None
        self.env = {}

    def take_folder(self):
        """Make the folder ours until `stop()`; CannotStart if another Romsai runs in it.

        Returns True if the last one was killed, so that its children may still be ending.
        """
        self._make_folders()
        self._lock = hold(
            self.var / "run" / "lock",
            f"Romsai already runs in {self.var}. Stop it first, or choose another folder with ROMSAI_VAR.",
        )
        was_killed = self._running.exists()
        self._running.touch()
        return was_killed

    def start(self):
        """Database server, roles, secrets and key process; returns when all of them answer."""
        if not self._lock:
            self.take_folder()
        self._make_secrets()
        admin = self._start_database()
        roles = prepare(admin, DATABASE, self.secrets)
        self.env = self._environment() | roles
        self.say("Keys: starting the key process.")
        self.run_module("romsai.core.keys", "init")
        self.start_keys()

    def stop(self):
        """Keys first, the database last; everything committed is on disk afterwards."""
        if self.keys:
            stop(self.keys)
        if self.cluster:
            self.cluster.stop()
        if self._short:
            self._short.cleanup()
        if self._lock:
            self._running.unlink()
            self._lock.close()
        self.cluster = self.keys = self._lock = self._short = None

    @property
    def administrator(self):
        """How to log in as the server's administrator, once it was started."""
        return self.database_url or self.cluster.admin

    def start_keys(self):
        """The key process, once it answers on its socket."""
        self.keys = self.spawn("keys", [sys.executable, "-m", "romsai.core.keys", "serve"])
        deadline = time.monotonic() + KEYS_PATIENCE
        while not _answers(self.env["ROMSAI_KEYS_SOCKET"]):
            if self.keys.poll() is not None or time.monotonic() > deadline:
                raise CannotStart(f"The key process does not answer. Its last words:\n{self.last_words('keys')}")
            time.sleep(0.05)

    def restart_database(self):
        """After the server was killed: its own recovery brings back all that was committed."""
        self.cluster.stop()
        self.cluster.start()

    def furnish(self):
        """Migrate, install the policies and load reference and demo data, unless the database has all that already."""
        wanted = self._furnished()
        found = self._comment()
        if found == wanted:
            self.say("Database: up to date.")
            return
        if found.startswith("Romsai ") and found.split()[1] != self.mode:
            raise CannotStart(
                f"This database belongs to a Romsai in mode {found.split()[1]}, but this one is started in mode {self.mode}. "
                "Demonstration and production never share a database: choose another with ROMSAI_VAR or DATABASE_URL."
            )
        self.say("Database: bringing the tables up to date, and installing who may see what.")
        self.bring_up_to_date()
        self.say("Reference data: areas, code lists, labels, questionnaires.")
        loads = ["load_reference"]
        if self.mode == "demo":
            self.say("Demonstration: an invented country.")
            loads.append("load_demo")
        self.manage("together", *loads)
        self._accounts.unlink(missing_ok=True)
        self._comment(wanted)

    def bring_up_to_date(self):
        """Tables as the migrations have them, and the rules of access, which name the tables."""
        self.manage("together", "migrate --no-input --verbosity=0", "access install", as_owner=True)

    def erase_again(self):
        """What was erased stays erased, whatever backup the database came from: before anybody is let in."""
        if (self.var / "ledger" / "erasures.jsonl").exists():
            self.say("Ledger: what was erased stays erased.")
            self.manage("retention", "replay")

    def renew_context_key(self, today):
        """A new key for the signatures of who is asking, once a day; one that was missed is made up for. True if it was due.

        Done here and not by a job, because only the launcher knows the owner, who alone may give the database a key.
        """
        held = json.loads((self.secrets / "keys.json").read_text())["keys"]
        current = [key["rotate_by"] for key in held if key["purpose"] == "context" and key["state"] == "current"]
        if max(current, default="") > today.isoformat():
            return False
        was_furnished = self._comment() == self._furnished()
        self.manage("access", "renew", as_owner=True)
        if was_furnished:
            self._comment(self._furnished())
        return True

    def demo_accounts(self):
        """Who can sign in to the demonstration, as text; nothing in any other mode."""
        return keep(self._accounts, lambda: self.manage("demo_accounts")) if self.mode == "demo" else ""

    def collect_static(self):
        """Style sheets, scripts and pictures into var/static, compressed, if any of them changed."""
        stamp, digest = self.var / "static.stamp", _files_digest(ROOT.glob("romsai/*/static/**/*"))
        if not stamp.exists() or stamp.read_text() != digest:
            self.say("Pages: collecting style sheets, scripts and pictures.")
            self.manage("collectstatic", "--no-input", "--clear", "--verbosity=0")
            stamp.write_text(digest)

    def manage(self, *arguments, as_owner=False):
        """Run a command of manage.py to its end; raises CannotStart with its words if it fails."""
        env = self.env | {"ROMSAI_DB_AS": "owner"} if as_owner else self.without_owner()
        # Django's checks of the code belong to the tests; here they would cost a second for each command.
        return self._run([sys.executable, ROOT / "manage.py", *arguments, "--skip-checks"], env)

    def run_module(self, name, *arguments):
        return self._run([sys.executable, "-m", name, *arguments], self.without_owner())

    def without_owner(self):
        """The environment of everything that serves: it does not know how the owner logs in."""
        return {name: value for name, value in self.env.items() if name != "ROMSAI_OWNER_URL"}

    def spawn(self, name, arguments, **env):
        """A child that writes to var/log/<name>.log and dies with us."""
        with open(self.var / "log" / f"{name}.log", "ab") as log:
            return spawn(arguments, env=self.without_owner() | env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def last_words(self, name):
        with open(self.var / "log" / f"{name}.log", errors="replace") as log:
            return log.read()[-1500:].strip()

    def _run(self, arguments, env):
        child = spawn(arguments, env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            said, _ = child.communicate()
        except BaseException:
            stop(child)
            raise
        if child.returncode:
            command = " ".join(str(argument) for argument in arguments[1:])
            raise CannotStart(f"This step failed: {command}\n{said[-3000:].strip()}")
        return said

    def _make_folders(self):
        for folder in (self.var, *(self.var / name for name in ("run", "log", "secrets", "files"))):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def _make_secrets(self):
        keep(self.secrets / "django_key", lambda: secrets.token_urlsafe(64))
        keep(self.secrets / "mode", lambda: self.mode)
        if problems := list(checks.secret_problems(self.secrets, self.mode)):
            raise CannotStart("\n".join(problems))

    def _start_database(self):
        if self.database_url:
            self.say("Database: the PostgreSQL named in DATABASE_URL.")
            return self.database_url
        self.say("Database: starting the embedded PostgreSQL.")
        self.cluster = Cluster(self.var / "postgres", FAST_AND_LOSSY if self.mode == "test" else None)
        self.cluster.start()
        return self.cluster.admin

    def _environment(self):
        keys = self.var / "run" / "keys.sock"
        if len(str(keys)) > LONGEST_SOCKET_PATH:
            self._short = tempfile.TemporaryDirectory(prefix="romsai-")
            keys = Path(self._short.name) / "keys.sock"
        ours = {
            "ROMSAI_VAR": str(self.var),
            "ROMSAI_MODE": self.mode,
            "ROMSAI_KEYS_SOCKET": str(keys),
            "DJANGO_SETTINGS_MODULE": "romsai.settings",
        }
        # DATABASE_URL is an administrator's login: only the launcher may know it.
        inherited = os.environ.keys() - {"DATABASE_URL", "ROMSAI_OWNER_URL", "ROMSAI_DB_AS"}
        return {name: os.environ[name] for name in inherited} | ours

    def _comment(self, text=None):
        """The comment on the database, which travels with it; sets it if `text` is given."""
        with psycopg.connect(self.env["ROMSAI_OWNER_URL"], autocommit=True) as owner:
            if text is not None:
                owner.execute(sql.SQL("comment on database {} is {}").format(sql.Identifier(owner.info.dbname), sql.Literal(text)))
            return owner.execute(
                "select coalesce(shobj_description(oid, 'pg_database'), '') from pg_database where datname = current_database()"
            ).fetchone()[0]

    def _furnished(self):
        return FURNISHED.format(mode=self.mode, digest=self._digest())

    def _digest(self):
        """Also over the key file: another file's context key must be given to the database."""
        digest = hashlib.sha256((self.secrets / "keys.json").read_bytes())
        digest.update(sources_digest().encode())
        return digest.hexdigest()[:32]


def sources_digest():
    """One hash over every file that a database is made from."""
    package = ROOT / "romsai"
    files = {path for pattern in SOURCES for path in package.glob(pattern)}
    return _files_digest(path for path in files if not NOT_SOURCES.intersection(path.relative_to(package).parts))


def _files_digest(paths):
    digest = hashlib.sha256()
    for path in sorted(paths):
        if path.is_file():
            digest.update(f"{path.relative_to(ROOT).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def with_database(conninfo, dbname):
    """The same login to another database."""
    return make_conninfo(conninfo, dbname=dbname)


def _answers(path):
    with closing(socket.socket(socket.AF_UNIX)) as caller:
        try:
            caller.connect(path)
        except OSError:
            return False
        return True
