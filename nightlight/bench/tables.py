"""tables: how long any published table takes with ten million assessed cases, as of today and of a past day."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from nightlight.bench import place

if TYPE_CHECKING:
    from nightlight.stats.cells import Key
    from nightlight.stats.units import Version

Say = Callable[[str], None]

CASES = 10_000_000
FIRST, DAYS = date(2015, 1, 1), 3653  # ten years
PATTERNS = 60
REACH = 400  # days within which all that is known of a case is known
# Of pages over domains: 6,000 domains for 150,000 pages, as hotlines publish, 16,000 for 600,000.
SPREAD = 0.45
ENDINGS, NETWORKS = 400, 3_000
FILES = 3  # a page
TWICE, CORRECTED, ANSWERED = 0.05, 0.002, 0.02  # of all cases
SECONDS = {"postgresql": 1.0, "sqlite": 3.0}


def run(say: Say) -> int:
    """0 if every table answers in time, else 1; `CASES` in the environment takes fewer."""
    return measure(say, int(os.environ.get("CASES", CASES)))


def measure(say: Say, cases: int) -> int:
    """Fill the ledger as so many cases leave it (the cases themselves are not written: no table reads them), and what
    some tables read beside it; time each table twice: as of the last day, and as of a day four years before for one
    year."""
    with place.somewhere() as vendor:
        from django.db import connection

        from nightlight.bench import tables_records

        began = time.perf_counter()
        fill(cases)
        tables_records.fill(int(cases * ANSWERED / 2), FIRST, last := FIRST + timedelta(days=DAYS + 60))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        from nightlight.stats.books import Books
        from nightlight.stats.ledger_models import Change
        from nightlight.stats.tables import TABLES

        say(
            f"{vendor}: {cases:,} cases leave {Change.objects.count():,} changes, written in "
            f"{time.perf_counter() - began:.0f} s; {place.machine()}"
        )
        past = date(2020, 11, 17)  # in the middle of a month, so that days are added to months
        slowest = 0.0
        for name, table in TABLES.items():
            took = []
            for books in (Books(None, None, last), Books(date(2020, 1, 15), past, past)):
                start = time.perf_counter()
                table.count(books)
                took.append(time.perf_counter() - start)
            slowest = max(slowest, *took)
            say(f"{name:<24}{took[0]:>8.3f} s{took[1]:>8.3f} s as of {past}")
    say(f"slowest {slowest:.3f} s, target {SECONDS[vendor]:.0f} s; {place.machine()}")
    return 0 if slowest <= SECONDS[vendor] else 1


def fill(cases: int) -> None:
    """Writes the changes that so many cases, spread over ten years, leave in the ledger.

    Of PATTERNS different days the cases are made one by one and counted as an import counts them; each day of the ten
    years leaves what one of these days leaves, moved to its place. The months are added up from that at the end.
    """
    from nightlight.stats import bulk, ledger
    from nightlight.stats.ledger_models import Change, MonthChange

    random = Random(1)  # noqa: S311 - not a secret
    patterns = [_pattern(random, max(1, cases // DAYS)) for _ in range(PATTERNS)]
    columns = ("table", "known_on", "counted_on", "a", "b", "c", "n")
    waiting: Counter[Key] = Counter()
    months: Counter[Key] = Counter()
    days = [FIRST + timedelta(days=day) for day in range(DAYS + REACH)]

    def write(before: date) -> None:
        done = {key: n for key, n in waiting.items() if key[2] < before}
        for key in done:
            del waiting[key]
        for key, n in bulk.by_month(done).items():
            months[key] += n
        bulk.insert(Change, columns, [(*key, n) for key, n in sorted(done.items()) if n])

    with ledger.writing():
        for day in range(DAYS):
            for (table, known, counted, a, b, c), n in patterns[random.randrange(PATTERNS)].items():
                waiting[table, days[day + known], days[day + counted], a, b, c] += n
            if day % 30 == 29:
                write(days[day])
        write(date.max)
        bulk.insert(MonthChange, columns, [(*key, n) for key, n in sorted(months.items()) if n])


def _pattern(random: Random, cases: int) -> dict[tuple[str, int, int, str, str, str], int]:
    """What so many cases of one day leave, with the days as distances from it."""
    from nightlight.stats import line_changes

    found: Counter[tuple[str, int, int, str, str, str]] = Counter()
    for _ in range(cases):
        case = _case(random)
        for (table, known, counted, a, b, c), n in line_changes.of([case]).items():
            found[table, (known - FIRST).days, (counted - FIRST).days, a, b, c] += n
        found.update(_of_our_own(random, case))
    return {key: n for key, n in found.items() if key[1] < REACH}


def _of_our_own(random: Random, case: "Version") -> Iterator[tuple[str, int, int, str, str, str]]:
    """What no line tells: the cells that a case of our own is in by its notices, referrals, files, looks and domain."""
    day = 0 if case.assessed_at is None else (case.assessed_at.date() - FIRST).days

    def one(words: Sequence[str], power: float = 3.0) -> str:
        return words[int(len(words) * random.random() ** power)]

    if random.random() < TWICE:
        yield "agreed", day + 1, day + 1, "UK", one("ABC", 1), one("ABC", 1)
    if random.random() < CORRECTED:
        yield "corrections", day + 30, day + 30, one(["correction", "appeal"]), "", ""
    if case.outcome != "confirmed":
        return
    number = int(random.paretovariate(SPREAD))
    yield "domain", day, day, f"t{number % ENDINGS}", str(number), ""
    network, came = (
        f"NET-{int(NETWORKS * random.random() ** 3)}",
        one(["removed", "none", "moved", "disputed"]),
    )
    yield "flagged", day, day, network, case.kind, "none"
    yield "flagged", day + 2, day, network, case.kind, came
    yield "removal_by", day, day, network, one(["24", "72", "240", "later", "up"]), ""
    yield "notices", day, day, "host", one(["notice", "reminder", "escalation"]), ""
    yield "moves", day + 1, day, "notice", str(random.randint(1, 48)), "up"
    yield "sooner", day + 1, day, "notice", str(random.randint(24, 48)), str(random.randint(1, 23))
    for late, step in enumerate(("prepared", "fetched", "acknowledged")):
        yield "referrals", day + late, day, one(["police", "child_protection"]), step, ""
    for _ in range(FILES):
        yield "file", day, day, one(["image", "video", "other"]), "", ""
        yield "list", day + 1, day + 1, "hashes", one(["put_on", "taken_off"], 6), ""
    if random.random() < ANSWERED:
        what = one(["arrest", "child_safeguarded", "voluntary_attendance", "child_identified"], 1)
        yield "police", day + 60, day + 60, what, "answers", ""
        yield "police", day + 60, day + 60, what, "count", ""


def _case(random: Random) -> "Version":
    from nightlight.casebook.words import Age, MadeBy, Outcome, Severity, Sex, SiteType, Source
    from nightlight.stats.units import Version

    def one(words: list[str], power: float = 3.0) -> str:
        return words[int(len(words) * random.random() ** power)]

    received = datetime(FIRST.year, 1, 1, tzinfo=UTC) + timedelta(days=random.random())
    assessed = received + timedelta(hours=random.expovariate(1 / 20))
    noticed = assessed + timedelta(minutes=random.expovariate(1 / 90))
    return Version(
        ref="",
        number=1,
        known_on=None,
        until=None,
        page=True,
        received_at=received,
        source=one(Source.values),
        kind="material",
        assessed_at=assessed,
        outcome=one(Outcome.values, 2),
        severity=one(Severity.values, 1.5),
        age=one(Age.values, 1),
        sex=one(Sex.values),
        made_by=one(MadeBy.values),
        self_generated=random.random() < 0.4,
        live_stream=random.random() < 0.05,
        ai_generated=random.random() < 0.02,
        commercial=random.random() < 0.08,
        site_type=one(SiteType.values),
        country=one([f"{a}{b}" for a in "ABCDEFGH" for b in "KLMNOPQR"], 4),
        first_notice_at=noticed,
        removed_at=noticed + timedelta(hours=random.lognormvariate(2.6, 1.3))
        if random.random() < 0.97
        else None,
        outcomes=(),
    )
