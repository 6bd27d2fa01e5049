"""Published tables on paper: a tagged PDF (PDF/UA-1) by typst, about 30 ms a page.

What a table says is handed over as JSON and never read as markup, so nothing that somebody named can do more than be
shown.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from nightlight.stats import words
from nightlight.stats.books import Rows, Table
from nightlight.stats.charts import chart_of
from nightlight.stats.drawing import draw

TEMPLATE = Path(__file__).parent / "page.typ"


class NoFont(RuntimeError):
    """This machine has no font for the language; the message is typst's."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One table for paper."""

    name: str
    table: Table
    rows: Rows


def pdf(title: str, lead: Sequence[str], tables: Sequence[Printed]) -> bytes:
    """The tables as one document, in the language that is spoken now. Raises NoFont."""
    told = {
        "title": title,
        "author": settings.NIGHTLIGHT.name,
        "lang": (get_language() or "en").split("-")[0],
        "rtl": get_language_bidi(),
        "lead": [str(each) for each in lead],
        "tables": [_told(each) for each in tables],
    }
    try:
        found: bytes = typst.compile(
            str(TEMPLATE), sys_inputs={"told": json.dumps(told)}, pdf_standards=["ua-1"]
        )
    except typst.TypstError as error:
        if "could not be displayed" in str(error):
            raise NoFont(str(error)) from error
        raise
    return found


def _told(each: Printed) -> dict[str, Any]:
    cells, chart = words.readable(each.rows), chart_of(each.name, each.rows)
    drawing = draw(each.table, chart, each.rows, paper=True) if chart else None
    return {
        "title": str(each.table.title),
        "rule": str(each.table.rule),
        "note": str(each.table.note),
        "chart": render_to_string("stats/chart.svg", {"drawing": drawing}) if drawing else "",
        "alt": drawing.description if drawing else "",
        "shows": str(chart.shows) if chart else "",
        "limits": str(chart.limits) if chart else "",
        "columns": [str(column) for column in cells.columns],
        "cells": [[str(cell) for cell in row] for row in cells.rows],
        "empty": _("Nothing to count yet."),
    }
