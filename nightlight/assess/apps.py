from django.apps import AppConfig


class AssessConfig(AppConfig):
    name = "nightlight.assess"
    label = "assess"

    def ready(self) -> None:
        from nightlight.accounts import strain
        from nightlight.assess import (
            appeal_panel,
            clusters_panel,
            duties,
            grading_switches,
            listen,
            panel,
            people_panel,
            retention,
            search,
            undo,
            welfare,
            welfare_news,
            welfare_switches,
        )

        listen.connect()
        panel.register()
        people_panel.register()
        clusters_panel.register()
        grading_switches.register()
        search.register()
        undo.register()
        appeal_panel.register()
        duties.register()
        retention.register()
        strain.register(welfare.strained)
        welfare_news.register()
        welfare_switches.register()
