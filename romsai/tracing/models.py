"""Looking for a family: requests by a child or by a family, what was tried, what may fit, how it was proved, and the way home.

The child whom a family misses has a case of their own from the first hour, like the child who was found: so both stand under the same
rules of access, seal and exclusion, and what may fit is always two cases. A proposal has one row on each side; neither row names the other.
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from romsai.cases.models import Case, Consent, acted_by, coded
from romsai.core.crypto import KeyField, SealedBytesField, SealedJSONField, SealedTextField
from romsai.core.models import Protected, ProtectedManager, ProtectedQuerySet
from romsai.people.models import Person
from romsai.places.models import Area


class Side(models.TextChoices):
    CHILD = "CHILD", _("a child who was found looks for the family")
    FAMILY = "FAMILY", _("a family looks for the child")


class Wish(models.TextChoices):
    """How whoever asks may be approached when somebody is found. No standard has a list of these."""

    YES = "YES", _("May be told at once")
    THROUGH_US = "THROUGH_US", _("Only through our worker, never by a call or a letter")
    NO = "NO", _("Do not contact: only say that they are alive")


class RequestQuerySet(ProtectedQuerySet):
    def open(self):
        return self.filter(ended_at__isnull=True)


class Request(Protected):
    """Somebody is looked for: by the child of the case, or by a family for the child of the case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="tracing_requests")
    side = models.CharField(_("who asks"), max_length=6, choices=Side)
    inquirer = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("who asks"))
    wish = models.CharField(_("may be contacted"), max_length=10, choices=Wish, default=Wish.YES)
    consent = models.ForeignKey(Consent, models.PROTECT, null=True, related_name="+")
    together = models.UUIDField(null=True, editable=False)  # one for all children who were lost together
    started_at = models.DateTimeField(_("begun"))
    by = acted_by(null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    reason = coded(_("how it ended"), "tracing_status", blank=True)

    objects = ProtectedManager.from_queryset(RequestQuerySet)()

    class Meta(Protected.Meta):
        constraints = [models.UniqueConstraint(fields=["case"], condition=Q(ended_at__isnull=True), name="one_open_request")]
        indexes = [models.Index(fields=["side", "case"], condition=Q(ended_at__isnull=True), name="open_requests")]


class Story(Protected):
    """How they lost each other, as the one who asks tells it. What is not known stays empty, and empty never counts against anybody."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="tracing_stories")
    request = models.OneToOneField(Request, models.PROTECT, related_name="story")
    key = KeyField()
    account = SealedTextField(_("in their own words"), null=True, blank=True)
    cause = coded(_("why they were separated"), "separation_cause", blank=True)
    year = models.PositiveSmallIntegerField(_("year of the separation"), null=True, blank=True)
    month = models.PositiveSmallIntegerField(_("month of the separation"), null=True, blank=True)
    day = models.PositiveSmallIntegerField(_("day of the separation"), null=True, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("where they were separated"))
    place = SealedTextField(_("where they were separated, in words"), max_length=500, null=True, blank=True)
    last_known = SealedTextField(_("last known places"), max_length=1000, null=True, blank=True)
    birth_area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("where the child was born"))
    home = SealedTextField(_("the village or street of the family"), max_length=500, null=True, blank=True)
    siblings = models.PositiveSmallIntegerField(_("how many brothers and sisters"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("which of them, the eldest is 1"), null=True, blank=True)
    languages = ArrayField(models.CharField(max_length=10), verbose_name=_("languages of the family"), default=list, blank=True)
    marks = SealedTextField(_("marks, clothes, what the child carried"), max_length=1000, null=True, blank=True)

    class Meta(Protected.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(month__isnull=True) | Q(year__isnull=False), name="separation_month_has_its_year"),
            models.CheckConstraint(condition=Q(day__isnull=True) | Q(month__isnull=False), name="separation_day_has_its_month"),
            models.CheckConstraint(condition=Q(position__isnull=True) | Q(position__gte=1), name="eldest_is_one"),
        ]


class Attempt(Protected):
    """One way in which they are sought, and what came of it. A request is sought in many ways at once."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="tracing_attempts")
    request = models.ForeignKey(Request, models.PROTECT, related_name="attempts")
    key = KeyField()
    method = coded(_("how"), "tracing_method")
    on = models.DateField(_("begun"))
    result = SealedTextField(_("what came of it"), max_length=2000, null=True, blank=True)
    by = acted_by(null=True)


class State(models.TextChoices):
    """How far a proposal is, on its own side."""

    OPEN = "OPEN", _("May fit: look at it")
    AGREED = "AGREED", _("Waits for the other side")
    MUTUAL = "MUTUAL", _("Both sides agree: the relationship is to be verified")
    VERIFIED = "VERIFIED", _("Relationship verified")
    NOT_VERIFIED = "NOT_VERIFIED", _("Claim not verified")
    DECLINED = "DECLINED", _("Does not fit")
    WITHDRAWN = "WITHDRAWN", _("No longer proposed")


LIVE = (State.OPEN, State.AGREED, State.MUTUAL)


class ProposalQuerySet(ProtectedQuerySet):
    def live(self):
        return self.filter(state__in=LIVE)


class Proposal(Protected):
    """One side of two cases that may be one child. It says why in codes and names neither the other case nor its office.

    The other side's row has the same `match`; only the system brings the two together, and shows one side to the other when both agreed.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="tracing_proposals")
    side = models.CharField(max_length=6, choices=Side)
    match = models.UUIDField(default=uuid.uuid4, editable=False, db_index=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN)
    score = models.FloatField(default=0)  # orders the list; never shown
    band = models.CharField(_("how much fits"), max_length=8, default="POSSIBLE")
    reasons = ArrayField(models.CharField(max_length=30), verbose_name=_("what fits"), default=list)
    is_warned = models.BooleanField(_("whoever asks may be the one suspected of the harm"), default=False)
    proposed_at = models.DateTimeField(_("proposed"))
    agreed_at = models.DateTimeField(_("agreed"), null=True)
    agreed_by = acted_by(null=True)
    located_at = models.DateTimeField(_("both agreed"), null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = acted_by(null=True)

    objects = ProtectedManager.from_queryset(ProposalQuerySet)()

    class Meta(Protected.Meta):
        constraints = [models.UniqueConstraint(fields=["match", "side"], name="one_row_a_side")]
        indexes = [models.Index(fields=["case", "state"])]


class Account(Protected):
    """What one side answers to the questions that both are asked apart. Written once; whoever writes it has not read the other."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="tracing_accounts")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="account")
    key = KeyField()
    answers = SealedJSONField(_("answers"), default=dict)  # {code of the question: words}
    told_by = SealedTextField(_("who answered"), max_length=200)
    at = models.DateTimeField(_("when"))
    by = acted_by(null=True)


class Verification(Protected):
    """Two accounts compared by somebody who took neither, and what proves the relationship."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="verifications")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="verification")
    key = KeyField()
    compared = models.JSONField(_("answers compared"), default=dict)  # {code of the question: SAME, DIFFERENT or UNCLEAR}
    evidence = ArrayField(models.CharField(max_length=30), verbose_name=_("kinds of proof"), default=list)
    is_verified = models.BooleanField(_("they belong together"))
    why = SealedTextField(_("why"))
    at = models.DateTimeField(_("when"))
    by = acted_by()


class Reunification(Protected):
    """The way home of one child, step by step; also where it is decided that home is not best for the child."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="reunifications")
    proposal = models.OneToOneField(Proposal, models.PROTECT, null=True, related_name="reunification")
    state = coded(_("reunification"), "reunification_state", default="ASSESSING")
    started_at = models.DateTimeField(_("begun"))
    by = acted_by(null=True)
    solution = coded(_("decided for"), "durable_solution", blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    reunited_on = models.DateField(_("reunited on"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta(Protected.Meta):
        constraints = [models.UniqueConstraint(fields=["case"], condition=Q(ended_at__isnull=True), name="one_way_home_at_a_time")]


class Determination(Protected):
    """What was weighed and is best for the child: the formal decision where one of the triggers is there, a plain one where not."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="determinations")
    reunification = models.ForeignKey(Reunification, models.PROTECT, related_name="determinations")
    key = KeyField()
    triggers = ArrayField(models.CharField(max_length=30), verbose_name=_("why it is formal"), default=list)
    solution = coded(_("best for the child"), "durable_solution")
    child_view = SealedTextField(_("what the child wants"))
    options = SealedTextField(_("options, with what speaks for and against each"))
    factors = ArrayField(models.CharField(max_length=30), verbose_name=_("factors weighed"), default=list)
    reasons = SealedTextField(_("why this is best for the child"))
    panel = SealedTextField(_("who sat on the panel"), null=True, blank=True)
    agencies = ArrayField(models.BigIntegerField(), verbose_name=_("agencies of the panel"), default=list)
    objection = SealedTextField(_("who objects, and why"), null=True, blank=True)
    on = models.DateField(_("decided on"))
    review_on = models.DateField(_("looked at again on"))
    by = acted_by(null=True)


READY = ("child_told", "health_fit", "papers", "school", "cash", "contact_card", "family_agreed")


class Preparation(Protected):
    """What must be ready before anybody travels."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="preparations")
    reunification = models.OneToOneField(Reunification, models.PROTECT, related_name="preparation")
    key = KeyField()
    ready = ArrayField(models.CharField(max_length=20), verbose_name=_("ready"), default=list)  # of READY
    words = SealedTextField(_("how the child and the family were prepared"), null=True, blank=True)
    at = models.DateTimeField(_("when"))
    by = acted_by(null=True)


class Reunion(Protected):
    """The day itself: who brought the child, where, who received the child, who signed. Never with cameras."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="reunions")
    reunification = models.OneToOneField(Reunification, models.PROTECT, related_name="reunion")
    key = KeyField()
    on = models.DateField(_("day"))
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+", verbose_name=_("area"))
    place = SealedTextField(_("where"), max_length=500)
    escort = SealedTextField(_("who brought the child"), max_length=300)
    received_by = SealedTextField(_("who received the child"), max_length=300)
    is_signed = models.BooleanField(_("both sides signed"))
    by = acted_by(null=True)

    class Meta(Protected.Meta):
        constraints = [models.CheckConstraint(condition=Q(is_signed=True), name="reunion_is_signed")]


class Sketch(Protected):
    """What a case is found by and compared by: keyed tokens of names, villages, areas and months, and all of it as it is heard, sealed as a whole.

    Made anew when the facts change and emptied when nobody may find the case any more.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="+")
    key = KeyField()
    side = models.CharField(max_length=6, choices=Side, db_index=True)
    tokens = ArrayField(models.BigIntegerField(), default=list)
    facts = SealedJSONField(default=dict)

    class Meta(Protected.Meta):
        indexes = [GinIndex(fields=["tokens"], name="sketch_search")]


class Pair(models.Model):
    """Two cases that were once put side by side, so that it is not done twice. Read and written as the system only."""

    match = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    found = models.ForeignKey(Case, models.CASCADE, related_name="+")
    sought = models.ForeignKey(Case, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["found", "sought"], name="put_together_once")]


class BoardPhoto(Protected):
    """A photo that families may look at in an office, by the child's consent and a second person's, until a day. A number, no name."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="board_photos")
    key = KeyField()
    number = models.CharField(_("number on the board"), max_length=10, unique=True)
    bulk = SealedBytesField(editable=False)  # a small JPEG without any fact about the camera or the place
    consent = models.ForeignKey(Consent, models.PROTECT, related_name="+")
    until_on = models.DateField(_("until"))
    added_at = models.DateTimeField(_("added"))
    by = acted_by(null=True)
    agreed_at = models.DateTimeField(_("agreed"), null=True)
    taken_off_at = models.DateTimeField(_("taken off"), null=True)

    class Meta(Protected.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(agreed_at__isnull=True) | Q(agreed_at__gte=F("added_at")), name="photo_agreed_after_it_came"),
        ]
