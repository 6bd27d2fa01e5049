from django.apps import AppConfig


class TriageConfig(AppConfig):
    name = "nightlight.triage"
    label = "triage"

    def ready(self) -> None:
        from nightlight.triage import listen, panel

        listen.connect()
        panel.register()
