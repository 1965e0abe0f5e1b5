"""Papers kept on a case, one table for each level, and the log of what was printed from it.

A level is a property of a table, because that is what row policies can enforce: so a paper lies in the table of its kind's
level, and its pieces in the table beside it. The row says what it is; the pieces are the file, sealed with the case's key.
"""

import struct

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from romsai.cases.models import Case, acted_by, coded
from romsai.core.crypto import KeyField, SealedBytesField, SealedTextField
from romsai.core.models import Protected
from romsai.papers import scanner
from romsai.people.models import Person
from romsai.places.models import Agency


class Kind(models.TextChoices):
    """What a paper is. No standard has a list of these; the level hangs on it, so it is no list that an office changes."""

    BIRTH = "BIRTH", _("birth certificate or birth registration")
    IDENTITY = "IDENTITY", _("identity card, passport or family book")
    PORTRAIT = "PORTRAIT", _("photo of the child or the family")
    CONSENT = "CONSENT", _("signed consent form")
    PLACE = "PLACE", _("photo or paper that shows where the child is")
    MEDICAL = "MEDICAL", _("medical paper")
    FORENSIC = "FORENSIC", _("forensic medical report")
    COURT = "COURT", _("court order or other court paper")
    POLICE = "POLICE", _("police paper")
    EVIDENCE = "EVIDENCE", _("photo, recording or file that may be evidence")
    CHILD = "CHILD", _("drawing, letter or recording by the child")
    SCHOOL = "SCHOOL", _("school paper")
    LETTER = "LETTER", _("letter from an office")
    OTHER = "OTHER", _("something else")


class Scan(models.TextChoices):
    NOT_SCANNED = scanner.NOT_SCANNED, _("not scanned for viruses")
    CLEAN = scanner.CLEAN, _("scanned for viruses, none found")
    QUARANTINE = scanner.QUARANTINE, _("waits for the virus scanner")
    HARMFUL = scanner.HARMFUL, _("harmful, never opened")


class Why(models.TextChoices):
    """Why a paper no longer counts."""

    OTHER_CHILD = "OTHER_CHILD", _("it is about another child")
    TWICE = "TWICE", _("it is here twice")
    UNREADABLE = "UNREADABLE", _("it cannot be read")
    REPLACED = "REPLACED", _("a newer one took its place")
    NOT_NEEDED = "NOT_NEEDED", _("it is not needed for the child")


def capital(label):
    """A word of a code as a sentence begins."""
    text = str(label)
    return text[:1].upper() + text[1:]


class Paper(Protected):
    """A file on a case. Withdrawn it is no longer shown, but stays until its time of keeping is over."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="%(class)ss")
    key = KeyField()
    kind = models.CharField(_("what it is"), max_length=10, choices=Kind)
    name = SealedTextField(_("description"), max_length=200, null=True, blank=True)
    form = models.CharField(_("kind of file"), max_length=5)  # of formats.FORMS
    size = models.PositiveIntegerField(_("size"))
    original_form = models.CharField(_("kept as it came, too"), max_length=5, blank=True)  # set where the file is kept as it came, too
    scan = models.CharField(_("virus scanner"), max_length=11, choices=Scan)
    added_at = models.DateTimeField(_("added"))
    by = acted_by(null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawn_by = acted_by(null=True)
    why_withdrawn = models.CharField(_("why"), max_length=11, choices=Why, blank=True)

    class Meta(Protected.Meta):
        abstract = True

    @property
    def title(self):
        """What it is called: its description, or else its kind."""
        return str(self.name or capital(Kind(self.kind).label))

    @property
    def is_open(self):
        """May its content be opened at all?"""
        return self.withdrawn_at is None and self.scan in (Scan.NOT_SCANNED, Scan.CLEAN)


PLACE = struct.Struct(">16s?II")  # paper, original?, number, how many


class Piece(Protected):
    """A stretch of a file. Its first bytes are its PLACE, so that no two pieces of a case can be exchanged."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    key = KeyField()
    is_original = models.BooleanField(default=False)
    number = models.PositiveSmallIntegerField()
    bulk = SealedBytesField(editable=False)

    class Meta(Protected.Meta):
        abstract = True


def once(name):
    return [models.UniqueConstraint(fields=["paper", "is_original", "number"], name=name)]


class IdentityPaper(Paper):
    """Who the child is."""


class IdentityPiece(Piece):
    paper = models.ForeignKey(IdentityPaper, models.PROTECT, related_name="pieces")

    class Meta(Piece.Meta):
        constraints = once("identity_piece_once")


class LocationPaper(Paper):
    """Where the child is."""


class LocationPiece(Piece):
    paper = models.ForeignKey(LocationPaper, models.PROTECT, related_name="pieces")

    class Meta(Piece.Meta):
        constraints = once("location_piece_once")


class MedicalPaper(Paper):
    """The child's health."""


class MedicalPiece(Piece):
    paper = models.ForeignKey(MedicalPaper, models.PROTECT, related_name="pieces")

    class Meta(Piece.Meta):
        constraints = once("medical_piece_once")


class NarrativePaper(Paper):
    """What was written, drawn or said."""


class NarrativePiece(Piece):
    paper = models.ForeignKey(NarrativePaper, models.PROTECT, related_name="pieces")

    class Meta(Piece.Meta):
        constraints = once("narrative_piece_once")


class LegalPaper(Paper):
    """Courts, police, evidence. Kept also byte for byte as it came."""


class LegalPiece(Piece):
    paper = models.ForeignKey(LegalPaper, models.PROTECT, related_name="pieces")

    class Meta(Piece.Meta):
        constraints = once("legal_piece_once")


PAPERS = {"identity": IdentityPaper, "location": LocationPaper, "medical": MedicalPaper, "narrative": NarrativePaper, "legal": LegalPaper}

LEVEL_OF = {
    Kind.BIRTH: "identity", Kind.IDENTITY: "identity", Kind.PORTRAIT: "identity", Kind.CONSENT: "identity", Kind.PLACE: "location",
    Kind.MEDICAL: "medical", Kind.FORENSIC: "medical", Kind.COURT: "legal", Kind.POLICE: "legal", Kind.EVIDENCE: "legal",
    Kind.CHILD: "narrative", Kind.SCHOOL: "narrative", Kind.LETTER: "narrative", Kind.OTHER: "narrative",
}  # fmt: skip


class What(models.TextChoices):
    SUMMARY = "SUMMARY", _("Summary of the case")
    REFERRAL = "REFERRAL", _("Referral letter")
    CONSENT = "CONSENT", _("Consent form")
    CHILD = "CHILD", _("The child’s own copy")
    CARD = "CARD", _("Card with numbers to call")


class Printout(Protected):
    """That something was printed: what, for whom, for what, which levels. The PDF itself is not kept, only its hash.

    What was printed can be made again from the record while that has not changed; a paper found in the street is known by its number.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="printouts")
    what = models.CharField(_("what"), max_length=8, choices=What)
    number = models.CharField(max_length=10, unique=True)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")  # that gets it, or is named in a consent form
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # of the case, who gets it
    purpose = coded(_("purpose"), "consent_type")
    levels = ArrayField(models.CharField(max_length=20), default=list)
    source = models.UUIDField(null=True)  # of the share or referral behind it
    language = models.CharField(_("language"), max_length=10)
    is_masked = models.BooleanField(_("without the names of workers"), default=False)  # without the names of workers
    digest = models.CharField(max_length=64)
    printed_at = models.DateTimeField(_("printed"))
    by = acted_by(null=True)
