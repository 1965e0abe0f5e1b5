"""How what machines read stands in the list of who has looked at a case."""

from django.utils.translation import gettext_lazy as _

from romsai.cases.panels import page

for name, words in [
    ("read_case", _("By another system: the case")),
    ("list_cases", _("By another system: a list of cases")),
    ("write_note", _("By another system: a note")),
    ("record_visit", _("By another system: a visit")),
    ("list_follow_ups", _("By another system: the follow-ups")),
    ("record_follow_up", _("By another system: a follow-up")),
    ("known_child", _("By another system: is a child known")),
    ("read_report", _("By another system: a report")),
    ("list_reports", _("By another system: the reports")),
]:
    page(f"v1:{name}", words)
