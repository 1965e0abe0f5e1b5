from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlacesConfig(AppConfig):
    name = "romsai.places"
    label = "places"
    verbose_name = _("Places and people who work there")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from romsai.core import dates

        from . import languages, profile

        languages.register()
        dates.set_country_era(lambda: profile.profile().era)
