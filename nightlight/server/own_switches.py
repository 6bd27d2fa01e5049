"""The switches about records: how long contents are kept, and which texts are in a manager's words."""

from collections.abc import Iterator

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nightlight.accounts import switchboard
from nightlight.accounts.switchboard import Group, Shown
from nightlight.casebook import retention
from nightlight.casebook.models import MessageText


def register() -> None:
    """Called once, when Django starts."""
    switchboard.register(Group("records", gettext_lazy("How long contents are kept"), 40, _kept))
    switchboard.register(Group("texts", gettext_lazy("Texts"), 50, _texts))


def _kept() -> Iterator[Shown]:
    rules: dict[str, list[str]] = {}
    for rule in retention.live_rules():
        words = _("%(days)d days") % {"days": rule.days}
        rules.setdefault(rule.kind, []).append(f"{rule.country}: {words}" if rule.country else words)
    for kind in retention.all_kinds():
        state = ", ".join(rules.get(kind.name, [])) or _("no rule")
        yield Shown(kind.label, state, _("It is kept without end."), "/desk/retention/")


def _texts() -> Iterator[Shown]:
    live = MessageText.objects.filter(ended_at=None).aggregate(n=Count("pk"))["n"]
    yield Shown(
        _("Texts in your own words"),
        _("%(n)d changed") % {"n": live} if live else _("none changed"),
        _("Messages leave in the built-in English words."),
        "/desk/texts/",
    )
