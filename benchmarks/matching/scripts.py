"""Latin spellings against names in another script, on real pairs: our likeness beside one romaniser at a time.

The pairs are not part of the project (docs/how-to/matching.md says where they are); without them this part is left out and says so. Other
pairs can be tried by a file of two columns, native and Latin: `--pairs file.csv`.
"""

import csv
import os
import random
from collections import defaultdict
from pathlib import Path

from anyascii import anyascii
from rapidfuzz.distance import Indel, JaroWinkler

from romsai.launcher import ROOT

FOLDER = Path(os.environ.get("ROMSAI_NAME_DATA", ROOT.parent / "shared" / "data" / "names"))
MOST = 300  # spellings asked of one set
SETS = {
    "thai names": ("thai_given_names_romanised.csv", "name", ["romanize1", "romanize2", "romanize3"]),
    "thai places": ("thai_subdistrict_place_pairs.csv", "subdistrictNameTh", ["subdistrictNameEn"]),
    "khmer names": ("khmer_name_parts_romanised.csv", "khmer", ["latin"]),
    "khmer places": ("khmer_village_place_pairs.csv", "khmer", ["latin"]),
    "burmese syllables": ("myanmar_name_syllable_pairs.csv", "burmese", ["roman"]),
    "burmese names, zawgyi": ("myanmar_names_zawgyi.csv", "burmese_zawgyi", ["english"]),
}
POOL = 3000  # native names among which the right one is looked for


def pairs(file, native, latin):
    with open(file, encoding="utf-8") as lines:
        return sorted({(row[native], row[column]) for row in csv.DictReader(lines) for column in latin if row.get(column) and row[native]})


def run(own=None):
    from romsai.people import heard, search

    found = {}
    sets = {name: (FOLDER / file, *columns) for name, (file, *columns) in SETS.items()} if own is None else {"own pairs": (own, "native", ["latin"])}
    if not all(file.exists() for file, *_columns in sets.values()):
        print(f"The pairs of names are not at {FOLDER}: set ROMSAI_NAME_DATA. This part is left out.")
        return {}
    romanisers = {"anyascii": anyascii, "icu": _icu()}
    try:
        import uroman

        romanisers["uroman"] = uroman.Uroman().romanize_string
    except ImportError:
        print("uroman is not installed: python -m pip install uroman, to see it beside the others.")
    print(f"\nAcross scripts, recall@1/@10: {'':22s}{'ours':>16s}" + "".join(f"{name:>16s}" for name in romanisers))
    for name, columns in sets.items():
        known = pairs(*columns)
        rng = random.Random(f"pairs {name}")
        right = defaultdict(set)
        for native, latin in known:
            right[latin].add(native)
        asked = rng.sample(sorted(right), min(MOST, len(right)))
        natives = sorted({native for native, _latin in known})
        wanted = set().union(*(right[latin] for latin in asked))
        others = [native for native in natives if native not in wanted]
        natives = sorted(wanted | set(rng.sample(others, min(len(others), max(0, POOL - len(wanted))))))
        heard_natives = [heard.joined(search.called(native).words) if len(search.called(native).words) > 1 else (search.called(native).words or (heard.word(native),))[0] for native in natives]
        line = {"ours": _places(asked, natives, right, lambda latin, known=heard_natives: _ours(latin, known))}
        for which, romanise in romanisers.items():
            forms = [_letters(romanise(native)) for native in natives]
            line[which] = _places(asked, natives, right, lambda latin, forms=forms: [_plain(_letters(latin), form) for form in forms])
        print(f"  {name:24s}{len(asked):5d} of {len(natives):5d}    " + "".join(f"{one:>8.3f}/{ten:.3f}  " for one, ten in line.values()))
        found[name.replace(" ", "_").replace(",", "")] = {which: list(figures) for which, figures in line.items()}
    return {"scripts": found}


def _ours(latin, natives):
    from romsai.people import heard, search

    words = search.called(latin).words
    mine = heard.whole(words) if len(words) != 1 else words[0]
    return [heard.alike(mine, native) for native in natives]


def _plain(one, other):
    return (JaroWinkler.similarity(one, other) + Indel.normalized_similarity(one, other)) / 2


def _letters(text):
    return "".join(c for c in anyascii(text).lower() if c.isalpha())


def _icu():
    import icu

    return icu.Transliterator.createInstance("Any-Latin; Latin-ASCII").transliterate


def _places(asked, natives, right, like):
    """(recall@1, recall@10): candidates with the same figure as the right one count half before it."""
    one = ten = 0
    for latin in asked:
        figures = like(latin)
        best = max(figures[at] for at, native in enumerate(natives) if native in right[latin])
        above = sum(figure > best for figure in figures)
        ties = sum(figure == best for figure in figures) - sum(native in right[latin] and figures[at] == best for at, native in enumerate(natives))
        place = above + 1 + ties / 2
        one, ten = one + (place < 1.5), ten + (place <= 10)
    return one / len(asked), ten / len(asked)
