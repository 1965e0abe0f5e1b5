"""Reports, cases, concerns and everything that happens on a case. Every table has its line in the policy table."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, When
from django.db.models.expressions import Case as Either
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from romsai.core.crypto import KeyField, SealedJSONField, SealedTextField
from romsai.core.models import Protected, ProtectedManager, ProtectedQuerySet
from romsai.core.plans import Code
from romsai.people.models import Person
from romsai.places.models import Agency, Area, Team, Worker
from romsai.questionnaires.models import Answers


def coded(verbose, listed="", **options):
    """A code of one of the code lists; `listed` names the list whose words stand for it wherever the record is told."""
    field = models.CharField(verbose, max_length=30, **options)
    field.listed = listed
    return field


def acted_by(related="+", **options):
    return models.ForeignKey(Worker, models.PROTECT, related_name=related, **options)


# reports


class ReportState(models.TextChoices):
    RECEIVED = "RECEIVED", _("received")
    SCREENING = "SCREENING", _("screening")
    SCREENED_OUT = "SCREENED_OUT", _("screened out")
    REGISTERED = "REGISTERED", _("registered")
    LINKED = "LINKED", _("added to a case")


class ReportQuerySet(ProtectedQuerySet):
    def open(self):
        return self.filter(state__in=[ReportState.RECEIVED, ReportState.SCREENING])

    def in_order_of_triage(self):
        """A sign of danger first, then who has waited longest; the slow lane at the end, in the same order."""
        danger = Either(
            When(Q(danger="yes") | ~Q(danger_signs=[]), then=0),
            When(danger="unknown", then=1),
            default=2,
            output_field=models.IntegerField(),
        )
        slow = Either(When(slow_reasons=[], then=0), default=1, output_field=models.IntegerField())
        return self.order_by(slow, danger, "received_at", "id")


class Report(Protected):
    """What someone told the authority about one child or several. One sentence is enough."""

    key = KeyField()
    receipt = models.BinaryField(null=True, editable=False)  # a keyed token of the receipt code; the code itself is nowhere
    channel = coded(_("how it reached us"), "report_channel")
    reporter_type = coded(_("who tells us"), "reporter_type", blank=True)
    state = models.CharField(max_length=15, choices=ReportState, default=ReportState.RECEIVED)
    disposition = coded(_("result"), "report_disposition", blank=True)
    danger = models.CharField(_("in danger now"), max_length=7, choices=[("yes", _("yes")), ("no", _("no")), ("unknown", _("not known"))])
    danger_signs = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+")  # the intake team it waits with
    language = models.CharField(max_length=10, blank=True)
    children = models.PositiveSmallIntegerField(_("how many children"), default=1)
    # The clock starts when any authority first heard, not when someone typed.
    heard_at = models.DateTimeField(_("when an authority first heard"))
    received_at = models.DateTimeField()
    decide_by = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    late_noticed_at = models.DateTimeField(null=True)
    slow_reasons = ArrayField(models.CharField(max_length=30), default=list, blank=True)  # why it waits in the slow lane (lanes.py)
    words_token = models.BinaryField(null=True, editable=False)  # of a public report, to know the same words again
    is_about_staff = models.BooleanField(default=False)
    sample_check = models.BooleanField(default=False)  # a supervisor looks at it before it counts as screened out
    recorded_by = acted_by(null=True)
    screened_by = acted_by(null=True)

    objects = ProtectedManager.from_queryset(ReportQuerySet)()

    class Meta:
        indexes = [
            models.Index(fields=["team", "state"]),
            models.Index(fields=["recorded_by", "received_at"]),
            models.Index(fields=["receipt"]),
            models.Index(fields=["words_token", "received_at"], condition=Q(words_token__isnull=False), name="reports_of_same_words"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(heard_at__lte=F("received_at")), name="report_heard_before_received"),
        ]


class ReportWords(Protected):
    """What was said, in the reporter's words, and what it says of the child: sealed."""

    report = models.OneToOneField(Report, models.PROTECT, related_name="words")
    key = KeyField()
    worry = SealedTextField(_("what worries you"))
    child_names = SealedTextField(_("names or nicknames of the children"), null=True, blank=True)
    child_about = SealedTextField(_("age, sex, how to recognise the child"), null=True, blank=True)
    where = SealedTextField(_("where the child is"), null=True, blank=True)
    advice = SealedTextField(_("advice given"), null=True, blank=True)


class Reporter(Protected):
    """Who told. Seen by intake and later by the lead worker only."""

    report = models.OneToOneField(Report, models.PROTECT, related_name="reporter")
    key = KeyField()
    name = SealedTextField(_("name"), null=True, blank=True)
    phone = SealedTextField(_("telephone"), null=True, blank=True)
    is_safe_to_call = models.BooleanField(_("safe to call"), null=True)
    is_alleged = models.BooleanField(_("said to have harmed the child"), default=False)


class ReportMessage(Protected):
    """A message between the reporter, who has only the receipt code, and the office."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="messages")
    key = KeyField()
    text = SealedTextField(_("message"))
    from_reporter = models.BooleanField()
    by = acted_by(null=True)


class CallResult(models.TextChoices):
    REACHED = "REACHED", _("Spoke with the reporter")
    NOBODY = "NOBODY", _("Nobody answered")
    OTHER = "OTHER", _("Somebody else answered; nothing was said")
    WRONG = "WRONG", _("The number is wrong or off")


class ReportCall(Protected):
    """The office called the reporter back: what came of it. The reporter does not read this."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="calls")
    key = KeyField()
    at = models.DateTimeField(_("when"))
    result = models.CharField(_("result"), max_length=10, choices=CallResult)
    said = SealedTextField(_("what was said"), null=True, blank=True)
    by = acted_by(null=True)


class ReportToken(models.Model):
    """Keyed bytes of a name, a telephone or a place that a report tells: by them a second report on the same child is noticed."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="tokens")
    kind = models.CharField(max_length=6)
    token = models.BinaryField()

    objects = ProtectedManager.from_queryset(ProtectedQuerySet)()

    class Meta:
        base_manager_name = "objects"
        indexes = [models.Index(fields=["kind", "token"], name="report_token_search")]


class Accused(Protected):
    """Whom a report about staff is about: a worker, with the agency that must not learn of it."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="accused")
    worker = acted_by(null=True)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    by = acted_by(null=True)
    named_at = models.DateTimeField()


class Incident(Protected):
    """One event with several children: a raid, a rescue, one house."""

    report = models.OneToOneField(Report, models.PROTECT, related_name="incident")
    kind = coded(_("kind of event"), "incident_kind")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    happened_on = models.DateField(_("day"))


# cases


class CaseState(models.TextChoices):
    REGISTERED = "REGISTERED", _("registered")
    INITIAL_ASSESSMENT = "INITIAL_ASSESSMENT", _("initial assessment")
    FULL_ASSESSMENT = "FULL_ASSESSMENT", _("comprehensive assessment")
    PLANNING = "PLANNING", _("case planning")
    PLAN_APPROVAL = "PLAN_APPROVAL", _("plan awaiting approval")
    IMPLEMENTATION = "IMPLEMENTATION", _("implementation")
    REVIEW = "REVIEW", _("review")
    FOLLOW_UP = "FOLLOW_UP", _("monitoring after main goals met")
    CLOSURE_REQUESTED = "CLOSURE_REQUESTED", _("closure awaiting approval")
    CLOSED = "CLOSED", _("closed")
    REOPENED = "REOPENED", _("reopened")
    TRANSFERRED = "TRANSFERRED", _("transferred")
    MERGED = "MERGED", _("merged as duplicate")
    SUSPENDED_UNREACHABLE = "SUSPENDED_UNREACHABLE", _("child unreachable")


ENDED = (CaseState.CLOSED, CaseState.TRANSFERRED, CaseState.MERGED)
OPEN = ~Q(state__in=ENDED)


class CaseQuerySet(ProtectedQuerySet):
    def open(self):
        return self.exclude(state__in=[Code(state) for state in ENDED])  # OPEN, in words by which the partial indexes are found

    def of(self, worker):
        """Cases that the worker works on now."""
        return self.filter(pk__in=Assignment.objects.unfiltered().running().filter(worker=worker).values("case_id"))


class Case(Protected):
    """One child, one file: every concern, from the first report to a safe outcome."""

    number = models.CharField(max_length=30, unique=True)
    child = models.ForeignKey(Person, models.PROTECT, related_name="cases")
    key = KeyField()
    state = models.CharField(max_length=25, choices=CaseState, default=CaseState.REGISTERED)
    risk = coded(_("risk"), "risk_level")
    risk_reasons = SealedJSONField(_("reasons for the risk"), default=list, blank=True)
    risk_set_at = models.DateTimeField()
    high_until = models.DateField(null=True)  # closing needs the manager for 90 days after HIGH
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    sealed = models.BooleanField(_("sealed"), default=False)
    language = models.CharField(_("language spoken"), max_length=10, blank=True)
    care = coded(_("who the child lives with"), "care_arrangement", blank=True)
    tracing = coded(_("family tracing"), "tracing_status", default="NOT_NEEDED")
    justice_owner = acted_by(null=True)  # who answers for an open justice track
    justice = coded(_("justice"), "justice_state", default="NONE")
    heard_at = models.DateTimeField()
    registered_at = models.DateTimeField()
    registered_by = acted_by(null=True)
    last_seen_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="cases")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")

    objects = ProtectedManager.from_queryset(CaseQuerySet)()

    class Meta:
        # No global order index: for a narrow asker the planner would walk it (security notes 3.4-4).
        # What a supervisor and a manager reach is read from these alone, at each question: see cases/rules.py.
        indexes = [
            models.Index(fields=["team", "id"], condition=Q(sealed=False), name="unsealed_of_team"),
            models.Index(fields=["agency", "area", "id"], condition=Q(sealed=False), name="unsealed_of_agency"),
            models.Index(fields=["team"], condition=OPEN & Q(sealed=False), name="open_of_team"),
            models.Index(fields=["area"], condition=OPEN & Q(sealed=False), name="open_of_area"),
            models.Index(fields=["area"]),
            models.Index(fields=["id"], condition=Q(sealed=True), name="sealed_cases"),
        ]

    def __str__(self):
        return self.number

    @property
    def is_open(self):
        return self.state not in ENDED

    @property
    def why_this_risk(self):
        """The reasons as one line; "locked" while the keys are away."""
        reasons = self.risk_reasons
        return "; ".join(reasons) if isinstance(reasons, list) else str(reasons or "")


class ReportCase(Protected):
    """A report belongs to a case; a report of many children belongs to many."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="links")
    case = models.ForeignKey(Case, models.PROTECT, related_name="report_links")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "case"], name="report_in_case_once")]


class AllegationCase(Protected):
    """A case that a report about staff touches. Apart from ReportCase: who works on the case does not read the report."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="touched")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    by = acted_by()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "case"], name="allegation_in_case_once")]


class Episode(Protected):
    """A stretch of work from opening to closing; a reopened case has a second one."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="episodes")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    reason = coded(_("reason for closing"), "closure_reason", blank=True)


class ConcernQuerySet(ProtectedQuerySet):
    def live(self):
        return self.filter(state__in=["SUSPECTED", "SUBSTANTIATED", "IN_RESPONSE"])


class Concern(Protected):
    """One thing that is wrong, by the one taxonomy: trafficking is a concern like the others, not a register of its own."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="concerns")
    code = coded(_("concern"), "concern")
    state = coded(_("state"), "concern_state", default="SUSPECTED")
    setting = coded(_("where it happened"), "harm_setting", blank=True)
    noted_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    by = acted_by(null=True)

    objects = ProtectedManager.from_queryset(ConcernQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "code"], name="concern_once_in_case")]


class AssignmentQuerySet(ProtectedQuerySet):
    def running(self):
        return self.filter(until_at__isnull=True)


class Assignment(Protected):
    """Who works on the case. On a sealed case these are the named people."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="assignments")
    worker = acted_by("assignments")
    is_lead = models.BooleanField(default=True)
    since_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    by = acted_by(null=True)

    objects = ProtectedManager.from_queryset(AssignmentQuerySet)()

    class Meta:
        indexes = [models.Index(fields=["worker", "case"], condition=Q(until_at__isnull=True), name="running_assignments")]
        constraints = [
            models.UniqueConstraint(fields=["case", "worker"], condition=Q(until_at__isnull=True), name="assigned_once"),
            models.UniqueConstraint(fields=["case"], condition=Q(until_at__isnull=True, is_lead=True), name="one_lead"),
        ]


class Participant(Protected):
    """A person's part in a case: the child, a carer, someone said to have harmed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="participants")
    person = models.ForeignKey(Person, models.PROTECT, related_name="participations")
    role = coded(_("part in the case"), "person_role")
    relation = coded(_("relation to the child"), "relation_to_child", blank=True)
    is_suspected = models.BooleanField(_("suspected of the harm"), default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "person", "role"], name="participant_once")]
        indexes = [models.Index(fields=["person", "case"])]


class ExclusionReason(models.TextChoices):
    ACCUSED = "ACCUSED", _("Is accused in this case")
    RELATED = "RELATED", _("Is related to the child or to someone accused")
    INTEREST = "INTEREST", _("Has another interest in the case")


class ExclusionQuerySet(ProtectedQuerySet):
    def standing(self):
        return self.filter(lifted_at__isnull=True)

    def keeping_out(self, *, worker=None, team=None, agency=None):
        """The standing ones that name this worker, team or agency."""
        named = Q(worker=worker) if worker else Q()
        named |= Q(team=team) if team else Q()
        named |= Q(agency=agency) if agency else Q()
        return self.standing().filter(named)

    def by_case(self, cases):
        """Case id -> its exclusions, of those of these cases that have any."""
        found = {}
        for line in self.filter(case__in=cases):
            found.setdefault(line.case_id, []).append(line)
        return found


class Exclusion(Protected):
    """Someone of the workforce who must never see this case: accused, or related. Beats every other right."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="exclusions")
    worker = acted_by(null=True)
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    reason = coded(_("reason"), choices=ExclusionReason)
    by = acted_by(null=True)
    lifted_at = models.DateTimeField(null=True)  # by two people; the row stays

    objects = ProtectedManager.from_queryset(ExclusionQuerySet)()

    def names(self, workers, team, agency):
        """Does it keep out one of these workers, this team or this agency (ids)?"""
        return self.worker_id in workers or any(mine is not None and mine == theirs for mine, theirs in ((self.team_id, team), (self.agency_id, agency)))


class GlassQuerySet(ProtectedQuerySet):
    def open(self, *, at):
        return self.filter(closed_at__isnull=True, until_at__gt=at)


class Glass(Protected):
    """A case opened in an emergency by somebody who does not work on it: for a few hours, and looked at afterwards."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="glasses")
    worker = acted_by()
    reason = coded(_("reason"), "access_reason")
    opened_at = models.DateTimeField()
    until_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = ProtectedManager.from_queryset(GlassQuerySet)()

    class Meta:
        indexes = [models.Index(fields=["worker", "until_at"])]


class Verdict(models.TextChoices):
    NEEDED = "NEEDED", _("It was needed")
    TOO_MUCH = "TOO_MUCH", _("It was needed, but more was looked at than that")
    MISUSE = "MISUSE", _("It was not needed: this is misuse")


class GlassRequest(models.Model):
    """Somebody asked to open a case in an emergency, whether or not anything opened; and how two others judged it.

    Read and written as the system only: neither who asked nor the case's own line can change what was said.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = KeyField()
    glass = models.OneToOneField(Glass, models.PROTECT, null=True, related_name="request")  # none: nothing was opened
    worker = acted_by()
    asked_at = models.DateTimeField()
    reason = coded(_("reason"), "access_reason")
    number = SealedTextField(_("number of the case"))
    why = SealedTextField(_("why"))
    told = models.ManyToManyField(Worker, related_name="+")  # two people outside both lines
    review_by = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = acted_by(null=True)
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    remark = SealedTextField(_("remark"), blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["worker", "asked_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("worker")), name="nobody_reviews_their_own_glass"
            ),
        ]


class ApprovalQuerySet(ProtectedQuerySet):
    def waiting(self):
        return self.filter(status=Code("REQUESTED"))


class Approval(Protected):
    """A question that a second person answers: plan, closure, lower risk, a danger override."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="approvals")
    key = KeyField()
    kind = coded(_("what is asked"), "approval_type")
    status = coded(_("answer"), "approval_status", default="REQUESTED")
    wanted = coded(_("wanted value"), blank=True)  # the risk level or closure reason asked for
    why = SealedTextField(_("why"), null=True, blank=True)
    answer = SealedTextField(_("reasons"), null=True, blank=True)
    needs_manager = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    asked_by = acted_by(null=True)
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = acted_by(null=True)

    objects = ProtectedManager.from_queryset(ApprovalQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "kind"], condition=Q(status="REQUESTED"), name="asked_once_at_a_time"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(asked_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="nobody_approves_their_own",
            ),
        ]


class ConsentQuerySet(ProtectedQuerySet):
    def live(self, *, on):
        return self.filter(decision__in=["CONSENT", "ASSENT", "OVERRIDDEN"], withdrawn_at__isnull=True).filter(
            Q(until_on__isnull=True) | Q(until_on__gte=on)
        )


class Consent(Protected):
    """What a child or carer agreed to, refused or took back: for one purpose, one recipient, named levels, until a day."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="consents")
    key = KeyField()
    kind = coded(_("what for"), "consent_type")
    giver = coded(_("who was asked"), "consent_giver")
    giver_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decision = coded(_("answer"), "consent_decision")
    override_reason = coded(_("reason to go on without"), "consent_override_reason", blank=True)
    recipient = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    levels = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    language = models.CharField(_("language it was explained in"), max_length=10, blank=True)
    how = coded(_("how it was given"), blank=True)
    until_on = models.DateField(_("until"), null=True, blank=True)
    note = SealedTextField(_("in their words"), null=True, blank=True)
    asked_at = models.DateTimeField()
    by = acted_by(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_giver = coded(_("who took it back"), "consent_giver", blank=True)

    objects = ProtectedManager.from_queryset(ConsentQuerySet)()


class Event(Protected):
    """One line of the timeline, in codes: what happened, by whom, from which state to which."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    at = models.DateTimeField()
    kind = coded(_("what happened"))
    by = acted_by(null=True)
    from_state = models.CharField(max_length=25, blank=True)
    to_state = models.CharField(max_length=25, blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["case", "-at"])]


class DeadlineQuerySet(ProtectedQuerySet):
    def running(self):
        return self.filter(done_at__isnull=True)

    def overdue(self, *, at):
        return self.running().filter(due_at__lt=at)


class Deadline(Protected):
    """Something that must happen by a moment. Alarms are raised by a job that catches up after an outage, once."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="deadlines")
    kind = coded(_("what must happen"))
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    alarmed_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)

    objects = ProtectedManager.from_queryset(DeadlineQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "kind"], condition=Q(done_at__isnull=True), name="one_running_deadline_a_kind"),
        ]
        indexes = [
            models.Index(fields=["case", "due_at"], condition=Q(done_at__isnull=True), name="running_deadlines"),
            models.Index(fields=["due_at", "case"], condition=Q(done_at__isnull=True), name="running_by_due"),
        ]


class Guardian(Protected):
    """Who stands up for the child in law: asked for, and appointed."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="guardian")
    kind = coded(_("kind of guardian"), "guardian_type", default="NONE_YET")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True)
    appointed_at = models.DateTimeField(null=True)


class Merge(Protected):
    """Two cases found to be of one child: proposed by one supervisor, decided by another, reversible for 90 days."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="merges")  # the one that is kept
    duplicate = models.ForeignKey(Case, models.PROTECT, related_name="+")
    state_before = models.CharField(max_length=25)
    moved = models.JSONField(default=dict)  # table -> ids, so that it can be undone
    proposed_by = acted_by(null=True)
    proposed_at = models.DateTimeField()
    decided_by = acted_by(null=True)
    decided_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)  # two children after all: nothing was merged
    undone_at = models.DateTimeField(null=True)


class Sweep(models.Model):
    """One search of the register for records that may be of one child, each night or when asked. Says nothing of anybody."""

    class State(models.TextChoices):
        WAITING = "WAITING", _("Waiting to begin")
        READING = "READING", _("Reading the records")
        COMPARING = "COMPARING", _("Comparing")
        DONE = "DONE", _("Done")
        STOPPED = "STOPPED", _("Stopped")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    by = acted_by(null=True)  # nobody: the nightly one
    asked_at = models.DateTimeField(default=timezone.now)
    worked_at = models.DateTimeField(null=True)  # a sweep that stands still has lost its job and is taken up again
    finished_at = models.DateTimeField(null=True)
    records = models.PositiveIntegerField(default=0)  # how many there are to read
    read = models.PositiveIntegerField(default=0)
    pieces = models.PositiveIntegerField(default=0)  # the comparison is done in so many
    compared = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)  # pairs put before people

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(state__in=["WAITING", "READING", "COMPARING"]), name="one_sweep_at_a_time"
            ),
        ]


class PairQuerySet(models.QuerySet):
    def proposed(self):
        """What a person has not decided yet, the likeliest first."""
        return self.filter(state=Pair.State.PROPOSED).order_by("-likelihood", "-weight", "pk")


class Pair(models.Model):
    """Two people of the register who may be one: by which facts, and what a person found. No name stands in it.

    Children of cases, and whoever stands on the list of a programme. `levels`: comparison -> [level reached, its weight in bits]. The words for the levels are in pairs/reasons.py.
    """

    class State(models.TextChoices):
        FOUND = "FOUND", _("found, not put before anybody")
        PROPOSED = "PROPOSED", _("to be decided")
        SAME = "SAME", _("the same child")
        DIFFERENT = "DIFFERENT", _("not the same child")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    one = models.ForeignKey(Person, models.PROTECT, related_name="+")
    other = models.ForeignKey(Person, models.PROTECT, related_name="+")
    weight = models.FloatField()
    likelihood = models.FloatField(default=0)  # that they are one, among all whom either may be
    levels = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.FOUND)
    sweep = models.ForeignKey(Sweep, models.SET_NULL, null=True, related_name="pairs")
    found_at = models.DateTimeField(default=timezone.now)
    decided_by = acted_by(null=True)
    decided_at = models.DateTimeField(null=True)
    merge = models.ForeignKey(Merge, models.PROTECT, null=True, related_name="pairs")

    objects = PairQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="pair_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="pair_in_order"),
        ]
        indexes = [models.Index(fields=["other"]), models.Index(fields=["state", "-likelihood"], name="pairs_to_decide")]


class Asked(models.Model):
    """How often a worker asked beyond their own cases whether a child is known, since when: nobody goes through a list of names so."""

    worker = models.OneToOneField(Worker, models.PROTECT, related_name="+")
    since_at = models.DateTimeField(default=timezone.now)
    times = models.PositiveIntegerField(default=0)


class InquiryQuerySet(ProtectedQuerySet):
    def waiting(self):
        """What this side has not answered, or has agreed to and not yet judged."""
        return self.exclude(answer="NO").filter(finds="")


class Inquiry(Protected):
    """One side of a pair that no one supervisor reads both sides of: may the child of this case be known elsewhere?

    Each side answers for itself; of the other side nothing stands here. When both have said yes, both are shown side by side for a while.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="inquiries")
    pair = models.ForeignKey(Pair, models.PROTECT, related_name="inquiries", null=True)  # none where the other record was erased
    key = KeyField()
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    asked_by = acted_by(null=True)  # nobody: the nightly search
    answer = models.CharField(_("answer"), max_length=3, choices=[("YES", _("Yes")), ("NO", _("No"))], blank=True)
    why = SealedTextField(_("why"), max_length=500, null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = acted_by(null=True)
    finds = models.CharField(_("found"), max_length=9, choices=[("SAME", _("the same child")), ("DIFFERENT", _("not the same child"))], blank=True)
    found_at = models.DateTimeField(_("decided"), null=True)
    found_by = acted_by(null=True)

    objects = ProtectedManager.from_queryset(InquiryQuerySet)()

    class Meta(Protected.Meta):
        constraints = [models.UniqueConstraint(fields=["pair", "case"], name="one_inquiry_a_side")]


# what is written on a case


class Assessment(Answers, Protected):
    """One questionnaire answered for the case; free text is sealed with the case's key."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="assessments")
    kind = coded(_("kind of assessment"))


class Visit(Protected):
    """A contact with the child or family: seen or not, alone or not, safe or not, and what the child said."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="visits")
    key = KeyField()
    at = models.DateTimeField(_("when"))
    kind = coded(_("kind of contact"), "follow_up_type")
    child_seen = models.BooleanField(_("child seen"))
    seen_alone = models.BooleanField(_("seen alone for part"), default=False)
    is_safe = models.BooleanField(_("safe today"), null=True)
    outcome = coded(_("since the last time"), "follow_up_outcome", blank=True)
    words = SealedTextField(_("in the child's own words"), null=True, blank=True)
    summary = SealedTextField(_("what happened"), null=True, blank=True)
    wellbeing = models.JSONField(default=dict, blank=True)
    by = acted_by(null=True)


class Note(Protected):
    """A note on the case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="notes")
    key = KeyField()
    text = SealedTextField(_("note"))
    at = models.DateTimeField()
    by = acted_by(null=True)


class SafetyPlan(Protected):
    """What keeps the child safe until the plan is in place; the newest one is in force."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="safety_plans")
    key = KeyField()
    steps = SealedTextField(_("what keeps the child safe"), help_text=_("One step a line."))
    from_on = models.DateField()
    until_on = models.DateField(_("until"))
    by = acted_by(null=True)
