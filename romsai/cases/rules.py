"""What the relations of the policy table mean for cases and reports: once in SQL for PostgreSQL, once in Django's words.

The two are written apart on purpose; the matrix test holds each against the other.
"""

from django.db.models import Q

from romsai.cases.models import Approval, Assignment, Case, Exclusion, Participant, Report, ReportCase
from romsai.core import access
from romsai.places.models import AreaWithin

OPEN_REPORT = "('RECEIVED', 'SCREENING')"

access.subject(
    "case",
    sealed_sql="exists (select 1 from cases_case c where c.id = x.id and c.sealed)",
    excluded_sql="""select e.case_id from cases_exclusion e, me
        where e.worker_id = me.id or e.team_id = me.team_id or e.agency_id = me.agency_id""",
    sealed=lambda: Case.objects.unfiltered().filter(sealed=True).values("pk"),
    excluded=lambda worker: _excluded(worker).values("case_id"),
    unsealed=lambda ids: ids.filter(sealed=False) if ids.model is Case else None,
)
access.subject(
    "report",
    sealed_sql="exists (select 1 from cases_reportcase r join cases_case c on c.id = r.case_id where r.report_id = x.id and c.sealed)",
    excluded_sql="""select r.report_id from cases_reportcase r join cases_exclusion e on e.case_id = r.case_id, me
        where e.worker_id = me.id or e.team_id = me.team_id or e.agency_id = me.agency_id""",
    sealed=lambda: ReportCase.objects.unfiltered().filter(case__sealed=True).values("report_id"),
    excluded=lambda worker: ReportCase.objects.unfiltered().filter(case__in=_excluded(worker).values("case_id")).values("report_id"),
)
access.people.sql = "select p.person_id from cases_participant p where p.case_id = any({cases}) and {roles}"


def _participants(cases, roles):
    rows = Participant.objects.unfiltered().filter(cases)
    return (rows if roles is None else rows.filter(role__in=roles)).values("person_id")


access.people.rows = _participants


def _excluded(worker):
    named = Q(worker=worker) | Q(agency=worker.agency_id)
    if worker.team_id:
        named |= Q(team=worker.team_id)
    return Exclusion.objects.unfiltered().filter(named)


@access.relation("assigned", "case", "select a.case_id from cases_assignment a, me where a.worker_id = me.id and a.until_at is null")
def assigned(worker, level):
    return Assignment.objects.unfiltered().running().filter(worker=worker).values("case_id")


@access.relation("lead", "case", None)  # asked by actions only: no table is read or written by it
def lead(worker, level):
    return Assignment.objects.unfiltered().running().filter(worker=worker, is_lead=True).values("case_id")


@access.relation("supervisor", "case", "select c.id from cases_case c, me where c.team_id = me.team_id {unsealed}")
def supervisor(worker, level):
    return Case.objects.unfiltered().filter(team=worker.team_id).values("pk")


@access.relation(
    "tasked",
    "case",
    """select c.id from cases_case c join cases_approval p on p.case_id = c.id, me
    where c.team_id = me.team_id and p.status = 'REQUESTED' and not p.needs_manager {unsealed}""",
)
def tasked(worker, level):
    waiting = Approval.objects.unfiltered().filter(status="REQUESTED", needs_manager=False)
    return waiting.filter(case__team=worker.team_id).values("case_id")


@access.relation(
    "manager",
    "case",
    """select c.id from cases_case c, me where c.agency_id = me.agency_id and c.area_id in
    (select aw.descendant_id from places_areawithin aw join places_workerarea wa on wa.area_id = aw.ancestor_id where wa.worker_id = me.id) {unsealed}""",
)
def manager(worker, level):
    return Case.objects.unfiltered().filter(agency=worker.agency_id, area__in=_areas_of(worker)).values("pk")


# Reaches whole areas: in PostgreSQL a role of its own with a condition on the area, not an array of cases.
@access.relation(
    "coordinator",
    "case",
    "select aw.descendant_id from places_areawithin aw join places_workerarea wa on wa.area_id = aw.ancestor_id join me on wa.worker_id = me.id",
)
def coordinator(worker, level):
    return Case.objects.unfiltered().filter(area__in=_areas_of(worker)).values("pk")


def _areas_of(worker):
    return AreaWithin.objects.filter(ancestor__workerarea__worker=worker).values("descendant")


@access.relation(
    "intake",
    "report",
    f"""select r.id from cases_report r join places_team t on t.id = r.team_id, me
    where t.id = me.team_id and t.is_intake and r.state in {OPEN_REPORT} and not r.is_about_staff""",
)
def intake(worker, level):
    waiting = Report.objects.unfiltered().open().filter(is_about_staff=False)
    return waiting.filter(team=worker.team_id, team__is_intake=True).values("pk")


@access.relation(
    "handler",
    "report",
    """select r.report_id from cases_reportcase r join cases_assignment a on a.case_id = r.case_id, me
    where a.worker_id = me.id and a.until_at is null""",
)
def handler(worker, level):
    return ReportCase.objects.unfiltered().filter(case__in=assigned(worker, level)).values("report_id")


@access.relation(
    "report_lead",
    "report",
    """select r.report_id from cases_reportcase r join cases_assignment a on a.case_id = r.case_id, me
    where a.worker_id = me.id and a.until_at is null and a.is_lead""",
)
def report_lead(worker, level):
    return ReportCase.objects.unfiltered().filter(case__in=lead(worker, level)).values("report_id")
