"""Questions over cases and reports. Each starts from what the asker may see."""

import operator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import BooleanField, Count, DateTimeField, ExpressionWrapper, Q, TextField, Value
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from romsai.cases import words
from romsai.cases.models import (
    ENDED,
    Approval,
    Asked,
    Assignment,
    Case,
    CaseState,
    Concern,
    Deadline,
    Event,
    Participant,
    Report,
)
from romsai.core import access, crypto
from romsai.core.access.policy import LEVELS
from romsai.core.access.relations import meanings
from romsai.core.access.roles import SCOPE, database_role
from romsai.core.together import together
from romsai.people import search
from romsai.people.models import Name, Person
from romsai.people.names import pseudonym
from romsai.places.models import Worker
from romsai.places.profile import profile

NOT_SEEN = timedelta(days=30)
ONCE_A_DAY = timedelta(days=1)
MOST_RED = 200
MOST = 1000  # cases that one worker leads, at most
ORDERS = {"due": ("next_due", "pk"), "seen": ("last_seen_at", "pk")}
COMPARED = {"": operator.eq, "lt": operator.lt, "gte": operator.ge, "in": lambda value, listed: value in listed}
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


def know_children(cases, known=()):
    """The cases as a list, each with its child as far as the asker may know it; a stand-in without any fact where not.

    known: people that were read before and need not be asked for again.
    """
    cases = list(cases)
    found = {person.pk: person for person in known}
    if others := {case.child_id for case in cases}.difference(found):
        found |= {child.pk: child for child in Person.objects.visible(of=others)}
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


OWN = "assigned"
TEAM = [OWN, "supervisor", "manager", "coordinator"]  # what others share with an agency, or what was opened in an emergency, is nobody's list
SUPERVISORS = ["SUPERVISOR_SEES", "SEARCH_SUPERVISOR", "SEARCH_MANAGER"]  # deadlines of who leads, not of the worker


@dataclass
class Line:
    """What sorts and counts a case in a list."""

    pk: int
    child: int
    state: str = ""
    risk: str = ""
    registered_at: datetime | None = None
    last_seen_at: datetime | None = None
    next_due: datetime | None = None
    next_kind: str = ""
    is_asked: bool = False


class Worklist:
    """A list of open cases: how many each ready-made list has, and the cases of the page that is looked at, the most urgent first.

        with Worklist.own(worker, at=now) as listed:
            counts = listed.counts()
            cases = listed.shown(listed.in_order("due")[:25])

    In the block all is asked of the cases of the list alone. Of somebody's own cases, a team's or a province's, two statements read
    what sorts and counts them, and the rest is asked of the page. Of whole areas, and of more than MOST cases, PostgreSQL counts and
    sorts, and no case is read but those of the page.
    """

    MOST = 20_000
    FEW = 60  # of so few it is not worth saying that a page is about some of them

    def __init__(self, worker, cases, *, at, leave_out=(), by=None):
        self.worker, self.cases, self.at, self.leave_out, self.by = worker, cases, at, leave_out, by
        self.about = self.lines = None

    @classmethod
    def own(cls, worker, *, at):
        """Of the cases that the worker works on."""
        return cls(worker, Case.objects.visible(by=[OWN]).open(), at=at, leave_out=SUPERVISORS, by=OWN)

    @classmethod
    def team(cls, worker, *, at):
        """Of the cases of the supervisor's team, or of the area."""
        return cls(worker, Case.objects.visible(by=TEAM).open(), at=at)

    def __enter__(self):
        with ExitStack() as narrowed:
            if self.worker and database_role(self.worker.role) == SCOPE:
                self._read()
            if self.about:
                narrowed.enter_context(access.about(self.about))
                self._date(self.lines)
            self._narrowed = narrowed.pop_all()
        return self

    def __exit__(self, *error):
        return self._narrowed.__exit__(*error)

    def _read(self):
        facts = ("pk", "child_id", "state", "risk", "registered_at", "last_seen_at")
        rows = list(self.cases.annotate(**access.barred_from(self.worker)).values(*facts, "barred")[: self.MOST + 1])
        if len(rows) > self.MOST:
            return
        barred = set().union(*(row["barred"] for row in rows))
        self.lines = [Line(*(row[name] for name in facts)) for row in rows if row["pk"] not in barred]
        self.about = access.About(self.worker, [line.pk for line in self.lines], by=self.by, barred=barred)

    def _date(self, lines):
        """Note in each line what is due next, and whether a question waits for an answer: both in one statement."""
        lines = {line.pk: line for line in lines}
        never, nothing = Value(None, output_field=DateTimeField()), Value("", output_field=TextField())
        due = self._running().filter(case__in=list(lines)).values_list("case_id", "due_at", "kind")
        asked = Approval.objects.waiting().filter(case__in=list(lines)).annotate(at=never, what=nothing).values_list("case_id", "at", "what")
        for pk, due_at, kind in due.union(asked, all=True):
            line = lines[pk]
            if not kind:
                line.is_asked = True
            elif line.next_due is None or due_at < line.next_due:
                line.next_due, line.next_kind = due_at, kind

    def _running(self):
        return Deadline.objects.running().exclude(kind__in=self.leave_out)

    def counts(self):
        """How many cases each ready-made list has."""
        if self.lines is not None:
            return {name: sum(_holds(condition, line) for line in self.lines) for name, condition in self._ready().items()}
        counted = self.cases.aggregate(**{f"n_{name}": Count("pk", filter=condition) for name, condition in self._ready().items()})
        return {name: counted[f"n_{name}"] for name in self._ready()}

    def ready_made(self, name):
        """The cases of one ready-made list, as a question that can be narrowed further; all for a name that is none."""
        condition = self._ready().get(name, Q())
        if self.lines is None:
            return self.cases.filter(condition)
        return Case.objects.visible().filter(pk__in=[line.pk for line in self.lines if _holds(condition, line)])

    def _ready(self):
        """The ready-made lists by name, as conditions on a line or, where there are none, on a case: late, red, new, unseen, asked, due."""
        at, is_asked = self.at, Q(is_asked=True)

        def due_before(moment):
            return Q(next_due__lt=moment)

        if self.lines is None:
            is_asked = Q(pk__in=Approval.objects.waiting().values("case_id"))

            def due_before(moment):
                return Q(pk__in=self._running().filter(due_at__lt=moment).values("case_id"))

        return {
            "": Q(),
            "late": due_before(at),
            "high": Q(risk__in=["HIGH", "IMMEDIATE"]),
            "new": Q(registered_at__gte=at - timedelta(days=7)),
            "unseen": Q(last_seen_at__lt=at - NOT_SEEN) | Q(last_seen_at__isnull=True, registered_at__lt=at - NOT_SEEN),
            "asked": is_asked,
            "week": due_before(at + timedelta(days=7)) & ~due_before(at),
        }

    def in_order(self, order, among=None):
        """Lines from which a page can be cut, by "due" or "seen": of the whole list, or of the cases of it that the question asks for."""
        if self.lines is None:
            return _Sorted(self, self.cases if among is None else among, order)
        wanted = self.lines
        if among is not None:
            asked = set(among.values_list("pk", flat=True))
            wanted = (line for line in self.lines if line.pk in asked)
        return sorted(wanted, key=lambda line: _last_if_none(line, ORDERS[order]))

    def cases_of(self, page):
        """The cases of a piece of `in_order`, each with `next_due`, `next_kind` and `is_asked`."""
        return self._dated(page, self._asked(page))

    def shown(self, page):
        """The same with what a row of a table says: each also with its `child`, and `called`, and the `concerns` noted. One statement."""
        children = [line.child for line in page]
        with self._about(page):
            cases, people, names = self._asked(page), Person.objects.visible(of=children), names_of(children)
            concerns = Concern.objects.filter(case__in=[line.pk for line in page]).exclude(state="UNSUBSTANTIATED").order_by("noted_at", "pk")
            together(cases, people, names, concerns)
        found = know_children(self._dated(page, cases), known=people)
        names = called([case.child for case in found], rows=names)
        for case in found:
            case.called = names[case.child_id]
            case.concerns_noted = [concern for concern in concerns if concern.case_id == case.pk]
        return found

    def _asked(self, page):
        return Case.objects.visible().filter(pk__in=[line.pk for line in page]).select_related("area", "team")

    def _dated(self, page, cases):
        found = {case.pk: case for case in cases}
        for line in page:
            case = found[line.pk]
            case.next_due, case.next_kind, case.is_asked = line.next_due, line.next_kind, line.is_asked
        return [found[line.pk] for line in page]

    @contextmanager
    def _about(self, page):
        if self.lines is not None and len(self.lines) <= self.FEW:
            yield
        else:
            with access.about([line.pk for line in page]):
                yield


class _Sorted:
    """The lines of a list too long to be read, sorted by PostgreSQL: `len()` and slices."""

    def __init__(self, listed, cases, order):
        self.listed, self.cases, self.order = listed, cases.order_by(), order

    @cached_property
    def _count(self):
        return self.cases.count()

    def __len__(self):
        return self._count

    def __getitem__(self, piece):
        start, stop = piece.start or 0, piece.stop
        if self.order == "seen":
            pks = list(self.cases.order_by(*ORDERS["seen"]).values_list("pk", flat=True)[start:stop])
        else:
            pks = self._by_deadline(start, stop)
        children = dict(Case.objects.visible().filter(pk__in=pks).values_list("pk", "child_id"))
        lines = [Line(pk, children[pk]) for pk in pks]
        self.listed._date(lines)
        return lines

    def _by_deadline(self, start, stop):
        """From the clocks that run out first, a growing piece at a time; cases without any clock come last."""
        running = self.listed._running()
        clocks = running.order_by("due_at", "case_id").values_list("case_id", flat=True)
        found, met, at, size = [], set(), 0, 4 * stop
        while len(found) < stop and (piece := list(clocks[at : at + size])):
            new = [pk for pk in dict.fromkeys(piece) if pk not in met]
            wanted = set(self.cases.filter(pk__in=new).values_list("pk", flat=True))
            found += [pk for pk in new if pk in wanted]
            met.update(new)
            at, size = at + size, size * 2
        if len(found) < stop:
            rest = self.cases.exclude(pk__in=running.values("case_id")).order_by("pk").values_list("pk", flat=True)
            found += rest[: stop - len(found)]
        return found[start:stop]


def _last_if_none(line, names):
    """To sort by, as PostgreSQL does."""
    return [(value is None, value) for value in (getattr(line, name) for name in names)]


def _holds(condition, line):
    """Does a condition on a case's own facts (a Q of lt, gte, in, isnull and equality) hold of the line, as it would in PostgreSQL?"""
    parts = (_holds(part, line) if isinstance(part, Q) else _is(line, *part) for part in condition.children)
    found = any(parts) if condition.connector == Q.OR else all(parts)
    return not found if condition.negated else found


def _is(line, name, asked):
    name, _sep, how = name.partition("__")
    value = getattr(line, name)
    if how == "isnull":
        return (value is None) == asked
    return value is not None and COMPARED[how](value, asked)


def caseload(worker, *, at):
    """Open cases the worker works on, each with `next_due`, `next_kind` and `is_asked`, in order of deadline over all concerns."""
    with Worklist.own(worker, at=at) as listed:
        return listed.cases_of(listed.in_order("due"))


def led_by(worker):
    """Open cases that this worker leads, as far as the asker sees them, the most urgent first."""
    led = Assignment.objects.unfiltered().running().filter(worker=worker, is_lead=True)
    cases = Case.objects.visible().open().filter(pk__in=led.values("case_id"))
    with Worklist(access.current().worker, cases, at=timezone.now()) as listed:
        return listed.cases_of(listed.in_order("due")[:MOST])


@dataclass(frozen=True)
class Red:
    """A case that needs the supervisor now, and why, in sentences."""

    case: Case
    reasons: list
    worker: str


def red_cases(worker, *, at):
    """Open cases with something overdue, a child not seen in time or nobody who leads, the gravest first.

    Of whole areas, those among the MOST_RED that fall due first.
    """
    with Worklist.team(worker, at=at) as listed:
        cases = listed.in_order("due")
        if listed.lines is None:
            cases = listed.cases_of(cases[:MOST_RED])
        late = {}
        for deadline in Deadline.objects.filter(case__in=[case.pk for case in cases]).overdue(at=at).order_by("due_at"):
            late.setdefault(deadline.case_id, []).append(deadline)
        leads = Assignment.objects.filter(case__in=[case.pk for case in cases], is_lead=True).running().select_related("worker")
        # Whose role has ended by its day leads no more, though nobody has given the case to others yet.
        names = {line.case_id: line.worker.name for line in leads if access.acts(line.worker)}
        reasons = {case.pk: _why_red(case, late.get(case.pk, ()), names, at) for case in cases}
        red = [case for case in cases if reasons[case.pk]]
        red = know_children(red if listed.lines is None else listed.cases_of(red))
    found = [Red(case, reasons[case.pk], names.get(case.pk, "")) for case in red]
    return sorted(found, key=lambda red: (-RISKS.index(red.case.risk), red.case.next_due or at, red.case.pk))


def _why_red(case, late, leads, at):
    reasons = [_("%(what)s: %(late)s") % {"what": words.deadline_title(d.kind), "late": words.late(at - d.due_at)} for d in late]
    seen = case.last_seen_at or case.registered_at
    if at - seen > NOT_SEEN and case.state != CaseState.SUSPENDED_UNREACHABLE:
        reasons.append(_("Not seen for %(days)d days") % {"days": (at - seen).days})
    if case.pk not in leads:
        reasons.append(_("Nobody leads the case"))
    return reasons


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
    asks_more: bool = False  # only one fact was told, so nobody else was asked; it does not depend on who is known
    is_too_often: bool = False  # asked so often within the hour that nobody else was asked


_registers = []


def register_of_people(look):
    """Another register that is asked whether a child is known: `look(worker, person ids, look=the search.Question, only_own=…)` gives lines.

    `only_own`: of the asker's own office alone. What it says to others than its own office rests on two facts that agree (`is_sure_enough`).
    """
    _registers.append(look)
    return look


AN_HOUR = timedelta(hours=1)
ASKED_AN_HOUR = 300  # each pause in typing asks; a busy desk that registers twenty children an hour stays below

# Facts that do not follow from each other. Sex is none: it halves the register and no more.
INDEPENDENT = (("name",), ("birth", "day"), ("mother",), ("father",), ("place",), ("phone", "number"))


def is_sure_enough(likeness):
    """Do two independent facts agree? Outside one's scope it is not enough to have typed them (domain notes 4.10)."""
    agreed = [fact for fact in INDEPENDENT if any(likeness.parts.get(part, ("", 0))[1] > 0 for part in fact)]
    return likeness.is_proposal and len(agreed) > 1


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
    told = sum(bool(fact) for fact in (names, birth_year, phone or identifier, mother, father, look.places))
    too_often = told > 1 and _asks_too_often(worker)
    beyond = told > 1 and not too_often
    lines = [line for register in _registers for line in register(worker, people, look=look, only_own=not beyond)]
    if not all_cases:
        return Known([], {}, False, lines, told < 2, too_often)
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
    if others and beyond:
        elsewhere = _tell_the_workers(worker, others, look)
    return Known(kept, reasons, elsewhere, lines, told < 2, too_often)


def _asks_too_often(worker):
    """Counts this question. Other systems have a limit of their own (romsai/api)."""
    if worker.is_machine:
        return False
    with access.system(purpose="known child"):
        Asked.objects.get_or_create(worker=worker)
        mine = Asked.objects.select_for_update().get(worker=worker)
        if mine.since_at < timezone.now() - AN_HOUR:
            mine.since_at, mine.times = timezone.now(), 0
        mine.times += 1
        mine.save()
    return mine.times > ASKED_AN_HOUR


def _tell_the_workers(worker, case_ids, look):
    """Note on each case that somebody looked for the child; the worker of that case sees who. Sealed and excluded stay silent."""
    found = False
    with access.system(on_behalf=worker, purpose="known child"):
        barred = access.subjects["case"].excluded(worker)
        cases = list(Case.objects.filter(pk__in=case_ids, sealed=False).exclude(pk__in=barred).select_related("child"))
        search.read_together(case.child for case in cases)
        for case in cases:
            if is_sure_enough(look.compare(case.child)):
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
