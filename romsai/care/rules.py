"""Relations that care adds: what was shared, what was referred, what was offered. See cases/rules.py."""

from django.db.models import Q
from django.db.models.functions import Now

from romsai.care.models import Referral, Share, Transfer
from romsai.cases.models import Case
from romsai.core import access


@access.relation(
    "shared",
    "case",
    """select s.case_id from care_share s join cases_case c on c.id = s.case_id
    where s.agency_id = me.agency_id and s.withdrawn_at is null and s.from_at <= statement_timestamp() and s.until_at > statement_timestamp() and '{level}' = any(s.levels) {unsealed}""",
)
def shared(worker, level):
    live = Share.objects.unfiltered().live(at=Now()).filter(agency=worker.agency_id)
    return live.filter(levels__contains=[level]).values("case_id")


# The alarm about an unanswered referral is the supervisor's open task (expire_referral): they see whom to call.
@access.relation(
    "chasing",
    "case",
    """select c.id from cases_case c join care_referral r on r.case_id = c.id
    where c.team_id = me.team_id and r.state = 'EXPIRED'""",
)
def chasing(worker, level):
    return Referral.objects.unfiltered().filter(case__team=worker.team_id, state="EXPIRED").values("case_id")


# A referral from a sealed case is out of reach of the recipient's rank and file, like the case.
@access.relation(
    "recipient",
    "care_referral",
    """select r.id from care_referral r join cases_case c on c.id = r.case_id
    where r.agency_id = me.agency_id and r.state <> 'DRAFT' and r.state <> 'CANCELLED' and not c.sealed""",
)
def recipient(worker, level):
    sent = Referral.objects.unfiltered().filter(agency=worker.agency_id).exclude(state__in=["DRAFT", "CANCELLED"])
    return sent.exclude(case__in=_sealed()).values("pk")


def _sealed():
    """A list to leave out, not a join: the asker does not see the case itself, and PostgreSQL asks about the seal again."""
    return Case.objects.unfiltered().filter(sealed=True).values("pk")


@access.relation(
    "reader",
    "care_share",
    """select s.id from care_share s join cases_case c on c.id = s.case_id
    where s.agency_id = me.agency_id and not c.sealed
    and s.withdrawn_at is null and s.from_at <= statement_timestamp() and s.until_at > statement_timestamp()""",
)
def reader(worker, level):
    live = Share.objects.unfiltered().live(at=Now()).filter(agency=worker.agency_id)
    return live.exclude(case__in=_sealed()).values("pk")


# Its words end with the share behind it: on its last day, or the moment a consent is taken back.
@access.relation(
    "serving",
    "care_referral",
    """select r.id from care_referral r join care_share s on s.id = r.share_id join cases_case c on c.id = r.case_id
    where r.agency_id = me.agency_id and r.state <> 'DRAFT' and r.state <> 'CANCELLED' and not c.sealed
    and s.withdrawn_at is null and s.from_at <= statement_timestamp() and s.until_at > statement_timestamp()""",
)
def serving(worker, level):
    now = Now()
    over = Share.objects.unfiltered().filter(Q(withdrawn_at__isnull=False) | Q(from_at__gt=now) | Q(until_at__lte=now)).values("pk")
    return Referral.objects.unfiltered().filter(pk__in=recipient(worker, level), share__isnull=False).exclude(share__in=over).values("pk")


@access.relation(
    "offered",
    "care_transfer",
    """select t.id from care_transfer t join cases_case c on c.id = t.case_id
    where t.team_id = me.team_id and t.state = 'OFFERED' and not c.sealed""",
)
def offered(worker, level):
    open_offers = Transfer.objects.unfiltered().filter(team=worker.team_id, state="OFFERED")
    return open_offers.exclude(case__in=_sealed()).values("pk")
