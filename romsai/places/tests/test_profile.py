"""Nine countries and an invented one: limits, working days, helplines, numbers."""

from datetime import UTC, date, datetime, timedelta

import pytest

from romsai.places import profile as profiles

FRIDAY = datetime(2026, 4, 10, 8, 0, tzinfo=UTC)  # 15:00 in Bangkok, before the Water Festival


@pytest.fixture(params=profiles.available())
def country(request):
    return profiles.load(request.param)


def test_there_is_a_profile_for_each_country_and_one_to_try_things_in():
    assert profiles.available() == ["CHN", "IDN", "KHM", "LAO", "MMR", "MYS", "PHL", "THA", "VNM", "demo"]
    with pytest.raises(KeyError):
        profiles.load("_default")


def test_every_limit_of_every_country_can_be_reckoned(country):
    for step, by_risk in country.limits.items():
        for risk in by_risk:
            assert country.due(step, risk, FRIDAY) > FRIDAY
        assert country.due(step, "NO_SUCH_RISK", FRIDAY) is None
    for risk in ("IMMEDIATE", "HIGH", "MEDIUM", "LOW"):
        assert country.follow_up_every(risk) <= country.limit("follow_up", risk)
    assert len(country.reunification_schedule) == 6
    assert country.transition_alarms[0] == timedelta(days=365)
    assert country.name_in("en") and country.zone and country.exit_page.startswith("https://")


def test_no_limit_of_a_country_is_softer_for_a_greater_risk(country):
    for step in country.limits:
        known = [country.due(step, risk, FRIDAY) for risk in ("IMMEDIATE", "HIGH", "MEDIUM", "LOW")]
        assert known == sorted(known), step


def test_limits_are_those_of_the_domain_table():
    demo = profiles.load("demo")
    assert demo.limit("screening", "IMMEDIATE") == timedelta(minutes=30)
    assert demo.limit("first_contact", "HIGH") == timedelta(hours=24)
    assert demo.limit("full_assessment", "LOW") == timedelta(days=21)
    assert demo.limit("plan_decision", "HIGH") is None  # counts in working days
    assert demo.due("supervisor_sees", "IMMEDIATE", FRIDAY) == datetime(2026, 4, 10, 17, 0, tzinfo=UTC)
    assert demo.follow_up_every("IMMEDIATE") == timedelta(days=1)
    assert demo.follow_up_every("IMMEDIATE", timedelta(days=8)) == timedelta(days=3)


def test_working_days_leave_out_weekends_and_the_country_s_holidays():
    later = {code: profiles.load(code).add_working_days(FRIDAY, 3).date() for code in ("demo", "THA", "PHL")}
    # 13 to 15 April is a festival in two of them
    assert later == {"demo": date(2026, 4, 20), "THA": date(2026, 4, 20), "PHL": date(2026, 4, 15)}
    assert profiles.load("demo").add_working_days(FRIDAY, 0) == FRIDAY
    # Saturday 14 February 2026 makes up for the New Year holiday in China
    saturday = date(2026, 2, 14)
    assert [profiles.load(code).is_working_day(saturday) for code in ("CHN", "PHL")] == [True, False]


def test_a_helpline_nobody_called_lately_is_not_shown_as_checked(country):
    for line in country.helpline_list:
        assert line.number and line.name
        if line.checked_on is None:
            assert not line.is_checked(date(2026, 11, 21))
        else:
            assert line.is_checked(line.checked_on + timedelta(days=180))
            assert not line.is_checked(line.checked_on + timedelta(days=181))
    assert any(line.is_emergency for line in country.helpline_list)


def test_no_real_number_claims_to_have_been_called():
    real = [code for code in profiles.available() if code != "demo"]
    assert not [line for code in real for line in profiles.load(code).helpline_list if line.checked_on]


@pytest.mark.parametrize(
    ("code", "number", "is_doubted"),
    [
        ("THA", "1-1017-00230-70-8", False),
        ("THA", "1101700230709", True),
        ("THA", "๑๑๐๑๗๐๐๒๓๐๗๐๘", False),
        ("THA", "0-1017-00230-70-0", False),  # a person without registration status
        ("CHN", "11010519491231002X", False),
        ("CHN", "110105194912310020", True),
        ("MYS", "770305-02-1234", False),
        ("IDN", "3171011708450001", False),
        ("VNM", "001099012345", False),
        ("VNM", "12345", True),
        ("MMR", "12/THAKATA(N)123456", False),
        ("LAO", "anything", False),
    ],
)
def test_an_identity_number_is_doubted_but_never_refused(code, number, is_doubted):
    said = profiles.load(code).doubt("NATIONAL_ID", number)
    assert (said is not None) == is_doubted
    if said:
        assert "you can save it" in said


def test_phones_are_kept_in_one_form_and_shown_as_written_here():
    thai = profiles.load("THA")
    assert [thai.phone(text) for text in ("081 234 5678", "๐๘๑-๒๓๔-๕๖๗๘", "+856 20 23 123 456", "1300", "call me")] == [
        "+66812345678",
        "+66812345678",
        "+8562023123456",
        "1300",
        "",
    ]
    assert thai.phone_shown("+66812345678") == "081 234 5678"
    assert thai.phone_shown("+8562023123456") == "+856 20 23 123 456"
    assert thai.phone_shown("1300") == "1300"


def test_who_decides_follows_the_child_s_age():
    demo = profiles.load("demo")
    assert [demo.consent_rule(age) for age in (0, 5, 6, 11, 12, 14, 15, 17)] == [
        "A0_5", "A0_5", "A6_11", "A6_11", "A12_14", "A12_14", "A15_17", "A15_17",
    ]  # fmt: skip
    assert profiles.load("VNM").ages["law_child_until"] == 16
    assert profiles.load("VNM").ages["child_until"] == 18
