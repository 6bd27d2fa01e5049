"""A mail to a person that leaves at most once: what the stages that write such mails have in common.

Each keeps a row per mail whose `state` is one of State (and of others of its own) and which has `sent_at`. `sending`
is committed right before the dot that ends the mail: from there on it may have arrived, and whoever finds the row so
does not send it again.
"""

from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from nightlight.casebook import post
from nightlight.work import clock
from nightlight.work.due import Record

REHEARSAL = "This hotline is a rehearsal. Nothing here is real."


class State(StrEnum):
    """The states that every such row knows."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"


def begun(to: str, subject: str, number: str) -> EmailMessage:
    """A mail from the hotline without its text. `number` makes its Message-ID: the same at every attempt."""
    config = settings.NIGHTLIGHT
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f'"{config.name.replace(chr(34), "")}" <{config.email_from}>'
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{number}@{config.base_host}>"
    return mail


def send(mine: QuerySet[Any], to: str, mail: EmailMessage, log: Callable[[State], object]) -> Record:
    """Sends the mail of the one row `mine`, outside any transaction; returns what records how it ended, `log` last.

    Raises post.NotNow when the server can't take it yet: the row is queued as before.
    """
    config = settings.NIGHTLIGHT
    if config.mail is None:
        return nothing
    letter = post.Letter(config.email_from, to, mail.as_bytes(), config.base_host)
    try:
        left = post.deliver(config.mail, letter, lambda: commit(mine))
    except post.Refused:
        return _ending(mine, State.REFUSED, log)
    except post.Unsure:
        return _ending(mine, State.IN_DOUBT, log)
    except post.NotNow:
        mine.filter(state=State.SENDING).update(state=State.QUEUED)
        raise
    return _ending(mine, State.SENT, log) if left else nothing


@transaction.atomic
def commit(mine: QuerySet[Any]) -> bool:
    """Right before the dot: from here on the mail may have arrived."""
    return mine.filter(state=State.QUEUED).update(state=State.SENDING) == 1


def nothing() -> None:
    """There was nothing to send; the row says why."""


def _ending(mine: QuerySet[Any], state: State, log: Callable[[State], object]) -> Callable[[], None]:
    def record() -> None:
        # A refusal before the dot finds the mail still queued.
        changed = mine.filter(state__in=(State.QUEUED, State.SENDING)).update(
            state=state, sent_at=clock.now() if state == State.SENT else None
        )
        if changed:
            log(state)

    return record
