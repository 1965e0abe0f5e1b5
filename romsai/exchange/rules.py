"""What the relation `listed` means: once in SQL for PostgreSQL, once in Django's words."""

from romsai.core import access
from romsai.exchange.models import Programme


# Reaches the programme, not the people on it: forty thousand ids in an array would be paid for by every search.
@access.relation("listed", "exchange_programme", "select p.id from exchange_programme p, me where p.agency_id = me.agency_id")
def listed(worker, level):
    return Programme.objects.filter(agency=worker.agency_id).values("pk")
