"""What goes in and out, as the OpenAPI document tells it. Codes are those of the code lists; moments have their time zone."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, StrictBool, StrictInt, create_model

from romsai.places import codes
from romsai.tracing.models import Wish
from romsai.tracing.questions import QUESTIONS

EARLIEST = datetime(2000, 1, 1, tzinfo=timezone.get_default_timezone())


def _readable(text):
    if any(ord(letter) < 32 and letter not in "\n\r\t" for letter in text):
        raise ValueError(_("The text holds characters that cannot be shown. Take them out."))
    return text.strip()


def _in_time(moment):
    if not EARLIEST <= moment <= timezone.now() + timedelta(minutes=5):
        raise ValueError(_("The moment must lie between the year 2000 and now."))
    return min(moment, timezone.now())


def text(most, **options):
    return Annotated[str, Field(max_length=most, **options), AfterValidator(_readable)]


def code(name):
    """A code of the list of that name."""

    def listed(value):
        if value not in codes.get(name):
            raise ValueError(_("“%(list)s” has no such code. See /api/v1/code-lists/%(list)s.") % {"list": name})
        return value

    return Annotated[str, AfterValidator(listed), Field(json_schema_extra={"enum": codes.get(name).codes})]


Moment = Annotated[AwareDatetime, AfterValidator(_in_time)]


class Incoming(Schema):
    model_config = ConfigDict(extra="forbid")


class Problem(Schema):
    """RFC 9457: what went wrong. `detail` is a sentence for a person."""

    type: str = Field(examples=["urn:romsai:problem:invalid"])
    title: str
    status: int
    detail: str
    errors: list[dict] | None = Field(None, description="What is wrong where: `pointer` into what was sent, `detail` a sentence.")


class Made(Schema):
    """What was written. The same key again gives the same answer."""

    uuid: UUID


class Me(Schema):
    """Who the token is, and what it may do."""

    name: str
    role: str
    agency: str
    operations: list[str]
    ends_at: datetime


# lists that are about no child


class CodeListName(Schema):
    name: str
    title: str
    version: str


class CodeLists(Schema):
    items: list[CodeListName]


class CodeItem(Schema):
    code: str
    label: str
    language: str


class CodeList(CodeListName):
    items: list[CodeItem]


class AreaOut(Schema):
    pcode: str
    name: str
    native_name: str
    level: int
    parent: str | None
    country: str
    valid_from: date | None
    valid_until: date | None


class Areas(Schema):
    items: list[AreaOut]
    next: str | None


class FacilityOut(Schema):
    uuid: UUID
    name: str
    kind: str
    agency: str
    area: str | None
    services: list[str]
    phone: str
    address: str = Field(description="Empty where it is secret.")
    checked_on: date | None


class Facilities(Schema):
    items: list[FacilityOut]
    next: str | None


# cases


class ConcernOut(Schema):
    code: str
    state: str


class CaseOut(Schema):
    """The core of a case: coded facts without a name."""

    uuid: UUID
    number: str
    state: str
    risk: str
    is_sealed: bool
    area: str
    agency: str
    language: str
    registered_at: datetime
    last_seen_at: datetime | None
    closed_at: datetime | None
    concerns: list[ConcernOut]


class Cases(Schema):
    items: list[CaseOut]
    next: str | None


class ChildOut(Schema):
    sex: str
    birth_year: int | None
    birth_month: int | None
    birth_day: int | None
    age_basis: str
    nationality: str


class NameOut(Schema):
    kind: str
    full: str
    script: str


class ContactOut(Schema):
    kind: str
    value: str
    is_safe: bool | None


class AddressOut(Schema):
    area: str | None
    text: str


class PlacementOut(Schema):
    care: str
    where: str
    from_on: date


class NoteOut(Schema):
    uuid: UUID
    at: datetime
    text: str


class VisitOut(Schema):
    uuid: UUID
    at: datetime
    kind: str
    child_seen: bool
    seen_alone: bool
    is_safe: bool | None
    outcome: str
    words: str
    summary: str


class DeadlineOut(Schema):
    kind: str
    due_at: datetime


class ReferralOut(Schema):
    uuid: UUID
    service: str
    agency: str
    state: str
    sent_at: datetime


class IdentityOut(Schema):
    names: list[NameOut]
    contacts: list[ContactOut]


class LocationOut(Schema):
    addresses: list[AddressOut]
    placements: list[PlacementOut]


class NarrativeOut(Schema):
    notes: list[NoteOut]
    visits: list[VisitOut]


class WholeCase(CaseOut):
    """The core, the child as far as it may be known, and of the levels that were asked for those that the policy lets."""

    readable: list[str] = Field(description="The levels of this case that this token may ask for.")
    child: ChildOut | None
    course: list[DeadlineOut] | None = None
    services: list[ReferralOut] | None = None
    identity: IdentityOut | None = None
    location: LocationOut | None = None
    narrative: NarrativeOut | None = None


class NoteIn(Incoming):
    text: text(20_000, min_length=1)


class _Contact(Incoming):
    at: Moment
    kind: code("follow_up_type")
    child_seen: StrictBool
    seen_alone: StrictBool = False
    is_safe: StrictBool | None = None
    words: text(20_000) = Field("", description="In the child's own words.")
    summary: text(20_000) = ""


class VisitIn(_Contact):
    outcome: code("follow_up_outcome") | None = None


class FollowUpIn(_Contact):
    outcome: code("follow_up_outcome")


class FollowUpOut(Schema):
    uuid: UUID
    schedule: str
    due_on: date
    outcome: str
    is_done: bool


class FollowUps(Schema):
    items: list[FollowUpOut]


# reports


class ReportIn(Incoming):
    """One sentence is enough. The clock starts when an authority first heard."""

    worry: text(20_000, min_length=1)
    danger: Annotated[str, Field(pattern="^(yes|no|unknown)$")]
    channel: code("report_channel")
    area: text(20) | None = Field(None, description="P-code of the area where the child is.")
    heard_at: Moment | None = Field(None, description="When an authority first heard; empty: now.")
    danger_signs: Annotated[list[code("medical_window")], Field(max_length=20)] = []
    reporter_type: code("reporter_type") | None = None
    children: Annotated[StrictInt, Field(ge=1, le=500)] = 1
    language: code("language") | None = None
    child_names: text(500) = ""
    child_about: text(2_000) = ""
    where: text(2_000) = ""
    reporter_name: text(200) = ""
    reporter_phone: text(60) = ""
    is_safe_to_call: StrictBool | None = None
    reporter_is_alleged: StrictBool = False
    is_about_staff: StrictBool = False


class ReportOut(Schema):
    uuid: UUID
    state: str
    disposition: str
    channel: str
    danger: str
    danger_signs: list[str]
    area: str | None
    children: int
    heard_at: datetime
    received_at: datetime
    decide_by: datetime
    decided_at: datetime | None


class Reports(Schema):
    items: list[ReportOut]
    next: str | None


class ReportWordsOut(Schema):
    worry: str
    child_names: str
    child_about: str
    where: str


class WholeReport(ReportOut):
    words: ReportWordsOut | None = None


# looking for a family


class SearchIn(Incoming):
    wish: Wish = Field(Wish.YES, description="How whoever asks may be told when somebody is found.")


class SearchOut(Schema):
    uuid: UUID
    case: UUID
    side: str = Field(description="CHILD: the child of the case looks for the family. FAMILY: a family looks for the child of the case.")
    wish: str
    state: str = Field(description="A code of the list tracing_status.")
    started_at: datetime
    ended_at: datetime | None


class Searches(Schema):
    items: list[SearchOut]
    next: str | None


class ProposalOut(Schema):
    """What may fit, without a word of the other side."""

    uuid: UUID
    band: str = Field(description="LIKELY or POSSIBLE.")
    reasons: list[str]
    state: str = Field(description="OPEN, AGREED, MUTUAL, VERIFIED, NOT_VERIFIED, DECLINED or WITHDRAWN.")
    is_warned: bool = Field(description="Whoever asks may be the one suspected of the harm.")
    proposed_at: datetime
    located_at: datetime | None
    decided_at: datetime | None


class Proposals(Schema):
    items: list[ProposalOut]
    next: str | None


Answers = create_model("Answers", __base__=Incoming, **{code: (text(5_000) | None, Field(None, description=str(words))) for code, words in QUESTIONS.items()})


class AccountIn(Incoming):
    """Asked of one side apart, in the words of who answers."""

    told_by: text(200, min_length=1)
    answers: Answers


# the known child


class LookedFor(Incoming):
    names: Annotated[list[text(200, min_length=1)], Field(min_length=1, max_length=4)]
    birth_year: Annotated[StrictInt, Field(ge=1900, le=2200)] | None = None
    sex: Annotated[str, Field(pattern="^[FM]$")] | None = None
    mother: text(200) | None = None
    father: text(200) | None = None
    place: text(200) | None = None
    phone: text(60) | None = None


class KnownCase(Schema):
    uuid: UUID
    number: str
    state: str
    reasons: list[str]


class Known(Schema):
    """Within what the token may see: the cases. Beyond it only whether a desk officer will get in touch, and whom to ask.

    `asks_more`: only one fact was sent, so nobody beyond was asked. Send an age, a place, a parent or a telephone with the name.
    """

    cases: list[KnownCase]
    elsewhere: bool
    asks_more: bool
    lines: list[str]
