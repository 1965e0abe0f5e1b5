from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "romsai.care"
    label = "care"

    def ready(self):
        # They register themselves: relations, guards, listeners, and what care shows on the case page.
        from romsai.care import actions, deeds, rules, tabs  # noqa: F401
