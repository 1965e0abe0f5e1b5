"""Every change to papers: kept, withdrawn, scanned late, printed."""

import hashlib
import secrets
from datetime import datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.cases import actions as cases
from romsai.core import access
from romsai.core.actions import Refused, action
from romsai.papers import contents, formats, printing, queries, scanner
from romsai.papers.models import LEVEL_OF, PAPERS, PLACE, Kind, Printout, Scan, What, Why

PIECE = 256 * 1024  # bytes: small enough for the database to move about, large enough that twenty megabytes are eighty rows
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no two signs that look alike


@action("papers.add")
def add(case, *, by, kind, content, name=""):
    """Keep a file on the case: in the table of its kind's level, in sealed pieces. All of it or nothing.

    content: a formats.Content; legal papers bring their original along. name: what it is, in a few words, where its kind does not say enough.
    """
    if not case.is_open:
        raise Refused(_("The case is closed. Reopen it first."))
    if kind not in Kind.values:
        raise Refused(_("Choose what the file is."))
    now = timezone.now()
    morning = timezone.make_aware(datetime.combine(timezone.localdate(now), time()))
    # The case is locked: two who upload at once are counted one after the other.
    if sum(paper.objects.filter(case=case, added_at__gte=morning).count() for paper in PAPERS.values()) >= formats.MOST_A_DAY:
        raise Refused(str(formats.SENTENCES["MANY"]))
    model = PAPERS[LEVEL_OF[kind]]
    paper = model.objects.create(
        case=case, key=case.key, kind=kind, name=name.strip()[:200] or None, form=content.form, size=len(content.shown),
        original_form=content.form if content.original else "", scan=content.scan, added_at=now, by=by,
    )  # fmt: skip
    _keep(paper, content.shown, is_original=False)
    if content.original:
        _keep(paper, content.original, is_original=True)
    cases.note_event(case, "PAPER_ADDED", by=by)
    return paper


def _keep(paper, data, *, is_original):
    count = -(-len(data) // PIECE)
    for number in range(count):
        head = PLACE.pack(paper.uuid.bytes, is_original, number, count)
        part = data[number * PIECE : (number + 1) * PIECE]
        paper.pieces.create(case_id=paper.case_id, key=paper.key, is_original=is_original, number=number, bulk=head + part)


@action("papers.withdraw")
def withdraw(paper, *, by, why):
    """The paper no longer counts and is no longer shown. Nothing is deleted before its time of keeping is over."""
    if paper.withdrawn_at is not None:
        raise Refused(_("This paper was withdrawn already."))
    if why not in Why.values:
        raise Refused(_("Choose why the paper no longer counts."))
    paper.withdrawn_at, paper.withdrawn_by, paper.why_withdrawn = timezone.now(), by, why
    paper.save(update_fields=["withdrawn_at", "withdrawn_by", "why_withdrawn"])
    cases.note_event(paper.case, "PAPER_WITHDRAWN", by=by)
    return paper


@action("papers.scan")
def scan(paper, *, by):
    """Ask the scanner again about a paper in quarantine."""
    if paper.scan == Scan.QUARANTINE:
        verdict = scanner.look(queries.data(paper, is_original=bool(paper.original_form)))
        if verdict != scanner.QUARANTINE:
            paper.scan = verdict
            paper.save(update_fields=["scan"])
    return paper


@action("papers.print")
def print_(case, *, by, what, language, agency=None, person=None, purpose="", levels=(), source=None):
    """Print something of the case for a named reader and purpose; the audit says both. Returns the Printout.

    The levels of a summary or letter are those of the live share behind it, never chosen here: see contents.allowed.
    """
    ask = contents.allowed(case, what=what, agency=agency, person=person, purpose=purpose, levels=levels, source=source)
    made = Printout(
        case=case, what=what, number=_number(), agency=ask.agency,
        person=ask.person, purpose=ask.purpose, levels=list(ask.levels), source=ask.source, language=language, is_masked=ask.is_masked,
        printed_at=timezone.now(), by=by,
    )  # fmt: skip
    made.digest = hashlib.sha256(pdf(made)).hexdigest()
    made.save()
    readers = [f"{name}:{record.pk}" for name, record in (("agency", ask.agency), ("person", ask.person)) if record]
    access.current().purpose = " ".join([what, ask.purpose, *readers])
    cases.note_event(case, "PRINTED", by=by, what=what, agency=ask.agency and ask.agency.pk)
    return made


def _number():
    signs = "".join(secrets.choice(ALPHABET) for _sign in range(8))
    return f"{signs[:4]}-{signs[4:]}"


def pdf(printout):
    """The PDF of a printout, made from the record as it is now; the same bytes while that has not changed."""
    return printing.pdf(What(printout.what).value.lower(), contents.of(printout), at=printout.printed_at)
