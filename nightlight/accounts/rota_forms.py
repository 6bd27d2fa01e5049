"""The forms of the rota's page."""

from zoneinfo import available_timezones

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from nightlight.accounts import rota
from nightlight.accounts.models import Person
from nightlight.accounts.rota_models import Shift


class ShiftForm(forms.Form):
    """Somebody's hours on one or more days of the week."""

    person = forms.ChoiceField(label=_("Who"))
    place = forms.ChoiceField(choices=Shift.Place.choices, label=_("Place"))
    weekdays = forms.TypedMultipleChoiceField(
        choices=list(WEEKDAYS.items()), coerce=int, widget=forms.CheckboxSelectMultiple, label=_("Days")
    )
    begins = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(
        label=_("To"),
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("No later than the beginning means the next day; 00:00 to 00:00 is a whole day."),
    )

    def __init__(self, *args: object, people: list[Person], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._people = {str(person.pk): person for person in people}
        named = [(key, person.name or person.email) for key, person in self._people.items()]
        self.fields["person"].choices = named  # type: ignore[attr-defined]

    def clean_person(self) -> Person:
        """The person instead of the id."""
        return self._people[self.cleaned_data["person"]]


class DayOffForm(forms.Form):
    """A date on which no shift begins."""

    day = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}))


class UrgentForm(forms.Form):
    """How the urgent path is set."""

    police_number = forms.CharField(
        max_length=40,
        label=_("Telephone number of the police"),
        help_text=_(
            "It stands first on every alarm. Agree on it with your police: a line that answers at night."
        ),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    police_name = forms.CharField(
        max_length=120, required=False, label=_("Who answers there"), help_text=_("Such as a unit's name.")
    )
    minutes = forms.IntegerField(
        min_value=1,
        max_value=rota.MOST_MINUTES,
        label=_("Minutes until the second person is told"),
    )
    zone = forms.ChoiceField(
        choices=lambda: [(name, name) for name in sorted(available_timezones())],
        label=_("Time zone of the rota"),
    )
