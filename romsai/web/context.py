"""What every page has around its content: who is signed in, where they can go, languages, numbers to call. Asked only when shown."""

from functools import cached_property
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from romsai.places import codes
from romsai.places.profile import profile
from romsai.web.templatetags.reviewed import language_of_safety
from romsai.workforce import queries as workforce


def site(request):
    """`site` and `navigation` for the base pages (docs/design.md)."""
    frame = Site(request)
    # Twice, because allauth puts a `site` of its own into its pages.
    return {"site": frame, "frame": frame, "navigation": SimpleLazyObject(lambda: _navigation(request))}


def _navigation(request):
    from romsai.web import home

    worker = getattr(request, "worker", None)
    return home.navigation(worker, request.path) if worker else []


class Site:
    """The frame of a page. Nothing of it is worked out before a template reads it."""

    def __init__(self, request):
        self.request = request
        self.worker = getattr(request, "worker", None)

    name = "Romsai"
    home_url = "/"

    @property
    def sends_mail(self):
        return settings.MAIL

    @property
    def authority(self):
        return profile().name_in()

    @property
    def search_url(self):
        from romsai.web import home

        return reverse("search") if self.worker and self.worker.role in home.SEARCHES else ""

    @cached_property
    def languages(self):
        current = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
        query = {"to": self.request.path}
        return [
            {
                "code": code,
                "name": name,
                "current": code == current,
                "url": f"{reverse('language', args=[code])}?{urlencode(query)}",
            }
            for code, name in settings.LANGUAGES
        ]

    @property
    def who(self):
        return {"name": self.worker.name, "role": codes.label("user_role", self.worker.role)} if self.worker else None

    @cached_property
    def notices(self):
        """How many notices are unread, and where they are."""
        return {"count": workforce.count_unread(self.worker), "url": reverse("workforce:notices")} if self.worker else None

    @property
    def lock_url(self):
        return reverse("lock") if self.worker else ""

    @cached_property
    def helplines(self):
        """Numbers of the country, in the language in which their words were reviewed; the emergency first."""
        with override(language_of_safety()):
            lines = sorted(profile().helpline_list, key=lambda line: not line.is_emergency)
            return [{"label": _helpline_words(line), "number": line.number} for line in lines]

    @property
    def helplines_language(self):
        return language_of_safety()

    @property
    def exit_url(self):
        return profile().exit_page

    @property
    def public_url(self):
        return reverse("start")

    @property
    def public_title(self):
        """What a browser's history keeps: a word that tells nobody what was read here."""
        return profile().name_in()

    @cached_property
    def public_links(self):
        return [
            {"url": reverse("about"), "label": _("How we use what you tell us")},
            {"url": reverse("about") + "#worker", "label": _("If it is about a worker")},
            {"url": reverse("account_login"), "label": _("Staff")},
        ]

    @property
    def draft_note(self):
        """On every page of a language whose words nobody has reviewed yet."""
        if (get_language() or settings.LANGUAGE_CODE).split("-")[0] == language_of_safety():
            return ""
        return _("Nobody has checked this translation yet. What it says on danger, consent and help is therefore shown in English.")

    @property
    def note(self):
        return _("This is a demonstration. Every person, place and number in it is invented.") if profile().is_invented else ""


def _helpline_words(line):
    words = _("In danger now? Call the police") if line.is_emergency else _("Talk to someone, day or night:")
    return words if line.is_checked() else _("%(words)s (nobody has checked this number lately)") % {"words": words}
