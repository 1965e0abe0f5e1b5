"""What the pages of exports ask. As the system after the asker's right: an export is its asker's alone."""

from romsai.core import access, second
from romsai.exchange.exports import asking
from romsai.exchange.models import Export

SHOWN = 50


def exports_of(worker):
    """The worker's exports, newest first, each with what was `asked`."""
    with access.system(on_behalf=worker, purpose="export"):
        found = list(Export.objects.filter(by=worker)[:SHOWN])
        for export in found:
            export.asked  # noqa: B018  opened now, while it may be
    return found


def export_or_none(worker, uuid):
    with access.system(on_behalf=worker, purpose="export"):
        export = Export.objects.filter(by=worker, uuid=uuid).first()
        if export:
            export.asked  # noqa: B018  opened now, while it may be
    return export


def waiting_of(worker):
    """[(proposal, what was asked)] of exports that wait for a second person."""
    return [(made, second.facts_of(made)["asked"]) for made in second.proposed_by(worker) if made.action in asking.ALL]
