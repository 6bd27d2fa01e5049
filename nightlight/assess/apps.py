from django.apps import AppConfig


class AssessConfig(AppConfig):
    name = "nightlight.assess"
    label = "assess"

    def ready(self) -> None:
        from nightlight.assess import listen, panel, search

        listen.connect()
        panel.register()
        search.register()
