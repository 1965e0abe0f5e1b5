"""Cases that break naive designs (domain notes 4.9), each by its number. docs/breakers.md lists all 25 with their state.

Told through the real actions, as small as the point allows; the journeys in tests/journeys tell some of them at length.
"""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from romsai.care import actions as care
from romsai.care.tests.arrange import at, consent, in_force, moment, referral
from romsai.cases import actions as cases
from romsai.cases import filters, glass, lifecycle, queries
from romsai.cases.models import Case, Concern, Reporter
from romsai.core import access
from romsai.core.actions import Refused
from romsai.core.dates import birthday
from romsai.launcher import ROOT
from romsai.people.models import Name, Person
from romsai.web.tests import test_doors as public
from tests import world as build

TODAY = timezone.localdate()


def child(**facts):
    return {"sex": "F", "birth_year": TODAY.year - 14, "age_basis": "STATED", "names": [{"kind": "LEGAL", "full": "Keo Invented"}]} | facts


def the_child(world, case):
    with access.acting(world.kham):
        return Person.objects.visible().get(pk=case.child_id)


def sees(worker, case):
    with access.acting(worker):
        return access.sees(worker, case)


def test_breaker_01_forty_two_children_at_once_in_three_languages_for_two_workers(world):
    report = build.report(world, children=42)
    lines = [
        {"sex": "F", "names": [{"kind": "LABEL", "full": f"Child {n}"}], "age_basis": "ESTIMATED", "language": ("lo", "km", "my")[n % 3]}
        for n in range(42)
    ]
    with access.acting(world.operator):
        cases.register_group(
            report, by=world.operator, kind="RAID", happened_on=TODAY, area=world.town, children=lines, concerns=["LAB-FOR"], risk="HIGH",
            workers=[world.kham, world.bua], consent=build.CONSENT,
        )  # fmt: skip
    with access.system():
        made = list(Case.objects.all())
        held = [(one.language, one.assignments.get().worker_id) for one in made]
    assert (len(made), len({one.number for one in made})) == (42, 42)
    assert sorted(sum(worker == who.pk for _tongue, worker in held) for who in (world.kham, world.bua)) == [21, 21]
    assert (
        sum(len({worker for tongue, worker in held if tongue == asked}) == 1 for asked in ("lo", "km", "my")) >= 2
    )  # only one language is split


def test_breaker_02_a_baby_sold_at_three_days_without_a_name_or_words(world):
    sold = child(sex="U", birth_year=TODAY.year, age_basis="ESTIMATED", names=[{"kind": "LABEL", "full": "Baby in the blue cloth"}])
    case = build.case(world, child=sold, concerns=["SAL-CHI"], risk="HIGH", language="")
    build.seen(world, case, words="", seen_alone=False)
    with access.acting(world.kham):
        baby = Person.objects.visible().get(pk=case.child_id)
        assert baby.is_label_only
        assert case.visits.get().words is None
        assert cases.advance(case, by=world.kham, to="INITIAL_ASSESSMENT").state == "INITIAL_ASSESSMENT"


def test_breaker_03_of_two_siblings_one_is_a_victim_and_one_recruited_her(world):
    """A recruiter of sixteen is a child with a case of his own; who works for him does not learn of her."""
    hers = build.case(world, concerns=["TRF-SEX"], risk="HIGH", participants=[{"role": "ALLEGED", "relation": "SIBLING", "is_suspected": True, "sex": "M", "names": [{"full": "Tao Invented"}]}])  # fmt: skip
    his = build.case(world, worker=world.stranger, child=child(sex="M", birth_year=TODAY.year - 16, names=[{"kind": "LEGAL", "full": "Tao Invented"}]), concerns=["TRF-CRIM", "JUS-CON"], risk="HIGH")  # fmt: skip
    with access.acting(world.stranger):
        assert [case.pk for case in Case.objects.visible()] == [his.pk]
        assert [str(name.full) for name in Name.objects.visible()] == ["Tao Invented"]
        assert Person.objects.visible().get(pk=his.child_id).is_child(TODAY)
    with access.acting(world.kham):
        assert {str(name.full) for name in Name.objects.visible()} == {"Keo Invented", "Tao Invented"}
        assert hers.participants.filter(is_suspected=True).get().person_id != his.child_id


def test_breaker_04_the_father_is_reporter_and_perpetrator(world):
    receipt = cases.new_receipt()
    told = build.report(world, receipt=receipt, reporter_name="Wit", reporter_is_alleged=True, reporter_type="PARENT_CAREGIVER")
    father = {"role": "ALLEGED", "relation": "FATHER", "is_suspected": True, "names": [{"full": "Wit Invented"}], "sex": "M"}
    facts = {"child": child(), "concerns": ["VIO-PHY"], "risk": "MEDIUM", "worker": world.kham, "participants": [father]}
    with access.acting(world.operator):
        with pytest.raises(Refused, match="suspected"):
            cases.register(told, by=world.operator, consent={"giver": "FATHER", "decision": "CONSENT"}, **facts)
        case = cases.register(told, by=world.operator, consent=build.CONSENT, **facts)
    with access.system():
        report = queries.receipt(receipt)
        assert list(report.messages.all()) == []  # all that his code opens
    with access.acting(world.kham):
        assert Reporter.objects.visible().get(report=told).is_alleged
        with pytest.raises(Refused, match="cannot take the consent back"):
            cases.withdraw_consent(case.consents.get(), by=world.kham, giver="FATHER", child_wish="Go on.")


def test_breaker_05_seventeen_years_and_eleven_months_and_the_age_is_disputed(world):
    almost = TODAY.replace(day=1) - timedelta(days=17 * 365 + 340)
    case = build.case(world, child=child(birth_year=almost.year, birth_month=almost.month, age_basis="DISPUTED"))
    person = the_child(world, case)
    assert person.is_child(TODAY)
    assert person.is_child(TODAY + timedelta(days=365 * 3))  # in doubt a child until somebody has decided
    assert birthday(person.birth, 18) > TODAY
    with access.system():
        assert Case.objects.get(pk=case.pk).is_open


def test_breaker_06_the_child_says_do_not_tell_my_mother(world):
    """A mother's withdrawal asks the child's own wish, and what the child said goes along with nothing that is shared."""
    case = in_force(world, participants=[{"role": "CAREGIVER", "relation": "MOTHER", "names": [{"full": "Kaew Invented"}], "sex": "F"}])
    build.seen(world, case, words="Do not tell my mother.")
    with access.acting(world.kham):
        care.share(case, by=world.kham, consent=consent(world, case, world.shelter), agency=world.shelter, levels=["core", "identity"], purpose="SHARE_NAMED", until=moment(30))  # fmt: skip
        with pytest.raises(Refused, match="own wish"):
            cases.withdraw_consent(case.consents.filter(kind="SERVICE").get(), by=world.kham, giver="MOTHER")
    with access.acting(world.carer):
        assert access.sees(world.carer, case)
        assert not case.visits.visible().exists()
        assert not Name.objects.visible().filter(person__in=case.participants.filter(relation="MOTHER").values("person_id")).exists()


def test_breaker_07_the_same_girl_as_mai_in_thai_and_in_lao_letters(world):
    case = build.case(world, child=child(names=[{"kind": "NICK", "full": "ใหม่"}, {"kind": "LEGAL", "full": "ใหม่ วงสา"}]))
    with access.acting(world.stranger):
        known = queries.known_child(world.stranger, names=["ໃໝ່ ວົງສາ"], birth_year=TODAY.year - 14, sex="F")
        assert (known.cases, known.elsewhere) == ([], True)  # two offices will talk; neither is told a name
        assert not access.sees(world.stranger, case)


def test_breaker_08_a_caller_with_forty_seconds_of_credit(world):
    """One sentence is a report; tests/baddays/test_operator.py holds a watch to it."""
    with access.acting(world.operator):
        made = cases.report(by=world.operator, worry="She is locked in.", danger="yes", channel="HELPLINE")
    assert made.decide_by - made.received_at <= timedelta(hours=1)


def test_breaker_09_the_worker_is_a_cousin_of_the_alleged(world):
    case = build.case(world)
    with access.acting(world.supervisor):
        cases.exclude(case, by=world.supervisor, reason="RELATED", worker=world.kham)
        assert not case.assignments.running().exists()  # nobody leads it, which the board says in red
        cases.assign(case, by=world.supervisor, worker=world.bua)
        with pytest.raises(Refused, match="cannot work on this case"):
            cases.assign(case, by=world.supervisor, worker=world.kham, is_lead=False)
    assert (sees(world.kham, case), sees(world.bua, case)) == (False, True)


def test_breaker_11_returned_and_trafficked_again_in_month_five_from_another_province(world):
    case = at(world, "FOLLOW_UP")
    with access.acting(world.kham):
        cases.write_note(case, by=world.kham, text="Home with her aunt.")
    with access.system():
        cases.end(case, "CLOSED", by=None, reason="REUNIFIED_STABLE", concerns="RESOLVED", at=timezone.now() - timedelta(days=150))
    again = build.report(world, area=world.south)
    with access.system():
        type(again).objects.filter(pk=again.pk).update(team=world.team)  # the two offices have talked
    with access.acting(world.operator):
        again = type(again).objects.visible().get(pk=again.pk)
    with access.acting(world.supervisor):
        cases.reopen(case, by=world.supervisor, report=again)
    with access.acting(world.kham):
        case = Case.objects.visible().get(pk=case.pk)
        assert (case.state, case.episodes.count(), case.report_links.count()) == ("REOPENED", 2, 2)
        assert [str(note.text) for note in case.notes.all()] == ["Home with her aunt."]
        assert case.deadlines.running().filter(kind="FIRST_CONTACT").exists()


def test_breaker_12_a_court_orders_the_file_and_other_children_are_named_in_it(world):
    sister = {"role": "FAMILY", "relation": "SIBLING", "names": [{"full": "Sister Invented"}], "sex": "F"}
    case = in_force(world, participants=[sister])
    agreed = consent(world, case, world.police, kind="JUSTICE", levels=["core", "identity", "narrative"])
    with access.acting(world.kham):
        care.share(
            case, by=world.kham, consent=agreed, agency=world.police, levels=["core", "identity"], purpose="JUSTICE", until=moment(30)
        )
    with access.acting(world.officer):
        assert [str(name.full) for name in Name.objects.visible()] == ["Keo Invented"]


def test_breaker_13_the_mother_withdraws_consent_after_the_referral(world):
    """What the child's life does not hang on ends at once; the provider learns that it ended, and no more of the child."""
    case = in_force(world, participants=[{"role": "CAREGIVER", "relation": "MOTHER", "names": [{"full": "Kaew Invented"}], "sex": "F"}])
    agreed = consent(world, case, world.clinic, giver="MOTHER")
    with access.system():
        world.ward.services.create(service="PARENTING")
    sent = referral(world, case, service="PARENTING", facility=world.ward, agreed=agreed)
    assert sees(world.nurse, case)
    with access.acting(world.kham):
        cases.withdraw_consent(agreed, by=world.kham, giver="MOTHER", child_wish="I want to go on.")
    assert (sees(world.nurse, case), sees(world.nurse, sent)) == (False, True)


@pytest.mark.parametrize("country", ["THA", "VNM", "LAO"])
def test_breaker_16_and_17_whoever_is_sixteen_is_a_child_whatever_the_law_of_the_country_says(world, country):
    case = build.case(world, child=child(birth_year=TODAY.year - 16, nationality=country), concerns=["HAR-CEM"])
    person = the_child(world, case)
    assert person.is_child(TODAY)
    assert not person.is_child(date(TODAY.year + 3, 1, 1))
    with access.acting(world.kham):
        assert case.is_open
        cases.add_concern(case, by=world.kham, code="VIO-DOM")  # married or not, the work goes on


def test_breaker_18_a_boy_sexually_exploited_on_a_fishing_vessel(world):
    boy = child(sex="M", names=[{"kind": "NICK", "full": "Tao"}])
    case = build.case(world, child=boy, concerns=["SEX-PRO", "LAB-FOR"], risk="HIGH")
    with access.acting(world.kham):
        made = cases.add_concern(case, by=world.kham, code="SEX-ABU", setting="VESSEL")
        assert Concern.objects.visible().get(pk=made.pk).setting == "VESSEL"
        assert Person.objects.visible().get(pk=case.child_id).sex == "M"


def test_breaker_19_a_stateless_child_born_in_the_destination_country(world):
    """Nothing asks for a paper, a number or a nationality."""
    case = build.case(world, child=child(names=[{"kind": "NICK", "full": "Fah"}]), concerns=["IDE-STA", "IDE-BIR"])
    person = the_child(world, case)
    with access.acting(world.kham):
        assert (person.nationality, person.identifiers.count()) == ("", 0)
    build.seen(world, case)
    with access.acting(world.kham):
        assert cases.advance(case, by=world.kham, to="INITIAL_ASSESSMENT").state == "INITIAL_ASSESSMENT"


def test_breaker_20_an_embassy_asks_for_a_list_of_its_nationals(world):
    from romsai.places.models import Worker

    build.case(world, child=child(nationality="LAO"))
    with access.system():
        consul = Worker.objects.create(name="Consul", role="BORDER_CONSULAR", agency=world.police)
    with access.acting(consul):
        assert (Case.objects.visible().count(), Person.objects.visible().count()) == (0, 0)
    named = {
        name for form in vars(filters).values() if isinstance(form, type) and hasattr(form, "base_fields") for name in form.base_fields
    }
    assert named & {"nationality", "ethnicity", "religion", "country"} == set()


def test_breaker_21_a_journalist_asks_for_a_case(world):
    case = build.case(world)
    with access.acting(world.kham), pytest.raises(Refused, match="media"):
        cases.record_consent(case, by=world.kham, kind="MEDIA", giver="CHILD", decision="CONSENT")


def test_breaker_22_the_reporter_was_wrong_in_good_faith(world):
    case = at(world, "INITIAL_ASSESSMENT")
    with access.acting(world.kham):
        for concern in case.concerns.all():
            cases.decide_concern(concern, by=world.kham, state="UNSUBSTANTIATED")
    with access.system():
        left = {item.code for item in lifecycle.closure_missing(case, "NOT_SUBSTANTIATED")}
        assert left <= {"CONTACT", "VIEWS"}  # nothing is asked of a child who needs nothing
        assert Reporter.objects.filter(is_alleged=True).count() == 0


def test_breaker_23_prank_calls_in_hundreds(world, monkeypatch):
    """None is refused, because one of them may be a child; the connection that sends them waits."""
    public.test_many_reports_from_one_connection_go_by_the_slow_lane_and_none_is_refused(world, monkeypatch)


def test_breaker_24_a_child_dies_in_care(world):
    case = in_force(world)
    with access.system():
        cases.move(case, "FOLLOW_UP", by=None)
    with access.acting(world.kham), pytest.raises(Refused, match="review"):
        cases.ask_closure(case, by=world.kham, reason="DIED")
    with access.system():
        assert "DEATH_REVIEW" in {item.code for item in lifecycle.closure_missing(case, "DIED")}
        assert "GOALS" not in {item.code for item in lifecycle.closure_missing(case, "DIED")}


def test_an_emergency_opens_for_none_of_them_what_is_barred(world):
    """Number 9 again, with the strongest right there is."""
    from romsai.cases.tests.test_glass import FACTS, officers

    officers(world)
    case = build.case(world, child=child())
    with access.acting(world.kham):
        cases.exclude(case, by=world.kham, reason="RELATED", worker=world.stranger)
    with access.acting(world.stranger):
        assert glass.break_glass(by=world.stranger, number=case.number, **FACTS | {"birth_year": TODAY.year - 14}).glass is None


def test_the_page_lists_all_twenty_five_and_each_test_that_it_names_is_there():
    page = (ROOT / "docs" / "breakers.md").read_text()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if re.match(r"\| \d", line)]
    assert [int(row[0]) for row in rows] == list(range(1, 26))
    written = "".join(path.read_text() for folder in ("tests", "romsai") for path in (ROOT / folder).rglob("test_*.py"))
    carried = {int(number) for name in re.findall(r"def test_breaker_(\d\d(?:_and_\d\d)?)", written) for number in name.split("_and_")}
    assert carried == set(range(1, 26)) - {14}  # nothing of a child is kept on a phone yet
    for number, _case, state, named in rows:
        assert bool(named) == (int(number) != 14) and state, number
        assert {int(found) for name in re.findall(r"test_breaker_(\d\d(?:_and_\d\d)?)", named) for found in name.split("_and_")} >= {int(number)} - {14}
        for place in re.findall(r"`((?:journeys|baddays|papers|exchange|questionnaires)/[a-z_/]+)", named):
            assert any((ROOT / folder / f"{place}.py").exists() for folder in ("tests", "romsai")), place
