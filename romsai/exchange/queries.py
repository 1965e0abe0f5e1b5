"""What the pages of imports ask. Asked as the system after the asker's right, because the waiting rows belong to nobody's scope."""

from django.db.models import Count

from romsai.core import access, audit, crypto
from romsai.exchange.imports import kinds
from romsai.exchange.models import Import, ImportRow, SavedMapping

SHOWN = 50


def kinds_for(worker):
    """The kinds of import that this worker may bring in."""
    return [kind for kind in kinds.registry.values() if access.may(worker, kind.action)]


def imports_of(worker):
    """Imports of the worker's agency, of kinds the worker may bring in; newest first, with `name` and `counts`."""
    names = [kind.name for kind in kinds_for(worker)]
    with _reading(worker):
        found = list(Import.objects.filter(agency=worker.agency_id, kind__in=names).select_related("by", "programme")[:SHOWN])
        crypto.preload(found)
        for upload in found:
            _complete(upload)
    return found


def import_or_none(worker, uuid):
    """One of them, with `name`, `counts`, `told` (rows of which something is told) and everything its page shows of the file; None if it is not the worker's to see."""
    names = [kind.name for kind in kinds_for(worker)]
    with _reading(worker):
        upload = Import.objects.filter(uuid=uuid, agency=worker.agency_id, kind__in=names).select_related("by", "programme").first()
        if upload:
            _complete(upload)
            upload.told = upload.rows.filter(wrong__isnull=False).count()
    return upload


def _reading(worker):
    return access.system(on_behalf=worker, purpose="import")


def _complete(upload):
    upload.name = str(upload.file_name)
    upload.columns, upload.mapping, upload.trouble  # noqa: B018  opened now, while it may be
    counted = dict(upload.rows.values_list("state").annotate(n=Count("pk")))
    upload.counts = {state: counted.get(state, 0) for state in ImportRow.State.values}
    upload.total = sum(upload.counts.values())


def preview(worker, upload, most=10):
    """{"rows": [(number, [(label, text)])], "touched": [(label, number)]}: what will come in. On the record as a reading of the import."""
    kind = kinds.get(upload.kind)
    with _reading(worker) as context:
        waiting = upload.rows.waiting().order_by("number")
        rows = [(row.number, kind.shown(row.facts)) for row in crypto.preload(waiting[:most])]
        touched = kind.touched(upload, [row.facts for row in crypto.preload(waiting.iterator())]) if kind.tells_touched else []
        audit.write(context, "exchange.preview", [f"import:{upload.pk}"], count=len(rows))
    return {"rows": rows, "touched": touched}


def rows_to_mend(worker, upload, state=ImportRow.State.BAD, *, start=0, most=None):
    """Rows that did not come in, or came in without a value, or could not be taken back: with `wrong` and `given`. On the record.

    state: None for all of which something is told.
    """
    with _reading(worker) as context:
        rows = upload.rows.filter(wrong__isnull=False, **({"state": state} if state else {})).order_by("number")
        rows = list(crypto.preload(rows[start : start + most] if most else rows))
        for row in rows:
            row.wrong, row.given  # noqa: B018  opened now, while it may be
        audit.write(context, "exchange.rows_to_mend", [f"import:{upload.pk}"], count=len(rows))
    return rows


def saved_mappings(worker, kind):
    with _reading(worker):
        return list(SavedMapping.objects.filter(agency=worker.agency_id, kind=kind))
