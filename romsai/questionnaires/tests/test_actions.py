"""Upload by one person, publish by another; what was published stays as it is."""

import pytest
from django.db import DatabaseError, transaction

from romsai.core import access
from romsai.core.access import Forbidden
from romsai.core.actions import Refused
from romsai.core.models import AuditLine
from romsai.questionnaires import actions
from romsai.questionnaires.compile import FormErrors, compile_form
from romsai.questionnaires.differences import differences
from romsai.questionnaires.models import Form, FormVersion, joined, parted

from .sheets import xlsform

HEAD = ["type", "name", "label::English (en)", "label::ไทย (th)", "required", "relevant", "cp::sensitivity"]
SETTINGS = [["form_title", "form_id", "default_language"], ["Home visit", "home", "English (en)"]]
ONE = [HEAD, ["select_one yn", "safe", "Safe?", "ปลอดภัย?", "yes"], ["text", "words", "Words", "คำพูด"]]
CHOICES = [["list_name", "name", "label::English (en)"], ["yn", "y", "Yes"], ["yn", "n", "No"]]


def sheet(*more, rows=ONE, choices=CHOICES):
    return xlsform([*rows, *more], choices, SETTINGS)


FIRST = sheet()  # made once: a workbook carries the second it was made in


def upload(w, content=FIRST, by=None):
    by = by or w.admin
    with access.acting(by):
        return actions.upload(by=by, content=content, kind="VULN")


def publish(w, version, by=None):
    by = by or w.admin2
    with access.acting(by):
        return actions.publish(version, by=by)


def test_a_second_person_publishes_and_the_first_may_not(world):
    version = upload(world)
    assert (version.number, version.state, version.form.code) == (1, "draft", "home")
    with pytest.raises(Refused, match="Ask a second person"):
        publish(world, version, by=world.admin)
    published = publish(world, version)
    assert (published.state, published.published_by) == ("published", world.admin2)
    with access.acting(world.kham):
        assert Form.objects.in_use().filter(code="home").exists()
        assert version.form.published == published


def test_only_an_administrator_uploads_publishes_and_retires(world):
    version = upload(world)
    with access.acting(world.kham):
        for change in (
            lambda: actions.upload(by=world.kham, content=sheet(), kind="VULN"),
            lambda: actions.publish(version, by=world.kham),
            lambda: actions.retire(version, by=world.kham),
        ):
            with pytest.raises(Forbidden):
                change()


def test_each_change_leaves_its_line(world):
    version = publish(world, upload(world))
    with access.acting(world.admin):
        actions.retire(version, by=world.admin)
    with access.acting(world.auditor):
        found = list(AuditLine.objects.order_by("id").values_list("action", "worker_id"))
    assert [line for line in found if line[0].startswith("questionnaires.")] == [
        ("questionnaires.upload", world.admin.pk),
        ("questionnaires.publish", world.admin2.pk),
        ("questionnaires.retire", world.admin.pk),
    ]


def test_the_next_version_retires_the_last_and_the_same_file_is_one_version(world):
    first = publish(world, upload(world))
    assert upload(world) == first
    second = publish(world, upload(world, sheet(["integer", "rooms", "Rooms", ""])))
    with access.system():
        first.refresh_from_db()
    assert (first.state, second.number, second.state) == ("retired", 2, "published")
    with pytest.raises(Refused, match="not waiting"):
        publish(world, second)


def test_a_changed_type_under_the_same_name_is_refused_even_if_it_was_left_out_between(world):
    publish(world, upload(world, sheet(["integer", "rooms", "Rooms", ""])))
    publish(world, upload(world))
    retyped = upload(world, sheet(["text", "rooms", "Rooms", ""]))
    with pytest.raises(Refused, match="“rooms” was of type integer and is now of type text"):
        publish(world, retyped)


def test_a_form_used_for_one_thing_is_not_taken_for_another(world):
    upload(world)
    with access.acting(world.admin), pytest.raises(Refused, match="is used for VULN"):
        actions.upload(by=world.admin, content=sheet(["integer", "rooms", "Rooms", ""]), kind="SAFETY")


def test_a_wrong_workbook_changes_nothing(world):
    with pytest.raises(FormErrors):
        upload(world, sheet(["integer", "rooms", "Rooms", "", "", "${ghost} = 1"]))
    with access.system():
        assert not Form.objects.filter(code="home").exists()


def test_the_database_itself_keeps_a_published_version_as_it_is(world):
    rows = FormVersion.objects.filter(pk=publish(world, upload(world)).pk)
    changes = [
        {"xlsx": b"x"},
        {"compiled": {}},
        {"languages": ["xx"]},
        {"number": 9},
        {"published_by": world.admin},
        {"state": "draft", "published_at": None, "published_by": None},
    ]
    with access.system():
        for change in changes:
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.update(**change)
        with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
            rows.delete()
        kept = rows.get()
    assert (bytes(kept.xlsx), kept.state, kept.published_by_id) == (FIRST, "published", world.admin2.pk)


def test_the_database_refuses_one_person_in_both_parts(world):
    version = upload(world)
    with access.system(), pytest.raises(DatabaseError), transaction.atomic():
        FormVersion.objects.filter(pk=version.pk).update(state="published", published_by=world.admin, published_at=version.uploaded_at)


def test_shipped_forms_load_once_and_give_way_to_a_persons_own(world):
    with access.system():
        known = set(FormVersion.objects.values_list("form__kind", flat=True))
        assert {
            "SAFETY",
            "INITIAL",
            "FULL",
            "BIA",
            "TIP_SCREEN",
            "FOLLOW_UP",
            "CLOSURE",
            "HTCDS",
        } <= known | {version.form.kind for version in actions.load_shipped()}
        assert actions.load_shipped() == []
        assert Form.objects.get(kind="TIP_SCREEN").published.uploaded_by is None


# --- differences and parting need no database ---


def test_differences_are_sentences():
    def compiled(rows, choices=CHOICES):
        return compile_form(xlsform(rows, choices, SETTINGS))[0]

    old = compiled([*ONE, ["integer", "rooms", "Rooms", ""]])
    new = compiled(
        [
            HEAD,
            ["text", "words", "Their words", "คำพูด", "yes", "", "core"],
            ["select_one yn", "safe", "Safe?", "ปลอดภัย?", "", "${words} != ''"],
            ["integer", "beds", "Beds", ""],
        ],
        [*CHOICES[:2], ["yn", "n", "Not"], ["yn", "u", "Unknown"]],
    )
    assert differences(old, new) == [
        "New question: “Beds” (beds).",
        "No longer asked: “Rooms” (rooms).",
        "“Their words” (words): the words in en were “Words” and are now “Their words”.",
        "“Their words” (words): it must now be answered.",
        "“Their words” (words): its level of sensitivity was narrative and is now core.",
        "“Their words” (words): it may now leave in an export.",
        "“Safe?” (safe): when it is asked has changed.",
        "“Safe?” (safe): it may now be left out.",
        "The list “yn” has new words for the choice “n”.",
        "The list “yn” has a new choice, “u”.",
        "The questions stand in another order.",
    ]
    assert differences(old, old) == []


def test_words_and_what_is_wrong_are_sealed_and_come_back_in_place():
    rows = [
        HEAD,
        *ONE[1:],
        ["begin repeat", "kin", "Kin"],
        ["text", "kin_name", "Name"],
        ["integer", "kin_age", "Age"],
        ["end repeat"],
    ]
    compiled = compile_form(xlsform(rows, CHOICES, SETTINGS))[0]
    answers = {
        "safe": "y",
        "words": "secret",
        "kin": [{"kin_name": "Ton", "kin_age": 5}, {"kin_age": "old"}, {}],
    }
    coded, sealed = parted(compiled, answers, wrong={"kin/1/kin_age": "not a number"})
    assert coded == {"safe": "y", "kin": [{"kin_age": 5}, {}, {}]}
    assert sealed == {"words": "secret", "kin": [{"kin_name": "Ton"}, {"kin_age": "old"}, {}]}
    assert joined(coded, sealed) == answers
