from datetime import UTC, date, datetime

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from romsai.core import dates
from romsai.core.dates import AgeEstimate, DayField, PartialDate, PartialDayField


@pytest.fixture
def buddhist_country():
    before = dates._country_era
    dates.set_country_era(lambda: dates.BE)
    yield
    dates.set_country_era(before)


@pytest.fixture
def common_country():
    before = dates._country_era
    dates.set_country_era(lambda: dates.CE)
    yield
    dates.set_country_era(before)


def error(field, boxes):
    with pytest.raises(ValidationError) as refused:
        field.clean(boxes)
    return refused.value.messages


def test_the_region_s_digits_are_understood():
    assert dates.digits("๓๑/๑๒/๒๕๕๒ ໒໐໐໙ ២០០៩ ၂၀၀၉") == "31/12/2552 2009 2009 2009"


def test_a_buddhist_year_typed_in_its_country_is_stored_in_the_common_era(buddhist_country):
    assert DayField().clean(["31", "12", "2552"]) == date(2009, 12, 31)
    assert DayField().clean(["๓๑", "๑๒", "๒๕๕๒"]) == date(2009, 12, 31)
    assert DayField().clean(["31", "12", "2009"]) == date(2009, 12, 31)
    assert DayField().clean(["29", "2", "2551"]) == date(2008, 2, 29)
    assert error(DayField(), ["29", "2", "2552"]) == ["There is no such day. Check day, month and year."]


def test_a_buddhist_year_typed_elsewhere_is_asked_about(common_country):
    assert error(DayField(), ["31", "12", "2552"]) == ["Is 2552 a Buddhist year? Then write 2009."]
    with translation.override("th"):  # the boxes showed Buddhist years, so they are read as such
        assert DayField().clean(["31", "12", "2552"]) == date(2009, 12, 31)


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        (["", "", ""], "Enter a date."),
        (["", "3", "2009"], "The date must include a day."),
        (["1", "", "2009"], "The date must include a month."),
        (["1", "3", ""], "The date must include a year."),
        (["1", "March", "2009"], "Write day and month as numbers, for example 27 and 3."),
        (["1", "3", "52"], "Write the year with four digits."),
        (["1", "13", "2009"], "There is no such day. Check day, month and year."),
        (["1", "3", "2099"], "The date must be today or earlier."),
    ],
)
def test_each_mistake_has_its_own_sentence(boxes, message):
    assert error(DayField(past_only=True), boxes) == [message]


def test_a_birth_may_be_known_by_its_year_alone():
    field = PartialDayField()
    assert field.clean(["", "", "2009"]) == PartialDate(2009)
    assert field.clean(["0", "0", "2009"]) == PartialDate(2009)
    assert field.clean(["", "3", "2009"]) == PartialDate(2009, 3)
    assert field.clean(["27", "3", "2009"]) == PartialDate(2009, 3, 27)
    assert error(field, ["27", "", "2009"]) == ["The date must include a month."]
    assert error(field, ["27", "0", "2009"]) == ["There is no such day. Check day, month and year."]


def test_partial_dates_are_written_and_read_in_iso():
    for text in ("2009", "2009-03", "2009-03-27"):
        assert str(PartialDate.parse(text)) == text
    for text in ("2009-3", "27/3/2009", "2009-13", "2009-02-30"):
        with pytest.raises(ValueError):
            PartialDate.parse(text)
    assert (PartialDate(2009).earliest, PartialDate(2009).latest) == (date(2009, 1, 1), date(2009, 12, 31))
    assert (PartialDate(2008, 2).earliest, PartialDate(2008, 2).latest) == (
        date(2008, 2, 1),
        date(2008, 2, 29),
    )


def test_days_and_moments_are_shown_in_the_reader_s_language():
    noon = datetime(2026, 11, 21, 5, 7, tzinfo=UTC)
    shown = {}
    for language in ("en", "th", "lo"):
        with translation.override(language):
            shown[language] = (dates.day_text(date(2026, 11, 21)), dates.day_text(PartialDate(2009)))
    assert shown == {
        "en": ("21 November 2026", "2009"),
        "th": ("21 พฤศจิกายน 2569", "พ.ศ. 2552"),
        "lo": ("21 ພະຈິກ 2026", "2009"),
    }
    assert dates.moment_text(noon, "th") == "21 พฤศจิกายน 2569 เวลา 12:07 น."
    page = Template("{% load dates %}{{ at|moment }} · {{ on|day }} · {{ none|day }}")
    text = page.render(Context({"at": noon, "on": date(2009, 3, 27), "none": None}))
    assert text == "21 November 2026, 12:07 · 27 March 2009 · "


def test_what_the_boxes_show_is_read_back_as_the_same_day(buddhist_country):
    class Form(forms.Form):
        born = PartialDayField()

    for language in ("en", "th", "lo"):
        with translation.override(language):
            for born in (PartialDate(2009, 3, 27), PartialDate(2009)):
                boxes = Form(initial={"born": born})["born"].field.widget.decompress(born)
                data = dict(zip(("born_day", "born_month", "born_year"), boxes, strict=True))
                form = Form(data, initial={"born": born})
                assert form.is_valid(), form.errors
                assert form.cleaned_data["born"] == born
                assert not form.has_changed()


def test_whoever_may_be_a_child_is_one():
    on = date(2026, 11, 21)
    assert dates.ages(date(2008, 11, 21), on) == (18, 18)
    assert dates.ages(PartialDate(2008), on) == (17, 18)
    assert dates.is_child(PartialDate(2008), on)
    assert not dates.is_child(date(2008, 11, 21), on)
    assert dates.birthday(PartialDate(2008), 18) == date(2026, 12, 31)
    assert dates.birthday(date(2008, 2, 29), 18) == date(2026, 3, 1)


def test_a_traditional_age_is_one_or_two_years_ahead():
    on = date(2026, 11, 21)
    assert dates.ages(AgeEstimate(12, on), on) == (12, 12)
    assert dates.ages(AgeEstimate(12, on, margin=2), on) == (10, 14)
    assert dates.ages(AgeEstimate(12, on, is_traditional=True), on) == (10, 11)


@given(st.integers(0, 40), st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 5), st.booleans())
def test_an_estimate_read_back_on_its_own_day_is_the_same_age(years, on, margin, traditional):
    low, high = dates.ages(AgeEstimate(years, on, margin, traditional), on)
    ahead = (2, 1) if traditional else (0, 0)
    assert low == max(0, years - ahead[0] - margin)
    assert high == max(0, years - ahead[1]) + margin
