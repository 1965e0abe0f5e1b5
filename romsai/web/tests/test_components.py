"""Forms and components against GOV.UK's own examples, and the rules of docs/design.md."""

import json
import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template, engines
from django.test import RequestFactory
from lxml import html

from romsai.core.dates import DayField
from romsai.web.icons import ICONS
from romsai.web.views_styleguide import SampleForm, styleguide

EXAMPLES = settings.BASE_DIR / "node_modules" / "govuk-frontend" / "dist" / "govuk" / "components"
# What ours has more than GOV.UK's: labels in semibold, and one box around all errors of a field.
OWN_CLASSES = {"govuk-label--s", "govuk-fieldset__legend--s"}


def example(component, name):
    file = EXAMPLES / component / "fixtures.json"
    if not file.exists():
        pytest.skip("GOV.UK's examples come with node_modules (make setup)")
    return next(case for case in json.loads(file.read_text())["fixtures"] if case["name"] == name)


def outline(markup):
    """The structure that styles and screen readers see: tag, GOV.UK classes, kind, and words, nested; wrappers without a class left out."""

    def walk(element):
        inside = [node for child in element for node in walk(child)]
        classes = sorted(set(element.get("class", "").split()) - OWN_CLASSES)
        words = " ".join((element.text or "").split())
        if element.tag == "div" and not classes and not words:
            return inside
        kind = element.get("type") if element.tag in ("input", "button") else None
        role = element.get("role") if element.tag != "fieldset" else None
        return [(element.tag, classes, kind, role, element.get("data-module"), words, inside)]

    return walk(html.fragment_fromstring(markup, create_parent="div"))


def drawn(field, error=""):
    """The field as a group; with an error, as it comes back after an empty answer."""
    field.error_messages["required"] = error
    form = type("Asked", (forms.Form,), {"asked": field})({} if error else None)
    return form["asked"].as_field_group()


def words(options):
    parts = (options.get("label") or {}) | ((options.get("fieldset") or {}).get("legend") or {})
    return {
        "label": parts["text"],
        "help_text": (options.get("hint") or {}).get("text", ""),
    }


def choices(options):
    return [(item["value"], item["text"]) for item in options["items"]]


def text_input(options):
    attrs = {}
    for side in ("prefix", "suffix"):
        if side in options:
            attrs[f"data-{side}"] = options[side]["text"]
    if "width" in options.get("classes", ""):
        attrs["data-width"] = options["classes"].rsplit("-", 1)[1]
    return forms.CharField(**words(options), widget=forms.TextInput(attrs=attrs))


def one_of(options):
    attrs = {"data-inline": True} if "inline" in options.get("classes", "") else {}
    if "small" in options.get("classes", ""):
        attrs["data-small"] = True
    return forms.ChoiceField(**words(options), choices=choices(options), widget=forms.RadioSelect(attrs=attrs))


def several_of(options):
    attrs = {"data-small": True} if "small" in options.get("classes", "") else {}
    widget = forms.CheckboxSelectMultiple(attrs=attrs)
    return forms.MultipleChoiceField(**words(options), choices=choices(options), widget=widget)


KINDS = {
    "input": text_input,
    "textarea": lambda options: forms.CharField(**words(options), widget=forms.Textarea(attrs={"rows": 5})),
    "select": lambda options: forms.ChoiceField(**words(options), choices=choices(options)),
    "radios": one_of,
    "checkboxes": several_of,
    "file-upload": lambda options: forms.FileField(**words(options), widget=forms.FileInput),
    "date-input": lambda options: DayField(**words(options)),
}


@pytest.mark.parametrize(
    ("component", "name"),
    [
        ("input", "default"),
        ("input", "with hint text"),
        ("input", "with error message"),
        ("input", "with error and hint"),
        ("input", "with width-5 class"),
        ("input", "with prefix and suffix and error"),
        ("textarea", "default"),
        ("textarea", "with hint and error message"),
        ("select", "with hint text and error message"),
        ("radios", "default"),
        ("radios", "with hint and error message"),
        ("radios", "inline"),
        ("checkboxes", "default"),
        ("checkboxes", "with error message and hint"),
        ("checkboxes", "small"),
        ("file-upload", "default"),
        ("file-upload", "with error message and hint"),
        ("date-input", "default"),
        ("date-input", "with error message and hint"),
    ],
)
def test_a_field_has_the_structure_of_the_govuk_example(component, name):
    case = example(component, name)
    error = (case["options"].get("errorMessage") or {}).get("text", "")

    assert outline(drawn(KINDS[component](case["options"]), error)) == outline(case["html"])


def test_the_error_summary_has_the_structure_of_the_govuk_example():
    case = example("error-summary", "default")
    errors = [{"text": item["text"], "id": item["href"][1:]} for item in case["options"]["errorList"]]

    summary = engines["django"].get_template("components/error_summary.html").render({"errors": errors})

    assert outline(summary) == outline(case["html"])


def test_every_error_links_to_a_control_that_is_there_and_described_by_it():
    form = SampleForm({"born_on_day": "31", "born_on_month": "2", "born_on_year": "2015"}, {})
    page = Template("{% load romsai_web %}{% error_summary form %}{{ form }}").render(Context({"form": form}))
    tree = html.fragment_fromstring(page, create_parent="div")
    ids = set(tree.xpath("//@id"))
    targets = [href[1:] for href in tree.xpath("//*[contains(@class, 'error-summary')]//a/@href")]

    assert sorted(form.errors) == [
        "agreed",
        "born_on",
        "concerns",
        "name",
        "password",
        "people",
        "phone",
        "safe",
    ]
    assert len(targets) == len(form.errors)
    assert set(targets) <= set(tree.xpath("//input/@id | //select/@id | //textarea/@id"))
    assert {name for names in tree.xpath("//@aria-describedby") for name in names.split()} <= ids
    assert set(tree.xpath("//label/@for")) <= ids
    assert len(tree.xpath("//@id")) == len(ids)


def test_what_only_steers_the_drawing_stays_out_of_the_page():
    field = forms.CharField(
        label="Weight",
        required=False,
        widget=forms.NumberInput(attrs={"data-width": "3", "data-suffix": "kg", "placeholder": "10", "step": "any"}),
    )

    number = html.fragment_fromstring(drawn(field)).xpath(".//input")[0]

    assert dict(number.attrib) == {
        "class": "govuk-input govuk-input--width-3",
        "id": "id_asked",
        "type": "text",
        "inputmode": "decimal",
        "name": "asked",
    }


def test_a_field_that_may_stay_empty_says_so():
    optional, required = forms.CharField(label="Nickname", required=False), forms.CharField(label="Name")

    assert "(optional)" in drawn(optional)
    assert "(optional)" not in drawn(required)


def test_a_component_sees_nothing_of_the_page_but_its_parameters():
    page = Template('{% load romsai_web %}{% component "empty_state" title="No visits yet" %}')

    shown = page.render(Context({"actions": [{"url": "/close/", "label": "Close the case"}], "text": "Other"}))

    assert "No visits yet" in shown
    assert "Close the case" not in shown
    assert "Other" not in shown


@pytest.mark.parametrize("level", ["IMMEDIATE", "HIGH", "MEDIUM", "LOW", "NONE", None])
def test_a_risk_is_told_by_a_sign_of_its_own_and_by_words(level):
    tag = html.fragment_fromstring(Template("{% load romsai_web %}{% risk_tag level %}").render(Context({"level": level})))
    signs = {name: drawing for name, drawing in ICONS.items() if name.startswith("risk-")}

    assert len(tag.text_content().strip()) > 5
    assert len(set(signs.values())) == len(signs) == 6
    assert f"rs-tag--{(level or 'unknown').lower()}" in tag.get("class")
    assert tag.xpath("svg/*")


def test_the_name_of_a_person_is_escaped_wherever_it_is_shown():
    nasty = "<b>Noy</b>"
    page = Template(
        "{% load romsai_web %}{% badge nasty %}{% component 'task_list' tasks=rows %}{% component 'timeline' events=rows %}"
        "{% component 'summary_list' rows=rows %}{% component 'identity_band' name=nasty tags=rows %}"
        "{% card title=nasty %}{{ nasty }}{% endcard %}{% component 'page_header' title=nasty %}"
    )

    shown = page.render(Context({"nasty": nasty, "rows": [{"title": nasty, "label": nasty, "value": nasty, "text": nasty}]}))

    assert "&lt;b&gt;Noy" in shown
    assert nasty not in shown


@pytest.mark.parametrize("page", ["components", "forms", "list", "record", "public"])
def test_the_style_guide_draws_every_page_with_one_main_heading(page):
    shown = styleguide(RequestFactory().get("/styleguide/"), page).content.decode()

    tree = html.document_fromstring(shown)
    levels = [int(heading.tag[1]) for heading in tree.xpath("//h1 | //h2 | //h3")]
    assert levels.count(1) == 1
    assert len(tree.xpath("//@id")) == len(set(tree.xpath("//@id")))
    assert tree.xpath("//main[@id='main']")


@pytest.mark.parametrize("status", [400, 403, 404, 422, 500, 503])
def test_an_error_page_is_drawn_without_any_context(status):
    template = engines["django"].get_template(f"{status}.html")

    assert template.render({}) == template.render({}, RequestFactory().get("/cases/1/"))


TEMPLATES = sorted(Path(settings.BASE_DIR / "romsai").glob("**/templates/**/*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "romsai")))
def test_no_template_breaks_the_content_policy(path):
    text = path.read_text()

    assert not re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:|hx-on|hx-vals=.js", text)
    for script in re.findall(r"<script[^>]*>", text):
        assert "src=" in script or 'type="application/json"' in script
