"""`manage.py demo_accounts`: who can sign in to the demonstration, and how."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from romsai.core import access
from romsai.places import codes
from romsai.places.models import Account
from romsai.web.demo.country import email, told


class Command(BaseCommand):
    help = "Print the accounts of the demonstration. Not in production."

    def handle(self, **options):
        if settings.MODE == "production":
            raise CommandError("There are no demonstration accounts in production.")
        source = told("country")
        with access.accounts():
            there = set(Account.objects.filter(is_demo=True).values_list("email", flat=True))
            lines = [line for line in _lines(source["workers"]) if line[2] in there]
        if not lines:
            raise CommandError("The invented country is not loaded. Run: manage.py load_demo")
        width = [max(len(line[n]) for line in lines) for n in range(3)]
        self.stdout.write(f"Demonstration accounts. The password of all of them: {source['password']}\n")
        for persona, role, address, does in lines:
            self.stdout.write(f"  {persona:<{width[0]}}  {role:<{width[1]}}  {address:<{width[2]}}  {does}")
        self.stdout.write(
            f"  {'P11':<{width[0]}}  {'Child, parent or anyone':<{width[1]}}  {'no account: /start/':<{width[2]}}  writes to us"
        )


def _lines(workers):
    """(persona, role, e-mail, what they do), the personas of the domain first."""
    found = [
        (line.get("persona", ""), codes.label("user_role", line["role"], "en"), email(key), line["does"]) for key, line in workers.items()
    ]
    return sorted(found, key=lambda line: (not line[0], int(line[0][1:] or 0) if line[0] else 0))
