"""The record of how long things took lately, which is what reporters are told."""

from django.db import models


class Pace(models.Model):
    """The median of one span of time over the last weeks; no row where too little happened to say."""

    class Span(models.TextChoices):
        DECISION = "decision"  # from the first report to the first decision
        REMOVAL = "removal"  # from that decision until it was gone

    span = models.CharField(max_length=16, choices=Span, primary_key=True)
    seconds = models.PositiveBigIntegerField()
    cases = models.PositiveIntegerField()
    at = models.DateTimeField()  # the hotline's clock
