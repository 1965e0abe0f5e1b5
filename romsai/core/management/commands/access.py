"""`manage.py access install`: put the policy table into PostgreSQL. `access page`: write docs/policy.md."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection, transaction

from romsai.core.access import page, sql
from romsai.core.keys import client as keys


class Command(BaseCommand):
    help = "install: row policies, grants and triggers from the policy table (idempotent). page: docs/policy.md."

    def add_arguments(self, parser):
        parser.add_argument("step", choices=["install", "page", "show"])

    def handle(self, step, **options):
        if step == "page":
            target = Path(settings.BASE_DIR) / "docs" / "policy.md"
            target.write_text(page.text())
            self.stdout.write(f"Wrote {target.name}.")
        elif step == "show":
            self.stdout.write(sql.script(connection.introspection.table_names()))
        else:
            install(connection)
            self.stdout.write("The policy table is in force.")


def install(connection):
    """Install everything that the policy table says, in one transaction; the login must be the owner."""
    pads = keys.context()
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        # The script holds many statements, so it goes over the simple protocol of the bare connection.
        connection.connection.execute(sql.script(connection.introspection.table_names(cursor)))
        cursor.execute("select exists (select 1 from sec.ctx_key where k_ipad = %s)", [pads.ipad])
        if not cursor.fetchone()[0]:
            cursor.execute(
                "insert into sec.ctx_key (kid, k_ipad, k_opad) select coalesce(max(kid), 0) + 1, %s, %s from sec.ctx_key",
                [pads.ipad, pads.opad],
            )
