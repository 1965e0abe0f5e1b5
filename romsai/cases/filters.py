"""Filters of a list of cases, as a form that is sent with GET; each choice says how many cases it has."""

import django_filters
from django import forms
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from romsai.cases import lifecycle
from romsai.cases.actions import ORDER
from romsai.cases.models import Case
from romsai.cases.words import STEP_NAMES
from romsai.places import codes
from romsai.places.models import Area

SMALL = {"data-small": True}
STEP_OF = {state: step for step, states in lifecycle.STEPS.items() for state in states}


class CaseFilter(django_filters.FilterSet):
    """Risk, step, concern and area. `counted` puts the number of cases beside each risk and step, of the list as it was before filtering."""

    risk = django_filters.MultipleChoiceFilter(label=_("Risk"), choices=(), widget=forms.CheckboxSelectMultiple(attrs=SMALL))
    step = django_filters.MultipleChoiceFilter(
        label=_("Step"), choices=(), method="in_steps", widget=forms.CheckboxSelectMultiple(attrs=SMALL)
    )
    concern = django_filters.ChoiceFilter(label=_("Concern"), choices=(), method="with_concern", empty_label=_("Any concern"))
    area = django_filters.ChoiceFilter(label=_("Area"), choices=(), method="in_area", empty_label=_("All areas"))

    class Meta:
        model = Case
        fields = []

    def __init__(self, data, queryset):
        super().__init__(data, queryset=queryset)
        risks, steps, concerns, areas = _counts(queryset)
        self.filters["risk"].extra["choices"] = [
            (code, _with(codes.label("risk_level", code), risks[code])) for code in reversed(ORDER) if code in risks
        ]
        self.filters["step"].extra["choices"] = [(step, _with(STEP_NAMES[step], steps[step])) for step in lifecycle.STEPS if step in steps]
        self.filters["concern"].extra["choices"] = [
            (code, codes.label("concern", code)) for code in codes.get("concern") if code in concerns
        ]
        self.filters["area"].extra["choices"] = [(area.pcode, area.name) for area in areas]

    def in_steps(self, cases, name, chosen):
        return cases.filter(state__in=[state for step in chosen for state in lifecycle.STEPS[step]]) if chosen else cases

    def with_concern(self, cases, name, code):
        return cases.filter(pk__in=cases.model.concerns.rel.related_model.objects.filter(code=code).values("case_id"))

    def in_area(self, cases, name, pcode):
        return cases.filter(area__pcode=pcode)

    @property
    def chosen(self):
        """[(field, value, words)] of what narrows the list now."""
        if not self.form.is_valid():
            return []
        found = []
        for name in self.filters:
            value = self.form.cleaned_data.get(name)
            choices = dict(self.form.fields[name].choices)
            for one in value if isinstance(value, list) else [value] if value else []:
                words = str(choices[one]).rsplit(" (", 1)[0] if name in ("risk", "step") else str(choices[one])
                found.append((name, one, f"{self.form.fields[name].label}: {words}"))
        return found


def _with(words, count):
    return f"{words} ({count})"


def _counts(cases):
    """Cases by risk and by step, the concerns and the areas they have: three queries."""
    ids = cases.order_by().values("pk")
    risks, steps = {}, {}
    for risk, state, number in Case.objects.filter(pk__in=ids).values_list("risk", "state").annotate(n=Count("pk")):
        risks[risk] = risks.get(risk, 0) + number
        steps[STEP_OF[state]] = steps.get(STEP_OF[state], 0) + number
    concerns = set(
        Case.concerns.rel.related_model.objects.filter(~Q(state="UNSUBSTANTIATED"), case__in=ids).values_list("code", flat=True).distinct()
    )
    areas = Area.objects.filter(pk__in=cases.order_by().values("area_id")).order_by("name")
    return risks, steps, concerns, areas
