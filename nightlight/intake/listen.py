"""Intake listens to no other stage. Its upkeep forgets what limited the door, and counts how long things take."""

from datetime import timedelta

from nightlight.intake import contact_mail as contact_mail  # declares the due work
from nightlight.intake import limits, pace
from nightlight.work import due

due.every(timedelta(hours=1), "intake.forget")(limits.forget)
due.every(timedelta(hours=1), "intake.pace")(pace.count)


def connect() -> None:
    """Nothing to connect: importing this module declared the upkeep."""
