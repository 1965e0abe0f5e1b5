"""XLSForm in, one compiled JSON out: what the server evaluates, the pages show and a phone can run.

    compiled, warnings = compile_form(content)      # in this process; raises FormErrors
    compiled, warnings = compile_upload(content)    # in a process of its own, with limits on time and memory

A compiled form:
    {"format": 1, "code", "title": {language: text}, "version", "languages": [code], "default_language", "drafts": [code],
     "lists": {name: [{"name", "label": {…}, "columns": {…}}]}, "nodes": [node], "order": [names, each after what it reads]}
A node:
    {"name", "kind", "path": [group, …, name], "within": [repeat, …], "row", "label", "hint", "sensitivity", "export"} and, where
    the form has them, "relevant", "constraint", "constraint_message", "required" (true or an expression),
    "required_message", "calculation", "default" (text or {"expression"}), "list", "filter", "appearance", "read_only",
    "range", "count" (of a repeat), "children", "reviewed" (never shown in a draft translation). Expressions are the lists of `expressions.parse`.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from . import expressions, workbook
from .expressions import ExpressionError, gettext_noop
from .workbook import Problem

FORMAT = 1
MAX_NESTING = 8
SECONDS, MEMORY = 10, 2 << 30  # of the compiling process

KINDS = {
    "text": "text", "integer": "integer", "decimal": "decimal", "range": "range", "date": "date", "time": "time",
    "dateTime": "moment", "select one": "one", "select all that apply": "many", "note": "note",
    "acknowledge": "acknowledge", "trigger": "acknowledge", "calculate": "calculation", "hidden": "hidden", "group": "group",
    "repeat": "repeat", "start": "meta", "end": "meta", "today": "meta", "deviceid": "meta", "username": "meta",
    "phonenumber": "meta", "email": "meta", "subscriberid": "meta", "simserial": "meta", "audit": "meta",
}  # fmt: skip
CHOOSING = ("one", "many")
UNASKED = ("note", "group", "repeat", "meta", "calculation", "hidden")
PLACES = {"geopoint", "geotrace", "geoshape", "start-geopoint", "background-geopoint"}
RECORDINGS = {"image", "photo", "audio", "video", "file", "background-audio", "barcode"}
LEVELS = ("core", "identity", "location", "medical", "narrative", "reporter", "legal")
USUAL_LEVEL = {"text": "narrative", "hidden": "narrative", "date": "identity", "moment": "identity"}
NESTED_TYPE = re.compile(r"(begin|end)[ _](group|repeat|loop)", re.IGNORECASE)
CHOICE_TYPE = re.compile(
    r"(?:select|add select)[ _]?(?:one|1|multiple|all that apply)(?: (?:from|using))?\s+(?P<list>\S+?)(?:[ _]or[ _]other)?",
    re.IGNORECASE,
)
FROM_FILE = re.compile(r"select_(one|multiple)_(from_file|external)", re.IGNORECASE)
REFERENCE = re.compile(r"\$\{\s*([^}]*?)\s*\}")
LANGUAGE = re.compile(r"\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)\)\s*$")


class FormErrors(Exception):
    """Everything found wrong with a form, as a list of Problem."""

    def __init__(self, problems):
        super().__init__("; ".join(f"{p.sheet} {p.row}: {p}" for p in problems))
        self.problems = problems


def compile_form(content):
    """(compiled form, warnings) of the bytes of an .xlsx; raises FormErrors with every problem found."""
    try:
        clean = workbook.unpack(content)
        sheets = workbook.sheets(clean)
    except Problem as problem:
        raise FormErrors([problem]) from None
    where = _Rows(sheets)
    if where.problems:
        raise FormErrors(where.problems)
    tree, warnings = _read_with_pyxform(clean, where)
    compiled = _Compiler(tree, where, sheets).run()
    return compiled, warnings


def _read_with_pyxform(clean, where):
    """pyxform checks and expands the workbook. Its JSON tree has a private name, so it is touched here alone."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    try:
        result = convert(clean, file_type=".xlsx")
    except PyXFormError as error:
        raise FormErrors([_in_plain_words(str(error), where)]) from None
    except Exception as error:  # noqa: BLE001 pyxform meets odd workbooks with whatever Python raises
        raise FormErrors([Problem(gettext_noop("The form cannot be read: %(error)s"), error=error or type(error))]) from None
    return result._pyxform, result.warnings


PLAIN_WORDS = [
    (r"Unknown question type '(?P<kind>.*?)'", gettext_noop("“%(kind)s” is not a type of question.")),
    (
        r"List name not in choices sheet: (?P<list>\S+)",
        gettext_noop("the list “%(list)s” is not on the choices sheet."),
    ),
    (
        r"(?:There is no survey element named|Reference variables? .*?\$\{)\s*'?(?P<name>[\w.-]+)",
        gettext_noop("“%(name)s” is not the name of a question."),
    ),
    (r"The 'choices' sheet .*duplicate|duplicate choice", gettext_noop("a list has the same choice twice.")),
    (r"Missing .*choice.*name|choice.* has no name", gettext_noop("a choice has no name.")),
]


def _in_plain_words(error, where):
    row = re.search(r"\[?row ?: ?(\d+)\]?", error)
    sheet = "choices" if re.search(r"choices'? (sheet|worksheet)|'choices'", error) and "not in choices" not in error else "survey"
    for words, message in PLAIN_WORDS:
        match = re.search(words, error, re.IGNORECASE | re.DOTALL)
        if match:
            number = int(row[1]) if row else where.mentioning(match.groupdict().values())
            return Problem(message, sheet, number, **match.groupdict())
    words = re.sub(r"^\s*\[row ?: ?\d+\]\s*", "", error).strip()
    return Problem(gettext_noop("%(error)s"), sheet if row else "", int(row[1]) if row else 0, error=words)


class _Rows:
    """Where each question stands on the survey sheet, and the mistakes that can be told from the rows alone."""

    def __init__(self, sheets):
        self.problems, self.row, self.columns, self.rows = [], {}, {}, sheets.get("survey", [])
        if "survey" not in sheets:
            self.problems.append(Problem(gettext_noop("The workbook has no sheet called “survey”.")))
            return
        if not self.rows:
            self.problems.append(Problem(gettext_noop("The sheet has no questions."), "survey"))
            return
        stack, seen = [], {}
        for number, cells in self.rows:
            kind = cells.get("type", "")
            name = cells.get("name") or cells.get("value", "")
            nested = NESTED_TYPE.match(kind)
            if nested and nested[1].lower() == "end":
                if not stack or stack[-1][0] != nested[2].lower():
                    self.wrong(
                        gettext_noop("this ends a %(kind)s that was not begun."),
                        number,
                        kind=nested[2].lower(),
                    )
                else:
                    stack.pop()
                continue
            if not kind:
                if name:
                    self.wrong(gettext_noop("the question “%(name)s” has no type."), number, name=name)
                continue
            if not name and kind not in ("audit",):
                self.wrong(gettext_noop("this row has no name. Give each question a short name of its own."), number)
            elif name and not expressions.NAME.fullmatch(name):
                self.wrong(
                    gettext_noop("“%(name)s” cannot be a name: use letters, digits and _, beginning with a letter."),
                    number,
                    name=name,
                )
            elif name in seen:
                self.wrong(
                    gettext_noop("the name “%(name)s” is used before, in row %(other)d. Give each question its own."),
                    number,
                    name=name,
                    other=seen[name],
                )
            seen.setdefault(name, number)
            self.row[name], self.columns[name] = number, cells
            if nested:
                stack.append((nested[2].lower(), name, number))
                if len(stack) > MAX_NESTING:
                    self.wrong(gettext_noop("groups are nested more than %(most)d deep."), number, most=MAX_NESTING)
        self.check_words(sheets.get("choices", []))
        for kind, name, number in stack:
            self.wrong(
                gettext_noop("the %(kind)s “%(name)s” is begun here and never ended."),
                number,
                kind=kind,
                name=name,
            )

    def check_words(self, choices):
        """Names and lists that are used and not there; pyxform stops at the first, this finds all."""
        lists = {cells.get("list_name") or cells.get("list name", "") for _, cells in choices}
        made = {f"{name}_other" for name in self.row} | {f"{name}_count" for name in self.row}  # pyxform adds these
        for number, cells in self.rows:
            kind = cells.get("type", "")
            choosing = CHOICE_TYPE.fullmatch(kind)
            if FROM_FILE.match(kind):
                self.wrong(
                    gettext_noop("choices from a file are not supported. Put them on the choices sheet."),
                    number,
                )
            elif choosing and choosing["list"] not in lists and not choosing["list"].startswith("${"):
                self.wrong(
                    gettext_noop("the list “%(list)s” is not on the choices sheet."),
                    number,
                    list=choosing["list"],
                )
            for column, cell in cells.items():
                for name in dict.fromkeys(REFERENCE.findall(cell)):
                    if name not in self.row and name not in made and not name.startswith("last-saved#"):
                        self.wrong(
                            gettext_noop("the column “%(column)s” uses “%(name)s”, but no question has that name."),
                            number,
                            column=column,
                            name=name,
                        )

    def wrong(self, message, row, **params):
        self.problems.append(Problem(message, "survey", row, **params))

    def mentioning(self, words):
        """The first row that holds one of the words in a cell."""
        for number, cells in self.rows:
            if any(re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w.-])", cell) for word in words if word for cell in cells.values()):
                return number
        return 0


class _Compiler:
    def __init__(self, tree, where, sheets):
        self.tree, self.where, self.problems = tree, where, []
        self.settings = sheets["settings"][0][1] if sheets.get("settings") else {}
        self.nodes, self.lists, self.languages = {}, {}, []
        named = tree.get("default_language", "default")
        self.default = "en" if named == "default" else _language(named)

    def run(self):
        self.tree.setdefault("children", [])
        top = self.children(self.tree["children"], [], [])
        asked = [node for node in self.nodes.values() if node["kind"] not in UNASKED]
        if not asked and not self.problems:
            self.problems.append(Problem(gettext_noop("The sheet has no questions."), "survey"))
        for node in self.nodes.values():
            self.resolve(node)
        if not self.problems:
            order = self.order()
        if self.problems:
            raise FormErrors(sorted(self.problems, key=lambda problem: (problem.sheet != "survey", problem.row)))
        for name in order:
            self.level(self.nodes[name])
        if self.problems:
            raise FormErrors(self.problems)
        languages = [self.default, *(code for code in self.languages if code != self.default)]
        return {
            "format": FORMAT,
            "code": self.settings.get("form_id") or self.settings.get("id_string", ""),
            "title": self.titles(),
            "version": str(self.tree.get("version", "")),
            "languages": languages,
            "default_language": self.default,
            "drafts": [code for code in self.settings.get("cp::drafts", "").split() if code in languages],
            "lists": self.lists,
            "nodes": top,
            "order": order,
        }

    def titles(self):
        title = self.settings.get("form_title") or self.settings.get("title", "")
        found = {self.default: title} if title else {}
        for key, value in self.settings.items():
            if key.startswith("cp::title::"):
                found[_language(key.removeprefix("cp::title::"))] = value
        return found

    # --- the tree ---

    def children(self, children, path, within):
        made = []
        for child in children:
            if child["name"] == "meta" and child["type"] == "group" and "meta" not in self.where.row:
                continue
            node = self.node(child, path, within)
            if node:
                made.append(node)
        return made

    def wrong(self, node, message, **params):
        self.problems.append(Problem(message, "survey", node["row"], **params))

    def node(self, child, path, within):
        name, kind, bind = child["name"], child["type"], child.get("bind", {})
        # Rows that pyxform adds ("x_other", "x_count") point to the row that asked for them.
        base = re.sub(r"_(other|count)$", "", name)
        row = self.where.row.get(name) or self.where.row.get(base) or (self.nodes[path[-1]]["row"] if path else 0)
        columns = self.where.columns.get(name, {})
        node = {
            "name": name,
            "kind": KINDS.get(kind, ""),
            "path": [*path, name],
            "within": within,
            "row": row,
        }
        if not node["kind"]:
            self.unsupported(node, kind)
            return None
        if name in self.nodes:
            self.wrong(
                node,
                gettext_noop("the name “%(name)s” is used twice. Give each question its own."),
                name=name,
            )
            return None
        self.nodes[name] = node
        node["label"], node["hint"] = self.words(child.get("label")), self.words(child.get("hint"))
        for text in (*node["label"].values(), *node["hint"].values()):
            for reference in REFERENCE.findall(text):
                node.setdefault("mentions", []).append(reference)
        if child.get("trigger"):
            self.wrong(
                node,
                gettext_noop("the column “trigger” is not used here. A calculation always follows its values."),
            )
        node["raw"] = {
            "relevant": bind.get("relevant"),
            "constraint": bind.get("constraint"),
            "calculation": bind.get("calculate"),
            "filter": child.get("choice_filter"),
            "count": child.get("control", {}).get("jr:count") if node["kind"] == "repeat" else None,
        }
        required = str(bind.get("required", "")).strip()
        if required.lower() in ("yes", "true", "true()"):
            node["required"] = True
        elif required.lower() not in ("", "no", "false", "false()"):
            node["raw"]["required"] = required
        for key, source in (
            ("constraint_message", "jr:constraintMsg"),
            ("required_message", "jr:requiredMsg"),
        ):
            if bind.get(source):
                node[key] = self.words(bind[source])
        if columns.get("cp::reviewed", "").lower() in ("yes", "true"):
            node["reviewed"] = True
        appearance = child.get("control", {}).get("appearance") or columns.get("appearance", "")
        if appearance:
            node["appearance"] = appearance
        if bind.get("readonly") in ("yes", "true()", "true"):
            node["read_only"] = True
        if child.get("default") not in (None, ""):
            if child.get("_dynamic_default"):
                node["raw"]["default"] = str(child["default"])
            else:
                node["default"] = str(child["default"])
        if node["kind"] == "range":
            node["range"] = [float(child["parameters"].get(key, usual)) for key, usual in (("start", 0), ("end", 10), ("step", 1))]
        if node["kind"] in CHOOSING:
            self.choices(node, child)
        if node["kind"] in ("group", "repeat"):
            inner = [*within, name] if node["kind"] == "repeat" else within
            node["children"] = self.children(child.get("children", []), node["path"], inner)
        return node

    def unsupported(self, node, kind):
        if kind in PLACES:
            self.wrong(
                node,
                gettext_noop("a question of type “%(kind)s” is not asked here: an exact place can lead someone to a child."),
                kind=kind,
            )
        elif kind in RECORDINGS:
            self.wrong(
                node,
                gettext_noop("a question of type “%(kind)s” is not asked in a form. Add pictures and papers to the case as documents."),
                kind=kind,
            )
        else:
            self.wrong(node, gettext_noop("a question of type “%(kind)s” is not supported."), kind=kind)

    def choices(self, node, child):
        name = child.get("list_name") or child.get("itemset", "")
        if not child.get("choices"):
            self.wrong(node, gettext_noop("the list “%(list)s” has no choices on the choices sheet."), list=name)
            return
        node["list"] = name
        if name not in self.lists:
            self.lists[name] = [
                {
                    "name": str(choice["name"]),
                    "label": self.words(choice.get("label")) or {self.default: str(choice["name"])},
                    "columns": {k: str(v) for k, v in choice.items() if k not in ("label", "name") and isinstance(v, str | int | float)},
                }
                for choice in child["choices"]
            ]
            if len({choice["name"] for choice in self.lists[name]}) != len(self.lists[name]):
                self.wrong(node, gettext_noop("the list “%(list)s” has the same choice twice."), list=name)
            if node["kind"] != "one" and any(" " in choice["name"] for choice in self.lists[name]):
                self.wrong(node, gettext_noop("a choice of the list “%(list)s” has a space in its name."), list=name)

    def words(self, value):
        """{language code: text} of what pyxform gives: a text, or texts by "Language (code)"."""
        if not value:
            return {}
        if not isinstance(value, dict):
            return {self.default: str(value).strip()}
        words = {}
        for named, text in value.items():
            code = self.default if named == "default" else _language(named)
            if code not in self.languages:
                self.languages.append(code)
            if text and str(text).strip() not in ("", "-"):
                words[code] = str(text).strip()
        return words

    # --- expressions ---

    COLUMN = {"filter": "choice_filter", "count": "repeat_count"}

    def resolve(self, node):
        """Parse the node's expressions and bind every name in them."""
        for mention in node.pop("mentions", []):
            if mention not in self.nodes:
                self.wrong(node, gettext_noop("the text names “%(name)s”, which is not in the form."), name=mention)
        for key, source in node.pop("raw").items():
            if not source:
                continue
            try:
                tree = self.bound(expressions.parse(source), node, key)
            except ExpressionError as error:
                self.wrong(
                    node,
                    gettext_noop("in the column “%(column)s” of “%(name)s”, %(problem)s"),
                    column=self.COLUMN.get(key, key),
                    name=node["name"],
                    problem=error,
                )
                continue
            node[key] = {"expression": tree} if key == "default" else tree
        if node["kind"] == "calculation" and "calculation" not in node and not self.problems:
            self.wrong(node, gettext_noop("the calculation “%(name)s” is empty."), name=node["name"])

    def bound(self, tree, node, key):
        if not isinstance(tree, list):
            return tree
        kind = tree[0]
        if kind == "s":
            return tree
        if kind == "$":
            return ["$", self.known(tree[1])]
        if kind == "path":
            return self.path(tree[1])
        if kind == "." and key not in ("constraint", "calculation", "required"):
            raise ExpressionError(gettext_noop("“.” stands for the answer itself and belongs in a constraint."))
        if kind == "c":
            return self.column(tree[1], node, key)
        if kind == "f" and tree[1] in expressions.SPECIAL:
            return self.special(tree[1], tree[2:], node, key)
        return [kind, *(self.bound(part, node, key) if isinstance(part, list) else part for part in tree[1:])]

    def known(self, name):
        if name not in self.nodes:
            raise ExpressionError(gettext_noop("“%(name)s” is used, but no question has that name."), name=name)
        return name

    def path(self, path):
        last = path.rpartition("/")[2]
        if last == "..":
            raise ExpressionError(gettext_noop("“..” is only used inside position()."))
        return ["$", self.known(last)]

    def column(self, name, node, key):
        if key != "filter":
            raise ExpressionError(gettext_noop("“%(name)s” is read as a word. Write ${%(name)s} for a question."), name=name)
        listed = self.lists.get(node.get("list"), [])
        if name != "name" and not any(name in choice["columns"] for choice in listed):
            raise ExpressionError(gettext_noop("the choices sheet has no column “%(name)s” for this list."), name=name)
        return ["c", name]

    def special(self, function, args, node, key):
        if function == "once":
            return ["once", self.bound(args[0], node, key)]
        if function == "position":
            if isinstance(args[0], list) and args[0][0] == "path" and re.fullmatch(r"\.\.(/\.\.)*", args[0][1]):
                above = node["path"][: -(args[0][1].count("/") + 1)]
                if above and self.nodes[above[-1]]["kind"] == "repeat":
                    return ["position", above[-1]]
            raise ExpressionError(gettext_noop("position(..) must lead from a question to the repeat that it is in."))
        if function == "jr:choice-name":
            named = REFERENCE.fullmatch(args[1][1].strip()) if isinstance(args[1], list) and args[1][0] == "s" else None
            if not named or "list" not in self.nodes[self.known(named[1])]:
                raise ExpressionError(gettext_noop("jr:choice-name() needs the name of a choice question in quotes, as '${name}'."))
            return ["label", named[1], self.bound(args[0], node, key)]
        bound = [self.bound(arg, node, key) for arg in args]
        places = bound[1::2]
        if len(bound) % 2 == 0 or not all(isinstance(one, list) and one[0] == "$" for one in (bound[0], *places)):
            raise ExpressionError(gettext_noop("indexed-repeat() takes a question, then a repeat and a number in turn."))
        repeats = [one[1] for one in places]
        if repeats != self.nodes[bound[0][1]]["within"][: len(repeats)]:
            raise ExpressionError(
                gettext_noop("“%(name)s” is not a question of the repeat “%(repeat)s”."),
                name=bound[0][1],
                repeat=repeats[0],
            )
        return [
            "indexed",
            bound[0][1],
            *[part for pair in zip(repeats, bound[2::2], strict=True) for part in pair],
        ]

    # --- order ---

    def order(self):
        """Names, each after everything it reads; a circle or a look ahead is a problem."""
        place = {name: at for at, name in enumerate(self.nodes)}
        reads = {name: self.reads(node) for name, node in self.nodes.items()}
        order, state = [], {}
        for start in self.nodes:
            trail = [(start, iter(sorted(reads[start], key=place.get)))]
            if start in state:
                continue
            state[start] = "open"
            while trail:
                name, rest = trail[-1]
                following = next(rest, None)
                if following is None:
                    state[name] = "done"
                    order.append(name)
                    trail.pop()
                elif state.get(following) == "open":
                    circle = [step for step, _ in trail]
                    circle = circle[circle.index(following) :] + [following]
                    self.wrong(
                        self.nodes[name],
                        gettext_noop("“%(name)s” depends on itself: %(circle)s."),
                        name=name,
                        circle=" → ".join(circle),
                    )
                    return order
                elif following not in state:
                    state[following] = "open"
                    trail.append((following, iter(sorted(reads[following], key=place.get))))
        self.look_ahead(order, place, reads)
        return order

    def reads(self, node):
        found = set(node["path"][-2:-1])
        for key in ("relevant", "calculation", "count", "default"):
            tree = node.get(key)
            found |= expressions.names(tree["expression"] if isinstance(tree, dict) else tree)
        return found

    def look_ahead(self, order, place, reads):
        """What is asked may only hang on what was asked before; calculations may stand anywhere."""
        asked_by = {}

        def asked(name):
            if name not in asked_by:
                asked_by[name] = set()
                derived = self.nodes[name]["kind"] in ("calculation", "hidden", "meta")
                asked_by[name] = set().union(*(asked(read) for read in reads[name])) if derived else {name}
            return asked_by[name]

        for name in order:  # what a calculation reads is always known already, so this never recurses deeply
            asked(name)
        for name, node in self.nodes.items():
            if node["kind"] in ("calculation", "hidden", "meta"):
                continue
            for key in ("relevant", "constraint", "filter", "required", "count"):
                for read in sorted(expressions.names(node.get(key)) - {name}, key=place.get):
                    later = [one for one in asked(read) if place[one] > place[name]]
                    if later:
                        other = self.nodes[min(later, key=place.get)]
                        self.wrong(
                            node,
                            gettext_noop(
                                "“%(name)s” depends on “%(other)s”, which is only asked later, in row %(later)d. Move it after that row."
                            ),
                            name=name,
                            other=other["name"],
                            later=other["row"],
                        )

    def level(self, node):
        """How sensitive an answer is, and whether it may leave in an export: from the sheet, else by its type."""
        columns, kind = self.where.columns.get(node["name"], {}), node["kind"]
        if kind in ("note", "group", "repeat", "meta"):
            return
        level = columns.get("cp::sensitivity", "").lower()
        if level and level not in LEVELS:
            self.wrong(
                node,
                gettext_noop("“%(level)s” is not a level of sensitivity. Use one of: %(levels)s."),
                level=level,
                levels=", ".join(LEVELS),
            )
            return
        if not level and "calculation" in node:
            inputs = [self.nodes[name].get("sensitivity", "core") for name in expressions.names(node["calculation"])]
            level = next((one for one in inputs if one != "core"), "core")
        node["sensitivity"] = level or USUAL_LEVEL.get(kind, "core")
        export = columns.get("cp::export", "").lower()
        if export not in ("", "yes", "no", "true", "false"):
            self.wrong(node, gettext_noop("the column “cp::export” says “%(word)s”; write yes or no."), word=export)
        node["export"] = export in ("yes", "true") if export else node["sensitivity"] == "core"


def _language(named):
    match = LANGUAGE.search(named)
    return match[1] if match else named.strip()


# --- reading a compiled form ----------------------------------------------------------------------------------------


def walk(nodes):
    """Every node of a compiled form in the order of the sheet."""
    for node in nodes:
        yield node
        yield from walk(node.get("children", ()))


def dictionary(compiled):
    """The data dictionary: one line for each answer that the form can give."""
    return [
        {
            "path": "/".join(node["path"]),
            "name": node["name"],
            "type": node["kind"],
            "label": node["label"],
            "list": node.get("list", ""),
            "repeat": "/".join(node["within"]),
            "sensitivity": node["sensitivity"],
            "export": node["export"],
        }
        for node in walk(compiled["nodes"])
        if "sensitivity" in node
    ]


# --- in a process of its own -----------------------------------------------------------------------------------------


def compile_upload(content):
    """As `compile_form`, in a child process without secrets, with limits on time and memory."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "romsai.questionnaires.compile"],
            input=content,
            capture_output=True,
            timeout=3 * SECONDS,
            cwd=Path(__file__).parents[2],
            env={name: os.environ[name] for name in ("PYTHONPYCACHEPREFIX",) if name in os.environ},  # half its work otherwise
            check=False,
        )
        answer = json.loads(done.stdout) if done.returncode == 0 else None
    except subprocess.TimeoutExpired:
        answer = None
    if answer is None:
        raise FormErrors([Problem(gettext_noop("The form takes too long or too much memory to read. Make it smaller."))])
    if answer["problems"]:
        raise FormErrors([Problem(p["message"], p["sheet"], p["row"], **p["params"]) for p in answer["problems"]])
    return answer["compiled"], answer["warnings"]


def main():
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        compiled, warnings = compile_form(sys.stdin.buffer.read())
        answer = {"compiled": compiled, "warnings": warnings, "problems": []}
    except FormErrors as errors:
        answer = {"problems": [problem.as_json() for problem in errors.problems]}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
