"""The whole life of one invented child's case, told through the real actions, with something in every sealed field.

noy = life.live(world, words)      # words(name) gives the text for a field; names are like "cases.Note.text"
noy.case, noy.referral, noy.named  # what there is then; `named` gives a UUID for each kind of record in an address
"""

from datetime import timedelta
from types import SimpleNamespace

from django.utils import timezone

from romsai.api.models import Delivery, Token, Webhook
from romsai.care import actions as care
from romsai.care.models import FollowUp
from romsai.cases import actions as cases
from romsai.cases import glass
from romsai.cases.elsewhere import actions as elsewhere
from romsai.cases.models import CaseState
from romsai.cases.models import Pair as TwoRecords
from romsai.core import access, second
from romsai.core.crypto import new_key
from romsai.exchange import actions as exchange
from romsai.exchange.exports import actions as exports
from romsai.exchange.models import Export, Listing
from romsai.papers import actions as papers
from romsai.papers import formats
from romsai.papers.tests.arrange import wav
from romsai.people import actions as people
from romsai.places import codes
from romsai.places.models import Worker
from romsai.questionnaires.compile import walk
from romsai.questionnaires.models import Form
from romsai.retention import actions as retention
from romsai.tracing import actions as tracing
from romsai.tracing.models import READY, BoardPhoto, Pair, Proposal, Reunification
from romsai.tracing.questions import QUESTIONS
from romsai.web.demo.stories import filled
from romsai.workforce import actions as workforce
from tests import world as build

LEVELS = ["core", "identity", "location", "medical", "narrative"]


def live(w, words, *, number=None):
    """From the first call to a running plan with a referral, a refused transfer, a placement and a waiting question."""
    number = number or words
    noy = SimpleNamespace(receipt=number("receipt"))
    _report(w, noy, words, number)
    _register(w, noy, words, number)
    _assess(w, noy, words)
    _plan(w, noy, words)
    _provide(w, noy, words)
    _around(w, noy, words)
    _papers(w, noy, words)
    _lists(w, noy, words, number)
    _exports(w, words)
    _gone(w, words)
    _sought(w, noy, words)
    _proposed(w, words)
    _watched(w, noy, words, number)
    _told(w, noy, words)
    noy.named = _named(w, noy, words)
    return noy


def _report(w, noy, words, number):
    with access.acting(w.operator):
        noy.report = cases.report(
            by=w.operator, worry=words("cases.ReportWords.worry"), danger="no", channel="HELPLINE", area=w.town, receipt=noy.receipt,
            heard_at=w.now - timedelta(hours=2), received_at=w.now - timedelta(hours=2), child_names=words("cases.ReportWords.child_names"),
            child_about=words("cases.ReportWords.child_about"), where=words("cases.ReportWords.where"),
            reporter_name=words("cases.Reporter.name"), reporter_phone=number("cases.Reporter.phone"), reporter_type="FAMILY",
        )  # fmt: skip
        cases.answer_reporter(noy.report, by=w.operator, text=words("cases.ReportMessage.text"))
        cases.log_call(noy.report, by=w.operator, result="REACHED", said=words("cases.ReportCall.said"))
        cases.start_screening(noy.report, by=w.operator)
        noy.other_report = cases.report(by=w.operator, worry="A neighbour asks about school.", danger="no", channel="HELPLINE", area=w.town)
        cases.screen_out(noy.other_report, by=w.operator, disposition="INFO_ONLY", advice=words("cases.ReportWords.advice"))


def _register(w, noy, words, number):
    child = {
        "sex": "F", "birth_year": 2012, "age_basis": "STATED",
        "names": [
            {"kind": "LEGAL", "full": words("people.Name.full"), "given": words("people.Name.given"), "family": words("people.Name.family")},
            {"kind": "SCRIPT", "full": words("a name in Thai")},
        ],
        "identifiers": [{"kind": "NATIONAL_ID", "number": number("people.Identifier.number"), "country": "LAO"}],
        "contacts": [{"kind": "PHONE", "value": number("people.Contact.value"), "hours": words("people.Contact.hours"), "code_word": words("people.Contact.code_word")}],
        "addresses": [{"text": words("people.Address.text"), "area": w.town}],
    }  # fmt: skip
    mother = {"role": "CAREGIVER", "relation": "MOTHER", "names": [{"full": words("the mother's name")}], "sex": "F"}
    consent = build.CONSENT | {"note": words("cases.Consent.note")}
    with access.acting(w.operator):
        noy.case = cases.register(
            noy.report, by=w.operator, child=child, concerns=["LAB-UAG"], risk="MEDIUM", worker=w.kham, consent=consent, language="lo",
            risk_reasons=[words("cases.Case.risk_reasons")], participants=[mother],
        )  # fmt: skip
    with access.acting(w.kham):
        noy.case = type(noy.case).objects.visible().get(pk=noy.case.pk)
        parts = list(noy.case.participants.select_related("person").order_by("pk"))
        noy.child, noy.mother = parts[0].person, parts[1].person
        people.relate(noy.child, by=w.kham, relative=noy.mother, kind="MOTHER", note=words("people.Relation.note"))


def _assess(w, noy, words):
    build.seen(w, noy.case, words=words("cases.Visit.words"), summary=words("cases.Visit.summary"))
    with access.acting(w.kham):
        cases.advance(noy.case, by=w.kham, to=CaseState.INITIAL_ASSESSMENT)
        cases.make_safe(noy.case, by=w.kham, steps=words("cases.SafetyPlan.steps"), until_on=timezone.localdate() + timedelta(days=14))
        noy.assessment = answer(w, noy.case, "INITIAL", words)
        cases.advance(noy.case, by=w.kham, to=CaseState.FULL_ASSESSMENT)
        cases.add_concern(noy.case, by=w.kham, code="LAB-HAZ")
        for concern in noy.case.concerns.all():
            cases.decide_concern(concern, by=w.kham, state="SUBSTANTIATED")
        answer(w, noy.case, "FULL", words)
        cases.advance(noy.case, by=w.kham, to=CaseState.PLANNING)


def answer(w, case, kind, words):
    """A whole form answered; every question that takes free text gets a text of its own."""
    version = Form.objects.in_use().get(kind=kind).published
    begun = cases.start_assessment(case, by=w.kham, version=version)
    texts = {
        node["name"]: words(f"answer {kind} {node['name']}")
        for node in walk(version.compiled["nodes"])
        if node["kind"] == "text" and not node.get("within")
    }
    cases.answer_assessment(begun, by=w.kham, answers=filled(version.compiled, texts))
    begun.refresh_from_db()
    return cases.finish_assessment(begun, by=w.kham)


def _plan(w, noy, words):
    soon = timezone.localdate() + timedelta(days=7)
    with access.acting(w.kham):
        work, school = noy.case.concerns.order_by("pk")
        noy.plan = care.start_plan(noy.case, by=w.kham)
        noy.goal = care.set_goal(noy.plan, by=w.kham, text=words("care.Goal.text"))
        noy.action = care.set_action(noy.goal, by=w.kham, text=words("care.PlanAction.text"), due_on=soon, concerns=[work], owner=w.kham)
        care.leave_out(noy.plan, by=w.kham, concern=school, reason=words("care.Plan.left_out"))
        care.record_child_view(
            noy.plan, by=w.kham, child_view=words("care.Plan.child_view"), no_view_reason=words("care.Plan.no_view_reason")
        )
        care.submit_plan(noy.plan, by=w.kham)
    with access.acting(w.supervisor):
        cases.decide(
            noy.case.approvals.waiting().get(kind="PLAN"), by=w.supervisor, status="APPROVED", answer=words("cases.Approval.answer")
        )
    with access.acting(w.kham):
        noy.case.refresh_from_db()
        care.update_action(noy.action, by=w.kham, state="BLOCKED", reason=words("care.PlanAction.reason"))
        care.judge_goal(noy.goal, by=w.kham, is_met=False, reason=words("care.Goal.reason"))
        cases.set_risk(noy.case, by=w.kham, risk="LOW", reasons=[words("cases.Approval.why")])


def _provide(w, noy, words):
    with access.acting(w.kham):
        until = timezone.localdate() + timedelta(days=60)
        noy.consent = cases.record_consent(
            noy.case,
            by=w.kham,
            kind="SHARE_NAMED",
            giver="CHILD",
            decision="CONSENT",
            recipient=w.shelter,
            levels=["core", "identity"],
            until_on=until,
        )
        asked = {
            "service": "SHELTER",
            "facility": w.safe_house,
            "levels": ["core", "identity"],
            "until": timezone.now() + timedelta(days=30),
            "consent": noy.consent,
        }
        done = care.refer(noy.case, by=w.kham, need=words("care.ReferralWords.need"), contact=words("care.ReferralWords.contact"), **asked)
    with access.acting(w.carer):
        care.answer_referral(done, by=w.carer, answer="ACCEPTED")
        care.write_service_note(done, by=w.carer, text=words("care.ServiceNote.text"))
        care.complete_referral(done, by=w.carer, outcome=words("care.ReferralWords.outcome"))
    with access.acting(w.kham):
        noy.referral = care.refer(noy.case, by=w.kham, need="A bed again.", **asked)
        noy.share = noy.referral.share


def _around(w, noy, words):
    day = timezone.localdate()
    with access.acting(w.supervisor):
        noy.transfer = care.offer_transfer(
            noy.case, by=w.supervisor, team=w.team2, reason="MOVED", handover=words("care.Handover.text"), joint_visit_on=day
        )
    other = build_supervisor(w)
    with access.acting(other):
        care.decline_transfer(noy.transfer, by=other, reason=words("care.Handover.decline_reason"))
    with access.acting(w.supervisor):
        agreed = words("workforce.CaseSupervision.agreed")
        workforce.note_on_case(noy.case, by=w.supervisor, about=w.kham, text=words("workforce.CaseSupervision.text"), agreed=agreed)
        workforce.note(by=w.supervisor, about=w.kham, text=words("workforce.Supervision.text"), agreed=words("workforce.Supervision.agreed"))
    with access.acting(w.kham):
        noy.placement = care.place(noy.case, by=w.kham, care="RESIDENTIAL", from_on=day, where=words("care.Placement.where"))
        care.hold_conference(noy.case, by=w.kham, on=day, decisions=words("care.Conference.decisions"))
        noy.hold = retention.hold(noy.case, by=w.kham, kind="PROCEEDINGS", reason=words("retention.Hold.reason"))
        noy.note = cases.write_note(noy.case, by=w.kham, text=words("cases.Note.text"))
        care.schedule_follow_ups(noy.case, by=w.kham, from_on=day)
        noy.follow_up = FollowUp.objects.filter(case=noy.case).first()
        noy.begun = cases.start_assessment(noy.case, by=w.kham, version=Form.objects.in_use().get(kind="INITIAL").published)


def _gone(w, words):
    """Another child, who left the system: Noy's own case goes on."""
    case, day = build.case(w), timezone.localdate()
    with access.acting(w.kham):
        told = cases.record_consent(case, by=w.kham, kind="SHARE_NAMED", giver="CHILD", decision="CONSENT", levels=["core", "identity"])
        leaving = care.leave_system(
            case, by=w.kham, consent=told, reason="MOVED", joint_visit_on=day, body=words("care.Departure.body"),
            handover=words("care.Departure.handover"),
        )  # fmt: skip
    with access.acting(w.supervisor):
        cases.decide(case.approvals.waiting().get(kind="TRANSFER"), by=w.supervisor, status="APPROVED")
    with access.acting(w.kham):
        care.record_receipt(leaving, by=w.kham, received_on=day, received_by=words("care.Departure.received_by"), is_signed=True)


def _sought(w, noy, words):
    """Her family is looked for; somebody who misses a girl may be hers, and is proved to be. Another child is home already."""
    with access.acting(w.kham):
        cases.record_consent(noy.case, by=w.kham, kind="TRACING", giver="CHILD", decision="ASSENT")
        request = tracing.ask_for_family(noy.case, by=w.kham)
        told = {name: words(f"tracing.Story.{name}") for name in ("account", "place", "last_known", "home", "marks")}
        tracing.tell(request, by=w.kham, year=2024, **told)
        tracing.try_way(request, by=w.kham, method="COMMUNITY", on=timezone.localdate(), result=words("tracing.Attempt.result"))
    with access.system(purpose="tracing"):
        tracing.look(noy.case, by=None)
    noy.proposal = _proved(w, noy.case, words)
    with access.acting(w.kham):
        weighed = {name: words(f"tracing.Determination.{name}") for name in ("child_view", "options", "reasons", "objection")}
        day, agencies = timezone.localdate(), [w.welfare, w.clinic, w.shelter]
        factors = list(codes.get("best_interest_factor").codes)
        tracing.determine(
            noy.case.reunifications.get(), by=w.kham, solution="LOCAL_STAY", factors=factors, on=day, review_on=day + timedelta(days=90),
            panel=[words("tracing.Determination.panel"), "Two", "Three"], agencies=agencies, **weighed,
        )  # fmt: skip
    with access.system():
        photo = {"number": "PHOTO", "bulk": words("tracing.BoardPhoto.bulk").encode(), "consent": request.consent, "until_on": timezone.localdate()}
        BoardPhoto.objects.create(case=noy.case, key=noy.case.key, added_at=timezone.now(), **photo)
        noy.maybe = _beside(w, noy.case)
        home = Reunification.objects.create(case=build.case(w), state="APPROVED", solution="REUNIFY_ORIGIN", started_at=timezone.now())
    with access.acting(w.kham):
        tracing.prepare(home, by=w.kham, ready=READY, words=words("tracing.Preparation.words"))
        day = {name: words(f"tracing.Reunion.{name}") for name in ("place", "escort", "received_by")}
        tracing.reunite(home, by=w.kham, on=timezone.localdate(), care_kind="KIN", is_signed=True, **day)


def _beside(w, case):
    """A proposal on the case, beside the request of a family of the other agency."""
    asked = {"child": {"sex": "F", "age_basis": "STATED", "names": [{"full": "Somebody Else"}]}, "inquirer": {"names": [{"full": "Somebody Else"}]}}
    with access.acting(w.stranger):
        request = tracing.ask_for_child(by=w.stranger, worker=w.stranger, relation="GRANDPARENT", area=w.south, worry="A girl is lost.", **asked)
    with access.system():
        pair = Pair.objects.create(found=case, sought=request.case, at=timezone.now())
        return Proposal.objects.create(case=case, side="CHILD", match=pair.match, reasons=["CHILD", "HOME"], proposed_at=timezone.now())


def _proved(w, case, words):
    own = _beside(w, case)
    with access.acting(w.kham):
        tracing.agree(own, by=w.kham)
    with access.system():
        theirs = Proposal.objects.get(match=own.match, side="FAMILY")
    with access.acting(w.stranger):
        tracing.agree(theirs, by=w.stranger)
        tracing.record_account(theirs, by=w.stranger, answers=dict.fromkeys(QUESTIONS, "It was so."), told_by="Somebody")
    with access.acting(w.kham):
        answers = dict.fromkeys(QUESTIONS, words("tracing.Account.answers"))
        tracing.record_account(own, by=w.kham, answers=answers, told_by=words("tracing.Account.told_by"))
    with access.acting(w.supervisor):
        compared = dict.fromkeys(QUESTIONS, "SAME")
        tracing.verify(own, by=w.supervisor, compared=compared, evidence=["CHILD_STORY"], is_verified=True, why=words("tracing.Verification.why"))
    return own


def _proposed(w, words):
    """Something that waits for a second person, with words of whoever proposed it."""
    grant = {"role": "WORKER", "agency": w.welfare, "team": w.team, "areas": [], "until_on": None}
    facts = {"name": words("core.Proposal.facts"), "email": "new@example.org", "language": "en", "phone": "", **grant}
    with access.acting(w.admin):
        second.propose("places.add_worker", by=w.admin, reason=words("core.Proposal.reason"), **facts)


def _told(w, noy, words):
    """Another system that may ask here, and where it was told of what happened."""
    with access.system():
        noy.machine = Worker.objects.create(
            name="Ministry", role="COORDINATOR", agency=w.ministry, is_machine=True, until_on=timezone.localdate() + timedelta(days=9)
        )
        noy.hook = Webhook.objects.create(
            worker=noy.machine, host="example.org", key=new_key("worker"), address=words("api.Webhook.address"), secret=words("api.Webhook.secret"),
            kinds=["case.risk"],
        )  # fmt: skip
        noy.delivery = Delivery.objects.create(webhook=noy.hook, kind="case.risk", case=noy.case.uuid, at=timezone.now(), state="DEAD")
    with access.accounts():
        Token.objects.create(worker=noy.machine, operations=["list_cases"], ends_at=timezone.now() + timedelta(days=9))


def _papers(w, noy, words):
    """One paper at each level, its words in its sound; and a printed one."""
    kinds = {
        "IdentityPaper": "BIRTH",
        "LocationPaper": "PLACE",
        "MedicalPaper": "MEDICAL",
        "NarrativePaper": "CHILD",
        "LegalPaper": "EVIDENCE",
    }
    for model, kind in kinds.items():
        level = model.removesuffix("Paper")
        sound = formats.take("voice.wav", wav(words(f"papers.{level}Piece.bulk").encode() + bytes(20)))
        with access.acting(w.kham):
            kept = papers.add(noy.case, by=w.kham, kind=kind, content=sound, name=words(f"papers.{model}.name"))
        noy.paper = kept if level == "Identity" else noy.paper
    with access.acting(w.kham):
        noy.printout = papers.print_(noy.case, by=w.kham, what="CHILD", language="en")


def _watched(w, noy, words, number):
    """A stranger tried to open the case in an emergency, then did; it was judged to be misuse and is shut. An agency is kept from it."""
    from romsai.places.models import Worker

    asked = {"name": words("people.Name.full"), "birth_year": 2012, "reason": "COVER"}
    with access.system():
        w.dpo = Worker.objects.create(name="Data officer", role="DPO", agency=w.ministry)
    with access.acting(w.stranger):
        glass.break_glass(by=w.stranger, number=number("cases.GlassRequest.number"), why="Nobody answers.", **asked)
        noy.opening = glass.break_glass(by=w.stranger, number=noy.case.number, why=words("cases.GlassRequest.why"), **asked)
        noy.glass = noy.opening.glass
    with access.acting(w.dpo):
        glass.review_glass(noy.opening, by=w.dpo, verdict="MISUSE", remark=words("cases.GlassRequest.remark"))
    with access.acting(w.kham):
        cases.exclude(noy.case, by=w.kham, reason="INTEREST", agency=w.police)
        noy.exclusion = noy.case.exclusions.get()
        second.propose("cases.lift_exclusion", noy.exclusion, by=w.kham, to=w.dpo, reason=words("core.Proposal.reason"))


def build_supervisor(w):
    """A supervisor of the team that the case is offered to; the invented world has none there."""
    with access.system():
        return Worker.objects.create(name="Malee", role="SUPERVISOR", agency=w.welfare, team=w.team2)


def _lists(w, noy, words, number):
    """What a clinic brings in by file: one list that came in, one that waits, one that cannot be read. Nobody of it is Noy."""
    with access.system():
        by = Worker.objects.create(name="Head of the clinic", role="MANAGER", agency=w.clinic)
    lines = [
        (2, [number("exchange.Listing.number"), "Somebody Else", words("exchange remark"), "F"]),
        (3, ["", "Somebody Else", words("exchange bad row"), words("exchange no sex")]),
    ]
    content = "\n".join(["number,name,remark,sex", *(",".join(cells) for _number, cells in lines)]).encode()
    given = {"content": content, "programme": {"name": "Health cards", "told_as": "Clinic North"}}
    columns = {"number": [0], "full_name": [1], "address": [2], "sex": [3]}
    made = []
    with access.acting(by):
        for n in range(3):
            upload = exchange.uploads["persons"](by=by, file_name=f"{words('exchange file')} {n}.csv", again=True, **given)
            told = {"columns": columns, "words": {"sex": {words("exchange word"): "F"}}, "options": {}}
            made.append(exchange.map_import(upload, by=by, **told))
    with access.system(on_behalf=by):
        for upload in made[:2]:
            exchange.check_rows(upload, by=by, lines=lines, is_last=True)
        trouble = {"code": "heading_twice", "column": "", "value": words("exchange heading")}
        exchange.file_is_bad(made[2], by=by, kept=trouble)
    with access.acting(by):
        exchange.start_import(made[0], by=by)
    with access.system(on_behalf=by):
        exchange.bring_rows(made[0], by=by)
        noy.listing = Listing.objects.get()


def _exports(w, words):
    """Kham's cases go out: a file without names that lies ready, and one with names, agreed to by the manager, half-way written."""
    given = {"page": "caseload", "query": "", "format": "JSON", "recipient": words("exchange.Export.recipient")}
    given["purpose"] = words("exchange.Export.purpose") + ", told in a sentence"
    made = []
    for levels, key in ((), ""), (["identity"], "age1kkr9lw5vw4mcqv8svmv2k6dm3gg7yg2y7y02nuvlrg4yj2slpyksk90z74"):
        with access.acting(w.kham):
            asked = exports.ask(by=w.kham, levels=levels, recipient_key=key, **given)
        if levels:
            with access.acting(w.manager):
                asked = Export(pk=second.confirm(asked, by=w.manager).made_pk)
        made.append(asked)
    with access.system(on_behalf=w.kham):
        for one in (made[0], made[0], made[1]):
            exports.write_export(one, by=w.kham)


def _elsewhere(w, noy, words):
    """The office in the south may have her, too: ours would look together, theirs has not answered."""
    theirs = build.case(w, worker=w.stranger)
    with access.system():
        one, other = sorted((noy.case.child_id, theirs.child_id))
        pair = TwoRecords.objects.create(
            one_id=one, other_id=other, weight=5, likelihood=0.9, state=TwoRecords.State.PROPOSED, levels={"birth": ["same_year", 2.0], "name": ["same", 4.0]}
        )
        inquiry = next(row for row in elsewhere.ask_sides(pair, by=None) if row.case_id == noy.case.pk)
    with access.acting(w.supervisor):
        return elsewhere.agree_to_look(inquiry, by=w.supervisor, why=words("cases.Inquiry.why"))


def _named(w, noy, words):
    """Argument of an address -> Noy's record that goes there."""
    twin = build.case(w)
    with access.acting(w.supervisor):
        merge = cases.propose_merge(noy.case, by=w.supervisor, duplicate=twin)
        approval, concern = noy.case.approvals.waiting().order_by("pk").first(), noy.case.concerns.first()
    with access.system():
        one, other = sorted((noy.case.child_id, twin.child_id))
        pair = TwoRecords.objects.create(one_id=one, other_id=other, weight=5, likelihood=0.9, state=TwoRecords.State.PROPOSED, levels={"birth": ["same_year", 2.0]})
    inquiry = _elsewhere(w, noy, words)
    found = {
        name: getattr(noy, name)
        for name in (
            "case",
            "listing",
            "report",
            "assessment",
            "consent",
            "goal",
            "action",
            "placement",
            "follow_up",
            "referral",
            "share",
            "transfer",
            "paper",
            "printout",
            "glass",
            "opening",
            "exclusion",
            "maybe",
        )
    }
    found["proposal"] = found.pop("maybe")
    with access.system():
        found["search"] = noy.case.tracing_requests.latest("pk")
    found |= {"approval": approval, "merge": merge, "pair": pair, "inquiry": inquiry, "concern": concern, "version": noy.plan}
    return {name: record.uuid for name, record in found.items()}
