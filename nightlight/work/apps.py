from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class WorkConfig(AppConfig):
    name = "nightlight.work"
    label = "work"

    def ready(self) -> None:
        connection_created.connect(_without_jit, dispatch_uid="work.without_jit")


def _without_jit(connection: Any, **more: Any) -> None:
    """PostgreSQL compiles a query that it thinks expensive, which takes longer than any query of ours does."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET jit = off")
