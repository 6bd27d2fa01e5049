"""The rota: who is on duty for urgent reports, when nobody is, and how the urgent path is set. See `rota.py`."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from nightlight.work.ids import new_id


class Shift(models.Model):
    """One weekly stretch of duty of one person, in the time zone of the newest UrgentRule. One that ends no later
    than it begins ends the next day; from 00:00 to 00:00 is a whole day."""

    class Place(models.TextChoices):
        FIRST = "first", _("First: told at once")
        SECOND = "second", _("Second: told if the first does not answer")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="shifts")
    place = models.CharField(max_length=8, choices=Place)
    weekday = models.PositiveSmallIntegerField()  # 0 is Monday
    begins = models.TimeField()
    ends = models.TimeField()
    by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class DayOff(models.Model):
    """A date on which no shift begins, such as a public holiday."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    day = models.DateField(unique=True)
    by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class UrgentRule(models.Model):
    """How the urgent path is set; the newest row holds. Never changed, only followed by another."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    zone = models.CharField(max_length=64)  # a name of the IANA time zone database
    minutes = models.PositiveSmallIntegerField()  # until the second person is told
    police_number = models.CharField(max_length=40)
    police_name = models.CharField(max_length=120, blank=True)  # whom one reaches there
    by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_index=True)
