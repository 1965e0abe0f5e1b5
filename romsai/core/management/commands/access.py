"""`manage.py access install`: put the policy table into PostgreSQL. `renew`: a context key of today. `page`: write docs/policy.md."""

from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from romsai.core.access import page, sql
from romsai.core.access.context import LIFETIME, REMEMBERED
from romsai.core.keys import client as keys
from romsai.core.keys.ring import CONTEXT, Ring, changing, pads

# How long a replaced key is still accepted: what a process signed with the key it remembers, and five minutes for slow ones.
OVERLAP = timedelta(seconds=LIFETIME + REMEMBERED + 300)


class Command(BaseCommand):
    help = "install: row policies, grants and triggers from the policy table (idempotent). renew: a new context key, if it is a day old. page: docs/policy.md."

    def add_arguments(self, parser):
        parser.add_argument("step", choices=["install", "renew", "page", "show"])

    def handle(self, step, **options):
        if step == "page":
            target = Path(settings.BASE_DIR) / "docs" / "policy.md"
            target.write_text(page.text())
            self.stdout.write(f"Wrote {target.name}.")
        elif step == "show":
            self.stdout.write(sql.script(connection.introspection.table_names()))
        elif step == "renew":
            made = renew(connection, settings.VAR / "secrets" / "keys.json", settings.MODE, date.today())
            self.stdout.write(f"Contexts are now signed with {made}." if made else "The context key is of today.")
        else:
            install(connection)
            self.stdout.write("The policy table is in force.")


def install(connection):
    """Install everything that the policy table says, in one transaction; the login must be the owner."""
    current = keys.context()
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        # The script holds many statements, so it goes over the simple protocol of the bare connection.
        connection.connection.execute(sql.script(connection.introspection.table_names(cursor)))
        _accept(cursor, current.ipad, current.opad)
        _replace(cursor, current.ipad)


def renew(connection, key_file, mode, on):
    """Give the database a new context key, and only then let it sign. The login must be the owner. Returns its name, None if none was due.

    The old key is accepted for OVERLAP longer, so that nothing in flight fails. Stopped anywhere, it goes on at the next call: the
    database knows each key before the first signature, and forgets none that still signs.
    """
    with changing(key_file):
        ring = Ring.load(key_file, mode)
        if not ring.context_is_due(on):
            return None
        ring = ring.announced(on)
        ring.save(key_file)
        made = ring.next_context()
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            _accept(cursor, *pads(made.secret))
        ring.rotated(CONTEXT, on).save(key_file)
    if keys.context().name != made.name:
        raise CommandError("The key process has not taken up the new context key. The old one stays good; look at its log.")
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        _accept(cursor, *pads(made.secret))
        _replace(cursor, pads(made.secret)[0])
    return made.name


def _accept(cursor, ipad, opad):
    cursor.execute("update sec.ctx_key set until = null where k_ipad = %s", [ipad])
    if not cursor.rowcount:
        cursor.execute(
            "insert into sec.ctx_key (kid, k_ipad, k_opad) select coalesce(max(kid), 0) + 1, %s, %s from sec.ctx_key", [ipad, opad]
        )


def _replace(cursor, ipad):
    """All other keys come to their end."""
    cursor.execute("update sec.ctx_key set until = clock_timestamp() + %s where until is null and k_ipad <> %s", [OVERLAP, ipad])
    cursor.execute("delete from sec.ctx_key where until < clock_timestamp()")
