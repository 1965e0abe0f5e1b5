"""Every change to reports and cases. Each asks the policy table, refuses in plain words, and leaves its line."""

import secrets
from datetime import datetime, timedelta
from itertools import cycle

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.cases import deadlines, guards, lanes, lifecycle, screening  # noqa: F401  guards register themselves
from romsai.cases.models import (
    Accused,
    Approval,
    Assessment,
    Assignment,
    Case,
    CaseState,
    Concern,
    Consent,
    Episode,
    Event,
    Exclusion,
    Guardian,
    Incident,
    Inquiry,
    Merge,
    Note,
    Pair,
    Participant,
    Report,
    ReportCall,
    ReportCase,
    Reporter,
    ReportMessage,
    ReportState,
    ReportWords,
    SafetyPlan,
    Visit,
)
from romsai.core import access, crypto
from romsai.core.actions import Refused, action
from romsai.core.keys import client as keys
from romsai.people import actions as people
from romsai.people.names import pseudonym
from romsai.places import codes
from romsai.places.models import Team, Worker
from romsai.places.profile import profile
from romsai.questionnaires import htcds

ORDER = ("NONE", "LOW", "MEDIUM", "HIGH", "IMMEDIATE")
REVERSIBLE = timedelta(days=90)


def note_event(case, kind, *, by, from_state="", to_state="", at=None, **facts):
    """Add a line to the timeline of the case, in codes."""
    return Event.objects.create(case=case, at=at or timezone.now(), kind=kind, by=by, from_state=from_state, to_state=to_state, facts=facts)


def move(case, target, *, by, kind="MOVED", **facts):
    """Put a case into another state and say so on its timeline. Guards have been asked."""
    before, case.state = case.state, target
    case.save(update_fields=["state"])
    note_event(case, kind, by=by, from_state=before, to_state=target, **facts)
    return case


# reports


def receipt_token(receipt):
    """The keyed token of a receipt code, as stored; spaces and dashes do not matter."""
    digits = "".join(c for c in receipt if c.isdigit())
    return keys.tokens("receipt", [digits])[0]


def intake_team(area):
    """The intake team that answers for an area: the one nearest to it, going up."""
    teams = Team.objects.filter(is_intake=True, agency__is_active=True)
    if area is not None:
        near = teams.filter(areas__below__descendant=area).order_by("-areas__level", "pk").first()
        if near:
            return near
    return teams.order_by("pk").first()


@action("cases.report")
def report(
    *,
    by,
    worry,
    danger,
    channel,
    area=None,
    heard_at=None,
    received_at=None,
    receipt=None,
    danger_signs=(),
    reporter_type="",
    children=1,
    language="",
    child_names="",
    child_about="",
    where="",
    reporter_name="",
    reporter_phone="",
    is_safe_to_call=None,
    reporter_is_alleged=False,
    is_about_staff=False,
    is_busy_line=False,
    about_agency=None,
):
    """Take a report. One sentence is enough; the clock starts when an authority first heard.

    `receipt`: the 16 digits shown to the reporter (see new_receipt); only its token is kept. `is_busy_line`: many reports
    come from the connection of this one; from where is kept nowhere. It may then wait in the slow lane (lanes.py).
    `is_about_staff`: it goes to the safeguarding officers and to nobody else (T27); `about_agency`, if known, does not learn of it.
    """
    if not worry or not worry.strip():
        raise Refused(_("Write at least one sentence about what worries you."))
    received_at = received_at or timezone.now()
    heard_at = min(heard_at or received_at, received_at)
    key = crypto.new_key("report")
    token, slow = None, []
    if by is None:
        token = lanes.words_token(worry)
        same = Report.objects.filter(words_token=token, received_at__gt=received_at - lanes.SAME_WITHIN)
        slow = lanes.slow_reasons(
            is_busy_line=is_busy_line, is_repeated=same.exists(), has_place=bool(area or where), worry=worry,
            tells_of_child=bool(child_names or child_about or reporter_phone), is_spared=danger == "yes" or bool(danger_signs) or reporter_type == "CHILD_SELF",
        )  # fmt: skip
    made = Report.objects.create(
        key=key,
        slow_reasons=slow,
        words_token=token,
        receipt=receipt_token(receipt) if receipt else None,
        channel=channel,
        reporter_type=reporter_type,
        danger=danger,
        danger_signs=list(danger_signs),
        area=area,
        team=None if is_about_staff else intake_team(area),
        language=language,
        children=children,
        heard_at=heard_at,
        received_at=received_at,
        decide_by=profile().due("safeguarding", "HIGH", received_at)
        if is_about_staff
        else profile().due("screening", screening_risk(danger, danger_signs), heard_at),
        is_about_staff=is_about_staff,
        recorded_by=by,
    )
    reporter = None
    words = ReportWords.objects.create(
        report=made, key=key, worry=worry.strip(), child_names=child_names or None, child_about=child_about or None, where=where or None
    )
    if reporter_name or reporter_phone or reporter_is_alleged or is_safe_to_call is not None:
        reporter = Reporter.objects.create(
            report=made,
            key=key,
            name=reporter_name or None,
            phone=reporter_phone or None,
            is_safe_to_call=is_safe_to_call,
            is_alleged=reporter_is_alleged,
        )
    screening.index(made, words, reporter)
    # An agency whose own officer is the only one to read it cannot be left out: better read there than by nobody.
    if is_about_staff and about_agency is not None and safeguarding_officers().exclude(agency=about_agency).exists():
        Accused.objects.create(report=made, agency=about_agency, by=by, named_at=received_at)
    return made


def safeguarding_officers():
    return Worker.objects.active(on=timezone.localdate()).filter(role="SAFEGUARD")


def new_receipt():
    """Sixteen digits, in fours. Shown once, kept nowhere."""
    digits = "".join(secrets.choice("0123456789") for _unused in range(16))
    return " ".join(digits[i : i + 4] for i in range(0, 16, 4))


def screening_risk(danger, signs):
    """Which row of the screening limits applies: immediate danger or an open medical window, not known, or no sign."""
    if danger == "yes" or set(signs) & set(codes.get("medical_window").codes):
        return "IMMEDIATE"
    return "HIGH" if danger == "unknown" else "MEDIUM"


@action("cases.add_to_report")
def add_to_report(report, *, by, text):
    """The reporter comes back with the receipt code and adds something."""
    if not text.strip():
        raise Refused(_("Write what you want to add."))
    return ReportMessage.objects.create(report=report, key=report.key, text=text.strip(), from_reporter=True)


@action("cases.answer_reporter")
def answer_reporter(report, *, by, text):
    """Write to the reporter. Never anything of the case: the page says so to whoever writes."""
    if not text.strip():
        raise Refused(_("Write the message first."))
    return ReportMessage.objects.create(report=report, key=report.key, text=text.strip(), from_reporter=False, by=by)


@action("cases.log_call")
def log_call(report, *, by, result, said=""):
    """The reporter was called back, with what result. Never where the number is known to be unsafe, and no message is left."""
    reporter = Reporter.objects.filter(report=report).first()
    if reporter is not None and reporter.is_safe_to_call is False:
        raise Refused(_("It is not safe to call this number. Write to the reporter instead: they read it with the receipt code."))
    if result == "REACHED" and not said.strip():
        raise Refused(_("Write what was said."))
    return ReportCall.objects.create(report=report, key=report.key, at=timezone.now(), result=result, said=said.strip() or None, by=by)


@action("cases.start_screening")
def start_screening(report, *, by):
    """T02. The danger question was answered when the report was taken."""
    if report.state != ReportState.RECEIVED:
        raise Refused(_("Somebody is already looking at this report."))
    report.state, report.screened_by = ReportState.SCREENING, by
    # T02 is met; from now on the limit of T03 and T04 holds, counted from when the authority heard, and is noticed anew.
    decide_by = profile().due("registration", screening_risk(report.danger, report.danger_signs), report.heard_at)
    if decide_by > report.decide_by:
        report.decide_by, report.late_noticed_at = decide_by, None
    report.save()
    return report


@action("cases.screen_out")
def screen_out(report, *, by, disposition, advice, under_five=""):
    """T03. Not with a sign of danger. Some a supervisor looks at first: see `screening.needs_second_look`.

    under_five: "yes", "no", or empty where nobody knows.
    """
    _being_screened(report)
    if report.danger == "yes" or report.danger_signs:
        raise Refused(_("There is a sign of danger. Register the child, or pass the report on by telephone and register it then."))
    if not advice.strip():
        raise Refused(_("Write which advice was given."))
    words = report.words
    words.advice = advice.strip()
    words.save()
    report.sample_check = screening.needs_second_look(report, under_five=under_five, by=by)
    report.disposition, report.decided_at, report.screened_by = disposition, timezone.now(), by
    # With a check to come it stays open at the intake team until the supervisor has agreed.
    report.state = ReportState.SCREENING if report.sample_check else ReportState.SCREENED_OUT
    report.save()
    return report


@action("cases.confirm_screened_out")
def confirm_screened_out(report, *, by, agrees):
    """A supervisor looks at a report that was to be screened out: agrees, or sends it back to be registered."""
    if not report.sample_check or report.state != ReportState.SCREENING:
        raise Refused(_("This report does not wait for a second look."))
    if report.screened_by_id == by.pk:
        raise Refused(_("Somebody else must look at it: you screened it yourself."))
    report.sample_check = False
    if agrees:
        report.state = ReportState.SCREENED_OUT
    else:
        report.disposition, report.decided_at = "", None
    report.save()
    return report


def _being_screened(report):
    if report.state not in (ReportState.RECEIVED, ReportState.SCREENING):
        raise Refused(_("This report was already decided. Open it again to see the result."))


# registration


def least_risk(concerns):
    """The lowest risk that the concerns allow, by the code list."""
    listed = codes.get("concern")
    return max((listed.item(code).get("minimum_risk", "LOW") for code in concerns), key=ORDER.index, default="LOW")


@action("cases.register")
def register(
    report, *, by, child, concerns, risk, worker, consent, area=None, language="", risk_reasons=(), care="", participants=(), seal=False
):
    """T04. Open a case for the child of this report.

    child: {"sex", "age_basis", "names": [{"full", "kind"}], "birth_year", …} for people.add_person.
    consent: {"giver", "decision", "override_reason", "how", "note"} for the service itself.
    participants: [{"role", "relation", "is_suspected", "names", "sex"}].
    """
    _being_screened(report)
    suspected = {line.get("relation") for line in participants if line.get("is_suspected")}
    if consent.get("giver") in ("MOTHER", "FATHER") and consent["giver"] in suspected and consent.get("decision") != "OVERRIDDEN":
        raise Refused(
            _(
                "This carer is suspected of the harm, so their consent is not asked. Record why it is overridden, or ask the child or a guardian."
            )
        )
    case = _open_case(
        report,
        by=by,
        child=child,
        concerns=concerns,
        risk=risk,
        worker=worker,
        consent=consent,
        area=area or report.area,
        language=language or report.language,
        risk_reasons=risk_reasons,
        care=care,
        seal=seal,
    )
    for line in participants:
        _add_person(case, by=by, **line)
    _decide_report(report, ReportState.REGISTERED, "NEW_CASE", by=by)
    return case


def _decide_report(report, state, disposition, *, by):
    report.state, report.disposition, report.decided_at, report.screened_by = state, disposition, timezone.now(), by
    report.sample_check = False
    report.save()


def _open_case(report, *, by, child, concerns, risk, worker, consent, area, language, risk_reasons, care="", seal=False, incident=None):
    if not concerns:
        raise Refused(_("Choose at least one concern."))
    if area is None:
        raise Refused(_("Choose the area where the child is."))
    least = least_risk(concerns)
    if ORDER.index(risk) < ORDER.index(least):
        raise Refused(
            _("With this concern the risk is at least “%(level)s”. Choose that or higher.") % {"level": codes.label("risk_level", least)}
        )
    if worker is None or worker.team_id is None:
        raise Refused(_("Choose the worker who will answer for the child."))
    _works_on_cases(worker)
    _check_consent(consent)
    now = timezone.now()
    person = people.add_person(by=by, **child)
    key = crypto.new_key("case")
    case = Case.objects.create(
        number=_next_number(worker.team, now),
        child=person,
        key=key,
        risk=risk,
        risk_reasons=list(risk_reasons),
        risk_set_at=now,
        high_until=_high_until(risk, now),
        agency=worker.team.agency,
        team=worker.team,
        area=area,
        sealed=seal,
        language=language,
        care=care,
        heard_at=report.heard_at,
        registered_at=now,
        registered_by=by,
        incident=incident,
    )
    Participant.objects.create(case=case, person=person, role="CHILD")
    Episode.objects.create(case=case, opened_at=now)
    ReportCase.objects.create(report=report, case=case)
    Assignment.objects.create(case=case, worker=worker, is_lead=True, since_at=now, by=by)
    for code in concerns:
        Concern.objects.create(case=case, code=code, noted_at=now, by=by)
    _record_consent(case, by=by, kind="SERVICE", **consent)
    note_event(case, "REGISTERED", by=by, to_state=CaseState.REGISTERED, risk=risk, concerns=list(concerns))
    _first_clocks(case, at=now)
    return case


def _first_clocks(case, *, at):
    """T01, T21. The authority heard at heard_at: all is due from then, not from the typing; the supervisor looks once there is a file."""
    deadlines.start(case, "FIRST_CONTACT", at=case.heard_at)
    deadlines.start(case, "INITIAL_ASSESSMENT", at=case.heard_at)
    deadlines.start(case, "SUPERVISOR_SEES", at=at)
    guardian = Guardian.objects.filter(case=case).first()
    if _unaccompanied(case.concerns.live().values_list("code", flat=True)) and not (guardian and guardian.appointed_at):
        deadlines.start(case, "GUARDIAN", at=case.heard_at)


def _unaccompanied(concerns):
    return bool({"SEP-UNA", "SEP-SEP", "NEG-ABA"} & set(concerns)) or any(c.startswith("TRF-") for c in concerns)


def _next_number(team, now):
    """Agency's letters, year, serial: UBN-2026-00418. The serial comes from one sequence, so that numbers tell no counts."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval('cases_number')")
        serial = cursor.fetchone()[0]
    letters = "".join(c for c in team.agency.name.upper() if "A" <= c <= "Z")[:3] or "CPS"
    return f"{letters}-{now.year}-{serial:05d}"


def _high_until(risk, now):
    return (now + timedelta(days=90)).date() if risk in ("HIGH", "IMMEDIATE") else None


@action("cases.register_group")
def register_group(report, *, by, kind, happened_on, area, children, concerns, risk, workers, consent):
    """Many children of one event at once: what they share is typed once, each has a case of their own.

    children: [{"label", "sex", "birth_year", "language", …}]; a name may come later. Children who speak one language go to
    one worker as far as the load allows.
    """
    _being_screened(report)
    if not children:
        raise Refused(_("Write at least one line for a child."))
    if not workers:
        raise Refused(_("Choose at least one worker."))
    incident = Incident.objects.create(report=report, kind=kind, area=area, happened_on=happened_on)
    share = -(-len(children) // len(workers))  # no worker gets more than an even share
    turn, given = cycle(workers), {worker.pk: 0 for worker in workers}
    made, worker, tongue = [], None, object()
    for line in sorted(children, key=lambda c: c.get("language", "")):
        line = dict(line)
        own_language = line.pop("language", "") or report.language
        if worker is None or own_language != tongue or given[worker.pk] >= share:
            worker = min((next(turn) for _unused in workers), key=lambda w: given[w.pk])
            tongue = own_language
        given[worker.pk] += 1
        case = _open_case(
            report,
            by=by,
            child=line,
            concerns=concerns,
            risk=risk,
            worker=worker,
            consent=consent,
            area=area,
            language=own_language,
            risk_reasons=(),
            incident=incident,
        )
        made.append(case)
    report.children = len(made)
    _decide_report(report, ReportState.REGISTERED, "LINKED_GROUP", by=by)
    return incident


@action("cases.link_report")
def link_report(report, *, by, case):
    """T05. A person judged that the report is about a child whose case is open."""
    _being_screened(report)
    if not case.is_open:
        raise Refused(_("That case is closed. Reopen it with this report."))
    ReportCase.objects.get_or_create(report=report, case=case)
    _decide_report(report, ReportState.LINKED, "LINKED_OPEN", by=by)
    note_event(case, "NEW_REPORT", by=by)
    return report


# who works on it


@action("cases.assign")
def assign(case, *, by, worker, is_lead=True):
    """Give the case to a worker. On a sealed case this names a person, and only the lead may."""
    if case.sealed and not case.assignments.running().filter(worker=by, is_lead=True).exists():
        raise access.Forbidden(_("Only the lead worker names people on a sealed case."))
    _works_on_cases(worker, is_lead=is_lead)
    if access.subjects["case"].excluded(worker).filter(case_id=case.pk).exists():
        raise Refused(_("%(name)s cannot work on this case. Choose somebody else.") % {"name": worker.name})
    if is_lead and worker.agency_id != case.agency_id:  # T23: to another agency only with consent, and when it accepts
        raise Refused(_("%(name)s works at another agency. Offer the case to their team instead.") % {"name": worker.name})
    now = timezone.now()
    running = case.assignments.running()
    if is_lead:
        running.filter(is_lead=True).exclude(worker=worker).update(until_at=now)
    existing = running.filter(worker=worker).first()
    if existing:
        existing.is_lead = is_lead
        existing.save(update_fields=["is_lead"])
    else:
        Assignment.objects.create(case=case, worker=worker, is_lead=is_lead, since_at=now, by=by)
    if is_lead and worker.team_id and worker.team_id != case.team_id and worker.agency_id == case.agency_id:
        case.team = worker.team
        case.save(update_fields=["team"])
    note_event(case, "ASSIGNED", by=by, worker=worker.pk)
    return case


def _works_on_cases(worker, *, is_lead=True):
    """A case given to somebody who may not open it would be a case of nobody."""
    if is_lead and worker.is_machine:
        raise Refused(_("%(name)s is another system: it can work beside, but a person answers for the child.") % {"name": worker.name})
    if worker.role not in access.policy().relations["assigned"].roles or not access.acts(worker):
        raise Refused(_("%(name)s cannot work on cases. Choose somebody else.") % {"name": worker.name})


@action("cases.release")
def release(case, *, by, worker):
    """Somebody no longer works on the case. The lead is replaced, never just taken away."""
    running = case.assignments.running().filter(worker=worker).first()
    if running is None:
        raise Refused(_("%(name)s does not work on this case.") % {"name": worker.name})
    if running.is_lead:
        raise Refused(_("A case always has a lead worker. Give it to somebody else instead."))
    running.until_at = timezone.now()
    running.save(update_fields=["until_at"])
    note_event(case, "RELEASED", by=by, worker=worker.pk)
    return case


@action("cases.look_through")
def look_through(case, *, by):
    """The supervisor has looked at the case in good time; a look at the page alone does not count."""
    deadlines.done(case, "SUPERVISOR_SEES", "SEARCH_SUPERVISOR")
    note_event(case, "LOOKED_THROUGH", by=by)
    return case


@action("cases.seal")
def seal(case, *, by):
    """From now on only the people named on the case reach it; rank gives nothing."""
    if case.sealed:
        raise Refused(_("The case is sealed already."))
    for each in of_one_child(case):
        if not each.sealed:
            each.sealed = True
            each.save(update_fields=["sealed"])
            note_event(each, "SEALED", by=by)
    case.sealed = True
    return case


@action("cases.unseal")
def unseal(case, *, by):
    """The seal is no longer needed: rank counts again. Two people decide it (romsai.core.second)."""
    if not case.sealed:
        raise Refused(_("The case is not sealed."))
    case.sealed = False
    case.save(update_fields=["sealed"])
    note_event(case, "UNSEALED", by=by)
    return case


@action("cases.exclude")
def exclude(case, *, by, reason, worker=None, team=None, agency=None):
    """Somebody accused or related never sees this case, whatever else they may do."""
    if [worker, team, agency].count(None) != 2:
        raise Refused(_("Name one worker, one team or one agency."))
    if worker is not None and worker.pk == by.pk:
        raise Refused(_("Ask your supervisor to take you off the case first."))
    for each in of_one_child(case):
        _keep_from(each, worker=worker, team=team, agency=agency, reason=reason, by=by)
    return case


def of_one_child(case):
    """The case, what was merged into it and what it was merged into: whoever is kept from one of them is kept from all."""
    while case.merged_into_id:
        case = case.merged_into
    found = [case]
    for each in found:
        found += each.merged.all()
    return found


def _keep_from(case, *, worker, team, agency, reason, by):
    whom = {"worker": worker, "team": team, "agency": agency}
    Exclusion.objects.get_or_create(case=case, lifted_at=None, **whom, defaults={"reason": reason, "by": by})
    if worker is not None:
        case.assignments.running().filter(worker=worker).update(until_at=timezone.now())


@action("cases.lift_exclusion")
def lift_exclusion(exclusion, *, by):
    """They may see the case again, as far as anything else gives them a right to. Two people decide it (romsai.core.second)."""
    if exclusion.lifted_at is not None:
        raise Refused(_("They are no longer kept from the case."))
    exclusion.lifted_at = timezone.now()
    exclusion.save(update_fields=["lifted_at"])
    note_event(exclusion.case, "EXCLUSION_LIFTED", by=by)
    return exclusion


# people, risk and concerns


def _add_person(case, *, by, role, relation="", is_suspected=False, **person):
    """The part in the case comes first: who is in a case is reached through it, so the person may then be written."""
    pk = people.next_id()
    part = Participant.objects.create(case=case, person_id=pk, role=role, relation=relation, is_suspected=is_suspected)
    added = people.add_person(by=by, person_id=pk, **person)
    if relation in ("MOTHER", "FATHER"):  # by them children are found, and told from others of their name
        people.relate(case.child, by=by, relative=added, kind=relation)
    return part


@action("cases.add_person")
def add_person(case, *, by, role, relation="", is_suspected=False, **person):
    """Add a family member, a trusted person, or someone said to have harmed the child."""
    return _add_person(case, by=by, role=role, relation=relation, is_suspected=is_suspected, **person)


@action("cases.set_risk")
def set_risk(case, *, by, risk, reasons=()):
    """Raising counts at once. Lowering is asked of the supervisor and counts when approved (T14)."""
    _open(case)
    now = timezone.now()
    live = list(case.concerns.live().values_list("code", flat=True))
    least = least_risk(live) if case.state in (CaseState.REGISTERED, CaseState.INITIAL_ASSESSMENT) else "NONE"
    if ORDER.index(risk) < ORDER.index(least):
        raise Refused(_("With the concerns of this case the risk is at least “%(level)s”.") % {"level": codes.label("risk_level", least)})
    if ORDER.index(risk) < ORDER.index(case.risk):
        if not reasons:
            raise Refused(_("Say why the risk is lower now."))
        _ask(case, "RISK_DOWN", by=by, wanted=risk, why="; ".join(reasons))
        case.risk_set_at = now
        case.save(update_fields=["risk_set_at"])
        return case
    _apply_risk(case, risk, reasons, by=by, at=now)
    return case


def _apply_risk(case, risk, reasons, *, by, at):
    before = case.risk
    case.risk, case.risk_set_at = risk, at
    case.risk_reasons = list(reasons) or case.risk_reasons
    case.high_until = _high_until(risk, at) or case.high_until
    case.save(update_fields=["risk", "risk_set_at", "risk_reasons", "high_until"])
    if before != risk:
        note_event(case, "RISK", by=by, before=before, after=risk)
        for kind in case.deadlines.running().values_list("kind", flat=True):
            if kind in deadlines.STEPS:
                deadlines.start(case, kind, at=at)


@action("cases.add_concern")
def add_concern(case, *, by, code, setting=""):
    """A further concern joins the one file; a high one raises the risk."""
    _open(case)
    if case.concerns.filter(code=code).exists():
        raise Refused(_("This concern is already on the case."))
    now = timezone.now()
    made = Concern.objects.create(case=case, code=code, setting=setting, noted_at=now, by=by)
    note_event(case, "CONCERN", by=by, code=code)
    least = least_risk([code])
    if ORDER.index(least) > ORDER.index(case.risk):
        _apply_risk(case, least, [], by=by, at=now)
    if case.state == CaseState.FOLLOW_UP or case.state == CaseState.IMPLEMENTATION:
        move(case, CaseState.REVIEW, by=by)
        clocks_on_entry(case)
    deadlines.done(case, "NO_CONCERN")
    return made


@action("cases.decide_concern")
def decide_concern(concern, *, by, state):
    """Say what was found of a concern: substantiated, not, under way, resolved, persisting, handled elsewhere."""
    if state not in codes.get("concern_state"):
        raise Refused(_("Choose what was found."))
    concern.state, concern.decided_at = state, timezone.now()
    concern.save(update_fields=["state", "decided_at"])
    case = concern.case
    note_event(case, "CONCERN_DECIDED", by=by, code=concern.code, state=state)
    if case.concerns.exclude(state="UNSUBSTANTIATED").exists():
        deadlines.done(case, "NO_CONCERN")
    elif case.state == CaseState.INITIAL_ASSESSMENT:
        deadlines.start(case, "NO_CONCERN", at=concern.decided_at)  # T08
    return concern


# consent


def _check_consent(consent):
    if consent.get("decision") == "OVERRIDDEN" and consent.get("override_reason") not in codes.get("consent_override_reason"):
        raise Refused(_("Say why the case goes on without consent: only the listed reasons count."))
    if consent.get("decision") in ("REFUSED", "NOT_ABLE", "WITHDRAWN", None):
        raise Refused(_("Without consent the case can be registered only with a listed reason. Choose “overridden” and the reason."))


def _record_consent(
    case,
    *,
    by,
    kind,
    giver,
    decision,
    override_reason="",
    giver_person=None,
    recipient=None,
    levels=(),
    language="",
    how="",
    until_on=None,
    note="",
):
    return Consent.objects.create(
        case=case, key=case.key, kind=kind, giver=giver, giver_person=giver_person, decision=decision, override_reason=override_reason,
        recipient=recipient, levels=list(levels), language=language, how=how, until_on=until_on, note=note or None, asked_at=timezone.now(), by=by,
    )  # fmt: skip


@action("cases.record_consent")
def record_consent(case, *, by, kind, giver, decision, **facts):
    """Write down what a child or carer answered. A carer suspected of the harm is not asked (gate G2)."""
    if kind == "MEDIA":
        raise Refused(_("Consent for media is never asked inside a case."))
    if giver != "CHILD" and is_suspected(case, giver, facts.get("giver_person")) and decision != "OVERRIDDEN":
        raise Refused(
            _(
                "This carer is suspected of the harm, so their consent is not asked. Record why it is overridden, or ask the child or a guardian."
            )
        )
    if decision == "OVERRIDDEN" and facts.get("override_reason") not in codes.get("consent_override_reason"):
        raise Refused(_("Say why it goes on without consent: only the listed reasons count."))
    made = _record_consent(case, by=by, kind=kind, giver=giver, decision=decision, **facts)
    note_event(case, "CONSENT", by=by, kind_of=kind, giver=giver, decision=decision)
    return made


def is_suspected(case, giver, person=None):
    """Is the person who would give or take back consent suspected of the harm?"""
    suspects = case.participants.filter(is_suspected=True)
    if person is not None:
        return suspects.filter(person=person).exists()
    relation = {"MOTHER": "MOTHER", "FATHER": "FATHER"}.get(giver)
    return bool(relation) and suspects.filter(relation=relation).exists()


@action("cases.withdraw_consent")
def withdraw_consent(consent, *, by, giver, giver_person=None, child_wish=""):
    """Gate G5. It counts at once; care stops what was shared by it. A carer suspected of the harm cannot withdraw."""
    case = consent.case
    if consent.withdrawn_at:
        raise Refused(_("This consent was taken back before."))
    if is_suspected(case, giver, giver_person):
        raise Refused(_("This carer is suspected of the harm and cannot take the consent back. Ask the child or the guardian."))
    if giver != "CHILD" and not child_wish.strip():
        raise Refused(_("Ask the child and write down the child's own wish."))
    consent.withdrawn_at, consent.withdrawn_by_giver = timezone.now(), giver
    consent.save(update_fields=["withdrawn_at", "withdrawn_by_giver"])
    wish = Note.objects.create(case=case, key=case.key, text=child_wish.strip(), at=timezone.now(), by=by) if child_wish.strip() else None
    note_event(case, "CONSENT_WITHDRAWN", by=by, kind_of=consent.kind, giver=giver, **({"note": str(wish.uuid)} if wish else {}))
    return consent


# work with the child


@action("cases.record_visit")
def record_visit(case, *, by, at, kind, child_seen, seen_alone=False, is_safe=None, outcome="", words="", summary="", wellbeing=None):
    """Log a contact. The first one with the child seen stops the first clock; each starts the next."""
    _open(case)
    if at > timezone.now():
        raise Refused(_("A contact cannot lie in the future."))
    if seen_alone and not child_seen:
        raise Refused(_("A child who was not seen was not seen alone. Tick both or neither."))
    made = Visit.objects.create(
        case=case,
        key=case.key,
        at=at,
        kind=kind,
        child_seen=child_seen,
        seen_alone=seen_alone,
        is_safe=is_safe,
        outcome=outcome,
        words=words or None,
        summary=summary or None,
        wellbeing=wellbeing or {},
        by=by,
    )
    if case.state == CaseState.SUSPENDED_UNREACHABLE:
        deadlines.renew(case, "SEARCH", at=at)  # T24: looked for again
    if child_seen:
        if case.last_seen_at is None or at > case.last_seen_at:
            case.last_seen_at = at
            case.save(update_fields=["last_seen_at"])
        deadlines.done(case, "FIRST_CONTACT", at=at)
        deadlines.renew(case, "FOLLOW_UP", at=at, due_at=deadlines.next_visit(case, at=at))
    note_event(case, "VISIT", by=by, at=at, visit=str(made.uuid), seen=child_seen, alone=seen_alone, safe=is_safe)
    return made


@action("cases.write_note")
def write_note(case, *, by, text):
    """Keep a note on the case, in words; sealed with the case."""
    if not text.strip():
        raise Refused(_("Write the note first."))
    made = Note.objects.create(case=case, key=case.key, text=text.strip(), at=timezone.now(), by=by)
    note_event(case, "NOTE", by=by, note=str(made.uuid))
    return made


@action("cases.make_safe")
def make_safe(case, *, by, steps, until_on):
    """Write the safety plan: what keeps the child safe until the plan is in place."""
    _open(case)
    today = timezone.localdate()
    if until_on <= today:
        raise Refused(_("The safety plan must hold until a later day."))
    made = SafetyPlan.objects.create(case=case, key=case.key, steps=steps, from_on=today, until_on=until_on, by=by)
    note_event(case, "SAFETY_PLAN", by=by)
    return made


@action("cases.ask_guardian")
def ask_guardian(case, *, by):
    """The competent authority is asked to appoint someone who speaks for the child."""
    guardian, _made = Guardian.objects.get_or_create(case=case)
    if guardian.asked_at:
        raise Refused(_("A guardian was asked for before."))
    guardian.asked_at = timezone.now()
    guardian.save(update_fields=["asked_at"])
    deadlines.done(case, "GUARDIAN")
    note_event(case, "GUARDIAN_ASKED", by=by)
    return guardian


@action("cases.appoint_guardian")
def appoint_guardian(case, *, by, kind, person=None):
    """A guardian was appointed."""
    guardian, _made = Guardian.objects.get_or_create(case=case)
    guardian.kind, guardian.person, guardian.appointed_at = kind, person, timezone.now()
    guardian.asked_at = guardian.asked_at or guardian.appointed_at
    guardian.save()
    deadlines.done(case, "GUARDIAN")
    note_event(case, "GUARDIAN", by=by, kind_of=kind)
    return guardian


# assessments


@action("cases.start_assessment")
def start_assessment(case, *, by, version, language=""):
    """Begin a questionnaire, or go on with the one that is begun."""
    _open(case)
    kind = version.form.kind
    begun = case.assessments.filter(kind=kind, finished_at__isnull=True).first()
    if begun:
        return begun
    return Assessment.objects.create(
        case=case, kind=kind, version=version, key=case.key, language=language, started_by=by, started_at=timezone.now()
    )


@action("cases.answer_assessment")
def answer_assessment(assessment, *, by, answers, page=None, language=None, revision=None, touched=()):
    """Keep the answers of a page, as far as they are; nothing typed is lost, and nothing that another saved meanwhile."""
    assessment.keep(answers, by=by, page=page, language=language, revision=revision, touched=touched)
    assessment.save()
    return assessment


@action("cases.finish_assessment")
def finish_assessment(assessment, *, by):
    """Close a questionnaire when every answer stands; from now on it is read, not changed."""
    assessment.finish(by=by)
    assessment.save()
    note_event(assessment.case, "ASSESSMENT", by=by, kind_of=assessment.kind, assessment=str(assessment.uuid))
    return assessment


@action("cases.export_htcds")
def export_htcds(assessment, *, by):
    """The finished answers of the HTCDS form as one line of the standard's file, under a pseudonym, without words or names."""
    if assessment.kind != "HTCDS" or not assessment.is_finished:
        raise Refused(_("Only a finished HTCDS form can be taken out. Finish it first."))
    note_event(assessment.case, "HTCDS_TAKEN_OUT", by=by)
    return htcds.record(assessment.run().values, pseudonym(assessment.case).split()[-1])


# approvals


@action("cases.ask_approval")
def ask_approval(case, *, by, kind, why="", wanted=""):
    """Ask a second person. One question of a kind at a time."""
    return _ask(case, kind, by=by, why=why, wanted=wanted)


def _ask(case, kind, *, by, why="", wanted="", needs_manager=False, due_at=None):
    if case.approvals.waiting().filter(kind=kind).exists():
        raise Refused(_("This was asked already and waits for an answer."))
    now = timezone.now()
    risk = case.risk if case.risk != "NONE" else "LOW"
    made = Approval.objects.create(
        case=case,
        key=case.key,
        kind=kind,
        wanted=wanted,
        why=why or None,
        needs_manager=needs_manager,
        asked_at=now,
        asked_by=by,
        due_at=due_at or profile().due("plan_decision", risk, now),
    )
    note_event(case, "ASKED", by=by, approval=kind)
    return made


decisions = {}  # kind of approval -> function(approval, approved: bool, by): what follows from the answer


def decision(kind):
    """Register what follows from an answer; higher rooms add theirs."""

    def register(follow):
        decisions[kind] = follow
        return follow

    return register


@action("cases.decide")
def decide(approval, *, by, status, answer=""):
    """Approve, return with questions, or reject. Nobody decides their own; the manager where the law of the house says so."""
    case = approval.case
    if approval.status != "REQUESTED":
        raise Refused(_("This was decided already."))
    if approval.asked_by_id == by.pk:
        raise Refused(_("Somebody else must decide: you asked for it yourself."))
    if approval.needs_manager and by.role != "MANAGER":
        raise Refused(_("The manager of the area decides this one."))
    if status not in ("APPROVED", "RETURNED", "REJECTED"):
        raise Refused(_("Choose an answer."))
    if status != "APPROVED" and not answer.strip():
        raise Refused(_("Say why, so that the worker knows what to change."))
    approval.status, approval.answer = status, answer.strip() or None
    approval.decided_at, approval.decided_by = timezone.now(), by
    approval.save()
    note_event(case, "DECIDED", by=by, approval=approval.kind, status=status)
    deadlines.done(case, "SUPERVISOR_SEES")
    follow = decisions.get(approval.kind)
    if follow:
        follow(approval, status == "APPROVED", by)
    return approval


@decision("RISK_DOWN")
def _risk_lowered(approval, approved, by):
    if approved:
        _apply_risk(approval.case, approval.wanted, str(approval.why).split("; "), by=by, at=timezone.now())


# moving on


@action("cases.advance")
def advance(case, *, by, to, override=""):
    """Take the next step, if its guards allow. With `override` (why danger leaves no time) those that may be passed are passed."""
    transition = lifecycle.find(case, to)
    if transition is None:
        raise Refused(_("The case cannot go there from where it is. Open it again to see what comes next."))
    found = lifecycle.missing(case, transition)
    passed = [item for item in found if item.can_override and override.strip()]
    left = [item for item in found if item not in passed]
    if left:
        raise Refused(*(item.text for item in left))
    if passed:
        due_at = profile().due("emergency_access_review", "HIGH", timezone.now())
        _ask(case, "BREAK_GLASS", by=by, why=override, wanted=passed[0].code, due_at=due_at)
    move(case, to, by=by, override=[item.code for item in passed])
    clocks_on_entry(case)
    return case


def clocks_on_entry(case):
    """Stop and start what the state just entered asks for.

    The limits of domain notes 2.1 count from when the authority heard, so that a late step does not put off the next.
    """
    now = timezone.now()
    if case.state == CaseState.INITIAL_ASSESSMENT:
        deadlines.start(case, "INITIAL_ASSESSMENT", at=case.heard_at)
    elif case.state == CaseState.FULL_ASSESSMENT:
        deadlines.done(case, "INITIAL_ASSESSMENT", "NO_CONCERN")
        deadlines.start(case, "FULL_ASSESSMENT", at=case.heard_at)
    elif case.state == CaseState.PLANNING:
        deadlines.done(case, "FULL_ASSESSMENT", "AFTER_REVIEW")
        deadlines.start(case, "PLAN", at=now if _went_on(case) else case.heard_at)
    elif case.state == CaseState.IMPLEMENTATION:
        deadlines.done(case, "PLAN", "AFTER_REVIEW")
        deadlines.renew(case, "REVIEW", at=now)
    elif case.state == CaseState.REVIEW:
        deadlines.done(case, "REVIEW", "SEARCH", "SEARCH_SUPERVISOR", "SEARCH_MANAGER", "NO_CONCERN")
        deadlines.start(case, "AFTER_REVIEW", at=now)


def _went_on(case):
    """Did this episode come to a review or a search before? Then a new plan has a time of its own."""
    later = (CaseState.REVIEW, CaseState.IMPLEMENTATION, CaseState.SUSPENDED_UNREACHABLE)
    begun = case.episodes.order_by("-opened_at").first()
    return case.events.filter(to_state__in=later, at__gte=begun.opened_at if begun else case.heard_at).exists()


@decision("REUNIFY")
def _goals_met(approval, approved, by):
    """T16: the supervisor agreed that the main goals are met. Where a solution is wanted, a higher room goes on with it."""
    case = approval.case
    if approved and not approval.wanted and case.state in (CaseState.IMPLEMENTATION, CaseState.REVIEW):
        move(case, CaseState.FOLLOW_UP, by=by)
        deadlines.done(case, "REVIEW", "AFTER_REVIEW")


@action("cases.suspend")
def suspend(case, *, by, why):
    """T24. The child cannot be found and the search has begun; never for lack of staff."""
    transition = lifecycle.find(case, CaseState.SUSPENDED_UNREACHABLE, "suspend")
    if transition is None:
        raise Refused(_("This case cannot be set aside now."))
    if not why.strip():
        raise Refused(_("Write how the child is being searched for."))
    now = timezone.now()
    note = Note.objects.create(case=case, key=case.key, text=why.strip(), at=now, by=by)
    move(case, CaseState.SUSPENDED_UNREACHABLE, by=by, note=str(note.uuid))
    case.suspended_at = now
    case.save(update_fields=["suspended_at"])
    deadlines.stop_all(case, at=now)
    for kind in ("SEARCH", "SEARCH_SUPERVISOR", "SEARCH_MANAGER"):
        deadlines.start(case, kind, at=now)
    return case


@action("cases.resume")
def resume(case, *, by):
    """T25. The child was found: what rested is due again, and the child must be seen."""
    if case.state != CaseState.SUSPENDED_UNREACHABLE:
        raise Refused(_("The case is not set aside."))
    now, rested_at = timezone.now(), case.suspended_at
    move(case, CaseState.REVIEW, by=by)
    case.suspended_at = None
    case.save(update_fields=["suspended_at"])
    clocks_on_entry(case)
    deadlines.go_on(case, at=now, rested_at=rested_at)
    return case


@action("cases.ask_closure")
def ask_closure(case, *, by, reason):
    """T08, T18, T25. Ask to close; the criteria that apply to the reason are named one by one when they are not met."""
    transition = lifecycle.find(case, CaseState.CLOSURE_REQUESTED, "ask_closure")
    if transition is None:
        raise Refused(_("The case cannot be closed from where it is. Finish the plan or its review first."))
    if reason == "TRANSFERRED_CLOSE":
        raise Refused(
            _("For this reason a case ends by itself, when whoever takes over has given a receipt. Hand it over outside the system.")
        )
    if transition.number == "T08":
        if reason != "NOT_SUBSTANTIATED":
            raise Refused(_("After the initial assessment a case closes only if no concern was found to be so."))
        if case.concerns.exclude(state="UNSUBSTANTIATED").exists():
            raise Refused(_("Some concerns are not decided, or were found to be so. Decide each first."))
    left = lifecycle.closure_missing(case, reason)
    if left:
        raise Refused(*(item.text for item in left))
    recent_high = case.high_until is not None and case.high_until >= timezone.localdate()
    due_at = profile().due("closure_decision", case.risk, timezone.now())
    deadlines.done(case, "NO_CONCERN")
    _ask(case, "CLOSURE", by=by, wanted=reason, needs_manager=recent_high or reason in ("DIED", "UNREACHABLE_CLOSE"), due_at=due_at)
    move(case, CaseState.CLOSURE_REQUESTED, by=by, reason=reason)
    return case


@decision("CLOSURE")
def _closed(approval, approved, by):
    """T19, T20."""
    case, now = approval.case, timezone.now()
    if not approved:
        move(case, CaseState.REVIEW, by=by)
        clocks_on_entry(case)
        return
    end(case, CaseState.CLOSED, by=by, reason=approval.wanted, concerns="RESOLVED", at=now)


def end(case, target, *, by, reason, concerns, at):
    """The episode is over: no clock runs on, and what was still live of the concerns is `concerns` now. Guards have been asked."""
    move(case, target, by=by, reason=reason)
    case.closed_at = at
    case.save(update_fields=["closed_at"])
    case.episodes.filter(closed_at__isnull=True).update(closed_at=at, reason=reason)
    case.concerns.live().update(state=concerns, decided_at=at)
    deadlines.stop_all(case, at=at)


@action("cases.reopen")
def reopen(case, *, by, report=None):
    """T21. A new report on the same child: a new episode, the clocks start again, the earlier file stays readable."""
    if lifecycle.find(case, CaseState.REOPENED, "reopen") is None:
        raise Refused(_("Only a closed case can be reopened."))
    now = timezone.now()
    heard = report.heard_at if report else now
    move(case, CaseState.REOPENED, by=by)
    case.closed_at, case.heard_at = None, heard
    case.save(update_fields=["closed_at", "heard_at"])
    Episode.objects.create(case=case, opened_at=now)
    if report is not None:
        ReportCase.objects.get_or_create(report=report, case=case)
        _decide_report(report, ReportState.LINKED, "REOPEN", by=by)
    _first_clocks(case, at=now)
    return case


# the same child twice


@action("cases.propose_merge")
def propose_merge(case, *, by, duplicate):
    """T26. A supervisor says that two cases are of one child; another supervisor decides."""
    if case.pk == duplicate.pk:
        raise Refused(_("Choose another case."))
    if CaseState.MERGED in (case.state, duplicate.state):
        raise Refused(_("One of the two was merged before."))
    open_ = Merge.objects.filter(decided_at=None, declined_at=None)
    if waiting := open_.filter(Q(case=case, duplicate=duplicate) | Q(case=duplicate, duplicate=case)).first():
        return waiting
    return Merge.objects.create(case=case, duplicate=duplicate, state_before=duplicate.state, proposed_by=by, proposed_at=timezone.now())


@action("cases.merge")
def merge(proposal, *, by):
    """Carry out a merge. All rows are kept; a seal or an exclusion of either holds for both."""
    if proposal.decided_at or proposal.declined_at:
        raise Refused(_("This was decided already."))
    if proposal.proposed_by_id == by.pk:
        raise Refused(_("A second supervisor must decide: you proposed it yourself."))
    _sees_both(by, proposal, both_say_so=True)
    kept, other, now = proposal.case, proposal.duplicate, timezone.now()
    if CaseState.MERGED in (kept.state, other.state):
        raise Refused(_("One of the two was merged before."))
    have = set(kept.concerns.values_list("code", flat=True))
    added = [
        Concern.objects.create(case=kept, code=c.code, setting=c.setting, state=c.state, noted_at=c.noted_at, by=by).pk
        for c in other.concerns.all()
        if c.code not in have
    ]
    both = [*of_one_child(kept), *of_one_child(other)]
    standing = list(Exclusion.objects.standing().filter(case__in=both).select_related("worker", "team", "agency", "by"))
    for each in both:
        for line in standing:
            _keep_from(each, worker=line.worker, team=line.team, agency=line.agency, reason=line.reason, by=by)
        if any(case.sealed for case in both) and not each.sealed:
            Case.objects.filter(pk=each.pk).update(sealed=True)
    kept.sealed = other.sealed = any(case.sealed for case in both)
    for link in list(other.report_links.all()):
        ReportCase.objects.get_or_create(report_id=link.report_id, case=kept)
    proposal.state_before, proposal.moved = other.state, {"concerns": added}
    proposal.decided_by, proposal.decided_at = by, now
    proposal.save()
    other.merged_into = kept
    other.save(update_fields=["merged_into"])
    move(other, CaseState.MERGED, by=by, into=kept.number)
    deadlines.stop_all(other, at=now)
    note_event(kept, "MERGED_IN", by=by, number=other.number)
    return proposal


@action("cases.decline_merge")
def decline_merge(proposal, *, by):
    """They are two children, says the second supervisor, or the first, who has looked again. Where a search found them, it is remembered."""
    if proposal.decided_at or proposal.declined_at:
        raise Refused(_("This was decided already."))
    _sees_both(by, proposal)
    proposal.declined_at = timezone.now()
    proposal.save(update_fields=["declined_at"])
    proposal.pairs.update(state=Pair.State.DIFFERENT, merge=None, decided_by=by, decided_at=proposal.declined_at)
    return proposal


def _sees_both(by, proposal, *, both_say_so=False):
    """Whoever decides whether two cases are of one child must be able to compare them. Where two offices have one each, the supervisor of
    either may decide who has agreed with the other (`elsewhere/`), but to merge both must have said that it is one child."""
    sides = (proposal.case, proposal.duplicate)
    if all(access.sees(by, case) for case in sides):
        return
    said = Inquiry.objects.filter(pair__merge=proposal, finds="SAME", found_at__gte=proposal.proposed_at).values_list("case_id", flat=True)
    is_of_one = by.role == "SUPERVISOR" and any(case.team_id == by.team_id for case in sides)
    if not is_of_one or len(set(said)) < (2 if both_say_so else 1):
        raise access.Forbidden("It is not there.")


@action("cases.undo_merge")
def undo_merge(proposal, *, by):
    """Within 90 days a merge can be taken back: the other case is worked on and falls due as before. Seal and exclusions stay on both: the safe side."""
    if proposal.decided_at is None or proposal.undone_at:
        raise Refused(_("There is no merge to take back."))
    if timezone.now() - proposal.decided_at > REVERSIBLE:
        raise Refused(_("A merge can be taken back for 90 days only."))
    _sees_both(by, proposal)
    other = proposal.duplicate
    other.merged_into = None
    other.save(update_fields=["merged_into"])
    move(other, proposal.state_before, by=by, kind="MERGE_UNDONE")
    deadlines.as_before(other, stopped_at=proposal.decided_at)
    Concern.objects.filter(pk__in=proposal.moved.get("concerns", [])).update(state="REFERRED_OUT", decided_at=timezone.now())
    proposal.undone_at = timezone.now()
    proposal.save(update_fields=["undone_at"])
    # Whether the two are one child is open again.
    proposal.pairs.update(state=Pair.State.PROPOSED, merge=None, decided_by=None, decided_at=None)
    return proposal


# what time brings about; asked by the jobs, as the system


@action("cases.notice_late")
def notice_late(deadline, *, by, at):
    """The moment has passed and it is not done: said once on the timeline."""
    if deadline.done_at or deadline.alarmed_at or deadline.due_at > at:
        return deadline
    deadline.alarmed_at = at
    deadline.save(update_fields=["alarmed_at"])
    note_event(deadline.case, "LATE", by=by, at=at, deadline=deadline.kind)
    return deadline


@action("cases.escalate")
def escalate(deadline, *, by, at):
    """Long past its moment: the manager of the area is told, once."""
    if deadline.done_at or deadline.escalated_at:
        return deadline
    deadline.escalated_at = at
    deadline.alarmed_at = deadline.alarmed_at or at  # after an outage one line says both
    deadline.save(update_fields=["escalated_at", "alarmed_at"])
    note_event(deadline.case, "ESCALATED", by=by, at=at, deadline=deadline.kind)
    return deadline


# The manager reads no words and no places of a case, so these cannot be put to them.
FOR_SUPERVISORS = ("PLAN", "REUNIFY", "PLACEMENT", "SHARE_OVERRIDE")


@action("cases.expire")
def expire(approval, *, by, at):
    """Not decided in time: it is put to the manager. What only supervisors may read stays with them, and the manager is told."""
    if approval.status != "REQUESTED" or approval.due_at > at:
        return approval
    case = approval.case
    if approval.needs_manager or approval.kind in FOR_SUPERVISORS:
        note_event(case, "ESCALATED", by=by, at=at, approval=str(approval.uuid), question=approval.kind)
        return approval
    approval.status = "EXPIRED"
    approval.save(update_fields=["status"])
    risk = case.risk if case.risk != "NONE" else "LOW"
    Approval.objects.create(
        case=case, key=case.key, kind=approval.kind, wanted=approval.wanted, why=approval.why, needs_manager=True, asked_at=at, asked_by=approval.asked_by,
        due_at=profile().due("plan_decision", risk, at),
    )  # fmt: skip
    note_event(case, "ESCALATED", by=by, at=at, approval=str(approval.uuid), question=approval.kind)
    return approval


@action("cases.notice_late_report")
def notice_late_report(report, *, by, at):
    """Nobody decided in time."""
    if report.late_noticed_at is None and report.decide_by <= at:
        report.late_noticed_at = at
        report.save(update_fields=["late_noticed_at"])
    return report


@action("cases.near_eighteen")
def near_eighteen(case, *, by, at, birthday, months):
    """T28: 12, 6 and 3 months before the eighteenth birthday a plan for the time after is due. The case does not close by itself."""
    note_event(case, "NEAR_EIGHTEEN", by=by, at=at, months=months)
    moment = timezone.make_aware(datetime.combine(birthday, datetime.min.time()))
    deadlines.start(case, "TRANSITION", at=at, due_at=moment - timedelta(days=91))
    return case


def _open(case):
    if not case.is_open:
        raise Refused(_("The case is closed. Reopen it first."))
