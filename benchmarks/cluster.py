"""The database that is measured: made once, kept below var/bench, copied for each run.

It is the embedded PostgreSQL of `make run`, with the same settings, in production mode. What it was made from stands in the
comment on the kept database: another generator makes it anew, other migrations are brought into it as into any site.
"""

import hashlib
from contextlib import contextmanager
from pathlib import Path

import psycopg

from benchmarks import fill, peer
from romsai.launcher import ROOT, CannotStart
from romsai.launcher.instance import DATABASE, Instance, with_database
from romsai.launcher.postgres import FAST_AND_LOSSY
from romsai.launcher.prepare import create_database

VAR = ROOT / "var" / "bench"
COUNTRY = ("world.py", "places.sql", "rows.sql", "fill.py", "sealed.py")
PEER = ("peer.py", "peer.sql")
BUILDING = FAST_AND_LOSSY | {"max_wal_size": "8GB", "shared_buffers": "1GB", "autovacuum": "off"}
COPY = "bench"


class Measured(Instance):
    """Romsai on a fresh copy of the kept database: `.admin` is a superuser's conninfo, `.env` what web and worker are told."""

    def __init__(self, size_name, size, say):
        super().__init__(VAR / size_name, "production", say=say)
        self.size = size

    @property
    def admin(self):
        return with_database(self.cluster.admin, COPY)

    @contextmanager
    def running(self):
        self.start()
        try:
            self._keep()
            self.say("Copying the kept database.")
            with psycopg.connect(self.cluster.admin, autocommit=True) as admin:
                admin.execute(f"drop database if exists {COPY} with (force)")
                create_database(admin, COPY, DATABASE)
            for name in ("ROMSAI_DB_URL", "ROMSAI_OWNER_URL"):
                self.env[name] = with_database(self.env[name], COPY)
            self.manage("access", "install", as_owner=True)
            self.collect_static()
            yield self
            with psycopg.connect(self.cluster.admin, autocommit=True) as admin:
                admin.execute(f"drop database if exists {COPY} with (force)")
        finally:
            self.stop()

    def _keep(self):
        here = Path(__file__).parent
        country, documents = (digest(here / name for name in names) for names in (COUNTRY, PEER))
        migrations = digest(ROOT.glob("romsai/*/migrations/*.py"))
        found = (self._comment().split() + [""] * 3)[:3]
        if found == [country, documents, migrations]:
            self.say("The kept database is up to date.")
            return
        self._as(BUILDING)
        kept = with_database(self.cluster.admin, DATABASE)
        if found[0] != country or not self._migrated(found[2] == migrations):
            self._make(kept)
            found[1] = ""
        if found[1] != documents:
            peer.fill(kept, self.say)
        self._as({})
        self._comment(f"{country} {documents} {migrations}")

    def _migrated(self, is_newest):
        """Bring the newest migrations into the kept country as into any site; False if they do not fit it."""
        if is_newest:
            return True
        self.say("The kept database gets the newest migrations.")
        try:
            self.manage("migrate", "--no-input", "--verbosity=0", as_owner=True)
        except CannotStart as reason:
            self.say(f"They do not fit it, so it is made anew. {reason}")
            return False
        return True

    def _make(self, kept):
        self.say("Making the country; this is done once.")
        with psycopg.connect(self.cluster.admin, autocommit=True) as admin:
            admin.execute(f"drop database if exists {DATABASE} with (force)")
            create_database(admin, DATABASE)
        self.bring_up_to_date()
        self.manage("load_reference")
        fill.fill(kept, self.without_owner(), self.size, self.say)

    def _as(self, settings):
        """Start the server again, for a while with settings that would lose everything in a power cut."""
        usual = {name: value for name, value in self.cluster.settings.items() if name not in BUILDING}
        self.cluster.stop()
        self.cluster.settings = usual | settings
        self.cluster.start()


def digest(paths):
    found = hashlib.sha256()
    for path in sorted(paths):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()[:20]
