"""The switches of takedown: what may happen by itself, and how many rules say whom to tell."""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from nightlight.accounts import switchboard
from nightlight.accounts.switchboard import Group, Shown
from nightlight.takedown import rules
from nightlight.takedown.models import Route, Rule

WITHOUT: dict[Rule.Name, Promise] = {
    Rule.Name.FOLLOW_MOVES: gettext_lazy("A page that moved to another host waits for somebody at the desk."),
}


def register() -> None:
    """Called once, when Django starts."""
    switchboard.register(Group("takedown", gettext_lazy("Notices"), 30, _rows))


def _rows() -> Iterator[Shown]:
    for name in Rule.Name:
        state = _("on") if rules.is_on(name) else _("off")
        yield Shown(name.label, state, WITHOUT.get(name, ""), "/desk/routes/")
    count = Route.objects.filter(ended_at=None).count()
    yield Shown(
        _("Rules of whom to tell"),
        ngettext("%(n)d rule", "%(n)d rules", count) % {"n": count},
        _("In your own countries the host is told; elsewhere the case waits for somebody."),
        "/desk/routes/",
    )
