from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "romsai.care"
    label = "care"
