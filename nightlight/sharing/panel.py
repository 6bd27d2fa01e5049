"""What sharing shows of a Case: what of it is on the lists, and what members say about that."""

from typing import Any

from django.http import HttpRequest

from nightlight.accounts.access import person
from nightlight.accounts.permissions import Permission
from nightlight.casebook import known, panels
from nightlight.casebook.models import Case, Media, NeverMatch
from nightlight.sharing.forms import NeverMatchForm
from nightlight.sharing.models import Opinion
from nightlight.sharing.verbs import entries_of

MOST_SHOWN = 50


def _context(request: HttpRequest, case: Case) -> dict[str, Any] | None:
    entries = entries_of(case).order_by("pk")
    if not entries:
        return None
    reader = person(request)
    opinions = Opinion.objects.filter(entry__in=entries.values("pk")).select_related("member", "entry")
    return {
        "entries": entries[:MOST_SHOWN],
        "entry_count": entries.count(),
        "disputes": opinions.filter(opinion=Opinion.What.DISPUTE).order_by("-at")[:MOST_SHOWN],
        "never": _never(case) if reader.may(Permission.SHARING_MANAGE) else [],
        "case_id": case.pk,
        "others": opinions.exclude(opinion=Opinion.What.DISPUTE).count(),
    }


def _never(case: Case) -> list[tuple[int, Media, NeverMatch | None, NeverMatchForm]]:
    """Each media of a case that is or was on the list, with the mark that it matches nothing, if it has one."""
    media = (
        Media.objects.filter(entries__in=entries_of(case).values("pk"))
        .distinct()
        .order_by("first_seen", "pk")
    )
    shown = list(media[:MOST_SHOWN])
    marks = known.never_matching(each.pk for each in shown)
    return [
        (number, each, marks.get(each.pk), _form(case, number, on=each.pk not in marks))
        for number, each in enumerate(shown, 1)
    ]


def _form(case: Case, number: int, *, on: bool) -> NeverMatchForm:
    said = {"on": "on" if on else "", "case": case.pk}
    return NeverMatchForm(initial=said, auto_id=f"never_{number}_%s", label_suffix="")


def register() -> None:
    """Registers the panel; called once, when Django starts."""
    panels.register(panels.Panel("sharing", 70, "sharing/panel.html", _context))
