"""Publishing an edition, checking one, and listing what changed since."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Sum

from nightlight.audit import log
from nightlight.stats import margins, own, place_tables
from nightlight.stats.books import Books, Rows
from nightlight.stats.edition_models import Edition, Erratum
from nightlight.stats.ledger_models import Change
from nightlight.stats.render import publishable
from nightlight.stats.rounding import rounded
from nightlight.stats.tables import TABLES
from nightlight.vault.signing import SignatureRefused, public_jwk, sign, verify
from nightlight.work import clock
from nightlight.work.home import ring

TYPE = "nightlight-edition+jwt"
FORGOTTEN = frozenset({"exposures", "care"})  # the looks they count are kept for some weeks only


class EditionExists(Exception):
    """There is an edition of this name; what is published is never replaced, only noted upon."""


class NoSuchEdition(LookupError):
    """There is no edition of this name."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an edition is as it was signed, and whether counting again as of its day gives the same."""

    is_signed: bool
    differing: tuple[str, ...]  # tables that come out otherwise now


@dataclass(frozen=True, slots=True)
class Changed:
    """So many more or fewer in a cell, counted in a month, that became known after a day."""

    table: str
    month: str
    cell: tuple[str, str, str]
    n: int


def publish(
    name: str, first: date | None, last: date | None, as_of: date, rounding: str, by: log.Actor = "system"
) -> Edition:
    """Freezes and signs every table of a period as known on a day. Raises EditionExists."""
    content = _content(Books(first, last, as_of), rounding)
    with transaction.atomic():
        if Edition.objects.filter(name=name).exists():
            raise EditionExists(f"there is an edition {name} already; give another name, or add a note to it")
        edition = Edition(
            name=name, first=first, last=last, as_of=as_of, rounding=rounding, published_at=clock.now()
        )
        edition.content = content
        edition.signature = sign(ring(), _signed(edition), TYPE)
        edition.save(force_insert=True)
        log.record("stats.publish", by=by, about=edition)
    return edition


def note(name: str, text: str, by: log.Actor = "system") -> Erratum:
    """Adds an erratum to an edition. Raises NoSuchEdition."""
    with transaction.atomic():
        erratum = Erratum.objects.create(edition=find(name), at=clock.now(), note=text)
        log.record("stats.note", by=by, about=erratum)
    return erratum


def find(name: str) -> Edition:
    """An edition by its name. Raises NoSuchEdition."""
    found = Edition.objects.filter(name=name).first()
    if found is None:
        raise NoSuchEdition(f"there is no edition {name}")
    return found


def check(edition: Edition) -> Verdict:
    """Checks the signature, and counts again as of the edition's day."""
    try:
        signed = verify(public_jwk(ring()), edition.signature, typ=TYPE) == _signed(edition)
    except SignatureRefused:
        signed = False
    held = json.loads(edition.content)
    again = json.loads(_content(Books(edition.first, edition.last, edition.as_of), edition.rounding))
    names = sorted(name for name in held.keys() & again.keys() - FORGOTTEN if held[name] != again[name])
    return Verdict(signed, tuple(names))


def changed_since(day: date, as_of: date) -> list[Changed]:
    """What became known after a day about days up to it: late decisions and corrections, by table and month."""
    own.count_marked()
    later = Change.objects.filter(known_on__gt=day, known_on__lte=as_of, counted_on__lte=day).order_by()
    found: dict[tuple[str, str, tuple[str, str, str]], int] = {}
    rows = later.values_list("table", "counted_on", "a", "b", "c").annotate(total=Sum("n"))
    for table, counted, a, b, c, total in rows:
        key = (table, f"{counted:%Y-%m}", (a, b, c))
        found[key] = found.get(key, 0) + int(total)
    return [Changed(*key, n) for key, n in sorted(found.items()) if n]


def _content(books: Books, rounding: str) -> str:
    tables: dict[str, Rows] = {name: _rows(name, books, rounding) for name in TABLES}
    return json.dumps(tables, ensure_ascii=False, sort_keys=True)


def _rows(name: str, books: Books, rounding: str) -> Rows:
    if name == "hosting":
        return publishable(place_tables.hosting_of(books, rounding))
    return margins.published(name, lambda each: rounded(TABLES[each].count(books), rounding))


def _signed(edition: Edition) -> dict[str, Any]:
    return {
        "name": edition.name,
        "as_of": edition.as_of.isoformat(),
        "rounding": str(edition.rounding),
        "sha256": hashlib.sha256(edition.content.encode()).hexdigest(),
    }
