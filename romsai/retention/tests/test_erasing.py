"""What is erased is gone: rows, history, tokens, keys. What stays: the count, the ledger, the other children."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from romsai.cases import actions as cases
from romsai.cases.models import Case, CaseState, Participant
from romsai.core import access, second
from romsai.core.actions import Refused
from romsai.core.crypto import DataKey
from romsai.core.models import Proposal
from romsai.people.models import Person
from romsai.retention import actions, erasing, ledger, queries, tasks
from romsai.retention.models import Entry, Erasure, Hold, Remnant, Round
from romsai.retention.tests.arrange import closed, decided
from tests import world as build


def test_two_people_erase_one_case(world, officers):
    case, other = closed(build.case(world)), build.case(world)
    with access.system():
        before, keys = erasing.counted(), [case.key_id, case.child.key_id]
        assert other.notes.count() == 0
    made = decided(officers, ground="REQUEST", number=case.number)
    assert tasks.work(made.pk) is True
    with access.system():
        made.refresh_from_db()
        assert (made.state, [line.state for line in made.lines.all()]) == ("DONE", ["DONE"])
        assert not Case.objects.filter(pk=case.pk).exists()
        assert not Person.objects.filter(pk=case.child_id).exists()
        assert Case.objects.filter(pk=other.pk).exists()
        assert other.child.names.get(is_main=True).full == "Keo Invented"
        assert [bytes(key.wrapped) for key in DataKey.objects.filter(pk__in=keys)] == [b"", b""]
        assert erasing.counted() == before
        (entry,) = ledger.read()
        assert entry["by"] == [str(officers[0].uuid), str(officers[1].uuid)]
        assert Entry.objects.get().line == entry["line"]


def test_a_held_case_is_never_erased_and_two_people_lift_the_hold(world, officers):
    one, two = officers
    case = closed(build.case(world))
    made = decided(officers, ground="COURT", number=case.number)
    with access.acting(world.kham):
        held = actions.hold(case, by=world.kham, kind="PROCEEDINGS", reason="The trial begins in May.")
        with pytest.raises(Refused, match="already"):
            actions.hold(case, by=world.kham, kind="OTHER", reason="Again.")
    with access.acting(world.stranger), pytest.raises(access.Forbidden):
        actions.hold(case, by=world.stranger, kind="OTHER", reason="Mine.")
    tasks.work(made.pk)
    with access.system():
        assert [line.state for line in made.lines.all()] == ["HELD"]
        with pytest.raises(DatabaseError, match="under a legal hold"), transaction.atomic():
            erasing.erase(erasing.scope_of_case(case))
        with pytest.raises(DatabaseError, match="under a legal hold"), transaction.atomic():
            DataKey.objects.filter(pk=case.key_id).update(wrapped=b"")
    with access.acting(one):
        with pytest.raises(Refused, match="legal hold"):
            actions.draw_up(by=one, ground="REQUEST", number=case.number, reason="x")
        with pytest.raises(access.Forbidden):
            actions.lift(by=one, hold=str(held.uuid))
        second.propose("retention.lift", by=one, reason="The trial is over.", hold=str(held.uuid))
        assert second.waiting_for(one) == []
    with access.acting(two):
        second.confirm(second.waiting_for(two)[-1], by=two)
    with access.system():
        held.refresh_from_db()
        assert held.lifted_at is not None
    again = decided(officers, ground="COURT", number=case.number)
    tasks.work(again.pk)
    with access.system():
        assert [line.state for line in again.lines.all()] == ["DONE"]


def test_who_is_kept_from_a_case_neither_erases_it_nor_agrees_to_that_nor_lifts_its_hold(world, officers):
    one, two = officers
    case, held = build.case(world), build.case(world)
    with access.acting(world.kham):
        for made in (case, held):
            cases.exclude(made, by=world.kham, worker=two, reason="ACCUSED")
        hold = actions.hold(held, by=world.kham, kind="COMPLAINT", reason="An inquiry.")
    closed(case)
    with access.acting(two):
        with pytest.raises(Refused, match="no case with this number"):
            actions.draw_up(by=two, ground="REQUEST", number=case.number, reason="x")
        with pytest.raises(Refused, match="no case with this number"):
            actions.hold_by_number(by=two, number=case.number, kind="OTHER", reason="x")
    with access.acting(one):
        actions.draw_up(by=one, ground="REQUEST", number=case.number, reason="x")
        lifting = second.propose("retention.lift", by=one, reason="x", hold=str(hold.uuid))
    with access.system():
        assert [list(queries.holds(officer)) for officer in (one, two)] == [[hold], []]
        (drawing,) = Proposal.objects.filter(action="retention.erase")
    with access.acting(two):
        assert second.waiting_for(two) == []
        for proposal in (drawing, lifting):
            with pytest.raises(access.Forbidden):
                second.confirm(proposal, by=two)
    with access.acting(world.manager):
        second.confirm(lifting, by=world.manager)
        second.confirm(drawing, by=world.manager)


def test_who_is_linked_to_another_case_at_the_last_moment_stays(world, officers, monkeypatch):
    case, other = closed(build.case(world)), build.case(world)
    made, lock = decided(officers, ground="REQUEST", number=case.number), erasing.locked

    def linked_first(scope):
        Participant.objects.create(case=other, person_id=case.child_id, role="SIBLING")
        lock(scope)

    monkeypatch.setattr(erasing, "locked", linked_first)
    tasks.work(made.pk)
    with access.system():
        assert not Case.objects.filter(pk=case.pk).exists()
        assert Person.objects.filter(pk=case.child_id).exists()
        assert other.participants.filter(person=case.child_id).exists()


@pytest.mark.parametrize("state", ["open", "merged", "unknown", "early"])
def test_what_cannot_be_erased_is_refused_with_a_sentence(world, officers, state):
    one = officers[0]
    case = build.case(world) if state == "open" else closed(build.case(world))
    if state == "merged":
        with access.system():
            Case.objects.filter(pk=case.pk).update(state=CaseState.MERGED, merged_into=build.case(world))
    asked = {"number": "X-0" if state == "unknown" else case.number, "ground": "SCHEDULE" if state == "early" else "REQUEST"}
    said = {"open": "is open", "merged": "was merged into", "unknown": "no case with this number", "early": "is not over"}[state]
    with access.acting(one), pytest.raises(Refused, match=said):
        actions.draw_up(by=one, reason="x", **asked)
    with access.acting(world.supervisor), pytest.raises(access.Forbidden):
        actions.draw_up(by=world.supervisor, reason="x", **asked)


def test_nothing_happens_before_its_day_and_a_round_can_be_stopped(world, officers):
    case = closed(build.case(world))
    made = decided(officers, ground="REQUEST", number=case.number)
    with access.system():
        Round.objects.filter(pk=made.pk).update(not_before=timezone.now() + timedelta(days=1))
    assert tasks.work(made.pk) is True
    with access.system():
        assert Round.objects.get(pk=made.pk).state == "WAITING"
    with access.acting(officers[0]):
        actions.stop(made, by=officers[0])
    with access.system():
        Round.objects.filter(pk=made.pk).update(not_before=timezone.now())
    tasks.work(made.pk)
    with access.system():
        assert Case.objects.filter(pk=case.pk).exists()
        assert Round.objects.get(pk=made.pk).state == "STOPPED"
    assert ledger.read() == []


def test_a_round_that_the_second_person_declines_is_over_at_once(world, officers):
    one, other = officers
    case = closed(build.case(world))
    with access.acting(one):
        made = actions.draw_up(by=one, ground="REQUEST", number=case.number, reason="asked by letter")
    with access.acting(other):
        second.decline(second.waiting_for(other)[-1], by=other)
    with access.system():
        assert Round.objects.get(pk=made.pk).state == "STOPPED"


def test_a_line_without_its_commit_is_made_good_and_replay_changes_nothing_more(world, officers):
    """As after a crash, and as after restoring a backup from before: the file knows more than the database."""
    case, other = closed(build.case(world)), build.case(world)
    made = decided(officers, ground="REQUEST", number=case.number)
    with access.system():
        counts = erasing.counted()
    with pytest.raises(KeyboardInterrupt), transaction.atomic(), access.system():
        tasks.work(made.pk)
        raise KeyboardInterrupt
    assert len(ledger.read()) == 1
    with access.system():
        assert Case.objects.filter(pk=case.pk).exists()
        assert erasing.verified()[1] == 3  # of the case, the child, the report
        # A hold that was lifted after the backup was made runs in it again.
        Hold.objects.create(case=case, key=case.key, kind="OTHER", reason="x", placed_at=timezone.now() - timedelta(days=9))
        assert (erasing.replay(), erasing.replay()) == (1, 0)
        assert not Case.objects.filter(pk=case.pk).exists()
        assert Case.objects.filter(pk=other.pk).exists()
        assert erasing.counted() == counts
        assert (Remnant.objects.count(), Entry.objects.count(), erasing.verified()[1]) == (1, 1, 0)
    tasks.work(made.pk)
    with access.system():
        assert [line.state for line in made.lines.all()] == ["KEPT"]


def test_the_ledger_tells_every_change_of_it(world, officers):
    for _n in range(3):
        made = decided(officers, ground="REQUEST", number=closed(build.case(world)).number)
        tasks.work(made.pk)
    whole = ledger.path().read_bytes()
    first, second_, third = whole.splitlines(keepends=True)
    assert b"Keo" not in whole
    broken = {
        "changed": whole.replace(b"REQUEST", b"UNLAWFUL", 1), "taken out": first + third, "moved": second_ + first + third, "begun later": second_ + third,
    }  # fmt: skip
    for name, content in broken.items():
        ledger.path().write_bytes(content)
        with pytest.raises(ledger.Broken):
            ledger.read()
            raise AssertionError(name)
    facts = json.loads(third)
    facts["class"] = "R1"
    facts.pop("hash"), facts.pop("seal")
    facts["hash"] = ledger._hash(facts)
    facts["seal"] = "0" * 16
    ledger.path().write_bytes(first + second_ + ledger._text(facts).encode() + b"\n")
    with pytest.raises(ledger.Broken, match="not written by this Romsai"):
        ledger.read()
    ledger.path().write_bytes(first + second_)
    with access.system(), pytest.raises(ledger.Broken, match="lacks 1 lines"):
        erasing.verified()
    ledger.path().write_bytes(whole[:-20])
    with access.system():
        assert erasing.replay() == 0
    assert ledger.path().read_bytes() == whole
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), access.system():
        Entry.objects.all().delete()


def test_whoever_is_in_another_case_stays(world, officers):
    """A sibling's case keeps the child as a brother; the erased case's own rows are gone all the same."""
    case, sibling = closed(build.case(world)), build.case(world)
    with access.system():
        sibling.participants.create(person=case.child, role="FAMILY", relation="SIBLING")
        scope = erasing.scope_of_case(case)
    assert scope.staying == (case.child_id,)
    made = decided(officers, ground="REQUEST", number=case.number)
    tasks.work(made.pk)
    with access.system():
        assert not Case.objects.filter(pk=case.pk).exists()
        assert case.child.names.get().full == "Keo Invented"
        with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
            erasing.erase(erasing.Scope(people=(sibling.child_id,)))


def test_a_round_of_many_goes_on_where_it_was_killed(world, officers):
    for _n in range(3):
        closed(build.case(world), reason="NOT_SUBSTANTIATED")
    tasks.note_due()
    made = decided(officers, ground="SCHEDULE", kind="R8")
    assert tasks.work(made.pk, until=0) is False
    with access.system():
        assert sorted(line.state for line in made.lines.all()) == ["DONE", "WAITING", "WAITING"]
    assert tasks.work(made.pk) is True
    with access.system():
        assert sorted(line.state for line in made.lines.all()) == ["DONE"] * 3
        assert Erasure.objects.filter(about__isnull=False).count() == 0
        reasons = [str(p.reason) for p in Proposal.objects.filter(action="retention.erase")]
    assert reasons == ["erased"]
    assert len(ledger.read()) == 3
