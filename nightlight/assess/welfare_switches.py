"""The limits of care in the list of every setting."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nightlight.accounts import switchboard
from nightlight.accounts.switchboard import Group, Shown
from nightlight.assess import welfare
from nightlight.assess.welfare_forms import LABELS

PAGE = "/desk/wellbeing/limits/"


def register() -> None:
    """Called once, when Django starts."""
    switchboard.register(Group("care", gettext_lazy("Limits of care"), 30, _rows))


def _rows() -> Iterator[Shown]:
    holds, default = welfare.rule(), welfare.default_rule()
    for name, label in LABELS.items():
        without = _("The house's own limit: %(n)d.") % {"n": getattr(default, name)}
        yield Shown(label, str(getattr(holds, name)), without, PAGE)
