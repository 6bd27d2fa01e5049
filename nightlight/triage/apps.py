from django.apps import AppConfig


class TriageConfig(AppConfig):
    name = "nightlight.triage"
    label = "triage"

    def ready(self) -> None:
        from nightlight.casebook import aside
        from nightlight.triage import alarm_panel, flood, listen, narrow, panel, retention

        listen.connect()
        panel.register()
        narrow.register()
        alarm_panel.register()
        retention.register()
        aside.register("flood", flood.is_held)
