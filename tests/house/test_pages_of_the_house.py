"""Pages written from data are as fresh as the data."""

from pathlib import Path

from django.conf import settings

from romsai.core.access import page

DOCS = Path(settings.BASE_DIR) / "docs"


def test_the_policy_page_says_what_the_policy_table_says():
    assert (DOCS / "policy.md").read_text() == page.text(), "run `manage.py access page`"


def test_no_file_names_a_registry_or_a_place_on_somebodys_machine():
    root = Path(settings.BASE_DIR)
    names = (
        "requirements.lock",
        "requirements-dev.lock",
        "package-lock.json",
        "pyproject.toml",
        ".npmrc",
        "Makefile",
        "bootstrap.py",
        ".ci/run",
        "README.md",
    )
    for name in names:
        text = (root / name).read_text()
        assert "http://" not in text, name
        assert "resolved" not in text.replace("omit-lockfile-registry-resolved", ""), name
        assert "/root/" not in text, name
        assert "/work/" not in text, name
