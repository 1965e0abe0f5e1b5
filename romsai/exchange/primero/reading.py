"""What Primero's words mean, however they were exported: `name_en`, `name: {en: …}` and `name_i18n: {en: …}` all say the same."""

import re
from dataclasses import dataclass, field

MOST_LETTERS = 4_000  # of one text
LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?")
# What neither a database nor a page can hold, and what turns the direction of the text after it round.
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\u202a-\u202e]")


def clean(value):
    """A text as it can be kept and shown, at most MOST_LETTERS long; the empty text for anything else."""
    return _UNFIT.sub("", str(value))[:MOST_LETTERS].strip() if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def truth(value, default=False):
    """YAML comes as text, JSON as true or false."""
    return default if value is None else str(value).lower() in ("true", "yes", "1")


def texts(raw, key):
    """{language: text} of a translated property."""
    found = {}
    for name in (f"{key}_i18n", key):
        value = raw.get(name)
        told = value.items() if isinstance(value, dict) else [("en", value)]
        found |= {str(language).replace("_", "-"): clean(text) for language, text in told}
    for name, value in raw.items():
        language = name.removeprefix(f"{key}_")
        if language != name and LANGUAGE.fullmatch(language):
            found[language.replace("_", "-")] = clean(value)
    return {language: text for language, text in found.items() if text}


@dataclass
class Choice:
    id: str
    label: dict
    is_off: bool = False


def choices(raw, *keys):
    """([Choice], [ids that stand there twice]) of a list in any of Primero's ways of writing it."""
    made, twice = {}, []

    def take(given, language):
        seen = set()
        lines = given.split("\n") if isinstance(given, str) else given if isinstance(given, list) else ()
        for line in lines:
            one = line if isinstance(line, dict) else {"id": line, "display_text": line}
            name = clean(str(one.get("id")) if isinstance(one.get("id"), bool) else one.get("id")) or clean(one.get("display_text"))
            if not name:
                continue
            if name in seen:
                twice.append(name)
                continue
            seen.add(name)
            choice = made.setdefault(name, Choice(name, {}, truth(one.get("disabled"))))
            told = one.get("display_text", "")
            choice.label |= texts({"text": told}, "text") if isinstance(told, dict) else {language: clean(told) or name}

    for key in keys:
        for name, value in raw.items():
            language = name.removeprefix(f"{key}_")
            if name in (key, f"{key}_i18n"):
                for code, given in value.items() if isinstance(value, dict) else [("en", value)]:
                    take(given, str(code).replace("_", "-"))
            elif language != name and LANGUAGE.fullmatch(language):
                take(value, language.replace("_", "-"))
    return list(made.values()), list(dict.fromkeys(twice))


def _say(choices, language, told):
    """Lay a translation, {id: text}, over choices."""
    if isinstance(told, dict):
        for choice in choices:
            if clean(told.get(choice.id)):
                choice.label[language] = clean(told[choice.id])


@dataclass
class Lookup:
    id: str
    name: dict
    choices: list
    twice: list

    @classmethod
    def of(cls, raw):
        return cls(clean(raw.get("unique_id") or raw.get("id")), texts(raw, "name"), *choices(raw, "lookup_values", "values"))

    def translate(self, language, told):
        _say(self.choices, language, told.get("lookup_values") or told.get("values"))


# What is read of a field; every other setting is named in the report.
READ = {
    "id", "name", "type", "display_name", "help_text", "guiding_questions", "tick_box_label", "tally", "option_strings_text",
    "option_strings_source", "required", "disabled", "visible", "multi_select", "selected_value", "date_validation", "date_include_time",
    "subform", "subform_section", "subform_section_id", "subform_section_unique_id", "subform_unique_id", "subform_section_temp_id",
    "autosum_total", "calculation", "display_conditions_record", "display_conditions_subform",
    # of the form builder, not of the form
    "editable", "order", "form_section_id", "form_unique_id", "base_language", "create_property", "deletable", "created_at", "updated_at",
}  # fmt: skip


@dataclass
class Field:
    name: str
    type: str
    raw: dict
    label: dict
    hint: dict
    guide: dict
    choices: list
    twice: list
    tick_label: dict = field(default_factory=dict)

    @classmethod
    def of(cls, raw):
        listed, twice = choices(raw, "option_strings_text", "tally")
        return cls(
            clean(raw.get("name")), clean(raw.get("type")), raw, texts(raw, "display_name"), texts(raw, "help_text"),
            texts(raw, "guiding_questions"), listed, twice, texts(raw, "tick_box_label"),
        )  # fmt: skip

    def is_set(self, setting, default=False):
        return truth(self.raw.get(setting), default)

    @property
    def source(self):
        """("lookup", its id), or ("Location", "") and the like; ("", "") for a list of its own or none."""
        kind, _space, name = clean(self.raw.get("option_strings_source")).partition(" ")
        return kind, name.strip()

    @property
    def subform(self):
        """Name or number of the form that stands in this field."""
        inside = self.raw.get("subform") or self.raw.get("subform_section")
        named = [inside.get("unique_id")] if isinstance(inside, dict) else [inside]
        named += [self.raw.get(key) for key in ("subform_section_unique_id", "subform_unique_id", "subform_section_id")]
        return next((clean(one) for one in named if clean(one)), "")

    @property
    def other_settings(self):
        """Settings that say something and have no counterpart here."""
        base = (re.sub(r"_(?:i18n|[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?)$", "", key) for key in self.raw)
        names = zip(self.raw, base, strict=True)
        return [
            key for key, short in names if key not in READ and short not in READ and self.raw[key] not in (None, "", [], {}, False, "false")
        ]

    def translate(self, language, told):
        for key, into in (
            ("display_name", self.label),
            ("help_text", self.hint),
            ("guiding_questions", self.guide),
            ("tick_box_label", self.tick_label),
        ):
            if clean(told.get(key)):
                into[language] = clean(told[key])
        _say(self.choices, language, told.get("option_strings_text"))


@dataclass
class Form:
    id: str
    number: str  # of the database it came from
    raw: dict
    name: dict
    help: dict
    fields: list
    is_nested: bool
    is_visible: bool

    @classmethod
    def of(cls, raw):
        inside = raw.get("fields") or raw.get("fields_attributes") or []
        fields = [Field.of(one) for one in (inside if isinstance(inside, list) else []) if isinstance(one, dict)]
        number = clean(raw.get("id"))
        name = texts(raw, "name")
        made = clean(raw.get("unique_id")) or number or re.sub(r"\W+", "_", next(iter(name.values()), "")).lower()
        is_nested = truth(raw.get("is_nested"))
        return cls(made, number, raw, name, texts(raw, "help_text"), fields, is_nested, truth(raw.get("visible"), True))

    @property
    def title(self):
        return self.name.get("en") or next(iter(self.name.values()), self.id)

    @property
    def languages(self):
        told = [self.name, *(words for field in self.fields for words in (field.label, *(choice.label for choice in field.choices)))]
        return list(dict.fromkeys(code for words in told for code in words))

    def translate(self, language, told):
        if clean(told.get("name")):
            self.name[language] = clean(told["name"])
        for name, words in (told.get("fields") or {}).items() if isinstance(told.get("fields"), dict) else ():
            for one in self.fields:
                if one.name == name and isinstance(words, dict):
                    one.translate(language, words)
