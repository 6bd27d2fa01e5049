from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "nightlight.audit"
    label = "audit"
