"""Models for the public sets: those of Splink's documentation, as published, and ours, made of the same pieces as the register's."""

import re

import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import SettingsCreator, block_on

from romsai.people.linkage.models import Model


def _model(identity, rules, comparisons, *, certain, found, trained_on, link_type="dedupe_only", sampled=5e6):
    settings = SettingsCreator(
        link_type=link_type, unique_id_column_name=identity, blocking_rules_to_generate_predictions=rules, comparisons=comparisons,
        additional_columns_to_retain=["cluster"], retain_matching_columns=False,
    )  # fmt: skip
    return Model(settings, certain=certain, found=found, trained_on=trained_on, sampled=sampled)


def _often(comparison):
    return comparison.configure(term_frequency_adjustments=True)


# FEBRL


def febrl_columns(row):
    row = dict(row)
    row["cluster"] = re.match(r"rec-(\d+)-", row["rec_id"])[1]
    row["prefix"] = (row["surname"] or "")[:3] + (row["given_name"] or "")[:3] or None
    row["year"] = row["date_of_birth"][:4] if row["date_of_birth"] else None
    return row


def _febrl_born():
    return cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=True)


def febrl_published(with_number, dedupe=False):
    """The "detailed" model of the documentation of Splink."""
    rules = [
        block_on("given_name", "surname"), "l.given_name = r.surname and l.surname = r.given_name", block_on("date_of_birth"),
        *([block_on("soc_sec_id")] if with_number else []), block_on("state", "address_1"), block_on("street_number", "address_1"), block_on("postcode"),
    ]  # fmt: skip
    comparisons = [
        _often(cl.NameComparison("given_name")), _often(cl.NameComparison("surname")), _febrl_born(),
        *([cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2])] if with_number else []),
        _often(cl.ExactMatch("street_number")), _often(cl.DamerauLevenshteinAtThresholds("postcode", [1, 2])),
    ]  # fmt: skip
    certain = (block_on("given_name", "surname", "date_of_birth"), *((block_on("soc_sec_id"),) if with_number else ()))
    return _model(
        "rec_id", rules, comparisons, certain=certain, found=0.8 if with_number else 0.4, trained_on=(block_on("date_of_birth"), block_on("postcode")),
        link_type="dedupe_only" if dedupe else "link_only", sampled=1e6,
    )  # fmt: skip


def febrl(with_number, dedupe=False):
    """With the address, names the wrong way round, and a look at whoever shares half a name and a year."""
    published = febrl_published(with_number, dedupe).settings
    rules = [
        *published.blocking_rules_to_generate_predictions, block_on("prefix"), block_on("surname", "year"), block_on("given_name", "year"),
        block_on("suburb", "street_number"), block_on("given_name", "suburb"), block_on("surname", "suburb"), block_on("address_1"),
    ]  # fmt: skip
    names = cl.ForenameSurnameComparison("given_name", "surname")
    comparisons = [
        names, _febrl_born(), *([cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2])] if with_number else []), _often(cl.ExactMatch("street_number")),
        _often(cl.DamerauLevenshteinAtThresholds("postcode", [1, 2])), _often(cl.JaroWinklerAtThresholds("suburb", [0.92, 0.8])),
        _often(cl.JaroWinklerAtThresholds("address_1", [0.92, 0.8])), cl.ExactMatch("state"),
    ]  # fmt: skip
    certain = (block_on("given_name", "surname", "date_of_birth"), *((block_on("soc_sec_id"),) if with_number else ()))
    return _model(
        "rec_id", rules, comparisons, certain=certain, found=0.8 if with_number else 0.4,
        trained_on=(block_on("date_of_birth"), block_on("postcode"), block_on("address_1")), link_type="dedupe_only" if dedupe else "link_only",
    )  # fmt: skip


# fake_1000


def fake_published():
    rules = [block_on("first_name"), block_on("surname"), block_on("dob"), block_on("email")]
    comparisons = [
        cl.NameComparison("first_name"), cl.NameComparison("surname"), cl.DateOfBirthComparison("dob", input_is_string=True), _often(cl.ExactMatch("city")),
        cl.EmailComparison("email"),
    ]  # fmt: skip
    certain = (block_on("first_name", "dob"), "l.email = r.email and levenshtein(l.surname, r.surname) <= 2", block_on("email"))
    return _model("unique_id", rules, comparisons, certain=certain, found=0.7, trained_on=(block_on("dob"), block_on("first_name", "surname")))


def fake_columns(row):
    """The part of the address before the @ holds a name where the name is missing."""
    row = dict(row)
    row["mailbox"] = re.sub(r"[^a-z]", "", (row["email"] or "").partition("@")[0].lower()) or None
    row["year"] = row["dob"][:4] if row["dob"] else None
    return row


def fake():
    published = fake_published().settings
    rules = [*published.blocking_rules_to_generate_predictions, block_on("mailbox"), block_on("city", "year"), "l.first_name = r.surname", "l.surname = r.first_name"]
    comparisons = [
        cl.ForenameSurnameComparison("first_name", "surname"), cl.DateOfBirthComparison("dob", input_is_string=True),
        _often(cl.LevenshteinAtThresholds("city", [2])), cl.EmailComparison("email"),
    ]  # fmt: skip
    certain = (block_on("first_name", "dob"), "l.email = r.email and levenshtein(l.surname, r.surname) <= 2", block_on("email"))
    return _model("unique_id", rules, comparisons, certain=certain, found=0.7, trained_on=(block_on("dob"), block_on("email")))


# historical 50k


def historical_columns(row):
    row = dict(row)
    row["first_name_surname_concat"] = " ".join(filter(None, (row["first_name"], row["surname"]))) or None
    row["year"] = row["dob"][:4] if row["dob"] else None
    row["outcode"] = row["postcode_fake"].split()[0] if row["postcode_fake"] else None
    row["words"] = sorted(set(re.findall(r"[a-z]{3,}", (row["full_name"] or "").lower()))) or None
    row["last"] = (re.findall(r"\w+", row["full_name"] or "") or [None])[-1]
    return row


def _historical_rules():
    return [
        block_on("substr(first_name,1,3)", "substr(surname,1,4)"), block_on("surname", "dob"), block_on("first_name", "dob"),
        block_on("postcode_fake", "first_name"), block_on("postcode_fake", "surname"), block_on("dob", "birth_place"),
        block_on("substr(postcode_fake,1,3)", "dob"), block_on("substr(postcode_fake,1,3)", "first_name"), block_on("substr(postcode_fake,1,3)", "surname"),
        block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
    ]  # fmt: skip


HISTORICAL_CERTAIN = (block_on("first_name", "surname", "dob"), block_on("substr(first_name,1,2)", "surname", "substr(postcode_fake,1,2)"), block_on("dob", "postcode_fake"))


def historical_published():
    comparisons = [
        cl.ForenameSurnameComparison("first_name", "surname", forename_surname_concat_col_name="first_name_surname_concat"),
        cl.DateOfBirthComparison("dob", input_is_string=True), cl.PostcodeComparison("postcode_fake"), _often(cl.ExactMatch("birth_place")),
        _often(cl.ExactMatch("occupation")),
    ]  # fmt: skip
    return _model("unique_id", _historical_rules(), comparisons, certain=HISTORICAL_CERTAIN, found=0.6, trained_on=(block_on("first_name", "surname"), block_on("dob")))


def historical():
    """With every word of the name (titles, other names), and a look at whoever shares an exact day, or a postcode and a year."""
    rules = [
        *_historical_rules(), block_on("dob"), block_on("postcode_fake"), block_on("surname", "birth_place"), block_on("first_name", "birth_place", "year"),
        block_on("surname", "year"), block_on("outcode", "year"), block_on("last", "birth_place"), block_on("surname", "occupation", "first_name"),
    ]  # fmt: skip
    name = cl.CustomComparison(
        output_column_name="name",
        comparison_levels=[
            cll.NullLevel("words"),
            cll.ExactMatchLevel("first_name_surname_concat").configure(tf_adjustment_column="first_name_surname_concat"),
            cll.ArrayIntersectLevel("words", 3),
            cll.JaroWinklerLevel("first_name_surname_concat", 0.93),
            cll.ArrayIntersectLevel("words", 2),
            cll.And(cll.JaroWinklerLevel("surname", 0.9), cll.JaroWinklerLevel("first_name", 0.85)),
            cll.ExactMatchLevel("surname").configure(tf_adjustment_column="surname"),
            cll.JaroWinklerLevel("surname", 0.9),
            cll.ArrayIntersectLevel("words", 1),
            cll.JaroWinklerLevel("first_name", 0.9),
            cll.ElseLevel(),
        ],
    )
    comparisons = [
        name, cl.DateOfBirthComparison("dob", input_is_string=True), cl.PostcodeComparison("postcode_fake"), _often(cl.LevenshteinAtThresholds("birth_place", [2])),
        _often(cl.ExactMatch("occupation")), cl.ExactMatch("gender"),
    ]  # fmt: skip
    return _model("unique_id", rules, comparisons, certain=HISTORICAL_CERTAIN, found=0.6, trained_on=(block_on("first_name", "surname"), block_on("dob"), block_on("postcode_fake")))
