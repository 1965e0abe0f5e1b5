"""A compiled form and its answers as pages: one top-level group, one page; one Django form a page.

    filling = Filling(compiled, answers, today=…, language="th")
    filling.pages            the pages that have something to ask now
    filling.form(page)       its form, filled with the answers so far
    filling.posted(page, data)   the same after a POST: .answers merged, .form with errors, .is_good
    filling.sections         everything answered, page by page, to check or to read back

The fields judge nothing themselves: `evaluate.Run` does, so that a page, a phone and an import hear the same answer.
"""

import json
from copy import deepcopy
from dataclasses import dataclass
from hashlib import blake2s

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from romsai.core.dates import DayField, DayWidget, PartialDate, day_text

from .compile import UNASKED
from .evaluate import MAX_ROUNDS, Run, storable
from .expressions import names

ANSWER = "q/"  # before the path of an answer in the names of inputs
ASKED = "asked"  # which answers the page showed, so that a box left empty is told from a box not there
SEEN = "seen"  # a mark of each of these answers as it stood when the page was shown, so that another's change is noticed
CLASH = "clash"  # answers that two people changed, put before the second to choose
CHOSEN = "chosen/"  # before the path of such an answer: mine or theirs
TIME = "/time"
MANY_CHOICES = 12  # a longer list is a drop-down, or scrolls by itself
LIVE = {
    "hx-post": "",
    "hx-trigger": "change",
    "hx-target": "#answers",
    "hx-select": "#answers",
    "hx-swap": "outerMorph",
}


@dataclass(frozen=True)
class Page:
    name: str
    nodes: tuple
    group: dict | None  # the group or repeat that the page is; None for questions outside any

    @property
    def holds(self):
        return (self.group,) if self.group and self.group["kind"] == "repeat" else self.nodes


def pages_of(compiled):
    """Every page of a form: each top-level group or repeat, and each run of questions between them."""
    found, loose = [], []
    for node in [*compiled["nodes"], None]:
        if node and node["kind"] not in ("group", "repeat"):
            loose.append(node)
            continue
        if any(one["kind"] not in ("calculation", "hidden", "meta") for one in loose):
            found.append(Page(loose[0]["name"], tuple(loose), None))
        loose = []
        if node:
            found.append(Page(node["name"], tuple(node["children"]), node))
    return found


class Filling:
    def __init__(self, compiled, answers, *, today, now=None, language=""):
        self.compiled, self.answers = compiled, answers
        self.today, self.now = today, now
        self.language = language or compiled["default_language"]
        self.run = Run(compiled, answers, today=today, now=now, language=self.language)
        self.used_reviewed = False

    def over(self, answers):
        """The same form over other answers."""
        return Filling(self.compiled, answers, today=self.today, now=self.now, language=self.language)

    # --- which pages ---

    @cached_property
    def pages(self):
        return [page for page in pages_of(self.compiled) if self.has_something(page)]

    def has_something(self, page):
        if page.group and not self.run.root.relevant[page.group["name"]]:
            return False
        return bool(self.items(page.holds, self.run.root))

    def page(self, name):
        """The page of that name, else the first; None for a form that asks nothing now."""
        return next((page for page in self.pages if page.name == name), self.pages[0] if self.pages else None)

    def neighbour(self, page, step):
        at = [one.name for one in self.pages].index(page.name) + step
        return self.pages[at] if 0 <= at < len(self.pages) else None

    def title(self, page):
        """The heading of a page as HTML."""
        node = page.group
        return self.html(node["label"], self.run.root, node) if node else self.form_title

    @property
    def form_title(self):
        text, code = self.run.words(self.compiled["title"])
        return marked(text, code)

    def wrong_on(self, page):
        """Paths on the page that have an error or miss an answer."""
        here = {item["path"] for item in flat(self.items(page.holds, self.run.root)) if "path" in item}
        return [path for path in (*self.run.errors, *self.run.missing) if path in here]

    # --- what stands on a page ---

    def html(self, texts, scope, node):
        reviewed = node.get("reviewed", False)
        text, code = self.run.say(texts, scope, reviewed=reviewed)
        if reviewed and code != self.language and self.language in self.compiled["drafts"]:
            self.used_reviewed = True
        return marked(text, code)

    def items(self, nodes, scope):
        """What to show of these nodes in this round, as nested dicts for the template."""
        return [item for node in nodes if scope.relevant.get(node["name"]) for item in self.item(node, scope)]

    def item(self, node, scope):
        kind = node["kind"]
        words = {
            "label": self.html(node["label"], scope, node),
            "hint": self.html(node["hint"], scope, node),
            "node": node,
            "scope": scope,
        }
        if kind == "group":
            items = self.items(node["children"], scope)
            if items:
                yield {"kind": "group", **words, "items": items}
        elif kind == "repeat":
            rounds = [
                {"number": one.index + 1, "path": one.prefix[:-1], "items": self.items(node["children"], one)}
                for one in scope.rounds[node["name"]]
            ]
            path = scope.prefix + node["name"]
            counted = "count" in node
            if rounds or not counted:
                yield {
                    "kind": "repeat",
                    **words,
                    "path": path,
                    "level": 2 if len(node["path"]) == 1 else 3,  # a repeat that is the page has its name as h1
                    "rounds": rounds,
                    "counted": counted,
                    "full": len(rounds) >= MAX_ROUNDS,
                }
        elif kind == "note":
            yield {"kind": "note", **words}
        elif kind not in ("calculation", "hidden", "meta"):
            if "calculation" in node or node.get("read_only"):
                yield {"kind": "shown", **words, "value": self.value_text(node, scope)}
            else:
                yield {"kind": "field", **words, "path": scope.prefix + node["name"]}

    @cached_property
    def live(self):
        """Questions on whose answers others of the form depend."""
        read = set()
        for node in self.run.nodes.values():
            for key in ("relevant", "filter", "calculation", "required", "count"):
                read |= names(node.get(key))
        return read

    def form(self, page, data=None):
        return PageForm(self, page, data)

    def posted(self, page, data, **how):
        return Posted(self, page, data, **how)

    def mark(self, path):
        """A short mark of an answer as it is kept: the same for the same answer."""
        return marked_answer(answer_at(self.run.kept, path))

    # --- reading back ---

    def value_text(self, node, scope):
        """An answer in words of the reader's language; the empty text for none."""
        value = scope.typed.get(node["name"])
        if value is None or (node["name"] not in scope.typed):
            return ""
        if node["kind"] in ("one", "many"):
            codes = value if isinstance(value, list) else [value]
            listed = self.run.lists[node["list"]]
            return ", ".join(self.run.words(listed[code]["label"])[0] for code in codes)
        if node["kind"] == "date":
            return day_text(PartialDate.parse(value), self.language)
        if node["kind"] == "moment":
            return f"{day_text(PartialDate.parse(value[:10]), self.language)}, {value[11:16]}"
        if node["kind"] == "acknowledge":
            return _("Yes")
        return str(value)

    @cached_property
    def sections(self):
        """[{page, title, rows: [{label, value, path, error, heading}]}] of every page, for checking and reading back."""
        return [
            {
                "page": page,
                "title": self.title(page),
                "rows": list(self.rows(self.items(page.holds, self.run.root))),
            }
            for page in self.pages
        ]

    def rows(self, items):
        for item in items:
            if item["kind"] == "group":
                yield {"heading": item["label"]}
                yield from self.rows(item["items"])
            elif item["kind"] == "repeat":
                for one in item["rounds"]:
                    yield {"heading": format_html("{} {}", item["label"], one["number"])}
                    yield from self.rows(one["items"])
            elif item["kind"] in ("field", "shown"):
                path = item["scope"].prefix + item["node"]["name"]
                given = item["scope"].given.get(item["node"]["name"])
                yield {
                    "label": item["label"],
                    "value": self.value_text(item["node"], item["scope"]) or (storable(given) if path in self.run.errors else ""),
                    "path": path,
                    "error": self.run.errors.get(path) or self.run.missing.get(path, ""),
                }


def flat(items):
    """Every item, those of groups and rounds too."""
    for item in items:
        yield item
        yield from flat(item.get("items", ()))
        for one in item.get("rounds", ()):
            yield from flat(one["items"])


def marked(text, code):
    """Text as HTML that says which language it is in, where that is not the page's."""
    if not text:
        return ""
    html = format_html("{}", text)
    return html if code.split("-")[0] == (get_language() or "en").split("-")[0] else format_html('<span lang="{}">{}</span>', code, html)


class Posted:
    """What came of a page that was sent, laid over the answers as they stand now.

    What another changed since the page was shown and the sender did not touch, stays. What both changed are `clashes`:
    nothing may be saved until the sender has chosen. `own`: the answers that this same open page changed last.
    """

    def __init__(self, before, page, data, *, own=()):
        self.before = before
        asked = [path for path in data.get(ASKED, "").split() if path]
        self.unreadable = {}
        self.sent = {}
        for path in asked[:5_000]:
            node = before.run.nodes.get(path.rpartition("/")[2])
            if node and node["kind"] not in UNASKED and "calculation" not in node and not node.get("read_only"):
                self.sent[path] = node, self.typed(node, path, data)
        seen = dict(zip(asked, data.get(SEEN, "").split(), strict=False))
        self.answers = self._over(before, ())
        self.wanted = before.over(self.answers)
        self.clashes, self.stays = [], []
        for path in self.sent:
            if self.wanted.mark(path) != before.mark(path):
                self._weigh(path, seen.get(path), data, path in own)
        if self.stays:
            self.answers = self._over(before, self.stays)
        self.filling = before.over(self.answers) if self.stays else self.wanted
        self.page = self.filling.page(page.name) or page
        self.form = self.filling.form(self.page, data)
        self.form.seen = {path: mark for path, mark in seen.items() if path in self.sent}
        # Questions that these answers brought onto the page were not sent: they show what they begin with.
        self.fresh = [path for path in self.form.asked.split() if path not in asked]
        self.form.begin([*self.fresh, *(path for path in self.stays if ANSWER + path in self.form.fields)])

    def _over(self, before, stays):
        """What was sent laid over the answers as they are kept, but for those that stay."""
        answers = deepcopy(before.answers)
        for path, (node, value) in self.sent.items():
            if path not in stays:
                put(answers, node, path, value)
        return answers

    def _weigh(self, path, seen, data, is_own):
        """One answer that differs from what is kept: is it the sender's change, another's, or both?"""
        chosen = data.get(CHOSEN + path)
        if chosen == "theirs":
            self.stays.append(path)
        elif path in data.get(CLASH, "").split() and chosen != "mine":
            self.clashes.append(path)
        elif seen is not None and not is_own and self.before.mark(path) != seen:
            (self.stays if self.wanted.mark(path) == seen else self.clashes).append(path)

    @property
    def changed(self):
        """The answers that saving this changes."""
        return [path for path in self.sent if self.filling.mark(path) != self.before.mark(path)]

    def marks(self):
        """The marks of what was sent as it stands once this is saved; where another's answer stays that the page does not show, as sent."""
        seen = self.form.seen
        return {path: seen[path] if path in self.stays and path in seen else self.filling.mark(path) for path in self.sent}

    def both(self):
        """[{path, label, theirs, mine}] of what two people changed."""
        rows = {}
        for name, filling in (("theirs", self.before), ("mine", self.wanted)):
            for section in filling.sections:
                for row in section["rows"]:
                    if row.get("path") in self.clashes:
                        rows.setdefault(row["path"], {"path": row["path"], "label": row["label"]})[name] = row["value"]
        return [rows.get(path, {"path": path, "label": path}) for path in self.clashes]

    def typed(self, node, path, data):
        """The answer as sent: for a day, ISO or the three boxes as typed."""
        name = ANSWER + path
        if node["kind"] == "many":
            return data.getlist(name)
        if node["kind"] not in ("date", "moment"):
            return data.get(name, "")
        boxes = DayWidget().value_from_datadict(data, {}, name)
        try:
            day = DayField(required=False).clean(boxes)
        except ValidationError as error:
            self.unreadable[path] = error.messages[0]
            return "/".join(str(box or "").strip()[:10] for box in boxes)
        if day is None:
            return ""
        return f"{day}T{data.get(name + TIME, '') or '0:00'}" if node["kind"] == "moment" else str(day)

    @cached_property
    def is_good(self):
        """Whether everything on the page can stand; if not, the form carries the errors."""
        self.form.is_valid()  # nothing is wrong yet: the fields judge nothing
        for path in self.filling.wrong_on(self.page):
            if path in self.fresh:
                continue
            sentence = self.unreadable.get(path) or self.filling.run.errors.get(path) or self.filling.run.missing[path]
            self.form.refuse(path, sentence)
        return not self.form.errors


def answer_at(answers, path):
    """The answer at a path; None where there is none."""
    for step in path.split("/"):
        try:
            answers = answers[int(step)] if isinstance(answers, list) else answers.get(step)
        except (AttributeError, IndexError, ValueError):
            return None
    return answers


def marked_answer(value):
    if value in (None, "", []):
        return "-"
    return blake2s(json.dumps(value, sort_keys=True, default=str).encode(), digest_size=6).hexdigest()


def put(answers, node, path, value):
    """Set an answer by its path, if the path is one that the form can have."""
    steps = path.split("/")
    if steps[::2] != [*node["within"], node["name"]] or len(steps) % 2 == 0:
        return
    for repeat, index in zip(steps[:-1:2], steps[1::2], strict=True):
        if not (index.isdigit() and int(index) < MAX_ROUNDS):
            return
        rounds = answers.setdefault(repeat, [])
        rounds.extend({} for _missing in range(int(index) + 1 - len(rounds)))
        answers = rounds[int(index)]
    answers[node["name"]] = value


def add_round(answers, node, path):
    """One more round of a repeat."""
    holder = _holder(answers, node, path)
    if holder is not None and len(holder.setdefault(node["name"], [])) < MAX_ROUNDS:
        holder[node["name"]].append({})


def remove_round(answers, node, path, index):
    holder = _holder(answers, node, path)
    if holder is not None and 0 <= index < len(holder.get(node["name"], [])):
        del holder[node["name"]][index]


def _holder(answers, node, path):
    steps = path.split("/")
    if steps[::2] != [*node["within"], node["name"]]:
        return None
    try:
        for repeat, index in zip(steps[:-1:2], steps[1::2], strict=True):
            answers = answers[repeat][int(index)]
    except (KeyError, IndexError, ValueError):
        return None
    return answers


# --- the form of a page ---


class Unjudged:
    """A field that takes whatever was typed; the run of the form judges it. `required` only says so beside the label."""

    def clean(self, value):
        return value


class Words(Unjudged, forms.CharField):
    pass


class One(Unjudged, forms.ChoiceField):
    pass


class Several(Unjudged, forms.MultipleChoiceField):
    pass


class Tick(Unjudged, forms.BooleanField):
    pass


class TypedDayWidget(DayWidget):
    def decompress(self, value):
        """Boxes as they were typed, where they make no day (yet)."""
        return value.split("/") if isinstance(value, str) and "/" in value else super().decompress(value)


class Day(Unjudged, DayField):
    widget = TypedDayWidget


class PageForm(forms.Form):
    """One page. Its fields are named `q/path`; `page_items` nests them as the sheet does."""

    use_required_attribute = False

    def __init__(self, filling, page, data=None):
        super().__init__(data)
        self.seen = {}
        self.filling, self.page = filling, page
        self.nested = filling.items(page.holds, filling.run.root)
        asked = [item for item in flat(self.nested) if item["kind"] == "field"]
        for item in asked:
            self.ask(item)
        self.asked = " ".join(item["path"] for item in asked)
        self.live = any(item["node"]["name"] in filling.live for item in asked)

    @property
    def marks(self):
        """The marks of what the page asks, in its order: as sent, where it was sent, else as the answers stand."""
        return " ".join(self.seen.get(path) or self.filling.mark(path) for path in self.asked.split())

    def ask(self, item):
        node, scope, name = item["node"], item["scope"], ANSWER + item["path"]
        given = scope.given.get(node["name"])
        typed = scope.typed.get(node["name"])
        initial = typed if typed is not None else given if isinstance(given, str | list) else ""
        live = dict(LIVE) if node["name"] in self.filling.live else {}
        field = self.field(node, scope, live)
        required = self.filling.run.requires(node, scope)
        field.label, field.help_text, field.required = item["label"], item["hint"], required
        field.initial = initial
        if node["kind"] == "moment" and isinstance(initial, str):
            field.initial = initial.partition("T")[0]
            clock = Words(label=_("Time, like 14:30"), required=required, initial=initial.partition("T")[2][:5])
            clock.widget.attrs |= {"data-width": "5", "inputmode": "numeric", **live}
            self.fields[name], self.fields[name + TIME] = field, clock
            return
        self.fields[name] = field

    def field(self, node, scope, live):
        kind, appearance = node["kind"], node.get("appearance", "")
        if kind in ("one", "many"):
            return self.choice(node, scope, live)
        if kind == "acknowledge":
            return Tick(widget=forms.CheckboxInput(attrs=live))
        if kind in ("date", "moment"):
            return Day(widget=TypedDayWidget(attrs=live))
        if kind == "text" and "multiline" in appearance:
            return Words(widget=forms.Textarea(attrs={"rows": 4, **live}))
        if kind == "range":
            start, end, step = node["range"]
            count = round((end - start) / step) + 1 if step else 0
            if 2 <= count <= 11:
                choices = [(f"{start + at * step:g}",) * 2 for at in range(count)]
                return One(choices=choices, widget=forms.RadioSelect(attrs={"data-inline": True, **live}))
        box = {"autocomplete": "off", **live}
        if kind in ("integer", "range") or appearance == "numbers":
            box |= {"inputmode": "numeric"}
        elif kind == "decimal":
            box |= {"inputmode": "decimal"}
        if kind != "text":
            box |= {"data-width": "5"}
        return Words(widget=forms.TextInput(attrs=box))

    def choice(self, node, scope, live):
        run = self.filling.run
        choices = []
        for choice in run.choices(node, scope):
            text, code = run.words(choice["label"], reviewed=node.get("reviewed", False))
            choices.append((choice["name"], marked(text, code)))
        if node["kind"] == "many":
            long = {"data-small": True, "data-long": True} if len(choices) > MANY_CHOICES else {}
            return Several(choices=choices, widget=forms.CheckboxSelectMultiple(attrs={**long, **live}))
        if len(choices) > MANY_CHOICES or "minimal" in node.get("appearance", ""):
            return One(
                choices=[("", _("Choose"))] + [(code, run.words(run.lists[node["list"]][code]["label"])[0]) for code, _text in choices],
                widget=forms.Select(attrs=live),
            )
        short = len(choices) <= 3 and all(len(str(text)) < 40 for _code, text in choices)
        return One(
            choices=choices,
            widget=forms.RadioSelect(attrs={**({"data-inline": True} if short else {}), **live}),
        )

    def begin(self, paths):
        """Show the answers as they stand of fields that were not on the page that was sent, or whose answer another's stays."""
        if paths and self.is_bound:
            self.data = self.data.copy()
            for name in (name for path in paths for name in (ANSWER + path, ANSWER + path + TIME) if name in self.fields):
                field = self.fields[name]
                if isinstance(field, Day):
                    for box, part in zip(field.widget.widgets_names, field.widget.decompress(field.initial), strict=True):
                        self.data[name + box] = "" if part is None else str(part)
                elif isinstance(field.initial, list):
                    self.data.setlist(name, field.initial)
                else:
                    self.data[name] = field.initial or ""

    def refuse(self, path, sentence):
        name = ANSWER + path
        self.add_error(name if name in self.fields else None, sentence)

    @property
    def page_items(self):
        return self.bound(self.nested)

    def bound(self, items):
        for item in items:
            if item["kind"] == "field":
                name = ANSWER + item["path"]
                fields = [self[name]] + ([self[name + TIME]] if name + TIME in self.fields else [])
                yield {**item, "fields": fields}
            elif item["kind"] == "group":
                yield {**item, "items": list(self.bound(item["items"]))}
            elif item["kind"] == "repeat":
                yield {
                    **item,
                    "rounds": [{**one, "items": list(self.bound(one["items"]))} for one in item["rounds"]],
                }
            else:
                yield item
