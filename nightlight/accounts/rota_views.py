"""The rota's page: who is on duty when, the days without duty, and how the urgent path is set."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dates import WEEKDAYS
from django.views.decorators.http import require_GET, require_POST

from nightlight.accounts import rota
from nightlight.accounts.access import allow, person
from nightlight.accounts.permissions import Permission
from nightlight.accounts.rota_forms import DayOffForm, ShiftForm, UrgentForm
from nightlight.accounts.rota_models import DayOff, Shift

SET = Permission.ROTA_SET


@allow(SET)
@require_GET
def rota_page(request: HttpRequest) -> HttpResponse:
    """The rota."""
    return _page(request)


@allow(SET)
@require_POST
def add_shift(request: HttpRequest) -> HttpResponse:
    """Puts somebody on the rota."""
    form = ShiftForm(request.POST, people=rota.everyone())
    if form.is_valid():
        said = form.cleaned_data
        if _accepted(
            form,
            lambda: rota.add(
                said["person"],
                Shift.Place(said["place"]),
                said["weekdays"],
                said["begins"],
                said["ends"],
                person(request),
            ),
        ):
            return redirect("rota")
    return _page(request, shift=form, status=422)


@allow(SET)
@require_POST
def drop_shift(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Takes a shift out."""
    rota.drop(get_object_or_404(Shift, pk=pk), person(request))
    return redirect("rota")


@allow(SET)
@require_POST
def add_day_off(request: HttpRequest) -> HttpResponse:
    """Names a day without duty."""
    form = DayOffForm(request.POST)
    if form.is_valid():
        rota.add_day_off(form.cleaned_data["day"], person(request))
        return redirect("rota")
    return _page(request, day_off=form, status=422)


@allow(SET)
@require_POST
def drop_day_off(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Takes a day without duty back."""
    rota.drop_day_off(get_object_or_404(DayOff, pk=pk), person(request))
    return redirect("rota")


@allow(SET)
@require_POST
def set_urgent(request: HttpRequest) -> HttpResponse:
    """Sets the police number, the clock and the time zone."""
    form = UrgentForm(request.POST)
    if form.is_valid() and _accepted(form, lambda: rota.set_rule(**form.cleaned_data, by=person(request))):
        return redirect("rota")
    return _page(request, urgent=form, status=422)


def _accepted(form: Any, act: Callable[[], object]) -> bool:
    try:
        act()
    except rota.RotaRefused as refused:
        form.add_error(refused.field, str(refused))
        return False
    return True


def _page(
    request: HttpRequest,
    *,
    shift: ShiftForm | None = None,
    day_off: DayOffForm | None = None,
    urgent: UrgentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    table, people = rota.read(), rota.everyone()
    setting = table.setting
    able = {each.pk for each in people}
    everything = Shift.objects.select_related("person").order_by("weekday", "begins", "place")
    shifts = list(everything)
    week = [
        (name, [(row, row.person_id in able) for row in shifts if row.weekday == number])
        for number, name in WEEKDAYS.items()
    ]
    context = {
        "setting": setting,
        "hours": table.hours(),
        "duty": [(place.label, table.on_duty(place)) for place in Shift.Place],
        "week": week,
        "days_off": DayOff.objects.filter(day__gte=table.now.date()).order_by("day"),
        "shift": shift or ShiftForm(people=people),
        "day_off": day_off or DayOffForm(),
        "urgent": urgent or UrgentForm(initial=_as_initial(setting)),
        "default_minutes": rota.DEFAULT_MINUTES,
    }
    return render(request, "accounts/rota.html", context, status=status)


def _as_initial(setting: Any) -> dict[str, object]:
    if setting is None:
        return {"minutes": rota.DEFAULT_MINUTES, "zone": "UTC"}
    return {name: getattr(setting, name) for name in ("zone", "minutes", "police_number", "police_name")}
