"""What this room shows on pages of lower rooms: supervision notes beside a case, saved filters above a list."""

from django.urls import reverse

from romsai.cases import panels
from romsai.core import access
from romsai.workforce import queries

SUPERVISED = ("WORKER", "SUPERVISOR", "MANAGER")


@panels.needs()
def unread(case, worker):
    """The bell's count comes in one statement with the rows of the case page."""
    rows = queries.unread(worker)
    access.current().memo["unread"] = rows
    return {"unread": rows}


@panels.block("supervision", order=80, side=True)
def supervision(request, case):
    """Only to who works on the case or leads its team: to all others it is not even a heading."""
    if request.worker.role not in SUPERVISED or not case.standing.may("workforce.note_on_case"):
        return None
    return "workforce/block_supervision.html", {"case": case}


@panels.above_list
def filters(request, page, is_narrowed):
    saved = queries.saved_filters(request.worker, page)
    lines = [
        {"name": one.name, "url": f"{reverse(page)}?{one.query}", "uuid": one.uuid, "current": request.GET.urlencode() == one.query}
        for one in saved
    ]
    return "workforce/filters.html", {"saved": lines, "page": page, "is_narrowed": is_narrowed, "query": request.GET.urlencode()}
