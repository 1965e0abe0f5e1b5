"""The page of one case: identity band, tabs, and the page of everything that can be done."""

from django.http import Http404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.cases import panels, queries, words
from romsai.cases.models import Case, Deadline, Glass, Participant
from romsai.core.dates import day_text
from romsai.core.views import Page, visible_or_404
from romsai.people.models import Person
from romsai.places import codes


def _case(uuid_, worker):
    case = visible_or_404(Case.objects.select_related("area__parent", "team", "agency", "merged_into"), uuid=uuid_)
    case.standing = queries.standing(worker, case)
    case.glass = shown_glass(worker, case) if "glass" in case.standing.relations else None
    return case


def case_or_404(uuid_, worker):
    """The case with what every page of it needs: how the worker stands to it, and the child's name for this reader."""
    case = _case(uuid_, worker)
    queries.know_children([case])
    case.called = queries.called([case.child])[case.child_id]
    return case


def shown_glass(worker, case):
    """By which Glass the worker sees the case, with the time that is left."""
    glass = Glass.objects.open(at=timezone.now()).filter(case=case, worker=worker).latest("until_at")
    minutes = int((glass.until_at - timezone.now()).total_seconds() // 60)
    glass.left = _("%(hours)d h %(minutes)d min") % {"hours": minutes // 60, "minutes": minutes % 60}
    return glass


def whole_case_or_404(uuid_, worker, tab):
    """The same with the rows of all rooms that this tab of the case page is drawn from."""
    case = _case(uuid_, worker)
    panels.ask(case, worker, tab)
    case.child = next(iter(case.asked["child"]), None) or Person(pk=case.child_id, uuid=case.uuid)
    case.called = queries.called([case.child], rows=case.asked["names"])[case.child_id]
    return case


@panels.needs()
def everywhere(case, worker):
    """What the band and the tabs themselves are drawn from."""
    parts = case.participants.select_related("person").order_by("pk")
    parts = parts if "identity" in case.standing.levels else parts.none()
    people = Participant.objects.filter(case=case).values("person_id")
    return {
        "child": Person.objects.visible().filter(pk=case.child_id),
        "names": queries.names_of(people),
        "concerns": case.concerns.order_by("noted_at", "pk"),
        "running": Deadline.objects.filter(case=case).running().order_by("due_at"),
        "parts": parts,
        "moves": case.events.exclude(to_state="").order_by("at"),
    }


def band(case):
    """The identity band: who the child is, what the risk is, where the case stands."""
    child, today = case.child, timezone.localdate()
    born = _("(born %(day)s)") % {"day": day_text(child.birth)} if child.birth and child.birth.is_whole and not child.birth.margin else ""
    where = case.area.name if not case.area.parent_id or case.area.level < 2 else f"{case.area}, {case.area.parent}"
    facts = [{"text": _("Case"), "strong": case.number}, {"text": where}]
    if "identity" in case.standing.levels:
        facts = [
            {"text": "", "strong": words.age(child, today), "after": born},
            {"text": words.boy_or_girl(child.sex).capitalize()},
            *facts,
        ]
    if case.care and "work" in case.standing.levels:
        facts.append({"text": codes.label("care_arrangement", case.care)})
    live = [c for c in case.asked["concerns"] if c.state not in ("UNSUBSTANTIATED", "RESOLVED")]
    tags = [{"text": codes.label("concern", concern.code), "kind": "concern"} for concern in live]
    if case.language:
        tags.append({"text": _("Speaks %(language)s") % {"language": codes.label("language", case.language)}, "kind": "brand"})
    if case.sealed:
        tags.append({"text": _("Sealed"), "kind": "dark", "icon": "lock"})
    if not case.is_open or case.suspended_at:
        tags.append({"text": case.get_state_display(), "kind": "dark"})
    return {
        "name": case.called.name, "lang": case.called.lang, "native_name": case.called.native, "native_lang": case.called.native_lang, "facts": facts,
        "risk": case.risk, "tags": tags, "stages": words.stages(case, case.asked["moves"], case.asked["running"]),
    }  # fmt: skip


def actions_of(case):
    """The two most used actions and the page of all others."""
    found = []
    if case.standing.may("cases.record_visit") and case.is_open:
        found.append({"label": _("Record a contact"), "url": reverse("cases:visit", args=[case.uuid])})
        found.append({"label": _("Write a note"), "url": reverse("cases:note", args=[case.uuid]), "kind": "secondary"})
    if panels.deeds(case):
        found.append({"label": _("All actions"), "url": reverse("cases:actions", args=[case.uuid]), "kind": "secondary"})
    return found


def tabs_of(case, current):
    return [
        {"label": str(tab.label), "url": reverse("cases:case", args=[case.uuid]) if tab.order == 0 else reverse("cases:tab", args=[case.uuid, tab.name]),
         "count": tab.count(case) if tab.count else None, "current": tab.name == current}
        for tab in panels.tabs(case.standing)
    ]  # fmt: skip


class CasePage(Page):
    """One tab of a case, drawn by the room that registered it."""

    template_name = "cases/case.html"

    def get_context_data(self, *, case, tab="overview", **context):
        drawn = panels.get_tab(tab)
        if drawn is None:
            raise Http404
        case = whole_case_or_404(case, self.worker, tab)
        self.request.shown = f"cases:tab:{drawn.name}"
        template, inside = drawn.draw(self.request, case)
        panel = render_to_string(template, {**inside, "case": case}, request=self.request)
        return super().get_context_data(
            case=case,
            panel=panel,
            band=band(case),
            actions=actions_of(case),
            tabs=tabs_of(case, tab),
            tab=drawn,
            back=back_of(self.worker),
            **context,
        )


def back_of(worker):
    if worker.role in ("SUPERVISOR", "MANAGER", "COORDINATOR"):
        return {"url": reverse("cases:board"), "label": _("Team")}
    return {"url": reverse("cases:caseload"), "label": _("My caseload")}


class Actions(Page):
    """Everything that this worker may do on the case."""

    template_name = "cases/actions.html"

    def get_context_data(self, *, case, **context):
        case = case_or_404(case, self.worker)
        groups = [
            {"title": str(title), "tasks": [{"title": str(deed.label), "url": reverse(deed.url_name, args=[case.uuid])} for deed in found]}
            for title, found in panels.deeds(case)
        ]
        back = {"url": reverse("cases:case", args=[case.uuid]), "label": case.called.name}
        return super().get_context_data(case=case, groups=groups, back=back, **context)
