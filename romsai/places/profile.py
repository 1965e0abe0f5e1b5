"""What differs from country to country, as data: one file in `profiles/` over the defaults they share.

profile().due("first_contact", "HIGH", report.received_at)
"""

import re
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import phonenumbers
import yaml
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from stdnum.exceptions import ValidationError as NumberError
from stdnum.th import pin

from romsai.core import dates
from romsai.places import codes

FOLDER = Path(__file__).parent / "profiles"
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
UNITS = {"min": "minutes", "h": "hours", "d": "days"}


def profile():
    """The running country's profile (setting COUNTRY)."""
    return load(settings.COUNTRY)


@cache
def load(country):
    """The profile of a country by its alpha-3 code, or `demo`; KeyError if there is none."""
    if country not in available():
        raise KeyError(f"There is no profile of {country!r}; there are {', '.join(available())}.")
    return Profile(_over(_read("_default"), _read(country)))


def available():
    return sorted(path.stem for path in FOLDER.glob("[!_]*.yaml"))


class Helpline(NamedTuple):
    """A number people are told to call. Unless somebody called it within 180 days it is shown as not checked."""

    code: str
    number: str
    name: str
    operator: str
    note: str
    checked_on: date | None
    is_emergency: bool
    expires: timedelta

    def is_checked(self, on=None):
        return self.checked_on is not None and (on or timezone.localdate()) <= self.checked_on + self.expires


class Profile:
    """One country. Attributes of its file are attributes here: `profile().caseload["full"]`, `.levels`, `.exit_page`."""

    def __init__(self, source):
        self.source = source

    def __getattr__(self, name):
        try:
            return self.__dict__["source"][name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def is_invented(self):
        return self.source.get("is_invented", False)

    def name_in(self, language=None):
        names = self.source["name"]
        return names.get(language or get_language(), names["en"])

    # Deadlines

    def limit(self, step, risk):
        """How long a step may take as a timedelta; None where the risk sets no limit or it counts in working days."""
        text = self._limit(step, risk)
        return _length(text) if text and text.split()[-1] in UNITS else None

    def due(self, step, risk, start):
        """The moment a step begun at `start` must be done by; None where the risk sets no limit."""
        text = self._limit(step, risk)
        if text is None:
            return None
        if text == "same day":
            return datetime.combine(start.astimezone(self.zone).date() + timedelta(days=1), time(), self.zone)
        if text.endswith("wd"):
            return self.add_working_days(start, int(text.split()[0]))
        return start + _length(text)

    def follow_up_every(self, risk, after=timedelta()):
        """Time to the next follow-up, `after` so long under follow-up; closer together at first where danger is great."""
        first = self.first_follow_ups.get(risk)
        if first and after < _length(first["during"]):
            return _length(first["every"])
        return self.limit("follow_up", risk)

    @property
    def reunification_schedule(self):
        """Codes of follow_up_schedule with the time after the child came home."""
        return {code: _length(text) for code, text in self.reunification_follow_ups.items()}

    @property
    def transition_alarms(self):
        """How long before the eighteenth birthday the worker is reminded."""
        return [_length(text) for text in self.before_eighteen]

    @property
    def retention_wait(self):
        """How long a decision of two people to erase waits before it is carried out."""
        return _length(self.retention["wait"])

    def is_working_day(self, day):
        if self._library is not None:
            return self._library.is_working_day(day)  # knows China's working weekends too
        return WEEKDAYS[day.weekday()] not in self.weekend and f"{day:%m-%d}" not in self._own_days

    def add_working_days(self, moment, count):
        """The same time of day, that many working days later."""
        local = moment.astimezone(self.zone)
        while count > 0:
            local += timedelta(days=1)
            count -= self.is_working_day(local.date())
        return local

    @cached_property
    def zone(self):
        return ZoneInfo(self.time_zone)

    def _limit(self, step, risk):
        return self.limits[step].get(risk)

    @cached_property
    def _library(self):
        name = self.holidays.get("library")
        if not name:
            return None
        import holidays  # its calendars of a thousand years take a fifth of a second of each start

        calendar = holidays.country_holidays(name, subdiv=self.holidays.get("subdivision"))
        calendar.weekend = {WEEKDAYS.index(day) for day in self.weekend}
        return calendar

    @property
    def _own_days(self):
        return self.holidays.get("days", {})

    # People

    def consent_rule(self, age):
        """The code of age_consent_guide for an age in years: who decides; national law first."""
        for limit, code in (
            (self.ages["own_consent_from"], "A15_17"),
            (self.ages["written_assent_from"], "A12_14"),
            (self.ages["assent_from"], "A6_11"),
        ):
            if age >= limit:
                return code
        return "A0_5"

    # Telephones and numbers

    @cached_property
    def helpline_list(self):
        """Helplines with the facts of the code list; the country's file says which, and when somebody last called."""
        known = codes.get("helpline")
        return [self._helpline(line, known) for line in self.source["helplines"]]

    def _helpline(self, line, known):
        facts = known.item(line["code"]) if line["code"] in known else {}
        return Helpline(
            code=line["code"],
            number=line.get("number") or facts["number"],
            name=line.get("name") or facts["label"],
            operator=line.get("operator") or facts.get("operator") or "",
            note=line.get("note", ""),
            checked_on=line.get("checked_on"),
            is_emergency=line.get("is_emergency", False),
            expires=_length(self.helpline_expires),
        )

    def phone(self, text):
        """A typed number as +66812345678; "" if it cannot be a number of this or the named country. Short codes stay."""
        plain = dates.digits(text).strip()
        if re.fullmatch(r"\d{3,6}", plain):
            return plain
        try:
            number = phonenumbers.parse(plain, self.phone_region)
        except phonenumbers.NumberParseException:
            return ""
        if not phonenumbers.is_possible_number(number):
            return ""
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def phone_shown(self, number):
        """As people here write it: 081 234 5678, and numbers abroad with their country."""
        try:
            parsed = phonenumbers.parse(number, self.phone_region)
        except phonenumbers.NumberParseException:
            return number
        if len(number) <= 6:
            return number
        home = phonenumbers.country_code_for_region(self.phone_region) == parsed.country_code
        form = phonenumbers.PhoneNumberFormat
        return phonenumbers.format_number(parsed, form.NATIONAL if home else form.INTERNATIONAL)

    def doubt(self, kind, number):
        """A sentence for the form if an identity number looks mistyped, else None. A doubt never stops saving.

        Children without registration hold numbers that no rule expects; to refuse them would shut out who needs this most.
        """
        plain = re.sub(r"[\s-]", "", dates.digits(number)).upper()
        for rule in self.identity_numbers:
            if rule["kind"] == kind and not _fits(rule, plain):
                return _("This number does not have its usual form. Check it; you can save it as it is.")
        return None


def _fits(rule, number):
    if not re.fullmatch(rule["pattern"], number, re.IGNORECASE):
        return False
    check = rule.get("check")
    if check == "thai_pin":
        return pin.calc_check_digit(number[:-1]) == number[-1]
    if check:
        try:
            import_module(f"stdnum.{check}").validate(number)
        except NumberError:
            return False
    return True


def _length(text):
    """`30 min`, `2 h`, `7 d` as a timedelta."""
    amount, unit = text.split()
    return timedelta(**{UNITS[unit]: int(amount)})


def _over(base, own):
    """The base with the country's own entries over it, branch by branch."""
    merged = dict(base)
    for key, value in own.items():
        both = isinstance(value, dict) and isinstance(base.get(key), dict)
        merged[key] = _over(base[key], value) if both else value
    return merged


def _read(name):
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
