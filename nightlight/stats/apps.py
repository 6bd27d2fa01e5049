from django.apps import AppConfig


class StatsConfig(AppConfig):
    name = "nightlight.stats"
    label = "stats"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from nightlight.stats import marks, own  # noqa: F401 - own declares the counting of what is marked

        post_migrate.connect(marks.after_migrate, sender=self, dispatch_uid="stats.marks")
