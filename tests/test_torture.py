"""The count of `make torture` sees what is lost, doubled, half or closed, and nothing where all is well. The torture itself is no test."""

import uuid
from types import SimpleNamespace

import psycopg

from romsai.cases import actions as cases
from romsai.core import access
from romsai.workforce import actions as workforce
from tests import plugin
from tests import world as invented
from tests.torture import counting, writes
from tests.torture.__main__ import is_good


def test_what_was_acknowledged_is_held_against_what_is_kept():
    acknowledged = {"torture a 1": 0.0, "torture a 2": 0.1, "torture a 3": 0.2}
    kept = {"torture a 1": 1, "torture a 3": 2, "torture a 4": 1, "torture a 5": 1, "torture b 9": 2}

    lost, doubled, strange = counting.compare(acknowledged, {"torture a 4", "torture a 6"}, kept, "a")

    assert (lost, doubled, strange) == (["torture a 2"], ["torture a 3"], ["torture a 5"])


def test_the_silence_after_a_kill_is_counted_though_an_answer_was_on_its_way():
    acknowledged = [1.0, 2.0, 2.25, 9.25, 9.5, 10.0]
    assert writes.recoveries([("web", 2.0), ("keys", 9.3), ("worker", 10.0)], acknowledged) == [("web", 7.0), ("keys", 0.5)]


def test_the_last_line_is_good_only_if_nothing_is_wrong_and_every_planted_fault_was_seen():
    good = {"lost": 0, "doubled": 0, "disk_full": {"half": 0}, "clock": {"skipped": "no compiler"}, "planted_caught": {"no_client_key": True}}
    assert is_good(good)
    for fault in ({"lost": 1}, {"disk_full": {"half": 1}}, {"backup": {"wrong_key_refused": False}}, {"clock": {"sessions_left_open": 1}}, {"planted_caught": {"no_client_key": False}}):
        assert not is_good(good | fault)


def test_a_record_that_is_not_whole_or_does_not_open_is_found(committed):
    world = invented.build()
    case = invented.case(world)
    with access.entered(access.Context(role=access.roles.PUBLIC)):
        cases.report(by=None, worry="torture a 1", danger="no", channel="WEB", client_key=uuid.uuid4())
    with access.acting(world.kham):
        cases.write_note(case, by=world.kham, text="torture a 2", client_key=uuid.uuid4())
        workforce.note(by=world.kham, about=world.kham, text="torture a 3", client_key=uuid.uuid4())

    with psycopg.connect(plugin.admin(committed), autocommit=True) as admin:
        romsai = SimpleNamespace(ask=lambda query: admin.execute(query).fetchall())
        assert counting.half(romsai) == {}
        assert counting.opened() == ({"torture a 1": 1, "torture a 2": 1, "torture a 3": 1}, 0)

        admin.execute("set session_replication_role = replica")  # past the triggers that keep audit and history as they are
        newest = "(select max(id) from cases_report)"
        for fault in (
            f"delete from core_history where table_name = 'cases_report' and row_id = {newest}",
            f"delete from core_auditline where action = 'cases.report' and ('report:' || {newest}) = any(subjects)",
            "delete from core_auditline where action = 'cases.write_note'",
            "delete from cases_event where kind = 'NOTE'",
            "update core_clientkey set pk = null where action = 'cases.write_note'",
            "delete from workforce_notice where once like 'supervision:%' and id in (select max(id) from workforce_notice where once like 'supervision:%')",
            "update cases_note set text = '\\x01' || substr(text, 14)",
        ):
            admin.execute(fault)
        assert counting.half(romsai) == {
            "a report without its history": 1,
            "a report without its line in the audit": 1,
            "a note without its line in the audit, or a line without its note": 1,
            "a note without its event on the case": 1,
            "a client key without its record": 1,
            "a letter without a notice to each of two supervisors": 1,
        }
        assert counting.opened() == ({"torture a 1": 1, "torture a 3": 1}, 1)
