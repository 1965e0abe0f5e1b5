"""`manage.py load_demo`: the invented country with its agencies, accounts and cases. Safe to repeat."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from romsai.web.demo import country, stories


class Command(BaseCommand):
    help = "Load the invented country: agencies, accounts, directory and cases. Not in production."

    def handle(self, **options):
        if settings.MODE == "production":
            raise CommandError("Invented cases never go into a production system.")

        def write(text):
            self.stdout.write(text)
            self.stdout.flush()

        count = stories.load(country.load(write), write)
        write(f"Invented country: {count} cases.")
