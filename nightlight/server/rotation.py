"""Rotating keys: a new key joins the ring, and every row is brought to it, 500 at a time.

Interrupted, it goes on where it was: a rotation counts as done only once its entry is in the log, and running it
again adds no second key before. Data keys rotate beside a running hotline, because what the old key sealed still
opens. Index keys rotate alone: a process that looks things up with the old one would find nothing and store twice.
"""

import base64
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, OuterRef, Subquery

from nightlight.accounts.adapter import SealedFactor
from nightlight.audit import log, triggers
from nightlight.audit.models import Entry
from nightlight.casebook.models import Case, Location
from nightlight.casebook.sealed import BlindIndexField, Sealed, SealedField, find
from nightlight.server import occupied
from nightlight.stats.models import Domain
from nightlight.takedown.models import ConfirmedContact, NoticeCase
from nightlight.vault import blind, seal, unseal
from nightlight.vault.fields import key_id_of
from nightlight.vault.ring import Family
from nightlight.work import clock
from nightlight.work.home import ring
from nightlight.work.models import Work

BATCH = 500
MOST_PASSES = 5  # of a data rotation: running processes may seal with the old key for a moment
DONE = "server.rotate_keys"

Say = Callable[[str], None]
Model = type[models.Model]


class RotationError(Exception):
    """Keys can't be rotated now, or a rotation must be finished first; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did: the family, the id of the key all rows are on now, and how many rows it rewrote."""

    family: Family
    key: str
    rows: int


def rotate(family: Family, say: Say = print) -> Rotated:
    """Adds a key to the ring, or takes up the rotation that was interrupted, and brings every row to it.

    Raises Occupied where a process runs that must not, RotationError where rows stay on an old key, and
    CannotOpen for a row that does not open.
    """
    lock = occupied.alone if family is Family.INDEX else occupied.beside_others
    with lock(settings.NIGHTLIGHT.home):
        if family is Family.INDEX and Work.objects.filter(leased_until__gt=clock.real_now()).exists():
            raise RotationError("a worker somewhere is doing due work: stop every one, and wait a minute")
        ring().refresh()
        if unfinished(family):
            say(f"Going on with the rotation to {family} key {ring().current(family)}.")
        else:
            _ = ring().rotate_data() if family is Family.DATA else ring().rotate_index()
        rows = _index_anew(say) if family is Family.INDEX else _seal_all(say)
        key = ring().current(family)
        with transaction.atomic():
            log.record(DONE, by="system", family=family, key=key, rows=rows)
    return Rotated(family, key, rows)


def unfinished(family: Family) -> bool:
    """Whether a rotation to the current key of a family was begun and not finished."""
    if len(ring().key_ids(family)) == 1:
        return False
    done = Entry.objects.filter(verb=DONE, facts__family=family, facts__key=ring().current(family))
    return not done.exists()


def require_finished() -> None:
    """Refuses to serve half an index, in which known addresses are not found. Raises RotationError."""
    if unfinished(Family.INDEX):
        raise RotationError(
            "an index rotation was interrupted: run nightlight keys rotate --index to finish it"
        )


def sealed_fields() -> Iterator[tuple[Model, list[SealedField]]]:
    """Every table with sealed columns."""
    yield from _tables(SealedField)


def blind_fields() -> Iterator[tuple[Model, list[BlindIndexField]]]:
    """Every table with blind indexes."""
    yield from _tables(BlindIndexField)


def _tables(kind: type[Any]) -> Iterator[tuple[Model, list[Any]]]:
    for model in apps.get_models(include_auto_created=True):
        fields = [field for field in model._meta.local_concrete_fields if isinstance(field, kind)]
        if fields and not model._meta.proxy:
            yield model, fields


# --- data keys ---


def _seal_all(say: Say) -> int:
    """Seals again until a whole pass finds nothing on an old key."""
    total = 0
    for number in range(MOST_PASSES):
        rows = _seal_factors()
        for model, fields in sealed_fields():
            count = _in_batches(model, partial(_seal_batch, model, fields))
            rows += count
            if count or not number:
                say(f"{model._meta.db_table}: {count} rows")
        total += rows
        if not rows:
            return total
    raise RotationError(
        "something still seals with the old key: restart web and workers, then run this again"
    )


def _seal_batch(model: Model, fields: list[SealedField], batch: "models.QuerySet[Any]") -> tuple[Any, int]:
    """Seals the stale columns of some rows anew; returns the last row's key and how many were stale."""
    names = [field.attname for field in fields]
    current = ring().current(Family.DATA)
    rows = list(batch.values_list("pk", *names))
    stale = {}
    for pk, *values in rows:
        old = {
            field: bytes(value)
            for field, value in zip(fields, values, strict=True)
            if value is not None and key_id_of(value) != current
        }
        if old:
            stale[pk] = {field.attname: _anew(field, sealed, str(pk)) for field, sealed in old.items()}
    if stale:
        with _writable(model._meta.db_table):
            for pk, columns in stale.items():
                model._base_manager.filter(pk=pk).update(**columns)
    return (rows[-1][0] if rows else None), len(stale)


def _anew(field: SealedField, sealed: bytes, row: str) -> Sealed:
    place = {"table": field.table, "column": field.attname, "row": row}
    return Sealed(seal(ring(), unseal(ring(), sealed, **place), **place))


def _seal_factors() -> int:
    """The secrets of second factors, which allauth keeps as sealed strings within JSON (`accounts.adapter`)."""
    count = 0
    for pk in Authenticator.objects.values_list("pk", flat=True):
        with transaction.atomic():
            factor = Authenticator.objects.select_for_update().get(pk=pk)
            renewed = {name: _factor_anew(value) for name, value in factor.data.items()}
            if renewed != factor.data:
                factor.data = renewed
                factor.save(update_fields=["data"])
                count += 1
    return count


def _factor_anew(value: Any) -> Any:
    if isinstance(value, list):
        return [_factor_anew(item) for item in value]
    if not isinstance(value, str):
        return value
    try:
        key = key_id_of(base64.b64decode(value, validate=True))
    except (NotBase64, ValueError):
        return value  # a name, not a secret
    adapter = SealedFactor()
    return value if key == ring().current(Family.DATA) else adapter.encrypt(adapter.decrypt(value))


# --- index keys ---


def _index_anew(say: Say) -> int:
    rows = 0
    for model, fields in blind_fields():
        count = _in_batches(model, partial(_index_batch, model, fields))
        say(f"{model._meta.db_table}: {count} rows")
        rows += count
    return rows + sum(bring() for bring in COPIES.values())


def _index_batch(
    model: Model, fields: list[BlindIndexField], batch: "models.QuerySet[Any]"
) -> tuple[Any, int]:
    rows, count = list(batch), 0
    for row in rows:
        wanted = {
            field.attname: find(field.purpose, str(getattr(row, field.source) or "")) for field in fields
        }
        if any(getattr(row, name) != digest for name, digest in wanted.items()):
            with _writable(model._meta.db_table):
                model._base_manager.filter(pk=row.pk).update(**wanted)
            count += 1
    return (rows[-1].pk if rows else None), count


def _told_recipients() -> int:
    """A page's recipient is its notice's."""

    def bring(batch: "models.QuerySet[Any]") -> tuple[Any, int]:
        rows, count = list(batch.select_related("notice")), 0
        for row in rows:
            if row.recipient_index != row.notice.recipient_index:
                NoticeCase.objects.filter(pk=row.pk).update(recipient_index=row.notice.recipient_index)
                count += 1
        return (rows[-1].pk if rows else None), count

    return _in_batches(NoticeCase, bring)


def _confirmed_domains() -> int:
    """The domain is not kept beside its digest, but some Location has it: whose old digest it is tells which."""
    wanted = set(ConfirmedContact.objects.values_list("domain_index", flat=True))
    renewed: dict[str, str] = {}
    for location in Location.objects.only("domain").iterator(BATCH) if wanted else ():
        for key_id in ring().key_ids(Family.INDEX)[1:]:
            if (old := blind(ring(), "domain", location.domain, key_id=key_id)) in wanted:
                renewed[old] = find("domain", location.domain)
    with transaction.atomic():
        return sum(
            ConfirmedContact.objects.filter(domain_index=old).update(domain_index=new)
            for old, new in renewed.items()
        )


# Digests under an index key in columns that are no BlindIndexField, and what brings them to the new key.
def _sites_of_cases() -> int:
    """The site of each case, of its address."""
    of_it = Location.objects.filter(pk=OuterRef("location")).values("domain_index")
    stale = Case.objects.filter(location__isnull=False).exclude(domain_index=F("location__domain_index"))
    return stale.update(domain_index=Subquery(of_it))


def _counted_domains() -> int:
    """A domain that was counted is known by the page that was counted first."""
    of_it = Location.objects.filter(pk=OuterRef("page")).values("domain_index")
    stale = Domain.objects.exclude(domain_index=F("page__domain_index"))
    return stale.update(domain_index=Subquery(of_it))


COPIES: dict[str, Callable[[], int]] = {
    "casebook.Case.domain_index": _sites_of_cases,
    "stats.Domain.domain_index": _counted_domains,
    "takedown.NoticeCase.recipient_index": _told_recipients,
    "takedown.ConfirmedContact.domain_index": _confirmed_domains,
}

# Digests that no rotation touches, and why. A test finds every column that is in neither table.
STAY: dict[str, str] = {
    "casebook.Report.receipt_digest": "receipts have a key of their own, which lives as long as the ring",
    "assess.Appeal.reference_digest": "references of appeals are receipts, under the same lasting key",
    "accounts.DeskDevice.digest": "tokens have a key of their own, which lives as long as the ring",
    "accounts.Token.digest": "tokens have a key of their own, which lives as long as the ring",
    "casebook.SchemeFile.digest": "a plain SHA-256 of a scheme that is kept in clear beside it",
    "intake.Repeat.key_digest": "keyed for as long as the ring lives, and forgotten within a day",
    "intake.Repeat.content_digest": "keyed for as long as the ring lives, and forgotten within a day",
    "intake.Spent.digest": "a plain SHA-256 of a random value, forgotten within a day",
    "stats.PastLine.content_digest": "keyed for as long as the ring lives, to tell a line again from a correction",
    "triage.Shape.digest": "keyed for as long as the ring lives, and forgotten within hours",
    "triage.Flood.digest": "keyed for as long as the ring lives: the words are not kept beside it",
    "takedown.Check.page_digest": "keyed for as long as the ring lives: the page's words are not kept",
    "takedown.Check.sketch": "keyed for as long as the ring lives: the page's words are not kept",
    "takedown.Check.host_index": "keyed for as long as the ring lives: the host is not kept",
    "takedown.Check.addresses_digest": "keyed for as long as the ring lives: the addresses are not kept",
}


# --- both ---

Batch = Callable[["models.QuerySet[Any]"], tuple[Any, int]]


def _in_batches(model: Model, bring: Batch) -> int:
    """Locks and brings BATCH rows at a time, each in a transaction of its own; returns how many were changed."""
    last, total = None, 0
    while True:
        rows = model._base_manager.order_by("pk")
        if last is not None:
            rows = rows.filter(pk__gt=last)
        with transaction.atomic():
            last, count = bring(rows.select_for_update()[:BATCH])
        total += count
        if last is None:
            return total


@contextmanager
def _writable(table: str) -> Iterator[None]:
    """Takes the guard off an insert-only table and puts it back, within the caller's transaction: nobody else ever
    sees the table without it, and a crash brings it back. What the rows say does not change, only its sealing."""
    keys = triggers.GUARDED.get(table)
    if keys is None:
        yield
        return
    triggers.lift(connection, table)
    yield
    triggers.guard(connection, table, keys)
