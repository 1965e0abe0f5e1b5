"""The states of a case and what must be true to move: the transitions T06-T25 of the domain notes, as data.

A guard looks at the case and says what is missing, in sentences for the worker. Higher rooms add guards of their own
(`guard("T10")`). Some can be overridden, only for danger, by a named person, and are looked at again within two working days.
"""

from dataclasses import dataclass, field

from romsai.cases.models import ENDED
from romsai.cases.models import CaseState as S


@dataclass(frozen=True)
class Missing:
    """Something that stands in the way. `code` is stable; `text` says what to do."""

    code: str
    text: str
    can_override: bool = False


@dataclass(frozen=True)
class Transition:
    number: str
    origin: tuple
    target: str
    through: str = "advance"  # advance, or the action that alone may do it


TRANSITIONS = [
    Transition("T06", (S.REGISTERED,), S.INITIAL_ASSESSMENT),
    Transition("T07", (S.INITIAL_ASSESSMENT,), S.FULL_ASSESSMENT),
    Transition("T08", (S.INITIAL_ASSESSMENT,), S.CLOSURE_REQUESTED, "ask_closure"),
    Transition("T09", (S.FULL_ASSESSMENT,), S.PLANNING),
    Transition("T10", (S.PLANNING,), S.PLAN_APPROVAL, "submit_plan"),
    Transition("T11", (S.PLAN_APPROVAL,), S.PLANNING, "decide"),
    Transition("T12", (S.PLAN_APPROVAL,), S.IMPLEMENTATION, "decide"),
    Transition("T13", (S.IMPLEMENTATION,), S.REVIEW),
    Transition("T14", (S.REVIEW,), S.IMPLEMENTATION),
    Transition("T15", (S.REVIEW,), S.PLANNING),
    Transition("T16", (S.IMPLEMENTATION, S.REVIEW), S.FOLLOW_UP, "decide"),
    Transition("T17", (S.FOLLOW_UP,), S.REVIEW),
    Transition("T18", (S.FOLLOW_UP, S.REVIEW), S.CLOSURE_REQUESTED, "ask_closure"),
    Transition("T19", (S.CLOSURE_REQUESTED,), S.CLOSED, "decide"),
    Transition("T20", (S.CLOSURE_REQUESTED,), S.REVIEW, "decide"),
    # Who left the system may come back: a child brought back from abroad goes on in the same file.
    Transition("T21", (S.CLOSED, S.TRANSFERRED), S.REOPENED, "reopen"),
    Transition("T22", (S.REOPENED,), S.INITIAL_ASSESSMENT),
    Transition("T23", tuple(state for state in S if state not in ENDED), S.TRANSFERRED, "record_receipt"),
    Transition(
        "T24",
        (
            S.REGISTERED,
            S.INITIAL_ASSESSMENT,
            S.FULL_ASSESSMENT,
            S.PLANNING,
            S.PLAN_APPROVAL,
            S.IMPLEMENTATION,
            S.REVIEW,
            S.FOLLOW_UP,
            S.REOPENED,
        ),
        S.SUSPENDED_UNREACHABLE,
        "suspend",
    ),
    Transition("T25", (S.SUSPENDED_UNREACHABLE,), S.REVIEW, "resume"),
    Transition("T25", (S.SUSPENDED_UNREACHABLE,), S.CLOSURE_REQUESTED, "ask_closure"),
]

# The six steps of case management, for the bar on the case page.
STEPS = {
    "S1": (S.REGISTERED, S.REOPENED),
    "S2": (S.INITIAL_ASSESSMENT, S.FULL_ASSESSMENT),
    "S3": (S.PLANNING, S.PLAN_APPROVAL),
    "S4": (S.IMPLEMENTATION, S.SUSPENDED_UNREACHABLE),
    "S5": (S.REVIEW, S.FOLLOW_UP),
    "S6": (S.CLOSURE_REQUESTED, S.CLOSED, S.TRANSFERRED, S.MERGED),
}

_guards = {}


def guard(number):
    """Register a function case -> iterable of Missing for a transition; several may guard one."""

    def register(look):
        _guards.setdefault(number, []).append(look)
        return look

    return register


def find(case, target, through="advance"):
    """The transition from the case's state to the target by this way, or None."""
    for line in TRANSITIONS:
        if case.state in line.origin and line.target == target and line.through == through:
            return line
    return None


def missing(case, transition):
    """Everything that still stands in the way, in the order of the guards."""
    return [item for look in _guards.get(transition.number, ()) for item in look(case)]


def ways(case):
    """[(transition, missing)] that a worker can take from here by `advance`."""
    return [(line, missing(case, line)) for line in TRANSITIONS if case.state in line.origin and line.through == "advance"]


# Closing: which criteria apply depends on the reason. Each criterion is a guard of its own: case -> Missing or None.

ALL = ("SAFE", "GOALS", "VIEWS", "FOLLOWUPS", "REFERRALS", "JUSTICE", "PAPERS", "CONTACT", "FEEDBACK", "SUPERVISOR")
CRITERIA = {
    "GOALS_MET": ALL,
    "REUNIFIED_STABLE": ALL,
    "DURABLE_OTHER": ALL,
    "AGED_OUT": ALL,
    "UNREACHABLE_CLOSE": ("REFERRALS", "JUSTICE", "SEARCH", "SUPERVISOR"),
    "DIED": ("JUSTICE", "DEATH_REVIEW", "SUPERVISOR"),
    "NOT_SUBSTANTIATED": ("CONTACT", "VIEWS", "SUPERVISOR"),
    "DECLINED_SAFE": ("CONTACT", "VIEWS", "SUPERVISOR"),
    "LEFT_COUNTRY": ("HANDOVER", "SUPERVISOR"),
    "DUPLICATE": ("SUPERVISOR",),
    "TRANSFERRED_CLOSE": ("SUPERVISOR",),
}


@dataclass
class _Criteria:
    looks: dict = field(default_factory=dict)


_criteria = _Criteria()


def criterion(code):
    """Register a function case -> str or None: why this closure criterion is not met, as a sentence."""

    def register(look):
        _criteria.looks[code] = look
        return look

    return register


def closure_missing(case, reason):
    """The closure criteria that apply to this reason and are not met. SUPERVISOR is met by the approval itself."""
    found = []
    for code in CRITERIA[reason]:
        look = _criteria.looks.get(code)
        text = look(case) if look else None
        if text:
            found.append(Missing(code, text))
    return found
