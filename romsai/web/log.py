"""The reading log for auditors and the data protection officer: who looked, when, at which levels. Never what they read."""

from datetime import datetime, time, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from romsai.cases import tabs
from romsai.cases.models import Case, Participant
from romsai.core import access, audit
from romsai.core.dates import DayField, moment_text
from romsai.core.models import AuditLine, Refusal
from romsai.core.views import Page
from romsai.places import codes
from romsai.places.models import Worker

READERS = ("AUDITOR", "DPO")
SHOWN = 50
NAMED = 6  # case numbers on one line
KINDS = ("case", "person")


class LogForm(forms.Form):
    """What to look for; every field narrows."""

    worker = forms.CharField(label=__("Name of the worker"), required=False, max_length=100)
    case = forms.CharField(label=__("Case number"), required=False, max_length=30, widget=forms.TextInput(attrs={"data-width": "20"}))
    from_on = DayField(label=__("From"), required=False)
    until_on = DayField(label=__("Until"), required=False)


class Log(Page):
    """Lines of the log, the newest first. Looking into it leaves a line of its own."""

    roles = READERS
    template_name = "home/log.html"

    def get_context_data(self, **context):
        form = LogForm(self.request.GET or None)
        asked = form.cleaned_data if form.is_valid() else {}
        lines, subjects = _lines(asked, self.worker)
        audit.write(access.current(), "log.read", subjects, count=len(lines))
        workers = {worker.pk: worker for worker in Worker.objects.filter(pk__in={line.worker_id for line in lines})}
        numbers = _numbers(lines, self.worker)
        columns = [{"label": label} for label in (_("Who"), _("When"), _("What"), _("Records"))]
        return super().get_context_data(
            form=form, columns=columns, rows=[_row(line, workers, numbers) for line in lines], most=SHOWN, **context
        )


def _lines(asked, reader):
    lines, subjects = AuditLine.objects.order_by("-id"), []
    if asked.get("worker"):
        lines = lines.filter(worker_id__in=list(Worker.objects.filter(name__icontains=asked["worker"]).values_list("pk", flat=True)))
    if asked.get("case"):
        subjects = _subjects(asked["case"], reader)
        lines = lines.filter(subjects__overlap=subjects)
    if asked.get("from_on"):
        lines = lines.filter(at__gte=_begin(asked["from_on"]))
    if asked.get("until_on"):
        lines = lines.filter(at__lt=_begin(asked["until_on"] + timedelta(days=1)))
    return list(lines[:SHOWN]), subjects


def _subjects(number, reader):
    """The case and its child as the log names them; something that is nowhere for a number that is nowhere."""
    with access.system(on_behalf=reader, purpose="who looked"):
        case = Case.objects.filter(number__iexact=number.replace(" ", "")).first()
        if case is None:
            return ["case:0"]
        children = Participant.objects.filter(case=case, role="CHILD").values_list("person_id", flat=True)
        return [f"case:{case.pk}", *(f"person:{pk}" for pk in children)]


def _begin(day):
    return timezone.make_aware(datetime.combine(day, time()))


def _numbers(lines, reader):
    """{subject of a line: numbers of its cases}: an auditor asks further by the number of a case, never by a key of the database."""
    named = {
        kind: {int(pk) for line in lines for name, _colon, pk in [s.partition(":") for s in line.subjects] if name == kind}
        for kind in KINDS
    }
    with access.system(on_behalf=reader, purpose="who looked"):
        cases = [(f"case:{pk}", number) for pk, number in Case.objects.filter(pk__in=named["case"]).values_list("pk", "number")]
        parts = Participant.objects.filter(person_id__in=named["person"]).values_list("person_id", "case__number")
        cases += [(f"person:{pk}", number) for pk, number in parts]
    numbers = {}
    for subject, number in cases:
        numbers.setdefault(subject, set()).add(number)
    return numbers


def _row(line, workers, numbers):
    worker = workers.get(line.worker_id)
    who = worker.name if worker else _("the system") if line.is_system else _("a visitor")
    role = codes.label("user_role", worker.role) if worker else ""
    records = sorted({number for subject in line.subjects for number in numbers.get(subject, ())})
    return {
        "cells": [
            {"text": who, "note": role},
            {"text": moment_text(line.at)},
            {"text": tabs.deed(line), "note": "" if line.is_system else line.purpose},
            {"text": ", ".join(records[:NAMED]) or line.count, "note": "…" if len(records) > NAMED else ""},
        ]
    }


class Refused(Page):
    """The newest attempts that were refused."""

    roles = READERS
    template_name = "home/refused.html"

    def get_context_data(self, **context):
        lines = list(Refusal.objects.order_by("-id")[:SHOWN])
        workers = {worker.pk: worker.name for worker in Worker.objects.filter(pk__in={line.worker_id for line in lines})}
        rows = [
            {
                "cells": [
                    {"text": workers.get(line.worker_id, _("a visitor"))},
                    {"text": moment_text(line.at)},
                    {"text": line.action},
                    {"text": line.path},
                ]
            }
            for line in lines
        ]
        columns = [{"label": label} for label in (_("Who"), _("When"), _("What"), _("Page"))]
        return super().get_context_data(columns=columns, rows=rows, **context)
