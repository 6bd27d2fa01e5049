"""The forms of the queue: what to show, and under which name to keep it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nightlight.assess.filters import CLOCK, END, LONGEST_AGE, SINCE
from nightlight.assess.saved import LONGEST_NAME
from nightlight.casebook import sieves
from nightlight.casebook.words import ReportKind, SiteType, State

ANY: list[tuple[str, Any]] = [("", _("any"))]


class FilterForm(forms.Form):
    """Each left empty where it does not narrow."""

    state = forms.ChoiceField(choices=[("", _("to do")), *State.choices], required=False, label=_("State"))
    kind = forms.ChoiceField(choices=[*ANY, *ReportKind.choices], required=False, label=_("Kind"))
    country = forms.CharField(
        required=False, max_length=16, label=_("Host in"), help_text=_("Two letters, or onion")
    )
    domain = forms.CharField(
        required=False, max_length=253, label=_("Site"), help_text=_("Like site.example")
    )
    site_type = forms.ChoiceField(
        choices=[*ANY, *SiteType.choices],
        required=False,
        label=_("Kind of site"),
        help_text=_("As last settled for its host"),
    )
    hours = forms.IntegerField(
        required=False, min_value=1, max_value=LONGEST_AGE, label=_("Waits at least, in hours")
    )
    stays = forms.IntegerField(
        required=False, min_value=1, max_value=LONGEST_AGE, label=_("In its state at least, in hours")
    )
    ends = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=LONGEST_AGE,
        label=_("A clock ends within, in hours"),
        help_text=_("A notice's deadline, or a hold"),
    )
    sieve = forms.ChoiceField(required=False, label=_("Only"))
    mine = forms.ChoiceField(
        choices=[("", _("anybody's")), ("1", _("taken by me"))], required=False, label=_("With")
    )
    order = forms.ChoiceField(
        choices=[
            ("", _("danger, rank, arrival")),
            (CLOCK, _("longest since it was reported")),
            (SINCE, _("longest in its state")),
            (END, _("next deadline or end of a hold")),
        ],
        required=False,
        label=_("Order"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        only = self.fields["sieve"]
        assert isinstance(only, forms.ChoiceField)  # noqa: S101 - for the type checker
        only.choices = [*ANY, *((sieve.name, sieve.label) for sieve in sieves.all_sieves())]


class ViewForm(forms.Form):
    """The name of a view; what it shows goes along hidden."""

    name = forms.CharField(max_length=LONGEST_NAME, label=_("Keep this view as"))
