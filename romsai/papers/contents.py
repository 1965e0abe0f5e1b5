"""What each printed paper says and who may be given it: the record in plain words, as data for the templates in `typst/`.

Nothing here chooses what a reader may know. A summary and a letter hold the levels of the live share behind them, exactly;
the child's own copy holds the plan; a consent form and a card hold nothing of the record but its number, or not even that.
"""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from romsai.care import queries as care
from romsai.care import sharing
from romsai.care.forms import LEVEL_WORDS
from romsai.care.models import PlanState, Referral, ReferralWords, Share
from romsai.cases.models import Participant
from romsai.core.actions import Refused
from romsai.core.dates import day_text
from romsai.papers.models import PAPERS, Kind, What, capital
from romsai.places import codes
from romsai.places.profile import profile

MASKED_FOR = ("COURT", "PROSECUTOR")  # staff safety: copies for courts and parents do not name who wrote (security notes 9)
CARERS = ("CAREGIVER", "GUARDIAN")
NAMED_RECIPIENT = ("SHARE_NAMED", "TRACING", "JUSTICE", "RETURN")

# Kinds of consent that are asked on paper. Never media and photo: they have no place in a case (gate G7).
ASKED_ON_PAPER = ("SERVICE", "COLLECT", "SHARE_NAMED", "TRACING", "JUSTICE", "MEDICAL", "RETURN")


@dataclass(frozen=True)
class Ask:
    """A printout that may be made: for which agency or person, for what, what of the record goes into it.

    A consent form is for the person who signs it; its agency is the one that would be told.
    """

    agency: object
    person: object
    purpose: str
    levels: tuple
    source: object
    is_masked: bool


def allowed(case, *, what, agency=None, person=None, purpose="", levels=(), source=None):
    """The Ask for this, or Refused. For a summary `source` is the share's UUID, for a letter the referral's."""
    if what in (What.SUMMARY, What.REFERRAL):
        share = _share(case, source) if what == What.SUMMARY else _share_behind(case, source)
        if share is None or (agency is not None and share.agency_id != agency.pk):
            raise Refused(_("Nothing is shared for this now. Share it with the agency first, with a consent, then print."))
        if case.sealed or case.exclusions.keeping_out(agency=share.agency).exists():
            raise Refused(_("This case is closed to other agencies, so nothing is printed for them."))
        kept = tuple(level for level in sharing.LEVELS if level in share.levels)
        return Ask(share.agency, None, share.purpose, kept, source, share.agency.kind in MASKED_FOR)
    person = person or case.child
    if person.pk != case.child_id and not carers(case).filter(person=person).exists():
        raise Refused(_("This is printed for the child, or for a carer of the case who is not suspected of the harm."))
    if what == What.CONSENT:
        if purpose not in ASKED_ON_PAPER:
            raise Refused(_("Choose what the consent is asked for."))
        if purpose in NAMED_RECIPIENT and agency is None:
            raise Refused(_("Choose who would be told."))
        if agency is not None and set(levels) - set(sharing.PURPOSES.get(purpose, sharing.LEVELS)):
            raise Refused(_("For this purpose less may be shared: leave out what is not needed."))
        kept = tuple(level for level in sharing.LEVELS if level in levels)
        return Ask(agency, person, purpose, kept, None, person.pk != case.child_id)
    return Ask(None, person, "SERVICE", ("narrative",) if what == What.CHILD else (), None, person.pk != case.child_id)


def carers(case):
    """The parts of those who look after the child and are not suspected of the harm."""
    suspected = Participant.objects.visible().filter(case=case, is_suspected=True).values("person_id")
    listed = Participant.objects.visible().filter(case=case, role__in=CARERS).exclude(person__in=suspected)
    return listed.exclude(person=case.child_id)


def shares(case):
    """The live shares of the case by which something may be printed."""
    if case.sealed:
        return []
    barred = case.exclusions.standing().filter(agency__isnull=False).values("agency_id")
    return list(care.shares_of(case).exclude(agency__in=barred))


def referrals(case):
    """Referrals of the case that a letter can go with: sent, and the share behind them lives."""
    live = {share.pk for share in shares(case)}
    sent = Referral.objects.visible().filter(case=case, share__in=live).exclude(state__in=["DRAFT", "CANCELLED"])
    return list(sent.select_related("facility", "agency", "share").order_by("-sent_at"))


def _share(case, uuid):
    return Share.objects.visible().live(at=timezone.now()).filter(case=case, uuid=uuid).select_related("agency").first()


def _share_behind(case, uuid):
    referral = Referral.objects.visible().filter(case=case, uuid=uuid).exclude(state__in=["DRAFT", "CANCELLED"]).first()
    if referral is None or referral.share_id is None:
        return None
    return Share.objects.visible().live(at=timezone.now()).filter(pk=referral.share_id).select_related("agency").first()


# what stands on the paper


def of(printout):
    """Everything the template prints, as data. Reads the record within the asker's rights, so that the audit knows."""
    with override(printout.language):
        told = {What.SUMMARY: _summary, What.REFERRAL: _letter, What.CONSENT: _consent, What.CHILD: _child, What.CARD: _card}[printout.what]
        day = day_text(printout.printed_at)
        reader = _reader(printout)
        common = {
            "language": get_language(), "title": What(printout.what).label, "office": printout.case.agency.name, "number": printout.number, "day": day,
            "reader": reader, "facts": [], "sections": [], "notes": [],
            "foot": _("Printed on %(day)s, number %(number)s. Every printing is on the record.") % {"day": day, "number": printout.number},
        }  # fmt: skip
        if get_language() != profile().reviewed_language:
            common["notes"].append(_("Nobody has checked this translation yet."))
        return _plain(common | told(printout, common))


def _reader(printout):
    """For whom, in the reader's language. A person is never named where the paper might be found."""
    if printout.person_id is None:
        return printout.agency.name
    return _("the child") if _is_for_child(printout) else _("the carer")


def _is_for_child(printout):
    return printout.person_id == printout.case.child_id


def _wrote(printout):
    """Who answers for the paper; without a name where that protects them."""
    words = {"name": printout.by.name, "agency": printout.by.agency.name}
    return _("a worker of %(agency)s") % words if printout.is_masked else _("%(name)s, %(agency)s") % words


def _facts(printout, for_whom):
    return [
        {"label": _("For"), "value": for_whom},
        {"label": _("For what"), "value": codes.label("consent_type", printout.purpose)},
        {"label": _("Case"), "value": printout.case.number},
        {"label": _("Written by"), "value": _wrote(printout)},
    ]


def _shared(printout):
    """What the shared levels say, each under its heading."""
    case = printout.case
    sections = {line["level"]: line["rows"] for line in care.told(case, printout.levels, is_masked=printout.is_masked)}
    for level in ("medical", "legal"):  # papers are named, not copied: whoever needs one asks for it
        held = [paper for paper in PAPERS[level].objects.visible().filter(case=case) if paper.is_open] if level in printout.levels else []
        if held:
            sections[level] = [{"label": capital(Kind(paper.kind).label), "value": day_text(paper.added_at)} for paper in held]
    return [{"title": LEVEL_WORDS[level], "rows": sections[level]} for level in printout.levels if level in sections]


def _summary(printout, common):
    secret = _("This paper is about a child. Use it only for what stands above, show it to nobody else, and keep it locked away.")
    return {"facts": _facts(printout, printout.agency.name), "sections": _shared(printout), "warning": secret}


def _letter(printout, common):
    referral = Referral.objects.visible().select_related("facility", "agency").get(uuid=printout.source)
    words = ReferralWords.objects.visible().get(referral=referral)
    place = referral.facility.name if referral.facility else referral.agency.name
    asked = [
        {"label": _("Service"), "value": codes.label("service_type", referral.service)},
        {"label": _("What is needed"), "value": words.need},
        {"label": _("How to reach the child safely"), "value": words.contact or _("Call us; do not call the family.")},
        {"label": _("Please answer by"), "value": day_text(referral.answer_by)},
    ]
    facts = _facts(printout, f"{place} ({printout.agency.name})" if place != printout.agency.name else place)
    secret = _("This paper is about a child. Use it only for what stands above, show it to nobody else, and keep it locked away.")
    return {"facts": facts, "sections": [{"title": _("What we ask of you"), "rows": asked}, *_shared(printout)], "warning": secret}


def _safe_language():
    """Consent, safety and help are never said from a translation that nobody has reviewed."""
    return profile().reviewed_language


def _consent(printout, common):
    reader = get_language()
    notes = []
    if _safe_language() != reader:
        notes = [
            _("Nobody has checked these words in this language yet, so they stand here in English. Read them out with an interpreter.")
        ]
    with override(_safe_language()):
        agency = printout.agency.name if printout.agency else ""
        said = [
            _("We ask you whether you agree. You may say yes or no. If you say no, we still help you."),
            _("You can take your answer back at any time. Then we tell nobody anything more."),
            _("If you or somebody else is in danger, we may have to tell others without asking you. If we can, we tell you first."),
        ]
        return {
            "language": _safe_language(), "title": _("Do you agree?"), "notes": notes, "purpose": codes.label("consent_type", printout.purpose), "case": printout.case.number,
            "told": _("Who would be told: %(agency)s") % {"agency": agency} if agency else "",
            "what": _("What they would be told:"), "levels": [str(LEVEL_WORDS[level]) for level in printout.levels],
            "said": said, "until": _("It ends on:"), "yes": _("Yes, I agree"), "no": _("No, I do not agree"), "words": _("In your own words:"),
            "sign": _("Name, sign or thumb print:"), "on": _("Day:"), "explained": _("Who explained it, in which language:"),
            "child": _("The child"), "carer": _("The carer or guardian"), "is_child": _is_for_child(printout),
            "foot": _("Printed on %(day)s, number %(number)s. Every printing is on the record.") % {"day": day_text(printout.printed_at), "number": printout.number},
        }  # fmt: skip


def _helplines():
    """Numbers of the country, the emergency first, in the language in which their words were reviewed."""
    with override(_safe_language()):
        lines = sorted(profile().helpline_list, key=lambda line: not line.is_emergency)
        return [
            {"label": _("In danger now? Call the police") if line.is_emergency else _("Talk to someone, day or night:"), "number": line.number,
             "note": "" if line.is_checked() else _("nobody has checked this number lately")}
            for line in lines
        ]  # fmt: skip


def _own_worker(printout):
    lead = printout.case.assignments.running().filter(is_lead=True).select_related("worker__agency").first()
    worker = lead.worker if lead else printout.by
    name = _("Our office") if printout.is_masked else worker.name
    return {"name": name, "agency": worker.agency.name, "phone": profile().phone_shown(worker.phone) if worker.phone else ""}


def _child(printout, common):
    case, is_child = printout.case, _is_for_child(printout)
    plan = care.plan_of(case, PlanState.APPROVED)
    goals = []
    for goal in care.written(plan) if plan else []:
        lines = [
            {"text": str(line.text), "who": line.owner_agency.name if line.owner_agency_id else _("your worker"), "by": day_text(line.due_on)}
            for line in goal.lines if line.is_open
        ]  # fmt: skip
        goals.append({"text": str(goal.text), "lines": lines})
    visit = case.follow_ups.filter(visit__isnull=True).order_by("due_on").first()
    with override(_safe_language()):
        rights = [
            _("You can ask us anything, at any time."),
            _("You can say what you think, and you can change your mind."),
            _("Nobody may hurt you. If somebody hurts you or you are afraid, call one of these numbers."),
        ]
    return {
        "title": _("Our plan") if is_child else _("The plan for the child"), "goals": goals, "aim": _("What we want to reach"), "none": _("The plan is not written yet."),
        "who": _("Who does it"), "by": _("By"),
        # What the child said is the child's own: a carer does not get it.
        "said_title": _("What you told us"), "said": str(plan.child_view or "") if plan and is_child else "",
        "next_title": _("When we see you next"), "next": day_text(visit.due_on) if visit else "",
        "worker_title": _("Who to ask"), "worker": _own_worker(printout), "calls": _helplines(), "call_title": _("Who you can call"), "rights": rights,
        "safe_language": _safe_language(),
    }  # fmt: skip


def _card(printout, common):
    """Nothing on it says child, case or protection: it may be found in a pocket."""
    return {"worker": _own_worker(printout), "calls": _helplines(), "safe_language": _safe_language(), "cut": _("Cut along the lines.")}


def _plain(value):
    """Promises of translation as text, so that all of it is JSON."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value if value is None or isinstance(value, (bool, int)) else str(value)
