"""Every change that an export makes: ask, write, fetch, let go. What needs a second person is proposed and confirmed by romsai/core/second.py."""

import hashlib
from datetime import timedelta

from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from romsai.cases.models import Case
from romsai.core import access, actions, audit, crypto, jobs, second
from romsai.core.actions import Refused, action, done
from romsai.core.dates import moment_text
from romsai.exchange.actions import PART
from romsai.exchange.exports import asking, columns, files, recipients
from romsai.exchange.exports.asking import Format
from romsai.exchange.models import Export, ExportPart, ExportRows
from romsai.places.models import Worker
from romsai.questionnaires import htcds

PIECE = 200  # cases written in one transaction
KEPT = timedelta(days=7)


# asking


def ask(*, by, client_key=None, **given):
    """Ask for an export: begun at once where one person is enough, else put before a second. Returns the Export or the Proposal.

    given: what `asking.asked_for` takes. Asked as the worker.
    """
    # The first sending counts in the rule of 25 a day; the same form again must find it before it is counted anew.
    if client_key is not None and (earlier := actions.earlier(client_key, asking.FEW)):
        return earlier
    asked = asking.asked_for(by, **given)
    name = asking.action_for(asked, taken_out(by))
    if not second.needs(name):
        return export(by=by, asked=asked, client_key=client_key)
    asking.check_key(asked)
    return second.propose(name, by=by, asked=asked, client_key=client_key)


def taken_out(worker):
    """How many rows this worker took out within the last day."""
    with access.system(on_behalf=worker, purpose="export"):
        return asking.taken_out(worker, at=timezone.now())


def _begins(name):
    @action(name)
    def export(*, by, asked):
        """Begin to write what was asked: once more checked as the asker stands now, bound to the cases that were approved."""
        Worker.objects.select_for_update().get(pk=by.pk)  # of two exports at once the second counts the first
        needed = asking.action_for(asked, asking.taken_out(by, at=timezone.now()))
        if needed not in (name, asking.FEW):
            raise Refused(_("A second person must agree to this. Open the page again and send it."))
        if name != asking.FEW:
            asking.check_key(asked)
        with access.acting(by, purpose="export"):
            asking.check(by, asked)
            cases = asking.check_still(by, asked)
        made = Export.objects.create(
            action=name, by=by, key=crypto.new_key("export"), file_key=crypto.new_key("export"), asked=asked | {"cases": cases},
            rows=len(cases), is_htcds=asked["format"] == Format.HTCDS,
        )  # fmt: skip
        _go(made)
        return made

    return export


begun = {name: _begins(name) for name in asking.ALL}
export = begun[asking.FEW]


def _describe(_record, facts):
    asked = facts["asked"]
    title = _("Export: %(what)s") % {"what": asking.count_words(len(asked["cases"]))}
    return title, asking.rows(asked)


for _name in (asking.MANY, *asking.LEVELS.values()):
    second.describes(_name)(_describe)


def _go(made):
    from romsai.exchange import tasks

    jobs.later(tasks.write, once=f"export-{made.pk}", export=made.pk)


# writing, a piece in one transaction


@action("exchange.write_export")
def write_export(made, *, by, most=PIECE):
    """The next cases, read within the asker's rights of now; after the last of them the file. A killed job leaves no half piece."""
    if made.state != Export.State.WRITING:
        return made
    if not all(access.may(made.by, name) for name in (made.action, *(asking.LEVELS[level] for level in made.asked["levels"]))):
        return _stop(made, Export.Why.RIGHTS)
    wanted = made.asked["cases"][made.gone_through : made.gone_through + most]
    if not wanted:
        return _finish(made)
    lines, subjects = _lines(made, wanted)
    ExportRows.objects.create(export=made, number=made.gone_through, key_id=made.file_key_id, lines=lines)
    made.subjects += subjects
    made.gone_through, made.written, made.worked_at = made.gone_through + len(wanted), made.written + len(lines), timezone.now()
    made.save()
    return made


def _lines(made, wanted):
    """Lines of these cases, and one audit line by which each child's list of who has looked shows the export."""
    asked = made.asked
    with access.acting(made.by, purpose=str(made)) as context:
        cases = Case.objects.visible().filter(asking.reached(made.by, asked["format"], asked["levels"]), pk__in=wanted).order_by("pk")
        if asked["format"] == Format.HTCDS:
            lines = columns.htcds_lines(cases, made.by)
        else:
            lines = columns.lines(cases, asked["levels"])
        subjects = _subjects(cases, asked["levels"])
        reads = {level: sorted(about) for level, about in context.reads.items()} | {"core": subjects}
        audit.write(context, made.action, subjects, reads, count=len(lines))
        context.reads.clear()
    return lines, subjects


def _subjects(cases, levels):
    pairs = list(cases.values_list("pk", "child_id"))
    return [f"case:{pk}" for pk, _child in pairs] + ([f"person:{child}" for _pk, child in pairs] if levels else [])


def _finish(made):
    """The file from all its lines, encrypted to its recipient, sealed in pieces; the lines themselves are gone with this transaction."""
    lines = [line for piece in crypto.preload(made.pieces.order_by("number")) for line in piece.lines]
    if not lines:
        return _stop(made, Export.Why.NOTHING)
    with override(made.asked["language"]):
        content = _content(made, lines)
    if made.asked["recipient_key"]:
        content = recipients.encrypted(content, made.asked["recipient_key"])
    for number, at in enumerate(range(0, len(content), PART)):
        ExportPart.objects.create(export=made, number=number, key_id=made.file_key_id, bulk=content[at : at + PART])
    made.pieces.all().delete()
    made.state, made.finished_at, made.worked_at = Export.State.DONE, timezone.now(), timezone.now()
    made.expires_at, made.size, made.digest = made.finished_at + KEPT, len(content), hashlib.sha256(content).hexdigest()
    made.save()
    return made


def _content(made, lines):
    asked = made.asked
    levels = asked["levels"]
    if asked["format"] == Format.HTCDS:
        return htcds.as_csv([htcds.Record(**line) for line in lines])
    about = [[row["label"], row["value"]] for row in asking.rows(asked, number=len(lines))]
    about.append([_("Taken out by"), f"{made.by.name}, {moment_text(made.asked_at)}"])
    if asked["format"] == Format.JSON:
        return files.as_json({"about": dict(about), "cases": lines})
    table = [columns.heading(levels), *(columns.cells(line, levels) for line in lines)]
    return files.as_csv(table) if asked["format"] == Format.CSV else files.as_workbook(table, about)


@action("exchange.stop_export")
def stop_export(made, *, by):
    """Whoever asked may no longer act: nothing leaves."""
    return _stop(made, Export.Why.RIGHTS) if made.state == Export.State.WRITING else made


def _stop(made, why):
    _empty(made)
    made.state, made.why_stopped, made.finished_at = Export.State.STOPPED, why, timezone.now()
    made.save()
    return made


# fetching and letting go


@action("exchange.fetch_export")
def fetch_export(made, *, by):
    """The bytes of the file as `content`, to who asked for it and while it lasts. Each fetching stands in the audit of every child in it."""
    if made.by_id != by.pk or not is_there(made) or not is_still_theirs(made):
        raise access.Forbidden("It is not there.")
    asked = made.asked
    reads = dict.fromkeys(["core", *asked["levels"]], made.subjects)
    audit.write(access.current(), "exchange.fetch_export", made.subjects, reads, count=made.written)
    if made.fetched_at is None:
        made.fetched_at = timezone.now()
        made.save()
    made.content = b"".join(part.bulk for part in crypto.preload(made.parts.order_by("number")))
    made.name = f"romsai-{str(made.uuid)[:8]}.{asking.ENDINGS[asked['format']]}{'.age' if asked['recipient_key'] else ''}"
    return made


def is_there(made):
    """Can the file still be fetched?"""
    return made.state == Export.State.DONE and made.expires_at > timezone.now()


def is_still_theirs(made):
    """Does who asked still reach every child in the file? Sealed, excluded or lost since it was written, and none of it is fetched."""
    if not access.acts(made.by):
        return False
    cases = [int(subject.removeprefix("case:")) for subject in made.subjects if subject.startswith("case:")]
    with access.acting(made.by, purpose=str(made)):
        reached = Case.objects.visible().filter(pk__in=cases, sealed=False).count()
    needed = (made.action, *(asking.LEVELS[level] for level in made.asked["levels"]))
    return reached == len(cases) and all(access.may(made.by, name) for name in needed)


CLOSING = ("cases.seal", "cases.exclude", "cases.keep_from_case", "cases.name_accused")


@receiver(done)
def _closed(sender, **_told):
    """A case is closed to somebody: files that lie here with it are deleted at once, not only no longer given out."""
    if sender in CLOSING:
        from romsai.exchange import tasks

        jobs.later(tasks.let_go, once="exchange.let_go")


@action("exchange.discard_export")
def discard_export(made, *, by):
    """The file is not needed any more, or should not have been asked for."""
    if made.by_id != by.pk:
        raise access.Forbidden("It is not there.")
    return _expire(made)


@action("exchange.expire_export")
def expire_export(made, *, by):
    """A week after it was made the file is gone, and before that once who asked no longer reaches every child in it."""
    return _expire(made)


def _expire(made):
    if made.state in (Export.State.WRITING, Export.State.DONE):
        _empty(made)
        made.state, made.expires_at = Export.State.EXPIRED, timezone.now()
        made.save()
    return made


def _empty(made):
    """The bytes and the key that opened them: copies of them in backups are as good as gone, too."""
    made.pieces.all().delete()
    made.parts.all().delete()
    crypto.shred(made.file_key)
