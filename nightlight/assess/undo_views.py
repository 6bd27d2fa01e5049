"""The page on which a manager sets how long a decision for many can be undone."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nightlight.accounts.access import allow, person
from nightlight.accounts.permissions import Permission
from nightlight.assess import undo


class UndoForm(forms.Form):
    """The minutes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["minutes"] = forms.IntegerField(
            min_value=undo.LEAST,
            max_value=undo.MOST,
            label=_("Minutes in which it can be undone"),
            help_text=_("From %(least)d to %(most)d. It holds for what is decided from now on.")
            % {"least": undo.LEAST, "most": undo.MOST},
        )


@allow(Permission.GRADING_MANAGE)
@require_http_methods(["GET", "POST"])
def undo_time(request: HttpRequest) -> HttpResponse:
    """How long, and what happens without it."""
    now = int(undo.window().total_seconds() // 60)
    form = UndoForm(request.POST or None, initial={"minutes": now})
    if request.method == "POST" and form.is_valid():
        undo.set_rule(form.cleaned_data["minutes"], person(request))
        messages.success(request, _("Saved."))
        return redirect("undo-time")
    words = {"form": form, "rule": undo.rule(), "default": undo.DEFAULT}
    return render(request, "assess/undo_time.html", words, status=422 if form.errors else 200)
