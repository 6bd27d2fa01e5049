"""The forms of care: a person's own choices, and the limits of the house."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nightlight.assess.welfare_models import CareChoice
from nightlight.assess.welfare_verbs import BOUNDS
from nightlight.casebook.words import ReportKind

LABELS: dict[str, Promise] = {
    "day_minutes": _("Minutes with material in a day"),
    "run_minutes": _("Minutes with material until a break is due"),
    "break_minutes": _("Minutes without material that make a break"),
    "last_minutes": _("Minutes at the end of a shift without new material"),
    "hold_seconds": _("Seconds after which a medium is hidden though the key is held"),
}


class ChoiceForm(forms.Form):
    """What somebody chooses for themselves."""

    kinds_off = forms.MultipleChoiceField(
        choices=ReportKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Kinds I am not offered"),
        help_text=_("Nobody asks why, and nobody else sees it. You can change it at any time."),
    )
    blur = forms.ChoiceField(
        choices=CareChoice.Blur.choices, widget=forms.RadioSelect, label=_("Blur of what I reveal")
    )
    grey = forms.BooleanField(required=False, label=_("Show it in grey"))
    day_ends = forms.TimeField(
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        label=_("My working day ends at"),
        help_text=_(
            "Before that, nothing new is shown for a while. Empty: the rota says it, if you are on it."
        ),
    )


class LimitsForm(forms.Form):
    """The limits of the house."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (least, most) in BOUNDS.items():
            self.fields[name] = forms.IntegerField(
                min_value=least,
                max_value=most,
                label=str(LABELS[name]),
                help_text=_("From %(least)d to %(most)d.") % {"least": least, "most": most},
            )
