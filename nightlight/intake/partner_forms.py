"""The forms in which other hotlines write reports, read into ours by tables: XARF v4 (`content/csam`, `content/csem`)
and the fields of ICCAM.

Sources: xarf/xarf-spec schemas/v4 (2026-03) and AbuseIO/SCART-application's ICCAM field maps (v2, v3; 2024-05).
Whatever stands in no table is tolerated and named back. Evidence is refused by the hotlines' own rule, hashes and text
only: what stands under EVIDENCE is dropped before anything is kept, and named back.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from nightlight.casebook.words import Channel, ReportKind
from nightlight.intake.arrival import Hash

MOST_VALUE = 2000  # characters of one value that is kept as text
EVIDENCE = (
    "payload",
    "screenshot",
    "screenshot_url",
    "image",
    "images",
    "attachment",
    "attachments",
    "file",
    "data",
)


class NotThisForm(ValueError):
    """What was sent is not this form; the message says what is missing."""


@dataclass(slots=True)
class Read:
    """A report of another form, read: what `arrive` takes, the fields nobody here knows, and what was refused."""

    kind: ReportKind = ReportKind.MATERIAL
    channel: Channel | None = None
    urls: list[str] = field(default_factory=list)
    hashes: list[Hash] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    contact: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Field:
    """Where one field goes: `url`, `hash`, `contact`, `line` (kept as a line of text) or `passed` (read, not kept).

    `words` names numbered values; a value that is none of them is named back.
    """

    to: str
    words: Mapping[str, str] | None = None


XARF: dict[str, Field] = {
    "xarf_version": Field("passed"),
    "category": Field("passed"),
    "type": Field("passed"),
    "report_id": Field("line"),
    "timestamp": Field("line"),
    "source_identifier": Field("line"),
    "source_port": Field("line"),
    "evidence_source": Field("line"),
    "confidence": Field("line"),
    "tags": Field("line"),
    "description": Field("line"),
    "url": Field("url"),
    "domain": Field("line"),
    "verified_at": Field("line"),
    "verification_method": Field("line"),
    "hosting_provider": Field("line"),
    "asn": Field("line"),
    "country_code": Field("line"),
    "classification": Field("line"),
    "detection_method": Field("line"),
    "media_type": Field("line"),
    "ncmec_report_id": Field("line"),
    "content_removed": Field("line"),
    "account_suspended": Field("line"),
    "exploitation_type": Field("line"),
    "victim_age_range": Field("line"),
    "platform": Field("line"),
    "evidence_type": Field("line"),
    "reporting_obligations": Field("line"),
    "hash_values.md5": Field("hash"),
    "hash_values.sha1": Field("hash"),
    "hash_values.sha256": Field("hash"),
    "reporter.org": Field("contact"),
    "reporter.contact": Field("contact"),
    "reporter.domain": Field("contact"),
    "sender.org": Field("contact"),
    "sender.contact": Field("contact"),
    "sender.domain": Field("contact"),
    "evidence.content_type": Field("line"),
    "evidence.description": Field("line"),
    "evidence.hash": Field("hash"),
    "evidence.size": Field("passed"),
}
XARF_NEEDS = ("xarf_version", "report_id", "timestamp", "reporter", "sender", "source_identifier", "url")
CSEM_KINDS: dict[str, ReportKind] = {
    "grooming": ReportKind.GROOMING,
    "solicitation": ReportKind.GROOMING,
    "sextortion": ReportKind.SEXUAL_EXTORTION,
    "trafficking": ReportKind.OTHER,
    "distribution": ReportKind.MATERIAL,
    "production": ReportKind.MATERIAL,
    "possession": ReportKind.MATERIAL,
}
CSEM_CHANNELS: dict[str, Channel] = {
    "social_media": Channel.SOCIAL_MEDIA,
    "messaging_app": Channel.DIRECT_MESSAGE,
    "gaming_platform": Channel.GAMING_CHAT,
    "forum": Channel.FORUM,
    "email": Channel.EMAIL,
    "darkweb": Channel.DARKWEB,
    "other": Channel.OTHER,
}

_YES_NO = {"0": "no", "1": "yes", "False": "no", "True": "yes"}
ICCAM: dict[str, Field] = {
    "url": Field("url"),
    "sourceUrl": Field("url"),
    "referrer": Field("url"),
    "reportId": Field("line"),
    "hotlineId": Field("line"),
    "receivedDate": Field("line"),
    "countryCode": Field("line"),
    "memo": Field("line"),
    "md5": Field("hash"),
    "sha1": Field("hash"),
    "sha256": Field("hash"),
    "classification": Field(
        "line", {"1": "baseline", "2": "national", "3": "doubtful", "4": "ignore or not illegal"}
    ),
    "ageCategorization": Field(
        "line", {"1": "not categorised", "2": "infant", "3": "pre-pubescent", "4": "pubescent"}
    ),
    "genderCategorization": Field("line", {"1": "not determined", "2": "female", "3": "male", "4": "both"}),
    "sourceUrlSiteType": Field(
        "line",
        {
            "1": "not determined",
            "2": "website",
            "3": "file host",
            "4": "image store",
            "5": "image board",
            "6": "forum",
            "7": "banner site",
            "8": "link site",
            "9": "social networking",
            "10": "redirector",
            "11": "web archive",
            "18": "search provider",
            "20": "image host",
            "22": "blog",
            "23": "web page",
            "24": "not applicable",
        },
    ),
    "sourceUrlCommerciality": Field(
        "line", {"1": "not determined", "2": "commercial", "3": "non-commercial"}
    ),
    "contentType": Field("line", {"1": "media", "2": "website"}),
    "virtualContent": Field("line", _YES_NO),
    "userGeneratedContent": Field("line", _YES_NO),
    "childModeling": Field("line", _YES_NO),
}


def xarf(sent: Mapping[str, Any]) -> Read:
    """Reads XARF v4 of the types `content/csam` and `content/csem`. Raises NotThisForm."""
    missing = [name for name in XARF_NEEDS if not sent.get(name)]
    if missing:
        raise NotThisForm(f"XARF v4 needs {', '.join(missing)}")
    if not str(sent["xarf_version"]).startswith("4."):
        raise NotThisForm("only XARF of version 4 is read here")
    if sent.get("category") != "content" or sent.get("type") not in ("csam", "csem"):
        raise NotThisForm("only content/csam and content/csem are taken here")
    found = _read(sent, XARF)
    if sent["type"] == "csem":
        found.kind = CSEM_KINDS.get(str(sent.get("exploitation_type")), ReportKind.OTHER)
        found.channel = CSEM_CHANNELS.get(str(sent.get("platform")))
    return found


def iccam(sent: Mapping[str, Any]) -> Read:
    """Reads the fields of ICCAM, by its numbers. Raises NotThisForm."""
    found = _read(sent, ICCAM)
    if not found.urls:
        raise NotThisForm("a report of ICCAM's form needs a url")
    return found


def _read(sent: Mapping[str, Any], table: Mapping[str, Field]) -> Read:
    found = Read()
    for name, value in _leaves(sent):
        last = name.rpartition(".")[2]
        if last in EVIDENCE:
            found.refused.append(name)
        elif (known := table.get(name)) is None:
            found.unknown.append(name)
        elif value not in (None, ""):
            _PUT[known.to](found, name, known, value)
    found.unknown = list(dict.fromkeys(found.unknown))
    found.refused = list(dict.fromkeys(found.refused))
    return found


def _leaves(sent: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Each value with its path; the members of a list of objects share one. `_internal` is nobody's to send."""
    for name, value in sent.items():
        path = f"{before}{name}"
        if name in EVIDENCE:
            yield path, None
        elif isinstance(value, Mapping):
            yield from _leaves(value, f"{path}.")
        elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
            for each in value:
                yield from _leaves(each, f"{path}.") if isinstance(each, Mapping) else [(path, each)]
        else:
            yield path, value


def _line(found: Read, name: str, known: Field, value: Any) -> None:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    if known.words is not None and text not in known.words:
        found.unknown.append(name)
        return
    found.lines.append(f"{name}: {known.words[text] if known.words else text[:MOST_VALUE]}")


def _url(found: Read, name: str, known: Field, value: Any) -> None:
    found.urls.append(str(value))


def _hash(found: Read, name: str, known: Field, value: Any) -> None:
    """`hash_values.md5`: the field names the kind; `evidence.hash`: the value does, `sha256:…`."""
    kind, colon, digits = str(value).partition(":")
    found.hashes.append(Hash(kind, digits) if colon else Hash(name.rpartition(".")[2], kind))


def _contact(found: Read, name: str, known: Field, value: Any) -> None:
    found.contact[name] = str(value)[:MOST_VALUE]


def _passed(found: Read, name: str, known: Field, value: Any) -> None:
    """Read, and said by what the report became."""


_PUT: dict[str, Callable[[Read, str, Field, Any], None]] = {
    "line": _line,
    "url": _url,
    "hash": _hash,
    "contact": _contact,
    "passed": _passed,
}
