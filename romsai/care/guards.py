"""What care adds to the guards of a case: a whole plan, best interests, goals, follow-ups, referrals. Sentences for the worker."""

from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.care.models import OPEN_ACTION, PlanState
from romsai.cases.guards import finished
from romsai.cases.lifecycle import Missing, criterion, guard
from romsai.places import codes


@guard("T10")
def plan_is_whole(case):
    """Each live concern has an action or a reason; the child's view; owners; dates (domain notes 4.3, T10)."""
    plan = case.plans.filter(state=PlanState.DRAFT).first()
    if plan is None:
        yield Missing("PLAN", _("There is no plan. Start one."))
        return
    actions = list(plan.actions.filter(state__in=OPEN_ACTION))
    goals = [goal for goal in plan.goals.all() if goal.is_met is None]
    if not goals:
        yield Missing("GOALS", _("The plan has no goal. Write at least one."))
    for goal in goals:
        if not any(action.goal_id == goal.pk for action in actions):
            yield Missing(
                "ACTIONS",
                _("Nothing is planned for the goal “%(goal)s”. Add an action, or say why the goal is not pursued.") % {"goal": goal.text},
            )
    for concern in unserved(case, plan, actions):
        yield Missing(
            "CONCERN",
            _("No action serves “%(concern)s”. Add one, or write why it needs none.") % {"concern": codes.label("concern", concern.code)},
        )
    if not (plan.child_view or plan.no_view_reason):
        yield Missing(
            "VIEW", _("The child's own view is missing. Ask the child and write it down, or write why the child could not be asked.")
        )
    today = timezone.localdate()
    for action in actions:
        if action.due_on < today:
            yield Missing("DATE", _("“%(action)s” should have been done by now. Choose a new day.") % {"action": action.text})


def unserved(case, plan, actions):
    """Live concerns of the case that neither an action of the plan serves nor a reason leaves out."""
    served = {pk for action in actions for pk in action.concerns}
    left_out = {int(pk) for pk in plan.left_out or {}}
    return [concern for concern in case.concerns.live().order_by("noted_at") if concern.pk not in served | left_out]


@guard("T12")
def best_interests_decided(case):
    """A plan with one of the marked steps waits for the formal procedure; safety actions never do (domain notes 2.3)."""
    plan = case.plans.filter(state=PlanState.SUBMITTED).first()
    if plan is None:
        yield Missing("PLAN", _("There is no plan to approve. Ask the worker to send it again."))
    elif plan.best_interests and not (finished(case, "BID") or finished(case, "BIA")):
        steps = ", ".join(codes.label("bid_trigger", code) for code in plan.best_interests)
        yield Missing(
            "BID",
            _("The plan needs a best-interests decision first (%(steps)s). Return it, and finish the best-interests form.")
            % {"steps": steps},
        )


@guard("T14")
def plan_in_force(case):
    if not case.plans.filter(state=PlanState.APPROVED).exists():
        yield Missing("PLAN", _("No plan is in force. Write a plan instead."))


@guard("T16")
def goals_judged(case):
    text = goals(case)
    if text:
        yield Missing("GOALS", text)


@criterion("GOALS")
def goals(case):
    plan = case.plans.filter(state=PlanState.APPROVED).first()
    if plan is None:
        return _("There is no plan in force, so nobody can say that its goals are met. Write a plan and have it approved.")
    if plan.goals.filter(is_met__isnull=True).exists():
        return _("Some goals of the plan are open. Say for each whether it is met, and if not, why.")


@criterion("FOLLOWUPS")
def follow_ups(case):
    due = case.follow_ups.filter(visit__isnull=True, due_on__lte=timezone.localdate())
    if due.exists():
        return _("Follow-up visits are due. Make them and record them.")


@criterion("REFERRALS")
def referrals(case):
    if case.referrals.open().filter(owner__isnull=True).exists():
        return _("A referral is open and nobody answers for it. Close it, or name who does.")
