"""What speaks for a pair and against it, in words: strength in bands, never a bare number."""

from django.utils.translation import gettext_lazy as _

FACTS = {
    "name": _("Name"), "nick": _("Nickname"), "birth": _("Born"), "sex": _("Sex"), "place": _("Place"), "mother": _("Mother’s name"),
    "father": _("Father’s name"), "phone": _("Telephone"), "number": _("Number on a paper"),
}  # fmt: skip
LEVELS = {
    "same": _("the same"), "sounds_alike": _("sounds alike"), "nearly_same": _("nearly the same"), "two_words": _("two words sound alike"),
    "nearly_alike": _("sounds nearly alike"), "rare_word": _("a rare word is the same"), "similar": _("similar"), "one_word": _("one word sounds alike"),
    "same_day": _("the same day"), "nearly_same_day": _("nearly the same day"), "same_year": _("the same year"), "within_one": _("a year apart"),
    "within_two": _("two years apart"), "within_four": _("three or four years apart"), "far": _("many years apart"),
    "same_area": _("the same area"), "same_province": _("the same province"), "other": _("different"),
}  # fmt: skip
FOR = 1.5  # bits from which a fact speaks for one child
LIKELY = 0.65
BANDS = [
    (6, _("speaks strongly for it"), "strong"),
    (FOR, _("speaks for it"), "for"),
    (-1, _("says little"), "little"),
    (float("-inf"), _("speaks against it"), "against"),
]


def told(pair):
    """[{fact, level, band, code}] of a pair, what weighs most first. What one of the two records does not say is left out."""
    lines = []
    for name, (level, weight) in sorted(pair.levels.items(), key=lambda item: -abs(item[1][1])):
        band, code = next((words, code) for least, words, code in BANDS if weight >= least)
        lines.append({"fact": FACTS[name], "level": LEVELS[level], "band": band, "code": code})
    return lines


def told_blind(pair):
    """The same for whoever may not learn of the other record: which facts speak for one child, not what they are, and nothing of places."""
    return [{"fact": line["fact"], "band": line["band"]} for line in told(pair) if line["fact"] != FACTS["place"] and line["code"] != "little"]


def likely(pair):
    """How likely a pair is one child, as a band."""
    return _("Very likely") if pair.likelihood >= 0.9 else _("Likely") if pair.likelihood >= LIKELY else _("Possible")
