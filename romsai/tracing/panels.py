"""The tab "Tracing" of the case page: the search, what may fit and why, and the way home step by step."""

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.cases import panels
from romsai.cases.words import due
from romsai.core import access, crypto
from romsai.core.dates import day_text
from romsai.places import codes
from romsai.tracing import gates, matching, queries
from romsai.tracing.models import LIVE, Attempt, BoardPhoto, Determination, Proposal, Request, Reunification, Side, State, Story

CLOSED = "cases/closed_tab.html"


def at(name, case, *more):
    return reverse(f"tracing:{name}", args=[case.uuid, *more])


@panels.needs()
def everywhere(case, worker):
    """What the tab counts."""
    return {"proposals": Proposal.objects.visible().filter(case=case, state=State.OPEN)}


@panels.tab("tracing", __("Tracing"), order=27, level="work", count=lambda case: len(case.asked["proposals"]) or None)
def tracing(request, case):
    if "work" not in case.standing.levels:
        return CLOSED, {"text": _("How the family is looked for is read by the people who work on the case.")}
    asked = Request.objects.visible().filter(case=case).order_by("-started_at").first()
    is_open = asked is not None and asked.ended_at is None
    may_work = case.standing.may("tracing.tell") and case.is_open
    rows = Proposal.objects.visible().filter(case=case).exclude(state=State.WITHDRAWN).annotate(is_live=Q(state__in=LIVE)).order_by("-is_live", "-score", "pk")[:30]
    way = Reunification.objects.visible().filter(case=case).order_by("-started_at").first()
    return "tracing/tab.html", {
        "status": status_words(case), "asked": asked if is_open else None, "side": Side(asked.side).label if asked else "",
        "may_ask": case.standing.may("tracing.ask_for_family") and case.is_open and not is_open and case.tracing != "NOT_SAFE",
        "may_set_aside": case.standing.may("tracing.set_aside") and case.is_open and case.tracing != "NOT_SAFE",
        "may_reopen": case.standing.may("tracing.reopen") and case.is_open and case.tracing in ("NOT_SAFE", "EXHAUSTED", "NOT_VERIFIED"),
        "steps": steps(case, asked, may_work) if is_open else [], "facts": facts(case, asked) if is_open else [],
        "columns": [{"label": label} for label in (_("May fit"), _("What fits"), _("State"), _("Proposed"))],
        "rows": [proposal_row(row) for row in rows],
        "ways": ways(case, asked) if is_open else [], "may_work": may_work and is_open, "way": way_home(case, way, request.worker) if way else None,
        "way_columns": [{"label": label} for label in (_("How"), _("Begun"), _("What came of it"))],
    }  # fmt: skip


def status_words(case):
    """How far the search is; a child who was registered as separated is not taken for one whose family is known."""
    if case.tracing == "NOT_NEEDED" and any(clock.kind == "TRACING_START" for clock in case.asked["running"]):
        return _("not begun yet")
    return codes.label("tracing_status", case.tracing)


def facts(case, asked):
    rows = [{"label": _("Since"), "value": day_text(timezone.localdate(asked.started_at))}, {"label": _("May be contacted"), "value": asked.get_wish_display()}]
    if asked.together:
        others = Request.objects.visible().filter(together=asked.together).exclude(pk=asked.pk).select_related("case")
        rows.append({"label": _("Lost together with"), "value": ", ".join(one.case.number for one in others) or _("a child of another office")})
    return rows


def steps(case, asked, may_work):
    """The parts of the request, and which of them say something already."""
    if "narrative" not in case.standing.levels:
        return []
    story = next(iter(crypto.preload(Story.objects.visible().filter(request=asked))), None)
    has_kin = any(part.relation in matching.KIN and part.person_id != asked.inquirer_id for part in case.asked["parts"])
    told = [
        ("family", _("The family"), has_kin),
        ("parted", _("How they lost each other"), bool(story and (story.year or story.area_id or story.place or story.cause))),
        ("known_by", _("What tells them from others"), bool(story and (story.home or story.marks or story.birth_area_id or story.siblings is not None))),
    ]
    return [{"title": title, "done": done, "url": at(name, case) if may_work else "", "note": "" if done else _("Nothing is written here yet.")} for name, title, done in told]


def proposal_row(row):
    kinds = [str(matching.REASONS[code]) for code in row.reasons]
    return {"cells": [
        {"text": queries.band_words(row.band), "url": reverse("tracing:proposal", args=[row.uuid])},
        {"text": " ".join(kinds)},
        {"text": State(row.state).label, "tags": [{"text": _("take care"), "icon": "alert", "kind": "warn"}] if row.is_warned and row.state in LIVE else []},
        {"text": day_text(timezone.localdate(row.proposed_at))},
    ]}  # fmt: skip


def photo(case):
    """The photo on the board for families, as {text, is_there}: whether it hangs, and until when."""
    found = BoardPhoto.objects.visible().defer("bulk").filter(case=case, taken_off_at__isnull=True).first() if "identity" in case.standing.levels else None
    if found is None:
        return None
    words = {"number": found.number, "day": day_text(found.until_on)}
    return _("Photo %(number)s: families may look at it until %(day)s.") % words if found.agreed_at else _("Photo %(number)s waits for the supervisor.") % words


def ways(case, asked):
    found = crypto.preload(Attempt.objects.visible().filter(request=asked).order_by("-on", "-pk")[:30])
    return [
        {"cells": [{"text": codes.label("tracing_method", one.method)}, {"text": day_text(one.on)}, {"text": str(one.result or "")}]} for one in found
    ]


# the way home


def way_home(case, way, worker):
    """The steps of domain notes 4.6 as a task list: done, late, what to do now, and where the way ended."""
    with access.system(on_behalf=worker, purpose="tracing"):
        left = {item.code for item in gates.before_deciding(way, gates.HOME)} if way.ended_at is None else set()
        triggers = gates.triggers(way) if way.ended_at is None and not way.solution else []
    open_clocks = {clock.kind: clock.due_at for clock in case.asked["running"]}
    may = case.standing.may("tracing.determine") and case.is_open and way.ended_at is None
    waiting = any(one.kind == "REUNIFY" and one.wanted for one in case.approvals.waiting())
    is_home = way.solution in ("", gates.HOME)
    asked_to = Determination.objects.visible().filter(reunification=way).exists() if "narrative" in case.standing.levels else bool(way.solution)
    is_ready = way.state in ("PREPARING", "REUNITED", "FOLLOWING", "SUSTAINED", "BROKEN")
    decide_note = _("Waits for the supervisor.") if waiting else ", ".join(codes.label("bid_trigger", code) for code in triggers)
    tasks = [
        task(_("Assess the family"), "FAMILY" not in left and "VISIT" not in left, reverse("cases:assess", args=[case.uuid, "FAMILY"]) if may else "", open_clocks.get("TRACING_FAMILY")),
        task(_("Assess the community"), "COMMUNITY" not in left, reverse("cases:assess", args=[case.uuid, "COMMUNITY"]) if may else "", open_clocks.get("TRACING_COMMUNITY")),
        task(_("Decide what is best for the child"), bool(way.solution), at("determine", case) if may and not waiting and not way.solution else "", open_clocks.get("TRACING_DECIDE"), decide_note),
    ]  # fmt: skip
    if is_home:
        tasks += [
            task(_("Prepare the child and the family"), is_ready, at("prepare", case) if may and way.state in ("APPROVED", "PREPARING") else ""),
            task(_("Reunite"), bool(way.reunited_on), at("reunite", case) if may and way.state == "PREPARING" else "", note=day_text(way.reunited_on) if way.reunited_on else ""),
        ]  # fmt: skip
    if way.reunited_on:
        tasks += follow_ups(case, way)
        tasks.append(task(_("Say whether it has lasted"), way.state in ("SUSTAINED", "BROKEN"), at("judge", case) if may else "", open_clocks.get("TRACING_SUSTAINED")))
    return {
        "tasks": tasks, "state": codes.label("reunification_state", way.state), "asked": asked_to,
        "solution": codes.label("durable_solution", way.solution) if way.solution else "", "is_home": is_home, "has_ended": way.ended_at is not None,
    }  # fmt: skip


def task(title, done, url="", due_at=None, note=""):
    when, due_note, late = due(due_at, now=timezone.now()) if due_at and not done else ("", "", False)
    return {"title": title, "done": bool(done), "url": "" if done else url, "due": when, "due_note": due_note, "late": late, "note": note}


def follow_ups(case, way):
    """The visits of the first year, from the room that keeps them."""
    today, may = timezone.localdate(), case.standing.may("care.record_follow_up") and case.is_open
    lines = case.follow_ups.filter(due_on__gte=way.reunited_on).exclude(schedule="RISK").order_by("due_on")
    return [
        {
            "title": codes.label("follow_up_schedule", line.schedule), "done": bool(line.visit_id), "late": not line.visit_id and line.due_on < today,
            "url": reverse("care:follow_up", args=[case.uuid, line.uuid]) if may and not line.visit_id else "", "due": day_text(line.due_on),
            "note": codes.label("follow_up_outcome", line.outcome) if line.outcome else "",
        }
        for line in lines
    ]  # fmt: skip


@panels.question_facts("REUNIFY")
def to_judge(request, approval):
    """What the supervisor judges a decision by: all that was weighed, and what is missing."""
    if not approval.wanted:
        return None
    made = next(iter(crypto.preload(Determination.objects.visible().filter(case=approval.case).order_by("-pk")[:1])), None)
    if made is None:
        return None
    rows = [
        {"label": _("Best for the child"), "value": codes.label("durable_solution", made.solution)},
        {"label": _("What the child wants"), "value": str(made.child_view)},
        {"label": _("Options"), "value": str(made.options)},
        {"label": _("Why"), "value": str(made.reasons)},
        {"label": _("Formal, because"), "value": ", ".join(codes.label("bid_trigger", code) for code in made.triggers) or _("no trigger is there")},
        {"label": _("Panel"), "value": str(made.panel or _("none"))},
        {"label": _("Who objects, and why"), "value": str(made.objection or _("nobody"))},
        {"label": _("Looked at again on"), "value": day_text(made.review_on)},
    ]
    return "care/question.html", {"title": _("Decision"), "rows": rows}
