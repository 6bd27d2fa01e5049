"""The pages of care: one's own, and the limits of the house."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from nightlight.accounts.access import allow, person
from nightlight.accounts.permissions import Permission
from nightlight.assess import welfare, welfare_kept, welfare_verbs
from nightlight.assess.decision import Refused
from nightlight.assess.welfare_forms import ChoiceForm, LimitsForm
from nightlight.assess.welfare_models import CareChoice
from nightlight.casebook import good_news
from nightlight.work import clock

NEWS_SINCE = timedelta(days=30)  # hotline time
MOST_NEWS = 20


@allow(Permission.CASE_READ)
@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """How the reader stands today, what came of their work, and what they choose for themselves."""
    return _own(request)


@allow(Permission.MEDIA_REVEAL)
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Records the reader's own choices."""
    form = ChoiceForm(request.POST)
    if not form.is_valid():
        return _own(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    said = form.cleaned_data
    welfare_verbs.choose(person(request), **said | {"blur": CareChoice.Blur(said["blur"])})
    return redirect("wellbeing")


@allow(Permission.CARE_SET)
def limits(request: HttpRequest) -> HttpResponse:
    """The limits of the house, and whether they were kept; sets them."""
    holds = welfare.rule()
    form = LimitsForm(request.POST or None, initial={n: getattr(holds, n) for n in welfare_verbs.BOUNDS})
    if request.method == "POST" and form.is_valid():
        try:
            welfare_verbs.set_rule(person(request), **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field, refused.message)
        else:
            return redirect("wellbeing-limits")
    words = {
        "form": form,
        "holds": holds,
        "days": welfare_kept.days(),
        "nobody_takes": list(welfare_kept.nobody_takes()),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "assess/limits.html", words, status=status)


def _own(request: HttpRequest, form: ChoiceForm | None = None, status: int = HTTPStatus.OK) -> HttpResponse:
    reader = person(request)
    now, since = welfare.standing(reader), clock.now() - NEWS_SINCE
    words: dict[str, Any] = {
        "care": now,
        "zone": welfare.zone().key,
        "may_choose": reader.may(Permission.MEDIA_REVEAL),
        "form": form or ChoiceForm(initial=_initial(now.choice)),
        "news": good_news.news(reader, since, MOST_NEWS),
    }
    return render(request, "assess/wellbeing.html", words, status=status)


def _initial(chosen: CareChoice) -> dict[str, Any]:
    return {name: getattr(chosen, name) for name in ("kinds_off", "blur", "grey", "day_ends")}
