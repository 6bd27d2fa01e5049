from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "nightlight.work"
    label = "work"
