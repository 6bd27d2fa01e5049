"""One mail over SMTP, with the moment after which it may have arrived drawn as late as the protocol allows.

Everything up to the lone dot that ends the data can be broken off: a server must not deliver what was not ended
(RFC 5321 4.1.1.4). So `before_dot` runs right before the dot; if it says no, or the process dies in it, nothing
was delivered. Once the dot is out only the server's answer tells what happened.
"""

import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

SECONDS = 20  # for each step of the dialogue; well within a lease
_LEADING_DOT = re.compile(rb"(?m)^\.")


class Server(Protocol):
    """Where mail leaves, as the settings name it."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def user(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def starttls(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Letter:
    """An envelope and the mail in it, CRLF and ASCII; `hello` is how we greet (RFC 5321 4.1.1.1)."""

    sender: str
    recipient: str
    raw: bytes
    hello: str


class Refused(Exception):
    """The server said no for good (5xx); nothing was delivered."""


class NotNow(Exception):
    """The server said no for now (4xx), or could not be reached; nothing was delivered."""


class Unsure(Exception):
    """The connection broke after the dot: the mail may or may not have arrived."""


def deliver(server: Server, letter: Letter, before_dot: Callable[[], bool]) -> bool:
    """Hands one mail to the server. True once the server answered 250, False if `before_dot` said no.

    Raises Refused, NotNow and Unsure; only after Unsure is it open whether the mail arrived.
    """
    connection = _connect(server, letter.hello)
    try:
        _offer(connection, letter)
        if not before_dot():
            return False
        _end(connection)
        return True
    finally:
        connection.close()  # never QUIT: where no dot was sent, the open data must not be ended politely


def _connect(server: Server, hello: str) -> smtplib.SMTP:
    try:
        connection = smtplib.SMTP(server.host, server.port, local_hostname=hello, timeout=SECONDS)
    except (OSError, smtplib.SMTPException) as error:
        raise NotNow from error
    try:
        if server.starttls:
            connection.starttls(context=ssl.create_default_context())
        if server.user:
            connection.login(server.user, server.password)
        connection.ehlo_or_helo_if_needed()
    except (OSError, smtplib.SMTPException) as error:
        connection.close()
        raise NotNow from error
    return connection


def _offer(connection: smtplib.SMTP, letter: Letter) -> None:
    """All up to the end of the last line of the mail."""
    try:
        _expect(connection.mail(letter.sender), 250)
        _expect(connection.rcpt(letter.recipient), 250, 251)
        _expect(connection.docmd("DATA"), 354)
        connection.send(_stuffed(letter.raw))
    except (OSError, smtplib.SMTPException) as error:
        raise NotNow from error


def _end(connection: smtplib.SMTP) -> None:
    """The dot and its answer."""
    try:
        connection.send(b".\r\n")
        answer = connection.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise Unsure from error
    _expect(answer, 250)


def _expect(answer: tuple[int, bytes], *codes: int) -> None:
    code = answer[0]
    if code in codes:
        return
    raise Refused(str(code)) if 500 <= code <= 599 else NotNow(str(code))


def _stuffed(raw: bytes) -> bytes:
    """Transparency (RFC 5321 4.5.2), the last line ended."""
    ended = raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    return _LEADING_DOT.sub(b"..", ended)
