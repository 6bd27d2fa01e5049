"""What each stage shows of a Case: on the case page as HTML, in `GET /cases/{id}` as JSON.

A stage registers its panel in `AppConfig.ready`; the page and the endpoint only iterate.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from nightlight.casebook.models import Case


@dataclass(frozen=True, slots=True)
class Panel:
    """`order` places it; `template` is rendered with what `context(request, case)` returns (None hides it);
    `json` names the keys the stage adds to `GET /cases/{id}`."""

    name: str
    order: int
    template: str
    context: Callable[[HttpRequest, Case], dict[str, Any] | None]
    json: Callable[[Case], dict[str, Any]] | None = None


_panels: dict[str, Panel] = {}


def register(panel: Panel) -> None:
    """Adds or replaces a stage's panel."""
    _panels[panel.name] = panel


def all_panels() -> list[Panel]:
    """Every panel, in the order of the page."""
    return sorted(_panels.values(), key=lambda panel: panel.order)
