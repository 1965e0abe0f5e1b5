"""The plan: one page to write it, one to read and print it, and small pages for each change."""

import uuid

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.care import actions, guards, queries
from romsai.care.forms import (
    ActionForm,
    ChildViewForm,
    GoalForm,
    JudgeGoalForm,
    LeaveOutForm,
    NotPursuedForm,
    ReviewForm,
    SubmitPlanForm,
    UpdateActionForm,
)
from romsai.care.models import PlanAction, PlanState
from romsai.cases import lifecycle
from romsai.cases.forms import reasons_of
from romsai.cases.models import CaseState
from romsai.cases.views.case import case_or_404
from romsai.cases.views.work import OnCase
from romsai.core.views import Page
from romsai.places import codes

PUT_RIGHT = {"CONCERN": "unserved", "VIEW": "view"}  # what is missing -> the part of the page where it is put right


def action_form(case, plan, worker, goals, data=None, **options):
    """The form for one action, with what may be chosen in this case."""
    workers, agencies = queries.owners_for(case, worker)
    options.setdefault("initial", {}).setdefault("who", str(worker.uuid))
    return ActionForm(
        data,
        plan=plan,
        workers=workers,
        agencies=agencies,
        concerns=list(case.concerns.live().order_by("noted_at")),
        goals=goals,
        **options,
    )


class PlanPage(Page):
    """A draft is written here: the child's view, the goals and their actions, what is still missing. Any other plan is read and printed."""

    def get_template_names(self):
        return ["care/plan_draft.html" if self.plan and self.plan.state == PlanState.DRAFT and self.may_write else "care/plan.html"]

    def get_context_data(self, **context):
        case = case_or_404(self.kwargs["case"], self.worker)
        self.plan = queries.plan_of(case, PlanState.DRAFT, PlanState.SUBMITTED) or queries.plan_of(case, PlanState.APPROVED)
        self.may_write = case.standing.may("care.set_action")
        if "version" in self.kwargs:
            self.plan, self.may_write = case.plans.visible().filter(uuid=self.kwargs["version"]).first(), False
        if self.plan is None and ("version" in self.kwargs or "narrative" not in case.standing.levels):
            raise Http404
        context |= {"case": case, "plan": self.plan, "may_write": self.may_write, "back": back_to(case)}
        if self.plan is None:
            return super().get_context_data(may_start=self.may_write and case.state in (CaseState.PLANNING, CaseState.REVIEW), **context)
        goals = queries.written(self.plan)
        context |= {
            "goals": [goal for goal in goals if goal.is_met is None or self.plan.state != PlanState.DRAFT],
            "left_out": left_out(case, self.plan),
        }
        if self.plan.state == PlanState.DRAFT and self.may_write:
            context |= self.writing(case, context["goals"])
        return super().get_context_data(**context)

    def writing(self, case, goals):
        plan = self.plan
        open_lines = [line for goal in goals for line in goal.lines if line.is_open]
        view = {"child_view": plan.child_view, "no_view_reason": plan.no_view_reason, "best_interests": plan.best_interests}
        return {
            "view_form": ChildViewForm(initial=view, auto_id="view_%s"),
            "add_form": action_form(case, plan, self.worker, goals, auto_id="add_%s"),
            "submit_form": SubmitPlanForm(initial={"review_on": plan.review_on}, auto_id="send_%s"),
            "unserved": [{"concern": concern, "label": codes.label("concern", concern.code)} for concern in guards.unserved(case, plan, open_lines)],
            "missing": [{"text": item.text, "at": PUT_RIGHT.get(item.code, "add")} for item in guards.plan_is_whole(case)],
            "view_key": uuid.uuid4(), "add_key": uuid.uuid4(), "submit_key": uuid.uuid4(),
        }  # fmt: skip


def back_to(case, tab="plan"):
    return {"url": reverse("cases:tab", args=[case.uuid, tab]), "label": case.called.name}


def left_out(case, plan):
    """[{label, reason}] of concerns that the plan leaves out."""
    reasons = plan.left_out or {}
    return [
        {"label": codes.label("concern", concern.code), "reason": reasons[str(concern.pk)], "concern": concern}
        for concern in case.concerns.all() if str(concern.pk) in reasons
    ]  # fmt: skip


class OnPlan(OnCase):
    """A form about the plan being written."""

    states = (PlanState.DRAFT,)

    def get_record(self):
        super().get_record()
        self.plan = queries.plan_of(self.case, *self.states)
        if self.plan is None:
            raise Http404
        return self.plan

    def get_success_url(self):
        return reverse("care:plan", args=[self.case.uuid])

    def get_context_data(self, **context):
        url = reverse("care:plan", args=[self.case.uuid])
        return super().get_context_data(**{"cancel_url": url, "back": {"url": url, "label": _("Care plan")}, **context})


class StartPlan(OnCase):
    action_name = "care.start_plan"
    title, submit = __("Write a care plan"), __("Start the plan")
    lead = __("One plan for all concerns. What is unfinished in the plan in force is taken over.")

    def get_success_url(self):
        return reverse("care:plan", args=[self.case.uuid])

    def act(self, form, client_key):
        return actions.start_plan(self.case, by=self.worker, client_key=client_key)


class OnGoal(OnPlan):
    def get_record(self):
        super().get_record()
        self.goal = self.plan.goals.visible().filter(uuid=self.kwargs["goal"]).first()
        if self.goal is None:
            raise Http404
        return self.goal


class EditGoal(OnGoal):
    action_name = "care.set_goal"
    form_class = GoalForm
    title, submit = __("Change the goal"), __("Save the goal")

    def get_initial(self):
        return {"text": self.goal.text}

    def act(self, form, client_key):
        return actions.set_goal(self.plan, by=self.worker, goal=self.goal, client_key=client_key, **form.cleaned_data)


class DropGoal(OnGoal):
    action_name = "care.judge_goal"
    form_class = NotPursuedForm
    title, submit, warning = __("Leave this goal out of the plan"), __("Leave it out"), True

    def get_context_data(self, **context):
        return super().get_context_data(lead=self.goal.text, **context)

    def act(self, form, client_key):
        return actions.judge_goal(self.goal, by=self.worker, is_met=False, client_key=client_key, **form.cleaned_data)


class JudgeGoal(OnGoal):
    action_name = "care.judge_goal"
    form_class = JudgeGoalForm
    states = (PlanState.APPROVED,)
    title, submit = __("Is the goal met?"), __("Save the answer")
    success_message = __("The answer is recorded.")

    def get_success_url(self):
        return reverse("cases:tab", args=[self.case.uuid, "plan"])  # where the other goals wait for an answer

    def get_context_data(self, **context):
        return super().get_context_data(lead=self.goal.text, **context)

    def act(self, form, client_key):
        return actions.judge_goal(self.goal, by=self.worker, client_key=client_key, **form.cleaned_data)


class AddAction(OnPlan):
    """What will be done; with a new goal if it needs one, so that both are written on one page."""

    action_name = "care.set_action"
    title, submit = __("Add an action"), __("Add the action")
    success_message = __("The action is in the plan.")

    def get_form(self, form_class=None):
        goals = [goal for goal in queries.written(self.plan) if goal.is_met is None]
        return action_form(self.case, self.plan, self.worker, goals, self.request.POST or None, initial=self.get_initial())

    def act(self, form, client_key):
        got = form.cleaned_data
        goal = got.get("goal")
        if (got.get("new_goal") or "").strip():
            goal_key = client_key and uuid.uuid5(client_key, "goal")
            goal = actions.set_goal(self.plan, by=self.worker, text=got["new_goal"], client_key=goal_key)
        facts = {"text": got["text"], "due_on": got["due_on"], "concerns": got["concerns"], **form.owner()}
        return actions.set_action(goal, by=self.worker, client_key=client_key, plan_action=self.line(), **facts)

    def line(self):
        return None


class OnAction(OnPlan):
    def get_record(self):
        OnCase.get_record(self)
        lines = PlanAction.objects.visible().filter(case=self.case, plan__state__in=self.states)
        self.plan_action = lines.filter(uuid=self.kwargs["action"]).select_related("plan", "goal", "owner", "owner_agency").first()
        if self.plan_action is None:
            raise Http404
        self.plan = self.plan_action.plan
        return self.plan_action


class EditAction(OnAction, AddAction):
    title, submit = __("Change the action"), __("Save the action")
    success_message = __("The action is changed.")

    def get_initial(self):
        line = self.plan_action
        ticked = [str(concern.uuid) for concern in line.served()]
        return {
            "text": line.text,
            "goal": str(line.goal.uuid),
            "who": str((line.owner or line.owner_agency).uuid),
            "due_on": line.due_on,
            "concerns": ticked,
        }

    def line(self):
        return self.plan_action


class UpdateAction(OnAction):
    action_name = "care.update_action"
    form_class = UpdateActionForm
    states = (PlanState.APPROVED, PlanState.DRAFT)
    title, submit, tab = __("How far is it?"), __("Save"), "plan"
    success_message = __("It is noted how far the action is.")

    def get_initial(self):
        return {"state": self.plan_action.state, "reason": self.plan_action.reason}

    def get_context_data(self, **context):
        return super().get_context_data(lead=self.plan_action.text, **context)

    def act(self, form, client_key):
        return actions.update_action(self.plan_action, by=self.worker, client_key=client_key, **form.cleaned_data)


class ChildView(OnPlan):
    action_name = "care.record_child_view"
    form_class = ChildViewForm
    title = __("The child's own view")
    success_message = __("The child's view is in the plan.")

    def get_initial(self):
        return {"child_view": self.plan.child_view, "no_view_reason": self.plan.no_view_reason, "best_interests": self.plan.best_interests}

    def act(self, form, client_key):
        return actions.record_child_view(self.plan, by=self.worker, client_key=client_key, **form.cleaned_data)


class LeaveOut(OnPlan):
    action_name = "care.leave_out"
    form_class = LeaveOutForm
    title = __("A concern without an action")

    def get_record(self):
        super().get_record()
        self.concern = self.case.concerns.filter(uuid=self.kwargs["concern"]).first()
        if self.concern is None:
            raise Http404
        return self.plan

    def get_context_data(self, **context):
        return super().get_context_data(lead=codes.label("concern", self.concern.code), **context)

    def act(self, form, client_key):
        return actions.leave_out(self.plan, by=self.worker, concern=self.concern, client_key=client_key, **form.cleaned_data)


class SubmitPlan(OnPlan):
    action_name = "care.submit_plan"
    form_class = SubmitPlanForm
    title, submit = __("Send the plan to the supervisor"), __("Send the plan")
    success_message = __("The plan is with the supervisor.")

    def get_success_url(self):
        return reverse("cases:tab", args=[self.case.uuid, "plan"])

    def act(self, form, client_key):
        return actions.submit_plan(self.plan, by=self.worker, client_key=client_key, **form.cleaned_data)


class Review(OnCase):
    """The risk is looked at again and the way on is chosen, on one page."""

    action_name = "care.review"
    form_class = ReviewForm
    title, submit, tab = __("Review"), __("End the review"), "plan"
    success_message = __("The review is recorded.")

    def get_initial(self):
        return {"risk": self.case.risk, "reasons": "\n".join(self.case.risk_reasons)}

    def get_context_data(self, **context):
        transition = lifecycle.find(self.case, CaseState.FOLLOW_UP, "decide")
        left = [item.text for item in lifecycle.missing(self.case, transition)] if transition else []
        lead = _("Before the main goals count as met: %(what)s") % {"what": " ".join(left)} if left else ""
        return super().get_context_data(lead=lead, **context)

    def act(self, form, client_key):
        got = form.cleaned_data
        return actions.review(
            self.case,
            by=self.worker,
            client_key=client_key,
            to=got["to"],
            summary=got["summary"],
            risk=got["risk"],
            reasons=reasons_of(got["reasons"]),
            review_on=got["review_on"],
        )
