"""The forms of referral: a hold, and what came back."""

from datetime import UTC, datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from nightlight.referral.models import What
from nightlight.referral.verbs import MOST_COUNTED

_DAY = forms.DateInput(attrs={"type": "date"})


class HoldForm(forms.Form):
    """Until which day, and the reference of the police."""

    until = forms.DateField(
        label=_("Hold until the end of"), widget=_DAY, help_text=_("That day included, UTC.")
    )
    reference = forms.CharField(label=_("Reference of the police"), max_length=200)

    def moment(self) -> datetime:
        """The last second of the day, UTC."""
        day = self.cleaned_data["until"]
        return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC)


class OutcomeForm(forms.Form):
    """What happened, when, how often, and whether the reporter may be told."""

    what = forms.ChoiceField(label=_("What happened"), choices=What)
    day = forms.DateField(label=_("Day"), widget=_DAY)
    count = forms.IntegerField(
        label=_("How many"), min_value=1, max_value=MOST_COUNTED, initial=1, help_text=_("People, or events.")
    )
    tellable = forms.BooleanField(label=_("The reporter may be told"), required=False)
