"""The forms of a manager who publishes an edition or adds a note to one."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from nightlight.stats.edition_models import Edition
from nightlight.stats.rounding import Rounding
from nightlight.work import clock


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class EditionForm(forms.Form):
    """What is frozen under which name."""

    name = forms.CharField(
        label=_("Name"), max_length=64, help_text=_("As people will cite it, such as “2026, first half”.")
    )
    first = forms.DateField(
        label=_("The first day"), required=False, widget=_Day, help_text=_("Empty: from the beginning.")
    )
    last = forms.DateField(
        label=_("The last day"), required=False, widget=_Day, help_text=_("Empty: up to the day as of which.")
    )
    as_of = forms.DateField(label=_("As known on"), widget=_Day)
    rounding = forms.ChoiceField(label=_("Percentages"), choices=Rounding.choices)

    def clean(self) -> dict[str, Any]:
        """A period ends after it begins, and nothing is known of tomorrow."""
        said = super().clean() or {}
        first, last, as_of = said.get("first"), said.get("last"), said.get("as_of")
        if first and last and last < first:
            self.add_error("last", _now("The period ends before it begins."))
        if as_of and as_of > clock.now().date():
            self.add_error("as_of", _now("Nothing is known of this day yet."))
        return said


class ErratumForm(forms.Form):
    """What an edition says wrongly, and what is right."""

    edition = forms.ModelChoiceField(
        Edition.objects.order_by("-published_at").defer("content"),
        label=_("Edition"),
        empty_label=None,
    )
    note = forms.CharField(
        label=_("Note"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text=_("It is public: name no person and no address."),
    )
