"""Writing to the log."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db import models

from nightlight.audit.models import Entry, Pending
from nightlight.work import clock
from nightlight.work.ids import new_id

Actor = models.Model | str


def record(
    verb: str, *, by: Actor, about: models.Model | None = None, purpose: str = "", **facts: Any
) -> Entry:
    """Writes one entry in the caller's transaction.

    `verb` is `stage.verb`; `by` a Person or one of the words `system`, `reporter`, `provider`, `appellant`,
    `member:<id>`; `about` the row concerned; `facts` ids, numbers and vocabulary words, never free text, never an
    address or a contact.
    """
    entry = Entry(
        id=new_id(),
        at=clock.now(),
        recorded_at=clock.real_now(),
        actor=by if isinstance(by, str) else f"person:{by.pk}",
        verb=verb,
        about=name_of(about) if about is not None else "",
        purpose=purpose,
        facts=json.loads(json.dumps(facts, default=str)),
    )
    entry.leaf = hashlib.sha256(b"\x00" + canonical(entry)).hexdigest()
    entry.save(force_insert=True)
    Pending.objects.create(entry_id=entry.pk)
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
            "purpose": entry.purpose,
            "facts": entry.facts,
        },
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
    ).encode()


def _time(value: datetime) -> str:
    return value.isoformat(timespec="microseconds")
