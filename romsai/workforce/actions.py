"""Every change of this room: notices read, wishes, leaves, handings over, supervision notes, saved filters, calendars."""

import hashlib
import secrets
from urllib.parse import parse_qsl, urlencode
from zoneinfo import available_timezones

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.care.actions import nothing_left_behind
from romsai.cases import actions as cases
from romsai.cases import queries as caseloads
from romsai.cases.models import Assignment, Case
from romsai.core import access, jobs
from romsai.core.actions import Refused, action, done
from romsai.core.crypto import new_key
from romsai.workforce.models import (
    Calendar,
    CaseSupervision,
    Covered,
    HandedCase,
    Handing,
    Kind,
    Leave,
    Notice,
    SavedFilter,
    Supervision,
    Wish,
)
from romsai.workforce.notices import quiet, tell

MOST_FILTERS = 20
FILTER_FIELDS = {"risk", "step", "concern", "area", "list", "order"}


def leads_worker(by, worker):
    """Does `by` lead this worker today?"""
    return access.acts(by) and by.leads(worker)


def _leads(by, worker):
    if not leads_worker(by, worker):
        raise access.Forbidden("It is not there.")


def _own(record, by):
    if record.worker_id != by.pk:
        raise access.Forbidden("It is not there.")


# notices


@action("workforce.read_notice")
def read_notice(notice, *, by):
    """The worker has opened it."""
    _own(notice, by)
    if notice.read_at is None:
        notice.read_at = timezone.now()
        notice.save(update_fields=["read_at"])
    return notice


@action("workforce.read_all")
def read_all(*, by):
    """The worker has seen the list and needs none of it any more."""
    Notice.objects.filter(worker=by).unread().update(read_at=timezone.now())


@action("workforce.wish")
def wish(*, by, email, sms, from_hour, until_hour, time_zone):
    """About what the worker wants e-mails and SMS, and when an SMS may come."""
    if not set(email) | set(sms) <= set(Kind.values):
        raise Refused(_("Choose from the list."))
    if time_zone not in available_timezones():
        raise Refused(_("Choose a time zone from the list."))
    if not 0 <= from_hour < until_hour <= 24:
        raise Refused(_("The end of the hours must come after their beginning."))
    facts = {"email": list(email), "sms": list(sms), "from_hour": from_hour, "until_hour": until_hour, "time_zone": time_zone}
    return Wish.objects.update_or_create(worker=by, defaults=facts)[0]


# leaves


@action("workforce.take_leave")
def take_leave(*, by, worker, deputy, from_on, until_on, sealed=()):
    """Name who works on the cases that a worker leads while the worker is away.

    sealed: sealed cases for which the deputy is named; only their lead may.
    """
    if worker.pk != by.pk:
        _leads(by, worker)
    today = timezone.localdate()
    if until_on < max(from_on, today):
        raise Refused(_("The last day must not lie before the first, nor in the past."))
    if deputy.pk == worker.pk:
        raise Refused(_("Choose somebody else as deputy."))
    if not may_stand_in(deputy, worker):
        raise Refused(_("%(name)s cannot stand in. Choose somebody of the same agency who works on cases.") % {"name": deputy.name})
    within = Q(from_on__lte=until_on, until_on__gte=from_on)
    if Leave.objects.select_for_update().running().filter(within, worker=worker).exists():
        raise Refused(_("There is a leave in these days already. End that one first."))
    if Leave.objects.running().filter(within, worker=deputy).exists():
        raise Refused(_("%(name)s is away in these days, too. Choose somebody else.") % {"name": deputy.name})
    standing_in = Leave.objects.running().filter(within, deputy=worker).select_related("worker").first()
    if standing_in is not None:  # a deputy's deputy reaches only what the deputy leads
        raise Refused(
            _("%(deputy)s stands in for %(name)s in these days. End that leave and name somebody else for it first.") % {"deputy": worker.name, "name": standing_in.worker.name}
        )  # fmt: skip
    for case in sealed:
        if not Assignment.objects.running().filter(case=case, worker=by, is_lead=True).exists():
            raise access.Forbidden(_("Only the lead worker names people on a sealed case."))
    leave = Leave.objects.create(
        worker=worker, deputy=deputy, from_on=from_on, until_on=until_on, by=by, sealed=sorted(case.pk for case in sealed)
    )
    keep_up(leave, today)
    return leave


def may_stand_in(deputy, worker):
    """Social workers and supervisors stand in for each other within an agency."""
    return (
        access.acts(deputy) and deputy.agency_id == worker.agency_id and deputy.role in ("WORKER", "SUPERVISOR") and deputy.pk != worker.pk
    )


def keep_up(leave, today):
    """Put the deputy on what the absent worker leads now, take them off what has gone to others. As often as one likes; as the system."""
    if leave.ended_at or today < leave.from_on:
        return
    if today > leave.until_on:
        _end(leave, by=None)
        return
    if not may_stand_in(leave.deputy, leave.worker):
        _end(leave, by=None)
        # Switched off, moved to another office: the cases are nobody's until somebody else is named.
        path = reverse("workforce:take_leave_for", args=[leave.worker.uuid])
        tell(Kind.NO_DEPUTY, _line_above(leave.worker), path=path, once=f"no_deputy:{leave.pk}")
        return
    begins = leave.begun_at is None
    if begins:
        leave.begun_at = timezone.now()
        leave.save(update_fields=["begun_at"])
    with quiet():
        led = Assignment.objects.running().filter(worker=leave.worker, is_lead=True).values("case_id")
        for line in leave.covered.filter(assignment__until_at__isnull=True).exclude(case__in=led).select_related("assignment", "case"):
            _take_off(line, by=None)
        there = Assignment.objects.running().filter(worker=leave.deputy).values("case_id")
        known = leave.covered.values("case_id")  # whom a supervisor took off by hand is not put back
        for case in Case.objects.open().filter(pk__in=led).exclude(pk__in=there).exclude(pk__in=known):
            _cover(leave, case)
    if begins:
        tell(Kind.DEPUTY, [leave.deputy], path=reverse("cases:caseload"), once=f"leave:{leave.pk}", by=leave.by)


def _cover(leave, case):
    # Within the right that whoever asked for the leave has today; on a sealed case the lead must have named the deputy.
    if not access.may(leave.by, "cases.assign", case) or (case.sealed and case.pk not in leave.sealed):
        return
    try:
        cases.assign(case, by=leave.by, worker=leave.deputy, is_lead=False)
    except (Refused, access.Forbidden):
        return  # barred from this child; the others are still covered
    assignment = Assignment.objects.running().get(case=case, worker=leave.deputy)
    Covered.objects.create(leave=leave, case=case, assignment=assignment)


@action("workforce.end_leave")
def end_leave(leave, *, by):
    """The worker is back before the last day, or the leave is not taken."""
    if leave.worker_id != by.pk and not leads_worker(by, leave.worker):
        raise access.Forbidden("It is not there.")
    if leave.ended_at:
        raise Refused(_("This leave is over already."))
    _end(leave, by=by)
    return leave


def _end(leave, *, by):
    for line in leave.covered.filter(assignment__until_at__isnull=True).select_related("assignment", "case"):
        _take_off(line, by=by)
    leave.ended_at = timezone.now()
    leave.save(update_fields=["ended_at"])
    if leave.begun_at:
        tell(Kind.DEPUTY_ENDS, [leave.deputy], path=reverse("cases:caseload"), once=f"leave_over:{leave.pk}", by=by)


def _take_off(line, *, by):
    """Unless the deputy leads the case by now: then it is theirs."""
    assignment = line.assignment
    if assignment.until_at is None and not assignment.is_lead:
        assignment.until_at = timezone.now()
        assignment.save(update_fields=["until_at"])
        cases.note_event(line.case, "RELEASED", by=by, worker=assignment.worker_id)
        nothing_left_behind(line.case)


# handing over


@action("workforce.hand_over")
def hand_over(*, by, worker, to):
    """All open cases of a worker that `by` may give go to these colleagues, each to the one with most room. Carried out by a job."""
    _leads(by, worker)
    to = [taker for taker in to if taker.pk != worker.pk]
    if not to:
        raise Refused(_("Choose at least one colleague who takes cases over."))
    for taker in to:
        if not may_stand_in(taker, worker):
            raise Refused(
                _("%(name)s cannot take cases over. Choose somebody of the same agency who works on cases.") % {"name": taker.name}
            )
    if Handing.objects.filter(worker=worker, finished_at__isnull=True).exists():
        raise Refused(_("The cases of this worker are being handed over just now. Wait until that is done."))
    lines = Assignment.objects.running().filter(worker=worker, case__in=Case.objects.open()).select_related("case")
    mine = [line for line in lines if access.may(by, "cases.assign", line.case)]
    if not mine:
        raise Refused(_("This worker has no open case that you can hand over."))
    handing = Handing.objects.create(worker=worker, by=by)
    led = sorted((line.case for line in mine if line.is_lead), key=lambda case: (-caseloads.WEIGHT[case.risk], case.pk))
    HandedCase.objects.bulk_create(HandedCase(handing=handing, case=case, to=taker) for case, taker in _shared_out(led, to))
    HandedCase.objects.bulk_create(HandedCase(handing=handing, case=line.case) for line in mine if not line.is_lead)
    from romsai.workforce.tasks import carry_on

    jobs.later(carry_on, once=f"handing-{handing.pk}", handing=handing.pk)
    return handing


def _shared_out(led, to):
    """(case, taker): the gravest first, each to whoever has least to do, weighed by risk, and is not barred from it."""
    room = {load.worker.pk: load.weighted for load in caseloads.loads(to)}
    takers = {taker.pk: taker for taker in to}
    barred = {pk: set(access.subjects["case"].excluded(taker).values_list("case_id", flat=True)) for pk, taker in takers.items()}
    for case in led:
        free = [pk for pk in room if case.pk not in barred[pk]]
        if not free:
            yield case, None
            continue
        pk = min(free, key=lambda pk: (room[pk], pk))
        room[pk] += caseloads.WEIGHT[case.risk]
        yield case, takers[pk]


@action("workforce.pass_on")
def pass_on(case, *, by, leaving, worker):
    """The case goes from one worker to another: who leads it, and with it the open actions of the plan and the open referrals."""
    with quiet():
        cases.assign(case, by=by, worker=worker)
    return case


@action("workforce.let_go")
def let_go(case, *, by, leaving):
    """Who leaves no longer helps on the case; whoever leads it does their open part of the plan."""
    with quiet():
        cases.release(case, by=by, worker=leaving)
    return case


def _nobody_left_without_a_worker(sender, record, by, **_rest):
    """Lower rooms know nothing of cases, so this room says no for them. A role limited in time ends all the same."""
    if sender != "places.deactivate_worker" or by is None:
        return
    with access.system(purpose="deactivation"):
        if Assignment.objects.running().filter(worker=record, case__in=Case.objects.open()).exists():
            raise Refused(
                _(
                    "This worker still works on open cases. Their supervisor hands them over first, and who leads a sealed case names the next."
                )
            )


done.connect(_nobody_left_without_a_worker)


# supervision


@action("workforce.note_on_case")
def note_on_case(case, *, by, about, text, agreed=""):
    """Write a supervision note on a case. Only the worker it is about and who leads that worker read it."""
    _in_line(by, about)
    if not Assignment.objects.running().filter(case=case, worker=about).exists():
        raise Refused(_("%(name)s does not work on this case.") % {"name": about.name})
    made = CaseSupervision.objects.create(
        case=case, key=case.key, author=by, about=about, text=_words(text), agreed=agreed.strip() or None, at=timezone.now()
    )
    path = reverse("workforce:case_supervision", args=[case.uuid])
    tell(Kind.SUPERVISION, _others(by, about), path=path, once=f"case_supervision:{made.pk}", by=by, case=case)
    return made


@action("workforce.note")
def note(*, by, about, text, agreed=""):
    """Write a supervision note about a worker's work in general. The same two sides read it and nobody else."""
    _in_line(by, about)
    earlier = Supervision.objects.filter(about=about).order_by("pk").first()
    key = earlier.key if earlier else new_key("worker")
    made = Supervision.objects.create(key=key, author=by, about=about, text=_words(text), agreed=agreed.strip() or None, at=timezone.now())
    path = reverse("workforce:supervision_of", args=[about.uuid])
    tell(Kind.SUPERVISION, _others(by, about), path=path, once=f"supervision:{made.pk}", by=by)
    return made


def _in_line(by, about):
    if by.pk != about.pk and not leads_worker(by, about):
        raise access.Forbidden("It is not there.")


def _words(text):
    if not text.strip():
        raise Refused(_("Write the note first."))
    return text.strip()


def _others(by, about):
    """To the worker if a supervisor wrote; to those who lead the worker if the worker did."""
    return [about] if by.pk != about.pk else _line_above(about)


def _line_above(worker):
    from romsai.workforce.queries import line_above

    return line_above(worker)


# lists and calendars


@action("workforce.save_filter")
def save_filter(*, by, page, name, query):
    """Keep the way a list is narrowed, under a name. The same name again replaces it."""
    name = " ".join(name.split())
    if not name:
        raise Refused(_("Give the filter a name."))
    kept = urlencode([(key, value) for key, value in parse_qsl(query) if key in FILTER_FIELDS])
    if not kept:
        raise Refused(_("Narrow the list first, then save it."))
    if len(name) > 40 or len(kept) > 500:
        raise Refused(_("This is too long to save. Choose a shorter name or fewer filters."))
    there = SavedFilter.objects.filter(worker=by, page=page)
    if there.count() >= MOST_FILTERS and not there.filter(name=name).exists():
        raise Refused(_("You have saved %(most)d filters. Delete one first.") % {"most": MOST_FILTERS})
    return SavedFilter.objects.update_or_create(worker=by, page=page, name=name, defaults={"query": kept})[0]


@action("workforce.forget_filter")
def forget_filter(saved, *, by):
    """Delete a saved filter."""
    _own(saved, by)
    SavedFilter.objects.filter(pk=saved.pk).delete()


def digest_of(secret):
    """What is kept of a calendar's secret: it has 256 bits of chance, so a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret():
    """The last part of a calendar's address. Shown once, kept nowhere."""
    return secrets.token_urlsafe(32)


@action("workforce.make_calendar")
def make_calendar(*, by, digest):
    """A new secret address; the one before it stops working. digest: of the secret, which this function never learns."""
    _revoke(by)
    return Calendar.objects.create(worker=by, digest=digest)


@action("workforce.revoke_calendar")
def revoke_calendar(*, by):
    """The address stops working at once."""
    if not _revoke(by):
        raise Refused(_("You have no calendar address."))


def _revoke(worker):
    return Calendar.objects.filter(worker=worker, revoked_at__isnull=True).update(revoked_at=timezone.now())
