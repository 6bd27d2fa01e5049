from django.apps import AppConfig


class StatsConfig(AppConfig):
    name = "nightlight.stats"
    label = "stats"
