from django.core.management.base import BaseCommand
from django.db import transaction

from romsai.core import access
from romsai.people import search
from romsai.people.models import Person

BATCH = 200


class Command(BaseCommand):
    help = "Makes every search token anew: after the token keys were rotated, or the spelling rules changed. May be repeated."

    def handle(self, **options):
        done, last = 0, 0
        while True:
            with transaction.atomic(), access.system(purpose="rebuild tokens"):
                people = list(Person.objects.filter(pk__gt=last).order_by("pk")[:BATCH])
                for person in people:
                    search.index(person)
            if not people:
                break
            done, last = done + len(people), people[-1].pk
        self.stdout.write(f"Tokens of {done} people made anew.")
