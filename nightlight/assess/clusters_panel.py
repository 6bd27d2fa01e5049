"""How many other cases show the media of one, or are on its host, by state: on the page of the case."""

from typing import Any

from django.http import HttpRequest

from nightlight.assess import clusters
from nightlight.assess.clusters_views import LABELS
from nightlight.casebook import panels
from nightlight.casebook.models import Case
from nightlight.casebook.words import State


def register() -> None:
    """Registers the panel; called once, when Django starts."""
    panels.register(panels.Panel("alike", 22, "assess/clusters_panel.html", _context))


def _context(_request: HttpRequest, case: Case) -> dict[str, Any] | None:
    found = clusters.of_case(case)
    if not found:
        return None
    lines = [
        (LABELS[by], states.total(), [(state, states[state]) for state in State if states[state]])
        for by, states in found.items()
    ]
    return {"case": case, "lines": lines, "most": clusters.MOST_NEAR_A_CASE}
