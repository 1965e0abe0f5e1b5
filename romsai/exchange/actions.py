"""Every change that an import makes: upload, say what the columns mean, look, start, stop, take back. What jobs do is done as the system."""

import hashlib
import uuid
from datetime import timedelta

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.core import access, crypto, jobs
from romsai.core.actions import Refused, action
from romsai.core.dates import day_text, moment_text
from romsai.core.keys import client as keys
from romsai.exchange.imports import kinds, mapping
from romsai.exchange.imports.kinds import Mistakes
from romsai.exchange.imports.wrong import Wrong, sentence
from romsai.exchange.models import Import, ImportPart, ImportRow, Programme, SavedMapping
from romsai.people.queries import shown_names
from romsai.places.models import Agency

PART = 1 << 20
STAGED = 1000  # rows checked in one transaction
UNDO_FOR = timedelta(days=7)
FORGET_AFTER = timedelta(days=7)
NAMESPACE = uuid.UUID("5f0c1b1e-9a51-4c39-9d4a-2d5b7a3c1f60")


# the file


def _upload(kind_name):
    """The action that takes a file of one kind: each kind has its line in the policy table."""

    @action(f"exchange.import_{kind_name}")
    def upload(*, by, content, file_name, programme=None, again=False):
        """Take a file: read its heading, keep it sealed. Nothing of it counts yet.

        programme: {"name", "told_as", "phone"} of the list it comes from, for kinds that have one. again: yes, the same file once more.
        """
        kind = kinds.get(kind_name)
        digest = hashlib.sha256(content).hexdigest()
        earlier = Import.objects.filter(agency=by.agency_id, kind=kind_name, digest=digest).exclude(state=Import.State.UNDONE).first()
        if earlier and not again:
            raise Refused(
                _("This very file was sent on %(when)s: %(state)s. To send it all the same, tick the box.")
                % {"when": moment_text(earlier.uploaded_at), "state": earlier.get_state_display()}
            )
        table, columns = _read(kind, content)
        made = Import.objects.create(
            kind=kind_name, agency_id=by.agency_id, by=by, key=_new_key(), file_name=file_name[-255:], digest=digest, size=len(content),
            reading=table.reading, columns=columns, mapping={"columns": mapping.guess(kind, table.heading), "words": {}, "options": {}},
            programme=_programme(by, **programme) if kind.has_programme else None,
            state=Import.State.UPLOADED if kind.has_columns else Import.State.MAPPED,
        )  # fmt: skip
        for number, at in enumerate(range(0, len(content), PART)):
            ImportPart.objects.create(upload=made, number=number, key=made.key, bulk=content[at : at + PART])
        if not kind.has_columns:
            _go(made)
        return made

    return upload


def _read(kind, content, reading=None):
    try:
        table = kind.opened(content, reading)
        return table, table.columns()
    except Wrong as wrong:
        raise Refused(sentence(wrong.kept())) from None


def _new_key():
    return crypto.new_key("import")


def _programme(by, *, name, told_as, phone=""):
    agency = Agency.objects.get(pk=by.agency_id)
    found, is_new = Programme.objects.get_or_create(agency=agency, name=name.strip(), defaults={"told_as": told_as.strip(), "phone": phone})
    if not is_new and (found.told_as, found.phone) != (told_as.strip(), phone):
        found.told_as, found.phone = told_as.strip(), phone
        found.save()
    return found


def content_of(upload):
    """The bytes of the uploaded file. As the system."""
    return b"".join(part.bulk for part in crypto.preload(upload.parts.order_by("number")))


uploads = {name: _upload(name) for name in ("persons", "facilities", "cases", "areas", "forms")}


# what it means


@action("exchange.read_again")
def read_again(upload, *, by, **reading):
    """Another encoding, delimiter or sheet than was guessed; the columns are guessed anew."""
    kind = _own(upload, by)
    _in(upload, Import.State.UPLOADED)
    table, upload.columns = _read(kind, content_of(upload), {**upload.reading, **reading})
    upload.reading = table.reading
    upload.mapping = {"columns": mapping.guess(kind, table.heading), "words": {}, "options": {}}
    upload.save()
    return upload


@action("exchange.map_import")
def map_import(upload, *, by, columns, options, words=None, save_as=""):
    """Say what each column means. Then the rows are read and checked; a second time replaces the first.

    columns: {field: [column number, …]}; words: {field: {word in small letters: code}}; options: {name: value}.
    """
    kind = _own(upload, by)
    _in(upload, Import.State.UPLOADED, Import.State.CHECKED)
    for field in kind.fields:
        if field.required and not columns.get(field.name):
            raise Refused(_("Choose the column for “%(field)s”: no row can come in without it.") % {"field": field.label})
    if not any(columns.values()):
        raise Refused(_("Choose a column for at least one fact."))
    upload.mapping = {"columns": columns, "words": words or {}, "options": options}
    upload.rows.all().delete()
    upload.trouble, upload.state = [], Import.State.MAPPED
    upload.save()
    if save_as:
        by_heading = mapping.by_headings(upload.mapping, [column["name"] for column in upload.columns])
        SavedMapping.objects.update_or_create(
            agency_id=upload.agency_id, kind=upload.kind, name=save_as.strip(), defaults={"mapping": by_heading}
        )
    _go(upload)
    return upload


# on its way


@action("exchange.start_import")
def start_import(upload, *, by):
    """Yes, bring the good rows in. The others stay in the list of what is to be mended."""
    _own(upload, by)
    _in(upload, Import.State.CHECKED, Import.State.STOPPED)
    if not upload.rows.waiting().exists():
        raise Refused(_("There is no row that can come in. Mend the file and send it again."))
    upload.state, upload.started_at = Import.State.RUNNING, upload.started_at or timezone.now()
    upload.save()
    _go(upload)
    return upload


@action("exchange.stop_import")
def stop_import(upload, *, by):
    """Hold on: what is in stays in; the rest can be started again, or all of it taken back."""
    _own(upload, by)
    _in(upload, Import.State.RUNNING)
    upload.state = Import.State.STOPPED
    upload.save()
    return upload


@action("exchange.undo_import")
def undo_import(upload, *, by):
    """Take the whole import back, as far as nothing was built on its rows. For seven days."""
    _own(upload, by)
    _in(upload, Import.State.DONE, Import.State.STOPPED)
    if timezone.now() - upload.started_at > UNDO_FOR:
        raise Refused(_("An import can be taken back for seven days only."))
    upload.state = Import.State.UNDOING
    upload.save()
    _go(upload)
    return upload


@action("exchange.discard_import")
def discard_import(upload, *, by):
    """Not this file: forget it. Nothing of it had come in."""
    _own(upload, by)
    _in(upload, Import.State.UPLOADED, Import.State.MAPPED, Import.State.CHECKED)
    _forget(upload)
    upload.state, upload.undone_at = Import.State.UNDONE, timezone.now()
    upload.save()
    return upload


def _own(upload, by):
    """The kind of an import of the worker's own agency, that the worker may bring in."""
    kind = kinds.get(upload.kind)
    if upload.agency_id != by.agency_id or not access.may(by, kind.action):
        raise access.Forbidden(_("You cannot do this. Ask your supervisor if you think you should."))
    return kind


def _in(upload, *states):
    if upload.state not in states:
        raise Refused(_("This import has moved on meanwhile: %(state)s. Open its page again.") % {"state": upload.get_state_display()})


def _go(upload):
    from romsai.exchange import tasks

    jobs.later(tasks.move, once=f"import-{upload.pk}", upload=upload.pk)


# what the job does, a piece in one transaction


@action("exchange.check_rows")
def check_rows(upload, *, by, lines, is_last):
    """Read the next rows and keep what they mean. `lines`: (row number, cells) in order, beginning where the last piece ended."""
    if upload.state != Import.State.MAPPED:
        return upload
    kind = kinds.get(upload.kind)
    context = kind.context(upload)
    last = upload.rows.order_by("-number").values_list("number", flat=True).first() or 0
    rows = []
    for number, cells in lines:
        if number <= last:  # another job was faster
            continue
        row = ImportRow(upload=upload, number=number, key_id=upload.key_id)
        try:
            row.facts = kind.read(cells, context)
        except Mistakes as mistakes:
            row.state, row.wrong = ImportRow.State.BAD, mistakes.kept
        else:
            row.wrong = row.facts.get("left_out")
        if row.state == ImportRow.State.BAD or row.wrong:
            row.given = kind.given(cells)
        rows.append(row)
    _tell_twins(kind, upload, rows, context)
    ImportRow.objects.bulk_create(rows)
    upload.worked_at = timezone.now()
    if is_last:
        upload.state = Import.State.CHECKED
    upload.save()
    return upload


def _tell_twins(kind, upload, rows, context):
    """Two rows of one file that say the same number: the second is told, whichever piece of the file it stands in."""
    good = [row for row in rows if row.state == ImportRow.State.READY and kind.same(row.facts)]
    if not good:
        return
    tokens = _twin_tokens(upload, [kind.same(row.facts) for row in good])
    earlier = dict(upload.rows.filter(twin__in=tokens).values_list("twin", "number"))
    earlier = {bytes(twin): number for twin, number in earlier.items()}
    for row, token in zip(good, tokens, strict=True):
        name, text = kind.same(row.facts)
        first = earlier.setdefault(token, row.number)
        if first != row.number:
            heading = context.headings[context.columns[name][0]]
            row.given = row.given or [""] * len(context.headings)
            row.given[context.columns[name][0]] = text
            row.state, row.wrong = ImportRow.State.BAD, [Wrong("twice", text, row=first).kept(heading)]
        else:
            row.twin = token


def _twin_tokens(upload, pairs):
    return keys.tokens("receipt", [f"twin {upload.pk} {name} {text}" for name, text in pairs])


@action("exchange.file_is_bad")
def file_is_bad(upload, *, by, kept):
    """The file as a whole cannot be read on. Told on its page; its columns can be given another meaning, or another file sent."""
    if upload.state == Import.State.MAPPED:
        upload.rows.all().delete()
        upload.trouble, upload.state, upload.worked_at = [kept], Import.State.UPLOADED, timezone.now()
        upload.save()
    return upload


@action("exchange.bring_rows")
def bring_rows(upload, *, by, most=None):
    """Bring the next waiting rows in; their state changes in the same transaction, so none is ever half in or in twice."""
    if upload.state != Import.State.RUNNING:
        return upload
    kind = kinds.get(upload.kind)
    rows = list(crypto.preload(upload.rows.waiting().order_by("number")[: most or kind.batch]))
    if rows:
        context = kind.context(upload)
        context.now = timezone.now()
        context.key = lambda row, part: uuid.uuid5(NAMESPACE, f"{upload.uuid} {row.number} {part}")
        kind.bring(rows, context, by=by)
        _done(rows)
    upload.worked_at = timezone.now()
    if not upload.rows.waiting().exists():
        upload.state, upload.finished_at = Import.State.DONE, upload.worked_at
    upload.save(update_fields=["worked_at", "state", "finished_at"])
    return upload


def _done(rows):
    """Note what became of the rows. What is in is where it belongs, and here no more."""
    columns = [[row.pk for row in rows], [row.state for row in rows], [row.made_model for row in rows], [row.made_pk for row in rows]]
    with connection.cursor() as cursor:
        cursor.execute(
            """update exchange_importrow r set state = u.state, made_model = u.model, made_pk = u.pk, done_at = clock_timestamp(), facts = null
            from unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[]) as u (id, state, model, pk) where r.id = u.id""",
            columns,
        )


@action("exchange.row_is_bad")
def row_is_bad(upload, *, by, number, kept):
    """A row that looked right could not come in."""
    row = upload.rows.waiting().filter(number=number).first()
    if row:
        row.state, row.wrong = ImportRow.State.BAD, [kept]
        row.save()
    return upload


@action("exchange.take_rows_back")
def take_rows_back(upload, *, by):
    """Undo the next rows, the last first."""
    if upload.state != Import.State.UNDOING:
        return upload
    kind = kinds.get(upload.kind)
    done = upload.rows.filter(state=ImportRow.State.DONE)
    rows = list(done.order_by("-number")[: max(kind.batch, 10)])
    if rows:
        context = kind.context(upload)
        context.now = timezone.now()
        kind.take_back(rows, context, by=by)
        for row in rows:
            row.save(update_fields=["state", "wrong"])
    upload.worked_at = timezone.now()
    if not done.exists():
        upload.state, upload.undone_at = Import.State.UNDONE, upload.worked_at
        upload.rows.waiting().delete()
    upload.save()
    return upload


@action("exchange.forget_import")
def forget_import(upload, *, by):
    """A week after its end the file and what its rows said are gone; the numbers stay."""
    _forget(upload)
    if upload.started_at is None:
        upload.state, upload.undone_at = Import.State.UNDONE, timezone.now()
    upload.save()
    return upload


def _forget(upload):
    upload.parts.all().delete()
    upload.rows.waiting().delete()
    upload.rows.update(given=None, facts=None, wrong=None)
    upload.columns, upload.forgotten_at = [{"name": column["name"], "samples": []} for column in upload.columns], timezone.now()


# people of a list


@action("exchange.open_listing")
def open_listing(listing, *, by):
    """Who stands behind a line of the list: read as the system for the list's own agency, and on the record like any reading.

    Returns the listing with `told`: names, born, number, parents, phones. The address is not told: whoever needs it opens a case.
    """
    if listing.taken_back_at:
        raise access.Forbidden("It is not there.")
    person = listing.person
    relations = list(person.relations.filter(kind__in=["MOTHER", "FATHER"]).select_related("relative"))
    names = crypto.preload(person.names.order_by("-is_main", "pk"))
    listing.told = {
        "names": [str(name.full) for name in names],
        "born": day_text(person.birth) if person.birth else "",
        "number": str(listing.number or ""),
        "parents": list(shown_names([line.relative for line in relations]).values()),
        "phones": [str(contact.value) for contact in crypto.preload(person.contacts.filter(kind="PHONE"))],
    }
    return listing
