"""Every change in looking for a family: asked, told, sought, proposed, agreed, told apart, compared, decided, prepared, reunited, judged."""

import secrets
import uuid
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.care import actions as care
from romsai.cases import actions as cases
from romsai.cases import deadlines, lifecycle
from romsai.cases.models import Case, CaseState, Consent
from romsai.core import access, audit, crypto, jobs
from romsai.core.actions import Refused, action, done
from romsai.core.dates import PartialDate, day_text
from romsai.places import codes
from romsai.places.profile import profile
from romsai.tracing import gates, matching
from romsai.tracing.models import (
    LIVE,
    READY,
    Account,
    Attempt,
    BoardPhoto,
    Determination,
    Pair,
    Preparation,
    Proposal,
    Request,
    Reunification,
    Reunion,
    Side,
    State,
    Story,
    Verification,
    Wish,
)
from romsai.tracing.questions import COMPARED, FEWEST, QUESTIONS, is_story_told_alike

MISSING = "MIS-CHI"
PARTED = ("SEP-UNA", "SEP-SEP")
CLOCKS = ("TRACING_MATCH", "TRACING_VERIFY", "TRACING_FAMILY", "TRACING_COMMUNITY", "TRACING_DECIDE")
STORY = ("account", "cause", "year", "month", "day", "area", "place", "last_known", "birth_area", "home", "siblings", "position", "languages", "marks")


def _open(case):
    if not case.is_open:
        raise Refused(_("The case is closed. Reopen it first."))


def _text(words, otherwise):
    words = (words or "").strip()
    if not words:
        raise Refused(otherwise)
    return words


def _status(case, status):
    if case.tracing != status:
        case.tracing = status
        case.save(update_fields=["tracing"])


def _due(case, kind, *, at):
    """The limits of domain notes 4.6: to start from the registration, to verify and assess from the day both sides agreed."""
    risk = case.risk if case.risk != "NONE" else "LOW"
    return deadlines.start(case, kind, at=at, due_at=profile().due(kind.lower(), risk, at))


def look_later(case):
    """Compare this case with all open ones of the other side, as soon as what was just done is there."""
    from romsai.tracing.tasks import look

    jobs.later(look, once=f"tracing-{case.pk}", case=case.pk)


# asking


def consent_of(case):
    """The live consent to tracing of this case, or None."""
    return Consent.objects.filter(case=case, kind="TRACING").live(on=timezone.localdate()).order_by("-asked_at").first()


@action("tracing.ask_for_family")
def ask_for_family(case, *, by, wish=Wish.YES):
    """The child of the case wants the family found. Never without consent, never where the family is the danger."""
    _open(case)
    if case.tracing == "NOT_SAFE":
        raise Refused(_("The family is not looked for, because that is not safe for the child or the child refused. The supervisor can change this."))
    consent = consent_of(case)
    if consent is None:
        raise Refused(_("There is no consent to use data for family tracing. Ask the child, record the answer, then come back."))
    if case.tracing_requests.open().exists():
        raise Refused(_("The family is being looked for already."))
    made = _new_request(case, Side.CHILD, by=by, consent=consent, wish=wish)
    deadlines.done(case, "TRACING_START")
    return made


def _new_request(case, side, *, by, consent, wish, inquirer=None, account=None):
    made = Request.objects.create(
        case=case, side=side, consent=consent, wish=wish, inquirer=inquirer, started_at=timezone.now(), by=by
    )
    Story.objects.create(case=case, request=made, key=case.key, account=account)
    Attempt.objects.create(case=case, request=made, key=case.key, method="MATCHING", on=timezone.localdate(), by=by)
    _status(case, "REQUESTED")
    cases.note_event(case, "TRACING_ASKED", by=by, side=side)
    look_later(case)
    return made


@action("tracing.ask_for_child")
def ask_for_child(*, by, child, inquirer, relation, area, worker, language="", wish=Wish.YES, worry="", kin=()):
    """A family misses a child: the child has a case from now on, set aside as unreachable while the search goes on.

    child: facts as for cases.register. inquirer: {"names", "contacts", "sex"} of whoever asks, who is `relation` to the child.
    kin: [{"relation", "names"}] of the child. Returns the Request.
    """
    if relation not in codes.get("relation_to_child"):
        raise Refused(_("Choose what this person is to the child."))
    words = _text(worry, _("Write in one sentence what happened."))
    report = cases.report(by=by, worry=words, danger="unknown", channel="WALKIN", reporter_type="RELATIVE", area=area, language=language)
    report = cases.start_screening(report, by=by)
    asking = {"role": "FAMILY", "relation": relation, **inquirer}
    family = [{"role": "FAMILY", **line} for line in kin]
    case = cases.register(
        report, by=by, child=child, concerns=[MISSING], risk=cases.least_risk([MISSING]), worker=worker, area=area, language=language,
        consent={"giver": "CAREGIVER", "decision": "CONSENT"}, participants=[asking, *family],
    )  # fmt: skip
    person = case.participants.exclude(role="CHILD").order_by("pk").first().person
    consent = cases.record_consent(case, by=by, kind="TRACING", giver="CAREGIVER", decision="CONSENT", giver_person=person)
    cases.suspend(case, by=by, why=words)
    case.refresh_from_db()
    return _new_request(case, Side.FAMILY, by=by, consent=consent, wish=wish, inquirer=person, account=words)


@action("tracing.tell")
def tell(request, *, by, **facts):
    """Write down what is known of the separation. Any of STORY; what is not told stays as it is."""
    _searching(request)
    story = Story.objects.get(request=request)
    for name, value in facts.items():
        if name not in STORY:
            raise LookupError(name)
        setattr(story, name, value)
    if story.cause and story.cause not in codes.get("separation_cause"):
        raise Refused(_("Choose why they were separated."))
    if story.year:
        try:
            parted = PartialDate(story.year, story.month, story.day)
        except ValueError:
            raise Refused(_("There is no such day. Check day, month and year of the separation.")) from None
        if parted.earliest > timezone.localdate():
            raise Refused(_("They cannot have been separated on a day to come."))
    if story.position and story.siblings is not None and story.position > story.siblings + 1:
        raise Refused(_("The child cannot come after more brothers and sisters than there are. Check the two numbers."))
    story.save()
    look_later(request.case)
    return story


def _searching(request):
    if request.ended_at is not None:
        raise Refused(_("This search has ended. Open a new one first."))


@action("tracing.name_family")
def name_family(request, *, by, kin):
    """Names of parents, brothers and sisters, grandparents: [{"relation", "names", "sex"}]. They find more than the child's own."""
    _searching(request)
    for line in kin:
        cases.add_person(request.case, by=by, role="FAMILY", **line)
    return request


@action("tracing.try_way")
def try_way(request, *, by, method, on, result=""):
    """Note one way in which they are sought, or what came of it."""
    _searching(request)
    if method not in codes.get("tracing_method"):
        raise Refused(_("Choose how they are sought."))
    if on is None or on > timezone.localdate():
        raise Refused(_("Enter the day on which it was begun: today or earlier."))
    made = Attempt.objects.create(case=request.case, request=request, key=request.case.key, method=method, on=on, result=result.strip() or None, by=by)
    if request.case.tracing == "REQUESTED":
        _status(request.case, "IN_PROGRESS")
    cases.note_event(request.case, "TRACING_TRIED", by=by, method=method)
    return made


@action("tracing.lost_together")
def lost_together(request, *, by, other):
    """These children were lost together: where one belongs, the others may belong, and they are not parted again."""
    if request.side != other.side or request.pk == other.pk:
        raise Refused(_("Choose another child who is looked for from the same side."))
    group = request.together or other.together or uuid.uuid4()
    groups = {one.together for one in (request, other)} - {None}
    Request.objects.filter(together__in=groups).update(together=group)
    Request.objects.filter(pk__in=[request.pk, other.pk]).update(together=group)
    for one in (request, other):
        cases.note_event(one.case, "TRACING_TOGETHER", by=by)
        look_later(one.case)
    request.refresh_from_db()
    return request


@action("tracing.set_aside")
def set_aside(case, *, by, status, why):
    """The family is known, or must not be looked for: the child is at risk from them or refuses. What was proposed is taken back."""
    if status not in ("NOT_NEEDED", "NOT_SAFE", "EXHAUSTED"):
        raise Refused(_("Choose why the family is not looked for."))
    cases.write_note(case, by=by, text=_text(why, _("Say why. If the child refused: in the child’s own words.")))
    now = timezone.now()
    case.tracing_requests.open().update(ended_at=now, reason=status)
    _status(case, status)
    deadlines.done(case, "TRACING_START", *CLOCKS)
    if status == "NOT_SAFE":
        withdraw(case)
        _due(case, "TRACING_REVIEW", at=now)  # kept, and looked at again by the supervisor: never pressure (gate G8)
    cases.note_event(case, "TRACING_SET_ASIDE", by=by, status=status)
    return case


@action("tracing.reopen")
def reopen(case, *, by, why):
    """It is safe now, or there is news: the family may be looked for again. Only a supervisor undoes a refusal."""
    if case.tracing == "NOT_SAFE" and by.role not in ("SUPERVISOR", "MANAGER"):
        raise Refused(_("Only the supervisor changes this. Talk it over."))
    if case.tracing not in ("NOT_SAFE", "EXHAUSTED", "NOT_VERIFIED"):
        raise Refused(_("The family may be looked for already."))
    cases.note_event(case, "TRACING_REOPENED", by=by, why=case.tracing)
    Case.objects.filter(pk=case.pk).update(tracing="REQUESTED" if case.tracing_requests.open().exists() else "NOT_NEEDED")
    deadlines.done(case, "TRACING_REVIEW")
    look_later(case)
    case.refresh_from_db()
    return case


# the standing search


@action("tracing.look")
def look(case, *, by):
    """Compare the case with all open ones of the other side and put the likeliest before the child's worker. Returns the new Proposals.

    A sealed case, one that is over, and a child whose family must not be looked for, are neither compared nor found.
    """
    if not may_be_found(case):
        withdraw(case)
        return []
    own, side, made = *be_found(case), []
    fits, compared = matching.likely(case, own, Side.FAMILY if side == Side.CHILD else Side.CHILD)
    for other, fit in fits:
        found, sought = (case, other) if side == Side.CHILD else (other, case)
        if sought.tracing_requests.open().filter(side=Side.FAMILY).exists() and not _barred(found, sought) and _has_place(found, sought, fit):
            made += _propose(found, sought, fit, is_warned=matching.asks_for_their_victim(sought, found))
    _on_record(case, made, compared=compared)
    return made


def may_be_found(case):
    return case.is_open and not case.sealed and case.tracing != "NOT_SAFE"


def be_found(case):
    """From now on the searches of others come upon what is known of this case now. Returns it, and the side of the case."""
    request = case.tracing_requests.open().first()
    own, side = matching.known(case), request.side if request else Side.CHILD
    matching.index(own, case, of=side)
    return own, side


def _on_record(case, made, *, compared):
    """One line for the comparison: the case, those it was put beside, and how many were compared. Whom nobody is shown is counted, not listed:
    else each registration would stand in the reading log of two hundred other children, and who really looked could not be found in it."""
    context = access.current()
    named = sorted({f"case:{case.pk}", *(f"case:{proposal.case_id}" for proposal in made)})
    audit.write(context, "read", named, {"identity": named}, count=compared)
    context.reads.clear()


def _has_place(found, sought, fit):
    """Ten are put before a person at once. Who fits better than the weakest that nobody has answered yet takes its place."""
    live, pair = found.tracing_proposals.live(), Pair.objects.filter(found=found, sought=sought).first()
    if live.count() < matching.PROPOSED or (pair and live.filter(match=pair.match).exists()):
        return True
    weakest = live.filter(state=State.OPEN).order_by("score", "-pk").first()
    if weakest is None or weakest.score >= fit.score:
        return False
    weakest.state, weakest.decided_at = State.WITHDRAWN, timezone.now()
    weakest.save()
    return True


def _barred(found, sought):
    """Would telling one side of the other tell somebody who must never see it?"""
    return _is_kept_from(found, sought) or _is_kept_from(sought, found)


def _is_kept_from(case, other):
    workers = [line.worker for line in other.assignments.running().select_related("worker")]
    return any(access.subjects["case"].excluded(worker).filter(case_id=case.pk).exists() for worker in workers) or case.exclusions.keeping_out(
        team=other.team_id, agency=other.agency_id
    ).exists()


def _propose(found, sought, fit, *, is_warned):
    """Only the child's own worker is told: whether the family's side ever learns of it is decided there."""
    now = timezone.now()
    pair, is_new = Pair.objects.get_or_create(found=found, sought=sought, defaults={"at": now})
    if not is_new:  # what was learnt since may fit better or worse; whoever answered has answered
        told = {"score": fit.score, "band": fit.band, "reasons": fit.reasons, "is_warned": is_warned, "state": State.OPEN}
        Proposal.objects.filter(match=pair.match, side=Side.CHILD, state__in=[State.OPEN, State.WITHDRAWN]).update(**told)
        return []
    made = Proposal.objects.create(
        case=found, side=Side.CHILD, match=pair.match, score=fit.score, band=fit.band, reasons=fit.reasons, is_warned=is_warned, proposed_at=now
    )
    _due(found, "TRACING_MATCH", at=now)
    cases.note_event(found, "TRACING_PROPOSED", by=None)
    return [made]


def other_side(proposal):
    """The case on the other side of a proposal; None where it may not be told of any more. Runs as the system."""
    pair = Pair.objects.filter(match=proposal.match).first()
    if pair is None:  # the other case was erased
        return None
    other = Case.objects.select_related("team__agency", "agency", "area", "child").get(pk=pair.sought_id if proposal.side == Side.CHILD else pair.found_id)
    own = proposal.case
    return None if other.sealed or own.sealed or other.tracing == "NOT_SAFE" or _barred(own, other) or not other.is_open else other


def _other_row(proposal):
    return Proposal.objects.filter(match=proposal.match).exclude(pk=proposal.pk).first()


def withdraw(case):
    """What was proposed and is not proved yet is no longer proposed, on both sides; nobody's search comes upon the case again."""
    matching.forget(case)
    own = case.tracing_proposals.live()
    matches = list(own.values_list("match", flat=True))
    Proposal.objects.filter(match__in=matches).live().update(state=State.WITHDRAWN, decided_at=timezone.now())


@action("tracing.agree")
def agree(proposal, *, by):
    """It may be the same child. When both sides say so, each learns who the other is; before that neither does."""
    if proposal.state != State.OPEN:
        raise Refused(_("This was answered already."))
    case, now = proposal.case, timezone.now()
    other = other_side(proposal)
    if other is None:
        raise Refused(_("This is no longer proposed."))
    if proposal.side == Side.CHILD and consent_of(case) is None:
        raise Refused(_("There is no consent to use data for family tracing. Ask the child, record the answer, then come back."))
    if proposal.is_warned and by.role not in ("SUPERVISOR", "MANAGER"):
        raise Refused(_("Whoever asks may be the person suspected of the harm. The supervisor decides whether they are told anything."))
    proposal.state, proposal.agreed_at, proposal.agreed_by = State.AGREED, now, by
    proposal.save()
    row = _other_row(proposal)
    if row is None:
        Proposal.objects.create(
            case=other, side=Side.FAMILY, match=proposal.match, score=proposal.score, band=proposal.band, reasons=proposal.reasons, proposed_at=now
        )
        _due(other, "TRACING_MATCH", at=now)
        cases.note_event(other, "TRACING_PROPOSED", by=None)
    elif row.state == State.AGREED:
        _located(proposal, row, at=now)
    elif row.state == State.WITHDRAWN:  # it was hidden for a while
        row.state, row.proposed_at = State.OPEN, now
        row.save()
    _answered(case)
    cases.note_event(case, "TRACING_AGREED", by=by)
    return proposal


def _located(*rows, at):
    for row in rows:
        row.state, row.located_at = State.MUTUAL, at
        row.save()
        _status(row.case, "LOCATED")
        _due(row.case, "TRACING_VERIFY", at=at)
        cases.note_event(row.case, "TRACING_LOCATED", by=None)


def _answered(case):
    if not case.tracing_proposals.filter(state=State.OPEN).exists():
        deadlines.done(case, "TRACING_MATCH")


@action("tracing.decline")
def decline(proposal, *, by):
    """It is not the same child. It is remembered, and the two are not put side by side again."""
    if proposal.state not in LIVE:
        raise Refused(_("This was answered already."))
    now = timezone.now()
    proposal.state, proposal.decided_at, proposal.decided_by = State.DECLINED, now, by
    proposal.save()
    for row in filter(None, [_other_row(proposal)]):
        row.state, row.decided_at = State.DECLINED, now
        row.save()
        _back_to_search(row.case)
    _back_to_search(proposal.case)
    cases.note_event(proposal.case, "TRACING_DECLINED", by=by)
    look_later(proposal.case)
    return proposal


def _back_to_search(case):
    _answered(case)
    if not case.tracing_proposals.filter(state=State.MUTUAL).exists():
        deadlines.done(case, "TRACING_VERIFY")
        if case.tracing == "LOCATED":
            _status(case, "IN_PROGRESS")


# proving it


@action("tracing.record_account")
def record_account(proposal, *, by, answers, told_by):
    """What this side answers to the questions, before anybody has read what the other side says."""
    if proposal.state != State.MUTUAL:
        raise Refused(_("Questions are asked when both sides agree that it may be the same child."))
    if Account.objects.filter(proposal=proposal).exists():
        raise Refused(_("The answers of this side are recorded, and are not changed after."))
    answers = {code: words.strip() for code, words in answers.items() if code in QUESTIONS and words and words.strip()}
    if len(answers) < FEWEST:
        raise Refused(_("Answer at least %(n)d of the questions: fewer prove nothing.") % {"n": FEWEST})
    now = timezone.now()
    made = Account.objects.create(
        case=proposal.case, proposal=proposal, key=proposal.case.key, answers=answers, told_by=_text(told_by, _("Write who answered.")), at=now, by=by
    )
    cases.note_event(proposal.case, "TRACING_TOLD", by=by)
    return made


def accounts(proposal):
    """(of the child, of the family), or None while one is missing: nobody reads one side before both are there. Runs as the system."""
    rows = {row.side: row for row in Proposal.objects.filter(match=proposal.match)}
    found = [Account.objects.filter(proposal=rows.get(side)).first() if side in rows else None for side in (Side.CHILD, Side.FAMILY)]
    return found if all(found) else None


def may_compare(proposal, worker):
    """Both accounts are there, and this worker took neither of them."""
    both = accounts(proposal) if proposal.side == Side.CHILD and proposal.state == State.MUTUAL else None
    return both is not None and worker.pk not in {account.by_id for account in both}


@action("tracing.verify")
def verify(proposal, *, by, compared, evidence, is_verified, why):
    """Somebody who took neither account compares them and judges: two kinds of proof, or one and a supervisor."""
    if proposal.side != Side.CHILD or proposal.state != State.MUTUAL:
        raise Refused(_("There is nothing to compare here."))
    if accounts(proposal) is None:
        raise Refused(_("Both sides must have answered first. Until then nobody reads either."))
    if not may_compare(proposal, by):
        raise Refused(_("Somebody else must compare: you wrote down one of the two accounts yourself."))
    if any(code not in codes.get("verification_evidence") for code in evidence) or not set(compared.values()) <= set(COMPARED):
        raise Refused(_("Choose from the list."))
    why = _text(why, _("Say why you judge so."))
    if is_verified:
        if "CHILD_STORY" in evidence and not is_story_told_alike(compared):
            raise Refused(_("The accounts do not count as a proof: three answers must be alike, and no more than one may differ."))
        if len(set(evidence)) < (1 if by.role in ("SUPERVISOR", "MANAGER") else 2):
            raise Refused(_("One proof is not enough. Find a second kind of proof, or let the supervisor judge."))
    now, row = timezone.now(), _other_row(proposal)
    made = Verification.objects.create(
        case=proposal.case, proposal=proposal, key=proposal.case.key, compared=compared, evidence=sorted(set(evidence)), is_verified=is_verified, why=why,
        at=now, by=by,
    )  # fmt: skip
    for one in (proposal, row):
        one.state, one.decided_at, one.decided_by = (State.VERIFIED if is_verified else State.NOT_VERIFIED), now, by if one is proposal else None
        one.save()
        deadlines.done(one.case, "TRACING_VERIFY")
        _status(one.case, "VERIFIED" if is_verified else "NOT_VERIFIED")
        cases.note_event(one.case, "TRACING_JUDGED", by=by if one is proposal else None, verified=is_verified)
        if is_verified:
            _due(one.case, "TRACING_FAMILY", at=now)
    if is_verified:
        Reunification.objects.create(case=proposal.case, proposal=proposal, started_at=now, by=by)
        for kind in ("TRACING_COMMUNITY", "TRACING_DECIDE"):
            _due(proposal.case, kind, at=now)
    return made


# the way home


@action("tracing.determine")
def determine(reunification, *, by, solution, child_view, options, factors, reasons, on, review_on, panel=(), agencies=(), objection=""):
    """Weigh and decide what is best for the child, and ask the supervisor. With a trigger it needs a panel of several agencies."""
    case = reunification.case
    if reunification.ended_at is not None or reunification.state not in ("ASSESSING", "APPROVED", "PREPARING"):
        raise Refused(_("This is no longer to be decided."))
    if solution not in codes.get("durable_solution"):
        raise Refused(_("Choose what is best for the child."))
    left = [item.text for item in gates.before_deciding(reunification, solution)]
    found = gates.triggers(reunification, objection=objection)
    panel = [name.strip() for name in panel if name.strip()]
    if found and not (gates.PANEL[0] <= len(panel) <= gates.PANEL[1] and len(agencies) >= gates.AGENCIES):
        steps = ", ".join(codes.label("bid_trigger", code) for code in found)
        left.append(_("This needs a formal decision (%(why)s): a panel of three to five people from at least three agencies.") % {"why": steps})
    if set(codes.get("best_interest_factor").codes) - set(factors):
        left.append(_("Weigh every factor, and tick each when you have."))
    if on is None or on > timezone.localdate() or review_on is None or review_on <= on:
        left.append(_("Enter the day of the decision, today or earlier, and a later day on which it is looked at again."))
    if left:
        raise Refused(*left)
    made = Determination.objects.create(
        case=case, reunification=reunification, key=case.key, triggers=found, solution=solution, factors=list(factors), on=on, review_on=review_on,
        child_view=_text(child_view, _("Ask the child and write down what the child wants.")), panel="\n".join(panel) or None,
        options=_text(options, _("Write the options, with what speaks for and against each.")), agencies=sorted(agency.pk for agency in agencies),
        reasons=_text(reasons, _("Say why this is best for the child.")), objection=objection.strip() or None, by=by,
    )  # fmt: skip
    cases.ask_approval(case, by=by, kind="REUNIFY", wanted=solution, why=reasons)
    return made


def _decided(sender, record, by, **_rest):
    """The supervisor's answer: the way home goes on, or another durable solution is sought."""
    if sender != "cases.decide" or record.kind != "REUNIFY" or not record.wanted:
        return
    with access.system():
        reunification = Reunification.objects.filter(case=record.case_id, ended_at__isnull=True).first()
        if reunification is None or record.status != "APPROVED":
            return
        now = timezone.now()
        reunification.solution, reunification.decided_at = record.wanted, now
        is_home = record.wanted == gates.HOME
        reunification.state, reunification.ended_at = ("APPROVED", None) if is_home else ("NOT_IN_BI", now)
        reunification.save()
        deadlines.done(reunification.case, "TRACING_DECIDE", "TRACING_FAMILY", "TRACING_COMMUNITY")
        cases.note_event(reunification.case, "REUNIFICATION", by=by, state=reunification.state, solution=record.wanted)


done.connect(_decided)


@action("tracing.prepare")
def prepare(reunification, *, by, ready, words=""):
    """Note what is ready before anybody travels; complete when all of it is."""
    if reunification.state not in ("APPROVED", "PREPARING"):
        raise Refused(_("Nobody has approved the reunification yet. Wait for the supervisor’s answer."))
    ready = [name for name in READY if name in ready]
    made, _new = Preparation.objects.update_or_create(
        reunification=reunification,
        defaults={"case": reunification.case, "key": reunification.case.key, "ready": ready, "words": words.strip() or None, "at": timezone.now(), "by": by},
    )
    reunification.state = "PREPARING" if len(ready) == len(READY) else "APPROVED"
    reunification.save(update_fields=["state"])
    cases.note_event(reunification.case, "REUNIFICATION", by=by, state="PREPARING" if len(ready) == len(READY) else "READYING")
    return made


@action("tracing.reunite")
def reunite(reunification, *, by, on, place, escort, received_by, care_kind, is_signed, area=None):
    """The child is with the family: from now on visits after 3 days, 2 weeks and 1, 3, 6 and 12 months."""
    case = reunification.case
    left = [item.text for item in gates.before_travel(reunification)]
    if on is None or on > timezone.localdate():
        left.append(_("Enter the day of the reunion: today or earlier."))
    if not is_signed:
        left.append(_("Whoever brought the child and whoever received the child must both have signed."))
    if care_kind not in codes.get("care_arrangement"):
        left.append(_("Say with whom the child lives now."))
    if left:
        raise Refused(*left)
    made = Reunion.objects.create(
        case=case, reunification=reunification, key=case.key, on=on, area=area, is_signed=True, by=by, place=_text(place, _("Write where it was.")),
        escort=_text(escort, _("Write who brought the child.")), received_by=_text(received_by, _("Write who received the child.")),
    )  # fmt: skip
    reunification.state, reunification.reunited_on = "FOLLOWING", on
    reunification.save()
    stay = case.placements.filter(until_on__isnull=True).first()
    if stay is not None:
        care.end_placement(stay, by=by, until_on=max(on, stay.from_on), reason="HOME", care=care_kind)
    else:
        care.schedule_follow_ups(case, by=by, from_on=on)
    case.refresh_from_db()
    case.care = care_kind
    case.save(update_fields=["care"])
    if lifecycle.find(case, CaseState.FOLLOW_UP, "decide"):
        cases.move(case, CaseState.FOLLOW_UP, by=by)  # T16: approved when it was decided
        deadlines.done(case, "REVIEW", "AFTER_REVIEW")
    _end_search(reunification, by=by)
    deadlines.start(case, "TRACING_SUSTAINED", at=timezone.now(), due_at=timezone.now() + timedelta(days=456))
    cases.note_event(case, "REUNIFICATION", by=by, state="REUNITED")
    return made


def _end_search(reunification, *, by):
    """Nobody looks any longer, on either side: the family's case says so and may be closed as a second record of the same child."""
    now = timezone.now()
    for case in gates.sides(reunification):
        case.tracing_requests.open().update(ended_at=now, reason="VERIFIED")
        withdraw(case)
        deadlines.done(case, *CLOCKS)
        if case.pk != reunification.case_id:
            cases.note_event(case, "REUNIFICATION", by=None, state="REUNITED")
            deadlines.done(case, "SEARCH", "SEARCH_SUPERVISOR", "SEARCH_MANAGER")
            if lifecycle.find(case, CaseState.CLOSURE_REQUESTED, "ask_closure"):
                cases.ask_closure(case, by=None, reason="DUPLICATE")  # a second record of the same child: its supervisor agrees


@action("tracing.judge")
def judge(reunification, *, by, is_sustained, why):
    """After twelve months: does the child live there, and was the child not harmed again? Or earlier: it broke down, and why."""
    if reunification.state != "FOLLOWING":
        raise Refused(_("This is judged after the child came home."))
    case = reunification.case
    why = _text(why, _("Say why you judge so."))
    if is_sustained:
        left = [item.text for item in gates.before_sustained(reunification)]
        if left:
            raise Refused(*left)
    cases.write_note(case, by=by, text=why)
    reunification.state, reunification.ended_at = ("SUSTAINED" if is_sustained else "BROKEN"), timezone.now()
    reunification.save()
    deadlines.done(case, "TRACING_SUSTAINED")
    if not is_sustained and lifecycle.find(case, CaseState.REVIEW):
        cases.advance(case, by=by, to=CaseState.REVIEW)  # a new plan
    cases.note_event(case, "REUNIFICATION", by=by, state=reunification.state)
    return reunification


# photos for families


BOARD = timedelta(days=180)  # the longest that a photo hangs; a new consent begins anew
SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no two signs that look alike


@action("tracing.put_on_board")
def put_on_board(case, *, by, photo, until_on):
    """A photo that families may look at in an office, once a second person agreed. Never by default, never for the public."""
    _open(case)
    today = timezone.localdate()
    consent = Consent.objects.filter(case=case, kind="PHOTO").live(on=today).order_by("-asked_at").first()
    if consent is None:
        raise Refused(_("There is no consent to use a photo. Ask the child, record the answer, then come back."))
    if not case.tracing_requests.open().filter(side=Side.CHILD).exists():
        raise Refused(_("The family is not being looked for. Begin that first."))
    if case.sealed:
        raise Refused(_("This case is sealed: no photo of the child is shown to anybody."))
    last = min(filter(None, [today + BOARD, consent.until_on]))
    if until_on is None or not today < until_on <= last:
        raise Refused(_("Choose a later day, up to %(day)s.") % {"day": day_text(last)})
    if case.board_photos.filter(taken_off_at__isnull=True).exists():
        raise Refused(_("A photo of the child is on the board already. Take it off first."))
    made = BoardPhoto.objects.create(
        case=case, key=case.key, number="".join(secrets.choice(SIGNS) for _sign in range(5)), bulk=photo, consent=consent, until_on=until_on,
        added_at=timezone.now(), by=by,
    )  # fmt: skip
    cases.ask_approval(case, by=by, kind="MEDIA_USE", wanted="PHOTO")
    return made


@action("tracing.take_off_board")
def take_off_board(photo, *, by):
    """The photo is shown to nobody from now on."""
    if photo.taken_off_at is not None:
        raise Refused(_("The photo was taken off already."))
    photo.taken_off_at = timezone.now()
    photo.save(update_fields=["taken_off_at"])
    cases.note_event(photo.case, "TRACING_PHOTO", by=by, on=False)
    return photo


@action("tracing.print_board")
def print_board(*, by):
    """The photos that may be shown today, of all offices: each read stands in the audit of its child."""
    shown = BoardPhoto.objects.filter(taken_off_at__isnull=True, agreed_at__isnull=False, until_on__gte=timezone.localdate()).select_related("case", "consent")
    shown = [photo for photo in shown.order_by("number") if may_hang(photo, by)]
    return crypto.preload(shown)


def may_hang(photo, worker):
    """Is all that it took still so: the consent, the search, no seal, and nobody kept from the case looks at it?"""
    case = photo.case
    is_live = Consent.objects.filter(pk=photo.consent_id).live(on=timezone.localdate()).exists()
    is_sought = case.is_open and not case.sealed and case.tracing != "NOT_SAFE" and case.tracing_requests.open().filter(side=Side.CHILD).exists()
    return is_live and is_sought and not access.subjects["case"].excluded(worker).filter(case_id=case.pk).exists()


@action("tracing.point_out")
def point_out(request, *, by, number):
    """A family knows a child by the photo with this number. The child's own worker is told; the asker learns nothing, whatever the number."""
    _searching(request)
    if request.side != Side.FAMILY:
        raise Refused(_("Only a family that looks for a child points to a photo."))
    photo = BoardPhoto.objects.filter(number=number.strip().upper(), taken_off_at__isnull=True, agreed_at__isnull=False).select_related("case").first()
    if photo is not None and may_hang(photo, by) and not _barred(photo.case, request.case):
        _propose(photo.case, request.case, matching.Fit(matching.POINTED, ["PHOTO"]), is_warned=False)
    Attempt.objects.create(case=request.case, request=request, key=request.case.key, method="PHOTO", on=timezone.localdate(), by=by)
    return request


def _photo_decided(sender, record, by, **_rest):
    if sender == "cases.decide" and record.kind == "MEDIA_USE" and record.wanted == "PHOTO":
        with access.system():
            now, hanging = timezone.now(), BoardPhoto.objects.filter(case=record.case_id, taken_off_at__isnull=True, agreed_at__isnull=True)
            approved = record.status == "APPROVED"
            hanging.update(**({"agreed_at": now} if approved else {"taken_off_at": now}))
            if approved:
                cases.note_event(record.case, "TRACING_PHOTO", by=by, on=True)


done.connect(_photo_decided)
