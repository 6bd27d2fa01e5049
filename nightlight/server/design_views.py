"""The living page of the design system: tokens, and each component out of the templates that real pages use."""

from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from nightlight.accounts.access import allow
from nightlight.accounts.permissions import Permission
from nightlight.casebook.words import ReportKind
from nightlight.server import design
from nightlight.work import clock

NOBODY = UUID(int=0)
BARS = ((_("Within 24 hours"), 62), (_("Within 3 days"), 81), (_("Within 10 days"), 94))


@dataclass(frozen=True, slots=True)
class Stage:
    """One way to show everything: `look` is day or night, `direction` that of writing."""

    name: Promise
    look: str
    direction: str


STAGES = (
    Stage(_("By day"), "day", "ltr"),
    Stage(_("By night"), "night", "ltr"),
    Stage(_("By day, from right to left"), "day", "rtl"),
    Stage(_("By night, from right to left"), "night", "rtl"),
)


class SampleForm(forms.Form):
    """A field of each kind; what is not filled in has its error beside it."""

    address = forms.CharField(label=_("Address"), help_text=_("The full web address."))
    kind = forms.ChoiceField(label=_("Kind"), choices=ReportKind.choices[:3], widget=forms.RadioSelect)
    country = forms.ChoiceField(
        label=_("Country"), choices=[("", "–"), ("NL", "NL"), ("DE", "DE")], required=False
    )
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    sure = forms.BooleanField(label=_("I read it back"), required=False)


@allow(Permission.MATRIX_READ)
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Every token, and every component by day and by night, in both directions of writing."""
    stages = [
        (stage, SampleForm(prefix=f"plain{number}"), SampleForm({}, prefix=f"wrong{number}"))
        for number, stage in enumerate(STAGES)
    ]
    words = {
        "colours": list(design.colours()),
        "sizes": design.sizes(),
        "stages": stages,
        "alarms": [
            _alarm("danger_now", _("A child is in danger now")),
            _alarm("live", _("A live stream"), drill=True),
        ],
        "alarm_clock": clock.now(),
        "rows": [
            SimpleNamespace(case=SimpleNamespace(danger_now=True), mine=True, looked=False),
            SimpleNamespace(case=SimpleNamespace(danger_now=False), held_by="Jonas Okafor", looked=True),
        ],
        "bars": [(label, share, 3 * share, 40 * number) for number, (label, share) in enumerate(BARS)],
    }
    return render(request, "office/design.html", words)


def _alarm(reason: str, said: Promise, *, drill: bool = False) -> SimpleNamespace:
    return SimpleNamespace(
        pk=NOBODY,
        reason=reason,
        drill=drill,
        get_reason_display=said,
        held_by_id=None,
        raised_at=clock.now() - timedelta(minutes=4),
        answer_by=clock.now() + timedelta(minutes=11),
    )
