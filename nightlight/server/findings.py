"""What `nightlight doctor` says: one finding per check, each with what to do about it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How a check came out. `missing` keeps the hotline from working as it should; `warn` is for a person to weigh."""

    OK = "ok"
    WARN = "warn"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """`check` names it in one word, `found` says how it is, `do` what to do. Never holds a secret."""

    check: str
    state: Mark
    found: str
    do: str = ""


Check = Callable[[], Iterable[Finding]]


def ok(check: str, found: str) -> Finding:
    """All is well."""
    return Finding(check, Mark.OK, found)


def warn(check: str, found: str, do: str) -> Finding:
    """A person should weigh this."""
    return Finding(check, Mark.WARN, found, do)


def missing(check: str, found: str, do: str) -> Finding:
    """This must be done."""
    return Finding(check, Mark.MISSING, found, do)
