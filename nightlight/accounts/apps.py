from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "nightlight.accounts"
    label = "accounts"
