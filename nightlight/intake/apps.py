from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "nightlight.intake"
    label = "intake"

    def ready(self) -> None:
        from nightlight.intake import contact_panel, duties, listen, own_image_panel, panel, retention

        listen.connect()
        panel.register()
        contact_panel.register()
        own_image_panel.register()
        duties.register()
        retention.register()
