"""What both sides are asked apart, in the same words: things that a family knows and that stand in no paper."""

from django.utils.translation import gettext_lazy as __

QUESTIONS = {
    "CALLED": __("What was the child called at home, and by whom?"),
    "SIBLINGS": __("Who are the brothers and sisters, from the eldest to the youngest?"),
    "HOUSE": __("What did the house look like, and what stood near it?"),
    "SLEEP": __("Who slept beside the child, and where?"),
    "WORK": __("What did the grown-ups do all day?"),
    "ANIMALS": __("Which animals were there, and what were they called?"),
    "LAST_DAY": __("What happened on the last day together?"),
    "ONLY_US": __("What does only this family know?"),
}
FEWEST = 4  # answers on each side: fewer prove nothing

SAME, DIFFERENT, UNCLEAR = "SAME", "DIFFERENT", "UNCLEAR"
COMPARED = {SAME: __("Alike"), DIFFERENT: __("Different"), UNCLEAR: __("Cannot be compared")}


def is_story_told_alike(compared):
    """Do two accounts taken apart count as a proof? At least three answers alike, and no more than one that differs."""
    said = list(compared.values())
    return said.count(SAME) >= 3 and said.count(DIFFERENT) <= 1
