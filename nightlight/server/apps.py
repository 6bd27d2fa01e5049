from django.apps import AppConfig


class ServerConfig(AppConfig):
    name = "nightlight.server"
    label = "server"

    def ready(self) -> None:
        from nightlight.server import own_switches, setting_words

        own_switches.register()
        setting_words.register()
