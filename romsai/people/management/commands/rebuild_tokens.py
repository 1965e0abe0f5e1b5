import time

from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Q

from romsai.core import access
from romsai.people import frequencies, search
from romsai.people.models import Person

BATCH = 500


class Command(BaseCommand):
    help = "Makes what people are found by anew: after the token keys were rotated, or the rules changed. May be stopped and started again."

    def add_arguments(self, parser):
        parser.add_argument("--only-old", action="store_true", help="leave out who was done by the rules of today: to go on after a stop")
        parser.add_argument("--after", type=int, default=0, help="go on after the person of this number")

    def handle(self, *, only_old, after, **options):
        began, done, last = time.monotonic(), 0, after
        while True:
            with transaction.atomic(), access.system(purpose="rebuild tokens"):
                people = Person.objects.filter(pk__gt=last).order_by("pk")
                if only_old:
                    people = people.filter(Q(entry=None) | Q(card=None) | Q(entry__version__lt=search.VERSION))
                people = list(people[:BATCH])
                search.index_all(people)
            if not people:
                break
            done, last = done + len(people), people[-1].pk
            if done % (20 * BATCH) == 0:
                self.stdout.write(f"{done} people, {done / (time.monotonic() - began):.0f} a second; the last was {last}.")
        with transaction.atomic(), access.system(purpose="rebuild tokens"):
            frequencies.count()
        self.stdout.write(f"Tokens of {done} people made anew.")
