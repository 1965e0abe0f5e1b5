"""Opens what was exported: JSON, YAML, or a zip of such files. Every limit comes before what it limits, and nothing in it is ever run."""

import io
import json
import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field

import yaml

from romsai.exchange.imports.wrong import Wrong
from romsai.exchange.primero.reading import Form, Lookup

MOST_BYTES = 20 << 20  # as sent
MOST_UNPACKED = 30 << 20
MOST_FILES = 2_000  # one for each form and language, in a country of many
MOST_LEVELS = 40
MOST_FORMS = 500
MOST_FIELDS = 20_000
LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?")
RUBY = re.compile(r"^\s*(?:FormSection|Lookup|Field)\b.*\.(?:create|new)|^\s*(?:require|def|module|class)\s", re.MULTILINE)
KEYED = re.compile(r"^(?:---|[\w\"'-]+\s*:)", re.MULTILINE)
BROKEN_ZIP = (zipfile.BadZipFile, zipfile.zlib.error, EOFError, OSError, ValueError, NotImplementedError, IndexError, UnicodeError)


@dataclass
class Configuration:
    """Forms and lookups in the order in which they stood, and how much of what is neither."""

    forms: list = field(default_factory=list)
    lookups: dict = field(default_factory=dict)
    others: Counter = field(default_factory=Counter)  # what else stood there -> how many of it
    twice: list = field(default_factory=list)  # lookups that stand there twice

    def form(self, name):
        """The form of that name or number; None if there is none."""
        return next((form for form in self.forms if name in (form.id, form.number)), None)

    @property
    def languages(self):
        found = dict.fromkeys(code for form in self.forms for code in form.languages)
        return sorted(found, key=lambda code: (code != "en", code))


def opened(content):
    """The Configuration of these bytes; raises Wrong."""
    if not content.strip(b"\0 \r\n\t"):
        raise Wrong("empty_file")
    if len(content) > MOST_BYTES:
        raise Wrong("too_large", most=MOST_BYTES >> 20)
    found, translations, unread = Configuration(), [], []
    for name, part in _parts(content):
        try:
            document = _document(name, part)
        except Wrong as wrong:
            if wrong.code not in ("config_not", "config_ruby") or content[:2] != b"PK":
                raise
            unread.append(wrong)  # what else lies in an archive is named, not held against it
            found.others[wrong.facts["value"]] += 1
            continue
        _sort(document, found, translations)
    if not found.forms:
        raise next((wrong for wrong in unread if wrong.code == "config_ruby"), Wrong("no_forms"))
    _take_inner(found)
    _translate(found, translations)
    return found


def _parts(content):
    """(name, bytes) of each file."""
    if content[:4] != b"PK\x03\x04":
        yield "", content
        return
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = [one for one in archive.infolist() if not one.is_dir() and not re.search(r"(^|/)(\.|__MACOSX/)", one.filename)]
    except BROKEN_ZIP:
        raise Wrong("config_zip") from None
    if any(entry.filename == "xl/workbook.xml" for entry in entries):
        raise Wrong("config_workbook")
    if len(entries) > MOST_FILES:
        raise Wrong("config_many", most=MOST_FILES)
    left = MOST_UNPACKED
    for entry in entries:
        if entry.flag_bits & 1:
            raise Wrong("config_locked")
        part = _unpacked(archive, entry, left)
        left -= len(part)
        yield entry.filename, part


def _unpacked(archive, entry, most):
    # The size that an archive declares may lie, so it is read piece by piece up to the limit.
    try:
        with archive.open(entry) as stream:
            part = stream.read(most + 1)
    except BROKEN_ZIP:
        raise Wrong("config_zip") from None
    except RuntimeError:
        raise Wrong("config_locked") from None
    if len(part) > most:
        raise Wrong("config_bomb", most=MOST_UNPACKED >> 20)
    return part


# --- one file


def _document(name, part):
    name = name.rpartition("/")[2]
    if b"\0" in part[:1024] and not part.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Wrong("config_not", name)
    try:
        text = part.decode("utf-16" if part.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError:
        raise Wrong("config_not" if not name.endswith((".json", ".yml", ".yaml")) and name else "config_letters", name) from None
    start = text.lstrip()
    if start.startswith(("{", "[")):
        return _json(name, text)
    if name.endswith(".rb") or (not name.endswith((".yml", ".yaml")) and RUBY.search(text)):
        raise Wrong("config_ruby", name)
    if name.endswith((".yml", ".yaml")) or (not name and KEYED.search(text)):
        return _yaml(name, text)
    raise Wrong("config_not", name)


def _json(name, text):
    def pairs(found):
        made = dict(found)
        if len(made) < len(found):
            key = next(key for key, times in Counter(key for key, _value in found).items() if times > 1)
            raise Wrong("config_key_twice", name, key=key[:60])
        return made

    def number(digits):
        return float(digits) if len(digits) > 30 else int(digits)

    def none(word):
        raise ValueError(word)

    try:
        document = json.loads(text, object_pairs_hook=pairs, parse_int=number, parse_constant=none)
    except json.JSONDecodeError as error:
        raise Wrong("config_broken", name, row=error.lineno) from None
    except RecursionError:
        raise Wrong("config_deep", name, most=MOST_LEVELS) from None
    except ValueError:
        raise Wrong("config_broken", name, row=1) from None
    _refuse_deep(document, name)
    return document


def _refuse_deep(document, name):
    level, here = 0, [document]
    while here:
        level += 1
        if level > MOST_LEVELS:
            raise Wrong("config_deep", name, most=MOST_LEVELS)
        here = [
            one
            for thing in here
            for one in (thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list) else ())
            if isinstance(one, (dict, list))
        ]


def _yaml(name, text):
    """YAML without tags and without references: built from the parser's events, so that no object is ever made but dict, list and str."""
    stack, root = [], []
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)):
            row = event.start_mark.line + 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise Wrong("config_alias", name, row=row)
            tag = getattr(event, "tag", None)
            if tag and not tag.startswith("tag:yaml.org,2002:"):
                raise Wrong("config_tag", name, row=row, tag=tag[:60])
            if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                if len(stack) >= MOST_LEVELS:
                    raise Wrong("config_deep", name, most=MOST_LEVELS)
                stack.append([{} if isinstance(event, yaml.MappingStartEvent) else [], None])
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                _put(stack, root, stack.pop()[0], name)
            elif isinstance(event, yaml.ScalarEvent):
                _put(stack, root, event.value, name)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Wrong("config_broken", name, row=mark.line + 1 if mark else 1) from None
    return root


def _put(stack, root, value, name):
    if not stack:
        root.append(value)
        return
    into, key = stack[-1]
    if isinstance(into, list):
        into.append(value)
    elif key is None:
        key = value if isinstance(value, str) else json.dumps(value)[:60]
        if key in into:
            raise Wrong("config_key_twice", name, key=key[:60])
        stack[-1][1] = key
    else:
        into[key], stack[-1][1] = value, None


# --- what it says


def _sort(document, found, translations, called=""):
    """Put each form, lookup and translation of a document where it belongs; count what else there is."""
    if isinstance(document, list):
        for one in document:
            _sort(one, found, translations, called)
    elif not isinstance(document, dict):
        found.others[called or "?"] += 1
    elif _is_form(document):
        _keep_form(document, found)
    elif _is_lookup(document):
        lookup = Lookup.of(document)
        if lookup.id in found.lookups:
            found.twice.append(lookup.id)
        found.lookups.setdefault(lookup.id, lookup)
    elif _is_translation(document):
        translations.extend(document.items())
    elif called:
        found.others[called] += 1
    else:
        for key, value in document.items():
            if isinstance(value, (dict, list)):
                inside = "" if key == "data" and isinstance(value, dict) else str(key)[:60]
                _sort(value, found, translations, inside)


def _is_form(one):
    return "fields" in one or "fields_attributes" in one or ("unique_id" in one and "parent_form" in one)


def _is_lookup(one):
    return any(key == "values" or key.startswith("lookup_values") for key in one) and ("unique_id" in one or "id" in one)


def _is_translation(one):
    return bool(one) and all(LANGUAGE.fullmatch(str(key)) and isinstance(value, dict) for key, value in one.items())


def _keep_form(raw, found):
    form = Form.of(raw)
    if found.form(form.id):
        raise Wrong("form_twice", form.id)
    found.forms.append(form)
    if len(found.forms) > MOST_FORMS:
        raise Wrong("too_many_forms", most=MOST_FORMS)
    if sum(len(form.fields) for form in found.forms) > MOST_FIELDS:
        raise Wrong("too_many_fields", most=MOST_FIELDS)


def _take_inner(found):
    """Sub-forms that stand only inside the field that shows them."""
    for form in found.forms:  # grows while it is walked: a sub-form may hold another
        for one in form.fields:
            for inside in (one.raw.get("subform"), one.raw.get("subform_section")):
                if isinstance(inside, dict) and _is_form(inside) and not found.form(one.subform):
                    _keep_form({**inside, "is_nested": True}, found)


def _translate(found, translations):
    for language, told in translations:
        for name, texts in told.items():
            thing = found.form(name) or found.lookups.get(name)
            if thing is None or not isinstance(texts, dict):
                found.others[f"{language}: {name}"[:60]] += 1
            else:
                thing.translate(language.replace("_", "-"), texts)
