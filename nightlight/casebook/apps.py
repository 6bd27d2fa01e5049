from django.apps import AppConfig


class CasebookConfig(AppConfig):
    name = "nightlight.casebook"
    label = "casebook"
