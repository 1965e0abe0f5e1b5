from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "romsai.care"
    label = "care"

    def ready(self):
        from romsai.care import rules  # noqa: F401  registers the relations
