"""The records of the urgent path: alarms, the calls made to the police, and the mails that told our own people."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from nightlight.casebook.models import Case, Report, Row
from nightlight.casebook.sealed import SealedField


class Alarm(Row):
    """Something that can't wait for its turn: somebody must take it, and the police are told first.

    A drill has neither Case nor Report. A report about many cases raises one alarm, on the first of them.
    """

    class Reason(models.TextChoices):
        """Most urgent first."""

        DANGER_NOW = "danger_now", _("A child is said to be in danger now")
        LIVE_STREAM = "live_stream", _("It is live: what happens may still be stopped")
        CONTACT = "contact", _("Somebody is in contact with a child, or threatens somebody")
        PERSON = "person", _("A child asks for help, or a suspected account is named")

    class State(models.TextChoices):
        WAITING = "waiting", _("Nobody has it")
        TAKEN = "taken", _("Somebody has it")
        CLOSED = "closed", _("Closed")

    class Ending(models.TextChoices):
        POLICE_TOLD = "police_told", _("The police were told")
        NO_CALL = "no_call", _("Closed without a call")

    class Step(models.TextChoices):
        """Who was told so far."""

        FIRST = "first", _("the first person")
        SECOND = "second", _("the second person")
        EVERYONE = "everyone", _("everybody who may take alarms")

    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="alarms")
    report = models.ForeignKey(Report, null=True, on_delete=models.PROTECT, related_name="+")
    cases = models.PositiveIntegerField(default=1)  # how many cases that report is about
    reason = models.CharField(max_length=16, choices=Reason)
    by_desk = models.BooleanField(default=False)  # no report, but what somebody found at the desk, raised it
    found = models.CharField(
        max_length=16, choices=Reason, blank=True
    )  # at the desk, beside what was reported
    drill = models.BooleanField(default=False)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )  # of a drill
    raised_at = models.DateTimeField()
    answer_by = models.DateTimeField()  # after that the next person is told
    step = models.CharField(max_length=8, choices=Step, default=Step.FIRST)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    again = models.PositiveIntegerField(default=0)  # urgent reports that came while it was open
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="alarms"
    )
    offered_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)  # the first time somebody took it
    touched_at = models.DateTimeField()  # the last time somebody did something about it
    unattended_at = models.DateTimeField(null=True)  # the hourly check found that nobody did
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ending = models.CharField(max_length=16, choices=Ending, blank=True)
    why = SealedField()  # why it was closed without a call

    held_back = False  # from whoever reads it now; see alarm_sight.py

    class Meta:
        indexes = [models.Index(fields=["state", "raised_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=~Q(state="closed"), name="one_open_alarm_of_a_case"
            ),
            models.UniqueConstraint(
                fields=["drill"], condition=Q(drill=True) & ~Q(state="closed"), name="one_drill_at_a_time"
            ),
        ]


class PoliceCall(Row):
    """One call to the police about an Alarm: when, under which number they keep it, and who answered."""

    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="calls")
    called_at = models.DateTimeField()
    incident_number = SealedField()
    answered_by = SealedField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class AlarmMail(Row):
    """One mail to one of our own people: an alarm waits. It holds nothing of the report."""

    class Step(models.TextChoices):
        """Why this person is told."""

        FIRST = "first"
        SECOND = "second"
        EVERYONE = "everyone"
        OFFERED = "offered"
        UNATTENDED = "unattended"
        CARE = "care"  # nobody within the limits of care was left at one of the other steps

    class State(models.TextChoices):
        QUEUED = "queued", _("Not sent yet")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        REFUSED = "refused", _("Their server refused it")
        IN_DOUBT = "in_doubt", _("May or may not have left")
        SPARED = "spared", _("Not needed any more")  # somebody took the alarm before it left

    alarm = models.ForeignKey(Alarm, on_delete=models.PROTECT, related_name="mails")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=12, choices=Step)
    round = models.PositiveIntegerField(default=0)  # tells two mails of the same step apart
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    why_not = models.CharField(max_length=24, blank=True)  # why it has not left; see alarm_mail.WHY_NOT
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    # Many within the hour are told in one mail: the first waits and takes the others with it; see alarm_digest.py.
    gathering = models.BooleanField(default=False)  # it waits, and still takes more with it
    carrier = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="gathered")

    class Meta:
        indexes = [models.Index(fields=["person", "queued_at"])]
        constraints = [
            models.UniqueConstraint(fields=["alarm", "person", "step", "round"], name="one_alarm_mail")
        ]
