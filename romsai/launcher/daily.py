"""A backup each day by itself: written into one folder, the old ones deleted, and what came of it told to the administrator's page.

    daily = Daily.asked(var)        # what the environment asks for; None if nothing
    if daily.is_due(now): daily.take()

A backup counts by its name alone, so the folder may be a disk or a share that other programs carry elsewhere.
"""

import json
import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pyrage

from romsai.launcher import CannotStart, backup

NAMED = re.compile(r"romsai-(\d{8}T\d{6})Z\.age")
STAMP = "%Y%m%dT%H%M%S"
HOUR = time(2)  # by the machine's clock; people may work meanwhile
DAYS = 35  # that a backup is kept: what was erased is readable in it until then (docs/decisions/erasure.md)
AT_LEAST = 7  # that are kept whatever their day: after a stop of months, or with a clock that is years ahead, nothing goes that is needed
ROOM = 256 << 20  # bytes that stay free beside twice the last backup
STATE = "backups.json"  # in var: read by romsai/core/backups.py


@dataclass(frozen=True)
class Daily:
    var: Path
    folder: Path
    public: str
    days: int = DAYS

    @classmethod
    def asked(cls, var, env=os.environ):
        """From ROMSAI_BACKUP_TO, ROMSAI_BACKUP_KEY and ROMSAI_BACKUP_DAYS; CannotStart with what is wrong with them."""
        folder, public, days = (env.get(f"ROMSAI_BACKUP_{name}", "").strip() for name in ("TO", "KEY", "DAYS"))
        if not folder and not public:
            (Path(var) / STATE).unlink(missing_ok=True)
            return None
        if not folder or not public:
            raise CannotStart("A daily backup needs both: ROMSAI_BACKUP_TO (a folder) and ROMSAI_BACKUP_KEY (the public half, age1…).")
        if days and not (days.isdigit() and 1 <= int(days) <= 3650):
            raise CannotStart(f"ROMSAI_BACKUP_DAYS is {days!r}; it must be a number of days, such as {DAYS}.")
        try:
            pyrage.x25519.Recipient.from_str(public)
        except pyrage.RecipientError:
            raise CannotStart("ROMSAI_BACKUP_KEY is no public key of age: it is one line that begins with age1.") from None
        if not Path(folder).is_dir():
            raise CannotStart(f"ROMSAI_BACKUP_TO is {folder}, but there is no such folder. Make it, or mount it.")
        if Path(folder).resolve().is_relative_to(Path(var).resolve()):
            raise CannotStart(f"ROMSAI_BACKUP_TO is {folder}, inside {var}: whatever takes the data takes the backups. Choose a folder elsewhere.")
        return cls(Path(var), Path(folder), public, int(days or DAYS))

    def is_due(self, now=None):
        """Was none made since the last time that it was two o'clock? Also at once where there is none, and after an outage."""
        now = (now or datetime.now(UTC)).astimezone()
        hour = datetime.combine(now.date(), HOUR, now.tzinfo)
        hour -= timedelta(days=hour > now)
        made = [at for at, _path in self.kept() if at <= now]
        return not made or max(made) < hour

    def take(self, now=None, admin_url=None):
        """Make one, then let those go whose days are over. Says what came of it in var; raises CannotStart if there is no new backup."""
        now = now or datetime.now(UTC)
        path = self.folder / f"romsai-{now.astimezone(UTC).strftime(STAMP)}Z.age"
        try:
            for cut_off in self.folder.glob("romsai-*.age.new"):  # by a stop in the middle
                cut_off.unlink()
            self._refuse_a_full_disk()
            told = backup.take(path, self.public, admin_url=admin_url, var=self.var)
        except (CannotStart, OSError) as trouble:
            self._say(str(trouble))
            raise CannotStart(str(trouble)) from trouble
        self._say(self._let_go(now))
        return told | {"file": str(path)}

    def kept(self):
        """(when it was made, path) of the backups in the folder, the oldest first."""
        found = []
        for path in self.folder.glob("romsai-*.age"):
            if match := NAMED.fullmatch(path.name):
                found.append((datetime.strptime(match[1], STAMP).replace(tzinfo=UTC), path))
        return sorted(found)

    def _refuse_a_full_disk(self):
        """A backup must not take the last room from the database, where both lie on one disk."""
        needed = ROOM + 2 * max((path.stat().st_size for _at, path in self.kept()[-1:]), default=0)
        if shutil.disk_usage(self.folder).free < needed:
            raise CannotStart(f"There is too little room in {self.folder}: {needed >> 20} MB are needed. Make room, or keep fewer days.")

    def _let_go(self, now):
        """What went wrong, or nothing. A place where files can be added and not deleted deletes them by its own rule."""
        old = [path for at, path in self.kept()[:-AT_LEAST] if at < now - timedelta(days=self.days)]
        try:
            for path in old:
                path.unlink()
        except OSError as trouble:
            return f"Old backups could not be deleted: {trouble.strerror}"
        return ""

    def _say(self, trouble):
        try:
            last = self.kept()
        except OSError:
            last = []
        told = {"last": last[-1][0].isoformat() if last else None, "kept": len(last), "trouble": trouble[:500]}
        fresh = self.var / f"{STATE}.new"
        fresh.write_text(json.dumps(told))
        fresh.rename(self.var / STATE)
