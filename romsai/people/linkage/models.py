"""What is compared, and what each agreement is worth: one settings object of Splink for the register, the same for DuckDB and Spark."""

from dataclasses import dataclass

import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import SettingsCreator

NEAR = 4  # years between two stated years of birth: beyond them it is another child
TWINS = 0.02  # share of records that are somebody's second, before anything is known
WEIGHED = 200  # decided pairs that count as much as what is shipped
SAMPLED = 1e6
SMALL = 20_000  # records; in a smaller register chance is not counted, because what is rare in life has not happened in it

# How often two records of one person agree so: what is shipped, counted on invented second registrations (docs/how-to/matching.md).
# How often two strangers do is counted on the register itself, each time. Whatever people decide of proposed pairs moves these.
SHIPPED = {
    "name": {"same": 0.42, "sounds_alike": 0.13, "nearly_same": 0.17, "two_words": 0.06, "nearly_alike": 0.04, "rare_word": 0.05, "similar": 0.035, "one_word": 0.06, "other": 0.035},
    "nick": {"same": 0.60, "sounds_alike": 0.15, "similar": 0.10, "other": 0.15},
    "birth": {"same_day": 0.40, "nearly_same_day": 0.05, "same_year": 0.25, "within_one": 0.15, "within_two": 0.08, "within_four": 0.05, "far": 0.02},
    "sex": {"same": 0.97, "other": 0.03},
    "place": {"same_area": 0.55, "same_province": 0.30, "other": 0.15},
    "mother": (PARENT := {"same": 0.33, "sounds_alike": 0.10, "nearly_same": 0.11, "one_word": 0.28, "nearly_alike": 0.03, "similar": 0.05, "other": 0.10}),
    "father": PARENT,
    "phone": {"same": 0.70, "other": 0.30},
    "number": {"same": 0.95, "other": 0.05},
}  # fmt: skip
# The same between two strangers, where the register is too small to count it.
BY_CHANCE = {
    "name": {"same": 3e-5, "sounds_alike": 8e-5, "nearly_same": 7e-5, "two_words": 2.5e-3, "nearly_alike": 1e-3, "rare_word": 1.4e-3, "similar": 4e-4, "one_word": 4e-2, "other": 0.95},
    "nick": {"same": 0.02, "sounds_alike": 0.02, "similar": 0.04, "other": 0.92},
    "birth": {"same_day": 5e-5, "nearly_same_day": 1.5e-3, "same_year": 0.07, "within_one": 0.07, "within_two": 0.07, "within_four": 0.12, "far": 0.67},
    "sex": {"same": 0.5, "other": 0.5},
    "place": {"same_area": 1e-3, "same_province": 0.02, "other": 0.98},
    "mother": (PARENTS := {"same": 4e-5, "sounds_alike": 1.2e-4, "nearly_same": 8e-5, "one_word": 0.1, "nearly_alike": 5e-4, "similar": 1e-4, "other": 0.9}),
    "father": PARENTS,
    "phone": {"same": 1e-5, "other": 1.0},
    "number": {"same": 1e-7, "other": 1.0},
}  # fmt: skip


@dataclass(frozen=True)
class Model:
    """A Splink model, and how its weights are estimated on the data themselves.

    certain: rules that hold for hardly any two people, of which the share `found` of the true pairs are expected to be found.
    trained_on: pairs among which expectation maximisation sees enough of both kinds; each trains what it does not block on. Without
    any, the settings say how often true pairs agree, and only chance is counted.
    """

    settings: SettingsCreator
    certain: tuple = ()
    found: float = 1.0
    trained_on: tuple = ()
    sampled: float = SAMPLED  # pairs of strangers looked at; 0: chance is in the settings
    most: float | None = None  # pairs of one training


def register(total, decided=None, chances=None):
    """The model of a register of so many records; its columns are those of `records.columns`.

    decided: {comparison: {level: how many pairs that people found to be the same}}. chances: `Linkage.chances`, counted before.
    """
    shared = cll.ArrayIntersectLevel
    off = "greatest(0, abs(year_l - year_r) - margin_l - margin_r)"
    is_small = total < SMALL
    levels = {
        "name": [
            cll.NullLevel("whole"), _same("whole", "same"), _same("sound", "sounds_alike"), _says(_apart(0.12, "whole", "joined"), "nearly_same"),
            shared("sounds", 2).configure(label_for_charts="two_words"), _says(_apart(0.2, "sound"), "nearly_alike"), _same("rare", "rare_word"),
            _says(_apart(0.3, "whole", "joined"), "similar"), shared("sounds", 1).configure(label_for_charts="one_word"),
        ],
        "nick": [cll.NullLevel("nick"), _same("nick", "same"), _same("nick_sound", "sounds_alike"), _says(_apart(0.35, "nick"), "similar")],
        "birth": [
            cll.NullLevel("year"), _says("year_l = year_r and month_l = month_r and day_l = day_r", "same_day"),
            _says("year_l = year_r and ((month_l = day_r and day_l = month_r) or month_l = month_r or day_l = day_r)", "nearly_same_day"),
            _says(f"{off} = 0", "same_year"), _says(f"{off} <= 1", "within_one"), _says(f"{off} <= 2", "within_two"), _says(f"{off} <= {NEAR}", "within_four"),
        ],
        "sex": [cll.NullLevel("sex"), _says("sex_l = sex_r", "same")],
        "place": [
            cll.CustomLevel("province_l is null or province_r is null").configure(is_null_level=True),
            _same("area", "same_area"), _same("province", "same_province"),
        ],
        "mother": _parent("mother"), "father": _parent("father"),
        "phone": [cll.NullLevel("phones"), shared("phones", 1).configure(label_for_charts="same")],
        "number": [cll.NullLevel("numbers"), shared("numbers", 1).configure(label_for_charts="same")],
    }  # fmt: skip
    return Model(
        SettingsCreator(
            link_type="dedupe_only",
            unique_id_column_name="unique_id",
            probability_two_random_records_match=min(0.01, 2 * TWINS / max(total, 1)),
            comparisons=[_weighed(name, of, (decided or {}).get(name, {}), chances or BY_CHANCE, is_small) for name, of in levels.items()],
            retain_matching_columns=False,
        ),
        sampled=0 if is_small or chances else SAMPLED,
    )


def _parent(column):
    return [
        cll.NullLevel(column), _same(column, "same"), _same(f"{column}_sound", "sounds_alike"), _says(_apart(0.15, column), "nearly_same"),
        cll.ArrayIntersectLevel(f"{column}_near", 1).configure(label_for_charts="one_word"),
        _says(_apart(0.2, f"{column}_sound"), "nearly_alike"), _says(_apart(0.35, column), "similar"),
    ]  # fmt: skip


def _weighed(name, levels, decided, chances, is_small):
    shipped, count = SHIPPED[name], sum(decided.values())
    levels = [*levels, cll.ElseLevel().configure(label_for_charts="other")]
    for level in levels:
        label = getattr(level, "label_for_charts", None)
        if label in shipped:
            share = (WEIGHED * shipped[label] + decided.get(label, 0)) / (WEIGHED + count)
            level.configure(m_probability=share, fix_m_probability=True, u_probability=chances[name][label])
            if is_small and getattr(level, "tf_adjustment_column", None):  # in a class of thirty every name is rare
                level.configure(tf_adjustment_column=None)
    return cl.CustomComparison(output_column_name=name, comparison_levels=levels)


def _says(sql, label):
    return cll.CustomLevel(sql).configure(label_for_charts=label)


def _same(column, label):
    """Equal, and the rarer the value the better."""
    level = cll.CustomLevel(f"{column}_l = {column}_r")
    return level.configure(label_for_charts=label, tf_adjustment_column=column, disable_tf_exact_match_detection=True, tf_minimum_u_value=1e-6)


def _apart(share, *columns):
    """At most so many edits, as a share of the longer text: the same on every engine, which Jaro-Winkler is not."""
    return " or ".join(
        f"levenshtein({c}_l, {c}_r) <= greatest(1, floor({share} * greatest(length({c}_l), length({c}_r))))" for c in columns
    )
