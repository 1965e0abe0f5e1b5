"""What can come in. Each kind says its fields, reads a row, brings rows about, and takes them back.

kind = kinds.get("persons")
kind.read(cells, upload_context)       # facts as JSON, or raises Mistakes
kind.bring(rows, context, by=worker)   # as the system, in one transaction; sets row.made
kind.take_back(rows, context, by=worker)
"""

from types import SimpleNamespace

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from romsai.exchange.imports import tables, values
from romsai.exchange.imports.wrong import Wrong

registry = {}


class Mistakes(Exception):
    """Everything wrong with one row, as it is kept."""

    def __init__(self, kept):
        super().__init__(kept)
        self.kept = kept


class Kind:
    """One kind of import. Subclasses set the class attributes and the methods that say NotImplementedError."""

    name = ""
    label = None
    about = None  # a sentence for the page
    fields = ()
    options = ()
    batch = 1  # rows brought about in one transaction
    has_programme = False
    file_label = _("CSV file or Excel workbook (.xlsx)")
    file_help = _("The first row is the heading. At most 50 MB and 200,000 rows.")
    accept = ".csv,.tsv,.txt,.xlsx"
    has_columns = True  # a person says what each column means; a file without columns is read at once
    has_many_files = False  # several files may be sent together
    previewed = 10  # rows shown before they come in
    tells_touched = False  # whether `touched` has something to say

    @property
    def action(self):
        return f"exchange.import_{self.name}"

    def field(self, name):
        return next(field for field in self.fields if field.name == name)

    def opened(self, content, reading=None):
        """The file as a table: `heading`, `reading`, `columns()`, `rows()`. Raises Wrong."""
        return tables.opened(content, reading)

    def given(self, cells):
        """What is kept of a row that is told about, fit for JSON."""
        return [cell.facts["value"] if isinstance(cell, Wrong) else cell for cell in cells]

    def start_label(self, n):
        """What the button says that brings n rows in."""
        return ngettext("Bring in %(n)d row", "Bring in %(n)d rows", n) % {"n": n}

    def context(self, upload):
        """What reading a row of this file needs to know: its mapping, areas, and the day."""
        mapping = upload.mapping
        return SimpleNamespace(
            upload=upload,
            columns=mapping.get("columns", {}),
            words=mapping.get("words", {}),
            options=mapping.get("options", {}),
            headings=[column["name"] for column in upload.columns],
            areas=values.Areas(),
            today=timezone.localdate(),
        )

    def read(self, cells, context):
        """Facts of one row, fit for JSON. Raises Mistakes with every one of them, not only the first."""
        facts, kept = {}, []
        is_lenient = context.options.get("unreadable") == "leave"
        if isinstance(cells[0], Wrong) and cells[0].code == "too_many_cells":
            raise Mistakes([cells[0].kept()])
        for field in self.fields:
            found, is_wrong = [], False
            for at in context.columns.get(field.name, ()):
                cell = cells[at]
                if not cell:
                    continue
                try:
                    if isinstance(cell, Wrong):
                        raise cell
                    found.append(field.read(cell, context))
                except Wrong as wrong:
                    line = wrong.kept(context.headings[at])
                    if is_lenient and not (field.required or field.is_vital):
                        facts.setdefault("left_out", []).append(line)
                    else:
                        is_wrong = True
                        kept.append(line)
            found = [value for value in found if value not in ("", None, [])]
            if found:
                facts[field.name] = found if field.many else found[0]
            elif field.required and not is_wrong:
                kept.append(Wrong("missing").kept(self._heading(field, context)))
        told = {line["column"] for line in kept}
        for name, wrong in self.also_wrong(facts, context):
            line = wrong.kept(self._heading(self.field(name), context))
            if line["column"] not in told:  # a cell that cannot be read is not missing as well
                kept.append(line)
        if kept:
            raise Mistakes(kept)
        return facts

    def _heading(self, field, context):
        columns = context.columns.get(field.name)
        return context.headings[columns[0]] if columns else str(field.label)

    def also_wrong(self, facts, context):
        """(field, Wrong) for what no single cell shows, also where some cells could not be read. May complete the facts."""
        return ()

    def same(self, facts):
        """What two rows of one file must not share: (field, text), or None."""

    def shown(self, facts):
        """[(label, text)] of what will come in, for the preview."""
        return [(field.label, _text(facts[field.name])) for field in self.fields if facts.get(field.name)]

    def touched(self, upload, facts):
        """[(label, number)] of what else the rows would touch, from an iterable of the facts of all good rows; for the preview."""
        return []

    def bring(self, rows, context, *, by):
        raise NotImplementedError

    def take_back(self, rows, context, *, by):
        """Undo these rows as far as nothing was built on them: sets row.state UNDONE, or KEPT with the reason in row.wrong."""
        raise NotImplementedError


def register(kind):
    registry[kind.name] = kind()
    return kind


def get(name):
    """The kind of that name; KeyError if there is none."""
    return registry[name]


def pointing_at(record):
    """(model, rows) for each table with a key to this record, also where the record itself cannot be asked for them."""
    for relation in record._meta.get_fields(include_hidden=True):
        if relation.auto_created and (relation.one_to_many or relation.one_to_one):
            yield relation.related_model, relation.related_model._base_manager.filter(**{relation.field.name: record})


def _text(value):
    return ", ".join(_text(part) for part in value) if isinstance(value, list) else str(value)
