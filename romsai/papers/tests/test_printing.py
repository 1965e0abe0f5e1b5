"""Every paper in every script: all that was written stands on it, no letter is missing, and nothing that was not shared."""

import re
import unicodedata

import pytest
from django.test import override_settings

from romsai.care.tests import arrange as care
from romsai.cases import actions as cases
from romsai.core import access
from romsai.core.actions import Refused
from romsai.core.models import AuditLine
from romsai.papers import actions, contents
from romsai.papers.models import Printout, What
from romsai.papers.tests import reading
from romsai.people import actions as people
from romsai.places.models import Agency
from tests import world as build

SCRIPTS = {
    "Latin": "The girl goes to school every day",
    "Vietnamese": "Em gái Nguyễn Thị Giả Định đi học mỗi ngày ở Mường",
    "Thai": "เด็กหญิงไปโรงเรียนทุกวันและอยู่กับยายริมแม่น้ำ",
    "Lao": "ເດັກຍິງໄປໂຮງຮຽນທຸກມື້ ນໍ້າ ກ່ຳ ປີ້ ຫຼ້າ",
    "Khmer": "ក្មេងស្រីទៅសាលារៀនរាល់ថ្ងៃ",
    "Burmese": "ကလေးသည်နေ့တိုင်းကျောင်းသွားသည်",
    "Chinese": "孩子每天上学和外婆住在一起",
}
SECRET = "plantedsecret"


def letters(text):
    """The base letters, whatever the order in which marks are drawn."""
    return {sign for sign in unicodedata.normalize("NFD", text) if unicodedata.category(sign)[0] in "LN"}


def plain(text):
    return re.sub(r"\s+", "", text)


@pytest.fixture
def told(world):
    """A case with a plan in force, and a planted word at every level that is not shared."""

    def tell(words, *, levels=("core", "identity", "narrative"), agency=None, kind="SHARE_NAMED"):
        w = world
        case = care.at(w, "PLANNING", child={"sex": "F", "birth_year": 2012, "age_basis": "STATED", "names": [{"full": words}]})
        plan = care.draft(w, case, text=words)
        with access.acting(w.kham):
            from romsai.care import actions as work

            work.submit_plan(plan, by=w.kham)
        care.decide(w, case, "PLAN")
        case = care.fresh(case, "child", "team__agency")
        build.seen(w, case, words=f"{SECRET} visit", summary=f"{SECRET} summary")
        with access.acting(w.kham):
            people.add_address(case.child, by=w.kham, text=f"{SECRET} address", area=w.town)
            cases.write_note(case, by=w.kham, text=f"{SECRET} note")
        agreed = care.consent(w, case, agency or w.shelter, levels=levels, kind=kind)
        from romsai.care import actions as work

        with access.acting(w.kham):
            share = work.share(
                case, by=w.kham, agency=agency or w.shelter, levels=list(levels), purpose=kind, until=care.moment(30), consent=agreed
            )
        return care.fresh(case, "child", "team__agency"), share

    return tell


def printed(w, case, what, **facts):
    """(printout, its text) as Kham prints it."""
    with access.acting(w.kham):
        made = actions.print_(case, by=w.kham, what=what, language=facts.pop("language", "en"), **facts)
        made = Printout.objects.select_related("case__agency", "case__child", "agency", "person", "by__agency").get(pk=made.pk)
        text, missing = reading.read(actions.pdf(made))
    assert missing == 0
    return made, text


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_paper_says_what_was_written_in_this_script(world, told, script):
    words = SCRIPTS[script]
    case, share = told(words)
    referral = care.referral(world, case, need=words, contact=words)
    with access.system():
        clinic = Agency.objects.create(name=words, kind="HEALTH")
    asked = {
        What.SUMMARY: {"agency": share.agency, "source": share.uuid}, What.REFERRAL: {"agency": referral.agency, "source": referral.uuid},
        What.CONSENT: {"purpose": "SHARE_NAMED", "agency": clinic, "levels": ("identity",)},
        What.CHILD: {}, What.CARD: {},
    }  # fmt: skip
    with access.system():
        world.kham.name = words[:20]
        world.kham.save()
    for what, facts in asked.items():
        made, text = printed(world, case, what, **facts)
        assert letters(words[:20] if what == What.CARD else words) <= letters(text), what
        if script != "Khmer":  # read back, some of its clusters come twice
            assert plain(words[:20] if what == What.CARD else words) in plain(text), what
        assert plain(made.number) in plain(text), what
        assert SECRET not in text, what


def test_a_summary_holds_exactly_the_shared_levels(world, told):
    case, share = told("Keo Planted", levels=("core", "identity"))
    made, text = printed(world, case, What.SUMMARY, agency=share.agency, source=share.uuid)
    assert made.levels == ["core", "identity"]
    assert ("KeoPlanted" in plain(text), "goestoschool" in plain(text), SECRET in text) == (True, False, False)


def test_a_letter_holds_the_levels_of_the_share_behind_it_and_not_of_another(world, told):
    case, _share = told("Keo Planted", levels=("core", "identity", "location", "narrative"), agency=world.clinic)
    referral = care.referral(world, case, levels=("core",), need="A bed for three nights")
    made, text = printed(world, case, What.REFERRAL, agency=world.shelter, source=referral.uuid)
    assert made.levels == ["core"]
    assert ("Abedforthreenights" in plain(text), "KeoPlanted" in plain(text), SECRET in text) == (True, False, False)


def test_nothing_is_printed_for_an_agency_with_which_nothing_is_shared(world, told):
    case, share = told("Keo")
    for agency, source in ((world.police, share.uuid), (world.police, None), (None, None)):
        with access.acting(world.kham), pytest.raises(Refused, match="Nothing is shared"):
            actions.print_(case, by=world.kham, what=What.SUMMARY, language="en", agency=agency, source=source)
    with access.acting(world.kham):
        agreed = case.consents.get(recipient=world.shelter)
        cases.withdraw_consent(agreed, by=world.kham, giver="CHILD")
    with access.acting(world.kham), pytest.raises(Refused, match="Nothing is shared"):
        actions.print_(case, by=world.kham, what=What.SUMMARY, language="en", agency=share.agency, source=share.uuid)


def test_nothing_is_printed_for_others_from_a_sealed_case_or_for_an_agency_that_is_barred(world, told):
    case, share = told("Keo")
    with access.acting(world.kham):
        cases.exclude(case, by=world.kham, agency=world.shelter, reason="ACCUSED")
        with pytest.raises(Refused, match="closed to other agencies"):
            actions.print_(case, by=world.kham, what=What.SUMMARY, language="en", agency=share.agency, source=share.uuid)
        assert contents.shares(case) == []


def test_a_paper_for_a_court_does_not_name_who_wrote_it(world, told):
    with access.system():
        court = Agency.objects.create(name="Court North", kind="COURT", area=world.north)
    case, share = told("Keo", agency=court)
    made, text = printed(world, case, What.SUMMARY, agency=court, source=share.uuid)
    assert made.is_masked
    assert ("Kham" in text, "WelfareNorth" in plain(text), "Keogoestoschool" in plain(text)) == (False, True, True)


def test_a_carer_gets_neither_the_childs_words_nor_the_workers_name_and_a_suspected_one_gets_nothing(world, told):
    case, _share = told("Keo")
    with access.acting(world.kham):
        aunt = cases.add_person(case, by=world.kham, role="CAREGIVER", relation="AUNT", names=[{"full": "Aunt Invented"}]).person
        uncle = cases.add_person(
            case, by=world.kham, role="CAREGIVER", relation="UNCLE", is_suspected=True, names=[{"full": "Uncle"}]
        ).person
    _made, own = printed(world, case, What.CHILD)
    _made, aunts = printed(world, case, What.CHILD, person=aunt)
    assert ("Iwanttolearntoread" in plain(own), "Kham" in own) == (True, True)
    assert ("Iwanttolearntoread" in plain(aunts), "Kham" in aunts) == (False, False)
    with access.acting(world.kham), pytest.raises(Refused, match="not suspected"):
        actions.print_(case, by=world.kham, what=What.CHILD, language="en", person=uncle)


def test_consent_is_never_asked_in_words_that_nobody_has_reviewed(world, told):
    case, _share = told("Keo")
    for language in ("th", "lo"):
        facts = {"purpose": "SHARE_NAMED", "agency": world.shelter, "levels": ("identity", "location")}
        _made, text = printed(world, case, What.CONSENT, language=language, **facts)
        assert "Yes,Iagree" in plain(text)
        assert "Whothechildis:name,age,safecontact" in plain(text) and "Wherethechildis" in plain(text)
        assert "Youmaysayyesorno" in plain(text)
    with access.acting(world.kham), pytest.raises(Refused, match="what the consent is asked for"):
        actions.print_(case, by=world.kham, what=What.CONSENT, language="en", purpose="MEDIA")


def test_printing_is_on_the_record_with_reader_and_purpose_and_only_those_who_work_on_the_case_print(world, told):
    case, share = told("Keo")
    printed(world, case, What.SUMMARY, agency=share.agency, source=share.uuid)
    with access.acting(world.auditor):
        line = AuditLine.objects.get(action="papers.print")
    assert (line.worker_id, line.purpose) == (world.kham.pk, f"SUMMARY SHARE_NAMED agency:{share.agency_id}")
    assert f"case:{case.pk}" in line.subjects
    for other in (world.supervisor, world.stranger, world.manager):
        with access.acting(other), pytest.raises(access.Forbidden):
            actions.print_(case, by=other, what=What.CARD, language="en")


def test_the_same_record_gives_the_same_bytes_and_a_changed_one_does_not(world, told):
    import hashlib

    case, share = told("Keo")
    made, _text = printed(world, case, What.SUMMARY, agency=share.agency, source=share.uuid)
    with access.acting(world.kham):
        assert hashlib.sha256(actions.pdf(made)).hexdigest() == made.digest
        cases.add_concern(case, by=world.kham, code="LAB-HAZ")
        assert hashlib.sha256(actions.pdf(made)).hexdigest() != made.digest


def test_without_fonts_it_is_said_who_can_help(world, told, tmp_path, monkeypatch):
    from romsai.papers import printing

    case, _share = told("Keo")
    monkeypatch.setattr(printing, "FONTS", tmp_path / "none")
    with access.acting(world.kham), pytest.raises(Refused, match="fonts are missing"):
        actions.print_(case, by=world.kham, what=What.CARD, language="en")


@override_settings(LANGUAGE_CODE="en")
def test_words_of_the_record_are_never_read_as_markup(world, told):
    words = '#read("/etc/passwd") *bold* $x$ ] #import "x"'
    case, share = told(words)
    _made, text = printed(world, case, What.SUMMARY, agency=share.agency, source=share.uuid)
    assert plain('#read("/etc/passwd") *bold* $x$ ]') in plain(text)
