"""The transparency page: every table, for people and for programs, without small cells."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render as show
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from nightlight.accounts.access import public
from nightlight.stats import paper, periods, sentences, words
from nightlight.stats.books import Rows
from nightlight.stats.charts import chart_of
from nightlight.stats.drawing import draw
from nightlight.stats.edition_models import Edition
from nightlight.stats.periods import Asked, NotADay
from nightlight.stats.render import UnknownTable, as_format, find
from nightlight.stats.render import everything as all_tables
from nightlight.stats.tables import TABLES
from nightlight.work import clock

CONTENT_TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8"}
HEADLINE = "headline"
# A proxy in front may keep the answer for a minute, so that nobody can make the hotline count without end.
kept = cache_control(public=True, max_age=60)


@public
@require_safe
@kept
def transparency(request: HttpRequest) -> HttpResponse:
    """All tables, up to today."""
    asked = _everything()
    books = asked.books()
    tables = [shown(name, periods.count(name, asked, books)) for name in TABLES]
    said = sentences.headline(tables[0]["rows"], asked.as_of)
    told = {"tables": tables, "said": said, "as_of": asked.as_of, "editions": Edition.objects.exists()}
    return show(request, "stats/transparency.html", told)


@public
@require_safe
@kept
def one_table(request: HttpRequest, table: str) -> HttpResponse:
    """One table with its own page, for the period and the day that the address asks."""
    _known(table)
    refused = ""
    try:
        asked = periods.asked(request.GET, clock.now().date())
    except NotADay as error:
        refused, asked = str(error), _everything()
    rows = periods.count(table, asked)
    told = {
        "item": shown(table, rows),
        "asked": asked,
        "refused": refused,
        "said": sentences.headline(rows, asked.as_of) if table == HEADLINE else [],
        "query": "" if refused else urlencode({name: request.GET[name] for name in _named(request)}),
    }
    return show(request, "stats/table.html", told, status=400 if refused else 200)


@public
@require_safe
@kept
def everything(request: HttpRequest, format: str) -> HttpResponse:  # noqa: A002
    """All tables for programs, or the one that `?table=` names."""
    if table := request.GET.get("table"):
        return _one(request, table, format)
    return HttpResponse(all_tables(_everything().books(), format), content_type=CONTENT_TYPES[format])


@public
@require_safe
@kept
def data(request: HttpRequest, table: str, format: str) -> HttpResponse:  # noqa: A002
    """One table for programs."""
    return _one(request, table, format)


@public
@require_safe
@kept
def table_pdf(request: HttpRequest, table: str) -> HttpResponse:
    """One table on paper."""
    _known(table)
    asked = _asked(request)
    found = TABLES[table]
    return as_pdf(
        str(found.title), _lead(asked), [paper.Printed(table, found, periods.count(table, asked))], table
    )


@public
@require_safe
@kept
def everything_pdf(request: HttpRequest) -> HttpResponse:
    """All tables on paper."""
    asked = _everything()
    books = asked.books()
    tables = [paper.Printed(name, table, periods.count(name, asked, books)) for name, table in TABLES.items()]
    said = [
        f"{each.figure} {' '.join(each.words)}" for each in sentences.headline(tables[0].rows, asked.as_of)
    ]
    return as_pdf(_("What we do, in numbers"), [*_lead(asked), *said], tables, "numbers")


def as_pdf(title: str, lead: list[str], tables: list[paper.Printed], name: str) -> HttpResponse:
    """A document to keep; 503 where this machine has no font for the language."""
    try:
        content = paper.pdf(title, lead, tables)
    except paper.NoFont:
        said = _("This machine has no font to print this language with. The page itself can be printed.")
        return HttpResponse(said, status=503, content_type="text/plain; charset=utf-8")
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


def shown(name: str, rows: Rows) -> dict[str, Any]:
    """A table as `stats/one.html` needs it; `folds` where a picture or sentences say the same."""
    table, chart = TABLES[name], chart_of(name, rows)
    return {
        "name": name,
        "table": table,
        "rows": rows,
        "cells": words.readable(rows),
        "chart": chart,
        "drawing": draw(table, chart, rows) if chart else None,
        "folds": chart is not None or name == HEADLINE,
    }


def _one(request: HttpRequest, table: str, format: str) -> HttpResponse:  # noqa: A002
    _known(table)
    asked = _asked(request)
    text = as_format(table, asked.books(), periods.count(table, asked), format)
    return HttpResponse(text, content_type=CONTENT_TYPES[format])


def _known(table: str) -> None:
    try:
        find(table)
    except UnknownTable as error:
        raise Http404 from error


def _asked(request: HttpRequest) -> Asked:
    """What the address asks; what is no day is no page."""
    try:
        return periods.asked(request.GET, clock.now().date())
    except NotADay as error:
        raise Http404(str(error)) from error


def _named(request: HttpRequest) -> list[str]:
    return [name for name in periods.NAMES if request.GET.get(name)]


def _everything() -> Asked:
    today = clock.now().date()
    return Asked(None, None, today, today)


def _lead(asked: Asked) -> list[str]:
    """Which period a document is for, and as known when."""

    last = asked.last or asked.as_of
    period = (
        _("From %(first)s to %(last)s.") % {"first": words.day(asked.first), "last": words.day(last)}
        if asked.first
        else _("Up to %(last)s.") % {"last": words.day(last)}
    )
    return [period, _("As known on %(day)s.") % {"day": words.day(asked.as_of)}]
