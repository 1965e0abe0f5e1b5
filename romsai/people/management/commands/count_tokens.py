from django.core.management.base import BaseCommand
from django.db import transaction

from romsai.core import access
from romsai.people import frequencies


class Command(BaseCommand):
    help = "Counts how many persons have each common token, as is done each night: after many people were brought in at once."

    def handle(self, **options):
        with transaction.atomic(), access.system(purpose="count tokens"):
            frequencies.count()
