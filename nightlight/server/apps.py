from django.apps import AppConfig


class ServerConfig(AppConfig):
    name = "nightlight.server"
    label = "server"
