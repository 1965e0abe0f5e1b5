"""Sentences for what the record keeps in codes: ages, deadlines, steps of a case."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.utils.translation import ngettext

from romsai.cases import lifecycle
from romsai.core.dates import BUDDHIST, month_name, shown_era
from romsai.places import codes

STEP_NAMES = {
    "S1": __("Registration"), "S2": __("Assessment"), "S3": __("Care plan"), "S4": __("Carrying out"), "S5": __("Review"), "S6": __("Closure"),
}  # fmt: skip

# The ready-made lists above a list of cases (queries.ready_made).
READY_NAMES = {
    "": __("All open"), "late": __("Overdue"), "high": __("High risk"), "new": __("New this week"), "unseen": __("Not seen 30 days"),
    "asked": __("With supervisor"), "week": __("Due this week"),
}  # fmt: skip

LEVEL_WORDS = {
    "identity": __("names and family"), "location": __("where the child is"), "medical": __("health"), "narrative": __("what the child and others said"),
    "reporter": __("who reported"), "legal": __("court papers"), "core": __("number, risk, concerns and dates"),
    "services": __("who serves the child, and who agreed"),
}  # fmt: skip

# Kind of deadline -> what must happen, and the page where it is done. Higher rooms name their own (name_deadline).
_deadlines = {
    "FIRST_CONTACT": (__("See the child for the first time"), "cases:visit"),
    "INITIAL_ASSESSMENT": (__("Finish the initial assessment"), "cases:assess:INITIAL"),
    "GUARDIAN": (__("Ask for a guardian"), "cases:ask_guardian"),
    "FULL_ASSESSMENT": (__("Finish the comprehensive assessment"), "cases:assess:FULL"),
    "PLAN": (__("Have the care plan approved"), "cases:advance"),
    "REVIEW": (__("Review the case"), "cases:advance"),
    "AFTER_REVIEW": (__("Decide what follows from the review"), "cases:advance"),
    "SUPERVISOR_SEES": (__("Look at the new case as supervisor"), "cases:look_through"),
    "FOLLOW_UP": (__("Visit the child"), "cases:visit"),
    "NO_CONCERN": (__("Ask to close the case: no concern was found to be so"), "cases:close"),
    "SEARCH": (__("Look again at the search for the child, and record it as a contact"), "cases:visit"),
    "SEARCH_SUPERVISOR": (__("Look at the search for the child as supervisor"), "cases:look_through"),
    "SEARCH_MANAGER": (__("The manager decides how the search goes on"), ""),
    "TRANSITION": (__("Plan the time after 18"), ""),
}


def name_deadline(kind, title, url_name=""):
    """A higher room says what its kind of deadline asks for, and where on the case it is done."""
    _deadlines[kind] = (title, url_name)


def deadline_title(kind):
    title = _deadlines.get(kind, (None,))[0]
    return str(title) if title else kind.replace("_", " ").capitalize()


def deadline_url(kind, case):
    """The page on this case where what is due is done; "" where only waiting helps."""
    name = _deadlines.get(kind, (None, ""))[1]
    if not name:
        return ""
    if name.startswith("cases:assess:"):
        return reverse("cases:assess", args=[case.uuid, name.rsplit(":", 1)[1]])
    return reverse(name, args=[case.uuid])


def short_day(day, *, today=None):
    """`12 Nov`: a day in a list; with its year only where that is not this one."""
    if not day:
        return ""
    day = timezone.localtime(day).date() if hasattr(day, "hour") else day
    today = today or timezone.localdate()
    year = "" if day.year == today.year else f" {day.year + (BUDDHIST if shown_era() == 'BE' else 0)}"
    month = month_name(day.month)
    return f"{day.day} {month[:3] if month.isascii() else month}{year}"


def due(due_at, *, now):
    """(words, note, late): `2 days late`, `was due 19 Nov`, True."""
    left = due_at - now
    day = short_day(due_at, today=timezone.localtime(now).date())
    clock = f"{timezone.localtime(due_at):%H:%M}"
    if left < timedelta(0):
        return late(-left), _("was due %(day)s") % {"day": day}, True
    if left < timedelta(hours=1):
        minutes = max(1, int(left.total_seconds() // 60))
        return ngettext("in %(n)d minute", "in %(n)d minutes", minutes) % {"n": minutes}, clock, False
    days = (timezone.localtime(due_at).date() - timezone.localtime(now).date()).days
    if days == 0:
        return _("today"), clock, False
    if days == 1:
        return _("tomorrow"), f"{day} {clock}", False
    return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}, day, False


def late(by):
    """`2 days late`, `3 hours late`."""
    if by < timedelta(hours=1):
        minutes = max(1, int(by.total_seconds() // 60))
        return ngettext("%(n)d minute late", "%(n)d minutes late", minutes) % {"n": minutes}
    if by < timedelta(days=1):
        hours = int(by.total_seconds() // 3600)
        return ngettext("%(n)d hour late", "%(n)d hours late", hours) % {"n": hours}
    return ngettext("%(n)d day late", "%(n)d days late", by.days) % {"n": by.days}


def age(person, on):
    """`9 years`, `about 14 years`, `under 1 year`; "age not known" where nothing is."""
    found = person.ages(on)
    if found is None:
        return _("age not known")
    low, high = max(0, found[0]), max(0, found[1])
    if high == 0:
        return _("under 1 year")
    if low == high:
        return ngettext("%(n)d year", "%(n)d years", low) % {"n": low}
    middle = (low + high + 1) // 2
    return ngettext("about %(n)d year", "about %(n)d years", middle) % {"n": middle}


def age_number(person, on):
    """`9`, `about 14`, or nothing: where the word years goes without saying."""
    found = person.ages(on)
    if found is None:
        return ""
    low, high = max(0, found[0]), max(0, found[1])
    return str(low) if low == high else _("about %(n)d") % {"n": (low + high + 1) // 2}


def age_sign(person, on):
    """`9`, `~14`, or nothing: as it fits into a drawing."""
    found = person.ages(on)
    if found is None:
        return ""
    low, high = max(0, found[0]), max(0, found[1])
    return str(low) if low == high else f"~{(low + high + 1) // 2}"


def boy_or_girl(sex):
    return {"F": _("girl"), "M": _("boy"), "X": _("child")}.get(sex, _("child"))


def step_of(case):
    """The code of the step that the case is in, S1 to S6."""
    return next(step for step, states in lifecycle.STEPS.items() if case.state in states)


def stages(case, events, deadlines):
    """The bar of the six steps: [{label, note, state}] from the moves on the timeline and the running deadlines."""
    here = step_of(case)
    order = list(lifecycle.STEPS)
    begun = {}
    for event in sorted(events, key=lambda e: e.at):
        for step, states in lifecycle.STEPS.items():
            if event.to_state in states:
                begun[step] = event.at
    due_days = {"S2": ("INITIAL_ASSESSMENT", "FULL_ASSESSMENT"), "S3": ("PLAN",), "S5": ("REVIEW", "AFTER_REVIEW")}
    running = {deadline.kind: deadline.due_at for deadline in deadlines}
    found = []
    for step in order:
        is_done = order.index(step) < order.index(here)
        note = ""
        if step == here:
            since = {"day": short_day(case.suspended_at or begun.get(step, case.registered_at))}
            note = _("set aside since %(day)s") % since if case.suspended_at else _("since %(day)s") % since
        elif is_done and step in begun:
            note = short_day(begun[step])
        elif not is_done:
            moments = [running[kind] for kind in due_days.get(step, ()) if kind in running]
            note = _("due %(day)s") % {"day": short_day(min(moments))} if moments else ""
        found.append({"label": str(STEP_NAMES[step]), "note": note, "state": "now" if step == here else "done" if is_done else ""})
    return found


def by_whom(worker):
    """`Somsri P. (social worker)`; the system where nobody acted."""
    if worker is None:
        return _("the system")
    return _("%(name)s (%(role)s)") % {"name": worker.name, "role": codes.label("user_role", worker.role).lower()}


def days_ago(moment, *, now):
    return (timezone.localtime(now).date() - timezone.localtime(moment).date()).days
