"""Days as people of the region write and know them: Buddhist years, native digits, a year without a month, a guessed age.

Stored is always the common era in ISO order. Django and Babel print common-era years for Thai (measured), so this is our own.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

CE, BE = "CE", "BE"
BUDDHIST = 543  # Thai years since 1941; older ones began in April and no living child has one
TYPED_BUDDHIST = range(2400, 2701)

# Languages for which Django has no month names.
OWN_MONTHS = {
    "lo": ["ມັງກອນ", "ກຸມພາ", "ມີນາ", "ເມສາ", "ພຶດສະພາ", "ມິຖຸນາ", "ກໍລະກົດ", "ສິງຫາ", "ກັນຍາ", "ຕຸລາ", "ພະຈິກ", "ທັນວາ"],
    "my": ["ဇန်နဝါရီ", "ဖေဖော်ဝါရီ", "မတ်", "ဧပြီ", "မေ", "ဇွန်", "ဇူလိုင်", "ဩဂုတ်", "စက်တင်ဘာ", "အောက်တိုဘာ", "နိုဝင်ဘာ", "ဒီဇင်ဘာ"],
}


def _common_era():
    return CE


_country_era = _common_era


def set_country_era(source):
    """The room that knows the country says how its people type years: a function returning CE or BE."""
    global _country_era
    _country_era = source


def shown_era(language=None):
    """The era in which dates are printed: Buddhist for readers of Thai, common for everyone else."""
    return BE if _tongue(language) == "th" else CE


def digits(text):
    """The text with Thai, Lao, Khmer, Burmese and any other decimal digits turned into 0-9."""
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def month_name(month, language=None):
    tongue = _tongue(language)
    if tongue in OWN_MONTHS:
        return OWN_MONTHS[tongue][month - 1]
    with override(language or get_language()):
        return str(MONTHS[month])


@dataclass(frozen=True)
class PartialDate:
    """A day of which perhaps only the year, or year and month, are known. `str()` and `parse()` use ISO: 2009, 2009-03, 2009-03-27."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self):
        if self.day and not self.month:
            raise ValueError("A day needs its month.")
        date(self.year, self.month or 1, self.day or 1)  # refuses what no calendar has

    @classmethod
    def parse(cls, text):
        """From ISO text; ValueError if it is none."""
        if not re.fullmatch(r"\d{4}(-\d\d){0,2}", text):
            raise ValueError(f"{text!r} is not a date like 2009, 2009-03 or 2009-03-27.")
        return cls(*map(int, text.split("-")))

    @classmethod
    def of(cls, day):
        return cls(day.year, day.month, day.day)

    def __str__(self):
        return "-".join(f"{part:0{4 if i == 0 else 2}d}" for i, part in enumerate(self._known()))

    @property
    def is_whole(self):
        return self.day is not None

    @property
    def earliest(self):
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self):
        if self.is_whole:
            return self.earliest
        month = self.month or 12
        following = date(self.year + month // 12, month % 12 + 1, 1)
        return following - timedelta(days=1)

    def _known(self):
        return [part for part in (self.year, self.month, self.day) if part]


@dataclass(frozen=True)
class AgeEstimate:
    """An age that somebody stated or guessed on a day, give or take `margin` years."""

    years: int
    on: date
    margin: int = 0
    is_traditional: bool = False  # counted from one at birth, and one more each new year: one or two years ahead

    @property
    def earliest(self):
        """The earliest day of birth that fits."""
        oldest = max(0, self.years - (1 if self.is_traditional else 0)) + self.margin
        return years_after(self.on, -(oldest + 1)) + timedelta(days=1)

    @property
    def latest(self):
        """The latest day of birth that fits."""
        youngest = max(0, self.years - (2 if self.is_traditional else 0) - self.margin)
        return years_after(self.on, -youngest)


def years_after(day, years):
    """The same day some years later (or earlier, if negative); for 29 February the last day not to shorten that time."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1) if years > 0 else date(day.year + years, 2, 28)


def ages(born, on):
    """Lowest and highest age in whole years on a day, of who was born on a date, PartialDate or AgeEstimate."""
    earliest, latest = (born, born) if isinstance(born, date) else (born.earliest, born.latest)
    return _age(latest, on), _age(earliest, on)


def is_child(born, on, until=18):
    """True also in doubt: whoever may be a child is treated as one (Palermo guide on presumption of age)."""
    return ages(born, on)[0] < until


def birthday(born, years):
    """The day that age is surely reached: for a birth known only by its year, the last one possible."""
    return years_after(born if isinstance(born, date) else born.latest, years)


def day_text(value, language=None):
    """`27 March 2009`, `27 มีนาคม 2552`; as much as is known of a partial date; nothing for None."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
    era, tongue = shown_era(language), _tongue(language)
    year = str(value.year + (BUDDHIST if era == BE else 0))
    if not value.month:
        return f"พ.ศ. {year}" if tongue == "th" else year
    month = month_name(value.month, language)
    if tongue == "vi":
        return f"{value.day} {month.lower()}, {year}" if value.day else f"{month}, {year}"
    return f"{value.day} {month} {year}" if value.day else f"{month} {year}"


def moment_text(value, language=None):
    """Day and time in the country's time zone."""
    if not value:
        return ""
    local = timezone.localtime(value)
    day, clock = day_text(local, language), f"{local:%H:%M}"
    return {"th": f"{day} เวลา {clock} น.", "lo": f"{day} ເວລາ {clock}"}.get(_tongue(language), f"{day}, {clock}")


def read_year(text, *, era=None, language=None):
    """A typed year as a common-era year.

    2400 to 2700 is a Buddhist year where the country counts so or the page shows such years; elsewhere it is asked about.
    ValidationError, in words for the person who typed it, for anything that is not four digits.
    """
    text = digits(text).strip()
    if not re.fullmatch(r"\d{4}", text):
        raise ValidationError(_("Write the year with four digits."), "year")
    year = int(text)
    if year not in TYPED_BUDDHIST:
        return year
    if BE in (era or _country_era(), shown_era(language)):
        return year - BUDDHIST
    raise ValidationError(
        _("Is %(buddhist)d a Buddhist year? Then write %(common)d."),
        "era",
        {"buddhist": year, "common": year - BUDDHIST},
    )


class DayWidget(forms.MultiWidget):
    """Three boxes: day, month, year. Not the browser's date picker, which follows the phone's calendar and not the form's."""

    template_name = "forms/day.html"
    use_fieldset = True

    def __init__(self, attrs=None):
        box = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 4}
        boxes = {name: forms.TextInput(attrs=box) for name in ("day", "month", "year")}
        super().__init__(boxes, attrs)

    def decompress(self, value):
        if not value:
            return [None, None, None]
        if isinstance(value, str):
            value = PartialDate.parse(value)
        return [value.day, value.month, value.year + (BUDDHIST if shown_era() == BE else 0)]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        labels = [_("Day"), _("Month"), _("Year (B.E.)") if shown_era() == BE else _("Year")]
        for box, label in zip(context["widget"]["subwidgets"], labels, strict=True):
            box["label"] = label
        return context

    def id_for_label(self, id_):
        return f"{id_}_day" if id_ else id_


class DayField(forms.Field):
    """A day typed in three boxes; cleans to a `date`. `past_only` refuses days after today."""

    widget = DayWidget
    default_error_messages = {
        "required": gettext_lazy("Enter a date."),
        "day": gettext_lazy("The date must include a day."),
        "month": gettext_lazy("The date must include a month."),
        "year_missing": gettext_lazy("The date must include a year."),
        "number": gettext_lazy("Write day and month as numbers, for example 27 and 3."),
        "unreal": gettext_lazy("There is no such day. Check day, month and year."),
        "future": gettext_lazy("The date must be today or earlier."),
    }

    def __init__(self, *, past_only=False, **options):
        self.past_only = past_only
        super().__init__(**options)

    def to_python(self, value):
        boxes = [str(box or "").strip() for box in value or []]
        if not any(boxes):
            return None
        day, month, year = boxes
        if not year:
            raise self._error("year_missing")
        self._need(day, month)
        known = [digits(part) for part in (month, day) if part]
        if not all(re.fullmatch(r"\d{1,2}", part) for part in known):
            raise self._error("number")
        return self._dated(read_year(year), *map(int, known))

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != (initial or None)
        except ValidationError:
            return True

    def _need(self, day, month):
        for name, box in (("day", day), ("month", month)):
            if not box:
                raise self._error(name)

    def _dated(self, year, month, day):
        try:
            return self._past(date(year, month, day), date(year, month, day))
        except ValueError:
            raise self._error("unreal") from None

    def _past(self, value, earliest):
        if self.past_only and earliest > timezone.localdate():
            raise self._error("future")
        return value

    def _error(self, code):
        return ValidationError(self.error_messages[code], code)


class PartialDayField(DayField):
    """As DayField, but the day, or day and month, may stay empty; cleans to a `PartialDate`."""

    def _need(self, day, month):
        if day and not month:
            raise self._error("month")

    def _dated(self, year, month=None, day=None):
        # Zero is how some registers write "not known".
        try:
            value = PartialDate(year, month or None, day or None)
        except ValueError:
            raise self._error("unreal") from None
        return self._past(value, value.earliest)


def _age(born, on):
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _tongue(language=None):
    return (language or get_language() or "en").split("-")[0]
