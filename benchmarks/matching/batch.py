"""The batch linkage beside the baselines: FEBRL 1-4, Splink's fake_1000, the historical 50k, and a million invented persons of the region.

    python -m benchmarks.matching --only batch      # with all else: make bench-matching

Baselines are Splink's own published models (its documentation), run here on the same rows. F1 counts every true pair, also those that were
never compared. As in the background report the threshold of pairwise F1 is the best one for each tool; that of clusters is fixed beforehand.
"""

import csv
import json
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pyarrow as pa

from benchmarks.matching import errors, people

DATA = Path(__file__).parents[3] / "shared/data/record-linkage"
FEBRL4_GOAL, FEBRL4_BARE_GOAL, FAKE_GOAL, HISTORICAL_GOAL = 0.9997, 0.995, 0.935, 0.83
# Probability from which two records are put into one cluster, the same for every model: as the background report has it.
SURE = {"fake": 0.5, "historical": 0.95, "febrl": 0.9}
TWINS, LEAST = 0.02, -8.0


def run(size=1_000_000):
    """All sets that are here, printed; returns the figures for the line of results."""
    found = {}
    if DATA.is_dir():
        found |= febrl() | fake_1000() | historical()
    else:
        print(f"No public sets: {DATA.name} is not beside the project.")
    # In a process of its own, so that its memory is its own.
    run = subprocess.run([sys.executable, "-m", "benchmarks.matching.batch", str(size)], stdout=subprocess.PIPE, text=True, check=True)
    *lines, last = run.stdout.strip().splitlines()
    print("\n" + "\n".join(lines))
    found |= json.loads(last)
    found["spark_equals_duckdb"] = spark_equals_duckdb()
    return found


# the public sets


def rows_of(name):
    with open(DATA / name, newline="", encoding="utf-8") as file:
        return [{key.strip(): value.strip() or None for key, value in row.items()} for row in csv.DictReader(file)]


def febrl():
    from benchmarks.matching import models

    found = {}
    a, b = rows_of("febrl_dataset4a.csv"), rows_of("febrl_dataset4b.csv")
    for name, with_number, goal in (("febrl4_f1", True, FEBRL4_GOAL), ("febrl4_no_number_f1", False, FEBRL4_BARE_GOAL)):
        told = {}
        for tool, model in (("Splink's documentation", models.febrl_published(with_number)), ("Romsai", models.febrl(with_number))):
            told[tool] = _pairwise([models.febrl_columns(row) for row in a], model, [models.febrl_columns(row) for row in b])
        _print(f"FEBRL 4 {'with' if with_number else 'without'} the national number", told, goal)
        found[name] = told["Romsai"]["f1"]
    for number in (1, 2, 3):
        rows = [models.febrl_columns(row) for row in rows_of(f"febrl_dataset{number}.csv")]
        told = {}
        for tool, model in (("Splink's documentation", models.febrl_published(True, dedupe=True)), ("Romsai", models.febrl(True, dedupe=True))):
            told[tool] = _pairwise(rows, model)
        _print(f"FEBRL {number}", told)
        found[f"febrl{number}_f1"] = told["Romsai"]["f1"]
    return found


def fake_1000():
    from benchmarks.matching import models

    rows = [row | {"unique_id": int(row["unique_id"])} for row in rows_of("splink_fake_1000.csv")]
    told = {
        "Splink's documentation": _pairwise(rows, models.fake_published(), sure=SURE["fake"]),
        "Romsai": _pairwise([models.fake_columns(row) for row in rows], models.fake(), sure=SURE["fake"]),
    }
    _print("fake_1000 (clusters)", told, FAKE_GOAL)
    return {"fake_1000_f1": told["Romsai"]["clusters"]["f1"]}


def historical():
    from benchmarks.matching import models

    rows = [models.historical_columns(row) for row in rows_of("historical_50k_dev.csv")]
    told = {
        "Splink's documentation": _pairwise(rows, models.historical_published(), sure=SURE["historical"]),
        "Romsai": _pairwise(rows, models.historical(), sure=SURE["historical"]),
    }
    _print("historical 50k (clusters)", told, HISTORICAL_GOAL)
    return {"historical_50k_f1": told["Romsai"]["clusters"]["f1"]}


def _pairwise(rows, model, others=None, sure=SURE["febrl"]):
    """{f1, precision, recall, seconds, pairs_per_s, clusters}: pairwise at the best threshold, clusters at `sure`."""
    from splink import Linker

    from romsai.people.linkage import engines
    from romsai.people.linkage.linking import train

    engine, started = engines.InMemory(memory="6GB"), time.perf_counter()
    tables = []
    for at, side in enumerate([rows, others] if others else [rows]):
        engine.load(f"side{at}", pa.Table.from_pylist(side))
        tables.append(engine.register(f"side{at}"))
    linker = Linker(tables if others else tables[0], model.settings)
    train(linker, model)
    trained = time.perf_counter()
    scored = linker.inference.predict(threshold_match_weight=-20, warning_mode="never")
    identity = model.settings.unique_id_column_name
    relation = scored.as_duckdbpyrelation()
    table = relation.project(f"{identity}_l, {identity}_r, match_weight, cluster_l = cluster_r as is_true").to_arrow_table()
    ended = time.perf_counter()
    sizes = Counter(row["cluster"] for row in rows)
    if others:
        second = Counter(row["cluster"] for row in others)
        true = sum(number * second[cluster] for cluster, number in sizes.items())
    else:
        true = sum(number * (number - 1) // 2 for number in sizes.values())
    told = _best(zip(table.column("match_weight").to_pylist(), table.column("is_true").to_pylist(), strict=True), true)
    told |= {"seconds": ended - started, "pairs_per_s": round(table.num_rows / max(0.01, ended - trained))}
    if not others:
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, threshold_match_probability=sure)
        told["clusters"] = _clusters(clusters.as_duckdbpyrelation().project("cluster_id, cluster").to_arrow_table().to_pylist(), true)
    engine.close()
    return told


def _best(scored, true):
    """The best F1 over all thresholds; ties go together."""
    best, hits, taken = {"f1": 0.0, "precision": 0.0, "recall": 0.0}, 0, 0
    scored = sorted(scored, key=lambda line: -line[0])
    for at, (weight, is_true) in enumerate(scored):
        hits, taken = hits + bool(is_true), taken + 1
        if at + 1 < len(scored) and scored[at + 1][0] == weight:
            continue
        f1 = 2 * hits / (taken + true)
        if f1 > best["f1"]:
            best = {"f1": round(f1, 5), "precision": round(hits / taken, 4), "recall": round(hits / true, 4)}
    return best


def _clusters(rows, true):
    together = Counter((row["cluster_id"], row["cluster"]) for row in rows)
    made = Counter(row["cluster_id"] for row in rows)
    hits = sum(number * (number - 1) // 2 for number in together.values())
    pairs = sum(number * (number - 1) // 2 for number in made.values())
    return {"f1": round(2 * hits / (pairs + true), 4), "precision": round(hits / max(1, pairs), 4), "recall": round(hits / true, 4)}


def _print(title, told, goal=None):
    print(f"\n{title}" + (f": goal {goal}" if goal else ""))
    for tool, found in told.items():
        clusters = found.get("clusters")
        more = f", clusters {clusters['f1']:.4f} ({clusters['precision']:.3f}/{clusters['recall']:.3f})" if clusters else ""
        print(f"  {tool:24} F1 {found['f1']:.5f} ({found['precision']:.4f}/{found['recall']:.4f}){more}, {found['seconds']:.1f} s, {found['pairs_per_s']:,} pairs/s")


# a register of the region


def registrations(size):
    """A register with twins, searched as it is each night. Prints time, memory, and how precise the proposals are."""
    from romsai.people.linkage import Linkage, engines, proposals, records

    twins = round(size * TWINS)
    chosen = set(random.Random("who is registered twice").sample(range(1, size + 1), twins))
    true = {}

    def everybody():
        for person in people.people(size):
            yield records.columns(_registered(person))
            if person.number in chosen:
                true[person.number] = size + len(true) + 1
                yield records.columns(_registered_again(person, true[person.number]))

    started = time.perf_counter()
    linking = Linkage(engines.InMemory())
    linking.load(everybody())
    read = time.perf_counter()
    linking.prepare()
    prepared = time.perf_counter()
    linking.train()
    trained = time.perf_counter()
    compared = linking.engine.count("pair")
    right = set(true.items())
    twice = {person for pair in right for person in pair}
    place = {person: at for at, person in enumerate(linking.ids) if person in twice}
    both = [sorted((place[one], place[other])) for one, other in right]
    linking.engine.load("truth", pa.table({"one": [one for one, _other in both], "other": [other for _one, other in both]}))
    met = linking.engine.count("pair join truth using (one, other)") / len(right)
    pairs = [pair for piece in range(linking.pieces) for pair in linking.compare(piece, least=LEAST)]
    ended = time.perf_counter()
    linking.close()
    told = proposals.chosen(pairs)
    hits = sum((pair["one"], pair["other"]) in right for pair, _share in told)
    precision, recall = hits / max(1, len(told)), hits / len(right)
    scored = list(proposals.likelihoods(pairs))
    at = {recall: _precision_at(scored, right, recall) for recall in (0.8, 0.85, 0.9, 0.95)}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"\n{size:,} invented persons, {twins:,} of them registered twice: {ended - started:.0f} s (read {read - started:.0f}, keys {prepared - read:.0f}, chances {trained - prepared:.0f}, compare {ended - trained:.0f}), {memory:.1f} GB at most")
    print(f"  compared {compared:,} pairs, {compared / (ended - trained):,.0f} a second; proposed {len(told):,}: precision {precision:.3f}, recall {recall:.3f}; goal 0.80 at 0.95")
    print(f"  twins that were compared at all: {met:.3f}; precision at recall " + ", ".join(f"{recall}: {'not reached' if share is None else share}" for recall, share in at.items()))
    return {
        "pairs_per_s": round(compared / (ended - trained)), "batch_s": round(ended - started), "batch_gb": round(memory, 2),
        "batch_precision": round(precision, 3), "batch_recall": round(recall, 3), "batch_precision_at_95": at[0.95], "batch_compared_recall": round(met, 3),
    }  # fmt: skip


def _registered(person):
    """A person as the register has them."""
    born = (person.born.year, None, None, 1) if person.is_estimate else (person.born.year, person.born.month, person.born.day, 0)
    return {
        "id": person.number, "names": [person.written(person.name)], "nicks": [person.written(person.nick)] if person.nick[1] else [], "sex": person.sex,
        "birth": born, "province": f"{person.country} {person.province}", "mother": person.written(person.mother), "father": person.written(person.father),
        "phones": [person.phone] if person.phone else [],
    }  # fmt: skip


def _registered_again(person, number):
    """The same child written down by another office: each fact heard anew, and as often left out as the register leaves it out."""
    rng = random.Random(f"again {person.number}")
    asked = errors.question(person)
    told = {"id": number, "names": asked.names[:1], "nicks": [], "sex": asked.sex, "birth": (asked.birth_year, None, None, 0) if asked.birth_year else None}
    if person.nick[1] and rng.random() < 0.7:
        told["nicks"] = [errors._misheard(rng, person.nick[1], None, False, light=True)]
    if rng.random() < 0.9:
        told["province"] = f"{person.country} {person.province}"
    for parent, share in (("mother", 0.85), ("father", 0.7)):
        known = getattr(person, parent)
        if known[1] and rng.random() < share:
            text, is_native = errors._in_script(rng, person, known, None)
            told[parent] = errors._misheard(rng, errors._arranged(rng, person, text, is_native, None), None, is_native)
    told["phones"] = [person.phone] if person.phone and rng.random() < 0.5 else []
    return told


def _precision_at(scored, right, recall):
    """Precision of the likeliest pairs that hold this share of the true ones; None if all together do not."""
    hits = 0
    for at, (pair, _share) in enumerate(sorted(scored, key=lambda line: -line[1]), 1):
        hits += (pair["one"], pair["other"]) in right
        if hits >= recall * len(right):
            return round(hits / at, 3)
    return None


def spark_equals_duckdb():
    """True or False by `make test-spark`'s own comparison; None where Spark is not installed."""
    try:
        import pyspark  # noqa: F401
    except ImportError:
        print("\nSpark is not installed here: make test-spark compares it.")
        return None
    from romsai.people.tests import test_linkage_on_spark as compared

    try:
        compared.test_duckdb_and_spark_give_the_same_pairs()
    except AssertionError:
        return False
    return True


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "romsai.settings")
    django.setup()
    print(json.dumps(registrations(int(sys.argv[1]))))
