from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "romsai.places"
    label = "places"
