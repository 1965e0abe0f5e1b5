"""The invented country that is measured: how large it is, and what is so of case number i. Same seed, same country.

Names are put together from syllables of five scripts; a few are as frequent as Nguyen is in life, for that is what makes a
search slow. Nobody is meant by any of them.
"""

import hashlib
import random
import uuid
from dataclasses import dataclass
from datetime import timedelta

SEED = "romsai benchmark 1"
OPEN_OF_25 = 3  # 12 % of all cases are open, as in an office that has worked for eight years
WORKERS_IN_TEAM = 10
PASSWORD = "a long enough pass phrase"


@dataclass(frozen=True)
class Size:
    """How many of everything. Teams have one supervisor and ten workers; the rest of the users are listed in places.sql."""

    children: int
    cases: int
    users: int
    chunk: int  # cases made at a time by one process

    @property
    def agencies(self):
        return max(2, min(77, self.users // 64))

    @property
    def teams(self):
        return max(2, (self.users - 4 * self.agencies) // (WORKERS_IN_TEAM + 1))


SIZES = {
    "full": Size(1_000_000, 1_200_000, 5_000, 10_000),
    "small": Size(16_667, 20_000, 84, 2_000),
    "tiny": Size(250, 300, 40, 300),
}

_SYLLABLES = {
    "Thai": "สม ชัย ใจ ดี บุญ มี ศรี สุข วัน นา พร ทอง แก้ว ลี มา รัตน์ กุล วงศ์ พงษ์ เดช อุ ดม ปัญ ญา นิ ภา ชล ธิ",
    "Laoo": "ສົມ ພອນ ແກ້ວ ມະ ນີ ບຸນ ມີ ວັນ ທອງ ສີ ສຸກ ຈັນ ດາ ລາ ວົງ ໄຊ ຄຳ ພູ ໃຈ ດີ ນາງ ແພງ ໝັ້ນ",
    "Khmr": "សុខ ចាន់ ថា ស្រី ពេជ្រ វណ្ណ ដារា រតន មករា ភារម្យ សំ អាង គឹម ហេង លី នាង ធី តា បូ រិទ្ធ",
    "Mymr": "အောင် ကျော် ဇော် မြင့် သန်း ထွန်း ဝင်း ခင် စန်း လှ မိုး နွယ် သီတာ အေး ဖြူ နိုင် လင်း ထက် ရွှေ",
    "Latn": "Thanh Minh Anh Huong Lan Mai Duc Quang Hai Phuong Ngoc Son Tuan Linh Bao Khanh Trung Dung Hoa Long",
}
SYLLABLES = {script: text.split() for script, text in _SYLLABLES.items()}
COMMON = {
    "Thai": ["แสงทอง", "บุญมี"],
    "Laoo": ["ແກ້ວມະນີ", "ວົງສີ"],
    "Khmr": ["សុខ", "គឹម"],
    "Mymr": ["အောင်", "ခင်"],
    "Latn": ["Nguyễn", "Trần"],
}
LANGUAGE = {"Thai": "th", "Laoo": "lo", "Khmr": "km", "Mymr": "my", "Latn": "vi"}
SCRIPTS = ("Thai",) * 4 + ("Laoo", "Khmr", "Mymr") * 2 + ("Latn",) * 2
CONCERNS = ("LAB-UAG", "LAB-HAZ", "TRF-LAB", "TRF-SEX", "VIO-PHY", "VIO-DOM", "NEG-CAR", "SEP-UNA", "SEX-ABU", "HAR-CEM")
RISKS = ("LOW",) * 3 + ("MEDIUM",) * 4 + ("HIGH",) * 2 + ("IMMEDIATE",)
OPEN_STATES = ("REGISTERED", "INITIAL_ASSESSMENT", "FULL_ASSESSMENT", "PLANNING", "IMPLEMENTATION", "REVIEW")
WORDS = "The child was calm today, told of school and asked when the brother may visit. The aunt was there for half of it. " * 2


def is_open(case):
    return case % 25 < OPEN_OF_25


def child_of(case, size):
    """The first cases have a child each; the last sixth are second cases of children who were known before."""
    return case if case <= size.children else (case - size.children) * 5


def carer_of(case, size):
    """The person who looks after the child of an open case."""
    return size.children + case // 25 * OPEN_OF_25 + case % 25 + 1


def workers_of(team):
    """(supervisor, [workers]) of a team, by number."""
    first = (team - 1) * (WORKERS_IN_TEAM + 1) + 1
    return first, list(range(first + 1, first + 1 + WORKERS_IN_TEAM))


def agency_of(team, size):
    return (team - 1) % size.agencies + 1


def key_id(kind, number):
    """The id of the data key of a person or case."""
    return uuid.UUID(bytes=hashlib.md5(f"{SEED} {kind} {number}".encode(), usedforsecurity=False).digest())


def name_of(rng, script):
    """A full name in one script: every fifth with one of its two most frequent family names."""
    family = rng.choice(COMMON[script]) if rng.random() < 0.2 else _word(rng, script, 2 + (rng.random() < 0.4))
    given = _word(rng, script, 2)
    if script == "Latn":
        return f"{family} {_word(rng, script, 1)} {given}"
    return f"{family} {given}" if script in ("Khmr", "Mymr") else f"{given} {family}"


def _word(rng, script, syllables):
    """Low numbers of the list come more often, so that names are as uneven as in life."""
    known = SYLLABLES[script]
    chosen = [known[int(len(known) * rng.random() ** 1.4)] for _unused in range(syllables)]
    return "".join(chosen) if script != "Latn" else "".join(chosen).capitalize()


@dataclass(frozen=True)
class Facts:
    """What is so of one case."""

    number: str
    team: int
    worker: int
    state: str
    risk: str
    sealed: bool
    registered_at: object
    seen_at: object
    closed_at: object
    script: str
    sex: str
    born: int


def facts(rng, case, size, now):
    team = rng.randrange(size.teams) + 1
    opened = is_open(case)
    days = rng.random() * (400 if opened else 2900) + (0 if opened else 100)
    registered = now - timedelta(days=days)
    return Facts(
        number=f"BEN-{registered.year}-{case:07d}",
        team=team,
        worker=rng.choice(workers_of(team)[1]),
        state=rng.choice(OPEN_STATES) if opened else "CLOSED",
        risk=rng.choice(RISKS) if opened else "LOW",
        sealed=rng.random() < 0.01,
        registered_at=registered,
        seen_at=max(registered, now - timedelta(days=rng.random() * 45)) if opened else registered + timedelta(days=60),
        closed_at=None if opened else registered + timedelta(days=90),
        script=rng.choice(SCRIPTS),
        sex=rng.choice("FM"),
        born=now.year - 1 - rng.randrange(17),
    )


def chance(*parts):
    """The dice of one part of the country, always the same."""
    return random.Random(":".join(map(str, (SEED, *parts))))
