from django.apps import AppConfig


class TriageConfig(AppConfig):
    name = "nightlight.triage"
    label = "triage"

    def ready(self) -> None:
        from nightlight.triage import alarm_panel, listen, panel, retention

        listen.connect()
        panel.register()
        alarm_panel.register()
        retention.register()
