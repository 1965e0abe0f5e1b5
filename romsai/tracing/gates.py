"""What must be true before the next step of the way home: domain notes 4.6, as sentences for the worker."""

from django.utils.translation import gettext as _

from romsai.cases.guards import finished
from romsai.cases.lifecycle import Missing
from romsai.cases.models import Case
from romsai.tracing.models import READY, Pair

ALONE = ("SEP-UNA", "SEP-SEP")
PANEL = (3, 5)  # people on the panel of a formal decision (domain notes 2.3)
AGENCIES = 3
HOME = "REUNIFY_ORIGIN"


def sides(reunification):
    """The child's case, and the case of the family if the two were brought together here. Runs as the system."""
    pair = Pair.objects.filter(match=reunification.proposal.match).first() if reunification.proposal_id else None
    return [reunification.case, *([Case.objects.get(pk=pair.sought_id)] if pair else [])]


def assessed(reunification, kind):
    """The newest finished assessment of a kind, on whichever side the assessor works; None if there is none."""
    found = [form for form in (finished(case, kind) for case in sides(reunification)) if form]
    return max(found, key=lambda form: form.finished_at, default=None)


def triggers(reunification, *, objection=""):
    """Codes of bid_trigger that are there: with one of them the decision is a formal one."""
    case, found = reunification.case, []
    live = set(case.concerns.live().values_list("code", flat=True))
    if live & set(ALONE):
        found.append("DURABLE")
    if len({one.area.country for one in sides(reunification)}) > 1 and any(code.startswith("TRF-") for code in live):
        found.append("CROSS_RETURN")
    family = assessed(reunification, "FAMILY")
    if family and family.coded.get("suspect_at_home") == "yes":
        found.append("PERP_HOME")
    if objection.strip():
        found.append("DISAGREE")
    return found


def before_deciding(reunification, solution):
    """What is missing before this solution may be decided for."""
    case = reunification.case
    if solution == "ADOPTION" and case.tracing != "EXHAUSTED":
        yield Missing("EXHAUSTED", _("Adoption is thought of only after every way to find the family was tried. Go on looking, or choose another solution."))
    if solution != HOME:
        return
    if case.tracing != "VERIFIED":
        yield Missing("VERIFIED", _("The relationship is not verified. Compare the two accounts first."))
    family = assessed(reunification, "FAMILY")
    if family is None:
        yield Missing("FAMILY", _("The family was not assessed. Finish the family assessment."))
    else:
        if case.risk in ("HIGH", "IMMEDIATE") and family.coded.get("how") != "visit":
            yield Missing("VISIT", _("At this risk a telephone call is not enough. Have the family visited, and finish a new family assessment."))
        if family.coded.get("suspect_at_home") == "yes":
            yield Missing("SUSPECT", _("Somebody suspected of the harm lives there. The child cannot go there while that is so."))
    if assessed(reunification, "COMMUNITY") is None:
        yield Missing("COMMUNITY", _("The community was not assessed. Finish the community assessment."))


def before_travel(reunification):
    """What is missing before anybody travels."""
    if reunification.state not in ("APPROVED", "PREPARING"):
        yield Missing("APPROVED", _("Nobody has approved the reunification yet. Wait for the supervisor’s answer."))
        return
    preparation = getattr(reunification, "preparation", None)
    left = [name for name in READY if preparation is None or name not in preparation.ready]
    if left:
        yield Missing("READY", _("The preparation is not complete: %(what)s.") % {"what": ", ".join(str(words(name)) for name in left)})


def words(name):
    """What must be ready, as the worker reads it."""
    return {
        "child_told": _("the child knows what will happen and wants it"),
        "health_fit": _("the child is fit to travel"),
        "papers": _("the papers are there"),
        "school": _("a school place or work is agreed"),
        "cash": _("the family has what it needs for the first weeks"),
        "contact_card": _("the child has a card with numbers to call"),
        "family_agreed": _("the family agreed to the plan"),
    }[name]


def before_sustained(reunification):
    """M12 done with the child seen alone, at home, and not harmed again (indicator I26)."""
    visits = reunification.case.follow_ups.filter(due_on__gte=reunification.reunited_on)
    last = visits.filter(schedule="M12").select_related("visit").order_by("-due_on").first()
    if last is None or last.visit is None:
        yield Missing("M12", _("The visit after twelve months was not made. Make it and record it."))
    elif not last.visit.seen_alone:
        yield Missing("ALONE", _("At the visit after twelve months the child was not seen alone. See the child alone and record it."))
    since = reunification.case.visits.filter(at__date__gte=reunification.reunited_on)
    if since.filter(outcome="HARM_AGAIN").exists() or visits.filter(outcome="HARM_AGAIN").exists():
        yield Missing("HARM", _("The child was harmed again since the reunion: that is not sustained. Record that it broke down."))
