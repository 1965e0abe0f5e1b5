"""What the relation `listed` means: once in SQL for PostgreSQL, once in Django's words."""

from romsai.core import access
from romsai.core.access import erasing
from romsai.exchange.models import Programme

# A file with an erased child in it is over: the job that forgets such files takes its bytes. One still being written stops.
erasing.copy(
    "exchange_export", key="file_key_id", holds="state in ('WRITING', 'DONE') and subjects ?| {subjects}",
    over="expires_at = now(), why_stopped = case state when 'WRITING' then 'NOTHING' else why_stopped end,"
    " state = case state when 'WRITING' then 'STOPPED' else state end",
)  # fmt: skip


# Reaches the programme, not the people on it: forty thousand ids in an array would be paid for by every search.
@access.relation("listed", "exchange_programme", "select p.id from exchange_programme p where p.agency_id = me.agency_id")
def listed(worker, level):
    return Programme.objects.filter(agency=worker.agency_id).values("pk")
