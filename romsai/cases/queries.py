"""Questions over cases and reports. Each starts from what the asker may see."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import BooleanField, Count, DateTimeField, ExpressionWrapper, Func, JSONField, Q, Subquery, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from romsai.cases import words
from romsai.cases.models import (
    ENDED,
    Approval,
    Assignment,
    Case,
    CaseState,
    Deadline,
    Event,
    Participant,
    Report,
)
from romsai.core import access, crypto
from romsai.core.access.policy import LEVELS
from romsai.core.access.relations import meanings
from romsai.people import search
from romsai.people.models import Name, Person
from romsai.people.names import pseudonym
from romsai.places.models import Worker
from romsai.places.profile import profile

NOT_SEEN = timedelta(days=30)
ONCE_A_DAY = timedelta(days=1)
MOST = 1_000_000_000
LANGUAGE_OF = {
    "Thai": "th",
    "Laoo": "lo",
    "Khmr": "km",
    "Mymr": "my",
    "Hani": "zh",
    "Arab": "ar",
    "Tibt": "bo",
}  # of a script, for reading out


@dataclass(frozen=True)
class Standing:
    """How a worker stands to one case: the relations that hold, the levels that may be read, and what may be done."""

    role: str
    relations: frozenset
    levels: frozenset

    def may(self, action):
        line = access.policy().action(action)
        return (not line.roles or self.role in line.roles) and (not line.any or bool(self.relations & set(line.any)))


def standing(worker, case):
    """The Standing of a worker to a case, in one query."""
    asked = {}
    for name, line in access.policy().relations.items():
        if name not in meanings or meanings[name].reaches != "case" or worker.role not in line.roles:
            continue
        for level in LEVELS if "{level}" in (meanings[name].sql or "") else (None,):  # a share differs from level to level
            asked[f"{name}_{level or 'any'}"] = (name, level, access.granted(worker, "case", [name], level))
    row = (
        Case.objects.unfiltered()
        .filter(pk=case.pk)
        .annotate(**{f"is_{key}": ExpressionWrapper(condition, output_field=BooleanField()) for key, (_n, _l, condition) in asked.items()})
        .values(*(f"is_{key}" for key in asked))
        .first()
    )
    held = {(name, level) for key, (name, level, _condition) in asked.items() if row and row[f"is_{key}"]}
    reads = access.policy().read["case"]
    levels = {level for level, names in reads.items() if any((name, None) in held or (name, level) in held for name in names)}
    return Standing(worker.role, frozenset(name for name, _level in held), frozenset(levels))


@dataclass(frozen=True)
class Called:
    """What a person is called on a page: the name with its language, the same in another script, and whether it is a real name."""

    name: str
    lang: str = ""
    native: str = ""
    native_lang: str = ""
    is_known: bool = True


def know_children(cases):
    """The cases as a list, each with its child as far as the asker may know it; a stand-in without any fact where not."""
    cases = list(cases)
    found = {child.pk: child for child in Person.objects.visible(of={case.child_id for case in cases})}
    for case in cases:
        case.child = found.get(case.child_id) or Person(pk=case.child_id, uuid=case.uuid)
    return cases


def names_of(people):
    """The names by which people (ids) are called, as far as the asker may read them."""
    return Name.objects.visible(of=people).exclude(kind__in=["NICK", "ALIAS"]).order_by("-is_main", "pk")


def called(people, *, unnamed="", rows=None):
    """Person id -> Called, in two queries for any number of people. Whoever may not read a name gets a steady pseudonym.

    unnamed: what somebody without a name is called to a reader who may read names; a child keeps the pseudonym.
    rows: those of `names_of`, where they were asked before.
    """
    people = {person.pk: person for person in people}
    names = {}
    for row in crypto.preload(names_of(list(people)) if rows is None else rows):
        names.setdefault(row.person_id, []).append(row)
    return {pk: _called(person, names.get(pk, ()), unnamed) for pk, person in people.items()}


def _called(person, rows, unnamed=""):
    if not rows:
        return Called(unnamed or pseudonym(person), is_known=False)
    main = rows[0]
    other = next((row for row in rows[1:] if row.script != main.script), None)
    return Called(
        str(main.full),
        LANGUAGE_OF.get(main.script, ""),
        str(other.full) if other else "",
        LANGUAGE_OF.get(other.script, "") if other else "",
        main.kind != "LABEL",
    )


def caseload(worker, *, at):
    """Open cases the worker works on, each with `next_due`, `next_kind` and `is_asked`, in order of deadline over all concerns."""
    return _with_next(Case.objects.visible().open().of(worker), leave_out=["SUPERVISOR_SEES", "SEARCH_SUPERVISOR", "SEARCH_MANAGER"])


def team_cases(worker, *, at):
    """Open cases of the supervisor's team, or of the area, the same way."""
    # What was opened in an emergency is nobody's list.
    return _with_next(Case.objects.visible().open().exclude(pk__in=meanings["glass"].rows(worker, None)))


class _NextByCase(Subquery):
    """{case: [moment, kind]} of the deadlines asked for, made once a statement.

    Not a question for each case: each would go through the asker's whole list of cases again, which took seconds for a team.
    """

    template = "(select jsonb_object_agg(d.case_id, jsonb_build_array(d.due_at, d.kind)) from (%(subquery)s) d)"
    output_field = JSONField()


class _Next(Func):
    """Part of a case's entry in that table."""

    arg_joiner = " -> "
    template = "((%(expressions)s) ->> %(place)s)%(as_type)s"


def _with_next(cases, *, leave_out=()):
    running = Deadline.objects.running().exclude(kind__in=leave_out).order_by("case_id", "due_at").distinct("case_id")
    entry = _NextByCase(running.values("case_id", "due_at", "kind")), Cast("pk", TextField())
    asked = Q(pk__in=Approval.objects.waiting().values("case_id"))
    cases = cases.annotate(
        next_due=_Next(*entry, place=0, as_type="::timestamptz", output_field=DateTimeField()),
        next_kind=_Next(*entry, place=1, as_type="", output_field=TextField()),
        is_asked=ExpressionWrapper(asked, output_field=BooleanField()),
    )
    return cases.select_related("area", "team").order_by("next_due", "pk")


def _ready(at):
    """The ready-made lists of cases by name: what is late, red, new, unseen, asked, due."""
    return {
        "": Q(),
        "late": Q(next_due__lt=at),
        "high": Q(risk__in=["HIGH", "IMMEDIATE"]),
        "new": Q(registered_at__gte=at - timedelta(days=7)),
        "unseen": Q(last_seen_at__lt=at - NOT_SEEN) | Q(last_seen_at__isnull=True, registered_at__lt=at - NOT_SEEN),
        "asked": Q(is_asked=True),
        "week": Q(next_due__gte=at, next_due__lt=at + timedelta(days=7)),
    }


def ready_made(cases, name, *, at):
    """Those of one ready-made list; all for a name that is none."""
    return cases.filter(_ready(at).get(name, Q()))


def ready_counts(cases, *, at):
    """How many cases each ready-made list has, in one query."""
    wanted = _ready(at)
    # The bound is none. It keeps PostgreSQL from working out what is due for each of the counts anew.
    counted = cases.order_by()[:MOST].aggregate(
        **{f"n_{name}": Count("pk", filter=condition) if name else Count("pk") for name, condition in wanted.items()}
    )
    return {name: counted[f"n_{name}"] for name in wanted}


def led_by(worker):
    """Open cases that this worker leads, as far as the asker sees them, the most urgent first."""
    led = Assignment.objects.unfiltered().running().filter(worker=worker, is_lead=True)
    return team_cases(worker, at=timezone.now()).filter(pk__in=led.values("case_id"))


@dataclass(frozen=True)
class Red:
    """A case that needs the supervisor now, and why, in sentences."""

    case: Case
    reasons: list
    worker: str


def red_cases(worker, *, at):
    """Open cases with something overdue, a child not seen in time or nobody who leads, the gravest first; in three queries."""
    cases = know_children(team_cases(worker, at=at))
    late = {}
    for deadline in Deadline.objects.filter(case__in=[case.pk for case in cases]).overdue(at=at).order_by("due_at"):
        late.setdefault(deadline.case_id, []).append(deadline)
    leads = Assignment.objects.filter(case__in=[case.pk for case in cases], is_lead=True).running().select_related("worker")
    names = {line.case_id: line.worker.name for line in leads}
    found = []
    for case in cases:
        reasons = [
            _("%(what)s: %(late)s") % {"what": words.deadline_title(d.kind), "late": words.late(at - d.due_at)}
            for d in late.get(case.pk, ())
        ]
        seen = case.last_seen_at or case.registered_at
        if at - seen > NOT_SEEN and case.state != CaseState.SUSPENDED_UNREACHABLE:
            reasons.append(_("Not seen for %(days)d days") % {"days": (at - seen).days})
        if case.pk not in names:
            reasons.append(_("Nobody leads the case"))
        if reasons:
            found.append(Red(case, reasons, names.get(case.pk, "")))
    return sorted(found, key=lambda red: (-RISKS.index(red.case.risk), red.case.next_due or at, red.case.pk))


@dataclass(frozen=True)
class Load:
    """How many open cases a worker has, raw and weighted by risk (immediate 3, high 2, medium 1, low 0.5)."""

    worker: Worker
    cases: int
    weighted: float
    state: str  # free, warn, full, red


RISKS = ("NONE", "LOW", "MEDIUM", "HIGH", "IMMEDIATE")
WEIGHT = {"IMMEDIATE": 3, "HIGH": 2, "MEDIUM": 1, "LOW": 0.5, "NONE": 0.5}


def loads(workers):
    """The load of each worker, least first. Counts only, so it may look past the asker's own scope."""
    workers = [worker for worker in workers if not worker.is_machine]
    limits = profile().caseload
    with access.system():
        running = Assignment.objects.running().filter(worker__in=workers, is_lead=True).exclude(case__state__in=ENDED)
        counted = {}
        for line in running.values_list("worker_id", "case__risk").annotate(n=Count("pk")):
            raw, weighted = counted.get(line[0], (0, 0.0))
            counted[line[0]] = (raw + line[2], weighted + line[2] * WEIGHT[line[1]])
    found = []
    for worker in workers:
        raw, weighted = counted.get(worker.pk, (0, 0.0))
        state = "red" if raw >= limits["red"] else "full" if raw >= limits["full"] else "warn" if raw >= limits["warn"] else "free"
        found.append(Load(worker, raw, weighted, state))
    return sorted(found, key=lambda load: (load.weighted, load.cases, load.worker.name))


def shared_out(cases, loads, *, team):
    """A proposal who takes which case: worker ids in the order of the cases, None where nobody has room.

    The colleagues of the team in turn, whoever has least by risk first; another team only once all of them are full.
    """
    full = profile().caseload["full"]
    room = {load.worker.pk: [load.worker.team_id != team, load.weighted, load.cases] for load in loads if load.worker.role == "WORKER"}
    turn = []
    for case in cases:
        free = [pk for pk, (_other, _weighted, raw) in room.items() if raw < full]
        pk = min(free, key=lambda pk: room[pk][:2], default=None)
        if pk is not None:
            room[pk][1] += WEIGHT[case.risk]
            room[pk][2] += 1
        turn.append(pk)
    return turn


def candidates_for(area, worker):
    """Workers who may take a case in this area, the least loaded first; supervisors of the asker's agency after them."""
    roles = ("WORKER", "SUPERVISOR")
    near = (
        Worker.objects.filter(is_active=True, role="WORKER", team__areas__below__descendant=area).distinct()
        if area
        else Worker.objects.none()
    )
    own = Worker.objects.filter(is_active=True, role__in=roles, agency=worker.agency_id, team__isnull=False)
    return sorted(loads({w.pk: w for w in [*near, *own]}.values()), key=lambda load: load.worker.role != "WORKER")


def waiting_reports():
    """Reports that wait for the asker's intake team: danger first, then the longest waiting, the slow lane last."""
    return Report.objects.visible().open().select_related("area").in_order_of_triage()


def approvals_for(worker):
    """Questions that wait for this worker's answer."""
    waiting = Approval.objects.visible().waiting().exclude(asked_by=worker)
    if worker.role == "MANAGER":
        waiting = waiting.filter(needs_manager=True)
    else:
        waiting = waiting.filter(needs_manager=False)
    return waiting.select_related("case", "asked_by").order_by("due_at")


@dataclass(frozen=True)
class Known:
    """What the known-child check tells: cases the asker may see, whether a desk officer will get in touch, and what other registers say."""

    cases: list
    reasons: dict  # case id -> list of sentences
    elsewhere: bool
    lines: list  # {"text", "url", "reasons"} of other registers


_registers = []


def register_of_people(look):
    """Another register that is asked whether a child is known: `look(worker, person ids, facts=how many, look=the search.Question)` gives lines."""
    _registers.append(look)
    return look


def known_child(worker, *, names, birth_year=None, sex="", phone="", identifier="", mother="", father="", place="", areas=()):
    """Is this child known? Within one's scope: cases with reasons. Outside: only that a desk officer will call.

    Outside one's scope two independent facts must agree; sealed cases and those the asker is excluded from answer as if absent.
    """
    look = search.Question.of(
        names, birth_year=birth_year, sex=sex, phone=phone, identifier=identifier, mother=mother, father=father, place=place, areas=tuple(areas)
    )
    with access.system(on_behalf=worker, purpose="known child"):
        people = [person for person, _points in look.find()]
        parts = Participant.objects.filter(person_id__in=people, role="CHILD").values_list("case_id", flat=True)
        all_cases = set(parts)
    facts = sum(bool(fact) for fact in (names, birth_year, phone, identifier, mother, father))
    lines = [line for register in _registers for line in register(worker, people, facts=facts, look=look)]
    if not all_cases:
        return Known([], {}, False, lines)
    mine = list(Case.objects.visible().filter(pk__in=all_cases).select_related("child", "area"))
    reasons, kept = {}, []
    search.read_together(case.child for case in mine)
    for case in mine:
        likeness = look.compare(case.child)
        if likeness.is_proposal:
            reasons[case.pk] = [likeness.band_words, *likeness.reasons]
            kept.append((likeness, case))
    kept = [case for _likeness, case in sorted(kept, key=lambda pair: (-pair[0].score, pair[1].pk))]
    elsewhere = False
    others = all_cases - {case.pk for case in mine}
    if others and facts >= 2:
        elsewhere = _tell_the_workers(worker, others, look)
    return Known(kept, reasons, elsewhere, lines)


def _tell_the_workers(worker, case_ids, look):
    """Note on each case that somebody looked for the child; the worker of that case sees who. Sealed and excluded stay silent."""
    found = False
    with access.system(on_behalf=worker, purpose="known child"):
        barred = access.subjects["case"].excluded(worker)
        cases = list(Case.objects.filter(pk__in=case_ids, sealed=False).exclude(pk__in=barred).select_related("child"))
        search.read_together(case.child for case in cases)
        for case in cases:
            if look.compare(case.child).is_proposal:
                found = True
                if not case.events.filter(
                    kind="LOOKED_FOR", by=worker, at__gt=timezone.now() - ONCE_A_DAY
                ).exists():  # asked at each letter typed
                    Event.objects.create(case=case, at=timezone.now(), kind="LOOKED_FOR", by=worker, facts={})
    return found


def receipt(code):
    """The report that a receipt code belongs to, or None. Runs as the system: the reporter has no account."""
    from romsai.cases.actions import receipt_token

    if len([c for c in code if c.isdigit()]) != 16:
        return None
    return Report.objects.filter(receipt=receipt_token(code)).first()
