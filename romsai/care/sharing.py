"""When facts of a child may go to another agency (gates G1-G5 of the domain notes): who allowed it, what, to whom, until when."""

from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.cases.actions import is_suspected
from romsai.core.dates import day_text
from romsai.places import codes

LEVELS = ("core", "identity", "location", "medical", "narrative", "legal")  # who reported never leaves the case

# Kinds of consent that allow sharing, and what may go out under each. To justice never assessment notes or where the child
# lives (domain notes 4.5).
PURPOSES = {
    "SHARE_NAMED": LEVELS,
    "TRACING": ("core", "identity"),
    "JUSTICE": ("core", "identity", "legal"),
    "RETURN": ("core", "identity", "location", "medical", "legal"),
}

# Services that keep a child safe, and the least they need to go on when a consent is taken back.
MINIMUM = {
    "SHELTER": ("core", "identity"),
    "FOSTER": ("core", "identity"),
    "HEALTH": ("core", "identity", "medical"),
    "SGBV_CLINICAL": ("core", "identity", "medical"),
    "MHPSS2": ("core", "identity", "medical"),
    "POLICE_SVC": ("core", "identity"),
    "WITNESS_PROT": ("core", "identity"),
}


def end_of(day):
    """The moment a day is over, in the country's time zone."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def objection(case, consent, *, agency, levels, purpose, until, at):
    """Why this consent does not allow this sharing, as a sentence for the worker; None if it does.

    `agency` None: a body outside the system, to which a consent without a recipient of the directory was given.
    """
    whom = agency.name if agency else _("the body outside the system")
    if consent is None or consent.case_id != case.pk:
        return _("There is no consent for this. Ask the child and the carer first, and record the answer.")
    if purpose not in PURPOSES or consent.kind != purpose:
        return _("The consent was given for something else. Ask for this purpose and record the answer.")
    if consent.recipient_id != (agency and agency.pk):
        return _("The consent does not name %(agency)s. Ask for this recipient and record the answer.") % {"agency": whom}
    if consent.withdrawn_at or (consent.until_on and consent.until_on < timezone.localdate(at)):
        return _("The consent has ended. Ask again and record the answer.")
    if consent.decision == "OVERRIDDEN":
        if consent.override_reason not in codes.get("consent_override_reason"):
            return _("The reason to go on without consent is missing. Only the listed reasons count.")
    elif consent.decision != "CONSENT":
        return _("The answer was not yes. Ask again, or record one of the listed reasons to go on without consent.")
    elif consent.giver != "CHILD" and is_suspected(case, consent.giver, consent.giver_person):
        return _("The carer who agreed is suspected of the harm, so that consent does not count. Ask the child or a guardian.")
    elif child_refused(case, consent, agency):
        return _(
            "The child does not want %(agency)s to be told. Ask the child again; only a listed reason passes over the child's answer."
        ) % {"agency": whom}
    beyond = set(levels) - set(consent.levels)
    if beyond or not levels:
        return _("The consent does not cover all that you want to share. Share less, or ask again.")
    if set(levels) - set(PURPOSES[purpose]):
        return _("For this purpose less may be shared: leave out what is not needed.")
    if consent.until_on and until > end_of(consent.until_on):
        return _("The consent ends on %(day)s. Choose an earlier day.") % {"day": day_text(consent.until_on)}
    return None


def child_refused(case, consent, agency):
    """The child's newest answer about this purpose and recipient was no, and came after the consent or with it."""
    answers = case.consents.filter(giver="CHILD", kind=consent.kind, recipient=agency).order_by("-asked_at")
    newest = answers.first()
    return newest is not None and (newest.decision in ("REFUSED", "WITHDRAWN") or newest.withdrawn_at is not None)


def least(referrals, levels):
    """What must still be shared for the safety-critical ones among these referrals, in order; empty if none is."""
    needed = {level for referral in referrals for level in MINIMUM.get(referral.service, ())}
    return [level for level in LEVELS if level in needed and level in levels]
