"""What somebody answered at the door "It is about me": words of our own lists, never free text, and no name."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from nightlight.casebook.models import Report, Row


class Who(models.TextChoices):
    """Who asks."""

    ME = "me", _("The young person")
    PARENT = "parent", _("A parent or carer")
    ADULT = "adult", _("Another adult they trust")


class Age(models.TextChoices):
    """How old whoever is in the picture was."""

    UNDER = "under_18", _("Under 18")
    OVER = "over_18", _("18 or older")
    UNKNOWN = "unknown", _("Not known")


class Happened(models.TextChoices):
    """What happened; several may be true."""

    ASKED = "asked", _("Someone asked for pictures")
    THREATENED = "threatened", _("Someone makes threats")
    SHARED = "shared", _("Someone showed or sent a picture to others")
    LIVE = "live_stream", _("It was in a live video")
    GAME = "game_chat", _("It was in a game or a chat")
    COMPUTER = "computer_made", _("Someone made a picture with a computer")
    OTHER = "other", _("Something else")


class OwnImageAnswers(Row):
    """The answers that came with one report."""

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="own_image_answers")
    who = models.CharField(max_length=8, choices=Who, blank=True)
    age = models.CharField(max_length=8, choices=Age)
    happened = models.JSONField(default=list)  # words of Happened
