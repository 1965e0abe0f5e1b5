from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "romsai.web"
    label = "web"
