import math

from django.core.management.base import BaseCommand
from django.utils import timezone

from romsai.core import access
from romsai.people import likeness, weights
from romsai.people.models import Weights


class Command(BaseCommand):
    help = "Prints what each agreement is worth to the search, in bits, and which were estimated on this register."

    def handle(self, **options):
        with access.system(purpose="weights"):
            weights.use()
            newest = Weights.objects.order_by("-pk").first()
        estimated = newest.fields if newest else {}
        if newest:
            self.stdout.write(
                f"Estimated on {timezone.localtime(newest.at):%Y-%m-%d %H:%M} from {newest.persons} records; what is not marked so is shipped."
            )
        for name, levels in likeness.model()["fields"].items():
            for level, line in levels.items():
                u = line["u"] if line["u"] != "none" else 1
                marked = "  estimated" if line != likeness.shipped()["fields"][name][level] and name in estimated else ""
                self.stdout.write(f"{name:10s} {level:8s} m {line['m']:<8} u {line['u']:<10} {math.log2(line['m'] / u):+6.1f} bits{marked}")
