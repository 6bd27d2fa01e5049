"""How a look at a web address can fail. Each way has its name, and none reads as "it is gone"."""

from enum import StrEnum


class FetchError(Exception):
    """The address could not be looked at; ``reason`` says why in a few words for the desk."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(FetchError):
    """Not reached on purpose: no web address, or it leads to where we must not go."""


class Obstacle(StrEnum):
    """What stood between us and an answer."""

    NO_SUCH_NAME = "no such name"
    CANNOT_RESOLVE = "cannot resolve"
    CONNECTION = "connection"
    CERTIFICATE = "certificate"
    TLS = "tls"
    PROTOCOL = "protocol"
    ENCODING = "encoding"
    PROXY = "proxy"


class Unreachable(FetchError):
    """There was no readable answer. Only ``NO_SUCH_NAME`` says something about the address itself."""

    def __init__(self, reason: Obstacle, detail: str = "") -> None:
        super().__init__(reason)
        self.reason: Obstacle = reason
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}" if self.detail else str(self.reason)


class TooLarge(FetchError):
    """More bytes than the caps allow, as sent or after decompression."""


class TimedOut(FetchError):
    """The whole look took longer than the caps allow."""


class TooManyRedirects(FetchError):
    """Sent on more often than the caps allow."""
