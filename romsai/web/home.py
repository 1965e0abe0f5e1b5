"""Today: the first page of everyone who signs in. What is due, red and waiting for me, in order of deadline over all concerns.

One function a role gives the page; whoever's work the system does not hold yet is told so plainly.
"""

import shutil
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db.models import Count, Exists, Min, OuterRef, Q
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from procrastinate.contrib.django.models import ProcrastinateJob

from romsai.care import queries as care
from romsai.care.models import OPEN_ACTION, UNANSWERED, FollowUp, PlanAction, PlanState, Referral
from romsai.cases import allegations, glass, panels, words
from romsai.cases import queries as cases
from romsai.cases.elsewhere import queries as elsewhere
from romsai.cases.elsewhere.views import how_far
from romsai.cases.models import Approval, Assignment, Case, Deadline, Participant, Report
from romsai.cases.pairs import reasons as pair_reasons
from romsai.cases.views.day import approval_tasks
from romsai.core import access, backups, crypto, second
from romsai.core.dates import moment_text
from romsai.core.keys import client as keys
from romsai.core.models import Beat
from romsai.core.views import Page
from romsai.exchange import registers
from romsai.exchange.exports.asking import may_export
from romsai.people import search
from romsai.people.models import Person
from romsai.places import codes
from romsai.places.models import Account, Label, Worker
from romsai.web import public
from romsai.web.second import DECIDES
from romsai.workforce import queries as workforce
from romsai.workforce.gateway import gateway

SOON = timedelta(days=7)
SENT_BACK_FOR = timedelta(days=14)
SHOWN = 12  # lines of one list; the whole list has a page of its own
PROVIDERS = ("PROVIDER", "SHELTER_STAFF", "POLICE_LIAISON", "BORDER_CONSULAR")
SEARCHES = ("WORKER", "SUPERVISOR", "MANAGER", "COORDINATOR", "PANEL", *PROVIDERS)
BY_NUMBER_ONLY = ("COORDINATOR",)  # sees pseudonyms, so a name would find nothing
MOST = 25  # cases that a search shows
LOG_READERS = ("AUDITOR", "DPO")

panels.page("home", __("Today"))
panels.page("search", __("Search"))


@dataclass
class Section:
    """One white box: lines of a task list or a table, and what to do where there are none."""

    title: str
    tasks: list = field(default_factory=list)
    empty: str = ""
    url: str = ""
    url_label: str = ""
    columns: list = None
    rows: list = None
    facts: list = None
    text: str = ""
    id: str = ""


def front(request):
    """The public's first page for a visitor, Today for who is signed in."""
    if request.worker is None:
        return public.start(request)
    return render(request, "home/today.html", today(request.worker))


def today(worker):
    """What the first page of this worker shows."""
    now = timezone.now()
    page = ROLES.get(worker.role, _not_yet)(worker, now)
    page["sections"] = [*_second_person(worker), *_glass(worker, now), *page.get("sections", []), *_around(worker)]
    return {"title": _("Today"), "lead": _greeting(worker, now), "tiles": [], "sections": [], "actions": []} | page


def _second_person(worker):
    waiting = second.waiting_for(worker) if worker.role in DECIDES else []
    if not waiting:
        return []
    lines = [{"title": second.shown(p)[0], "note": _("Lapses %(at)s") % {"at": moment_text(p.lapses_at)}, "url": reverse("second", args=[p.uuid])} for p in waiting]  # fmt: skip
    return [Section(_("Needs a second person"), lines[:SHOWN], url=reverse("seconds"), url_label=_("All that waits"), id="second")]


def _around(worker):
    """What belongs to the working day but to no child."""
    leads, works = worker.role in ("SUPERVISOR", "MANAGER"), worker.role in ("WORKER", "SUPERVISOR", "MANAGER")
    lines = [
        (leads, _("Workload of the team"), _("Who has how much, and handing cases over"), "workforce:workload"),
        (works, _("Time away and deputies"), _("Who works on your cases meanwhile"), "workforce:leaves"),
        (works, _("Supervision"), _("Notes between a worker and who leads the worker"), "workforce:supervision"),
        (works, _("Calendar"), _("What is due, in the calendar of your telephone, without names"), "workforce:calendar"),
        (may_export(worker), _("Take out"), _("Cases as a file for somebody outside, and what went out"), "exchange:exports"),
    ]
    shown = [{"title": title, "note": note, "url": reverse(url)} for is_shown, title, note, url in lines if is_shown]
    return [Section(_("Around your work"), shown)] if shown else []


def _glass(worker, now):
    """What was opened in an emergency: mine while it is open, and what I was told of and must judge."""
    sections = []
    opened = glass.open_now(worker) if worker.role in glass.OPENERS else []
    if opened:
        lines = [{"title": line.case.number, "note": _("closes %(at)s") % {"at": moment_text(line.until_at)}, "url": reverse("cases:case", args=[line.case.uuid])} for line in opened]  # fmt: skip
        sections.append(Section(_("You opened in an emergency"), lines, id="opened"))
    told = glass.to_review(worker) if worker.role in glass.REVIEWERS else []
    if told:
        lines = [_glass_line(request, now) for request in told]
        sections.insert(0, Section(_("Opened in an emergency: was it needed?"), lines[:SHOWN], url=reverse("cases:glass_requests"), url_label=_("All"), id="glass"))  # fmt: skip
    return sections


def _glass_line(request, now):
    when, note, late = words.due(request.review_by, now=now)
    title = _("%(who)s opened case %(number)s") % {"who": request.worker.name, "number": request.glass.case.number}
    about = ", ".join([request.worker.agency.name, glass.reason_words(request.reason)])
    return {"title": title, "note": about, "url": reverse("cases:glass_request", args=[request.uuid]), "due": when, "due_note": note, "late": late}  # fmt: skip


def _greeting(worker, now):
    day = timezone.localtime(now).date()
    return _("%(name)s, %(day)s") % {"name": worker.name, "day": words.short_day(day)}


# social workers


def _worker(worker, now):
    mine = cases.know_children(cases.caseload(worker, at=now))
    by_pk = {case.pk: case for case in mine}
    names = cases.called([case.child for case in mine])
    lines = [*_deadlines(by_pk, names, now), *_visits(by_pk, names, now), *_plan_actions(worker, by_pk, names, now)]
    lines += [*_sent_back(worker, by_pk, names, now), *_unanswered(worker, by_pk, names, now)]
    due = sorted((line for line in lines if line["at"] < now + SOON), key=lambda line: line["at"])
    late = sum(line["late"] for line in due)
    this_day = sum(not line["late"] and timezone.localtime(line["at"]).date() == timezone.localtime(now).date() for line in due)
    grave = sum(case.risk in ("IMMEDIATE", "HIGH") for case in mine)
    caseload = reverse("cases:caseload")
    page = {
        "tiles": [
            {"value": late, "label": _("Late"), "alert": late > 0, "url": f"{caseload}?list=late"},
            {"value": this_day, "label": _("Due today"), "url": "#due"},
            {"value": grave, "label": _("High risk"), "url": f"{caseload}?list=high"},
            {"value": len(mine), "label": _("My open cases"), "url": caseload},
        ],
        "sections": [
            Section(
                _("Due within seven days"), due[:SHOWN], _("Nothing is due within seven days. Look through your cases, or take the next visit forward."),
                caseload, _("All my cases"), text=_more(due), id="due",
            ),
            Section(_("High risk"), columns=_case_columns(), rows=[_case_row(case, names, now) for case in mine if case.risk in ("IMMEDIATE", "HIGH")][:SHOWN], empty=_("None of your cases is at high risk.")),
        ],
        "actions": [{"label": _("New report"), "url": reverse("cases:new_report"), "icon": "add"}, _missed()],
    }  # fmt: skip
    if worker.team_id and worker.team.is_intake:
        page["sections"].insert(0, _reports(now))
    return page


def _more(lines):
    left = len(lines) - SHOWN
    return (
        ngettext("%(n)d more is on the pages of the cases.", "%(n)d more are on the pages of the cases.", left) % {"n": left}
        if left > 0
        else ""
    )


def _line(title, case, names, at, now, *, url="", note=""):
    """A thing to do for one child."""
    when, when_note, late = words.due(at, now=now)
    called = names[case.child_id]
    about = ", ".join(filter(None, [called.name, case.number, note]))
    return {
        "title": title,
        "note": about,
        "lang": called.lang,
        "url": url or reverse("cases:case", args=[case.uuid]),
        "due": when,
        "due_note": when_note,
        "late": late,
        "at": at,
    }


def _deadlines(by_pk, names, now):
    mine = Deadline.objects.visible().running().exclude(kind="SUPERVISOR_SEES")
    for line in mine.filter(case__in=by_pk, due_at__lt=now + SOON):
        case = by_pk[line.case_id]
        yield _line(words.deadline_title(line.kind), case, names, line.due_at, now, url=words.deadline_url(line.kind, case))


def _visits(by_pk, names, now):
    for line in FollowUp.objects.visible().filter(case__in=by_pk, visit__isnull=True, due_on__lt=(now + SOON).date()):
        yield _line(
            _("Follow-up: %(when)s") % {"when": codes.label("follow_up_schedule", line.schedule)},
            by_pk[line.case_id],
            names,
            _end_of(line.due_on),
            now,
        )


def _plan_actions(worker, by_pk, names, now):
    """Only what is due soon is loaded: the words of a plan are the child's, and each reading is on record.

    Who leads a case is reminded also of what somebody is to do who does not work on it, and so does not find it on this page.
    """
    soon = PlanAction.objects.visible().filter(
        _falls_to(worker, "owner"),
        case__in=by_pk, plan__state=PlanState.APPROVED, state__in=OPEN_ACTION, due_on__lt=(now + SOON).date(),
    )  # fmt: skip
    for line in crypto.preload(soon):
        yield _line(str(line.text), by_pk[line.case_id], names, _end_of(line.due_on), now, note=_("from the plan"))


def _falls_to(worker, whose):
    """What is this worker's, or is that of somebody who does not work on a case that this worker leads."""
    here = Assignment.objects.running()
    is_there = Exists(here.filter(case=OuterRef("case"), worker=OuterRef(whose)))
    return Q(**{whose: worker}) | Q(~is_there, case__in=here.filter(worker=worker, is_lead=True).values("case"), **{f"{whose}__isnull": False})


def _sent_back(worker, by_pk, names, now):
    asked = Approval.objects.visible().filter(_falls_to(worker, "asked_by"), case__in=by_pk).order_by("asked_at")
    newest = {(line.case_id, line.kind): line for line in asked}
    for line in newest.values():
        if line.status in ("RETURNED", "REJECTED") and line.decided_at > now - SENT_BACK_FOR:
            title = _("%(what)s: sent back with questions") if line.status == "RETURNED" else _("%(what)s: not approved")
            told = _line(title % {"what": codes.label("approval_type", line.kind)}, by_pk[line.case_id], names, line.decided_at, now)
            yield told | {"late": False, "due": _("sent back"), "due_note": words.short_day(line.decided_at)}


def _unanswered(worker, by_pk, names, now):
    asked = Referral.objects.visible().filter(case__in=by_pk, owner=worker).select_related("agency")
    for line in asked.filter(Q(state__in=UNANSWERED, answer_by__lt=now + SOON) | Q(state="DECLINED", answered_at__gt=now - SENT_BACK_FOR)):
        service = codes.label("service_type", line.service)
        if line.state == "DECLINED":
            note = codes.label("referral_decline_reason", line.decline_reason)
            yield _line(
                _("%(service)s: declined, ask another provider") % {"service": service},
                by_pk[line.case_id],
                names,
                line.answered_at,
                now,
                note=note,
            ) | {"late": False}
        else:
            yield _line(
                _("%(service)s: %(agency)s has not answered") % {"service": service, "agency": line.agency.name},
                by_pk[line.case_id],
                names,
                line.answer_by,
                now,
            )


def _end_of(day):
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def _case_columns(last=""):
    return [{"label": label} for label in (_("Child"), _("Risk"), last or _("Next step"))]


def _case_row(case, names, now, reasons=()):
    """A case as a row: child, risk, and the next step or why it is red."""
    called = names[case.child_id]
    when, note, late = words.due(case.next_due, now=now) if case.next_due else ("", "", False)
    next_step = words.deadline_title(case.next_kind) if case.next_kind else _("Nothing due")
    third = (
        {"text": reasons[0], "late": True, "note": "; ".join(reasons[1:])}
        if reasons
        else {"text": next_step, "note": f"{when}, {note}" if note else when, "note_late": late}
    )
    child = {
        "text": called.name,
        "lang": called.lang,
        "url": reverse("cases:case", args=[case.uuid]),
        "code": case.number,
        "lock": case.sealed,
    }
    return {"cells": [child, {"risk": case.risk}, third]}


def _case_line(case, names, now):
    called = names[case.child_id]
    when, when_note, late = words.due(case.next_due, now=now) if case.next_due else ("", "", False)
    next_step = words.deadline_title(case.next_kind) if case.next_kind else _("Nothing due")
    note = ", ".join([codes.label("risk_level", case.risk), case.get_state_display(), next_step])
    return {
        "title": called.name,
        "lang": called.lang,
        "note": note,
        "url": reverse("cases:case", args=[case.uuid]),
        "due": when,
        "due_note": when_note,
        "late": late,
    }


# reports


def _missed():
    return {"label": _("A family looks for a child"), "url": reverse("tracing:ask_for_child"), "kind": "secondary"}


def _reports(now):
    waiting = list(cases.waiting_reports()[: SHOWN + 1])
    lines = []
    for report in waiting[:SHOWN]:
        when, note, late = words.due(report.decide_by, now=now)
        danger = {"yes": _("In danger now"), "no": _("No danger now"), "unknown": _("Danger not known")}[report.danger]
        area = report.area.name_in(get_language()) if report.area else _("area not known")
        about = f"{area}, {report.get_state_display()}"
        lines.append({"title": _("%(danger)s: %(channel)s") % {"danger": danger, "channel": codes.label("report_channel", report.channel)}, "note": about, "url": reverse("cases:report", args=[report.uuid]), "due": when, "due_note": note, "late": late})  # fmt: skip
    return Section(
        _("Reports waiting"), lines, _("No report waits. New ones appear here at once."), reverse("cases:reports"), _("All reports")
    )


def _operator(worker, now):
    emergency = {"label": _("Open a case in an emergency"), "url": reverse("cases:break_glass"), "kind": "secondary"}
    return {
        "sections": [_reports(now)],
        "actions": [{"label": _("New report"), "url": reverse("cases:new_report"), "icon": "add"}, _missed(), emergency],
    }


def _volunteer(worker, now):
    lines = [
        {
            "title": codes.label("report_channel", report.channel),
            "note": _("arrived %(day)s") % {"day": words.short_day(report.received_at)},
            "url": reverse("cases:report", args=[report.uuid]),
        }
        for report in Report.objects.visible().filter(recorded_by=worker).order_by("-pk")[:SHOWN]
    ]
    empty = _("Nothing yet. When you are worried about a child, write it down here: one sentence is enough.")
    return {"sections": [Section(_("Your reports of the last 24 hours"), lines, empty)], "actions": [{"label": _("New report"), "url": reverse("cases:new_report"), "icon": "add"}]}  # fmt: skip


# supervisors and managers


def _supervisor(worker, now):
    red = cases.red_cases(worker, at=now)
    names = cases.called([line.case.child for line in red[:SHOWN]])
    rows = [_case_row(line.case, names, now, line.reasons) for line in red[:SHOWN]]
    approvals = list(cases.approvals_for(worker))
    offers = list(care.offers(worker)) if worker.role == "SUPERVISOR" else []
    own = {"team": worker.team_id} if worker.role == "SUPERVISOR" else {"agency": worker.agency_id, "team__isnull": False}
    loads = cases.loads(Worker.objects.filter(is_active=True, role__in=("WORKER", "SUPERVISOR"), **own))
    board = reverse("cases:board")
    sections = [
        Section(_("Waiting for your answer"), approval_tasks(approvals[:SHOWN], now), _("Nobody waits for you."), reverse("cases:approvals"), _("All")),
        Section(
            _("Red cases"), columns=_case_columns(_("Why it is red")), rows=rows, empty=_("Nothing is red: nothing is late, every child was seen in time and has a worker."),
            url=board, url_label=_("Team") if worker.role == "SUPERVISOR" else _("Area"),
        ),
        Section(_("Caseloads"), columns=[{"label": _("Worker")}, {"label": _("Open cases"), "numeric": True}, {"label": _("Weighted by risk"), "numeric": True}], rows=[_load_row(load) for load in reversed(loads)]),
    ]  # fmt: skip
    if offers:
        sections.insert(1, Section(_("Offered to your team"), [_offer_line(offer, now) for offer in offers]))
    if worker.team_id and worker.team.is_intake:
        sections.insert(0, _reports(now))
    over = sum(load.state in ("full", "red") for load in loads)
    tiles = [
        {
            "value": len(approvals),
            "label": _("Waiting for you"),
            "url": reverse("cases:approvals"),
            "alert": any(line.due_at < now for line in approvals),
        },
        {"value": len(red), "label": _("Red cases"), "url": board, "alert": bool(red)},
        {"value": over, "label": _("Full caseloads"), "url": board, "alert": bool(over)},
    ]
    return {
        "tiles": tiles,
        "sections": sections,
        "actions": [{"label": _("New report"), "url": reverse("cases:new_report"), "icon": "add", "kind": "secondary"}],
    }


def _load_row(load):
    note = {"warn": _("nearly full"), "full": _("full"), "red": _("far too many")}.get(load.state, "")
    return {
        "cells": [
            {"text": load.worker.name},
            {"text": load.cases, "note": note, "late": load.state in ("full", "red")},
            {"text": f"{load.weighted:g}"},
        ]
    }


def _offer_line(offer, now):
    when, note, late = words.due(offer.accept_by, now=now)
    title = _("%(reason)s, from %(team)s") % {"reason": codes.label("transfer_reason", offer.reason), "team": offer.from_team.agency.name}
    return {
        "title": title,
        "note": codes.label("risk_level", offer.risk),
        "url": reverse("care:transfer", args=[offer.uuid]),
        "due": when,
        "due_note": note,
        "late": late,
    }


def _coordinator(worker, now):
    """All agencies of the area by pseudonym: how many, how grave, how late."""
    open_cases = Case.objects.visible().open()
    late = Deadline.objects.visible().overdue(at=now).values("case_id")
    counted = (
        open_cases.order_by()
        .values("agency__name")
        .annotate(all=Count("pk"), grave=Count("pk", filter=Q(risk__in=["HIGH", "IMMEDIATE"])), late=Count("pk", filter=Q(pk__in=late)))
        .order_by("agency__name")
    )
    rows = [
        {
            "cells": [
                {"text": line["agency__name"]},
                {"text": line["all"]},
                {"text": line["grave"]},
                {"text": line["late"], "late": line["late"] > 0},
            ]
        }
        for line in counted
    ]
    total = {name: sum(line[name] for line in counted) for name in ("all", "grave", "late")}
    team = reverse("cases:team")
    return {
        "tiles": [
            {"value": total["all"], "label": _("Open cases"), "url": team},
            {"value": total["grave"], "label": _("High risk"), "url": f"{team}?list=high"},
            {"value": total["late"], "label": _("Late"), "url": f"{team}?list=late", "alert": total["late"] > 0},
        ],
        "sections": [
            Section(
                _("Agencies of your area"), columns=[{"label": _("Agency")}, {"label": _("Open cases"), "numeric": True}, {"label": _("High risk"), "numeric": True}, {"label": _("Late"), "numeric": True}],
                rows=rows, empty=_("No agency of your area has an open case."), url=team, url_label=_("All cases"), text=_("Children are shown by pseudonym. Sealed cases are not counted."),
            )
        ],
    }  # fmt: skip


# who serves children by referral


def _provider(worker, now):
    sent = care.inbox(worker)
    asked = [line for line in sent if line.state in UNANSWERED]
    served = [line for line in sent if line.state in ("ACCEPTED", "WAITLISTED", "STARTED")]
    late = sum(line.answer_by < now for line in asked)
    inbox = reverse("care:inbox")
    sections = [
        Section(
            _("Asked of you"),
            [_referral_line(line, now, is_asked=True) for line in asked[:SHOWN]],
            _("No referral waits for your answer."),
            inbox,
            _("All referrals"),
        ),
        Section(
            _("Children you serve"),
            [_referral_line(line, now) for line in served[:SHOWN]],
            _("Nobody at the moment. Accepted referrals stand here until you say what came of them."),
        ),
    ]
    if worker.role in ("POLICE_LIAISON", "BORDER_CONSULAR"):
        mine = cases.know_children(cases.caseload(worker, at=now)[:SHOWN])
        if mine:
            names = cases.called([case.child for case in mine])
            sections.append(
                Section(
                    _("Cases you work on"),
                    [_case_line(case, names, now) for case in mine],
                    url=reverse("cases:caseload"),
                    url_label=_("All"),
                )
            )
    return {
        "tiles": [
            {"value": len(asked), "label": _("To answer"), "url": inbox, "alert": late > 0},
            {"value": len(served), "label": _("In service"), "url": inbox},
        ],
        "sections": sections,
        "actions": [{"label": _("New report"), "url": reverse("cases:new_report"), "icon": "add", "kind": "secondary"}],
    }


def _referral_line(referral, now, is_asked=False):
    when, note, late = words.due(referral.answer_by, now=now) if is_asked else ("", "", False)
    child = referral.child.name if referral.child else _("child not shown")
    about = ", ".join([child, codes.label("risk_level", referral.risk), codes.label("referral_state", referral.state)])
    return {
        "title": codes.label("service_type", referral.service),
        "note": about,
        "url": reverse("care:referral", args=[referral.uuid]),
        "due": when,
        "due_note": note,
        "late": late,
    }


def _panel(worker, now):
    mine = cases.know_children(cases.caseload(worker, at=now))
    names = cases.called([case.child for case in mine])
    empty = _("No case waits for the panel. A case appears here when its worker names you on it.")
    return {"sections": [Section(_("Cases before you"), [_case_line(case, names, now) for case in mine[:SHOWN]], empty)]}


# who keeps the system


def _admin(worker, now):
    with access.accounts():
        accounts = Account.objects.filter(is_active=True).count()
    active = Worker.objects.active(on=timezone.localdate())
    ended = Worker.objects.filter(is_active=True, until_on__lte=timezone.localdate()).count()
    drafts = Label.objects.filter(state=Label.State.DRAFT).count()
    return {
        "tiles": [
            {"value": active.count(), "label": _("Workers"), "url": reverse("places:workers")},
            {"value": ended, "label": _("Time-limited roles that ended"), "url": reverse("places:workers"), "alert": ended > 0},
            {"value": drafts, "label": _("Changed words to approve"), "url": reverse("places:lists")},
            *([{"value": late.kept, "label": _("Backups: the newest is too old"), "url": "#health", "alert": True}] if (late := backups.late(now)) else []),
        ],
        "sections": [
            Section(_("To look after"), [
                {"title": _("Accounts and roles"), "note": ngettext("%(n)d account can sign in.", "%(n)d accounts can sign in.", accounts) % {"n": accounts}, "url": reverse("places:workers")},
                {"title": _("Questionnaires"), "note": _("Upload a form, or publish one that a second person uploaded."), "url": reverse("questionnaires:forms")},
                {"title": _("Words and translations"), "note": _("Change or approve the words of the lists."), "url": reverse("places:lists")},
                {"title": _("Directory of services"), "note": _("Opening, closing, telephone numbers."), "url": reverse("places:facilities")},
                {"title": _("Bring in"), "note": _("Services and changes of areas from a table."), "url": reverse("exchange:imports")},
                {"title": _("Other systems"), "note": _("What may ask here by a token, and where events are told."), "url": reverse("machines:machines")},
            ]),
            Section(_("Health of the system"), id="health", facts=_health(now), text=_("You see no case here, by design.")),
        ],
    }  # fmt: skip


def _health(now):
    """Jobs, keys and disk in words; counts only."""
    with access.system(purpose="health"):
        waiting = ProcrastinateJob.objects.filter(status="todo").count()
        failed = ProcrastinateJob.objects.filter(status="failed").count()
        oldest = Beat.objects.aggregate(at=Min("reached_at"))["at"]
    disk = shutil.disk_usage(settings.VAR)
    free = disk.free * 100 // disk.total
    rows = [
        {"label": _("Jobs"), "value": _("%(waiting)d waiting, %(failed)d failed") % {"waiting": waiting, "failed": failed}},
        {"label": _("Keys"), "value": _("answer") if _keys_answer() else _("do not answer: names and addresses stay locked")},
        {"label": _("E-mails and SMS"), "value": _messages()},
        {"label": _("Disk"), "value": _("%(free)d %% free") % {"free": free}},
        {"label": _("Backups"), "value": _backups(now)},
    ]
    if oldest is not None:
        minutes = int((now - oldest).total_seconds() // 60)
        rows.append(
            {
                "label": _("Clocks and alarms"),
                "value": ngettext("looked at %(n)d minute ago", "looked at %(n)d minutes ago", minutes) % {"n": minutes},
            }
        )
    return rows


def _messages():
    if gateway() is None:
        return _("not sent: no gateway is set")
    waiting, failed = workforce.messages_health()
    return _("%(waiting)d waiting, %(failed)d failed") % {"waiting": waiting, "failed": failed}


def _backups(now):
    found = backups.known()
    if found is None:
        return _("none is made by itself: what is lost with this machine is lost")
    if found.last is None:
        return _("none was made yet. %(trouble)s") % {"trouble": found.trouble}
    when = ngettext("%(n)d kept, the newest of %(moment)s.", "%(n)d kept, the newest of %(moment)s.", found.kept) % {"n": found.kept, "moment": moment_text(found.last)}
    return " ".join(filter(None, [when, _("This is too long ago.") if found.are_late(now) else "", found.trouble]))


def _keys_answer():
    try:
        keys.status()
    except keys.KeysUnavailable:
        return False
    return True


def _log_reader(worker, now):
    text = _("Who looked at which record, and what was refused. No names of children, no words of a case.")
    lines = [
        {"title": _("Who has looked"), "note": _("by worker, by case number, by day"), "url": reverse("log")},
        {"title": _("Refused attempts"), "note": _("the newest fifty"), "url": reverse("refusals")},
    ]
    waiting, late, failed = glass.unreviewed()
    kept_waiting = allegations.late()
    requests = reverse("cases:glass_requests")
    return {
        "tiles": [
            {"value": waiting, "label": _("Opened in an emergency, not judged yet"), "url": requests},
            {"value": late, "label": _("Of these late"), "url": requests, "alert": late > 0},
            {"value": kept_waiting, "label": _("Concerns about staff that wait too long"), "alert": kept_waiting > 0},
            {"value": failed, "label": _("Attempts this week that opened nothing"), "url": requests, "alert": failed > 0},
        ],
        "sections": [Section(_("The reading log"), lines, text=text)],
    }


def _safeguard(worker, now):
    open_now, done = allegations.waiting(worker), allegations.closed(worker, SHOWN)
    late = sum(report.decide_by < now for report in open_now)
    return {
        "tiles": [
            {"value": len(open_now), "label": _("Concerns about staff"), "url": "#staff"},
            {"value": late, "label": _("Late"), "url": "#staff", "alert": late > 0},
        ],
        "sections": [
            Section(
                _("Concerns about staff"), [_allegation_line(report, now) for report in open_now], _("None waits. New ones appear here at once and are to be looked at within 24 hours."),
                id="staff", text=_("Only safeguarding officers read these, and never one who works where the accused works."),
            ),
            Section(_("Closed"), [_allegation_line(report, now, is_open=False) for report in done], _("None yet.")),
        ],
    }  # fmt: skip


def _allegation_line(report, now, is_open=True):
    when, note, late = words.due(report.decide_by, now=now) if is_open else ("", "", False)
    danger = {"yes": _("In danger now"), "no": _("No danger now"), "unknown": _("Danger not known")}[report.danger]
    area = report.area.name_in(get_language()) if report.area else _("area not known")
    title = _("%(danger)s: %(channel)s") % {"danger": danger, "channel": codes.label("report_channel", report.channel)}
    about = f"{area}, {report.get_state_display()}"
    return {"title": title, "note": about, "url": reverse("cases:allegation", args=[report.uuid]), "due": when, "due_note": note, "late": late, "done": not is_open}  # fmt: skip


# the national matching desk


def _matching_desk(worker, now):
    found = elsewhere.across(worker)
    lines = [{"title": str(pair_reasons.likely(pair)), "note": how_far(pair), "url": reverse("cases:ask_sides", args=[pair.uuid])} for pair in found[:SHOWN]]
    return {
        "tiles": [
            {"value": len(found), "label": _("Pairs of two offices"), "url": reverse("cases:pairs")},
            {"value": sum(pair.sides is None for pair in found), "label": _("Not asked yet"), "url": reverse("cases:pairs")},
            {"value": len(elsewhere.looked_for(worker)), "label": _("Calls that were promised"), "url": reverse("cases:pairs") + "#calls"},
        ],
        "sections": [
            Section(
                _("One child with two offices?"), lines, _("None now. Each night all records are compared."), url=reverse("cases:pairs"), url_label=_("All"),
                text=_("You ask the offices; they decide. No name stands here before both agree."),
            ),
        ],
    }  # fmt: skip


# whose work comes later

NOT_YET = {
    "MNE": __("Indicators, tables with small numbers hidden, and exports are not built yet."),
    "PROGRAMME": __("Money by concern, results for a grant and the IATI file are not built yet."),
    "LEGAL": __("Provisions, scores and agreements are not built yet."),
    "TRAINER": __("Courses and who has taken them are not built yet."),
}


def _not_yet(worker, now):
    there = [
        {"title": _("Directory of services"), "note": _("Who helps with what, where"), "url": reverse("places:facilities")},
        {"title": _("The public’s page"), "note": _("What a child or a neighbour sees"), "url": reverse("start")},
    ]
    not_yet = NOT_YET.get(worker.role, _("Pages for this role are not built yet."))
    return {"sections": [Section(_("Here for you now"), there), Section(_("Not here yet"), text=str(not_yet))]}


ROLES = {
    "WORKER": _worker,
    "OPERATOR": _operator,
    "VOLUNTEER": _volunteer,
    "SUPERVISOR": _supervisor,
    "MANAGER": _supervisor,
    "COORDINATOR": _coordinator,
    "PANEL": _panel,
    "ADMIN": _admin,
    "SAFEGUARD": _safeguard,
    "MATCHING_DESK": _matching_desk,
    **dict.fromkeys(PROVIDERS, _provider),
    **dict.fromkeys(LOG_READERS, _log_reader),
}


# navigation


def _within(path):
    """The path by which a page is found in the navigation: care and tracing belong to the child's case, what a team decides to the team."""
    if path.startswith((reverse("cases:pairs"), "/cases/merges/")):
        return reverse("cases:board") + path
    if path == reverse("cases:ask_offices"):
        return reverse("search")
    if path.startswith("/tracing/"):
        return path.replace("/tracing/", "/cases/", 1)
    shared = (reverse("care:inbox"), reverse("care:offers"), "/care/shares/")
    return path.replace("/care/", "/cases/", 1) if path.startswith("/care/") and not path.startswith(shared) else path


def navigation(worker, path):
    """The line under the header: at most six places, at most two counts."""
    is_intake = worker.role in ("OPERATOR", "WORKER", "SUPERVISOR") and worker.team_id and worker.team.is_intake
    items = [(_("Today"), reverse("home"), None, "")]
    if is_intake:
        items.append((_("Reports"), reverse("cases:reports"), cases.waiting_reports().count(), _("waiting")))
    if worker.role in ("SUPERVISOR", "MANAGER"):
        items.append((_("Team") if worker.role == "SUPERVISOR" else _("Area"), reverse("cases:board"), None, ""))
        items.append((_("Approvals"), reverse("cases:approvals"), cases.approvals_for(worker).count(), _("waiting for you")))
    if worker.role == "MANAGER":
        items += [(_("Bring in"), reverse("exchange:imports"), None, ""), (_("Take out"), reverse("exchange:exports"), None, "")]
    if worker.role == "MATCHING_DESK":
        items.append((_("Pairs"), reverse("cases:pairs"), None, ""))
    if worker.role == "COORDINATOR":
        items += [(_("Area"), reverse("cases:board"), None, ""), (_("Take out"), reverse("exchange:exports"), None, "")]
    if worker.role in ("WORKER", "SUPERVISOR", "PANEL"):
        items.append((_("My cases"), reverse("cases:caseload"), None, ""))
    if worker.role in PROVIDERS:
        items.append((_("Referrals"), reverse("care:inbox"), care.waiting_for(worker), _("to answer")))
    if worker.role in LOG_READERS:
        items += [(_("Who has looked"), reverse("log"), None, ""), (_("Refused"), reverse("refusals"), None, "")]
    if worker.role == "DPO":
        items.append((_("Keeping and erasing"), reverse("retention:due"), None, ""))
    if worker.role == "ADMIN":
        items += [(_("Workers"), reverse("places:workers"), None, ""), (_("Agencies"), reverse("places:agencies"), None, ""), (_("Forms"), reverse("questionnaires:forms"), None, ""), (_("Words"), reverse("places:lists"), None, "")]  # fmt: skip
    items.append((_("Services"), reverse("places:facilities"), None, ""))
    caseload = reverse("cases:caseload")  # begins the address of much that is not in it
    here = max((url for _label, url, *_rest in items if path.startswith(url) and url != caseload or _within(path).startswith(url)), key=len, default="")
    return [{"label": label, "url": url, "count": count, "count_label": said, "current": url == here} for label, url, count, said in items]


# search


class Search(Page):
    """Cases of one's own by number, name or telephone. Of all others the answer is the same as if they did not exist."""

    roles = SEARCHES
    template_name = "search/search.html"

    def get_context_data(self, **context):
        asked = self.request.GET.get("q", "").strip()[:100]
        look = search.Question.said(asked, year=timezone.localdate().year) if len(asked) > 1 else None
        found = found_cases(self.worker, asked, look) if look else []
        names = cases.called([case.child for case in found])
        now = timezone.now()
        lines = [_case_line(case, names, now) | {"note": _why_found(case)} for case in found]
        listed = [{"title": line["text"], "note": " ".join(map(str, line["reasons"])), "url": line["url"]} for line in (registers.of_own(self.worker, look) if look else ())]
        return super().get_context_data(asked=asked, lines=lines, listed=listed, may_break_glass=self.worker.role in glass.OPENERS, may_ask_offices=access.may(self.worker, "cases.known_child"), **context)


def _why_found(case):
    """Number and state of a case, and for one that was found by a person, how likely it is them and what agreed."""
    said = [f"{case.number}, {case.get_state_display()}."]
    if likeness := getattr(case, "likeness", None):
        said += [f"{likeness.band_words}.", *map(str, likeness.reasons)]
    return " ".join(said)


def found_cases(worker, asked, look):
    """At most MOST visible cases with their children, the likeliest first: by number as asked, else by somebody's name or telephone in them as looked for."""
    mine = Case.objects.visible().select_related("area")
    numbered = mine.filter(number__iexact=asked.replace(" ", ""))[:1] if any(c.isdigit() for c in asked) else ()
    by_number = cases.know_children(numbered)
    if by_number or worker.role in BY_NUMBER_ONLY:
        return _undated(by_number)
    # The tokens are asked within the asker's own rights: they name only people whose identity the asker may read.
    people = [person for person, _points in look.find()]
    parts = list(Participant.objects.filter(person__in=people).values_list("case_id", "person_id"))
    with access.about({case_id for case_id, _person_id in parts}):
        ranked = search.ranked(Person.objects.visible(of=people), names=look)
        place = {person.pk: number for number, (person, _likeness) in enumerate(ranked)}
        best = {}
        for case_id, person_id in parts:
            if person_id in place:
                best[case_id] = min(place[person_id], best.get(case_id, len(place)))
        found = Case.objects.visible().select_related("area").filter(pk__in=list(best))
        found = sorted(found, key=lambda case: (best[case.pk], case.pk))
        for case in found:
            case.likeness = ranked[best[case.pk]][1]
        return _undated(cases.know_children(found[:MOST], known=[person for person, _likeness in ranked]))


def _undated(found):
    for case in found:
        case.next_due, case.next_kind = None, ""
    return found
