from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "romsai.api"
    label = "api"

    def ready(self):
        # They register themselves: how machines are known, and what other systems are told of.
        from romsai.api import deeds, door, events, tasks  # noqa: F401
