from django.apps import AppConfig


class CasebookConfig(AppConfig):
    name = "nightlight.casebook"
    label = "casebook"

    def ready(self) -> None:
        from nightlight.audit.triggers import GUARDED
        from nightlight.casebook import retention  # noqa: F401 - declares the daily purge

        # an assessment is never changed, only followed by another
        GUARDED.update(casebook_assessment=("id",), casebook_assessment_media=("id",))

        from django.db.models.signals import post_migrate

        from nightlight.casebook import holds, tally, ticking
        from nightlight.casebook.words import State

        ticking.register(ticking.Clock("hold", frozenset({State.ON_HOLD}), holds.active_until))

        post_migrate.connect(tally.after_migrate, sender=self, dispatch_uid="casebook.tally")

        from nightlight.casebook import upkeep
        from nightlight.work import worker

        if upkeep.keep_index not in worker.beside:
            worker.beside.append(upkeep.keep_index)
