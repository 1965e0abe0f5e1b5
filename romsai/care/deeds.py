"""The work of this room: as things to do on a case, as deadlines, as lines of the timeline."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.care.models import Referral, ServiceKind, Share
from romsai.cases import history, panels, timeline
from romsai.cases.models import CaseState, Concern
from romsai.cases.words import name_deadline
from romsai.places import codes
from romsai.places.models import Agency


def _may_leave(case):
    return case.is_open and not case.sealed


FITS = {  # where an open case is not enough
    "care.refer": _may_leave,
    "care.offer_transfer": _may_leave,
    "care.leave_system": _may_leave,
    "care.start_plan": lambda case: case.state in (CaseState.PLANNING, CaseState.PLAN_APPROVAL, CaseState.REVIEW),
    "care.review": lambda case: case.state in (CaseState.IMPLEMENTATION, CaseState.REVIEW),
}

for action, label, done, url_name, group in [
    ("care.refer", __("Refer to a service"), __("Referred to a service"), "care:providers", "child"),
    ("care.place", __("Record a placement"), __("Recorded a placement"), "care:place", "child"),
    ("care.schedule_follow_ups", __("Set follow-up visits"), __("Set follow-up visits"), "care:schedule", "child"),
    ("care.start_plan", __("Write the care plan"), __("Began a care plan"), "care:plan", "course"),
    ("care.review", __("Review the plan"), __("Reviewed the plan"), "care:review", "course"),
    ("care.hold_conference", __("Record a case conference"), __("Recorded a case conference"), "care:conference", "course"),
    ("care.offer_transfer", __("Pass the case to another team"), __("Offered the case to another team"), "care:offer_transfer", "team"),
    (
        "care.leave_system",
        __("Hand the child over outside the system"),
        __("Asked to hand the child over outside the system"),
        "care:leave_system",
        "team",
    ),
    ("care.take_back_departure", "", __("Took back a hand-over outside the system"), "", ""),
    ("care.record_receipt", "", __("Recorded the receipt of a hand-over outside the system"), "", ""),
    ("care.set_goal", "", __("Wrote a goal"), "", ""),
    ("care.judge_goal", "", __("Judged a goal"), "", ""),
    ("care.set_action", "", __("Wrote an action"), "", ""),
    ("care.leave_out", "", __("Left a concern out of the plan"), "", ""),
    ("care.record_child_view", "", __("Wrote down the child's view"), "", ""),
    ("care.submit_plan", "", __("Sent the plan to the supervisor"), "", ""),
    ("care.update_action", "", __("Noted how far an action is"), "", ""),
    ("care.share", "", __("Shared with another agency"), "", ""),
    ("care.open_referral", "", __("Opened a referral"), "", ""),
    ("care.answer_referral", "", __("Answered a referral"), "", ""),
    ("care.write_service_note", "", __("Noted a service"), "", ""),
    ("care.raise_incident", "", __("Reported that the child is missing, or that something happened"), "", ""),
    ("care.complete_referral", "", __("Finished a referral"), "", ""),
    ("care.close_referral", "", __("Closed a referral"), "", ""),
    ("care.cancel_referral", "", __("Took a referral back"), "", ""),
    ("care.expire_referral", "", __("Passed an unanswered referral to the supervisor"), "", ""),
    ("care.take_back_transfer", "", __("Took a transfer back"), "", ""),
    ("care.accept_transfer", "", __("Accepted the case"), "", ""),
    ("care.decline_transfer", "", __("Declined the case"), "", ""),
    ("care.end_placement", "", __("Ended a placement"), "", ""),
    ("care.record_follow_up", "", __("Recorded a follow-up"), "", ""),
    ("care.decide_withdrawal", "", __("Decided on a withdrawn consent"), "", ""),
]:
    fits = {"fits": FITS[action]} if action in FITS else {}
    panels.register_deed(action, label, done, url_name=url_name, group=group, **fits)

history.name(
    tables={
        "care_plan": __("Care plan"), "care_goal": __("Goal"), "care_planaction": __("Action of the plan"), "care_share": __("Sharing with an agency"),
        "care_referral": __("Referral"), "care_referralwords": __("Words of a referral"), "care_servicenote": __("Service given"),
        "care_transfer": __("Transfer"), "care_handover": __("Hand-over list"), "care_departure": __("Hand-over outside the system"),
        "care_placement": __("Placement"), "care_followup": __("Follow-up visit"), "care_conference": __("Case conference"),
    },
    columns={
        "best_interests": __("steps that need a best-interests decision"), "approved_at": __("approved"), "approved_by_id": __("approved by"),
        "is_met": __("goal met"), "owner_id": __("who does it"), "owner_agency_id": __("agency that does it"), "concerns": __("concerns it helps with"),
        "done_on": __("done on"), "is_minimum": __("only the least that is needed"), "decide_by": __("the supervisor decides by"),
        "facility_id": __("place"), "sent_at": __("sent"), "answer_by": __("answer by"), "answered_at": __("answered"),
        "answered_by_id": __("answered by"), "consent_ended_at": __("the consent ended"), "from_team_id": __("from team"), "offered_at": __("offered"),
        "offered_by_id": __("offered by"), "accept_by": __("answer by"), "receipt_by_id": __("receipt recorded by"), "carer_id": __("carer"),
        "agencies": __("agencies"),
    },
    lists={"best_interests": "bid_trigger", "concern_codes": "concern"},
    told={
        "concerns": lambda value, row: ", ".join(
            codes.label("concern", code) for code in Concern.objects.visible().filter(pk__in=value).values_list("code", flat=True)
        ),
        "agencies": lambda value, row: ", ".join(Agency.objects.filter(pk__in=value).values_list("name", flat=True)),
    },
)  # fmt: skip

for url_name, words in [
    ("care:plan", __("The care plan")),
    ("care:plan_version", __("The care plan")),
    ("care:providers", __("Services near the child")),
    ("care:refer", __("A referral to write")),
    ("care:inbox", __("Referrals to my agency")),
    ("care:referral", __("A referral")),
    ("care:follow_up", __("A follow-up visit")),
    ("care:decide_withdrawal", __("What is kept after a consent was taken back")),
    ("care:offers", __("Offered cases")),
    ("care:transfer", __("An offered case")),
    ("care:decline_transfer", __("An offered case")),
]:
    panels.page(url_name, words)

panels.way((CaseState.PLANNING,), __("Write the care plan and send it to the supervisor"), "care:plan")
panels.way((CaseState.IMPLEMENTATION, CaseState.REVIEW), __("Review the plan"), "care:review")
for code in ("PLAN", "GOALS", "ACTIONS", "CONCERN", "VIEW", "DATE"):
    panels.fix(code, "care:plan")

name_deadline("PLAN", __("Have the care plan approved"), "care:plan")
name_deadline("REVIEW", __("Review the case"), "care:review")
name_deadline("AFTER_REVIEW", __("Decide what follows from the review"), "care:review")
name_deadline("WITHDRAWAL", __("The supervisor decides what is kept after a consent was taken back"))
name_deadline("RECEIPT", __("Have the receipt of who takes over, and record it"), "care:receipt")
name_deadline("TRANSFER", __("The other team answers"))


@timeline.named_by("referral")
def referrals(case):
    """Who serves a child is not told to all who see the timeline: the lines say it where the referral or share may be read."""
    return Referral.objects.visible().filter(case=case).select_related("agency")


@timeline.named_by("share", "shares")
def shares(case):
    return Share.objects.visible().filter(case=case).select_related("agency")


def _reader_of(event, around):
    share = around.rows.get(event.facts.get("share"))
    return share.agency.name if share else _("another agency")


@timeline.line("REFERRED", icon="referral", tone="plan")
def referred(event, around):
    referral = around.rows.get(event.facts.get("referral"))
    if referral is None:
        return _("Referred to a service")
    return _("Referred to %(agency)s: %(service)s") % {
        "agency": referral.agency.name,
        "service": codes.label("service_type", referral.service),
    }


@timeline.line("SHARED", icon="key")
def shared(event, around):
    return _("Shared with %(agency)s") % {"agency": _reader_of(event, around)}


@timeline.line("REFERRAL_ANSWERED", icon="message")
def answered(event, around):
    referral = around.rows.get(event.facts.get("referral"))
    reason = referral.decline_reason if referral and event.facts.get("answer") == "DECLINED" else ""
    said = {"title": _("Referral: %(state)s") % {"state": codes.label("referral_state", event.facts.get("answer", ""))}}
    return said | ({"body": codes.label("referral_decline_reason", reason), "tone": "risk"} if reason else {})


@timeline.line("REFERRAL_DONE", icon="check", tone="plan")
def finished(event, around):
    return _("Referral: %(state)s") % {"state": codes.label("referral_state", event.facts.get("state", ""))}


@timeline.line("REFERRAL_EXPIRED", icon="clock", tone="risk", is_note=True)
def expired(event, around):
    return _("A referral was not answered in time; the supervisor looks after it")


@timeline.line("SERVICE", icon="health", tone="visit")
def service(event, around):
    return ServiceKind(event.facts.get("note_of", ServiceKind.SERVICE)).label


@timeline.line("INCIDENT", icon="alert", tone="risk")
def incident(event, around):
    if event.facts.get("missing"):
        return _("The provider reports that the child is missing")
    return _("The provider reports that something happened")


@timeline.line("SHARING_STOPPED", icon="lock", tone="risk")
def stopped(event, around):
    shares = [around.rows.get(uuid) for uuid in event.facts.get("shares", ())]
    names = sorted({share.agency.name for share in shares if share}) or [_("another agency")]
    return _("Sharing stopped at once: %(agencies)s") % {"agencies": ", ".join(names)}


@timeline.line("MINIMUM_KEPT", icon="shield", tone="plan")
def kept(event, around):
    return {
        "title": _("%(agency)s keeps the least it needs") % {"agency": _reader_of(event, around)},
        "body": codes.label("consent_override_reason", event.facts.get("reason", "")),
    }


@timeline.line("MINIMUM_ENDED", icon="lock")
def ended(event, around):
    return _("%(agency)s reads nothing more") % {"agency": _reader_of(event, around)}


def _team(event, around):
    return around.teams.get(event.facts.get("team")) or _("another team")


@timeline.line("TRANSFER_OFFERED", icon="transfer")
def offered(event, around):
    return _("Transfer prepared to the team %(team)s") % {"team": _team(event, around)}


@timeline.line("TRANSFER_ANSWERED", icon="transfer", tone="plan")
def transfer_answered(event, around):
    told = {
        "ACCEPTED": _("%(team)s accepted the case and has the duty from now on"),
        "DECLINED": _("%(team)s declined the case"),
        "WITHDRAWN": _("The transfer to %(team)s was taken back"),
    }
    return told.get(event.facts.get("answer"), _("Transfer to %(team)s")) % {"team": _team(event, around)}


@timeline.line("LEAVING", icon="transfer", tone="plan")
def leaving(event, around):
    told = {
        "ASKED": _("Asked to hand the child over outside the system"),
        "AGREED": _("The child may be handed over outside the system; the receipt is awaited"),
        "WITHDRAWN": _("The child is not handed over outside the system"),
    }
    return told[event.facts["state"]]


@timeline.line("PLACED", icon="home", tone="plan")
def placed(event, around):
    return _("Placed: %(care)s") % {"care": codes.label("care_arrangement", event.facts.get("care", ""))}


@timeline.line("PLACEMENT_ENDED", icon="home")
def placement_ended(event, around):
    return _("Placement ended: %(why)s") % {"why": codes.label("placement_end", event.facts.get("reason", ""))}


@timeline.line("FOLLOW_UPS_SET", icon="calendar")
def follow_ups_set(event, around):
    return {
        "title": _("Follow-up visits set"),
        "body": ", ".join(codes.label("follow_up_schedule", code) for code in event.facts.get("schedule", ())),
    }


@timeline.line("CONFERENCE", icon="message")
def conference(event, around):
    return _("Case conference held")


@timeline.line("GOAL", icon="check", tone="plan")
def goal(event, around):
    return _("A goal is met") if event.facts.get("met") else _("A goal is not met or not pursued")


@timeline.line("ACTION", icon="check")
def action_updated(event, around):
    return _("Action of the plan: %(state)s") % {"state": codes.label("plan_action_state", event.facts.get("state", ""))}
