"""The records of triage: what reading a reported page gave, also when it gave nothing."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from nightlight.casebook.models import Case, Row
from nightlight.casebook.sealed import SealedField
from nightlight.triage.alarm_models import Alarm as Alarm
from nightlight.triage.alarm_models import AlarmMail as AlarmMail
from nightlight.triage.alarm_models import PoliceCall as PoliceCall
from nightlight.triage.flood_models import Flood as Flood
from nightlight.triage.flood_models import Held as Held
from nightlight.triage.flood_models import Shape as Shape


class Reading(Row):
    """One reading of a Case's page by the machine, before a person looks."""

    class Outcome(models.TextChoices):
        READ = "read", _("Read")
        REMOVED = "removed", _("It reads as removed already")
        TURNED_AWAY = "turned_away", _("The server turned us away")
        NO_MANDATE = "no_mandate", _("Closed: no mandate to fetch")
        ON_HOLD = "on_hold", _("Police asked that nothing be looked at")
        REFUSED = "refused", _("It leads to where we must not go")
        NO_SUCH_NAME = "no_such_name", _("The name does not exist")
        UNREACHABLE = "unreachable", _("No readable answer")
        TOO_LARGE = "too_large", _("More than we read")
        TIMED_OUT = "timed_out", _("No complete answer in time")
        TOO_MANY_REDIRECTS = "too_many_redirects", _("Sent on too often")
        UNREADABLE = "unreadable", _("The page broke its reader, or took too long: a person reads it")
        NO_READER = "no_reader", _("The reader of pages can't be started here: see the doctor")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="readings")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=24, choices=Outcome)
    status = models.PositiveSmallIntegerField(null=True)  # HTTP, of the last hop
    title = SealedField()
    text = SealedField()
    media_listed = models.PositiveIntegerField(default=0)
    media_read = models.PositiveIntegerField(default=0)
    media_known = models.PositiveIntegerField(default=0)  # confirmed in another case
    media_alike = models.PositiveIntegerField(default=0)  # not themselves, but like one that is known
    media_unhashed = models.PositiveIntegerField(default=0)  # only known byte for byte; why stands at each
