"""The mail of a notice: what a provider needs to act, and nothing that describes the material.

Carries the elements of article 16(2) of Regulation (EU) 2022/2065: why the content is illegal, its exact electronic
locations, and the statement of good faith. Addresses stand defanged in the text, exactly in the attached table.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from textwrap import fill

from nightlight.casebook.texts import BUILT_IN, PLACE, Wording, filled
from nightlight.net.address import defang
from nightlight.takedown.laws import Law
from nightlight.takedown.models import Notice

LISTED = 100  # further addresses stand in the table only
LONGEST_LINE = 900  # RFC 5321 4.5.3.1.6 allows 998
COLUMNS = ("serial", "url", "first_seen", "confirmed_at")
# What spreadsheets take for the start of a formula (OWASP, "CSV injection").
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Page:
    """One address of a notice and when it was first seen and confirmed."""

    url: str
    first_seen: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the hotline's name, its mail address and the host of its public address."""

    name: str
    address: str
    host: str


OPENING: dict[str, str] = {
    Notice.Role.HOST: "Child sexual abuse material is available on your network. Please remove it now.",
    Notice.Role.UPSTREAM: (
        "Child sexual abuse material is available in a network that you connect or delegate. We found no contact "
        "there, or got no answer. Please see that it is removed now."
    ),
    Notice.Role.REGISTRAR: (
        "Child sexual abuse material is available under a domain name that you registered. Its host has not "
        "acted. Please act under your terms."
    ),
    Notice.Role.RELAY: (
        "Child sexual abuse material is delivered through your network. Please stop delivering it, pass this on "
        "to your customer's host, and tell us on the notice's page on which server it lies."
    ),
    Notice.Role.PARTNER: (
        "We confirmed child sexual abuse material that is hosted in your country and hand it over to you."
    ),
    Notice.Role.POLICE: (
        "We confirmed child sexual abuse material hosted in a country for which you are our contact."
    ),
}
STEPS: dict[str, str] = {
    Notice.Step.NOTICE: "",
    Notice.Step.REMINDER: "Reminder: we wrote to you a day ago, and the addresses below are still up.",
    Notice.Step.REMINDER_2: "Second reminder: we wrote to you two days ago, and the addresses below are still up.",
    Notice.Step.ESCALATION: "The host was told and reminded, and the addresses below are still up.",
    Notice.Step.AGAIN: "We write to you again about the addresses below.",
    Notice.Step.RETRACTION: "",
}
SUBJECTS: dict[str, str] = {
    Notice.Step.NOTICE: "Child sexual abuse material: please remove",
    Notice.Step.REMINDER: "Reminder: child sexual abuse material: please remove",
    Notice.Step.REMINDER_2: "Second reminder: child sexual abuse material: please remove",
    Notice.Step.ESCALATION: "Child sexual abuse material still up: please act",
    Notice.Step.AGAIN: "Child sexual abuse material: please remove",
    Notice.Step.RETRACTION: "Retraction of our notice",
}
REASON = (
    "Trained analysts of this hotline looked at each address and found child sexual abuse material under the law "
    "named below. The material is not attached, described or quoted here, and need not be opened to be removed."
)
GOOD_FAITH = (
    "We confirm our good faith belief that the information and allegations in this notice are accurate and "
    "complete."
)
WITHDRAWN = (
    "We withdraw what we wrote to you about the addresses below. Our decision was corrected. Please treat them as "
    "if we had not written. We are sorry for the trouble."
)

BODY = """Notice {serial}

{step}

{opening}

{addresses}

Why
{reason}

Law
{law}

Please preserve
{preserve}

Please answer here
{link}

{good_faith}

{sender}"""
RETRACTION = """Notice {serial}

{withdrawn}

{addresses}

{sender}"""
BLOCKS = frozenset({"addresses", "link", "sender"})  # stand as they are where they have a line to themselves


def message_id(notice: Notice, host: str) -> str:
    """The same for the same notice and step, whoever sends it and however often: the idempotency key."""
    return f"<{notice.pk}.{notice.step}@{host}>"


def build(
    notice: Notice,
    pages: Sequence[Page],
    law: Law,
    *,
    sender: Sender,
    link: str,
    at: datetime,
    thread: str = "",
    words: Wording = BUILT_IN,
) -> bytes:
    """The mail as it goes over the wire, CRLF and ASCII. `link` is the provider's page, `thread` the Message-ID of
    the notice that this one follows. Raises ValueError for an address that can't stand in a header."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f'"{sender.name.replace(chr(34), "")}" <{sender.address}>'
    mail["To"] = notice.recipient
    mail["Reply-To"] = sender.address
    mail["Subject"] = f"[{notice.serial}] {words.of(f'notice.subject.{notice.step}')} ({len(pages)})"
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id(notice, sender.host)
    mail["X-Notice-Kind"] = notice.step
    mail["X-Notice-Serial"] = notice.serial
    if thread:
        mail["In-Reply-To"] = thread
        mail["References"] = thread
    text = body(notice, pages, law, sender=sender, link=link, words=words)
    mail.set_content(text, cte="7bit" if _is_plain(text) else "quoted-printable")
    mail.add_attachment(
        table(notice.serial, pages).encode(), maintype="text", subtype="csv", filename="addresses.csv"
    )
    return mail.as_bytes()


def body(
    notice: Notice,
    pages: Sequence[Page],
    law: Law,
    *,
    sender: Sender,
    link: str,
    words: Wording = BUILT_IN,
) -> str:
    """The text part, in plain words. A paragraph is left out where what it would say is empty."""
    listed = [f"  {defang(page.url)}" for page in pages[:LISTED]]
    if len(pages) > LISTED:
        listed.append(f"  and {len(pages) - LISTED} more in the attached table")
    addresses = "Addresses (written so that no program opens them; exact ones in addresses.csv):"
    values = {
        "serial": notice.serial,
        "step": words.of(f"notice.step.{notice.step}") if STEPS[notice.step] else "",
        "opening": words.of(f"notice.opening.{notice.role}"),
        "addresses": "\n".join([addresses, *listed]),
        "reason": words.of("notice.reason"),
        "law": words.of(f"law.{law.id}"),
        "preserve": words.of(f"law.{law.id}.preserve") if law.preserve else "",
        "link": link,
        "good_faith": words.of("notice.good_faith"),
        "withdrawn": words.of("notice.withdrawn"),
        "sender": f"{sender.name}\n{sender.address}",
    }
    parts = (_paragraph(part, values) for part in words.of(frame(notice)).split("\n\n"))
    return "\n\n".join([*(part for part in parts if part), ""])


def frame(notice: Notice) -> str:
    """The key of the text that the others stand in."""
    return "notice.retraction" if notice.step == Notice.Step.RETRACTION else "notice.body"


def keys(notice: Notice) -> Iterator[str]:
    """The keys of all texts that the mail of a notice is made of."""
    yield from (frame(notice), f"notice.subject.{notice.step}")
    if notice.step == Notice.Step.RETRACTION:
        yield "notice.withdrawn"
        return
    yield from (f"notice.opening.{notice.role}", "notice.reason", "notice.good_faith")
    yield from (f"notice.step.{notice.step}", f"law.{notice.law}", f"law.{notice.law}.preserve")


def _paragraph(part: str, values: dict[str, str]) -> str:
    """One paragraph filled in, or nothing where a value is empty."""
    if any(not values[name] for name in PLACE.findall(part)):
        return ""
    return "\n".join(_line(line, values) for line in part.splitlines())


def _line(line: str, values: dict[str, str]) -> str:
    alone = PLACE.fullmatch(line.strip())
    text = filled(line, values)
    return text if alone and alone[1] in BLOCKS else _lines(text)


def _lines(text: str) -> str:
    return fill(text, width=76, break_long_words=False, break_on_hyphens=False)


def table(serial: str, pages: Sequence[Page]) -> str:
    """The exact addresses as CSV (RFC 4180), safe to open in a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for page in pages:
        times = (page.first_seen.isoformat(), page.confirmed_at.isoformat() if page.confirmed_at else "")
        writer.writerow([_cell(text) for text in (serial, page.url, *times)])
    return out.getvalue()


def _cell(text: str) -> str:
    """Canonical addresses never begin like a formula; whatever does is shown as text."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _is_plain(text: str) -> bool:
    return text.isascii() and max(map(len, text.splitlines()), default=0) <= LONGEST_LINE
