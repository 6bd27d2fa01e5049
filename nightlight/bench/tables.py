"""tables: how long any published table takes with ten million assessed cases, as of today and of a past day."""

import os
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from nightlight.bench import place

if TYPE_CHECKING:
    from nightlight.stats.units import Version

Say = Callable[[str], None]

CASES = 10_000_000
FIRST, DAYS = date(2015, 1, 1), 3653  # ten years
SECONDS = {"postgresql": 1.0, "sqlite": 3.0}


def run(say: Say) -> int:
    """0 if every table answers in time, else 1; `CASES` in the environment takes fewer."""
    return measure(say, int(os.environ.get("CASES", CASES)))


def measure(say: Say, cases: int) -> int:
    """Fill the ledger as so many cases leave it (the cases themselves are not written: no table reads them) and time
    each table twice: as of the last day, and as of a day four years before for one year."""
    with place.somewhere() as vendor:
        from django.db import connection

        began = time.perf_counter()
        fill(cases)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        from nightlight.stats.books import Books
        from nightlight.stats.ledger_models import Change
        from nightlight.stats.tables import TABLES

        say(
            f"{vendor}: {cases:,} cases leave {Change.objects.count():,} changes, written in "
            f"{time.perf_counter() - began:.0f} s; {place.machine()}"
        )
        last = FIRST + timedelta(days=DAYS + 60)
        past = date(2020, 11, 30)
        slowest = 0.0
        for name, table in TABLES.items():
            took = []
            for books in (Books(None, None, last), Books(date(2020, 1, 1), past, past)):
                start = time.perf_counter()
                table.count(books)
                took.append(time.perf_counter() - start)
            slowest = max(slowest, *took)
            say(f"{name:<24}{took[0]:>8.3f} s{took[1]:>8.3f} s as of {past}")
    say(f"slowest {slowest:.3f} s, target {SECONDS[vendor]:.0f} s; {place.machine()}")
    return 0 if slowest <= SECONDS[vendor] else 1


def fill(cases: int) -> None:
    """Writes the changes that so many cases, spread over ten years, leave in the ledger."""
    from nightlight.stats import bulk, ledger, units
    from nightlight.stats.cells import Key

    random = Random(1)  # noqa: S311 - not a secret
    for month in range(0, DAYS, 30):
        found: Counter[Key] = Counter()
        days = range(month, min(month + 30, DAYS))
        for day in days:
            for _ in range(cases * (day + 1) // DAYS - cases * day // DAYS):
                for key, n in units.changes_of_lines([_case(random, day)]).items():
                    found[key] += n
        with ledger.writing():
            bulk.add(found)


def _case(random: Random, day: int) -> "Version":
    from nightlight.casebook.words import Age, MadeBy, Outcome, Severity, Sex, SiteType, Source
    from nightlight.stats.units import Version

    def one(words: list[str], power: float = 3.0) -> str:
        return words[int(len(words) * random.random() ** power)]

    received = datetime(FIRST.year, 1, 1, tzinfo=UTC) + timedelta(days=day + random.random())
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
