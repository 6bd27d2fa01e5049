"""What sharing shows of a Case: what of it is on the lists, and what members say about that."""

from typing import Any

from django.http import HttpRequest

from nightlight.casebook import panels
from nightlight.casebook.models import Case
from nightlight.sharing.models import Opinion
from nightlight.sharing.verbs import entries_of

MOST_SHOWN = 50


def _context(request: HttpRequest, case: Case) -> dict[str, Any] | None:
    entries = entries_of(case).order_by("pk")
    if not entries:
        return None
    opinions = Opinion.objects.filter(entry__in=entries.values("pk")).select_related("member", "entry")
    return {
        "entries": entries[:MOST_SHOWN],
        "entry_count": entries.count(),
        "disputes": opinions.filter(opinion=Opinion.What.DISPUTE).order_by("-at")[:MOST_SHOWN],
        "others": opinions.exclude(opinion=Opinion.What.DISPUTE).count(),
    }


def register() -> None:
    """Registers the panel; called once, when Django starts."""
    panels.register(panels.Panel("sharing", 70, "sharing/panel.html", _context))
