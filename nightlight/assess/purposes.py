"""Why somebody searches or reveals: a word of a list, so that the log holds no free text."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SearchPurpose(TextChoices):
    """Why a case is looked up."""

    WORK = "work", _("To work on the case")
    REPORTER = "reporter", _("Its reporter asks")
    PROVIDER = "provider", _("A provider asks")
    POLICE = "police", _("Police ask")
    PARTNER = "partner", _("A partner hotline asks")
    APPEAL = "appeal", _("For an appeal")


class RevealPurpose(TextChoices):
    """Why a medium is looked at."""

    GRADE = "grade", _("To grade it")
    SECOND_LOOK = "second_look", _("For the second look")
    CHILD = "child", _("To help identify a child")
    POLICE = "police", _("Police ask")
