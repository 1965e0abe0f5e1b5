"""What the search needs done at night."""

from procrastinate.contrib.django import app

from romsai.core import jobs
from romsai.people import frequencies


@app.periodic(cron="40 2 * * *")
@app.task(name="people.count_tokens", queueing_lock="people.count_tokens")
def count_tokens(timestamp):
    """How many persons have each common token, so that a search begins with what is rare."""
    with jobs.catching_up("people.count_tokens"):
        frequencies.count()
