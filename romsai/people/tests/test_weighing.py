"""Two records are laid side by side word by word: what is rare there says much, what everybody is called says nothing."""

import random

import pytest

from romsai.people.linkage import Linkage, proposals, records, weighing

FAMILY, MIDDLE = ["Nguyen"] * 6 + ["Tran", "Le", "Pham", "Vu"], ["Thi"] * 5 + ["Ngoc", "Thu", "Kim"]
GIVEN = ["Hoa", "Lan", "Mai", "Linh", "Trang", "Huong", "Thao", "Yen", "Nga", "Loan"]


def row(pk, name, **facts):
    return records.columns({"id": pk, "names": [name], "sex": "F", "birth": (2012, None, None, 1), "province": "P1"} | facts)


@pytest.fixture(scope="module")
def register():
    """A province where most are called alike."""
    rng = random.Random(5)
    found = weighing.Weighing()
    for pk in range(3000):
        found.count(row(pk, f"{rng.choice(FAMILY)} {rng.choice(MIDDLE)} {rng.choice(GIVEN)}", birth=(rng.randint(2006, 2019), None, None, 0)))
    found.count(row(3001, "Quach Khac Uyen"))
    found.counted()
    yield found
    weighing.forget()
    records.forget()


def weight(register, one, other):
    return register.weigh((one, other))[0]


def test_a_common_name_proves_nothing_and_a_rare_one_much(register):
    common = weight(register, row(1, "Nguyen Thi Hoa"), row(2, "Nguyen Thi Hoa"))
    rare = weight(register, row(1, "Quach Khac Uyen"), row(2, "Quac Kac Uyen"))
    assert common < 0 < rare
    assert weight(register, row(1, "Quach Khac Uyen"), row(2, "uyen quachkhac")) > common


def test_a_second_fact_lifts_a_common_name_and_a_missing_one_takes_nothing(register):
    plain = weight(register, row(1, "Nguyen Thi Hoa"), row(2, "Nguyen Thi Hoa"))
    with_mother = weight(register, row(1, "Nguyen Thi Hoa", mother="Quach Khac Uyen"), row(2, "Nguyen Thi Hoa", mother="Khac Uyen"))
    half = weight(register, row(1, "Nguyen Thi Hoa", mother="Quach Khac Uyen"), row(2, "Nguyen Thi Hoa"))
    assert with_mother > plain + 5
    assert half == plain


def test_the_family_name_is_counted_once_for_child_and_father(register):
    alone = register.weigh((row(1, "Quach Thi Hoa", father="Quach Van Nam"), row(2, "Quach Thi Hoa", father="Quach Minh Son")))[1]
    assert alone["father"][1] < 0


def test_a_name_without_gaps_is_the_same(register):
    gaps = register.weigh((row(1, "Quach Khac Uyen"), row(2, "Quachkhacuyen")))[1]
    assert gaps["name"][0] == "nearly_same"
    assert gaps["name"][1] > 10


def test_a_slip_in_a_name_without_gaps_costs_the_word_it_is_in(register):
    whole = weight(register, row(1, "Quach Khac Uyen"), row(2, "Quachkhacuyen"))
    slip = weight(register, row(1, "Quach Khac Uyen"), row(2, "Quochkhacuyen"))
    assert whole - 10 < slip < whole
    family = {"mother": "Vo Anh Thu", "father": "Quach Van Nam"}
    assert weight(register, row(1, "Quach Khac Uyen", **family), row(2, "Quochkhacuyen", **family)) > slip + 3  # the slip is the family's, the name her own


def test_a_common_name_and_a_mothers_common_name_together_are_compared():
    linkage = Linkage()
    rows = [row(pk, f"Nguyen Thi {GIVEN[pk % 3]}", birth=None, mother=f"Tran Thi {GIVEN[pk // 3 % 3]}") for pk in range(180)]
    try:
        linkage.load(rows)
        linkage.prepare()
        met = [(pair["one"], pair["other"]) for pair in linkage.engine.select("select one, other from pair")]
    finally:
        linkage.close()
    assert len(met) > 180
    assert all(rows[one][name] == rows[other][name] for one, other in met for name in ("said", "mother_said"))


def test_brothers_and_sisters_are_not_taken_for_one_child(register):
    family = {"mother": "Vo Khac Uyen", "father": "Quach Van Nam", "phones": ["+84123"]}
    one = row(1, "Quach Thi Hoa", **family)
    assert weight(register, one, row(2, "Quach Minh Son", sex="M", birth=(2009, None, None, 0), **family)) < 0
    assert weight(register, one, row(2, "Quach Ti Hoa", **family)) > 1


def test_who_is_known_by_a_nickname_only_is_not_another_child(register):
    levels = register.weigh((row(1, "Nguyen Thi Hoa"), records.columns({"id": 2, "names": ["Bong"], "nicks": ["Bong"]})))[1]
    assert "name" not in levels


def test_weights_follow_the_pairs_that_are_one_child(register):
    """Where offices often mistake the sex, another sex says less."""
    before = register.m["sex"][1]
    pairs = [(row(1, "Quach Khac Uyen", mother="Vo Anh Thu"), row(2, "Quach Khac Uyen", mother="Vo Anh Thu", sex="M")) for _once in range(60)]
    assert register.learn(pairs) > 30
    assert register.m["sex"][1] > 5 * before


def test_more_is_shown_only_while_four_in_five_are_right():
    levels = {"name": ["same", 9.0], "birth": ["same_year", 4.0]}

    def pair(one, weight):
        return {"one": one, "other": one + 1, "weight": weight, "levels": levels}

    sure, doubtful = [pair(at * 10, 8.0) for at in range(8)], [pair(1000 + at * 10, -2.0) for at in range(30)]
    assert len(proposals.chosen(sure)) == 8
    assert 8 < len(proposals.chosen(sure + doubtful)) < 12
    assert proposals.chosen(doubtful) == []
