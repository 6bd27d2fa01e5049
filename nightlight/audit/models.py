"""Entries, their places in the tree, and signed checkpoints: insert-only, guarded by triggers."""

from django.db import models

from nightlight.vault import seal, unseal
from nightlight.work.home import ring
from nightlight.work.ids import new_id


class Entry(models.Model):
    """One thing that was done. Never changed; `facts` holds ids, numbers and words from vocabularies, no text."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField()  # the hotline's clock
    recorded_at = models.DateTimeField()  # real time
    actor = models.CharField(max_length=64)  # person:<id>, member:<name>, reporter, provider, system
    verb = models.CharField(max_length=64, db_index=True)  # stage.verb, such as intake.receive
    about = models.CharField(max_length=64, blank=True, db_index=True)  # case:<id>, report:<id> …
    sealed_purpose = models.BinaryField(default=b"")  # reveals, searches, exports, identity reads
    facts = models.JSONField(default=dict)
    leaf = models.CharField(max_length=64)  # hex of the RFC 6962 leaf hash of the canonical JSON

    class Meta:
        indexes = [models.Index(fields=["verb", "at"])]  # the review reads some verbs of some weeks

    @property
    def purpose(self) -> str:
        """Why it was done, in the person's own words; empty where no purpose was asked.

        Raises vault.CannotOpen if the ciphertext was changed or moved.
        """
        sealed = bytes(self.sealed_purpose)
        return (
            unseal(ring(), sealed, table="audit_entry", column="purpose", row=str(self.pk)) if sealed else ""
        )

    def set_purpose(self, text: str) -> None:
        """Seals the purpose of an entry that is not saved yet. Its ciphertext, not its text, is in the leaf."""
        self.sealed_purpose = (
            seal(ring(), text, table="audit_entry", column="purpose", row=str(self.pk)) if text else b""
        )


class Pending(models.Model):
    """Entries the sequencer has not placed yet."""

    entry_id = models.UUIDField(primary_key=True)


class Leaf(models.Model):
    """The place of an entry in the tree, from 0 and without gaps."""

    seq = models.PositiveBigIntegerField(primary_key=True)
    entry_id = models.UUIDField(unique=True)
    hash = models.CharField(max_length=64)


class Tree(models.Model):
    """One row: how far the sequencer came."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.PositiveBigIntegerField(default=0)
    frontier = models.JSONField(default=list)


class Checkpoint(models.Model):
    """A signed tree head: size, root and time; also appended to `checkpoints.log` in the home."""

    size = models.PositiveBigIntegerField(primary_key=True)
    root = models.CharField(max_length=64)
    at = models.DateTimeField()  # real time
    signature = models.TextField()
