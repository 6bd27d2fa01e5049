"""The transparency page: every table, for people and for programs, without small cells."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render as show
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from nightlight.accounts.access import public
from nightlight.stats import words
from nightlight.stats.books import Books
from nightlight.stats.render import UnknownTable, publishable, published
from nightlight.stats.render import everything as all_tables
from nightlight.stats.tables import TABLES
from nightlight.work import clock

CONTENT_TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8"}
# A proxy in front may keep the answer for a minute, so that nobody can make the hotline count without end.
kept = cache_control(public=True, max_age=60)


@public
@require_safe
@kept
def transparency(request: HttpRequest) -> HttpResponse:
    """All tables, up to today."""
    books = _today()
    tables = [
        {"name": name, "table": table, "cells": words.readable(publishable(table.count(books)))}
        for name, table in TABLES.items()
    ]
    return show(request, "stats/transparency.html", {"tables": tables, "as_of": books.as_of})


@public
@require_safe
@kept
def everything(request: HttpRequest, format: str) -> HttpResponse:  # noqa: A002
    """All tables for programs, or the one that `?table=` names."""
    if table := request.GET.get("table"):
        return _one(table, format)
    return HttpResponse(all_tables(_today(), format), content_type=CONTENT_TYPES[format])


@public
@require_safe
@kept
def data(request: HttpRequest, table: str, format: str) -> HttpResponse:  # noqa: A002
    """One table for programs."""
    return _one(table, format)


def _one(table: str, format: str) -> HttpResponse:  # noqa: A002
    try:
        text = published(table, _today(), format)
    except UnknownTable as error:
        raise Http404 from error
    return HttpResponse(text, content_type=CONTENT_TYPES[format])


def _today() -> Books:
    return Books(None, None, clock.now().date())
