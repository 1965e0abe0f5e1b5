"""Relations that this room adds: whose notice, whose filter, between whom a supervision note is. See cases/rules.py."""

from django.db.models import Q

from romsai.cases.models import Case
from romsai.core import access
from romsai.workforce.models import CaseSupervision, Notice, SavedFilter, Supervision


@access.relation(
    "addressed",
    "workforce_notice",
    """select n.id from workforce_notice n
    where n.worker_id = me.id and (n.case_id is null or n.case_id <> all(sec.excluded_case()))""",
)
def addressed(worker, level):
    barred = access.subjects["case"].excluded(worker)
    return Notice.objects.filter(worker=worker).exclude(case__in=barred).values("pk")


@access.relation("keeper", "workforce_savedfilter", "select f.id from workforce_savedfilter f where f.worker_id = me.id")
def keeper(worker, level):
    return SavedFilter.objects.filter(worker=worker).values("pk")


BETWEEN = """(n.author_id = me.id or n.about_id = me.id
    or (me.role = 'SUPERVISOR' and w.role = 'WORKER' and w.team_id = me.team_id)
    or (me.role = 'MANAGER' and w.role = 'SUPERVISOR' and w.agency_id = me.agency_id))"""


def _between(worker):
    between = Q(author=worker) | Q(about=worker)
    if worker.role == "SUPERVISOR" and worker.team_id:
        between |= Q(about__role="WORKER", about__team=worker.team_id)
    if worker.role == "MANAGER":
        between |= Q(about__role="SUPERVISOR", about__agency=worker.agency_id)
    return between


@access.relation(
    "line",
    "workforce_supervision",
    f"select n.id from workforce_supervision n join places_worker w on w.id = n.about_id where {BETWEEN}",
)
def line(worker, level):
    return Supervision.objects.filter(_between(worker)).values("pk")


# Whoever has left the case reads no more of it here either.
@access.relation(
    "case_line",
    "workforce_casesupervision",
    f"""select n.id from workforce_casesupervision n join places_worker w on w.id = n.about_id
    where {BETWEEN} and n.case_id = any(sec.read_case_work())""",
)
def case_line(worker, level):
    reached = access.granted(worker, "case", access.policy().read["case"]["work"])
    cases = Case.objects.unfiltered().filter(reached).values("pk")
    return CaseSupervision.objects.unfiltered().filter(_between(worker), case__in=cases).values("pk")
