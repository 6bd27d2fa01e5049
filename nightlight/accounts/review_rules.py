"""What the inspector is shown of what was seen, searched and taken away: plain rules, each with its reason.

A rule lists single acts, never people: there are no sums per person and no order but that of time. An act on a list
is not a fault; most have a good reason, and the inspector writes it down.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nightlight.audit.models import Entry

REVEAL = "assess.reveal"
DECIDE = "assess.decide"
SEARCHES = ("assess.search", "audit.search")
EXPORTS = ("audit.export", "referral.fetch")
IDENTITY_READS = ("intake.read_contact",)
AT_THE_DESK = ("assess.take", DECIDE, REVEAL)  # what tells when somebody works

DECIDED_WITHIN = timedelta(hours=12)
MOST_SEARCHES = 20  # of one person on one day
MOST_REVEALS = 3  # of one medium by one person …
REVEALS_WITHIN = timedelta(days=30)  # … in this time
WEEKS = 8  # the pattern of a person's weeks
SEEN_IN = 2  # of these weeks make an hour a usual one
KNOWN_AFTER = timedelta(weeks=3)  # before that there is no pattern to differ from

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
Read = Callable[[tuple[str, ...], datetime, datetime], list[Entry]]
Hours = Callable[[tuple[str, ...], datetime, datetime], Iterable[tuple[str, datetime]]]


@dataclass(frozen=True, slots=True)
class Span:
    """The time that is looked at, `since` included and `until` not, and the present moment; how the log is read:
    `read(verbs, since, until)` gives the entries of these verbs, oldest first, `hours` the hours in which each actor
    did one of them."""

    since: datetime
    until: datetime
    now: datetime
    read: Read
    hours: Hours

    def inside(self, verbs: tuple[str, ...]) -> list[Entry]:
        """The entries of these verbs in this time."""
        return self.read(verbs, self.since, self.until)


@dataclass(frozen=True, slots=True)
class Rule:
    """`name` stands in the log; `find` gives the acts of a time that the rule lists; `why` says why they are listed."""

    name: str
    label: Promise
    why: Promise
    find: Callable[[Span], Iterable[Entry]]


def undecided(span: Span) -> Iterator[Entry]:
    """Reveals in a case that the same person did not decide within DECIDED_WITHIN, once that time is over."""
    decided = span.read((DECIDE,), span.since, span.until + DECIDED_WITHIN)
    looks: dict[tuple[str, str], list[datetime]] = {}
    for entry in decided:
        looks.setdefault((entry.actor, entry.about), []).append(entry.at)
    for entry in span.inside((REVEAL,)):
        if entry.at + DECIDED_WITHIN > span.now:
            continue
        after = looks.get((entry.actor, entry.about), [])
        if not any(entry.at <= at <= entry.at + DECIDED_WITHIN for at in after):
            yield entry


def unusual_hours(span: Span) -> Iterator[Entry]:
    """Reveals at an hour of the week in which this person worked in fewer than SEEN_IN of the WEEKS before, an hour
    more or less. Nobody is compared with anybody else, and nobody before KNOWN_AFTER."""
    worked: dict[str, set[datetime]] = {}
    for actor, hour in span.hours(AT_THE_DESK, _hour(span.since) - WEEKS * WEEK - HOUR, span.until):
        worked.setdefault(actor, set()).add(hour)
    for entry in span.inside((REVEAL,)):
        begin = _hour(entry.at) - WEEKS * WEEK - HOUR
        hours = {hour for hour in worked[entry.actor] if hour >= begin}
        if min(hours) + KNOWN_AFTER > entry.at:
            continue
        same = [_hour(entry.at) - week * WEEK for week in range(1, WEEKS + 1)]
        if sum(bool({at - HOUR, at, at + HOUR} & hours) for at in same) < SEEN_IN:
            yield entry


def many_searches(span: Span) -> Iterator[Entry]:
    """The search with which a person passed MOST_SEARCHES on one day, by UTC."""
    counts: dict[tuple[str, datetime], int] = {}
    first = span.since.replace(hour=0, minute=0, second=0, microsecond=0)
    for entry in span.read(SEARCHES, first, span.until):
        day = (entry.actor, entry.at.replace(hour=0, minute=0, second=0, microsecond=0))
        counts[day] = counts.get(day, 0) + 1
        if counts[day] == MOST_SEARCHES + 1 and entry.at >= span.since:
            yield entry


def repeated_reveals(span: Span) -> Iterator[Entry]:
    """Each reveal of a medium that the same person had revealed MOST_REVEALS times within REVEALS_WITHIN."""
    earlier: dict[tuple[str, str], list[datetime]] = {}
    for entry in span.read((REVEAL,), span.since - REVEALS_WITHIN, span.until):
        times = earlier.setdefault((entry.actor, str(entry.facts.get("media"))), [])
        recent = [at for at in times if at > entry.at - REVEALS_WITHIN]
        if len(recent) >= MOST_REVEALS and entry.at >= span.since:
            yield entry
        times.append(entry.at)


def each(*verbs: str) -> Callable[[Span], Iterable[Entry]]:
    """Lists every act of these verbs."""
    return lambda span: span.inside(verbs)


RULES: tuple[Rule, ...] = (
    Rule(
        "reveal_without_decision",
        _("Revealed, and no decision after"),
        _(
            "A medium is seen in order to decide. Here the same person took no decision on the case in twelve hours."
        ),
        undecided,
    ),
    Rule(
        "reveal_at_unusual_hour",
        _("Revealed at an unusual hour"),
        _(
            "At this hour of the week this person worked in at most one of the eight weeks before. It is compared "
            "with their own weeks only."
        ),
        unusual_hours,
    ),
    Rule(
        "reveal_repeated",
        _("The same medium revealed again"),
        _(
            "The same person saw this medium three times in thirty days already. Once is nearly always enough."
        ),
        repeated_reveals,
    ),
    Rule(
        "many_searches",
        _("Many searches in a day"),
        _(
            "More than twenty searches by one person on one day. Searching is not part of working through the queue."
        ),
        many_searches,
    ),
    Rule(
        "identity_read",
        _("A reporter's contact was read"),
        _("Each of them is looked at: a custodian approved it, and the purpose is written beside it."),
        each(*IDENTITY_READS),
    ),
    Rule(
        "export",
        _("Something was taken away"),
        _("Each of them is looked at: what is taken away is out of our hands."),
        each(*EXPORTS),
    ),
)


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
