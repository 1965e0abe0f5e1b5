from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "romsai.cases"
    label = "cases"
