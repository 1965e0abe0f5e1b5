"""Which of the scored pairs are worth a person's time: the few of each record that stand out, by more than one fact."""

import math
from collections import defaultdict

SURE = 0.35  # a pair is shown if it is likelier than this that it is one person, among all whom either record may be,
RIGHT, LEAST = 0.8, 0.02  # or likelier than the second, as long as of all that are shown the first share are expected to be right
FEW = 5  # pairs of one record before a person at once
TOGETHER = 3.0  # bits from which two records are taken to go together
AGREES = 1.0  # bits from which a fact speaks for the pair
# Facts that come from one source: a name and the nickname are heard together, so are the parents' names.
SOURCES = {"name": "name", "nick": "name", "mother": "parents", "father": "parents", "birth": "birth", "sex": "birth", "place": "place"}


def likelihoods(pairs):
    """(pair, likelihood) of each: its odds against those who compete for the same record, and against none of them being right.

    A weight alone says nothing of rivals: forty boys called Nguyen Van Minh of one year are each possible, and at most one is right. Whoever
    is very likely the same as the other side competes with nobody: a child may stand in five lists.
    """
    weights, near = {}, defaultdict(list)
    for pair in pairs:
        weights[pair["one"], pair["other"]] = pair["weight"]
        near[pair["one"]].append(pair["other"])
        near[pair["other"]].append(pair["one"])

    def weight(one, other):
        return weights.get((min(one, other), max(one, other)), -math.inf)

    def rivals(one, other):
        """Odds of everybody else for `one`, without those who go together with `other`."""
        return sum(2 ** min(weight(one, third), 500) for third in near[one] if third != other and weight(other, third) < TOGETHER)

    for pair in pairs:
        one, other, odds = pair["one"], pair["other"], 2 ** min(pair["weight"], 500)
        yield pair, odds / (1 + odds + max(rivals(one, other), rivals(other, one)))


def sources(pair):
    """How many independent sources speak for the pair. A number on a paper or a telephone stands for itself."""
    return len({SOURCES.get(name, name) for name, (_level, weight) in pair["levels"].items() if weight >= AGREES})


def chosen(pairs, *, few=FEW):
    """(pair, likelihood) to put before a person, the likeliest first; of each record at most `few`."""
    found = [(pair, share) for pair, share in likelihoods(pairs) if share >= LEAST and sources(pair) >= 2]
    found.sort(key=lambda line: (-line[1], line[0]["one"], line[0]["other"]))
    shown, kept, expected = defaultdict(int), [], 0.0
    for pair, share in found:
        if share < SURE and expected + share < RIGHT * (len(kept) + 1):
            break
        if max(shown[pair["one"]], shown[pair["other"]]) < few:
            shown[pair["one"]] += 1
            shown[pair["other"]] += 1
            kept.append((pair, share))
            expected += share
    return kept

