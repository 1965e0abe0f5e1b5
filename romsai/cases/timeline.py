"""The timeline of a case: each line of codes as a sentence for people. Higher rooms say how their own kinds read.

@timeline.line("REFERRED", icon="referral")
def referred(event, around):
    return _("Referred to %(agency)s") % …            # or a dict with title, body, tags, detail, url, tone
"""

from dataclasses import dataclass, field
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from romsai.cases.models import CaseState, Note, Verdict, Visit
from romsai.cases.words import by_whom, deadline_title
from romsai.core import crypto
from romsai.core.dates import moment_text
from romsai.core.together import together
from romsai.places import codes
from romsai.places.models import Team, Worker
from romsai.questionnaires.upload import kind_label

_lines, _notes = {}, set()

CONTACTS = ("VISIT", "NEW_REPORT", "LOOKED_FOR")
DECISIONS = (
    "MOVED",
    "RISK",
    "CONCERN_DECIDED",
    "ASKED",
    "DECIDED",
    "CONSENT",
    "CONSENT_WITHDRAWN",
    "SEALED",
    "UNSEALED",
    "EXCLUSION_LIFTED",
    "GLASS_OPENED",
    "GLASS_REVIEWED",
    "GUARDIAN",
    "GUARDIAN_ASKED",
    "REGISTERED",
)


@dataclass
class Around:
    """What the lines may be read with: visits, notes and rows of higher rooms by their UUID, workers and names of teams by id.

    Empty where they may not be read.
    """

    visits: dict = field(default_factory=dict)
    notes: dict = field(default_factory=dict)
    workers: dict = field(default_factory=dict)
    rows: dict = field(default_factory=dict)
    teams: dict = field(default_factory=dict)
    child: str = ""
    child_lang: str = ""


def line(kind, *, icon="info", tone="", is_note=False):
    """Register how one kind of event reads. `is_note`: the system only notes something; several in a row fold into one line."""

    def register(tell):
        _lines[kind] = (tell, icon, tone)
        if is_note:
            _notes.add(kind)
        return tell

    return register


_named_by = {}


def named_by(*facts):
    """Register `rows(case)`: what events of a higher room name by a UUID, or a list of them, among these facts; found in `around.rows`."""

    def register(rows):
        _named_by[facts] = rows
        return rows

    return register


def events_of(case, only=None):
    """The events of a case that this reader may know of, the newest first; `only` some kinds."""
    events = case.events.select_related("by").order_by("-at", "-pk")
    if only:
        events = events.filter(kind__in=only)
    # Only who works on the case learns that somebody looked for the child.
    return events if "assigned" in case.standing.relations else events.exclude(kind="LOOKED_FOR")


def told(case, events, *, child):
    """Events as the timeline component takes them; words of visits and notes where they may be read.

    What the system only notes stands between the visits as one line, however often it noted something.
    """
    events = list(events)
    around = _around(case, events, child)
    return [_told(same, around) for same in _folded(events)]


def _folded(events):
    """The events in order, in groups: notes of the system in a row together, every other event by itself."""
    for is_note, same in groupby(events, key=lambda event: event.by_id is None and event.kind in _notes):
        same = list(same)
        yield from [same] if is_note else ([event] for event in same)


def _told(same, around):
    lines = [tell(event, around) for event in same]
    if len(lines) == 1:
        return lines[0]
    return {
        "icon": "clock", "tone": "", "title": ngettext("%(n)d note by the system", "%(n)d notes by the system", len(lines)) % {"n": len(lines)},
        "at": lines[0]["at"], "iso": lines[0]["iso"], "meta": lines[0]["meta"], "detail_label": _("Show the notes"),
        "detail": "\n".join(f"{line['at']}: {line['title']}" for line in lines),
    }  # fmt: skip


def _around(case, events, child):
    def named(fact):
        return [event.facts[fact] for event in events if event.facts.get(fact)]

    def others(facts):
        found = [value for fact in facts for value in named(fact)]
        return {uuid for value in found for uuid in (value if isinstance(value, list) else [value])}

    visits, notes, workers, teams, *named_rows = together(
        Visit.objects.visible().filter(case=case, uuid__in=named("visit")),
        Note.objects.visible().filter(case=case, uuid__in=named("note")),
        Worker.objects.filter(pk__in=named("worker")),
        Team.objects.filter(pk__in=named("team")),
        *(rows(case).filter(uuid__in=others(facts)) for facts, rows in _named_by.items()),
    )
    crypto.preload([*visits, *notes])
    return Around(
        visits={str(row.uuid): row for row in visits},
        notes={str(row.uuid): row for row in notes},
        workers={row.pk: row for row in workers},
        rows={str(row.uuid): row for rows in named_rows for row in rows},
        teams={row.pk: row.name for row in teams},
        child=child.name,
        child_lang=child.lang,
    )


def tell(event, around):
    """One event as {icon, tone, title, at, iso, meta, body, …}."""
    read, icon, tone = _lines.get(event.kind, (_unknown, "info", ""))
    said = read(event, around)
    if not isinstance(said, dict):
        said = {"title": said}
    return {"icon": icon, "tone": tone, "at": moment_text(event.at), "iso": event.at.isoformat(), "meta": by_whom(event.by)} | said


def _unknown(event, around):
    return event.kind.replace("_", " ").capitalize()


def _named(event, around):
    worker = around.workers.get(event.facts.get("worker"))
    return worker.name if worker else _("a colleague")


@line("REGISTERED", icon="document")
def registered(event, around):
    concerns = ", ".join(codes.label("concern", code) for code in event.facts.get("concerns", ()))
    return {"title": _("Case opened"), "body": concerns}


@line("NEW_REPORT", icon="phone")
def new_report(event, around):
    return _("A new report was added to this case")


@line("ASSIGNED", icon="family")
def assigned(event, around):
    return _("Given to %(name)s") % {"name": _named(event, around)}


@line("RELEASED", icon="family")
def released(event, around):
    return _("%(name)s no longer works on the case") % {"name": _named(event, around)}


@line("LOOKED_THROUGH", icon="check")
def looked_through(event, around):
    return _("The supervisor looked at the case")


@line("UNSEALED", icon="lock")
def unsealed(event, around):
    return _("No longer sealed, as two people decided")


@line("EXCLUSION_LIFTED", icon="lock")
def exclusion_lifted(event, around):
    return _("Somebody is no longer kept from the case, as two people decided")


@line("GLASS_OPENED", icon="alert", tone="police")
def glass_opened(event, around):
    reason = codes.label("access_reason", event.facts.get("reason", ""))
    return _("Opened in an emergency by %(who)s, who does not work on the case: %(reason)s") % {"who": by_whom(event.by), "reason": reason}


@line("GLASS_REVIEWED", icon="check")
def glass_reviewed(event, around):
    verdict = Verdict(event.facts.get("verdict")).label
    return _("The opening in an emergency was looked at: %(verdict)s") % {"verdict": verdict}


@line("HTCDS_TAKEN_OUT", icon="document")
def htcds_taken_out(event, around):
    return _("The trafficking data were taken out under a pseudonym")


@line("SEALED", icon="lock", tone="police")
def sealed(event, around):
    return _("Sealed: only the people named on it reach the case")


@line("RISK", icon="scale", tone="risk")
def risk(event, around):
    after, before = (codes.label("risk_level", event.facts.get(key, "")) for key in ("after", "before"))
    return {"title": _("Risk: %(level)s") % {"level": after}, "body": _("Before: %(level)s.") % {"level": before}}


@line("CONCERN", icon="alert")
def concern(event, around):
    return _("Concern added: %(concern)s") % {"concern": codes.label("concern", event.facts.get("code", ""))}


@line("CONCERN_DECIDED", icon="alert")
def concern_decided(event, around):
    words = {
        "concern": codes.label("concern", event.facts.get("code", "")),
        "state": codes.label("concern_state", event.facts.get("state", "")),
    }
    return _("%(concern)s: %(state)s") % words


@line("CONSENT", icon="check", tone="plan")
def consent(event, around):
    facts = event.facts
    words = {
        "what": codes.label("consent_type", facts.get("kind_of", "")),
        "answer": codes.label("consent_decision", facts.get("decision", "")),
    }
    return {
        "title": _("%(what)s: %(answer)s") % words,
        "body": _("Asked: %(who)s.") % {"who": codes.label("consent_giver", facts.get("giver", ""))},
    }


@line("CONSENT_WITHDRAWN", icon="alert", tone="risk")
def consent_withdrawn(event, around):
    words = {
        "what": codes.label("consent_type", event.facts.get("kind_of", "")),
        "who": codes.label("consent_giver", event.facts.get("giver", "")),
    }
    return {"title": _("Consent taken back by %(who)s: %(what)s") % words, "body": _note_of(event, around)}


@line("VISIT", icon="home", tone="visit")
def visit(event, around):
    facts, words = event.facts, around.visits.get(event.facts.get("visit"))
    kind = codes.label("follow_up_type", words.kind).split(",")[0] if words else _("Contact")
    name = around.child or _("the child")
    if not facts.get("seen"):
        found = _("%(kind)s: %(name)s not seen")
    elif facts.get("safe") is False:
        found = _("%(kind)s: %(name)s seen alone, not safe") if facts.get("alone") else _("%(kind)s: %(name)s seen, not safe")
    elif facts.get("safe"):
        found = _("%(kind)s: %(name)s seen alone, safe today") if facts.get("alone") else _("%(kind)s: %(name)s seen, safe today")
    else:
        found = _("%(kind)s: %(name)s seen alone") if facts.get("alone") else _("%(kind)s: %(name)s seen")
    said = {"title": found % {"kind": kind, "name": name}}
    if facts.get("seen"):
        said["tags"] = [{"text": _("Child seen"), "kind": "brand"}]
    if facts.get("safe") is False:
        said["tone"] = "risk"
    if words:
        said |= {
            "body": words.summary or "",
            "detail": words.words or "",
            "detail_label": _("In %(name)s’s own words") % {"name": name},
            "lang": around.child_lang,
        }
    return said


@line("NOTE", icon="pencil")
def note(event, around):
    words = around.notes.get(event.facts.get("note"))
    return {"title": _("Note"), "body": words.text if words else _("Only the people who work on the case read notes.")}


def _note_of(event, around):
    """The words that were written with another step, where they may be read."""
    words = around.notes.get(event.facts.get("note"))
    return words.text if words else ""


@line("SAFETY_PLAN", icon="shield", tone="plan")
def safety_plan(event, around):
    return _("Safety plan written")


@line("GUARDIAN_ASKED", icon="family")
def guardian_asked(event, around):
    return _("A guardian was asked for")


@line("GUARDIAN", icon="family", tone="plan")
def guardian(event, around):
    return _("Guardian appointed: %(kind)s") % {"kind": codes.label("guardian_type", event.facts.get("kind_of", ""))}


@line("ASKED", icon="message")
def asked(event, around):
    return _("Approval asked: %(what)s") % {"what": codes.label("approval_type", event.facts.get("approval", ""))}


@line("DECIDED", icon="check", tone="plan")
def decided(event, around):
    words = {
        "what": codes.label("approval_type", event.facts.get("approval", "")),
        "answer": codes.label("approval_status", event.facts.get("status", "")),
    }
    return _("%(what)s: %(answer)s") % words


@line("MOVED", icon="forward")
def moved(event, around):
    words = {"state": CaseState(event.to_state).label if event.to_state in CaseState.values else event.to_state}
    said = {"title": _("Now: %(state)s") % words}
    if event.facts.get("override"):
        said["body"] = _("Danger left no time for everything; a second person looks at it.")
    if event.facts.get("note"):
        said["body"] = _note_of(event, around)
    if event.facts.get("reason"):
        said["body"] = codes.label("closure_reason", event.facts["reason"])
    return said


@line("MERGED_IN", icon="transfer")
def merged_in(event, around):
    return _("Case %(number)s was merged into this one") % {"number": event.facts.get("number", "")}


@line("MERGE_UNDONE", icon="transfer")
def merge_undone(event, around):
    return _("The merge was taken back")


@line("LOOKED_FOR", icon="search")
def looked_for(event, around):
    return _("A colleague elsewhere looked for this child; a desk officer will get in touch")


@line("ELSEWHERE_ASKED", icon="search")
def elsewhere_asked(event, around):
    return _("May be known elsewhere: the supervisor is asked")


@line("ELSEWHERE_AGREED", icon="check")
def elsewhere_agreed(event, around):
    return _("Our side agreed to look together with another office")


@line("ELSEWHERE_REFUSED", icon="info")
def elsewhere_refused(event, around):
    return _("Our side did not agree to look together with another office")


@line("ELSEWHERE_SHOWN", icon="eye", tone="plan")
def elsewhere_shown(event, around):
    return _("Both sides agreed: the records of two offices are compared")


@line("ASSESSMENT", icon="document", tone="visit")
def assessment(event, around):
    return _("Finished: %(form)s") % {"form": kind_label(event.facts.get("kind_of", ""))}


@line("LATE", icon="clock", tone="risk", is_note=True)
def late(event, around):
    return _("Late: %(what)s") % {"what": deadline_title(event.facts.get("deadline", ""))}


@line("ESCALATED", icon="alert", tone="risk", is_note=True)
def escalated(event, around):
    if event.facts.get("question"):
        return _("Not answered in time: %(question)s. The manager is told.") % {
            "question": codes.label("approval_type", event.facts["question"])
        }
    return _("Long late: %(what)s. The manager is told.") % {"what": deadline_title(event.facts.get("deadline", ""))}


@line("NEAR_EIGHTEEN", icon="calendar", is_note=True)
def near_eighteen(event, around):
    return _("Turns 18 in %(months)d months: plan for the time after") % {"months": event.facts.get("months", 0)}
