from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "romsai.people"
    label = "people"
