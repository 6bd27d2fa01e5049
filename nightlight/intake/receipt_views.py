"""The pages of a receipt: where a report stands, questions, additions, taking it back, and the proof of filing.

The receipt comes in a form's body and goes back in a hidden field: it stands in no address, no cookie and no cache.
"""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nightlight.accounts.access import public
from nightlight.accounts.own_form import own_form
from nightlight.casebook.models import Report
from nightlight.casebook.words import ReportKind
from nightlight.intake import calls, filing, limits, pace, returning, verbs
from nightlight.intake.forms import ReceiptForm
from nightlight.intake.progress import progress
from nightlight.intake.told import WAIT, WORDS
from nightlight.vault.signing import public_jwk
from nightlight.work.home import ring

TOO_OFTEN = gettext_lazy("Asked too often within the hour. Please try again a little later.")
UNKNOWN = gettext_lazy("We know no report with this receipt. Please check the digits.")


@public
@require_http_methods(["GET", "HEAD", "POST"])
@own_form
def receipt(request: HttpRequest) -> HttpResponse:
    """Where a report stands, for whoever holds its receipt. After a call, the first time brings a fresh receipt."""
    if request.method != "POST":
        return render(request, "intake/receipt.html", {"form": ReceiptForm()})

    def show(found: Report, shown: str) -> HttpResponse:
        return _stands(request, found, shown)

    return _with_receipt(request, show)


@public
@require_POST
@own_form
def withdraw(request: HttpRequest) -> HttpResponse:
    """Takes a report back."""

    def take_back(found: Report, shown: str) -> HttpResponse:
        verbs.withdraw(shown)
        return render(request, "intake/withdrawn.html", {"own": found.kind == ReportKind.OWN_IMAGE})

    return _with_receipt(request, take_back)


@public
@require_POST
@own_form
def answer(request: HttpRequest) -> HttpResponse:
    """Answers one question of the desk."""

    def answered(found: Report, shown: str) -> HttpResponse:
        try:
            question = UUID(request.POST.get("question", ""))
            returning.answer(shown, question, request.POST.get("answer", "").replace("\x00", "\ufffd"))
        except ValueError:  # no question of ours, answered before, or empty
            sorry = _(
                "We could not save this answer. Maybe it was empty, or the question was answered before."
            )
            return _stands(request, found, shown, status=422, sorry=sorry)
        return _stands(request, found, shown, done=_("Thank you. We have your answer."))

    return _with_receipt(request, answered)


@public
@require_POST
@own_form
def add(request: HttpRequest) -> HttpResponse:
    """Adds addresses to a report."""

    def added(found: Report, shown: str) -> HttpResponse:
        written = request.POST.get("urls", "").replace("\x00", "\ufffd")
        try:
            limits.knock(request, "report")
            limits.take_stamp(request.POST.get("stamp", ""))
            received = returning.add(shown, written)
        except limits.TooFast:
            again = {"sorry": WAIT % {"seconds": limits.FORM_SECONDS}, "stamp": request.POST["stamp"]}
            return _stands(request, found, shown, status=422, written=written, **again)
        except limits.TooSoon:
            sorry = _("Please look once more and send it again. Nothing you wrote is lost.")
            return _stands(request, found, shown, status=422, sorry=sorry, written=written)
        except (returning.NotNow, verbs.TooMuch):
            sorry = _("We could not add this. Write at least one address, or make a new report.")
            return _stands(request, found, shown, status=422, sorry=sorry, written=written)
        return _stands(
            request, found, shown, done=_("Thank you. We added this to your report."), received=received
        )

    return _with_receipt(request, added)


@public
@require_POST
@own_form
def proof(request: HttpRequest) -> HttpResponse:
    """The proof of filing, to print or, asked for `file`, to keep: date and number, no content."""

    def show(found: Report, shown: str) -> HttpResponse:
        made = filing.proof(found)
        if request.POST.get("as") == "file":
            content = json.dumps(made, ensure_ascii=False, indent=2)
            headers = {"Content-Disposition": 'attachment; filename="proof-of-filing.json"'}
            return HttpResponse(content, content_type="application/json", headers=headers)
        words = {"proof": made, "filed_on": found.received_at, "receipt": shown}
        return render(request, "intake/proof.html", words)

    return _with_receipt(request, show)


@public
@require_GET
def key(request: HttpRequest) -> HttpResponse:
    """Our public key as a JSON Web Key (RFC 8037), with which anybody checks a proof of filing."""
    return JsonResponse(public_jwk(ring()))


def _with_receipt(request: HttpRequest, act: Callable[[Report, str], HttpResponse]) -> HttpResponse:
    """What `act` answers for the report of the posted receipt; else the form, with what to do."""
    form = ReceiptForm(request.POST)
    if not form.is_valid():
        return render(request, "intake/receipt.html", {"form": form}, status=422)
    shown = form.cleaned_data["receipt"]
    try:
        limits.knock(request, "receipt")
        limits.hesitate()
        found = verbs.find(shown)
        if fresh := calls.renew(
            found
        ):  # whoever took the call knew the number: it does nothing but this, once
            return _stands(request, found, fresh, fresh=fresh)
        return act(found, shown)
    except limits.TooOften:
        form.add_error("receipt", TOO_OFTEN)
        return render(request, "intake/receipt.html", {"form": form}, status=429)
    except verbs.UnknownReceipt:
        form.add_error("receipt", UNKNOWN)
        return render(request, "intake/receipt.html", {"form": form}, status=404)


def _stands(
    request: HttpRequest, found: Report, shown: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    """How a report stands, with the questions that wait, and what was just done (`done`) or could not be (`sorry`)."""
    stands = progress(found)
    words = {
        "told": WORDS[stands.stage],
        "pace": pace.told().get(WORDS[stands.stage].span, ""),
        "progress": stands,
        "withdrawn": found.withdrawn_at is not None,
        "own": found.kind == ReportKind.OWN_IMAGE,
        "receipt": shown,
        "stamp": limits.new_stamp(),
        "questions": returning.waiting(found),
        "added": found.additions.count(),
        **more,
    }
    return render(request, "intake/progress.html", words, status=status)
