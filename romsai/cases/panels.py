"""Tabs of the case page. Higher rooms register theirs; cases never knows them.

@panels.tab("plan", _("Care plan"), order=30)
def plan(request, case):
    return "care/panel_plan.html", {...}
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.template.loader import render_to_string
from django.urls import get_resolver
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.core import crypto
from romsai.core.together import together


@dataclass(frozen=True)
class Tab:
    """One tab: `draw(request, case)` gives (template, context); `count(case)` the number beside its label, or None.

    level: what one must read of the case for the tab to be offered; its address still answers, with the reason.
    """

    name: str
    label: Any
    order: int
    draw: Any
    count: Any = None
    level: str = "core"


@dataclass(frozen=True)
class Block:
    """Something on the overview: `draw(request, case)` gives (template, context) or None. `side`: beside the main column."""

    name: str
    order: int
    draw: Any
    side: bool = False


_tabs, _blocks, _next_steps, _needs, _above_lists = {}, {}, [], [], []


def needs(*tabs):
    """Register `wanted(case, worker)` -> {name: queryset}: rows that the case page needs on these tabs, on every tab where none is named.

    The rows of all rooms come in one statement; who draws finds each list by its name in `case.asked`.
    """

    def register(wanted):
        _needs.append((tabs, wanted))
        return wanted

    return register


def ask(case, worker, tab):
    """Fill `case.asked` with what every room needs to draw this tab; the keys of all sealed rows are opened at once."""
    wanted = {}
    for tabs, source in _needs:
        if not tabs or tab in tabs:
            wanted |= source(case, worker)
    answers = together(*wanted.values())
    crypto.preload(row for rows in answers for row in rows)
    case.asked = {name: list(rows) for name, rows in zip(wanted, answers, strict=True)}


def tab(name, label, *, order, count=None, level="core"):
    def register(draw):
        _tabs[name] = Tab(name, label, order, draw, count, level)
        return draw

    return register


def block(name, *, order, side=False):
    def register(draw):
        _blocks[name] = Block(name, order, draw, side)
        return draw

    return register


def above_list(draw):
    """Register `draw(request, page, is_narrowed)` -> (template, context): something above the list of cases of this address."""
    _above_lists.append(draw)
    return draw


def drawn_above(request, page, is_narrowed=False):
    """What other rooms show above this list, as HTML."""
    drawn = [draw(request, page, is_narrowed) for draw in _above_lists]
    return [render_to_string(template, context, request=request) for template, context in drawn]


def next_steps(source):
    """Register a function (case, worker) -> list of {title, url, note, due_at, late} for "What needs to happen next"."""
    _next_steps.append(source)
    return source


def tabs(standing=None):
    """All tabs in order, or those of which this Standing may read something."""
    offered = [tab for tab in _tabs.values() if standing is None or tab.level in standing.levels]
    return sorted(offered, key=lambda t: t.order)


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
    """Something to do on a case: a page of a room, the action of the policy table that it calls, and when the case is fit for it."""

    action: str
    label: Any  # as an order: "Record a visit"
    done: Any  # as a fact: "Recorded a visit"
    url_name: str = ""
    group: str = ""
    fits: Any = None


_deeds = {}
GROUPS = {
    "child": __("The child"),
    "people": __("People and consent"),
    "course": __("The course of the case"),
    "team": __("Who works on it"),
}


def _is_open(case):
    return case.is_open


def register_deed(action, label, done, *, url_name="", group="", fits=_is_open):
    """fits(case): whether the case as it stands can take this at all; an open one, unless said otherwise."""
    _deeds[action] = Deed(action, label, done, url_name, group, fits)


def deeds(case):
    """[(group's words, deeds)] that the asker may do on the case as it stands, and that have a page."""
    allowed = [deed for deed in _deeds.values() if deed.url_name and case.standing.may(deed.action) and deed.fits(case)]
    return [
        (words, [deed for deed in allowed if deed.group == name]) for name, words in GROUPS.items() if any(d.group == name for d in allowed)
    ]


def deed(action):
    """An action of the audit in words; its bare name where no room has named it."""
    known = _deeds.get(action)
    return str(known.done) if known else action.rpartition(".")[2].replace("_", " ").capitalize()


# How a page reads in the list of who has looked: by its own title, else as a room names it here.

_page_words = {}


def page(url_name, words):
    """Say what a page without a title of its own is called: "The list of my cases"."""
    _page_words[url_name] = words


@cache
def _titles(resolver=None, space=""):
    """Address name -> title of its view, of all pages that have one."""
    found = {}
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            found |= _titles(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        else:
            found[f"{space}{pattern.name}"] = getattr(getattr(pattern.callback, "view_class", None), "title", "")
    return {name: title for name, title in found.items() if title}


def page_words(url_name):
    """What a page of an audit line (`cases:visit`, `cases:tab:history`) is called; "" where nobody has said it."""
    if url_name.startswith("cases:tab:"):
        tab = get_tab(url_name.removeprefix("cases:tab:"))
        return _("The case: %(tab)s") % {"tab": tab.label} if tab else ""
    return str(_page_words.get(url_name) or _titles().get(url_name, ""))


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
