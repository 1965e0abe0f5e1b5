"""Opening a case in an emergency, outside one's relations to it: with a reason, for a few hours, told to two people and looked at after.

Whoever asks names the case by its number and two facts of the child, so that numbers cannot be tried out. An absent case, a sealed
one, one they are kept from and a wrong fact get one answer after the same work, and every attempt is kept (decisions/break-glass.md).
"""

from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.cases.actions import note_event
from romsai.cases.models import Case, Glass, GlassRequest, Note, Verdict
from romsai.core import access, audit, crypto
from romsai.core.actions import Refused, action
from romsai.core.crypto import new_key
from romsai.people import search
from romsai.places import codes
from romsai.places.models import Worker
from romsai.places.profile import profile

MOST = 3  # cases that one worker may hold open so at once
SHOWN = 200  # newest requests of the list
TRIES = 5  # attempts of a day that open nothing, after which nothing opens
REASONS = ("EMERGENCY", "COVER", "COURT_REQ", "SUBJECT_REQ")  # of access_reason: what cannot wait until one is named on the case
OPENERS = access.policy().relations["glass"].roles
REVIEWERS = access.policy().action("cases.review_glass").roles


@action("cases.break_glass")
def break_glass(*, by, number, name, birth_year, reason, why):
    """Open a case by its number, a name of the child and the year of birth. Returns the GlassRequest; its `glass` is None if nothing opened."""
    if reason not in REASONS:
        raise Refused(_("Choose the reason."))
    if not why.strip():
        raise Refused(_("Write why it cannot wait. Two people will read it."))
    Worker.objects.select_for_update().get(pk=by.pk)  # two at once would both count one too few
    now = timezone.now()
    if Glass.objects.open(at=now).filter(worker=by).count() >= MOST:
        raise Refused(_("You hold three cases open in this way. Close one of them first."))
    if not _officers(by):
        raise Refused(
            _("There is no data protection officer who could be told, so nothing can be opened in this way. Call the case’s office.")
        )
    case = _named(by, number=number, name=name, birth_year=birth_year)
    # Who reaches the number and not the name must not try out names by this answer: it ends with the attempts.
    if case is not None and _tried(by, now) < TRIES and access.sees(by, case):
        raise Refused(_("You reach this case already. Search for its number."))
    officer = _least_asked(_not_kept_from(case, _officers(by))) if case is not None else None
    outsider = _outsider(by, case) if case is not None else None
    made = GlassRequest.objects.create(
        key=new_key("glass"), worker=by, asked_at=now, reason=reason, number=number.strip()[:30], why=why.strip()
    )
    if officer is None or outsider is None or _tried(by, now) > TRIES:
        return made
    made.glass = Glass.objects.create(
        case=case, worker=by, reason=reason, opened_at=now, until_at=profile().due("emergency_access", case.risk, now)
    )
    made.review_by = profile().due("emergency_access_review", case.risk, now)
    made.save(update_fields=["glass", "review_by"])
    made.told.set([officer, outsider])
    note_event(case, "GLASS_OPENED", by=by, reason=reason)
    return made


def _named(by, *, number, name, birth_year):
    """The case, if number, name and year agree and nothing bars it; the tokens are asked whatever the number says."""
    barred = access.subjects["case"].excluded(by)
    case = Case.objects.filter(number__iexact=number.replace(" ", ""), sealed=False).exclude(pk__in=barred).select_related("child").first()
    found = search.candidates(names=[name], birth_year=birth_year)
    if case is None or case.child_id not in found:
        return None
    return case if search.compare(case.child, names=[name], birth_year=birth_year).is_proposal else None


def _tried(worker, now):
    """Attempts of the last day that opened nothing, this one among them."""
    return GlassRequest.objects.filter(worker=worker, glass=None, asked_at__gt=now - timedelta(days=1)).count()


def _officers(by):
    return Worker.objects.active(on=timezone.localdate()).filter(role="DPO").exclude(pk=by.pk)


def _not_kept_from(case, workers):
    """Those of the workers whom no exclusion keeps from the case: who is kept from it is told nothing of it."""
    barred = access.subjects["case"].excluded
    return Worker.objects.filter(pk__in=[worker.pk for worker in workers if not barred(worker).filter(case_id=case.pk).exists()])


def _outsider(by, case):
    """Somebody with rank outside the line of who opens and of the case: of a third agency if there is one, else of another team."""
    people = Worker.objects.active(on=timezone.localdate()).filter(role__in=("SUPERVISOR", "MANAGER", "AUDITOR")).exclude(pk=by.pk)
    people = people.exclude(pk__in=case.assignments.running().values("worker"))
    for found in (
        people.exclude(agency__in=[by.agency_id, case.agency_id]).exclude(role="AUDITOR"),
        people.filter(role="SUPERVISOR", team__isnull=False).exclude(team__in=[by.team_id or 0, case.team_id]),
        people.filter(role="AUDITOR").exclude(agency__in=[by.agency_id, case.agency_id]),
    ):
        if (fit := _not_kept_from(case, found)).exists():
            return _least_asked(fit)
    return None


def _least_asked(workers):
    waiting = GlassRequest.objects.filter(reviewed_at=None).exclude(review_by=None).values("told")
    counted = dict(waiting.annotate(n=Count("pk")).values_list("told", "n"))
    return min(workers, key=lambda worker: (counted.get(worker.pk, 0), worker.pk), default=None)


@action("cases.note_through_glass")
def note_through_glass(case, *, by, text):
    """The one thing that is written on a case opened so: what was done for the child."""
    if not text.strip():
        raise Refused(_("Write the note first."))
    made = Note.objects.create(case=case, key=case.key, text=text.strip(), at=timezone.now(), by=by)
    note_event(case, "NOTE", by=by, note=str(made.uuid))
    return made


@action("cases.close_glass")
def close_glass(glass, *, by):
    """Whoever opened it needs it no longer."""
    if glass.closed_at is None:
        glass.closed_at = timezone.now()
        glass.save(update_fields=["closed_at"])
    return glass


@action("cases.review_glass")
def review_glass(request, *, by, verdict, remark=""):
    """One of the two who were told judges it, by what was asked and what was looked at. Misuse closes it at once."""
    if not request.told.filter(pk=by.pk).exists() or access.subjects["case"].excluded(by).filter(case_id=request.glass.case_id).exists():
        raise access.Forbidden("It is not there.")
    if request.reviewed_at is not None:
        raise Refused(_("This was looked at already."))
    if verdict not in Verdict:
        raise Refused(_("Choose what you found."))
    if verdict != Verdict.NEEDED and not remark.strip():
        raise Refused(_("Write what you found, so that others can follow it."))
    request.verdict, request.remark = verdict, remark.strip()
    request.reviewed_at, request.reviewed_by = timezone.now(), by
    request.save()
    glass = request.glass
    if verdict == Verdict.MISUSE and glass.closed_at is None:
        glass.closed_at = timezone.now()
        glass.save(update_fields=["closed_at"])
    note_event(glass.case, "GLASS_REVIEWED", by=by, verdict=str(verdict))
    return request


def call_another(request):
    """Neither of the two has judged it in time; one of them may be gone. Another officer may judge it from now on, once. Returns who; as the system."""
    if request.told.count() > 2:
        return None
    others = _officers(request.worker).exclude(pk__in=request.told.values("pk"))
    officer = _least_asked(_not_kept_from(request.glass.case, others))
    if officer is not None:
        request.told.add(officer)
    return officer


# questions


def open_now(worker):
    """Cases that this worker holds open so, the one that shuts first at the top."""
    opened = Glass.objects.visible().open(at=timezone.now()).filter(worker=worker)
    return list(opened.select_related("case").order_by("until_at"))


def to_review(worker):
    """What this worker was told of and nobody has judged yet, nearest deadline first."""
    with _reading(worker):
        waiting = GlassRequest.objects.filter(told=worker, reviewed_at=None).exclude(glass=None).exclude(_of_barred(worker))
        return list(waiting.select_related("worker__agency", "glass__case").order_by("review_by"))


def seen_by(worker):
    """Requests, newest first: officers and auditors see that each was made and how it was judged, others what they were told of.

    `is_told`: was this worker told of it? Only they read the words and the number of the case.
    """
    with _reading(worker):
        found = GlassRequest.objects.select_related("worker__agency", "glass__case", "reviewed_by").order_by("-asked_at")
        found = found if worker.role in ("DPO", "AUDITOR") else found.filter(told=worker)
        told = Exists(GlassRequest.told.through.objects.filter(glassrequest=OuterRef("pk"), worker=worker))
        found = list(found.exclude(_of_barred(worker)).annotate(is_told=told)[:SHOWN])
        crypto.preload([request for request in found if request.is_told])
        return found


def _of_barred(worker):
    return Q(glass__isnull=False, glass__case__in=access.subjects["case"].excluded(worker))


def unreviewed():
    """(requests nobody has judged yet, those of them that are late, attempts of the last week that opened nothing)."""
    now = timezone.now()
    with access.system(purpose="break-glass review"):
        counted = GlassRequest.objects.aggregate(
            waiting=Count("pk", filter=Q(reviewed_at=None, glass__isnull=False)),
            late=Count("pk", filter=Q(reviewed_at=None, glass__isnull=False, review_by__lt=now)),
            failed=Count("pk", filter=Q(glass=None, asked_at__gt=now - timedelta(days=7))),
        )
    return counted["waiting"], counted["late"], counted["failed"]


def looked_at(request, reader):
    """Lines of the reading log that whoever opened the case left on it meanwhile, oldest first."""
    glass = request.glass
    end = min(glass.closed_at or glass.until_at, glass.until_at)
    with _reading(reader):
        lines = audit.who_looked(glass.case)
        theirs = [line for line in reversed(lines) if line.worker_id == request.worker_id and glass.opened_at <= line.at <= end]
    return [line for line in theirs if not (line.is_system and line.reads)]  # what the system compared is not what they saw


def _reading(worker):
    return access.system(on_behalf=worker, purpose="break-glass review")


def reason_words(code):
    return codes.label("access_reason", code)
