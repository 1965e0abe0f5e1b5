"""Sealed fields: ciphertext in the database, str or JSON in Python, opened by the data key of the person, case or report.

A sealed value is `version byte | nonce | ciphertext and tag` (AES-256-GCM). Bound into it are table, column, data key and
version, so a value moved to another child, table or column does not open. Data keys lie wrapped in `DataKey`; the key that
wraps them is known only to the key process (`romsai.core.keys`).
"""

import json
import secrets
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django import forms
from django.core.exceptions import FieldError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext_lazy as _

from romsai.core.keys import client
from romsai.core.keys.client import KeysUnavailable

__all__ = [
    "DataKey",
    "KeyField",
    "KeysUnavailable",
    "Locked",
    "SealedBytesField",
    "SealedJSONField",
    "SealedTextField",
    "Unreadable",
    "new_key",
    "new_keys",
    "on_open",
    "preload",
    "rewrap",
    "shred",
]

VERSION = b"\x01"
NONCE = 12
SINGLE_LINE = 300  # a text that may be longer gets several lines in a form


class Unreadable(Exception):
    """This ciphertext does not open with this key: its bytes were changed or moved, or its wrapping key was retired."""


class Locked:
    """Stands where a text would, when its key cannot be had now. Shows as "locked"; whoever computes with it is stopped.

    Saving a row with a locked value writes its ciphertext back as it was.
    """

    def __init__(self, shown=None):
        self._shown = shown or _("locked")

    def __str__(self):
        return str(self._shown)

    def __repr__(self):
        return "<locked>"

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise KeysUnavailable("This value is locked.")

    def __iter__(self):
        raise KeysUnavailable("This value is locked.")


class DataKey(models.Model):
    """The wrapped key of one person, case or report. Useless without the key process; emptied, it erases what it sealed."""

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        CASE = "case", _("case")
        REPORT = "report", _("report")
        PROPOSAL = "proposal", _("proposal")
        WORKER = "worker", _("worker")
        IMPORT = "import", _("import")
        EXPORT = "export", _("export")

    # A UUID, because the key process binds the id in before the row exists.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.TextField(choices=Kind)
    wrapped = models.BinaryField()
    kek = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "core"

    def __str__(self):
        return f"{self.kind} key {self.pk}"

    def as_wrapped(self):
        return client.Wrapped(str(self.pk), self.kek, bytes(self.wrapped))


class KeyField(models.ForeignKey):
    """Which data key seals the sealed fields of this row."""

    def __init__(self, **options):
        options.setdefault("to", "core.DataKey")
        options.setdefault("on_delete", models.PROTECT)
        options.setdefault("related_name", "+")
        options.setdefault("editable", False)
        super().__init__(**options)


# keys


def new_key(kind):
    """Make and store a data key for a new person, case, report or proposal."""
    name = uuid.uuid4()
    wrapped, plain = client.new_data_key(str(name))
    key = DataKey.objects.create(id=name, kind=kind, wrapped=wrapped.bytes, kek=wrapped.kek)
    client.opened.put(name, plain)
    return key


def new_keys(kind, count):
    """Make and store many data keys with one question to the key process."""
    names = [uuid.uuid4() for _unused in range(count)]
    made = client.new_data_keys(str(name) for name in names) if names else []
    keys = [
        DataKey(id=name, kind=kind, wrapped=wrapped.bytes, kek=wrapped.kek) for name, (wrapped, _plain) in zip(names, made, strict=True)
    ]
    DataKey.objects.bulk_create(keys)
    for name, (_wrapped, plain) in zip(names, made, strict=True):
        client.opened.put(name, plain)
    return keys


def shred(key):
    """Forget the key for good, here and in the memory of this process: what it sealed can never be read again.

    Other processes forget within five minutes. Copies in backups are dealt with when a backup is restored.
    """
    DataKey.objects.filter(pk=key.pk).update(wrapped=b"")
    key.wrapped = b""
    client.opened.forget(key.pk)


def preload(rows):
    """Open the data keys of many rows with one query and one exchange, so that reading them asks no more.

    Rows may be of several models. A key that cannot be opened is left for the row that needs it to complain of.
    """
    rows = list(rows)
    missing = {name for row in rows for name in _key_ids(row) if client.opened.get(name) is None}
    if not missing:
        return rows
    keys = [key for key in DataKey.objects.filter(pk__in=missing) if key.wrapped]
    try:
        plains = client.unwrap(key.as_wrapped() for key in keys)
    except KeysUnavailable:
        return rows
    for key, plain in zip(keys, plains, strict=True):
        if plain is not None:
            client.opened.put(key.pk, plain)
    return rows


def _key_ids(row):
    names = (getattr(row, f.attname) for f in row._meta.concrete_fields if isinstance(f, KeyField))
    return [name for name in names if name is not None]


def rewrap(after=None, batch=1000):
    """Bring the next data keys under the current wrapping key; returns (done, failed, last id, None when there are no more).

    Safe to stop and repeat, and to run while people work: a data key opens before, during and after.
    """
    current = client.status()["wrapping"]
    old = DataKey.objects.exclude(kek=current).exclude(wrapped=b"").order_by("pk")
    keys = list(old.filter(pk__gt=after or uuid.UUID(int=0))[:batch])
    done = failed = 0
    for key, made in zip(keys, client.rewrap(key.as_wrapped() for key in keys) if keys else (), strict=True):
        if made is None:
            failed += 1
        else:  # only if nobody shredded it meanwhile: a key must not come back to life
            done += DataKey.objects.filter(pk=key.pk, wrapped=key.wrapped).update(wrapped=made.bytes, kek=made.kek)
    return done, failed, keys[-1].pk if keys else None


def _plain_key(instance, field):
    """The opened data key of a row; None if it was shredded."""
    name = getattr(instance, field.key_attname)
    if name is None:
        raise FieldError(f"{instance._meta.label} needs its data key before {field.name} can be sealed or opened.")
    plain = client.opened.get(name)
    if plain is not None:
        return plain
    key = DataKey.objects.filter(pk=name).first()
    if key is None:
        raise Unreadable(f"The data key of {instance._meta.label} {instance.pk} is not to be found.")
    if not key.wrapped:
        return None
    (plain,) = client.unwrap([key.as_wrapped()])
    if plain is None:
        raise Unreadable(f"The data key of {instance._meta.label} {instance.pk} cannot be opened.")
    client.opened.put(name, plain)
    return plain


# who is told when something is opened

_listeners = []


def on_open(listener):
    """Call `listener(instance, field)` each time a value is opened, before it is given out; if it raises, nothing is."""
    _listeners.append(listener)
    return listener


# the fields


class _Sealed:
    """A ciphertext as it came from the database, and its text once opened. Prints, pickles and copies only ciphertext."""

    __slots__ = ("raw", "text", "value")

    def __init__(self, raw):
        self.raw, self.text, self.value = bytes(raw), None, None

    def __repr__(self):
        return "<sealed>"

    def __reduce__(self):
        return _Sealed, (self.raw,)

    def __deepcopy__(self, memo):
        return _Sealed(self.raw)


class _Opening(DeferredAttribute):
    """Opens on reading. As it also sets, Python asks it even when the instance holds a value."""

    def __get__(self, instance, cls=None):
        held = super().__get__(instance, cls)
        return self.field.opened(instance, held) if isinstance(held, _Sealed) else held

    def __set__(self, instance, value):
        held = instance.__dict__.get(self.field.attname)
        if isinstance(held, _Sealed) and (isinstance(value, Locked) or self._is_same(held, value)):
            return  # keep its ciphertext, so that history shows no change
        instance.__dict__[self.field.attname] = value

    def _is_same(self, held, value):
        if held.text is None or value is None or isinstance(value, _Sealed):
            return False
        return self.field.to_text(value) == held.text


class SealedField(models.Field):
    """What both kinds of sealed field share. `key` names the row's KeyField."""

    descriptor_class = _Opening

    def __init__(self, *args, key="key", **options):
        self.key = key
        super().__init__(*args, **options)

    def deconstruct(self):
        name, path, args, options = super().deconstruct()
        if self.key != "key":
            options["key"] = self.key
        return name, path, args, options

    @property
    def key_attname(self):
        return self.model._meta.get_field(self.key).attname

    def get_internal_type(self):
        return "BinaryField"

    # opening and sealing

    to_bytes, from_bytes = staticmethod(str.encode), staticmethod(bytes.decode)

    def _bound(self, instance):
        name = getattr(instance, self.key_attname)
        return f"{self.model._meta.db_table}|{self.column}|{name}|{VERSION[0]}".encode()

    def opened(self, instance, sealed):
        if sealed.text is None:
            try:
                plain = _plain_key(instance, self)
            except KeysUnavailable:
                return Locked()
            if plain is None:
                return Locked(_("erased"))
            raw = sealed.raw
            try:
                if raw[:1] != VERSION:
                    raise ValueError
                text = self.from_bytes(AESGCM(plain).decrypt(raw[1 : 1 + NONCE], raw[1 + NONCE :], self._bound(instance)))
            except (InvalidTag, ValueError):
                raise Unreadable(f"{instance._meta.label} {instance.pk}: {self.name} does not open.") from None
            for listener in _listeners:
                listener(instance, self)
            sealed.text, sealed.value = text, self.from_text(text)
        return sealed.value

    def _sealed(self, instance, value):
        plain = _plain_key(instance, self)
        if plain is None:
            raise Unreadable(f"The data key of {instance._meta.label} {instance.pk} was erased: nothing new can be sealed.")
        nonce = secrets.token_bytes(NONCE)
        text = self.to_text(value)
        sealed = _Sealed(VERSION + nonce + AESGCM(plain).encrypt(nonce, self.to_bytes(text), self._bound(instance)))
        sealed.text, sealed.value = text, value
        return sealed

    def pre_save(self, instance, add):
        value = instance.__dict__.get(self.attname)
        if isinstance(value, Locked):
            raise KeysUnavailable("A locked value cannot be written.")
        if isinstance(value, _Sealed):
            if value.text is None or self.to_text(value.value) == value.text:
                return value
            value = value.value  # a list or dict that was changed in place
        if value is None or hasattr(value, "resolve_expression"):
            return value
        sealed = instance.__dict__[self.attname] = self._sealed(instance, value)
        return sealed

    # to and from the database

    def from_db_value(self, value, expression, connection):
        return None if value is None else _Sealed(value)

    def get_prep_value(self, value):
        if value is None or isinstance(value, _Sealed):
            return value
        raise FieldError(f"{self.name} is sealed: set it on the row and save the row.")

    def get_db_prep_value(self, value, connection, prepared=False):
        value = value if prepared else self.get_prep_value(value)
        return None if value is None else connection.Database.Binary(value.raw)

    def get_lookup(self, name):
        if name != "isnull":
            raise FieldError(f"{self.name} is sealed: it cannot be compared in the database. Search by tokens.")
        return super().get_lookup(name)

    def get_transform(self, name):
        raise FieldError(f"{self.name} is sealed: the database cannot look inside.")

    def select_format(self, compiler, sql, params):
        # Whole rows only: a value without its row has no key, and its reading would leave no line.
        if compiler.query.values_select or compiler.query.has_select_fields:
            raise FieldError(f"{self.name} is sealed: load the row instead of .values().")
        return sql, params

    def value_to_string(self, instance):
        raise FieldError(f"{self.name} is sealed: it is not serialised.")

    def value_from_object(self, instance):
        return getattr(instance, self.attname)

    def get_default(self):
        return None if self.null and not self.has_default() else super().get_default()


class SealedTextField(SealedField):
    """A text that the database never sees. `max_length` bounds the text, not the ciphertext."""

    description = _("Sealed text")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def to_text(self, value):
        return str(value)

    def from_text(self, text):
        return text

    def to_python(self, value):
        return value if value is None or isinstance(value, (str, Locked)) else str(value)

    def formfield(self, **options):
        short = self.max_length is not None and self.max_length <= SINGLE_LINE
        defaults = {"max_length": self.max_length, "widget": forms.TextInput if short else forms.Textarea}
        if self.null:
            defaults["empty_value"] = None
        return super().formfield(**{"form_class": forms.CharField, **defaults, **options})


class SealedJSONField(SealedField):
    """Lists and dictionaries that the database never sees."""

    description = _("Sealed JSON")

    def to_text(self, value):
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)

    def from_text(self, text):
        return json.loads(text)

    def formfield(self, **options):
        return super().formfield(**{"form_class": forms.JSONField, **options})


class SealedBytesField(SealedField):
    """A piece of a file that the database never sees. A column named `bulk` is left out of the history."""

    description = _("Sealed bytes")

    # The text of the others is held as str; one character a byte makes these no longer.
    def to_text(self, value):
        return bytes(value).decode("latin-1")

    def from_text(self, text):
        return text.encode("latin-1")

    to_bytes, from_bytes = from_text, lambda self, raw: raw.decode("latin-1")
