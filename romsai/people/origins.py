"""Places that people say they are from, in any spelling, as the areas they may mean."""

import re
from functools import lru_cache

from django.db.models import Count, Max
from rapidfuzz import process
from rapidfuzz.distance import Indel

from romsai.people import heard
from romsai.people import names as spelling
from romsai.places.models import Area, AreaWithin

LEAST = 0.8  # how alike the likeliest name must be to what was said, if none is nearer

# What a place is, not what it is called.
_KINDS = re.compile(
    r"\b(?:province|prov|district|distr|state|region|division|city|town|township|khet|khoueng|khwaeng|changwat|amphoe|muang|mueang|srok|tinh|thanh pho|kabupaten|kota|provinsi)\b\.?"
    "|^(?:จังหวัด|จ\\.|อำเภอ|อ\\.|แขวง|เมือง|ແຂວງ|ເມືອງ|ខេត្ត|ស្រុក|ក្រុង)|(?:ပြည်နယ်|တိုင်းဒေသကြီး|ခရိုင်|မြို့|省|市|县|自治区)$"
)


def lineages(area_ids):
    """{area id: it and all it lies in, without the country}."""
    wanted = {pk for pk in area_ids if pk}
    found = {}
    if wanted:
        pairs = AreaWithin.objects.filter(descendant__in=wanted, ancestor__level__gt=0).values_list("descendant", "ancestor")
        for descendant, ancestor in pairs:
            found.setdefault(descendant, set()).add(ancestor)
    return {pk: frozenset(areas) for pk, areas in found.items()}


def named(text, most=4):
    """At most four sets as in `lineages`, of areas whose name is the text or sounds like it; the nearest only."""
    bare = _bare(text or "")
    if not bare:
        return []
    known = Area.objects.aggregate(newest=Max("pk"), count=Count("pk"))
    names, folds, slips, firsts = _names(known["newest"], known["count"])
    mine = heard.whole([heard.word(word) for word in bare.split()]).folds
    found = names.get(bare) or _all(folds, mine) or _all(firsts, mine) or _all(slips, {left for fold in mine for left in (fold, *heard.slips(fold))})
    if not found:
        best = [likeliest for fold in mine if (likeliest := process.extractOne(fold, folds.keys(), scorer=Indel.normalized_similarity, score_cutoff=LEAST))]
        found = folds[max(best, key=lambda one: one[1])[0]] if best else ()
    return sorted(lineages(found).values(), key=lambda areas: (len(areas), sorted(areas)))[:most]


def _all(known, forms):
    return set().union(*(known.get(form, ()) for form in forms))


def _bare(text):
    text = spelling.unicode(text).casefold()
    return " ".join(_KINDS.sub(" ", text).split()) or " ".join(text.split())  # a place may be called Town


@lru_cache(1)
def _names(newest, count):
    """Names of all areas as compared: as written, folded, with one letter left out, and without what follows their first words (Shan South,
    Guangxi Zhuang). Areas hardly ever change: kept until their number does.
    """
    names, folds, slips, firsts = {}, {}, {}, {}
    for pk, latin, native in Area.objects.filter(level__gt=0).values_list("pk", "name", "native_name"):
        for text in filter(None, (_bare(latin), _bare(native))):
            names.setdefault(text, set()).add(pk)
        fold = heard.fold(_bare(latin))
        if fold:
            folds.setdefault(fold, set()).add(pk)
            for left in (fold, *heard.slips(fold)):
                slips.setdefault(left, set()).add(pk)
        words = re.findall(r"\w+", _bare(latin))
        for end in range(1, len(words)):
            if first := heard.fold("".join(words[:end])):
                firsts.setdefault(first, set()).add(pk)
    # As tuples of numbers, which the garbage collector leaves alone: a hundred thousand sets would cost it a third of a second each time.
    return [{text: tuple(areas) for text, areas in known.items()} for known in (names, folds, slips, firsts)]
