"""Floods: many reports of one shape within an hour are one matter for the desk, and nothing of them is lost.

The shape of a report is its words without what machines vary (digits, case, spaces, addresses) and, where it names
addresses, their site; what it wrote in place of an address, such as an app and an account, is words too. Above the
limit a report that tells nothing new is held: it makes no case, is kept and counted, and its receipt holds. Never held,
in any flood: what names an address for the first time, the first that says of an address that it happens now, whatever
reopens a dismissed case or tells of a page that was gone, a young person's report, and what a partner sent.

Those are sorted into cases as ever; what a flood on one site makes stands last in the queue, but for the first DANGERS
an hour that say of an address, as nobody did before, that it happens now: a child may be there, whoever sent the rest.
More of them would put every other child behind the flood; they stand last, and are counted on its alarm. Where no
address is named, the same words with and without "happening now" are two shapes, so that many of the one never hold the
first of the other.
"""

import hmac
import json
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from nightlight.accounts.models import Person
from nightlight.audit import log
from nightlight.casebook.models import Case, Report
from nightlight.casebook.sealed import find
from nightlight.casebook.spellings import understand
from nightlight.casebook.words import ReportKind, Source, State
from nightlight.net.address import Address
from nightlight.triage.flood_models import Flood, Held, Shape
from nightlight.work import clock, due
from nightlight.work.home import ring

HOUR = timedelta(hours=1)
MOST = {Flood.What.TEXT: 20, Flood.What.SITE: 40}  # within an hour; more than people send of one shape
DANGERS = 20  # within an hour, of one flood
OWN = (Source.YOUNG_PERSON,)
PARTNERS = (Source.MEMBER, Source.HOTLINE, Source.POLICE, Source.PROACTIVE)
SORT = "triage.sort"
_ADDRESS = re.compile(r"\b(?:[a-z][a-z0-9+.-]*://|www\.)\S+")


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a report is in the present: of a flood or of none, and whether it waits beside the queue."""

    flood: Flood | None = None
    held: bool = False
    last: bool = False  # whether what it makes stands last in the queue


def weigh(report: Report) -> Weighed:
    """Counts a report's shape and, where it is one of a flood, holds it unless it must go to a person by itself.

    In the transaction that sorts it. What was held before and released is of no flood any more.
    """
    before = Held.objects.filter(report=report).first()
    if before is not None:
        return Weighed(held=before.state != Held.State.RELEASED)
    if report.source in (*OWN, *PARTNERS) or report.kind == ReportKind.OWN_IMAGE:
        return Weighed()
    addresses = [address for _, address in understand(json.loads(report.addresses or "[]"))[0]]
    what, digest = _shape(report, addresses)
    if not _is_many(digest, MOST[what]):
        return Weighed()
    flood = _flood(what, digest)
    held = not _tells_something_new(report, addresses)
    if held:
        Held.objects.create(report=report, flood=flood, held_at=clock.now())
        log.record("triage.hold_report", by="system", about=report, flood=flood.pk)
    Flood.objects.filter(pk=flood.pk).update(
        last_at=clock.now(), held=F("held") + int(held), passed=F("passed") + int(not held)
    )
    danger = report.happening_now and not held and not _is_many(_keyed(f"danger|{digest}"), DANGERS)
    return Weighed(flood, held, last=what == Flood.What.SITE and not danger)


def is_held(report_id: UUID) -> bool:
    """Whether a report waits beside the queue with its flood, or was cleared with it."""
    return Held.objects.filter(report=report_id).exclude(state=Held.State.RELEASED).exists()


def first_case(weighed: Weighed, cases: Collection[Case]) -> Case | None:
    """The first case a flood made: of these, where it made none before. None for a report of no flood."""
    flood = weighed.flood
    if flood is None:
        return None
    if flood.case is None and cases:
        flood.case = next(iter(cases))
        flood.save(update_fields=["case"])
    return flood.case


@transaction.atomic
def clear(flood_id: UUID, by: Person) -> int:
    """Sets aside all that a flood holds now, in one act; returns how many. No case changes, and `bring_back` undoes it.

    Raises Flood.DoesNotExist.
    """
    return _settle(flood_id, by, Held.State.WAITING, Held.State.CLEARED)


@transaction.atomic
def bring_back(flood_id: UUID, by: Person) -> int:
    """Undoes clearing: what was cleared waits again. Raises Flood.DoesNotExist."""
    return _settle(flood_id, by, Held.State.CLEARED, Held.State.WAITING)


@transaction.atomic
def release(flood_id: UUID, by: Person) -> int:
    """Sorts all that a flood holds as if it had been no flood. Raises Flood.DoesNotExist."""
    Flood.objects.select_for_update().get(pk=flood_id)  # what is held from here on waits for the end of this
    waiting = Held.objects.filter(flood=flood_id, state=Held.State.WAITING)
    reports = list(waiting.values_list("report_id", flat=True))
    count = _settle(flood_id, by, Held.State.WAITING, Held.State.RELEASED)
    with due.together(clock.now()):
        for report in reports:
            due.enqueue(SORT, key=f"{SORT}:{report}", report_id=report)
    return count


def forget() -> int:
    """Deletes the counts of shapes that nobody sent for an hour; returns how many."""
    return Shape.objects.filter(since__lt=clock.real_now() - 2 * HOUR).delete()[0]


def in_shape(text: str) -> str:
    """The words of a text without what a machine varies: case, digits, spaces, marks and addresses.

    >>> in_shape("Look  at HTTP://a.example/77, room 12!") == in_shape("look at http://b.example/ room 9")
    True
    """
    plain = _ADDRESS.sub(" ", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(c if c.isalpha() else " " for c in plain).split())


def _shape(report: Report, addresses: Collection[Address]) -> tuple[Flood.What, str]:
    words = in_shape(" ".join((report.text, *json.loads(report.not_understood or "[]"))))
    sites = ",".join(sorted({address.domain for address in addresses}))
    what = Flood.What.SITE if sites else Flood.What.TEXT
    now = "now" if report.happening_now and not sites else ""
    value = f"{what}|{report.kind}|{now}|{sites}|{words}"
    return what, _keyed(value)


def _keyed(value: str) -> str:
    return hmac.digest(ring().token_subkey("flood"), value.encode(), "sha256").hex()


def _is_many(digest: str, most: int) -> bool:
    """Counts one more of a shape; whether these are above `most` within the hour."""
    real = clock.real_now()
    row, new = Shape.objects.get_or_create(digest=digest, defaults={"since": real, "count": 1})
    if new:
        return False
    if row.since < real - HOUR:
        Shape.objects.filter(pk=digest).update(since=real, count=1)
        return False
    Shape.objects.filter(pk=digest).update(count=F("count") + 1)
    return row.count + 1 > most


def _flood(what: Flood.What, digest: str) -> Flood:
    now = clock.now()
    found = Flood.objects.filter(digest=digest, last_at__gte=now - HOUR).order_by("-pk").first()
    return found or Flood.objects.create(digest=digest, what=what, began_at=now, last_at=now)


def _tells_something_new(report: Report, addresses: Iterable[Address]) -> bool:
    """Whether a person must see it by itself: of one of its addresses it says what no report said before."""
    indexes = {find("url", address.url) for address in addresses}
    known = dict(
        Case.objects.filter(location__url_index__in=indexes).values_list("location__url_index", "danger_now")
    )
    # Dismissed, such a case opens again; gone, it is looked at again.
    ended = Q(state__in=(State.DISMISSED, State.GONE)) | Q(state=State.ON_HOLD, held_from=State.DISMISSED)
    closed = Case.objects.filter(ended, location__url_index__in=indexes).exists()
    return len(known) < len(indexes) or closed or (report.happening_now and not all(known.values()))


def _settle(flood_id: UUID, by: Person, before: Held.State, after: Held.State) -> int:
    flood = Flood.objects.select_for_update().get(pk=flood_id)
    now = clock.now()
    rows = Held.objects.filter(flood=flood, state=before)
    reports = Report.objects.filter(held__in=rows)
    # What was set aside is settled, so that rules of keeping reach what it says; brought back, it waits again.
    reports.update(sorted_at=now if after == Held.State.CLEARED else None)
    count = rows.update(state=after, settled_at=now, settled_by=by)
    log.record("triage.settle_flood", by=by, about=flood, before=before, after=after, reports=count)
    return count
