"""Children registered twice: the search finds them, people decide, what was decided stays decided, and nobody learns what they may not."""

import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from romsai.cases import actions as cases
from romsai.cases.models import Case, Pair, Sweep
from romsai.cases.pairs import actions, queries, tasks
from romsai.core import access
from romsai.core.actions import Refused
from romsai.people import actions as people
from tests import world as build

pytestmark = pytest.mark.django_db(databases=["default", "refusals"])
PLOY = {"sex": "F", "birth_year": 2012, "birth_month": 3, "birth_day": 9, "age_basis": "STATED", "contacts": [{"value": "+66 81 234 5678"}]}


def child(world, name, *, by=None, worker=None, seal=False, **facts):
    return build.case(world, by=by, worker=worker, seal=seal, child=PLOY | {"names": [{"full": name}]} | facts)


def search(until=None):
    with access.system():
        made = actions.sweep(by=None)
    assert tasks.work(made.pk)
    with access.system():
        return Sweep.objects.get(pk=made.pk)


@pytest.fixture
def twins(world):
    """The same girl twice in one team, a boy of the same class, and somebody else."""
    one, other = child(world, "Somchai Phetsavanh"), child(world, "Somjai Petsavan")
    child(world, "Bounmy Keola", sex="M", birth_month=None, birth_day=None, contacts=[])
    child(world, "Khamla Vongsa", birth_year=2009, birth_month=None, birth_day=None, contacts=[])
    return one, other


def waiting(worker):
    with access.acting(worker):
        return queries.to_decide(worker)


def test_the_search_finds_the_pair_says_why_and_names_nobody(world, twins):
    ended = search()
    assert (ended.state, ended.records, ended.read, ended.found) == (Sweep.State.DONE, 4, 4, 1)
    (pair,) = waiting(world.supervisor)
    assert set(pair.cases) == set(twins)
    assert pair.levels["birth"][0] == "same_day"
    assert pair.levels["phone"][0] == "same"
    with access.system():
        kept = str(Pair.objects.values().get())
    assert not any(word in kept.lower() for word in ("som", "phet", "pet", "234"))
    assert tasks._held == {}  # nothing decrypted stays in the memory of the process


def test_two_children_are_remembered_and_never_proposed_again(world, twins):
    search()
    (pair,) = waiting(world.supervisor)
    with access.acting(world.supervisor):
        actions.not_same_child(pair, by=world.supervisor)
        with pytest.raises(Refused):
            actions.same_child(pair, by=world.supervisor)
    assert waiting(world.supervisor) == []
    assert search().found == 0
    assert waiting(world.supervisor) == []


def test_one_child_goes_to_a_second_supervisor_and_comes_back_when_undone(world, twins):
    search()
    (pair,) = waiting(world.supervisor)
    with access.acting(world.supervisor):
        merge = actions.same_child(pair, by=world.supervisor)
        assert (merge.case, merge.duplicate) == twins
        with pytest.raises(Refused, match="second supervisor"):
            cases.merge(merge, by=world.supervisor)
    assert waiting(world.supervisor2) == []
    with access.acting(world.supervisor2):
        cases.merge(merge, by=world.supervisor2)
    assert search().found == 0  # the two are one child by now
    with access.acting(world.supervisor):
        cases.undo_merge(merge, by=world.supervisor)
    assert [p.pk for p in waiting(world.supervisor2)] == [pair.pk]


def test_the_second_supervisor_may_say_no(world, twins):
    search()
    (pair,) = waiting(world.supervisor)
    with access.acting(world.supervisor):
        merge = actions.same_child(pair, by=world.supervisor)
    with access.acting(world.supervisor2):
        cases.decline_merge(merge, by=world.supervisor2)
        with pytest.raises(Refused, match="decided already"):
            cases.merge(merge, by=world.supervisor2)
    with access.system():
        assert Pair.objects.get().state == Pair.State.DIFFERENT
        assert not Case.objects.filter(state="MERGED").exists()
    assert search().found == 0


@pytest.mark.parametrize("why", ["sealed", "excluded", "elsewhere"])
def test_whoever_is_kept_from_one_of_the_two_learns_of_neither(world, why):
    one = child(world, "Somchai Phetsavanh")
    if why == "elsewhere":
        with access.acting(world.manager):
            cases.assign(one, by=world.manager, worker=world.kham)
    other = child(world, "Somjai Petsavan", seal=why == "sealed")
    if why == "excluded":
        with access.acting(world.kham):
            cases.exclude(other, by=world.kham, reason="RELATED", worker=world.supervisor)
    if why == "elsewhere":
        with access.system():
            Case.objects.filter(pk=other.pk).update(team=world.other_team, agency=world.other)
    assert search().found == 1
    with access.system():
        pair = Pair.objects.get()
    assert waiting(world.supervisor) == []
    with access.acting(world.supervisor):
        assert queries.pair_or_none(world.supervisor, pair.uuid) is None
        assert not Pair.objects.exists()  # PostgreSQL alone says the same
        for decide in (actions.same_child, actions.not_same_child):
            with pytest.raises(access.Forbidden):
                decide(pair, by=world.supervisor)
    assert len(waiting(world.supervisor2)) == (why == "excluded")


def test_a_killed_search_reads_again_and_goes_on_where_it_was(world, twins, monkeypatch):
    with access.system():
        sweep = actions.sweep(by=None)
        assert actions.sweep(by=None) == sweep  # one at a time
    whole = actions.propose_pairs
    monkeypatch.setattr(actions, "propose_pairs", lambda *args, **facts: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        tasks.move(sweep.pk)
    with access.system():
        sweep.refresh_from_db()
        assert (sweep.state, sweep.compared, sweep.pieces) == (Sweep.State.COMPARING, 1, 1)
        assert not Pair.objects.exclude(state=Pair.State.FOUND).exists()
    monkeypatch.setattr(actions, "propose_pairs", whole)
    assert tasks.work(sweep.pk)
    assert len(waiting(world.supervisor)) == 1


def test_a_stopped_search_leaves_nothing(world, twins):
    with access.system():
        sweep = actions.sweep(by=None)
    with access.acting(world.supervisor):
        actions.stop_sweep(sweep, by=world.supervisor)
    assert tasks.work(sweep.pk)
    with access.system():
        assert not Pair.objects.exists()
    with access.acting(world.kham), pytest.raises(access.Forbidden):
        actions.sweep(by=world.kham)


def test_the_pages_show_both_sides_and_lead_to_the_merge(world, twins):
    from romsai.cases.tests.test_pages import browser, key, text

    search()
    first, second = browser(world.supervisor), browser(world.supervisor2)
    board = text(first.get("/cases/team/"))
    assert "Perhaps registered twice" in board
    queue = text(first.get("/cases/pairs/"))
    assert "Somchai Phetsavanh and Somjai Petsavan" in queue and "Born: the same day" in queue
    with access.system():
        url = f"/cases/pairs/{Pair.objects.get().uuid}/"
    page = first.get(url)
    assert "Telephone: the same" in text(page)
    merge = first.post(url, {"client_key": key(page), "same": "yes"}).url
    assert "No, they are two children" in text(second.get(merge))
    assert second.post(merge, {"client_key": str(uuid.uuid4()), "decline": "yes"}).status_code == 302
    assert "Found to be two children on" in text(first.get(merge))
    assert browser(world.kham).get(url).status_code == 404
    assert first.get("/cases/pairs/search/").status_code == 200


# a seal or an exclusion survives whatever is done with the cases


BARRED = ("bua", "stranger", "other_supervisor")


STEP = st.tuples(st.sampled_from(["merge", "undo", "exclude", "seal", "list"]), *[st.integers(0, 2)] * 3)


@given(steps=st.lists(STEP, min_size=3, max_size=7))
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_merge_split_undo_or_import_lets_anybody_back(world, steps):
    """Another system lost its markers of danger when two records were merged: here whoever was kept away stays away."""
    made = [child(world, f"Child {n}") for n in range(3)]
    kept_from, sealed, groups = {case.pk: set() for case in made}, set(), {case.pk: {case.pk} for case in made}
    merges = []
    for what, at, beside, who in steps:
        with access.system():
            case, other = (Case.objects.get(pk=made[n].pk) for n in (at, beside))
        if what == "exclude":
            worker = getattr(world, BARRED[who])
            with access.system(on_behalf=world.kham):
                cases.exclude(case, by=world.kham, reason="RELATED", worker=worker)
            for pk in groups[case.pk]:
                kept_from[pk].add(worker.pk)
        elif what == "seal" and not case.sealed:
            with access.system(on_behalf=world.kham):
                cases.seal(case, by=world.kham)
            sealed |= groups[case.pk]
        elif what == "merge":
            try:
                with access.system(on_behalf=world.supervisor):
                    merge = cases.propose_merge(case, by=world.supervisor, duplicate=other)
                    cases.merge(merge, by=world.kham)  # works on all three, so no seal stands in the way of the question
            except Refused:
                continue
            merges.append(merge)
            whole = groups[case.pk] | groups[other.pk]
            everybody = set().union(*(kept_from[pk] for pk in whole))
            for pk in whole:
                groups[pk], kept_from[pk] = whole, set(everybody)
            sealed |= whole if whole & sealed else set()
        elif what == "undo" and merges:
            merge = merges.pop()
            try:
                with access.system(on_behalf=world.kham):
                    cases.undo_merge(merge, by=world.kham)
            except Refused:
                continue
            with access.system():
                for pk in groups:
                    groups[pk] = {one.pk for one in cases.of_one_child(Case.objects.get(pk=pk))}
        elif what == "list":
            with access.system():
                people.add_listed(by=None, people=[PLOY | {"names": [{"full": "Child 0"}]}])
        with access.system():
            for pk, workers in kept_from.items():
                now = set(Case.objects.get(pk=pk).exclusions.standing().values_list("worker_id", flat=True))
                assert workers <= now
                assert pk not in sealed or Case.objects.get(pk=pk).sealed
        for name in BARRED:
            worker = getattr(world, name)
            with access.acting(worker):
                assert not Case.objects.filter(pk__in=[pk for pk, workers in kept_from.items() if worker.pk in workers]).exists()
