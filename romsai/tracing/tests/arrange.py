"""A girl found in the north under a nickname in Thai letters, and a grandmother in the south who writes in Lao."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from romsai.cases import actions as cases
from romsai.core import access
from romsai.places import codes
from romsai.places.models import Worker
from romsai.questionnaires.models import Form
from romsai.tracing import actions, tasks
from romsai.tracing.models import READY, Story
from romsai.web.demo.stories import filled
from tests import world as build

ANSWERS = {"CALLED": "Noy, by grandmother.", "SIBLINGS": "Two brothers, then her.", "HOUSE": "On posts beside a kapok tree.", "ANIMALS": "A buffalo."}
GIRL = {"sex": "F", "birth_year": 2014, "birth_margin": 1, "age_basis": "ESTIMATED", "names": [{"kind": "NICK", "full": "น้อย"}]}
MOTHER = {"role": "FAMILY", "relation": "MOTHER", "names": [{"full": "คำหล้า"}], "sex": "F"}
SOUGHT = {"sex": "F", "birth_year": 2014, "age_basis": "STATED", "names": [{"kind": "LEGAL", "full": "ນ້ອຍ ວົງສາ"}]}
KIN = [{"relation": "MOTHER", "names": [{"full": "ຄຳຫລ້າ ວົງສາ"}], "sex": "F"}]
STORY = {"year": 2025, "month": 8, "home": "บ้านโพนทอง", "siblings": 2, "position": 3, "marks": "scar under the left knee"}


def found_girl(w, *, consent=True, seal=False, **facts):
    """Registered by the operator, worked on by Kham; the child agreed to tracing, and her mother's name is known."""
    case = build.case(w, child=GIRL, concerns=["SEP-SEP"], risk="MEDIUM", participants=[MOTHER], seal=seal, **facts)
    if consent:
        with access.acting(w.kham):
            cases.record_consent(case, by=w.kham, kind="TRACING", giver="CHILD", decision="ASSENT")
    return case


def grandmother(w, **facts):
    """The request of a grandmother, taken down by Sao of the other agency."""
    asked = {
        "child": SOUGHT, "relation": "GRANDPARENT", "area": w.south, "worker": w.stranger, "language": "lo", "kin": KIN,
        "inquirer": {"names": [{"full": "ບົວຈັນ"}], "sex": "F"}, "worry": "ຫລານສາວຫາຍໄປຈາກຕະຫລາດ",
    } | facts  # fmt: skip
    with access.acting(w.stranger):
        request = actions.ask_for_child(by=w.stranger, **asked)
        actions.tell(request, by=w.stranger, **(STORY | {"home": "ບ້ານໂພນທອງ"}))
    return request


def told(w, case):
    """The child's own request with what she remembers."""
    with access.acting(w.kham):
        request = actions.ask_for_family(case, by=w.kham)
        actions.tell(request, by=w.kham, **STORY)
    return request


def look(case):
    with access.system(purpose="tracing"):
        return actions.look(case, by=None)


def taken(case):
    """The comparison of this case that waits, taken from the queue."""
    with access.system(), connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs where task_name = 'tracing.look' and (args->>'case')::bigint = %s returning id", [case.pk])
        return cursor.fetchall()


def waiting(case):
    """Does a comparison of this case wait? It is done now."""
    found = taken(case)
    tasks.look(case.pk)
    return bool(found)


def both_agree(w, case, request):
    """The proposal of the child's side and that of the family's, after both said it may be her."""
    look(case), look(request.case), look(case)
    with access.acting(w.kham):
        own = actions.agree(case.tracing_proposals.get(), by=w.kham)
    with access.acting(w.stranger):
        theirs = actions.agree(request.case.tracing_proposals.get(), by=w.stranger)
    return own, theirs


def both_tell(w, own, theirs):
    with access.acting(w.kham):
        actions.record_account(own, by=w.kham, answers=ANSWERS, told_by="The girl, to Kham alone")
    with access.acting(w.stranger):
        actions.record_account(theirs, by=w.stranger, answers=ANSWERS, told_by="Her grandmother")


def proved(w, own, *, by=None, **facts):
    by = by or w.supervisor
    facts = {"compared": dict.fromkeys(ANSWERS, "SAME"), "evidence": ["CHILD_STORY"], "is_verified": True, "why": "All four fit."} | facts
    with access.acting(by):
        return actions.verify(own, by=by, **facts)


def today(days=0):
    return timezone.localdate() + timedelta(days=days)


def somebody(w, name, role, agency, team):
    with access.system():
        return Worker.objects.create(name=name, role=role, agency=agency, team=team)


def story_of(request):
    return Story.objects.get(request=request)


def assess(w, case, worker, kind, **said):
    """A whole form answered by this worker, with these answers and whatever else must be said."""
    with access.acting(worker):
        version = Form.objects.in_use().get(kind=kind).published
        begun = cases.start_assessment(case, by=worker, version=version)
        cases.answer_assessment(begun, by=worker, answers=filled(version.compiled, {}) | said)
        begun.refresh_from_db()
        return cases.finish_assessment(begun, by=worker)


def weighed(w, **facts):
    """What a decision takes, of a panel of three agencies."""
    return {
        "solution": "REUNIFY_ORIGIN", "child_view": "I want to go home.", "options": "Home, or to stay with the foster family.",
        "factors": list(codes.get("best_interest_factor").codes), "reasons": "She wants it, and her grandmother is safe.", "on": today(), "review_on": today(90),
        "panel": ["Phet, welfare", "Doctor, clinic", "Head, shelter"], "agencies": [w.welfare, w.clinic, w.shelter],
    } | facts  # fmt: skip


def decided(w, case, **facts):
    """Decided by the panel and approved by the supervisor."""
    with access.acting(w.kham):
        way = case.reunifications.get()
        actions.determine(way, by=w.kham, **weighed(w, **facts))
    with access.acting(w.supervisor):
        cases.decide(case.approvals.waiting().get(kind="REUNIFY"), by=w.supervisor, status="APPROVED")
    return way


def home(w, case, way, *, on=None):
    """Prepared, brought home, signed."""
    with access.acting(w.kham):
        actions.prepare(way, by=w.kham, ready=list(READY))
        facts = {"on": on or today(), "place": "Village hall", "escort": "Kham", "received_by": "Her grandmother", "care_kind": "KIN", "is_signed": True}
        return actions.reunite(way, by=w.kham, **facts)
