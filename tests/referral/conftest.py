"""A mail server on loopback that keeps what it gets, and may refuse or hang up."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from nightlight.server.config import MailServer
from tests.casebook import cases


@dataclass
class Post:
    """What arrived; `answer` is what the server says to the next mails, `hang_up` drops the connection instead."""

    arrived: list[tuple[str, Message]] = field(default_factory=list)
    answer: str = "250 taken"
    hang_up: bool = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.hang_up:
            server.transport.abort()
            return "250 nobody hears this"
        if self.answer.startswith("250"):
            self.arrived += [(to, message_from_bytes(envelope.content)) for to in envelope.rcpt_tos]
        return self.answer

    def subjects(self) -> list[str]:
        """The subjects in the order of arrival."""
        return [str(mail["Subject"]) for _to, mail in self.arrived]


class _FreePort(Controller):
    """aiosmtpd calls itself at the port it was given, so it must know the free one before it starts."""

    def _create_server(self) -> Any:
        listening = socket.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        return self.loop.create_server(self._factory_invoker, sock=listening)


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    """The hotline's mail server."""
    handler = Post()
    controller = _FreePort(handler, hostname="127.0.0.1", port=0, ready_timeout=60)
    controller.start()
    try:
        settings.NIGHTLIGHT = replace(
            settings.NIGHTLIGHT, mail=MailServer("127.0.0.1", controller.port, "", "", starttls=False)
        )
        yield handler
    finally:
        controller.stop()


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other stage listens."""
    cases.only("referral", monkeypatch)
