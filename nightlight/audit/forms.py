"""The inspector's forms: nothing is searched or taken away without a purpose."""

from datetime import UTC, datetime, time, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _


class Purpose(forms.Form):
    """Why: recorded, sealed, with the name of whoever asks."""

    purpose = forms.CharField(
        max_length=200,
        label=_("What for"),
        help_text=_("Recorded with your name in this log. Name no person and no address."),
    )


class Search(Purpose):
    """One word to look for."""

    sought = forms.RegexField(
        r"^\S+$",
        max_length=100,
        label=_("Look for"),
        help_text=_("An id, case:… with its id, a colleague's e-mail, or a verb such as intake.receive."),
        error_messages={"invalid": _("One word without spaces.")},
    )
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)
    field_order = ["sought", "purpose", "before"]


class Export(Purpose):
    """From a day to a day, both included."""

    first = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    field_order = ["first", "last", "purpose"]

    def span(self) -> tuple[datetime, datetime]:
        """The moments the days begin and end, UTC."""
        first = datetime.combine(self.cleaned_data["first"], time(), UTC)
        last = datetime.combine(self.cleaned_data["last"], time(), UTC)
        return first, last + timedelta(days=1)
