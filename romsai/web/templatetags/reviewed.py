"""Words that can hurt a child if they are wrong: shown in the reader's language only where a person has reviewed them."""

from django import template
from django.utils.html import format_html
from django.utils.translation import get_language, override

from romsai.places.profile import profile

register = template.Library()


def language_of_safety():
    """The language in which words on danger, safety, consent and help are shown to this reader."""
    reader = (get_language() or "en").split("-")[0]
    reviewed = profile().reviewed_language
    return reader if reader == reviewed else reviewed


@register.tag
def reviewed(parser, token):
    """`{% reviewed %}…{% endreviewed %}` around such words, as a block. `{% label_note %}` at the foot says so."""
    words = parser.parse(["endreviewed"])
    parser.delete_first_token()
    return Reviewed(words)


class Reviewed(template.Node):
    def __init__(self, words):
        self.words = words

    def render(self, context):
        language = language_of_safety()
        if language == (get_language() or "en").split("-")[0]:
            return self.words.render(context)
        request = context.get("request")
        if request is not None:
            request.label_notes = getattr(request, "label_notes", {}) | {"other_language": True}
        with override(language):
            return format_html('<div lang="{}">{}</div>', language, self.words.render(context))
