"""The page docs/bad-input.md says what the lists of bad input say, and every line of a list is really sent by a test."""

import pytest

from tests import bad_input


def test_the_page_is_up_to_date():
    assert bad_input.PAGE.read_text(encoding="utf-8") == bad_input.page(), "run `python -m tests.bad_input`"


@pytest.mark.parametrize("name", bad_input.lists())
def test_every_line_is_sent_by_a_test(name):
    """Some test beside the list is asked once for each of its lines, and each line says what is told."""
    wanted = bad_input.lines(name)
    asked = [
        mark.args[1]
        for test in vars(bad_input.module(name)).values()
        for mark in getattr(test, "pytestmark", ())
        if mark.name == "parametrize"
    ]
    assert any([line["wrong"] for line in wanted] == [one["wrong"] for one in lines if isinstance(one, dict)] for lines in asked)
    assert [wrong for _where, wrong, told in bad_input.rows(name) if not told.strip(" ?")] == []


def test_there_are_enough_of_each_kind():
    counts = {name: len(bad_input.lines(name)) for name in bad_input.lists()}
    assert sum(counts.values()) >= 60
    assert counts["tests/baddays/bad_input.yaml"] >= 20
