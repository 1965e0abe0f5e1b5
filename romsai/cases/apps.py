from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "romsai.cases"
    label = "cases"

    def ready(self):
        from romsai.cases import rules  # noqa: F401  registers the relations
