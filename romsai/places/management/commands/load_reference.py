"""Loads what every site needs before its first case: areas, and whatever the other rooms ship."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.core.management.base import BaseCommand

from romsai.core import access


class Command(BaseCommand):
    help = "Load areas and other reference data that ships with Romsai. Safe to repeat."

    def handle(self, **options):
        # A room takes part by having a module `reference` with a function load(write): no room needs to know the others.
        for room in apps.get_app_configs():
            if room.name.startswith("romsai.") and find_spec(f"{room.name}.reference"):
                with access.system():
                    import_module(f"{room.name}.reference").load(self.stdout.write)
