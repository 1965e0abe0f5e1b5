"""Every change to plans, sharing, referrals, transfers, placements, follow-ups and conferences."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.care import guards, sharing  # noqa: F401  guards register themselves
from romsai.care.models import (
    OPEN_ACTION,
    OPEN_REFERRAL,
    UNANSWERED,
    Conference,
    Departure,
    DepartureState,
    FollowUp,
    Goal,
    Handover,
    Placement,
    Plan,
    PlanAction,
    PlanState,
    Referral,
    ReferralWords,
    ServiceKind,
    ServiceNote,
    Share,
    Transfer,
    TransferState,
)
from romsai.cases import actions as cases
from romsai.cases import deadlines, lifecycle
from romsai.cases.models import Assignment, CaseState, Consent, ReportCase
from romsai.core.actions import Refused, action, done
from romsai.places import codes
from romsai.places.models import Worker
from romsai.places.profile import profile

WITH_PARENTS = ("PARENTS", "PARENT_ONE", "STEP")
NEEDS_REVIEW = ("WORSE", "NEW_CONCERN", "HARM_AGAIN", "NOT_FOUND")  # T17
OUTSIDE = "OUTSIDE"  # wanted by an approval of TRANSFER: to a body outside the system
LIVING = (PlanState.DRAFT, PlanState.SUBMITTED, PlanState.APPROVED)
EARLY = timedelta(days=7)  # a visit so many days before a follow-up is due counts as that follow-up


def _risk(case):
    return case.risk if case.risk != "NONE" else "LOW"


def _text(words, otherwise):
    """The words without space around them; refused with the sentence `otherwise` if there are none."""
    words = (words or "").strip()
    if not words:
        raise Refused(otherwise)
    return words


def _open(case):
    if not case.is_open:
        raise Refused(_("The case is closed. Reopen it first."))


def _lead(case):
    running = case.assignments.running().filter(is_lead=True).select_related("worker").first()
    return running.worker if running else None


# plan


@action("care.start_plan")
def start_plan(case, *, by):
    """Begin the plan, or go on with the one being written. What is unfinished in the plan in force is taken over, not typed again."""
    begun = case.plans.filter(state__in=[PlanState.DRAFT, PlanState.SUBMITTED]).first()
    if begun:
        return begun
    if case.state == CaseState.REVIEW:
        case = cases.advance(case, by=by, to=CaseState.PLANNING)
    if case.state != CaseState.PLANNING:
        raise Refused(_("A plan is written after the assessment, or when a review asks for a new one."))
    plan = Plan.objects.create(case=case, key=case.key, started_by=by)
    for earlier in case.goals.filter(plan__state=PlanState.APPROVED, is_met__isnull=True).order_by("pk"):
        goal = Goal.objects.create(case=case, plan=plan, key=case.key, text=earlier.text)
        for line in earlier.actions.filter(state__in=OPEN_ACTION).order_by("pk"):
            PlanAction.objects.create(
                case=case, plan=plan, goal=goal, key=case.key, text=line.text, owner=line.owner, owner_agency=line.owner_agency,
                due_on=line.due_on, state=line.state, concerns=line.concerns,
            )  # fmt: skip
    return plan


def _being_written(plan):
    if plan.state == PlanState.SUBMITTED:
        raise Refused(_("The plan is with the supervisor. Wait for the answer, then change it."))
    if plan.state != PlanState.DRAFT:
        raise Refused(_("This plan is no longer being written. Start a review to change the plan."))


@action("care.set_goal")
def set_goal(plan, *, by, text, goal=None):
    """Write a goal into the plan, or change the words of one."""
    _being_written(plan)
    text = _text(text, _("Write what should be true for the child."))
    if goal is None:
        return Goal.objects.create(case=plan.case, plan=plan, key=plan.key, text=text)
    if goal.plan_id != plan.pk:
        raise Refused(_("This goal belongs to another plan."))
    goal.text = text
    goal.save(update_fields=["text"])
    return goal


@action("care.judge_goal")
def judge_goal(goal, *, by, is_met, reason=""):
    """Say whether a goal is met; if not, or if it is not pursued, why."""
    if goal.plan.state not in (PlanState.DRAFT, PlanState.APPROVED):
        raise Refused(_("Goals are judged in the plan in force."))
    if goal.plan.state == PlanState.DRAFT and is_met:
        raise Refused(_("A goal is judged as met once the plan is in force. Leave it out of this plan with a reason."))
    goal.is_met = is_met
    goal.reason = None if is_met else _text(reason, _("Say why the goal is not met or not pursued."))
    goal.save(update_fields=["is_met", "reason"])
    cases.note_event(goal.case, "GOAL", by=by, met=is_met)
    return goal


@action("care.set_action")
def set_action(goal, *, by, text, due_on, concerns, owner=None, owner_agency=None, plan_action=None):
    """Write an action under a goal, or change one: what, who, by when, for which concerns of the case."""
    plan = goal.plan
    _being_written(plan)
    text = _text(text, _("Write what will be done."))
    if (owner is None) == (owner_agency is None):
        raise Refused(_("Name who does it: one worker, or one agency."))
    if due_on is None or due_on < timezone.localdate():
        raise Refused(_("Choose a day from today on, by which it is done."))
    concerns = list(concerns)
    if not concerns:
        raise Refused(_("Tick at least one concern that this helps with."))
    if any(concern.case_id != plan.case_id for concern in concerns):
        raise Refused(_("One of the concerns is not of this case."))
    line = plan_action or PlanAction(case=plan.case, plan=plan, key=plan.key)
    if line.plan_id != plan.pk:
        raise Refused(_("This action belongs to another plan."))
    line.goal, line.text, line.owner, line.owner_agency, line.due_on = goal, text, owner, owner_agency, due_on
    line.concerns = sorted(concern.pk for concern in concerns)
    line.save()
    return line


@action("care.leave_out")
def leave_out(plan, *, by, concern, reason):
    """Record why a concern needs no action in this plan. An empty reason takes that back."""
    _being_written(plan)
    if concern.case_id != plan.case_id:
        raise Refused(_("The concern is not of this case."))
    left_out = {pk: why for pk, why in (plan.left_out or {}).items() if pk != str(concern.pk)}
    if reason.strip():
        left_out[str(concern.pk)] = reason.strip()
    plan.left_out = left_out
    plan.save(update_fields=["left_out"])
    return plan


@action("care.record_child_view")
def record_child_view(plan, *, by, child_view="", no_view_reason="", best_interests=()):
    """Write down what the child wants and thinks of the plan, or why the child could not be asked; mark steps that need a formal decision."""
    _being_written(plan)
    if not child_view.strip() and not no_view_reason.strip():
        raise Refused(_("Write what the child says, or why the child could not be asked."))
    if not set(best_interests) <= set(codes.get("bid_trigger").codes):
        raise Refused(_("Choose from the list of steps that need a best-interests decision."))
    plan.child_view, plan.no_view_reason = child_view.strip() or None, no_view_reason.strip() or None
    plan.best_interests = list(best_interests)
    plan.save(update_fields=["child_view", "no_view_reason", "best_interests"])
    return plan


@action("care.submit_plan")
def submit_plan(plan, *, by, review_on=None):
    """T10. Send the plan to the supervisor, if it is whole; what is missing is named."""
    _being_written(plan)
    case = plan.case
    transition = lifecycle.find(case, CaseState.PLAN_APPROVAL, "submit_plan")
    if transition is None:
        raise Refused(_("The case is not at planning. Open it again to see what comes next."))
    if review_on is not None and review_on <= timezone.localdate():
        raise Refused(_("Choose a later day for the review."))
    left = lifecycle.missing(case, transition)
    if left:
        raise Refused(*(item.text for item in left))
    cases.ask_approval(case, by=by, kind="PLAN")
    plan.state, plan.review_on = PlanState.SUBMITTED, review_on
    plan.save(update_fields=["state", "review_on"])
    cases.move(case, CaseState.PLAN_APPROVAL, by=by)
    return plan


@cases.decision("PLAN")
def _plan_decided(approval, approved, by):
    """T11, T12. Approved, it replaces the plan in force and the review is due by risk; otherwise it goes back to the worker."""
    case, now = approval.case, timezone.now()
    plan = case.plans.filter(state=PlanState.SUBMITTED).first()
    if not approved:
        if plan:
            plan.state = PlanState.DRAFT
            plan.save(update_fields=["state"])
        cases.move(case, CaseState.PLANNING, by=by)
        cases.clocks_on_entry(case)
        return
    left = lifecycle.missing(case, lifecycle.find(case, CaseState.IMPLEMENTATION, "decide"))
    if left:
        raise Refused(*(item.text for item in left))
    case.plans.filter(state=PlanState.APPROVED).update(state=PlanState.REPLACED)
    cases.move(case, CaseState.IMPLEMENTATION, by=by)
    cases.clocks_on_entry(case)
    plan.state, plan.approved_at, plan.approved_by = PlanState.APPROVED, now, by
    _set_review(case, plan, plan.review_on)
    plan.save(update_fields=["state", "approved_at", "approved_by", "review_on"])


def _set_review(case, plan, wished=None):
    """The review falls due by risk; the worker may choose an earlier day, never a later one."""
    running = deadlines.start(case, "REVIEW", at=timezone.now())
    if wished and wished < timezone.localdate(running.due_at):
        running = deadlines.start(case, "REVIEW", at=timezone.now(), due_at=sharing.end_of(wished))
    plan.review_on = timezone.localdate(running.due_at - timedelta(microseconds=1))


@action("care.update_action")
def update_action(plan_action, *, by, state, done_on=None, reason=""):
    """Say how far an action of the plan in force is. Blocked or dropped needs a reason."""
    if state not in codes.get("plan_action_state"):
        raise Refused(_("Choose how far it is."))
    if plan_action.plan.state == PlanState.DRAFT and state != "DROPPED":
        raise Refused(_("The plan is not in force yet. You can change the action in the plan or drop it."))
    if plan_action.plan.state not in (PlanState.DRAFT, PlanState.APPROVED):
        raise Refused(_("This plan is not in force. Open the case to see the newest plan."))
    today = timezone.localdate()
    if state == "DONE":
        done_on = done_on or today
        if done_on > today:
            raise Refused(_("It cannot have been done on a day to come."))
    plan_action.state = state
    plan_action.done_on = done_on if state == "DONE" else None
    plan_action.reason = _text(reason, _("Say why it is blocked or dropped.")) if state in ("BLOCKED", "DROPPED") else None
    plan_action.save(update_fields=["state", "done_on", "reason"])
    cases.note_event(plan_action.case, "ACTION", by=by, action=str(plan_action.uuid), state=state)
    return plan_action


@action("care.review")
def review(case, *, by, to, summary, risk=None, reasons=(), review_on=None):
    """End a review: go on with the plan (T14), write a new one (T15), or ask to watch only, because the main goals are met (T16).

    `risk` is looked at again with it; lowering is asked of the supervisor.
    """
    if case.state == CaseState.IMPLEMENTATION:
        case = cases.advance(case, by=by, to=CaseState.REVIEW)
    if case.state != CaseState.REVIEW:
        raise Refused(_("The case is not at review."))
    cases.write_note(case, by=by, text=_text(summary, _("Write what the review found.")))
    if risk is not None:
        case = cases.set_risk(case, by=by, risk=risk, reasons=reasons)
    if to == CaseState.PLANNING:
        start_plan(case, by=by)
    elif to == CaseState.IMPLEMENTATION:
        case = cases.advance(case, by=by, to=to)
        plan = case.plans.get(state=PlanState.APPROVED)
        _set_review(case, plan, review_on)
        plan.save(update_fields=["review_on"])
    elif to == CaseState.FOLLOW_UP:
        cases.ask_approval(case, by=by, kind="REUNIFY", why=summary)
    else:
        raise Refused(_("Choose how the case goes on after the review."))
    case.refresh_from_db()
    return case


# sharing


@action("care.share")
def share(case, *, by, agency, levels, purpose, until, consent):
    """Let one agency read named levels of the case until a moment, by a consent that covers just that (gate G4)."""
    made = _share(case, by=by, agency=agency, levels=levels, purpose=purpose, until=until, consent=consent)
    cases.note_event(case, "SHARED", by=by, share=str(made.uuid))
    return made


def _share(case, *, by, agency, levels, purpose, until, consent):
    _open(case)
    now = timezone.now()
    if case.sealed:
        raise Refused(_("This case is sealed: nothing of it is shared with another agency. Name a person of theirs on the case instead."))
    if agency.pk == case.agency_id:
        raise Refused(_("%(agency)s holds this case already.") % {"agency": agency.name})
    if case.exclusions.keeping_out(agency=agency).exists():
        raise Refused(_("%(agency)s must never see this case. Choose another agency.") % {"agency": agency.name})
    if until <= now:
        raise Refused(_("Choose a later day until which it is shared."))
    consent = _held(consent)
    against = sharing.objection(case, consent, agency=agency, levels=levels, purpose=purpose, until=until, at=now)
    if against:
        raise Refused(against)
    made = Share.objects.create(
        case=case, agency=agency, levels=[level for level in sharing.LEVELS if level in levels], purpose=purpose, consent=consent,
        from_at=now, until_at=until, by=by,
    )  # fmt: skip
    if consent.decision == "OVERRIDDEN":
        _have_it_looked_at(case, by=by)
    return made


def _held(consent):
    """The consent as it is now, locked: whoever takes it back at this moment comes before or after, never between."""
    return consent and Consent.objects.select_for_update(of=("self",)).get(pk=consent.pk)


def _have_it_looked_at(case, *, by, why="", due_at=None):
    """Sharing without consent begins at once where it must; a second person looks at it after."""
    waiting = case.approvals.waiting().filter(kind="SHARE_OVERRIDE").first()
    if waiting is None:
        cases.ask_approval(case, by=by, kind="SHARE_OVERRIDE", why=why)
        waiting = case.approvals.waiting().get(kind="SHARE_OVERRIDE")
    if due_at is not None and due_at < waiting.due_at:
        waiting.due_at = due_at
        waiting.save(update_fields=["due_at"])


@cases.decision("SHARE_OVERRIDE")
def _sharing_decided(approval, approved, by):
    """What is shared without consent, and was begun since the last such answer, may go on or ends now."""
    case, now = approval.case, timezone.now()
    before = case.approvals.filter(kind="SHARE_OVERRIDE", status="APPROVED").exclude(pk=approval.pk).order_by("-decided_at").first()
    live = case.shares.live(at=now).select_related("consent")
    for line in live:
        if line.decide_by is not None:
            _settle(line, by=by, keep=approved, override_reason="DANGER", why=approval.answer or "")
        elif line.consent.decision == "OVERRIDDEN" and not approved and (before is None or line.from_at > before.decided_at):
            _end(line, at=now)
    if not case.shares.live(at=now).filter(decide_by__isnull=False).exists():
        deadlines.done(case, "WITHDRAWAL", at=now)


def _end(line, *, at):
    """Nothing more is read by this share. Open referrals behind it are told."""
    line.withdrawn_at = at
    line.save(update_fields=["withdrawn_at"])
    line.referrals.open().filter(consent_ended_at__isnull=True).update(consent_ended_at=at)


def _consent_withdrawn(sender, result, by, **_facts):
    """Gate G5. At once: what was shared by this consent ends; who keeps the child safe keeps the least it needs until the supervisor decides."""
    if sender != "cases.withdraw_consent":
        return
    consent, case, now = result, result.case, result.withdrawn_at
    decide_by, left_minimum = profile().due("withdrawal_decision", _risk(case), now), False
    shares = list(case.shares.live(at=now).filter(consent=consent))
    for line in shares:
        referrals = list(line.referrals.open())
        levels = sharing.least(referrals, line.levels)
        if levels:
            left_minimum = True
            kept = Share.objects.create(
                case=case, agency=line.agency, levels=levels, purpose=line.purpose, consent=consent, from_at=now, until_at=line.until_at,
                is_minimum=True, decide_by=decide_by, by=by,
            )  # fmt: skip
            vital = [referral for referral in referrals if referral.service in sharing.MINIMUM]
            Referral.objects.filter(pk__in=[r.pk for r in vital]).update(share=kept, consent_ended_at=now)
        _end(line, at=now)
    for offer in case.transfers.select_for_update(of=("self",)).filter(
        consent=consent, state__in=[TransferState.ASKED, TransferState.OFFERED]
    ):
        _answer_transfer(offer, TransferState.WITHDRAWN, by=by)
    for departure in case.departures.filter(consent=consent, state__in=[DepartureState.ASKED, DepartureState.AGREED]):
        _stay(departure, by=by)
    if shares:
        cases.note_event(case, "SHARING_STOPPED", by=by, shares=[str(line.uuid) for line in shares])
    if left_minimum:
        _have_it_looked_at(case, by=by, due_at=decide_by)
        deadlines.start(case, "WITHDRAWAL", at=now, due_at=decide_by)


done.connect(_consent_withdrawn)


@action("care.decide_withdrawal")
def decide_withdrawal(share, *, by, keep, why, override_reason=""):
    """The supervisor decides whether one recipient keeps the least it needs after a consent was taken back (gate G5)."""
    if share.decide_by is None or share.withdrawn_at:
        raise Refused(_("This was decided already."))
    why = _text(why, _("Write why, and what the child wishes."))
    case = share.case
    _settle(share, by=by, keep=keep, override_reason=override_reason, why=why)
    if not case.shares.live(at=timezone.now()).filter(decide_by__isnull=False).exists():
        deadlines.done(case, "WITHDRAWAL")
        waiting = case.approvals.waiting().filter(kind="SHARE_OVERRIDE").first()
        if waiting:
            cases.decide(waiting, by=by, status="APPROVED" if keep else "REJECTED", answer=why)
    return share


def _settle(share, *, by, keep, override_reason, why):
    """Keeping rests on a recorded reason from the list, for the rest of the time agreed; otherwise it ends now."""
    now = timezone.now()
    share.decide_by = None
    if not keep:
        share.save(update_fields=["decide_by"])
        _end(share, at=now)
        cases.note_event(share.case, "MINIMUM_ENDED", by=by, share=str(share.uuid))
        return
    if override_reason not in codes.get("consent_override_reason"):
        raise Refused(_("Choose the reason to go on without consent: only the listed reasons count."))
    before = share.consent
    share.consent = Consent.objects.create(
        case=share.case, key=share.case.key, kind=share.purpose, giver="AUTHORITY", decision="OVERRIDDEN", override_reason=override_reason,
        recipient=share.agency, levels=share.levels, until_on=before.until_on, note=why or None, asked_at=now, by=by,
    )  # fmt: skip
    share.save(update_fields=["decide_by", "consent"])
    cases.note_event(share.case, "MINIMUM_KEPT", by=by, share=str(share.uuid), reason=override_reason)


# referrals


@action("care.refer")
def refer(
    case, *, by, service, need, levels, until, consent, facility=None, agency=None, contact="", purpose="SHARE_NAMED", plan_action=None
):
    """Ask a provider for a service. The provider reads what the consent allows, and must answer in time."""
    need = _text(need, _("Write what the child needs, in a few sentences."))
    if service not in codes.get("service_type"):
        raise Refused(_("Choose the service."))
    if facility is not None:
        if not facility.is_open or not facility.agency.is_active:
            raise Refused(_("%(name)s is closed. Choose another provider.") % {"name": facility.name})
        if not facility.services.filter(service=service).exists():
            raise Refused(_("%(name)s does not offer this service. Choose another provider.") % {"name": facility.name})
        agency = facility.agency
    if agency is None:
        raise Refused(_("Choose who is asked."))
    if case.referrals.open().filter(agency=agency, facility=facility, service=service).exists():
        raise Refused(_("This was asked already and is still open. Open that referral to see how far it is."))
    if plan_action is not None and plan_action.case_id != case.pk:
        raise Refused(_("The action belongs to another case."))
    allowed = _share(case, by=by, agency=agency, levels=levels, purpose=purpose, until=until, consent=consent)
    now = timezone.now()
    made = Referral.objects.create(
        case=case, share=allowed, plan_action=plan_action, service=service, facility=facility, agency=agency, state="SENT", risk=case.risk,
        sent_at=now, answer_by=profile().due("referral_answer", case.risk, now), owner=by,
    )  # fmt: skip
    ReferralWords.objects.create(case=case, referral=made, key=case.key, need=need, contact=contact.strip() or None)
    cases.note_event(case, "REFERRED", by=by, referral=str(made.uuid))
    return made


@action("care.open_referral")
def open_referral(referral, *, by):
    """The recipient has opened it: the sender sees that it arrived."""
    if referral.state == "SENT":
        referral.state = "RECEIVED"
        referral.save(update_fields=["state"])
    return referral


@action("care.answer_referral")
def answer_referral(referral, *, by, answer, reason=""):
    """The recipient accepts, puts on the waiting list, or declines with a reason. Declined, it reads no more of the child."""
    if referral.state not in (*UNANSWERED, "WAITLISTED"):
        raise Refused(_("This referral was answered already."))
    if answer not in ("ACCEPTED", "WAITLISTED", "DECLINED"):
        raise Refused(_("Choose an answer."))
    if answer == "DECLINED" and reason not in codes.get("referral_decline_reason"):
        raise Refused(_("Choose the reason, so that the worker can look for another provider."))
    now = timezone.now()
    referral.state, referral.answered_at, referral.answered_by = answer, now, by
    referral.decline_reason = reason if answer == "DECLINED" else ""
    referral.owner = _lead(referral.case) or referral.owner
    referral.save()
    if answer == "DECLINED":
        _end_of(referral, at=now)
    cases.note_event(referral.case, "REFERRAL_ANSWERED", by=by, referral=str(referral.uuid), answer=answer)
    return referral


def _end_of(referral, *, at):
    """The purpose is over, and with it the share."""
    if referral.share_id and referral.share.withdrawn_at is None:
        referral.share.withdrawn_at, referral.share.decide_by = at, None
        referral.share.save(update_fields=["withdrawn_at", "decide_by"])


def _served_now(referral):
    if referral.state not in ("ACCEPTED", "WAITLISTED", "STARTED"):
        raise Refused(_("Accept the referral first."))
    share = referral.share
    if share is None or share.withdrawn_at or share.until_at <= timezone.now():
        raise Refused(_("The consent behind this referral has ended. Tell the child's worker by telephone."))


@action("care.write_service_note")
def write_service_note(referral, *, by, text, kind=ServiceKind.SERVICE, at=None):
    """The provider notes what it did, that the child arrived or left; the first note says that the service has begun."""
    _served_now(referral)
    now = timezone.now()
    if at is not None and at > now:
        raise Refused(_("The service cannot lie in the future."))
    text = _text(text, _("Write what was done."))
    made = ServiceNote.objects.create(
        case=referral.case, referral=referral, key=referral.words.key, kind=kind, text=text, at=at or now, by=by
    )
    if referral.state != "STARTED":
        referral.state = "STARTED"
        referral.save(update_fields=["state"])
    cases.note_event(
        referral.case, "SERVICE", by=by, at=made.at, referral=str(referral.uuid), **({"note_of": kind} if kind != "SERVICE" else {})
    )
    return made


@action("care.raise_incident")
def raise_incident(referral, *, by, danger, what, is_missing):
    """The child is missing at the provider, or something happened there: a report at once, also where the consent has ended.

    It waits for the intake team like every report, the child's worker reads it, and the case goes to review (T13, T17).
    """
    case, now = referral.case, timezone.now()
    report = cases.report(
        by=by, worry=_text(what, _("Write what happened.")), danger="yes" if is_missing else danger, channel="AGENCY", area=case.area,
        language=case.language,
    )  # fmt: skip
    ReportCase.objects.create(report=report, case=case)
    cases.note_event(case, "INCIDENT", by=by, referral=str(referral.uuid), missing=is_missing)
    if lifecycle.find(case, CaseState.REVIEW):
        cases.advance(case, by=by, to=CaseState.REVIEW)
        deadlines.start(case, "AFTER_REVIEW", at=now, due_at=profile().due("worse_review", _risk(case), now))
    return referral


@action("care.complete_referral")
def complete_referral(referral, *, by, outcome, is_completed=True):
    """The provider says what came of it. The loop closes, and with it the share."""
    _served_now(referral)
    _close(referral, outcome, is_completed, by=by)
    return referral


@action("care.close_referral")
def close_referral(referral, *, by, outcome, is_completed=True):
    """The child's worker closes the loop for a provider who reported in another way."""
    if referral.state not in OPEN_REFERRAL:
        raise Refused(_("This referral is closed already."))
    _close(referral, outcome, is_completed, by=by)
    return referral


def _close(referral, outcome, is_completed, *, by):
    words = referral.words
    words.outcome = _text(outcome, _("Write what came of it for the child."))
    words.save(update_fields=["outcome"])
    referral.state, referral.done_at = "COMPLETED" if is_completed else "NOT_COMPLETED", timezone.now()
    referral.save(update_fields=["state", "done_at"])
    _end_of(referral, at=referral.done_at)
    cases.note_event(referral.case, "REFERRAL_DONE", by=by, referral=str(referral.uuid), state=referral.state)


@action("care.cancel_referral")
def cancel_referral(referral, *, by):
    """The sender takes it back; the recipient reads no more."""
    if referral.state not in (*UNANSWERED, "ACCEPTED", "WAITLISTED"):
        raise Refused(_("The service has begun or is over. Close the referral with what came of it instead."))
    referral.state, referral.done_at = "CANCELLED", timezone.now()
    referral.save(update_fields=["state", "done_at"])
    _end_of(referral, at=referral.done_at)
    cases.note_event(referral.case, "REFERRAL_DONE", by=by, referral=str(referral.uuid), state="CANCELLED")
    return referral


@action("care.expire_referral")
def expire_referral(referral, *, by, at):
    """Nobody answered in time: the supervisor becomes its owner until somebody does. Once for each referral."""
    if referral.state not in UNANSWERED or referral.alarmed_at or referral.answer_by > at:
        return referral
    above = Worker.objects.active().filter(team=referral.case.team_id, role="SUPERVISOR").order_by("pk").first()
    referral.state, referral.alarmed_at = "EXPIRED", at
    referral.owner = above or referral.owner
    referral.save(update_fields=["state", "alarmed_at", "owner"])
    cases.note_event(referral.case, "REFERRAL_EXPIRED", by=by, at=at, referral=str(referral.uuid))
    return referral


# transfers


@action("care.offer_transfer")
def offer_transfer(case, *, by, team, reason, handover, joint_visit_on, consent=None, area=None):
    """T23. Offer the case to another team. A worker's offer waits for the own supervisor first; the sender keeps the duty until it is accepted."""
    _open(case)
    if case.sealed:
        raise Refused(_("A sealed case is not offered to a team. Name a person of the other team on the case instead."))
    if team.pk == case.team_id:
        raise Refused(_("The case is with this team already. Choose another team."))
    if case.exclusions.keeping_out(team=team, agency=team.agency).exists():
        raise Refused(_("This team must never see this case. Choose another team."))
    now = timezone.now()
    handover = _passing_on(case, reason, joint_visit_on, handover, at=now)
    if team.agency_id != case.agency_id:
        # A supervisor without an open task on the case reads no consents: the newest that names the agency is taken.
        consent = _held(consent or _agreed_with(case, team.agency))
        against = sharing.objection(
            case, consent, agency=team.agency, levels=["core", "identity"], purpose="SHARE_NAMED", until=now, at=now
        )
        if against:
            raise Refused(against)
    from_supervisor = by.role == "SUPERVISOR" and by.team_id == case.team_id
    made = Transfer.objects.create(
        case=case, from_team=case.team, team=team, area=area, consent=consent if team.agency_id != case.agency_id else None, reason=reason,
        risk=case.risk, concern_codes=list(case.concerns.live().order_by("code").values_list("code", flat=True)), ages=_age_group(case.child, now),
        language=case.language, joint_visit_on=joint_visit_on, offered_at=now, offered_by=by, accept_by=_accept_by(case, now),
        state=TransferState.OFFERED if from_supervisor else TransferState.ASKED,
    )  # fmt: skip
    Handover.objects.create(case=case, transfer=made, key=case.key, text=handover)
    if from_supervisor:
        deadlines.start(case, "TRANSFER", at=now, due_at=made.accept_by)
    else:
        cases.ask_approval(case, by=by, kind="TRANSFER")
    cases.note_event(case, "TRANSFER_OFFERED", by=by, team=team.pk)
    return made


def _agreed_with(case, agency):
    """The newest consent under which this agency may be told, or None."""
    agreed = case.consents.live(on=timezone.localdate()).filter(
        kind="SHARE_NAMED", recipient=agency, decision__in=["CONSENT", "OVERRIDDEN"]
    )
    return agreed.order_by("-asked_at").first()


def _passing_on(case, reason, joint_visit_on, handover, *, at):
    """What T23 asks of every way out of the team's hands. Returns the hand-over list."""
    if case.transfers.filter(state__in=[TransferState.ASKED, TransferState.OFFERED]).exists():
        raise Refused(_("A transfer is waiting for an answer. Take it back first."))
    if case.departures.filter(state__in=[DepartureState.ASKED, DepartureState.AGREED]).exists():
        raise Refused(_("The case is about to leave the system. Take that back first."))
    if reason not in codes.get("transfer_reason"):
        raise Refused(_("Choose why the case passes on."))
    if joint_visit_on is None or joint_visit_on < timezone.localdate(at):
        raise Refused(_("Choose a day from today on for a joint visit or call."))
    return _text(handover, _("Write the hand-over list: what the new team must know and do first."))


def _age_group(child, at):
    """The code of age_group that the child's age lies in; empty where it is not known or two groups are possible."""
    ages = child.ages(timezone.localdate(at))
    groups = {code for code in codes.get("age_group").codes for age in ages or () if int(code[:2]) <= age <= int(code[3:])}
    return groups.pop() if len(groups) == 1 else ""


def _accept_by(case, at):
    return profile().due("transfer_acceptance", _risk(case), at)


@cases.decision("TRANSFER")
def _transfer_decided(approval, approved, by):
    """The own supervisor agreed: the other team, or the body outside, is asked now. Otherwise nothing was offered."""
    case, now = approval.case, timezone.now()
    if approval.wanted == OUTSIDE:
        _departure_decided(case, approved, by=by, at=now)
        return
    offer = case.transfers.filter(state=TransferState.ASKED).first()
    if offer is None:
        return
    if not approved:
        _answer_transfer(offer, TransferState.WITHDRAWN, by=by)
        return
    offer.state, offer.offered_at, offer.accept_by = TransferState.OFFERED, now, _accept_by(case, now)
    offer.save(update_fields=["state", "offered_at", "accept_by"])
    deadlines.start(case, "TRANSFER", at=now, due_at=offer.accept_by)


def _answer_transfer(transfer, state, *, by):
    now = timezone.now()
    transfer.state, transfer.decided_at, transfer.decided_by = state, now, by
    transfer.save(update_fields=["state", "decided_at", "decided_by"])
    deadlines.done(transfer.case, "TRANSFER", at=now)
    cases.note_event(transfer.case, "TRANSFER_ANSWERED", by=by, team=transfer.team_id, answer=str(state))


def _offered(transfer):
    if transfer.state != TransferState.OFFERED:
        raise Refused(_("This transfer was answered already."))


@action("care.accept_transfer")
def accept_transfer(transfer, *, by, worker):
    """The new team takes over: from now on its worker leads, its deadlines run on, and the sender has no more access."""
    _offered(transfer)
    case, team, now = transfer.case, transfer.team, timezone.now()
    if worker is None or worker.team_id != team.pk or worker.role not in ("WORKER", "SUPERVISOR") or not worker.is_active or worker.is_machine:
        raise Refused(_("Choose a worker of your team who will answer for the child."))
    if case.exclusions.keeping_out(worker=worker, team=team, agency=team.agency).exists():
        raise Refused(_("%(name)s cannot work on this case. Choose somebody else.") % {"name": worker.name})
    leaving = list(case.assignments.running().values_list("worker_id", flat=True))
    case.assignments.running().update(until_at=now)
    case.team, case.agency, case.area = team, team.agency, transfer.area or case.area
    case.save(update_fields=["team", "agency", "area"])
    Assignment.objects.create(case=case, worker=worker, is_lead=True, since_at=now, by=by)
    case.referrals.open().update(owner=worker)
    case.plan_actions.filter(plan__state__in=LIVING, state__in=OPEN_ACTION, owner__in=leaving).update(owner=worker)
    # What the new agency was lent before it holds the case is its own now; the sender keeps nothing.
    for line in case.shares.live(at=now).filter(agency=team.agency):
        _end(line, at=now)
    _answer_transfer(transfer, TransferState.ACCEPTED, by=by)
    return transfer


@action("care.decline_transfer")
def decline_transfer(transfer, *, by, reason):
    """The other team says no, and why. The sender has kept the duty all along."""
    _offered(transfer)
    words = transfer.handover
    words.decline_reason = _text(reason, _("Say why, so that the other team can find another way."))
    words.save(update_fields=["decline_reason"])
    _answer_transfer(transfer, TransferState.DECLINED, by=by)
    return transfer


@action("care.take_back_transfer")
def take_back_transfer(transfer, *, by):
    """The sender no longer offers the case."""
    if transfer.state not in (TransferState.ASKED, TransferState.OFFERED):
        raise Refused(_("This transfer was answered already."))
    _answer_transfer(transfer, TransferState.WITHDRAWN, by=by)
    return transfer


# out of the system


@action("care.leave_system")
def leave_system(case, *, by, body, reason, handover, joint_visit_on, consent):
    """T23. Ask to hand the child over to a body outside the system. The supervisor agrees first; the duty stays until the receipt."""
    _open(case)
    if case.sealed:
        raise Refused(_("A sealed case does not leave the system by this page. Speak with the person who leads it."))
    body = _text(body, _("Write who takes over: the body, and how to reach it."))
    now = timezone.now()
    handover = _passing_on(case, reason, joint_visit_on, handover, at=now)
    consent = _held(consent)
    against = sharing.objection(case, consent, agency=None, levels=["core", "identity"], purpose="SHARE_NAMED", until=now, at=now)
    if against:
        raise Refused(against)
    made = Departure.objects.create(
        case=case, key=case.key, reason=reason, consent=consent, body=body, handover=handover, joint_visit_on=joint_visit_on,
        asked_at=now, asked_by=by,
    )  # fmt: skip
    cases.ask_approval(case, by=by, kind="TRANSFER", wanted=OUTSIDE)
    cases.note_event(case, "LEAVING", by=by, state=str(DepartureState.ASKED))
    return made


def _departure_decided(case, approved, *, by, at):
    departure = case.departures.filter(state=DepartureState.ASKED).first()
    if departure is None:
        return
    departure.state, departure.decided_at = DepartureState.AGREED if approved else DepartureState.WITHDRAWN, at
    departure.save(update_fields=["state", "decided_at"])
    if approved:
        deadlines.start(case, "RECEIPT", at=at, due_at=_accept_by(case, at))
    cases.note_event(case, "LEAVING", by=by, state=str(departure.state))


@action("care.take_back_departure")
def take_back_departure(departure, *, by):
    """The child stays: nothing is handed over."""
    if departure.state not in (DepartureState.ASKED, DepartureState.AGREED):
        raise Refused(_("This was answered already."))
    _stay(departure, by=by)
    return departure


def _stay(departure, *, by):
    """No hand-over outside: the question to the supervisor and the clock end with it."""
    case = departure.case
    departure.state = DepartureState.WITHDRAWN
    departure.save(update_fields=["state"])
    case.approvals.waiting().filter(kind="TRANSFER", wanted=OUTSIDE).update(status="WITHDRAWN")
    deadlines.done(case, "RECEIPT")
    cases.note_event(case, "LEAVING", by=by, state=str(departure.state))


@action("care.record_receipt")
def record_receipt(departure, *, by, received_on, received_by, is_signed):
    """T23. Who took over has confirmed it: the child has left the system, and the episode closes as handed over."""
    if departure.state == DepartureState.ASKED:
        raise Refused(_("The supervisor has not agreed yet. Wait for the answer."))
    if departure.state != DepartureState.AGREED:
        raise Refused(_("This was answered already."))
    case, now = departure.case, timezone.now()
    if lifecycle.find(case, CaseState.TRANSFERRED, "record_receipt") is None:
        raise Refused(_("The case is closed. Reopen it first."))
    if received_on is None or not timezone.localdate(departure.decided_at) <= received_on <= timezone.localdate(now):
        raise Refused(_("Enter the day on the receipt: not before the supervisor agreed, and today or earlier."))
    received_by = _text(received_by, _("Write who received the child: the name and the office on the receipt."))
    if not is_signed:
        raise Refused(_("The hand-over list must be signed by both sides. Have it signed, then record the receipt."))
    departure.state, departure.received_on, departure.received_by = DepartureState.RECEIVED, received_on, received_by
    departure.receipt_at, departure.receipt_by = now, by
    departure.save()
    # What was asked of others is over with the duty: nobody here could read an answer to it.
    for referral in case.referrals.open():
        referral.state, referral.done_at = "CANCELLED", now
        referral.save(update_fields=["state", "done_at"])
    for line in case.shares.live(at=now):
        _end(line, at=now)
    case.approvals.waiting().update(status="WITHDRAWN")
    cases.end(case, CaseState.TRANSFERRED, by=by, reason="TRANSFERRED_CLOSE", concerns="REFERRED_OUT", at=now)
    return departure


# placements


@action("care.place")
def place(case, *, by, care, from_on, facility=None, carer=None, where=""):
    """Record where the child lives away from the parents. A second person looks at it after; safety does not wait."""
    _open(case)
    if care not in codes.get("care_arrangement") or care in WITH_PARENTS:
        raise Refused(_("Choose a kind of care away from the parents."))
    if from_on is None or from_on > timezone.localdate():
        raise Refused(_("Enter the day on which the child went there: today or earlier."))
    if facility is None and carer is None and not where.strip():
        raise Refused(_("Say where: a place of the directory, a carer, or in words."))
    if carer is not None and case.participants.filter(person=carer, is_suspected=True).exists():
        raise Refused(_("This person is suspected of the harm. The child cannot be placed there."))
    overlapping = case.placements.exclude(until_on__lte=from_on)
    if overlapping.exists():
        raise Refused(_("Another placement covers that day. End it first, or choose a later day."))
    made = Placement.objects.create(
        case=case, key=case.key, care=care, facility=facility, carer=carer, where=where.strip() or None, from_on=from_on, by=by
    )
    _now_in(case, care)
    if not case.approvals.waiting().filter(kind="PLACEMENT").exists():
        cases.ask_approval(case, by=by, kind="PLACEMENT", wanted=care)
    cases.note_event(case, "PLACED", by=by, care=care)
    return made


def _now_in(case, care):
    case.care = care
    case.save(update_fields=["care"])


@action("care.end_placement")
def end_placement(placement, *, by, until_on, reason, care=""):
    """The child no longer lives there. Home again, the follow-ups after reunification begin."""
    if placement.until_on is not None:
        raise Refused(_("This placement has ended already."))
    if reason not in codes.get("placement_end"):
        raise Refused(_("Choose why it ended."))
    if until_on is None or until_on > timezone.localdate():
        raise Refused(_("Enter the last day: today or earlier."))
    if until_on < placement.from_on:
        raise Refused(_("The end must come after the beginning."))
    if reason == "HOME" and care not in codes.get("care_arrangement"):
        raise Refused(_("Say with whom the child lives now."))
    case = placement.case
    placement.until_on, placement.reason = until_on, reason
    placement.save(update_fields=["until_on", "reason"])
    if care:
        _now_in(case, care)
    cases.note_event(case, "PLACEMENT_ENDED", by=by, reason=reason)
    if reason == "HOME":
        schedule_follow_ups(case, by=by, from_on=until_on)
    return placement


# follow-ups


@action("care.schedule_follow_ups")
def schedule_follow_ups(case, *, by, from_on, schedule=None):
    """Set the visits after a child came home or the main goals were met: all of the list, or those named. Visits by risk go on beside."""
    _open(case)
    listed = profile().reunification_schedule
    chosen = listed if schedule is None else {code: listed[code] for code in schedule if code in listed}
    if not chosen:
        raise Refused(_("Choose at least one follow-up."))
    if case.follow_ups.filter(visit__isnull=True, schedule__in=chosen).exists():
        raise Refused(_("Some of these follow-ups are set already. Record them, or choose others."))
    for code, after in chosen.items():
        FollowUp.objects.get_or_create(case=case, schedule=code, due_on=from_on + after)
    cases.note_event(case, "FOLLOW_UPS_SET", by=by, schedule=list(chosen))
    return case


@action("care.record_follow_up")
def record_follow_up(follow_up, *, by, at, kind, outcome, child_seen, seen_alone=False, is_safe=None, words="", summary="", wellbeing=None):
    """Record the visit of a follow-up. Worse, a new concern, harm again or not found sends the case to review (T17)."""
    if follow_up.visit_id is not None:
        raise Refused(_("This follow-up was recorded already."))
    if timezone.localdate(at) < follow_up.due_on - EARLY:
        raise Refused(_("This follow-up is not due yet. Record the visit on the case instead."))
    if outcome not in codes.get("follow_up_outcome"):
        raise Refused(_("Choose how the child is since the last time."))
    if outcome != "NOT_FOUND" and not child_seen:
        raise Refused(_("Tick that the child was seen, or choose “not found”."))
    visit = cases.record_visit(
        follow_up.case, by=by, at=at, kind=kind, child_seen=child_seen, seen_alone=seen_alone, is_safe=is_safe, outcome=outcome, words=words,
        summary=summary, wellbeing=wellbeing,
    )  # fmt: skip
    follow_up.visit, follow_up.outcome = visit, outcome
    follow_up.save(update_fields=["visit", "outcome"])
    return follow_up


def _visited(sender, record, result, by, **_facts):
    """A visit answers the follow-up that is due, so nothing is typed twice; and what it found may send the case to review."""
    if sender != "cases.record_visit":
        return
    case, visit = record, result
    if visit.child_seen:
        due = case.follow_ups.filter(visit__isnull=True, due_on__lte=timezone.localdate(visit.at) + EARLY).order_by("due_on").first()
        if due:
            due.visit, due.outcome = visit, visit.outcome
            due.save(update_fields=["visit", "outcome"])
    if visit.outcome in NEEDS_REVIEW and lifecycle.find(case, CaseState.REVIEW):
        cases.advance(case, by=by, to=CaseState.REVIEW)
        deadlines.start(case, "AFTER_REVIEW", at=visit.at, due_at=profile().due("worse_review", _risk(case), timezone.now()))


done.connect(_visited)


def _goals_first(sender, record, facts, **_rest):
    """T16: nobody is asked to end the plan while its goals are open."""
    if sender == "cases.ask_approval" and facts.get("kind") == "REUNIFY" and not facts.get("wanted"):
        transition = lifecycle.find(record, CaseState.FOLLOW_UP, "decide")
        left = lifecycle.missing(record, transition) if transition else []
        if transition is None:
            raise Refused(_("This is asked while the plan is carried out or reviewed."))
        if left:
            raise Refused(*(item.text for item in left))


done.connect(_goals_first)


# whose it is when somebody leaves the case


def nothing_left_behind(case):
    """Open actions of the plan and open referrals of who worked on the case and no longer does go to who leads it. As the system.

    Whoever is off a case sees it no more: what they were to do would be on nobody's list.
    """
    lead = _lead(case)
    if lead is None:
        return
    here = case.assignments.running().values("worker_id")
    gone = case.assignments.filter(until_at__isnull=False).exclude(worker_id__in=here).values("worker_id")
    case.plan_actions.filter(plan__state__in=LIVING, state__in=OPEN_ACTION, owner__in=gone).update(owner=lead)
    # One that nobody answered in time stays with the supervisor who has it, whatever cases the supervisor once had.
    case.referrals.open().filter(owner__in=gone).exclude(alarmed_at__isnull=False, owner__role="SUPERVISOR").update(owner=lead)


def _given_or_left(sender, record, **_rest):
    if sender in ("cases.assign", "cases.release"):
        nothing_left_behind(record)
    elif sender == "cases.exclude":
        for case in cases.of_one_child(record):
            nothing_left_behind(case)
    elif sender == "cases.keep_from_case":
        for line in record.touched.select_related("case"):
            nothing_left_behind(line.case)


done.connect(_given_or_left)


# conferences


@action("care.hold_conference")
def hold_conference(case, *, by, on, decisions, agencies=(), child_took_part=False):
    """Record a meeting about the case: who was there and what was decided. It shares nothing by itself."""
    _open(case)
    if on is None or on > timezone.localdate():
        raise Refused(_("Enter the day of the meeting: today or earlier."))
    made = Conference.objects.create(
        case=case, key=case.key, on=on, agencies=sorted(agency.pk for agency in agencies), child_took_part=child_took_part,
        decisions=_text(decisions, _("Write what was decided and who does it.")), by=by,
    )  # fmt: skip
    cases.note_event(case, "CONFERENCE", by=by, conference=str(made.uuid))
    return made
