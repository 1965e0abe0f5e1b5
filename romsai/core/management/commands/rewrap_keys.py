from django.core.management.base import BaseCommand

from romsai.core import access, crypto


class Command(BaseCommand):
    help = "Brings every data key under the current wrapping key. May run while people work, and be stopped and repeated."

    def handle(self, **options):
        done, failed, last = 0, 0, None
        while True:
            with access.system(purpose="re-wrap keys"):
                did, could_not, last = crypto.rewrap(after=last)
            done, failed = done + did, failed + could_not
            if last is None:
                break
        self.stdout.write(f"{done} data keys re-wrapped, {failed} could not be opened.")
        if failed:
            raise SystemExit(1)
