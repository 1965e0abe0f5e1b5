"""Jobs: a case that is new or has changed is compared at once; within a week every open search is gone through again."""

from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from procrastinate.contrib.django import app

from romsai.cases.models import Case
from romsai.core import access, jobs
from romsai.tracing import actions
from romsai.tracing.models import Sketch

MOST_A_NIGHT = 20_000  # cases that were never compared: at a third of a second each, two hours


@app.task(name="tracing.look")
def look(case):
    """Compare one case with all open ones of the other side.

    It can be found before it searches, in a transaction of its own: of two cases that are compared at the same moment one sees the other.
    """
    for step in (_be_found, lambda found: actions.look(found, by=None)):
        with access.system(purpose="tracing"):
            found = Case.objects.filter(pk=case).first()
            if found is not None:
                step(found)


def _be_found(case):
    if actions.may_be_found(case):
        actions.be_found(case)
        access.current().reads.clear()  # the comparison notes what was read


@app.periodic(cron="40 2 * * *")
@app.task(queueing_lock="tracing.look_again", name="tracing.look_again")
def look_again(timestamp):
    """A search stands as long as it is open: a seventh of all are compared anew, for names become rarer or commoner as others are sought. Who was
    never compared, because a job was lost or the case came another way, follows too.
    """
    with jobs.catching_up("tracing.look_again"):
        asked = Case.objects.filter(tracing_requests__ended_at__isnull=True, tracing_requests__isnull=False).annotate(day=F("pk") % 7)
        never = Case.objects.open().filter(~Exists(Sketch.objects.filter(case=OuterRef("pk"))), sealed=False).exclude(tracing="NOT_SAFE")
        for case in (*asked.filter(day=timezone.localdate().weekday()).distinct().order_by("pk"), *never.order_by("-pk")[:MOST_A_NIGHT]):
            actions.look_later(case)
