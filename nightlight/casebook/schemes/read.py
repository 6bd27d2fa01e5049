"""Reading a scheme from a TOML or JSON file; everything that is wrong with it is named at once."""

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from nightlight.casebook.schemes.scheme import Fact, FactValue, Grade, Scheme

LONGEST_FILE = 64 * 1024  # characters
MOST_GRADES = 26
MOST_FACTS = 12
MOST_VALUES = 40
LONGEST_LABEL = 80
LONGEST_TEXT = 200
FIELDS = ("age", "sex", "made_by")
# Keys that the desk uses for something else (the page of keys, `?`, shows them).
TAKEN = frozenset("123456jkqwfutxoen")

_KEY = re.compile(r"[A-Z][A-Z0-9-]{1,15}")
_VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,15}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_TEXTS = ("name", "edition", "source")


class SchemeRefused(ValueError):
    """A file that is no scheme; `faults` says each thing that is wrong, and where it stands."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def scheme(text: str) -> Scheme:
    """The scheme that a file describes. Raises SchemeRefused with all that is wrong."""
    said = _parsed(text)
    faults = list(_faults(said))
    if faults:
        raise SchemeRefused(faults)
    return Scheme(
        key=said["key"],
        name=said["name"].strip(),
        edition=said["edition"].strip(),
        source=said["source"].strip(),
        grades=tuple(Grade(**row) for row in said["grades"]),
        facts=tuple(_fact(row) for row in said.get("facts", [])),
        fields=tuple(said.get("fields", [])),
    )


def _fact(row: dict[str, Any]) -> Fact:
    return Fact(row["name"], row["label"], tuple(FactValue(**each) for each in row["values"]))


def _parsed(text: str) -> dict[str, Any]:
    if len(text) > LONGEST_FILE:
        raise SchemeRefused([f"the file is longer than {LONGEST_FILE} characters"])
    try:
        said = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SchemeRefused([f"it is neither TOML nor JSON: {error}"]) from error
    if not isinstance(said, dict):
        raise SchemeRefused(["it describes no scheme: key, name, edition, source and grades are needed"])
    return said


def _faults(said: dict[str, Any]) -> Iterator[str]:
    yield from _unknown("", said, {"key", *_TEXTS, "grades", "facts", "fields"})
    yield from _matches("key", said.get("key"), _KEY, "2 to 16 of A to Z, 0 to 9 and -, a letter first")
    for name in _TEXTS:
        yield from _text(name, said.get(name), LONGEST_TEXT)
    fields = said.get("fields", [])
    if not isinstance(fields, list) or any(each not in FIELDS for each in fields):
        yield f"fields: a list of these: {', '.join(FIELDS)}"
    yield from _grades(said.get("grades"))
    yield from _facts(said.get("facts", []))


def _grades(rows: Any) -> Iterator[str]:
    if not _rows(rows, MOST_GRADES) or not rows:
        yield f"grades: 1 to {MOST_GRADES} tables are needed, the most severe first"
        return
    for where, row in _numbered("grades", rows):
        yield from _unknown(where, row, {"value", "label", "key", "wire", "second_look", "ordinal"})
        yield from _valued(where, row)
        for name in ("second_look", "ordinal"):
            if not isinstance(row.get(name, False), bool):
                yield f"{where}.{name}: true or false"
        key = row.get("key", "")
        if key != "" and not (isinstance(key, str) and re.fullmatch(r"[a-z0-9]", key)):
            yield f"{where}.key: one of a to z and 0 to 9"
        elif key and key in TAKEN:
            yield f"{where}.key: the desk uses {key} for something else"
    yield from _twice("grades", rows, "value")
    yield from _twice("grades", rows, "key")


def _facts(rows: Any) -> Iterator[str]:
    if not _rows(rows, MOST_FACTS):
        yield f"facts: at most {MOST_FACTS} tables"
        return
    for where, row in _numbered("facts", rows):
        yield from _unknown(where, row, {"name", "label", "values"})
        yield from _matches(
            f"{where}.name", row.get("name"), _NAME, "small letters, digits and _, a letter first"
        )
        yield from _text(f"{where}.label", row.get("label"), LONGEST_LABEL)
        values = row.get("values")
        if not _rows(values, MOST_VALUES) or not values:
            yield f"{where}.values: 1 to {MOST_VALUES} tables are needed"
            continue
        for inner, each in _numbered(f"{where}.values", values):
            yield from _unknown(inner, each, {"value", "label", "wire"})
            yield from _valued(inner, each)
        yield from _twice(f"{where}.values", values, "value")
    yield from _twice("facts", rows, "name")


def _valued(where: str, row: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the value, the label and the wire of a row."""
    yield from _matches(f"{where}.value", row.get("value"), _VALUE, "up to 16 letters, digits, _, . and -")
    yield from _text(f"{where}.label", row.get("label"), LONGEST_LABEL)
    wire = row.get("wire")
    if isinstance(wire, bool) or not isinstance(wire, int | str | None) or len(str(wire)) > LONGEST_LABEL:
        yield f"{where}.wire: a whole number or a short text"


def _rows(rows: Any, most: int) -> bool:
    return isinstance(rows, list) and len(rows) <= most and all(isinstance(row, dict) for row in rows)


def _numbered(name: str, rows: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((f"{name}[{number}]", row) for number, row in enumerate(rows, 1))


def _unknown(where: str, row: dict[str, Any], known: set[str]) -> Iterator[str]:
    for name in sorted(set(row) - known):
        yield f"{where}{'.' if where else ''}{name[:40]}: there is no such field"


def _matches(where: str, value: Any, pattern: re.Pattern[str], words: str) -> Iterator[str]:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        yield f"{where}: {words}"


def _text(where: str, value: Any, longest: int) -> Iterator[str]:
    if not isinstance(value, str) or not value.strip() or len(value) > longest or not value.isprintable():
        yield f"{where}: one line of 1 to {longest} characters"


def _twice(where: str, rows: list[dict[str, Any]], name: str) -> Iterator[str]:
    seen: set[str] = set()
    for row in rows:
        value = row.get(name)
        if isinstance(value, str) and value:
            if value in seen:
                yield f"{where}: the {name} {value[:40]} stands there twice"
            seen.add(value)
