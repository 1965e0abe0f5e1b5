"""What the house promises of every action and every read, shown on real rows."""

import json
import threading
import uuid

import pytest
from django.db import connection, transaction

from romsai.cases import actions as cases
from romsai.cases.models import Case, Note, Report
from romsai.core import access, audit
from romsai.core.access import ScopeMissing
from romsai.core.actions import Refused
from romsai.core.models import History
from romsai.people.models import Name
from tests import world as build


def test_asking_a_protected_table_without_a_context_raises(db):
    with pytest.raises(ScopeMissing):
        Case.objects.count()


def test_without_a_context_postgresql_gives_nothing_even_by_plain_sql(world):
    case = build.case(world)
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("select set_config('role', 'romsai_scope', true)")
        cursor.execute("select count(*) from cases_case")
        assert cursor.fetchone() == (0,)
        cursor.execute("reset role")
    with access.acting(world.kham):
        assert Case.objects.get().pk == case.pk


def test_reading_a_name_leaves_a_line_and_counting_cases_leaves_none(world):
    case = build.case(world)
    with access.acting(world.kham) as context:
        assert Case.objects.count() == 1
        assert context.reads == {}
        assert [str(name.full) for name in Name.objects.all()] == ["Keo Invented"]
        assert context.reads == {"identity": {f"person:{case.child_id}"}}
    with access.acting(world.kham):
        newest = audit.who_looked(case)[0]
    assert (newest.worker_id, newest.reads) == (world.kham.pk, {"identity": [f"person:{case.child_id}"]})


def test_values_would_pass_by_the_audit_and_is_refused(world):
    build.case(world)
    with access.acting(world.kham), pytest.raises(TypeError, match="pass by the audit"):
        list(Name.objects.values("kind"))


def test_history_keeps_old_and_new_values_with_the_worker_and_no_words_in_clear(world):
    case = build.case(world)
    with access.acting(world.kham):
        cases.write_note(case, by=world.kham, text="The planted word is marigold.")
        cases.set_risk(case, by=world.kham, risk="HIGH", reasons=["worse"])
        change = History.objects.filter(table_name="cases_case", operation="UPDATE").latest("id")
        assert (change.old["risk"], change.new["risk"], change.worker_id) == ("MEDIUM", "HIGH", world.kham.pk)
        assert "marigold" not in json.dumps([h.new for h in History.objects.all()])
    with access.acting(world.stranger):
        assert History.objects.count() == 0


def test_the_audit_cannot_be_changed_or_written_around(world):
    build.case(world)
    for statement in (
        "update core_auditline set action = 'x'",
        "delete from core_auditline",
        "insert into core_auditline (at) values (now())",
    ):
        with pytest.raises(Exception, match="permission denied"), access.acting(world.kham), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_same_key_twice_is_one_record_and_anothers_key_is_refused(world):
    case, key = build.case(world), uuid.uuid4()
    with access.acting(world.kham):
        first = cases.write_note(case, by=world.kham, text="once", client_key=key)
        second = cases.write_note(case, by=world.kham, text="once", client_key=key)
        assert first.pk == second.pk
        assert Note.objects.count() == 1
    with access.acting(world.kham):
        cases.assign(case, by=world.kham, worker=world.bua, is_lead=False)
    with access.acting(world.bua), pytest.raises(Refused, match="sent before"):
        cases.write_note(case, by=world.bua, text="once", client_key=key)


def test_nobody_acts_in_anothers_name(world):
    case = build.case(world)
    with access.acting(world.bua), pytest.raises(access.Forbidden):
        cases.write_note(case, by=world.kham, text="forged")


def test_an_elevated_action_asks_the_workers_own_right_first(world):
    case = build.case(world)
    with access.acting(world.stranger), pytest.raises(access.Forbidden):
        cases.assign(case, by=world.stranger, worker=world.stranger)
    with access.acting(world.supervisor):
        cases.assign(case, by=world.supervisor, worker=world.bua)
        assert {a.worker_id for a in case.assignments.running()} == {world.bua.pk}


def test_ten_at_once_with_one_key_make_one_report(committed):
    """Ten threads, each with a connection and transaction of its own, as ten taps on a slow phone."""
    from django.db import connections

    world, key, results = build.build(), uuid.uuid4(), []

    def send():
        try:
            with access.acting(world.operator):
                results.append(cases.report(by=world.operator, worry="Ten taps.", danger="no", channel="HELPLINE", client_key=key).pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _unused in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with access.system():
        made = Report.objects.count()
    print(f"\nten at once with one key: {made} report, {len(results)} answers, {len(set(results))} distinct")
    assert (made, len(results), len(set(results))) == (1, 10, 1)


def test_under_concurrency_no_read_goes_without_its_line(committed):
    """Forty reads at once by four threads: as many lines as reads."""
    from django.db import connections

    world = build.build()
    case = build.case(world)
    before = _lines(world, case)

    def read():
        try:
            for _unused in range(10):
                with access.acting(world.kham):
                    [str(name.full) for name in Name.objects.all()]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=read) for _unused in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written = _lines(world, case) - before
    print(f"\nreads audited under concurrency: {written} of 40")
    assert written == 40


def _lines(world, case):
    with access.acting(world.kham):
        return len([line for line in audit.who_looked(case) if "identity" in line.reads])
