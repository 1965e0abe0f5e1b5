"""The build of the pages' style sheets: done once, done again when its inputs change, and never with a foreign brand."""

import gzip
import json
import re

import pytest

from romsai.launcher import assets


@pytest.fixture
def project(tmp_path):
    for name in assets.INPUTS:
        (tmp_path / name).write_text(name) if "." in name else (tmp_path / name / "scss").mkdir(parents=True)
    (tmp_path / "frontend" / "scss" / "app.scss").write_text("a {}")
    return tmp_path


def test_a_build_is_fresh_until_any_of_its_inputs_changes(project):
    stamp = project / "stamp"
    assert not assets.is_fresh(project, stamp)

    stamp.write_text(assets.inputs_digest(project))
    assert assets.is_fresh(project, stamp)

    (project / "frontend" / "scss" / "app.scss").write_text("a { color: red }")
    assert not assets.is_fresh(project, stamp)


def test_a_renamed_input_counts_as_changed(project):
    before = assets.inputs_digest(project)

    (project / "frontend" / "scss" / "app.scss").rename(project / "frontend" / "scss" / "public.scss")

    assert assets.inputs_digest(project) != before


def test_a_failing_step_stops_the_build(monkeypatch, project):
    monkeypatch.setattr(assets, "STAMP", project / "stamp")
    monkeypatch.setattr(assets, "FETCHED", project / "fetched")
    monkeypatch.setattr(assets, "_machine_has_node", lambda: True)
    monkeypatch.setattr(assets.subprocess, "call", lambda *args, **options: 7)

    with pytest.raises(assets.BuildFailed, match="npm ended with code 7"):
        assets.build(force=True, say=lambda line: None)

    assert not (project / "stamp").exists()
    assert not (project / "fetched").exists()


def test_the_lock_file_names_no_machine_and_pins_every_package():
    packages = json.loads((assets.ROOT / "package-lock.json").read_text())["packages"]

    assert "://" not in json.dumps([package.get("resolved", "") for package in packages.values()])
    assert all(package.get("integrity") for name, package in packages.items() if name)


@pytest.mark.skipif(not assets.STAMP.exists(), reason="the pages are not built (python -m romsai.launcher.assets)")
def test_what_is_built_is_small_and_carries_no_foreign_brand():
    sizes = {}
    for name in ("app.css", "app.js", "public.css", "public.js"):
        content = (assets.BUILT / name).read_bytes()
        assert not re.search(rb"GDS Transport|crown|https?://(?!www\.w3\.org)[a-z]", content, re.IGNORECASE), name
        sizes[name] = len(gzip.compress(content, 9))
    print("gzipped bytes:", sizes)

    assert sizes["public.css"] + sizes["public.js"] < 16_000  # 20 KB a public page, with its own HTML
    assert sizes["app.css"] + sizes["app.js"] < 45_000
