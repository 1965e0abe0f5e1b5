"""Papers that came while the scanner was down are looked at when it is up again."""

from procrastinate.contrib.django import app

from romsai.core.jobs import catching_up
from romsai.papers import actions
from romsai.papers.models import PAPERS, Scan

AT_ONCE = 20  # of a run: twenty large files are read into memory one after the other


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="papers.scan", name="papers.scan")
def scan(timestamp):
    scan_again()


def scan_again(at=None):
    """Returns how many left quarantine, either way."""
    left = 0
    with catching_up("papers.scan", at):
        for model in PAPERS.values():
            for paper in model.objects.filter(scan=Scan.QUARANTINE).order_by("pk")[:AT_ONCE]:
                left += actions.scan(paper, by=None).scan != Scan.QUARANTINE
    return left
