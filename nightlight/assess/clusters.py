"""Clusters of what is to be decided: cases that show the same media, nearly the same, or are on one host.

Made anew for each page that asks, from the newest AT_ONCE cases that are to be decided and the newest AT_ONCE media
seen at them, so that nothing is kept that could be out of step. They propose and decide nothing: what may be decided
together is told by `groups.py`, case by case.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, F, Min, QuerySet, Window
from django.db.models.functions import RowNumber

from nightlight.casebook.models import TO_DO, Case, Sighting
from nightlight.casebook.packed import MIN_QUALITY
from nightlight.casebook.words import State

AT_ONCE = 100_000
PAGE = 20
RADIUS = 31
MOST_LISTED = 10  # cases of a cluster named one by one
MOST_COUNTED = 100  # media of a cluster by which cases of other states are counted
MOST_NEAR_A_CASE = 1_000  # cases counted on the page of one


class By(StrEnum):
    """What holds a cluster together. Of `SAME` every case shows exactly these media; of `NEAR` each shows one within
    RADIUS bits of another's, over as many steps as it takes."""

    SAME = "same_media"
    NEAR = "near_media"
    HOST = "same_host"


@dataclass(frozen=True, slots=True)
class Cluster:
    """`cases` are to be decided, MOST_LISTED at most, the first reported first; `size` is how many there are.
    `states` counts by state every case that shows one of the `media`, or is on the host."""

    by: By
    cases: tuple[UUID, ...]
    size: int
    media: tuple[UUID, ...] = ()
    host: str = ""
    states: tuple[tuple[State, int], ...] = ()


def page(by: By, number: int = 1) -> tuple[list[Cluster], bool]:
    """One page of clusters, the largest first, and whether there is another."""
    first = PAGE * (max(1, number) - 1)
    found = _hosts(first) if by is By.HOST else _by_media(by)[first : first + PAGE + 1]
    return _counted(by, found[:PAGE]), len(found) > PAGE


def of_case(case: Case) -> dict[By, Counter[State]]:
    """The other cases, of every state, that show the very media of one, and those on its host; MOST_NEAR_A_CASE of
    each at most. What is only near is left to the page that proposes it."""
    if case.location is None:
        return {}
    others = Case.objects.exclude(pk=case.pk)
    sharing = Sighting.objects.filter(
        media__in=Sighting.objects.filter(location=case.location_id).values("media")
    ).values("location")
    found = {
        By.SAME: _states(others.filter(location__in=sharing)),
        By.HOST: _states(others.filter(location__host_index=case.location.host_index)),
    }
    return {by: states for by, states in found.items() if states}


def _states(cases: QuerySet[Case]) -> Counter[State]:
    return Counter(State(state) for state in cases.values_list("state", flat=True)[:MOST_NEAR_A_CASE])


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is seen at the cases that are to be decided: their media, and the PDQ of those that have one to tell by.
    Both go by the number of their UUID, which Python compares in a tenth of the time."""

    media: dict[int, set[int]]
    prints: dict[int, str]


def _shown() -> _Shown:
    rows = (
        Sighting.objects.filter(location__case__state__in=[State.OPEN, State.SECOND_LOOK])
        .order_by("-at")
        .values_list("location__case", "media", "media__pdq", "media__quality")
    )
    shown = _Shown(defaultdict(set), {})
    for case_id, media_id, pdq, quality in rows[:AT_ONCE].iterator():
        medium = media_id.int
        shown.media[case_id.int].add(medium)
        if pdq and (quality is None or quality >= MIN_QUALITY):
            shown.prints[medium] = pdq
    return shown


def _by_media(by: By) -> list[Cluster]:
    return (_same if by is By.SAME else _near)(_shown())


def _same(shown: _Shown) -> list[Cluster]:
    groups: dict[frozenset[int], list[int]] = defaultdict(list)
    for case_id, media in shown.media.items():
        groups[frozenset(media)].append(case_id)
    return _largest(By.SAME, ((cases, media) for media, cases in groups.items()))


def _near(shown: _Shown) -> list[Cluster]:
    if not shown.prints:
        return []
    from nightlight.fingerprint import codes, join

    roots = join.clusters(codes.from_hex(list(shown.prints.values())), RADIUS).tolist()
    root_of = dict(zip(shown.prints, roots, strict=True))
    media: dict[int, list[int]] = defaultdict(list)
    for medium, root in root_of.items():
        media[root].append(medium)
    cases: dict[int, list[int]] = defaultdict(list)
    for case_id, seen in shown.media.items():
        for root in {root_of[medium] for medium in seen if medium in root_of}:
            cases[root].append(case_id)
    # Several files that are near: one file alone is told as the same.
    return _largest(By.NEAR, ((cases[root], media[root]) for root in cases if len(media[root]) > 1))


def _largest(by: By, found: Iterable[tuple[Sequence[int], Collection[int]]]) -> list[Cluster]:
    """Identifiers are in the order of time (UUIDv7), so the first is the first reported."""
    made = [
        Cluster(by, _named(sorted(cases)[:MOST_LISTED]), len(cases), _named(sorted(media)))
        for cases, media in found
        if len(cases) > 1
    ]
    return sorted(made, key=lambda each: (-each.size, each.cases))


def _named(numbers: Iterable[int]) -> tuple[UUID, ...]:
    return tuple(UUID(int=number) for number in numbers)


def _hosts(first: int) -> list[Cluster]:
    newest = Case.objects.filter(TO_DO, location__isnull=False).order_by("-received_at", "-pk")[:AT_ONCE]
    rows = list(
        Case.objects.filter(pk__in=newest.values("pk"))
        .order_by()
        .values("location__host_index")
        .annotate(n=Count("pk"), oldest=Min("received_at"))
        .filter(n__gt=1)
        .order_by("-n", "oldest", "location__host_index")[first : first + PAGE + 1]
    )
    place = Window(RowNumber(), partition_by=F("location__host_index"), order_by=("received_at", "pk"))
    first_of_each = (
        Case.objects.filter(TO_DO, location__host_index__in=[row["location__host_index"] for row in rows])
        .annotate(place=place)
        .filter(place__lte=MOST_LISTED)
        .order_by("received_at", "pk")
    )
    named: dict[str, list[UUID]] = defaultdict(list)
    for host, pk in first_of_each.values_list("location__host_index", "pk"):
        named[host].append(pk)
    return [
        Cluster(
            By.HOST, tuple(named[row["location__host_index"]]), row["n"], host=row["location__host_index"]
        )
        for row in rows
    ]


def _counted(by: By, found: list[Cluster]) -> list[Cluster]:
    """With the cases of every state counted, in one question for all of them."""
    tallies: dict[int, Counter[State]] = defaultdict(Counter)
    if by is By.HOST:
        place = {each.host: number for number, each in enumerate(found)}
        rows = Case.objects.filter(location__host_index__in=list(place)).order_by()
        for host, state, n in rows.values_list("location__host_index", "state").annotate(n=Count("pk")):
            tallies[place[host]][State(state)] = n
    else:
        within: dict[UUID, set[int]] = defaultdict(set)
        for number, each in enumerate(found):
            for pk in each.media[:MOST_COUNTED]:
                within[pk].add(number)
        seen: set[tuple[int, UUID]] = set()
        shows = Sighting.objects.filter(media__in=list(within), location__case__isnull=False)
        for media_id, case_id, state in shows.values_list("media", "location__case", "location__case__state"):
            for number in within[media_id]:
                if (number, case_id) not in seen:
                    seen.add((number, case_id))
                    tallies[number][State(state)] += 1
    return [
        Cluster(each.by, each.cases, each.size, each.media, each.host, tuple(_in_order(tallies[number])))
        for number, each in enumerate(found)
    ]


def _in_order(tally: Counter[State]) -> Iterable[tuple[State, int]]:
    return ((state, tally[state]) for state in State if tally[state])
