from django.apps import AppConfig


class ReferralConfig(AppConfig):
    name = "nightlight.referral"
    label = "referral"

    def ready(self) -> None:
        from nightlight.referral import duties, listen, panel

        listen.connect()
        panel.register()
        duties.register()
