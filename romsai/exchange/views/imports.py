"""The doors of imports: the list, the file, its columns, the preview, the progress, what is to be mended, and the way back."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from romsai.cases.pairs import queries as pairs
from romsai.core import access
from romsai.core.actions import Refused
from romsai.core.dates import moment_text
from romsai.core.views import ActionFormView, Page, SignedIn, visible_or_404
from romsai.exchange import actions, forms, overlaps, queries
from romsai.exchange.exports import files
from romsai.exchange.imports import kinds, mapping
from romsai.exchange.imports.wrong import in_words, sentence
from romsai.exchange.models import Import, ImportRow, Listing
from romsai.places import codes

IMPORTERS = ["MANAGER", "ADMIN"]
PER_PAGE = 50
STATE = Import.State


class Imports(Page):
    """What can be brought in, and what was."""

    template_name = "exchange/imports.html"
    roles = IMPORTERS

    def get_context_data(self, **context):
        offers = [
            {"label": kind.label, "about": kind.about, "url": reverse("exchange:upload", args=[kind.name])}
            for kind in queries.kinds_for(self.worker)
        ]
        columns = [{"label": _("File")}, {"label": _("What")}, {"label": _("State")}, {"label": _("Rows in"), "numeric": True}]
        rows = [{"cells": _line(upload)} for upload in queries.imports_of(self.worker)]
        return super().get_context_data(offers=offers, columns=columns, rows=rows, **context)


def _line(upload):
    return [
        {
            "text": upload.name,
            "url": reverse("exchange:import", args=[upload.uuid]),
            "note": _("%(who)s, %(when)s") % {"who": upload.by.name, "when": moment_text(upload.uploaded_at)},
        },
        {"text": kinds.get(upload.kind).label, "note": upload.programme.name if upload.programme else ""},
        {"text": upload.get_state_display()},
        {"text": str(upload.counts["DONE"])},
    ]


class Upload(ActionFormView):
    template_name = "exchange/upload.html"
    form_class = forms.UploadForm

    def get_record(self):
        try:
            self.kind = kinds.get(self.kwargs["what"])
        except KeyError:
            raise Http404 from None
        if not access.may(self.request.worker, self.kind.action):
            raise Http404

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"kind": self.kind}

    def get_context_data(self, **context):
        title = _("Bring in: %(what)s") % {"what": self.kind.label}
        return super().get_context_data(
            title=title, lead=self.kind.about, submit=_("Send and read"), cancel_url=reverse("exchange:imports"), **context
        )

    def act(self, form, client_key):
        facts = dict(form.cleaned_data)
        file = facts.pop("file")
        given = {"content": file.read(), "file_name": file.name, "again": facts["again"]}
        if self.kind.has_programme:
            given["programme"] = {"name": facts["programme"], "told_as": facts["told_as"], "phone": facts["phone"]}
        return actions.uploads[self.kind.name](by=self.worker, client_key=client_key, **given)

    def get_success_url(self):
        return reverse("exchange:columns" if self.kind.has_columns else "exchange:import", args=[self.result.uuid])


class OneImport:
    """A page about one import of the worker's own agency."""

    def get_record(self):
        worker = self.request.worker
        found = queries.import_or_none(worker, self.kwargs["uuid"]) if worker.role in IMPORTERS else None
        if found is None:
            raise Http404
        return found

    def get_success_url(self):
        return reverse("exchange:import", args=[self.record.uuid])


class Columns(OneImport, ActionFormView):
    """What each column means, what a word means that is in no list, and what holds for all rows."""

    template_name = "exchange/columns.html"
    form_class = forms.ColumnsForm
    action_name = "exchange.map_import"

    def get_record(self):
        record = super().get_record()
        if not kinds.get(record.kind).has_columns:
            raise Http404
        return record

    @cached_property
    def words(self):
        """(field, word) of the file that no list has, as the last check found them, and those that were given a meaning."""
        kind, found = kinds.get(self.record.kind), {}
        chosen = self.record.mapping.get("columns", {})
        places = {self.record.columns[at]["name"]: name for name, columns in chosen.items() for at in columns}
        for row in queries.rows_to_mend(self.worker, self.record):
            for kept in row.wrong:
                name = places.get(kept["column"])
                if kept["code"] in ("word", "sex") and name and kind.field(name).choices:
                    found[name, kept["value"]] = None
        for name, words in self.record.mapping.get("words", {}).items():
            found |= {(name, word): None for word in words if (name, word) not in {(n, w.casefold()) for n, w in found}}
        return list(found)[:100]

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"upload": self.record, "worker": self.worker, "words": self.words}

    def get_initial(self):
        told = self.record.mapping
        wanted = self.request.GET.get("saved")
        for saved in self.saved:
            if saved.name == wanted:
                told = mapping.by_numbers(saved.mapping, [column["name"] for column in self.record.columns])
        initial = {f"column_{at}": name for name, columns in told.get("columns", {}).items() for at in columns}
        options = told.get("options", {})
        initial |= {f"option_{option.name}": options.get(option.name, option.default) for option in kinds.get(self.record.kind).options}
        words = told.get("words", {})
        initial |= {f"word_{n}": words.get(field, {}).get(word.casefold(), "") for n, (field, word) in enumerate(self.words)}
        return initial

    @cached_property
    def saved(self):
        return queries.saved_mappings(self.worker, self.record.kind)

    def get_context_data(self, **context):
        context = super().get_context_data(**context)
        form = context["form"]
        lines = [
            {"field": form[f"column_{at}"], "name": column["name"], "samples": column["samples"]}
            for at, column in enumerate(self.record.columns)
            if column["name"]
        ]
        return context | {
            "upload": self.record,
            "trouble": [sentence(kept) for kept in self.record.trouble],
            "lines": lines,
            "words": [form[f"word_{n}"] for n in range(len(self.words))],
            "options": [form[f"option_{option.name}"] for option in form.kind.options],
            "saved": self.saved,
            "read_again": forms.ReadAgainForm(initial=self.record.reading) if self.record.reading.get("format") == "csv" else None,
        }

    def act(self, form, client_key):
        return actions.map_import(self.record, by=self.worker, client_key=client_key, **form.facts())


class ReadAgain(OneImport, ActionFormView):
    form_class = forms.ReadAgainForm
    action_name = "exchange.read_again"

    def get(self, request, *args, **kwargs):
        return HttpResponseRedirect(self.get_success_url())

    def form_invalid(self, form):
        return HttpResponseRedirect(self.get_success_url())

    def act(self, form, client_key):
        return actions.read_again(self.record, by=self.worker, client_key=client_key, **form.cleaned_data)

    def get_success_url(self):
        return reverse("exchange:columns", args=[self.record.uuid])


class ImportPage(OneImport, Page):
    """Where the import stands: moving, ready to be looked at, done, taken back."""

    roles = IMPORTERS

    def get(self, request, *args, **kwargs):
        self.record = self.get_record()
        if self.record.state == STATE.UPLOADED and kinds.get(self.record.kind).has_columns:
            return HttpResponseRedirect(reverse("exchange:columns", args=[self.record.uuid]))
        if request.htmx and self.record.is_moving:
            return render(request, "exchange/progress.html", self.get_context_data())
        response = render(request, "exchange/import.html", self.get_context_data())
        if request.htmx:
            response = HttpResponse(status=204)
            response["HX-Refresh"] = "true"
        return response

    def get_context_data(self, **context):
        upload, kind = self.record, kinds.get(self.record.kind)
        is_checked, is_undone = upload.state == STATE.CHECKED, upload.state == STATE.UNDONE
        shown = ImportRow.State.KEPT if is_undone else ImportRow.State.BAD if kind.has_columns else None
        page = Paginator(_Rows(self.worker, upload, shown), PER_PAGE).get_page(self.request.GET.get("page"))
        tells_left_out = kind.has_columns and upload.state == STATE.DONE
        left_out = queries.rows_to_mend(self.worker, upload, ImportRow.State.DONE, most=PER_PAGE) if tells_left_out else []
        by_row = kind.has_columns or is_undone
        return super().get_context_data(
            upload=upload,
            kind=kind,
            tiles=[] if upload.is_moving else _tiles(upload),
            progress=_progress(upload) if upload.is_moving else None,
            preview=queries.preview(self.worker, upload, most=kind.previewed) if is_checked else None,
            can_start=upload.state in (STATE.CHECKED, STATE.STOPPED) and upload.counts["READY"],
            can_undo=upload.state in (STATE.DONE, STATE.STOPPED) and upload.counts["DONE"] and upload.started_at,
            start_label=kind.start_label(upload.counts["READY"]),
            page=page,
            wrong_columns=[{"label": _("Row")}, {"label": _("Column")}, {"label": _("What is wrong")}, {"label": _("What to write")}],
            wrong=[line for row in page for line in _wrong(row)] if by_row else [],
            report=[] if by_row else [_report(row) for row in page],
            left_out=[line for row in left_out for line in _wrong(row)],
            **self._overlaps(upload),
            back={"url": reverse("exchange:imports"), "label": _("What came in")},
            **context,
        )


    def _overlaps(self, upload):
        """On which other lists the people of this one stand, once the search of the register has gone over them."""
        if upload.kind != "persons" or upload.state != STATE.DONE or not upload.programme:
            return {}
        total, known = overlaps.of_programme(self.worker, upload.programme)
        rows = [{"cells": [{"text": name}, {"text": number}]} for name, number in known]
        columns = [{"label": _("Also on")}, {"label": _("People"), "numeric": True}]
        return {"overlaps": rows, "overlap_columns": columns, "listed": total, "sweep": pairs.moving_sweep()}


class Overlaps(Page):
    """How many people stand on which lists together: counts, never who."""

    template_name = "exchange/overlaps.html"
    roles = ["MNE", "PROGRAMME"]

    def get_context_data(self, **context):
        alone, combined = overlaps.table(self.worker)
        columns = [{"label": _("List")}, {"label": _("People"), "numeric": True}]

        def rows(counted):
            return [{"cells": [{"text": name}, {"text": number}]} for name, number in counted]

        return super().get_context_data(columns=columns, alone=rows(alone), combined=rows(combined), **context)


class _Rows:
    """Rows with mistakes as Django's paginator asks for them: a page is read only when it is shown."""

    def __init__(self, worker, upload, state):
        self.worker, self.upload, self.state = worker, upload, state

    def __len__(self):
        return self.upload.counts[self.state] if self.state else self.upload.told

    def __getitem__(self, piece):
        return (
            queries.rows_to_mend(self.worker, self.upload, self.state, start=piece.start, most=piece.stop - piece.start)
            if len(self)
            else []
        )


def _wrong(row):
    for kept in row.wrong:
        what, instead = in_words(kept)
        yield {
            "cells": [{"text": _("Row %(number)d") % {"number": row.number}}, {"text": kept["column"]}, {"text": what}, {"text": instead}]
        }


def _report(row):
    """What is told of one row, for files whose rows have names: each sentence once, with what it is said of."""
    said = {}
    for kept in row.wrong:
        said.setdefault(in_words(kept), []).append(kept["column"])
    lines = [{"what": what, "instead": instead, "of": ", ".join(name for name in names if name)} for (what, instead), names in said.items()]
    title = row.given[0] if row.given and row.given[0] else _("The rest of the file")
    return {"title": title, "lines": lines, "count": len(row.wrong), "is_out": row.state == ImportRow.State.BAD}


def _tiles(upload):
    counts, kind = upload.counts, kinds.get(upload.kind)
    if not kind.has_columns and upload.state != STATE.UNDONE:
        read = upload.reading
        without = read["forms"] - read["inner"] - counts["READY"] - counts["DONE"] - counts["KNOWN"]
        came = (counts["READY"], _("can come in"), False) if upload.state == STATE.CHECKED else (counts["DONE"], _("came in"), False)
        shown = [came, (without, _("with nothing to bring in"), False)]
        if counts["KNOWN"]:
            shown.append((counts["KNOWN"], _("were here already"), False))
    elif upload.state == STATE.CHECKED:
        shown = [(counts["READY"], _("can come in"), False), (counts["BAD"], _("to be mended"), counts["BAD"] > 0)]
    elif upload.state == STATE.UNDONE:
        shown = [(counts["UNDONE"], _("taken back"), False), (counts["KEPT"], _("could not be taken back"), counts["KEPT"] > 0)]
    else:
        shown = [
            (counts["DONE"], _("came in"), False),
            (counts["KNOWN"], _("were here already"), False),
            (counts["BAD"], _("to be mended"), counts["BAD"] > 0),
        ]
        if counts["READY"]:
            shown.append((counts["READY"], _("not yet in"), True))
    return [{"value": value, "label": label, "alert": alert} for value, label, alert in shown]


def _progress(upload):
    return {"url": reverse("exchange:import", args=[upload.uuid]), "state": upload.get_state_display(), **_done_so_far(upload)}


def _done_so_far(upload):
    counts = upload.counts
    if upload.state == STATE.MAPPED:
        return {"text": ngettext("%(n)d row read", "%(n)d rows read", upload.total) % {"n": upload.total}}
    if upload.state == STATE.UNDOING:
        done, whole = counts["UNDONE"] + counts["KEPT"], counts["UNDONE"] + counts["KEPT"] + counts["DONE"]
    else:
        done, whole = counts["DONE"] + counts["KNOWN"], counts["DONE"] + counts["KNOWN"] + counts["READY"]
    return {"text": _("%(done)d of %(whole)d rows") % {"done": done, "whole": whole}, "done": done, "whole": whole}


class _Asked(OneImport, ActionFormView):
    """A button that is a question; sent by it, or asked on a page of its own."""

    template_name = "exchange/ask.html"
    form_class = forms.ConfirmForm
    kind = ""

    def get_context_data(self, **context):
        told = {"title": self.title, "text": self.text, "submit": self.submit, "kind": self.kind, "cancel_url": self.get_success_url()}
        return super().get_context_data(**told, **context)

    def act(self, form, client_key):
        return self.do(self.record, by=self.worker, client_key=client_key)


class Start(_Asked):
    action_name, do = "exchange.start_import", staticmethod(actions.start_import)
    title, submit = gettext_lazy("Bring the rows in"), gettext_lazy("Bring them in")
    text = gettext_lazy("The rows that are right come in. The others wait to be mended. You can take all of it back for seven days.")


class Stop(_Asked):
    action_name, do = "exchange.stop_import", staticmethod(actions.stop_import)
    title, submit = gettext_lazy("Stop the import"), gettext_lazy("Stop")
    text = gettext_lazy("What is in stays in. You can go on later, or take it back.")


class Undo(_Asked):
    action_name, do, kind = "exchange.undo_import", staticmethod(actions.undo_import), "warning"
    title, submit = gettext_lazy("Take the whole import back"), gettext_lazy("Take it back")
    text = gettext_lazy("Every row that nobody has worked with is taken back. The others stay, and the page says which and why.")


class Discard(_Asked):
    action_name, do, kind = "exchange.discard_import", staticmethod(actions.discard_import), "warning"
    title, submit = gettext_lazy("Forget this file"), gettext_lazy("Forget it")
    text = gettext_lazy("Nothing of it has come in. The file and what was read of it are deleted.")

    def get_success_url(self):
        return reverse("exchange:imports")


class ToMend(OneImport, SignedIn):
    """Only the rows that are not right, as they were, with what is wrong beside them: to be mended and sent again."""

    roles = IMPORTERS

    def get(self, request, *args, written, **kwargs):
        upload = self.get_record()
        if written not in ("csv", "xlsx"):
            raise Http404
        lines = _to_mend(request.worker, upload) if kinds.get(upload.kind).has_columns else _told(request.worker, upload)
        content, kind = (files.as_csv(lines), "text/csv; charset=utf-8") if written == "csv" else (files.as_workbook(lines), files.WORKBOOK)
        response = HttpResponse(content, content_type=kind)
        response["Content-Disposition"] = f'attachment; filename="to-mend.{written}"'
        return response


def _to_mend(worker, upload):
    lines = [[*(column["name"] for column in upload.columns), _("What is wrong")]]
    for row in queries.rows_to_mend(worker, upload):
        lines.append([*(row.given or []), " ".join(sentence(kept) for kept in row.wrong)])
    return lines


def _told(worker, upload):
    """The whole report of a file whose rows are no lines of a table."""
    lines = [[_("Form"), _("Field"), _("What is different"), _("What to do")]]
    for row in queries.rows_to_mend(worker, upload, state=None):
        lines += [[(row.given or [""])[0], kept["column"], *in_words(kept)] for kept in row.wrong]
    return lines


class ListingPage(SignedIn):
    """Who stands behind a line of the own agency's list. Opening it is on the record."""

    def get(self, request, listing):
        record = visible_or_404(Listing.objects.all(), uuid=listing)
        if not access.may(request.worker, "exchange.open_listing", record):
            raise Http404
        try:
            opened = actions.open_listing(record, by=request.worker)
        except Refused:
            raise Http404 from None
        back = {"url": reverse("home"), "label": _("Today")}
        return render(request, "exchange/listing.html", {"listing": opened, "rows": _facts(opened), "back": back})


def _facts(listing):
    person = listing.person
    rows = [
        (_("List"), listing.programme.name),
        (_("Number there"), listing.told["number"]),
        (_("Other names"), ", ".join(listing.told["names"][1:])),
        (_("Sex"), codes.label("sex", person.sex)),
        (_("Born"), listing.told["born"]),
        (_("Parents"), ", ".join(listing.told["parents"])),
        (_("Telephone"), ", ".join(listing.told["phones"])),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]
