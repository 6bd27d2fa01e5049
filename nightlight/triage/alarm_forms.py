"""The forms of an alarm's page: the call to the police, handing it on, closing it without a call."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nightlight.accounts.models import Person


class CallForm(forms.Form):
    """The call to the police."""

    called_at = forms.DateTimeField(
        label=_("When did you call? (UTC)"),
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    incident_number = forms.CharField(
        max_length=120,
        label=_("Incident number"),
        help_text=_("Ask for it: with it the call can be found again."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    answered_by = forms.CharField(
        max_length=120,
        label=_("Name of who answered"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    @classmethod
    def at(cls, now: datetime) -> "CallForm":
        """An empty form that starts from the present minute, the one before where it has hardly begun."""
        return cls(initial={"called_at": now.astimezone(UTC).replace(second=0, microsecond=0, tzinfo=None)})


class OfferForm(forms.Form):
    """A colleague who is asked to take over."""

    to = forms.ChoiceField(label=_("To whom"))

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {str(person.pk): person for person in people}
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (key, person.name or person.email) for key, person in self._people.items()
        ]

    def clean_to(self) -> Person:
        """The person instead of the id."""
        return self._people[self.cleaned_data["to"]]


class WithoutCallForm(forms.Form):
    """Why the police need not be told."""

    why = forms.CharField(
        max_length=2000, label=_("Why the police need not be told"), widget=forms.Textarea(attrs={"rows": 3})
    )
