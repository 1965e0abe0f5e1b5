"""One linkage, step by step: load, prepare, train, compare piece by piece."""

import itertools
import logging
from array import array

import pyarrow as pa
from splink import Linker
from splink.internals.exceptions import EMTrainingException

from romsai.people.linkage import engines, models, records, sharing, weighing

for name in [name for name in logging.root.manager.loggerDict if name.split(".")[0] == "splink"]:
    logging.getLogger(name).setLevel(logging.ERROR)  # its messages quote values

PIECE = 5000  # records handed over at once
COMPARED = 400_000  # pairs compared at once: this bounds the memory
FIRST = -16.0  # bits by Splink's model from which a pair is looked at word by word
LEARNT = 120_000  # such pairs from which the weights of the second look are learnt
STRANGERS = 3000  # records of whom two and two of one province are strangers
SEED = 20_240_104
TYPES = {
    **dict.fromkeys(records.TEXTS, pa.string()), **dict.fromkeys(records.LISTS, pa.list_(pa.string())),
    **dict.fromkeys(records.KEYS, pa.list_(pa.int32())), **dict.fromkeys(records.NUMBERS, pa.int16()), "unique_id": pa.int32(), "person": pa.int64(),
}  # fmt: skip
# What the second look reads of a pair, apart from what Splink reads of all: Splink keeps a copy of whatever it is given.
SEEN = ("unique_id", "person", "said", "nicks_said", "mother_said", "father_said", "sex", "year", "month", "day", "margin", "area", "province", "phones", "numbers")
TAKEN = ("unique_id", *(name for name in TYPES if name not in SEEN), "sex", "year", "month", "day", "margin", "area", "province", "phones", "numbers")
TABLES = {name: pa.schema([(column, TYPES[column]) for column in columns]) for name, columns in (("taken", TAKEN), ("seen", SEEN))}
NUMBER = pa.schema([("unique_id", TYPES["unique_id"])])


class Linkage:
    """Holds decrypted names while it is open: keep it short, and close it."""

    def __init__(self, engine=None):
        self.engine = engine or engines.InMemory()
        self.weighing = weighing.Weighing()
        self.ids = array("q")  # in here a record goes by its place in this list: what is kept for each thing it shares is half as large
        for name, schema in TABLES.items():
            self.engine.load(name, schema.empty_table())

    def load(self, rows):
        """Take rows of `records.columns`, in pieces."""
        rows = iter(rows)
        while piece := list(itertools.islice(rows, PIECE)):
            taken = []
            for row in piece:
                self.weighing.count(row)
                taken.append(row | {"unique_id": len(self.ids)})
                self.ids.append(row["unique_id"])
            for name, schema in TABLES.items():
                self.engine.load(name, pa.Table.from_pylist(taken, schema=schema))

    def prepare(self):
        """Name the rarest word of each record, and find who shares what with whom."""
        engine, words = self.engine, self.engine.words
        engine.make("spoken", "select unique_id, {each}(sounds) as w from taken".format(**words))
        engine.make("often", "select w, count(*) as n from spoken group by w")
        # The word breaks the tie, so that every engine finds the same one.
        rarest = "select unique_id, min(w) as rare from (select unique_id, w, n, min(n) over (partition by unique_id) as least from spoken join often using (w)) x where n = least group by unique_id"
        engine.make("rarest", rarest)
        for name, sql in sharing.ATOMS.items():
            engine.make(name, sql.format(**words))
        kept = ", ".join(f"taken.{name}" for name in TAKEN if name not in sharing.ONLY)
        engine.make("record", f"select {kept}, rare from taken left join rarest on taken.unique_id = rarest.unique_id")
        engine.drop("taken", "spoken", "often", "rarest")
        self.total = engine.count("record")
        parts = 1 + self.total // sharing.COUNTED
        asked = {"whole": sharing.WHOLE, "block": sharing.BLOCK, "parts": parts}
        kinds = [sql.replace("{hash}(", f"{{hash}}('{kind}', ").format(**words) for kind, sql in sharing.KEYS.items()]
        engine.make("shared", *(sharing.SHARED.format(sql=sql, part=part, **asked) for sql in kinds for part in range(parts)))
        engine.drop(*sharing.ATOMS)
        pieces = 1 + self.total // sharing.MET
        engine.make("met", *(sharing.LIKELIEST.format(pieces=pieces, piece=piece, few=sharing.FEW) for piece in range(pieces)))
        engine.make("pair", "select distinct one, other from met")
        engine.drop("shared", "met")
        self.pieces = 1 + engine.count("pair") // COMPARED

    def train(self, decided=None, chances=None):
        """Count how often facts agree by chance, on these records; how often in truth is shipped, and moved by what people decided.

        decided: see models.register. chances: those counted before, on these records or elsewhere; then nothing is counted.
        """
        model = models.register(self.total, decided, chances)
        self.linker = Linker(self.engine.register("record"), model.settings)
        train(self.linker, model)
        self.weighing.decided(decided or {})
        self.weighing.counted()
        self.weighing.meet(self._strangers())
        likely, piece = [], 0
        while piece < self.pieces and len(likely) < LEARNT:
            likely += self._likely(piece)
            piece += 1
        self.weighing.learn(likely[:LEARNT])

    def chances(self):
        """{comparison: {level: how often two strangers agree so}}, for another engine or another day."""
        return {
            comparison.output_column_name: {level.label_for_charts: level.u_probability for level in comparison.comparison_levels if not level.is_null_level}
            for comparison in self.linker._settings_obj.comparisons
        }  # fmt: skip

    def agreeing(self):
        """{fact: {level: how often two records of one person agree so}}, as it was learnt."""
        m = self.weighing.m
        return {"birth": dict(zip(weighing.BIRTH, m["birth"], strict=True)), "place": dict(zip(weighing.PLACE, m["place"], strict=True)), "sex": dict(zip(("same", "other"), m["sex"], strict=True))}

    def compare(self, piece, least=0.0):
        """Pairs of one piece whose weight is at least so many bits, as {"one", "other", "weight", "levels"}."""
        found = []
        for pair in self._likely(piece):
            weight, levels = self.weighing.weigh(pair, least)
            if weight >= least:
                one, other = sorted(self.ids[row["unique_id"]] for row in pair)
                found.append({"one": one, "other": other, "weight": weight, "levels": levels})
        return found

    def _likely(self, piece):
        """Pairs of rows of one piece that Splink's model does not rule out."""
        self.engine.make("blocked", f"select '0' as match_key, one as join_key_l, other as join_key_r from pair where (cast(one as bigint) * 31 + other) % {self.pieces} = {piece}")
        self.linker.table_management.register_blocked_pairs_for_predict(self.engine.register("blocked"))
        scored = self.linker.inference.predict(threshold_match_weight=FIRST, warning_mode="never")
        pairs = sorted((row["unique_id_l"], row["unique_id_r"]) for row in self.engine.rows(scored, {"unique_id_l", "unique_id_r"}))
        scored.drop_table_from_database_and_remove_from_cache()
        self.engine.drop("blocked")
        self.engine.load("wanted", pa.table({"unique_id": sorted({pk for pair in pairs for pk in pair})}, schema=NUMBER))
        rows = {row["unique_id"]: row for row in self.engine.select(f"select {', '.join(SEEN)} from seen join wanted using (unique_id)")}
        self.engine.drop("wanted")
        return [(rows[one], rows[other]) for one, other in pairs if rows[one]["person"] != rows[other]["person"]]

    def _strangers(self):
        """Pairs of one province, whoever they are: the same on every engine."""
        part = f"(cast(unique_id as bigint) * 7919) % 10007 < {10007 * STRANGERS / max(self.total, 1)}"
        rows = sorted(self.engine.select(f"select {', '.join(SEEN)} from seen where province is not null and {part}"), key=lambda row: (row["province"], row["unique_id"]))
        for _province, there in itertools.groupby(rows, key=lambda row: row["province"]):
            yield from itertools.islice(itertools.combinations(there, 2), PIECE)

    def close(self):
        """Forget everything that was decrypted."""
        self.engine.close()
        self.weighing = None
        records.forget()
        weighing.forget()


def train(linker, model):
    """Estimate what the model leaves open; the same on every engine."""
    training = linker.training
    if model.certain:
        training.estimate_probability_two_random_records_match(list(model.certain), recall=model.found)
    if model.sampled:
        training.estimate_u_using_random_sampling(max_pairs=model.sampled, seed=SEED, min_count_per_level=None)
    for rule in model.trained_on:
        try:
            training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=model.most, estimate_without_term_frequencies=True)
        except EMTrainingException:
            continue  # no two records share it
