"""Tabs of the case page. Higher rooms register theirs; cases never knows them.

@panels.tab("plan", _("Care plan"), order=30)
def plan(request, case):
    return "care/panel_plan.html", {...}
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Tab:
    """One tab: `draw(request, case)` gives (template, context); `count(case)` the number beside its label, or None."""

    name: str
    label: Any
    order: int
    draw: Any
    count: Any = None


@dataclass(frozen=True)
class Block:
    """Something on the overview: `draw(request, case)` gives (template, context) or None. `side`: beside the main column."""

    name: str
    order: int
    draw: Any
    side: bool = False


_tabs, _blocks, _next_steps = {}, {}, []


def tab(name, label, *, order, count=None):
    def register(draw):
        _tabs[name] = Tab(name, label, order, draw, count)
        return draw

    return register


def block(name, *, order, side=False):
    def register(draw):
        _blocks[name] = Block(name, order, draw, side)
        return draw

    return register


def next_steps(source):
    """Register a function (case, worker) -> list of {title, url, note, due_at, late} for "What needs to happen next"."""
    _next_steps.append(source)
    return source


def tabs():
    return sorted(_tabs.values(), key=lambda t: t.order)


def get_tab(name):
    return _tabs.get(name)


def blocks():
    return sorted(_blocks.values(), key=lambda b: b.order)


def steps_for(case, worker):
    """What needs to happen next on a case, from all rooms, in order of deadline; what has none comes last."""
    found = [step for source in _next_steps for step in source(case, worker)]
    return sorted(found, key=lambda step: (step.get("due_at") is None, step.get("due_at")))


# The work that can be done on a case, for the page of all actions; and how each action reads in the list of who did what.


@dataclass(frozen=True)
class Deed:
    """Something to do on a case: a page of a room and the action of the policy table that it calls."""

    action: str
    label: Any  # as an order: "Record a visit"
    done: Any  # as a fact: "Recorded a visit"
    url_name: str = ""
    group: str = ""


_deeds = {}
GROUPS = {"child": _("The child"), "people": _("People and consent"), "course": _("The course of the case"), "team": _("Who works on it")}


def register_deed(action, label, done, *, url_name="", group=""):
    _deeds[action] = Deed(action, label, done, url_name, group)


def deeds(standing):
    """[(group's words, deeds)] that this Standing allows and that have a page."""
    allowed = [deed for deed in _deeds.values() if deed.url_name and standing.may(deed.action)]
    return [
        (words, [deed for deed in allowed if deed.group == name]) for name, words in GROUPS.items() if any(d.group == name for d in allowed)
    ]


def deed(action):
    """An action of the audit in words; its bare name where no room has named it."""
    known = _deeds.get(action)
    return str(known.done) if known else action.rpartition(".")[2].replace("_", " ").capitalize()


# Ways on from a step that another room's pages take, where a missing thing is put right, and what a question is judged by.


@dataclass(frozen=True)
class Way:
    """A step that is not taken by `advance` but on a page of a higher room: sending the plan to the supervisor."""

    states: tuple
    label: Any
    url_name: str


_ways, _fixes, _questions = [], {}, {}


def way(states, label, url_name):
    _ways.append(Way(tuple(states), label, url_name))


def ways_on(case):
    return [found for found in _ways if case.state in found.states]


def fix(code, url_name):
    """Where a worker puts right what a guard of this code misses."""
    _fixes[code] = url_name


def fix_for(code):
    return _fixes.get(code, "")


def question_facts(kind):
    """Register a function (request, approval) -> (template, context) or None: what a supervisor judges such a question by."""

    def register(draw):
        _questions.setdefault(kind, []).append(draw)
        return draw

    return register


def question(request, approval):
    return [drawn for draw in _questions.get(approval.kind, ()) if (drawn := draw(request, approval))]
