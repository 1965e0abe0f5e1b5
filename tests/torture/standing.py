"""One Romsai under its own supervisor, in a folder of its own, and everything that can be done to it from outside."""

import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg

from romsai.launcher import ROOT
from romsai.launcher.children import spawn
from romsai.launcher.instance import DATABASE, Instance, sources_digest, with_database
from romsai.launcher.postgres import Cluster

VAR = ROOT / "var" / "torture"
PATIENCE = 120  # seconds for anything that must come back
NAMES = {"gunicorn": "web", "procrastinate": "worker", "core.keys": "keys", "postgres": "database"}


def kept(say):
    """(a folder as `make run` leaves it in production, who works there); made once for the sources as they are."""
    country = hashlib.sha256(Path(__file__).with_name("country.py").read_bytes()).hexdigest()
    folder = VAR / f"kept-{sources_digest()[:12]}-{country[:12]}"
    if not (folder / "people.json").exists():
        say("Making the Romsai that is tortured; this is done once.")
        for old in VAR.glob("kept-*"):
            shutil.rmtree(old)
        instance = Instance(folder, "production", say=lambda text: None)
        try:
            instance.start()
            instance.furnish()
            instance.collect_static()
            said = subprocess.run(
                [sys.executable, "-m", "tests.torture.country"], env=instance.without_owner(), cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
            )
        finally:
            instance.stop()
        (folder / "people.json").write_text(said.stdout.splitlines()[-1])
    return folder, json.loads((folder / "people.json").read_text())


class Standing:
    """`with Standing(folder) as romsai:` copies the folder and starts it; `.kill(what)` kills, and a killed supervisor is started again."""

    def __init__(self, source, name, env=None, before=None):
        self.var, self.port = VAR / name, free_port()
        self.env = {"ROMSAI_BEHIND_PROXY": "1", "ROMSAI_MESSAGES": "file", "ROMSAI_HOSTS": "localhost,127.0.0.1"} | (env or {})
        self.source, self.before = source, before
        self.lines, self.process = [], None
        self._turn = threading.Lock()

    def __enter__(self):
        emptied(self.var.name).mkdir(parents=True, mode=0o700)
        if self.before:
            self.before(self)
        subprocess.run(["cp", "-a", f"{self.source}/.", self.var], check=True)
        self.start()
        try:
            self.wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def start(self):
        known = {name: os.environ[name] for name in os.environ if not name.startswith(("ROMSAI_", "DJANGO_", "DATABASE_"))}
        self.process = spawn(
            [sys.executable, "-m", "romsai.launcher", "run"],
            env=known | {"ROMSAI_VAR": str(self.var), "ROMSAI_PORT": str(self.port), "ROMSAI_MODE": "production"} | self.env,
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        threading.Thread(target=self._listen, args=[self.process.stdout], daemon=True).start()

    def _listen(self, stream):
        self.lines.extend(iter(stream.readline, ""))

    def wait_until_ready(self):
        deadline = time.monotonic() + PATIENCE
        while not any("Romsai is ready" in line for line in self.lines):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError("Romsai did not start:\n" + "".join(self.lines))
            time.sleep(0.05)

    def children(self):
        """{what: process id} of the four parts that run just now."""
        found = {}
        for pid, parent, command in processes():
            if parent == self.process.pid:
                found |= {name: pid for word, name in NAMES.items() if word in command}
        return found

    def wait_until_whole(self):
        deadline = time.monotonic() + PATIENCE
        while not set(self.children()) >= set(NAMES.values()):
            if time.monotonic() > deadline:
                raise RuntimeError("Not everything came back:\n" + "".join(self.lines[-40:]))
            time.sleep(0.1)

    def kill(self, victim, rng):
        """kill -9 of one part; False if it is not running just now. A supervisor is started again, as by the machine's own init."""
        if victim == "supervisor":
            self.process.kill()
            self.process.wait()
            self.start()
            return True
        part = self.children().get({"web process": "web", "postmaster": "database", "backend": "database"}.get(victim, victim))
        if part is None:
            return False
        below = [(pid, command) for pid, parent, command in processes() if parent == part]
        if victim == "web process":
            chosen = [rng.choice(below)[0]] if below else []
        elif victim == "backend":
            asking = [pid for pid, command in below if "romsai_login" in command]
            chosen = [rng.choice(asking)] if asking else []
        elif victim == "database":
            # As in a power cut: first nobody moves any more, so that nothing is written by whoever notices the others' end.
            chosen = [part, *(pid for pid, _command in below)]
            for pid in chosen:
                _signal(pid, signal.SIGSTOP)
        else:
            chosen = [part]
        for pid in chosen:
            _signal(pid, signal.SIGKILL)
        return bool(chosen)

    @property
    def admin(self):
        """A superuser's conninfo: only the torturer and the count use it."""
        return with_database(Cluster(self.var / "postgres").admin, DATABASE)

    def ask(self, query, *values):
        """Rows that the superuser sees, tried again while the database is being recovered."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with psycopg.connect(self.admin, autocommit=True) as admin:
                    done = admin.execute(query, values or None)
                    return done.fetchall() if done.description else []
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def run(self, module, *arguments):
        """A module in the environment of this Romsai's own processes; what it printed last, as JSON."""
        env = self.job_environment()
        done = subprocess.run([sys.executable, "-m", module, *arguments], env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{module} failed:\n{done.stdout[-2000:]}")
        return json.loads(done.stdout.splitlines()[-1])

    def job_environment(self):
        """What the supervisor told its job worker, as it stands in the process table."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                told = Path(f"/proc/{self.children()['web']}/environ").read_text()
                return dict(pair.split("=", 1) for pair in told.split("\0") if "=" in pair)
            except (OSError, KeyError):
                time.sleep(0.2)
        raise RuntimeError("The web server did not come back.")


def emptied(name):
    """The folder of this name below var/torture, with nothing left of the run before."""
    folder = VAR / name
    if os.path.ismount(folder / "postgres"):  # of a run that was killed itself
        subprocess.run(["umount", folder / "postgres"], check=True)
    if folder.exists():
        shutil.rmtree(folder)
    return folder


def processes():
    """(process id, its parent's, command line) of everything that runs."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int(re.search(r"^PPid:\s+(\d+)", (folder / "status").read_text(), re.MULTILINE)[1])
            yield int(folder.name), parent, (folder / "cmdline").read_text()
        except (OSError, TypeError):
            continue


def _signal(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
