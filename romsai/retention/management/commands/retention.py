"""`manage.py retention replay`: erase again what the ledger says was erased. `verify`: is the ledger as it was written? `due`: list what is due now."""

from django.core.management.base import BaseCommand, CommandError

from romsai.core import access
from romsai.retention import erasing, ledger, tasks
from romsai.retention.models import Due


class Command(BaseCommand):
    help = "replay: after a restore, erase again what the ledger says was erased (safe to repeat). verify: check the ledger. due: list what is due."

    def add_arguments(self, parser):
        parser.add_argument("step", choices=["replay", "verify", "due"])

    def handle(self, step, **options):
        try:
            getattr(self, step)()
        except ledger.Broken as broken:
            raise CommandError(f"{broken} Take the ledger from its newest backup, and tell the data protection officer.") from broken

    def replay(self):
        with access.system(purpose="retention"):
            again = erasing.replay()
        self.stdout.write(f"The ledger is carried out. Erased again: {again}.")

    def verify(self):
        with access.system(purpose="retention"):
            entries, living = erasing.verified()
        if living:
            raise CommandError(f"{living} keys that the ledger says were destroyed are in the database. Run: manage.py retention replay")
        self.stdout.write(f"The ledger is as it was written: {len(entries)} lines, and nothing of them is left in the database.")

    def due(self):
        tasks.note_due()
        with access.system(purpose="retention"):
            self.stdout.write(f"Due: {Due.objects.count()}.")
