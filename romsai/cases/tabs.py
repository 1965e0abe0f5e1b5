"""What cases itself puts on the case page: overview, assessments, timeline, people, who has looked, history.

The page gives each tab the case with `case.standing` (how the reader stands to it) and `case.called` (the child's name for this reader).
What a reader may not see is named, with the reason, instead of left blank.
"""

from datetime import timedelta

from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.cases import lifecycle, panels, queries, timeline, words
from romsai.cases.history import changes
from romsai.cases.models import Assessment, Consent, Guardian, Merge, ReportCase, SafetyPlan
from romsai.core import audit, crypto
from romsai.core.dates import day_text, moment_text
from romsai.people.family_graph import Family, Person, Tie
from romsai.people.models import Address, Contact, Relation
from romsai.places import codes
from romsai.places.models import Worker
from romsai.places.profile import profile
from romsai.questionnaires.models import Form

NEWEST = 8
PAUSE = timedelta(minutes=10)


def link(name, case, *more):
    return reverse(f"cases:{name}", args=[case.uuid, *more])


# overview


@panels.needs("overview")
def for_overview(case, worker):
    """What the blocks of the overview are drawn from."""
    safety = SafetyPlan.objects.visible().filter(case=case).order_by("-from_on", "-pk")[:1]
    return {
        "waiting": case.approvals.waiting().order_by("due_at"),
        "at_work": case.assignments.running().select_related("worker").order_by("-is_lead", "since_at"),
        "events": timeline.events_of(case)[: 3 * NEWEST],  # notes of the system fold into one line
        "guardian": Guardian.objects.filter(case=case).order_by("pk")[:1],
        "reports": ReportCase.objects.visible().filter(case=case).select_related("report").order_by("pk"),
        "safety": safety if "narrative" in case.standing.levels else SafetyPlan.objects.none(),
    }


@panels.needs("overview", "people")
def for_family(case, worker):
    """How the people of the case are related to the child, where the reader may know it."""
    return {"relations": Relation.objects.visible().filter(person=case.child_id)}


@panels.tab("overview", __("Overview"), order=0)
def overview(request, case):
    main, side = [], []
    for block in panels.blocks():
        drawn = block.draw(request, case)
        if drawn:
            (side if block.side else main).append(render_to_string(drawn[0], drawn[1], request=request))
    return "cases/overview.html", {"main": main, "side": side, "alerts": alerts(case)}


def alerts(case):
    """Banners above everything: not seen in time, and what this reader cannot see and why."""
    found, now = [], timezone.now()
    limit = profile().limit("follow_up", case.risk if case.risk != "NONE" else "LOW")
    seen = case.last_seen_at or case.registered_at
    if case.is_open and case.state != "SUSPENDED_UNREACHABLE" and limit and now - seen > limit:
        days = words.days_ago(seen, now=now)
        facts = {"name": case.called.name, "days": days, "risk": codes.label("risk_level", case.risk).lower(), "limit": max(1, limit.days)}
        title = (
            _("%(name)s has not been seen for %(days)d days.")
            if case.last_seen_at
            else _("%(name)s has not been seen since the case was opened %(days)d days ago.")
        )
        links = []
        if case.standing.may("cases.record_visit"):
            links.append({"url": link("visit", case), "label": _("Record a visit")})
        if case.standing.may("cases.assign"):
            links.append({"url": link("assign", case), "label": _("ask a colleague to go")})
        found.append(
            {
                "kind": "danger",
                "title": title % facts,
                "text": _("At this risk (%(risk)s) a child must be seen every %(limit)d days.") % facts,
                "links": links,
            }
        )
    if case.state == "MERGED" and case.merged_into_id:
        merge = Merge.objects.visible().filter(duplicate=case, decided_at__isnull=False, undone_at__isnull=True).first()
        links = [] if merge is None else [
            {"url": reverse("cases:case", args=[case.merged_into.uuid]), "label": _("Open the case that is kept")},
            {"url": reverse("cases:merge_decision", args=[merge.uuid]), "label": _("see both side by side")},
        ]  # fmt: skip
        kept = case.merged_into.number if case.merged_into else _("It goes on with another office, which the supervisor knows.")
        if links == [] and "supervisor" in case.standing.relations and (inquiry := case.inquiries.filter(finds="SAME").first()):
            links = [{"url": reverse("cases:elsewhere", args=[inquiry.uuid]), "label": _("see how it was merged")}]
        found.append({"kind": "info", "title": _("This case was merged into another."), "text": kept, "links": links})
    if "identity" not in case.standing.levels:
        found.append(
            {
                "kind": "info",
                "title": _("You see this case under a pseudonym."),
                "text": _("Your role looks over an area. Names, places and words stay with the people who work on the case."),
                "links": [],
            }
        )
    elif "narrative" not in case.standing.levels:
        found.append(
            {
                "kind": "info",
                "title": _("You see no words and no places of this case."),
                "text": _("They open to you while a question on the case waits for your answer."),
                "links": [],
            }
        )
    return found


@panels.next_steps
def own_steps(case, worker):
    """What cases knows of what comes next: running deadlines, questions that wait, and the next step of the case itself."""
    now = timezone.now()
    for deadline in case.asked["running"]:
        if deadline.kind == "SUPERVISOR_SEES" and not case.standing.may("cases.look_through"):
            continue  # the supervisor's task, not the worker's
        when, note, is_late = words.due(deadline.due_at, now=now)
        url = words.deadline_url(deadline.kind, case) if "assigned" in case.standing.relations or deadline.kind == "SUPERVISOR_SEES" else ""
        yield {
            "title": words.deadline_title(deadline.kind),
            "url": url,
            "due_at": deadline.due_at,
            "due": when,
            "due_note": note,
            "late": is_late,
        }
    for approval in case.asked["waiting"]:
        when, note, is_late = words.due(approval.due_at, now=now)
        mine = approval.asked_by_id != worker.pk and case.standing.may("cases.decide")
        yield {
            "title": _("Answer to: %(question)s") % {"question": codes.label("approval_type", approval.kind)},
            "url": reverse("cases:approval", args=[approval.uuid]) if mine else "",
            "note": "" if mine else _("Waits for the manager") if approval.needs_manager else _("Waits for the supervisor"),
            "due_at": approval.due_at, "due": when, "due_note": note, "late": is_late,
        }  # fmt: skip
    if "assigned" in case.standing.relations and case.is_open:
        for transition, missing in lifecycle.ways(case):
            state = type(case)._meta.get_field("state").choices
            target = dict(state)[transition.target]
            note = missing[0].text if missing else _("Everything for this step is there.")
            yield {"title": _("Go on to: %(step)s") % {"step": target}, "url": link("advance", case), "note": note}


@panels.block("next", order=0)
def next_steps(request, case):
    return "cases/block_next.html", {"case": case, "tasks": panels.steps_for(case, request.worker)}


@panels.block("timeline", order=10)
def newest_events(request, case):
    if "work" not in case.standing.levels:
        return None
    events = timeline.told(case, case.asked["events"], child=case.called)[:NEWEST]
    return "cases/block_timeline.html", {"case": case, "events": events, "filters": timeline_filters(case, None)}


def timeline_filters(case, current):
    names = [("", _("All")), ("contacts", _("Contacts")), ("decisions", _("Decisions"))]
    base = link("tab", case, "timeline")
    return [{"label": label, "url": f"{base}?show={name}" if name else base, "current": current == name} for name, label in names]


@panels.block("family", order=0, side=True)
def family_block(request, case):
    if not case.asked["parts"]:
        return None
    return "cases/block_family.html", {"case": case, "family": family(case), "url": link("tab", case, "people")}


@panels.block("facts", order=10, side=True)
def key_facts(request, case):
    leads = [a.worker for a in case.asked["at_work"] if a.is_lead]
    others = [a.worker.name for a in case.asked["at_work"] if not a.is_lead]
    child = case.child
    rows = [{"label": _("Worker"), "value": leads[0].name if leads else _("nobody"), "note": ", ".join(others)}]
    rows.append({"label": _("Team"), "value": str(case.team), "note": case.agency.name})
    if case.care and "work" in case.standing.levels:
        rows.append({"label": _("Lives"), "value": codes.label("care_arrangement", case.care)})
    if "identity" in case.standing.levels:
        rows.append(
            {
                "label": _("Born"),
                "value": day_text(child.birth) or _("not known"),
                "note": codes.label("age_basis", child.age_basis) if child.age_basis else "",
            }
        )
    if child.nationality:
        rows.append({"label": _("Nationality"), "value": codes.label("country", child.nationality)})
    guardian = next(iter(case.asked["guardian"]), None)
    if guardian and guardian.appointed_at:
        rows.append(
            {"label": _("Guardian"), "value": codes.label("guardian_type", guardian.kind), "note": words.short_day(guardian.appointed_at)}
        )
    elif guardian and guardian.asked_at:
        rows.append({"label": _("Guardian"), "value": _("asked for"), "note": words.short_day(guardian.asked_at)})
    if "work" in case.standing.levels and case.why_this_risk:
        rows.append({"label": _("Why this risk"), "value": case.why_this_risk})
    if case.tracing != "NOT_NEEDED":
        rows.append({"label": _("Tracing"), "value": codes.label("tracing_status", case.tracing)})
    if case.justice != "NONE":
        rows.append({"label": _("Justice"), "value": codes.label("justice_state", case.justice)})
    for told in case.asked["reports"]:
        rows.append(
            {"label": _("Report"), "value": moment_text(told.report.heard_at), "url": reverse("cases:report", args=[told.report.uuid])}
        )
    return "cases/block_facts.html", {"rows": rows, "concerns": concern_rows(case), "case": case}


def concern_rows(case):
    can = case.standing.may("cases.decide_concern") and case.is_open
    rows = []
    for concern in case.asked["concerns"]:
        suspected, state = concern.state == "SUSPECTED", codes.label("concern_state", concern.state)
        note = _("%(state)s. Say what was found.") % {"state": state} if suspected and can else state
        rows.append(
            {
                "title": codes.label("concern", concern.code),
                "note": note,
                "url": link("decide_concern", case, concern.uuid) if can else "",
                "done": not suspected,
            }
        )
    return rows


@panels.block("safety", order=20, side=True)
def safety_plan(request, case):
    if "narrative" not in case.standing.levels:
        return None
    plan = next(iter(case.asked["safety"]), None)
    if plan is None and not case.standing.may("cases.make_safe"):
        return None
    steps = [line.strip("-•* ").strip() for line in str(plan.steps).splitlines() if line.strip()] if plan else []
    is_over = plan is not None and plan.until_on < timezone.localdate()
    until = _("to %(day)s") % {"day": words.short_day(plan.until_on)} if plan else ""
    url = link("safety_plan", case) if case.is_open else ""
    return "cases/block_safety.html", {"steps": steps, "until": until, "is_over": is_over, "url": url}


# assessments


@panels.tab("assessments", __("Assessments"), order=20, level="narrative")
def assessments(request, case):
    if "narrative" not in case.standing.levels:
        return "cases/closed_tab.html", {"text": _("Assessments are read by the people who work on the case.")}
    rows = (
        Assessment.objects.visible().filter(case=case).select_related("version__form", "started_by", "finished_by").order_by("-started_at")
    )
    begun, finished = [], []
    for row in rows:
        fact = {"title": row.version.form.title_in(request.LANGUAGE_CODE), "url": link("assessment", case, row.uuid)}
        if row.finished_at:
            finished.append(fact | {"done": True, "note": words.by_whom(row.finished_by), "due": words.short_day(row.finished_at)})
        else:
            begun.append(
                fact
                | {
                    "note": _("Begun by %(who)s") % {"who": words.by_whom(row.started_by)},
                    "due": words.short_day(row.updated_at or row.started_at),
                }
            )
    offers = []
    if case.standing.may("cases.start_assessment") and case.is_open:
        offers = [{"kind": form.kind, "title": form.title_in(request.LANGUAGE_CODE)} for form in Form.objects.in_use().distinct()]
    return "cases/assessments.html", {"begun": begun, "finished": finished, "offers": offers, "case": case}


# timeline


@panels.tab("timeline", __("Timeline"), order=30, level="work")
def whole_timeline(request, case):
    if "work" not in case.standing.levels:
        return "cases/closed_tab.html", {"text": _("What was done is read by those who work on the case.")}
    show = request.GET.get("show", "")
    only = {"contacts": timeline.CONTACTS, "decisions": timeline.DECISIONS}.get(show)
    events = timeline.told(case, timeline.events_of(case, only), child=case.called)
    return "cases/timeline.html", {"events": events, "filters": timeline_filters(case, show)}


# family and people

GENERATION = {
    "GRANDPARENT": 0,
    "MOTHER": 1,
    "FATHER": 1,
    "STEPPARENT": 1,
    "AUNT_UNCLE": 1,
    "FOSTER_PARENT": 1,
    "GUARDIAN_REL": 1,
    "CHILD_OF": 3,
}
PARENTS = ("MOTHER", "FATHER")


def family(case):
    """The people of a case as a drawing: the child, family and carers, and who is said to have harmed."""
    parts = case.asked["parts"]
    names = queries.called([part.person for part in parts], unnamed=_("name not known"), rows=case.asked["names"])
    relations = {row.relative_id: row for row in case.asked["relations"]}
    today = timezone.localdate()
    people, ties, home = [], [], {case.child_id}
    by_relation = {}
    for part in parts:
        if part.role in ("PROFESSIONAL", "REPORTER", "WITNESS"):
            continue
        pk, is_child = part.person_id, part.role == "CHILD"
        known = relations.get(pk)
        if known and known.lives_together:
            home.add(pk)
        no_contact = bool(known and known.no_contact)
        called = names[pk]
        note = "" if is_child else codes.label("relation_to_child", part.relation or "UNKNOWN_REL").lower()
        people.append(Person(
            str(pk), called.name, words.age_sign(part.person, today), part.person.sex, 2 if is_child else GENERATION.get(part.relation, 2), is_child,
            pk in home, note=_("no contact") if no_contact else note, note_is_warning=no_contact, lang=called.lang,
        ))  # fmt: skip
        by_relation.setdefault(part.relation, []).append(str(pk))
        if is_child:
            continue
        child = str(case.child_id)
        if part.relation in PARENTS:
            ties.append(Tie(str(pk), child, "parent"))
        elif part.relation == "SIBLING":
            ties.append(Tie(str(pk), child, "sibling"))
        elif part.relation == "SPOUSE_PARTNER":
            ties.append(Tie(str(pk), child, "partner"))
        elif part.relation == "CHILD_OF":
            ties.append(Tie(child, str(pk), "parent"))
        if part.is_suspected:
            ties.append(Tie(str(pk), child, "alleged_harm"))
        elif part.role in ("CAREGIVER", "GUARDIAN") or (known and known.is_carer):
            ties.append(Tie(str(pk), child, "cares_for"))
    mother, father = by_relation.get("MOTHER", [None])[0], by_relation.get("FATHER", [None])[0]
    if mother and father:
        ties.append(Tie(mother, father, "partner" if {int(mother), int(father)} <= home else "separated"))
    for grand in by_relation.get("GRANDPARENT", ()):
        if mother or father:
            ties.append(Tie(grand, mother or father, "parent"))
    return Family(_("Family of %(name)s") % {"name": case.called.name}, people, ties)


@panels.tab("people", __("Family and people"), order=40, level="identity")
def people(request, case):
    if not case.asked["parts"]:
        return "cases/closed_tab.html", {"text": _("The people of a case are known to those who work on it.")}
    parts = case.asked["parts"]
    names = queries.called([part.person for part in parts], unnamed=_("name not known"), rows=case.asked["names"])
    ids = [part.person_id for part in parts]
    contacts, today = {}, timezone.localdate()
    for row in crypto.preload(Contact.objects.visible().filter(person_id__in=ids, is_current=True).order_by("pk")):
        contacts.setdefault(row.person_id, []).append(row)
    places = {
        row.person_id: row
        for row in crypto.preload(Address.objects.visible().filter(person_id__in=ids, is_current=True).select_related("area"))
    }
    found = []
    for part in parts:
        called, place = names[part.person_id], places.get(part.person_id)
        rows = [{"label": _("Age"), "value": words.age(part.person, today)}]
        for contact in contacts.get(part.person_id, ()):
            safe = {True: _("safe to use"), False: _("not safe, do not use"), None: _("not known whether it is safe")}[contact.safe_to_call]
            rows.append({"label": contact.get_kind_display(), "value": contact.value, "note": safe})
        if place:
            rows.append({"label": _("Lives"), "value": "\n".join(filter(None, [str(place.text or ""), str(place.area or "")]))})
        tags = [{"text": codes.label("person_role", part.role)}]
        if part.is_suspected:
            tags.append({"text": _("suspected of the harm"), "kind": "warn", "icon": "alert"})
        relation = codes.label("relation_to_child", part.relation) if part.relation else ""
        found.append(
            {
                "name": called.name,
                "lang": called.lang,
                "native": called.native,
                "native_lang": called.native_lang,
                "relation": relation,
                "tags": tags,
                "rows": rows,
            }
        )
    consents = [
        consent_line(case, consent)
        for consent in crypto.preload(Consent.objects.visible().filter(case=case).select_related("recipient").order_by("-asked_at"))
    ]
    missing = "" if "location" in case.standing.levels else _("Addresses are read by the people who work on the case.")
    links = {
        name: link(name, case)
        for name, action in (("person", "cases.add_person"), ("consent", "cases.record_consent"))
        if case.standing.may(action) and case.is_open
    }
    return "cases/people.html", {"family": family(case), "people": found, "consents": consents, "missing": missing, "links": links}


def consent_line(case, consent):
    what, answer, who = (
        codes.shown("consent_type", consent.kind),
        codes.shown("consent_decision", consent.decision),
        codes.shown("consent_giver", consent.giver),
    )
    note, override = day_text(consent.asked_at), codes.shown("consent_override_reason", consent.override_reason)
    if consent.recipient:
        note += ". " + _("With: %(agency)s") % {"agency": consent.recipient.name}
    if consent.until_on:
        note += ", " + _("until %(day)s") % {"day": day_text(consent.until_on)}
    if consent.withdrawn_at:
        answer = codes.Shown(_("Taken back on %(day)s") % {"day": day_text(consent.withdrawn_at)}, get_language(), False)
    can = (
        case.standing.may("cases.withdraw_consent") and not consent.withdrawn_at and consent.decision in ("CONSENT", "ASSENT", "OVERRIDDEN")
    )
    said = str(consent.note) if consent.note and "narrative" in case.standing.levels else ""
    return {
        "what": what,
        "answer": answer,
        "who": who,
        "override": override,
        "note": note,
        "said": said,
        "url": link("withdraw_consent", case, consent.uuid) if can else "",
    }


# who has looked, and what changed


@panels.tab("who", __("Who has looked"), order=80, level="identity")
def who_looked(request, case):
    page = Paginator(_sittings(audit.who_looked(case)), 50).get_page(request.GET.get("page"))
    workers = Worker.objects.select_related("agency").in_bulk({lines[0].worker_id for lines in page if lines[0].worker_id})
    rows = []
    for lines in page:
        worker = workers.get(lines[0].worker_id)
        deeds = told(lines)
        rows.append({"cells": [
            {"text": moment_text(lines[-1].at)},
            {"text": worker.name if worker else _("the system"), "note": codes.label("user_role", worker.role) if worker else ""},
            {"text": worker.agency.name if worker else _("the system")},
            {"text": deeds[0], "note": ". ".join([*deeds[1:], *read_levels(lines)])},
        ]})  # fmt: skip
    columns = [{"label": label} for label in (_("When"), _("Who"), _("Agency"), _("What"))]
    hidden = "identity" not in case.standing.levels
    return "cases/who_looked.html", {"rows": rows, "columns": columns, "page": page, "hidden": hidden}


def _sittings(lines):
    """Lines, newest first, in groups: what one person did without anybody between and without a pause of ten minutes."""
    groups = []
    for line in lines:
        last = groups[-1][-1] if groups else None
        if last and last.worker_id == line.worker_id and last.at - line.at < PAUSE:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def told(lines):
    """What somebody did in one sitting, in words: what they changed, newest first, then the pages they opened."""
    requests = {}
    for line in lines:
        requests.setdefault(line.request, []).append(line)
    done, opened = [], []
    for same in requests.values():
        acts = [line for line in same if not _is_reading(line)]
        # The line of an action stands after those of the actions it called: adding the child is part of opening the case.
        outermost = [
            line for line in acts if not line.action.startswith("people.") or all(other.action.startswith("people.") for other in acts)
        ]
        done += [deed(line) for line in outermost]
        opened += [_page(line) for line in same if _is_reading(line) and not acts]
    pages = list(dict.fromkeys(opened))
    return [*dict.fromkeys(done), *([_("Opened: %(page)s") % {"page": ", ".join(pages)}] if pages else [])]


def read_levels(lines):
    """[which kinds of facts were read], as one sentence; empty where none was."""
    levels = sorted({level for line in lines for level in line.reads})
    return [_("Read: %(what)s") % {"what": ", ".join(str(words.LEVEL_WORDS.get(level, level)) for level in levels)}] if levels else []


def _is_reading(line):
    return line.action.startswith(("GET ", "POST ", "HEAD "))


def deed(line):
    """What an audit line says was done, in words: the action, or the page that was opened."""
    if not _is_reading(line):
        return panels.deed(line.action)
    return _("Opened: %(page)s") % {"page": _page(line)}


def _page(line):
    """The page that an audit line is of, in words."""
    return panels.page_words(line.action.partition(" ")[2]) or _("a page that has no name here")


@panels.tab("history", __("History"), order=90, level="work")
def history(request, case):
    if "work" not in case.standing.levels:
        return "cases/closed_tab.html", {"text": _("The history is read by those who may read the case itself.")}
    names = queries.called([part.person for part in case.asked["parts"]], unnamed=_("name not known"), rows=case.asked["names"])
    entries, page = changes(
        case, page=request.GET.get("page"), opened=request.GET.get("open"), names={pk: called.name for pk, called in names.items()}
    )
    return "cases/history.html", {"entries": entries, "page": page, "case": case}
