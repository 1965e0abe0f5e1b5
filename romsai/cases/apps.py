from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "romsai.cases"
    label = "cases"

    def ready(self):
        from romsai.cases import deeds, rules, tabs  # noqa: F401  register themselves
