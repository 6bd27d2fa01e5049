"""Writing to the log."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

from nightlight.audit.models import Entry, Pending
from nightlight.audit.tree import leaf_hash
from nightlight.work import clock
from nightlight.work.ids import new_id

Actor = models.Model | str

# A fact is an id, a word of a vocabulary, a serial or a time: no spaces, no address, no e-mail.
_WORD = re.compile(r"(?!.*://)[^\s@\x00-\x1f]{0,128}")


@dataclass(frozen=True, slots=True)
class Act:
    """What one entry says, as `record` takes it."""

    verb: str
    by: Actor
    about: models.Model | None = None
    purpose: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def record(
    verb: str, *, by: Actor, about: models.Model | None = None, purpose: str = "", **facts: Any
) -> Entry:
    """Writes one entry in the caller's transaction.

    `verb` is `stage.verb`; `by` a Person or one of the words `system`, `reporter`, `provider`, `appellant`,
    `member:<name>`; `about` the row concerned; `purpose` why, in the person's own words (it is sealed); `facts`
    ids, numbers and vocabulary words. Raises ValueError for a fact that is text, an address or a contact, and
    TypeError for one that JSON would not give back unchanged.
    """
    entry = _entry(Act(verb, by, about, purpose, facts), clock.now())
    entry.save(force_insert=True)
    Pending.objects.create(entry_id=entry.pk)
    return entry


def record_all(acts: Sequence[Act], now: datetime) -> list[Entry]:
    """Writes an entry for each act, as `record` does for one, with two statements for all; `now` is the hotline's."""
    entries = [_entry(act, now) for act in acts]
    Entry.objects.bulk_create(entries)
    Pending.objects.bulk_create(Pending(entry_id=entry.pk) for entry in entries)
    return entries


def _entry(act: Act, now: datetime) -> Entry:
    entry = Entry(
        id=new_id(),
        at=now,
        recorded_at=clock.real_now(),
        actor=act.by if isinstance(act.by, str) else f"person:{act.by.pk}",
        verb=act.verb,
        about=name_of(act.about) if act.about is not None else "",
        facts={name: _plain(name, value) for name, value in act.facts.items()},
    )
    entry.set_purpose(act.purpose)
    entry.leaf = leaf_hash(canonical(entry)).hex()
    return entry


def name_of(row: models.Model) -> str:
    """How the log names a row: `case:0197…`."""
    return f"{row._meta.model_name}:{row.pk}"


def canonical(entry: Entry) -> bytes:
    """The bytes that are hashed: JSON with sorted keys, no spaces, times in UTC to the microsecond."""
    return json.dumps(
        {
            "id": str(entry.pk),
            "at": _time(entry.at),
            "recorded_at": _time(entry.recorded_at),
            "actor": entry.actor,
            "verb": entry.verb,
            "about": entry.about,
            "purpose": bytes(entry.sealed_purpose).hex(),
            "facts": entry.facts,
        },
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
    ).encode()


def _plain(name: str, value: Any) -> Any:
    """A fact as both databases give it back: text, whole numbers, booleans, None, and lists and objects of them."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, UUID | date | datetime | float | Decimal):
        value = value.isoformat() if isinstance(value, date) else str(value)
    if isinstance(value, str):
        if not _WORD.fullmatch(value):
            raise ValueError(f"the log takes no text: {name} must be an id or a word of a vocabulary")
        return str(value)
    if isinstance(value, Mapping):
        return {str(_plain(name, str(key))): _plain(name, item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(_plain(name, item) for item in value)
    if isinstance(value, list | tuple):
        return [_plain(name, item) for item in value]
    raise TypeError(f"the log can't hold a {type(value).__name__} as {name}")


def _time(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")
