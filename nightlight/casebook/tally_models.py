"""How many cases there are of each state and kind, without counting eleven million rows."""

from django.db import models


class CaseTally(models.Model):
    """A change of how many cases are in a state, of a kind; all rows of a state added up are their number.

    Triggers write a row in the transaction that changes a case, and nobody changes a row of another: so writers never
    wait for one another. `tally.fold` adds them up to one row of each state and kind.
    """

    id = models.BigAutoField(primary_key=True)
    state = models.CharField(max_length=16)
    kind = models.CharField(max_length=24)
    n = models.BigIntegerField()
