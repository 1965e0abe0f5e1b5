"""Words for codes, names of areas, in the reader's language."""

from django import template
from django.utils.html import format_html
from django.utils.translation import get_language

from romsai.places import codes

register = template.Library()


@register.simple_tag(takes_context=True)
def label(context, name, code):
    """`{% label "risk_level" case.risk %}`: the word, marked where it is a draft or in another language than the page."""
    if not code:
        return ""
    shown = codes.shown(name, code)
    if shown.language != (get_language() or codes.REVIEWED).split("-")[0]:
        _note(context, "other_language")
        return format_html('<span lang="{}">{}</span>', shown.language, shown.text)
    if shown.is_draft:
        _note(context, "draft")
        return format_html('<span class="draft-label">{}</span>', shown.text)
    return shown.text


@register.filter
def label_text(code, name):
    """`{{ case.risk|label_text:"risk_level" }}`: the bare word, for attributes and options, where no markup fits."""
    return codes.label(name, code) if code else ""


@register.inclusion_tag("places/label_note.html", takes_context=True)
def label_note(context):
    """One sentence at the foot of a page that showed draft words or words in another language."""
    return getattr(context.get("request"), "label_notes", {})


@register.simple_tag
def area(area):
    """The name of an area, in its own script for who reads it."""
    language = get_language()
    name = area.name_in(language)
    return name if name == area.name else format_html('<span lang="{}">{}</span>', area.native_language, name)


def _note(context, what):
    request = context.get("request")
    if request is not None:
        request.label_notes = getattr(request, "label_notes", {}) | {what: True}
