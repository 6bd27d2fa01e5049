from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "nightlight.sharing"
    label = "sharing"

    def ready(self) -> None:
        from nightlight.sharing import listen, panel

        listen.connect()
        panel.register()
