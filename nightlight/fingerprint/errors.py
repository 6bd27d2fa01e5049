"""What can be wrong with a file, each with a name that programs and people can act on.

The names are a contract: they are printed by `nightlight hash --json`, counted by `scan` and shown at the desk.
"""

from enum import StrEnum


class Trouble(StrEnum):
    """Why no fingerprint of the picture or video could be taken."""

    NOT_MEDIA = "not_media"
    TRUNCATED = "truncated"
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    EMPTY = "empty"
    UNREADABLE = "unreadable"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"


class MediaError(ValueError):
    """A file that gives no fingerprint; `name` is a word of :class:`Trouble`, `sentence` says it to a person."""

    name = Trouble.UNREADABLE

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return f"{self.name}: {self.sentence}"


class NotMedia(MediaError):
    """Its first bytes are of no picture or video format known here, whatever its name says."""

    name = Trouble.NOT_MEDIA


class Truncated(MediaError):
    """It ends before its picture does."""

    name = Trouble.TRUNCATED


class TooLarge(MediaError):
    """It has more bytes, pixels, frames or passes than the limits allow."""

    name = Trouble.TOO_LARGE


class Unsupported(MediaError):
    """A known format in a variety that no decoder here reads."""

    name = Trouble.UNSUPPORTED


class Empty(MediaError):
    """It has no bytes, or no frame."""

    name = Trouble.EMPTY


class Unreadable(MediaError):
    """The file can't be opened, or its content is broken."""

    name = Trouble.UNREADABLE


class TimedOut(MediaError):
    """It takes longer than the time allowed."""

    name = Trouble.TIMED_OUT


class OutOfMemory(MediaError):
    """Decoding it takes more memory than there is."""

    name = Trouble.OUT_OF_MEMORY


BY_NAME: dict[str, type[MediaError]] = {
    kind.name: kind
    for kind in (NotMedia, Truncated, TooLarge, Unsupported, Empty, Unreadable, TimedOut, OutOfMemory)
}
