"""One form of Primero as the rows of an XLSForm, and a line for each thing that is different there or not there at all.

A sub-form becomes a repeat inside its form, a heading a page, a lookup a list of choices, a tally one number for each of its words. What Primero
fills in by itself and what it hides is not asked. Every field of the form is in `carried` or in `left`, never in both and never in neither.
"""

import datetime as dt
import hashlib
import io
import re
from collections import Counter

from romsai.exchange.imports.wrong import Wrong
from romsai.exchange.primero.conditions import Lost, expression

MOST_QUESTIONS = 1_000
MOST_CODE = 30  # letters, as `Form.kind` has
MOST_DEEP = 4  # sub-forms in sub-forms
MADE = dt.datetime(2026, 11, 1)  # a fixed day, so that the same form gives the same file
RESERVED = {"meta", "data", "instance", "instanceid"}
ROMSAIS = {"Location": "location", "ReportingLocation": "location"}  # lists that Primero keeps elsewhere: their answers are typed
WORDED = ("label", "hint")
COLUMNS = ("type", "name", "required", "relevant", "constraint", "calculation", "appearance", "default", "cp::sensitivity", "cp::export")
# What a question is about, by Primero's own names. The person who publishes the form has the last word.
ABOUT = (
    ("medical", re.compile(r"disab|health|medic|disease|special_needs|injur|pregnan|hiv|mental|needs_codes")),
    ("location", re.compile(r"address|location|landmark|telephone|phone|place|country_of_origin|relocated")),
    ("narrative", re.compile(r"violence|perpetrator|abuse|concern|separation|incident")),
    ("identity", re.compile(r"name|_id$|_no$|^id_|national|ethnic|religion|language|birth|^sex$|^age$|marital|relation")),
)


class Translation:
    """`survey`, `choices`: rows as dicts; `told`: [Wrong as kept]; `carried`: {(form, place): question}; `left`: {(form, place): code}."""

    def __init__(self, form, configuration):
        self.form, self.configuration = form, configuration
        self.survey, self.lists, self.told = [], {}, []
        self.carried, self.left, self.languages = {}, {}, {}
        self.names, self.known, self.settings, self.repeats = set(RESERVED), {}, Counter(), 0
        if not form.is_visible:
            self.tell("form_hidden")
        self.section(form, {}, [form.id])
        if self.settings:
            some = ", ".join(f"{name[:60]} ({times})" for name, times in sorted(self.settings.items()))
            self.tell("settings_lost", some=some[:2000])
        if form.raw.get("display_conditions"):
            self.tell("condition_form")

    # --- what is said of a field

    def tell(self, code, value="", column="", **facts):
        self.told.append(Wrong(code, value, **facts).kept(column))

    def leave(self, form, place, code, value="", **facts):
        self.left[form.id, place] = code
        self.tell(code, value, called(form, form.fields[place]), **facts)

    def name(self, field, column, wanted=None):
        """A name that no other question of the form has and that an XLSForm can have."""
        wanted = wanted or field.name
        plain = re.sub(r"[^a-z0-9_]", "_", wanted.lower())[:60].strip("_")
        plain = plain if plain[:1].isalpha() else f"q_{plain}".rstrip("_")
        found, number = plain, 1
        while found in self.names or re.sub(r"_(other|count)$", "", found) in self.names - {found} and found.endswith(("_other", "_count")):
            number += 1
            found = f"{plain}_{number}"
        self.names.add(found)
        if found != wanted and wanted == field.name:
            self.tell("name_changed", found, column)
        return found

    # --- the fields

    def section(self, form, known, trail):
        """The fields of a form or sub-form, in their order. known: what is asked of them before, {field: (question, kind)}."""
        heading, is_open = None, False
        for place, field in enumerate(form.fields):
            self.settings.update(field.other_settings)
            reason = self.not_asked(field)
            if reason:
                self.leave_whole(form, place, reason, trail)
            elif field.type == "separator":
                is_open = self.end(is_open)
                if heading is not None:
                    self.leave(form, heading, "field_heading")
                heading = place
            elif field.type == "subform":
                is_open = self.end(is_open)
                if heading is not None:
                    self.leave(form, heading, "field_heading")
                    heading = None
                self.subform(form, place, known, trail)
            else:
                rows = self.question(form, place, known)
                if rows and heading is not None:
                    self.begin(form, heading)
                    heading, is_open = None, True
                self.survey += rows
        self.end(is_open)
        if heading is not None:
            self.leave(form, heading, "field_heading")

    def not_asked(self, field):
        if len(self.carried) >= MOST_QUESTIONS:
            return "too_many_questions"
        if field.type in ("photo_upload_box", "audio_upload_box", "document_upload_box"):
            return "field_upload"
        if field.type != "separator" and field.is_set("disabled"):
            return "field_system"
        return "" if field.is_set("visible", True) else "field_hidden"

    def leave_whole(self, form, place, reason, trail):
        """Leave a field, and with a sub-form all that stands in it."""
        self.leave(form, place, reason)
        field = form.fields[place]
        inner = self.configuration.form(field.subform) if field.type == "subform" else None
        if inner and inner.id not in trail:
            for at, one in enumerate(inner.fields):
                if one.type == "subform":
                    self.leave_whole(inner, at, "subform_left", [*trail, inner.id])
                else:
                    self.leave(inner, at, "subform_left")

    def begin(self, form, place):
        field = form.fields[place]
        row = {"type": "begin group", "name": self.name(field, called(form, field)), "label": self.words(field.label or {"en": field.name})}
        self.survey.append(row)
        self.carried[form.id, place] = row["name"]
        hint = self.hint(field)
        if hint:
            self.survey.append({"type": "note", "name": self.name(field, "", f"{row['name']}_note"), "label": hint})
        if field.raw.get("display_conditions_record") or field.raw.get("display_conditions_subform"):
            self.tell("condition_unknown", "", called(form, field))

    def end(self, is_open):
        if is_open:
            self.survey.append({"type": "end group"})
        return False

    def subform(self, form, place, known, trail):
        field = form.fields[place]
        inner = self.configuration.form(field.subform)
        if inner is None:
            self.leave(form, place, "subform_missing", field.subform)
            return
        if inner.id in trail or len(trail) > MOST_DEEP:
            self.leave_whole(form, place, "subform_deep", trail)
            return
        column = called(form, field)
        name = self.name(field, column)
        begun = len(self.survey)
        label = self.words(field.label or inner.name or {"en": field.name})
        self.survey.append({"type": "begin repeat", "name": name, "label": label, "relevant": self.relevant(form, field, known, known)})
        hint = self.words(inner.help) or self.hint(field)
        if hint:
            self.survey.append({"type": "note", "name": self.name(field, "", f"{name}_note"), "label": hint})
        empty = len(self.survey)
        self.section(inner, _Within(known), [*trail, inner.id])
        if len(self.survey) == empty:
            del self.survey[begun:]
            self.leave(form, place, "subform_empty")
            return
        self.carried[form.id, place] = name
        self.survey.append({"type": "end repeat"})
        self.repeats += 1

    def question(self, form, place, known):
        """The row of a field, or several; none if it cannot be asked here."""
        field = form.fields[place]
        column = called(form, field)
        ask = KINDS.get("calculated" if field.raw.get("calculation") else field.type)
        if ask is None:
            self.leave(form, place, "field_type", field.type)
            return []
        told = len(self.told)
        try:
            rows, kind = ask(self, field, column, known)
        except Wrong as wrong:
            del self.told[told:]
            self.leave(form, place, wrong.code, wrong.facts["value"])
            return []
        relevant = self.relevant(form, field, known, known)
        for row in rows:
            row["relevant"] = relevant
            row.setdefault("cp::sensitivity", about(field.name))
            if row["type"] not in ("note",):
                row["cp::export"] = "no"
            if field.is_set("required") and row["type"] != "calculate":
                row["required"] = "yes"
        rows[0].setdefault("hint", self.hint(field))
        self.carried[form.id, place] = rows[0]["name"]
        known[field.name] = rows[0]["name"], kind
        for setting in ("option_strings_condition",):
            if field.raw.get(setting):
                self.tell("condition_choices", "", column)
        return rows

    def relevant(self, form, field, known, inside):
        said = []
        outer = known.outer if isinstance(known, _Within) else known
        for setting, asked in (("display_conditions_record", outer), ("display_conditions_subform", inside)):
            try:
                source = expression(field.raw.get(setting), asked, choice_name)
            except Lost as lost:
                if lost.code == "condition_other" and any(one.name == lost.facts["value"] for one in form.fields):
                    lost.code = "condition_later"
                self.tell(lost.code, lost.facts["value"], called(form, field))
            else:
                said += [source] if source else []
        return " and ".join(f"({one})" for one in said) if len(said) > 1 else "".join(said)

    # --- words and lists

    def words(self, told):
        """Texts as they go into cells; `${` would name a question."""
        self.languages |= dict.fromkeys(told)
        return {language: text.replace("${", "$ {") for language, text in told.items()}

    def hint(self, field):
        joined = {}
        for told in (field.hint, field.guide):
            for language, text in told.items():
                joined[language] = f"{joined[language]}\n{text}" if language in joined else text
        return self.words(joined)

    def list(self, field, column):
        """The name of the field's list of choices, as it will stand on the choices sheet; "" if it has none that can be carried."""
        source, name = field.source
        if source == "lookup":
            lookup = self.configuration.lookups.get(name)
            if lookup is None:
                self.tell("list_missing", name, column)
                return ""
            listed, twice, called = lookup.choices, lookup.twice, name.removeprefix("lookup-")
        elif source:
            self.tell("as_words", source, column)
            return ""
        else:
            listed, twice, called = field.choices, field.twice, field.name
        if not listed:
            self.tell("list_empty", name or field.name, column)
            return ""
        for one in twice:
            self.tell("choice_twice", one, column)
        off = [choice.id for choice in listed if choice.is_off]
        if off:
            self.tell("choice_off", column=column, some=", ".join(off)[:2000])
        called = re.sub(r"[^a-z0-9_]", "_", called.lower()) or "list"
        rows, seen = [], set()
        for choice in listed:
            code = choice_name(choice.id)
            if choice.is_off:
                continue
            if code in seen:
                self.tell("choice_twice", choice.id, column)
                continue
            seen.add(code)
            rows.append({"name": code, "label": self.words(choice.label or {"en": choice.id})})
        if not rows:
            self.tell("list_empty", name or field.name, column)
            return ""
        number, wanted = 1, called
        while self.lists.get(called, rows) != rows:
            number += 1
            called = f"{wanted}_{number}"
        self.lists[called] = rows
        return called

    # --- what is made of it

    @property
    def code(self):
        """What the questionnaire is called here: never the name of one that ships."""
        code = "primero_" + re.sub(r"[^a-z0-9_]", "_", self.form.id.lower())
        if len(code) > MOST_CODE:
            code = f"{code[: MOST_CODE - 7]}_{hashlib.sha256(self.form.id.encode()).hexdigest()[:6]}"
        return code

    @property
    def questions(self):
        return sum(row["type"].split()[0] not in ("begin", "end", "note", "calculate") for row in self.survey)

    def facts(self):
        """The whole as JSON, for `written`."""
        return {
            "code": self.code,
            "title": self.form.name or {"en": self.form.id},
            "survey": self.survey,
            "choices": self.lists,
            "languages": sorted(self.languages, key=lambda code: (code != "en", code)),
            "questions": self.questions,
            "repeats": self.repeats,
            "left_out": self.told,
        }


class _Within(dict):
    """What is known inside a sub-form: its own fields first, then those of the form around it."""

    def __init__(self, outer):
        super().__init__()
        self.outer = outer


def called(form, field):
    """How a field is called in the report: its words and its name."""
    label = field.label.get("en") or next(iter(field.label.values()), "")
    return f"{label[:80]} ({field.name})" if label and label != field.name else field.name


def choice_name(code):
    return re.sub(r"\s+", "_", code.strip())[:100]


def about(name):
    return next((level for level, words in ABOUT if words.search(name.lower())), "")


# --- the types of fields: (rows, kind for conditions)


def _text(form, field, column, known):
    return [_row(form, field, column, "text", appearance="multiline" if field.type == "textarea" else "", default=_default(field))], "text"


def _number(form, field, column, known):
    # Primero's own bounds of an age.
    constraint = ". >= 0 and . <= 130" if re.search(r"age$", field.name) else ""
    value = _default(field)
    return [_row(form, field, column, "integer", constraint=constraint, default=value if re.fullmatch(r"-?\d+", value) else "")], "integer"


def _day(form, field, column, known):
    is_moment = field.is_set("date_include_time")
    is_past = field.raw.get("date_validation") == "not_future_date"
    default = {"today": "today()", "now": "now()" if is_moment else "today()"}.get(_default(field), "")
    constraint = (". <= now()" if is_moment else ". <= today()") if is_past else ""
    if _default(field) and not default:
        form.tell("default_lost", _default(field), column)
    kind = "dateTime" if is_moment else "date"
    return [_row(form, field, column, kind, constraint=constraint, default=default)], "moment" if is_moment else "date"


def _days(form, field, column, known):
    first = _row(form, field, column, "date", name=f"{field.name}_from")
    last = _row(form, field, column, "date", name=f"{field.name}_to", constraint=f". >= ${{{first['name']}}}")
    form.tell("field_range", "", column)
    return [first, last], "date"


def _tick(form, field, column, known):
    row = _row(form, field, column, "acknowledge")
    if _default(field).lower() == "true":
        form.tell("default_lost", _default(field), column)
    if field.tick_label and set(field.tick_label.values()) - {"Yes"}:
        row["hint"] = form.words(field.tick_label)
    return [row], "acknowledge"


def _choice(form, field, column, known):
    listed = form.list(field, column)
    if not listed:
        row = _row(form, field, column, "text")
        row["cp::sensitivity"] = ROMSAIS.get(field.source[0]) or about(field.name)
        return [row], "text"
    is_many = field.is_set("multi_select")
    default = choice_name(_default(field))
    if default and default not in {choice["name"] for choice in form.lists[listed]}:
        form.tell("default_lost", default, column)
        default = ""
    row = _row(form, field, column, f"{'select_multiple' if is_many else 'select_one'} {listed}", default=default)
    return [row], "many" if is_many else "one"


def _tally(form, field, column, known):
    if not field.choices:
        raise Wrong("list_empty", field.name)
    rows = []
    for choice in field.choices:
        label = {code: f"{field.label.get(code) or field.name}: {text}" for code, text in (choice.label or {"en": choice.id}).items()}
        name = f"{field.name}_{re.sub(r'[^a-z0-9_]', '_', choice.id.lower())}"
        rows.append(_row(form, field, column, "integer", name=name, label=form.words(label), constraint=". >= 0"))
    if field.is_set("autosum_total"):
        total = " + ".join(f"coalesce(${{{row['name']}}}, 0)" for row in rows)
        rows.append(_row(form, field, column, "calculate", name=f"{field.name}_total", calculation=total))
    form.tell("field_tally", str(len(field.choices)), column)
    return rows, "tally"


def _worked_out(form, field, column, known):
    told = field.raw.get("calculation")
    told = told.get("expression", told) if isinstance(told, dict) else {}
    operator, names = next(iter(told.items()), ("", None)) if isinstance(told, dict) else ("", None)
    if operator not in ("sum", "avg") or not isinstance(names, list) or not names:
        raise Wrong("calculation_lost", operator)
    if not all(isinstance(name, str) and known.get(name, ("", ""))[1] == "integer" for name in names):
        raise Wrong("calculation_lost", operator)
    total = " + ".join(f"coalesce(${{{known[name][0]}}}, 0)" for name in names)
    return [_row(form, field, column, "calculate", calculation=total if operator == "sum" else f"({total}) div {len(names)}")], "integer"


def _row(form, field, column, kind, *, name=None, label=None, **cells):
    label = label or form.words(field.label or {"en": field.name})
    if not field.label:
        form.tell("label_missing", "", column)
    made = {"type": kind, "name": form.name(field, column, name), "label": label}
    return made | {key: value for key, value in cells.items() if value}


def _default(field):
    value = field.raw.get("selected_value")
    return str(value).strip()[:200].replace("${", "$ {") if isinstance(value, (str, int, bool)) else ""


KINDS = {
    "text_field": _text,
    "textarea": _text,
    "numeric_field": _number,
    "date_field": _day,
    "date_range": _days,
    "tick_box": _tick,
    "select_box": _choice,
    "radio_button": _choice,
    "tally_field": _tally,
    "calculated": _worked_out,
}


# --- the workbook


def written(facts):
    """The bytes of the XLSForm of `Translation.facts`: the same facts give the same bytes."""
    import xlsxwriter

    languages = facts["languages"] or ["en"]
    columns = [f"{word}::{_language(code)}" for word in WORDED for code in languages]
    survey = [[*COLUMNS, *columns]]
    survey += [[str(row.get(name, "")) for name in COLUMNS] + _words(row, languages, WORDED) for row in facts["survey"]]
    choices = [["list_name", "name", *(f"label::{_language(code)}" for code in languages)]]
    choices += [[name, one["name"], *_words(one, languages, ("label",))] for name, listed in facts["choices"].items() for one in listed]
    titles = [(code, text) for code, text in facts["title"].items() if text]
    settings = [
        ["form_title", "form_id", "default_language", *(f"cp::title::{_language(code)}" for code, _text in titles)],
        [titles[0][1], facts["code"], _language(languages[0]), *(text for _code, text in titles)],
    ]
    file = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(file, plain)
    book.set_properties({"created": MADE})
    for title, rows in (("survey", survey), ("choices", choices), ("settings", settings)):
        sheet = book.add_worksheet(title)
        for at, cells in enumerate(rows):
            for across, cell in enumerate(cells):
                if cell:
                    sheet.write_string(at, across, cell)
    book.close()
    return file.getvalue()


def _words(row, languages, names):
    return [(row.get(name) or {}).get(code, "") for name in names for code in languages]


def _language(code):
    from django.utils.translation import get_language_info

    try:
        return f"{get_language_info(code)['name_local']} ({code})"
    except KeyError:
        return f"{code} ({code})"
