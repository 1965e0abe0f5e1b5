"""What must be true before a case moves on, as far as cases alone can tell. The care room adds its own."""

from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.cases.lifecycle import Missing, criterion, guard

NEEDS_SAFETY_PLAN = ("IMMEDIATE", "HIGH", "MEDIUM")
SPEAKS_FROM = 2  # years: a baby sold at three days has nothing to tell anybody alone (domain notes 4.9, no. 2)
PARENTS = ("MOTHER", "FATHER", "GUARDIAN_REL", "STEPPARENT", "GRANDPARENT", "AUNT_UNCLE")


def finished(case, kind):
    """The newest finished assessment of a kind, or None."""
    return case.assessments.filter(kind=kind, finished_at__isnull=False).order_by("-finished_at").first()


def has_safe_guardian(case):
    """Someone who may speak for the child: a carer not suspected of the harm, or a guardian asked for or appointed."""
    guardian = getattr(case, "guardian", None)
    if guardian and (guardian.asked_at or guardian.appointed_at):
        return True
    return case.participants.filter(role__in=("CAREGIVER", "GUARDIAN", "FAMILY"), relation__in=PARENTS, is_suspected=False).exists()


def is_too_young_to_tell(case):
    """Is the child surely too young to say anything alone?"""
    ages = case.child.ages(timezone.localdate())
    return ages is not None and ages[1] < SPEAKS_FROM


@guard("T06")
@guard("T22")
def first_contact(case):
    # A child is often seen before the case has a number: what counts is that it was since the authority heard, to the minute as it is typed.
    seen = case.visits.filter(child_seen=True, at__gte=case.heard_at.replace(second=0, microsecond=0))
    if not seen.exists():
        yield Missing("SEEN", _("Nobody has seen the child yet. Record the first contact."))
    elif not is_too_young_to_tell(case) and not seen.filter(seen_alone=True).exists():
        yield Missing("ALONE", _("The child has not been seen alone. See the child alone for part of a contact and record it."))


@guard("T07")
def initial_assessment(case):
    if not finished(case, "INITIAL"):
        yield Missing("INITIAL", _("The initial assessment is not finished. Finish it."))
    if case.risk in NEEDS_SAFETY_PLAN and not case.safety_plans.exists():
        yield Missing("SAFETY_PLAN", _("There is no safety plan. Write down what keeps the child safe."))
    if not any(visit.words for visit in case.visits.filter(child_seen=True).exclude(words__isnull=True)):
        yield Missing(
            "WORDS", _("The child's own words are missing. Write down what the child said, or that the child is too young to speak.")
        )
    if not has_safe_guardian(case):
        yield Missing("GUARDIAN", _("Nobody may speak for the child. Ask for a guardian."), can_override=True)


@guard("T09")
def full_assessment(case):
    if not finished(case, "FULL"):
        yield Missing("FULL", _("The comprehensive assessment is not finished. Finish it."))
    if case.concerns.filter(state="SUSPECTED").exists():
        yield Missing("CONCERNS", _("Some concerns are still only suspected. Say for each whether it was found to be so."))
    if case.concerns.filter(code__startswith="TRF-").exists() and not finished(case, "TIP_SCREEN"):
        yield Missing("TIP_SCREEN", _("There are signs of trafficking. Answer the trafficking questions."))


@guard("T14")
@guard("T15")
def re_rated(case):
    entered = case.events.filter(to_state="REVIEW").order_by("-at").first()
    if entered and case.risk_set_at < entered.at:
        yield Missing("RISK", _("The risk has not been looked at since the review began. Set the risk again, even if it stays the same."))


# closing


def _closing(case):
    """The coded answers of the newest finished closing form."""
    form = finished(case, "CLOSURE")
    return form.coded if form else {}


@criterion("SAFE")
def safe(case):
    last = case.visits.order_by("-at").first()
    if case.risk in ("IMMEDIATE", "HIGH"):
        return _("The risk is still high. Set the risk again after a visit.")
    if last is None or not last.child_seen or last.is_safe is not True:
        return _("The child was not found safe at the last visit. Visit the child and record it.")


@criterion("VIEWS")
def views(case):
    if not finished(case, "CLOSURE"):
        return _("The child's view on closing is not recorded. Answer the closing form.")


@criterion("JUSTICE")
def justice(case):
    if case.justice not in ("NONE", "ACQUITTED", "COMP_PAID", "DISCONTINUED") and case.justice_owner_id is None:
        return _("The court case is open and nobody answers for it. Name who does.")


def _asked(name, text):
    @criterion(name)
    def look(case):
        if _closing(case).get(name.lower()) != "yes":
            return text()

    return look


papers = _asked(
    "PAPERS", lambda: _("The papers have not been given back. Give them to the child or the family and say so in the closing form.")
)
contact = _asked("CONTACT", lambda: _("The child does not know whom to call. Tell the child and say so in the closing form."))
feedback = _asked(
    "FEEDBACK", lambda: _("The child and family were not asked what they think of the help. Ask and say so in the closing form.")
)


@criterion("SEARCH")
def search(case):
    if case.suspended_at is None:
        return _("No search was started. Ask your supervisor to start the search protocol first.")


@criterion("DEATH_REVIEW")
def death_review(case):
    if not case.events.filter(kind="DEATH_REVIEW").exists():
        return _("A death must be reviewed before the case is closed. Record the review.")


@criterion("HANDOVER")
def handover(case):
    if not case.events.filter(kind="HANDOVER_TRIED").exists():
        return _("No hand-over abroad was tried. Try one and record it.")
