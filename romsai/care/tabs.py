"""What care puts on the case page: the plan, referrals, follow-ups, placements; what comes next; what a supervisor judges by."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.care import queries, sharing
from romsai.care.forms import LEVEL_WORDS
from romsai.care.models import (
    OPEN_ACTION,
    UNANSWERED,
    Conference,
    Departure,
    DepartureState,
    FollowUp,
    Placement,
    Plan,
    PlanAction,
    PlanState,
    Referral,
    Transfer,
    TransferState,
)
from romsai.cases import panels
from romsai.cases.models import CaseState
from romsai.cases.queries import called
from romsai.cases.words import due, short_day
from romsai.core import access, crypto
from romsai.core.dates import day_text
from romsai.places import codes
from romsai.places.models import Agency

CLOSED = "cases/closed_tab.html"


def at(name, case, *more):
    return reverse(f"care:{name}", args=[case.uuid, *more])


@panels.needs()
def everywhere(case, worker):
    """What the tabs of care count, and what comes next."""
    return {
        "referrals": Referral.objects.visible().filter(case=case).open().select_related("agency").order_by("pk"),
        "follow_ups": FollowUp.objects.visible().filter(case=case, visit__isnull=True).order_by("due_on"),
    }


@panels.needs("overview")
def for_overview(case, worker):
    lines = PlanAction.objects.visible().filter(case=case, plan__state=PlanState.APPROVED, state__in=OPEN_ACTION)
    lines = lines.select_related("owner", "owner_agency").order_by("due_on")[:20]
    return {"plan_actions": lines if "narrative" in case.standing.levels else PlanAction.objects.none()}


# the plan


@panels.tab("plan", __("Care plan"), order=22, level="narrative")
def plan(request, case):
    if "narrative" not in case.standing.levels:
        return CLOSED, {
            "text": _("The care plan is read by the people who work on the case, and by the supervisor while it waits for an answer.")
        }
    writing = queries.plan_of(case, PlanState.DRAFT, PlanState.SUBMITTED)
    in_force = queries.plan_of(case, PlanState.APPROVED)
    may_work = case.standing.may("care.update_action")
    goals = queries.written(in_force) if in_force else []
    for goal in goals:
        goal.judge_url = at("judge_goal", case, goal.uuid) if may_work and goal.is_met is None else ""
        for line in goal.lines:
            line.update_url = at("update_action", case, line.uuid) if may_work and line.is_open else ""
            line.refer_url = f"{at('providers', case)}?action={line.uuid}" if may_work and line.is_open else ""
    meetings = crypto.preload(Conference.objects.visible().filter(case=case).select_related("by").order_by("-on", "-pk")[:20])
    names = dict(Agency.objects.filter(pk__in={pk for meeting in meetings for pk in meeting.agencies}).values_list("pk", "name"))
    for meeting in meetings:
        meeting.who = ", ".join(names[pk] for pk in meeting.agencies if pk in names)
    older = list(Plan.objects.visible().filter(case=case, state=PlanState.REPLACED).order_by("-pk"))
    return "care/tab_plan.html", {
        "writing": writing, "in_force": in_force, "goals": goals, "meetings": meetings, "older": older, "may_work": may_work,
        "may_start": may_work and writing is None and case.state in (CaseState.PLANNING, CaseState.REVIEW),
        "may_review": may_work and case.state in (CaseState.IMPLEMENTATION, CaseState.REVIEW),
    }  # fmt: skip


@panels.question_facts("PLAN")
def plan_to_judge(request, approval):
    found = queries.plan_of(approval.case, PlanState.SUBMITTED)
    if found is None:
        return None
    left_out = [
        {"label": codes.label("concern", concern.code), "reason": (found.left_out or {})[str(concern.pk)]}
        for concern in approval.case.concerns.all() if str(concern.pk) in (found.left_out or {})
    ]  # fmt: skip
    return "care/plan_body.html", {"plan": found, "goals": queries.written(found), "left_out": left_out, "level": 2}


# referrals and who reads what


@panels.tab("referrals", __("Referrals"), order=24, level="services", count=lambda case: len(case.asked["referrals"]) or None)
def referrals(request, case):
    if "services" not in case.standing.levels:
        return CLOSED, {"text": _("Who serves the child is read by the people who work on the case.")}
    now = timezone.now()
    sent = list(Referral.objects.visible().filter(case=case).select_related("facility", "agency", "owner").order_by("-sent_at"))
    reads = [share_row(line, case, request.worker, now) for line in queries.shares_of(case)]
    offer = (
        Transfer.objects.visible()
        .filter(case=case, state__in=[TransferState.ASKED, TransferState.OFFERED])
        .select_related("team__agency")
        .first()
    )
    return "care/tab_referrals.html", {
        "columns": [{"label": label} for label in (_("Service"), _("To"), _("State"), _("When"), _("Answers for it"))],
        "rows": [referral_row(line, now) for line in sent], "reads": reads, "offer": offer,
        "offer_due": due(offer.accept_by, now=now)[0] if offer else "",
        "may_refer": case.standing.may("care.refer") and case.is_open and not case.sealed,
        "leaving": departure_card(case), "may_take_back": offer is not None and case.standing.may("care.take_back_transfer"),
    }  # fmt: skip


def departure_card(case):
    """The hand-over outside the system that is under way or was made, for who may read it: {title, text, rows, links}."""
    found = Departure.objects.visible().filter(case=case).exclude(state=DepartureState.WITHDRAWN).order_by("-pk").first()
    if found is None:
        return None
    titles = {
        DepartureState.ASKED: _("The child is to be handed over outside the system. Our supervisor is asked first."),
        DepartureState.AGREED: _("The child may be handed over outside the system. Until the receipt is recorded the duty is ours."),
        DepartureState.RECEIVED: _("The child was handed over outside the system."),
    }
    links = []
    if found.state == DepartureState.AGREED and case.standing.may("care.record_receipt"):
        links.append({"url": at("receipt", case), "label": _("Record the receipt")})
    if found.state != DepartureState.RECEIVED and case.standing.may("care.take_back_departure"):
        links.append({"url": at("take_back_departure", case), "label": _("Take it back")})
    return {"title": titles[found.state], "rows": departure_rows(found), "links": links}


def departure_rows(departure):
    rows = [
        {"label": _("Who takes over"), "value": str(departure.body)},
        {"label": _("Why"), "value": codes.label("transfer_reason", departure.reason)},
        {"label": _("Joint visit or call on"), "value": day_text(departure.joint_visit_on)},
        {"label": _("Hand-over list"), "value": str(departure.handover)},
    ]
    if departure.received_on:
        rows.append({"label": _("Receipt"), "value": day_text(departure.received_on), "note": str(departure.received_by)})
    return rows


def referral_row(referral, now):
    waits = referral.state in ("SENT", "RECEIVED", "EXPIRED")
    when, note, late = (
        due(referral.answer_by, now=now) if waits else (day_text(referral.done_at or referral.answered_at or referral.sent_at), "", False)
    )
    declined = codes.label("referral_decline_reason", referral.decline_reason) if referral.decline_reason else ""
    return {"cells": [
        {"text": codes.label("service_type", referral.service), "url": reverse("care:referral", args=[referral.uuid])},
        {"text": referral.facility.name if referral.facility else referral.agency.name},
        {"text": codes.label("referral_state", referral.state), "note": declined},
        {"text": when, "note": note, "late": late},
        {"text": referral.owner.name if referral.owner else ""},
    ]}  # fmt: skip


def share_row(share, case, worker, now):
    """One agency that reads the case now: what, until when, by whose word; and whether the supervisor must decide."""
    basis = f"{codes.label('consent_giver', share.consent.giver)}: {codes.label('consent_decision', share.consent.decision)}"
    if share.consent.decision == "OVERRIDDEN":
        basis += f" ({codes.label('consent_override_reason', share.consent.override_reason)})"
    decides = share.decide_by is not None
    return {
        "agency": share.agency.name, "levels": [LEVEL_WORDS[level] for level in sharing.LEVELS if level in share.levels],
        "until": day_text(share.until_at), "basis": _("The consent was taken back: only the least they need") if decides else basis,
        "decide": due(share.decide_by, now=now)[0] if decides else "",
        "decide_url": reverse("care:decide_withdrawal", args=[share.uuid]) if decides and access.may(worker, "care.decide_withdrawal", share) else "",
    }  # fmt: skip


@panels.question_facts("SHARE_OVERRIDE")
def sharing_to_judge(request, approval):
    now = timezone.now()
    reads = [
        share_row(line, approval.case, request.worker, now)
        for line in queries.shares_of(approval.case)
        if line.decide_by or line.consent.decision == "OVERRIDDEN"
    ]
    return "care/shares.html", {"reads": reads}


@panels.question_facts("TRANSFER")
def transfer_to_judge(request, approval):
    offer = (
        Transfer.objects.visible().filter(case=approval.case, state=TransferState.ASKED).select_related("team__agency", "handover").first()
    )
    if offer is None:
        return None
    rows = [
        {"label": _("To"), "value": f"{offer.team.agency.name}: {offer.team.name}"},
        {"label": _("Why"), "value": codes.label("transfer_reason", offer.reason)},
        {"label": _("Joint visit or call on"), "value": day_text(offer.joint_visit_on)},
        {"label": _("Hand-over list"), "value": str(offer.handover.text)},
    ]
    return "care/question.html", {"title": _("Transfer"), "rows": rows}


@panels.question_facts("TRANSFER")
def departure_to_judge(request, approval):
    asked = Departure.objects.visible().filter(case=approval.case, state=DepartureState.ASKED).select_related("consent").first()
    if asked is None:
        return None
    consent = asked.consent
    basis = f"{codes.label('consent_giver', consent.giver)}: {codes.label('consent_decision', consent.decision)}"
    note = codes.label("consent_override_reason", consent.override_reason) if consent.override_reason else str(consent.note or "")
    rows = [*departure_rows(asked), {"label": _("By whose word"), "value": basis, "note": note}]
    return "care/question.html", {"title": _("Out of the system"), "rows": rows}


# follow-ups


def follow_up_words(code):
    return codes.label("follow_up_schedule", code)


@panels.tab(
    "follow-ups",
    __("Follow-ups"),
    order=26,
    level="work",
    count=lambda case: sum(line.due_on <= timezone.localdate() for line in case.asked["follow_ups"]) or None,
)
def follow_ups(request, case):
    if "work" not in case.standing.levels:
        return CLOSED, {"text": _("The visits to come are known to those who work on the case.")}
    today = timezone.localdate()
    may_record = case.standing.may("care.record_follow_up") and case.is_open
    tasks = [
        {
            "title": follow_up_words(line.schedule),
            "url": at("follow_up", case, line.uuid) if may_record and not line.visit_id else "",
            "note": codes.label("follow_up_outcome", line.outcome) if line.outcome else "",
            "due": day_text(line.due_on), "done": bool(line.visit_id), "late": not line.visit_id and line.due_on < today,
        }
        for line in FollowUp.objects.visible().filter(case=case).order_by("due_on")
    ]  # fmt: skip
    next_visit = next((deadline for deadline in case.asked["running"] if deadline.kind == "FOLLOW_UP"), None)
    return "care/tab_follow_ups.html", {
        "tasks": tasks, "may_set": case.standing.may("care.schedule_follow_ups") and case.is_open, "may_record": may_record,
        "next_visit": due(next_visit.due_at, now=timezone.now())[0] if next_visit else "",
    }  # fmt: skip


# placements


@panels.tab("placements", __("Placements"), order=28, level="location")
def placements(request, case):
    if "location" not in case.standing.levels:
        return CLOSED, {"text": _("Where the child lives is read by the people who work on the case.")}
    may_place = case.standing.may("care.place") and case.is_open
    stays = crypto.preload(Placement.objects.visible().filter(case=case).select_related("facility", "carer").order_by("-from_on", "-pk"))
    names = called([stay.carer for stay in stays if stay.carer])
    rows = [
        {
            "care": codes.label("care_arrangement", stay.care), "from": day_text(stay.from_on), "until": day_text(stay.until_on),
            "where": stay.facility.name if stay.facility else names[stay.carer_id].name if stay.carer else "", "words": str(stay.where or ""),
            "reason": codes.label("placement_end", stay.reason) if stay.reason else "",
            "end_url": at("end_placement", case, stay.uuid) if may_place and stay.until_on is None else "",
        }
        for stay in stays
    ]  # fmt: skip
    return "care/tab_placements.html", {"stays": rows, "may_place": may_place and all(row["until"] for row in rows)}


@panels.question_facts("PLACEMENT")
def placement_to_judge(request, approval):
    stay = Placement.objects.visible().filter(case=approval.case, until_on__isnull=True).select_related("facility").first()
    rows = [{"label": _("Kind of care"), "value": codes.label("care_arrangement", approval.wanted)}]
    if stay:
        rows.append({"label": _("Since"), "value": day_text(stay.from_on)})
        if stay.facility:
            rows.append({"label": _("Where"), "value": stay.facility.name})
    return "care/question.html", {"title": _("Placement"), "rows": rows}


@panels.question_facts("REUNIFY")
def goals_to_judge(request, approval):
    found = queries.plan_of(approval.case, PlanState.APPROVED)
    return ("care/plan_body.html", {"plan": found, "goals": queries.written(found), "left_out": [], "level": 2}) if found else None


# what comes next


@panels.next_steps
def own_steps(case, worker):
    """Actions of the plan in force, answers that are awaited, follow-ups, a transfer on its way. Of a case that has ended: nothing."""
    if not case.is_open:
        return []
    now, found = timezone.now(), []
    for line in case.asked["plan_actions"]:
        who = _("You") if line.owner_id == worker.pk else line.owner.name if line.owner else line.owner_agency.name
        url = at("update_action", case, line.uuid) if case.standing.may("care.update_action") else ""
        found.append(step(str(line.text), sharing.end_of(line.due_on), now, url=url, note=_("%(who)s. From the care plan.") % {"who": who}))
    for referral in (line for line in case.asked["referrals"] if line.state in UNANSWERED):
        words = {"agency": referral.agency.name}
        note = _("Sent %(day)s.") % {"day": short_day(referral.sent_at)}
        found.append(
            step(
                _("Answer from %(agency)s") % words, referral.answer_by, now, url=reverse("care:referral", args=[referral.uuid]), note=note
            )
        )
    for line in case.asked["follow_ups"][:3]:
        url = at("follow_up", case, line.uuid) if case.standing.may("care.record_follow_up") else ""
        found.append(step(_("Follow-up: %(when)s") % {"when": follow_up_words(line.schedule)}, sharing.end_of(line.due_on), now, url=url))
    return found


def step(title, due_at, now, *, url="", note=""):
    when, due_note, late = due(due_at, now=now)
    return {"title": title, "url": url, "note": note, "due_at": due_at, "due": when, "due_note": due_note, "late": late}
