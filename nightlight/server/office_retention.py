"""The page of keeping: the rules, what a new one would erase, and what was erased so far."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from nightlight.accounts.access import allow, person
from nightlight.accounts.permissions import Permission
from nightlight.casebook import retention
from nightlight.casebook.models import KeepRule


class KeepForm(forms.Form):
    """How long contents of a kind are kept."""

    kind = forms.ChoiceField(label=gettext_lazy("What"))
    country = forms.RegexField(
        r"^(?:[A-Za-z]{2}|onion)?$",
        required=False,
        label=gettext_lazy("Hosted in"),
        help_text=gettext_lazy("Two letters, such as DE. Empty: everywhere that has no rule of its own."),
    )
    days = forms.IntegerField(
        min_value=1, max_value=retention.MOST_DAYS, label=gettext_lazy("Days it is kept")
    )
    grounds = forms.CharField(
        max_length=200,
        label=gettext_lazy("Law or agreement"),
        help_text=gettext_lazy("What this period stands on, with its article."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(kind.name, kind.label) for kind in retention.all_kinds()]
        self.fields["kind"] = forms.ChoiceField(label=gettext_lazy("What"), choices=choices)


@allow(Permission.RETENTION_MANAGE)
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """Posted with `look`, a rule is only counted; with `record`, it holds from tomorrow."""
    form = KeepForm(request.POST if request.method == "POST" else None)
    would: int | None = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            if request.POST.get("step") == "record":
                retention.record(
                    said["kind"], said["country"], said["days"], said["grounds"], by=person(request)
                )
                messages.success(request, _("Recorded. Nothing is erased before tomorrow at this time."))
                return redirect("retention")
            would = retention.preview(said["kind"], said["country"], said["days"])
        except retention.RuleRefused as refused:
            form.add_error(refused.field, str(refused))
    words = {"form": form, "would": would, "kinds": _kinds()}
    return render(request, "office/retention.html", words, status=422 if form.errors else 200)


@allow(Permission.RETENTION_MANAGE)
@require_POST
def end_rule(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """Ends a rule: nothing more is erased under it."""
    get_object_or_404(KeepRule, pk=rule_id)
    retention.end(rule_id, person(request))
    return redirect("retention")


def _kinds() -> list[tuple[retention.Kind, list[KeepRule], list[retention.Purged]]]:
    """Every kind with its rules, and what was erased under them in each country."""
    held: dict[str, list[KeepRule]] = {}
    for rule in retention.live_rules().select_related("by"):
        held.setdefault(rule.kind, []).append(rule)
    counts: dict[str, list[retention.Purged]] = {}
    for purged in retention.purged():
        counts.setdefault(purged.kind, []).append(purged)
    return [(kind, held.get(kind.name, []), counts.get(kind.name, [])) for kind in retention.all_kinds()]
