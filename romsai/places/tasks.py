"""What happens here by itself: roles limited in time end on their day; letters with a link to a new password."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from romsai.core import access, jobs

from . import actions, sign_in
from .models import Account, Worker


@app.periodic(cron="5 0 * * *")
@app.task(name="places.end_roles", queueing_lock="places.end_roles")
def end_roles(timestamp):
    """Deactivate whoever's last day has come; after an outage, whoever's came meanwhile."""
    with jobs.catching_up("places.end_roles"):
        for worker in Worker.objects.filter(is_active=True, until_on__lte=timezone.localdate()):
            actions.deactivate_worker(worker, by=None)


@app.task(name="places.send_link", retry=RetryStrategy(max_attempts=6, exponential_wait=10))
def send_link(account):
    """A letter with a link to a new password; none for an address without an account, or whose account starts by an administrator's link."""
    with access.accounts():
        found = Account.objects.filter(pk=account, is_active=True).select_related("worker").first()
        if found is None or not found.has_usable_password():
            return
        path = sign_in.link(found)
    with override(found.worker.language):
        text = render_to_string("places/new_password.txt", {"link": settings.ADDRESS + path})
        send_mail(_("Romsai: choose a new password"), text, None, [found.email])
