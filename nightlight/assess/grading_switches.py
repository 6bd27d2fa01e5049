"""The switches of grading: which schemes, and which second looks beyond the default."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nightlight.accounts import switchboard
from nightlight.accounts.switchboard import Group, Shown
from nightlight.assess import second_look
from nightlight.casebook.schemes import book


def register() -> None:
    """Called once, when Django starts."""
    switchboard.register(Group("grading", gettext_lazy("Grading"), 30, _rows))


def _rows() -> Iterator[Shown]:
    used = ", ".join(scheme.key for scheme in book.in_use())
    yield Shown(
        _("Classification schemes"), used, _("The desk grades by the UK's scheme alone."), "/desk/schemes/"
    )
    holds, where = second_look.rule(), "/desk/second-look/"
    percent = holds.sample_percent if holds else 0
    yield Shown(
        _("Random sample of second looks"),
        _("%(n)d percent") % {"n": percent},
        _("No agreement is measured."),
        where,
    )
    first = holds.new_analyst_looks if holds else 0
    yield Shown(
        _("Second looks of new analysts"),
        _("the first %(n)d") % {"n": first} if first else _("off"),
        _("Their first looks settle a case as everybody's do."),
        where,
    )
    on = holds is not None and holds.on_mismatch
    yield Shown(
        _("Second look where a decision is milder than a known match"),
        _("on") if on else _("off"),
        _("One person may decide more mildly than two did before."),
        where,
    )
