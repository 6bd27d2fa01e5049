"""What every record of the house has."""

from django.db import models

from nightlight.work.ids import new_id


class Row(models.Model):
    """Every record has a UUIDv7 id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True
