"""The form of the members page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from nightlight.sharing.models import ListName


class AgreeForm(forms.Form):
    """Which lists one member takes."""

    lists = forms.MultipleChoiceField(
        label=_("Lists"), choices=ListName, required=False, widget=forms.CheckboxSelectMultiple
    )
