"""The tags that draw Romsai's components; `docs/design.md` lists them with their parameters."""

from django import template
from django.core.paginator import Page
from django.forms import Textarea
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from romsai.web.icons import ICONS, LOGO, PICTURES

register = template.Library()

RISKS = {
    "IMMEDIATE": ("immediate", _("Immediate danger")),
    "HIGH": ("high", _("High risk")),
    "MEDIUM": ("medium", _("Medium risk")),
    "LOW": ("low", _("Low risk")),
    "NONE": ("none", _("No protection risk")),
}
NOT_ASSESSED = ("unknown", _("Not assessed"))
# Attributes of a widget that only steer how it is drawn, and the placeholder, which vanishes just when it is needed.
UNSAID = {
    "data-inline",
    "data-small",
    "data-label-size",
    "data-prefix",
    "data-suffix",
    "data-width",
    "placeholder",
}
MESSAGE_KINDS = {"error": "danger", "warning": "warn", "success": "success"}
NOTE_ICONS = {"danger": "alert", "warn": "alert", "info": "info", "success": "check"}


@register.simple_tag
def icon(name, label=""):
    """The drawing of that name: decoration beside words, or an image with a label where it stands alone."""
    meaning = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="rs-icon" viewBox="0 0 24 24" focusable="false" {}>{}</svg>',
        meaning,
        mark_safe(ICONS[name]),
    )


@register.simple_tag
def logo():
    """The banyan; the product's name stands beside it in words."""
    return format_html('<svg viewBox="0 0 48 48" aria-hidden="true" focusable="false">{}</svg>', mark_safe(LOGO))


@register.simple_tag
def picture(name):
    """A round picture beside a choice of the public's first page: child, family or work."""
    return format_html('<svg viewBox="0 0 56 56" aria-hidden="true" focusable="false">{}</svg>', mark_safe(PICTURES[name]))


@register.simple_tag
def risk_tag(level):
    """A level of risk as symbol and words; anything that is no level reads "Not assessed"."""
    kind, words = RISKS.get(level, NOT_ASSESSED)
    return badge(words, kind, f"risk-{kind}")


@register.simple_tag
def badge(text, kind="neutral", icon=""):
    """A short fact in a coloured box."""
    drawing = globals()["icon"](icon) if icon else ""
    return format_html('<span class="rs-tag rs-tag--{}">{}{}</span>', kind, drawing, text)


@register.simple_tag(takes_context=True)
def component(context, template_name, /, **parameters):
    """Draws `components/<template_name>.html` from these parameters alone; unlike an include it sees nothing else of the page.

    Only what a form needs goes along by itself: the request, its CSRF token, and the view's client key.
    """
    for given in ("request", "csrf_token", "client_key"):
        parameters.setdefault(given, context.get(given))
    return context.template.engine.get_template(f"components/{template_name}.html").render(context.new(parameters))


@register.simple_block_tag
def card(content, title="", id="", link_url="", link_label="", note="", level=2):
    """A white box; with a title and an id it is a region named by its title."""
    context = {"content": content, "title": title, "id": id, "level": level, "note": note}
    return render_to_string("components/card.html", context | {"link_url": link_url, "link_label": link_label})


@register.simple_block_tag
def alert(content, kind="info", title=""):
    """A banner that says what is the matter and what to do."""
    context = {"content": content, "kind": kind, "title": title, "icon": NOTE_ICONS[kind]}
    return render_to_string("components/alert.html", context)


@register.simple_block_tag
def confirm_panel(content, title, submit, cancel_url="", kind=""):
    """Says what will happen and asks once. Stands inside a form."""
    context = {"content": content, "title": title, "submit": submit, "cancel_url": cancel_url, "kind": kind}
    return render_to_string("components/confirm_panel.html", context)


@register.filter
def note_kind(message):
    """The kind of banner for one of Django's messages."""
    return MESSAGE_KINDS.get(message.level_tag, "info")


@register.filter
def note_icon(kind):
    return NOTE_ICONS[kind]


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms):
    """All that is wrong in the forms, each with a link to its field; nothing if all is well."""
    return {"errors": [error for form in forms if form is not None for error in _errors(form)]}


def _errors(form):
    for child in getattr(form, "forms", ()):
        yield from _errors(child)
    if hasattr(form, "non_form_errors"):
        yield from ({"text": text, "id": ""} for text in form.non_form_errors())
        return
    for name, errors in form.errors.items():
        if name in form.fields:
            said = [_("%(question)s – %(error)s") % {"question": form[name].label, "error": text} for text in errors]
            yield from ({"text": text, "id": _first_control(form[name])} for text in said)
        else:
            yield from ({"text": text, "id": "form-errors"} for text in errors)


def _first_control(field):
    if not field.use_fieldset:
        return field.id_for_label
    first = field.subwidgets[0].data
    return first.get("subwidgets", [first])[0]["attrs"].get("id", field.auto_id)


@register.simple_tag
def attributes(widget, css_class="", hide=""):
    """The attributes of a widget as HTML, in GOV.UK's classes.

    The first word of `css_class` is the widget's block, e.g. govuk-input; an invalid field gets that block's --error class too.
    Attributes that only steer the drawing, and those named in `hide`, are left out.
    """
    own = dict(widget["attrs"])
    classes = css_class.split()
    if classes:
        if own.get("aria-invalid"):
            classes.append(f"{classes[0]}--error")
        if width := own.get("data-width"):
            classes.append(f"{classes[0]}--width-{width}")
    if own.get("class"):
        classes.append(own["class"])
    own["class"] = " ".join(classes) or None
    hidden = UNSAID | set(hide.split())
    return flatatt({name: value for name, value in own.items() if value is not None and name not in hidden})


@register.filter
def attribute(mapping, name):
    """`widget.attrs|attribute:"data-small"`: a name with a dash cannot be written with a dot."""
    return mapping.get(name, "")


@register.filter
def svg_markup(document):
    """An SVG made by our own server, without its XML declaration, to stand inside a page."""
    return mark_safe(document[document.index("<svg") :])


@register.filter
def at(sequence, index):
    return sequence[index]


@register.filter
def is_group(field):
    """Several controls under one question, which needs a fieldset. A file input is one control, whatever Django says."""
    return field.use_fieldset and _input_type(field) != "file"


@register.filter
def is_single_checkbox(field):
    return not field.use_fieldset and _input_type(field) == "checkbox"


def _input_type(field):
    return getattr(field.field.widget, "input_type", "")


@register.filter
def counts_characters(field):
    return isinstance(field.field.widget, Textarea) and "maxlength" in field.field.widget.attrs


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context, page: Page):
    """Links to the pages of a list; nothing where there is one page only."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"page": page, "numbers": numbers, "request": context.get("request")}


@register.inclusion_tag("components/family_graph.html")
def family_graph(family):
    """The drawn family, its key, and the same as a list."""
    return {"family": family}
