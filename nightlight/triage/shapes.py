"""The shape of a report: its words without what machines vary, the sites it names, and how many came of each lately."""

import hmac
import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import timedelta

from nightlight.casebook.models import Report
from nightlight.net.address import Address
from nightlight.triage.flood_models import Flood, Shape
from nightlight.work import clock
from nightlight.work.home import ring

HOUR = timedelta(hours=1)
_ADDRESS = re.compile(r"\b(?:[a-z][a-z0-9+.-]*://|www\.)\S+")


def shape(
    report: Report, addresses: Iterable[Address], not_understood: Iterable[str]
) -> tuple[Flood.What, str]:
    """What kind of flood a report could be of, and the keyed digest of its shape."""
    words = in_shape(" ".join((report.text, *not_understood)))
    sites = ",".join(sorted({address.domain for address in addresses}))
    what = Flood.What.SITE if sites else Flood.What.TEXT
    now = "now" if report.happening_now and not sites else ""
    return what, keyed(f"{what}|{report.kind}|{now}|{sites}|{words}")


def in_shape(text: str) -> str:
    """The words of a text without what a machine varies: case, digits, spaces, marks and addresses.

    >>> in_shape("Look  at HTTP://a.example/77, room 12!") == in_shape("look at http://b.example/ room 9")
    True
    """
    plain = _ADDRESS.sub(" ", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(c if c.isalpha() else " " for c in plain).split())


def keyed(value: str) -> str:
    """A digest that whoever has no key can't find again."""
    return hmac.digest(ring().token_subkey("flood"), value.encode(), "sha256").hex()


class Counts:
    """How many came of some shapes within the hour; read once, counted here, written by `save`. In one transaction.

    The rows of `digests` are locked always in the same order, so that two workers neither count past each other nor
    wait for one another in a circle. `beside` are only ever counted by whoever holds one of them.
    """

    def __init__(self, digests: Collection[str], beside: Collection[str] = ()) -> None:
        self._real = clock.real_now()
        Shape.objects.bulk_create(
            [Shape(digest=digest, since=self._real) for digest in sorted(digests)], ignore_conflicts=True
        )
        rows = Shape.objects.select_for_update().filter(digest__in={*digests, *beside}).order_by("digest")
        self._rows = {row.digest: row for row in rows}
        self._changed: set[str] = set()

    def is_many(self, digest: str, most: int) -> bool:
        """Counts one more of a shape; whether these are above `most` within the hour."""
        row = self._rows.setdefault(digest, Shape(digest=digest, since=self._real))
        self._changed.add(digest)
        if row.since < self._real - HOUR:
            row.since, row.count = self._real, 0
        row.count += 1
        return row.count > most

    def save(self) -> None:
        """Writes what was counted, with one statement."""
        Shape.objects.bulk_create(
            [self._rows[digest] for digest in sorted(self._changed)],
            update_conflicts=True,
            unique_fields=["digest"],
            update_fields=["since", "count"],
        )


def forget() -> int:
    """Deletes the counts of shapes that nobody sent for an hour; returns how many."""
    return Shape.objects.filter(since__lt=clock.real_now() - 2 * HOUR).delete()[0]
