"""Our own JSON lines: one entry of the members' feed per line, `{"id","op","type","value","labels",…}` (design.md 5.3).

A line may also be a whole answer of `GET /lists/hashes`, `{"entries":[…],"next","more"}`, as it was saved.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, TextIO

from nightlight.fingerprint.listed import BadLine, BadValue, Kind, LeftOut, Listed, Row, value
from nightlight.fingerprint.lists_text import one_line, pieces, too_long

_LONGEST_ID = 200


def rows(stream: BinaryIO) -> Iterator[Row | BadLine]:
    """What each line says. An entry without an `id` has its line number for a name."""
    for number, line in pieces(stream):
        if line is None:
            yield too_long(number)
        elif line.strip():
            yield from _line(number, line)


def _line(number: int, line: str) -> Iterator[Row | BadLine]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        yield BadLine(number, "not a JSON object on one line")
        return
    page = isinstance(said, dict) and isinstance(said.get("entries"), list)
    for entry in said["entries"] if page else [said]:
        try:
            yield _row(number, entry, named=page)
        except BadValue as error:
            yield BadLine(number, str(error))


def _row(number: int, said: object, *, named: bool) -> Row:
    if not isinstance(said, dict):
        raise BadValue("not a JSON object")
    name = _name(said.get("id"))
    if named and name is None:
        raise BadValue("an entry of a page without an id")
    key = None if name is None else ("entry", name)
    op = said.get("op", "put")
    if op not in ("put", "delete"):
        raise BadValue("op is neither put nor delete")
    if op == "delete" and key is None:
        raise BadValue("a delete without an id")
    if op == "delete" or ("value" in said and said["value"] is None):  # a put that was taken back since
        return Row(key, None, ())
    if "type" not in said and "digest" in said:
        left = LeftOut(number, "an entry of a list of addresses, which no file can match")
        return Row(key, None, (left,))
    kind, text = said.get("type", "pdq"), said.get("value")
    if not isinstance(kind, str) or kind not in set(Kind):
        left = LeftOut(number, f"a hash of type {ascii(kind)[:40]}, which Nightlight can't match")
        return Row(key, None, (left,))
    if not isinstance(text, str):
        raise BadValue("no value")
    listed = Listed(number, name, Kind(kind), value(Kind(kind), text.strip()), _label(said))
    return Row(key, None, (listed,))


def _name(given: object) -> str | None:
    if given is None or given == "":
        return None
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise BadValue("an id is a text or a number")
    try:
        name = str(given)
    except ValueError as error:  # a number with thousands of digits
        raise BadValue("an id too long to be one") from error
    if len(name) > _LONGEST_ID:
        raise BadValue(f"an id longer than {_LONGEST_ID} characters")
    return name


def _label(said: dict[str, Any]) -> str:
    """The labels in one line: `severity=A, self_generated`."""
    labels = said.get("labels", said.get("label", ""))
    if not isinstance(labels, dict):
        return labels if isinstance(labels, str) else ""
    if set(labels) == {"label"} and isinstance(labels["label"], str):
        return labels["label"]
    return ", ".join(name if word is True else f"{name}={word}" for name, word in labels.items())


def write(entries: Iterable[Listed], stream: TextIO) -> int:
    """One `put` per line; an entry without an id of its own gets none."""
    count = 0
    for entry in entries:
        name = {} if entry.id is None else {"id": entry.id}
        labels = {"label": one_line(entry.label)} if entry.label else {}
        said = {**name, "op": "put", "type": entry.kind, "value": entry.value, "labels": labels}
        stream.write(json.dumps(said) + "\n")
        count += 1
    return count
