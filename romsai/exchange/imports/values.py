"""What a cell means: days of several calendars, ages, sexes in nine languages, areas by code or name, telephones. Each raises Wrong."""

import re
from datetime import date
from functools import cached_property

from django.utils import timezone

from romsai.core.dates import BUDDHIST, TYPED_BUDDHIST, digits
from romsai.exchange.imports.wrong import Wrong
from romsai.people.names import is_zawgyi, script_of, tidy
from romsai.places import codes
from romsai.places.models import Area
from romsai.places.profile import profile

OLDEST = 130  # years: as romsai.people, where nobody living was born earlier
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
THAI_MONTHS = ("มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม")
SEXES = {
    "F": {"f", "female", "girl", "woman", "w", "ญ", "หญิง", "เด็กหญิง", "ด.ญ.", "ຍິງ", "ស្រី", "ស", "မ", "ကျားမ", "မိန်းကလေး", "nữ", "nu", "女", "perempuan", "p", "babae"},
    "M": {"m", "male", "boy", "man", "ช", "ชาย", "เด็กชาย", "ด.ช.", "ຊາຍ", "ប្រុស", "ប", "ကျား", "ယောက်ျားလေး", "nam", "男", "laki-laki", "lelaki", "l", "lalaki"},
    "X": {"x", "other", "intersex", "อื่น", "อื่นๆ", "khác", "其他"},
    "U": {"u", "unknown", "not known", "?", "-", "ไม่ทราบ", "ບໍ່ຮູ້", "មិនដឹង", "không rõ", "未知"},
}  # fmt: skip
YES = {"yes", "y", "true", "1", "ใช่", "ແມ່ນ", "បាទ", "có", "是", "ya", "oo", "ဟုတ်"}
NO = {"no", "n", "false", "0", "ไม่", "ไม่ใช่", "ບໍ່", "ទេ", "không", "否", "tidak", "hindi", "မဟုတ်"}


def name(text):
    """A name as it is kept. One typed in Zawgyi would be found by nobody, so it goes back."""
    text = tidy(text)
    if script_of(text) == "Mymr" and is_zawgyi(text):
        raise Wrong("zawgyi", text)
    return text


def day(text, *, order="DMY", past=True, oldest=OLDEST):
    """(year, month or None, day or None) of the common era. `order`: DMY or MDY where the year comes last.

    A year from 2400 to 2700 is a Buddhist one: no child was born in the year 2555 of the common era.
    """
    given, text = text, digits(text).strip().lower()
    text = re.sub(r"[ t]\d{1,2}:\d\d(:\d\d)?(\.\d+)?$", "", text)
    text = re.sub(r"\s*(พ\.ศ\.|พ\.ศ|be|b\.e\.|ค\.ศ\.|ad|ce)\s*", " ", text).strip()
    parts = [part for part in re.split(r"[\s/.\-年月日,]+", text) if part]
    parts = [_month(part) or part for part in parts]
    if not 1 <= len(parts) <= 3 or not all(str(part).isdigit() for part in parts):
        raise Wrong("date", given)
    numbers = [int(part) for part in parts]
    if len(parts) == 1 and len(str(parts[0])) == 5:
        raise Wrong("excel_day", given)
    if len(str(parts[0])) == 4:
        year, month, on = (*numbers, None, None)[:3]
    elif len(str(parts[-1])) == 4 and len(parts) > 1:
        year, *rest = reversed(numbers)
        month, on = (*rest, None)[:2]
        if len(parts) == 3 and order == "MDY":
            month, on = on, month
    else:
        raise Wrong("date", given)
    month, on = month or None, on or None  # zero is how some registers write "not known"
    if on and not month:
        raise Wrong("no_such_day", given)
    if year in TYPED_BUDDHIST:
        year -= BUDDHIST
    try:
        earliest = date(year, month or 1, on or 1)
    except ValueError:
        raise Wrong("no_such_day", given) from None
    today = timezone.localdate()
    if past and earliest > today:
        raise Wrong("future", given)
    if oldest and year < today.year - oldest:
        raise Wrong("long_ago", given, most=oldest)
    return year, month, on


def _month(part):
    for names in (MONTHS, THAI_MONTHS):
        for at, known in enumerate(names, start=1):
            if part.startswith(known):
                return str(at)
    return None


def whole_day(text, **options):
    """A date; a month or year alone is not enough."""
    year, month, on = day(text, **options)
    if not on:
        raise Wrong("date", text)
    return date(year, month, on)


def age(text):
    """Whole years from 0 to 120."""
    plain = digits(text).strip()
    found = re.fullmatch(r"(\d{1,3})(\s*(years?|yrs?|y|ปี|ປີ|ឆ្នាំ|နှစ်|tuổi|岁|tahun))?", plain, re.IGNORECASE)
    if not found or int(found[1]) > 120:
        raise Wrong("age", text)
    return int(found[1])


def number(text):
    plain = digits(text).strip().replace(" ", "")
    if not plain.isdigit() or len(plain) > 9:
        raise Wrong("number", text)
    return int(plain)


def sex(text):
    plain = text.strip().casefold()
    for code, words in SEXES.items():
        if plain in words:
            return code
    raise Wrong("sex", text)


def yes_no(text):
    plain = text.strip().casefold()
    if plain in YES or plain in NO:
        return plain in YES
    raise Wrong("yes_no", text)


def phone(text):
    plain = digits(text).strip()
    # A spreadsheet that takes a number for a number drops its plus.
    found = profile().phone(text) or (profile().phone(f"+{plain}") if plain.isdigit() and len(plain) > 9 else "")
    if not found:
        raise Wrong("phone", text)
    return found


def several(text):
    """The parts of a cell that holds several things."""
    return [part.strip() for part in re.split(r"[;\n|、]|,(?=\s)", text) if part.strip()]


def coded(listed, text, words=None, only=None):
    """The code that a cell means: the code itself, its label in any language, or what the mapping says of the word."""
    plain = text.strip().casefold()
    known = codes.get(listed)
    for code in known:
        if only is not None and code not in only:
            continue
        if plain == code.casefold() or plain in {known.label(code, tongue).casefold() for tongue in ("en", "th", "lo")}:
            return code
    found = (words or {}).get(plain)
    if found and found in known:
        return found
    some = [code for code in known if only is None or code in only]
    raise Wrong("word", text, some=", ".join(some[:8]) + (" …" if len(some) > 8 else ""))


class Areas:
    """Areas by P-code and by name, read once for a whole file."""

    def __init__(self, on=None):
        self.on = on or timezone.localdate()

    @cached_property
    def _by_code(self):
        return {area.pcode.upper(): area for area in Area.objects.all()}

    @cached_property
    def _by_name(self):
        found = {}
        for area in self._by_code.values():
            for text in {area.name.casefold(), area.native_name.casefold()} - {""}:
                found.setdefault(text, []).append(area)
        return found

    def with_code(self, code):
        """The area of that P-code, whether it has ended or not; None if there is none."""
        return self._by_code.get(code.strip().upper())

    def find(self, text, *, ended=False):
        """The area that a cell means. One that has ended is refused, unless `ended`: its time is over for what begins now."""
        plain = text.strip()
        area = self.with_code(plain)
        if area is None:
            named = self._by_name.get(plain.casefold(), [])
            now = [a for a in named if self._is_now(a)] or (named if ended else [])
            if len(now) > 1:  # a province and the district of its name: the province is meant
                top = min(a.level for a in now)
                highest = [a for a in now if a.level == top]
                now = highest if len(highest) == 1 else now
            if len(now) > 1:
                raise Wrong("area_many", text, count=len(now))
            if not now:
                if named:
                    raise Wrong("area_ended", text, day=named[0].valid_until.isoformat() if named[0].valid_until else "")
                raise Wrong("area", text)
            area = now[0]
        if not ended and not self._is_now(area):
            raise Wrong("area_ended", text, day=area.valid_until.isoformat() if area.valid_until else "")
        return area

    def _is_now(self, area):
        return (area.valid_until is None or area.valid_until > self.on) and (area.valid_from is None or area.valid_from <= self.on)
