"""Jobs: a case that is new or has changed is compared at once; each night every open search is gone through again."""

from procrastinate.contrib.django import app

from romsai.cases.models import Case
from romsai.core import access, jobs
from romsai.tracing import actions


@app.task(name="tracing.look")
def look(case):
    """Compare one case with all open ones of the other side."""
    with access.system(purpose="tracing"):
        found = Case.objects.filter(pk=case).first()
        if found is not None:
            actions.look(found, by=None)


@app.periodic(cron="40 2 * * *")
@app.task(queueing_lock="tracing.look_again", name="tracing.look_again")
def look_again(timestamp):
    """A search stands as long as it is open: what a lost job left out is found the next night."""
    with jobs.catching_up("tracing.look_again"):
        for case in Case.objects.filter(tracing_requests__ended_at__isnull=True, tracing_requests__isnull=False).distinct().order_by("pk"):
            actions.look_later(case)
