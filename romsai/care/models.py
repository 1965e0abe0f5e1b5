"""What is done for the child: plan, actions, referrals and what they share, transfers, placements, follow-ups, conferences."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from romsai.cases.models import Case, Concern, Consent, Visit, acted_by, coded
from romsai.core.crypto import KeyField, SealedJSONField, SealedTextField
from romsai.core.models import Protected, ProtectedManager, ProtectedQuerySet
from romsai.people.models import Person
from romsai.places.models import Agency, Area, Facility, Team


class PlanState(models.TextChoices):
    DRAFT = "DRAFT", _("being written")
    SUBMITTED = "SUBMITTED", _("with the supervisor")
    APPROVED = "APPROVED", _("in force")
    REPLACED = "REPLACED", _("replaced")


class Plan(Protected):
    """The one plan for the child, over all concerns. A new one replaces the one in force when it is approved."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="plans")
    key = KeyField()
    state = models.CharField(max_length=10, choices=PlanState, default=PlanState.DRAFT)
    child_view = SealedTextField(_("what the child wants and thinks of the plan"), null=True, blank=True)
    no_view_reason = SealedTextField(_("why the child's view is not recorded"), null=True, blank=True)
    left_out = SealedJSONField(_("concerns that no action serves, and why"), null=True, blank=True)  # {concern id: reason}
    best_interests = ArrayField(models.CharField(max_length=30), default=list, blank=True)  # codes of bid_trigger in this plan
    review_on = models.DateField(_("review on"), null=True)
    started_by = acted_by(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = acted_by(null=True)

    class Meta(Protected.Meta):
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state__in=["DRAFT", "SUBMITTED"]), name="one_plan_being_written"),
            models.UniqueConstraint(fields=["case"], condition=Q(state="APPROVED"), name="one_plan_in_force"),
        ]


class Goal(Protected):
    """What should be true for the child, in plain words."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="goals")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="goals")
    key = KeyField()
    text = SealedTextField(_("goal"))
    is_met = models.BooleanField(null=True)
    reason = SealedTextField(_("why not"), null=True, blank=True)


class PlanAction(Protected):
    """One thing that someone does by a day. It may serve several concerns: asked once, done once."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="plan_actions")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="actions")
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="actions")
    key = KeyField()
    text = SealedTextField(_("what will be done"))
    owner = acted_by("plan_actions", null=True)
    owner_agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(_("by"))
    state = coded(_("state"), "plan_action_state", default="PLANNED")
    concerns = ArrayField(models.BigIntegerField(), default=list)  # ids of Concern rows of the same case
    done_on = models.DateField(null=True)
    reason = SealedTextField(_("why it is blocked or dropped"), null=True, blank=True)

    class Meta(Protected.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(owner__isnull=False) | Q(owner_agency__isnull=False), name="action_has_an_owner"),
        ]

    def served(self):
        """The concerns this action serves."""
        return Concern.objects.filter(case=self.case_id, pk__in=self.concerns)


OPEN_ACTION = ("PLANNED", "DOING", "BLOCKED")


class ShareQuerySet(ProtectedQuerySet):
    def live(self, *, at):
        return self.filter(withdrawn_at__isnull=True, from_at__lte=at, until_at__gt=at)


class Share(Protected):
    """What one agency may read of a case: named levels, for a purpose, for a time, by a consent."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="shares")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    levels = ArrayField(models.CharField(max_length=20))
    purpose = coded(_("purpose"), "consent_type")  # what the consent that allows it was given for
    consent = models.ForeignKey(Consent, models.PROTECT, related_name="shares")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    is_minimum = models.BooleanField(default=False)  # kept after a withdrawal because the child's safety needs it
    decide_by = models.DateTimeField(null=True)  # the supervisor decides on such a minimum within 24 hours
    by = acted_by(null=True)

    objects = ProtectedManager.from_queryset(ShareQuerySet)()

    class Meta(Protected.Meta):
        indexes = [models.Index(fields=["agency", "case"], condition=Q(withdrawn_at__isnull=True), name="live_shares")]
        constraints = [models.CheckConstraint(condition=Q(until_at__gt=F("from_at")), name="share_ends_after_it_begins")]


UNANSWERED = ("SENT", "RECEIVED", "EXPIRED")
OPEN_REFERRAL = (*UNANSWERED, "ACCEPTED", "WAITLISTED", "STARTED")


class ReferralQuerySet(ProtectedQuerySet):
    def open(self):
        return self.filter(state__in=OPEN_REFERRAL)


class Referral(Protected):
    """A closed loop: asked, answered, done, with what outcome. Never without an owner and a deadline."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="referrals")
    share = models.ForeignKey(Share, models.PROTECT, null=True, related_name="referrals")
    plan_action = models.ForeignKey(PlanAction, models.PROTECT, null=True, related_name="referrals")
    service = coded(_("service"), "service_type")
    facility = models.ForeignKey(Facility, models.PROTECT, null=True, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="referrals")
    state = coded(_("state"), "referral_state")
    risk = coded(_("risk"), "risk_level")
    sent_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = acted_by(null=True)
    decline_reason = coded(_("why it was declined"), "referral_decline_reason", blank=True)
    done_at = models.DateTimeField(null=True)
    consent_ended_at = models.DateTimeField(null=True)  # the recipient is told so, and reads no more words
    alarmed_at = models.DateTimeField(null=True)
    owner = acted_by("referrals_owned", null=True)

    objects = ProtectedManager.from_queryset(ReferralQuerySet)()

    class Meta(Protected.Meta):
        indexes = [models.Index(fields=["agency", "state"])]


class ReferralWords(Protected):
    """What a referral says of the child. The recipient reads it while the share behind it lasts, and no longer."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    referral = models.OneToOneField(Referral, models.PROTECT, related_name="words")
    key = KeyField()
    need = SealedTextField(_("what is needed"))
    contact = SealedTextField(_("how to reach the child safely"), null=True, blank=True)
    outcome = SealedTextField(_("what came of it"), null=True, blank=True)


class ServiceKind(models.TextChoices):
    SERVICE = "SERVICE", _("Service given")
    ARRIVED = "ARRIVED", _("The child arrived and has a bed")
    LEFT = "LEFT", _("The child left")


class ServiceNote(Protected):
    """What the provider did, for the case's team to read."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="service_notes")
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="notes")
    key = KeyField()
    kind = models.CharField(_("what happened"), max_length=10, choices=ServiceKind, default=ServiceKind.SERVICE)
    text = SealedTextField(_("service given"))
    at = models.DateTimeField()
    by = acted_by(null=True)


class TransferState(models.TextChoices):
    ASKED = "ASKED", _("waits for our supervisor")
    OFFERED = "OFFERED", _("offered")
    ACCEPTED = "ACCEPTED", _("accepted")
    DECLINED = "DECLINED", _("declined")
    WITHDRAWN = "WITHDRAWN", _("taken back")


class Transfer(Protected):
    """The duty for a case passes to another team when that team accepts; until then the sender keeps it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="transfers")
    from_team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, related_name="offered_transfers")
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")  # where the child will live, if that changes
    consent = models.ForeignKey(Consent, models.PROTECT, null=True, related_name="+")  # needed towards another agency
    state = models.CharField(max_length=10, choices=TransferState, default=TransferState.OFFERED)
    reason = coded(_("reason"), "transfer_reason")
    # All that the team asked reads before it accepts: as the case stood when it was offered.
    risk = coded(_("risk"), "risk_level")
    concern_codes = ArrayField(models.CharField(max_length=30), verbose_name=_("concerns"), default=list, blank=True)
    ages = coded(_("age group"), "age_group", blank=True)
    language = coded(_("language spoken"), "language", blank=True)
    joint_visit_on = models.DateField(_("joint visit or call on"))
    offered_at = models.DateTimeField()
    offered_by = acted_by(null=True)
    accept_by = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = acted_by(null=True)

    class Meta(Protected.Meta):
        constraints = [models.UniqueConstraint(fields=["case"], condition=Q(state__in=["ASKED", "OFFERED"]), name="one_transfer_open")]


class Handover(Protected):
    """What the new team must know, and why it said no if it did."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="handover")
    key = KeyField()
    text = SealedTextField(_("what the new team must know"))
    decline_reason = SealedTextField(_("why it was declined"), null=True, blank=True)


class DepartureState(models.TextChoices):
    ASKED = "ASKED", _("waits for our supervisor")
    AGREED = "AGREED", _("agreed, the receipt is awaited")
    RECEIVED = "RECEIVED", _("received")
    WITHDRAWN = "WITHDRAWN", _("taken back")


class Departure(Protected):
    """A child leaves the system: handed over to a body outside it, which confirms by a receipt; until then the duty stays here."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="departures")
    key = KeyField()
    state = models.CharField(max_length=10, choices=DepartureState, default=DepartureState.ASKED)
    reason = coded(_("reason"), "transfer_reason")
    consent = models.ForeignKey(Consent, models.PROTECT, related_name="+")
    body = SealedTextField(_("who takes over"))
    handover = SealedTextField(_("hand-over list"))
    joint_visit_on = models.DateField(_("joint visit or call on"))
    asked_at = models.DateTimeField()
    asked_by = acted_by(null=True)
    decided_at = models.DateTimeField(_("answered"), null=True)
    received_on = models.DateField(_("received on"), null=True)
    received_by = SealedTextField(_("who received the child's file"), null=True, blank=True)
    receipt_at = models.DateTimeField(_("receipt recorded"), null=True)
    receipt_by = acted_by(null=True)

    class Meta(Protected.Meta):
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state__in=["ASKED", "AGREED"]), name="one_departure_open"),
            models.CheckConstraint(
                condition=~Q(state="RECEIVED") | Q(received_on__isnull=False, received_by__isnull=False, decided_at__isnull=False),
                name="departure_ends_with_a_receipt",
            ),
        ]


class Placement(Protected):
    """A stretch of time that a child lives away from their parents. A visit is not a placement."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="placements")
    key = KeyField()
    care = coded(_("kind of care"), "care_arrangement")
    facility = models.ForeignKey(Facility, models.PROTECT, null=True, related_name="+")
    carer = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    where = SealedTextField(_("where"), null=True, blank=True)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)
    reason = coded(_("why it ended"), "placement_end", blank=True)
    by = acted_by(null=True)

    class Meta(Protected.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="placement_ends_after_it_begins",
                violation_error_message=_("The end must come after the beginning."),
            ),
            models.UniqueConstraint(fields=["case"], condition=Q(until_on__isnull=True), name="one_placement_at_a_time"),
        ]


class FollowUp(Protected):
    """A visit that the schedule asks for; done when a visit is recorded. One visit may answer several."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="follow_ups")
    schedule = coded(_("when"), "follow_up_schedule")  # a code of follow_up_schedule, or RISK: as often as the risk asks
    due_on = models.DateField(_("due on"))
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="follow_ups")
    outcome = coded(_("result"), "follow_up_outcome", blank=True)

    class Meta(Protected.Meta):
        constraints = [models.UniqueConstraint(fields=["case", "schedule", "due_on"], name="follow_up_once")]


class Conference(Protected):
    """A meeting about the case: who was there, what was decided, who does it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="conferences")
    key = KeyField()
    on = models.DateField(_("day"))
    agencies = ArrayField(models.BigIntegerField(), default=list)
    child_took_part = models.BooleanField(_("the child took part"), default=False)
    decisions = SealedTextField(_("decisions"))
    by = acted_by(null=True)
