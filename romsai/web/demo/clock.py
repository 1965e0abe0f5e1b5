"""A clock that can be set back, so that a story told today happened over the last months with its deadlines as they were."""

from contextlib import contextmanager
from datetime import timedelta

from django.utils import timezone


class Clock:
    """`with Clock() as clock: clock.set(moment)`: what Django calls now is that moment, and goes on by a minute at each `pass_`.

    Actions take the time from django.utils.timezone, so this alone moves every deadline, event and stamp; the audit and
    the history keep the true time, as they should.
    """

    def __enter__(self):
        self._true_now = timezone.now
        self.present = self.now = self._true_now()
        timezone.now = lambda: self.now
        return self

    def __exit__(self, *_):
        timezone.now = self._true_now

    def set(self, moment):
        """Go to a moment; never beyond the present."""
        self.now = min(moment, self.present)

    def pass_(self, **span):
        self.set(self.now + timedelta(**span))


@contextmanager
def told_at(clock, moment):
    """One step at a moment of its own; afterwards the clock stands where it stood."""
    before = clock.now
    clock.set(moment)
    try:
        yield
    finally:
        clock.now = before
