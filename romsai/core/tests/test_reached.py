"""What the policy grants, kept as SQL."""

from datetime import timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from romsai.cases.models import Case
from romsai.core import access
from romsai.core.access.reached import kept, reached
from tests import world as build


def test_two_workers_of_a_kind_share_the_sentence_and_not_the_answer(world):
    made = build.case(world)
    kept.clear()
    with access.acting(world.kham):
        assert [case.pk for case in Case.objects.visible()] == [made.pk]
    sentences = dict(kept)
    with access.acting(world.stranger):
        assert not Case.objects.visible().exists()
    assert sentences and kept == sentences


def test_a_moment_worked_out_in_python_is_not_kept(world):
    with pytest.raises(ValueError, match="Now"):
        reached(world.kham, ("yesterday",), Case, lambda who: Q(created_at__lt=timezone.now() - timedelta(days=1)), on="pk")
