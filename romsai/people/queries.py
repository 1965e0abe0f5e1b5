"""What pages ask about people, for many at once: two queries for names however long the list."""

from django.utils.translation import gettext as _

from romsai.core import crypto
from romsai.people import names as spelling
from romsai.people.models import Name

ORDER = {kind: n for n, kind in enumerate((Name.Kind.LEGAL, Name.Kind.NICK, Name.Kind.ALIAS, Name.Kind.SCRIPT, Name.Kind.LABEL))}


def shown_names(people):
    """{person id: name shown} of those whose names the asker may read; the others are not in it.

    While the key process is down each name reads "locked".
    """
    ids = [person.pk for person in people]
    rows = sorted(
        Name.objects.visible().filter(person_id__in=ids),
        key=lambda name: (not name.is_main, ORDER[name.kind], name.pk),
    )
    shown = {}
    for name in crypto.preload(rows):
        if name.person_id not in shown:
            shown[name.person_id] = name
    return {pk: _shown(name) for pk, name in shown.items()}


def shown_name(person):
    """The name of one person, or their pseudonym for whoever may not read it."""
    return shown_names([person]).get(person.pk) or spelling.pseudonym(person)


def _shown(name):
    text = str(name.full)
    return _("“%(description)s” (name not known)") % {"description": text} if name.kind == Name.Kind.LABEL else text
