"""The forms of the members page, and of the panel on a case."""

from django import forms
from django.utils.translation import gettext_lazy as _

from nightlight.casebook.models import Practice
from nightlight.sharing.models import ListName


class AgreeForm(forms.Form):
    """Which lists one member takes."""

    lists = forms.MultipleChoiceField(
        label=_("Lists"), choices=ListName, required=False, widget=forms.CheckboxSelectMultiple
    )


class PracticeForm(forms.Form):
    """Whether the house works in a certain way."""

    practice = forms.ChoiceField(choices=Practice.Name, widget=forms.HiddenInput)
    on = forms.BooleanField(label=_("On"), required=False)


class NeverMatchForm(forms.Form):
    """Whether one media is to match nothing, and why."""

    on = forms.BooleanField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why it is to match nothing"),
        help_text=_("Such as: a logo that many pages show. The desk reads this beside every such match."),
        max_length=400,
        required=False,
    )
    case = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, object]:
        said = super().clean() or {}
        if said.get("on") and not str(said.get("reason") or "").strip():
            self.add_error("reason", _("Say why: others must be able to tell."))
        return said
