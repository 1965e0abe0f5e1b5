"""Opening a case in an emergency: what opens, what does not, who is told, and that three is three."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from romsai.care.models import Share
from romsai.cases import actions as cases
from romsai.cases import glass
from romsai.cases.models import Glass, GlassRequest, Note
from romsai.core import access, audit
from romsai.core.actions import Refused
from romsai.people.models import Address, Name
from romsai.places.models import Agency, Worker
from tests import world as build

FACTS = {"name": "Keo Invented", "birth_year": 2012, "reason": "EMERGENCY", "why": "She called from a bus station."}


def officers(world):
    """A data protection officer, and somebody with rank in a third agency."""
    with access.system():
        world.dpo = Worker.objects.create(name="Officer of data", role="DPO", agency=world.ministry)
        third = Agency.objects.create(name="Welfare West", kind="SW_LOCAL", area=world.south)
        world.third = Worker.objects.create(name="West", role="MANAGER", agency=third)
    return world


def opens(world, case, *, by=None, **facts):
    by = by or world.stranger
    with access.acting(by):
        return glass.break_glass(by=by, number=case if isinstance(case, str) else case.number, **FACTS | facts)


@pytest.fixture
def there(world):
    return officers(world)


@pytest.fixture
def case(there):
    return build.case(there, child={"sex": "F", "birth_year": 2012, "age_basis": "STATED", "names": [{"kind": "LEGAL", "full": "Keo Invented"}], "addresses": [{"text": "Lane 3"}]})  # fmt: skip


def test_an_emergency_opens_the_case_for_four_hours_and_tells_two_outside_the_line(there, case):
    made = opens(there, case)
    with access.system():
        assert {worker.pk for worker in made.told.all()} == {there.dpo.pk, there.third.pk}
        assert made.glass.until_at - made.glass.opened_at == timedelta(hours=4)
    with access.acting(there.stranger):
        assert [str(name.full) for name in Name.objects.visible().filter(person=case.child_id)] == ["Keo Invented"]
        assert [str(line.text) for line in Address.objects.visible().filter(person=case.child_id)] == ["Lane 3"]
        with pytest.raises(access.Forbidden):
            cases.set_risk(case, by=there.stranger, risk="HIGH")
        glass.note_through_glass(case, by=there.stranger, text="Brought her to the clinic.")
    with access.acting(there.kham):
        assert {line.purpose for line in audit.who_looked(case) if line.worker_id == there.stranger.pk and line.reads and not line.is_system} == {"break-glass"}  # fmt: skip
        assert case.events.filter(kind="GLASS_OPENED").count() == 1
        assert [str(note.text) for note in Note.objects.visible().filter(case=case)] == ["Brought her to the clinic."]


def test_it_shuts_by_itself_and_by_hand(there, case):
    made = opens(there, case)
    with access.acting(there.stranger):
        assert access.sees(there.stranger, case)
        glass.close_glass(Glass.objects.visible().get(pk=made.glass_id), by=there.stranger)
        assert not access.sees(there.stranger, case)
    again = opens(there, case)
    with access.system():
        Glass.objects.filter(pk=again.glass_id).update(until_at=timezone.now() - timedelta(seconds=1))
    with access.acting(there.stranger):
        assert not access.sees(there.stranger, case)
        assert Name.objects.visible().filter(person=case.child_id).count() == 0


def test_for_another_reason_the_place_and_the_words_stay_shut(there, case):
    opens(there, case, reason="COVER")
    with access.acting(there.stranger):
        assert Name.objects.visible().filter(person=case.child_id).exists()
        assert not Address.objects.visible().filter(person=case.child_id).exists()


@pytest.mark.parametrize("what", ["absent", "sealed", "excluded", "another name", "another year"])
def test_what_opens_nothing_says_nothing_and_is_kept(there, case, what):
    facts = {}
    with access.acting(there.kham):
        if what == "sealed":
            cases.seal(case, by=there.kham)
        if what == "excluded":
            cases.exclude(case, by=there.kham, reason="ACCUSED", agency=there.other)
    facts = {"another name": {"name": "Somebody Else"}, "another year": {"birth_year": 1999}}.get(what, {})
    made = opens(there, "WEL-2020-99999" if what == "absent" else case, **facts)
    assert made.glass is None
    with access.system():
        assert (Glass.objects.count(), GlassRequest.objects.count()) == (0, 1)
        assert made.told.count() == 0
    with access.acting(there.stranger):
        assert not access.sees(there.stranger, case)


def test_an_exclusion_or_a_seal_shuts_what_is_open(there, case):
    opens(there, case)
    with access.acting(there.kham):
        cases.exclude(case, by=there.kham, reason="RELATED", worker=there.stranger)
    with access.acting(there.stranger):
        assert not access.sees(there.stranger, case)
    other = build.case(there)
    opens(there, other)
    with access.acting(there.kham):
        cases.seal(other, by=there.kham)
    with access.acting(there.stranger):
        assert not access.sees(there.stranger, other)


def test_after_five_attempts_that_open_nothing_the_right_facts_open_nothing_either(there, case):
    for _unused in range(glass.TRIES):
        assert opens(there, case, name="Somebody Else").glass is None
    assert opens(there, case).glass is None


def test_who_reaches_the_case_and_not_its_names_cannot_try_names_out(there, case):
    with access.acting(there.kham):
        consent = case.consents.first()
    with access.system():
        until = timezone.now() + timedelta(days=9)
        Share.objects.create(case=case, agency=there.other, levels=["core"], purpose="SERVICE", consent=consent, from_at=there.now, until_at=until, by=there.kham)
    with access.acting(there.stranger):
        assert access.sees(there.stranger, case)
        assert not Name.objects.visible().filter(person=case.child_id).exists()
    for _unused in range(glass.TRIES):
        assert opens(there, case, name="Somebody Else").glass is None
    assert opens(there, case).glass is None


def test_who_is_kept_from_the_case_is_not_told_of_it_nor_judges(there, case):
    with access.acting(there.kham):
        cases.exclude(case, by=there.kham, reason="ACCUSED", worker=there.dpo)
    assert opens(there, case).glass is None  # nobody else could be told
    with access.system():
        other = Worker.objects.create(name="Another officer", role="DPO", agency=there.ministry)
    made = opens(there, case)
    with access.system():
        assert {worker.pk for worker in made.told.all()} == {other.pk, there.third.pk}
    with access.acting(there.kham):
        cases.exclude(case, by=there.kham, reason="ACCUSED", worker=there.third)
    assert made.pk not in {request.pk for request in [*glass.seen_by(there.third), *glass.to_review(there.third)]}
    with access.acting(there.third), pytest.raises(access.Forbidden):
        glass.review_glass(made, by=there.third, verdict="NEEDED")


def test_a_fourth_is_refused_and_whoever_reaches_the_case_needs_no_emergency(there, case):
    for _unused in range(3):
        opens(there, build.case(there))
    with pytest.raises(Refused, match="three cases"):
        opens(there, case)
    with pytest.raises(Refused, match="already"):
        opens(there, case, by=there.supervisor)
    with access.acting(there.carer), pytest.raises(access.Forbidden):
        glass.break_glass(by=there.carer, number=case.number, **FACTS)


def test_without_anybody_to_tell_nothing_opens(world):
    with pytest.raises(Refused, match="data protection officer"):
        opens(world, build.case(world))


def test_three_is_three_when_eight_are_asked_for_at_once(committed):
    """Eight threads, each with a connection of its own, each for another case."""
    world = officers(build.build())
    numbers, said = [build.case(world).number for _unused in range(8)], []

    def send(number):
        try:
            said.append(opens(world, number).glass_id is not None)
        except Refused:
            said.append(False)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=[number]) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with access.system():
        there = Glass.objects.open(at=timezone.now()).count()
    print(f"\neight openings at once: {there} open, {sum(said)} said so")
    assert (there, sum(said), len(said)) == (3, 3, 8)


def test_only_one_of_the_two_judges_and_misuse_shuts_it(there, case):
    made = opens(there, case)
    for who in (there.stranger, there.supervisor, there.other_supervisor):
        with access.acting(who), pytest.raises(access.Forbidden):
            glass.review_glass(made, by=who, verdict="NEEDED")
    assert [line.pk for line in glass.to_review(there.third)] == [made.pk]
    assert glass.unreviewed() == (1, 0, 0)
    with access.acting(there.third):
        with pytest.raises(Refused, match="what you found"):
            glass.review_glass(made, by=there.third, verdict="MISUSE")
        glass.review_glass(made, by=there.third, verdict="MISUSE", remark="The child never called.")
    with access.acting(there.dpo), pytest.raises(Refused, match="already"):
        glass.review_glass(made, by=there.dpo, verdict="NEEDED")
    assert (glass.to_review(there.dpo), glass.unreviewed()) == ([], (0, 0, 0))
    with access.acting(there.stranger):
        assert not access.sees(there.stranger, case)


def test_the_same_form_sent_twice_opens_once(there, case):
    key = uuid.uuid4()
    assert opens(there, case, client_key=key).pk == opens(there, case, client_key=key).pk
    with access.system():
        assert Glass.objects.count() == 1


def test_a_review_is_late_after_two_working_days(there, case):
    made = opens(there, case)
    with access.system():
        GlassRequest.objects.filter(pk=made.pk).update(review_by=timezone.now() - timedelta(minutes=1))
    assert glass.unreviewed() == (1, 1, 0)
