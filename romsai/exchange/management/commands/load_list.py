"""`manage.py load_list FILE --programme NAME`: a list of people comes in as by the page “Bring in”, for demonstrations and for measuring."""

import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from romsai.core import access
from romsai.core.actions import Refused
from romsai.exchange import actions, tasks
from romsai.exchange.models import Import, ImportRow
from romsai.places.models import Account


class Command(BaseCommand):
    help = "Bring a list of people (CSV or XLSX) in as its manager would: columns as guessed, good rows come in, the others are counted. Not in production."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--programme", required=True, help="name of the list")
        parser.add_argument("--told-as", default="", help="what other agencies are told; the name of the list unless said otherwise")
        parser.add_argument("--as", dest="email", default="manager@rivermark.example", help="e-mail of the manager whose agency keeps the list")

    def handle(self, *, file, programme, told_as, email, **options):
        if settings.MODE == "production":
            raise CommandError("In production a list comes in by the page “Bring in”, by who is signed in.")
        with access.accounts():
            account = Account.objects.filter(email=email).first()
        with access.system():
            by = account and account.worker
        if by is None:
            raise CommandError(f"Nobody signs in as {email}.")
        began = time.monotonic()
        try:
            upload = self._checked(file, by, {"name": programme, "told_as": told_as or programme})
            with access.acting(by):
                actions.start_import(upload, by=by)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        read = time.monotonic()
        tasks.work(upload.pk)
        brought = time.monotonic()
        call_command("count_tokens", stdout=self.stdout)
        with access.system():
            rows = ImportRow.objects.filter(upload=upload)
            done, bad = (rows.filter(state=state).count() for state in (ImportRow.State.DONE, ImportRow.State.BAD))
        self.stdout.write(f"{done} people are on the list “{programme}”, {bad} rows are not right: see the import on the page “Bring in”.")
        self.stdout.write(f"Read and checked in {read - began:.0f} s, brought in in {brought - read:.0f} s, words counted in {time.monotonic() - brought:.0f} s.")

    def _checked(self, file, by, programme):
        """The upload, with the columns as guessed; people of any age come in, and what cannot be read of a row is left out."""
        with access.acting(by):
            upload = actions.uploads["persons"](by=by, content=file.read_bytes(), file_name=file.name, programme=programme)
        with access.system():
            columns = Import.objects.get(pk=upload.pk).mapping["columns"]
        with access.acting(by):
            actions.map_import(upload, by=by, columns=columns, options={"archive": "yes", "unreadable": "leave"})
        tasks.work(upload.pk)
        with access.system():
            return Import.objects.get(pk=upload.pk)
