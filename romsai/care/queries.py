"""Questions over plans, referrals and sharing. Each starts from what the asker may read."""

from functools import partial

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.care.models import OPEN_ACTION, Goal, Placement, Plan, PlanAction, PlanState, Referral, Transfer
from romsai.cases import words
from romsai.cases.models import Case, CaseState, Concern, SafetyPlan
from romsai.cases.queries import called, know_children
from romsai.core import crypto
from romsai.core.dates import day_text
from romsai.people.models import Address, Contact
from romsai.places import codes
from romsai.places.models import Agency, Facility, Worker


def plan_of(case, *states):
    """The newest plan of the case in one of these states (any, if none is named) that the asker may read."""
    plans = Plan.objects.visible().filter(case=case).select_related("approved_by", "started_by")
    return (plans.filter(state__in=states) if states else plans.exclude(state=PlanState.REPLACED)).order_by("-pk").first()


def written(plan):
    """The goals of a plan in order, each with `lines`: its actions, each with `serves`, the codes of its concerns; four queries."""
    goals = crypto.preload(Goal.objects.visible().filter(plan=plan).order_by("pk"))
    lines = crypto.preload(PlanAction.objects.visible().filter(plan=plan).select_related("owner", "owner_agency").order_by("due_on", "pk"))
    concerns = dict(Concern.objects.visible().filter(case=plan.case_id).values_list("pk", "code"))
    today = timezone.localdate()
    for goal in goals:
        goal.lines = [line for line in lines if line.goal_id == goal.pk]
    for line in lines:
        line.serves = [concerns[pk] for pk in line.concerns if pk in concerns]
        line.is_open = line.state in OPEN_ACTION
        line.is_late = line.is_open and line.due_on < today
        line.who = line.owner.name if line.owner else line.owner_agency.name
    return goals


def owners_for(case, worker):
    """(workers, agencies) who may be named for an action: those on the case, the own team; every active agency."""
    on_case = case.assignments.running().values("worker")
    workers = Worker.objects.active().filter(Q(pk__in=on_case) | Q(team=case.team_id, role__in=["WORKER", "SUPERVISOR"]))
    first = sorted(workers.distinct(), key=lambda other: (other.pk != worker.pk, other.name))
    return first, list(Agency.objects.active())


def providers(service, *, child, area):
    """Open facilities with this service for this child, in or near the area first; each with `offer`, what it says of the service."""
    ages = child.ages(timezone.localdate())
    fitting = Facility.objects.open().offering(service, age=ages[0] if ages else None, sex=child.sex if child.sex in ("F", "M") else None)
    near = set(fitting.near(area).values_list("pk", flat=True)) if area else set()
    found = list(fitting.select_related("agency", "area").prefetch_related("services"))
    for place in found:
        place.offer = next(line for line in place.services.all() if line.service == service)
        place.is_near = place.pk in near
    return sorted(found, key=lambda place: (not place.is_near, place.name))


def inbox(worker):
    """Referrals sent to the worker's agency: those that wait for an answer first, by deadline; each with `child`, a Called or None."""
    sent = list(Referral.objects.visible().filter(agency=worker.agency_id).select_related("facility").order_by("answer_by", "pk")[:200])
    children = _children(sent)
    for referral in sent:
        referral.child = children.get(referral.case_id)
    return sent


def _children(referrals):
    """case id -> Called, of those cases that the asker may see."""
    cases = list(Case.objects.visible().filter(pk__in={referral.case_id for referral in referrals}))
    know_children(cases)
    names = called([case.child for case in cases])
    return {case.pk: names[case.child_id] for case in cases}


def waiting_for(worker):
    """How many referrals wait for this worker's agency to answer."""
    return Referral.objects.visible().filter(agency=worker.agency_id, state__in=["SENT", "RECEIVED", "EXPIRED"]).count()


def offers(worker):
    """Cases offered to the worker's team, nearest deadline first."""
    if worker.team_id is None:
        return Transfer.objects.none()
    return (
        Transfer.objects.visible()
        .filter(team=worker.team_id, state="OFFERED")
        .select_related("from_team__agency", "offered_by")
        .order_by("accept_by")
    )


def told(case, levels, *, is_masked=False):
    """What these levels of a case say, as sections [{title, rows}], out of what the asker may read: for the sender before, for the recipient after.

    is_masked: without the names of workers, for copies that go to courts.
    """
    tell = {
        "core": _core,
        "identity": _identity,
        "location": _location,
        "narrative": partial(_narrative, is_masked=is_masked),
        "legal": _legal,
    }
    found = []
    for level in levels:
        rows = tell[level](case) if level in tell else []
        if rows:
            found.append({"level": level, "rows": rows})
        elif level == "medical":
            found.append({"level": level, "rows": [{"label": _("Nothing yet"), "value": _("Nothing of this is on the record.")}]})
    return found


def _core(case):
    concerns = [codes.label("concern", code) for code in Concern.objects.visible().filter(case=case).live().values_list("code", flat=True)]
    rows = [
        {"label": _("Case"), "value": case.number},
        {"label": _("Step"), "value": CaseState(case.state).label},
        {"label": _("Risk"), "value": codes.label("risk_level", case.risk)},
        {"label": _("Concerns"), "value": "\n".join(concerns)},
    ]
    if case.language:
        rows.append({"label": _("Speaks"), "value": codes.label("language", case.language)})
    return rows


def _legal(case):
    return [{"label": _("Justice"), "value": codes.label("justice_state", case.justice)}]


def _identity(case):
    child, name = case.child, called([case.child])[case.child_id]
    rows = [
        {"label": _("Name"), "value": name.name, "note": name.native, "lang": name.lang},
        {"label": _("Age and sex"), "value": f"{words.age(child, timezone.localdate())}, {words.boy_or_girl(child.sex)}"},
    ]
    for contact in crypto.preload(Contact.objects.visible().filter(person=child, is_current=True).exclude(safe_to_call=False)):
        rows.append({"label": contact.get_kind_display().capitalize(), "value": str(contact.value), "note": str(contact.hours or "")})
    return rows


def _location(case):
    rows = []
    # An address kept secret even within the case goes to nobody outside it.
    for address in Address.objects.visible().filter(person=case.child_id, is_current=True, is_confidential=False).select_related("area"):
        rows.append({"label": _("Lives at"), "value": str(address.text or address.area or "")})
    for stay in Placement.objects.visible().filter(case=case, until_on__isnull=True).select_related("facility"):
        where = stay.facility.name if stay.facility else str(stay.where or "")
        rows.append(
            {
                "label": codes.label("care_arrangement", stay.care),
                "value": where,
                "note": _("since %(day)s") % {"day": day_text(stay.from_on)},
            }
        )
    return rows


def _narrative(case, *, is_masked):
    rows = []
    safety = SafetyPlan.objects.visible().filter(case=case).order_by("-pk").first()
    if safety:
        rows.append({"label": _("Safety plan"), "value": str(safety.steps)})
    plan = plan_of(case, PlanState.APPROVED)
    if plan:
        if plan.child_view:
            rows.append({"label": _("The child says"), "value": str(plan.child_view)})
        for goal in written(plan):
            for line in goal.lines if is_masked else ():
                line.who = (line.owner_agency or line.owner.agency).name
            rows.append(
                {
                    "label": str(goal.text),
                    "value": "\n".join(f"{line.text} ({line.who}, {day_text(line.due_on)})" for line in goal.lines if line.is_open),
                }
            )
    return rows


def shares_of(case):
    """Who reads what of the case now, by whose word, until when."""
    return case.shares.live(at=timezone.now()).select_related("agency", "consent").order_by("until_at")
