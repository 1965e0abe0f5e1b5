"""Tells the stories of stories.yaml by the real actions, each step by the worker who would do it, at its own moment in the past."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from romsai.care import actions as care
from romsai.cases import actions as cases
from romsai.cases.models import Approval, Case, CaseState, Merge
from romsai.core import access
from romsai.places.profile import profile
from romsai.questionnaires.evaluate import Run
from romsai.questionnaires.models import Form
from romsai.web.demo.clock import Clock, told_at
from romsai.web.demo.country import told

# Days after the report at which a case that goes its usual way comes to each state.
PACE = {
    "REGISTERED": 0.05,
    "SEEN": 0.15,
    "INITIAL_ASSESSMENT": 0.2,
    "FULL_ASSESSMENT": 1,
    "PLANNING": 5,
    "PLAN_APPROVAL": 7,
    "IMPLEMENTATION": 8,
    "REVIEW": 40,
    "FOLLOW_UP": 42,
    "CLOSURE_REQUESTED": 80,
    "CLOSED": 82,
}
WAY = list(PACE)


def load(country, write):
    """Tell every story, once; all of them or none. Returns how many cases there are."""
    with access.system():
        if Case.objects.exists():
            write("cases: told before")
            return Case.objects.count()
    stories = told("stories")
    with transaction.atomic(), Clock() as clock:
        for number, line in enumerate(stories, 1):
            Story(line, country, clock).tell()
            if number % 5 == 0 or number == len(stories):
                write(f"cases: {number} of {len(stories)} stories told")
    with access.system():
        return Case.objects.count()


class Story:
    """One report and what became of it."""

    def __init__(self, line, country, clock):
        self.line, self.country, self.clock = line, country, clock
        self.case, self.reached = None, 0
        self.begun = clock.present - timedelta(days=line["report"]["days_ago"], hours=line["report"].get("hours_ago", 0))
        self.worker = country.workers[line.get("worker", "worker")]
        self.supervisor = country.workers[line.get("supervisor", "supervisor")]

    def tell(self):
        try:
            self._report()
            for step in self.line.get("then", []):
                ((verb, facts),) = ((k, v) for k, v in step.items() if k not in ("day", "by"))
                if "day" in step:
                    self.clock.set(self.begun + timedelta(days=step["day"]))
                getattr(self, verb)(facts, by=self.country.workers[step["by"]] if "by" in step else None)
            if self.case is not None and not self.line.get("neglected"):
                self._keep_up()
        except Exception as problem:
            raise RuntimeError(f"Story {self.line['key']!r} cannot be told: {problem}") from problem

    def _as(self, who):
        return access.acting(who)

    def _fresh(self):
        with access.system():
            self.case.refresh_from_db()
        return self.case

    # from the report to the case

    def _report(self):
        facts = dict(self.line["report"])
        for name in ("days_ago", "hours_ago"):
            facts.pop(name, None)
        by = self.country.workers[facts.pop("by")] if "by" in facts else None
        self.clock.set(self.begun)
        facts["area"] = self.country.areas[facts["area"]] if "area" in facts else None
        heard = self.begun - timedelta(hours=facts.pop("heard_hours_before", 0))
        if by is None:
            with access.entered(access.Context(role="romsai_public")):
                self.report = cases.report(by=None, heard_at=heard, **facts)
        else:
            with self._as(by):
                self.report = cases.report(by=by, heard_at=heard, **facts)
        self.desk = self.country.workers[self.line.get("desk", "operator")]

    def screen(self, facts, by=None):
        with self._as(by or self.desk):
            cases.start_screening(self.report, by=by or self.desk)

    def screen_out(self, facts, by=None):
        self.screen({})
        with self._as(self.desk):
            cases.screen_out(self.report, by=self.desk, **facts)

    def register(self, facts, by=None):
        if self.clock.now <= self.begun:
            self.clock.set(self.begun + self._pace("REGISTERED"))
        child = _person(self.line["child"])
        participants = [_person(line) for line in self.line.get("people", [])]
        with self._as(self.desk):
            cases.start_screening(self.report, by=self.desk)
            self.case = cases.register(
                self.report,
                by=self.desk,
                child=child,
                concerns=self.line["concerns"],
                risk=self.line["risk"],
                risk_reasons=self.line.get("reasons", []),
                worker=self.worker,
                consent=self.line.get("consent", {"giver": "MOTHER", "decision": "CONSENT", "how": "spoken"}),
                care=self.line.get("care", "PARENTS"),
                participants=participants,
                seal=self.line.get("sealed", False),
                language=self.line["child"].get("language", ""),
            )

    def link(self, facts, by=None):
        """The report is about the child of an earlier story."""
        with access.system():
            case = Case.objects.get(pk=_told_cases[facts])
        with self._as(self.desk):
            cases.start_screening(self.report, by=self.desk)
            cases.link_report(self.report, by=self.desk, case=case)

    def group(self, facts, by=None):
        """Many children of one event; each goes on as a case of its own."""
        self.clock.set(self.begun + self._pace("REGISTERED"))
        with self._as(self.desk):
            cases.start_screening(self.report, by=self.desk)
            cases.register_group(
                self.report,
                by=self.desk,
                kind=facts["kind"],
                happened_on=timezone.localdate(self.begun),
                area=self.country.areas[facts["area"]],
                children=[_person(line) for line in facts["children"]],
                concerns=self.line["concerns"],
                risk=self.line["risk"],
                workers=[self.country.workers[key] for key in facts["workers"]],
                consent=self.line["consent"],
            )
        with access.system():
            self.case = Case.objects.filter(report_links__report=self.report, assignments__worker=self.worker).earliest("pk")

    # the usual way

    def _pace(self, state):
        """Time from the report to a state; a young case goes the same way faster."""
        age = (self.clock.present - self.begun) / timedelta(days=1)
        last = [step["reach"] for step in self.line.get("then", []) if "reach" in step][-1:]
        squeeze = min(1, age * 0.9 / PACE[last[0] if last else "REGISTERED"])
        return timedelta(days=PACE[state] * squeeze)

    def reach(self, target, by=None):
        """Take the case along its usual way as far as this state."""
        if self.case is None:
            self.register({})
        _told_cases[self.line["key"]] = self.case.pk
        for state in WAY[self.reached + 1 : WAY.index(target) + 1]:
            self.clock.set(max(self.clock.now, self.begun + self._pace(state)))
            getattr(self, f"_to_{state.lower()}")()
            self.reached = WAY.index(state)

    def _to_seen(self):
        if not self.line.get("sealed") and not self.line.get("neglected"):
            with self._as(self.supervisor):
                cases.look_through(self._fresh(), by=self.supervisor)
        seen = self.line.get("seen", "I want to stay where I am safe.")
        self.visit({"words": seen, "summary": "First contact. The child was seen, for part of it alone."})

    def _to_initial_assessment(self):
        self._advance(CaseState.INITIAL_ASSESSMENT)

    def _to_full_assessment(self):
        case, worker = self.case, self.worker
        with self._as(worker):
            steps = self.line.get(
                "safety",
                [
                    "The child knows whom to call at any hour.",
                    "An adult the child trusts stays near.",
                    "The worker calls every second day.",
                ],
            )
            cases.make_safe(case, by=worker, steps="\n".join(steps), until_on=timezone.localdate() + timedelta(days=21))
            if self.line.get("guardian"):
                cases.ask_guardian(case, by=worker)
                if self.line["guardian"] != "asked":
                    cases.appoint_guardian(case, by=worker, kind=self.line["guardian"])
        self._assess("INITIAL")
        self._advance(CaseState.FULL_ASSESSMENT)

    def _to_planning(self):
        self._assess("FULL")
        if any(code.startswith("TRF-") for code in self.line["concerns"]):
            self._assess("TIP_SCREEN")
        with self._as(self.worker):
            for concern in list(self.case.concerns.filter(state="SUSPECTED")):
                cases.decide_concern(concern, by=self.worker, state=self.line.get("found", "SUBSTANTIATED"))
        self._advance(CaseState.PLANNING)

    def _to_plan_approval(self):
        worker = self.worker
        with self._as(worker):
            plan = care.start_plan(self.case, by=worker)
            concerns = {c.code: c for c in self.case.concerns.all()}
            for goal_line in self.line["plan"]:
                goal = care.set_goal(plan, by=worker, text=goal_line["goal"])
                for text, days, served, *owner in goal_line["actions"]:
                    agency = self.country.agencies[owner[0]] if owner else None
                    care.set_action(
                        goal,
                        by=worker,
                        text=text,
                        due_on=timezone.localdate() + timedelta(days=days),
                        concerns=[concerns[code] for code in (served or concerns)],
                        owner=None if agency else worker,
                        owner_agency=agency,
                    )
            care.record_child_view(plan, by=worker, child_view=self.line.get("view", "I agree with this. I want to hear how it goes."))
            care.submit_plan(plan, by=worker)

    def _to_implementation(self):
        self.decide({"kind": "PLAN", "status": "APPROVED"})

    def _to_review(self):
        self.visits({})
        self._advance(CaseState.REVIEW)
        with self._as(self.worker):
            cases.set_risk(self._fresh(), by=self.worker, risk=self.line["risk"], reasons=self.line.get("reasons", ()))

    def _to_follow_up(self):
        with self._as(self.worker):
            for goal in self.case.goals.all():
                care.judge_goal(goal, by=self.worker, is_met=True)
            for line in self.case.plan_actions.filter(state__in=["PLANNED", "DOING"]):
                care.update_action(line, by=self.worker, state="DONE")
            cases.ask_approval(self._fresh(), by=self.worker, kind="REUNIFY", why="The goals of the plan are met and the child is safe.")
        self.decide({"kind": "REUNIFY", "status": "APPROVED"})

    def _to_closure_requested(self):
        self.visits({})
        self._assess("CLOSURE", papers="yes", contact="yes", feedback="yes")
        with self._as(self.worker):
            cases.ask_closure(self._fresh(), by=self.worker, reason="GOALS_MET")

    def _to_closed(self):
        self.decide({"kind": "CLOSURE", "status": "APPROVED"})

    def _advance(self, state):
        self.clock.pass_(minutes=30)
        with self._as(self.worker):
            cases.advance(self._fresh(), by=self.worker, to=state)

    def _assess(self, kind, **given):
        self.clock.pass_(minutes=20)
        with self._as(self.worker):
            version = Form.objects.get(kind=kind).published
            begun = cases.start_assessment(self._fresh(), by=self.worker, version=version, language="en")
            answers = filled(version.compiled, given | self.line.get("answers", {}).get(kind, {}))
            cases.answer_assessment(begun, by=self.worker, answers=answers)
            cases.finish_assessment(begun, by=self.worker)

    # what else may happen

    def assess(self, kind, by=None):
        self._assess(kind)

    def visit(self, facts, by=None):
        facts = {"kind": "VISIT_HOME", "child_seen": True, "seen_alone": True, "is_safe": True} | facts
        with self._as(by or self.worker):
            cases.record_visit(self._fresh(), by=by or self.worker, at=self.clock.now, **facts)

    def visits(self, facts, by=None):
        """Follow-up visits as often as the risk asks, from the last one until this step; `stop_days_ago`: and none since then."""
        case = self._fresh()
        until = min(self.clock.now, self.clock.present - timedelta(days=facts.get("stop_days_ago", 0)))
        every = profile().follow_up_every(case.risk, after=timedelta(days=30))
        at = case.last_seen_at + every
        while at < until:
            with told_at(self.clock, at):
                self.visit({"outcome": "SAME", "summary": "Follow-up visit. The steps of the plan go on."})
            at += every

    def _keep_up(self):
        """Until today the child is visited in time, and what the plan wanted by now is done."""
        case = self._fresh()
        if case.last_seen_at is None or not case.is_open or case.state == CaseState.SUSPENDED_UNREACHABLE:
            return
        self.clock.set(self.clock.present)
        self.visits({})
        with self._as(self.worker):
            done = case.plan_actions.filter(plan__state="APPROVED", state="PLANNED", due_on__lt=timezone.localdate())
            for line in list(done):
                care.update_action(line, by=self.worker, state="DONE", done_on=line.due_on)

    def note(self, text, by=None):
        with self._as(by or self.worker):
            cases.write_note(self._fresh(), by=by or self.worker, text=text)

    def decide(self, facts, by=None):
        by = by or self.supervisor
        with access.system():
            waiting = Approval.objects.get(case=self.case, kind=facts["kind"], status="REQUESTED")
            if waiting.needs_manager:
                by = self.country.workers["manager"]
        with self._as(by):
            cases.decide(waiting, by=by, status=facts["status"], answer=facts.get("answer", ""))

    def refer(self, facts, by=None):
        """Ask the child, refer, and let the provider do what the story says."""
        by = by or self.worker
        facility = self.country.facilities[facts["to"]]
        levels = facts.get("levels", ["core", "identity"])
        purpose = facts.get("purpose", "SHARE_NAMED")
        until = timezone.localdate() + timedelta(days=120)
        with self._as(by):
            giver = facts.get("giver", "CHILD")
            consent = cases.record_consent(
                self._fresh(),
                by=by,
                kind=purpose,
                giver=giver,
                decision="CONSENT",
                recipient=facility.agency,
                levels=levels,
                until_on=until,
                how="spoken",
            )
            referral = care.refer(
                self.case, by=by, facility=facility, service=facts["service"], need=facts["need"], levels=levels,
                until=timezone.now() + timedelta(days=110), consent=consent, purpose=purpose, contact=facts.get("contact", ""),
            )  # fmt: skip
        for word in facts.get("becomes", []):
            self.clock.pass_(hours=5)
            provider = self.country.workers[facts["provider"]]
            with self._as(provider):
                self._provide(referral, word, facts, provider)
            with access.system():
                referral.refresh_from_db()

    def _provide(self, referral, word, facts, provider):
        if word == "RECEIVED":
            care.open_referral(referral, by=provider)
        elif word in ("ACCEPTED", "WAITLISTED", "DECLINED"):
            care.answer_referral(
                referral, by=provider, answer=word, reason=facts.get("reason", "NO_CAPACITY") if word == "DECLINED" else ""
            )
        elif word == "STARTED":
            care.write_service_note(referral, by=provider, text=facts.get("note", "We met the child and began."))
        else:
            care.complete_referral(referral, by=provider, outcome=facts.get("outcome", "Done as agreed."), is_completed=word == "COMPLETED")

    def withdraw(self, facts, by=None):
        """A consent behind a referral is taken back (gate G5)."""
        with self._as(self.worker):
            consent = self.case.consents.filter(recipient__isnull=False, withdrawn_at__isnull=True).latest("pk")
            cases.withdraw_consent(consent, by=self.worker, giver=facts["giver"], child_wish=facts["wish"])

    def lower_risk(self, facts, by=None):
        with self._as(self.worker):
            cases.set_risk(self._fresh(), by=self.worker, risk=facts["to"], reasons=facts["reasons"])

    def suspend(self, why, by=None):
        with self._as(self.supervisor):
            cases.suspend(self._fresh(), by=self.supervisor, why=why)

    def ask_closure(self, reason, by=None):
        with self._as(self.worker):
            cases.ask_closure(self._fresh(), by=self.worker, reason=reason)

    def unsubstantiated(self, facts, by=None):
        with self._as(self.worker):
            for concern in list(self.case.concerns.all()):
                cases.decide_concern(concern, by=self.worker, state="UNSUBSTANTIATED")

    def reopen(self, facts, by=None):
        with self._as(self.supervisor):
            cases.reopen(self._fresh(), by=self.supervisor)

    def transfer(self, facts, by=None):
        team = self.country.teams[facts["team"]]
        with self._as(self.worker):
            cases.record_consent(
                self._fresh(), by=self.worker, kind="SHARE_NAMED", giver=facts["giver"], decision="CONSENT", recipient=team.agency,
                levels=["core", "identity", "location", "narrative"], until_on=timezone.localdate() + timedelta(days=60), how="spoken",
            )  # fmt: skip
        with self._as(self.supervisor):
            care.offer_transfer(
                self.case, by=self.supervisor, team=team, reason=facts["reason"], handover=facts["handover"],
                joint_visit_on=timezone.localdate(self.clock.present) + timedelta(days=4),
            )  # fmt: skip

    def leave(self, facts, by=None):
        """Handed over outside the system: asked, agreed a day later, and on `after` days the receipt."""
        with self._as(self.worker):
            consent = cases.record_consent(
                self._fresh(), by=self.worker, kind="SHARE_NAMED", giver=facts["giver"], decision="CONSENT", levels=["core", "identity"],
                note=facts.get("said", ""), how="spoken",
            )  # fmt: skip
            departure = care.leave_system(
                self.case, by=self.worker, body=facts["body"], reason=facts["reason"], handover=facts["handover"], consent=consent,
                joint_visit_on=timezone.localdate() + timedelta(days=2),
            )  # fmt: skip
        self.clock.pass_(hours=20)
        self.decide({"kind": "TRANSFER", "status": "APPROVED"})
        self.clock.pass_(hours=24 * facts["after"])
        with self._as(self.worker):
            care.record_receipt(
                departure, by=self.worker, received_on=timezone.localdate(), received_by=facts["received_by"], is_signed=True
            )

    def place(self, facts, by=None):
        facility = self.country.facilities[facts["facility"]] if "facility" in facts else None
        with self._as(self.worker):
            care.place(
                self._fresh(),
                by=self.worker,
                care=facts["care"],
                from_on=timezone.localdate(),
                facility=facility,
                where=facts.get("where", ""),
            )
        self.clock.pass_(hours=4)
        self.decide({"kind": "PLACEMENT", "status": "APPROVED"})

    def home_again(self, facts, by=None):
        with self._as(self.worker):
            placement = self.case.placements.get(until_on__isnull=True)
            care.end_placement(placement, by=self.worker, until_on=timezone.localdate(), reason="HOME", care=facts["care"])

    def conference(self, facts, by=None):
        with self._as(self.worker):
            agencies = [self.country.agencies[key] for key in facts["agencies"]]
            care.hold_conference(
                self._fresh(),
                by=self.worker,
                on=timezone.localdate(),
                decisions=facts["decisions"],
                agencies=agencies,
                child_took_part=True,
            )

    def exclude(self, facts, by=None):
        with self._as(self.supervisor):
            cases.exclude(self._fresh(), by=self.supervisor, reason="RELATED", worker=self.country.workers[facts])

    def join(self, facts, by=None):
        """A second worker on the case."""
        lead = by or (self.worker if self.line.get("sealed") else self.supervisor)
        with self._as(lead):
            cases.assign(self._fresh(), by=lead, worker=self.country.workers[facts], is_lead=False)

    def same_child_as(self, facts, by=None):
        """A supervisor finds that an earlier story is of the same child."""
        with access.system():
            earlier = Case.objects.get(pk=_told_cases[facts])
        with self._as(self.supervisor):
            assert isinstance(cases.propose_merge(earlier, by=self.supervisor, duplicate=self._fresh()), Merge)


_told_cases = {}  # key of a story -> id of its case, for stories that name another


def _person(line):
    """Facts of a person for the actions: an age becomes a year of birth, plain names become rows."""
    line = dict(line)
    age = line.pop("age", None)
    if age is not None:
        line |= {"birth_year": timezone.localdate().year - age, "age_basis": line.get("age_basis", "STATED")}
    names = line.pop("names", [])
    line["names"] = [{"kind": "LEGAL", "full": name} if isinstance(name, str) else name for name in names]
    return line


SENTENCE = "See the notes of the visit."
NUMBERS = (0, 1, 2, 5, 10, 15, 50)


def filled(compiled, given):
    """Answers that let this form be finished: those given, and for every question still required the first that can stand."""
    names = {node["name"] for node in _nodes(compiled["nodes"])}
    answers = {name: value for name, value in given.items() if name in names}
    tried = {}
    for _round in range(200):
        run = Run(compiled, answers, today=timezone.localdate(), now=timezone.localtime())
        left = [*run.missing, *run.errors]
        if not left:
            return run.kept
        answers = run.kept
        for path in left:
            tried[path] = tried.get(path, -1) + 1
            _answer(answers, path.split("/"), _guess(run, path, tried[path]))
    raise ValueError(f"the form cannot be finished: {left}")


def _nodes(nodes):
    for node in nodes:
        yield node
        yield from _nodes(node.get("children", ()))


def _guess(run, path, attempt):
    name = path.split("/")[-1]
    node = run.nodes[name]
    kind = node["kind"]
    if kind in ("one", "many"):
        scope = next(s for s in run.scopes(node["within"]) if s.prefix + name == path)
        choices = [choice["name"] for choice in run.choices(node, scope)]
        chosen = choices[attempt % len(choices)]
        return chosen if kind == "one" else [chosen]
    if kind in ("integer", "decimal", "range"):
        return NUMBERS[attempt % len(NUMBERS)]
    if kind == "date":
        return (timezone.localdate() - timedelta(days=attempt)).isoformat()
    if kind == "moment":
        return timezone.localtime().replace(tzinfo=None).isoformat(timespec="minutes")
    if kind == "time":
        return "10:00"
    return "OK" if kind == "acknowledge" else SENTENCE


def _answer(answers, steps, value):
    for step in steps[:-1]:
        answers = answers[int(step)] if step.isdigit() else answers[step]
    answers[steps[-1]] = value
