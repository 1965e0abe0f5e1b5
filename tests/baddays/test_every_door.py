"""Every address, asked by everyone about every kind of case: hidden and absent are the same bytes.

One world for the whole file: what is asked for here changes nothing, but for the seal and the exclusion at its end.
"""

import uuid
from collections import Counter

import psycopg
import pytest
from django.test import Client

from romsai.cases import actions as cases
from romsai.cases import panels
from romsai.core import access
from tests import plugin
from tests import world as build
from tests.baddays import doors
from tests.baddays.insiders import NEAR, STRANGERS, noys_world, same, sign_in, speaks_of_noy
from tests.running import committing

FORM = {"text": "x", "agrees": "yes", "status": "APPROVED", "to": "REVIEW", "asked": "facts", "q/facts": "x", "page": "safe"}
NOBODYS = uuid.UUID(int=(0x4000 << 64) + (0x8000 << 48))  # what has an owner has none here
SOME, ALL = 7, 1  # each stranger asks every seventh door, each another one, so that two ask for each; all of them at night
WAYS_OF_SENDING = ({}, {"HX-Request": "true"}, {"X-Autosave": "1"})


@pytest.fixture(scope="module")
def there(django_db_blocker):
    with committing(django_db_blocker) as name:
        found = noys_world(build.build())
        found.database, found.browsers = name, {}
        yield found


def browser_of(there, who):
    """Signed in once: whoever signs in thirty times a minute is stopped, here too."""
    if who not in there.browsers:
        there.browsers[who] = sign_in(getattr(there.w, who))
    return there.browsers[who]


def given(there):
    """A value for every argument of an address: Noy's records, and what is not about a child."""
    plain = {
        "tab": "people", "kind": "INITIAL", "service": "SHELTER", "what": "persons", "written": "csv", "name": "risk_level", "code": "LOW", "language": "en", "number": 1, "who": "worried",
        "page": "forms", "pk": 1, "key": "x-y", "uidb36": "1", "worker": there.w.kham.uuid, "facility": there.w.safe_house.uuid, "uuid": there.w.kham.uuid,
        "notice": NOBODYS, "leave": NOBODYS, "handing": NOBODYS, "saved": NOBODYS, "secret": "nothing", "machine": there.noy.machine.uuid, "webhook": there.noy.hook.uuid, "delivery": there.noy.delivery.uuid,
    }  # fmt: skip
    return plain | there.noy.named


def absent(there):
    """The same with records that nobody has made."""
    return given(there) | {name: uuid.UUID(int=(0x4000 << 64) + (0x8000 << 48) + at) for at, name in enumerate(there.noy.named)}


def is_of_a_child(door, there):
    return any(name in there.noy.named for name in door.arguments)


def doors_of_a_child(there):
    """(name, address about Noy, address about nobody), each tab of the case for itself."""
    table = doors.table()
    for door in doors.every_door():
        if is_of_a_child(door, there) and table[door.name] != "machine":
            for tab in [{"tab": tab.name} for tab in panels.tabs()] if "tab" in door.arguments else [{}]:
                yield door.name, doors.address(door, given(there) | tab), doors.address(door, absent(there) | tab)


def plainly(door, there):
    """What else stands in an address: two rooms have a `code`."""
    return given(there) | ({"code": "INITIAL"} if door.name.startswith("questionnaires:") else {})


def other_doors(there, *, but=("sign-in", "machine")):
    """(name, address) of what is about no child in particular."""
    table = doors.table()
    return [(door.name, doors.address(door, plainly(door, there))) for door in doors.every_door() if not is_of_a_child(door, there) and table[door.name] not in but]


def test_every_door_has_its_line_in_the_table_and_the_other_way_round():
    assert {door.name for door in doors.every_door()} ^ set(doors.table()) == set(), "say in tests/baddays/doors.yaml who opens it"


def test_without_an_account_every_door_but_the_public_ones_leads_to_the_sign_in_page(there):
    table, found = doors.table(), Counter()
    for door in doors.every_door():
        answer = Client(raise_request_exception=False).get(doors.address(door, given(there)))
        kind = table[door.name] if table[door.name] in ("public", "sign-in", "machine") else "staff"
        found[kind] += 1
        assert not speaks_of_noy(there.noy, answer), door
        if kind == "machine":
            assert answer.status_code == 401, (door, answer.status_code)
        elif kind == "staff":
            assert (answer.status_code, answer.get("Location", "").split("?")[0]) == (302, "/account/login/"), (door, answer.status_code)
        else:
            assert answer.status_code in (200, 302, 404, 405), (door, answer.status_code)
    print(f"\ndoors without an account: {dict(found)}, 0 speak of a child")


def test_no_session_opens_a_door_of_machines_whoever_is_signed_in(there):
    table, answers = doors.table(), set()
    for door in doors.every_door():
        if table[door.name] == "machine":
            for method in ("get", "post"):
                answer = getattr(browser_of(there, "kham"), method)(doors.address(door, given(there)))
                answers.add((answer.status_code, answer.content, tuple(sorted(answer.headers.items()))))
    assert [status for status, _body, _headers in answers] == [401]


def some_doors(there, start, every):
    return list(doors_of_a_child(there))[start % every :: every]


@pytest.mark.parametrize("every", [SOME, pytest.param(ALL, marks=pytest.mark.nightly)])
def test_strangers_get_the_same_bytes_for_noy_as_for_nobody(there, every):
    asked, wrong = 0, []
    for number, who in enumerate(STRANGERS):
        browser = browser_of(there, who)
        for name, hers, nobodys in some_doors(there, number, every):
            asked += 1
            hidden = browser.get(hers)
            if hidden.status_code != 404 or not same(hidden, browser.get(nobodys)):
                wrong.append((who, name, hidden.status_code))
    print(f"\ndoors of a child asked by {len(STRANGERS)} strangers: {asked}, told apart from absent: {len(wrong)}")
    assert wrong == []


@pytest.mark.parametrize("every", [SOME, pytest.param(ALL, marks=pytest.mark.nightly)])
def test_a_form_sent_to_noys_address_is_answered_as_if_sent_to_nobodys(there, every):
    asked, wrong = 0, []
    for number, who in enumerate(("stranger", "other_supervisor", "admin", "nurse", "bua")):
        browser = browser_of(there, who)
        for way, (name, hers, nobodys) in enumerate(some_doors(there, number, every)):
            sent = FORM | {"client_key": str(uuid.uuid4()), "worker": str(there.w.stranger.uuid)}
            for headers in WAYS_OF_SENDING[way % 3 :: every]:
                asked += 1
                hidden = browser.post(hers, sent, headers=headers)
                if hidden.status_code not in (404, 405) or not same(hidden, browser.post(nobodys, sent, headers=headers)):
                    wrong.append((who, name, hidden.status_code))
    print(f"\nforms sent about a child by strangers: {asked}, told apart from absent: {len(wrong)}")
    assert wrong == []


@pytest.mark.parametrize("every", [9, pytest.param(ALL, marks=pytest.mark.nightly)])
def test_each_door_opens_to_those_of_the_table_and_to_nobody_else(there, every):
    """Near Noy and far from her; pages about no child say nothing of her to strangers, whoever may open them."""
    table, asked, wrong, spoke = doors.table(), 0, [], []
    for number, who in enumerate((*NEAR, *STRANGERS)):
        browser = browser_of(there, who)
        hers = [(name, path) for name, path, _nobodys in doors_of_a_child(there)] if who in NEAR else []
        for name, path in (hers + other_doors(there, but=("sign-in", "public", "machine")))[number % every :: every]:
            asked += 1
            answer = browser.get(path)
            opens, should = answer.status_code not in (404, 405), table[name] == "everyone" or who in table[name]
            if answer.status_code >= 500 or opens != should:
                wrong.append((who, name, answer.status_code))
            # The auditor's log names the cases that were looked at by their numbers, and says nothing else of them.
            if who in STRANGERS and speaks_of_noy(there.noy, answer, by_number=(who, name) != ("auditor", "log")):
                spoke.append((who, name))
    print(f"\ndoors held against the table: {asked} asked by {len(NEAR) + len(STRANGERS)} people, {len(wrong)} wrong, {len(spoke)} speak to strangers")
    assert (wrong, spoke) == ([], [])


BARS = {
    "sealed": ("supervisor", "manager", "coordinator", "carer"),
    "excluded": ("supervisor", "manager", "carer"),
}  # fmt: skip


@pytest.mark.parametrize("every", [3, pytest.param(ALL, marks=pytest.mark.nightly)])  # each door is asked by one of those barred
@pytest.mark.parametrize("bar", list(BARS))
def test_a_seal_or_an_exclusion_closes_every_door_to_whom_it_bars(there, bar, every):
    w, noy = there.w, there.noy
    with access.acting(w.kham):
        if bar == "sealed":
            cases.seal(noy.case, by=w.kham)
        else:
            for whom in ({"worker": w.supervisor}, {"worker": w.manager}, {"agency": w.shelter}):
                cases.exclude(noy.case, by=w.kham, reason="ACCUSED", **whom)
    wrong, asked = [], 0
    for number, who in enumerate(BARS[bar]):
        browser = browser_of(there, who)
        for name, hers, nobodys in some_doors(there, number, every):
            asked += 1
            hidden = browser.get(hers)
            if hidden.status_code != 404 or not same(hidden, browser.get(nobodys)):
                wrong.append((who, name, hidden.status_code))
        others = other_doors(there)[number % every :: every]
        wrong += [(who, name, "speaks") for name, path in others if speaks_of_noy(noy, browser.get(path))]
    with psycopg.connect(plugin.admin(there.database)) as superuser:
        superuser.execute("update cases_case set sealed = false; delete from cases_exclusion")
    print(f"\ndoors of a case that is {bar}: {asked} asked, {len(wrong)} open")
    assert wrong == []
