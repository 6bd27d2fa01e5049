"""The pages of the door "It is about me". They set no cookie: what was answered travels in the form until it is sent.

No page asks for the picture. Where scripts run, fingerprints are made on the reader's device (`pdq.js`) and travel like
any other answer, once the reader said yes to it; no field carries a file.
"""

from typing import Any

from csp.decorators import csp_update
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from nightlight.accounts import rota
from nightlight.accounts.access import public
from nightlight.accounts.own_form import own_form
from nightlight.intake import limits, verbs
from nightlight.intake.own_image import Told, tell
from nightlight.intake.own_image_elsewhere import places
from nightlight.intake.own_image_forms import STEPS, Step, answered, read_prints
from nightlight.intake.own_image_models import Age, Happened, Who

_BY_NAME = {step.name: number for number, step in enumerate(STEPS)}
_MANY = ("happened",)  # what may have several values


@public
@require_GET
def door(request: HttpRequest) -> HttpResponse:
    """What we keep private, when we must tell someone, what we can't do, and the way in."""
    return render(request, "intake/own_start.html")


@public
@require_http_methods(["GET", "HEAD", "POST"])
@csp_update(
    {"worker-src": ["'self'"], "media-src": ["blob:"]}
)  # a worker hashes; frames of a video on the device
@own_form
def step(request: HttpRequest) -> HttpResponse:
    """One question after the other; the last one sends, and answers with the receipt."""
    if request.method != "POST":
        return _ask(request, 0)
    number = _BY_NAME.get(request.POST.get("step", ""), 0)
    if "back" in request.POST:
        return _ask(request, max(0, number - 1))
    form = STEPS[number].form(request.POST)
    if not form.is_valid():
        return _ask(request, number, form)
    if request.POST.get("age") == Age.OVER:
        words = {"places": places(), "carried": _carried(request, STEPS[0])}
        return render(request, "intake/own_adult.html", words)
    if number + 1 < len(STEPS):
        return _ask(request, number + 1)
    return _send(request)


def _send(request: HttpRequest) -> HttpResponse:
    given: dict[str, Any] = {}
    for number, each in enumerate(STEPS):
        form = each.form(request.POST)
        if not form.is_valid():
            return _ask(request, number, form)
        given |= form.cleaned_data
    try:
        limits.knock(request, "report")
        once = limits.check_stamp(request.POST.get("stamp", ""))
        too_many = bool(given["prints"]) and limits.too_many_prints(request)
        received = tell(_told(given), too_many=too_many, form=once)
    except limits.TooOften:
        said = _("Many messages came from here within the hour. Please try again a little later.")
        return _ask(request, len(STEPS) - 1, form, said, 429)
    except (limits.TooSoon, verbs.OtherContent) as soon:
        said = _("Please look once more and send it again. Nothing you wrote is lost.")
        stamp = request.POST["stamp"] if isinstance(soon, limits.TooFast) else ""
        return _ask(request, len(STEPS) - 1, form, said, stamp=stamp)
    except verbs.TooMuch:
        said = _(
            "This is more than one message can carry. Please send some now and the rest in a second one."
        )
        return _ask(request, _BY_NAME["where"], None, said)
    words = {
        "received": received,
        "listed": sum(not row.kept_off for row in received.own_prints),
        "not_listed": {row.get_kept_off_display() for row in received.own_prints if row.kept_off},
        "urgent": given["happening_now"],
        "threatened": Happened.THREATENED in given["happened"],
        "hours": rota.hours(),
    }
    return render(request, "intake/own_thanks.html", words)


def _told(given: dict[str, Any]) -> Told:
    return Told(
        age=Age(given["age"]),
        who=Who(given["who"]) if given["who"] else None,
        happened=tuple(Happened(each) for each in given["happened"]),
        happening_now=given["happening_now"],
        urls=given["urls"],
        prints=read_prints(given["prints"]),
        text=given["text"],
        place=given["place"],
        reach=given["reach"],
    )


def _ask(
    request: HttpRequest,
    number: int,
    form: forms.Form | None = None,
    said: str = "",
    status: int = 0,
    stamp: str = "",
) -> HttpResponse:
    """The page of one question, with everything answered so far in the form."""
    each = STEPS[number]
    before = answered(request.POST)
    if form is None or said:
        initial = {name: values if name in _MANY else values[-1] for name, values in before.items() if values}
        form = each.form(initial=initial)
    words = {
        "step": each,
        "number": number + 1,
        "steps": len(STEPS),
        "last": number + 1 == len(STEPS),
        "form": form,
        "said": said,
        "carried": _carried(request, each),
        "stamp": stamp or (request.POST.get("stamp", "") if not said else ""),
        "threatened": Happened.THREATENED in before.get("happened", []) and number > _BY_NAME["what"],
        "urgent": "happening_now" in before,
    }
    words["stamp"] = words["stamp"] or limits.new_stamp()
    return render(
        request, "intake/own_step.html", words, status=status or (422 if form.errors or said else 200)
    )


def _carried(request: HttpRequest, but: Step) -> list[tuple[str, str]]:
    """What was answered to all other questions, as the hidden fields of the page."""
    own = but.fields()
    rows = answered(request.POST).items()
    return [(name, value) for name, values in rows if name not in own for value in values]
