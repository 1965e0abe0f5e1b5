"""The page docs/bad-input.md says what the lists of bad input say, and every line of a list is really sent by a test."""

import pytest

from tests import bad_input


def test_the_page_is_up_to_date():
    assert bad_input.PAGE.read_text(encoding="utf-8") == bad_input.page(), "run `python -m tests.bad_input`"


@pytest.mark.parametrize("name", bad_input.lists())
def test_every_line_is_sent_by_a_test(name):
    """Each line of a list is the argument of a test beside it, or one test there goes through the list; and each says what is told."""
    wanted, tests = bad_input.lines(name), vars(bad_input.module(name))
    assert tests["LINES"] == wanted
    marks = [mark for test in tests.values() for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
    asked = [line for mark in marks for line in mark.args[1] if isinstance(line, dict)]
    goes_through = any("LINES" in test.__code__.co_names for word, test in tests.items() if word.startswith("test_"))
    assert goes_through or [line for line in wanted if line not in asked] == []
    assert [wrong for _where, wrong, told in bad_input.rows(name) if not told.strip(" ?")] == []


def test_there_are_enough_of_each_kind():
    counts = {name: len(bad_input.lines(name)) for name in bad_input.lists()}
    assert sum(counts.values()) >= 60
    assert counts["tests/baddays/bad_input.yaml"] >= 20
