from django.apps import AppConfig


class ReferralConfig(AppConfig):
    name = "nightlight.referral"
    label = "referral"

    def ready(self) -> None:
        from nightlight.referral import duties, good_news, listen, panel, retention, texts

        listen.connect()
        panel.register()
        duties.register()
        texts.register()
        retention.register()
        good_news.register()
