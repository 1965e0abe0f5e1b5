"""Saved filters, the calendar without names, the workload."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from romsai.core import access
from romsai.core.actions import Refused
from romsai.core.models import AuditLine
from romsai.workforce import actions, calendars, queries
from romsai.workforce.models import SavedFilter
from tests import life
from tests import world as build

MARK = "zqxjkvw"


def test_a_filter_is_kept_by_name_for_its_keeper_alone(world):
    w = world
    with access.acting(w.kham):
        actions.save_filter(by=w.kham, page="cases:caseload", name=" High  risk ", query="risk=HIGH&page=3&csrf=x")
        actions.save_filter(by=w.kham, page="cases:caseload", name="High risk", query="risk=HIGH&risk=IMMEDIATE")
        saved = SavedFilter.objects.get()
        assert (saved.name, saved.query) == ("High risk", "risk=HIGH&risk=IMMEDIATE")
        with pytest.raises(Refused, match="Narrow the list first"):
            actions.save_filter(by=w.kham, page="cases:caseload", name="All", query="page=2")
    with access.acting(w.bua), connection.cursor() as cursor:
        cursor.execute("select count(*) from workforce_savedfilter")
        assert cursor.fetchone() == (0,)
        with pytest.raises(access.Forbidden):
            actions.forget_filter(saved, by=w.bua)
    with access.acting(w.kham):
        actions.forget_filter(saved, by=w.kham)
        assert not SavedFilter.objects.exists()


@pytest.fixture
def feed(world):
    """A case of Kham's, the address of Kham's calendar and the secret in it."""
    return build.case(world), *calendar_of(world.kham)


def calendar_of(worker):
    with access.acting(worker):
        secret = actions.new_secret()
        actions.make_calendar(by=worker, digest=actions.digest_of(secret))
    return f"/workforce/calendar/{secret}.ics", secret


def lines(answer, name):
    return [line.partition(":")[2] for line in answer.content.decode().split("\r\n") if line.split(":")[0].split(";")[0] == name]


def test_a_calendar_gives_kinds_and_times_and_no_word_of_a_record(world):
    """Noy's whole life is in it, every word of it marked."""
    words = {}
    noy = life.live(world, lambda name: words.setdefault(name, f"{MARK}{len(words):03d}"), number=lambda name: f"80491735{len(name):08d}")
    address, _secret = calendar_of(world.kham)
    answer = Client().get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert set(lines(answer, "SUMMARY")) == {"Visit", "Review", "Due"}
    with access.acting(world.kham):
        due = queries.calendar(world.kham)[0]
    assert len(lines(answer, "UID")) == len(set(lines(answer, "UID"))) == len(due) > 3
    text = answer.content.decode()
    for telling in (MARK, "80491735", noy.case.number, str(noy.case.uuid), "Kham", "Town", "Welfare", "Banyan", "/cases/"):
        assert telling not in text
    assert {line.split(":")[0].split(";")[0] for line in text.split("\r\n") if line} == {
        "BEGIN", "VERSION", "PRODID", "CALSCALE", "METHOD", "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "CLASS", "END",
    }  # fmt: skip


def test_each_reading_of_a_calendar_is_on_record_as_its_workers(world, feed):
    case, address, _secret = feed
    Client().get(address)
    with access.acting(world.auditor):
        newest = AuditLine.objects.filter(action="workforce.calendar").latest("id")
        assert newest.worker_id == world.kham.pk
        assert f"case:{case.pk}" in newest.subjects


def test_a_wrong_old_or_revoked_address_is_no_page_and_the_secret_is_kept_nowhere(world, feed):
    _case, address, secret = feed
    absent = Client().get("/workforce/calendar/nothing.ics")
    assert absent.status_code == 404
    with access.acting(world.kham):
        actions.make_calendar(by=world.kham, digest=actions.digest_of("another"))
    assert Client().get(address).content == absent.content
    assert Client().get("/workforce/calendar/another.ics").status_code == 200
    with access.acting(world.kham):
        actions.revoke_calendar(by=world.kham)
    assert Client().get("/workforce/calendar/another.ics").status_code == 404
    with access.system(), connection.cursor() as cursor:
        cursor.execute("select string_agg(c::text, ' ') from workforce_calendar c")
        assert secret not in cursor.fetchone()[0]


def test_who_was_switched_off_has_no_calendar_any_more(world, feed):
    _case, address, _secret = feed
    with access.system():
        world.kham.is_active = False
        world.kham.save()
    assert Client().get(address).status_code == 404


def test_reading_too_often_is_stopped(world, feed):
    _case, address, _secret = feed
    answers = [Client().get(address).status_code for _reading in range(calendars.READINGS + 1)]
    assert answers == [200] * calendars.READINGS + [429]


def test_the_workload_counts_weighs_marks_and_compares(world, django_assert_max_num_queries):
    w = world
    for risk in ("HIGH", "MEDIUM", "LOW"):
        build.case(w, risk=risk)
    old = build.case(w, worker=w.bua)
    with access.system():
        long_ago = timezone.now() - timedelta(days=60)
        old.assignments.update(since_at=long_ago)
        old.deadlines.update(due_at=long_ago)
    with access.acting(w.supervisor):
        found = {
            line.load.worker.name: (line.load.cases, line.load.weighted, line.late, line.before)
            for line in queries.workloads(queries.led(w.supervisor))
        }
        assert found["Bua"] == (1, 1.0, 1, 1)
        assert found["Kham"][0] == 3 and found["Kham"][3] == 0
        with django_assert_max_num_queries(20):
            queries.workloads(queries.led(w.supervisor))
    with access.acting(w.kham):
        assert not queries.led(w.kham).exists()
