"""A dump of the whole database, as a thief would carry it off, and the search for a word in it however it is written.

The search is as wide as the common encodings; what is compressed inside a session is unpacked first.
"""

import base64
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from pathlib import Path
from urllib.parse import quote

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection

from nightlight.casebook.sealed import SealedField

Encode = Callable[[str], Iterable[bytes]]


def taken() -> bytes:
    """Everything the database holds: SQLite's files as they lie on the disk, with the log of what was written last,
    and every row of every table as text and as bytes."""
    rows = b"\n".join(_rows())
    sessions = "\n".join(json.dumps(session.get_decoded()) for session in Session.objects.all())
    files = b"".join(_files()) if connection.vendor == "sqlite" else b""
    return b"\n".join((files, rows, sessions.encode()))


def opened() -> str:
    """Every sealed text, as the holder of the keys reads it."""
    texts = [
        str(getattr(row, field.attname))
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, SealedField)
        for row in model._default_manager.all()
    ]
    return "\n".join(texts)


def tidy() -> None:
    """Clears a SQLite file of what earlier tests wrote and deleted."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _files() -> Iterator[bytes]:
    whole = Path(str(connection.settings_dict["NAME"]))
    for suffix in ("", "-wal"):
        file = whole.with_name(whole.name + suffix)
        if file.exists():
            yield file.read_bytes()
    with sqlite3.connect(whole) as opened:
        yield "\n".join(opened.iterdump()).encode()


def _rows() -> Iterator[bytes]:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a table of our own
            for row in cursor.fetchall():
                for value in row:
                    yield from _value(value)


def _value(value: object) -> Iterator[bytes]:
    if isinstance(value, bytes | memoryview):
        yield bytes(value)
        yield bytes(value).hex().encode()
    else:
        yield str(value).encode()


def _base64(word: str) -> Iterator[bytes]:
    """What stands in the base64 of any text that holds the word, at each of the three alignments."""
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + word.encode())
        # The first characters mix with what stands before, the last with what comes after.
        kept = whole[4 if shift else 0 :].rstrip(b"=")[:-1]
        yield kept
        yield kept.translate(bytes.maketrans(b"+/", b"-_"))


# Searched in the dump as it is; letters mean something in base64.
EXACT: Mapping[str, Encode] = {"base64": _base64}
# Searched in the dump in lower case.
FOLDED: Mapping[str, Encode] = {
    "plain": lambda word: (word.encode(),),
    "utf-16": lambda word: (word.encode("utf-16-le"), word.encode("utf-16-be")),
    "utf-32": lambda word: (word.encode("utf-32-le"), word.encode("utf-32-be")),
    "hex": lambda word: (word.encode().hex().encode(), word.encode("utf-16-le").hex().encode()),
    "url": lambda word: (quote(word, safe="").encode(), _each(word.encode(), "%{:02x}")),
    "json": lambda word: (json.dumps(word)[1:-1].encode(), _each(map(ord, word), "\\u{:04x}")),
    "html": lambda word: (escape(word).encode(), _each(map(ord, word), "&#{};")),
}


def _each(numbers: Iterable[int], form: str) -> bytes:
    return "".join(form.format(number) for number in numbers).encode()


def leaks(dump: bytes, words: Mapping[str, str]) -> list[str]:
    """Which of the named words a dump holds, and how each is written there: `contact as base64`."""
    places = ((EXACT, dump, bytes), (FOLDED, dump.lower(), bytes.lower))
    return [
        f"{name} as {how}"
        for encodings, where, fold in places
        for how, encode in encodings.items()
        for name, word in words.items()
        if any(
            written in where for written in {fold(raw) for each in _spellings(word) for raw in encode(each)}
        )
    ]


def _spellings(word: str) -> set[str]:
    cases = {word, word.lower(), word.upper()}
    return cases | {each[::-1] for each in cases}
