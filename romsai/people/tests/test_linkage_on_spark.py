"""The same settings on DuckDB and on Spark give the same pairs: `make test-spark`, docs/how-to/link-on-spark.md."""

import random
import secrets
from itertools import islice

import pytest

from romsai.people.linkage import Linkage, engines, records

pytestmark = pytest.mark.spark
PEOPLE = 800
ONSETS, VOWELS, CODAS = ["k", "kh", "s", "ch", "t", "th", "n", "b", "p", "ph", "m", "l", "v", "h"], ["a", "i", "u", "e", "o", "ai", "ao", "ia"], ["", "n", "ng", "t", "k", "m"]


def session():
    """A Spark of this machine as the how-to starts it: shuffles encrypted, nothing checkpointed to disk."""
    pyspark = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    from splink.internals.spark.jar_location import similarity_jar_location

    options = {
        "spark.io.encryption.enabled": "true", "spark.io.encryption.keySizeBits": "256", "spark.ui.enabled": "false", "spark.driver.memory": "2g",
        "spark.sql.shuffle.partitions": "1", "spark.default.parallelism": "1", "spark.ui.showConsoleProgress": "false",
        "spark.authenticate": "true", "spark.authenticate.secret": secrets.token_hex(32), "spark.network.crypto.enabled": "true", "spark.jars": similarity_jar_location(), "spark.eventLog.enabled": "false",
    }  # fmt: skip
    builder = pyspark.SparkSession.builder.master("local[2]").appName("romsai")
    for name, value in options.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def people(count, seed=7):
    """Invented records; every fourth is somebody's second, written down by another ear."""
    rng = random.Random(seed)

    def word():
        return "".join(rng.choice(ONSETS) + rng.choice(VOWELS) + rng.choice(CODAS) for _syllable in range(rng.choice((1, 2, 2))))

    names = [word() for _unused in range(count // 3)]
    made = []
    for number in range(1, count + 1):
        if made and rng.random() < 0.25:
            first = rng.choice(made)
            again = first["names"][0].replace("ph", "p", 1).replace("ai", "ay", 1)
            year, month, day, margin = first["birth"]
            made.append(first | {"id": number, "names": [again], "birth": (year + rng.choice((0, 0, 1)), month, day, margin), "mother": rng.choice((None, first["mother"]))})
            continue
        born = (rng.randint(2005, 2020), rng.randint(1, 12), rng.randint(1, 28), 0) if rng.random() < 0.6 else (rng.randint(2005, 2020), None, None, 1)
        made.append({
            "id": number, "names": [f"{rng.choice(names)} {rng.choice(names)}"], "nicks": [rng.choice(names[:40])] if rng.random() < 0.3 else [], "sex": rng.choice("FMU"),
            "birth": born, "province": rng.choice(("P1", "P2", None)), "area": None, "mother": rng.choice((None, f"{rng.choice(names)} {rng.choice(names)}")),
            "father": None, "phones": [str(rng.randrange(10**8))] if rng.random() < 0.2 else [], "numbers": [],
        })  # fmt: skip
    return made


def pairs(linkage, rows, *, chances):
    linkage.load(rows)
    linkage.prepare()
    linkage.train(chances=chances)
    return {(pair["one"], pair["other"]): pair for piece in range(linkage.pieces) for pair in linkage.compare(piece, least=-6)}


def test_duckdb_and_spark_give_the_same_pairs():
    spark = session()
    rows = list(islice(map(records.columns, people(PEOPLE)), PEOPLE))
    here = Linkage()
    there = Linkage(engines.OnSpark(spark))
    try:
        on_duckdb = pairs(here, rows, chances=None)
        on_spark = pairs(there, rows, chances=here.chances())
    finally:
        here.close()
        there.close()
        spark.stop()
    print(f"\n{len(on_duckdb)} pairs on DuckDB, {len(on_spark)} on Spark")
    assert len(on_duckdb) > PEOPLE / 10
    assert on_spark.keys() == on_duckdb.keys()
    assert {key: pair["levels"] for key, pair in on_spark.items()} == {key: pair["levels"] for key, pair in on_duckdb.items()}


def test_a_spark_that_writes_its_shuffles_in_the_open_is_refused():
    class Open:
        conf = {"spark.io.encryption.enabled": "false"}

    with pytest.raises(ValueError, match="encryption"):
        engines.OnSpark(Open())
