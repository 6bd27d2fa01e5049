"""The operator's settings in words: what each is for, how it stands, and what happens without it. Never a secret."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nightlight.accounts import switchboard
from nightlight.accounts.switchboard import Group, Shown
from nightlight.server.config import PREFIX, Config

L = gettext_lazy
NONE = L("not set")

# In the order of docs/settings.md: how the value is shown, and what happens without it.
WORDS: dict[str, tuple[Callable[[Config], str], Promise]] = {
    "home": (lambda found: str(found.home), L("The folder .nightlight of the user who runs it.")),
    "database_url": (
        lambda found: urlsplit(found.database_url).scheme,
        L("SQLite in the home: right for one machine."),
    ),
    "base_url": (lambda found: found.base_url, L("Only this machine can open the pages.")),
    "name": (lambda found: found.name, L("The hotline is called Nightlight.")),
    "country": (
        lambda found: ", ".join(found.countries),
        L("No host counts as our own to write to: notices need a rule for each country."),
    ),
    "email_from": (
        lambda found: found.email_from,
        L("Mail comes from hotline@ and the host of the public address."),
    ),
    "email_url": (
        lambda found: f"{found.mail.host}:{found.mail.port}" if found.mail else "",
        L("Notices stay queued and say so."),
    ),
    "proxy": (
        lambda found: _way_out(found),
        L("A real home fetches nothing; with the word direct, suspected sites see this machine's address."),
    ),
    "dns": (lambda found: found.dns or "", L("The system's resolver is asked.")),
    "rdap": (lambda found: found.rdap or "", L("IANA's four files say which registry knows a network.")),
    "egress_allow": (
        lambda found: ", ".join(map(str, found.egress_allow)),
        L("Only public addresses are reached; a rehearsal reaches none."),
    ),
    "trusted_proxies": (
        lambda found: ", ".join(map(str, found.trusted_proxies)),
        L("No proxy is believed about whom it speaks for, and a desk token does not work through one."),
    ),
    "clock": (lambda found: found.clock or "", L("Real time.")),
    "limits": (
        lambda found: _("on") if found.limits else _("off"),
        L("On: floods are slowed down. Off, something in front must do it."),
    ),
    "onion": (lambda found: found.onion or "", L("No page names an onion service.")),
    "lmtp": (
        lambda found: f"{found.lmtp[0]}:{found.lmtp[1]}" if found.lmtp else "",
        L("Nobody can report by mail."),
    ),
}


def register() -> None:
    """Called once, when Django starts."""
    switchboard.register(Group("operator", L("Settings of the operator"), 90, _rows))


def _rows() -> Iterator[Shown]:
    for name, (shown, without) in WORDS.items():
        yield Shown(f"{PREFIX}{name.upper()}", shown(settings.NIGHTLIGHT) or NONE, without)


def _way_out(found: Config) -> str:
    if found.direct:
        return "direct"
    parts = urlsplit(found.proxy or "")
    return f"{parts.scheme}://{parts.hostname}:{parts.port or ''}".rstrip(":") if parts.hostname else ""
