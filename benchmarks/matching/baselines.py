"""What else one would use, on the same persons and the same questions, in the clear: no keys, no row policies.

All of them are given the names in Latin letters (anyascii), which is more than they do by themselves. "rescored": the candidates ranked again by
name, nickname, mother's name, year, sex and province, with the weights of the background report. Each gets as many of the questions, in their
order, as it answers in a minute and a half, and says how many those were.
"""

import logging
import time

import psycopg
from anyascii import anyascii
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

from benchmarks.matching import measure

SECONDS = 90  # for each tool, and ten questions in any case
LEAST = 10
CANDIDATES = 200
ROW = "id, name, folded, mother, province, born, sex, nick"


def run(kept, asked, ours=None):
    found = {}
    with psycopg.connect(kept.admin) as connection:
        tools = {
            "pg_trgm": lambda question: trigrams(connection, question),
            "pg_trgm, rescored": lambda question: rescored(question, trigrams(connection, question, CANDIDATES)),
            "Double Metaphone (Primero)": lambda question: metaphones(connection, question),
            "Double Metaphone, rescored": lambda question: rescored(question, metaphones(connection, question, CANDIDATES)),
        }
        people = connection.execute(f"select {ROW} from bench.person order by id").fetchall()
        names = [row[1] for row in people]
        tools["rapidfuzz brute force"] = lambda question: rescored(
            question, [people[at] for _name, _score, at in process.extract(_text(question), names, scorer=JaroWinkler.normalized_similarity, limit=CANDIDATES)]
        )
        tools |= _duck(people)
        print(f"\nOther tools                     {'questions':>10s}{'@1':>8s}{'@10':>8s}{'p50 ms':>10s}{'p95 ms':>10s}   Romsai on the same: @1, @10")
        for name, ask in tools.items():
            told = _asked_all(asked, ask)
            same = measure.Told(places=ours.places[: len(told.places)]) if ours else None
            beside = f"{same.recall(1):22.3f}{same.recall(10):8.3f}" if same else ""
            print(f"  {name:30s}{len(told.places):10d}{told.recall(1):8.3f}{told.recall(10):8.3f}{told.ms(0.5):10.1f}{told.ms(0.95):10.1f}{beside}", flush=True)
            found[name] = [told.recall(1), told.recall(10), told.ms(0.5), told.ms(0.95), len(told.places)]
    return {"baselines": found}


def _asked_all(asked, ask):
    told, until = measure.Told(), time.perf_counter() + SECONDS
    for question in asked:
        began = time.perf_counter()
        if began > until and len(told.places) >= LEAST:
            break
        ids = [row[0] for row in ask(question)]
        told.seconds.append(time.perf_counter() - began)
        told.places.append(ids.index(question.number) + 1 if question.number in ids else None)
    return told


def _text(question):
    return anyascii(question.names[0]).lower()


def trigrams(connection, question, most=10):
    connection.execute("set pg_trgm.similarity_threshold = 0.35")
    text = _text(question)
    return connection.execute(f"select {ROW} from bench.person where name %% %s order by similarity(name, %s) desc limit %s", [text, text, most]).fetchall()


def metaphones(connection, question, most=10):
    """As Primero does: the tokens of each word, the more of them are shared the better."""
    return connection.execute(
        f"""with q as (select array(select distinct m from unnest(string_to_array(%s, ' ')) w, lateral (values (dmetaphone(w)), (dmetaphone_alt(w))) v(m) where m <> '') s)
        select {ROW} from bench.person, q where sounds && q.s order by (select count(*) from unnest(sounds) x where x = any(q.s)) desc, id limit %s""",
        [_text(question), most],
    ).fetchall()


def rescored(question, rows):
    text, mother = _text(question), anyascii(question.mother).lower()
    place, nicks = anyascii(question.place).lower(), [anyascii(name).lower() for name in question.names]

    def score(row):
        _id, name, _folded, mothers, province, born, sex, nick = row
        points = JaroWinkler.similarity(text, name) + fuzz.token_sort_ratio(text, name) / 100
        points += 0.5 * max((JaroWinkler.similarity(text, word) for word in name.split()), default=0)
        if question.birth_year:
            points += 0.4 - 0.15 * min(6, abs(born - question.birth_year))
        if question.sex:
            points += 0.1 if question.sex == sex else -0.4
        if place:
            points += 0.4 * (JaroWinkler.similarity(place, province) - 0.5)
        if mother and mothers:
            points += 0.8 * (fuzz.token_set_ratio(mother, mothers) / 100 - 0.5)
        if nick and nick in nicks:
            points += 0.3
        return points

    return sorted(rows, key=score, reverse=True)


def _duck(people):
    """A scan of columns in DuckDB, and Splink on it, if they are installed."""
    try:
        import duckdb
    except ImportError:
        print("DuckDB and Splink are not installed: they are left out.")
        return {}
    held = duckdb.connect()
    held.execute("set threads = 2")
    held.execute("create table person (id bigint, name varchar, folded varchar, mother varchar, province varchar, born int, sex varchar, nick varchar)")
    for at in range(0, len(people), 100_000):
        part = people[at : at + 100_000]
        columns = [list(column) for column in zip(*part, strict=True)]
        held.execute(
            "insert into person select unnest($1::bigint[]), unnest($2::varchar[]), unnest($3::varchar[]), unnest($4::varchar[]), unnest($5::varchar[]), unnest($6::int[]), unnest($7::varchar[]), unnest($8::varchar[])",
            columns,
        )

    def scan(question):
        text = _text(question)
        rows = held.execute(
            f"""select {ROW} from person where sex = $2 or $2 = '' order by jaro_winkler_similarity(name, $1) - 0.05 * least(6, abs(born - $3)) desc limit {CANDIDATES}""",
            [text, question.sex, question.birth_year or 2010],
        ).fetchall()
        return rescored(question, rows)

    tools = {"DuckDB scan, rescored": scan}
    try:
        tools["Splink predict_between"] = _splink(held)
    except ImportError:
        print("Splink is not installed: it is left out.")
    return tools


def _splink(held):
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.disable(logging.WARNING)  # it warns with each question that no weights were trained
    held.execute("create table register as select id as unique_id, name, mother, province, born::varchar as born, sex, split_part(name, ' ', 1) as first, split_part(name, ' ', -1) as last from person")
    held.execute("create table one as select * from register limit 2000")
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[cl.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.8]), cl.ExactMatch("born"), cl.ExactMatch("sex"), cl.JaroWinklerAtThresholds("mother", [0.9]), cl.ExactMatch("province")],
        blocking_rules_to_generate_predictions=[block_on("first"), block_on("last"), block_on("born", "province"), block_on("born", "substr(name, 1, 3)")],
    )  # fmt: skip
    api = DuckDBAPI(held)
    linker = Linker([api.register("register"), api.register("one")], settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e5)
    number = iter(range(10**9))

    def ask(question):
        name = f"asked{next(number)}"
        text = _text(question)
        held.execute(
            f"create table {name} as select {question.number}::bigint as unique_id, $1 as name, $2 as mother, $3 as province, $4 as born, $5 as sex, split_part($1, ' ', 1) as first, split_part($1, ' ', -1) as last",
            [text, anyascii(question.mother).lower() or None, anyascii(question.place).lower() or None, str(question.birth_year or ""), question.sex or None],
        )
        made = linker.inference.predict_between(api.register("register"), api.register(name), threshold_match_weight=-20)
        rows = held.execute(f"select unique_id_l from {made.physical_name} order by match_weight desc limit 10").fetchall()
        return rows

    return ask
