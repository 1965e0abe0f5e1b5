"""The weights of the search that are estimated on the country's own register; weights.yaml has what is shipped, and holds for all else.

The nightly linkage counts with Splink how often the facts of two strangers agree, and learns how often those of one person do, from what
people decided of its pairs. Each night's figures are kept as a row of their own: the newest is used, and the older ones stay to be looked at.
"""

from romsai.people import likeness
from romsai.people.models import Weights

# Levels of the search as those of the linkage that it is made of.
LEVELS = {
    "birth": {"year": ("same_day", "nearly_same_day", "same_year"), "one": ("within_one",), "two": ("within_two",), "four": ("within_four",), "other": ("far", "other")},
    "sex": {"same": ("same",), "other": ("other",)},
    "place": {"same": ("same_area", "same_province"), "other": ("other",)},
}  # fmt: skip
LEAST = 0.0005  # share below which nothing can be told from a sample


def keep(chances, agreeing, *, persons):
    """Keep what a linkage of so many records found: {fact: {level: share}} of two strangers, and of two records of one person.

    None if the register is too small to tell, or what it says is no weight at all (agreeing is likelier between strangers).
    """
    from romsai.people.linkage.models import SMALL  # not before it is needed: every web process would carry Splink

    if persons < SMALL:
        return None
    fields = {}
    for name, levels in LEVELS.items():
        line = dict(likeness.shipped()["fields"][name])
        for level, parts in levels.items():
            m, u = (max(LEAST, sum(told[name].get(part) or 0 for part in parts)) for told in (agreeing, chances))
            # What is asked is told by mouth, and wrong more often than what two offices wrote down: halfway between what is shipped and learnt.
            line[level] = {"m": round((m + line[level]["m"]) / 2, 4), "u": round(u, 4)}
        best, *_between, worst = (line[level]["m"] / line[level]["u"] for level in levels)
        if best > 1 > worst:
            fields[name] = line
    return Weights.objects.create(persons=persons, fields=fields)


def use():
    """Weigh by the newest estimate from here on."""
    likeness.use(Weights.objects.order_by("-pk").values_list("fields", flat=True).first() or {})
