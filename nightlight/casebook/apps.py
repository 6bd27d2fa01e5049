from django.apps import AppConfig


class CasebookConfig(AppConfig):
    name = "nightlight.casebook"
    label = "casebook"

    def ready(self) -> None:
        from nightlight.audit.triggers import GUARDED

        # an assessment is never changed, only followed by another
        GUARDED.update(casebook_assessment=("id",), casebook_assessment_media=("id",))

        from nightlight.casebook import upkeep
        from nightlight.work import worker

        if upkeep.keep_index not in worker.beside:
            worker.beside.append(upkeep.keep_index)
