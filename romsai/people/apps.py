from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "romsai.people"
    label = "people"

    def ready(self):
        from romsai.people import rules, tasks  # noqa: F401  register themselves
