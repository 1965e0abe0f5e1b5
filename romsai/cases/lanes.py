"""The order in which reports are looked at. No report is refused; what is probably not serious waits in a slow lane at the end.

The score is open: a few facts, each with its points, and those that counted stand beside the report. How little somebody
writes never sends a report there by itself: a child may write one word.
"""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from romsai.core.keys import client as keys

POINTS = {"BUSY_LINE": 2, "SAME_WORDS": 3, "NO_PLACE": 1, "NO_CHILD": 1, "FEW_WORDS": 1}
SPARED = 2  # taken off where danger is told, or a child speaks for itself
SLOW_FROM = 5
FEW = 12  # characters: in scripts without spaces words cannot be counted
SAME_WITHIN = timedelta(days=1)
REASONS = {
    "BUSY_LINE": _("many reports from one connection within minutes"),
    "SAME_WORDS": _("the same words were sent before today"),
    "NO_PLACE": _("no place"),
    "NO_CHILD": _("nothing about the child"),
    "FEW_WORDS": _("only a few letters"),
}


def words_token(worry):
    """The keyed token of what was written, so that the same words are known again without being readable."""
    # A receipt is digits only, so words never have the token of one.
    return keys.tokens("receipt", ["words " + " ".join(worry.casefold().split())])[0]


def slow_reasons(*, is_busy_line, is_repeated, has_place, tells_of_child, worry, is_spared):
    """Why a report waits in the slow lane, as codes of REASONS; empty: it does not."""
    facts = {
        "BUSY_LINE": is_busy_line, "SAME_WORDS": is_repeated, "NO_PLACE": not has_place, "NO_CHILD": not tells_of_child,
        "FEW_WORDS": len("".join(worry.split())) < FEW,
    }  # fmt: skip
    found = [code for code, holds in facts.items() if holds]
    score = sum(POINTS[code] for code in found) - (SPARED if is_spared else 0)
    return found if score >= SLOW_FROM else []
