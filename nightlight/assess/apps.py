from django.apps import AppConfig


class AssessConfig(AppConfig):
    name = "nightlight.assess"
    label = "assess"

    def ready(self) -> None:
        from nightlight.assess import (
            appeal_panel,
            duties,
            grading_switches,
            listen,
            panel,
            people_panel,
            retention,
            search,
        )

        listen.connect()
        panel.register()
        people_panel.register()
        grading_switches.register()
        search.register()
        appeal_panel.register()
        duties.register()
        retention.register()
