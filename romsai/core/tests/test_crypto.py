"""Sealed fields against a real key process. What needs the database stands in test_crypto_stored.py."""

import copy
import pickle
import uuid
from datetime import date

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import models

from romsai.core import crypto
from romsai.core.keys import client, server
from romsai.core.keys.ring import Ring, changing


class Letter(models.Model):
    """A row with sealed fields, outside every room."""

    key = crypto.KeyField()
    text = crypto.SealedTextField(null=True, blank=True)
    place = crypto.SealedTextField(max_length=40)
    facts = crypto.SealedJSONField(null=True, blank=True)

    class Meta:
        app_label = "crypto_test"


TEXT, PLACE, FACTS = (Letter._meta.get_field(name) for name in ("text", "place", "facts"))


@pytest.fixture
def socket(tmp_path, monkeypatch):
    path = tmp_path / "keys.sock"
    with changing(tmp_path / "secrets" / "keys.json"):
        Ring.made("THA", date(2026, 3, 1)).save(tmp_path / "secrets" / "keys.json")
    monkeypatch.setenv("ROMSAI_KEYS_SOCKET", str(path))
    with server.running(path, tmp_path / "secrets" / "keys.json", "production"):
        yield path


@pytest.fixture
def key(socket):
    return _key()


def _key():
    name = uuid.uuid4()
    _wrapped, plain = client.new_data_key(str(name))
    client.opened.put(name, plain)
    return name


@pytest.fixture
def opened():
    """What the listeners were told."""
    heard = []
    listener = crypto.on_open(lambda instance, field: heard.append((instance.pk, field.name)))
    yield heard
    crypto._listeners.remove(listener)


def stored(field, instance):
    """The bytes that would be written."""
    sealed = field.pre_save(instance, add=False)
    return None if sealed is None else sealed.raw


def loaded(pk=1, **columns):
    """The row as it would come from the database."""
    names = [f.attname for f in Letter._meta.concrete_fields]
    values = {"id": pk, **columns}
    sealed = {f.attname for f in (TEXT, PLACE, FACTS)}
    row = [Letter._meta.get_field(n).from_db_value(values.get(n), None, None) if n in sealed else values.get(n) for n in names]
    return Letter.from_db("default", names, row)


def test_a_text_is_ciphertext_when_stored_and_str_when_read(key, opened):
    raw = stored(TEXT, Letter(key_id=key, text="น้อยอยู่ที่บ้านหลังที่สาม"))
    assert "น้อย".encode() not in raw and raw[0] == 1
    row = loaded(key_id=key, text=raw)
    assert opened == []
    assert row.text == "น้อยอยู่ที่บ้านหลังที่สาม"
    assert isinstance(row.text, str)
    assert opened == [(1, "text")]  # once, however often it is read


def test_json_goes_in_and_comes_out(key):
    facts = {"seen": True, "wounds": ["arm"], "wish": "ກັບບ້ານ"}
    row = loaded(key_id=key, facts=stored(FACTS, Letter(key_id=key, facts=facts)))
    assert row.facts == facts
    row.facts["wounds"].append("leg")
    again = loaded(key_id=key, facts=stored(FACTS, row))
    assert again.facts["wounds"] == ["arm", "leg"]


def test_nothing_stays_nothing_and_empty_stays_empty(key):
    assert stored(TEXT, Letter(key_id=key, text=None)) is None
    assert loaded(key_id=key).text is None
    assert loaded(key_id=key, text=stored(TEXT, Letter(key_id=key, text=""))).text == ""
    assert Letter().text is None and Letter().place == ""


def test_the_same_text_is_never_the_same_ciphertext(key):
    assert stored(TEXT, Letter(key_id=key, text="Noy")) != stored(TEXT, Letter(key_id=key, text="Noy"))


def test_a_value_moved_to_another_child_or_column_does_not_open(key):
    raw = stored(TEXT, Letter(key_id=key, text="Noy"))
    other = _key()
    with pytest.raises(crypto.Unreadable):
        str(loaded(key_id=other, text=raw).text)
    with pytest.raises(crypto.Unreadable):
        str(loaded(key_id=key, place=raw).place)
    # even under the very same key bytes, the key's name is bound in
    client.opened.put(other, client.opened.get(key))
    with pytest.raises(crypto.Unreadable):
        str(loaded(key_id=other, text=raw).text)
    assert loaded(key_id=key, text=raw).text == "Noy"


def test_a_value_moved_to_another_table_does_not_open(key):
    class Note(models.Model):
        key = crypto.KeyField()
        text = crypto.SealedTextField()

        class Meta:
            app_label = "crypto_test"

    raw = stored(TEXT, Letter(key_id=key, text="Noy"))
    row = Note.from_db(
        "default",
        ["id", "key_id", "text"],
        [1, key, Note._meta.get_field("text").from_db_value(raw, None, None)],
    )
    with pytest.raises(crypto.Unreadable):
        str(row.text)


def test_every_flipped_byte_is_noticed(key):
    raw = stored(TEXT, Letter(key_id=key, text="Noy"))
    for place in range(len(raw)):
        flipped = bytearray(raw)
        flipped[place] ^= 1
        with pytest.raises(crypto.Unreadable):
            str(loaded(key_id=key, text=bytes(flipped)).text)


def test_what_was_not_changed_is_written_back_byte_for_byte(key, opened):
    raw = stored(TEXT, Letter(key_id=key, text="Noy"))
    unread = loaded(key_id=key, text=raw)
    assert stored(TEXT, unread) == raw and opened == []
    read = loaded(key_id=key, text=raw)
    assert read.text == "Noy" and stored(TEXT, read) == raw
    read.text = "Noy"  # a form that was sent back as it was
    assert stored(TEXT, read) == raw
    read.text = "Noi"
    assert stored(TEXT, read) != raw
    assert loaded(key_id=key, text=stored(TEXT, read)).text == "Noi"
    read.text = None
    assert stored(TEXT, read) is None


def test_no_copy_print_or_pickle_carries_the_plain_text(key):
    row = loaded(key_id=key, text=stored(TEXT, Letter(key_id=key, text="Secret-Noy")))
    assert row.text == "Secret-Noy"
    held = row.__dict__
    assert b"Secret-Noy" not in pickle.dumps(held)
    assert "Secret-Noy" not in repr(row) + str(row) + repr(held) + repr(copy.deepcopy(held))
    assert copy.deepcopy(held)["text"].text is None and row.text == "Secret-Noy"


def test_without_the_key_process_a_page_shows_locked_and_loses_nothing(key, tmp_path, monkeypatch, opened):
    raw = stored(TEXT, Letter(key_id=key, text="Noy"))
    monkeypatch.setattr(crypto, "_plain_key", _unavailable)
    row = loaded(key_id=key, text=raw)
    assert str(row.text) == "locked" and isinstance(row.text, crypto.Locked)
    assert opened == []
    for use in (lambda t: t.lower(), lambda t: t.split()):
        with pytest.raises(crypto.KeysUnavailable):
            use(row.text)
    row.text = row.text  # a page that copies what it was shown
    assert stored(TEXT, row) == raw
    other = Letter(key_id=key)
    other.text = row.text
    with pytest.raises(crypto.KeysUnavailable):
        stored(TEXT, other)


def _unavailable(*_):
    raise crypto.KeysUnavailable


def test_a_listener_that_cannot_write_its_line_stops_the_reading(key):
    def broken(instance, field):
        raise RuntimeError("no line")

    row = loaded(key_id=key, text=stored(TEXT, Letter(key_id=key, text="Noy")))
    crypto.on_open(broken)
    try:
        for _ in range(2):
            with pytest.raises(RuntimeError):
                str(row.text)
    finally:
        crypto._listeners.remove(broken)
    assert row.text == "Noy"


def test_the_database_is_never_asked_to_look_inside():
    for ask in (
        lambda q: q.filter(text="Noy"),
        lambda q: q.filter(text__icontains="N"),
        lambda q: q.filter(facts__seen=True),
        lambda q: q.exclude(text__in=["Noy"]),
        lambda q: str(q.values("text").query),
        lambda q: str(q.values_list("text", flat=True).query),
        lambda q: str(q.values().query),
    ):
        with pytest.raises(FieldError):
            ask(Letter.objects.all())
    assert "IS NULL" in str(Letter.objects.filter(text__isnull=True).query)
    assert "text" not in str(Letter.objects.values("key").query)
    with pytest.raises(FieldError):
        TEXT.get_prep_value("Noy")  # what .update(text="Noy") would send
    with pytest.raises(FieldError):
        TEXT.value_to_string(Letter())  # what dumpdata would write


def test_a_row_without_its_key_cannot_be_written():
    with pytest.raises(FieldError):
        stored(TEXT, Letter(text="Noy"))


def test_forms_show_a_line_or_a_box_and_bound_the_text():
    assert PLACE.formfield().widget.input_type == "text"
    assert TEXT.formfield().widget.__class__.__name__ == "Textarea"
    assert PLACE.formfield(label="Place").max_length == 40
    with pytest.raises(ValidationError):
        PLACE.clean("x" * 41, None)
    assert PLACE.clean("x" * 40, None) == "x" * 40


def test_migrations_can_write_the_fields_down():
    for field in (TEXT, PLACE, FACTS, Letter._meta.get_field("key")):
        _, path, args, options = field.deconstruct()
        assert path.startswith("romsai.core.crypto.")
        again = field.__class__(*args, **options)
        assert again.deconstruct()[1:] == (path, args, options)
    assert crypto.SealedTextField(key="person_key").deconstruct()[3] == {"key": "person_key"}
