"""What an inspector does with the log that is itself an entry: searching it and taking it away."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from nightlight.audit import log
from nightlight.audit.models import Entry
from nightlight.vault import CannotOpen

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ROW = re.compile(rf"([a-z]+:)?{_ID.pattern}")
UNKNOWN = "unknown"


@transaction.atomic
def search(sought: str, *, by: models.Model, purpose: str) -> QuerySet[Entry]:
    """Entries about a row, by an actor or of a verb, newest first; that somebody looked, and why, is an entry.

    `sought` is a verb (`intake.receive`), an actor (`reporter`, a person's e-mail), a row (`case:<id>`) or an id
    alone; what the log does not know is recorded as `unknown`, since it may be an address. Raises ValueError
    without a purpose.
    """
    _ask(purpose)
    word = _word(sought.strip().lower())
    log.record("audit.search", by=by, purpose=purpose, sought=word)
    by_id = Q(about__endswith=f":{word}") | Q(actor__endswith=f":{word}") if _ID.fullmatch(word) else Q()
    return Entry.objects.filter(Q(about=word) | Q(actor=word) | Q(verb=word) | by_id).order_by("-pk")


@transaction.atomic
def export(*, by: models.Model, purpose: str, since: datetime, until: datetime) -> Iterator[str]:
    """The entries of a time (hotline's clock, `until` not included) as JSON lines, oldest first; itself an entry.

    Raises ValueError without a purpose.
    """
    _ask(purpose)
    log.record("audit.export", by=by, purpose=purpose, since=since, until=until)
    rows = Entry.objects.filter(at__gte=since, at__lt=until).order_by("pk")
    return (json.dumps(as_json(entry)) + "\n" for entry in rows.iterator())


def as_json(entry: Entry) -> dict[str, Any]:
    """An entry as it is exported."""
    return {
        "id": str(entry.pk),
        "at": entry.at.isoformat(),
        "recorded_at": entry.recorded_at.isoformat(),
        "actor": entry.actor,
        "verb": entry.verb,
        "about": entry.about,
        "purpose": purpose_of(entry),
        "facts": entry.facts,
        "leaf": entry.leaf,
    }


def purpose_of(entry: Entry) -> str:
    """Why something was done, or that this can't be read any more: whoever looks for tampering must see it."""
    try:
        return entry.purpose
    except CannotOpen:
        return gettext("(this was changed and can't be read)")


def names(entries: list[Entry]) -> dict[str, str]:
    """Whom the actors of these entries are: `person:<id>` → e-mail."""
    ids = {
        UUID(entry.actor.removeprefix("person:")) for entry in entries if entry.actor.startswith("person:")
    }
    people = get_user_model()._default_manager.filter(pk__in=ids)
    return {f"person:{person.pk}": str(person.get_username()) for person in people}


def _word(sought: str) -> str:
    """What is looked for, as the log would name it: an e-mail becomes its person."""
    if "@" in sought:
        person = get_user_model()._default_manager.filter(email=sought).first()
        return log.name_of(person) if person else UNKNOWN
    if _ROW.fullmatch(sought) or Entry.objects.filter(Q(verb=sought) | Q(actor=sought)).exists():
        return sought
    return UNKNOWN


def _ask(purpose: str) -> None:
    if not purpose.strip():
        raise ValueError("say what this is for: it is recorded with your name")
