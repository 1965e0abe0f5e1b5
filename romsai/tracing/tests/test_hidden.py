"""A sealed case, an excluded office, a child who refuses, a case that is over: no search comes upon them, whatever the moment and the side."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from romsai.cases import actions as cases
from romsai.cases.models import CaseState
from romsai.core import access
from romsai.core.actions import Refused
from romsai.tracing import actions
from romsai.tracing.models import LIVE, Proposal, Sketch
from romsai.tracing.tests.arrange import both_agree, found_girl, grandmother, look, somebody, told, waiting
from tests import world as build
from tests.baddays.insiders import sign_in


def seal(w, case):
    with access.acting(w.kham):
        cases.seal(case, by=w.kham)


def exclude(**whom):
    def hide(w, case):
        with access.acting(w.kham):
            cases.exclude(case, by=w.kham, reason="RELATED", **{name: getattr(w, who) for name, who in whom.items()})

    return hide


def refuse(w, case):
    with access.acting(w.kham):
        actions.set_aside(case, by=w.kham, status="NOT_SAFE", why="She does not want to go back.")


def take_back(w, case):
    with access.acting(w.kham):
        cases.withdraw_consent(actions.consent_of(case), by=w.kham, giver="CHILD")


def close(w, case):
    with access.system():
        case.refresh_from_db()
        cases.end(case, CaseState.CLOSED, by=w.kham, reason="AGED_OUT", concerns="RESOLVED", at=timezone.now())


HIDDEN = {
    "sealed": seal, "their worker excluded": exclude(worker="stranger"), "their team excluded": exclude(team="other_team"),
    "their agency excluded": exclude(agency="other"), "the child refuses": refuse, "consent taken back": take_back, "closed": close,
}  # fmt: skip


def on_both_sides(case, request):
    """What is still proposed anywhere."""
    with access.system():
        return list(Proposal.objects.filter(state__in=LIVE).order_by("pk"))


class Undo(Exception):
    pass


def test_no_search_comes_upon_whom_it_must_not_before_or_after(world):
    """Every way to be hidden, before anything was proposed, after it was, and after the child's side agreed."""
    case, request = found_girl(world), grandmother(world)
    told(world, case)
    look(request.case)
    family = sign_in(world.stranger)
    tab = f"/cases/{request.case.uuid}/tracing/"
    page = family.get(tab)
    assert page.status_code == 200
    asked = 0
    for name, hide in HIDDEN.items():
        for stage in ("before", "proposed", "agreed"):
            with pytest.raises(Undo), transaction.atomic():
                if stage != "before":
                    assert len(look(case)) == 1, name
                if stage == "agreed":
                    with access.acting(world.kham):
                        actions.agree(case.tracing_proposals.get(), by=world.kham)
                hide(world, case)
                with access.system():
                    case.refresh_from_db()
                look(case), look(request.case), look(case)
                if name == "consent taken back":  # her own worker may still see what fits, and tells nobody
                    assert {row.side for row in on_both_sides(case, request)} <= {"CHILD"}
                    with access.system():
                        rows = list(case.tracing_proposals.filter(state="OPEN"))
                    for row in rows:
                        with access.acting(world.kham), pytest.raises(Refused, match="no consent"):
                            actions.agree(row, by=world.kham)
                else:
                    assert on_both_sides(case, request) == [], (name, stage)
                if name == "sealed":
                    with access.system():
                        assert not Sketch.objects.filter(case=case).exclude(tokens=[]).exists()
                asked += 1
                raise Undo
    assert asked == 3 * len(HIDDEN)
    print(f"\nhidden children: {asked} arrangements, 0 surface")
    assert main_of(family.get(tab)) == main_of(page)


def main_of(answer):
    return answer.content.decode().split("<main")[1].split("</main")[0]


def test_a_case_sealed_after_both_agreed_shows_nothing_any_more(world):
    case, request = found_girl(world), grandmother(world)
    told(world, case)
    own, theirs = both_agree(world, case, request)
    family, ours = sign_in(world.stranger), sign_in(world.kham)
    seen = family.get(f"/tracing/proposals/{theirs.uuid}/").content.decode()
    assert "Welfare North" in seen and "Kham" in seen
    assert "Welfare South" in ours.get(f"/tracing/proposals/{own.uuid}/").content.decode()
    seal(world, case)
    gone = family.get(f"/tracing/proposals/{theirs.uuid}/").content.decode()
    assert "Welfare North" not in gone and "Kham" not in gone and "น้อย" not in gone
    assert ours.get(f"/tracing/proposals/{theirs.uuid}/").status_code == 404  # never the other side's own row


def test_the_other_office_reads_no_more_than_its_own_side(world):
    """A worker who types the address of the other side's row is told that it is absent, before and after both agreed."""
    case, request = found_girl(world), grandmother(world)
    look(request.case), look(case)
    with access.system():
        row = case.tracing_proposals.get()
    family = sign_in(world.stranger)
    never = family.get("/tracing/proposals/00000000-0000-4000-8000-000000000000/")
    for path in ("", "answers/", "compare/"):
        answer = family.get(f"/tracing/proposals/{row.uuid}/{path}")
        assert (answer.status_code, answer.content) == (404, never.content)
    assert timezone.now() - row.proposed_at < timedelta(minutes=5)


def test_a_merge_hides_the_case_that_is_over_and_to_take_it_back_or_to_reopen_compares_anew(world):
    case, request = found_girl(world), grandmother(world)
    look(request.case), look(case)
    kept = build.case(world, worker=world.bua)
    second = somebody(world, "Somchit", "SUPERVISOR", world.welfare, world.team)
    with access.acting(world.supervisor):
        merge = cases.propose_merge(kept, by=world.supervisor, duplicate=case)
    with access.acting(second):
        cases.merge(merge, by=second)
    assert on_both_sides(case, request) == []
    with access.acting(second):
        cases.undo_merge(merge, by=second)
    assert waiting(case) and [row.case_id for row in on_both_sides(case, request)] == [case.pk]
    close(world, case)
    look(case)
    assert on_both_sides(case, request) == []
    with access.acting(world.supervisor):
        cases.reopen(case, by=world.supervisor)
    assert waiting(case) and [row.case_id for row in on_both_sides(case, request)] == [case.pk]
