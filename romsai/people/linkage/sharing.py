"""Which records are compared at all: those that share two facts, or one that hardly anybody has. Plain SQL, the same on DuckDB and Spark.

Blocking on whole names loses every twin whose name was misheard; blocking on parts of them compares everybody with everybody. So each
record gets many small keys, a key that more than BLOCK records have says too little and is dropped, and of each record only the FEW others
that share the most, rare keys counting more, are compared in full.
"""

BLOCK = 40
FEW = 15
WHOLE = 10_000  # what a key is worth that only two have
COUNTED, MET = 200_000, 20_000  # records whose keys are counted, or whose others are found, at once: this bounds the memory

ONLY = ("near",)  # what is taken for nothing but this
# Facts of a record one by one: {each} makes rows of a list, of which numbers take less room than words.
ATOMS = {
    "heard": "select unique_id, {each}(near) as w from taken",
    "word": "select unique_id, {hash}(w) as w from (select unique_id, {each}(sounds) as w from taken) x",
    "of_mother": "select unique_id, {each}(mother_near) as w from taken",
    "of_father": "select unique_id, {each}(father_near) as w from taken",
    "mothers": "select unique_id, {hash}(w) as w from (select unique_id, {each}(split(mother_sound, ' ')) as w from taken) x",
    "fathers": "select unique_id, {hash}(w) as w from (select unique_id, {each}(split(father_sound, ' ')) as w from taken) x",
    # Two overlapping rows of four years: who is at most two years apart is together in one of them.
    "years": """select unique_id, cast(2 * floor(year / 4) as int) as w from taken where year is not null
        union all select unique_id, cast(2 * floor((year + 2) / 4) + 1 as int) from taken where year is not null""",
}

_AND = "select a.unique_id, {hash}(a.w, b.w) as k from "
_PLACED = "select a.unique_id, {{hash}}(a.w, b.w, province) as k from {} join record c on a.unique_id = c.unique_id where province is not null"
KEYS = {
    "phone": "select unique_id, {hash}(w) as k from (select unique_id, {each}(phones) as w from record)",
    "number": "select unique_id, {hash}(w) as k from (select unique_id, {each}(numbers) as w from record)",
    "heard": "select unique_id, {hash}(w) as k from heard",
    "words": _AND + "word a join word b on a.unique_id = b.unique_id where a.w < b.w",
    "heard_years": _AND + "heard a join years b on a.unique_id = b.unique_id",
    "heard_place": "select unique_id, {hash}(w, province) as k from heard join record using (unique_id) where province is not null",
    "heard_place_years": """select a.unique_id, {hash}(a.w, b.w, province) as k from heard a join years b on a.unique_id = b.unique_id
        join record c on a.unique_id = c.unique_id where province is not null""",
    "words_years": """select a.unique_id, {hash}(a.w, b.w, c.w) as k from word a join word b on a.unique_id = b.unique_id
        join years c on a.unique_id = c.unique_id where a.w < b.w""",
    "words_place": _PLACED.format("word a join word b on a.unique_id = b.unique_id and a.w < b.w"),
    "words_place_years": """select a.unique_id, {hash}(a.w, b.w, c.w, province) as k from word a join word b on a.unique_id = b.unique_id
        join years c on a.unique_id = c.unique_id join record d on a.unique_id = d.unique_id where a.w < b.w and province is not null""",
    "whole_years": """select a.unique_id, {hash}(sound, b.w, sex) as k from record a join years b on a.unique_id = b.unique_id
        where sound is not null""",
    "mother_years": _AND + "of_mother a join years b on a.unique_id = b.unique_id",
    "father_years": _AND + "of_father a join years b on a.unique_id = b.unique_id",
    "mother_place": "select unique_id, {hash}(w, province) as k from of_mother join record using (unique_id) where province is not null",
    "parents": _AND + "mothers a join fathers b on a.unique_id = b.unique_id",
    "parents_place": _PLACED.format("mothers a join fathers b on a.unique_id = b.unique_id"),
}
# A common name and a parent's common name are together not common.
for _parents in ("mothers", "fathers"):
    KEYS[f"word_{_parents}"] = _AND + f"word a join {_parents} b on a.unique_id = b.unique_id"
    KEYS[f"word_{_parents}_years"] = f"""select a.unique_id, {{hash}}(a.w, b.w, c.w) as k from word a join {_parents} b on a.unique_id = b.unique_id
        join years c on a.unique_id = c.unique_id"""
    KEYS[f"word_{_parents}_place"] = _PLACED.format(f"word a join {_parents} b on a.unique_id = b.unique_id")
    KEYS[f"{_parents}_place"] = _PLACED.format(f"{_parents} a join {_parents} b on a.unique_id = b.unique_id and a.w < b.w")

# Of one kind of key: the keys that more than one record has, and few have. A key that n records have is worth the likelihood that another who
# has it is any given one of them; in whole numbers, so that the sums are the same in whatever order they are made.
SHARED = """with told as (select distinct unique_id, k from ({sql}) x where abs(k % {parts}) = {part}),
    counted as (select k, count(*) as n from told group by k having count(*) between 2 and {block})
    select unique_id, k, cast(round({whole} / (n - 1)) as smallint) as worth from told join counted using (k)"""

# Of the records of one piece: the others that share most with each.
LIKELIEST = """with met as (
        select a.unique_id as one, b.unique_id as other, sum(a.worth) as worth
        from shared a join shared b on a.k = b.k and a.unique_id <> b.unique_id
        where a.unique_id % {pieces} = {piece} group by 1, 2),
    placed as (select one, other, row_number() over (partition by one order by worth desc, other) as place from met)
    select least(one, other) as one, greatest(one, other) as other from placed where place <= {few}"""
