"""The switches of the accounts room: what the mandate opens, and where desk tokens work from."""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nightlight.accounts import mandate, switchboard
from nightlight.accounts.forms import SWITCHES
from nightlight.accounts.mandate import Switch
from nightlight.accounts.models import DeskDevice, DeskNetwork
from nightlight.accounts.switchboard import Group, Shown

WITHOUT: dict[Switch, Promise] = {
    Switch.FETCH: gettext_lazy(
        "No reported page is fetched, and no page is looked at again: people must say if it is gone."
    ),
    Switch.REVEAL: gettext_lazy("No medium is shown to anybody."),
    Switch.NOTIFY: gettext_lazy("Notices and referrals wait in the queue and say so."),
    Switch.SHARE: gettext_lazy("Members get no list and no match."),
    Switch.SWEEP: gettext_lazy("Only what was reported is looked at."),
}


def register() -> None:
    """Called once, when Django starts."""
    switchboard.register(Group("mandate", gettext_lazy("What the mandate opens"), 10, _mandate))
    switchboard.register(Group("access", gettext_lazy("Access"), 20, _access))


def _mandate() -> Iterator[Shown]:
    opened = mandate.opened()
    for switch in Switch:
        state = _("open") if switch in opened else _("closed")
        yield Shown(SWITCHES[switch], state, WITHOUT[switch], "/desk/mandate/")


def _access() -> Iterator[Shown]:
    count = DeskNetwork.objects.count()
    yield Shown(
        _("Networks that desk tokens work from and media are shown in"),
        _("%(n)d named") % {"n": count} if count else _("none named"),
        _("Outside a rehearsal no desk token works, and no medium is shown."),
        "/desk/networks/",
    )
    devices = DeskDevice.objects.filter(dropped_at=None).count()
    yield Shown(
        _("Devices that media are shown on"),
        _("%(n)d named") % {"n": devices} if devices else _("none named"),
        _("Outside a rehearsal no medium is shown."),
        "/desk/devices/",
    )
