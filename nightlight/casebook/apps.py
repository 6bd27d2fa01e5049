from django.apps import AppConfig


class CasebookConfig(AppConfig):
    name = "nightlight.casebook"
    label = "casebook"

    def ready(self) -> None:
        from nightlight.audit.triggers import GUARDED
        from nightlight.casebook import retention  # noqa: F401 - declares the daily purge

        # an assessment is never changed, only followed by another
        GUARDED.update(casebook_assessment=("id",), casebook_assessment_media=("id",))
