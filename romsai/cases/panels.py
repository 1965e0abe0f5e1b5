"""Tabs of the case page. Higher rooms register theirs; cases never knows them.

    @panels.tab("plan", _("Care plan"), order=30)
    def plan(request, case):
        return "care/panel_plan.html", {...}
"""

from dataclasses import dataclass
from typing import Any


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
