import shlex

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Several commands one after the other, in quotes, in one process: to start one takes seconds. The first that fails ends it."

    def add_arguments(self, parser):
        parser.add_argument("commands", nargs="+", metavar="command")

    def handle(self, commands, **options):
        for command in commands:
            call_command(*shlex.split(command))
