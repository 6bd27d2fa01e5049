from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "nightlight.accounts"
    label = "accounts"

    def ready(self) -> None:
        from nightlight.accounts import listen, own_duties, own_switches
        from nightlight.audit import triggers

        triggers.GUARDED["accounts_mandate"] = ("id",)
        listen.connect()
        own_duties.register()
        own_switches.register()
