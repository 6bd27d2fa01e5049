from django.apps import AppConfig


class TriageConfig(AppConfig):
    name = "nightlight.triage"
    label = "triage"

    def ready(self) -> None:
        from nightlight.triage import listen, panel, retention

        listen.connect()
        panel.register()
        retention.register()
