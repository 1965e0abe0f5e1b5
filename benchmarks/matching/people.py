"""Invented persons of eight countries with a fixed seed: names in two scripts where there are two, birth, sex, origin, parents, nickname, telephone.

    for person in people(1_000_000): ...

Names are put together from the parts in lists.py by the habits of each country; the frequent ones are as frequent as in life (four in ten
Vietnamese are Nguyen). Nothing here knows how names are compared, and nothing of the errors of a second registrar: those are in errors.py.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from benchmarks.matching import lists

SEED = "romsai matching 1"
TODAY = date(2026, 6, 30)
# Share of the persons by country, as in the measurements of the background report.
COUNTRIES = {"TH": 0.25, "VN": 0.20, "MM": 0.13, "ID": 0.12, "KH": 0.10, "PH": 0.08, "LA": 0.07, "CN": 0.05}
SCRIPT = {"TH": "Thai", "LA": "Laoo", "KH": "Khmr", "MM": "Mymr", "CN": "Hani"}
NATIVE = 0.5  # of those whose country has a script of its own, how many the register holds in it
DIALLING = {"TH": "+66", "VN": "+84", "MM": "+95", "ID": "+62", "KH": "+855", "PH": "+63", "LA": "+856", "CN": "+86"}


@dataclass
class Invented:
    """A person as the register has them. `name`, `nick`, `mother`, `father`, `province`: (native or "", Latin). `native`: how it was written down."""

    number: int
    country: str
    sex: str
    born: date
    name: tuple
    native: bool
    province: str
    province_native: str
    nick: tuple = ("", "")
    mother: tuple = ("", "")
    father: tuple = ("", "")
    phone: str = ""
    is_estimate: bool = False  # the register knows only a year, give or take one

    def written(self, pair):
        return pair[0] if self.native and pair[0] else pair[1]


def people(count, seed=SEED):
    """`count` persons; the first n of a larger count are the same."""
    return (person(number, seed) for number in range(1, count + 1))


def person(number, seed=SEED):
    rng = random.Random(f"{seed}:{number}")
    country = rng.choices(list(COUNTRIES), COUNTRIES.values())[0]
    sex = rng.choice("FM")
    born = date(1996, 1, 1) + timedelta(days=rng.randrange(28 * 365))
    family = _FAMILY[country](rng)
    name = _NAME[country](rng, sex, family)
    mother = _NAME[country](rng, "F", _FAMILY[country](rng)) if rng.random() < 0.85 else ("", "")
    father = _NAME[country](rng, "M", family) if rng.random() < 0.7 else ("", "")
    province_native, province = lists.PROVINCES[country][_low(rng, len(lists.PROVINCES[country]))]
    phone = f"{DIALLING[country]}{rng.randrange(10**8, 10**9)}" if rng.random() < 0.25 else ""
    return Invented(
        number, country, sex, born, name, country in SCRIPT and rng.random() < NATIVE, province.replace("_", " "), province_native,
        nick=_nick(rng, country), mother=mother, father=father, phone=phone, is_estimate=rng.random() < 0.3,
    )  # fmt: skip


def _low(rng, count, bend=1.6):
    """A place in a list, the earlier ones more often."""
    return int(count * rng.random() ** bend)


def _pick(rng, known, bend=1.6):
    return known[_low(rng, len(known), bend)]


def _join(*pairs, gap=" ", native_gap=None):
    latin = gap.join(pair[1] for pair in pairs)
    native = (gap if native_gap is None else native_gap).join(pair[0] for pair in pairs)
    return native, latin


def _compound(rng, first, last):
    native, latin = _join(_pick(rng, first, 1.2), _pick(rng, last, 1.2), gap="")
    return native, latin[:1] + latin[1:].lower()


def _nick(rng, country):
    if country == "TH" and rng.random() < 0.8:
        return _pick(rng, lists.TH_NICK)
    if country == "LA" and rng.random() < 0.6:
        return _pick(rng, lists.LA_NICK)
    if country in ("PH", "ID", "VN") and rng.random() < 0.25:
        return "", _pick(rng, {"PH": ["Jun", "Boy", "Inday", "Toto", "Bong", "Nene", "Jing", "Ding", "Baby", "Totoy"], "ID": ["Adi", "Ani", "Tono", "Yuli", "Dedi", "Wawan", "Neng", "Ucok"], "VN": ["Tí", "Bé", "Cu", "Bi", "Na", "Sóc", "Tôm", "Bin"]}[country])  # fmt: skip
    return "", ""


def _thai(rng, sex, family):
    given = _compound(rng, lists.TH_FIRST, lists.TH_LAST)
    return _join(given, family)


def _thai_family(rng):
    native, latin = _compound(rng, lists.TH_FAMILY, lists.TH_FAMILY_END)
    if rng.random() < 0.3:
        more = _pick(rng, lists.TH_FAMILY_END)
        native, latin = native + more[0], latin + more[1]
    return native, latin


def _khmer(rng, sex, family):
    given = _pick(rng, lists.KH_GIVEN)
    if rng.random() < 0.3:
        second = _pick(rng, lists.KH_SECOND)
        given = _join(second, given) if rng.random() < 0.5 else (second[0] + given[0], second[1] + given[1].lower())
    return _join(family, given)


def _burmese(rng, sex, family):
    return _join(*(_pick(rng, lists.MM_WORDS) for _unused in range(rng.choices([1, 2, 3, 4], [4, 40, 45, 11])[0])), native_gap="")


def _viet(rng, sex, family):
    middle = ("", ("Thị" if sex == "F" else "Văn")) if rng.random() < 0.35 else ("", _pick(rng, lists.VN_MIDDLE))
    parts = [family, middle, *([("", _pick(rng, lists.VN_MIDDLE))] if rng.random() < 0.15 else []), ("", _pick(rng, lists.VN_GIVEN, 1.2))]
    return "", " ".join(latin for _native, latin in parts)


def _chinese(rng, sex, family):
    given = _join(*(_pick(rng, lists.CN_GIVEN, 1.2) for _unused in range(1 if rng.random() < 0.2 else 2)), gap="")
    return family[0] + given[0], f"{family[1]} {given[1].capitalize()}"


def _indonesian(rng, sex, family):
    kind = rng.random()
    if kind < 0.2:
        return "", _pick(rng, lists.ID_GIVEN, 1.2)
    if kind < 0.3:
        return "", f"{_pick(rng, lists.ID_GIVEN)} {'binti' if sex == 'F' else 'bin'} {_pick(rng, lists.ID_GIVEN)}"
    more = f"{_pick(rng, lists.ID_GIVEN)} " if rng.random() < 0.4 else ""
    return "", f"{_pick(rng, lists.ID_GIVEN)} {more}{family[1]}"


def _filipino(rng, sex, family):
    more = f"{_pick(rng, lists.PH_GIVEN)} " if rng.random() < 0.5 else ""
    return "", f"{_pick(rng, lists.PH_GIVEN)} {more}{family[1].replace('_', ' ')}"


def _nguyen(rng):
    return "", "Nguyễn" if rng.random() < 0.38 else _pick(rng, lists.VN_FAMILY)


_FAMILY = {
    "TH": _thai_family, "LA": lambda rng: _compound(rng, lists.LA_FAMILY, lists.LA_FAMILY_END), "KH": lambda rng: _pick(rng, lists.KH_FAMILY),
    "MM": lambda rng: ("", ""), "VN": _nguyen, "CN": lambda rng: _pick(rng, lists.CN_FAMILY), "ID": lambda rng: ("", _pick(rng, lists.ID_FAMILY)),
    "PH": lambda rng: ("", _pick(rng, lists.PH_FAMILY)),
}  # fmt: skip
_NAME = {
    "TH": _thai, "LA": lambda rng, sex, family: _join(_compound(rng, lists.LA_FIRST, lists.LA_LAST), family), "KH": _khmer, "MM": _burmese,
    "VN": _viet, "CN": _chinese, "ID": _indonesian, "PH": _filipino,
}  # fmt: skip
