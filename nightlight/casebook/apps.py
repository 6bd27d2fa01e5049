from django.apps import AppConfig


class CasebookConfig(AppConfig):
    name = "nightlight.casebook"
    label = "casebook"

    def ready(self) -> None:
        from nightlight.audit.triggers import GUARDED

        # an assessment is never changed, only followed by another
        GUARDED.update(casebook_assessment=("id",), casebook_assessment_media=("id",))
