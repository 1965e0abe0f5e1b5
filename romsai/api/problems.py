"""What goes wrong, told as RFC 9457 problem details: a kind for the program, a sentence for the person who reads the log."""

import json

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

TYPE = "application/problem+json"

TITLES = {
    "unknown": gettext_lazy("Nobody is known by this token."),
    "not-allowed": gettext_lazy("This token may not do this."),
    "forbidden": gettext_lazy("This is not yours to do."),
    "absent": gettext_lazy("There is nothing here."),
    "unreadable": gettext_lazy("What was sent cannot be read."),
    "too-large": gettext_lazy("What was sent is too large."),
    "key-missing": gettext_lazy("The key of the sending is missing."),
    "key-reused": gettext_lazy("This key was used for something else."),
    "invalid": gettext_lazy("Something that was sent is not right."),
    "refused": gettext_lazy("This cannot be done now."),
    "cursor": gettext_lazy("This cursor is not of this list."),
    "too-fast": gettext_lazy("Too many questions in one minute."),
    "broken": gettext_lazy("Something broke here."),
    "away": gettext_lazy("Romsai cannot answer just now."),
}


class Problem(Exception):
    """Raised by an operation; becomes the answer `problem(...)`."""

    def __init__(self, status, kind, detail, **more):
        super().__init__(kind)
        self.status, self.kind, self.detail, self.more = status, kind, detail, more


def problem(status, kind, detail, *, headers=None, **more):
    """The answer. `detail` is a sentence: what is wrong, and what to do."""
    body = {"type": f"urn:romsai:problem:{kind}", "title": str(TITLES[kind]), "status": status, "detail": str(detail), **more}
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=TYPE, headers=headers)


@csrf_exempt  # like every operation: no cookie counts here
def absent(request):
    """The same bytes for what is hidden and what is not there."""
    return problem(404, "absent", _("It does not exist, or this token may not see it."))


def away(request=None):
    return problem(503, "away", _("Nothing was changed. Send the same again in half a minute, with the same key."))


def broken(request=None):
    return problem(500, "broken", _("Nothing was changed. Send the same again later, with the same key; if it stays so, tell the administrator."))
