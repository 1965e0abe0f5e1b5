"""How much of real names the keys find and the romaniser gets right. The data are not part of the project: without them, skipped.

The Thai given names, Khmer villages and Burmese syllables were looked at while the rules were written, so those figures flatter;
the Thai sub-districts and the Burmese transliterations were not.
"""

import csv
import difflib
import os
from collections import defaultdict
from pathlib import Path

import pytest

from romsai.people import names, sounds

FOLDER = Path(os.environ.get("ROMSAI_NAME_DATA", Path(__file__).parents[4] / "shared" / "data" / "names"))

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the name data are not here")


def pairs(name):
    """(native, Latin) pairs of one set."""
    file, native, latin = {
        "thai names": ("thai_given_names_romanised.csv", "name", ["romanize1", "romanize2", "romanize3"]),
        "thai places": ("thai_subdistrict_place_pairs.csv", "subdistrictNameTh", ["subdistrictNameEn"]),
        "khmer names": ("khmer_name_parts_romanised.csv", "khmer", ["latin"]),
        "khmer places": ("khmer_village_place_pairs.csv", "khmer", ["latin"]),
        "burmese syllables": ("myanmar_name_syllable_pairs.csv", "burmese", ["roman"]),
        "burmese transliterations": ("english_myanmar_transliteration_alt.csv", "burmese", ["english"]),
    }[name]
    with open(FOLDER / file, encoding="utf-8") as lines:
        return sorted({(row[native], row[column]) for row in csv.DictReader(lines) for column in latin if row[column]})


def plain(latin):
    return "".join(c for c in latin.lower() if c.isalpha())


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("thai names", 0.89), ("thai places", 0.77), ("khmer names", 0.95), ("khmer places", 0.84), ("burmese syllables", 0.92),
        ("burmese transliterations", 0.25),
    ],
)  # fmt: skip
def test_share_of_latin_spellings_that_find_the_native_name(name, least):
    known = pairs(name)
    under = defaultdict(set)
    for native in {native for native, _ in known}:
        for key in sounds.stored(names.tidy(native)):
            under[key].add(native)
    hits = block = 0
    for native, latin in known:
        found = set().union(*(under.get(key, ()) for key in sounds.asked(plain(latin))))
        hits += native in found
        block += len(found)
    pool = len({native for native, _ in known})
    print(f"{name}: {hits / len(known):.3f} of {len(known)} found, {block / len(known):.1f} candidates of {pool}")
    assert hits / len(known) >= least


@pytest.mark.parametrize(
    ("name", "least"),
    [("thai names", 0.92), ("thai places", 0.95), ("khmer names", 0.78), ("burmese syllables", 0.85)],
)
def test_likeness_of_our_reading_to_a_customary_spelling(name, least):
    customary = defaultdict(list)
    for native, latin in pairs(name):
        customary[native].append(plain(latin))
    likeness = [
        max(difflib.SequenceMatcher(None, plain(names.latin(native)), latin, autojunk=False).ratio() for latin in spellings)
        for native, spellings in customary.items()
    ]
    exact = sum(value == 1 for value in likeness) / len(likeness)
    print(f"{name}: likeness {sum(likeness) / len(likeness):.3f}, exactly a customary spelling {exact:.3f}")
    assert sum(likeness) / len(likeness) >= least


def test_zawgyi_found_and_false_alarms():
    with open(FOLDER / "myanmar_names_zawgyi.csv", encoding="utf-8") as lines:
        zawgyi = [row["burmese_zawgyi"] for row in csv.DictReader(lines)]
    unicode = [native for name in ("burmese syllables", "burmese transliterations") for native, _ in pairs(name)]
    found = sum(map(names.is_zawgyi, zawgyi)) / len(zawgyi)
    wrong = sum(map(names.is_zawgyi, unicode)) / len(unicode)
    print(f"Zawgyi: {found:.3f} of {len(zawgyi)} noticed, {wrong:.4f} of {len(unicode)} Unicode texts blamed")
    assert found >= 0.9 and wrong < 0.001
