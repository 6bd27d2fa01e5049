"""A hundred thousand junk reports leave the real ones unharmed and the desk usable.

`JUNK=20000` takes another number. The junk is of four kinds: the same words without an address, about one address,
about ever new addresses of one site, and these said to happen now. Among it are real ones, one in a thousand.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from nightlight.accounts.models import Person
from nightlight.casebook.models import Case, Report
from nightlight.casebook.words import ReportKind, Source
from nightlight.intake.arrival import Arrived, arrive, write
from nightlight.triage import listen
from nightlight.triage.flood_models import Flood, Held
from nightlight.triage.models import Alarm
from nightlight.triage.rank import RANKS, Reason
from nightlight.triage.weighing import DANGERS, MOST
from nightlight.work import due
from nightlight.work.models import Work
from nightlight.work.worker import Worker

pytestmark = pytest.mark.prove

JUNK = int(os.environ.get("JUNK", "100000"))
SET, REAL_IN = 500, 1000
# What says first that it happens now ranks as danger, also in the flood: so many of one shape, then no more an hour.
LOOKS, SHOWN = 20, MOST[Flood.What.SITE] + DANGERS + 1
TAKES = 0.75  # of the junk tells nothing new


def junk(number: int) -> Arrived:
    """One of the flood."""
    text = f"Please look at this, it is number {number}"
    turn = number % 8
    if turn < 2:
        return arrive(ReportKind.MATERIAL, text=text)
    if turn < 6:
        return arrive(ReportKind.MATERIAL, urls=["http://junk.example/same"], text=text)
    url = f"http://junk.example/{number}"
    return arrive(ReportKind.MATERIAL, urls=[url], text=text, happening_now=turn == 7)


def real(number: int) -> Arrived:
    """One of those that must be seen: a person in danger, a young person, an address of another site."""
    kind = number % 3
    if kind == 0:
        url = f"http://stream{number}.example/"
        return arrive(ReportKind.LIVE_STREAM, urls=[url], text="A child is there", happening_now=True)
    if kind == 1:
        return arrive(ReportKind.OWN_IMAGE, text="It is me", source=Source.YOUNG_PERSON)
    return arrive(ReportKind.MATERIAL, urls=[f"http://seen{number}.example/x"], text="I came across this")


def arriving() -> Iterator[tuple[bool, Arrived]]:
    """The junk, and the real ones among it."""
    for number in range(JUNK):
        yield False, junk(number)
        if number % REAL_IN == REAL_IN // 2:
            yield True, real(number // REAL_IN)


def looked_at(client: Client, *addresses: str) -> dict[str, tuple[float, float]]:
    """Milliseconds each page took, at the median and at p95 of LOOKS."""
    taken: dict[str, list[float]] = {address: [] for address in addresses}
    for _ in range(LOOKS):
        for address in addresses:
            start = time.perf_counter()
            answer = client.get(address)
            taken[address].append((time.perf_counter() - start) * 1000)
            assert answer.status_code == 200
    return {each: (statistics.median(times), _p95(times)) for each, times in taken.items()}


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95) - 1]


def measured(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Fills up with the milliseconds of each transaction that sorts: so long the writer of SQLite is taken."""
    plain, times = due.finish, []

    def finish(works: Sequence[Work], record: Callable[[], object]) -> None:
        start = time.perf_counter()
        plain(works, record)
        if works[0].task == listen.verbs.SORT:
            times.append((time.perf_counter() - start) * 1000)

    monkeypatch.setattr(due, "finish", finish)
    return times


def assessed() -> list[tuple[object, ...]]:
    """What people decide about: every case as it stands."""
    return list(Case.objects.order_by("pk").values_list("pk", "state", "priority", "changed_at"))


def test_junk_leaves_the_real_ones_unharmed_and_the_desk_usable(
    transactional_db: None,
    home: None,
    someone: Callable[..., Person],
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held_up = measured(monkeypatch)
    wanted: list[UUID] = []
    worker, arrivals, sent, spent = Worker(), arriving(), 0, 0.0
    monkeypatch.setattr(
        listen.verbs, "ask_reading", lambda case: None
    )  # pages are read in proofs of their own
    begun = time.monotonic()
    while some := list(islice(arrivals, SET)):
        received = write([each for _, each in some])
        wanted += [one.report.pk for (is_real, _), one in zip(some, received, strict=True) if is_real]
        sent += len(some)
        start = time.process_time()
        worker.run_until_idle()
        spent += time.process_time() - start
    taken = time.monotonic() - begun

    client.force_login(someone("analyst"))
    largest = Flood.objects.order_by("-held").first()
    assert largest is not None
    one = reverse("flood", args=[largest.pk])
    before, pages = assessed(), looked_at(client, reverse("desk"), reverse("floods"), one)
    start = time.perf_counter()
    cleared = client.post(reverse("flood-settle", args=[largest.pk]), {"act": "clear"})
    answered = time.perf_counter() - start
    worker.run_until_idle()
    clearing = time.perf_counter() - start
    after = looked_at(client, reverse("desk"), reverse("floods"), one)

    first = Case.objects.order_by("priority", "received_at", "pk")
    above = first.filter(priority__lt=RANKS[Reason.FLOOD])
    own = set(above.filter(report__in=wanted).values_list("report", flat=True))
    about = "location__allegations__report"
    named = set(above.filter(location__allegations__report__in=wanted).values_list(about, flat=True))
    told = [
        f"{name} {each:.0f}/{worst:.0f}" for times in (pages, after) for name, (each, worst) in times.items()
    ]
    sys.stderr.write(
        f"\n{sent} reports, {Held.objects.count()} held in {Flood.objects.count()} floods, {len(before)} cases, "
        f"{above.count()} above the flood, {Alarm.objects.count()} alarms; written and sorted in {taken:.0f} s, "
        f"{spent / sent * 1000:.2f} ms of processor to sort each, "
        f"{len(held_up)} transactions of {statistics.median(held_up):.0f} ms, p95 {_p95(held_up):.0f} ms; the largest "
        f"flood ({largest.held}) cleared: answered in {answered:.1f} s, done in {clearing:.1f} s; pages before and "
        f"after, ms median/p95: {', '.join(told)}; load {os.getloadavg()[0]:.1f}\n"
    )
    assert Report.objects.count() == sent
    assert own | named == set(wanted)  # every real one is above every one of the flood
    assert not Held.objects.filter(report__in=wanted).exists()
    assert above.count() < len(wanted) + 200
    assert Held.objects.count() > JUNK * TAKES - 200
    assert Alarm.objects.count() < len(wanted) + 100
    assert ReportKind.LIVE_STREAM in set(first.values_list("kind", flat=True)[:SHOWN])
    assert cleared.status_code == 302
    assert set(largest.reports.values_list("state", flat=True)) == {Held.State.CLEARED}
    assert assessed() == before  # clearing dismisses nothing
