"""A backup is taken from the tests' database and restored into another cluster; what is wrong with key, file or database is said."""

import json
import os
import shutil
from pathlib import Path

import psycopg
import pytest

from romsai.launcher import CannotStart, backup
from romsai.launcher.instance import with_database
from romsai.launcher.postgres import FAST_AND_LOSSY, Cluster
from tests import plugin
from tests import world as build


@pytest.fixture
def taken(committed, tmp_path):
    """(file, key file, what take said, the secret text that a case holds)."""
    build.case(build.build())
    public = backup.new_key(tmp_path / "backup.key")
    book = tmp_path / "var" / "ledger" / "erasures.jsonl"
    book.parent.mkdir(parents=True)
    book.write_bytes(b'{"n":1}\n')
    said = backup.take(tmp_path / "whole.romsai", public, admin_url=plugin.admin(committed), var=tmp_path / "var")
    return tmp_path / "whole.romsai", tmp_path / "backup.key", said, committed


def test_what_was_taken_comes_back_row_by_row_and_nothing_else_opens_it(taken, tmp_path):
    file, key, said, database = taken
    raw = file.read_bytes()
    assert (raw[:21], said["rows"] > 500, said["bytes"]) == (b"age-encryption.org/v1", True, len(raw))
    assert b"cases_case" not in raw
    assert file.stat().st_mode & 0o077 == 0
    elsewhere = tmp_path / "elsewhere"
    with Cluster(elsewhere / "postgres", FAST_AND_LOSSY) as admin:
        backup.new_key(tmp_path / "other.key")
        cut, changed = tmp_path / "cut", tmp_path / "changed"
        cut.write_bytes(raw[:-1000])
        changed.write_bytes(raw[:-5000] + bytes([raw[-5000] ^ 1]) + raw[-4999:])
        for broken, with_key, why in (
            (file, tmp_path / "other.key", "does not open this backup"), (cut, key, "cut off or changed"), (changed, key, "cut off or changed"),
            (file, tmp_path / "whole.romsai.new", "cannot be read"), (key, key, "cut off or changed"), (tmp_path / "none", key, "There is no file"),
        ):  # fmt: skip
            with pytest.raises(backup.CannotRestore, match=why):
                backup.restore(broken, with_key, admin, var=elsewhere)
        with psycopg.connect(admin, autocommit=True) as plain:
            assert plain.execute("select 1 from pg_database where datname = 'romsai'").fetchone() is None
        done = backup.restore(file, key, admin, var=elsewhere)
        assert {name: done[name] for name in ("rows", "tables", "made_at", "ledger_lines")} == {
            "rows": said["rows"], "tables": said["tables"], "made_at": said["made_at"], "ledger_lines": 1,
        }  # fmt: skip
        assert (elsewhere / "ledger" / "erasures.jsonl").read_bytes() == b'{"n":1}\n'
        with psycopg.connect(with_database(admin, "romsai")) as plain, psycopg.connect(plugin.admin(database)) as first:
            assert backup.tables_of(plain) == backup.tables_of(first)
            count = "select count(*) from pg_policies", "select count(*) from pg_trigger where not tgisinternal", "select count(*) from pg_proc where proowner::regrole::text like 'romsai_%'"
            assert [plain.execute(query).fetchone() for query in count] == [first.execute(query).fetchone() for query in count]
        with pytest.raises(backup.CannotRestore, match="not empty"):
            backup.restore(file, key, admin, var=elsewhere)


def test_a_backup_that_cannot_be_finished_leaves_no_file(taken, tmp_path):
    file, _key, _said, database = taken
    public = backup.new_key(tmp_path / "second.key")
    for url, to, why in (
        (plugin.admin("nothing_of_the_kind"), tmp_path / "a.romsai", "does not exist"), (plugin.admin(database), tmp_path / "no" / "b.romsai", "could not be written"),
    ):  # fmt: skip
        with pytest.raises(CannotStart, match=why):
            backup.take(to, public, admin_url=url, var=tmp_path / "var")
        assert not to.exists()
    with pytest.raises(CannotStart, match="begins with age1"):
        backup.take(tmp_path / "c.romsai", "AGE-SECRET-KEY-1XX", admin_url=plugin.admin(database), var=tmp_path / "var")
    with pytest.raises(CannotStart, match="never overwritten"):
        backup.new_key(tmp_path / "second.key")
    assert sorted(os.listdir(tmp_path)) == ["backup.key", "second.key", "var", "whole.romsai"]
    assert Path(file).exists()


@pytest.mark.nightly
def test_an_erased_child_stays_erased_when_a_backup_from_before_is_restored(committed, tmp_path, settings):
    """From an empty folder, with the keys put back: the child is in the backup, and gone before anybody is let in."""
    from romsai.cases.models import Case
    from romsai.core import access
    from romsai.retention import erasing, ledger
    from romsai.retention.tests import arrange

    settings.LEDGER = tmp_path / "new" / "ledger"
    world = build.build()
    gone, stays = arrange.closed(build.case(world)), build.case(world)
    two = arrange.officers(world)
    public = backup.new_key(tmp_path / "backup.key")
    backup.take(tmp_path / "before.romsai", public, admin_url=plugin.admin(committed), var=tmp_path / "old")
    with access.system():
        counts = sum(erasing.counted().values())
        scope = erasing.scope_of_case(Case.objects.get(pk=gone.pk))
        left = erasing.remnants_of(scope)
        erasing.carry_out(scope, what="case", called=gone.number, kind="R2", ground="REQUEST", by=two, remnants=left)
    assert len(ledger.read()) == 1
    new = tmp_path / "new"
    with pytest.raises(backup.CannotRestore, match="put keys.json"):
        backup.restore_here(tmp_path / "before.romsai", tmp_path / "backup.key", mode="test", var=new, say=lambda text: None)
    (new / "secrets").mkdir(mode=0o700)
    shutil.copy2(Path(os.environ["ROMSAI_VAR"]) / "secrets" / "keys.json", new / "secrets" / "keys.json")
    said = []
    done = backup.restore_here(tmp_path / "before.romsai", tmp_path / "backup.key", mode="test", var=new, say=said.append)
    assert done["ledger_lines"] == 1
    assert "Ledger: what was erased stays erased." in said
    with Cluster(new / "postgres", FAST_AND_LOSSY) as admin, psycopg.connect(with_database(admin, "romsai")) as plain:
        assert plain.execute("select number from cases_case").fetchall() == [(stays.number,)]
        assert plain.execute("select count(*) from core_datakey where wrapped = ''").fetchone()[0] == 3
        kept = plain.execute("select (select count(*) from cases_case) + (select count(*) from retention_remnant) + (select count(*) from cases_report r where not exists (select 1 from cases_reportcase l where l.report_id = r.id))")
        assert kept.fetchone()[0] == counts


def test_keys_of_another_romsai_that_lie_here_are_told_and_never_overwritten(tmp_path):
    def held(*names):
        return json.dumps({"keys": [{"name": name, "purpose": "context" if name == "c1" else "wrap", "secret": f"of {name}"} for name in names]})

    path = tmp_path / "keys.json"
    path.write_text(held("w1", "w2"))
    backup._put_keys(path, held("w1", "c1").encode())  # this Romsai's own, renewed since
    with pytest.raises(backup.CannotRestore, match="others than those"):
        backup._put_keys(path, held("w9").encode())
    assert path.read_text() == held("w1", "w2")
