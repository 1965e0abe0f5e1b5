from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "romsai.cases"
    label = "cases"

    def ready(self):
        from romsai.cases import allegations, deeds, glass, rules, sealing, tabs  # noqa: F401  register themselves
