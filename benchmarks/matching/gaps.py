"""Names whose gaps stand elsewhere in the question: two Burmese syllables typed as one word, a Thai or Lao first name typed as two, the rest of the name left out."""

import random

from benchmarks.matching import lists, measure, people
from benchmarks.matching.errors import Asked

MOST = 100  # questions of a kind
FIRST = {"TH": lists.TH_FIRST, "LA": lists.LA_FIRST}


def run(kept):
    found, kinds = {}, questions(kept.count)
    for kind, asked in kinds.items():
        told = measure.of_romsai(asked, kept.keys.pid)
        print(f"\nRomsai, syllables typed {kind}: {len(asked)} questions, recall@1 {told.recall(1)} @10 {told.recall(10)}; candidates {measure.spread(told.candidates)}")
        found |= {f"recall_at_1_{kind}": told.recall(1), f"recall_at_10_{kind}": told.recall(10)}
    return found


def questions(count):
    """{"together": questions, "apart": questions}, each with the year of birth, the sex and the province as registered, in Latin letters."""
    rng, found = random.Random("gaps"), {"together": [], "apart": []}
    for number in rng.sample(range(1, count + 1), min(count, 50 * MOST)):
        person = people.person(number)
        if told := _told(person):
            kind, name = told
            if len(found[kind]) < MOST:
                found[kind].append(Asked(number, [name], person.born.year, person.sex, person.province))
    return found


def _told(person):
    words = person.name[1].split()
    if person.country == "MM" and len(words) > 2:
        return "together", (words[0] + words[1]).capitalize()
    for _native, first in FIRST.get(person.country, ()):
        last = words[0][len(first) :]
        if words[0].startswith(first) and len(last) > 1:
            return "apart", f"{first} {last.capitalize()}"
    return None
