from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    name = "romsai.workforce"
    label = "workforce"

    def ready(self):
        # They register themselves: relations, what is listened to, what is shown on the case page and above the lists.
        from romsai.workforce import deeds, notices, panels, rules, tasks  # noqa: F401
