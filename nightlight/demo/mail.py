"""The mailboxes beyond this machine, and the SMTP server that fills them.

Every accepted mail is on disk, in a Maildir, before the sender hears `250`; reading the folder again gives
the same mailboxes, so a small internet that was killed goes on where it was.
"""

import logging
import mailbox
import socket
import threading
from asyncio import AbstractServer
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from nightlight.demo.notice import Notice, read_notice

PATIENCE = 60.0  # seconds of real time until it must serve; aiosmtpd gives a busy machine but five
LARGEST_MAIL = 10 * 1024 * 1024  # bytes; a notice is a few kilobytes

log = logging.getLogger(__name__)

_RECEIVED = b"X-Small-Internet-Received"
_SENDER = b"X-Small-Internet-Sender"
_MAILBOX = b"X-Small-Internet-Mailbox"


@dataclass(frozen=True, slots=True)
class Message:
    """One delivered mail. `number` counts deliveries from 1; `received_at` is by the injected clock."""

    number: int
    received_at: datetime
    sender: str
    mailbox: str
    raw: bytes = field(repr=False)
    notice: Notice = field(repr=False)

    @property
    def parsed(self) -> EmailMessage:
        """The mail as the standard library reads it."""
        return message_from_bytes(self.raw, policy=policy.default)


class PostOffice:
    """All mailboxes, in memory and in a Maildir. Safe to use from several threads."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self._maildir = mailbox.Maildir(str(folder / "maildir"), factory=None, create=True)
        self._deliveries: list[Message] = sorted(
            map(_opened, self._stored()), key=lambda message: message.number
        )

    def deliver(self, sender: str, recipients: list[str], raw: bytes) -> None:
        """Put a mail into each recipient's mailbox; returns once every copy is on disk.

        Raises `OSError` if the disk refuses; copies already written stay.
        """
        with self._lock:
            received_at = self._now()
            for recipient in recipients:
                number = self._deliveries[-1].number + 1 if self._deliveries else 1
                message = Message(number, received_at, sender, recipient.lower(), raw, read_notice(raw))
                self._maildir.add(_sealed(message))
                self._deliveries.append(message)

    @property
    def count(self) -> int:
        """How many mails were delivered so far; what follows from the mails changes only when this does."""
        with self._lock:
            return len(self._deliveries)

    def deliveries(self, address: str | None = None) -> list[Message]:
        """Every delivery, oldest first, to one mailbox or to all; repeats included."""
        with self._lock:
            everything = list(self._deliveries)
        return [message for message in everything if address is None or message.mailbox == address.lower()]

    def mailbox(self, address: str | None = None) -> list[Message]:
        """What lies in one mailbox, or in all, oldest first.

        Like common mail stores, a mailbox shows a mail once, however often one with its Message-ID came:
        that is what makes a sender's deterministic Message-ID an idempotency key.
        """
        shown: dict[tuple[str, str], Message] = {}
        for message in self.deliveries(address):
            identity = message.notice.message_id or f"without an id: {message.number}"
            shown.setdefault((message.mailbox, identity), message)
        return list(shown.values())

    def _stored(self) -> list[bytes]:
        return [self._maildir.get_bytes(key) for key in self._maildir.iterkeys()]


def _sealed(message: Message) -> bytes:
    """The mail under three lines of our own, which carry what an envelope carries."""
    received = f"{message.number} {message.received_at.isoformat()}".encode()
    lines = (
        (_RECEIVED, received),
        (_SENDER, message.sender.encode("utf-8", "surrogateescape")),
        (_MAILBOX, message.mailbox.encode("utf-8", "surrogateescape")),
    )
    return b"".join(name + b": " + value + b"\n" for name, value in lines) + message.raw


def _opened(stored: bytes) -> Message:
    received, sender, address, raw = stored.split(b"\n", 3)
    number, _, received_at = _value(received).partition(" ")
    return Message(
        number=int(number),
        received_at=datetime.fromisoformat(received_at),
        sender=_value(sender),
        mailbox=_value(address),
        raw=raw,
        notice=read_notice(raw),
    )


def _value(line: bytes) -> str:
    return line.partition(b": ")[2].decode("utf-8", "surrogateescape")


class _Doorman:
    """The SMTP dialogue: who takes mail here, and what the others are told (RFC 5321, RFC 3463)."""

    def __init__(
        self,
        office: PostOffice,
        mailboxes: frozenset[str],
        domains: frozenset[str],
        open_domains: frozenset[str],
    ):
        self._office = office
        self._mailboxes = mailboxes
        self._domains = domains
        self._open_domains = open_domains

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd looks for
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        domain = address.rpartition("@")[2].lower()
        if domain not in self._domains | self._open_domains:
            return "550 5.7.1 Mail for other places is not relayed"
        if domain not in self._open_domains and address.lower() not in self._mailboxes:
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Recipient taken"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        raw = content if isinstance(content, bytes) else (content or "").encode()
        self._office.deliver(envelope.mail_from or "", list(envelope.rcpt_tos), raw)
        return "250 2.0.0 Delivered"

    async def handle_exception(self, error: Exception) -> str:
        # Without this a full disk would be told as a permanent refusal, and the notice as bounced.
        log.error("a mail could not be taken", exc_info=error)
        return "451 4.3.0 Try again later"


class MailServer(Controller):
    """An SMTP server on a free port of 127.0.0.1 for the given mailboxes.

    `open_domains` take mail for any name; `domains` only for `mailboxes`; nothing is relayed elsewhere.
    """

    def __init__(
        self,
        office: PostOffice,
        mailboxes: frozenset[str],
        domains: frozenset[str],
        open_domains: frozenset[str] = frozenset(),
    ) -> None:
        doorman = _Doorman(office, mailboxes, domains, open_domains)
        super().__init__(
            doorman,
            hostname="127.0.0.1",
            port=0,
            ready_timeout=PATIENCE,
            server_hostname="mx.small-internet.example",
            data_size_limit=LARGEST_MAIL,
        )

    def _create_server(self) -> Awaitable[AbstractServer]:
        # aiosmtpd can't start on port 0: it calls itself at the port it was given.
        listening = socket.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        return self.loop.create_server(self._factory_invoker, sock=listening)
