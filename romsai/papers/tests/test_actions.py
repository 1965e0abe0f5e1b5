"""Papers kept, read, withdrawn, scanned: each done, refused to another, impossible where it is."""

import json
import uuid

import pytest
from django.db import connection
from django.test import override_settings

from romsai.cases import actions as cases
from romsai.core import access, audit
from romsai.core.actions import Refused
from romsai.core.crypto import Unreadable
from romsai.core.models import History
from romsai.papers import actions, queries, scanner, tasks
from romsai.papers.models import LEVEL_OF, PAPERS, Kind, Scan
from romsai.papers.tests import arrange
from romsai.papers.tests.test_bad_input import scanner as daemon
from tests import world as build


def fresh(w, paper, by=None):
    with access.acting(by or w.kham):
        return queries.paper(paper.uuid)


def test_a_file_comes_back_as_it_was_shown_and_in_sealed_pieces(world):
    case = build.case(world)
    data = arrange.wav(sound=bytes(range(256)) * 3000)
    paper = arrange.kept(world, case, kind="CHILD", file="voice.wav", data=data, name=" her song ")
    with access.acting(world.kham):
        assert queries.data(paper)[-768_000:] == bytes(range(256)) * 3000
        assert (paper.name, paper.pieces.count(), paper.by) == ("her song", 3, world.kham)
        with connection.cursor() as cursor:
            cursor.execute("select string_agg(bulk, '' order by number) from papers_narrativepiece")
            stored = bytes(cursor.fetchone()[0])
    assert bytes(range(256)) not in stored
    assert b"RIFF" not in stored


def test_the_same_upload_sent_again_is_one_paper(world):
    case, key = build.case(world), uuid.uuid4()
    first = arrange.kept(world, case, client_key=key)
    again = arrange.kept(world, case, client_key=key)
    assert first.pk == again.pk
    with access.acting(world.kham):
        assert [paper.pk for paper in queries.papers(case)] == [first.pk]


def test_only_who_works_on_the_case_adds_and_a_closed_case_takes_nothing(world):
    case = build.case(world)
    for other in (world.stranger, world.supervisor, world.manager, world.coordinator, world.carer):
        with pytest.raises(access.Forbidden):
            arrange.kept(world, case, by=other)
    with access.system():
        case.state = "CLOSED"
        case.save()
    with pytest.raises(Refused, match="Reopen"):
        arrange.kept(world, case)


READERS = {
    "identity": {"kham", "supervisor", "manager", "carer"}, "location": {"kham"}, "medical": {"kham", "supervisor"}, "narrative": {"kham"}, "legal": {"kham"},
}  # fmt: skip


def test_each_kind_is_read_by_those_who_may_read_its_level_and_by_nobody_else(world):
    from romsai.care.tests import arrange as care

    case = build.case(world)
    care.referral(world, case)  # the shelter reads core and identity
    everyone = ("kham", "bua", "supervisor", "manager", "coordinator", "carer", "stranger", "officer", "admin", "auditor", "operator")
    for kind, level in LEVEL_OF.items():
        paper = arrange.kept(world, case, kind=kind.value)
        readers = {who for who in everyone if fresh(world, paper, getattr(world, who)) is not None}
        assert readers == READERS[level], kind


def test_every_kind_has_its_level():
    assert set(LEVEL_OF) == set(Kind)
    assert set(LEVEL_OF.values()) == set(PAPERS)


def test_reading_a_paper_is_on_the_record(world):
    case = build.case(world)
    paper = arrange.kept(world, case, kind="MEDICAL")
    with access.acting(world.supervisor):
        queries.data(queries.paper(paper.uuid))
    with access.acting(world.kham):
        newest = audit.who_looked(case)[0]
    assert (newest.worker_id, newest.reads) == (world.supervisor.pk, {"medical": [f"case:{case.pk}"]})


def test_legal_papers_are_kept_as_they_came_and_others_are_not(world):
    case, photo = build.case(world), arrange.with_place()
    evidence = arrange.kept(world, case, kind="EVIDENCE", file="a.jpg", data=photo)
    portrait = arrange.kept(world, case, kind="PORTRAIT", file="a.jpg", data=photo)
    with access.acting(world.kham):
        assert queries.data(evidence, is_original=True) == photo
        assert b"PlantedMaker" not in queries.data(evidence)
        with pytest.raises(Unreadable):
            queries.data(portrait, is_original=True)


def test_withdrawn_it_is_not_shown_and_not_gone(world):
    case = build.case(world)
    paper = arrange.kept(world, case)
    with access.acting(world.supervisor), pytest.raises(access.Forbidden):
        actions.withdraw(paper, by=world.supervisor, why="TWICE")
    with access.acting(world.kham):
        with pytest.raises(Refused, match="Choose why"):
            actions.withdraw(paper, by=world.kham, why="")
        actions.withdraw(paper, by=world.kham, why="TWICE")
        with pytest.raises(Refused, match="already"):
            actions.withdraw(paper, by=world.kham, why="TWICE")
        paper = queries.paper(paper.uuid)
        assert (paper.is_open, paper.why_withdrawn, paper.pieces.count()) == (False, "TWICE", 1)


def test_history_holds_no_second_copy_of_a_file_and_no_name(world):
    case = build.case(world)
    arrange.kept(world, case, name="plantedname")
    with access.acting(world.kham):
        lines = list(History.objects.filter(table_name__in=["papers_identitypaper", "papers_identitypiece"]))
    assert len(lines) == 2
    assert all("bulk" not in line.new for line in lines)
    assert "plantedname" not in json.dumps([line.new for line in lines])


def test_a_piece_is_never_changed_and_none_can_take_the_place_of_another(world):
    case = build.case(world)
    one = arrange.kept(world, case)
    other = arrange.kept(world, case)
    with pytest.raises(Exception, match="written once"), access.acting(world.kham), connection.cursor() as cursor:
        cursor.execute("update papers_identitypiece set bulk = 'x'")
    with access.acting(world.kham):
        swapped = other.pieces.get()
        swapped.bulk = bytes(one.pieces.get().bulk)
        one.pieces.get()
        held = bytes(swapped.bulk)
    with access.system():
        extra = one.pieces.model(paper=one, case=case, key=one.key, number=1, bulk=held)
        extra.save()
    with access.acting(world.kham), pytest.raises(Unreadable, match="not where it belongs"):
        queries.data(queries.paper(one.uuid))


# the scanner


def test_without_a_scanner_a_file_is_said_to_be_unscanned(world):
    assert arrange.kept(world, build.case(world)).scan == Scan.NOT_SCANNED


def test_a_scanner_that_is_down_is_never_taken_for_a_clean_file(world, tmp_path):
    case = build.case(world)
    with override_settings(CLAMAV=str(tmp_path / "nobody")):
        paper = arrange.kept(world, case)
        assert (paper.scan, paper.is_open) == (Scan.QUARANTINE, False)
        assert tasks.scan_again() == 0
    with daemon(tmp_path) as path, override_settings(CLAMAV=path):
        assert scanner.look(b"x") == scanner.CLEAN
        assert tasks.scan_again() == 1
        assert tasks.scan_again() == 0
    assert fresh(world, paper).is_open
    with access.acting(world.kham), pytest.raises(access.Forbidden):
        actions.scan(paper, by=world.kham)


def test_what_the_scanner_finds_later_is_never_opened(world, tmp_path):
    from romsai.papers.tests.test_bad_input import EICAR

    case = build.case(world)
    with override_settings(CLAMAV=str(tmp_path / "nobody")):
        paper = arrange.kept(world, case, kind="EVIDENCE", data=arrange.pdf() + EICAR)
    with daemon(tmp_path) as path, override_settings(CLAMAV=path):
        assert tasks.scan_again() == 1
    assert (fresh(world, paper).scan, fresh(world, paper).is_open) == (Scan.HARMFUL, False)


def test_a_sealed_case_keeps_its_papers_from_rank(world):
    case = build.case(world)
    paper = arrange.kept(world, case)
    assert fresh(world, paper, world.supervisor)
    with access.acting(world.kham):
        cases.seal(case, by=world.kham)
    assert fresh(world, paper, world.supervisor) is None
    assert fresh(world, paper)


def test_postgresql_itself_hides_the_pieces(world):
    """Plain SQL in the worker's role, as after an injection."""
    case = build.case(world)
    arrange.kept(world, case, kind="MEDICAL")
    for who, count in ((world.kham, 1), (world.supervisor, 1), (world.manager, 0), (world.stranger, 0)):
        with access.acting(who), connection.cursor() as cursor:
            cursor.execute("select count(*) from papers_medicalpiece")
            assert cursor.fetchone() == (count,), who
