from django.apps import AppConfig


class TracingConfig(AppConfig):
    name = "romsai.tracing"
    label = "tracing"

    def ready(self):
        # They register themselves: what is listened to, words for deeds and deadlines, what is shown on the case page.
        from romsai.tracing import deeds, following, panels, rules, tasks  # noqa: F401
