"""The record that a program's request was answered, so that sent again it gets the same answer."""

from django.db import models


class Repeat(models.Model):
    """One Idempotency-Key that was used. It holds no receipt: that follows from the key ring and what is sent again."""

    key_digest = models.CharField(max_length=64, primary_key=True)
    content_digest = models.CharField(max_length=64)
    reports = models.JSONField(default=list)  # ids, in the order of the request
    expires = models.DateTimeField(db_index=True)  # real time
