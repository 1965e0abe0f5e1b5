"""Reports about staff (T27): anyone tells, only safeguarding officers read, and the accused and their line are kept from the child's case.

Nothing here goes by rank: the report has no intake team, its author keeps only the receipt, and whoever works on a case that it
touches does not read it.
"""

from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.cases.actions import note_event, safeguarding_officers
from romsai.cases.models import Accused, AllegationCase, Assignment, Case, Exclusion, Report, ReportState, ReportWords
from romsai.core import access
from romsai.core.actions import Refused, action, done
from romsai.places.models import Worker
from romsai.places.profile import profile


@action("cases.pass_to_safeguarding")
def pass_to_safeguarding(report, *, by):
    """The desk sees that a report is about one of the staff: it leaves the desk's sight and starts its 24 hours."""
    if report.links.exists():
        raise Refused(_("This report belongs to a case already. Call the safeguarding officer."))
    report.is_about_staff, report.team, report.sample_check = True, None, False
    report.state, report.screened_by, report.late_noticed_at = ReportState.RECEIVED, None, None
    report.decide_by = profile().due("safeguarding", "HIGH", timezone.now())
    report.save()
    return report


@action("cases.take_up")
def take_up(report, *, by):
    """A safeguarding officer answers for it from now on."""
    if report.state != ReportState.RECEIVED:
        raise Refused(_("Somebody has taken it up already."))
    report.state, report.screened_by = ReportState.SCREENING, by
    report.save()
    return report


@action("cases.name_accused")
def name_accused(report, *, by, worker=None, agency=None):
    """Whom it is about. From now on neither they nor their agency reach the report, whatever their role."""
    if (worker is None) == (agency is None):
        raise Refused(_("Name one worker, or one agency where the worker is not known."))
    if worker is not None and worker.pk == by.pk:
        raise Refused(_("It is about yourself. Tell the data protection officer, who gives it to another officer."))
    agency = agency or worker.agency
    others = safeguarding_officers().exclude(agency=agency)
    if worker is None and not others.exists():
        raise Refused(_("Every safeguarding officer works there. Name the worker instead."))
    # An officer of the same agency who works on it keeps it: else nobody would read it any more.
    left_out = agency if by.agency_id != agency.pk and others.exists() else None
    made, _is_new = Accused.objects.get_or_create(
        report=report, worker=worker, agency=left_out, defaults={"by": by, "named_at": timezone.now()}
    )
    return made


@action("cases.keep_from_case")
def keep_from_case(report, *, by, number, lead=None):
    """Keep the accused and their line from a case that the report touches; sealed or not, without the officer reading it.

    lead: who answers for the child from now on, where whoever led the case is among those kept from it.
    """
    accused = list(report.accused.select_related("worker__team", "worker__agency", "agency"))
    if not accused:
        raise Refused(_("Say first whom the report is about."))
    case = Case.objects.filter(number__iexact=number.replace(" ", "")).first()
    if case is None:
        raise Refused(_("There is no case with this number. Check the number."))
    now, barred = timezone.now(), access.subjects["case"].excluded
    for line in accused:
        _keep_out(line, case, by=by, at=now)
    if case.is_open and not case.assignments.running().filter(is_lead=True).exists():
        _give(case, lead, barred, by=by, at=now)
    AllegationCase.objects.get_or_create(report=report, case=case, defaults={"by": by, "at": now})
    return report


def _keep_out(accused, case, *, by, at):
    """Exclude the accused and their line as it is today; none of them works on the case any longer."""
    barred = access.subjects["case"].excluded
    for whom in _line_of(accused, case):
        if not case.exclusions.standing().filter(**whom).exists():
            Exclusion.objects.create(case=case, reason="ACCUSED", by=by, **whom)
    for assignment in case.assignments.running().select_related("worker"):
        if barred(assignment.worker).filter(case_id=case.pk).exists():
            assignment.until_at = at
            assignment.save(update_fields=["until_at"])


def _keep_newcomers_out(sender, *, result, by, **_rest):
    """Whoever comes into the line of an accused, or into whose line an accused comes, is kept out as the others of it are."""
    if sender not in ("places.grant_role", "places.add_worker"):
        return
    with access.system(on_behalf=by, purpose="safeguarding"):
        touched = AllegationCase.objects.filter(report__accused__worker__agency=result.agency_id).distinct()
        for link in touched.select_related("case", "report"):
            for line in link.report.accused.filter(worker__isnull=False).select_related("worker__team", "worker__agency", "agency"):
                if link.case.exclusions.keeping_out(worker=line.worker, agency=line.worker.agency_id).exists():  # it was not lifted
                    _keep_out(line, link.case, by=None, at=timezone.now())


done.connect(_keep_newcomers_out)


def _line_of(accused, case):
    """Whom to keep from the case: of another agency all of it; of the case's own the accused, whoever is above and whoever below."""
    worker, agency = accused.worker, accused.agency or (accused.worker and accused.worker.agency)
    if agency.pk != case.agency_id or worker is None or worker.role == "MANAGER":
        return [{"agency": agency}, *([{"worker": worker}] if worker else [])]
    above = Worker.objects.filter(agency=agency, role="MANAGER")
    line = [{"worker": manager} for manager in above]
    if worker.team is not None and worker.role == "SUPERVISOR":
        line.append({"team": worker.team})
    elif worker.team is not None:
        line += [{"worker": supervisor} for supervisor in Worker.objects.filter(team=worker.team, role="SUPERVISOR")]
    return [{"worker": worker}, *line]


def _give(case, lead, barred, *, by, at):
    if lead is None:
        raise Refused(_("The worker who leads this case is among them. Name another worker who answers for the child."))
    fits = lead.role in ("WORKER", "SUPERVISOR") and lead.team_id and access.acts(lead) and not lead.is_machine
    if not fits or barred(lead).filter(case_id=case.pk).exists():
        raise Refused(_("%(name)s cannot work on this case. Choose somebody else.") % {"name": lead.name})
    case.assignments.running().filter(worker=lead).update(until_at=at)
    Assignment.objects.create(case=case, worker=lead, is_lead=True, since_at=at, by=by)
    case.team, case.agency = lead.team, lead.agency
    case.save(update_fields=["team", "agency"])
    note_event(case, "ASSIGNED", by=by, worker=lead.pk)


@action("cases.close_allegation")
def close_allegation(report, *, by, outcome):
    """What came of it, in words that only safeguarding officers read."""
    if report.state not in (ReportState.RECEIVED, ReportState.SCREENING):
        raise Refused(_("This was closed already."))
    if not outcome.strip():
        raise Refused(_("Write what was found and what was done."))
    words = ReportWords.objects.visible().get(report=report)
    words.advice = outcome.strip()
    words.save()
    report.state, report.disposition = ReportState.REGISTERED, "SAFEGUARDING"
    report.decided_at, report.screened_by = timezone.now(), by
    report.save()
    return report


# questions


def waiting(worker):
    """Reports about staff that this officer may read and nobody has closed, nearest deadline first."""
    return list(Report.objects.visible().filter(is_about_staff=True).open().select_related("area").order_by("decide_by", "pk"))


def closed(worker, most):
    return list(
        Report.objects.visible().filter(is_about_staff=True).exclude(state__in=["RECEIVED", "SCREENING"]).order_by("-decided_at")[:most]
    )


def late():
    """How many reports about staff wait longer than they may: a number and nothing else."""
    with access.system(purpose="safeguarding"):
        return Report.objects.open().filter(is_about_staff=True, decide_by__lt=timezone.now()).count()
