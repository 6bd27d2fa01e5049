"""Who may still look at a case without knowing what the look before theirs said.

Asked by whatever would tell them, such as an alarm about what that look found; answered by the stage that keeps looks.
Whoever must know all the same, because a child comes first, is told, and then another person looks.
"""

from collections.abc import Callable

from nightlight.accounts.models import Person
from nightlight.casebook.models import Case

IsBlind = Callable[[Person, Case], bool]
Tell = Callable[[Person, Case], None]

_known: list[tuple[IsBlind, Tell]] = []


def register(is_blind_to: IsBlind, tell_them: Tell) -> None:
    """Names who knows: whether a person may still look at a case, and how it is written down that they were told.
    Called when Django starts."""
    _known[:] = [(is_blind_to, tell_them)]


def is_blind(reader: Person, case: Case) -> bool:
    """Whether this person must not learn here what a look at this case found."""
    return any(ask(reader, case) for ask, _tell in _known)


def tell(reader: Person, case: Case) -> None:
    """Writes down that they learn it, so that the next look is another person's; in the caller's transaction."""
    for ask, tell_them in _known:
        if ask(reader, case):
            tell_them(reader, case)
