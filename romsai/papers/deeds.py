"""The work of this room: as things to do on a case, as lines of the timeline."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.cases import history, panels, timeline
from romsai.papers import formats
from romsai.papers.models import PAPERS, What

for action, label, done, url_name, group in [
    ("papers.add", __("Add a paper or photo"), __("Added a paper"), "papers:add", "child"),
    ("papers.print", __("Print a paper"), __("Printed a paper"), "papers:prints", "child"),
    ("papers.withdraw", "", __("Withdrew a paper"), "", ""),
    ("papers.scan", "", __("Had a paper scanned"), "", ""),
]:
    panels.register_deed(action, label, done, url_name=url_name, group=group)

history.name(
    tables={**{model._meta.db_table: __("Paper") for model in PAPERS.values()}, "papers_printout": __("Printed paper")},
    columns={"withdrawn_by_id": __("withdrawn by")},
    told={
        "form": lambda value, row: str(formats.FORMS[value].label),
        "original_form": lambda value, row: str(formats.FORMS[value].label),
        "size": lambda value, row: formats.size_words(value),
    },
    silent={"source", "digest"},
    elsewhere={f"papers_{level}piece" for level in PAPERS},  # each is written with its paper and never changed
)


@timeline.line("PAPER_ADDED", icon="info")
def added(event, around):
    return _("A paper was added")


@timeline.line("PAPER_WITHDRAWN", icon="info")
def withdrawn(event, around):
    return _("A paper was withdrawn")


@timeline.line("PRINTED", icon="info")
def printed(event, around):
    what = event.facts.get("what", "")
    return _("Printed: %(what)s") % {"what": What(what).label if what in What.values else ""}
