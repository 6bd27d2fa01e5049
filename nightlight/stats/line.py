"""One line of past reports (`docs/commands.md`, "nightlight import"): read, checked, and written again.

Nothing here knows the database. A `Line` holds the words of the contract; moments are aware and in UTC.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from django.db.models import TextChoices
from pydantic_core import from_json

from nightlight.casebook.words import (
    Age,
    Channel,
    MadeBy,
    Outcome,
    ReportKind,
    Severity,
    Sex,
    SiteType,
    Source,
)
from nightlight.net.address import LONGEST, NotAnAddress, canonical
from nightlight.referral.models import What

UNITS = ("url", "newsgroup", "child_submission")
COUNTRY = re.compile(r"[A-Z]{2}|onion|child_report")
LONGEST_ID = 200
MOST_COUNT = 1_000_000
PLAIN = re.compile(
    r"https?://(?=.{1,253}/)(?:[a-z0-9](?:[a-z0-9]|-(?!-)){0,61}(?<!-)\.)+[a-z]{2,63}/"
    r"(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*/)*(?:[A-Za-z0-9_~-](?:[A-Za-z0-9._~-]*[A-Za-z0-9])?)?"
)  # a spelling that is canonical already; a test holds it against `canonical`
CAME_BACK = "/came-back/"  # after the id of a case in our own export, before the number of the time
_COME_BACK = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}" + CAME_BACK + r"[0-9]+")
_HASHES = {"sha256": 64, "sha1": 40, "md5": 32, "pdq": 64}
_HEX = re.compile(r"[0-9a-f]+")


class BadLine(ValueError):
    """A line that does not fit; the message is the reason, and quotes no address."""


class Line(NamedTuple):
    """One past report as the contract words it; empty text and None where it says nothing."""

    id: str
    received_at: datetime
    source: str
    kind: str = ""
    unit: str = "url"
    url: str = ""
    channel: str = ""
    assessed_at: datetime | None = None
    outcome: str = ""
    severity: str = ""
    age: str = ""
    sex: str = ""
    made_by: str = ""
    self_generated: bool = False
    live_stream: bool = False
    ai_generated: bool = False
    commercial: bool = False
    site_type: str = ""
    country: str = ""
    first_notice_at: datetime | None = None
    removed_at: datetime | None = None
    referred_at: datetime | None = None
    outcomes: tuple[tuple[str, str, int], ...] = ()  # day, what, how many
    media: tuple[tuple[tuple[str, str], ...], ...] = ()  # of each, its hashes by name


NAMES = Line._fields
MOMENTS = ("received_at", "assessed_at", "first_notice_at", "removed_at", "referred_at")
FLAGS = ("self_generated", "live_stream", "ai_generated", "commercial")


def read(text: str | bytes) -> Line:
    """The line that a text says. Raises BadLine with the first thing that does not fit."""
    given = _json(text)
    if type(given) is not dict:
        raise BadLine("not a JSON object")
    values: dict[str, Any] = {}
    for name, value in given.items():
        reader = _READERS.get(name)
        if reader is None:
            raise BadLine(f"unknown field {name[:40]!r}")
        if value is not None:
            values[name] = reader(name, value)
    for name in ("id", "received_at", "source"):
        if name not in values:
            raise BadLine(f"{name} is missing")
    if values.get("url"):
        values["url"] = _address(values["url"], values.get("unit", "url"))
    return Line(**values)


def _json(text: str | bytes) -> Any:
    """What the text says. Raises BadLine. A quick reader first; what it does not take (a mark of the byte order, half a
    surrogate, very deep nesting) is for the standard library to judge, so that nothing is refused that was taken."""
    try:
        return from_json(text, cache_strings="keys")
    except (ValueError, TypeError):
        return _json_slowly(text)


def _json_slowly(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise BadLine("not JSON") from None


def write(line: Line) -> str:
    """The line as text, in the order of the contract; what it does not say is left out."""
    found: dict[str, Any] = {}
    for name in NAMES:
        value = getattr(line, name)
        if value is None or value == "" or value == ():
            continue
        if isinstance(value, bool):
            if line.outcome == Outcome.CONFIRMED or value:
                found[name] = value
        else:
            found[name] = _WRITERS.get(name, _as_is)(value)
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def _as_is(value: Any) -> Any:
    return value


def _moment_text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


_WRITERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(MOMENTS, _moment_text),
    "outcomes": lambda rows: [{"day": day, "what": what, "count": count} for day, what, count in rows],
    "media": lambda rows: [dict(row) for row in rows],
}


def tells_come_back(ref: str) -> bool:
    """Whether a line with this id is one that our own export writes for a page that came back: it tells of the time
    the page was up again, and of no report."""
    return CAME_BACK in ref and _COME_BACK.fullmatch(ref) is not None


# --- reading each field ---


def _id(name: str, value: Any) -> str:
    if type(value) is not str or not value or len(value) > LONGEST_ID or not value.isprintable():
        raise BadLine(f"id is not a text of 1 to {LONGEST_ID} printable characters")
    return value


def _moment(name: str, value: Any) -> datetime:
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is UTC:
            return at
        if at.tzinfo is None:
            raise BadLine(f"{name} has no time zone")
        return at.astimezone(UTC)
    except (ValueError, TypeError, OverflowError) as error:
        if isinstance(error, BadLine):
            raise
        raise BadLine(f"{name} is not a moment such as 2020-09-03T10:02:00Z") from None


def _flag(name: str, value: Any) -> bool:
    if type(value) is not bool:
        raise BadLine(f"{name} is neither true nor false")
    return value


def _url(name: str, value: Any) -> str:
    if type(value) is not str or len(value) > LONGEST:
        raise BadLine(f"url is not a text of at most {LONGEST} characters")
    return value


def _address(text: str, unit: str) -> str:
    """Canonical, so that one address counts once however it was spelled; the name of a newsgroup as it is."""
    if unit != "url":
        if not text.isprintable():
            raise BadLine("url has a line break or control character in it")
        return text.strip()
    if PLAIN.fullmatch(text):
        return text
    try:
        return canonical(text).url
    except NotAnAddress as error:
        raise BadLine(f"url is no web address: {error.reason}") from None


def _country(name: str, value: Any) -> str:
    if type(value) is not str or not COUNTRY.fullmatch(value):
        raise BadLine("country is not two capital letters, onion or child_report")
    return value


def _outcomes(name: str, value: Any) -> tuple[tuple[str, str, int], ...]:
    if type(value) is not list:
        raise BadLine("outcomes is not a list")
    return tuple(_outcome(row) for row in value)


def _outcome(row: Any) -> tuple[str, str, int]:
    if type(row) is not dict or not row.keys() <= {"day", "what", "count"}:
        raise BadLine("an entry of outcomes does not have the form day, what, count")
    what, count = row.get("what"), row.get("count", 1)
    if what not in What.values:
        raise BadLine(f"what is none of {', '.join(What.values)}")
    if type(count) is not int or not 0 < count <= MOST_COUNT:
        raise BadLine("the count of an outcome is not a whole number above 0")
    try:
        return date.fromisoformat(row["day"]).isoformat(), what, count
    except (KeyError, ValueError, TypeError):
        raise BadLine("the day of an outcome is not a day such as 2020-09-10") from None


def _media(name: str, value: Any) -> tuple[tuple[tuple[str, str], ...], ...]:
    if type(value) is not list:
        raise BadLine("media is not a list")
    return tuple(_hashes(row) for row in value)


def _hashes(row: Any) -> tuple[tuple[str, str], ...]:
    if type(row) is not dict or not row or not row.keys() <= _HASHES.keys():
        raise BadLine(f"an entry of media has other names than {', '.join(_HASHES)}")
    for kind, value in row.items():
        if type(value) is not str or len(value) != _HASHES[kind] or not _HEX.fullmatch(value.lower()):
            raise BadLine(f"a {kind} is not {_HASHES[kind]} hexadecimal digits")
    return tuple(sorted((kind, value.lower()) for kind, value in row.items()))


def _one_of(words: tuple[str, ...]) -> Callable[[str, Any], str]:
    known = {word: word for word in words}

    def check(name: str, value: Any) -> str:
        if type(value) is str and value in known:
            return known[value]
        raise BadLine(f"{name} is none of {', '.join(words)}")

    return check


def _words(vocabulary: type[TextChoices]) -> Callable[[str, Any], str]:
    return _one_of(tuple(str(value) for value in vocabulary.values))


_READERS: dict[str, Callable[[str, Any], Any]] = {
    "id": _id,
    "source": _words(Source),
    "kind": _words(ReportKind),
    "unit": _one_of(UNITS),
    "url": _url,
    "channel": _words(Channel),
    "outcome": _words(Outcome),
    "severity": _words(Severity),
    "age": _words(Age),
    "sex": _words(Sex),
    "made_by": _words(MadeBy),
    "site_type": _words(SiteType),
    "country": _country,
    "outcomes": _outcomes,
    "media": _media,
    **dict.fromkeys(MOMENTS, _moment),
    **dict.fromkeys(FLAGS, _flag),
}
