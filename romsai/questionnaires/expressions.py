"""The small language of XLSForm cells: `parse` turns text into nested lists (JSON), `compute` gives their value.

The same lists run on a phone. A parsed expression is a number, or a list that begins with its kind:

    ["s", "text"]  ["$", "question"]  ["."]  ["c", "choice column"]  ["neg", e]  ["o", "+", e, e, …]  ["f", "if", e, …]
    ["position", "repeat"]  ["indexed", "question", "repeat", e, …]  ["label", "question", e]  ["once", e]

Values are text, numbers, True/False, and `Nodes` (all the answers to one question of a repeat). Days are ISO text and count
as days since 1970 in sums and comparisons; an answer not given is the empty text, as in ODK.
"""

import datetime as dt
import math
import re
from decimal import Decimal

import re2

MAX_LENGTH = 4_000  # characters of one expression
MAX_DEPTH = 32
MAX_TEXT = 10_000  # characters that a calculation may produce

PRECEDENCE = {"or": 1, "and": 2, "=": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4}
PRECEDENCE |= {"+": 5, "-": 5, "*": 6, "div": 6, "mod": 6}
CHAINED = ("or", "and", "+", "*")  # a or b or c is one list, so that long chains stay shallow

TOKEN = re.compile(
    r"""(?P<number>\d+(?:\.\d*)?|\.\d+)
    |(?P<text>'[^']*'|"[^"]*")
    |\$\{\s*(?P<ref>[^}]*?)\s*\}
    |(?P<path>(?:current\(\)\s*/\s*)?\.\.(?:/\.\.)*(?:/[A-Za-z_][\w.-]*)*|(?:/[A-Za-z_][\w.-]*)+)
    |(?P<name>[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)
    |(?P<sign><=|>=|!=|[-+*=<>(),.])""",
    re.VERBOSE,
)
NAME = re.compile(r"[A-Za-z_][\w.-]*")
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:[T ](?P<clock>\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?:Z|[+-]\d\d:?\d\d)?)?")
CLOCK = re.compile(r"(\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?")
NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)")
EPOCH = dt.date(1970, 1, 1).toordinal()


def gettext_noop(message):
    """Marks a sentence for translation without needing Django, because compiling runs in a process of its own."""
    return message


class ExpressionError(Exception):
    """What is wrong with an expression: a sentence for translation and its parameters."""

    def __init__(self, message, **params):
        super().__init__(message % params)
        self.message, self.params = message, params


class Nodes(tuple):
    """The answers to one question in every round of a repeat; alone in a sum or a text it counts as its first."""


class TooLong(Exception):
    """A calculation produced more than `MAX_TEXT` characters."""


# --- reading -------------------------------------------------------------------------------------------------------


def parse(source):
    """The expression as nested lists, with paths still as `["path", …]`; raises ExpressionError."""
    if len(source) > MAX_LENGTH:
        raise ExpressionError(
            gettext_noop("the expression has %(length)d characters; at most %(most)d are allowed."),
            length=len(source),
            most=MAX_LENGTH,
        )
    return _Reader(source).read()


class _Reader:
    def __init__(self, source):
        self.source, self.tokens, self.at, self.depth = source, [], 0, 0
        start, end = 0, len(source)
        while True:
            while start < end and source[start].isspace():
                start += 1
            if start == end:
                break
            match = TOKEN.match(source, start)
            if not match:
                raise ExpressionError(gettext_noop("cannot read “%(part)s”."), part=source[start : start + 40])
            self.tokens.append((match.lastgroup, match.group(match.lastgroup)))
            start = match.end()

    def read(self):
        tree = self.operation(0)
        if self.at < len(self.tokens):
            raise ExpressionError(
                gettext_noop("“%(part)s” is not expected here; a sign or a comma may be missing before it."),
                part=self.tokens[self.at][1],
            )
        if depth(tree) > MAX_DEPTH:
            raise self.too_deep()
        return tree

    def too_deep(self):
        return ExpressionError(
            gettext_noop("the expression is nested more than %(most)d deep. Split it into several calculations."),
            most=MAX_DEPTH,
        )

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else (None, None)

    def take(self):
        token = self.peek()
        self.at += 1
        return token

    def expect(self, sign):
        kind, value = self.take()
        if (kind, value) != ("sign", sign):
            raise ExpressionError(gettext_noop("a “%(sign)s” is missing."), sign=sign)

    def operation(self, lowest):
        self.depth += 1
        if self.depth > 3 * MAX_DEPTH:
            raise self.too_deep()
        left = self.primary()
        while True:
            kind, sign = self.peek()
            rank = PRECEDENCE.get(sign, 0) if kind in ("sign", "name") else 0
            if rank <= lowest:
                self.depth -= 1
                return left
            self.take()
            right = self.operation(rank)
            if sign in CHAINED and isinstance(left, list) and left[:2] == ["o", sign]:
                left = [*left, right]
            else:
                left = ["o", sign, left, right]

    def primary(self):
        kind, value = self.take()
        if kind == "number":
            return float(value)
        if kind == "text":
            return ["s", value[1:-1]]
        if kind == "ref":
            if value.startswith("last-saved#"):
                raise ExpressionError(gettext_noop("“last-saved” is not used here: one child's answer never fills another's form."))
            if not NAME.fullmatch(value):
                raise ExpressionError(gettext_noop("“${%(name)s}” is not the name of a question."), name=value)
            return ["$", value]
        if kind == "path":
            return ["path", value.replace(" ", "").removeprefix("current()/")]
        if kind == "sign" and value == ".":
            return ["."]
        if kind == "sign" and value == "-":
            self.depth += 1
            if self.depth > 3 * MAX_DEPTH:
                raise self.too_deep()
            negated = ["neg", self.primary()]
            self.depth -= 1
            return negated
        if kind == "sign" and value == "(":
            inner = self.operation(0)
            self.expect(")")
            return inner
        if kind == "name" and self.peek() == ("sign", "("):
            return self.call(value)
        if kind == "name":
            return ["c", value]
        if kind is None:
            raise ExpressionError(gettext_noop("the expression ends too early."))
        raise ExpressionError(gettext_noop("“%(part)s” is not expected here."), part=value)

    def call(self, name):
        self.expect("(")
        args = []
        while self.peek() != ("sign", ")"):
            args.append(self.operation(0))
            if self.peek() == ("sign", ","):
                self.take()
                if self.peek() == ("sign", ")"):
                    raise ExpressionError(gettext_noop("a value is missing after the last comma."))
            elif self.peek() != ("sign", ")"):
                raise ExpressionError(gettext_noop("a “%(sign)s” is missing."), sign=")")
        self.take()
        if name in CHANGING:
            raise ExpressionError(
                gettext_noop("the function %(name)s() is not used here: it would give another answer each time."),
                name=name,
            )
        least, most = SPECIAL[name] if name in SPECIAL else FUNCTIONS[name][:2] if name in FUNCTIONS else (0, -1)
        if most == -1:
            raise ExpressionError(gettext_noop("the function %(name)s() is not known."), name=name)
        if not least <= len(args) <= (len(args) if most is None else most):
            raise ExpressionError(
                gettext_noop("the function %(name)s() is given %(count)d values, which is not the number it takes."),
                name=name,
                count=len(args),
            )
        if name == "regex":
            check_pattern(args[1])
        return ["f", name, *args]


def check_pattern(tree):
    """A pattern stands in the form as text, and the linear-time engine can run it."""
    if not (isinstance(tree, list) and tree[0] == "s"):
        raise ExpressionError(gettext_noop("the pattern of regex() must be written as text between quotes."))
    try:
        pattern(tree[1])
    except re2.error as error:
        raise ExpressionError(gettext_noop("the pattern “%(pattern)s” cannot be used: %(error)s."), pattern=tree[1], error=error) from None


_patterns = {}


def pattern(text):
    """A compiled pattern of re2, which takes time in proportion to the text whatever the pattern (security notes, 7)."""
    if text not in _patterns:
        options = re2.Options()
        options.log_errors, options.max_mem = False, 1 << 20
        _patterns[text] = re2.compile(text, options)
    return _patterns[text]


def depth(tree):
    return 1 + max((depth(part) for part in tree if isinstance(part, list)), default=0) if isinstance(tree, list) else 0


def names(tree):
    """Every question, group or repeat that the parsed expression reads."""
    if not isinstance(tree, list):
        return set()
    found = set().union(*(names(part) for part in tree[1:]), set())
    if tree[0] in ("$", "label", "indexed", "position"):
        found.add(tree[1])
    if tree[0] == "indexed":
        found |= set(tree[2::2])
    return found


def remembers(tree):
    """Whether the expression reads its own earlier value, which must then be kept."""
    return isinstance(tree, list) and (tree[0] == "once" or any(remembers(part) for part in tree[1:]))


# --- values --------------------------------------------------------------------------------------------------------


def number(value):
    """A value as a number: days for a date, NaN for what is no number."""
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, Nodes):
        return number(value[0]) if value else math.nan
    value = value.strip()
    if NUMBER.fullmatch(value):
        return float(value)
    return _days(value)


def _days(value):
    match = ISO_DAY.fullmatch(value)
    try:
        if match:
            day = float(dt.date.fromisoformat(value[:10]).toordinal() - EPOCH)
            return day + (_days(match["clock"]) if match["clock"] else 0.0)
    except ValueError:
        return math.nan
    match = CLOCK.fullmatch(value)
    if match:
        hour, minute, second = match.groups("0")
        return (int(hour) * 3600 + int(minute) * 60 + float(second)) / 86400
    return math.nan


def text(value):
    """A value as text: 3 and not 3.0, true and false, the first of several."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        return str(int(value)) if value == int(value) else format(Decimal(repr(value)), "f")
    if isinstance(value, Nodes):
        return text(value[0]) if value else ""
    return value


def truth(value):
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value != 0 and not math.isnan(value)
    return len(value) > 0


def equal(a, b):
    a, b = (v[0] if isinstance(v, Nodes) and v else "" if isinstance(v, Nodes) else v for v in (a, b))
    if isinstance(a, bool) or isinstance(b, bool):
        if {text(a), text(b)} <= {"true", "false"}:
            return text(a) == text(b)
        return truth(a) == truth(b)
    if isinstance(a, int | float) or isinstance(b, int | float):
        return number(a) == number(b)
    if ISO_DAY.fullmatch(a) and ISO_DAY.fullmatch(b):
        return number(a) == number(b)
    return a == b


def is_day(value):
    match = ISO_DAY.fullmatch(text(value))
    return bool(match) and not math.isnan(number(value))


def day_text(value):
    """The ISO day of a number of days or of ISO text; the empty text if it is neither."""
    days = number(value)
    if math.isnan(days) or not -700_000 < days < 2_900_000:
        return ""
    return dt.date.fromordinal(math.floor(days) + EPOCH).isoformat()


def moment_text(value):
    days = number(value)
    day = day_text(value)
    seconds = round((days - math.floor(days)) * 86400) if day else 0
    return f"{day}T{seconds // 3600 % 24:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}" if day else ""


MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def format_moment(value, form):
    moment = moment_text(value)
    if not moment:
        return ""
    at = dt.datetime.fromisoformat(moment)
    parts = {"Y": f"{at.year:04}", "y": f"{at.year % 100:02}", "m": f"{at.month:02}", "n": str(at.month)}
    parts |= {"b": MONTHS[at.month - 1], "d": f"{at.day:02}", "e": str(at.day), "a": WEEKDAYS[at.weekday()]}
    parts |= {
        "H": f"{at.hour:02}",
        "h": str(at.hour),
        "M": f"{at.minute:02}",
        "S": f"{at.second:02}",
        "3": "000",
        "%": "%",
    }
    return re.sub(r"%(.)", lambda m: parts.get(m[1], m[0]), text(form))


# --- functions -----------------------------------------------------------------------------------------------------


def _all(args):
    return [one for value in args for one in (value if isinstance(value, Nodes) else (value,)) if text(one) != ""]


def _numbers(args):
    return [number(one) for one in _all(args)]


def _joined(separator, args):
    result = separator.join(text(one) for value in args for one in (value if isinstance(value, Nodes) else (value,)))
    if len(result) > MAX_TEXT:
        raise TooLong
    return result


def _round(value, places=0.0):
    value, places = number(value), number(places)
    if not math.isfinite(value) or not math.isfinite(places) or abs(places) > 15:
        return value
    shift = 10.0 ** int(places)
    return math.floor(value * shift + 0.5) / shift


def _int(value):
    value = number(value)
    return float(math.trunc(value)) if math.isfinite(value) else math.nan


def _power(value, exponent):
    try:
        result = number(value) ** number(exponent)
    except (OverflowError, ZeroDivisionError):
        return math.inf
    return math.nan if isinstance(result, complex) else result


def _real(function):
    def call(context, value):
        try:
            return function(number(value))
        except (ValueError, OverflowError):
            return math.nan

    return call


def _slice(value, start, end=None):
    value, start = text(value), _int(start)
    end = float(len(value)) if end is None else _int(end)
    return "" if math.isnan(start) or math.isnan(end) else value[int(start) : int(end)]


def _word(value, index):
    words, index = text(value).split(), _int(index)
    return words[int(index)] if not math.isnan(index) and 0 <= index < len(words) else ""


def _translate(value, old, new):
    old, new = text(old), text(new)
    table = {}
    for place, letter in enumerate(old):
        table.setdefault(ord(letter), new[place] if place < len(new) else None)
    return text(value).translate(table)


def _part(value, mark, after):
    before, found, rest = text(value).partition(text(mark))
    return (rest if after else before) if found else ""


# name: (fewest values, most values or None for any number, what it does with the context and the values)
FUNCTIONS = {
    "true": (0, 0, lambda c: True),
    "false": (0, 0, lambda c: False),
    "not": (1, 1, lambda c, a: not truth(a)),
    "boolean": (1, 1, lambda c, a: truth(a)),
    "boolean-from-string": (1, 1, lambda c, a: text(a) in ("true", "1")),
    "if": (3, 3, lambda c, a, b, d: b if truth(a) else d),
    "coalesce": (2, 2, lambda c, a, b: a if text(a) != "" else b),
    "selected": (2, 2, lambda c, a, b: text(b) in text(a).split()),
    "selected-at": (2, 2, lambda c, a, b: _word(a, b)),
    "count-selected": (1, 1, lambda c, a: float(len(text(a).split()))),
    "count": (1, 1, lambda c, a: float(len(a)) if isinstance(a, Nodes) else float(text(a) != "")),
    "count-non-empty": (1, 1, lambda c, a: float(len(_all([a])))),
    "sum": (1, None, lambda c, *a: math.fsum(n for n in _numbers(a) if math.isfinite(n))),
    "min": (1, None, lambda c, *a: min(_numbers(a), default=math.nan)),
    "max": (1, None, lambda c, *a: max(_numbers(a), default=math.nan)),
    "round": (1, 2, lambda c, *a: _round(*a)),
    "int": (1, 1, lambda c, a: _int(a)),
    "number": (1, 1, lambda c, a: number(a)),
    "pow": (2, 2, lambda c, a, b: _power(a, b)),
    "abs": (1, 1, _real(abs)),
    "floor": (1, 1, _real(lambda a: float(math.floor(a)))),
    "ceiling": (1, 1, _real(lambda a: float(math.ceil(a)))),
    "sqrt": (1, 1, _real(math.sqrt)),
    "exp": (1, 1, _real(math.exp)),
    "log": (1, 1, _real(math.log)),
    "log10": (1, 1, _real(math.log10)),
    "string": (1, 1, lambda c, a: text(a)),
    "concat": (1, None, lambda c, *a: _joined("", a)),
    "join": (2, None, lambda c, s, *a: _joined(text(s), a)),
    "string-length": (1, 1, lambda c, a: float(len(text(a)))),
    "normalize-space": (1, 1, lambda c, a: " ".join(text(a).split())),
    "substr": (2, 3, lambda c, *a: _slice(*a)),
    "substring-before": (2, 2, lambda c, a, b: _part(a, b, after=False)),
    "substring-after": (2, 2, lambda c, a, b: _part(a, b, after=True)),
    "contains": (2, 2, lambda c, a, b: text(b) in text(a)),
    "starts-with": (2, 2, lambda c, a, b: text(a).startswith(text(b))),
    "ends-with": (2, 2, lambda c, a, b: text(a).endswith(text(b))),
    "translate": (3, 3, lambda c, a, b, d: _translate(a, b, d)),
    "regex": (2, 2, lambda c, a, b: pattern(text(b)).fullmatch(text(a)) is not None),
    "today": (0, 0, lambda c: c.today),
    "now": (0, 0, lambda c: c.now),
    "date": (1, 1, lambda c, a: day_text(a)),
    "date-time": (1, 1, lambda c, a: moment_text(a)),
    "decimal-date-time": (1, 1, lambda c, a: number(a)),
    "decimal-time": (1, 1, lambda c, a: number(a) % 1),
    "format-date": (2, 2, lambda c, a, b: format_moment(a, b)),
    "format-date-time": (2, 2, lambda c, a, b: format_moment(a, b)),
}
# These read the form and not only values; `compile.resolve` turns them into kinds of their own.
SPECIAL = {"position": (1, 1), "indexed-repeat": (3, 7), "jr:choice-name": (2, 2), "once": (1, 1)}
CHANGING = {"random", "uuid"}


def _compare(sign, a, b):
    a, b = number(a), number(b)
    return a < b if sign == "<" else a <= b if sign == "<=" else a > b if sign == ">" else a >= b


def _divide(a, b):
    if b:
        return a / b
    return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a)


def compute(tree, context):
    """The value of a parsed expression.

    `context` answers: ref(name), this, choice (columns of a choice), today, now, position(repeat),
    indexed(name, [(repeat, number)…]), choice_label(name, code), before (the value already stored).
    """
    if isinstance(tree, int | float):
        return float(tree)
    kind = tree[0]
    if kind == "s":
        return tree[1]
    if kind == "$":
        return context.ref(tree[1])
    if kind == ".":
        return context.this
    if kind == "c":
        return context.choice.get(tree[1], "")
    if kind == "neg":
        return -number(compute(tree[1], context))
    if kind == "f":
        return FUNCTIONS[tree[1]][2](context, *[compute(part, context) for part in tree[2:]])
    if kind == "o":
        return _operate(tree, context)
    if kind == "position":
        return float(context.position(tree[1]))
    if kind == "indexed":
        places = [(tree[i], number(compute(tree[i + 1], context))) for i in range(2, len(tree), 2)]
        return context.indexed(tree[1], places)
    if kind == "label":
        return context.choice_label(tree[1], text(compute(tree[2], context)))
    if kind == "once":
        return context.before if text(context.before) != "" else compute(tree[1], context)
    raise ValueError(f"not an expression: {tree!r}")


def _operate(tree, context):
    sign, parts = tree[1], tree[2:]
    if sign == "and":
        return all(truth(compute(part, context)) for part in parts)
    if sign == "or":
        return any(truth(compute(part, context)) for part in parts)
    values = [compute(part, context) for part in parts]
    if sign in ("=", "!="):
        return equal(*values) == (sign == "=")
    if sign[0] in "<>":
        return _compare(sign, *values)
    numbers = [number(value) for value in values]
    if sign == "+":
        total = 0.0
        for one in numbers:
            total += one
        return total
    if sign == "*":
        return math.prod(numbers)
    if sign == "-":
        return numbers[0] - numbers[1]
    if sign == "div":
        return _divide(*numbers)
    finite = math.isfinite(numbers[0]) and numbers[1] != 0 and not math.isnan(numbers[1])
    return math.fmod(*numbers) if finite else math.nan
