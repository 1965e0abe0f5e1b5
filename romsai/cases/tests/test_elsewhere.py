"""One child with two offices: both are asked, neither is shown the other before both agree, and whoever is hidden answers like nobody."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from romsai.cases import actions as cases
from romsai.cases import queries as case_queries
from romsai.cases.elsewhere import actions, queries, tasks
from romsai.cases.models import Asked, Case, Concern, Inquiry, Merge, Pair
from romsai.cases.tests.test_pages import key, text
from romsai.cases.tests.test_pairs import child, search
from romsai.core import access
from romsai.core.actions import Refused
from romsai.places.models import Worker
from romsai.workforce.models import Notice
from tests.baddays.insiders import sign_in

pytestmark = pytest.mark.django_db(databases=["default", "refusals"])
OURS = ("Somchai Phetsavanh", "Welfare North", "Kham")
THEIRS = ("Somjai Petsavan", "Welfare South", "Sao")


@pytest.fixture
def two(world):
    """One girl with the office in the north and with that in the south, found by the search and asked about; and the officer of the desk."""
    world.desk = _officer(world)
    world.north_case, world.south_case = child(world, OURS[0]), child(world, THEIRS[0], worker=world.stranger)
    assert search().found == 1
    ask()
    return world


def _officer(world):
    with access.system():
        return Worker.objects.create(name="Chansouk", role="MATCHING_DESK", agency=world.ministry)


def ask():
    with access.system():
        tasks.ask()


def inquiry(case):
    with access.system():
        return Inquiry.objects.get(case=case)


def agree(worker, case):
    with access.acting(worker):
        return actions.agree_to_look(inquiry(case), by=worker, why="Two offices plan for one girl.")


def says(deed, worker, case):
    with access.acting(worker):
        return deed(inquiry(case), by=worker)


def test_both_offices_are_asked_and_told_nothing_of_each_other(two):
    with access.acting(two.supervisor):
        (row,) = queries.waiting(two.supervisor)
        assert (row.case, row.stage) == (two.north_case, queries.OPEN)
        assert not Pair.objects.exists()  # PostgreSQL alone hides which two they are
        assert not Inquiry.objects.filter(case=two.south_case).exists()
    with access.system():
        told = {(notice.worker, notice.kind) for notice in Notice.objects.filter(kind="ELSEWHERE")}
    assert told == {(who, "ELSEWHERE") for who in (two.supervisor, two.supervisor2, two.other_supervisor)}
    with access.acting(two.kham), pytest.raises(access.Forbidden):
        actions.agree_to_look(inquiry(two.north_case), by=two.kham, why="I wonder.")
    ask()  # nobody is asked twice
    with access.system():
        assert Inquiry.objects.count() == 2


def test_when_both_agree_both_are_shown_and_two_supervisors_merge_and_part_again(two):
    north, south, desk = sign_in(two.supervisor), sign_in(two.other_supervisor), sign_in(two.desk)
    ours, theirs = (f"/cases/pairs/elsewhere/{inquiry(case).uuid}/" for case in (two.north_case, two.south_case))
    with access.system():
        pair = Pair.objects.get()
    for browser, own, other in ((north, OURS, THEIRS), (south, THEIRS, OURS)):
        queue, page = text(browser.get("/cases/pairs/")), text(browser.get(ours if browser is north else theirs))
        assert own[0] in queue and own[0] in page and "Name: speaks" in page
        assert not any(word in queue + page for word in other)
        assert "the same day" not in page and "Place" not in page
    assert north.get(theirs).status_code == 404
    queue, page = text(desk.get("/cases/pairs/")), text(desk.get(f"/cases/pairs/{pair.uuid}/offices/"))
    assert "Welfare North" in page and "Welfare South" in page and not any(word in queue + page for word in (OURS[0], THEIRS[0]))

    answer = {"client_key": str(uuid.uuid4()), "answer": "yes", "why": ""}
    assert north.post(ours, answer).status_code == 422  # what for?
    assert north.post(ours, answer | {"why": "Two offices plan."}).status_code == 302
    assert not any(word in text(north.get(ours)) for word in THEIRS)
    south.post(theirs, answer | {"client_key": str(uuid.uuid4()), "why": "The same."})
    for browser, url in ((north, ours), (south, theirs)):
        page = text(browser.get(url))
        assert all(word in page for word in (OURS if browser is south else THEIRS)) and "Born: the same day" in page
    assert OURS[0] in text(desk.get(f"/cases/pairs/{pair.uuid}/offices/"))

    assert north.post(ours, {"client_key": str(uuid.uuid4()), "same": "yes"}).status_code == 302
    with access.system():
        assert not Case.objects.filter(state="MERGED").exists()
    for office in (two.supervisor, two.supervisor2):  # nobody of the side that proposed it merges without the other
        with access.acting(office), pytest.raises((access.Forbidden, Refused)):
            cases.merge(_merge(), by=office)
    merged = key(south.get(theirs))
    south.post(theirs, {"client_key": merged, "same": "yes"})
    with access.system():
        assert {case.state for case in Case.objects.filter(pk__in=[two.north_case.pk, two.south_case.pk])} == {"REGISTERED", "MERGED"}
    assert search().found == 0
    page = south.get(f"/cases/{two.south_case.uuid}/")
    assert "It goes on with another office" in text(page) and two.north_case.number not in text(page).split("merged into another")[1][:200]
    assert north.get(f"/cases/merges/{_merge().uuid}/").url == ours

    says(actions.part_again, two.other_supervisor, two.south_case)
    with access.system():
        assert not Case.objects.filter(state="MERGED").exists()
        assert queries.sides_of(inquiry(two.north_case)).stage == queries.BOTH  # it is open again
    says(actions.two_children, two.supervisor, two.north_case)
    assert search().found == 0
    with access.acting(two.desk), pytest.raises(Refused):
        actions.ask_sides(pair, by=two.desk)


def _merge():
    with access.system():
        return Merge.objects.get()


def test_a_yes_lapses_and_a_no_is_asked_again_by_the_desk_alone(two):
    agree(two.supervisor, two.north_case), agree(two.other_supervisor, two.south_case)
    with access.system():
        Inquiry.objects.filter(case=two.south_case).update(answered_at=timezone.now() - queries.HOLDS - timedelta(minutes=1))
        pair = Pair.objects.get()
        assert queries.sides_of(inquiry(two.north_case)).stage == queries.WAITS
    with access.acting(two.supervisor), pytest.raises(Refused):
        actions.one_child(inquiry(two.north_case), by=two.supervisor)
    says(actions.refuse_to_look, two.other_supervisor, two.south_case)
    with access.acting(two.supervisor):
        assert queries.waiting(two.supervisor) == []
        with pytest.raises(access.Forbidden):
            actions.ask_sides(pair, by=two.supervisor)
    with access.acting(two.desk):
        actions.ask_sides(pair, by=two.desk)
    with access.acting(two.supervisor):
        assert [row.stage for row in queries.waiting(two.supervisor)] == [queries.OPEN]


def test_a_missing_child_and_one_who_was_found_are_left_to_family_tracing(two):
    with access.system():
        Concern.objects.create(case=two.south_case, code="MIS-CHI", noted_at=timezone.now())
    for office in (two.supervisor, two.other_supervisor):
        with access.acting(office):
            assert queries.waiting(office) == []
    with access.acting(two.supervisor), pytest.raises(access.Forbidden):
        actions.agree_to_look(inquiry(two.north_case), by=two.supervisor, why="We plan.")


def test_one_fact_alone_asks_nobody(world):
    child(world, OURS[0]), child(world, THEIRS[0], worker=world.stranger)
    search()
    with access.system():
        Pair.objects.update(levels={"name": ["same", 9.0], "place": ["other", -1.0]})
    ask()
    officer = _officer(world)
    with access.acting(officer):
        assert queries.across(officer) == []
        with pytest.raises(Refused, match="One fact"):
            actions.ask_sides(Pair(pk=_pair().pk), by=officer)
    with access.system():
        assert not Inquiry.objects.exists()


def _pair():
    with access.system():
        return Pair.objects.get()


def test_a_name_alone_or_a_fact_that_does_not_fit_asks_no_other_office(world):
    case = child(world, OURS[0])
    asker, desk = sign_in(world.stranger), sign_in(_officer(world))

    def asked(**facts):
        return asker.post("/cases/known-child/ask/", {"name": OURS[0], **facts})

    alone = asked()
    assert alone.status_code == 422 and "A name alone is not enough" in text(alone)
    fragment = text(asker.get(f"/cases/known-child/?q={OURS[0]}"))
    assert "Other offices were not asked" in fragment and "A desk officer" not in fragment
    assert "Only your own cases were searched" in text(asker.get(f"/search/?q={OURS[0]}"))
    for facts in ({"age": "1999"}, {"mother": "Nobody At All"}, {"phone": "+66 99 999 9999"}):
        assert "A desk officer" not in text(asked(**facts)), facts
    assert text(desk.get("/cases/pairs/")).count("Sao") == 0
    for facts in ({"age": "2012"}, {"phone": "+66 81 234 5678"}):
        page = text(asked(**facts))
        assert "A desk officer will contact you" in page and not any(word in page.split("<main")[1].split("<form")[0] for word in OURS)
    call = text(desk.get("/cases/pairs/"))
    assert "Sao" in call and "Welfare North" in call and OURS[0] not in call
    with access.system():
        Asked.objects.update(times=case_queries.ASKED_AN_HOUR)
    often = text(asked(age="2012"))
    assert "you have asked very often" in often and "A desk officer" not in often
    with access.system():
        Asked.objects.update(since_at=timezone.now() - case_queries.AN_HOUR - timedelta(seconds=1))
    assert "A desk officer" in text(asked(age="2012"))
    with access.acting(world.kham):
        cases.seal(case, by=world.kham)
    assert "A desk officer" not in text(asked(age="2012"))
    assert "Welfare North" not in text(desk.get("/cases/pairs/"))


# property: whatever is done and in whatever order, no page of one side says a word of the other before both agreed, nor of whoever is hidden

STEPS = ("north agrees", "south agrees", "north refuses", "south refuses", "desk asks", "time goes by", "north is sealed", "south keeps north away", "not safe")


def _do(two, step):
    office, case = (two.supervisor, two.north_case) if step.startswith("north") else (two.other_supervisor, two.south_case)
    if step.endswith("agrees"):
        agree(office, case)
    elif step.endswith("refuses"):
        says(actions.refuse_to_look, office, case)
    elif step == "desk asks":
        with access.acting(two.desk):
            actions.ask_sides(_pair(), by=two.desk)
    elif step == "north is sealed":
        with access.acting(two.kham):
            cases.seal(two.north_case, by=two.kham)
    elif step == "south keeps north away":
        with access.acting(two.stranger):
            cases.exclude(two.south_case, by=two.stranger, reason="RELATED", worker=two.supervisor2)
    elif step == "not safe":
        with access.system():
            Case.objects.filter(pk=two.south_case.pk).update(tracing="NOT_SAFE")
    elif step == "time goes by":
        with access.system():
            Inquiry.objects.filter(answer="YES").update(answered_at=timezone.now() - queries.HOLDS - timedelta(minutes=1))


@given(order=st.permutations(STEPS), begin=st.booleans())
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_byte_of_the_other_side_before_both_agree(two, order, begin):
    steps = (["north agrees", "south agrees"] if begin else []) + list(order)
    browsers = [(sign_in_again(two, "supervisor"), THEIRS, two.north_case), (sign_in_again(two, "other_supervisor"), OURS, two.south_case)]
    urls = {case.pk: f"/cases/pairs/elsewhere/{inquiry(case).uuid}/" for case in (two.north_case, two.south_case)}
    absent = f"/cases/pairs/elsewhere/{uuid.uuid4()}/"
    shown = 0
    with transaction.atomic():
        agreed, hidden = set(), False
        for step in steps:
            try:
                _do(two, step)
            except (Refused, access.Forbidden):
                continue
            if step.endswith("agrees"):
                agreed.add(step[:5])
            elif step.endswith("refuses"):
                agreed = {"refused"}
            elif step in ("desk asks", "time goes by"):
                agreed = set() if step == "time goes by" or "refused" in agreed else agreed
            else:
                hidden = True
            for browser, other, own in browsers:
                page = browser.get(urls[own.pk])
                said = page.content.decode() + browser.get("/cases/pairs/").content.decode()
                told = [word for word in other if word in said]
                if agreed == {"north", "south"} and not hidden:
                    assert told == list(other), step
                    shown += 1
                else:
                    assert told == [], (step, agreed, hidden)
                if hidden:
                    nobody = browser.get(absent)
                    assert (page.status_code, page.content) == (nobody.status_code, nobody.content) == (404, nobody.content)
        transaction.set_rollback(True)
    assert shown or not begin


def sign_in_again(two, who) -> Client:
    """Signed in once for all examples."""
    there = two.__dict__.setdefault("browsers", {})
    if who not in there:
        there[who] = sign_in(getattr(two, who))
    return there[who]
