"""What the relations of the policy table mean for cases and reports: once in SQL for PostgreSQL, once in Django's words.

The two are written apart on purpose; the matrix test holds each against the other.
"""

from django.db.models import Q
from django.db.models.functions import Now

from romsai.cases.models import Accused, Approval, Assignment, Case, Exclusion, Glass, Pair, Participant, Report, ReportCase
from romsai.core import access
from romsai.people.models import Name
from romsai.places.models import AreaWithin

OPEN_REPORT = "('RECEIVED', 'SCREENING')"

access.subject(
    "case",
    sealed_sql="exists (select 1 from cases_case c where c.id = x.id and c.sealed)",
    excluded_sql="""select e.case_id from cases_exclusion e
        where e.lifted_at is null and (e.worker_id = me.id or e.team_id = me.team_id or e.agency_id = me.agency_id)""",
    sealed=lambda: Case.objects.unfiltered().filter(sealed=True).values("pk"),
    excluded=lambda worker: _excluded(worker).values("case_id"),
    unsealed=lambda ids: ids.filter(sealed=False) if ids.model is Case else None,
)
access.subject(
    "report",
    sealed_sql="exists (select 1 from cases_reportcase r join cases_case c on c.id = r.case_id where r.report_id = x.id and c.sealed)",
    excluded_sql="""select r.report_id from cases_reportcase r join cases_exclusion e on e.case_id = r.case_id
        where e.lifted_at is null and (e.worker_id = me.id or e.team_id = me.team_id or e.agency_id = me.agency_id)
        union select a.report_id from cases_accused a where a.worker_id = me.id or a.agency_id = me.agency_id""",
    sealed=lambda: ReportCase.objects.unfiltered().filter(case__sealed=True).values("report_id"),
    excluded=lambda worker: (
        Report.objects.unfiltered().filter(Q(pk__in=_of_barred_cases(worker)) | Q(pk__in=_accused(worker))).values("pk")
    ),
)
access.people.sql = "select p.person_id from cases_participant p where p.case_id = any({cases}) and {roles}"


def _participants(cases, roles):
    rows = Participant.objects.unfiltered().filter(cases)
    return (rows if roles is None else rows.filter(role__in=roles)).values("person_id")


access.people.rows = _participants


def _excluded(worker):
    return Exclusion.objects.unfiltered().keeping_out(worker=worker, team=worker.team_id, agency=worker.agency_id)


def _of_barred_cases(worker):
    return ReportCase.objects.unfiltered().filter(case__in=_excluded(worker).values("case_id")).values("report_id")


def _accused(worker):
    """Reports about this worker or their agency."""
    return Accused.objects.unfiltered().filter(Q(worker=worker) | Q(agency=worker.agency_id)).values("report_id")


@access.relation("assigned", "case", "select a.case_id from cases_assignment a where a.worker_id = me.id and a.until_at is null")
def assigned(worker, level):
    return Assignment.objects.unfiltered().running().filter(worker=worker).values("case_id")


@access.relation("lead", "case", None)  # asked by actions only: no table is read or written by it
def lead(worker, level):
    return Assignment.objects.unfiltered().running().filter(worker=worker, is_lead=True).values("case_id")


@access.relation("supervisor", "case", "select c.id from cases_case c where c.team_id = me.team_id {unsealed}", in_order=True)
def supervisor(worker, level):
    return Q(team=worker.team_id)


@access.relation(
    "tasked",
    "case",
    """select c.id from cases_case c join cases_approval p on p.case_id = c.id
    where c.team_id = me.team_id and p.status = 'REQUESTED' and not p.needs_manager {unsealed}""",
)
def tasked(worker, level):
    waiting = Approval.objects.unfiltered().filter(status="REQUESTED", needs_manager=False)
    return waiting.filter(case__team=worker.team_id).values("case_id")


@access.relation(
    "manager",
    "case",
    """select c.id from cases_case c where c.agency_id = me.agency_id and c.area_id in
    (select aw.descendant_id from places_areawithin aw join places_workerarea wa on wa.area_id = aw.ancestor_id where wa.worker_id = me.id) {unsealed}""",
)
def manager(worker, level):
    return Q(agency=worker.agency_id, area__in=_areas_of(worker))


# Reaches whole areas: in PostgreSQL a role of its own with a condition on the area, not an array of cases.
@access.relation(
    "coordinator",
    "case",
    "select aw.descendant_id from places_areawithin aw join places_workerarea wa on wa.area_id = aw.ancestor_id where wa.worker_id = me.id",
)
def coordinator(worker, level):
    return Q(area__in=_areas_of(worker))


def _areas_of(worker):
    return AreaWithin.objects.filter(ancestor__workerarea__worker=worker).values("descendant")


# The place of the child, who serves it and the words are for an emergency alone; for any other reason they stay shut.
@access.relation(
    "glass",
    "case",
    """select g.case_id from cases_glass g
    where g.worker_id = me.id and g.closed_at is null and g.until_at > statement_timestamp()
    and ('{level}' not in ('location', 'narrative', 'services') or g.reason = 'EMERGENCY')""",
)
def glass(worker, level):
    opened = Glass.objects.unfiltered().open(at=Now()).filter(worker=worker)
    if level in ("location", "narrative", "services"):
        opened = opened.filter(reason="EMERGENCY")
    return opened.values("case_id")


@access.relation("opener", "cases_glass", "select g.id from cases_glass g where g.worker_id = me.id")
def opener(worker, level):
    return Glass.objects.unfiltered().filter(worker=worker).values("pk")


access.purposes["break-glass"] = """select 1 from cases_glass g
    where g.worker_id = sec.actor() and g.closed_at is null and g.until_at > statement_timestamp() and (
        'case:' || g.case_id = any(p_subjects)
        or exists (select 1 from cases_participant p where p.case_id = g.case_id and 'person:' || p.person_id = any(p_subjects)))"""


@access.relation(
    "intake",
    "report",
    f"""select r.id from cases_report r join places_team t on t.id = r.team_id
    where t.id = me.team_id and t.is_intake and r.state in {OPEN_REPORT} and not r.is_about_staff""",
)
def intake(worker, level):
    waiting = Report.objects.unfiltered().open().filter(is_about_staff=False)
    return waiting.filter(team=worker.team_id, team__is_intake=True).values("pk")


# A report about staff stays with the safeguarding officers, whoever wrote it down and whatever case it touches.
@access.relation("safeguard", "report", "select r.id from cases_report r where r.is_about_staff")
def safeguard(worker, level):
    return Report.objects.unfiltered().filter(is_about_staff=True).values("pk")


@access.relation(
    "handler",
    "report",
    """select l.report_id from cases_reportcase l join cases_report r on r.id = l.report_id join cases_assignment a on a.case_id = l.case_id
    where a.worker_id = me.id and a.until_at is null and not r.is_about_staff""",
)
def handler(worker, level):
    return _linked(assigned(worker, level))


def _linked(cases):
    return ReportCase.objects.unfiltered().filter(case__in=cases, report__is_about_staff=False).values("report_id")


@access.relation(
    "report_lead",
    "report",
    """select l.report_id from cases_reportcase l join cases_report r on r.id = l.report_id join cases_assignment a on a.case_id = l.case_id
    where a.worker_id = me.id and a.until_at is null and a.is_lead and not r.is_about_staff""",
)
def report_lead(worker, level):
    return _linked(lead(worker, level))


# Whoever is kept from one of the two, or does not read who it is, learns of neither that there is a pair.
@access.relation(
    "paired",
    "cases_pair",
    """select p.id from cases_pair p where p.state <> 'FOUND'
    and p.one_id = any((select sec.read_person_identity())::bigint[]) and p.other_id = any((select sec.read_person_identity())::bigint[])
    and p.one_id <> all((select sec.excluded_person())::bigint[]) and p.other_id <> all((select sec.excluded_person())::bigint[])""",
)
def paired(worker, level):
    people = access.visible(Name.objects.unfiltered(), worker).order_by().values("person_id")
    return Pair.objects.exclude(state="FOUND").filter(one__in=people, other__in=people).values("pk")
