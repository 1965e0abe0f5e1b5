"""What happens here by itself: roles limited in time end on their day."""

from django.utils import timezone
from procrastinate.contrib.django import app

from romsai.core import jobs

from . import actions
from .models import Worker


@app.periodic(cron="5 0 * * *")
@app.task(name="places.end_roles", queueing_lock="places.end_roles")
def end_roles(timestamp):
    """Deactivate whoever's last day has come; after an outage, whoever's came meanwhile."""
    with jobs.catching_up("places.end_roles"):
        for worker in Worker.objects.filter(is_active=True, until_on__lte=timezone.localdate()):
            actions.deactivate_worker(worker, by=None)
