"""The office: one calm page that leads to all of administration, the list of switches, and two papers to print."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from nightlight.accounts import mandate, switchboard
from nightlight.accounts.access import allow, person
from nightlight.accounts.forms import MandateForm
from nightlight.accounts.permissions import Permission
from nightlight.casebook import retention
from nightlight.server import inside, office_places, processing
from nightlight.server.findings import Finding, Mark
from nightlight.work import clock

# What a mandate stands on besides its own words: those checks of `doctor` that ask nobody outside.
STANDS_ON = (
    inside.kind,
    inside.address,
    inside.right_to_act,
    inside.people,
    inside.desk_networks,
    inside.desk_devices,
    inside.limits,
    inside.the_log,
    inside.rotations,
    inside.backups,
)


@allow(Permission.MATRIX_READ)
@require_GET
def office(request: HttpRequest) -> HttpResponse:
    """Every place of administration this person may enter."""
    return render(
        request, "office/office.html", {"sections": list(office_places.sections_for(person(request)))}
    )


@allow(Permission.SETTINGS_READ)
@require_GET
def all_settings(request: HttpRequest) -> HttpResponse:
    """Every switch with its state and what happens without it."""
    groups = [(group.label, list(group.rows())) for group in switchboard.all_groups()]
    return render(request, "office/settings.html", {"groups": groups})


@allow(Permission.SETTINGS_READ)
@require_GET
def record_of_processing(request: HttpRequest) -> HttpResponse:
    """The record of processing, with the rules of keeping as they are today."""
    labels = {kind.name: kind.label for kind in retention.all_kinds()}
    rules: dict[str, list[Any]] = {name: [] for name in labels}
    for rule in retention.live_rules():
        rules.setdefault(rule.kind, []).append(rule)
    words = {
        "activities": [
            (each, [(labels[name], rules[name]) for name in each.kinds]) for each in processing.ACTIVITIES
        ],
        "measures": processing.MEASURES,
        "by_hand": processing.BY_HAND,
        "config": settings.NIGHTLIGHT,
        "holds": mandate.current(),
        "now": clock.now(),
    }
    return render(request, "office/processing.html", words)


@allow(Permission.SETTINGS_READ)
@require_GET
def checklist(request: HttpRequest) -> HttpResponse:
    """What the mandate needs: its grounds, and what must stand in the house, with room for signatures."""
    holds, form = mandate.current(), MandateForm()
    names = (*mandate.GROUNDS, "signed_on")
    grounds = [(form[name].label, form[name].help_text, getattr(holds, name, "")) for name in names]
    words = {"grounds": grounds, "holds": holds, "checks": list(_checks()), "now": clock.now(), "ok": Mark.OK}
    return render(request, "office/checklist.html", words)


def _checks() -> Iterator[Finding]:
    for check in STANDS_ON:
        yield from check()
