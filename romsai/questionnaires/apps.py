from django.apps import AppConfig


class QuestionnairesConfig(AppConfig):
    name = "romsai.questionnaires"
    label = "questionnaires"
