"""The page of the machines that material may be seen on."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from nightlight.accounts import devices
from nightlight.accounts.access import allow, person
from nightlight.accounts.device_models import DeskDevice
from nightlight.accounts.permissions import Permission


class DeviceForm(forms.Form):
    """What the machine is called."""

    label = forms.CharField(
        max_length=80,
        label=_("Name of this device"),
        help_text=_("Such as where it stands. It names the browser you are using now."),
    )


@allow(Permission.NETWORK_MANAGE)
def desk_devices(request: HttpRequest) -> HttpResponse:
    """The devices that were named; names the one that the manager sits at."""
    form = DeviceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _row, secret = devices.name(form.cleaned_data["label"], person(request))
        answer = redirect("devices")
        devices.mark(answer, secret, secure=request.is_secure())
        return answer
    here = devices.find(devices.seat(request).secret)
    words = {
        "devices": DeskDevice.objects.filter(dropped_at=None).select_related("by").order_by("label", "pk"),
        "here": here.pk if here else None,
        "form": form,
    }
    return render(request, "accounts/devices.html", words, status=422 if form.errors else 200)


@allow(Permission.NETWORK_MANAGE)
@require_POST
def drop_device(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Takes a device back."""
    devices.drop(get_object_or_404(DeskDevice, pk=pk), person(request))
    return redirect("devices")
