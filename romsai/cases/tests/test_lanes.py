"""Which report is looked at first: danger, then who has waited longest; what is probably not serious last, and never refused."""

from datetime import timedelta

import pytest

from romsai.cases import actions, lanes, queries
from romsai.cases.models import Report
from romsai.cases.tests.test_pages import browser, text
from romsai.core import access
from tests import world as invented

PLAIN = {
    "is_busy_line": False,
    "is_repeated": False,
    "has_place": True,
    "tells_of_child": True,
    "worry": "The boy sells at night.",
    "is_spared": False,
}


@pytest.mark.parametrize(
    "facts, slow",
    [
        ({}, False),
        ({"has_place": False, "tells_of_child": False, "worry": "help"}, False),  # a child may write one word
        ({"is_busy_line": True}, False),  # one telephone company may be one address
        ({"is_repeated": True, "has_place": False}, False),
        ({"is_busy_line": True, "is_repeated": True}, True),
        ({"is_busy_line": True, "has_place": False, "tells_of_child": False}, False),  # a sentence, on a line that others flood
        ({"is_busy_line": True, "has_place": False, "tells_of_child": False, "worry": "lol"}, True),
        ({"is_busy_line": True, "has_place": False, "tells_of_child": False, "worry": "help", "is_spared": True}, False),
        ({"is_repeated": True, "has_place": False, "tells_of_child": False}, True),
        ({"is_busy_line": True, "is_repeated": True, "has_place": False, "tells_of_child": False, "is_spared": True}, True),  # 7 - 2
    ],
)
def test_the_score_needs_more_than_few_words_and_spares_danger(facts, slow):
    assert bool(lanes.slow_reasons(**PLAIN | facts)) is slow


def public_report(world, at, **facts):
    with access.entered(access.Context(role="romsai_public")):
        return actions.report(by=None, channel="WEB", received_at=at, **{"danger": "unknown", "area": world.town, **facts})


def test_a_flood_is_taken_whole_and_stands_behind_every_honest_report(world):
    begun = world.now - timedelta(hours=1)
    for n in range(30):
        public_report(world, begun + timedelta(seconds=n), worry="lol  LOL", area=None, is_busy_line=n > 4, danger="yes")
    honest = [
        public_report(world, begun + timedelta(minutes=n), worry=f"My neighbour number {n} hits his son.", danger=danger, is_busy_line=True)
        for n, danger in enumerate(["no", "unknown", "yes", "unknown", "no"])
    ]

    with access.acting(world.operator):
        waiting = list(queries.waiting_reports())

    assert len(waiting) == 35  # none was refused
    normal = [report.pk for report in waiting if not report.slow_reasons]
    assert [report.pk for report in waiting[: len(normal)]] == normal
    assert [pk for pk in normal if pk in {report.pk for report in honest}] == [honest[n].pk for n in (2, 1, 3, 0, 4)]
    print("junk in the slow lane:", 35 - len(normal), "of 30; honest there:", sum(bool(report.slow_reasons) for report in honest))
    assert len(normal) <= 10


def test_a_worker_or_an_operator_is_never_put_into_the_slow_lane(world):
    for _again in range(2):
        report = invented.report(world, worry="help", area=None)
    assert (report.slow_reasons, report.words_token) == ([], None)


def test_the_page_says_why_a_report_waits_at_the_end(world):
    for _again in range(2):
        report = public_report(world, world.now, worry="lol lol", is_busy_line=True)
    page = text(browser(world.operator).get("/cases/reports/"))
    assert page.index("Slow lane") < page.index("the same words were sent before today")
    shown = text(browser(world.operator).get(f"/cases/reports/{report.uuid}/"))
    assert "In the slow lane because" in shown and "many reports from one connection within minutes" in shown


def test_the_words_themselves_and_the_address_are_nowhere_in_the_clear(world):
    report = public_report(world, world.now, worry="A very particular sentence")
    with access.system():
        assert bytes(Report.objects.get(pk=report.pk).words_token) != b"" and len(bytes(report.words_token)) == 8
