"""What another system may ask and do, at /api/v1/. Each operation is thin: it reads what is visible, or calls one action of a room.

The policy table decides as it does for pages; beyond it a token does only the operations that it was given (`request.token`).
"""

import json
import logging
from typing import Annotated
from uuid import UUID

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Header, NinjaAPI, Path, Query, Status
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.security import HttpBearer
from pydantic import StringConstraints

from romsai.api import keyset, problems, shapes
from romsai.api.once import once
from romsai.api.problems import Problem, problem
from romsai.care import actions as care
from romsai.care.models import FollowUp, Placement, Referral
from romsai.cases import actions as cases
from romsai.cases import queries
from romsai.cases.models import Case, Concern, Deadline, Note, Report, ReportWords, Visit
from romsai.core import access, crypto
from romsai.core.actions import Refused
from romsai.core.views import visible_or_404
from romsai.people.models import Address, Contact, Name
from romsai.places import codes
from romsai.places.models import Area, Facility
from romsai.tracing import actions as tracing
from romsai.tracing.matching import REASONS
from romsai.tracing.models import Proposal
from romsai.tracing.models import Request as Search

log = logging.getLogger("romsai.api")

OPERATIONS = {}  # name of an operation that a token may be given -> what it is for; the rest every token may do


class Json(Parser):
    def parse_body(self, request):
        try:
            return json.loads(request.body)
        except RecursionError:
            raise ValueError("nested too deeply") from None


class Bearer(HttpBearer):
    """The middleware has looked the token up already (door.py); here it is asked whether it may do this operation."""

    def __init__(self, operation=None):
        super().__init__()
        self.operation = operation

    def __call__(self, request):
        return self.authenticate(request, request.token)

    def authenticate(self, request, token):
        if token is None:
            raise Problem(401, "unknown", _("Send the token in a header: “Authorization: Bearer romsai_…”."))
        if self.operation and self.operation not in token.operations:
            raise Problem(403, "not-allowed", _("It was not given the operation “%(name)s”. Ask the administrator.") % {"name": self.operation})
        return token


ANSWERS = {status: shapes.Problem for status in (400, 401, 403, 404, 413, 422, 429, 500, 503)}


class Api(NinjaAPI):
    def get_openapi_schema(self, **options):
        """The problems by their own content type, as they are sent."""
        schema = super().get_openapi_schema(**options)
        for path in schema["paths"].values():
            for operation in path.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400:
                        answer["content"] = {problems.TYPE: next(iter(answer["content"].values()))}
        return schema


v1 = Api(
    title="Romsai",
    version="1",
    description="The actions and rules of the pages, for other systems. How to begin: docs/how-to/api.md",
    urls_namespace="v1",
    docs_url=None,  # a page of somebody else's scripts would need holes in the Content-Security-Policy
    parser=Json(),
)


def operation(method, path, answers, *, free=False, status=200):
    """Put a function at an address under its own name. `free`: every token may do it."""

    def register(view):
        name, about = view.__name__, view.__doc__.splitlines()[0]
        if not free:
            OPERATIONS[name] = about
        place = v1.api_operation(
            [method], path, auth=Bearer(None if free else name), response={status: answers, **ANSWERS}, operation_id=name, url_name=name,
            summary=about,
        )  # fmt: skip
        return place(view)

    return register


# what goes wrong


@v1.exception_handler(Problem)
def _problem(request, error):
    return problem(error.status, error.kind, error.detail, **error.more)


@v1.exception_handler(Http404)
def _absent(request, error):
    return problems.absent(request)


@v1.exception_handler(PermissionDenied)
def _forbidden(request, error):
    return problem(403, "forbidden", str(error) or _("Its role may not do this. Ask the administrator."))


@v1.exception_handler(Refused)
def _refused(request, error):
    return problem(422, "refused", str(error))


@v1.exception_handler(AuthenticationError)
def _unknown(request, error):
    return problem(401, "unknown", _("Send the token in a header: “Authorization: Bearer romsai_…”."))


@v1.exception_handler(HttpError)
def _http(request, error):
    return problem(error.status_code, "unreadable", _("Send JSON in UTF-8, and say so: Content-Type: application/json."))


@v1.exception_handler(SuspiciousOperation)
def _suspicious(request, error):
    if isinstance(error, RequestDataTooBig):
        return problem(413, "too-large", _("Send less at once: at most two megabytes."))
    return problem(400, "unreadable", _("Send JSON in UTF-8, and say so: Content-Type: application/json."))


@v1.exception_handler(ValidationError)
def _invalid(request, error):
    errors = [{"pointer": _pointer(one["loc"]), "detail": one["msg"].removeprefix("Value error, ")} for one in error.errors]
    if any(one["loc"][-1:] == ("Idempotency-Key",) for one in error.errors):
        return problem(400, "key-missing", _("Send a new UUID with each writing in the header Idempotency-Key, and the same one when it is sent again."))
    return problem(422, "invalid", _("Mend what “errors” names, and send it again."), errors=errors)


@v1.exception_handler(Exception)
def _broken(request, error):
    log.error("operation broke", exc_info=error)
    return problems.broken()


def _pointer(where):
    """Where in what was sent, without the names that our own function gives to its arguments."""
    source, *parts = where
    parts = parts[1:] if source == "body" else parts
    return f"{source}:/" + "/".join(str(part) for part in parts)


# what is asked again and again

Key = Annotated[UUID, Header(alias="Idempotency-Key", description="A new UUID for each writing; the same one when it is sent again.")]
Limit = Annotated[int, Query(ge=1, le=100, description="Rows of one page.")]
Cursor = Annotated[str, Query(max_length=2000, description="From the address in `next`.")]
Pcode = Annotated[str, StringConstraints(max_length=20, pattern=r"^[A-Za-z0-9_.-]*$")]


def _given(**asked):
    return {name: str(value) for name, value in asked.items() if value not in (None, "")}


def _area(pcode):
    return Area.objects.valid(on=timezone.localdate()).filter(pcode=pcode).first()


def _known_area(pcode):
    if not pcode:
        return None
    area = _area(pcode)
    if area is None:
        raise _wrong("body:/area", _("There is no area with this P-code now. See /api/v1/areas."))
    return area


def _wrong(pointer, detail):
    return Problem(422, "invalid", _("Mend what “errors” names, and send it again."), errors=[{"pointer": pointer, "detail": detail}])


# who asks, and lists that are about no child


@operation("GET", "/me", shapes.Me, free=True)
def me(request):
    """Who the token is, and what it may do."""
    worker = request.worker
    return {
        "name": worker.name, "role": worker.role, "agency": worker.agency.name, "operations": sorted(request.token.operations),
        "ends_at": request.token.ends_at,
    }  # fmt: skip


@operation("GET", "/code-lists", shapes.CodeLists, free=True)
def list_code_lists(request):
    """The code lists."""
    return {"items": [_heading(codes.get(name)) for name in codes.names()]}


@operation("GET", "/code-lists/{name}", shapes.CodeList, free=True)
def read_code_list(request, name: Annotated[str, Path(pattern="^[a-z][a-z0-9_]*$", max_length=60)]):
    """One list with its words, in the language of Accept-Language."""
    if name not in codes.names():
        raise Http404
    listed = codes.get(name)
    shown = [(code, listed.shown(code)) for code in listed]
    return _heading(listed) | {"items": [{"code": code, "label": word.text, "language": word.language} for code, word in shown]}


def _heading(listed):
    return {"name": listed.name, "title": listed.title, "version": str(listed.version)}


@operation("GET", "/areas", shapes.Areas, free=True)
def list_areas(request, within: Pcode = "", level: Annotated[int, Query(ge=0, le=9)] | None = None, limit: Limit = 100, cursor: Cursor = ""):
    """Areas by P-code, those that have ended too; `within` an area, at a level."""
    rows = Area.objects.select_related("parent")
    if within:
        rows = rows.filter(above__ancestor__pcode=within)
    if level is not None:
        rows = rows.filter(level=level)
    found, following = keyset.page(request, rows, asked=_given(within=within, level=level), limit=limit, cursor=cursor)
    return {"items": [_area_out(area) for area in found], "next": following}


def _area_out(area):
    return {
        "pcode": area.pcode, "name": area.name, "native_name": area.native_name, "level": area.level, "parent": area.parent.pcode if area.parent else None,
        "country": area.country, "valid_from": area.valid_from, "valid_until": area.valid_until,
    }  # fmt: skip


@operation("GET", "/facilities", shapes.Facilities, free=True)
def list_facilities(request, service: Annotated[str, Query(max_length=30)] = "", area: Pcode = "", limit: Limit = 50, cursor: Cursor = ""):
    """The directory of services that are open; for a service, near an area."""
    rows = Facility.objects.open().select_related("agency", "area").prefetch_related("services")
    if service:
        if service not in codes.get("service_type"):
            raise _wrong("query:/service", _("“%(list)s” has no such code. See /api/v1/code-lists/%(list)s.") % {"list": "service_type"})
        rows = rows.offering(service)
    if area:
        near = _area(area)
        # A secret place answers for every area alike: asked area by area, it would be told after all.
        rows = rows.near(near) | rows.filter(is_confidential_address=True) if near else rows.none()
    found, following = keyset.page(request, rows, asked=_given(service=service, area=area), limit=limit, cursor=cursor)
    return {"items": [_facility_out(facility) for facility in found], "next": following}


def _facility_out(facility):
    return {
        "uuid": facility.uuid, "name": facility.name, "kind": facility.kind, "agency": facility.agency.name,
        "area": facility.area.pcode if facility.area and not facility.is_confidential_address else None,
        "services": [offer.service for offer in facility.services.all()], "phone": facility.phone, "address": facility.address,
        "checked_on": facility.checked_on,
    }  # fmt: skip


# cases


@operation("GET", "/cases", shapes.Cases)
def list_cases(request, is_open: bool | None = None, area: Pcode = "", limit: Limit = 25, cursor: Cursor = ""):
    """The cases that the token may see, by their core, in the order of registration."""
    rows = Case.objects.visible().select_related("area", "agency")
    if is_open is not None:
        rows = rows.open() if is_open else rows.exclude(pk__in=Case.objects.visible().open().values("pk"))
    if area:
        rows = rows.filter(area__above__ancestor__pcode=area)
    found, following = keyset.page(request, rows, asked=_given(is_open=is_open, area=area), limit=limit, cursor=cursor)
    return {"items": _cores(found), "next": following}


def _cores(found):
    """The core of each case: a page of any length asks the same number of queries."""
    concerns = {}
    for concern in Concern.objects.visible().filter(case__in=[case.pk for case in found]).order_by("noted_at", "pk"):
        concerns.setdefault(concern.case_id, []).append({"code": concern.code, "state": concern.state})
    return [
        {
            "uuid": case.uuid, "number": case.number, "state": case.state, "risk": case.risk, "is_sealed": case.sealed, "area": case.area.pcode,
            "agency": case.agency.name, "language": case.language, "registered_at": case.registered_at, "last_seen_at": case.last_seen_at,
            "closed_at": case.closed_at, "concerns": concerns.get(case.pk, []),
        }
        for case in found
    ]  # fmt: skip


LEVELS = ("course", "services", "identity", "location", "narrative")


@operation("GET", "/cases/{uuid:case}", shapes.WholeCase)
def read_case(request, case: UUID, levels: Annotated[str, Query(max_length=100, description="Of: course, services, identity, location, narrative, with commas.")] = ""):
    """One case: its core, and of the levels asked for those that the policy lets. Ask for no more than is needed: each reading is on the record."""
    asked = {level for level in levels.split(",") if level}
    if asked - set(LEVELS):
        raise _wrong("query:/levels", _("Levels are: %(levels)s.") % {"levels": ", ".join(LEVELS)})
    found = visible_or_404(Case.objects.select_related("area", "agency"), uuid=case)
    readable = queries.standing(request.worker, found).levels
    (child,) = [one.child for one in queries.know_children([found])]
    told = {"readable": sorted(readable & set(LEVELS)), "child": _child(child) if child.key_id else None}
    tell = {"course": _course, "services": _services, "identity": _identity, "location": _location, "narrative": _narrative}
    return _cores([found])[0] | told | {level: tell[level](found) for level in LEVELS if level in asked & readable}


def _child(child):
    return {name: getattr(child, name) for name in shapes.ChildOut.model_fields}


def _course(case):
    running = Deadline.objects.visible().running().filter(case=case).order_by("due_at")
    return [{"kind": deadline.kind, "due_at": deadline.due_at} for deadline in running]


def _services(case):
    sent = Referral.objects.visible().filter(case=case).select_related("agency").order_by("pk")
    return [{"uuid": one.uuid, "service": one.service, "agency": one.agency.name, "state": one.state, "sent_at": one.sent_at} for one in sent]


def _identity(case):
    names = crypto.preload(Name.objects.visible(of=[case.child_id]).order_by("-is_main", "pk"))
    # A number that is not safe to call does not leave the system.
    contacts = crypto.preload(Contact.objects.visible(of=[case.child_id]).filter(is_current=True).exclude(safe_to_call=False).order_by("pk"))
    return {
        "names": [{"kind": name.kind, "full": str(name.full), "script": name.script} for name in names],
        "contacts": [{"kind": one.kind, "value": str(one.value), "is_safe": one.safe_to_call} for one in contacts],
    }


def _location(case):
    # An address kept secret even within the case goes to nobody outside it.
    where = Address.objects.visible(of=[case.child_id]).filter(is_current=True, is_confidential=False).select_related("area")
    stays = Placement.objects.visible().filter(case=case, until_on__isnull=True).select_related("facility").order_by("pk")
    return {
        "addresses": [{"area": one.area.pcode if one.area else None, "text": str(one.text or "")} for one in crypto.preload(where)],
        "placements": [
            {"care": stay.care, "where": stay.facility.name if stay.facility else str(stay.where or ""), "from_on": stay.from_on}
            for stay in crypto.preload(stays)
        ],
    }


NEWEST = 50


def _narrative(case):
    notes = crypto.preload(Note.objects.visible().filter(case=case).order_by("-at", "-pk")[:NEWEST])
    visits = crypto.preload(Visit.objects.visible().filter(case=case).order_by("-at", "-pk")[:NEWEST])
    return {
        "notes": [{"uuid": note.uuid, "at": note.at, "text": str(note.text)} for note in notes],
        "visits": [
            {name: getattr(visit, name) for name in ("uuid", "at", "kind", "child_seen", "seen_alone", "is_safe", "outcome")}
            | {"words": str(visit.words or ""), "summary": str(visit.summary or "")}
            for visit in visits
        ],
    }


@operation("POST", "/cases/{uuid:case}/notes", shapes.Made, status=201)
def write_note(request, case: UUID, sent: shapes.NoteIn, key: Key):
    """Keep a note on a case on which the machine works."""
    once(request, "write_note", key, sent)
    found = visible_or_404(Case.objects.all(), uuid=case)
    return Status(201, _made(cases.write_note(found, by=request.worker, text=sent.text, client_key=key)))


@operation("POST", "/cases/{uuid:case}/visits", shapes.Made, status=201)
def record_visit(request, case: UUID, sent: shapes.VisitIn, key: Key):
    """Log a contact with the child or the family."""
    once(request, "record_visit", key, sent)
    found = visible_or_404(Case.objects.all(), uuid=case)
    facts = sent.model_dump() | {"outcome": sent.outcome or ""}
    return Status(201, _made(cases.record_visit(found, by=request.worker, client_key=key, **facts)))


@operation("GET", "/cases/{uuid:case}/follow-ups", shapes.FollowUps)
def list_follow_ups(request, case: UUID):
    """The visits that the schedule asks for, those done too."""
    found = visible_or_404(Case.objects.all(), uuid=case)
    return {
        "items": [
            {"uuid": one.uuid, "schedule": one.schedule, "due_on": one.due_on, "outcome": one.outcome, "is_done": one.visit_id is not None}
            for one in FollowUp.objects.visible().filter(case=found).order_by("due_on", "pk")
        ]
    }


@operation("POST", "/follow-ups/{uuid:follow_up}/record", shapes.Made, status=201)
def record_follow_up(request, follow_up: UUID, sent: shapes.FollowUpIn, key: Key):
    """Record the visit of a follow-up that is due."""
    once(request, "record_follow_up", key, sent)
    found = visible_or_404(FollowUp.objects.all(), uuid=follow_up)
    return Status(201, _made(care.record_follow_up(found, by=request.worker, client_key=key, **sent.model_dump())))


def _made(record):
    return {"uuid": record.uuid}


# reports


@operation("POST", "/reports", shapes.Made, status=201)
def report_child(request, sent: shapes.ReportIn, key: Key):
    """Report a child. It goes to the intake team of the area, as a report by the page does."""
    once(request, "report_child", key, sent)
    facts = sent.model_dump() | {"area": _known_area(sent.area), "reporter_type": sent.reporter_type or "", "language": sent.language or ""}
    return Status(201, _made(cases.report(by=request.worker, client_key=key, **facts)))


@operation("GET", "/reports", shapes.Reports)
def list_reports(request, is_open: bool | None = None, limit: Limit = 25, cursor: Cursor = ""):
    """The reports that the token may see, without their words, in the order in which they came."""
    rows = Report.objects.visible().select_related("area")
    if is_open is not None:
        rows = rows.open() if is_open else rows.exclude(pk__in=Report.objects.visible().open().values("pk"))
    found, following = keyset.page(request, rows, asked=_given(is_open=is_open), limit=limit, cursor=cursor)
    return {"items": [_report_out(report) for report in found], "next": following}


@operation("GET", "/reports/{uuid:report}", shapes.WholeReport)
def read_report(request, report: UUID, words: bool = False):
    """One report; with `words` what was said, as far as the policy lets."""
    found = visible_or_404(Report.objects.select_related("area"), uuid=report)
    said = ReportWords.objects.visible().filter(report=found).first() if words else None
    told = {name: str(getattr(said, name) or "") for name in shapes.ReportWordsOut.model_fields} if said else None
    return _report_out(found) | {"words": told}


def _report_out(report):
    plain = ("uuid", "state", "disposition", "channel", "danger", "danger_signs", "children", "heard_at", "received_at", "decide_by", "decided_at")
    return {name: getattr(report, name) for name in plain} | {"area": report.area.pcode if report.area else None}


# looking for a family


@operation("POST", "/cases/{uuid:case}/tracing", shapes.Made, status=201)
def ask_for_family(request, case: UUID, sent: shapes.SearchIn, key: Key):
    """The child of a case on which the machine works wants the family found. Only with the consent that is on the case."""
    once(request, "ask_for_family", key, sent)
    found = visible_or_404(Case.objects.all(), uuid=case)
    return Status(201, _made(tracing.ask_for_family(found, by=request.worker, client_key=key, wish=sent.wish)))


@operation("GET", "/tracing-requests", shapes.Searches)
def list_tracing_requests(request, is_open: bool | None = None, limit: Limit = 25, cursor: Cursor = ""):
    """The searches for a family or a child that the token may see, in the order in which they began, and how far each is."""
    rows = Search.objects.visible().select_related("case")
    if is_open is not None:
        rows = rows.filter(ended_at__isnull=is_open)
    found, following = keyset.page(request, rows, asked=_given(is_open=is_open), limit=limit, cursor=cursor)
    items = [
        {name: getattr(one, name) for name in ("uuid", "side", "wish", "started_at", "ended_at")} | {"case": one.case.uuid, "state": one.reason or one.case.tracing}
        for one in found
    ]
    return {"items": items, "next": following}


@operation("GET", "/tracing-requests/{uuid:search}/proposals", shapes.Proposals)
def list_proposals(request, search: UUID, limit: Limit = 25, cursor: Cursor = ""):
    """What may fit: how well and why, and how far it is on this side. Nothing of the other side."""
    asked = visible_or_404(Search.objects.all(), uuid=search)
    found, following = keyset.page(request, Proposal.objects.visible().filter(case=asked.case_id), asked={}, limit=limit, cursor=cursor)
    plain = ("uuid", "band", "state", "is_warned", "proposed_at", "located_at", "decided_at")
    items = [{name: getattr(one, name) for name in plain} | {"reasons": [str(REASONS[code]) for code in one.reasons]} for one in found]
    return {"items": items, "next": following}


@operation("POST", "/proposals/{uuid:proposal}/account", shapes.Made, status=201)
def record_account(request, proposal: UUID, sent: shapes.AccountIn, key: Key):
    """What this side answers to the questions, once both sides agree that it may be the same child. It is not changed after."""
    once(request, "record_account", key, sent)
    found = visible_or_404(Proposal.objects.all(), uuid=proposal)
    answers = sent.answers.model_dump(exclude_none=True)
    return Status(201, _made(tracing.record_account(found, by=request.worker, client_key=key, answers=answers, told_by=sent.told_by)))


# the known child


@operation("POST", "/known-child", shapes.Known)
def known_child(request, sent: shapes.LookedFor):
    """Is this child known? Sent, not asked in the address, so that no name stands in a log. Counts as ten questions."""
    access.require("cases.known_child")
    names = [name for name in sent.names if name]
    if not names:
        raise _wrong("body:/names", _("Write at least one name."))
    told = {name: getattr(sent, name) or "" for name in ("sex", "mother", "father", "place", "phone")}
    found = queries.known_child(request.worker, names=names, birth_year=sent.birth_year, **told)
    return {
        "cases": [{"uuid": case.uuid, "number": case.number, "state": case.state, "reasons": [str(one) for one in found.reasons[case.pk]]} for case in found.cases],
        "elsewhere": found.elsewhere,
        "asks_more": found.asks_more,
        "lines": [str(line["text"]) for line in found.lines],
    }
