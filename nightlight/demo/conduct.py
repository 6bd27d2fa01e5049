"""How providers answer a notice, as in life: each conduct is a pure function of what was heard and when.

A conduct never stores anything. It turns the times at which a provider heard of a page into the turns
that page takes, so the same mails give the same course whoever asks, and however often.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address


class Behaviour(StrEnum):
    """What a provider does once it has been written to."""

    REMOVES_IN_MINUTES = "removes_in_minutes"
    REMOVES_IN_DAYS = "removes_in_days"
    REMOVES_AFTER_REMINDER = "removes_after_reminder"
    NEVER = "never"
    MOVES_PAGE_TO_OTHER_HOST = "moves_page_to_other_host"
    REDIRECTS_TO_OTHER_SITE = "redirects_to_other_site"
    ANSWERS_200_REMOVED = "answers_200_removed"
    CHANGES_PAGE = "changes_page"
    BLOCKS_ROBOTS = "blocks_robots"
    COMES_BACK_AFTER_A_WEEK = "comes_back_after_a_week"
    DISPUTES = "disputes"
    NO_ABUSE_CONTACT_BUT_UPSTREAM = "no_abuse_contact_but_upstream"
    BEHIND_CDN = "behind_cdn"
    PARTNER_COUNTRY = "partner_country"


class Shows(StrEnum):
    """What a page shows to a person's browser."""

    PAGE = "page"
    NOT_FOUND = "not_found"
    GONE = "gone"
    REMOVED_NOTE = "removed_note"
    REDIRECT = "redirect"
    OTHER_PAGE = "other_page"


class Answer(StrEnum):
    """What a provider can say on the notice's page; the values of its `answer` field."""

    REMOVED = "removed"
    DISPUTED = "disputed"
    NOT_OURS = "not_ours"
    REAL_HOST = "real_host"


@dataclass(frozen=True, slots=True)
class Conduct:
    """A behaviour with its parameters, one row of `world.toml`.

    `after` runs from the mail that decides to the first act; `then_after` from the second deciding mail
    (or, for `blocks_robots`, the first) to the last act; `back_after` from a removal to the return.
    `moves_to` are the addresses a site moves to, `redirects_to` the web address that a page points to.
    """

    behaviour: Behaviour
    after: timedelta = timedelta(0)
    then_after: timedelta = timedelta(0)
    back_after: timedelta = timedelta(days=7)
    taken_down: Shows = Shows.NOT_FOUND
    moves_to: tuple[IPv4Address | IPv6Address, ...] = ()
    redirects_to: str = ""
    blocks_from_start: bool = False
    says: Answer | None = None
    says_after: timedelta = timedelta(0)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """When a page's host, and the host its content goes on to (or truly lies at), heard of it; ascending."""

    host: tuple[datetime, ...] = ()
    onward: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """From `at` on, a page shows this, until the next turn."""

    at: datetime
    shows: Shows
    moved: bool = False
    refuses_robots: bool = False


def _act_on_first(shows: Shows | None = None) -> Callable[[Conduct, Heard], tuple[Turn, ...]]:
    def turns(conduct: Conduct, heard: Heard) -> tuple[Turn, ...]:
        return tuple(Turn(at + conduct.after, shows or conduct.taken_down) for at in heard.host[:1])

    return turns


def _act_on_second(conduct: Conduct, heard: Heard) -> tuple[Turn, ...]:
    return tuple(Turn(at + conduct.then_after, conduct.taken_down) for at in heard.host[1:2])


def _never(conduct: Conduct, heard: Heard) -> tuple[Turn, ...]:
    return ()


def _move(conduct: Conduct, heard: Heard) -> tuple[Turn, ...]:
    moves = tuple(Turn(at + conduct.after, Shows.PAGE, moved=True) for at in heard.host[:1])
    removed = tuple(Turn(at + conduct.then_after, conduct.taken_down, moved=True) for at in heard.onward[:1])
    return moves + removed


def _only_true_host_removes(conduct: Conduct, heard: Heard) -> tuple[Turn, ...]:
    return tuple(Turn(at + conduct.then_after, conduct.taken_down) for at in heard.onward[:1])


def _block_robots(conduct: Conduct, heard: Heard) -> tuple[Turn, ...]:
    return tuple(
        turn
        for at in heard.host[:1]
        for turn in (
            Turn(at + conduct.after, Shows.PAGE, refuses_robots=True),
            Turn(at + conduct.then_after, conduct.taken_down, refuses_robots=True),
        )
    )


def _come_back(conduct: Conduct, heard: Heard) -> tuple[Turn, ...]:
    if not heard.host:
        return ()
    removed = heard.host[0] + conduct.after
    back = removed + conduct.back_after
    again = [at for at in heard.host if at >= back]
    return (
        Turn(removed, conduct.taken_down),
        Turn(back, Shows.PAGE),
        *(Turn(at + conduct.then_after, conduct.taken_down) for at in again[:1]),
    )


_TURNS: Mapping[Behaviour, Callable[[Conduct, Heard], tuple[Turn, ...]]] = {
    Behaviour.REMOVES_IN_MINUTES: _act_on_first(),
    Behaviour.REMOVES_IN_DAYS: _act_on_first(),
    Behaviour.REMOVES_AFTER_REMINDER: _act_on_second,
    Behaviour.NEVER: _never,
    Behaviour.MOVES_PAGE_TO_OTHER_HOST: _move,
    Behaviour.REDIRECTS_TO_OTHER_SITE: _act_on_first(Shows.REDIRECT),
    Behaviour.ANSWERS_200_REMOVED: _act_on_first(Shows.REMOVED_NOTE),
    Behaviour.CHANGES_PAGE: _act_on_first(Shows.OTHER_PAGE),
    Behaviour.BLOCKS_ROBOTS: _block_robots,
    Behaviour.COMES_BACK_AFTER_A_WEEK: _come_back,
    Behaviour.DISPUTES: _act_on_second,
    Behaviour.NO_ABUSE_CONTACT_BUT_UPSTREAM: _act_on_first(),
    Behaviour.BEHIND_CDN: _only_true_host_removes,
    Behaviour.PARTNER_COUNTRY: _act_on_first(),
}


def turns(conduct: Conduct, heard: Heard) -> tuple[Turn, ...]:
    """The turns a page takes under `conduct`, ascending by time; empty if nothing ever changes."""
    return tuple(sorted(_TURNS[conduct.behaviour](conduct, heard), key=lambda turn: turn.at))


def standing(conduct: Conduct, heard: Heard, now: datetime) -> Turn:
    """The turn in force at `now`: the page as it was first put up, or the last turn that has come."""
    first = Turn(
        datetime.min.replace(tzinfo=now.tzinfo), Shows.PAGE, refuses_robots=conduct.blocks_from_start
    )
    come = [turn for turn in turns(conduct, heard) if turn.at <= now]
    return come[-1] if come else first
