"""The languages that people of the nine countries read, and those that Django does not know yet."""

from django.conf import locale

# Django has no Lao at all (frontend notes 6); one plural form, as in Thai.
MISSING = {
    "lo": {"bidi": False, "code": "lo", "name": "Lao", "name_local": "ລາວ"},
}


def register():
    """Teach Django the missing languages. Called once, when the application starts."""
    for code, facts in MISSING.items():
        locale.LANG_INFO.setdefault(code, facts)
