"""The pages of the urgent path: every alarm, one alarm, and what each desk page shows of those that wait."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from nightlight.accounts import rota
from nightlight.accounts.access import allow, person
from nightlight.accounts.permissions import Permission
from nightlight.triage import alarm_care, alarm_mail, alarm_sight, alarms, drills
from nightlight.triage.alarm_banner import banner
from nightlight.triage.alarm_forms import CallForm, OfferForm, WithoutCallForm
from nightlight.triage.alarm_models import Alarm, AlarmMail
from nightlight.work import clock

PAST, PAST_DRILLS = 50, 10  # on the list
REFUSALS = (alarms.NotNow, alarms.NotAllowed)


@allow(Permission.ALARM_READ)
@require_GET
def every_alarm(request: HttpRequest) -> HttpResponse:
    """Alarms that are open, who is on duty, the drills, and what was closed."""
    known = Alarm.objects.select_related("held_by", "closed_by", "begun_by", "case").prefetch_related(
        "case__assessments"
    )
    table, reader = rota.read(), person(request)
    open_ = alarm_sight.for_reader(known.exclude(state=Alarm.State.CLOSED).order_by("raised_at"), reader)
    past = known.filter(state=Alarm.State.CLOSED).order_by("-closed_at")
    context = {
        "open": sorted(open_, key=alarms.urgency),
        "past": alarm_sight.for_reader(past.filter(drill=False)[:PAST], reader),
        "drills": [
            (drill, drills.verdict(drill))
            for drill in drills.all_drills().order_by("-raised_at")[:PAST_DRILLS]
        ],
        "duty": [(place.label, table.on_duty(place)) for place in rota.Place],
        "setting": table.setting,
        "may_drill": reader.may(Permission.ROTA_SET),
    }
    return render(request, "triage/alarms.html", context)


@allow(Permission.ALARM_READ)
@require_GET
def show_banner(request: HttpRequest) -> HttpResponse:
    """What the head of every desk page shows, for the script that asks again."""
    return render(request, "triage/alarm_banner.html", banner(person(request)))


@allow(Permission.ALARM_READ)
@require_GET
def one_alarm(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """One alarm: the police first."""
    return _page(request, alarm_id)


@allow(Permission.ALARM_TAKE)
@require_POST
def take(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Takes it."""
    return _act(request, alarm_id, lambda: alarms.take(alarm_id, person(request)))


@allow(Permission.ALARM_TAKE)
@require_POST
def call(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Records the call to the police."""
    form = CallForm(request.POST)
    if not form.is_valid():
        return _page(request, alarm_id, call=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    act = lambda: alarms.record_call(alarm_id, person(request), **form.cleaned_data)  # noqa: E731
    return _act(request, alarm_id, act, call=form)


@allow(Permission.ALARM_TAKE)
@require_POST
def offer(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Asks a colleague to take over."""
    form = OfferForm(request.POST, people=alarm_care.may_take_over(person(request)).people)
    if not form.is_valid():
        return _page(request, alarm_id, offer=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    act = lambda: alarms.offer(alarm_id, person(request), form.cleaned_data["to"])  # noqa: E731
    return _act(request, alarm_id, act, offer=form)


@allow(Permission.ALARM_TAKE)
@require_POST
def close(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Closes it; the call is on record."""
    return _act(request, alarm_id, lambda: alarms.close(alarm_id, person(request)))


@allow(Permission.ALARM_SPARE)
@require_POST
def close_without_call(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Closes it without a call, with the reason."""
    form = WithoutCallForm(request.POST)
    if not form.is_valid():
        return _page(request, alarm_id, spare=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    act = lambda: alarms.close_without_call(alarm_id, person(request), form.cleaned_data["why"])  # noqa: E731
    return _act(request, alarm_id, act, spare=form)


@allow(Permission.ROTA_SET)
@require_POST
def begin_drill(request: HttpRequest) -> HttpResponse:
    """Begins a drill."""
    try:
        drills.begin(person(request))
    except REFUSALS as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The drill began: whoever is on duty is being told."))
    return redirect("alarms")


def _act(request: HttpRequest, alarm_id: UUID, act: Callable[[], object], **forms: Any) -> HttpResponse:
    """Calls one verb and goes back to the alarm; what is refused is said there."""
    try:
        act()
    except Alarm.DoesNotExist:
        raise Http404 from None
    except alarms.Incomplete as wrong:
        (form,) = forms.values()
        form.add_error(wrong.field, str(wrong))
        return _page(request, alarm_id, **forms, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except REFUSALS as refused:
        messages.error(request, str(refused))
    return redirect("alarm", alarm_id)


def _page(
    request: HttpRequest,
    alarm_id: UUID,
    *,
    call: CallForm | None = None,
    offer: OfferForm | None = None,
    spare: WithoutCallForm | None = None,
    status: int = 200,
) -> HttpResponse:
    known = Alarm.objects.select_related("case", "held_by", "offered_to", "closed_by", "begun_by")
    alarm, reader = get_object_or_404(known, pk=alarm_id), person(request)
    alarm.held_back = alarm_sight.is_held_back(alarm, reader)
    is_open = alarm.state != Alarm.State.CLOSED
    mine = is_open and alarm.held_by_id == reader.pk
    colleagues = alarm_care.may_take_over(reader) if mine else alarm_care.Asked([])
    mails = list(alarm.mails.select_related("person").order_by("pk"))
    free = alarm.held_by_id is None or alarm.offered_to_id == reader.pk or alarm.unattended_at is not None
    context = {
        "alarm": alarm,
        "setting": rota.rule(),
        "calls": list(alarm.calls.select_related("by").order_by("called_at")),
        "mails": [(mail, alarm_mail.WHY_NOT.get(mail.why_not, "")) for mail in mails],
        "beyond_care": any(mail.step == AlarmMail.Step.CARE for mail in mails),
        "nobody_rested": not colleagues.within,
        "others": alarm.cases - 1,
        "verdict": drills.verdict(alarm) if alarm.drill else None,
        "is_open": is_open,
        "mine": mine,
        "may_take": is_open and free and not mine and reader.may(Permission.ALARM_TAKE),
        "may_spare": is_open and reader.may(Permission.ALARM_SPARE),
        "may_open_case": reader.may(Permission.CASE_READ),
        "call": call or CallForm.at(clock.now()),
        "offer": offer or OfferForm(people=colleagues.people),
        "spare": spare or WithoutCallForm(),
    }
    return render(request, "triage/alarm.html", context, status=status)
