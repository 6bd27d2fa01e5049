"""The inspector's page. The room above, accounts, mounts these views with the permission that opens them."""

from typing import cast
from uuid import UUID

from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from nightlight.audit import forms, verbs
from nightlight.audit.models import Checkpoint, Entry, Pending, Tree

PAGE = 100


@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """The log, newest first, a page at a time."""
    before = _id(request.GET.get("before", ""))
    return _page(request, _some(Entry.objects.order_by("-pk"), before))


@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """What the log says of one row, actor or verb; the purpose is recorded."""
    form = forms.Search(request.POST)
    if not form.is_valid():
        return _page(request, [], search=form, status=422)
    asked = form.cleaned_data
    found = verbs.search(asked["sought"], by=cast(models.Model, request.user), purpose=asked["purpose"])
    return _page(request, _some(found, asked["before"]), search=form)


@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """The entries of some days as JSON lines; the purpose is recorded."""
    form = forms.Export(request.POST)
    if not form.is_valid():
        return _page(request, [], export=form, status=422)
    since, until = form.span()
    lines = verbs.export(
        by=cast(models.Model, request.user), purpose=form.cleaned_data["purpose"], since=since, until=until
    )
    headers = {"Content-Disposition": 'attachment; filename="audit.jsonl"'}
    return StreamingHttpResponse(lines, content_type="application/jsonl", headers=headers)


def _page(
    request: HttpRequest,
    found: list[Entry],
    *,
    search: forms.Search | None = None,
    export: forms.Export | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = found[:PAGE]
    names = verbs.names(shown)
    context = {
        "rows": [
            (entry, names.get(entry.actor, entry.actor), verbs.purpose_of(entry), _facts(entry))
            for entry in shown
        ],
        "older": shown[-1].pk if len(found) > PAGE else None,
        "search": search or forms.Search(),
        "searched": search is not None and search.is_valid(),
        "export": export or forms.Export(),
        "size": Tree.objects.filter(pk=1).values_list("size", flat=True).first() or 0,
        "pending": Pending.objects.count(),
        "checkpoint": Checkpoint.objects.order_by("-size").first(),
    }
    return render(request, "audit/entries.html", context, status=status)


def _facts(entry: Entry) -> list[str]:
    """The facts as `name: value`, lists with commas."""
    return [
        f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in entry.facts.items()
    ]


def _some(rows: "models.QuerySet[Entry]", before: UUID | None) -> list[Entry]:
    """A page and one more, so that we know whether there is another."""
    return list((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
