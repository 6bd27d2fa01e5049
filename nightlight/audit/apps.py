from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "nightlight.audit"
    label = "audit"

    def ready(self) -> None:
        from nightlight.audit import checkpoints
        from nightlight.work import worker

        if checkpoints.keep_up not in worker.beside:
            worker.beside.append(checkpoints.keep_up)
