"""The work of the day: a worker's caseload, the supervisor's board, questions that wait, and giving cases to others."""

import uuid
from collections import Counter

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from romsai.cases import actions, panels, queries, words
from romsai.cases.elsewhere import queries as elsewhere
from romsai.cases.filters import CaseFilter
from romsai.cases.forms import load_text
from romsai.cases.models import Merge
from romsai.cases.pairs import queries as pairs
from romsai.core import access
from romsai.core.actions import Refused
from romsai.core.views import Page, SignedIn, client_key
from romsai.places import codes
from romsai.places.models import Worker
from romsai.places.profile import profile

PER_PAGE = 25
CASEWORK = ("WORKER", "SUPERVISOR", "MANAGER", "POLICE_LIAISON", "BORDER_CONSULAR", "PANEL")
BOARD = ("SUPERVISOR", "MANAGER", "COORDINATOR")
MOST_AT_ONCE = 25


class CaseList(Page):
    """A list of cases with ready-made lists above, filters beside, and the most urgent first."""

    template_name = "cases/caseload.html"
    url_name = ""

    def listed(self, now):
        """The Worklist of the page."""
        raise NotImplementedError

    def get_context_data(self, **context):
        now, asked = timezone.now(), self.request.GET
        with self.listed(now) as listed:
            tiles = self.tiles(listed.counts())
            ready, order = asked.get("list", ""), asked.get("order")
            order = order if order in queries.ORDERS else "due"
            chosen = CaseFilter(asked, listed.ready_made(ready))
            among = chosen.qs if chosen.chosen or ready else None
            page = Paginator(listed.in_order(order, among), PER_PAGE).get_page(asked.get("page"))
            rows = [case_row(case, now) for case in listed.shown(list(page.object_list))]
        base = reverse(self.url_name)
        context = {
            "tiles": tiles, "filter": chosen, "page": page, "rows": rows, "columns": self.columns(order), "total": tiles[0]["value"],
            "chips": self.chips(chosen), "clear_url": f"{base}?{urlencode({'list': ready})}" if ready else base, "is_narrowed": bool(chosen.chosen or ready),
            "above": panels.drawn_above(self.request, self.url_name, bool(chosen.chosen or ready)),
        } | context  # fmt: skip
        return super().get_context_data(**context)

    def tiles(self, counts):
        """The ready-made lists with how many cases each has."""
        current = self.request.GET.get("list", "")
        base = reverse(self.url_name)
        return [
            {"value": counts[name], "label": label, "url": f"{base}?{urlencode({'list': name})}" if name else base, "current": name == current,
             "alert": name in ("late", "unseen") and counts[name] > 0}
            for name, label in words.READY_NAMES.items()
        ]  # fmt: skip

    def columns(self, order):
        def sort(name):
            query = self.request.GET.copy()
            query["order"] = name
            query.pop("page", None)
            return f"?{query.urlencode()}"

        return [
            {"label": _("Child")}, {"label": _("Risk")}, {"label": _("Concern and step")},
            {"label": _("Next step"), "url": sort("due"), "sorted": "ascending" if order != "seen" else ""},
            {"label": _("Last seen"), "url": sort("seen"), "sorted": "ascending" if order == "seen" else ""},
        ]  # fmt: skip

    def chips(self, chosen):
        found = []
        for name, value, label in chosen.chosen:
            query = self.request.GET.copy()
            query.setlist(name, [other for other in query.getlist(name) if other != value])
            query.pop("page", None)
            found.append({"label": label, "url": f"?{query.urlencode()}"})
        return found


def case_row(case, now):
    """The row of a table of a case as `Worklist.shown` gives it."""
    concerns = [codes.label("concern", concern.code) for concern in case.concerns_noted]
    today = timezone.localtime(now).date()
    about = ", ".join(
        filter(None, [words.age_number(case.child, today), words.boy_or_girl(case.child.sex), case.area.name_in(get_language())])
    )
    shown = ", ".join(concerns[:2]) + (_(" and %(n)d more") % {"n": len(concerns) - 2} if len(concerns) > 2 else "")
    when, note, is_late = words.due(case.next_due, now=now) if case.next_due else ("", "", False)
    unseen = (
        case.last_seen_at is None
        and now - case.registered_at > queries.NOT_SEEN
        or case.last_seen_at
        and now - case.last_seen_at > queries.NOT_SEEN
    )
    return {
        "cells": [
            {"text": case.called.name, "lang": case.called.lang, "url": reverse("cases:case", args=[case.uuid]), "note": about, "code": case.number, "lock": case.sealed},
            {"risk": case.risk},
            {"text": shown or _("None yet"), "note": case.get_state_display().capitalize()},
            {"text": words.deadline_title(case.next_kind) if case.next_kind else _("Nothing due"), "note": f"{when}, {note}" if when and not is_late else when, "note_late": is_late},
            {"text": words.short_day(case.last_seen_at) or _("not yet"), "late": bool(unseen)},
        ]
    }  # fmt: skip


class Caseload(CaseList):
    """My open cases."""

    roles = CASEWORK
    url_name = "cases:caseload"

    def listed(self, now):
        return queries.Worklist.own(self.worker, at=now)

    def get_context_data(self, **context):
        context = super().get_context_data(**context)
        most = profile().caseload["full"]
        number = context["total"]
        lead = (
            ngettext("%(n)d open case.", "%(n)d open cases.", number) % {"n": number}
            + " "
            + _("The agreed ceiling is %(most)d.") % {"most": most}
        )
        buttons = [{"label": _("New report"), "url": reverse("cases:new_report")}] if access.may(self.worker, "cases.report") else []
        return context | {"title": _("My caseload"), "lead": lead, "actions": buttons}


class TeamList(CaseList):
    """The open cases of the team or area."""

    roles = BOARD
    url_name = "cases:team"

    def listed(self, now):
        return queries.Worklist.team(self.worker, at=now)

    def get_context_data(self, **context):
        context = super().get_context_data(**context)
        lead = ngettext("%(n)d open case.", "%(n)d open cases.", context["total"]) % {"n": context["total"]}
        return context | {
            "title": _("Cases of the team") if self.worker.role == "SUPERVISOR" else _("Cases of the area"),
            "lead": lead,
            "actions": [],
            "back": {"url": reverse("cases:board"), "label": _("Team")},
        }


class Board(Page):
    """The supervisor's board: what is red and why, who has too much, what waits for an answer."""

    roles = BOARD
    template_name = "cases/board.html"

    def get_context_data(self, **context):
        now = timezone.now()
        red = queries.red_cases(self.worker, at=now)
        shown = red[:15]
        names = queries.called([line.case.child for line in shown])
        rows = [self.red_row(line, names[line.case.child_id]) for line in shown]
        loads = (
            queries.loads(Worker.objects.filter(is_active=True, role__in=("WORKER", "SUPERVISOR"), team=self.worker.team_id))
            if self.worker.team_id
            else []
        )
        approvals = list(queries.approvals_for(self.worker)) if self.worker.role != "COORDINATOR" else []
        merges = (
            list(
                Merge.objects.visible().filter(decided_at__isnull=True, declined_at__isnull=True).exclude(proposed_by=self.worker).select_related("case", "duplicate")
            )
            if self.worker.role == "SUPERVISOR"
            else []
        )
        doubles = len(pairs.to_decide(self.worker)) + len(elsewhere.waiting(self.worker)) if self.worker.role == "SUPERVISOR" else 0
        reports = len(queries.waiting_reports()) if self.worker.role == "SUPERVISOR" else 0
        limits = profile().caseload
        heavy = sum(load.cases > limits["full"] for load in loads)
        tiles = [{"value": len(red), "label": _("Red cases"), "url": "#red", "alert": bool(red)}]
        if self.worker.role != "COORDINATOR":
            tiles.append(
                {
                    "value": len(approvals),
                    "label": _("Waiting for me"),
                    "url": reverse("cases:approvals"),
                    "alert": any(a.due_at < now for a in approvals),
                }
            )
        if self.worker.role == "SUPERVISOR":
            tiles.append(
                {"value": heavy, "label": _("Caseloads over %(most)d") % {"most": limits["full"]}, "url": "#loads", "alert": bool(heavy)}
            )
            tiles.append({"value": reports, "label": _("Reports waiting"), "url": reverse("cases:reports")})
            tiles.append({"value": doubles, "label": _("Perhaps registered twice"), "url": reverse("cases:pairs")})
        return super().get_context_data(
            title=_("Team") if self.worker.role == "SUPERVISOR" else _("Area"), tiles=tiles, red=rows, red_columns=[{"label": label} for label in (_("Child"), _("Risk"), _("Why it is red"), _("Worker"))], more=len(red) - len(shown),
            loads=[self.load_row(load) for load in loads], load_columns=[{"label": _("Worker")}, {"label": _("Open cases"), "numeric": True}, {"label": _("Weighted by risk"), "numeric": True}, {"label": _("Cases")}],
            approvals=approval_tasks(approvals, now), above=panels.drawn_above(self.request, "cases:team"),
            merges=[{"title": _("Same child? %(a)s and %(b)s") % {"a": m.case.number, "b": m.duplicate.number}, "url": reverse("cases:merge_decision", args=[m.uuid])} for m in merges if m.duplicate is not None], **context,
        )  # fmt: skip

    def red_row(self, line, called):
        case = line.case
        return {
            "cells": [
                {"text": called.name, "lang": called.lang, "url": reverse("cases:case", args=[case.uuid]), "code": case.number, "lock": case.sealed},
                {"risk": case.risk},
                {"text": line.reasons[0], "late": True, "note": "; ".join(line.reasons[1:])},
                {"text": line.worker or _("nobody")},
            ]
        }  # fmt: skip

    def load_row(self, load):
        note = {"warn": _("nearly full"), "full": _("full"), "red": _("far too many")}.get(load.state, "")
        can = self.worker.role in ("SUPERVISOR", "MANAGER") and load.cases
        return {
            "cells": [
                {"text": load.worker.name, "note": codes.label("user_role", load.worker.role)},
                {"text": load.cases, "late": load.state in ("full", "red"), "note": note},
                {"text": f"{load.weighted:g}"},
                {"text": _("Give to others") if can else "", "url": reverse("cases:reassign", args=[load.worker.uuid]) if can else ""},
            ]
        }  # fmt: skip


def approval_tasks(approvals, now):
    """Questions as lines of a task list, the child named where the reader may know the name."""
    names = queries.called([case.child for case in queries.know_children(approval.case for approval in approvals)])
    found = []
    for approval in approvals:
        when, note, is_late = words.due(approval.due_at, now=now)
        found.append({
            "title": _("%(question)s: %(name)s") % {"question": codes.label("approval_type", approval.kind), "name": names[approval.case.child_id].name},
            "url": reverse("cases:approval", args=[approval.uuid]), "note": _("Asked by %(who)s. Case %(number)s.") % {"who": words.by_whom(approval.asked_by), "number": approval.case.number},
            "due": when, "due_note": note, "late": is_late,
        })  # fmt: skip
    return found


class Approvals(Page):
    """Questions that wait for my answer, the nearest first."""

    roles = ("SUPERVISOR", "MANAGER")
    template_name = "cases/approvals.html"

    def get_context_data(self, **context):
        return super().get_context_data(tasks=approval_tasks(list(queries.approvals_for(self.worker)), timezone.now()), **context)


class Reassign(SignedIn):
    """Give up to 25 cases of one worker to others, on one page and with one sending: each case is named with its next worker."""

    roles = ("SUPERVISOR", "MANAGER")
    http_method_names = ["get", "head", "post"]

    def dispatch(self, request, *args, **kwargs):
        if request.worker is not None:
            self.leaving = Worker.objects.filter(uuid=kwargs["worker"], agency=request.worker.agency_id).first()
            if self.leaving is None:
                raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, *args, **kwargs):
        return self.show()

    def post(self, request, *args, **kwargs):
        page = self.page()
        takers = {str(load.worker.uuid): load.worker for load in page["loads"]}
        wanted = [(case, request.POST.get(f"to-{case.uuid}", "")) for case in page["cases"]]
        wanted = [(case, takers[to]) for case, to in wanted if to in takers]
        if not page["cases"]:  # sent twice: the first sending gave them all
            return HttpResponseRedirect(reverse("cases:board"))
        if not wanted:
            return self.show(error=_("Choose a worker for at least one case."), status=422)
        key = client_key(request) or uuid.uuid4()
        given, refused = Counter(), []
        for case, worker in wanted:
            try:
                with transaction.atomic():
                    # One key for the page; each case has its own part of it, so that sending twice gives each case once.
                    actions.assign(case, by=request.worker, worker=worker, client_key=uuid.uuid5(key, str(case.uuid)))
                given[worker.name] += 1
            except (Refused, access.Forbidden) as refusal:
                refused.append(f"{case.number}: {refusal}")
        done = sum(given.values())
        if done:
            share = ", ".join(f"{name} ({number})" for name, number in given.most_common())
            messages.success(
                request, _("%(done)d of %(all)d cases were given: %(share)s.") % {"done": done, "all": len(wanted), "share": share}
            )
        for text in refused:
            messages.warning(request, text)
        return HttpResponseRedirect(request.path if refused else reverse("cases:board"))

    def page(self):
        cases = queries.know_children(queries.led_by(self.leaving)[:MOST_AT_ONCE])
        team = Worker.objects.filter(
            is_active=True, role__in=("WORKER", "SUPERVISOR"), agency=self.leaving.agency_id, team__isnull=False
        ).exclude(pk=self.leaving.pk)
        loads = queries.loads(team)  # least first; who knows the children's area best comes before: the own team
        return {"cases": cases, "loads": sorted(loads, key=lambda load: load.worker.team_id != self.leaving.team_id)[:40]}

    def show(self, error="", status=200):
        page = self.page()
        names = queries.called([case.child for case in page["cases"]])
        turn = queries.shared_out(page["cases"], page["loads"], team=self.leaving.team_id)
        rows = [
            {"case": case, "name": names[case.child_id], "field": f"to-{case.uuid}", "chosen": pk, "sent": self.request.POST.get(f"to-{case.uuid}")}
            for case, pk in zip(page["cases"], turn, strict=True)
        ]  # fmt: skip
        takers = [{"uuid": str(load.worker.uuid), "pk": load.worker.pk, "text": load_text(load)} for load in page["loads"]]
        context = {
            "leaving": self.leaving, "rows": rows, "takers": takers, "error": error, "most": MOST_AT_ONCE, "client_key": self.request.POST.get("client_key") or uuid.uuid4(),
            "back": {"url": reverse("cases:board"), "label": _("Team")},
        }  # fmt: skip
        return render(self.request, "cases/reassign.html", context, status=status)
