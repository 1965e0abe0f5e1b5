"""Who hears of what: listens to actions by name and writes a notice for each worker whom it concerns.

    @hears("cases.decide")
    def answered(approval, result, by, facts): ...

A listener runs inside the action, as the system: if it fails the action is undone, and a notice is there if and only if its cause is.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from romsai.cases.actions import safeguarding_officers
from romsai.cases.elsewhere import queries as elsewhere
from romsai.cases.models import Assignment
from romsai.core import access, jobs, second
from romsai.core.actions import done
from romsai.places.models import Worker
from romsai.workforce import messages
from romsai.workforce.gateway import takes
from romsai.workforce.models import Covered, Kind, Message, Notice

_quiet = ContextVar("workforce_quiet", default=False)
_listeners = {}


def hears(*names):
    """Register what is done when one of these actions is done."""

    def register(listener):
        for name in names:
            _listeners.setdefault(name, []).append(listener)
        return listener

    return register


@contextmanager
def quiet():
    """Many small actions at once, of which one notice is told by whoever does them."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def _heard(sender, record, result, by, facts, **_rest):
    if sender in _listeners and not _quiet.get():
        with access.system(purpose="notices"):
            for listener in _listeners[sender]:
                listener(record, result, by, facts)


done.connect(_heard)


def tell(kind, workers, *, path, once, by=None, case=None):
    """A notice for each of these workers, once. Not for who did it, nor for whoever is barred from the case. Runs as the system.

    On the cases of a leave it goes to the deputy, too, and messages to the deputy alone.
    """
    workers = {worker.pk: worker for worker in workers if worker is not None and access.acts(worker) and (by is None or worker.pk != by.pk)}
    if case is not None and workers:
        workers = {
            pk: worker for pk, worker in workers.items() if not access.subjects["case"].excluded(worker).filter(case_id=case.pk).exists()
        }
    away = _deputies(workers, case)
    for pk, worker in {**workers, **{deputy.pk: deputy for deputy in away.values()}}.items():
        notice, is_new = Notice.objects.get_or_create(worker=worker, once=once, defaults={"kind": kind, "path": path, "case": case})
        if is_new and pk not in away:
            _send(notice, worker)


def _deputies(workers, case):
    """Worker id -> deputy, for those of the workers whose part on this case a deputy does today."""
    if case is None or not workers:
        return {}
    today = Covered.objects.filter(
        case=case, leave__worker__in=list(workers), leave__ended_at__isnull=True, assignment__until_at__isnull=True
    )
    return {line.leave.worker_id: line.leave.deputy for line in today.select_related("leave__deputy")}


def _send(notice, worker):
    from romsai.workforce.tasks import send

    wish, now = messages.wishes(worker), timezone.now()
    for channel in filter(takes, messages.wanted(wish, notice.kind)):
        Message.objects.create(notice=notice, channel=channel, due_at=messages.allowed_from(wish, channel, now))
        jobs.later(send, once="workforce.send")


# whom it concerns


def leads(case):
    lines = Assignment.objects.running().filter(case=case, is_lead=True).select_related("worker")
    return [line.worker for line in lines]


def _supervisors(case):
    """Rank gives nothing on a sealed case."""
    return [] if case.sealed else list(Worker.objects.active().filter(role="SUPERVISOR", team=case.team_id))


def _answering(case):
    """Who leads the case; where nobody does who may act, who supervises its team."""
    return [worker for worker in leads(case) if access.acts(worker)] or _supervisors(case)


def _managers(case):
    return (
        []
        if case.sealed
        else list(Worker.objects.active().filter(role="MANAGER", agency=case.agency_id, areas__below__descendant=case.area_id).distinct())
    )


def _recipients(agency_id):
    roles = access.policy().relations["recipient"].roles
    return Worker.objects.active().filter(agency=agency_id, role__in=roles)


def _case_page(case):
    return reverse("cases:case", args=[case.uuid])


# questions


@hears("cases.ask_approval", "cases.set_risk", "cases.ask_closure", "cases.advance", "cases.expire")
def asked(record, result, by, facts):
    """Whatever waits for an answer on the case now and was not told before."""
    case = getattr(record, "case", record)
    for approval in case.approvals.waiting():
        whom = _managers(case) if approval.needs_manager else _supervisors(case)
        if approval.asked_by_id:
            whom = [worker for worker in whom if worker.pk != approval.asked_by_id]
        tell(Kind.ASKED, whom, path=reverse("cases:approval", args=[approval.uuid]), once=f"approval:{approval.pk}", case=case)


@hears("cases.decide")
def answered(approval, result, by, facts):
    """Who asked; or, where they are off the case by now, who leads it instead."""
    case = approval.case
    is_there = case.assignments.running().filter(worker=approval.asked_by).exists()
    tell(Kind.ANSWERED, [approval.asked_by] if is_there else _answering(case), path=_case_page(case), once=f"answer:{approval.pk}", case=case, by=by)
    if approval.kind == "TRANSFER":
        for offer in case.transfers.filter(state="OFFERED"):
            _offer(offer, by)


@hears("cases.propose_merge")
def merge_proposed(case, proposal, by, facts):
    """Where two offices have one case each, the other office is told by its inquiry."""
    if proposal.duplicate.team_id != case.team_id and case.inquiries.exists():
        return
    tell(
        Kind.ASKED,
        _supervisors(case),
        path=reverse("cases:merge_decision", args=[proposal.uuid]),
        once=f"merge:{proposal.pk}",
        case=case,
        by=by,
    )


# possible matches: of two offices, and of a child and a family. Who the other is stands on the page, as far as both agreed.


@hears("cases.ask_sides")
def asked_elsewhere(_pair, inquiries, by, facts):
    for inquiry in inquiries:
        path = reverse("cases:elsewhere", args=[inquiry.uuid])
        tell(Kind.ELSEWHERE, _supervisors(inquiry.case), path=path, once=f"elsewhere:{inquiry.pk}:{inquiry.asked_at:%Y%m%d%H%M}", case=inquiry.case)


@hears("cases.agree_to_look", "cases.one_child")
def looked_together(inquiry, result, by, facts):
    """Both sides, once both agreed; and the other side, once one finds that it is one child."""
    both = elsewhere.sides_of(inquiry)
    if both is None or both.stage != elsewhere.BOTH:
        return
    said = any(map(both.says_so, (both.own, both.other)))
    for row in (both.own, both.other):
        kind, once = (Kind.ASKED, "merge") if said else (Kind.BOTH_AGREED, "both")
        whom = [] if said and row.pk == inquiry.pk else _supervisors(row.case)
        path = reverse("cases:elsewhere", args=[row.uuid])
        tell(kind, whom, path=path, once=f"{once}:{row.pk}:{both.until:%Y%m%d%H%M}", case=row.case, by=by)


@hears("tracing.look")
def may_be_family(case, proposals, by, facts):
    for proposal in proposals:
        _of_match(Kind.MATCH, proposal)


@hears("tracing.agree")
def side_agreed(proposal, result, by, facts):
    """The other side: that there is somebody, when this side agreed; both, when both did."""
    for row in type(result).objects.filter(match=result.match).select_related("case"):
        if row.state == "MUTUAL":
            _of_match(Kind.BOTH_AGREED, row)
        elif row.state == "OPEN":
            _of_match(Kind.MATCH, row)


def _of_match(kind, row):
    tell(kind, _answering(row.case), path=reverse("tracing:proposal", args=[row.uuid]), once=f"{kind.lower()}:{row.pk}", case=row.case)


@hears("core.propose")
def second_needed(_record, proposal, by, facts):
    tell(Kind.SECOND, second.fit_for(proposal), path=reverse("second", args=[proposal.uuid]), once=f"second:{proposal.pk}", by=by)


@hears("core.confirm", "core.decline")
def second_answered(proposal, result, by, facts):
    proposer = Worker.objects.filter(pk=proposal.proposer_id)
    tell(Kind.SECOND_ANSWERED, proposer, path=reverse("seconds"), once=f"seconded:{proposal.pk}", by=by)


# referrals and transfers


@hears("care.refer")
def referred(case, referral, by, facts):
    path = reverse("care:referral", args=[referral.uuid])
    tell(Kind.REFERRED, _recipients(referral.agency_id), path=path, once=f"referral:{referral.pk}", case=case, by=by)


@hears("care.answer_referral", "care.complete_referral")
def referral_answered(referral, result, by, facts):
    kinds = {"DECLINED": Kind.REFERRAL_DECLINED, "COMPLETED": Kind.REFERRAL_DONE}
    result.refresh_from_db()
    kind = kinds.get(result.state, Kind.REFERRAL_ANSWERED)
    whom = {worker.pk: worker for worker in [result.owner, *leads(result.case)] if worker is not None}.values()
    path = reverse("care:referral", args=[result.uuid])
    tell(kind, whom, path=path, once=f"referral:{result.pk}:{result.state}", case=result.case, by=by)


@hears("care.expire_referral")
def unanswered(referral, result, by, facts):
    case = result.case
    path = reverse("care:referral", args=[result.uuid])
    tell(Kind.UNANSWERED, [*leads(case), *_supervisors(case)], path=path, once=f"unanswered:{result.pk}", case=case)


@hears("care.offer_transfer")
def offered(case, transfer, by, facts):
    if transfer.state == "OFFERED":
        _offer(transfer, by)


def _offer(transfer, by):
    whom = Worker.objects.active().filter(role="SUPERVISOR", team=transfer.team_id)
    path = reverse("care:transfer", args=[transfer.uuid])
    tell(Kind.OFFERED, whom, path=path, once=f"transfer:{transfer.pk}", case=transfer.case, by=by)


@hears("care.accept_transfer", "care.decline_transfer")
def offer_answered(transfer, result, by, facts):
    """Who offered a case and gave it away reaches it no more: the list of offers is their page."""
    tell(Kind.OFFER_ANSWERED, [transfer.offered_by], path=reverse("home"), once=f"transferred:{transfer.pk}", case=transfer.case, by=by)
    if "worker" in facts:
        tell(Kind.ASSIGNED, [facts["worker"]], path=_case_page(transfer.case), once=_lead_line(transfer.case), case=transfer.case, by=by)


# whose case it is


def _lead_line(case):
    return f"assigned:{case.pk}:{Assignment.objects.running().filter(case=case, is_lead=True).values_list('pk', flat=True).first()}"


@hears("cases.register")
def registered(report, case, by, facts):
    tell(Kind.ASSIGNED, leads(case), path=_case_page(case), once=_lead_line(case), case=case, by=by)


@hears("cases.register_group")
def registered_together(report, incident, by, facts):
    """One notice, however many children."""
    lines = Assignment.objects.running().filter(case__incident=incident, is_lead=True).select_related("worker")
    whom = {line.worker_id: line.worker for line in lines}.values()
    tell(Kind.HANDED_OVER, whom, path=reverse("cases:caseload") + "?list=new", once=f"incident:{incident.pk}", by=by)


@hears("cases.assign")
def assigned(case, result, by, facts):
    line = Assignment.objects.running().filter(case=case, worker=facts["worker"]).first()
    if line is not None:
        tell(Kind.ASSIGNED, [facts["worker"]], path=_case_page(case), once=f"assigned:{case.pk}:{line.pk}", case=case, by=by)


# what time brings about


@hears("cases.notice_late")
def late(deadline, result, by, facts):
    case = deadline.case
    whom = _supervisors(case) if deadline.kind == "SUPERVISOR_SEES" else _answering(case)
    tell(Kind.LATE, whom, path=_case_page(case), once=f"late:{deadline.pk}", case=case)


@hears("cases.escalate")
def long_late(deadline, result, by, facts):
    case = deadline.case
    tell(Kind.LONG_LATE, [*_supervisors(case), *_managers(case)], path=_case_page(case), once=f"long_late:{deadline.pk}", case=case)


@hears("cases.notice_late_report")
def report_late(report, result, by, facts):
    """A report about staff is not told to anybody's line: every officer who may read it hears once more."""
    if report.is_about_staff:
        tell(Kind.REPORT_LATE, _officers_for(report), path=reverse("cases:allegation", args=[report.uuid]), once=f"report:{report.pk}")
        return
    whom = Worker.objects.active().filter(Q(role="SUPERVISOR") | Q(role="OPERATOR"), team=report.team_id)
    tell(Kind.REPORT_LATE, whom, path=reverse("cases:report", args=[report.uuid]), once=f"report:{report.pk}")


def _officers_for(report):
    barred = access.subjects["report"].excluded
    return [officer for officer in safeguarding_officers() if not barred(officer).filter(pk=report.pk).exists()]


@hears("cases.break_glass")
def opened_in_an_emergency(record, request, by, facts):
    """To the two outside both lines. Whoever works on the case reads it on its timeline."""
    if request.glass is not None:
        page = reverse("cases:glass_request", args=[request.uuid])
        tell(Kind.EMERGENCY, list(request.told.all()), path=page, once=f"glass:{request.pk}", by=by)


@hears("cases.report", "cases.pass_to_safeguarding")
def about_staff(record, report, by, facts):
    if report.is_about_staff:
        tell(Kind.STAFF, _officers_for(report), path=reverse("cases:allegation", args=[report.uuid]), once=f"staff:{report.pk}", by=by)


@hears("cases.withdraw_consent")
def consent_withdrawn(consent, result, by, facts):
    case = consent.case
    tell(Kind.WITHDRAWN, [*leads(case), *_supervisors(case)], path=_case_page(case), once=f"withdrawn:{consent.pk}", case=case, by=by)
