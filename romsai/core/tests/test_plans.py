"""A list of ids is one parameter, a question keeps its text whatever the length of the list, and codes of ours are words of it."""

import pytest
from django.core.exceptions import EmptyResultSet

from romsai.cases.models import Case, Concern
from romsai.core import access
from romsai.core.plans import Code
from tests import world as build


def written(queryset):
    return queryset.query.get_compiler("default").as_sql()


@pytest.mark.parametrize("asked", [{"pk__in": [1, 2, 3]}, {"team__in": [4, 5]}])
def test_a_list_of_ids_is_one_array(asked):
    sql, params = written(Case.objects.unfiltered().filter(**asked).order_by())
    assert "= any(%s)" in sql and [*asked.values()] == [*params]


def test_the_text_does_not_depend_on_the_length():
    few, many = (Concern.objects.unfiltered().filter(case__in=range(1, n)).order_by() for n in (3, 300))
    assert written(few)[0] == written(many)[0]


def test_codes_are_listed_as_ever():
    sql, params = written(Case.objects.unfiltered().filter(state__in=["OPEN", "CLOSED"]).order_by())
    assert "IN (%s, %s)" in sql and len(params) == 2


def test_a_code_is_a_word_of_the_question():
    sql, params = written(Case.objects.unfiltered().filter(state=Code("CLOSED")).order_by())
    assert "'CLOSED'" in sql and not params


@pytest.mark.parametrize("typed", ["", "a'b", "CLOSED'", "x OR 1=1", "CLOSED\n"])
def test_what_was_typed_is_no_code(typed):
    with pytest.raises(ValueError):
        Code(typed)


def test_of_an_empty_list_nothing_is_asked():
    with pytest.raises(EmptyResultSet):
        written(Case.objects.unfiltered().filter(pk__in=[]))


def test_it_finds_what_a_list_finds(world):
    one, other = build.case(world), build.case(world)
    with access.acting(world.kham):
        assert set(Case.objects.visible().filter(pk__in=[one.pk, other.pk, None])) == {one, other}
        assert set(Case.objects.visible().filter(child__in=[other.child_id])) == {other}
        assert not Case.objects.visible().exclude(pk__in=[one.pk, other.pk]).exists()
