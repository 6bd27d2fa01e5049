"""What only triage knows of a case and others ask: whether an alarm is open, and whether its page was read whole."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from nightlight.casebook import sieves, whole
from nightlight.casebook.sieves import Sieve
from nightlight.triage.models import Alarm, Reading


def register() -> None:
    """Called once, when Django starts."""
    sieves.register(Sieve("alarm", _("With an alarm"), _with_alarm))
    whole.register(_not_read_whole)


def _with_alarm() -> Q:
    open_alarms = Alarm.objects.exclude(state=Alarm.State.CLOSED).filter(case__isnull=False)
    return Q(pk__in=open_alarms.values("case"))


def _not_read_whole(case_ids: Collection[UUID]) -> set[UUID]:
    """Cases whose page was never read, or whose latest reading left media unread."""
    rows = Reading.objects.filter(case__in=case_ids).order_by("at", "pk")
    latest = dict(rows.values_list("case", "pk"))
    fine = Reading.objects.filter(
        pk__in=list(latest.values()), outcome=Reading.Outcome.READ, media_read__gte=F("media_listed")
    )
    return set(case_ids) - set(fine.values_list("case", flat=True))
