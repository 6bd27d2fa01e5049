"""Published editions: frozen numbers, signature and errata for everyone; for a manager the page that makes one."""

import json
from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.shortcuts import render as show
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from nightlight.accounts.access import allow, person, public
from nightlight.accounts.permissions import Permission
from nightlight.stats import editions, paper, words
from nightlight.stats.edition_forms import EditionForm, ErratumForm
from nightlight.stats.edition_models import Edition
from nightlight.stats.small_cells import HIDDEN, SMALLEST
from nightlight.stats.tables import TABLES
from nightlight.stats.views import as_pdf, kept, shown
from nightlight.work import clock


@dataclass(frozen=True, slots=True)
class Later:
    """What became known about an edition's period after its day: so many more and fewer, added up over a table."""

    table: str
    more: str
    fewer: str


@public
@require_safe
@kept
def all_editions(request: HttpRequest) -> HttpResponse:
    """Every published edition, the newest first."""
    found = Edition.objects.order_by("-published_at").prefetch_related("errata").defer("content")
    return show(request, "stats/editions.html", {"editions": found})


@public
@require_safe
@kept
def one_edition(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """The numbers of an edition as they were published, with what is known since."""
    edition = get_object_or_404(Edition, pk=edition_id)
    told = {
        "edition": edition,
        "rounding": edition.get_rounding_display(),
        "errata": edition.errata.order_by("at"),
        "later": _later(edition),
        "tables": [shown(each.name, each.rows) for each in _printed(edition)],
    }
    return show(request, "stats/edition.html", told)


@public
@require_safe
@kept
def edition_data(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """The signed content byte for byte, and the signature over its digest in a header."""
    edition = get_object_or_404(Edition, pk=edition_id)
    answer = HttpResponse(edition.content, content_type="application/json")
    answer["X-Signature"] = edition.signature
    return answer


@public
@require_safe
@kept
def edition_pdf(request: HttpRequest, edition_id: UUID) -> HttpResponse:
    """The whole edition on paper."""
    edition = get_object_or_404(Edition, pk=edition_id)
    lead = [
        _("As known on %(day)s.") % {"day": words.day(edition.as_of)},
        str(edition.get_rounding_display()),
        *(
            _("Erratum of %(day)s: %(note)s") % {"day": words.day(each.at), "note": each.note}
            for each in edition.errata.order_by("at")
        ),
    ]
    title = _("Edition %(name)s") % {"name": edition.name}
    return as_pdf(title, lead, _printed(edition), "edition")


@allow(Permission.STATS_PUBLISH)
@require_http_methods(["GET", "POST"])
def office(request: HttpRequest) -> HttpResponse:
    """Publishes an edition, or adds a note to one."""
    is_note = request.POST.get("step") == "note"
    posted = request.POST if request.method == "POST" else None
    form = EditionForm(
        None if is_note else posted, initial={"as_of": clock.now().date(), "rounding": "whole"}
    )
    note = ErratumForm(posted if is_note else None)
    if posted and is_note and note.is_valid():
        edition = note.cleaned_data["edition"]
        editions.note(edition.name, note.cleaned_data["note"], by=person(request))
        messages.success(request, _("The note stands beside the edition from now on."))
        return redirect("editions-office")
    if posted and not is_note and form.is_valid():
        try:
            editions.publish(**form.cleaned_data, by=person(request))
        except editions.EditionExists:
            form.add_error(
                "name", _("There is an edition of this name. Give another, or add a note to that one.")
            )
        else:
            messages.success(request, _("Published, signed and frozen. Everyone can read it now."))
            return redirect("editions-office")
    found = Edition.objects.order_by("-published_at").defer("content")[:50]
    told = {"form": form, "note": note, "editions": found}
    return show(request, "stats/office_editions.html", told, status=400 if posted else 200)


def _printed(edition: Edition) -> list[paper.Printed]:
    """The tables of an edition that still have a name, in the order of today."""
    held = json.loads(edition.content)
    return [paper.Printed(name, TABLES[name], held[name]) for name in TABLES if name in held]


def _later(edition: Edition) -> list[Later]:
    """By table of the ledger; one or two are not told apart from none, as nobody's story may be read from them."""
    more, fewer = Counter[str](), Counter[str]()
    for each in editions.changed_since(edition.as_of, clock.now().date()):
        (more if each.n > 0 else fewer)[each.table] += abs(each.n)
    return [
        Later(str(words.LEDGER.get(name, name)), _few(more[name]), _few(fewer[name]))
        for name in sorted(more.keys() | fewer.keys())
    ]


def _few(number: int) -> str:
    return HIDDEN if 0 < number < SMALLEST else words.figure(number)
