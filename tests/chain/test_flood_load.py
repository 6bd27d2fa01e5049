"""A hundred thousand junk reports leave the real ones unharmed and the desk usable.

`JUNK=20000` takes another number. The junk is of four kinds: the same words without an address, about one address,
about ever new addresses of one site, and these said to happen now. Among it are real ones, one in a thousand.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse

from nightlight.accounts.models import Person
from nightlight.casebook.models import Case, Report
from nightlight.casebook.words import ReportKind, Source
from nightlight.intake.arrival import Arrived, arrive, write
from nightlight.triage import verbs
from nightlight.triage.weighing import DANGERS, MOST
from nightlight.triage.flood_models import Flood, Held
from nightlight.triage.models import Alarm
from nightlight.triage.rank import RANKS, Reason

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


def test_junk_leaves_the_real_ones_unharmed_and_the_desk_usable(
    home: None, someone: Callable[..., Person], client: Client
) -> None:
    wanted, waiting, sent = [], [], 0
    begun = time.monotonic()

    def sort(these: list[tuple[bool, Arrived]]) -> None:
        for (is_real, _), received in zip(these, write([each for _, each in these]), strict=True):
            verbs.sort(received.report.pk)
            if is_real:
                wanted.append(received.report.pk)

    for each in arriving():
        waiting.append(each)
        sent += 1
        if len(waiting) == SET:
            sort(waiting)
            waiting = []
    sort(waiting)
    client.force_login(someone("analyst"))
    taken = []
    for _ in range(LOOKS):
        start = time.perf_counter()
        page = client.get(reverse("desk"))
        taken.append((time.perf_counter() - start) * 1000)
    floods = client.get(reverse("floods"))

    first = Case.objects.order_by("priority", "received_at", "pk")
    above = first.filter(priority__lt=RANKS[Reason.FLOOD])
    own = set(above.filter(report__in=wanted).values_list("report", flat=True))
    named = set(
        above.filter(location__allegations__report__in=wanted).values_list(
            "location__allegations__report", flat=True
        )
    )
    sys.stderr.write(
        f"\n{sent} reports, {Held.objects.count()} held in {Flood.objects.count()} floods, "
        f"{Case.objects.count()} cases, "
        f"{above.count()} above the flood, {Alarm.objects.count()} alarms; written and sorted in "
        f"{time.monotonic() - begun:.0f} s; queue page median {statistics.median(taken):.0f} ms, p95 "
        f"{sorted(taken)[int(LOOKS * 0.95)]:.0f} ms; load {os.getloadavg()[0]:.1f}\n"
    )
    assert Report.objects.count() == sent
    assert page.status_code == floods.status_code == 200
    assert own | named == set(wanted)  # every real one is above every one of the flood
    assert not Held.objects.filter(report__in=wanted).exists()
    assert above.count() < len(wanted) + 200
    assert Held.objects.count() > JUNK * TAKES - 200
    assert Alarm.objects.count() < len(wanted) + 100
    kinds = set(first.values_list("kind", flat=True)[:SHOWN])
    assert ReportKind.LIVE_STREAM in kinds
