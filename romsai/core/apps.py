from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "romsai.core"
    label = "core"
