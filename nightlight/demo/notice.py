"""Reading a notice as the abuse desk of a provider would: which addresses, and where to answer."""

import csv
import io
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

log = logging.getLogger(__name__)

_LINK = re.compile(r"https?://[^\s<>\"']+?/notice/[\w.~=:-]+/")
_WITHDRAWN = re.compile(r"\b(retract(ed|ion)|withdrawn)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a mail says: the addresses of its CSV attachment, its links to the notice's page, and its kind."""

    message_id: str
    subject: str
    urls: tuple[str, ...]
    links: tuple[str, ...]
    withdrawn: bool


def read_notice(raw: bytes) -> Notice:
    """Read a mail of any kind; one that is no notice has neither `urls` nor `links`.

    A mail counts as withdrawing earlier ones if its header `X-Notice-Kind` is `retraction` or, where it has
    no such header, if its subject says so. Never raises: an attachment that can't be read is logged and names nothing.
    """
    message = message_from_bytes(raw, policy=policy.default)
    subject = str(message.get("Subject", ""))
    kind = message.get("X-Notice-Kind")
    withdrawn = kind == "retraction" if kind else _WITHDRAWN.search(subject) is not None
    return Notice(
        message_id=str(message.get("Message-ID", "")).strip(),
        subject=subject,
        urls=tuple(dict.fromkeys(_urls(message))),
        links=tuple(dict.fromkeys(_LINK.findall("\n".join(_texts(message))))),
        withdrawn=withdrawn,
    )


def _texts(message: EmailMessage) -> Iterator[str]:
    for part in message.walk():
        if part.get_content_type() == "text/plain" and not part.is_attachment():
            yield _decoded(part)


def _urls(message: EmailMessage) -> Iterator[str]:
    for part in message.walk():
        if part.get_content_type() == "text/csv" or (part.get_filename() or "").lower().endswith(".csv"):
            yield from _column(_decoded(part), "url")


def _column(table: str, name: str) -> Iterator[str]:
    try:
        for row in csv.DictReader(io.StringIO(table, newline="")):
            yield from (value for key, value in row.items() if key and key.lower() == name and value)
    except csv.Error as wrong:
        log.warning("an attached table can't be read: %s", wrong)


def _decoded(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8-sig", "replace") if isinstance(payload, bytes) else ""
