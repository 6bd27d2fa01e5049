from django.apps import AppConfig


class TakedownConfig(AppConfig):
    name = "nightlight.takedown"
    label = "takedown"

    def ready(self) -> None:
        from nightlight.takedown import clocks, listen, panel, retention, switches, texts

        listen.connect()
        panel.register()
        texts.register()
        switches.register()
        retention.register()
        clocks.register()
