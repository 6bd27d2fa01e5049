"""Notices to providers and what came of them, page by page: what a trusted flagger reports on (DSA, article 22).

A notice about several pages counts once for each; reminders count with the notice they remind of. No page, contact or
person is named: the host is known by the handle of its network.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from nightlight.stats.cells import day_of
from nightlight.stats.records import Episode, end_of
from nightlight.takedown.models import Answer, Notice, NoticeCase

REMOVED, MOVED, RETRACTED = "removed", "moved", "retracted"
DISPUTED, NOT_OURS, NONE = "disputed", "not_ours", "none"
ACTIONS = (REMOVED, MOVED, DISPUTED, NOT_OURS, RETRACTED, NONE)
UNKNOWN = "unknown"
PROVIDERS = (Notice.Role.HOST, Notice.Role.RELAY, Notice.Role.UPSTREAM, Notice.Role.REGISTRAR)
STEPS = (Notice.Step.NOTICE, Notice.Step.ESCALATION)
_SAID = {
    Answer.What.DISPUTED.value: DISPUTED,
    Answer.What.NOT_OURS.value: NOT_OURS,
    Answer.What.REAL_HOST.value: NOT_OURS,
}


@dataclass(frozen=True, slots=True)
class Sent:
    """One notice about one page, with what the provider said and when it was taken back."""

    at: datetime
    episode: int
    said: tuple[tuple[datetime, str], ...]
    retracted: datetime | None


def sent(cases: Collection[UUID]) -> dict[UUID, list[Sent]]:
    """The notices to providers about each of these cases."""
    of_providers = NoticeCase.objects.filter(
        case__in=cases, notice__sent_at__isnull=False, notice__role__in=PROVIDERS
    )
    rows = list(
        of_providers.filter(step__in=STEPS)
        .order_by("notice__sent_at", "pk")
        .values_list("case", "notice", "episode", "recipient_index", "notice__sent_at")
    )
    back: dict[tuple[UUID, int, str], datetime | None] = {
        (case, episode, recipient): taken
        for case, episode, recipient, taken in of_providers.filter(step=Notice.Step.RETRACTION).values_list(
            "case", "episode", "recipient_index", "notice__sent_at"
        )
    }
    said: dict[UUID, list[tuple[datetime, str]]] = defaultdict(list)
    answers = Answer.objects.filter(notice__in={row[1] for row in rows}).order_by("at", "pk")
    for notice, at, what in answers.values_list("notice", "at", "what"):
        said[notice].append((at, what))
    found: dict[UUID, list[Sent]] = defaultdict(list)
    for case, notice, episode, recipient, left in rows:
        if left is None:
            continue
        found[case].append(Sent(left, episode, tuple(said[notice]), back.get((case, episode, recipient))))
    return found


def moments(row: Sent) -> Iterator[datetime]:
    """When something about a notice became known."""
    yield row.at
    yield from (at for at, _what in row.said)
    if row.retracted:
        yield row.retracted


def cells_of(
    kind: str,
    notices: Iterable[Sent],
    episodes: Sequence[Episode],
    traces: Sequence[tuple[datetime, str, str]],
    day: date,
) -> Iterator[tuple[date, str, str, str]]:
    """The day, network, kind and what came of it, of each notice that had left at the end of a day."""
    end = end_of(day)
    times = {each.number: each for each in episodes}
    for row in notices:
        if row.at < end:
            by = [trace for trace in traces if trace[0] <= row.at and trace[2]]
            newest = max(by, key=lambda trace: trace[0])[2] if by else UNKNOWN
            yield day_of(row.at), newest, kind, action(row, times.get(row.episode), end)


def action(row: Sent, episode: Episode | None, end: datetime) -> str:
    """What had come of a notice before a moment."""
    if row.retracted and row.retracted < end:
        return RETRACTED
    if episode and episode.removed:
        return REMOVED
    if episode and episode.moved:
        return MOVED
    said = [_SAID.get(what, NONE) for at, what in row.said if at < end]
    return said[-1] if said else NONE
