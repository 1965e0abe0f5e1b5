"""Keeps everything running: database, keys, web server, job worker. Whatever dies is started again."""

import errno
import os
import signal
import socket
import sys
import time
from datetime import date

import psycopg

from romsai.launcher import ROOT, CannotStart, checks, var_folder
from romsai.launcher.children import stop
from romsai.launcher.daily import Daily
from romsai.launcher.instance import Instance

PORT_PATIENCE = 15  # seconds for a web server whose supervisor was killed: it still answers what it was asked
LONGEST_PAUSE = 30  # seconds between two tries of a child that keeps dying
SET_BACK = 60  # seconds by which the machine's clock is set back until the worker is started again
KEY_LOOK = 600  # seconds between two looks whether the context key is of today
BACKUP_LOOK = 60  # seconds between two looks whether a backup is due
BACKUP_REST = 3600  # seconds between two tries of one that failed
SETTLED = 10  # seconds after which a child counts as healthy again: what was killed from outside is no child that keeps dying
WEB = (
    "--preload", "--no-control-socket", "--worker-class=gthread", "--workers=2", "--threads=4",
    "--graceful-timeout=10", "--timeout=60",
)  # fmt: skip


class Stopped(BaseException):
    """Somebody asked us to end."""


def run(say=None):
    """Start Romsai and keep it running until Ctrl-C or SIGTERM. Returns the exit code."""
    say = say or (lambda text: print(text, flush=True))
    _listen_to_signals()
    instance = None
    code = 0
    try:
        mode = chosen_mode()
        host, port = os.environ.get("ROMSAI_BIND", "127.0.0.1"), _port()
        instance = Instance(var_folder(), mode, os.environ.get("DATABASE_URL"), say)
        was_killed = instance.take_folder()
        _refuse_taken_port(host, port, PORT_PATIENCE if was_killed else 0)
        daily = Daily.asked(instance.var)
        instance.start()
        instance.furnish()
        instance.erase_again()
        with psycopg.connect(instance.env["ROMSAI_DB_URL"], autocommit=True) as connection:
            checks.refuse_unsafe_start(connection, instance.var, mode)
        instance.collect_static()
        Supervisor(instance, host, port, say, daily).serve()
    except CannotStart as reason:
        print(f"\n{reason}", file=sys.stderr, flush=True)
        code = 1
    except Stopped:
        say("\nStopping.")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not interrupt the database's shutdown
        if instance:
            instance.stop()
    say("Stopped.")
    return code


class Supervisor:
    """The web server and the job worker of one instance, and a watch over all four processes."""

    def __init__(self, instance, host, port, say, daily=None):
        self.instance, self.host, self.port, self.say, self.daily = instance, host, port, say, daily
        self.children = {}
        self.pauses = {}  # name -> (when it was last started, the pause before that)
        self.due = {}  # name -> when it is started again; the others are watched meanwhile
        self.look_at_key = self.look_at_backup = 0
        self.backup = None  # the process that makes one just now
        self.clock = _clock()

    def serve(self):
        """Start web and worker, say where, and watch until Stopped is raised."""
        try:
            self._start("web")
            accounts = self.instance.demo_accounts()
            self._wait_for_web()
            self._start("worker")
            self.say(f"\nRomsai is ready: http://localhost:{self.port}/\n{accounts}\nStop it with Ctrl-C.")
            while True:
                self._watch()
                self._renew_key()
                self._heed_the_clock()
                self._back_up()
                time.sleep(0.2)
        finally:
            if self.backup:
                stop(self.backup)
            for name in ("web", "worker"):
                if name in self.children:
                    stop(self.children[name], patience=15)

    def _start(self, name):
        python = [sys.executable, "-m"]
        commands = {
            "web": [*python, "gunicorn", *WEB, f"--bind={self.host}:{self.port}", "romsai.wsgi:application"],
            "worker": [sys.executable, ROOT / "manage.py", "procrastinate", "--skip-checks", "worker"],
        }
        if name == "keys":
            self.instance.start_keys()
        elif name == "database":
            self.instance.restart_database()
        else:
            self.children[name] = self.instance.spawn(name, commands[name], ROMSAI_DB_AS=name)
        self.pauses[name] = (time.monotonic(), self.pauses.get(name, (0, 0))[1])

    def _watch(self):
        watched = self.children | {"keys": self.instance.keys}
        if self.instance.cluster:
            watched = {"database": self.instance.cluster.process} | watched
        for name, child in watched.items():
            if child is not None and child.poll() is None:  # None: it could not even be started
                continue
            if name not in self.due:
                self._plan_restart(name, child and child.returncode)
            if time.monotonic() >= self.due[name]:
                del self.due[name]
                self._start_again(name)

    def _plan_restart(self, name, code):
        began, pause = self.pauses.get(name, (0, 0))
        now = time.monotonic()
        pause = 0 if now - began > SETTLED else min(max(1, pause * 2), LONGEST_PAUSE)
        what = f"ended ({_how(code)})" if code is not None else "did not start"
        self.say(f"{name.capitalize()} {what}; starting it again{f' in {pause} s' if pause else ''}.")
        self.pauses[name] = (began, pause)
        self.due[name] = now + pause

    def _start_again(self, name):
        try:
            self._start(name)
        except CannotStart as reason:
            self.say(str(reason))
            self.pauses[name] = (time.monotonic(), self.pauses[name][1])

    def _renew_key(self):
        if time.monotonic() < self.look_at_key:
            return
        self.look_at_key = time.monotonic() + KEY_LOOK
        try:
            if self.instance.renew_context_key(date.today()):
                self.say("Keys: a new context key for today.")
        except (CannotStart, psycopg.Error) as reason:  # the database may be down just now
            self.say(str(reason))

    def _back_up(self):
        """Once a day, in a process of its own: the others are watched meanwhile."""
        if self.backup is not None and self.backup.poll() is not None:
            self.look_at_backup = time.monotonic() + (BACKUP_REST if self.backup.returncode else BACKUP_LOOK)
            self.say(f"Backup: not made; tried again in an hour. {self.instance.last_words('backup')[-300:]}" if self.backup.returncode else "Backup: made.")
            self.backup = None
        if self.daily is None or self.backup is not None or time.monotonic() < self.look_at_backup:
            return
        self.look_at_backup = time.monotonic() + BACKUP_LOOK
        try:
            if self.daily.is_due():
                server = {"DATABASE_URL": self.instance.database_url} if self.instance.database_url else {}
                self.backup = self.instance.spawn("backup", [sys.executable, "-m", "romsai.launcher", "backup-daily"], **server)
        except OSError as trouble:  # the folder is a share that is away just now
            self.say(f"Backup: {trouble}")

    def _heed_the_clock(self):
        """Periodic work remembers when it was last done; after a clock was set back it would rest until that hour comes again."""
        before, self.clock = self.clock, _clock()
        if before - self.clock > SET_BACK and "worker" in self.children:
            self.say(f"The clock was set back by {before - self.clock:.0f} s.")
            stop(self.children["worker"], patience=15)

    def _wait_for_web(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.children["web"].poll() is not None:
                raise CannotStart(f"The web server did not start. Its last words:\n{self.instance.last_words('web')}")
            try:
                with socket.create_connection((self.host, self.port), timeout=20) as caller:
                    caller.sendall(b"GET /robots.txt HTTP/1.0\r\nHost: localhost\r\n\r\n")
                    if caller.recv(1):
                        return
            except OSError:
                time.sleep(0.1)
        raise CannotStart(f"The web server does not answer. Its last words:\n{self.instance.last_words('web')}")


def _listen_to_signals():
    def stopped(*_):
        raise Stopped

    # Set even if SIGINT came to us ignored, as it does for a shell's background job.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stopped)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup
        signal.signal(signal.SIGHUP, stopped)


def _clock():
    """By how much the clock on the wall is ahead of the one that nobody can set."""
    return time.time() - time.monotonic()


def chosen_mode():
    mode = os.environ.get("ROMSAI_MODE", "demo")
    if mode not in ("demo", "production"):
        raise CannotStart(f"ROMSAI_MODE is {mode!r}; it can be demo or production.")
    return mode


def _port():
    given = os.environ.get("ROMSAI_PORT", "8000")
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise CannotStart(f"ROMSAI_PORT is {given!r}; it must be a number from 1 to 65535.")
    return int(given)


def _refuse_taken_port(host, port, patience):
    deadline = time.monotonic() + patience
    while True:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise CannotStart(f"The web server cannot use {host} port {port}: {error.strerror}.") from error
        if time.monotonic() > deadline:
            raise CannotStart(f"Port {port} is taken by another program. Choose another: ROMSAI_PORT=8001 make run")
        time.sleep(0.25)


def _how(code):
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"code {code}"
