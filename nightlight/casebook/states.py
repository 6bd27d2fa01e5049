"""The one table of allowed moves of a Case, and the one function that moves it."""

from django.utils.translation import gettext_lazy as _

from nightlight.casebook import ticking
from nightlight.casebook.models import Case
from nightlight.casebook.words import State
from nightlight.work import clock

S = State

MOVES: dict[State, frozenset[State]] = {
    S.OPEN: frozenset({S.SECOND_LOOK, S.CONFIRMED, S.DISMISSED, S.ON_HOLD}),
    S.SECOND_LOOK: frozenset({S.OPEN, S.CONFIRMED, S.DISMISSED, S.ON_HOLD}),
    S.CONFIRMED: frozenset({S.NOTICED, S.HANDED_OVER, S.WAITING, S.GONE, S.DISMISSED, S.ON_HOLD}),
    S.NOTICED: frozenset({S.GONE, S.WAITING, S.CONFIRMED, S.HANDED_OVER, S.DISMISSED, S.ON_HOLD}),
    S.WAITING: frozenset(
        {S.SECOND_LOOK, S.CONFIRMED, S.NOTICED, S.GONE, S.HANDED_OVER, S.DISMISSED, S.ON_HOLD}
    ),
    S.HANDED_OVER: frozenset({S.GONE, S.WAITING, S.CONFIRMED, S.DISMISSED, S.ON_HOLD}),
    S.GONE: frozenset({S.CONFIRMED, S.WAITING, S.DISMISSED, S.ON_HOLD}),
    S.DISMISSED: frozenset({S.OPEN, S.SECOND_LOOK, S.ON_HOLD}),
    S.ON_HOLD: frozenset(set(State) - {S.ON_HOLD}),
}

# Why a waiting case waits; each is shown on the desk in words.
WAITS = {
    "changed": _("Another page stands at the address now"),
    "moved": _("The page moved to another host"),
    "cannot_tell": _("We could not tell whether the page is still up"),
    "disputed": _("The provider disputes the notice"),
    "no_contact": _("No contact was found that we may write to"),
    "no_route": _("No rule says whom to tell in this country"),
    "relay": _("The page stands behind a relay; its true host is needed"),
    "still_up": _("The page is still up after every reminder"),
    "in_doubt": _("A message may or may not have left; ask the recipient before sending again"),
    "bounced": _("The notice could not be delivered"),
    "returned": _("Something came back at the address"),
    "appeal": _("An appeal asks for another look"),
}


class IllegalMove(Exception):
    """A Case can't go from its state to that one; the message names both."""


def move(case: Case, to: State, *, waiting_for: str = "") -> Case:
    """Moves a Case within the caller's transaction, locking its row and bringing `case` up to date.

    Raises IllegalMove if the table does not allow it. Moving to the same state changes only `waiting_for`.
    """
    row = Case.objects.select_for_update().get(pk=case.pk)
    if row.state != to and to not in MOVES[State(row.state)]:
        raise IllegalMove(f"a case that is {row.state} can't become {to}")
    if to == State.WAITING and waiting_for not in WAITS:
        raise IllegalMove("a case that waits needs a known reason")
    if to == State.ON_HOLD and row.state != to:
        row.held_from = row.state
    row.state = to
    row.waiting_for = waiting_for if to == State.WAITING else ""
    row.changed_at = clock.now()
    row.clock_at = ticking.next_end(row)
    row.save(update_fields=["state", "waiting_for", "held_from", "changed_at", "clock_at"])
    case.refresh_from_db()
    return case
