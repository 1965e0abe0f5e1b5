from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "romsai.papers"
    label = "papers"

    def ready(self):
        # They register themselves: what papers shows on the case page and on its timeline.
        from romsai.papers import actions, deeds, tabs  # noqa: F401
