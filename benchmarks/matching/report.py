"""The tables that are printed, and the figures of the last line."""

import os
import random
from collections import Counter

from benchmarks.matching import errors, measure, people


def run(kept, queries, only):
    result = {}
    if "search" in only or "baselines" in only:
        asked = questions(kept.count, queries)
        told = None
        if "search" in only:
            measure.of_romsai(questions(kept.count, min(100, queries), "who else is asked for"), kept.keys.pid)  # a server has been up for a while
            told = measure.of_romsai(asked, kept.keys.pid)
            result |= search(asked, told)
        if "baselines" in only:
            from benchmarks.matching import baselines

            result |= baselines.run(kept, asked, told)
    if "gaps" in only:
        from benchmarks.matching import gaps

        result |= gaps.run(kept)
    if "scripts" in only:
        from benchmarks.matching import scripts

        result |= scripts.run()
    if "batch" in only:
        try:
            from benchmarks.matching import batch
        except ImportError:
            print("The batch linkage (benchmarks/matching/batch.py) is not here.")
        else:
            result |= batch.run(kept.count)
    if "tracing" in only:
        from benchmarks.matching import tracing

        result |= tracing.run(min(20_000, kept.count))
    return result


def questions(count, queries, seed="which persons are asked for"):
    chosen = random.Random(seed).sample(range(1, count + 1), min(queries, count))
    return errors.questions([people.person(number) for number in chosen])


def search(asked, told):
    more = [not question.is_one_name for question in asked]
    print(f"\nRomsai: {len(asked)} questions")
    print(f"  recall@1 {told.recall(1)}  @10 {told.recall(10)}  with more than one name @1 {told.recall(1, more)} @10 {told.recall(10, more)}; candidates {measure.spread(told.candidates)}")
    print(f"  p50 {told.ms(0.5)} ms, p95 {told.ms(0.95)} ms by the clock; {told.ms(0.5, 'worked')} ms, {told.ms(0.95, 'worked')} ms of processors; load {os.getloadavg()[0]:.1f}")
    counted = Counter(kind for question in asked for kind in question.kinds)
    for kind, number in counted.most_common():
        which = [kind in question.kinds for question in asked]
        print(f"    {kind:20s} {number:4d}  @1 {told.recall(1, which)}  @10 {told.recall(10, which)}")
    return {
        "recall_at_1": told.recall(1), "recall_at_10": told.recall(10), "recall_at_10_names": told.recall(10, more), "recall_at_10_one_name": told.recall(10, [not one for one in more]),
        "candidates": float(measure.spread(told.candidates)), "p50_ms": told.ms(0.5), "p95_ms": told.ms(0.95), "p50_worked_ms": told.ms(0.5, "worked"), "p95_worked_ms": told.ms(0.95, "worked"),
    }  # fmt: skip
