"""Sign-ins and changes to one's own way of signing in are entries of the log too; and whoever has just set up a
second factor has shown it, so the desk does not ask for it again in the same session.
"""

from datetime import timedelta
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import password_changed, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.db import transaction
from django.dispatch import Signal
from django.http import HttpRequest

from nightlight.accounts.models import Person
from nightlight.accounts.sessions import forget
from nightlight.audit import log
from nightlight.work import due

HEARD: tuple[tuple[Signal, str], ...] = (
    (user_logged_in, "accounts.sign_in"),
    (password_changed, "accounts.change_password"),
    (authenticator_added, "accounts.add_factor"),
    (authenticator_removed, "accounts.remove_factor"),
    (authenticator_reset, "accounts.renew_factor"),
)


due.every(timedelta(hours=1), "accounts.forget_sessions")(forget)


def connect() -> None:
    """Called once, when Django starts."""
    for signal, verb in HEARD:
        signal.connect(_recorder(verb), dispatch_uid=verb, weak=False)
    authenticator_added.connect(_shown, dispatch_uid="accounts.shown")


def _shown(
    sender: object, request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any
) -> None:
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


def _recorder(verb: str) -> Any:
    @transaction.atomic
    def record(sender: object, user: Person, authenticator: Any = None, **_: Any) -> None:
        factor = {"factor": authenticator.type} if authenticator else {}
        log.record(verb, by=user, about=user, **factor)

    return record
