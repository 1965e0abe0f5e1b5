"""Runs a compiled form over answers, on the server's own authority: nothing that a browser or a phone computed is believed.

    run = Run(compiled, answers, today=date, now=datetime, language="th")
    run.values    the clean answers, typed, with calculations; what is not asked is dropped
    run.kept      all answers as typed as they can be, asked or not: what a draft stores, so that nothing is lost
    run.errors    {path: sentence} of answers that cannot stand
    run.missing   {path: sentence} of required answers not given

Answers are a dict by question name; a repeat is a list of dicts. A path is "name" or "repeat/0/name".
"""

import datetime as dt
import math
import re
import unicodedata

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from romsai.core.dates import digits

from .compile import REFERENCE, walk
from .expressions import MAX_TEXT, Nodes, TooLong, compute, number, remembers, text, truth

MAX_ROUNDS = 200  # of one repeat
MAX_ALL_ROUNDS = 2_000
MAX_DIGITS = 15
INTEGER = re.compile(r"[+-]?\d+")
DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
TIME = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?")


class Wrong(Exception):
    """An answer that is not of its type; the sentence says what would be."""


class Round:
    """One scope of answers: the whole form, or one round of a repeat."""

    __slots__ = ("above", "given", "index", "name", "prefix", "relevant", "rounds", "typed")

    def __init__(self, given, name="", above=None, index=0):
        self.given, self.name, self.above, self.index = given, name, above, index
        self.prefix = f"{above.prefix}{name}/{index}/" if above else ""
        self.typed, self.relevant, self.rounds = {}, {}, {}

    def chain(self):
        """The rounds from the whole form down to this one."""
        found = [self]
        while found[-1].above:
            found.append(found[-1].above)
        return found[::-1]


class Run:
    def __init__(self, compiled, answers, *, today, now=None, language=""):
        self.compiled, self.language = compiled, language or compiled["default_language"]
        self.today = today.isoformat()
        self.now = (now or dt.datetime.combine(today, dt.time())).replace(tzinfo=None).isoformat(timespec="seconds")
        self.nodes = {node["name"]: node for node in walk(compiled["nodes"])}
        self.lists = {name: {choice["name"]: choice for choice in choices} for name, choices in compiled["lists"].items()}
        self.by_scope = {}
        for node in self.nodes.values():
            self.by_scope.setdefault(tuple(node["within"]), []).append(node)
        self.errors, self.missing, self.made = {}, {}, 0
        self.root = Round(answers if isinstance(answers, dict) else {})
        for name in compiled["order"]:
            node = self.nodes[name]
            for scope in self.scopes(node["within"]):
                self.settle(node, scope)
        for name, node in self.nodes.items():
            for scope in self.scopes(node["within"]):
                if scope.relevant[name]:
                    self.judge(node, scope)
        self.values = self.collect(self.root, clean=True)
        self.kept = self.collect(self.root, clean=False)

    def scopes(self, within):
        found = [self.root]
        for repeat in within:
            found = [inner for scope in found for inner in scope.rounds.get(repeat, ())]
        return found

    # --- first pass: what is asked, and every value ---

    def settle(self, node, scope):
        name, kind = node["name"], node["kind"]
        context = Context(self, scope, node)
        scope.relevant[name] = self.asked_above(node, scope) and (
            "relevant" not in node or truth(self.computed(node, scope, "relevant", context))
        )
        if kind == "repeat":
            self.open_rounds(node, scope, context)
        elif kind == "meta":
            scope.typed[name] = {"today": self.today, "start": self.now, "end": self.now}.get(name)
        elif "calculation" in node:
            scope.typed[name] = None
            if scope.relevant[name]:
                value = self.computed(node, scope, "calculation", context)
                scope.typed[name] = self.calculated(node, scope, value)
        elif kind == "hidden":
            scope.typed[name] = self.default(node, context)
        elif kind not in ("group", "note"):
            raw = scope.given[name] if name in scope.given else self.default(node, context)
            try:
                scope.typed[name] = self.typed(node, raw)
            except Wrong as wrong:
                scope.typed[name] = None
                if scope.relevant[name]:
                    self.errors[scope.prefix + name] = str(wrong)

    def asked_above(self, node, scope):
        above = node["path"][:-1]
        if not above:
            return True
        outer = scope.above if node["within"] and above[-1] == node["within"][-1] else scope
        return outer.relevant[above[-1]]

    def open_rounds(self, node, scope, context):
        name = node["name"]
        given = scope.given.get(name)
        given = [one if isinstance(one, dict) else {} for one in given] if isinstance(given, list) else []
        most = min(MAX_ROUNDS, MAX_ALL_ROUNDS - self.made)
        if "count" in node:
            wanted = number(self.computed(node, scope, "count", context)) if scope.relevant[name] else 0
            wanted = max(0, int(wanted)) if math.isfinite(wanted) else 0
            given = (given + [{}] * min(wanted, most))[: min(wanted, most)]
        elif len(given) > most:
            self.errors[scope.prefix + name] = _("There are more than %(most)d entries here.") % {"most": most}
            given = given[:most]
        self.made += len(given)
        scope.rounds[name] = [Round(one, name, scope, index) for index, one in enumerate(given)]

    def default(self, node, context):
        default = node.get("default", "")
        if isinstance(default, dict):
            value = text(compute(default["expression"], context))
            return "" if value == "NaN" else value
        return default

    def computed(self, node, scope, key, context):
        try:
            return compute(node[key], context)
        except TooLong:
            self.errors[scope.prefix + node["name"]] = _("This calculation gives too long a text.")
            return ""

    def calculated(self, node, scope, value):
        if node["kind"] not in ("calculation", "hidden", "note", "text"):
            try:
                return self.typed(node, "" if text(value) in ("NaN", "Infinity", "-Infinity") else text(value))
            except Wrong:
                return None
        if isinstance(value, bool):
            return value
        if isinstance(value, Nodes):
            value = value[0] if value else ""
        if isinstance(value, float):
            if not math.isfinite(value):
                return None
            return int(value) if value == int(value) and abs(value) < 10**MAX_DIGITS else value
        return value or None

    def typed(self, node, raw):
        """The answer as its type, None if none was given; raises Wrong."""
        kind = node["kind"]
        if raw is None or raw in ("", [], ()):
            return None
        if kind == "many":
            return self.chosen(node, raw)
        if kind == "acknowledge":
            return "OK" if raw in (True, "OK", "on", "true", "1") else None
        if isinstance(raw, bool) or not isinstance(raw, str | int | float):
            raise Wrong(_("This answer cannot be read."))
        raw = text(raw) if isinstance(raw, int | float) else clean_text(raw)
        if kind == "text":
            if len(raw) > MAX_TEXT:
                raise Wrong(
                    ngettext(
                        "Use no more than %(most)d character.",
                        "Use no more than %(most)d characters.",
                        MAX_TEXT,
                    )
                    % {"most": MAX_TEXT}
                )
            return (digits(raw) if node.get("appearance") == "numbers" else raw) or None
        if kind == "one":
            return self.chosen(node, [raw])[0]
        raw = digits(raw).strip()
        return TYPES[kind](raw, node) if raw else None

    def chosen(self, node, raw):
        codes = raw.split() if isinstance(raw, str) else list(raw) if isinstance(raw, list | tuple) else [raw]
        codes = list(dict.fromkeys(codes)) if all(isinstance(code, str) for code in codes) else [None]
        if any(code not in self.lists[node["list"]] for code in codes):
            raise Wrong(_("Choose from the list."))
        return codes or None

    # --- second pass: is it allowed ---

    def judge(self, node, scope):
        name = node["name"]
        path = scope.prefix + name
        if path in self.errors or node["kind"] in (
            "group",
            "repeat",
            "note",
            "meta",
            "calculation",
            "hidden",
        ):
            return
        context = Context(self, scope, node)
        value = scope.typed[name]
        if value is None:
            if self.requires(node, scope):
                self.missing[path] = self.own_words(node, "required_message", scope) or _("Answer this question.")
            return
        if "filter" in node:
            allowed = {choice["name"] for choice in self.choices(node, scope)}
            if not allowed.issuperset(value if isinstance(value, list) else [value]):
                self.errors[path] = _("This choice does not fit the other answers. Choose again.")
                return
        if "constraint" in node and not truth(self.computed(node, scope, "constraint", context)):
            self.errors[path] = self.own_words(node, "constraint_message", scope) or _("This answer is not allowed.")

    def requires(self, node, scope):
        """Whether an answer is needed here, as things stand."""
        required = node.get("required", False)
        return required is True or bool(required) and truth(self.computed(node, scope, "required", Context(self, scope, node)))

    def choices(self, node, scope):
        """The choices of the question's list that fit the answers so far."""
        listed = self.compiled["lists"][node["list"]]
        if "filter" not in node:
            return listed
        context = Context(self, scope, node)
        fitting = []
        for choice in listed:
            context.choice = {**choice["columns"], "name": choice["name"]}
            if truth(compute(node["filter"], context)):
                fitting.append(choice)
        return fitting

    # --- words ---

    def words(self, texts, *, reviewed=False):
        """The text in the language of the run, else in the form's own, else in any; and the language it is in.

        `reviewed` leaves out languages that the form marks as drafts: danger and consent are never asked in a guess.
        """
        drafts = self.compiled["drafts"] if reviewed else ()
        for code in (self.language, self.compiled["default_language"], *texts):
            if texts.get(code) and code not in drafts:
                return texts[code], code
        return "", self.language

    def own_words(self, node, key, scope):
        return self.say(node[key], scope, reviewed=node.get("reviewed", False))[0] if key in node else ""

    def say(self, texts, scope, *, reviewed=False):
        """A label with the answers it names put in, and its language."""
        said, code = self.words(texts, reviewed=reviewed)
        return REFERENCE.sub(lambda match: self.spoken(match[1], scope), said), code

    def spoken(self, name, scope):
        value = Context(self, scope, self.nodes[name]).ref(name)
        value = value[0] if isinstance(value, Nodes) and value else value
        if "list" in self.nodes[name]:
            return ", ".join(self.choice_label(name, code) for code in text(value).split())
        return text(value) if not isinstance(value, Nodes) else ""

    def choice_label(self, name, code):
        choice = self.lists[self.nodes[name]["list"]].get(code)
        return self.words(choice["label"])[0] if choice else ""

    # --- out ---

    def collect(self, scope, *, clean):
        found = {}
        for node in self.by_scope.get(tuple(one.name for one in scope.chain()[1:]), ()):
            name = node["name"]
            if node["kind"] in ("group", "note", "meta"):
                continue
            if clean and (not scope.relevant[name] or scope.prefix + name in self.errors):
                continue
            if node["kind"] == "repeat":
                rounds = [self.collect(inner, clean=clean) for inner in scope.rounds[name]]
                if rounds:
                    found[name] = rounds
            elif not clean and "calculation" in node and not remembers(node["calculation"]):
                continue
            elif scope.typed[name] is not None:
                found[name] = scope.typed[name]
            elif not clean and name in scope.given and "calculation" not in node:
                found[name] = storable(scope.given[name])
        return found


class Context:
    """What an expression can ask while one answer is looked at."""

    __slots__ = ("choice", "node", "now", "run", "scope", "today")

    def __init__(self, run, scope, node):
        self.run, self.scope, self.node, self.choice = run, scope, node, {}
        self.today, self.now = run.today, run.now

    @property
    def this(self):
        return self.plain(self.node, self.scope)

    @property
    def before(self):
        value = self.scope.given.get(self.node["name"], "")
        return value if isinstance(value, str | int | float) else ""

    def plain(self, node, scope):
        """A typed answer as expressions see it: the empty text if not asked, words for several choices."""
        value = scope.typed.get(node["name"])
        if value is None or not scope.relevant.get(node["name"]):
            return ""
        if isinstance(value, list):
            return " ".join(value)
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value

    def ref(self, name):
        """A question's answer: its own round's where both are in one, else that of every round."""
        node = self.run.nodes[name]
        nearest, inside = self.meet(node["within"])
        scopes = [nearest]
        for repeat in inside:
            scopes = [one for scope in scopes for one in scope.rounds.get(repeat, ())]
        if node["kind"] == "repeat":
            asked = [scope for scope in scopes if scope.relevant.get(name)]
            return Nodes(str(one.index + 1) for scope in asked for one in scope.rounds.get(name, ()))
        if inside:
            return Nodes(self.plain(node, scope) for scope in scopes)
        return self.plain(node, nearest)

    def meet(self, within):
        """The innermost round that holds both here and there, and the repeats from it down to there."""
        chain = self.scope.chain()
        shared = 0
        while shared < min(len(within), len(chain) - 1) and chain[shared + 1].name == within[shared]:
            shared += 1
        return chain[shared], within[shared:]

    def position(self, repeat):
        return next((one.index + 1 for one in self.scope.chain() if one.name == repeat), 0)

    def indexed(self, name, places):
        scope = self.run.root
        for repeat, place in places:
            rounds = scope.rounds.get(repeat, ())
            if not 1 <= place <= len(rounds):
                return ""
            scope = rounds[int(place) - 1]
        node = self.run.nodes[name]
        return self.plain(node, scope) if len(places) == len(node["within"]) else ""

    def choice_label(self, name, code):
        return " ".join(filter(None, (self.run.choice_label(name, one) for one in code.split())))


def clean_text(value):
    """Text without the control characters that no keyboard writes and PostgreSQL does not store."""
    kept = "".join(letter for letter in value.replace("\r\n", "\n") if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs"))
    return kept.strip()


def storable(raw):
    """An answer of the wrong type as it was typed, short enough to keep in a draft."""
    if isinstance(raw, list | tuple):
        return [clean_text(str(one))[:MAX_TEXT] for one in raw[:MAX_ROUNDS]]
    return clean_text(str(raw))[:MAX_TEXT] if raw is not None else ""


def _integer(raw, node):
    if not INTEGER.fullmatch(raw):
        raise Wrong(_("Enter a whole number, like 12."))
    if len(raw) > MAX_DIGITS:
        raise Wrong(_("This number is too large."))
    return int(raw)


def _decimal(raw, node):
    if not DECIMAL.fullmatch(raw):
        raise Wrong(_("Enter a number, like 12 or 12.5."))
    if len(raw) > MAX_DIGITS + 1:
        raise Wrong(_("This number is too large."))
    value = float(raw)
    return int(value) if value == int(value) else value


def _range(raw, node):
    value = _decimal(raw, node)
    start, end, step = node["range"]
    steps = (value - start) / step if step else 0
    if not min(start, end) <= value <= max(start, end) or abs(steps - round(steps)) > 1e-9:
        raise Wrong(_("Choose a number from %(start)s to %(end)s.") % {"start": text(start), "end": text(end)})
    return value


def _date(raw, node):
    match = DAY.fullmatch(raw.partition("T")[0])
    try:
        return dt.date(*map(int, match.groups())).isoformat()
    except (AttributeError, ValueError):
        raise Wrong(_("Enter a real date, with day, month and year.")) from None


def _time(raw, node):
    match = TIME.fullmatch(raw)
    try:
        return dt.time(int(match[1]), int(match[2]), int(match[3] or 0)).isoformat()
    except (TypeError, ValueError):
        raise Wrong(_("Enter a time, like 14:30.")) from None


def _moment(raw, node):
    day, _mark, clock = raw.replace(" ", "T", 1).partition("T")
    return f"{_date(day, node)}T{_time(clock or '0:00', node)}"


TYPES = {
    "integer": _integer,
    "decimal": _decimal,
    "range": _range,
    "date": _date,
    "time": _time,
    "moment": _moment,
}
