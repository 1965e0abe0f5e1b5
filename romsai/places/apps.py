from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlacesConfig(AppConfig):
    name = "romsai.places"
    label = "places"
    verbose_name = _("Places and people who work there")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from . import languages

        languages.register()
